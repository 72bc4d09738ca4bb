//! Lone capacities, each used by the routes of one pair that use no other: the limits of a ban on many pairs.
//!
//! Eliminated before anything else, such a capacity changes only the entries of its pair. In the Schur complement each
//! would meet every other, and its factorisation takes the cube of their number. A capacity with `h` on its routes and `d`
//! on its diagonal takes `h h / d` from the diagonals of its demand and supply and from their common entry, and `h / d`
//! times its right-hand side from theirs.

use super::LogBalance;
use crate::equilibrium::simd::conditions::LaneConditions;
use crate::equilibrium::simd::incidence::Incidence;
use crate::equilibrium::simd::point::{LanePoint, LaneRidge};
use crate::math::simd::{Lanes, Mask};

/// The equations of the lone capacities, in the order of [`Incidence::lone`], and what their elimination takes.
#[derive(Debug)]
pub(super) struct LoneCapacities {
    is_active: Vec<Mask>,
    /// The lanes in which rents are held at zero.
    is_held: Vec<Mask>,
    h: Vec<Lanes>,
    inverse: Vec<Lanes>,
    right: Vec<Lanes>,
    /// The steps of `-mu_g`.
    z: Vec<Lanes>,
    /// What is taken from diagonals and right-hand sides, by demand and by supply, and from common entries, by pair.
    pub(super) diagonal_m: Vec<Lanes>,
    pub(super) right_m: Vec<Lanes>,
    pub(super) diagonal_o: Vec<Lanes>,
    pub(super) right_o: Vec<Lanes>,
    pub(super) pair: Vec<Lanes>,
}

impl LoneCapacities {
    pub(super) fn new(incidence: &Incidence) -> Self {
        let count = incidence.lone.len();
        let (supplies, demands) = if count > 0 {
            (incidence.supplies, incidence.demands)
        } else {
            (0, 0)
        };
        Self {
            is_active: vec![Mask::NONE; count],
            is_held: vec![Mask::NONE; count],
            h: vec![Lanes::ZERO; count],
            inverse: vec![Lanes::ZERO; count],
            right: vec![Lanes::ZERO; count],
            z: vec![Lanes::ZERO; count],
            diagonal_m: vec![Lanes::ZERO; demands],
            right_m: vec![Lanes::ZERO; demands],
            diagonal_o: vec![Lanes::ZERO; supplies],
            right_o: vec![Lanes::ZERO; supplies],
            pair: vec![Lanes::ZERO; if count > 0 { incidence.pairs() } else { 0 }],
        }
    }

    /// Whether there are none, as in most networks.
    pub(super) fn is_empty(&self) -> bool {
        self.z.is_empty()
    }

    /// Assembles the equations of those that `is_active` says are active.
    #[inline(always)]
    pub(super) fn assemble(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        is_active: impl Fn(usize) -> Mask,
    ) {
        self.is_held.fill(Mask::NONE);
        for (place, lone) in incidence.lone.iter().enumerate() {
            let g = lone.capacity;
            let active = is_active(g);
            self.is_active[place] = active;
            if !active.any() {
                continue;
            }
            let h = conditions.theta[lone.group] * now.sum_g[g];
            let balance = LogBalance::new(now.gap_g[g], now.sum_g[g], now.allowed[g]);
            let curvature = LaneRidge::new(conditions, g, now.mu[g]).curvature();
            let diagonal = h + curvature * balance.weight / now.allowed[g];
            self.h[place] = h.only(active);
            self.inverse[place] = Lanes::ONE / active.select(diagonal, Lanes::ONE);
            self.right[place] = (-balance.gap).only(active);
        }
    }

    /// Eliminates them: finds what they take from markets. A rent that is held at zero takes its known step.
    #[inline(always)]
    pub(super) fn eliminate(&mut self, incidence: &Incidence, now: &LanePoint) {
        let lists = [
            &mut self.diagonal_m,
            &mut self.right_m,
            &mut self.diagonal_o,
            &mut self.right_o,
            &mut self.pair,
        ];
        for list in lists {
            list.fill(Lanes::ZERO);
        }
        for (place, lone) in incidence.lone.iter().enumerate() {
            if !self.is_active[place].any() {
                continue;
            }
            let (h, held) = (self.h[place], self.is_held[place]);
            let of_diagonal = (h * h * self.inverse[place]).only(!held);
            let of_right = held.select(h * now.mu[lone.capacity], h * self.inverse[place] * self.right[place]);
            self.diagonal_m[lone.demand] += of_diagonal;
            self.diagonal_o[lone.supply] += of_diagonal;
            self.pair[lone.pair] += of_diagonal;
            self.right_m[lone.demand] += of_right;
            self.right_o[lone.supply] += of_right;
        }
    }

    /// Finds the steps of rents, given those of `P_m` and `-C_o`, and holds rents that would fall below zero. Returns
    /// whether there were any.
    #[inline(always)]
    pub(super) fn recover(
        &mut self,
        incidence: &Incidence,
        now: &LanePoint,
        (m, o): (&[Lanes], &[Lanes]),
        running: Mask,
    ) -> bool {
        let mut any = Mask::NONE;
        for (place, lone) in incidence.lone.iter().enumerate() {
            let active = self.is_active[place];
            if !active.any() {
                continue;
            }
            let mu = now.mu[lone.capacity];
            let free = (self.right[place] - self.h[place] * (m[lone.demand] + o[lone.supply])) * self.inverse[place];
            let held = self.is_held[place];
            let falls_below = mu.below(free) & active & !held & running;
            any = any | falls_below;
            self.is_held[place] = held | falls_below;
            self.z[place] = self.is_held[place].select(mu, free);
        }
        any.any()
    }

    /// The step of each rent, with the lanes in which its capacity is active.
    pub(super) fn steps<'a>(&'a self, incidence: &'a Incidence) -> impl Iterator<Item = (usize, Lanes, Mask)> + 'a {
        let steps = incidence.lone.iter().zip(&self.z).zip(&self.is_active);
        steps.map(|((lone, z), is_active)| (lone.capacity, *z, *is_active))
    }
}
