//! Events by which programmes strike their targets: a hazard that follows the visible surge of trade, and the capacity
//! lost for a time (docs/model.md). The probabilities are the programme's own ([`crate::policy::Hazard`]).

use super::capacity::Capacities;
use super::plan::{Constraint, Plan, capacity_targeted};
use super::sampling::{Chance, EventStreams};
use super::surveillance::{Surge, Surveillance};
use crate::model::JurisdictionIndex;
use crate::policy::{AdaptiveIndex, ConstraintIndex, ProgrammeIndex};

/// One programme's eye on one target.
#[derive(Debug)]
pub struct HazardPlan {
    pub programme: ProgrammeIndex,
    pub target: JurisdictionIndex,
    /// Adaptive capacities of the target for the programme's goods.
    capacities: Vec<AdaptiveIndex>,
    /// Its capacities for them that are not adaptive.
    fixed: Vec<ConstraintIndex>,
    /// Mean loss in an event, a share of capacity.
    expected_loss: f64,
    surveillance: Surveillance,
    streams: EventStreams,
}

/// Finds every (programme with a hazard, target) of a plan.
pub fn plan_hazards(plan: &Plan) -> Vec<HazardPlan> {
    let scenario = &plan.scenario;
    let mut hazards = Vec::new();
    for (index, programme) in scenario.programmes.iter() {
        let Some(hazard) = programme.instrument.hazard() else {
            continue;
        };
        for &target in &programme.targets {
            let name = &plan.world().jurisdictions[target].id;
            let constraints = target_capacities(plan, index, target);
            hazards.push(HazardPlan {
                programme: index,
                target,
                capacities: constraints
                    .iter()
                    .filter_map(|&place| plan.adaptive_of[place])
                    .collect(),
                fixed: constraints
                    .into_iter()
                    .filter(|&place| plan.adaptive_of[place].is_none())
                    .collect(),
                expected_loss: hazard.loss().mean(),
                surveillance: Surveillance::new(plan, &programme.terms.commodities, &[target]),
                streams: EventStreams::new(scenario.simulation.seed, hazard.word(), &programme.terms.id, name),
            });
        }
    }
    hazards
}

/// One target's capacities for some of a programme's goods.
fn target_capacities(plan: &Plan, programme: ProgrammeIndex, target: JurisdictionIndex) -> Vec<ConstraintIndex> {
    let places = plan.programmes[programme].capacities.iter().copied();
    let programme = &plan.scenario.programmes[programme];
    let is_of_target = |place: &ConstraintIndex| match plan.constraints[*place].constraint {
        Constraint::Capacity(capacity) => capacity_targeted(plan.world(), capacity, programme) == Some(target),
        Constraint::Limit { .. } => false,
    };
    places.filter(is_of_target).collect()
}

/// An event of a month: one where it occurs, else zero; its probability where chance is central.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Event {
    pub occurs: f64,
    /// The same, if the target's own trade alone would have exceeded the reference.
    pub by_genuine_growth: f64,
}

/// The state of one programme towards one target on a path: the trade it has seen and the capacity it has taken.
#[derive(Clone, Debug)]
pub struct HazardState {
    surge: Surge,
    /// Share of capacity lost and not yet replaced.
    pub lost: f64,
}

impl HazardState {
    /// Nothing seen, nothing lost.
    pub fn new(hazard: &HazardPlan) -> Self {
        Self {
            surge: Surge::new(&hazard.surveillance),
            lost: 0.0,
        }
    }

    /// Draws the month's event, if the programme is in force; a loss acts on the capacities at once. Returns what
    /// happened.
    pub fn strike(
        &mut self,
        plan: &Plan,
        hazard: &HazardPlan,
        values: &[f64],
        chance: Chance,
        step: usize,
        capacities: &mut Capacities,
    ) -> Event {
        let programme = &plan.scenario.programmes[hazard.programme];
        let Some(rule) = programme.instrument.hazard() else {
            return Event::default();
        };
        self.lost *= rule.persistence(values);
        if !programme.terms.in_force(plan.scenario.horizon.month(step)) {
            return Event::default();
        }
        let floor = rule.floor(values);
        let probability = rule.probability(self.surge.ratio(&hazard.surveillance, floor), values);
        let loss = match chance {
            Chance::Draw(draw) => hazard.streams.event(draw, step, probability, rule.loss()),
            Chance::Central => Some(probability * hazard.expected_loss),
        };
        let Some(loss) = loss else { return Event::default() };
        let events = if chance == Chance::Central { probability } else { 1.0 };
        self.lost = 1.0 - (1.0 - self.lost) * (1.0 - loss);
        hazard
            .capacities
            .iter()
            .for_each(|&adaptive| capacities.lose(adaptive, loss));
        let by_genuine_growth = self.surge.genuine_ratio(&hazard.surveillance, floor) > rule.reference(values);
        Event {
            occurs: events,
            by_genuine_growth: if by_genuine_growth { events } else { 0.0 },
        }
    }

    /// Remembers the month's visible trade.
    pub fn see(&mut self, hazard: &HazardPlan, flow: &[f64]) {
        self.surge.see(&hazard.surveillance, flow);
    }
}

impl HazardPlan {
    /// Whether this programme lowers the ceiling of an adaptive capacity.
    pub fn lowers(&self, adaptive: AdaptiveIndex) -> bool {
        self.capacities.contains(&adaptive)
    }

    /// Whether this programme lowers a constraint that is a capacity without growth of its own.
    pub fn lowers_fixed(&self, constraint: ConstraintIndex) -> bool {
        self.fixed.contains(&constraint)
    }
}
