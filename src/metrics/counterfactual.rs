//! The same draws without measures.

use super::trade_totals::TradeTotals;
use crate::simulation::Plan;

/// Trade without measures of up to eight draws, month by month.
#[derive(Clone, Debug)]
pub struct Counterfactual {
    pub months: Vec<TradeTotals>,
}

impl Counterfactual {
    /// Scratch space for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            months: vec![TradeTotals::new(plan); plan.scenario.horizon.months],
        }
    }
}
