//! The constant part of the problem: the supply and demand that each route joins, and the capacities that it uses.

/// Routes, supplies, demands and capacities, by index.
#[derive(Debug, Clone)]
pub struct Network {
    pub(super) supply_of_route: Vec<usize>,
    pub(super) demand_of_route: Vec<usize>,
    pub(super) group_of_route: Vec<usize>,
    pub(super) group_of_supply: Vec<usize>,
    pub(super) group_of_demand: Vec<usize>,
    /// The supplies of each group; their concatenation is the order of the supplies in the Newton system, which makes
    /// the block of a group contiguous.
    pub(super) supplies_of_group: Adjacency,
    /// The position of a supply in that order.
    pub(super) rank_of_supply: Vec<usize>,
    /// The position of a supply in its group.
    pub(super) place_in_group: Vec<usize>,
    pub(super) routes_of_capacity: Adjacency,
    pub(super) capacities_of_route: Adjacency,
}

impl Network {
    /// `routes` gives the (supply, demand) of each route, `group_of_supply` and `group_of_demand` the market group
    /// (commodity, counted from zero) of each supply and demand, `capacities` the routes that use each capacity. A
    /// route named twice by a capacity counts once.
    ///
    /// # Panics
    ///
    /// If an index is out of range, or a route joins a supply to a demand of another group.
    pub fn new(
        routes: &[(usize, usize)],
        group_of_supply: &[usize],
        group_of_demand: &[usize],
        capacities: &[Vec<usize>],
    ) -> Self {
        for &(o, m) in routes {
            assert_eq!(
                group_of_supply[o], group_of_demand[m],
                "a route joins supply {o} to demand {m} of another group"
            );
        }
        assert!(
            capacities.iter().flatten().all(|&r| r < routes.len()),
            "a capacity names a route that does not exist"
        );

        let groups = group_of_supply
            .iter()
            .chain(group_of_demand)
            .max()
            .map_or(0, |&k| k + 1);
        let supplies_of_group = Adjacency::inverse(groups, group_of_supply.iter().map(std::slice::from_ref));
        let mut rank_of_supply = vec![0; group_of_supply.len()];
        for (rank, &o) in supplies_of_group.items.iter().enumerate() {
            rank_of_supply[o] = rank;
        }
        let place_in_group = group_of_supply
            .iter()
            .zip(&rank_of_supply)
            .map(|(&k, &rank)| rank - supplies_of_group.range(k).start)
            .collect();
        let capacities_of_route = Adjacency::inverse(routes.len(), capacities.iter().map(Vec::as_slice));
        // Transposed twice, so that both lists are sorted and a route named twice counts once.
        let routes_of_capacity =
            Adjacency::inverse(capacities.len(), (0..routes.len()).map(|r| capacities_of_route.row(r)));
        Self {
            supply_of_route: routes.iter().map(|route| route.0).collect(),
            demand_of_route: routes.iter().map(|route| route.1).collect(),
            group_of_route: routes.iter().map(|route| group_of_supply[route.0]).collect(),
            group_of_supply: group_of_supply.to_vec(),
            group_of_demand: group_of_demand.to_vec(),
            supplies_of_group,
            place_in_group,
            rank_of_supply,
            routes_of_capacity,
            capacities_of_route,
        }
    }

    /// Number of routes.
    pub fn routes(&self) -> usize {
        self.supply_of_route.len()
    }

    /// Number of supplies.
    pub fn supplies(&self) -> usize {
        self.group_of_supply.len()
    }

    /// Number of demands.
    pub fn demands(&self) -> usize {
        self.group_of_demand.len()
    }

    /// Number of market groups.
    pub fn groups(&self) -> usize {
        self.supplies_of_group.len()
    }

    /// Number of capacities.
    pub fn capacities(&self) -> usize {
        self.routes_of_capacity.len()
    }
}

/// A list of indices for each of a number of rows: adjacency lists in compressed sparse row form.
#[derive(Debug, Clone)]
pub(super) struct Adjacency {
    start: Vec<usize>,
    items: Vec<usize>,
}

impl Adjacency {
    /// Transposes lists: given the items (below `count`) that each owner lists, the owners of each item. Sorted,
    /// without repeats.
    fn inverse<'a>(count: usize, lists: impl Iterator<Item = &'a [usize]>) -> Self {
        let mut owners = vec![Vec::new(); count];
        for (owner, list) in lists.enumerate() {
            for &item in list {
                // Owners come in ascending order, so a repeat can only be the last one.
                if owners[item].last() != Some(&owner) {
                    owners[item].push(owner);
                }
            }
        }
        Self::of_sets(owners)
    }

    /// From the items of each row, in any order and with repeats: sorted, without repeats.
    pub(super) fn of_sets(mut rows: Vec<Vec<usize>>) -> Self {
        let mut start = vec![0];
        for row in &mut rows {
            row.sort_unstable();
            row.dedup();
            let end = start.last().map_or(0, |end| end + row.len());
            start.push(end);
        }
        Self {
            start,
            items: rows.concat(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.start.len() - 1
    }

    /// The range of row `i` in the concatenation of all rows.
    pub(super) fn range(&self, i: usize) -> std::ops::Range<usize> {
        self.start[i]..self.start[i + 1]
    }

    pub(super) fn row(&self, i: usize) -> &[usize] {
        &self.items[self.range(i)]
    }
}
