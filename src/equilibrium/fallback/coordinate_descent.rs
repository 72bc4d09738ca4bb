//! Block coordinate descent on the dual: every price and rent in turn is set to the root of its own equation, the
//! others given.
//!
//! Demands share no flow, so setting them all at once minimises the dual over the block of their prices exactly; so do
//! supplies. Capacities share routes and follow one after the other (Gauss-Seidel). With fixed quantities in place of
//! elastic ones, sweeps over demands and supplies would be those of matrix scaling (Sinkhorn and Knopp 1967).
//!
//! It is far slower than Newton near the solution, but no step raises the dual, so it always comes near. It is used far
//! from the solution, and where Newton steps are refused.
//!
//! So far off that exponents are clamped, flows no longer say how far. There the logarithms of inflows are summed without
//! exponentials: else a price would come back by one clamped exponent in each sweep.

use super::dual_point::{DualPoint, Step, clamped_exp};
use super::market_equation::MarketEquation;
use super::problem::DualProblem;
use crate::equilibrium::guards::LARGEST_EXPONENT;
use crate::math::{exp, ln};

/// Newton steps allowed to a one-dimensional equation; they converge monotonically, so fewer only leave it less exact.
const STEPS: usize = 60;
/// Relative change at which a one-dimensional equation counts as solved. The sweeps only need to come near.
const EXACTNESS: f64 = 1e-12;

/// What flows into a demand, or out of a supply.
#[derive(Clone, Copy)]
struct Inflow {
    sum: f64,
    /// Its logarithm, where the sum is clamped.
    logarithm: Option<f64>,
}

impl Inflow {
    fn new(sum: f64, clamped: &[Option<f64>], market: usize) -> Self {
        Self {
            sum,
            logarithm: clamped.get(market).copied().flatten(),
        }
    }

    /// `ln(quantity / inflow)`. Flows may underflow on the way; their logarithm does not exist then.
    fn logarithm_below(self, quantity: f64) -> Option<f64> {
        match self.logarithm {
            Some(logarithm) => Some(ln(quantity) - logarithm),
            None => (self.sum > 0.0).then(|| ln(quantity / self.sum)),
        }
    }

    /// `ln(inflow / quantity)`.
    fn logarithm_above(self, quantity: f64) -> Option<f64> {
        match self.logarithm {
            Some(logarithm) => Some(logarithm - ln(quantity)),
            None => (self.sum > 0.0).then(|| ln(self.sum / quantity)),
        }
    }
}

impl DualPoint {
    /// One sweep over demands, supplies and capacities. Flows and net gains must be up to date, as
    /// [`DualPoint::evaluate`] leaves them, and are brought up to date again. `change` is scratch space.
    pub(super) fn sweep(&mut self, problem: &DualProblem, change: &mut Step) {
        self.sweep_demands(problem, &mut change.m);
        self.sweep_supplies(problem, &mut change.o);
        self.sweep_capacities(problem);
        self.evaluate(problem);
    }

    /// Sets `P_m` such that `D_m(P_m)` equals the flows that `P_m` attracts: `ln D_m - ln inflow` falls by
    /// `theta dP + eps d(ln P)`, and must become zero.
    fn sweep_demands(&mut self, problem: &DualProblem, change: &mut [f64]) {
        let (network, conditions, open) = problem.parts();
        let clamped = self.clamped_logarithms(problem, network.demands(), |r| network.demand_of_route[r]);
        for &m in &open.demands {
            change[m] = 0.0;
            let inflow = Inflow::new(self.sum_m[m], &clamped, m);
            if let Some(missing) = inflow.logarithm_below(conditions.demand_quantity[m]) {
                let gap = missing - conditions.demand_elasticity[m] * ln(self.price_m[m] / conditions.demand_price[m]);
                (self.price_m[m], change[m]) = MarketEquation::of_demand(problem, m).solve(self.price_m[m], gap);
            }
        }
        self.shift(problem, |_, m| change[m]);
    }

    /// Sets `C_o` such that `S_o(C_o)` equals the flows that `C_o` releases: `ln outflow - ln S_o` falls by
    /// `theta dC + eta d(ln C)`, and must become zero.
    fn sweep_supplies(&mut self, problem: &DualProblem, change: &mut [f64]) {
        let (network, conditions, open) = problem.parts();
        let clamped = self.clamped_logarithms(problem, network.supplies(), |r| network.supply_of_route[r]);
        for &o in &open.supplies {
            change[o] = 0.0;
            let outflow = Inflow::new(self.sum_o[o], &clamped, o);
            if let Some(excess) = outflow.logarithm_above(conditions.supply_quantity[o]) {
                let gap = excess - conditions.supply_elasticity[o] * ln(self.price_o[o] / conditions.supply_price[o]);
                (self.price_o[o], change[o]) = MarketEquation::of_supply(problem, o).solve(self.price_o[o], gap);
            }
        }
        self.shift(problem, |o, _| -change[o]);
    }

    /// Adds a change, by supply and demand, to every net gain, and renews flows and their sums by supply and demand.
    fn shift(&mut self, problem: &DualProblem, change: impl Fn(usize, usize) -> f64) {
        let network = problem.network;
        for &r in &problem.open.routes {
            self.x[r] += change(network.supply_of_route[r], network.demand_of_route[r]);
        }
        self.evaluate_flows(problem);
    }

    /// Sets each `mu_g` such that its capacity is just used, or to zero. One after the other, because they share
    /// routes.
    fn sweep_capacities(&mut self, problem: &DualProblem) {
        let (network, conditions, open) = problem.parts();
        for &g in &open.capacities {
            let routes = network.routes_of_capacity.row(g);
            let used = routes.iter().fold(0.0, |sum, &r| sum + self.f[r]);
            if used == 0.0 || (used <= conditions.limit[g] && self.mu[g] == 0.0) {
                continue;
            }
            let is_clamped = routes
                .iter()
                .any(|&r| open.contains_route(r) && self.exponent(problem, r) > LARGEST_EXPONENT);
            // Down to a rent of zero: the routes may then carry less than is allowed.
            let change = if is_clamped {
                self.solve_clamped_rent(problem, g)
            } else {
                self.solve_rent(problem, g)
            };
            let change = change.max(-self.mu[g]);
            self.mu[g] = (self.mu[g] + change).max(0.0);
            for &r in routes {
                self.x[r] -= change;
                let theta = conditions.theta[network.group_of_route[r]];
                if !is_clamped {
                    self.f[r] *= clamped_exp(-theta * change);
                } else if open.contains_route(r) {
                    self.f[r] = conditions.weight[r] * clamped_exp(theta * self.x[r]);
                }
            }
        }
    }

    /// The same by the logarithms of flows, which need no clamping.
    fn solve_clamped_rent(&self, problem: &DualProblem, g: usize) -> f64 {
        let (network, conditions, open) = problem.parts();
        let routes = network.routes_of_capacity.row(g).iter().copied();
        let flows = routes.filter(|&r| open.contains_route(r)).map(|r| {
            let logarithm = ln(conditions.weight[r]) + self.exponent(problem, r);
            (logarithm, conditions.theta[network.group_of_route[r]])
        });
        let flows: Vec<(f64, f64)> = flows.collect();
        let allowed = ln(self.allowed[g]);
        let mut change = 0.0;
        for _ in 0..STEPS {
            let now = flows
                .iter()
                .map(|(logarithm, theta)| (logarithm - theta * change, *theta));
            let largest = now.clone().fold(f64::NEG_INFINITY, |largest, flow| largest.max(flow.0));
            let (used, slope) = now.fold((0.0, 0.0), |(used, slope), (logarithm, theta)| {
                let share = exp(logarithm - largest);
                (used + share, slope + theta * share)
            });
            let step = (largest + ln(used) - allowed) * used / slope;
            if !step.is_finite() {
                break;
            }
            change += step;
            if change <= -self.mu[g] || step.abs() <= EXACTNESS * (self.mu[g] + change).abs() {
                break;
            }
        }
        change
    }

    /// `theta x_r`, not clamped.
    fn exponent(&self, problem: &DualProblem, r: usize) -> f64 {
        problem.conditions.theta[problem.network.group_of_route[r]] * self.x[r]
    }

    /// The logarithms of sums of flows by market, where clamping has changed a sum for the larger; empty where it has
    /// changed none.
    fn clamped_logarithms(
        &self,
        problem: &DualProblem,
        markets: usize,
        market_of: impl Fn(usize) -> usize,
    ) -> Vec<Option<f64>> {
        let open = problem.open;
        let is_clamped = |r: &&usize| self.exponent(problem, **r) > LARGEST_EXPONENT;
        let mut logarithms = Vec::new();
        for &r in open.routes.iter().filter(is_clamped) {
            logarithms.resize(markets, None);
            logarithms[market_of(r)] = Some(f64::NEG_INFINITY);
        }
        if logarithms.is_empty() {
            return logarithms;
        }
        let logarithm = |r: usize| ln(problem.conditions.weight[r]) + self.exponent(problem, r);
        for &r in &open.routes {
            if let Some(largest) = &mut logarithms[market_of(r)] {
                *largest = largest.max(logarithm(r));
            }
        }
        let mut sums = vec![0.0; markets];
        for &r in &open.routes {
            if let Some(largest) = logarithms[market_of(r)] {
                sums[market_of(r)] += exp(logarithm(r) - largest);
            }
        }
        for (largest, sum) in logarithms.iter_mut().zip(sums) {
            *largest = largest.map(|largest| largest + ln(sum));
        }
        logarithms
    }

    /// The change of `mu_g` at which its routes carry what is allowed, by Newton's method. The logarithm of their sum
    /// is convex and falls in the change, so after the first step Newton comes from the left and never passes the root.
    fn solve_rent(&self, problem: &DualProblem, g: usize) -> f64 {
        let DualProblem {
            network, conditions, ..
        } = *problem;
        let allowed = ln(self.allowed[g]);
        let mut change = 0.0;
        for _ in 0..STEPS {
            let (mut used, mut slope) = (0.0, 0.0);
            for &r in network.routes_of_capacity.row(g) {
                let theta = conditions.theta[network.group_of_route[r]];
                let f = self.f[r] * clamped_exp(-theta * change);
                used += f;
                slope += theta * f;
            }
            let step = (ln(used) - allowed) * used / slope;
            if !step.is_finite() {
                break;
            }
            change += step;
            if change <= -self.mu[g] || step.abs() <= EXACTNESS * (self.mu[g] + change).abs() {
                break;
            }
        }
        change
    }
}
