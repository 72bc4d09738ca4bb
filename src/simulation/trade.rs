//! The trade of a month, up to eight draws side by side.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::groups::Groups;
use super::path::SolvedMonth;
use super::plan::{Plan, RoutePlan};
use crate::math::lanes::Lanes;
use crate::math::width::{Width, Work};

/// Flows of a month, and their sums by pair, supply and demand, tonnes. A lane for each of up to [`crate::math::lanes::WIDTH`]
/// draws; those without a solved month hold what they held before.
#[derive(Debug)]
pub struct Trade {
    width: Width,
    pub flow: Vec<Lanes>,
    pub pair: Vec<Lanes>,
    pub supply: Vec<Lanes>,
    pub demand: Vec<Lanes>,
}

impl Trade {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan, width: Width) -> Self {
        Self {
            width,
            flow: vec![Lanes::ZERO; plan.routes.len()],
            pair: vec![Lanes::ZERO; plan.pairs.len()],
            supply: vec![Lanes::ZERO; plan.supply_quantity.len()],
            demand: vec![Lanes::ZERO; plan.demand_quantity.len()],
        }
    }

    /// Lays the flows of some draws side by side and adds them up, in the order of routes.
    pub fn read(&mut self, plan: &Plan, months: &[Option<SolvedMonth<'_>>]) {
        for (lane, month) in months.iter().enumerate() {
            let Some(month) = month else { continue };
            let flows = self.flow.iter_mut().zip(&month.solution.flow);
            flows.for_each(|(lanes, flow)| lanes.0[lane] = *flow);
        }
        self.width.run(AddUp {
            routes: &plan.routes,
            trade: self,
        });
    }

    /// Hands the weighted sum over each group to `take`, with the group's place.
    pub fn sum_each(&self, groups: &Groups, take: impl FnMut(usize, Lanes)) {
        self.width.run(SumEach {
            groups,
            flow: &self.flow,
            take,
        });
    }
}

struct AddUp<'a> {
    routes: &'a [RoutePlan],
    trade: &'a mut Trade,
}

impl Work for AddUp<'_> {
    #[inline(always)]
    fn run(self) {
        let Trade {
            flow,
            pair,
            supply,
            demand,
            ..
        } = self.trade;
        for sums in [&mut *pair, supply, demand] {
            sums.fill(Lanes::ZERO);
        }
        for (route, flow) in self.routes.iter().zip(&*flow) {
            pair[route.pair] += *flow;
            supply[route.supply] += *flow;
            demand[route.demand] += *flow;
        }
    }
}

struct SumEach<'a, T> {
    groups: &'a Groups,
    flow: &'a [Lanes],
    take: T,
}

impl<T: FnMut(usize, Lanes)> Work for SumEach<'_, T> {
    #[inline(always)]
    fn run(self) {
        self.groups.sum_lanes(self.flow, self.take);
    }
}
