//! The sure way to a month's equilibrium, one draw at a time: Newton's method with a line search on the dual's value, and
//! what to do when that is in trouble. Months that the lanes cannot solve come here.

mod bounded;
mod cholesky;
mod coordinate;
mod iterate;
mod newton;
mod open;
mod price_law;

use crate::equilibrium::{Conditions, DEFAULT_TOLERANCE, Network, Solution};
use iterate::{Iterate, Month, Step};
use newton::{Manner, Newton};
use open::Open;

/// A guess with a residual above this is first brought nearer by a coordinate sweep.
const FAR: f64 = 0.5;
/// Newton steps before the month starts again from the reference prices, and before Newton is given up alone.
const COLD_RESTART: usize = 20;
const NEWTON_STEPS: usize = 60;
/// Rounds of the last resort, and coordinate sweeps and Newton steps in each.
const LAST_RESORT_ROUNDS: usize = 100;
const LAST_RESORT_SWEEPS: usize = 50;
const LAST_RESORT_STEPS: usize = 40;
/// On a way that began with or took sweeps, prices and rents may have been anywhere and net gains gathered rounding on
/// it: they are summed afresh before the last steps, those below this residual.
const NEAR: f64 = 1e-4;
/// Coordinate sweeps after a refused Newton step.
const SWEEPS_IN_TROUBLE: usize = 3;

/// The line search shortens a step by this factor, so many times; more often once Newton has been in trouble.
const SHORTENING: f64 = 0.25;
const SHORTENINGS: usize = 2;
const SHORTENINGS_IN_TROUBLE: usize = 12;
/// Armijo's condition: the least decrease of the dual, as a share of what its slope promises.
const SUFFICIENT_DECREASE: f64 = 1e-4;
/// Changes of the dual below this share of its terms are lost in rounding; then slopes decide alone, and the slope at
/// the end of a step may be this share of the slope at its start.
const ROUNDING: f64 = 1e-12;
const FLATTENED: f64 = 0.9;

/// Strength of the ridge as a share of the tolerance, which is taken as 1e-9 at most: too small to move a flow by that.
pub(super) use iterate::RIDGE_BEND;

pub(super) const RIDGE: f64 = 0.05;
/// Newton steps after the tolerance is met, to settle rents that are not unique.
pub(super) const SETTLING_STEPS: usize = 5;
/// Overflow without a rent that is more than rounding, as a share of the limit.
pub(super) const RENTLESS_OVERFLOW: f64 = 1e-12;
/// Change of a rent, as a share of the reference price, below which rents that are not unique have settled.
pub(super) const SETTLED_RENT: f64 = 1e-8;

/// The workspace for one network: solving allocates nothing.
#[derive(Debug)]
pub(super) struct Careful {
    open: Open,
    now: Iterate,
    trial: Iterate,
    newton: Newton,
    step: Step,
    taken: Step,
}

impl Careful {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            open: Open::new(network),
            now: Iterate::new(network),
            trial: Iterate::new(network),
            newton: Newton::new(network),
            step: Step::new(network),
            taken: Step::new(network),
        }
    }

    /// Finds the equilibrium of `conditions` to `tolerance`, starting from what `solution` holds and leaving there what it
    /// found, with its residual.
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
        let ridge = RIDGE * tolerance.min(DEFAULT_TOLERANCE);
        let month = Month {
            network,
            conditions,
            open,
            ridge,
        };
        trial.f.fill(0.0);
        now.start(&month, solution);
        let mut search = Search {
            month,
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
        self.now.write(&month, solution);
        solution.iterations = iterations;
    }
}

/// One month's way to its solution.
struct Search<'a> {
    month: Month<'a>,
    tolerance: f64,
    now: &'a mut Iterate,
    trial: &'a mut Iterate,
    newton: &'a mut Newton,
    step: &'a mut Step,
    taken: &'a mut Step,
    iterations: usize,
    net_gains_are_fresh: bool,
    /// Largest change of a rent in the last Newton step, as a share of its reference price.
    last_rent_change: f64,
}

impl Search<'_> {
    fn run(&mut self) {
        // Until a step has shown otherwise, rents may not be unique as soon as there are two.
        let capacities = self.month.open.capacities.iter();
        self.newton.redundant = capacities.filter(|&&g| self.now.mu[g] > 0.0).count() > 1;
        self.now.evaluate(&self.month);
        if self.is_far() {
            self.sweep(1);
        }
        if self.newton(COLD_RESTART, Manner::Bold) {
            return;
        }
        self.now.start_cold(&self.month);
        self.now.evaluate(&self.month);
        self.sweep(1);
        if self.newton(NEWTON_STEPS, Manner::Bold) {
            return;
        }
        for _ in 0..LAST_RESORT_ROUNDS {
            self.sweep(LAST_RESORT_SWEEPS);
            // NaN now means that a condition is out of its domain.
            if self.newton(LAST_RESORT_STEPS, Manner::Careful) || self.now.residual.is_nan() {
                return;
            }
        }
    }

    /// Newton from here, for a number of steps; whether the month is solved. A bold manner turns plain once a step is
    /// refused.
    fn newton(&mut self, steps: usize, mut manner: Manner) -> bool {
        let mut settling = 0;
        for _ in 0..steps {
            if self.is_in_need_of_fresh_net_gains() {
                self.now.sum_net_gains(&self.month);
                self.now.evaluate(&self.month);
                self.net_gains_are_fresh = true;
            }
            if self.is_solved() {
                if self.is_settled() || settling == SETTLING_STEPS {
                    return true;
                }
                settling += 1;
            }
            if !self.newton_step(manner) {
                if self.is_solved() {
                    return true;
                }
                if manner == Manner::Bold {
                    manner = Manner::Plain;
                }
                self.sweep(SWEEPS_IN_TROUBLE);
            }
            if self.now.residual.is_nan() {
                return false;
            }
        }
        self.is_solved()
    }

    /// Takes the Newton step, or the largest acceptable share of it; whether one was acceptable.
    fn newton_step(&mut self, manner: Manner) -> bool {
        self.iterations += 1;
        self.newton.step(&self.month, self.now, manner, self.step);
        let mut share = self.now.largest_share(&self.month, self.step);
        if manner == Manner::Careful {
            share = share.min(self.now.share_to_bounds(&self.month, self.step));
        }
        let shortenings = if manner == Manner::Bold {
            SHORTENINGS
        } else {
            SHORTENINGS_IN_TROUBLE
        };
        for _ in 0..=shortenings {
            self.trial.advance(&self.month, self.now, self.step, share, self.taken);
            self.trial.evaluate(&self.month);
            if self.is_acceptable() {
                std::mem::swap(self.now, self.trial);
                self.last_rent_change = self.largest_rent_change();
                return true;
            }
            share *= SHORTENING;
        }
        false
    }

    /// Whether the trial lowers the dual enough. Where the slope at its end still points downhill it does, for the dual is
    /// convex; otherwise its value tells, unless the change is too small to be seen in it.
    fn is_acceptable(&self) -> bool {
        let (now, trial) = (&*self.now, &*self.trial);
        if trial.residual.is_nan() {
            return false;
        }
        if trial.residual <= self.tolerance {
            return true;
        }
        let slope_at_start = now.slope_along(&self.month, self.taken);
        let slope_at_end = trial.slope_along(&self.month, self.taken);
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
            self.now.sweep(&self.month, self.taken);
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

    /// Whether rents are where the ridge wants them, which the residual does not see.
    fn is_settled(&self) -> bool {
        let stray = self.now.rentless_overflow > RENTLESS_OVERFLOW;
        let moving = self.newton.redundant && self.last_rent_change > SETTLED_RENT;
        !stray && !moving
    }

    fn largest_rent_change(&self) -> f64 {
        let reference_price = &self.month.conditions.capacity_reference_price;
        let capacities = self.month.open.capacities.iter();
        capacities.fold(0.0, |largest, &g| {
            largest.max(self.taken.g[g].abs() / reference_price[g])
        })
    }
}
