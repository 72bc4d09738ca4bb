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
        // What was lost is replaced also after the programme has ended.
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
        // The central path counts expected events.
        let events = if chance == Chance::Central { probability } else { 1.0 };
        // A second event takes its share of what the first has left.
        self.lost = 1.0 - (1.0 - self.lost) * (1.0 - loss);
        hazard
            .capacities
            .iter()
            .for_each(|&adaptive| capacities.lose(adaptive, loss));
        // Such an event would have struck a target that hides nothing: a false alarm of the rule.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::Model;
    use crate::simulation::testing::{constraint, model, near, tonnes};

    /// Firms of the hub that trade ore are listed at a rate, in January only, and half of its capacity goes with them.
    fn listing(rate: f64) -> Model {
        model(&format!(
            "[[secondary.designation]]\nid = \"firms\"\nissuer = \"UNION\"\ntargets = [\"HUB\"]\ncommodities = [\"ore\"]\n\
             from = \"2022-01\"\nuntil = \"2022-02\"\nrate_per_month = {rate:?}\nsurge_reference = 2.0\n\
             surge_floor_usd_per_month = 2000\ncapacity_loss = 0.5\nsuccessor_months = 4.0\n"
        ))
    }

    /// The state after a month in which 30 t of ore went by the hub: 200 USD/t in the seller's book and as much in the
    /// buyer's, 4000 USD a month over three months, twice the floor.
    fn surged(model: &Model) -> (HazardState, Capacities, Vec<f64>, AdaptiveIndex) {
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let mut state = HazardState::new(hazard);
        state.see(hazard, &tonnes(plan, &[("ore-reexport", 30.0)]));
        let values = model.values(Chance::Central);
        let mut capacities = Capacities::new(plan);
        capacities.restart(plan, &values);
        let adaptive = plan.adaptive_of[constraint(plan, "via-hub-ore")].unwrap();
        near(capacities.current[adaptive], 20.0);
        (state, capacities, values, adaptive)
    }

    #[test]
    fn an_event_cuts_capacity_at_once_and_what_is_lost_fades() {
        let model = listing(1e3);
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let (mut state, mut capacities, values, adaptive) = surged(&model);
        let event = state.strike(plan, hazard, &values, Chance::Draw(0), 0, &mut capacities);
        assert_eq!((event.occurs, event.by_genuine_growth), (1.0, 0.0));
        near(capacities.current[adaptive], 10.0);
        near(state.lost, 0.5);
        // No longer in force: a quarter of what was lost is replaced.
        let event = state.strike(plan, hazard, &values, Chance::Draw(0), 1, &mut capacities);
        assert_eq!(event, Event::default());
        near(capacities.current[adaptive], 10.0);
        near(state.lost, 0.375);
    }

    #[test]
    fn two_events_leave_the_product_of_what_each_leaves() {
        let model = listing(1e3);
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let (mut state, mut capacities, values, adaptive) = surged(&model);
        for _ in 0..2 {
            state.strike(plan, hazard, &values, Chance::Draw(0), 0, &mut capacities);
        }
        near(capacities.current[adaptive], 5.0);
        near(state.lost, 1.0 - (1.0 - 0.375) * 0.5);
    }

    #[test]
    fn the_central_path_loses_the_expected_share() {
        // The surge is at its reference: listed with probability 1 - exp(-ln 2).
        let model = listing(std::f64::consts::LN_2);
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let (mut state, mut capacities, values, adaptive) = surged(&model);
        let event = state.strike(plan, hazard, &values, Chance::Central, 0, &mut capacities);
        near(event.occurs, 0.5);
        near(capacities.current[adaptive], 20.0 * (1.0 - 0.5 * 0.5));
    }

    #[test]
    fn without_a_surge_nobody_is_listed() {
        let model = listing(1e3);
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let (_, mut capacities, values, adaptive) = surged(&model);
        let mut calm = HazardState::new(hazard);
        let event = calm.strike(plan, hazard, &values, Chance::Draw(0), 0, &mut capacities);
        assert_eq!((event, calm.lost), (Event::default(), 0.0));
        near(capacities.current[adaptive], 20.0);
    }

    #[test]
    fn a_listing_lowers_the_capacities_of_its_target_for_its_goods_alone() {
        let model = listing(1.0);
        let adaptive = |name| model.plan.adaptive_of[constraint(&model.plan, name)].unwrap();
        let lowered = ["via-hub-ore", "via-hub-grain", "via-alt-grain", "quay-ore"];
        let lowered = lowered.map(|name| model.hazards[0].lowers(adaptive(name)));
        assert_eq!(lowered, [true, false, false, false]);
    }
}
