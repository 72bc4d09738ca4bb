//! The same draw without measures.

use ndarray::{Array2, ArrayViewMut1};

use crate::model::Index;
use crate::simulation::path::SolvedMonth;
use crate::simulation::plan::Plan;

/// What the companion run of one draw is compared with, months by entities.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Tonnes per month.
    pub pair_flow: Array2<f64>,
    pub supply_flow: Array2<f64>,
    pub demand_flow: Array2<f64>,
    /// USD per tonne; not a number where there is no price.
    pub supply_price: Array2<f64>,
    pub demand_price: Array2<f64>,
}

impl Companion {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        let months = plan.scenario.horizon.months;
        let zeros = |entities: usize| Array2::zeros((months, entities));
        Self {
            pair_flow: zeros(plan.pairs.len()),
            supply_flow: zeros(plan.supply_quantity.len()),
            demand_flow: zeros(plan.demand_quantity.len()),
            supply_price: zeros(plan.supply_quantity.len()),
            demand_price: zeros(plan.demand_quantity.len()),
        }
    }

    /// Keeps a month of the companion run.
    pub fn keep(&mut self, plan: &Plan, month: SolvedMonth<'_>) {
        let mut pair_flow = self.pair_flow.row_mut(month.step);
        let mut supply_flow = self.supply_flow.row_mut(month.step);
        let mut demand_flow = self.demand_flow.row_mut(month.step);
        for (route, flow) in plan.routes.iter().zip(&month.solution.flow) {
            pair_flow[route.pair] += flow;
            supply_flow[route.supply] += flow;
            demand_flow[route.demand] += flow;
        }
        let copy = |mut row: ArrayViewMut1<'_, f64>, prices: &[f64]| {
            row.iter_mut().zip(prices).for_each(|(kept, price)| *kept = *price);
        };
        copy(self.supply_price.row_mut(month.step), &month.solution.supply_price);
        copy(self.demand_price.row_mut(month.step), &month.solution.demand_price);
    }

    /// Tonnes of each commodity traded in a month.
    pub fn trade(&self, plan: &Plan, step: usize) -> Vec<f64> {
        let mut trade = vec![0.0; plan.world().commodities.len()];
        for (demand, row) in plan.world().demands.iter() {
            trade[row.commodity.row()] += self.demand_flow[[step, demand.row()]];
        }
        trade
    }
}
