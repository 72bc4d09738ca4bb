//! The Newton step on the dual.
//!
//! The equations are those of the SIMD path (see `simd::newton`). Demands are not coupled to other demands, so they are
//! eliminated first, one by one. Supplies are then coupled only within their group, and are eliminated as small dense
//! blocks. Last comes the dense Schur complement of the active capacities, those with a rent or an overflow.

use super::active_set::{BOUND_ROUNDS, BoundedSystem};
use super::cholesky::{dot, factorise, solve, solve_transposed, subtract_multiple};
use super::dual_point::{DualPoint, Step};
use super::market_equation::MarketEquation;
use super::problem::DualProblem;
use crate::equilibrium::Network;
use crate::equilibrium::guards::{NEAR_BALANCE, REDUNDANT_PIVOT, VANISHING_INFLOW};
use crate::math::ln;

/// The kinds of Newton step, each slower and safer than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepKind {
    /// For `ln(inflow / target) = 0`, times inflow: nearly linear in prices, so that steps are good from far off. These
    /// equations are not the gradient of the dual, so a step need not lead downhill. Bounds are an active set.
    LogBalanced,
    /// For `inflow - target = 0`, the gradient of the dual. Bounds are an active set.
    Plain,
    /// As plain, but only bounds that are already reached are held; the line search stops at the first other one.
    /// Always downhill.
    StopAtBound,
}

/// Stands for the position of a capacity that is not active.
const INACTIVE: usize = usize::MAX;

/// The Newton system and its scratch space. Matrices are row-major; `_mo` is indexed by demand and by position of a
/// supply in the demand's group, `_mg` and `_og` by demand or rank of supply and by position among the active
/// capacities.
#[derive(Debug)]
pub(super) struct NewtonSystem {
    active: Vec<usize>,
    position: Vec<usize>,
    /// Largest number of supplies in a group, the row stride of arrays indexed by position in group.
    width: usize,
    h_r: Vec<f64>,
    h_mo: Vec<f64>,
    h_mg: Vec<f64>,
    h_oo: Vec<f64>,
    h_og: Vec<f64>,
    h_gg: Vec<f64>,
    /// Diagonals before elimination, by rank of supply and by position of capacity.
    scale_o: Vec<f64>,
    scale_g: Vec<f64>,
    /// Inverse of a demand's diagonal and the step it would take alone; a demand held at a bound has inverse zero.
    inverse_m: Vec<f64>,
    alone_m: Vec<f64>,
    held_m: Vec<bool>,
    right_o: Vec<f64>,
    right_g: Vec<f64>,
    /// Whether a supply's price is next to zero and steps on its own, see
    /// [`NewtonSystem::detach_supplies_that_pass_zero`].
    detached_o: Vec<bool>,
    bounded: BoundedSystem,
    /// Whether some active capacities were redundant in the last step.
    pub(super) redundant: bool,
}

impl NewtonSystem {
    pub(super) fn new(network: &Network) -> Self {
        let (supplies, demands, capacities) = (network.supplies(), network.demands(), network.capacities());
        let width = (0..network.groups())
            .map(|k| network.supplies_of_group.row(k).len())
            .max()
            .unwrap_or(0);
        Self {
            active: Vec::with_capacity(capacities),
            position: vec![INACTIVE; capacities],
            width,
            h_r: vec![0.0; network.routes()],
            h_mo: vec![0.0; demands * width],
            h_mg: vec![0.0; demands * capacities],
            h_oo: vec![0.0; supplies * width],
            h_og: vec![0.0; supplies * capacities],
            h_gg: vec![0.0; capacities * capacities],
            scale_o: vec![0.0; supplies],
            scale_g: vec![0.0; capacities],
            inverse_m: vec![0.0; demands],
            alone_m: vec![0.0; demands],
            held_m: vec![false; demands],
            right_o: vec![0.0; supplies],
            right_g: vec![0.0; capacities],
            detached_o: vec![false; supplies],
            bounded: BoundedSystem::new(capacities),
            redundant: false,
        }
    }

    /// Finds the step from `now`. Rents that would become negative go to zero, prices that would pass their highest go
    /// there.
    pub(super) fn step(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind, step: &mut Step) {
        self.choose_active(problem, now);
        self.hold_demands_at_their_highest_price(problem, now);
        self.detached_o.fill(false);
        for _ in 0..BOUND_ROUNDS {
            self.assemble(problem, now, kind);
            self.eliminate_demands(problem);
            self.eliminate_supplies(problem.network);
            self.solve_capacities(problem, now, kind, step);
            self.recover_supplies(problem.network, step);
            self.recover_demands(problem, step);
            let held = self.hold_demands_that_pass(problem, now, kind, step);
            let detached = self.detach_supplies_that_pass_zero(problem, now, step);
            if !held && !detached {
                break;
            }
        }
    }

    fn choose_active(&mut self, problem: &DualProblem, now: &DualPoint) {
        self.active.clear();
        self.position.fill(INACTIVE);
        for &g in &problem.open.capacities {
            if now.mu[g] > 0.0 || now.gap_g[g] > 0.0 {
                self.position[g] = self.active.len();
                self.active.push(g);
            }
        }
    }

    fn hold_demands_at_their_highest_price(&mut self, problem: &DualProblem, now: &DualPoint) {
        for &m in &problem.open.demands {
            let at_highest = now.price_m[m] >= problem.conditions.highest_price(m);
            self.held_m[m] = at_highest && now.sum_m[m] <= now.demanded[m];
            self.alone_m[m] = 0.0;
        }
    }

    /// Holds demands whose step passes their highest price at that price. Returns whether there were any.
    fn hold_demands_that_pass(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind, step: &Step) -> bool {
        let mut any = false;
        for &m in &problem.open.demands {
            let room = problem.conditions.highest_price(m) - now.price_m[m];
            // In the safest kind of step the line search stops at bounds, so only demands that are at theirs are held.
            let minds = kind != StepKind::StopAtBound || room <= 0.0;
            if !self.held_m[m] && minds && step.m[m] > room {
                self.held_m[m] = true;
                self.alone_m[m] = room;
                any = true;
            }
        }
        any
    }

    /// Detaches supplies whose price is too small to affect route choice, but whose step would take it far below zero.
    /// Such a price is removed from the other equations and solves its own alone. Returns whether there were any.
    fn detach_supplies_that_pass_zero(&mut self, problem: &DualProblem, now: &DualPoint, step: &Step) -> bool {
        let mut any = false;
        for &o in &problem.open.supplies {
            let law = MarketEquation::of_supply(problem, o);
            if !self.detached_o[o] && law.is_next_to_zero(now.price_o[o]) && law.share(now.price_o[o], step.o[o]) < 1.0
            {
                self.detached_o[o] = true;
                any = true;
            }
        }
        any
    }

    /// The Hessian and the right-hand side, the gradient's negative.
    fn assemble(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind) {
        self.assemble_routes(problem, now);
        self.assemble_demands(problem, now, kind);
        self.assemble_supplies(problem, now, kind);
        self.assemble_capacities(problem, now, kind);
    }

    fn assemble_routes(&mut self, problem: &DualProblem, now: &DualPoint) {
        let (network, conditions, open) = problem.parts();
        self.h_mo.fill(0.0);
        for &r in &open.routes {
            let (o, m) = (network.supply_of_route[r], network.demand_of_route[r]);
            let h = conditions.theta[network.group_of_route[r]] * now.f[r];
            self.h_r[r] = h;
            if !self.detached_o[o] {
                self.h_mo[m * self.width + network.place_in_group[o]] += h;
            }
        }
        self.assemble_active_routes(problem);
    }

    /// Assembles the entries of the active capacities. Few are active, so the loop runs over capacities.
    fn assemble_active_routes(&mut self, problem: &DualProblem) {
        let DualProblem { network, open, .. } = *problem;
        let n = self.active.len();
        self.h_mg[..network.demands() * n].fill(0.0);
        self.h_og[..network.supplies() * n].fill(0.0);
        self.h_gg[..n * n].fill(0.0);
        for (j, &g) in self.active.iter().enumerate() {
            let upper_row = &mut self.h_gg[j * n..(j + 1) * n];
            for &r in network
                .routes_of_capacity
                .row(g)
                .iter()
                .filter(|&&r| open.contains_route(r))
            {
                let h = self.h_r[r];
                self.h_mg[network.demand_of_route[r] * n + j] += h;
                let o = network.supply_of_route[r];
                if !self.detached_o[o] {
                    self.h_og[network.rank_of_supply[o] * n + j] += h;
                }
                for &other in network.capacities_of_route.row(r) {
                    let i = self.position[other];
                    // The matrix is symmetric: only its upper triangle is filled.
                    if i != INACTIVE && i >= j {
                        upper_row[i] += h;
                    }
                }
            }
        }
    }

    fn assemble_demands(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind) {
        let (network, conditions, open) = problem.parts();
        for &m in &open.demands {
            // An inverse of zero takes the demand out of the system; its step stays as it was set.
            if self.held_m[m] {
                self.inverse_m[m] = 0.0;
                continue;
            }
            let LinearBalance { gap, weight } =
                linearise(kind, now.sum_m[m] - now.demanded[m], now.sum_m[m], now.demanded[m]);
            let theta = conditions.theta[network.group_of_demand[m]];
            let diagonal = theta * now.sum_m[m] + conditions.demand_elasticity[m] * weight / now.price_m[m];
            self.inverse_m[m] = 1.0 / diagonal;
            self.alone_m[m] = -gap / diagonal;
        }
    }

    fn assemble_supplies(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind) {
        let (network, conditions, open) = problem.parts();
        self.h_oo.fill(0.0);
        // A supply without open routes keeps this row, which leaves its price where it is.
        self.right_o.fill(0.0);
        self.scale_o.fill(1.0);
        for &o in &open.supplies {
            let LinearBalance { gap, weight } =
                linearise(kind, now.sum_o[o] - now.supplied[o], now.sum_o[o], now.supplied[o]);
            let theta = conditions.theta[network.group_of_supply[o]];
            let rank = network.rank_of_supply[o];
            self.scale_o[rank] = theta * now.sum_o[o] + conditions.supply_elasticity[o] * weight / now.price_o[o];
            self.right_o[rank] = -gap;
        }
        for (o, &rank) in network.rank_of_supply.iter().enumerate() {
            self.h_oo[rank * self.width + network.place_in_group[o]] = self.scale_o[rank];
        }
    }

    fn assemble_capacities(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind) {
        let n = self.active.len();
        for (j, &g) in self.active.iter().enumerate() {
            let LinearBalance { gap, weight } = linearise(kind, now.gap_g[g], now.sum_g[g], now.allowed[g]);
            let curvature = problem.ridge(g, now.mu[g]).curvature;
            self.h_gg[j * n + j] += curvature * weight / now.allowed[g];
            self.scale_g[j] = self.h_gg[j * n + j];
            self.right_g[j] = -gap;
        }
    }

    /// Eliminates the demands: subtracts each one's outer product over its diagonal from the rest.
    fn eliminate_demands(&mut self, problem: &DualProblem) {
        let DualProblem { network, open, .. } = *problem;
        let (n, width) = (self.active.len(), self.width);
        for &m in &open.demands {
            let (inverse, alone) = (self.inverse_m[m], self.alone_m[m]);
            let ranks = network.supplies_of_group.range(network.group_of_demand[m]);
            let h_o = &self.h_mo[m * width..m * width + ranks.len()];
            let h_g = &self.h_mg[m * n..(m + 1) * n];
            for (i, rank) in ranks.clone().enumerate() {
                let factor = inverse * h_o[i];
                let block_row = &mut self.h_oo[rank * width..rank * width + ranks.len()];
                subtract_multiple(&mut block_row[i..], factor, &h_o[i..]);
                subtract_multiple(&mut self.h_og[rank * n..(rank + 1) * n], factor, h_g);
            }
            subtract_multiple(&mut self.right_o[ranks], alone, h_o);
            for (i, &h) in h_g.iter().enumerate() {
                subtract_multiple(&mut self.h_gg[i * n + i..(i + 1) * n], inverse * h, &h_g[i..]);
            }
            subtract_multiple(&mut self.right_g[..n], alone, h_g);
        }
    }

    /// Factorises each group's block and subtracts its contribution from the capacities. Leaves the factors in `h_oo`,
    /// and `U'^-1` times the couplings and the right-hand side in `h_og` and `right_o`.
    fn eliminate_supplies(&mut self, network: &Network) {
        let (n, width) = (self.active.len(), self.width);
        for k in 0..network.groups() {
            let ranks = network.supplies_of_group.range(k);
            let size = ranks.len();
            let block = &mut self.h_oo[ranks.start * width..ranks.end * width];
            factorise(block, size, width, &self.scale_o[ranks.clone()]);
            solve_transposed(block, size, width, &mut self.right_o[ranks.clone()]);
            let couplings = &mut self.h_og[ranks.start * n..ranks.end * n];
            for i in 0..size {
                let (done, rest) = couplings.split_at_mut((i + 1) * n);
                let row = &mut done[i * n..];
                let pivot = block[i * width + i];
                row.iter_mut().for_each(|entry| *entry /= pivot);
                for below in i + 1..size {
                    let start = (below - i - 1) * n;
                    subtract_multiple(&mut rest[start..start + n], block[i * width + below], row);
                }
            }
        }
        for rank in 0..network.supplies() {
            let row = &self.h_og[rank * n..(rank + 1) * n];
            for (i, &entry) in row.iter().enumerate() {
                subtract_multiple(&mut self.h_gg[i * n + i..(i + 1) * n], entry, &row[i..]);
            }
            subtract_multiple(&mut self.right_g[..n], self.right_o[rank], row);
        }
    }

    fn solve_capacities(&mut self, problem: &DualProblem, now: &DualPoint, kind: StepKind, step: &mut Step) {
        let n = self.active.len();
        let lower = |j: usize| match kind {
            StepKind::LogBalanced | StepKind::Plain => -now.mu[self.active[j]],
            StepKind::StopAtBound if now.mu[self.active[j]] == 0.0 => 0.0,
            StepKind::StopAtBound => f64::NEG_INFINITY,
        };
        let (matrix, right, scale) = (&self.h_gg[..n * n], &self.right_g[..n], &self.scale_g[..n]);
        let least_pivot = self.bounded.solve(matrix, right, scale, lower);
        self.redundant = least_pivot < REDUNDANT_PIVOT;
        for &g in &problem.open.capacities {
            step.g[g] = 0.0;
        }
        for (j, &g) in self.active.iter().enumerate() {
            step.g[g] = self.bounded.change[j];
        }
    }

    /// Finds the steps of the supplies' prices from those of the rents; `right_o` becomes the step of `-C_o` by rank.
    fn recover_supplies(&mut self, network: &Network, step: &mut Step) {
        let (n, width) = (self.active.len(), self.width);
        for rank in 0..network.supplies() {
            self.right_o[rank] += dot(&self.h_og[rank * n..(rank + 1) * n], &self.bounded.change[..n]);
        }
        for k in 0..network.groups() {
            let ranks = network.supplies_of_group.range(k);
            let block = &self.h_oo[ranks.start * width..ranks.end * width];
            solve(block, ranks.len(), width, &mut self.right_o[ranks]);
        }
        for (o, &rank) in network.rank_of_supply.iter().enumerate() {
            step.o[o] = -self.right_o[rank];
        }
    }

    fn recover_demands(&self, problem: &DualProblem, step: &mut Step) {
        let DualProblem { network, open, .. } = *problem;
        let (n, width) = (self.active.len(), self.width);
        for &m in &open.demands {
            let ranks = network.supplies_of_group.range(network.group_of_demand[m]);
            let from_supplies = dot(&self.h_mo[m * width..m * width + ranks.len()], &self.right_o[ranks]);
            let from_rents = dot(&self.h_mg[m * n..(m + 1) * n], &self.bounded.change[..n]);
            step.m[m] = self.alone_m[m] - self.inverse_m[m] * (from_supplies - from_rents);
        }
    }
}

/// A linearised balance: the gap between inflow and target, and the quantity that multiplies an elasticity on the
/// diagonal.
struct LinearBalance {
    gap: f64,
    weight: f64,
}

/// The linearised balance of a kind of step; the log-balanced one is derived in `simd::newton::balance`.
fn linearise(kind: StepKind, gap: f64, inflow: f64, target: f64) -> LinearBalance {
    match kind {
        StepKind::LogBalanced if inflow > VANISHING_INFLOW * target => LinearBalance {
            gap: inflow * log_ratio(gap / target, inflow, target),
            weight: inflow,
        },
        _ => LinearBalance { gap, weight: target },
    }
}

/// `ln(inflow / target)`; from their relative gap where they are near, which is where rounding the ratio would cost
/// digits.
fn log_ratio(relative: f64, inflow: f64, target: f64) -> f64 {
    if relative.abs() < NEAR_BALANCE {
        relative * (1.0 - relative * (1.0 / 2.0 - relative * (1.0 / 3.0)))
    } else {
        ln(inflow / target)
    }
}
