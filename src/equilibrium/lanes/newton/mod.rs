//! The Newton step on the dual, side by side.
//!
//! As on the careful path the variables are `z = (P_m, -C_o, -mu_g)`, so that every entry of the Hessian is a sum of
//! `h_r = theta f_r` over the routes two variables share. Balances are `inflow x ln(inflow / target)`, nearly linear in
//! prices. Each group has a system of its own (`front`), from which its demands are eliminated first, one by one, then
//! its supplies. What that leaves of all groups is the system of the active capacities (`rents`). Where a lane has
//! nothing that another lane has (a capacity that is active only there) it has zeros, and a one on the diagonal: to
//! subtract a multiple of zero changes no bit.

mod balance;
mod front;
mod pattern;
mod rents;
mod triangle;

use balance::Balance;
use front::Markets;
use pattern::Pattern;
use rents::Rents;

use super::month::Month;
use super::point::Point;
use super::shape::Shape;
use crate::math::simd::{Lanes, Mask};

/// How often bounds that a step would break are fixed and the rest of the step is found anew.
const BOUND_ROUNDS: usize = 6;

/// Workspace of the step, and the step itself.
#[derive(Debug)]
pub(super) struct Newton {
    pattern: Pattern,
    active: Vec<usize>,
    markets: Markets,
    rents: Rents,
    /// The steps of `P_m`, `C_o` and `mu_g`, the latter zero where not active.
    pub(super) m: Vec<Lanes>,
    pub(super) o: Vec<Lanes>,
    pub(super) g: Vec<Lanes>,
    /// Where some active capacities were redundant in the last step.
    pub(super) redundant: Mask,
}

impl Newton {
    pub(super) fn new(shape: &Shape) -> Self {
        Self {
            pattern: Pattern::new(shape),
            active: Vec::with_capacity(shape.capacities),
            markets: Markets::new(shape),
            rents: Rents::default(),
            m: vec![Lanes::ZERO; shape.demands],
            o: vec![Lanes::ZERO; shape.supplies],
            g: vec![Lanes::ZERO; shape.capacities],
            redundant: Mask::NONE,
        }
    }

    /// The step from `now` in the lanes that `running` says. Rents that it would make negative go to zero, prices that
    /// it would lift above their highest go there.
    #[inline(always)]
    pub(super) fn step(&mut self, shape: &Shape, month: &Month, now: &Point, running: Mask) {
        self.choose_active(shape, month, now, running);
        self.markets.hold_demands_at_their_highest_price(shape, month, now);
        for _ in 0..BOUND_ROUNDS {
            self.rents.assemble(shape, month, now, &self.pattern);
            for k in 0..shape.groups() {
                let Self {
                    pattern,
                    markets,
                    rents,
                    ..
                } = self;
                markets.assemble(shape, month, now, pattern, k, rents);
                markets.eliminate_demands(pattern, k, rents);
                markets.eliminate_supplies(pattern, k, rents);
            }
            self.rents.close();
            self.redundant = self.rents.solve(now, &self.pattern, running);
            for k in 0..shape.groups() {
                self.markets.recover(&self.pattern, k, &self.rents.z);
            }
            if !self.markets.hold_demands_that_pass(shape, month, now, running) {
                break;
            }
        }
        self.write_step(shape, month, running);
    }

    /// Which capacities have a rent or an overflow, and in which lanes.
    #[inline(always)]
    fn choose_active(&mut self, shape: &Shape, month: &Month, now: &Point, running: Mask) {
        self.active.clear();
        for &g in &month.in_force {
            if is_active(month, now, g, running).any() {
                self.active.push(g);
            }
        }
        self.pattern.follow(shape, &mut self.active);
        self.rents.is_active.clear();
        for &g in &self.active {
            self.rents.is_active.push(is_active(month, now, g, running));
        }
        self.rents.fit();
        self.markets.fit(&self.pattern);
    }

    #[inline(always)]
    fn write_step(&mut self, shape: &Shape, month: &Month, running: Mask) {
        for m in 0..shape.demands {
            self.m[m] = self.markets.m[m].only(running);
        }
        for o in 0..shape.supplies {
            self.o[o] = (-self.markets.o[o]).only(running);
        }
        for &g in &month.in_force {
            self.g[g] = Lanes::ZERO;
        }
        for (place, &g) in self.active.iter().enumerate() {
            self.g[g] = (-self.rents.z[place]).only(running & self.rents.is_active[place]);
        }
    }
}

/// Where a capacity has a rent or an overflow.
#[inline(always)]
fn is_active(month: &Month, now: &Point, g: usize, running: Mask) -> Mask {
    let has_either = Lanes::ZERO.below(now.mu[g]) | Lanes::ZERO.below(now.gap_g[g]);
    has_either & month.is_in_force[g] & running
}

#[inline(always)]
fn sum(values: &[Lanes], places: &[usize]) -> Lanes {
    let mut sum = Lanes::ZERO;
    for &place in places {
        sum += values[place];
    }
    sum
}
