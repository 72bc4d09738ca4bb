//! Block coordinate descent on the dual: every price and rent in turn is set to the root of its own equation, the
//! others given.
//!
//! Demands share no flow, so setting them all at once minimises the dual over the block of their prices exactly; so do
//! supplies. Capacities share routes and follow one after the other (Gauss-Seidel). With fixed quantities in place of
//! elastic ones, sweeps over demands and supplies would be those of matrix scaling (Sinkhorn and Knopp 1967).
//!
//! It is far slower than Newton near the solution, but no step raises the dual, so it always comes near. It is used far
//! from the solution, and where Newton steps are refused.

use super::dual_point::{DualPoint, Step, clamped_exp};
use super::market_equation::MarketEquation;
use super::problem::DualProblem;
use crate::math::ln;

/// Newton steps allowed to a one-dimensional equation; they converge monotonically, so fewer only leave it less exact.
const STEPS: usize = 60;
/// Relative change at which a one-dimensional equation counts as solved. The sweeps only need to come near.
const EXACTNESS: f64 = 1e-12;

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
        let conditions = problem.conditions;
        for &m in &problem.open.demands {
            change[m] = 0.0;
            // Flows may underflow on the way; their logarithm does not exist then.
            if self.sum_m[m] > 0.0 {
                let gap = ln(conditions.demand_quantity[m] / self.sum_m[m])
                    - conditions.demand_elasticity[m] * ln(self.price_m[m] / conditions.demand_price[m]);
                (self.price_m[m], change[m]) = MarketEquation::of_demand(problem, m).solve(self.price_m[m], gap);
            }
        }
        self.shift(problem, |_, m| change[m]);
    }

    /// Sets `C_o` such that `S_o(C_o)` equals the flows that `C_o` releases: `ln outflow - ln S_o` falls by
    /// `theta dC + eta d(ln C)`, and must become zero.
    fn sweep_supplies(&mut self, problem: &DualProblem, change: &mut [f64]) {
        let conditions = problem.conditions;
        for &o in &problem.open.supplies {
            change[o] = 0.0;
            if self.sum_o[o] > 0.0 {
                let gap = ln(self.sum_o[o] / conditions.supply_quantity[o])
                    - conditions.supply_elasticity[o] * ln(self.price_o[o] / conditions.supply_price[o]);
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
            // Down to a rent of zero: the routes may then carry less than is allowed.
            let change = self.solve_rent(problem, g).max(-self.mu[g]);
            self.mu[g] = (self.mu[g] + change).max(0.0);
            for &r in routes {
                self.x[r] -= change;
                self.f[r] *= clamped_exp(-conditions.theta[network.group_of_route[r]] * change);
            }
        }
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
