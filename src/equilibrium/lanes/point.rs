//! Points of the dual, side by side: prices and rents, and what follows from them.

use super::month::Month;
use super::shape::Shape;
use crate::math::simd::{Lanes, Mask};

/// Exponents are clamped to this size. A lane that comes near it has no residual worth the name and is given up.
const LARGEST_EXPONENT: f64 = 600.0;
/// Flows are found anew once their logarithms may have moved this far: no factor overflows, and a flow so small that it
/// has lost its digits has not become one that matters.
const LARGEST_MOVE: f64 = 100.0;
/// Rents below this multiple of the reference price are weighed by their square, as on the careful path.
const RIDGE_BEND: f64 = crate::equilibrium::careful::RIDGE_BEND;
/// The share of its trade that stands for a market's quantity where trade is beyond all proportion.
const SHARE_OF_TRADE: f64 = 1e-5;

/// A point of the dual with its flows, sums and residual.
#[derive(Debug)]
pub(super) struct Point {
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
    /// `D_m(P_m)`, `S_o(C_o)`, and the limits with the overflow that ridges buy.
    pub(super) demanded: Vec<Lanes>,
    pub(super) supplied: Vec<Lanes>,
    pub(super) allowed: Vec<Lanes>,
    /// What each sum is beyond that.
    pub(super) gap_m: Vec<Lanes>,
    pub(super) gap_o: Vec<Lanes>,
    pub(super) gap_g: Vec<Lanes>,
    /// The optimality residual; above any bound where something is not a number.
    pub(super) residual: Lanes,
    /// Largest overflow, as a share of the limit, of a capacity without a rent.
    pub(super) rentless_overflow: Lanes,
    flows: Flows,
}

/// How flows are found: by factors where prices and rents have moved little since they were last found.
#[derive(Debug)]
struct Flows {
    /// Prices and rents of the flows at hand.
    price_m: Vec<Lanes>,
    price_o: Vec<Lanes>,
    mu: Vec<Lanes>,
    /// What the change of a price multiplies flows by.
    factor_m: Vec<Lanes>,
    factor_o: Vec<Lanes>,
    /// How far the logarithm of a flow may have moved since flows were last found anew.
    moved: Lanes,
    /// Sum of the rents on a route.
    rents: Vec<Lanes>,
}

impl Point {
    pub(super) fn new(shape: &Shape) -> Self {
        let (supplies, demands, capacities) = (shape.supplies, shape.demands, shape.capacities);
        Self {
            price_m: vec![Lanes::ONE; demands],
            price_o: vec![Lanes::ONE; supplies],
            mu: vec![Lanes::ZERO; capacities],
            f: vec![Lanes::ZERO; shape.routes],
            sum_pair: vec![Lanes::ZERO; shape.pairs()],
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
            flows: Flows {
                price_m: vec![Lanes::ONE; demands],
                price_o: vec![Lanes::ONE; supplies],
                mu: vec![Lanes::ZERO; capacities],
                factor_m: vec![Lanes::ONE; demands],
                factor_o: vec![Lanes::ONE; supplies],
                moved: Lanes::ZERO,
                rents: vec![Lanes::ZERO; shape.routes],
            },
        }
    }

    /// Forgets the flows, which are another month's.
    #[inline(always)]
    pub(super) fn forget(&mut self) {
        self.flows.moved = Lanes::all(f64::INFINITY);
    }

    /// Flows, sums and residual at these prices and rents.
    #[inline(always)]
    pub(super) fn evaluate(&mut self, shape: &Shape, month: &Month) {
        self.residual = Lanes::ZERO;
        self.rentless_overflow = Lanes::ZERO;
        let anew = self.find_factors(shape, month);
        if anew.any() {
            self.sum_rents(shape, month);
            self.find_flows_anew(shape, month, anew);
        }
        self.sum_flows(shape);
        self.evaluate_demands(shape, month);
        self.evaluate_supplies(shape, month);
        self.evaluate_capacities(shape, month);
    }

    /// `f_r = w_r exp(theta (P_m - C_o - c_r - rents))` is the product of what it was and of one factor for each price
    /// and rent that has changed: far fewer exponentials than there are routes. Returns in which lanes they have
    /// changed so much that this will not do; factors are one there.
    #[inline(always)]
    fn find_factors(&mut self, shape: &Shape, month: &Month) -> Mask {
        let flows = &mut self.flows;
        let (mut most_m, mut most_o) = (Lanes::ZERO, Lanes::ZERO);
        for m in 0..shape.demands {
            let exponent = month.theta[shape.group_of_demand[m]] * (self.price_m[m] - flows.price_m[m]);
            most_m = larger(most_m, exponent.abs());
            flows.factor_m[m] = exponent;
            flows.price_m[m] = self.price_m[m];
        }
        for o in 0..shape.supplies {
            let exponent = month.theta[shape.group_of_supply[o]] * (flows.price_o[o] - self.price_o[o]);
            most_o = larger(most_o, exponent.abs());
            flows.factor_o[o] = exponent;
            flows.price_o[o] = self.price_o[o];
        }
        let mut moved = flows.moved + most_m + most_o;
        for &g in &month.in_force {
            moved += month.steepest_theta[g] * (self.mu[g] - flows.mu[g]).abs();
        }
        let little = moved.at_most(Lanes::all(LARGEST_MOVE));
        flows.moved = moved.only(little);
        if little.any() {
            for m in 0..shape.demands {
                flows.factor_m[m] = flows.factor_m[m].only(little).exp();
            }
            for o in 0..shape.supplies {
                flows.factor_o[o] = flows.factor_o[o].only(little).exp();
            }
            self.apply_rents(shape, month, little);
        } else {
            flows.factor_m.fill(Lanes::ONE);
            flows.factor_o.fill(Lanes::ONE);
        }
        for &g in &month.in_force {
            self.flows.mu[g] = self.mu[g];
        }
        !little
    }

    /// Multiplies flows by the factors of the rents that have changed.
    #[inline(always)]
    fn apply_rents(&mut self, shape: &Shape, month: &Month, little: Mask) {
        for &g in &month.in_force {
            let fall = (self.flows.mu[g] - self.mu[g]).only(little);
            if fall.is_zero().all() {
                continue;
            }
            for (k, routes) in shape.routes_of_capacity_by_group(g) {
                let factor = (month.theta[k] * fall).exp();
                for &r in routes {
                    self.f[r] = self.f[r] * factor;
                }
            }
        }
    }

    #[inline(always)]
    fn sum_rents(&mut self, shape: &Shape, month: &Month) {
        let rents = &mut self.flows.rents[..];
        rents.fill(Lanes::ZERO);
        for &g in &month.in_force {
            let mu = self.mu[g];
            if Lanes::ZERO.below(mu).any() {
                for &r in shape.routes_of_capacity.row(g) {
                    rents[r] += mu;
                }
            }
        }
    }

    #[inline(always)]
    fn find_flows_anew(&mut self, shape: &Shape, month: &Month, anew: Mask) {
        let largest = Lanes::all(LARGEST_EXPONENT);
        for m in 0..shape.demands {
            let theta = month.theta[shape.group_of_demand[m]];
            for pair in shape.pairs_of_demand(m) {
                let gain = self.price_m[m] - self.price_o[shape.supply_of_pair[pair]];
                let routes = shape.routes_of_pair(pair);
                let given = month.weight[routes.clone()].iter().zip(&month.cost[routes.clone()]);
                let given = given
                    .zip(&self.flows.rents[routes.clone()])
                    .zip(&month.is_open[routes.clone()]);
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
    fn sum_flows(&mut self, shape: &Shape) {
        let (f, sum_pair, sum_o) = (&mut self.f[..], &mut self.sum_pair[..], &mut self.sum_o[..]);
        sum_o.fill(Lanes::ZERO);
        for m in 0..shape.demands {
            let mut sum_m = Lanes::ZERO;
            for pair in shape.pairs_of_demand(m) {
                let o = shape.supply_of_pair[pair];
                let factor = self.flows.factor_m[m] * self.flows.factor_o[o];
                let mut sum = Lanes::ZERO;
                for f in &mut f[shape.routes_of_pair(pair)] {
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
    fn evaluate_demands(&mut self, shape: &Shape, month: &Month) {
        for m in 0..shape.demands {
            let (price, q) = (self.price_m[m], month.demand_quantity[m]);
            let demanded = q * power(price / month.demand_price[m], -month.demand_elasticity[m]);
            let gap = self.sum_m[m] - demanded;
            let below_highest = price.below(month.highest_price[m]);
            let counted = below_highest.select(gap.abs(), gap);
            self.demanded[m] = demanded;
            self.gap_m[m] = gap;
            let miss = counted / measure(q, self.sum_m[m]);
            self.residual = larger(self.residual, miss.only(month.is_open_m[m]));
        }
    }

    #[inline(always)]
    fn evaluate_supplies(&mut self, shape: &Shape, month: &Month) {
        for o in 0..shape.supplies {
            let q = month.supply_quantity[o];
            let supplied = q * power(self.price_o[o] / month.supply_price[o], month.supply_elasticity[o]);
            let gap = self.sum_o[o] - supplied;
            self.supplied[o] = supplied;
            self.gap_o[o] = gap;
            let miss = gap.abs() / measure(q, self.sum_o[o]);
            self.residual = larger(self.residual, miss.only(month.is_open_o[o]));
        }
    }

    #[inline(always)]
    fn evaluate_capacities(&mut self, shape: &Shape, month: &Month) {
        let f = &self.f[..];
        for &g in &month.in_force {
            let (limit, mu, reference_price) = (month.limit[g], self.mu[g], month.reference_price[g]);
            let mut used = Lanes::ZERO;
            for &r in shape.routes_of_capacity.row(g) {
                used += f[r];
            }
            self.sum_g[g] = used;
            let overflow = (used - limit) / limit;
            let mut miss = overflow.max(Lanes::ZERO);
            // Where there is no rent, what follows changes nothing.
            (self.allowed[g], self.gap_g[g]) = (limit, used - limit);
            if !mu.is_zero().all() {
                let slope = Ridge::new(month, g, mu).slope();
                self.allowed[g] += slope;
                // Not the difference of the two, in which the ridge would be lost.
                self.gap_g[g] -= slope;
                miss = overflow.max(mu * (-overflow).max(Lanes::ZERO) / reference_price);
            }
            self.residual = larger(self.residual, miss.only(month.is_in_force[g]));
            let rentless = overflow.only(mu.is_zero() & month.is_in_force[g]);
            self.rentless_overflow = self.rentless_overflow.max(rentless);
        }
    }
}

/// The larger of two, and what is not a number as if it were larger than all.
#[inline(always)]
fn larger(residual: Lanes, miss: Lanes) -> Lanes {
    let is_lost = !miss.at_most(Lanes::all(f64::MAX));
    let larger = miss.at_most(residual).select(residual, miss);
    is_lost.select(Lanes::all(f64::INFINITY), larger)
}

/// The cost on rents that makes them unique, as on the careful path.
pub(super) struct Ridge {
    strength: Lanes,
    relative: Lanes,
    reference_price: Lanes,
    root: Lanes,
}

impl Ridge {
    #[inline(always)]
    pub(super) fn new(month: &Month, g: usize, mu: Lanes) -> Self {
        let reference_price = month.reference_price[g];
        let relative = mu / reference_price;
        let bend = relative * Lanes::all(1.0 / RIDGE_BEND);
        Self {
            strength: month.ridge * month.limit[g],
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

/// What an imbalance is measured against, see [`crate::equilibrium::residual()`].
#[inline(always)]
fn measure(reference_quantity: Lanes, trade: Lanes) -> Lanes {
    reference_quantity.max(Lanes::all(SHARE_OF_TRADE) * trade)
}

/// Whether every lane's prices allow arithmetic; used before anything else is computed from a first guess.
#[inline(always)]
pub(super) fn or_reference(guess: Lanes, reference: Lanes) -> Lanes {
    let usable = Lanes::ZERO.below(guess) & guess.below(Lanes::all(f64::INFINITY));
    usable.select(guess, reference)
}

/// Rents of a first guess that make sense, where their capacities are in force.
#[inline(always)]
pub(super) fn or_zero(guess: Lanes, is_in_force: Mask) -> Lanes {
    or_reference(guess, Lanes::ZERO).only(is_in_force)
}
