//! Points of the dual, side by side: prices and rents, and what follows from them.

use super::conditions::LaneConditions;
use super::incidence::Incidence;
use crate::equilibrium::guards::{LARGEST_EXPONENT, SHARE_OF_TRADE};
use crate::equilibrium::ridge::BEND;
use crate::math::simd::{Lanes, Mask};

/// Flows are found anew once their logarithms may have moved this far: no factor overflows, and a flow so small that it
/// has lost its digits has not become one that matters.
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
    flows: FlowFactors,
}

/// How flows are found: by factors where prices and rents have moved little since they were last found.
#[derive(Debug)]
struct FlowFactors {
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
            flows: FlowFactors {
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

    /// Forgets the flows, which are another month's.
    #[inline(always)]
    pub(super) fn forget(&mut self) {
        self.flows.moved = Lanes::all(f64::INFINITY);
    }

    /// Flows, sums and residual at these prices and rents.
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

    /// `f_r = w_r exp(theta (P_m - C_o - c_r - rents))` is the product of what it was and of one factor for each price
    /// and rent that has changed: far fewer exponentials than there are routes. Returns in which lanes they have
    /// changed so much that this will not do; factors are one there.
    #[inline(always)]
    fn find_factors(&mut self, incidence: &Incidence, conditions: &LaneConditions) -> Mask {
        let flows = &mut self.flows;
        let (mut most_m, mut most_o) = (Lanes::ZERO, Lanes::ZERO);
        for m in 0..incidence.demands {
            let exponent = conditions.theta[incidence.group_of_demand[m]] * (self.price_m[m] - flows.price_m[m]);
            most_m = larger(most_m, exponent.abs());
            flows.factor_m[m] = exponent;
            flows.price_m[m] = self.price_m[m];
        }
        for o in 0..incidence.supplies {
            let exponent = conditions.theta[incidence.group_of_supply[o]] * (flows.price_o[o] - self.price_o[o]);
            most_o = larger(most_o, exponent.abs());
            flows.factor_o[o] = exponent;
            flows.price_o[o] = self.price_o[o];
        }
        let mut moved = flows.moved + most_m + most_o;
        for &g in &conditions.in_force {
            moved += conditions.steepest_theta[g] * (self.mu[g] - flows.mu[g]).abs();
        }
        let little = moved.at_most(Lanes::all(LARGEST_MOVE));
        flows.moved = moved.only(little);
        if little.any() {
            for m in 0..incidence.demands {
                flows.factor_m[m] = flows.factor_m[m].only(little).exp();
            }
            for o in 0..incidence.supplies {
                flows.factor_o[o] = flows.factor_o[o].only(little).exp();
            }
            self.apply_rents(incidence, conditions, little);
        } else {
            flows.factor_m.fill(Lanes::ONE);
            flows.factor_o.fill(Lanes::ONE);
        }
        for &g in &conditions.in_force {
            self.flows.mu[g] = self.mu[g];
        }
        !little
    }

    /// Multiplies flows by the factors of the rents that have changed.
    #[inline(always)]
    fn apply_rents(&mut self, incidence: &Incidence, conditions: &LaneConditions, little: Mask) {
        for &g in &conditions.in_force {
            let fall = (self.flows.mu[g] - self.mu[g]).only(little);
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

    #[inline(always)]
    fn sum_rents(&mut self, incidence: &Incidence, conditions: &LaneConditions) {
        let rents = &mut self.flows.rents[..];
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
                    .zip(&self.flows.rents[routes.clone()])
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
                let factor = self.flows.factor_m[m] * self.flows.factor_o[o];
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
            // Where there is no rent, what follows changes nothing.
            (self.allowed[g], self.gap_g[g]) = (limit, used - limit);
            if !mu.is_zero().all() {
                let slope = LaneRidge::new(conditions, g, mu).slope();
                self.allowed[g] += slope;
                // Not the difference of the two, in which the ridge would be lost.
                self.gap_g[g] -= slope;
                miss = overflow.max(mu * (-overflow).max(Lanes::ZERO) / reference_price);
            }
            self.residual = larger(self.residual, miss.only(conditions.is_in_force[g]));
            let rentless = overflow.only(mu.is_zero() & conditions.is_in_force[g]);
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
