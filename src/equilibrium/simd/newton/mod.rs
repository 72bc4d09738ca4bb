//! The Newton step on the dual, for eight draws side by side.
//!
//! In the variables `z = (P_m, -C_o, -mu_g)` net gains are sums of variables. With `h_r = theta_k f_r`, the Newton
//! system of the dual has the entries
//!
//! ```text
//! H_ij = sum of h_r over the routes that the variables i and j share                       i != j
//! H_mm = sum of h_r over the routes of m  +  eps_m D_m / P_m                               demands
//! H_oo = sum of h_r over the routes of o  +  eta_o S_o / C_o                               supplies
//! H_gg = sum of h_r over the routes of g  +  R_g''(mu_g)                                   active capacities
//! right-hand side  -(inflow - target)        target: D_m, S_o, K_g + R_g'(mu_g)
//! ```
//!
//! with the ridge `R_g` of [`crate::equilibrium::ridge`]. **Log-balanced** steps solve `ln(inflow / target) = 0`
//! instead of `inflow = target`: flows are exponentials of prices, so the logarithm is nearly linear in them and steps
//! are good from far off. Each such row, multiplied by its inflow, has the same off-diagonal entries, so the system
//! stays symmetric (see `balance`).
//!
//! The system is solved by block elimination, in the manner of a multifrontal method (Duff and Reid 1983):
//!
//! 0. capacities that are alone on their pair meet only its demand and supply; where there are many, they go first
//!    (`lone`);
//! 1. demands meet no other demand: each is a pivot of its own (`markets`);
//! 2. supplies meet supplies of their group only: one dense `L D L'` factorisation for each group (`markets`, `ldl`);
//! 3. what this leaves of all groups adds up to the Schur complement on the active capacities, those with a rent or an
//!    overflow, factorised last (`schur`);
//! 4. back substitution gives the steps of rents, supplies' and demands' prices.
//!
//! Bounds are an active set: a demand that would pass its highest price is held there, a rent that would fall below
//! zero is held at zero, and the rest is solved again, a few rounds at most.
//!
//! All lanes share one sparsity pattern. Where a lane lacks an entry that another has (a capacity that is active only
//! there) it has zeros, and a one on the diagonal: subtracting a multiple of zero changes no bit.

mod balance;
mod ldl;
mod lone;
mod markets;
mod schur;
mod sparsity;

use balance::LogBalance;
use lone::LoneCapacities;
use markets::MarketSystems;
use schur::SchurComplement;
use sparsity::SparsityPattern;

use super::conditions::LaneConditions;
use super::incidence::Incidence;
use super::point::LanePoint;
use crate::math::simd::{Lanes, Mask};

/// Rounds of the active set: each holds the variables that the step would take past their bounds, and solves again.
const BOUND_ROUNDS: usize = 6;

/// The Newton step, with scratch space for finding it.
#[derive(Debug)]
pub(super) struct NewtonStep {
    pattern: SparsityPattern,
    active: Vec<usize>,
    markets: MarketSystems,
    schur: SchurComplement,
    lone: LoneCapacities,
    /// The steps of `P_m`, `C_o` and `mu_g`, the latter zero where not active.
    pub(super) m: Vec<Lanes>,
    pub(super) o: Vec<Lanes>,
    pub(super) g: Vec<Lanes>,
    /// Where some active capacities were redundant in the last step, so that only the ridge determines their rents.
    pub(super) redundant: Mask,
}

impl NewtonStep {
    pub(super) fn new(incidence: &Incidence) -> Self {
        Self {
            pattern: SparsityPattern::new(incidence),
            active: Vec::with_capacity(incidence.capacities),
            markets: MarketSystems::new(incidence),
            schur: SchurComplement::default(),
            lone: LoneCapacities::new(incidence),
            m: vec![Lanes::ZERO; incidence.demands],
            o: vec![Lanes::ZERO; incidence.supplies],
            g: vec![Lanes::ZERO; incidence.capacities],
            redundant: Mask::NONE,
        }
    }

    /// Finds the step from `now` in the lanes that run; it is zero in the others. Rents that would become negative go
    /// to zero, prices that would pass their highest go there.
    #[inline(always)]
    pub(super) fn step(&mut self, incidence: &Incidence, conditions: &LaneConditions, now: &LanePoint, running: Mask) {
        self.choose_active(incidence, conditions, now, running);
        let has_lone = !self.lone.is_empty();
        if has_lone {
            let is_active = |g| is_active(conditions, now, g, running);
            self.lone.assemble(incidence, conditions, now, is_active);
        }
        self.markets
            .hold_demands_at_their_highest_price(incidence, conditions, now);
        for _ in 0..BOUND_ROUNDS {
            self.schur.assemble(incidence, conditions, now, &self.pattern);
            if has_lone {
                self.lone.eliminate(incidence, now);
            }
            for k in 0..incidence.groups() {
                let Self {
                    pattern,
                    markets,
                    schur,
                    lone,
                    ..
                } = self;
                markets.assemble(incidence, conditions, now, pattern, k, (schur, lone));
                markets.eliminate_demands(pattern, k, schur);
                markets.eliminate_supplies(pattern, k, schur);
            }
            self.schur.add_diagonal();
            self.redundant = self.schur.solve(now, &self.pattern, running);
            for k in 0..incidence.groups() {
                self.markets.recover(&self.pattern, k, &self.schur.z);
            }
            let mut holds = self.markets.hold_demands_that_pass(incidence, conditions, now, running);
            if has_lone {
                let steps = (&self.markets.m[..], &self.markets.o[..]);
                holds |= self.lone.recover(incidence, now, steps, running);
            }
            if !holds {
                break;
            }
        }
        self.write_step(incidence, conditions, running);
    }

    /// Finds the active capacities and the lanes in which they are active, and makes room for their systems.
    #[inline(always)]
    fn choose_active(&mut self, incidence: &Incidence, conditions: &LaneConditions, now: &LanePoint, running: Mask) {
        self.active.clear();
        for &g in &conditions.in_force {
            if !incidence.is_lone[g] && is_active(conditions, now, g, running).any() {
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
        for (g, z, is_active) in self.lone.steps(incidence) {
            self.g[g] = (-z).only(running & is_active);
        }
    }
}

/// The lanes in which a capacity has a rent or an overflow.
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
