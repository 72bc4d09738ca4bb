//! The connected components of a network: markets that neither routes nor capacities join are problems of their own.
//!
//! The dual is a sum over components, so each converges by itself: a market that has hardly moved does not wait for
//! others, and linear systems stay small.

use super::{Conditions, Network, Solution};

/// One connected component, with indices of its own.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) network: Network,
    /// The indices in the whole network of all that belongs to the component. Routes are sorted by group, demand and
    /// supply, so that those which join the same two markets are neighbours; supplies and demands by group. Capacities
    /// of one group come before those of many: eliminated first, they add fewer entries to the rows after them.
    pub(super) routes: Vec<usize>,
    pub(super) supplies: Vec<usize>,
    pub(super) demands: Vec<usize>,
    pub(super) groups: Vec<usize>,
    pub(super) capacities: Vec<usize>,
}

/// Cuts a network into connected components (union-find). Supplies, demands and capacities without a route belong to
/// none.
pub(super) fn decompose(network: &Network) -> Vec<Component> {
    let mut sets = DisjointSets::new(network.supplies() + network.demands());
    let of_demand = |m: usize| network.supplies() + m;
    for r in 0..network.routes() {
        sets.join(network.supply_of_route[r], of_demand(network.demand_of_route[r]));
    }
    // All routes of a capacity belong together; a chain of neighbours joins them.
    for g in 0..network.capacities() {
        for routes in network.routes_of_capacity.row(g).windows(2) {
            sets.join(network.supply_of_route[routes[0]], network.supply_of_route[routes[1]]);
        }
    }
    let mut routes_of_root = vec![Vec::new(); network.supplies() + network.demands()];
    for r in 0..network.routes() {
        routes_of_root[sets.root(network.supply_of_route[r])].push(r);
    }
    routes_of_root.retain(|routes| !routes.is_empty());
    routes_of_root
        .into_iter()
        .map(|routes| Component::new(network, routes))
        .collect()
}

impl Component {
    fn new(whole: &Network, mut routes: Vec<usize>) -> Self {
        routes.sort_by_key(|&r| {
            (
                whole.group_of_route[r],
                whole.demand_of_route[r],
                whole.supply_of_route[r],
                r,
            )
        });
        let groups = sorted(routes.iter().map(|&r| whole.group_of_route[r]));
        let mut supplies = sorted(routes.iter().map(|&r| whole.supply_of_route[r]));
        supplies.sort_by_key(|&o| whole.group_of_supply[o]);
        let mut demands = sorted(routes.iter().map(|&r| whole.demand_of_route[r]));
        demands.sort_by_key(|&m| whole.group_of_demand[m]);
        let used = routes.iter().flat_map(|&r| whole.capacities_of_route.row(r)).copied();
        let mut capacities = sorted(used);
        capacities.sort_by_key(|&g| {
            let groups = sorted(whole.routes_of_capacity.row(g).iter().map(|&r| whole.group_of_route[r]));
            (groups.len() > 1, groups[0])
        });

        let place = |list: &[usize], item: usize| list.iter().position(|&known| known == item).unwrap_or(list.len());
        let ends: Vec<(usize, usize)> = routes
            .iter()
            .map(|&r| {
                (
                    place(&supplies, whole.supply_of_route[r]),
                    place(&demands, whole.demand_of_route[r]),
                )
            })
            .collect();
        let group_of_supply: Vec<usize> = supplies
            .iter()
            .map(|&o| place(&groups, whole.group_of_supply[o]))
            .collect();
        let group_of_demand: Vec<usize> = demands
            .iter()
            .map(|&m| place(&groups, whole.group_of_demand[m]))
            .collect();
        let mut place_of_route = vec![0; whole.routes()];
        for (here, &r) in routes.iter().enumerate() {
            place_of_route[r] = here;
        }
        let members: Vec<Vec<usize>> = capacities
            .iter()
            .map(|&g| sorted(whole.routes_of_capacity.row(g).iter().map(|&r| place_of_route[r])))
            .collect();
        Self {
            network: Network::new(&ends, &group_of_supply, &group_of_demand, &members),
            routes,
            supplies,
            demands,
            groups,
            capacities,
        }
    }

    /// Copies the conditions of this component.
    pub(super) fn read_conditions(&self, whole: &Conditions, part: &mut Conditions) {
        gather(&whole.weight, &self.routes, &mut part.weight);
        gather(&whole.cost, &self.routes, &mut part.cost);
        gather(&whole.theta, &self.groups, &mut part.theta);
        gather(&whole.supply_price, &self.supplies, &mut part.supply_price);
        gather(&whole.supply_quantity, &self.supplies, &mut part.supply_quantity);
        gather(&whole.supply_elasticity, &self.supplies, &mut part.supply_elasticity);
        gather(&whole.demand_price, &self.demands, &mut part.demand_price);
        gather(&whole.demand_quantity, &self.demands, &mut part.demand_quantity);
        gather(&whole.demand_elasticity, &self.demands, &mut part.demand_elasticity);
        gather(&whole.choke, &self.demands, &mut part.choke);
        gather(&whole.limit, &self.capacities, &mut part.limit);
        gather(
            &whole.capacity_reference_price,
            &self.capacities,
            &mut part.capacity_reference_price,
        );
    }

    /// Copies the first guess of this component.
    pub(super) fn read_guess(&self, whole: &Solution, part: &mut Solution) {
        gather(&whole.supply_price, &self.supplies, &mut part.supply_price);
        gather(&whole.demand_price, &self.demands, &mut part.demand_price);
        gather(&whole.rent, &self.capacities, &mut part.rent);
    }

    /// Copies the answer of this component to its places in the whole.
    pub(super) fn write_solution(&self, part: &Solution, whole: &mut Solution) {
        scatter(&part.flow, &self.routes, &mut whole.flow);
        scatter(&part.supply_price, &self.supplies, &mut whole.supply_price);
        scatter(&part.demand_price, &self.demands, &mut whole.demand_price);
        scatter(&part.rent, &self.capacities, &mut whole.rent);
        whole.absorb(part.residual, part.iterations);
    }
}

fn gather(whole: &[f64], places: &[usize], part: &mut [f64]) {
    for (value, &place) in part.iter_mut().zip(places) {
        *value = whole[place];
    }
}

fn scatter(part: &[f64], places: &[usize], whole: &mut [f64]) {
    for (value, &place) in part.iter().zip(places) {
        whole[place] = *value;
    }
}

fn sorted(items: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut items: Vec<usize> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Disjoint sets (union-find), by the parent of each member.
struct DisjointSets(Vec<usize>);

impl DisjointSets {
    fn new(members: usize) -> Self {
        Self((0..members).collect())
    }

    fn root(&mut self, mut member: usize) -> usize {
        // Path halving: every second member on the way is hung to its grandparent.
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    /// Joins two sets. The lower root becomes that of both, so that roots are supplies and components come in their
    /// order.
    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.0[left.max(right)] = left.min(right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markets_are_together_if_routes_or_capacities_join_them() {
        // Groups 0 and 2 share a capacity; group 1 falls in two; demand 4 has no route, capacity 2 neither.
        let routes = [(0, 0), (1, 1), (2, 2), (3, 3), (0, 0)];
        let capacities = [vec![0, 3], vec![1], vec![]];
        let network = Network::new(&routes, &[0, 1, 1, 2], &[0, 1, 1, 2, 2], &capacities);
        let parts = decompose(&network);
        let routes: Vec<_> = parts.iter().map(|part| part.routes.clone()).collect();
        assert_eq!(routes, [vec![0, 4, 3], vec![1], vec![2]]);
        let capacities: Vec<_> = parts.iter().map(|part| part.capacities.clone()).collect();
        assert_eq!(capacities, [vec![0], vec![1], vec![]]);
        assert_eq!(parts[0].groups, [0, 2]);
        assert_eq!(parts[0].demands, [0, 3]);
        assert_eq!(parts[0].network.group_of_route, [0, 0, 1]);
    }
}
