//! The same draws without measures.

use crate::math::lanes::{Lanes, WIDTH};
use crate::model::Index;
use crate::simulation::path::SolvedMonth;
use crate::simulation::plan::Plan;
use crate::simulation::trade::Trade;

/// What the companion runs of up to eight draws are compared with, month by month, a lane for each draw.
#[derive(Clone, Debug)]
pub struct Companion {
    months: Vec<CompanionMonth>,
}

/// A month of companion runs.
#[derive(Clone, Debug)]
struct CompanionMonth {
    /// Tonnes per month.
    pair: Vec<Lanes>,
    supply: Vec<Lanes>,
    demand: Vec<Lanes>,
    /// USD per tonne; not a number where there is no price.
    supply_price: Vec<Lanes>,
    demand_price: Vec<Lanes>,
}

/// One draw's month of companion runs.
#[derive(Clone, Copy)]
pub struct Usual<'a> {
    month: &'a CompanionMonth,
    lane: usize,
}

impl Companion {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (supplies, demands) = (plan.supply_quantity.len(), plan.demand_quantity.len());
        let month = CompanionMonth {
            pair: vec![Lanes::ZERO; plan.pairs.len()],
            supply: vec![Lanes::ZERO; supplies],
            demand: vec![Lanes::ZERO; demands],
            supply_price: vec![Lanes::ZERO; supplies],
            demand_price: vec![Lanes::ZERO; demands],
        };
        Self {
            months: vec![month; plan.scenario.horizon.months],
        }
    }

    /// Keeps a month of the companion runs, whose trade has been added up.
    pub fn keep(&mut self, trade: &Trade, months: &[Option<SolvedMonth<'_>>]) {
        let Some(step) = months.iter().flatten().map(|month| month.step).next() else {
            return;
        };
        let kept = &mut self.months[step];
        kept.pair.copy_from_slice(&trade.pair);
        kept.supply.copy_from_slice(&trade.supply);
        kept.demand.copy_from_slice(&trade.demand);
        for (lane, month) in months.iter().enumerate() {
            let Some(month) = month else { continue };
            lay(&mut kept.supply_price, &month.solution.supply_price, lane);
            lay(&mut kept.demand_price, &month.solution.demand_price, lane);
        }
    }

    /// A month of the draw in a lane.
    pub fn month(&self, step: usize, lane: usize) -> Usual<'_> {
        Usual {
            month: &self.months[step],
            lane,
        }
    }

    /// Tonnes of each commodity traded in a month, by lane.
    pub fn trade(&self, plan: &Plan, step: usize) -> Vec<[f64; WIDTH]> {
        let mut trade = vec![Lanes::ZERO; plan.world().commodities.len()];
        for (demand, row) in plan.world().demands.iter() {
            trade[row.commodity.row()] += self.months[step].demand[demand.row()];
        }
        trade.into_iter().map(|lanes| lanes.0).collect()
    }
}

fn lay(lanes: &mut [Lanes], values: &[f64], lane: usize) {
    for (lanes, value) in lanes.iter_mut().zip(values) {
        lanes.0[lane] = *value;
    }
}

impl Usual<'_> {
    /// Tonnes on a pair.
    pub fn pair(&self, pair: usize) -> f64 {
        self.month.pair[pair].0[self.lane]
    }

    /// Tonnes that a supply sends.
    pub fn supply(&self, supply: usize) -> f64 {
        self.month.supply[supply].0[self.lane]
    }

    /// Tonnes that a demand receives.
    pub fn demand(&self, demand: usize) -> f64 {
        self.month.demand[demand].0[self.lane]
    }

    /// USD per tonne.
    pub fn supply_price(&self, supply: usize) -> f64 {
        self.month.supply_price[supply].0[self.lane]
    }

    /// USD per tonne.
    pub fn demand_price(&self, demand: usize) -> f64 {
        self.month.demand_price[demand].0[self.lane]
    }
}
