//! The same draws without measures.

use super::trade_totals::TradeTotals;
use crate::simulation::Plan;

/// What the counterfactual runs of up to eight draws are compared with, month by month.
#[derive(Clone, Debug)]
pub struct Counterfactual {
    pub months: Vec<TradeTotals>,
}

impl Counterfactual {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            months: vec![TradeTotals::new(plan); plan.scenario.horizon.months],
        }
    }
}
