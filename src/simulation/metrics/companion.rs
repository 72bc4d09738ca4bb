//! The same draws without measures.

use crate::simulation::plan::Plan;
use crate::simulation::trade::Trade;

/// What the companion runs of up to eight draws are compared with, month by month.
#[derive(Clone, Debug)]
pub struct Companion {
    pub months: Vec<Trade>,
}

impl Companion {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            months: vec![Trade::new(plan); plan.scenario.horizon.months],
        }
    }
}
