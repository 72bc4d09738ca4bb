//! Designation of firms: a hazard that rises with the visible surge of trade, and the capacity lost until successors
//! appear (MODEL section 4, secondary sanctions).

use super::capacity::Capacities;
use super::plan::Plan;
use super::sampling::{Chance, DesignationStreams};
use crate::math::{exp, pow};
use crate::model::{Bottleneck, Flow, Index, Instrument, JurisdictionIndex, Programme, RouteKind};

/// Months over which a surge is averaged.
const SURGE_MONTHS: usize = 3;

/// One programme's eye on one target.
#[derive(Debug)]
pub struct DesignationPlan {
    pub programme: usize,
    pub target: JurisdictionIndex,
    /// Adaptive capacities of the target for the programme's goods.
    capacities: Vec<usize>,
    /// USD per tonne that a route adds to the visible trade with the target.
    visible: Vec<(usize, f64)>,
    /// Visible trade at baseline, USD per month.
    baseline: f64,
    streams: DesignationStreams,
}

/// Finds every (designation programme, target) of a plan.
pub fn plan_designations(plan: &Plan) -> Vec<DesignationPlan> {
    let scenario = &plan.scenario;
    let mut designations = Vec::new();
    for (number, programme) in scenario.programmes.iter().enumerate() {
        if !matches!(programme.instrument, Instrument::Designation { .. }) {
            continue;
        }
        for &target in &programme.targets {
            let visible = visible_routes(plan, programme, target);
            let baseline = visible
                .iter()
                .fold(0.0, |sum, &(route, value)| sum + value * plan.routes[route].baseline);
            let name = &plan.world().jurisdictions[target].id;
            designations.push(DesignationPlan {
                programme: number,
                target,
                capacities: target_capacities(plan, programme, target),
                visible,
                baseline,
                streams: DesignationStreams::new(scenario.simulation.seed, &programme.terms.id, name),
            });
        }
    }
    designations
}

/// The books that show trade with a target: exports to it by the origins, and imports from it by the destinations, of
/// the routes hidden behind its papers.
fn visible_routes(plan: &Plan, programme: &Programme, target: JurisdictionIndex) -> Vec<(usize, f64)> {
    let world = plan.world();
    let concerned = |route: &&crate::model::Route| world.concerns(&programme.terms, route);
    let hidden = |route: &&crate::model::Route| route.kind != RouteKind::Direct && route.via == Some(target);
    let behind: Vec<_> = world.routes.rows().iter().filter(concerned).filter(hidden).collect();
    let origins: Vec<_> = behind.iter().map(|route| world.origin(route.supply)).collect();
    let destinations: Vec<_> = behind.iter().map(|route| world.destination(route.demand)).collect();
    let shows = |book: &crate::model::Book| {
        book.partner == target
            && match book.flow {
                Flow::Export => origins.contains(&book.reporter),
                Flow::Import => destinations.contains(&book.reporter),
            }
    };
    let mut visible = Vec::new();
    for (index, route) in world
        .routes
        .iter()
        .filter(|(_, route)| world.concerns(&programme.terms, route))
    {
        let records = world.books(route).iter().filter(|book| shows(book)).count();
        if records > 0 {
            visible.push((index.row(), records as f64 * plan.routes[index.row()].price));
        }
    }
    visible
}

fn target_capacities(plan: &Plan, programme: &Programme, target: JurisdictionIndex) -> Vec<usize> {
    let of_target = |adaptive: &usize| {
        let capacity = &plan.world().capacities[plan.adaptive[*adaptive].capacity];
        capacity.bottleneck == Bottleneck::Via(target)
            && capacity
                .commodities
                .iter()
                .any(|good| programme.terms.commodities.contains(good))
    };
    (0..plan.adaptive.len()).filter(of_target).collect()
}

/// What one designation programme has seen and done to one target on a path.
#[derive(Clone, Debug)]
pub struct DesignationState {
    /// Visible trade of the last months, the latest last, USD per month.
    recent: [f64; SURGE_MONTHS],
    /// Share of capacity lost and not yet replaced.
    pub lost: f64,
    /// Expected number of events in the latest month: zero or one where events are drawn.
    pub event: f64,
}

impl DesignationState {
    /// Nothing seen, nothing lost.
    pub fn new(designation: &DesignationPlan) -> Self {
        Self {
            recent: [designation.baseline; SURGE_MONTHS],
            lost: 0.0,
            event: 0.0,
        }
    }

    /// Draws the month's designation, if the programme is in force; a loss acts on the capacities at once.
    pub fn strike(
        &mut self,
        plan: &Plan,
        designation: &DesignationPlan,
        values: &[f64],
        chance: Chance,
        step: usize,
        capacities: &mut Capacities,
    ) {
        self.event = 0.0;
        let programme = &plan.scenario.programmes[designation.programme];
        let Instrument::Designation {
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            capacity_loss,
            successor_months,
        } = &programme.instrument
        else {
            return;
        };
        self.lost *= (1.0 - 1.0 / successor_months.of(values)).max(0.0);
        if !programme.terms.in_force(plan.scenario.horizon.month(step)) {
            return;
        }
        let surge = self.surge(designation, surge_floor.of(values));
        let excess = (surge - 1.0).max(0.0) / (surge_reference.of(values) - 1.0);
        let exponent = surge_exponent.of(values);
        let pressure = if excess == 0.0 { 0.0 } else { pow(excess, exponent) };
        let probability = 1.0 - exp(-rate_per_month.of(values) * pressure);
        let loss = match chance {
            Chance::Draw(draw) => designation.streams.event(draw, step, probability, capacity_loss),
            Chance::Central => Some(probability * capacity_loss.median()),
        };
        let Some(loss) = loss else { return };
        self.event = if chance == Chance::Central { probability } else { 1.0 };
        self.lost = 1.0 - (1.0 - self.lost) * (1.0 - loss);
        designation
            .capacities
            .iter()
            .for_each(|&adaptive| capacities.lose(adaptive, loss));
    }

    /// Three-month mean of visible trade over the larger of its baseline and a floor.
    fn surge(&self, designation: &DesignationPlan, floor: f64) -> f64 {
        let mean = self.recent.iter().fold(0.0, |sum, month| sum + month) / SURGE_MONTHS as f64;
        mean / designation.baseline.max(floor)
    }

    /// Remembers the month's visible trade.
    pub fn see(&mut self, designation: &DesignationPlan, flow: &[f64]) {
        self.recent.rotate_left(1);
        self.recent[SURGE_MONTHS - 1] = designation
            .visible
            .iter()
            .fold(0.0, |sum, &(route, value)| sum + value * flow[route]);
    }
}

impl DesignationPlan {
    /// Whether this programme lowers the ceiling of an adaptive capacity.
    pub fn lowers(&self, adaptive: usize) -> bool {
        self.capacities.contains(&adaptive)
    }
}
