//! Trade totals of a month by pair and market, up to eight draws side by side.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use std::ops::Range;

use super::interleave::InterleavedMonth;
use super::sparse_sums::SparseSums;
use crate::math::simd::Lanes;
use crate::math::width::{Width, Work};
use crate::model::{Index, Table};
use crate::policy::{ConstraintIndex, PairIndex};
use crate::simulation::Plan;

/// Flows of a month by route, tonnes, a lane for each draw, and how they are added up.
#[derive(Debug)]
pub struct RouteFlows {
    width: Width,
    runs: Vec<Run>,
    pub by_route: Vec<Lanes>,
    relations: Vec<LimitedRelation>,
}

/// A limit on the direct trade of a seller with a buyer, whose rent the seller earns.
#[derive(Clone, Debug)]
struct LimitedRelation {
    constraint: ConstraintIndex,
    supply: usize,
    routes: Vec<usize>,
}

impl LimitedRelation {
    fn list(plan: &Plan) -> Vec<Self> {
        let limits = plan.constraints.iter().filter_map(|(constraint, row)| {
            Some(Self {
                constraint,
                supply: plan.limited_seller(constraint)?.row(),
                routes: row.routes.clone(),
            })
        });
        limits.collect()
    }
}

/// Routes of one pair that follow each other.
#[derive(Clone, Debug)]
pub struct Run {
    pub routes: Range<usize>,
    pub pair: PairIndex,
    pub supply: usize,
    pub demand: usize,
}

impl Run {
    /// The runs of a plan, in the order of routes.
    pub fn list(plan: &Plan) -> Vec<Self> {
        let mut end = 0;
        let runs = plan.routes.chunk_by(|one, other| one.pair == other.pair);
        runs.map(|routes| {
            end += routes.len();
            Self {
                routes: end - routes.len()..end,
                pair: routes[0].pair,
                supply: routes[0].supply.row(),
                demand: routes[0].demand.row(),
            }
        })
        .collect()
    }
}

/// A month's trade by pair and market, a lane for each draw.
#[derive(Clone, Debug)]
pub struct TradeTotals {
    /// Tonnes.
    pub pair: Table<PairIndex, Lanes>,
    pub supply: Vec<Lanes>,
    pub demand: Vec<Lanes>,
    /// USD per tonne; not a number where there is no price.
    pub supply_price: Vec<Lanes>,
    pub demand_price: Vec<Lanes>,
    /// By supply, the rents of its limited relations, USD; empty in a plan without any.
    pub seller_rent: Vec<Lanes>,
}

impl TradeTotals {
    /// No trade.
    pub fn new(plan: &Plan) -> Self {
        let (supplies, demands) = (plan.supply_quantity.len(), plan.demand_quantity.len());
        Self {
            pair: Table::filled(Lanes::ZERO, plan.pairs.len()),
            supply: vec![Lanes::ZERO; supplies],
            demand: vec![Lanes::ZERO; demands],
            supply_price: vec![Lanes::ZERO; supplies],
            demand_price: vec![Lanes::ZERO; demands],
            seller_rent: if LimitedRelation::list(plan).is_empty() {
                Vec::new()
            } else {
                vec![Lanes::ZERO; supplies]
            },
        }
    }

    /// Tonnes of each commodity.
    pub fn by_commodity(&self, plan: &Plan) -> Vec<Lanes> {
        let mut traded = vec![Lanes::ZERO; plan.world().commodities.len()];
        for (row, tonnes) in plan.world().demands.rows().iter().zip(&self.demand) {
            traded[row.commodity.row()] += *tonnes;
        }
        traded
    }
}

impl RouteFlows {
    /// Scratch space for the months of a plan.
    pub fn new(plan: &Plan, width: Width) -> Self {
        Self {
            width,
            runs: Run::list(plan),
            by_route: vec![Lanes::ZERO; plan.routes.len()],
            relations: LimitedRelation::list(plan),
        }
    }

    /// Reads a month, and adds its flows up to `trade` in the order of routes.
    pub fn read(&mut self, month: &InterleavedMonth<'_>, trade: &mut TradeTotals) {
        month.lay(|draw| &draw.solution.flow, &mut self.by_route);
        month.lay(|draw| &draw.solution.supply_price, &mut trade.supply_price);
        month.lay(|draw| &draw.solution.demand_price, &mut trade.demand_price);
        self.width.run(AddTradeTotals {
            runs: &self.runs,
            flows: &self.by_route,
            trade,
        });
        trade.seller_rent.fill(Lanes::ZERO);
        for relation in &self.relations {
            let rent = month.each(|draw| draw.solution.rent[relation.constraint.row()]);
            for &route in &relation.routes {
                trade.seller_rent[relation.supply] += rent * self.by_route[route];
            }
        }
    }

    /// Hands the weighted sum over each group to `take`, with the group's place.
    pub fn sum_each(&self, groups: &SparseSums, take: impl FnMut(usize, Lanes)) {
        self.width.run(SumEach {
            groups,
            flows: &self.by_route,
            take,
        });
    }
}

struct AddTradeTotals<'a> {
    runs: &'a [Run],
    flows: &'a [Lanes],
    trade: &'a mut TradeTotals,
}

impl Work for AddTradeTotals<'_> {
    #[inline(always)]
    fn run(self) {
        let TradeTotals {
            pair, supply, demand, ..
        } = self.trade;
        for sums in [pair.rows_mut(), supply, demand] {
            sums.fill(Lanes::ZERO);
        }
        // Sums stay in registers over the routes of a pair; their order is that of the routes all the same.
        for run in self.runs {
            let (mut traded, mut sent, mut received) = (pair[run.pair], supply[run.supply], demand[run.demand]);
            for flow in &self.flows[run.routes.clone()] {
                traded += *flow;
                sent += *flow;
                received += *flow;
            }
            (pair[run.pair], supply[run.supply], demand[run.demand]) = (traded, sent, received);
        }
    }
}

struct SumEach<'a, T> {
    groups: &'a SparseSums,
    flows: &'a [Lanes],
    take: T,
}

impl<T: FnMut(usize, Lanes)> Work for SumEach<'_, T> {
    #[inline(always)]
    fn run(self) {
        self.groups.sum_lanes(self.flows, self.take);
    }
}
