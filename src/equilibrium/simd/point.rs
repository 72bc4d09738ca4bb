//! Points of the dual in eight lanes: prices and rents with the flows, sums and residual that follow from them.
//!
//! Flows are updated, not computed anew: a flow `w exp(theta x)` changes by the product of one factor for each price
//! and rent that has moved, so that exponentials are counted by markets and capacities, not by routes. Rounding adds up
//! to some units in the last place over a month's few updates.

use super::conditions::LaneConditions;
use super::incidence::Incidence;
use crate::equilibrium::guards::{LARGEST_EXPONENT, SHARE_OF_TRADE};
use crate::equilibrium::ridge::BEND;
use crate::math::simd::{Lanes, Mask};

/// Flows are computed anew once their logarithms may have moved this far in sum. Then no factor overflows, and no flow
/// that underflowed, and lost its digits, grows to one that matters.
const LARGEST_MOVE: f64 = 100.0;

/// A point of the dual with its flows, sums and residual.
#[derive(Debug)]
pub(super) struct LanePoint {
    /// `P_m`, `C_o`, `mu_g`.
    pub(super) price_m: Vec<Lanes>,
    pub(super) price_o: Vec<Lanes>,
    pub(super) mu: Vec<Lanes>,
    /// `f_r`, and its sums by pair, demand, supply and capacity.
    pub(super) f: Vec<Lanes>,
    pub(super) sum_pair: Vec<Lanes>,
    pub(super) sum_m: Vec<Lanes>,
    pub(super) sum_o: Vec<Lanes>,
    pub(super) sum_g: Vec<Lanes>,
    /// `D_m(P_m)`, `S_o(C_o)`, and the limits plus the overflow that the ridges allow.
    pub(super) demanded: Vec<Lanes>,
    pub(super) supplied: Vec<Lanes>,
    pub(super) allowed: Vec<Lanes>,
    /// Each sum less that: inflow less demand, outflow less supply, use less allowance.
    pub(super) gap_m: Vec<Lanes>,
    pub(super) gap_o: Vec<Lanes>,
    pub(super) gap_g: Vec<Lanes>,
    /// The optimality residual as in [`crate::equilibrium::residual()`], without the route choice law, which holds by
    /// construction; infinite where a number is NaN.
    pub(super) residual: Lanes,
    /// Largest overflow, as a share of the limit, of a capacity without a rent.
    pub(super) rentless_overflow: Lanes,
    factors: FlowFactors,
}

/// The factors by which flows change, and the prices and rents to which the current flows belong.
#[derive(Debug)]
struct FlowFactors {
    /// Prices and rents at which flows were last computed or updated.
    price_m: Vec<Lanes>,
    price_o: Vec<Lanes>,
    mu: Vec<Lanes>,
    /// The factor on all flows of a market whose price has changed; in between, its logarithm.
    factor_m: Vec<Lanes>,
    factor_o: Vec<Lanes>,
    /// An upper bound on how far the logarithm of any flow has moved since flows were computed anew.
    moved: Lanes,
    /// Scratch space: the sum of the rents on each route.
    rents: Vec<Lanes>,
}

impl LanePoint {
    pub(super) fn new(incidence: &Incidence) -> Self {
        let (supplies, demands, capacities) = (incidence.supplies, incidence.demands, incidence.capacities);
        Self {
            price_m: vec![Lanes::ONE; demands],
            price_o: vec![Lanes::ONE; supplies],
            mu: vec![Lanes::ZERO; capacities],
            f: vec![Lanes::ZERO; incidence.routes],
            sum_pair: vec![Lanes::ZERO; incidence.pairs()],
            sum_m: vec![Lanes::ZERO; demands],
            sum_o: vec![Lanes::ZERO; supplies],
            sum_g: vec![Lanes::ZERO; capacities],
            demanded: vec![Lanes::ZERO; demands],
            supplied: vec![Lanes::ZERO; supplies],
            allowed: vec![Lanes::ONE; capacities],
            gap_m: vec![Lanes::ZERO; demands],
            gap_o: vec![Lanes::ZERO; supplies],
            gap_g: vec![Lanes::ZERO; capacities],
            residual: Lanes::ZERO,
            rentless_overflow: Lanes::ZERO,
            factors: FlowFactors {
                price_m: vec![Lanes::ONE; demands],
                price_o: vec![Lanes::ONE; supplies],
                mu: vec![Lanes::ZERO; capacities],
                factor_m: vec![Lanes::ONE; demands],
                factor_o: vec![Lanes::ONE; supplies],
                moved: Lanes::ZERO,
                rents: vec![Lanes::ZERO; incidence.routes],
            },
        }
    }

    /// Marks the flows as another month's, so that [`LanePoint::evaluate`] computes them anew.
    #[inline(always)]
    pub(super) fn forget(&mut self) {
        self.factors.moved = Lanes::all(f64::INFINITY);
    }

    /// Computes flows, sums and residual at these prices and rents.
    #[inline(always)]
    pub(super) fn evaluate(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        self.residual = Lanes::ZERO;
        self.rentless_overflow = Lanes::ZERO;
        let anew = self.find_factors(incidence, conditions);
        if anew.any() {
            self.sum_rents(incidence, conditions);
            self.find_flows_anew(incidence, conditions, anew);
        }
        self.sum_flows(incidence);
        self.evaluate_demands(incidence, conditions);
        self.evaluate_supplies(incidence, conditions);
        self.evaluate_capacities(incidence, conditions);
    }

    /// Finds the factors of prices, and applies those of rents. Returns the lanes in which prices and rents have moved
    /// too far for an update; factors are one there.
    #[inline(always)]
    fn find_factors(&mut self, incidence: &Incidence, conditions: &LaneConditions) -> Mask {
        let factors = &mut self.factors;
        let (mut most_m, mut most_o) = (Lanes::ZERO, Lanes::ZERO);
        for m in 0..incidence.demands {
            let exponent = conditions.theta[incidence.group_of_demand[m]] * (self.price_m[m] - factors.price_m[m]);
            most_m = larger(most_m, exponent.abs());
            factors.factor_m[m] = exponent;
            factors.price_m[m] = self.price_m[m];
        }
        for o in 0..incidence.supplies {
            let exponent = conditions.theta[incidence.group_of_supply[o]] * (factors.price_o[o] - self.price_o[o]);
            most_o = larger(most_o, exponent.abs());
            factors.factor_o[o] = exponent;
            factors.price_o[o] = self.price_o[o];
        }
        // A route has one supply, one demand and any of the capacities: the bound adds the largest of each.
        let mut moved = factors.moved + most_m + most_o;
        for &g in &conditions.in_force {
            moved += conditions.steepest_theta[g] * (self.mu[g] - factors.mu[g]).abs();
        }
        let little = moved.at_most(Lanes::all(LARGEST_MOVE));
        factors.moved = moved.only(little);
        if little.any() {
            for m in 0..incidence.demands {
                factors.factor_m[m] = factors.factor_m[m].only(little).exp();
            }
            for o in 0..incidence.supplies {
                factors.factor_o[o] = factors.factor_o[o].only(little).exp();
            }
            self.apply_rents(incidence, conditions, little);
        } else {
            factors.factor_m.fill(Lanes::ONE);
            factors.factor_o.fill(Lanes::ONE);
        }
        for &g in &conditions.in_force {
            self.factors.mu[g] = self.mu[g];
        }
        !little
    }

    /// Multiplies flows by the factors of the rents that have changed.
    #[inline(always)]
    fn apply_rents(&mut self, incidence: &Incidence, conditions: &LaneConditions, little: Mask) {
        for &g in &conditions.in_force {
            let fall = (self.factors.mu[g] - self.mu[g]).only(little);
            if fall.is_zero().all() {
                continue;
            }
            for (k, routes) in incidence.routes_of_capacity_by_group(g) {
                let factor = (conditions.theta[k] * fall).exp();
                for &r in routes {
                    self.f[r] = self.f[r] * factor;
                }
            }
        }
    }

    /// Sums the rents on each route.
    #[inline(always)]
    fn sum_rents(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        let rents = &mut self.factors.rents[..];
        rents.fill(Lanes::ZERO);
        for &g in &conditions.in_force {
            let mu = self.mu[g];
            if Lanes::ZERO.below(mu).any() {
                for &r in incidence.routes_of_capacity.row(g) {
                    rents[r] += mu;
                }
            }
        }
    }

    /// Computes flows from prices, costs and rents in the lanes of `anew`.
    #[inline(always)]
    fn find_flows_anew(&mut self, incidence: &Incidence, conditions: &LaneConditions, anew: Mask) {
        let largest = Lanes::all(LARGEST_EXPONENT);
        for m in 0..incidence.demands {
            let theta = conditions.theta[incidence.group_of_demand[m]];
            for pair in incidence.pairs_of_demand(m) {
                let gain = self.price_m[m] - self.price_o[incidence.supply_of_pair[pair]];
                let routes = incidence.routes_of_pair(pair);
                let given = conditions.weight[routes.clone()]
                    .iter()
                    .zip(&conditions.cost[routes.clone()]);
                let given = given
                    .zip(&self.factors.rents[routes.clone()])
                    .zip(&conditions.is_open[routes.clone()]);
                for (f, (((weight, cost), rents), is_open)) in self.f[routes].iter_mut().zip(given) {
                    let found = if *is_open {
                        let exponent = (theta * (gain - *cost - *rents)).max(-largest).min(largest);
                        *weight * exponent.exp()
                    } else {
                        Lanes::ZERO
                    };
                    *f = anew.select(found, *f);
                }
            }
        }
    }

    /// Multiplies flows by the factors of prices and sums them by pair, demand and supply.
    #[inline(always)]
    fn sum_flows(&mut self, incidence: &Incidence) {
        let (f, sum_pair, sum_o) = (&mut self.f[..], &mut self.sum_pair[..], &mut self.sum_o[..]);
        sum_o.fill(Lanes::ZERO);
        for m in 0..incidence.demands {
            let mut sum_m = Lanes::ZERO;
            for pair in incidence.pairs_of_demand(m) {
                let o = incidence.supply_of_pair[pair];
                let factor = self.factors.factor_m[m] * self.factors.factor_o[o];
                let mut sum = Lanes::ZERO;
                for f in &mut f[incidence.routes_of_pair(pair)] {
                    *f = *f * factor;
                    sum += *f;
                }
                sum_pair[pair] = sum;
                sum_o[o] += sum;
                sum_m += sum;
            }
            self.sum_m[m] = sum_m;
        }
    }

    #[inline(always)]
    fn evaluate_demands(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        for m in 0..incidence.demands {
            let (price, q) = (self.price_m[m], conditions.demand_quantity[m]);
            let demanded = q * power(price / conditions.demand_price[m], -conditions.demand_elasticity[m]);
            let gap = self.sum_m[m] - demanded;
            let below_highest = price.below(conditions.highest_price[m]);
            let counted = below_highest.select(gap.abs(), gap);
            self.demanded[m] = demanded;
            self.gap_m[m] = gap;
            let miss = counted / measure(q, self.sum_m[m]);
            self.residual = larger(self.residual, miss.only(conditions.is_open_m[m]));
        }
    }

    #[inline(always)]
    fn evaluate_supplies(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        for o in 0..incidence.supplies {
            let q = conditions.supply_quantity[o];
            let supplied = q * power(
                self.price_o[o] / conditions.supply_price[o],
                conditions.supply_elasticity[o],
            );
            let gap = self.sum_o[o] - supplied;
            self.supplied[o] = supplied;
            self.gap_o[o] = gap;
            let miss = gap.abs() / measure(q, self.sum_o[o]);
            self.residual = larger(self.residual, miss.only(conditions.is_open_o[o]));
        }
    }

    #[inline(always)]
    fn evaluate_capacities(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        let f = &self.f[..];
        for &g in &conditions.in_force {
            let (limit, mu, reference_price) = (conditions.limit[g], self.mu[g], conditions.reference_price[g]);
            let mut used = Lanes::ZERO;
            for &r in incidence.routes_of_capacity.row(g) {
                used += f[r];
            }
            self.sum_g[g] = used;
            let overflow = (used - limit) / limit;
            let mut miss = overflow.max(Lanes::ZERO);
            // Skipped when no lane has a rent: the ridge of a rent of zero is zero.
            (self.allowed[g], self.gap_g[g]) = (limit, used - limit);
            if !mu.is_zero().all() {
                let slope = LaneRidge::new(conditions, g, mu).slope();
                self.allowed[g] += slope;
                // Not `used - allowed`, because the ridge would be lost in its rounding.
                self.gap_g[g] -= slope;
                miss = overflow.max(mu * (-overflow).max(Lanes::ZERO) / reference_price);
            }
            self.residual = larger(self.residual, miss.only(conditions.is_in_force[g]));
            let rentless = overflow.only(mu.is_zero() & conditions.is_in_force[g]);
            self.rentless_overflow = self.rentless_overflow.max(rentless);
        }
    }
}

/// The larger of two; infinity where the new one is NaN or infinite.
#[inline(always)]
fn larger(residual: Lanes, miss: Lanes) -> Lanes {
    let is_lost = !miss.at_most(Lanes::all(f64::MAX));
    let larger = miss.at_most(residual).select(residual, miss);
    is_lost.select(Lanes::all(f64::INFINITY), larger)
}

/// The ridge of a rent, see [`crate::equilibrium::ridge`].
pub(super) struct LaneRidge {
    strength: Lanes,
    relative: Lanes,
    reference_price: Lanes,
    root: Lanes,
}

impl LaneRidge {
    #[inline(always)]
    pub(super) fn new(conditions: &LaneConditions, g: usize, mu: Lanes) -> Self {
        let reference_price = conditions.reference_price[g];
        let relative = mu / reference_price;
        let bend = relative * Lanes::all(1.0 / BEND);
        Self {
            strength: conditions.ridge * conditions.limit[g],
            relative,
            reference_price,
            root: (Lanes::ONE + bend * bend).sqrt(),
        }
    }

    #[inline(always)]
    pub(super) fn slope(&self) -> Lanes {
        self.strength * self.relative / self.root
    }

    #[inline(always)]
    pub(super) fn curvature(&self) -> Lanes {
        self.strength / (self.reference_price * self.root * self.root * self.root)
    }
}

/// `base` to the power `exponent`, clamped.
#[inline(always)]
fn power(base: Lanes, exponent: Lanes) -> Lanes {
    let largest = Lanes::all(LARGEST_EXPONENT);
    (exponent * base.ln()).max(-largest).min(largest).exp()
}

/// The denominator of a relative imbalance, see [`crate::equilibrium::residual()`].
#[inline(always)]
fn measure(reference_quantity: Lanes, trade: Lanes) -> Lanes {
    reference_quantity.max(Lanes::all(SHARE_OF_TRADE) * trade)
}

/// The guess where it is a finite number above zero, the reference elsewhere.
#[inline(always)]
pub(super) fn or_reference(guess: Lanes, reference: Lanes) -> Lanes {
    let usable = Lanes::ZERO.below(guess) & guess.below(Lanes::all(f64::INFINITY));
    usable.select(guess, reference)
}

/// The guessed rent where it is a finite number above zero and its capacity is in force, zero elsewhere.
#[inline(always)]
pub(super) fn or_zero(guess: Lanes, is_in_force: Mask) -> Lanes {
    or_reference(guess, Lanes::ZERO).only(is_in_force)
}
