//! The Schur complement of the active capacities: the system that remains for the rents' steps once all supplies and
//! demands are eliminated.

use super::ldl::{back_substitute, entries, factorise, row_start};
use super::sparsity::SparsityPattern;
use super::{BOUND_ROUNDS, LogBalance, sum};
use crate::equilibrium::guards::REDUNDANT_PIVOT;
use crate::equilibrium::simd::conditions::LaneConditions;
use crate::equilibrium::simd::incidence::Incidence;
use crate::equilibrium::simd::point::{LanePoint, LaneRidge};
use crate::math::simd::{Lanes, Mask};

/// The system of the active capacities. Lists are by place in [`SparsityPattern::active`].
#[derive(Debug, Default)]
pub(super) struct SchurComplement {
    /// The lanes in which a capacity is active.
    pub(super) is_active: Vec<Mask>,
    /// The matrix with its right-hand side, and its factors in a round of the active set.
    pub(super) system: Vec<Lanes>,
    factored: Vec<Lanes>,
    /// The diagonal before any elimination.
    pub(super) scale: Vec<Lanes>,
    inverse: Vec<Lanes>,
    /// The lanes in which rents are held at zero.
    is_held: Vec<Mask>,
    /// The steps of `-mu_g`.
    pub(super) z: Vec<Lanes>,
}

impl SchurComplement {
    /// Makes room for the capacities that are active.
    #[inline(always)]
    pub(super) fn resize(&mut self) {
        let places = self.is_active.len();
        self.system.resize(entries(places + 1, places), Lanes::ZERO);
        self.factored.resize(entries(places + 1, places), Lanes::ZERO);
        for list in [&mut self.scale, &mut self.inverse, &mut self.z] {
            list.resize(places, Lanes::ZERO);
        }
        self.is_held.resize(places, Mask::NONE);
    }

    /// Columns, the right-hand side's included.
    pub(super) fn width(&self) -> usize {
        self.is_active.len() + 1
    }

    /// Assembles the part that does not come from the groups: ridges, and the routes that two capacities share.
    #[inline(always)]
    pub(super) fn assemble(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        pattern: &SparsityPattern,
    ) {
        let width = self.width();
        self.system.fill(Lanes::ZERO);
        for (place, &g) in pattern.active.iter().enumerate() {
            let is_active = self.is_active[place];
            let row = row_start(width, place);
            for overlap in incidence.overlaps_of_capacity(g) {
                if let Some(other) = pattern.place(overlap.other) {
                    let both = is_active & self.is_active[other];
                    let h = conditions.theta[overlap.group] * sum(&now.f, incidence.routes_of_overlap(overlap));
                    self.system[row + other] += h.only(both);
                }
            }
            let balance = LogBalance::new(now.gap_g[g], now.sum_g[g], now.allowed[g]);
            let curvature = LaneRidge::new(conditions, g, now.mu[g]).curvature();
            self.scale[place] = curvature * balance.weight / now.allowed[g];
            self.system[row + width - 1] = (-balance.gap).only(is_active);
        }
    }

    /// Adds the diagonal, to which the groups have added their parts; one where a capacity is not active.
    #[inline(always)]
    pub(super) fn add_diagonal(&mut self) {
        let width = self.width();
        for (place, &is_active) in self.is_active.iter().enumerate() {
            self.scale[place] = is_active.select(self.scale[place], Lanes::ONE);
            self.system[row_start(width, place) + place] += self.scale[place];
        }
    }

    /// Finds the steps of the rents. Rents that would become negative are held at zero and the others found anew.
    /// Returns the lanes in which some rents were redundant before any was held.
    #[inline(always)]
    pub(super) fn solve(&mut self, now: &LanePoint, pattern: &SparsityPattern, running: Mask) -> Mask {
        let width = self.width();
        let mut redundant = Mask::NONE;
        self.is_held.fill(Mask::NONE);
        for round in 0..BOUND_ROUNDS {
            self.factored.copy_from_slice(&self.system);
            if round > 0 {
                self.remove_held(now, pattern);
            }
            let least = factorise(&mut self.factored, width, &self.scale, &mut self.inverse);
            // Later rounds have held rents, whose pivots say nothing about redundancy.
            if round == 0 {
                redundant = least.below(Lanes::all(REDUNDANT_PIVOT));
            }
            back_substitute(&self.factored, width, &self.inverse, &mut self.z);
            if !self.hold_rents_that_fall_below_zero(now, pattern, running) {
                break;
            }
        }
        redundant
    }

    /// Holds rents that the step would take below zero at zero. Returns whether there were any.
    #[inline(always)]
    fn hold_rents_that_fall_below_zero(&mut self, now: &LanePoint, pattern: &SparsityPattern, running: Mask) -> bool {
        let mut any = Mask::NONE;
        for (place, &g) in pattern.active.iter().enumerate() {
            let (mu, is_held) = (now.mu[g], self.is_held[place]);
            let falls_below = mu.below(self.z[place]) & !is_held & running;
            any = any | falls_below;
            self.is_held[place] = is_held | falls_below;
            self.z[place] = self.is_held[place].select(mu, self.z[place]);
        }
        any.any()
    }

    /// Removes the held capacities from the system: their step `mu` goes to the right-hand side, their row and column
    /// become those of the identity, times the scale.
    #[inline(always)]
    fn remove_held(&mut self, now: &LanePoint, pattern: &SparsityPattern) {
        let (width, system) = (self.width(), &mut self.factored[..]);
        let right = width - 1;
        for (held, (&g, &is_held)) in pattern.active.iter().zip(&self.is_held).enumerate() {
            if !is_held.any() {
                continue;
            }
            let fall = now.mu[g].only(is_held);
            for place in 0..held {
                let row = row_start(width, place);
                let entry = system[row + held];
                system[row + right] -= entry * fall;
                system[row + held] = entry.only(!is_held);
            }
            let row = row_start(width, held);
            for later in held + 1..right {
                let entry = system[row + later];
                system[row_start(width, later) + right] -= entry * fall;
                system[row + later] = entry.only(!is_held);
            }
            system[row + held] = is_held.select(self.scale[held], system[row + held]);
        }
        for (place, &is_held) in self.is_held.iter().enumerate() {
            let right = &mut system[row_start(width, place) + right];
            *right = right.only(!is_held);
        }
    }
}
