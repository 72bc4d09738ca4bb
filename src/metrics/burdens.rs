//! Costs, rents and netbacks of a month, up to eight draws side by side.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::interleave::InterleavedMonth;
use super::trade_totals::{Run, TradeTotals};
use crate::math::simd::Lanes;
use crate::math::width::{Width, Work};
use crate::policy::ConstraintIndex;
use crate::simulation::Plan;

/// Costs and rents of a month, USD per tonne, a lane for each draw.
#[derive(Debug)]
pub struct Burdens {
    width: Width,
    runs: Vec<Run>,
    /// By route, charges included.
    pub cost: Vec<Lanes>,
    /// By constraint.
    pub rent: Vec<Lanes>,
    /// By route, the rents of all its constraints, but for what its own seller earns.
    pub rents: Vec<Lanes>,
    /// By supply: price at the market less everything paid to others to get there, weighted by flow; not a number without
    /// flow.
    pub netback: Vec<Lanes>,
    /// Constraints that have a rent in some draw, in order.
    pub paid: Vec<ConstraintIndex>,
}

impl Burdens {
    /// Scratch space for the months of a plan.
    pub fn new(plan: &Plan, width: Width) -> Self {
        Self {
            width,
            runs: Run::list(plan),
            cost: vec![Lanes::ZERO; plan.routes.len()],
            rent: vec![Lanes::ZERO; plan.constraints.len()],
            rents: vec![Lanes::ZERO; plan.routes.len()],
            netback: vec![Lanes::ZERO; plan.supply_quantity.len()],
            paid: Vec::with_capacity(plan.constraints.len()),
        }
    }

    /// Reads a month, whose flows have been added up to `trade`.
    pub fn read(&mut self, plan: &Plan, month: &InterleavedMonth<'_>, flows: &[Lanes], trade: &TradeTotals) {
        month.lay(|draw| &draw.conditions.cost, &mut self.cost);
        month.lay(|draw| &draw.solution.rent, &mut self.rent);
        self.width.run(AddBurdens {
            plan,
            flows,
            trade,
            burdens: self,
        });
    }

    #[inline(always)]
    fn add_rents(&mut self, plan: &Plan) {
        self.paid.clear();
        self.rents.fill(Lanes::ZERO);
        for ((constraint, row), &rent) in plan.constraints.iter().zip(&self.rent) {
            // Most constraints bind in no draw.
            if Lanes::ZERO.below(rent).any() {
                self.paid.push(constraint);
                if plan.limited_seller(constraint).is_none() {
                    row.routes.iter().for_each(|&route| self.rents[route] += rent);
                }
            }
        }
    }

    #[inline(always)]
    fn find_netbacks(&mut self, flows: &[Lanes], trade: &TradeTotals) {
        self.netback.fill(Lanes::ZERO);
        for run in &self.runs {
            let (price, mut netback) = (trade.demand_price[run.demand], self.netback[run.supply]);
            let routes = run.routes.clone();
            let burdens = self.cost[routes.clone()].iter().zip(&self.rents[routes.clone()]);
            for (&flow, (&cost, &rents)) in flows[routes].iter().zip(burdens) {
                // A market without trade may have no price.
                netback += (flow * (price - cost - rents)).only(Lanes::ZERO.below(flow));
            }
            self.netback[run.supply] = netback;
        }
        // Nothing over nothing is not a number, as it should be without flow.
        for (netback, sent) in self.netback.iter_mut().zip(&trade.supply) {
            *netback = *netback / *sent;
        }
    }
}

struct AddBurdens<'a> {
    plan: &'a Plan,
    flows: &'a [Lanes],
    trade: &'a TradeTotals,
    burdens: &'a mut Burdens,
}

impl Work for AddBurdens<'_> {
    #[inline(always)]
    fn run(self) {
        let Self {
            plan,
            flows,
            trade,
            burdens,
        } = self;
        burdens.add_rents(plan);
        burdens.find_netbacks(flows, trade);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::RouteFlows;
    use crate::metrics::testing::{model, route};
    use crate::model::Index;
    use crate::simulation::{Chance, PathRunner};

    #[test]
    fn a_netback_is_the_price_at_the_market_less_costs_weighted_by_flow() {
        let model = model("");
        let plan = &model.plan;
        let width = Width::widest();
        let (mut flows, mut trade) = (RouteFlows::new(plan, width), TradeTotals::new(plan));
        let mut burdens = Burdens::new(plan, width);
        PathRunner::new(&model)
            .run(Chance::Central, |month| {
                if let Some(month) = InterleavedMonth::new(&[Some(month)]) {
                    flows.read(&month, &mut trade);
                    burdens.read(plan, &month, &flows.by_route, &trade);
                }
            })
            .unwrap();
        let near = |found: Lanes, expected: f64| assert!((found.0[0] - expected).abs() < 1e-6, "{found:?}");
        near(burdens.cost[route(plan, "grain-rail")], 30.0);
        near(burdens.cost[route(plan, "grain-sea")], 50.0);
        // By rail and by sea to the buyer at 200, to the rest of the world at 200 and to the hub at 150.
        let earned = 1150.0 * 170.0 + 1150.0 * 150.0 + 100.0 * 150.0 + 200.0 * 135.0;
        let supply = plan.routes[route(plan, "grain-rail")].supply.row();
        near(burdens.netback[supply], earned / 2600.0);
        near(trade.supply[supply], 2600.0);
        near(
            trade.demand[plan.routes[route(plan, "grain-rail")].demand.row()],
            2700.0,
        );
        assert_eq!(burdens.paid, [], "nothing binds at baseline");
    }
}
