//! The fallback: solves, one draw at a time, the months that the SIMD path gives up.
//!
//! It minimises the same dual by more methods, each slower and safer than the one before:
//!
//! 1. log-balanced Newton steps, from the first guess, then from reference prices; a line search that accepts by slope
//!    or by Armijo's condition (1966) on the dual's value; steps of the plain Hessian and a few coordinate sweeps once
//!    a step is refused (`newton`);
//! 2. last, many rounds of coordinate descent (`coordinate_descent`), none of which can raise the dual, followed by
//!    plain Newton steps that stop at the first bound.
//!
//! It is also the readable form of the algorithm: scalars, dense matrices, Cholesky factors.

mod active_set;
mod cholesky;
mod coordinate_descent;
mod dual_point;
mod market_equation;
mod newton;
mod open;
mod problem;

use crate::equilibrium::ridge::{RENTLESS_OVERFLOW, SETTLED_RENT, SETTLING_STEPS, STRENGTH};
use crate::equilibrium::{Conditions, DEFAULT_TOLERANCE, Network, Solution};
use dual_point::{DualPoint, Step};
use newton::{NewtonSystem, StepKind};
use open::OpenParts;
use problem::DualProblem;

/// A guess with a residual above this is first brought nearer by a coordinate sweep.
const FAR: f64 = 0.5;
/// Newton steps before the month starts again from the reference prices, and after that before the last resort.
const COLD_RESTART: usize = 20;
const NEWTON_STEPS: usize = 60;
/// Rounds of the last resort, and coordinate sweeps and Newton steps in each.
const LAST_RESORT_ROUNDS: usize = 100;
const LAST_RESORT_SWEEPS: usize = 50;
const LAST_RESORT_STEPS: usize = 40;
/// Net gains are updated by adding changes. Sweeps may pass through prices and rents of any size, whose rounding errors
/// stay in the net gains. So these are summed anew before the last steps, those below this residual.
const NEAR: f64 = 1e-4;
/// Coordinate sweeps after a refused Newton step.
const SWEEPS_IN_TROUBLE: usize = 3;

/// The line search shortens a step by this factor, so many times; more often once Newton has been in trouble.
const SHORTENING: f64 = 0.25;
const SHORTENINGS: usize = 2;
const SHORTENINGS_IN_TROUBLE: usize = 12;
/// Armijo's condition: the least decrease of the dual, as a share of that predicted by the slope at the start.
const SUFFICIENT_DECREASE: f64 = 1e-4;
/// Changes of the dual below this share of its terms are lost in rounding; slopes decide alone then.
const ROUNDING: f64 = 1e-12;
/// The steepest rise at the end of such a step, as a share of the fall at its start.
const FLATTENED: f64 = 0.9;

/// The fallback's scratch space for one connected component: solving allocates nothing.
#[derive(Debug)]
pub(super) struct FallbackSolver {
    open: OpenParts,
    now: DualPoint,
    trial: DualPoint,
    newton: NewtonSystem,
    step: Step,
    taken: Step,
}

impl FallbackSolver {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            open: OpenParts::new(network),
            now: DualPoint::new(network),
            trial: DualPoint::new(network),
            newton: NewtonSystem::new(network),
            step: Step::new(network),
            taken: Step::new(network),
        }
    }

    /// Minimises the dual of `conditions` until the residual is within `tolerance`, starting from the prices and rents
    /// in `solution`, and leaves the result with its residual there, solved or not.
    pub(super) fn solve(
        &mut self,
        network: &Network,
        conditions: &Conditions,
        solution: &mut Solution,
        tolerance: f64,
    ) {
        self.open.find(network, conditions);
        let Self {
            open,
            now,
            trial,
            newton,
            step,
            taken,
        } = self;
        let ridge = STRENGTH * tolerance.min(DEFAULT_TOLERANCE);
        let problem = DualProblem {
            network,
            conditions,
            open,
            ridge,
        };
        // Flows of closed routes are never written again, and points change places.
        trial.f.fill(0.0);
        now.start(&problem, solution);
        let mut search = Minimisation {
            problem,
            tolerance,
            now,
            trial,
            newton,
            step,
            taken,
            iterations: 0,
            net_gains_are_fresh: true,
            last_rent_change: f64::INFINITY,
        };
        search.run();

        let iterations = search.iterations;
        self.now.write(&problem, solution);
        solution.iterations = iterations;
    }
}

/// The minimisation of one month's dual.
struct Minimisation<'a> {
    problem: DualProblem<'a>,
    tolerance: f64,
    now: &'a mut DualPoint,
    trial: &'a mut DualPoint,
    newton: &'a mut NewtonSystem,
    step: &'a mut Step,
    taken: &'a mut Step,
    iterations: usize,
    /// Whether net gains have been summed, not updated, since the last sweep.
    net_gains_are_fresh: bool,
    /// Largest change of a rent in the last Newton step, as a share of its reference price.
    last_rent_change: f64,
}

impl Minimisation<'_> {
    fn run(&mut self) {
        // A factorisation shows whether rents are unique. Before the first one, assume that two or more are not.
        let capacities = self.problem.open.capacities.iter();
        self.newton.redundant = capacities.filter(|&&g| self.now.mu[g] > 0.0).count() > 1;
        self.now.evaluate(&self.problem);
        // Newton converges from near; one sweep brings most far guesses into its reach.
        if self.is_far() {
            self.sweep(1);
        }
        if self.newton(COLD_RESTART, StepKind::LogBalanced) {
            return;
        }
        // The guess may be worse than none, for example after a route has reopened.
        self.now.start_cold(&self.problem);
        self.now.evaluate(&self.problem);
        self.sweep(1);
        if self.newton(NEWTON_STEPS, StepKind::LogBalanced) {
            return;
        }
        for _ in 0..LAST_RESORT_ROUNDS {
            self.sweep(LAST_RESORT_SWEEPS);
            // NaN now means that a condition is out of its domain.
            if self.newton(LAST_RESORT_STEPS, StepKind::StopAtBound) || self.now.residual.is_nan() {
                return;
            }
        }
    }

    /// Takes Newton steps, at most so many. Returns whether the month is solved. Log-balanced steps give way to plain
    /// ones once a step is refused.
    fn newton(&mut self, steps: usize, mut kind: StepKind) -> bool {
        let mut settling = 0;
        for _ in 0..steps {
            if self.is_in_need_of_fresh_net_gains() {
                self.now.sum_net_gains(&self.problem);
                self.now.evaluate(&self.problem);
                self.net_gains_are_fresh = true;
            }
            if self.is_solved() {
                if self.is_settled() || settling == SETTLING_STEPS {
                    return true;
                }
                settling += 1;
            }
            if !self.newton_step(kind) {
                if self.is_solved() {
                    return true;
                }
                // From here on steps follow the gradient of the dual, so a short step is always downhill.
                if kind == StepKind::LogBalanced {
                    kind = StepKind::Plain;
                }
                self.sweep(SWEEPS_IN_TROUBLE);
            }
            if self.now.residual.is_nan() {
                return false;
            }
        }
        self.is_solved()
    }

    /// Takes the Newton step, or the largest acceptable share of it. Returns whether one was acceptable.
    fn newton_step(&mut self, kind: StepKind) -> bool {
        self.iterations += 1;
        self.newton.step(&self.problem, self.now, kind, self.step);
        let mut share = self.now.largest_share(&self.problem, self.step);
        if kind == StepKind::StopAtBound {
            share = share.min(self.now.share_to_bounds(&self.problem, self.step));
        }
        let shortenings = if kind == StepKind::LogBalanced {
            SHORTENINGS
        } else {
            SHORTENINGS_IN_TROUBLE
        };
        for _ in 0..=shortenings {
            self.trial
                .advance(&self.problem, self.now, self.step, share, self.taken);
            self.trial.evaluate(&self.problem);
            if self.is_acceptable() {
                std::mem::swap(self.now, self.trial);
                self.last_rent_change = self.largest_rent_change();
                return true;
            }
            share *= SHORTENING;
        }
        false
    }

    /// Whether the trial lowers the dual enough. It does if the dual, which is convex, still falls at its end.
    /// Otherwise its value decides, unless the change is too small to show in it.
    fn is_acceptable(&self) -> bool {
        let (now, trial) = (&*self.now, &*self.trial);
        if trial.residual.is_nan() {
            return false;
        }
        if trial.residual <= self.tolerance {
            return true;
        }
        let slope_at_start = now.slope_along(&self.problem, self.taken);
        let slope_at_end = trial.slope_along(&self.problem, self.taken);
        // A log-balanced step may lead uphill; shortening it would not help.
        if slope_at_start >= 0.0 {
            return false;
        }
        let change = trial.value - now.value;
        let lost_in_rounding = change.abs() <= ROUNDING * now.magnitude;
        slope_at_end <= 0.0
            || change <= SUFFICIENT_DECREASE * slope_at_start
            || (lost_in_rounding && slope_at_end <= FLATTENED * -slope_at_start)
    }

    fn sweep(&mut self, sweeps: usize) {
        self.net_gains_are_fresh = false;
        for _ in 0..sweeps {
            self.iterations += 1;
            self.now.sweep(&self.problem, self.taken);
        }
    }

    fn is_far(&self) -> bool {
        self.now.residual > FAR || self.now.residual.is_nan()
    }

    fn is_in_need_of_fresh_net_gains(&self) -> bool {
        !self.net_gains_are_fresh && self.now.residual <= NEAR
    }

    fn is_solved(&self) -> bool {
        self.now.residual <= self.tolerance
    }

    /// Whether rents have reached the values that the ridge picks; the residual does not measure this.
    fn is_settled(&self) -> bool {
        let stray = self.now.rentless_overflow > RENTLESS_OVERFLOW;
        let moving = self.newton.redundant && self.last_rent_change > SETTLED_RENT;
        !stray && !moving
    }

    fn largest_rent_change(&self) -> f64 {
        let reference_price = &self.problem.conditions.capacity_reference_price;
        let capacities = self.problem.open.capacities.iter();
        capacities.fold(0.0, |largest, &g| {
            largest.max(self.taken.g[g].abs() / reference_price[g])
        })
    }
}
