//! Inspections: what they seize, and how they learn from surges and seizures (docs/model.md).

use super::effects::Effects;
use super::plan::Plan;
use super::sampling::Chance;
use super::surveillance::{Surge, Surveillance};
use crate::model::{Action, JurisdictionIndex, Slot, Suspicion};
use crate::random::{Stream, binomial_quantile};

/// Visible trade below which a surge from next to nothing raises no suspicion, USD per month.
const SURGE_FLOOR: f64 = 1e5;

/// Shipments on routes that some inspection may meet.
#[derive(Debug)]
pub struct SeizurePlan {
    routes: Vec<(usize, Stream)>,
}

impl SeizurePlan {
    /// Finds the routes that inspections meet.
    pub fn new(plan: &Plan) -> Self {
        let mut met: Vec<usize> = inspections(plan)
            .flat_map(|(measure, _)| plan.measures[measure].hidden.clone())
            .collect();
        met.sort_unstable();
        met.dedup();
        let seed = plan.scenario.simulation.seed;
        let rows = plan.world().routes.rows();
        Self {
            routes: met
                .into_iter()
                .map(|route| (route, Stream::new(seed, &rows[route].id, "seizure")))
                .collect(),
        }
    }

    /// Writes the tonnes seized on each route this month: whole shipments, beyond what is delivered; expected tonnes
    /// where chance is central.
    pub fn seize(&self, plan: &Plan, effects: &Effects, chance: Chance, step: usize, flow: &[f64], seized: &mut [f64]) {
        for (route, stream) in &self.routes {
            let probability = effects.seizure_probability(*route);
            let lot = plan.world().commodities.rows()[plan.routes[*route].commodity].lot;
            // What is delivered has passed: so many shipments set out.
            let shipments = flow[*route] / ((1.0 - probability) * lot);
            seized[*route] = if probability <= 0.0 || probability >= 1.0 || flow[*route] == 0.0 {
                0.0
            } else {
                match chance {
                    Chance::Draw(draw) => {
                        let uniform = stream.uniform(draw, step as u32);
                        lot * binomial_quantile(shipments.round() as u64, probability, uniform) as f64
                    }
                    Chance::Central => lot * shipments * probability,
                }
            };
        }
    }
}

/// An inspection that learns.
#[derive(Debug)]
pub struct LearningPlan {
    pub measure: usize,
    suspicion: Suspicion,
    surveillance: Surveillance,
}

/// Finds the inspections that learn.
pub fn plan_learning(plan: &Plan) -> Vec<LearningPlan> {
    let learning = |(measure, suspicion): (usize, Option<Suspicion>)| {
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
    inspections(plan).filter_map(learning).collect()
}

fn inspections(plan: &Plan) -> impl Iterator<Item = (usize, Option<Suspicion>)> + '_ {
    plan.scenario
        .measures
        .iter()
        .enumerate()
        .filter_map(|(number, measure)| match measure.action {
            Action::Inspection { suspicion, .. } => Some((number, suspicion)),
            _ => None,
        })
}

/// What an inspection has seen on a path.
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

    /// x' = (1 - decay) x + surge max(0, S - 1) + seized (seized share), from zero in the first month of the inspection;
    /// `suspicion` has a place for each measure.
    pub fn learn(
        &self,
        plan: &Plan,
        learning: &LearningPlan,
        values: &[f64],
        flow: &[f64],
        seized: &[f64],
        suspicion: &mut [f64],
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
