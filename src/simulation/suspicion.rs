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
            surveillance: Surveillance::new(plan, commodities, &vias),
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
        let caught = met.iter().fold(0.0, |sum, &route| sum + seized[route]);
        let sent = met.iter().fold(caught, |sum, &route| sum + flow[route]);
        let share = if sent > 0.0 { caught / sent } else { 0.0 };
        let level = &mut suspicion[learning.measure];
        *level = (1.0 - of(learning.suspicion.decay)) * *level
            + of(learning.suspicion.surge) * excess
            + of(learning.suspicion.seized) * share;
    }
}
