//! The routes, markets and capacities that take part in a month.

use crate::equilibrium::{Conditions, Network};

/// Everything that is open in a month, each list in ascending order.
#[derive(Debug, Default)]
pub(super) struct OpenParts {
    /// Routes with a weight above zero and no capacity of zero.
    pub(super) routes: Vec<usize>,
    /// Supplies with an open route.
    pub(super) supplies: Vec<usize>,
    /// Demands with an open route.
    pub(super) demands: Vec<usize>,
    /// Capacities in force, above zero, and used by an open route.
    pub(super) capacities: Vec<usize>,
    route_is_open: Vec<bool>,
    supply_is_open: Vec<bool>,
    demand_is_open: Vec<bool>,
}

impl OpenParts {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            routes: Vec::with_capacity(network.routes()),
            supplies: Vec::with_capacity(network.supplies()),
            demands: Vec::with_capacity(network.demands()),
            capacities: Vec::with_capacity(network.capacities()),
            route_is_open: vec![false; network.routes()],
            supply_is_open: vec![false; network.supplies()],
            demand_is_open: vec![false; network.demands()],
        }
    }

    pub(super) fn find(&mut self, network: &Network, conditions: &Conditions) {
        for (is_open, weight) in self.route_is_open.iter_mut().zip(&conditions.weight) {
            *is_open = *weight > 0.0;
        }
        let shut = (0..network.capacities()).filter(|&g| conditions.limit[g] <= 0.0);
        for &r in shut.flat_map(|g| network.routes_of_capacity.row(g)) {
            self.route_is_open[r] = false;
        }
        refill(&mut self.routes, &self.route_is_open);

        self.supply_is_open.fill(false);
        self.demand_is_open.fill(false);
        for &r in &self.routes {
            self.supply_is_open[network.supply_of_route[r]] = true;
            self.demand_is_open[network.demand_of_route[r]] = true;
        }
        refill(&mut self.supplies, &self.supply_is_open);
        refill(&mut self.demands, &self.demand_is_open);

        self.capacities.clear();
        self.capacities.extend((0..network.capacities()).filter(|&g| {
            let limit = conditions.limit[g];
            // A limit of zero has closed its routes already, and an infinite one binds nothing.
            limit > 0.0
                && limit < f64::INFINITY
                && network.routes_of_capacity.row(g).iter().any(|&r| self.route_is_open[r])
        }));
    }

    pub(super) fn contains_route(&self, r: usize) -> bool {
        self.route_is_open[r]
    }
}

fn refill(list: &mut Vec<usize>, is_open: &[bool]) {
    list.clear();
    list.extend(
        is_open
            .iter()
            .enumerate()
            .filter(|(_, open)| **open)
            .map(|(index, _)| index),
    );
}
