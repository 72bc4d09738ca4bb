//! The connected components of a month: markets that neither routes nor capacities in force join are problems of their
//! own.
//!
//! The dual is a sum over components, so each converges by itself: a market that has hardly moved does not wait for
//! others, and linear systems stay small. A capacity without a limit this month joins nothing. Otherwise a limit that is
//! not in force yet would change what rounding leaves of its markets, and such noise looks like an effect.

use std::collections::BTreeMap;

use super::{Conditions, Network, Solution};

/// One connected component, with indices of its own.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) network: Network,
    /// The indices in the whole network of all that belongs to the component. Routes are sorted by group, demand and
    /// supply, so that those which join the same two markets are neighbours; supplies and demands by group. Capacities
    /// of one group come before those of many: eliminated first, they add fewer entries to the rows after them. A
    /// capacity some of whose routes lie elsewhere belongs to no component: it is not in force.
    pub(super) routes: Vec<usize>,
    pub(super) supplies: Vec<usize>,
    pub(super) demands: Vec<usize>,
    pub(super) groups: Vec<usize>,
    pub(super) capacities: Vec<usize>,
}

/// The divisions of a network into components that its months have needed so far.
#[derive(Debug)]
pub(super) struct Divisions {
    /// Capacities whose routes lie in several parts of the network, so that it matters whether they are in force.
    joiners: Vec<usize>,
    /// The places of components by what is in force of the joiners.
    known: BTreeMap<Vec<bool>, Vec<usize>>,
    /// The place of a component by its routes.
    place_of: BTreeMap<Vec<usize>, usize>,
    /// Scratch space: what is in force of the joiners.
    in_force: Vec<bool>,
}

/// Divisions and components that are remembered at most. Draws may fall apart in very many ways.
const MOST_REMEMBERED: usize = 4096;

impl Divisions {
    pub(super) fn new(network: &Network) -> Self {
        let mut parts = parts(network, &[]);
        let is_joiner = |&g: &usize| {
            let mut roots = network.routes_of_capacity.row(g).iter();
            let mut roots = roots.by_ref().map(|&r| parts.root(network.supply_of_route[r]));
            let first = roots.next();
            roots.any(|root| Some(root) != first)
        };
        let joiners: Vec<usize> = (0..network.capacities()).filter(is_joiner).collect();
        Self {
            in_force: vec![false; joiners.len()],
            joiners,
            known: BTreeMap::new(),
            place_of: BTreeMap::new(),
        }
    }

    /// Whether there are too many to remember more.
    pub(super) fn are_many(&self) -> bool {
        self.known.len().max(self.place_of.len()) > MOST_REMEMBERED
    }

    /// Forgets all of them, and the places of all components.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.place_of.clear();
    }

    /// The places of the components of a month; `add` makes a place for one that is new and returns it.
    pub(super) fn of_month(
        &mut self,
        network: &Network,
        conditions: &Conditions,
        mut add: impl FnMut(Component) -> usize,
    ) -> &[usize] {
        for (is_in_force, &g) in self.in_force.iter_mut().zip(&self.joiners) {
            *is_in_force = conditions.limit[g] < f64::INFINITY;
        }
        if !self.known.contains_key(&self.in_force) {
            let joiners = self.joiners.iter().zip(&self.in_force);
            let joining: Vec<usize> = joiners
                .filter(|(_, is_in_force)| **is_in_force)
                .map(|(g, _)| *g)
                .collect();
            let mut places = Vec::new();
            for routes in routes_by_part(network, &joining) {
                let place = self.place_of.get(&routes).copied();
                places.push(place.unwrap_or_else(|| {
                    let place = add(Component::new(network, routes.clone()));
                    self.place_of.insert(routes, place);
                    place
                }));
            }
            places.sort_unstable();
            self.known.insert(self.in_force.clone(), places);
        }
        &self.known[&self.in_force]
    }
}

/// The parts of a network that routes and some capacities leave apart (union-find over supplies, then demands).
fn parts(network: &Network, joining: &[usize]) -> DisjointSets {
    let mut sets = DisjointSets::new(network.supplies() + network.demands());
    let of_demand = |m: usize| network.supplies() + m;
    for r in 0..network.routes() {
        sets.join(network.supply_of_route[r], of_demand(network.demand_of_route[r]));
    }
    // All routes of a capacity belong together; a chain of neighbours joins them.
    for &g in joining {
        for routes in network.routes_of_capacity.row(g).windows(2) {
            sets.join(network.supply_of_route[routes[0]], network.supply_of_route[routes[1]]);
        }
    }
    sets
}

/// The routes of each part, in ascending order. Supplies, demands and capacities without a route belong to none.
fn routes_by_part(network: &Network, joining: &[usize]) -> Vec<Vec<usize>> {
    let mut sets = parts(network, joining);
    let mut routes_of_root = vec![Vec::new(); network.supplies() + network.demands()];
    for r in 0..network.routes() {
        routes_of_root[sets.root(network.supply_of_route[r])].push(r);
    }
    routes_of_root.retain(|routes| !routes.is_empty());
    routes_of_root
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
        let mut is_here = vec![false; whole.routes()];
        routes.iter().for_each(|&r| is_here[r] = true);
        let used = routes.iter().flat_map(|&r| whole.capacities_of_route.row(r)).copied();
        let mut capacities = sorted(used);
        capacities.retain(|&g| {
            let mut users = whole.routes_of_capacity.row(g).iter();
            users.all(|&r| is_here[r])
        });
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

    fn components(network: &Network, limits: [f64; 3]) -> Vec<Component> {
        let mut conditions = Conditions::neutral(network);
        conditions.limit.copy_from_slice(&limits);
        let mut parts = Vec::new();
        let add = |part| {
            parts.push(part);
            parts.len() - 1
        };
        let places = Divisions::new(network).of_month(network, &conditions, add).to_vec();
        assert_eq!(places, (0..parts.len()).collect::<Vec<_>>());
        parts
    }

    #[test]
    fn markets_are_together_if_routes_or_capacities_join_them() {
        // Groups 0 and 2 share a capacity; group 1 falls in two; demand 4 has no route, capacity 2 neither.
        let routes = [(0, 0), (1, 1), (2, 2), (3, 3), (0, 0)];
        let capacities = [vec![0, 3], vec![1], vec![]];
        let network = Network::new(&routes, &[0, 1, 1, 2], &[0, 1, 1, 2, 2], &capacities);
        let parts = components(&network, [1.0, 1.0, 1.0]);
        let routes: Vec<_> = parts.iter().map(|part| part.routes.clone()).collect();
        assert_eq!(routes, [vec![0, 4, 3], vec![1], vec![2]]);
        let capacities: Vec<_> = parts.iter().map(|part| part.capacities.clone()).collect();
        assert_eq!(capacities, [vec![0], vec![1], vec![]]);
        assert_eq!(parts[0].groups, [0, 2]);
        assert_eq!(parts[0].demands, [0, 3]);
        assert_eq!(parts[0].network.group_of_route, [0, 0, 1]);
    }
    #[test]
    fn a_capacity_that_is_not_in_force_joins_nothing_and_belongs_nowhere() {
        let routes = [(0, 0), (1, 1), (2, 2), (3, 3), (0, 0)];
        let capacities = [vec![0, 3], vec![1], vec![0, 1]];
        let network = Network::new(&routes, &[0, 1, 1, 2], &[0, 1, 1, 2], &capacities);
        let found = |limits| -> Vec<(Vec<usize>, Vec<usize>)> {
            let parts = components(&network, limits);
            parts.into_iter().map(|part| (part.routes, part.capacities)).collect()
        };
        let none = f64::INFINITY;
        let all_apart = [
            (vec![0, 4], vec![]),
            (vec![1], vec![1]),
            (vec![2], vec![]),
            (vec![3], vec![]),
        ];
        assert_eq!(found([none, none, none]), all_apart);
        // One that lies within a part belongs there, whether it is in force or not.
        assert_eq!(found([none, 1.0, none]), all_apart);
        // A limit of zero is in force: it closes its routes.
        let joined = [(vec![0, 4, 3], vec![0]), (vec![1], vec![1]), (vec![2], vec![])];
        assert_eq!(found([0.0, none, none]), joined);
    }

    #[test]
    fn divisions_are_forgotten_before_they_are_too_many() {
        // Thirteen limits in force or not join fourteen markets in a chain.
        let routes: Vec<(usize, usize)> = (0..14).map(|market| (market, market)).collect();
        let limits: Vec<Vec<usize>> = (0..13).map(|market| vec![market, market + 1]).collect();
        let groups: Vec<usize> = (0..14).collect();
        let network = Network::new(&routes, &groups, &groups, &limits);
        let (mut divisions, mut conditions) = (Divisions::new(&network), Conditions::neutral(&network));
        let mut made = 0;
        let mut places = |number: usize, divisions: &mut Divisions| {
            for (place, limit) in conditions.limit.iter_mut().enumerate() {
                *limit = if number >> place & 1 == 1 { 1.0 } else { f64::INFINITY };
            }
            let add = |_| {
                made += 1;
                made - 1
            };
            divisions.of_month(&network, &conditions, add).len()
        };
        for number in 0..=MOST_REMEMBERED {
            assert!(!divisions.are_many());
            assert_eq!(places(number, &mut divisions), 14 - number.count_ones() as usize);
        }
        assert!(divisions.are_many());
        divisions.forget();
        assert_eq!((divisions.are_many(), places(0, &mut divisions)), (false, 14));
    }

    #[test]
    fn months_share_the_components_that_they_have_in_common() {
        let routes = [(0, 0), (1, 1), (2, 2)];
        let network = Network::new(&routes, &[0, 1, 2], &[0, 1, 2], &[vec![0, 1]]);
        let mut conditions = Conditions::neutral(&network);
        let (mut divisions, mut made) = (Divisions::new(&network), 0);
        let mut places = |limit: f64, divisions: &mut Divisions| {
            conditions.limit[0] = limit;
            let add = |_| {
                made += 1;
                made - 1
            };
            divisions.of_month(&network, &conditions, add).to_vec()
        };
        assert_eq!(places(f64::INFINITY, &mut divisions), [0, 1, 2]);
        assert_eq!(places(5.0, &mut divisions), [2, 3]);
        assert_eq!(places(f64::INFINITY, &mut divisions), [0, 1, 2]);
        assert_eq!(places(7.0, &mut divisions), [2, 3]);
    }
}
