//! The line search: which share of a Newton step is taken.
//!
//! The dual is convex, so its slope along the step suffices: a share is acceptable if the dual falls at its start and,
//! at its end, still falls or rises no more than half as steeply. The dual's value is never computed: near the solution
//! rounding hides its change. Prices move by the step in a way that keeps them above zero, rents are cut off at zero,
//! and slopes are taken along the change made, not along the step.

use super::conditions::LaneConditions;
use super::incidence::Incidence;
use super::newton::NewtonStep;
use super::point::LanePoint;
use crate::math::simd::{Lanes, Mask};

/// The steepest rise of the dual at the end of a step, as a share of its fall at the start. Zero would shorten steps
/// that pass the minimum only slightly.
const STEEPEST_RISE: f64 = 0.5;
/// Longest fall of a price in a step, as a share of it, unless the fall is too small to affect route choice.
const LONGEST_FALL: f64 = 0.9;
/// Falls up to this share of a price are not changed.
const LONGEST_LINEAR_FALL: f64 = 0.1;

/// The start of the step, and the share and length of the step taken.
#[derive(Debug)]
pub(super) struct LineSearch {
    /// Prices, rents and gaps at the start of the step.
    price_m: Vec<Lanes>,
    price_o: Vec<Lanes>,
    mu: Vec<Lanes>,
    gap_m: Vec<Lanes>,
    gap_o: Vec<Lanes>,
    gap_g: Vec<Lanes>,
    /// The share of the Newton step to try.
    pub(super) share: Lanes,
    /// Directional derivative of the dual at the start, along the change made.
    slope_at_start: Lanes,
    /// Largest change of a rent, as a share of its reference price.
    pub(super) rent_change: Lanes,
}

impl LineSearch {
    pub(super) fn new(incidence: &Incidence) -> Self {
        Self {
            price_m: vec![Lanes::ZERO; incidence.demands],
            price_o: vec![Lanes::ZERO; incidence.supplies],
            mu: vec![Lanes::ZERO; incidence.capacities],
            gap_m: vec![Lanes::ZERO; incidence.demands],
            gap_o: vec![Lanes::ZERO; incidence.supplies],
            gap_g: vec![Lanes::ZERO; incidence.capacities],
            share: Lanes::ONE,
            slope_at_start: Lanes::ZERO,
            rent_change: Lanes::ZERO,
        }
    }

    /// Starts the search at `point`, with the whole step or the largest share that leaves every price above zero.
    #[inline(always)]
    pub(super) fn set_out(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        newton: &NewtonStep,
        point: &LanePoint,
    ) {
        self.price_m.copy_from_slice(&point.price_m);
        self.price_o.copy_from_slice(&point.price_o);
        self.mu.copy_from_slice(&point.mu);
        self.gap_m.copy_from_slice(&point.gap_m);
        self.gap_o.copy_from_slice(&point.gap_o);
        self.gap_g.copy_from_slice(&point.gap_g);
        self.share = Lanes::ONE;
        for m in 0..incidence.demands {
            let theta = conditions.theta[incidence.group_of_demand[m]];
            self.share = self.share.min(largest_share(self.price_m[m], newton.m[m], theta));
        }
        for o in 0..incidence.supplies {
            let theta = conditions.theta[incidence.group_of_supply[o]];
            self.share = self.share.min(largest_share(self.price_o[o], newton.o[o], theta));
        }
    }

    /// Moves to the end of the share of the step. Prices stay above zero and at or below their highest, rents at or
    /// above zero.
    #[inline(always)]
    pub(super) fn advance(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        newton: &NewtonStep,
        point: &mut LanePoint,
    ) {
        let mut slope = Lanes::ZERO;
        for m in 0..incidence.demands {
            let theta = conditions.theta[incidence.group_of_demand[m]];
            let price = moved(self.price_m[m], self.share * newton.m[m], theta).min(conditions.highest_price[m]);
            slope += self.gap_m[m] * (price - self.price_m[m]);
            point.price_m[m] = price;
        }
        for o in 0..incidence.supplies {
            let theta = conditions.theta[incidence.group_of_supply[o]];
            let price = moved(self.price_o[o], self.share * newton.o[o], theta);
            slope -= self.gap_o[o] * (price - self.price_o[o]);
            point.price_o[o] = price;
        }
        let mut rent_change = Lanes::ZERO;
        for &g in &conditions.in_force {
            let mu = (self.mu[g] + self.share * newton.g[g]).max(Lanes::ZERO);
            let change = mu - self.mu[g];
            slope -= self.gap_g[g] * change;
            rent_change = rent_change.max(change.abs() / conditions.reference_price[g]);
            point.mu[g] = mu;
        }
        self.slope_at_start = slope;
        self.rent_change = rent_change;
    }

    /// The lanes whose step is acceptable by the slopes at its start and end. The point must have been evaluated.
    #[inline(always)]
    pub(super) fn is_downhill(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        point: &LanePoint,
    ) -> Mask {
        let mut slope = Lanes::ZERO;
        for m in 0..incidence.demands {
            slope += point.gap_m[m] * (point.price_m[m] - self.price_m[m]);
        }
        for o in 0..incidence.supplies {
            slope -= point.gap_o[o] * (point.price_o[o] - self.price_o[o]);
        }
        for &g in &conditions.in_force {
            slope -= point.gap_g[g] * (point.mu[g] - self.mu[g]);
        }
        let falls = self.slope_at_start.below(Lanes::ZERO);
        falls & slope.at_most(Lanes::all(-STEEPEST_RISE) * self.slope_at_start)
    }
}

/// The largest share of a price's step that is within [`LONGEST_FALL`].
#[inline(always)]
fn largest_share(price: Lanes, step: Lanes, theta: Lanes) -> Lanes {
    let longest = Lanes::all(LONGEST_FALL) * price;
    let is_seen = Lanes::ONE.below(theta * -step);
    let passes = longest.below(-step) & is_seen;
    // Lanes that do not pass divide by one, not by a step that may be zero.
    passes.select(longest / passes.select(-step, Lanes::ONE), Lanes::ONE)
}

/// The price after a step. Linear if the change affects route choice (`theta |step| > 1`), because steps of other
/// prices and rents rely on it. A long fall that hardly affects it is linear in the logarithm: elasticity decides
/// there, and the price cannot pass zero.
#[inline(always)]
fn moved(price: Lanes, step: Lanes, theta: Lanes) -> Lanes {
    let falls_far = (Lanes::all(LONGEST_LINEAR_FALL) * price).below(-step);
    let is_geometric = falls_far & (theta * -step).at_most(Lanes::ONE);
    // Skipped when no lane needs it: the selection would take the linear price in every lane.
    if is_geometric.any() {
        let relative = (step / price).max(Lanes::all(-30.0)).min(Lanes::ZERO);
        return is_geometric.select(price * relative.exp(), price + step);
    }
    price + step
}
