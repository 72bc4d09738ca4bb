//! Checks that learn from surges and seizures (docs/model.md).

use super::plan::Plan;
use super::surveillance::{Surge, Surveillance};
use crate::model::{JurisdictionIndex, Slot, Table};
use crate::policy::{MeasureIndex, Suspicion};

/// Visible trade below which a surge from next to nothing raises no suspicion, USD per month.
const SURGE_FLOOR: f64 = 1e5;

/// A measure whose checks learn.
#[derive(Debug)]
pub struct LearningPlan {
    pub measure: MeasureIndex,
    suspicion: Suspicion,
    surveillance: Surveillance,
}

/// Finds the measures whose checks learn.
pub fn plan_learning(plan: &Plan) -> Vec<LearningPlan> {
    let measures = plan.scenario.measures.iter();
    let suspicions = measures.map(|(index, measure)| (index, measure.instrument.suspicion()));
    let learning = |(measure, suspicion): (MeasureIndex, Option<Suspicion>)| {
        let suspicion = suspicion?;
        let routes = &plan.measures[measure].hidden;
        let mut vias: Vec<JurisdictionIndex> = routes.iter().filter_map(|&route| plan.routes[route].via).collect();
        vias.sort_unstable();
        vias.dedup();
        let commodities = &plan.scenario.measures[measure].terms.commodities;
        Some(LearningPlan {
            measure,
            suspicion,
            surveillance: Surveillance::of_records(plan, commodities, &vias),
        })
    };
    suspicions.filter_map(learning).collect()
}

/// The trade that a measure's checks have seen on a path.
#[derive(Clone, Debug)]
pub struct LearningState {
    surge: Surge,
}

impl LearningState {
    /// Nothing seen.
    pub fn new(learning: &LearningPlan) -> Self {
        Self {
            surge: Surge::new(&learning.surveillance),
        }
    }

    /// Remembers the month's visible trade.
    pub fn see(&mut self, learning: &LearningPlan, flow: &[f64]) {
        self.surge.see(&learning.surveillance, flow);
    }

    /// x' = (1 - decay) x + surge max(0, S - 1) + seized (seized share), from zero in the first month of the measure.
    pub fn learn(
        &self,
        plan: &Plan,
        learning: &LearningPlan,
        values: &[f64],
        flow: &[f64],
        seized: &[f64],
        suspicion: &mut Table<MeasureIndex, f64>,
    ) {
        let of = |slot: Slot| slot.of(values);
        let excess = (self.surge.ratio(&learning.surveillance, SURGE_FLOOR) - 1.0).max(0.0);
        let met = &plan.measures[learning.measure].hidden;
        // Flow counts only deliveries, so that what was sent is the sum of both.
        let caught = met.iter().fold(0.0, |sum, &route| sum + seized[route]);
        let sent = met.iter().fold(caught, |sum, &route| sum + flow[route]);
        let share = if sent > 0.0 { caught / sent } else { 0.0 };
        let level = &mut suspicion[learning.measure];
        *level = (1.0 - of(learning.suspicion.decay)) * *level
            + of(learning.suspicion.surge) * excess
            + of(learning.suspicion.seized) * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{measure, model, near, route, tonnes};

    #[test]
    fn suspicion_fades_and_grows_with_the_surge_and_the_share_seized() {
        let checks =
            "issuer = \"UNION\"\nseizure_probability = 0.1\nsuspicion = { decay = 0.25, surge = 0.4, seized = 2.0 }";
        let model = model(
            &(measure("ban", "stop", "grain", "issuer = \"UNION\"")
                + &measure("inspection", "checks", "grain", checks)),
        );
        let plan = &model.plan;
        let learning = plan_learning(plan);
        assert_eq!(learning.len(), 1);
        let learning = &learning[0];
        assert_eq!(plan.scenario.measures[learning.measure].terms.id, "checks");
        // Ghosts are checked. 300,000 USD are seen of trade with the hub after two months at the baseline's 40,000:
        // S = 380,000 / 3 over the floor of 100,000.
        let flow = tonnes(
            plan,
            &[("grain-hub", 200.0), ("grain-ghost", 1000.0), ("grain-relabel", 300.0)],
        );
        let mut seized = vec![0.0; plan.routes.len()];
        seized[route(plan, "grain-ghost")] = 250.0;
        let mut state = LearningState::new(learning);
        state.see(learning, &flow);
        let mut suspicion = Table::filled(0.0, plan.measures.len());
        suspicion[learning.measure] = 1.0;
        let values = plan.scenario.numbers.values();
        state.learn(plan, learning, &values, &flow, &seized, &mut suspicion);
        let expected = 0.75 * 1.0 + 0.4 * (380.0 / 300.0 - 1.0) + 2.0 * 250.0 / 1250.0;
        near(suspicion[learning.measure], expected);
        let others = suspicion.iter().filter(|(place, _)| *place != learning.measure);
        let others: Vec<f64> = others.map(|(_, level)| *level).collect();
        assert_eq!(others, [0.0]);
    }

    #[test]
    fn where_nothing_surges_and_nothing_is_sent_suspicion_only_fades() {
        let checks =
            "issuer = \"UNION\"\nseizure_probability = 0.1\nsuspicion = { decay = 0.25, surge = 0.4, seized = 2.0 }";
        let model = model(&measure("inspection", "checks", "grain", checks));
        let (plan, learning) = (&model.plan, plan_learning(&model.plan));
        let nothing = vec![0.0; plan.routes.len()];
        let mut state = LearningState::new(&learning[0]);
        state.see(&learning[0], &nothing);
        let mut suspicion = Table::filled(1.0, 1);
        let values = plan.scenario.numbers.values();
        state.learn(plan, &learning[0], &values, &nothing, &nothing, &mut suspicion);
        assert_eq!(suspicion.rows(), [0.75]);
    }
}
