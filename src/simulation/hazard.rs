//! Events by which programmes strike their targets, by chance or by date, and the capacity lost for a time (docs/model.md).
//! The probabilities are the programme's own ([`crate::policy::Hazard`]).

use super::capacity::Capacities;
use super::matching::is_inert;
use super::plan::{Constraint, Plan, capacity_targeted};
use super::sampling::Chance;
use super::surveillance::{Surge, Surveillance};
use crate::model::{JurisdictionIndex, Route};
use crate::policy::{AdaptiveIndex, ConstraintIndex, Occasion, ProgrammeIndex};
use crate::random::Stream;

/// One programme's eye on one target.
#[derive(Debug)]
pub struct HazardPlan {
    pub programme: ProgrammeIndex,
    pub target: JurisdictionIndex,
    /// Adaptive capacities of the target for the programme's goods.
    capacities: Vec<AdaptiveIndex>,
    /// Its capacities for them that are not adaptive.
    fixed: Vec<ConstraintIndex>,
    surveillance: Surveillance,
    /// Whether an event happens.
    occurrence: Stream,
}

/// Finds every (programme with a hazard, target) of a plan.
pub fn plan_hazards(plan: &Plan) -> Vec<HazardPlan> {
    let scenario = &plan.scenario;
    let mut hazards = Vec::new();
    for (index, programme) in scenario.programmes.iter() {
        let hazard = programme.instrument.hazard().filter(|_| !is_inert(scenario, programme));
        let Some(hazard) = hazard else {
            continue;
        };
        for &target in &programme.targets {
            let name = &plan.world().jurisdictions[target].id;
            let constraints = target_capacities(plan, index, target);
            let is_watched = |route: &Route| {
                let is_meant = programme.terms.commodities.contains(&plan.world().commodity(route));
                is_meant && hazard.watches(plan.world(), target, route)
            };
            let entity = format!("{}:{name}", programme.terms.id);
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
                surveillance: Surveillance::of_routes(plan, is_watched),
                occurrence: Stream::new(scenario.simulation.seed, &entity, hazard.word()),
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

    /// Loses what events before the first month have taken and successors have not yet replaced.
    pub fn look_back(&mut self, plan: &Plan, hazard: &HazardPlan, values: &[f64], capacities: &mut Capacities) {
        let Some(rule) = plan.scenario.programmes[hazard.programme].instrument.hazard() else {
            return;
        };
        let start = plan.scenario.horizon.start;
        let Some(first) = rule.known_since().filter(|first| *first < start) else {
            return;
        };
        for later in 0..start.since(first) {
            let occasion = Occasion {
                target: hazard.target,
                month: first.plus(later),
                surge: 0.0,
            };
            self.lost *= rule.persistence(values);
            self.lose(rule.probability(occasion, values) * rule.loss(occasion, values));
        }
        hazard.take(self.lost * rule.persistence(values), capacities);
    }

    /// Draws the month's event, if the programme is in force; a loss acts on the capacities at once. Returns one if an
    /// event occurs, else zero; its probability where chance is central.
    pub fn strike(
        &mut self,
        plan: &Plan,
        hazard: &HazardPlan,
        values: &[f64],
        chance: Chance,
        step: usize,
        capacities: &mut Capacities,
    ) -> f64 {
        let programme = &plan.scenario.programmes[hazard.programme];
        let Some(rule) = programme.instrument.hazard() else {
            return 0.0;
        };
        // What was lost is replaced also after the programme has ended.
        self.lost *= rule.persistence(values);
        let month = plan.scenario.horizon.month(step);
        if !programme.terms.in_force(month) {
            return 0.0;
        }
        let occasion = Occasion {
            target: hazard.target,
            month,
            surge: self.surge.ratio(&hazard.surveillance, rule.floor(values)),
        };
        let probability = rule.probability(occasion, values);
        let events = match chance {
            // Scenarios share the uniforms: a higher probability keeps every event of a lower one.
            Chance::Draw(draw) if hazard.occurrence.uniform(draw, step as u32) < probability => 1.0,
            Chance::Draw(_) => 0.0,
            // The central path counts expected events.
            Chance::Central => probability,
        };
        if events > 0.0 {
            let loss = events * rule.loss(occasion, values);
            self.lose(loss);
            hazard.take(loss, capacities);
        }
        events
    }

    /// A second event takes its share of what the first has left.
    fn lose(&mut self, share: f64) {
        self.lost = 1.0 - (1.0 - self.lost) * (1.0 - share);
    }

    /// Remembers the month's watched trade.
    pub fn see(&mut self, hazard: &HazardPlan, flow: &[f64]) {
        self.surge.see(&hazard.surveillance, flow);
    }
}

impl HazardPlan {
    /// Takes a share of the adaptive capacities at once.
    fn take(&self, share: f64, capacities: &mut Capacities) {
        self.capacities
            .iter()
            .for_each(|&adaptive| capacities.lose(adaptive, share));
    }

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

    /// Firms of the hub that sell ore to the buyer are listed at a rate, in January only, and half of its capacity goes
    /// with them.
    fn listing(rate: f64) -> Model {
        model(&format!(
            "[[secondary.designation]]\nid = \"firms\"\nissuer = \"UNION\"\ntargets = [\"HUB\"]\ncommodities = [\"ore\"]\n\
             primary_targets = [\"BUY\"]\nfrom = \"2022-01\"\nuntil = \"2022-02\"\nrate_per_month = {rate:?}\n\
             surge_reference = 2.0\nsurge_floor_usd_per_month = 1000\nshare_per_firm = 0.5\nsuccessor_months = 4.0\n"
        ))
    }

    /// The state after a month in which 30 t of ore reached the buyer by the hub at 200 USD/t: 2000 USD a month over
    /// three months, twice the floor.
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
        assert_eq!(event, 1.0);
        near(capacities.current[adaptive], 10.0);
        near(state.lost, 0.5);
        // No longer in force: a quarter of what was lost is replaced.
        let event = state.strike(plan, hazard, &values, Chance::Draw(0), 1, &mut capacities);
        assert_eq!(event, 0.0);
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
        near(event, 0.5);
        near(capacities.current[adaptive], 20.0 * (1.0 - 0.5 * 0.5));
    }

    #[test]
    fn without_a_surge_nobody_is_listed() {
        let model = listing(1e3);
        let (plan, hazard) = (&model.plan, &model.hazards[0]);
        let (_, mut capacities, values, adaptive) = surged(&model);
        let mut calm = HazardState::new(hazard);
        let event = calm.strike(plan, hazard, &values, Chance::Draw(0), 0, &mut capacities);
        assert_eq!((event, calm.lost), (0.0, 0.0));
        near(capacities.current[adaptive], 20.0);
    }

    #[test]
    fn a_hub_is_watched_for_what_reaches_the_primary_target_with_its_papers_alone() {
        // 2 t of ghosts a month, 400 USD, and a hundred times as much that the hub uses itself.
        let month = [("grain-ghost", 2.0), ("grain-hub", 200.0), ("grain-relabel", 300.0)];
        let surge = |goods: &str, primary: &str| {
            let model = model(&format!(
                "[[secondary.designation]]\nid = \"firms\"\nissuer = \"UNION\"\ntargets = [\"HUB\"]\ncommodities = [{goods:?}]\n\
                 primary_targets = [{primary:?}]\nfrom = \"2022-01\"\nrate_per_month = 0.1\nsurge_reference = 2.0\n\
                 surge_floor_usd_per_month = 200\nshare_per_firm = 0.5\nsuccessor_months = 4.0\n"
            ));
            let hazard = &model.hazards[0];
            let mut state = HazardState::new(hazard);
            (0..3).for_each(|_| state.see(hazard, &tonnes(&model.plan, &month)));
            state.surge.ratio(&hazard.surveillance, 200.0)
        };
        near(surge("grain", "BUY"), 2.0);
        near(surge("grain", "ROW"), 0.0);
        near(surge("ore", "BUY"), 0.0);
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
