//! The system of the active capacities: what eliminating all markets leaves.

use super::ldl::{back_substitute, entries, factorise, row_start};
use super::sparsity::SparsityPattern;
use super::{BOUND_ROUNDS, LogBalance, sum};
use crate::equilibrium::guards::REDUNDANT_PIVOT;
use crate::equilibrium::simd::conditions::LaneConditions;
use crate::equilibrium::simd::incidence::Incidence;
use crate::equilibrium::simd::point::{LanePoint, LaneRidge};
use crate::math::simd::{Lanes, Mask};

/// By place in the pattern's list of active capacities.
#[derive(Debug, Default)]
pub(super) struct SchurComplement {
    pub(super) is_active: Vec<Mask>,
    /// The system, and what is made of it in a round.
    pub(super) system: Vec<Lanes>,
    eliminated: Vec<Lanes>,
    /// The diagonal before elimination.
    pub(super) scale: Vec<Lanes>,
    inverse: Vec<Lanes>,
    /// Where rents are held at zero.
    is_held: Vec<Mask>,
    /// `-mu_g`'s steps.
    pub(super) z: Vec<Lanes>,
}

impl SchurComplement {
    /// Makes room for the capacities that are active.
    #[inline(always)]
    pub(super) fn resize(&mut self) {
        let places = self.is_active.len();
        self.system.resize(entries(places + 1, places), Lanes::ZERO);
        self.eliminated.resize(entries(places + 1, places), Lanes::ZERO);
        for list in [&mut self.scale, &mut self.inverse, &mut self.z] {
            list.resize(places, Lanes::ZERO);
        }
        self.is_held.resize(places, Mask::NONE);
    }

    /// Columns, the right-hand side's included.
    pub(super) fn width(&self) -> usize {
        self.is_active.len() + 1
    }

    /// What does not come from the markets: ridges, and routes that two capacities share.
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

    /// Adds the diagonal, to which all markets have added their parts.
    #[inline(always)]
    pub(super) fn add_diagonal(&mut self) {
        let width = self.width();
        for (place, &is_active) in self.is_active.iter().enumerate() {
            self.scale[place] = is_active.select(self.scale[place], Lanes::ONE);
            self.system[row_start(width, place) + place] += self.scale[place];
        }
    }

    /// The rents' part of the step. Rents that would become negative are held at zero and the others found anew. Returns
    /// where some were redundant before any was held.
    #[inline(always)]
    pub(super) fn solve(&mut self, now: &LanePoint, pattern: &SparsityPattern, running: Mask) -> Mask {
        let width = self.width();
        let mut redundant = Mask::NONE;
        self.is_held.fill(Mask::NONE);
        for round in 0..BOUND_ROUNDS {
            self.eliminated.copy_from_slice(&self.system);
            if round > 0 {
                self.remove_held(now, pattern);
            }
            let least = factorise(&mut self.eliminated, width, &self.scale, &mut self.inverse);
            if round == 0 {
                redundant = least.below(Lanes::all(REDUNDANT_PIVOT));
            }
            back_substitute(&self.eliminated, width, &self.inverse, &mut self.z);
            if !self.hold_rents_that_fall_below_zero(now, pattern, running) {
                break;
            }
        }
        redundant
    }

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

    /// Takes the capacities that are held out of the system, given that their rents go to zero.
    #[inline(always)]
    fn remove_held(&mut self, now: &LanePoint, pattern: &SparsityPattern) {
        let (width, system) = (self.width(), &mut self.eliminated[..]);
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
