//! The data of one month on a network.

use super::Network;

/// A demand stops buying at this multiple of its reference price even if its choke price is higher or it has none.
///
/// An inelastic demand that is cut off from supply would otherwise pay any price (at elasticity 0.1 and a thousandth of
/// the usual quantity, 1e30 times the usual): a price without meaning. The net gain is the difference of such a price
/// and the rents that absorb it, and `f64` would leave it no digit. The bound hardly changes flows, which are at their
/// capacities then.
const HIGHEST_RELATIVE_PRICE: f64 = 1e4;

/// A supply offers no less than at this multiple of its reference price, even if nobody takes it.
///
/// An inelastic supply that may sell next to nothing would otherwise need a price below the smallest `f64` (at elasticity
/// 0.01 and a thousandth of the usual quantity, 1e-300 times the usual). The bound is clear of underflow; what is offered
/// there and not taken stays unsold.
const LOWEST_RELATIVE_PRICE: f64 = 1e-260;

/// The data of one month, as plain arrays. Prices, costs and rents in USD/t, quantities in t/month.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// `w_r` by route, t/month; zero closes the route.
    pub weight: Vec<f64>,
    /// `c_r` by route.
    pub cost: Vec<f64>,
    /// `theta_k` by group, t/USD: route choice elasticity over reference price.
    pub theta: Vec<f64>,
    /// `c_o` by supply, above zero.
    pub supply_price: Vec<f64>,
    /// `q_o` by supply, above zero.
    pub supply_quantity: Vec<f64>,
    /// `eta_o` by supply, above zero.
    pub supply_elasticity: Vec<f64>,
    /// `p_m` by demand, above zero.
    pub demand_price: Vec<f64>,
    /// `q_m` by demand, above zero.
    pub demand_quantity: Vec<f64>,
    /// `eps_m` by demand, above zero.
    pub demand_elasticity: Vec<f64>,
    /// The price by demand above which nobody buys; infinite where there is none.
    pub choke: Vec<f64>,
    /// `K_g` by capacity: infinite is not in force, zero closes every route that uses it.
    pub limit: Vec<f64>,
    /// The price by capacity that rents are measured against, above zero.
    pub capacity_reference_price: Vec<f64>,
}

impl Conditions {
    /// Conditions of the right shape: every route closed, unit prices, quantities and elasticities, no choke price, no
    /// capacity in force.
    pub fn neutral(network: &Network) -> Self {
        let (routes, supplies, demands) = (network.routes(), network.supplies(), network.demands());
        Self {
            weight: vec![0.0; routes],
            cost: vec![0.0; routes],
            theta: vec![1.0; network.groups()],
            supply_price: vec![1.0; supplies],
            supply_quantity: vec![1.0; supplies],
            supply_elasticity: vec![1.0; supplies],
            demand_price: vec![1.0; demands],
            demand_quantity: vec![1.0; demands],
            demand_elasticity: vec![1.0; demands],
            choke: vec![f64::INFINITY; demands],
            limit: vec![f64::INFINITY; network.capacities()],
            capacity_reference_price: vec![1.0; network.capacities()],
        }
    }

    /// The upper bound on the price of demand `m`.
    pub(super) fn highest_price(&self, m: usize) -> f64 {
        self.choke[m].min(HIGHEST_RELATIVE_PRICE * self.demand_price[m])
    }

    /// The lower bound on the price of supply `o`.
    pub(super) fn lowest_price(&self, o: usize) -> f64 {
        LOWEST_RELATIVE_PRICE * self.supply_price[o]
    }

    /// Whether the lengths agree with the network. Checked in debug builds only, since a month is too short for it.
    pub(super) fn fits(&self, network: &Network) -> bool {
        let by_route = [&self.weight, &self.cost];
        let by_supply = [&self.supply_price, &self.supply_quantity, &self.supply_elasticity];
        let by_demand = [
            &self.demand_price,
            &self.demand_quantity,
            &self.demand_elasticity,
            &self.choke,
        ];
        let by_capacity = [&self.limit, &self.capacity_reference_price];
        self.theta.len() == network.groups()
            && by_route.iter().all(|array| array.len() == network.routes())
            && by_supply.iter().all(|array| array.len() == network.supplies())
            && by_demand.iter().all(|array| array.len() == network.demands())
            && by_capacity.iter().all(|array| array.len() == network.capacities())
    }
}
