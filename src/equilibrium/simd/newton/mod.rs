//! The Newton step on the dual, side by side.
//!
//! As on the careful path the variables are `z = (P_m, -C_o, -mu_g)`, so that every entry of the Hessian is a sum of
//! `h_r = theta f_r` over the routes two variables share. Balances are `inflow x ln(inflow / target)`, nearly linear in
//! prices. Each group has a system of its own (`front`), from which its demands are eliminated first, one by one, then
//! its supplies. What that leaves of all groups is the system of the active capacities (`rents`). Where a lane has
//! nothing that another lane has (a capacity that is active only there) it has zeros, and a one on the diagonal: to
//! subtract a multiple of zero changes no bit.

mod balance;
mod ldl;
mod markets;
mod schur;
mod sparsity;

use balance::LogBalance;
use markets::MarketSystems;
use schur::SchurComplement;
use sparsity::SparsityPattern;

use super::conditions::LaneConditions;
use super::incidence::Incidence;
use super::point::LanePoint;
use crate::math::simd::{Lanes, Mask};

/// How often bounds that a step would break are fixed and the rest of the step is found anew.
const BOUND_ROUNDS: usize = 6;

/// Workspace of the step, and the step itself.
#[derive(Debug)]
pub(super) struct NewtonStep {
    pattern: SparsityPattern,
    active: Vec<usize>,
    markets: MarketSystems,
    schur: SchurComplement,
    /// The steps of `P_m`, `C_o` and `mu_g`, the latter zero where not active.
    pub(super) m: Vec<Lanes>,
    pub(super) o: Vec<Lanes>,
    pub(super) g: Vec<Lanes>,
    /// Where some active capacities were redundant in the last step.
    pub(super) redundant: Mask,
}

impl NewtonStep {
    pub(super) fn new(incidence: &Incidence) -> Self {
        Self {
            pattern: SparsityPattern::new(incidence),
            active: Vec::with_capacity(incidence.capacities),
            markets: MarketSystems::new(incidence),
            schur: SchurComplement::default(),
            m: vec![Lanes::ZERO; incidence.demands],
            o: vec![Lanes::ZERO; incidence.supplies],
            g: vec![Lanes::ZERO; incidence.capacities],
            redundant: Mask::NONE,
        }
    }

    /// The step from `now` in the lanes that `running` says. Rents that it would make negative go to zero, prices that
    /// it would lift above their highest go there.
    #[inline(always)]
    pub(super) fn step(&mut self, incidence: &Incidence, conditions: &LaneConditions, now: &LanePoint, running: Mask) {
        self.choose_active(incidence, conditions, now, running);
        self.markets
            .hold_demands_at_their_highest_price(incidence, conditions, now);
        for _ in 0..BOUND_ROUNDS {
            self.schur.assemble(incidence, conditions, now, &self.pattern);
            for k in 0..incidence.groups() {
                let Self {
                    pattern,
                    markets,
                    schur,
                    ..
                } = self;
                markets.assemble(incidence, conditions, now, pattern, k, schur);
                markets.eliminate_demands(pattern, k, schur);
                markets.eliminate_supplies(pattern, k, schur);
            }
            self.schur.add_diagonal();
            self.redundant = self.schur.solve(now, &self.pattern, running);
            for k in 0..incidence.groups() {
                self.markets.recover(&self.pattern, k, &self.schur.z);
            }
            if !self.markets.hold_demands_that_pass(incidence, conditions, now, running) {
                break;
            }
        }
        self.write_step(incidence, conditions, running);
    }

    /// Which capacities have a rent or an overflow, and in which lanes.
    #[inline(always)]
    fn choose_active(&mut self, incidence: &Incidence, conditions: &LaneConditions, now: &LanePoint, running: Mask) {
        self.active.clear();
        for &g in &conditions.in_force {
            if is_active(conditions, now, g, running).any() {
                self.active.push(g);
            }
        }
        self.pattern.cover(incidence, &mut self.active);
        self.schur.is_active.clear();
        for &g in &self.active {
            self.schur.is_active.push(is_active(conditions, now, g, running));
        }
        self.schur.resize();
        self.markets.resize(&self.pattern);
    }

    #[inline(always)]
    fn write_step(&mut self, incidence: &Incidence, conditions: &LaneConditions, running: Mask) {
        for m in 0..incidence.demands {
            self.m[m] = self.markets.m[m].only(running);
        }
        for o in 0..incidence.supplies {
            self.o[o] = (-self.markets.o[o]).only(running);
        }
        for &g in &conditions.in_force {
            self.g[g] = Lanes::ZERO;
        }
        for (place, &g) in self.active.iter().enumerate() {
            self.g[g] = (-self.schur.z[place]).only(running & self.schur.is_active[place]);
        }
    }
}

/// Where a capacity has a rent or an overflow.
#[inline(always)]
fn is_active(conditions: &LaneConditions, now: &LanePoint, g: usize, running: Mask) -> Mask {
    let has_either = Lanes::ZERO.below(now.mu[g]) | Lanes::ZERO.below(now.gap_g[g]);
    has_either & conditions.is_in_force[g] & running
}

#[inline(always)]
fn sum(values: &[Lanes], places: &[usize]) -> Lanes {
    let mut sum = Lanes::ZERO;
    for &place in places {
        sum += values[place];
    }
    sum
}
