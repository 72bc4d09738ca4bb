//! How far a solution is from optimal: the first-order (Karush-Kuhn-Tucker) conditions, measured from the solution
//! alone.

use super::guards::SHARE_OF_TRADE;
use super::{Conditions, Network, Solution};
use crate::math::{exp, pow};

/// The largest relative violation of any optimality condition, without unit:
///
/// - demands: `|sum f - D| / q`; at its highest price only an excess counts, since demand that is not served there is
///   given up;
/// - supplies: `|sum f - S| / q`; at its lowest price only a shortage counts, since what nobody takes there stays unsold;
/// - capacities: the overflow `/ K`, and complementary slackness, `mu x slack / (reference price x K)`;
/// - routes: the distance to the route choice law, `|f - w exp(theta x)| / q_m`, beyond the part that rounding prices
///   and rents to `f64` explains.
///
/// Where trade is more than 1e5 times `q`, a hundred-thousandth of that trade stands for `q`: `f64` has no digits for
/// less.
///
/// NaN if a number that the conditions need is NaN.
pub fn residual(network: &Network, conditions: &Conditions, solution: &Solution) -> f64 {
    let mut sum_m = vec![0.0; network.demands()];
    let mut sum_o = vec![0.0; network.supplies()];
    let mut open_m = vec![false; network.demands()];
    let mut open_o = vec![false; network.supplies()];
    let mut worst = 0.0;
    for r in 0..network.routes() {
        let (o, m) = (network.supply_of_route[r], network.demand_of_route[r]);
        let shut = network
            .capacities_of_route
            .row(r)
            .iter()
            .any(|&g| conditions.limit[g] <= 0.0);
        let open = conditions.weight[r] > 0.0 && !shut;
        // A closed route must carry nothing at all.
        let miss = if open {
            law_miss(network, conditions, solution, r)
        } else {
            solution.flow[r].abs()
        };
        worst = larger(worst, miss / measure(conditions.demand_quantity[m], solution.flow[r]));
        sum_m[m] += solution.flow[r];
        sum_o[o] += solution.flow[r];
        open_m[m] |= open;
        open_o[o] |= open;
    }
    for m in (0..network.demands()).filter(|&m| open_m[m]) {
        let (price, q) = (solution.demand_price[m], conditions.demand_quantity[m]);
        let demanded = q * pow(price / conditions.demand_price[m], -conditions.demand_elasticity[m]);
        let excess = sum_m[m] - demanded;
        let counted = if price >= conditions.highest_price(m) {
            excess.max(0.0)
        } else {
            excess.abs()
        };
        worst = larger(worst, counted / measure(q, sum_m[m]));
    }
    for o in (0..network.supplies()).filter(|&o| open_o[o]) {
        let (price, q) = (solution.supply_price[o], conditions.supply_quantity[o]);
        let supplied = q * pow(price / conditions.supply_price[o], conditions.supply_elasticity[o]);
        let shortage = sum_o[o] - supplied;
        let counted = if price <= conditions.lowest_price(o) {
            shortage.max(0.0)
        } else {
            shortage.abs()
        };
        worst = larger(worst, counted / measure(q, sum_o[o]));
    }
    for g in (0..network.capacities()).filter(|&g| conditions.limit[g] > 0.0) {
        worst = larger(worst, capacity_residual(network, conditions, solution, g));
    }
    worst
}

/// The denominator of a market's relative imbalance: its reference quantity, unless trade is far larger.
pub(super) fn measure(reference_quantity: f64, trade: f64) -> f64 {
    reference_quantity.max(SHARE_OF_TRADE * trade)
}

/// Distance of an open route's flow from `w exp(theta x)`, less the part that rounding explains.
fn law_miss(network: &Network, conditions: &Conditions, solution: &Solution, r: usize) -> f64 {
    let theta = conditions.theta[network.group_of_route[r]];
    let supply_price = solution.supply_price[network.supply_of_route[r]];
    let demand_price = solution.demand_price[network.demand_of_route[r]];
    let rents: f64 = network
        .capacities_of_route
        .row(r)
        .iter()
        .map(|&g| solution.rent[g])
        .sum();
    let x = demand_price - supply_price - conditions.cost[r] - rents;
    let flow = conditions.weight[r] * exp(theta * x);
    // `x` is a difference of numbers that each carry a rounding error of their own size; `exp` turns the absolute error
    // `theta dx` of its exponent into a relative one. 32 units in the last place leave room for sums of many rents.
    let rounding =
        32.0 * f64::EPSILON * (1.0 + theta * (demand_price + supply_price + conditions.cost[r].abs() + rents));
    (solution.flow[r] - flow).abs() - rounding * flow.max(solution.flow[r])
}

fn capacity_residual(network: &Network, conditions: &Conditions, solution: &Solution, g: usize) -> f64 {
    let (limit, rent) = (conditions.limit[g], solution.rent[g]);
    if limit == f64::INFINITY {
        return rent.abs() / conditions.capacity_reference_price[g];
    }
    let used: f64 = network
        .routes_of_capacity
        .row(g)
        .iter()
        .map(|&r| solution.flow[r])
        .sum();
    let overflow = (used - limit) / limit;
    let unearned = rent * (limit - used).max(0.0) / (conditions.capacity_reference_price[g] * limit);
    larger(overflow, unearned)
}

/// The larger of two, or NaN if either is: `f64::max` would hide it.
fn larger(left: f64, right: f64) -> f64 {
    if left.is_nan() || left > right { left } else { right }
}
