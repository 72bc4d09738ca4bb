//! Designation of firms: a hazard that rises with the visible surge of trade, and the capacity lost until successors
//! appear (docs/model.md).

use super::capacity::Capacities;
use super::plan::{Constraint, Plan};
use super::sampling::{Chance, DesignationStreams};
use super::surveillance::{Surge, Surveillance};
use crate::math::{exp, pow};
use crate::model::{Bottleneck, Instrument, JurisdictionIndex, Programme};

/// One programme's eye on one target.
#[derive(Debug)]
pub struct DesignationPlan {
    pub programme: usize,
    pub target: JurisdictionIndex,
    /// Adaptive capacities of the target for the programme's goods.
    capacities: Vec<usize>,
    /// Places among the constraints of those that are not adaptive.
    fixed: Vec<usize>,
    /// Mean loss in an event, a share of capacity.
    expected_loss: f64,
    surveillance: Surveillance,
    streams: DesignationStreams,
}

/// Finds every (designation programme, target) of a plan.
pub fn plan_designations(plan: &Plan) -> Vec<DesignationPlan> {
    let scenario = &plan.scenario;
    let mut designations = Vec::new();
    for (number, programme) in scenario.programmes.iter().enumerate() {
        let Instrument::Designation { capacity_loss, .. } = &programme.instrument else {
            continue;
        };
        for &target in &programme.targets {
            let name = &plan.world().jurisdictions[target].id;
            designations.push(DesignationPlan {
                programme: number,
                target,
                capacities: target_capacities(plan, programme, target),
                fixed: fixed_capacities(plan, programme, target),
                expected_loss: capacity_loss.mean(),
                surveillance: Surveillance::new(plan, &programme.terms.commodities, &[target]),
                streams: DesignationStreams::new(scenario.simulation.seed, &programme.terms.id, name),
            });
        }
    }
    designations
}

fn target_capacities(plan: &Plan, programme: &Programme, target: JurisdictionIndex) -> Vec<usize> {
    let of_target = |adaptive: &usize| is_of_target(plan, plan.adaptive[*adaptive].constraint, programme, target);
    (0..plan.adaptive.len()).filter(of_target).collect()
}

fn fixed_capacities(plan: &Plan, programme: &Programme, target: JurisdictionIndex) -> Vec<usize> {
    let is_fixed = |place: &usize| plan.adaptive_of[*place].is_none() && is_of_target(plan, *place, programme, target);
    (0..plan.constraints.len()).filter(is_fixed).collect()
}

/// Whether a constraint is a capacity of the target for some of the programme's goods.
fn is_of_target(plan: &Plan, place: usize, programme: &Programme, target: JurisdictionIndex) -> bool {
    let Constraint::Capacity(capacity) = plan.constraints[place].constraint else {
        return false;
    };
    let capacity = &plan.world().capacities[capacity];
    capacity.bottleneck == Bottleneck::Via(target)
        && capacity
            .commodities
            .iter()
            .any(|good| programme.terms.commodities.contains(good))
}

/// A designation in a month: one where firms were listed, else zero; what is expected where chance is central.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Event {
    pub occurs: f64,
    /// The same, if the target's own trade alone would have exceeded the reference.
    pub by_genuine_growth: f64,
}

/// What one designation programme has seen and done to one target on a path.
#[derive(Clone, Debug)]
pub struct DesignationState {
    surge: Surge,
    /// Share of capacity lost and not yet replaced.
    pub lost: f64,
}

impl DesignationState {
    /// Nothing seen, nothing lost.
    pub fn new(designation: &DesignationPlan) -> Self {
        Self {
            surge: Surge::new(&designation.surveillance),
            lost: 0.0,
        }
    }

    /// Draws the month's designation, if the programme is in force; a loss acts on the capacities at once. Returns what
    /// happened.
    pub fn strike(
        &mut self,
        plan: &Plan,
        designation: &DesignationPlan,
        values: &[f64],
        chance: Chance,
        step: usize,
        capacities: &mut Capacities,
    ) -> Event {
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
            return Event::default();
        };
        self.lost *= (1.0 - 1.0 / successor_months.of(values)).max(0.0);
        if !programme.terms.in_force(plan.scenario.horizon.month(step)) {
            return Event::default();
        }
        let surge = self.surge.ratio(&designation.surveillance, surge_floor.of(values));
        let excess = (surge - 1.0).max(0.0) / (surge_reference.of(values) - 1.0);
        let exponent = surge_exponent.of(values);
        let pressure = if excess == 0.0 { 0.0 } else { pow(excess, exponent) };
        let probability = 1.0 - exp(-rate_per_month.of(values) * pressure);
        let loss = match chance {
            Chance::Draw(draw) => designation.streams.event(draw, step, probability, capacity_loss),
            Chance::Central => Some(probability * designation.expected_loss),
        };
        let Some(loss) = loss else { return Event::default() };
        let events = if chance == Chance::Central { probability } else { 1.0 };
        self.lost = 1.0 - (1.0 - self.lost) * (1.0 - loss);
        designation
            .capacities
            .iter()
            .for_each(|&adaptive| capacities.lose(adaptive, loss));
        let floor = surge_floor.of(values);
        let by_genuine_growth = self.surge.genuine_ratio(&designation.surveillance, floor) > surge_reference.of(values);
        Event {
            occurs: events,
            by_genuine_growth: if by_genuine_growth { events } else { 0.0 },
        }
    }

    /// Remembers the month's visible trade.
    pub fn see(&mut self, designation: &DesignationPlan, flow: &[f64]) {
        self.surge.see(&designation.surveillance, flow);
    }
}

impl DesignationPlan {
    /// Whether this programme lowers the ceiling of an adaptive capacity.
    pub fn lowers(&self, adaptive: usize) -> bool {
        self.capacities.contains(&adaptive)
    }

    /// Whether this programme lowers a constraint that is a capacity without growth of its own.
    pub fn lowers_fixed(&self, place: usize) -> bool {
        self.fixed.contains(&place)
    }
}
