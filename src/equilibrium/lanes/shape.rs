//! How a part of the network is laid out for the lanes: everything that follows from the network alone.

use std::ops::Range;

use crate::equilibrium::components::Component;
use crate::equilibrium::network::Rows;

/// Lists of indices, found once. Capacities come in an order of elimination: those of one group first.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) supplies: usize,
    pub(super) demands: usize,
    pub(super) routes: usize,
    pub(super) capacities: usize,
    pub(super) group_of_supply: Vec<usize>,
    pub(super) group_of_demand: Vec<usize>,
    /// A pair is a supply and a demand that some routes join; routes and pairs are sorted by demand, then supply.
    pub(super) supply_of_pair: Vec<usize>,
    first_route_of_pair: Vec<usize>,
    first_pair_of_demand: Vec<usize>,
    first_supply_of_group: Vec<usize>,
    pub(super) capacities_of_group: Rows,
    pub(super) routes_of_capacity: Rows,
    /// The routes of a capacity, cut by pair.
    segments: Vec<Segment>,
    first_segment_of_capacity: Vec<usize>,
    /// The capacities that routes into a demand use. Where one stands in the concatenation of these rows is the number of
    /// a meeting of demand and capacity.
    pub(super) capacities_of_demand: Rows,
    /// Which later capacities share routes with a capacity, and which routes.
    overlaps: Vec<Overlap>,
    first_overlap_of_capacity: Vec<usize>,
    /// For each capacity the later ones with which it is coupled once supplies and earlier capacities are eliminated.
    pub(super) coupled: Rows,
}

/// The routes that a capacity and a pair share.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) supply: usize,
    pub(super) group: usize,
    /// The number of the meeting of demand and capacity.
    pub(super) meeting: usize,
    pub(super) routes: Vec<usize>,
}

/// The routes of one group that two capacities share.
#[derive(Debug)]
pub(super) struct Overlap {
    pub(super) other: usize,
    pub(super) group: usize,
    pub(super) routes: Vec<usize>,
}

impl Shape {
    pub(super) fn new(component: &Component) -> Self {
        let network = &component.network;
        let routes = network.routes();
        let ends = |r: usize| (network.demand_of_route[r], network.supply_of_route[r]);
        let mut pairs: Vec<(usize, usize)> = (0..routes).map(ends).collect();
        debug_assert!(pairs.is_sorted(), "routes come by demand, then supply");
        pairs.dedup();
        let pair_of_route: Vec<usize> = (0..routes)
            .map(|r| pairs.partition_point(|pair| *pair < ends(r)))
            .collect();

        let touched = |owner_of_route: &[usize], owners: usize| {
            let mut lists = vec![Vec::new(); owners];
            for (r, &owner) in owner_of_route.iter().enumerate() {
                lists[owner].extend_from_slice(network.capacities_of_route.row(r));
            }
            Rows::of_sets(lists)
        };
        let capacities_of_demand = touched(&network.demand_of_route, network.demands());
        let capacities_of_group = touched(&network.group_of_route, network.groups());
        let segments = (0..network.capacities()).map(|g| {
            let routes = network.routes_of_capacity.row(g);
            let runs = routes.chunk_by(|left, right| pair_of_route[*left] == pair_of_route[*right]);
            let segment = |run: &[usize]| {
                let (demand, supply) = pairs[pair_of_route[run[0]]];
                let row = capacities_of_demand.row(demand);
                Segment {
                    supply,
                    group: network.group_of_supply[supply],
                    meeting: capacities_of_demand.range(demand).start + row.partition_point(|&other| other < g),
                    routes: run.to_vec(),
                }
            };
            runs.map(segment).collect::<Vec<_>>()
        });
        let (segments, first_segment_of_capacity) = flatten(segments);
        let overlaps = (0..network.capacities()).map(|g| {
            let mut shared: Vec<(usize, usize)> = Vec::new();
            for &r in network.routes_of_capacity.row(g) {
                let others = network.capacities_of_route.row(r).iter();
                shared.extend(others.filter(|&&other| other > g).map(|&other| (other, r)));
            }
            shared.sort_unstable();
            let place = |&(other, r): &(usize, usize)| (other, network.group_of_route[r]);
            let runs = shared.chunk_by(|left, right| place(left) == place(right));
            let overlap = |run: &[(usize, usize)]| Overlap {
                other: run[0].0,
                group: network.group_of_route[run[0].1],
                routes: run.iter().map(|shared| shared.1).collect(),
            };
            runs.map(overlap).collect::<Vec<_>>()
        });
        let (overlaps, first_overlap_of_capacity) = flatten(overlaps);
        Self {
            supplies: network.supplies(),
            demands: network.demands(),
            routes,
            capacities: network.capacities(),
            group_of_supply: network.group_of_supply.clone(),
            group_of_demand: network.group_of_demand.clone(),
            first_route_of_pair: firsts(pairs.len(), &pair_of_route),
            first_pair_of_demand: firsts(network.demands(), &pairs.iter().map(|pair| pair.0).collect::<Vec<_>>()),
            supply_of_pair: pairs.iter().map(|pair| pair.1).collect(),
            first_supply_of_group: firsts(network.groups(), &network.group_of_supply),
            coupled: couple(network.capacities(), &capacities_of_group),
            capacities_of_group,
            routes_of_capacity: network.routes_of_capacity.clone(),
            segments,
            first_segment_of_capacity,
            capacities_of_demand,
            overlaps,
            first_overlap_of_capacity,
        }
    }

    pub(super) fn pairs(&self) -> usize {
        self.supply_of_pair.len()
    }

    pub(super) fn groups(&self) -> usize {
        self.first_supply_of_group.len() - 1
    }

    pub(super) fn pairs_of_demand(&self, m: usize) -> Range<usize> {
        self.first_pair_of_demand[m]..self.first_pair_of_demand[m + 1]
    }

    pub(super) fn routes_of_pair(&self, pair: usize) -> Range<usize> {
        self.first_route_of_pair[pair]..self.first_route_of_pair[pair + 1]
    }

    pub(super) fn supplies_of_group(&self, k: usize) -> Range<usize> {
        self.first_supply_of_group[k]..self.first_supply_of_group[k + 1]
    }

    pub(super) fn segments_of_capacity(&self, g: usize) -> &[Segment] {
        &self.segments[self.first_segment_of_capacity[g]..self.first_segment_of_capacity[g + 1]]
    }

    pub(super) fn overlaps_of_capacity(&self, g: usize) -> &[Overlap] {
        &self.overlaps[self.first_overlap_of_capacity[g]..self.first_overlap_of_capacity[g + 1]]
    }
}

/// Where each owner's items start in a list sorted by owner, and where the last end.
fn firsts(owners: usize, owner_of_item: &[usize]) -> Vec<usize> {
    (0..=owners)
        .map(|owner| owner_of_item.partition_point(|&of| of < owner))
        .collect()
}

/// Lists end to end, with the start of each and the end of the last.
fn flatten<T>(lists: impl Iterator<Item = Vec<T>>) -> (Vec<T>, Vec<usize>) {
    let (mut items, mut first) = (Vec::new(), vec![0]);
    for list in lists {
        items.extend(list);
        first.push(items.len());
    }
    (items, first)
}

/// The pattern of the factor. Eliminating the supplies of a group couples all capacities of that group with each other;
/// eliminating a capacity couples all later ones that it is coupled with.
fn couple(capacities: usize, capacities_of_group: &Rows) -> Rows {
    let mut coupled = vec![vec![false; capacities]; capacities];
    let mut join = |clique: &[usize]| {
        for (place, &g) in clique.iter().enumerate() {
            clique[place + 1..].iter().for_each(|&later| coupled[g][later] = true);
        }
    };
    (0..capacities_of_group.len()).for_each(|k| join(capacities_of_group.row(k)));
    let mut rows = Vec::with_capacity(capacities);
    for g in 0..capacities {
        let row: Vec<usize> = (g + 1..capacities).filter(|&later| coupled[g][later]).collect();
        for (place, &first) in row.iter().enumerate() {
            row[place + 1..]
                .iter()
                .for_each(|&second| coupled[first][second] = true);
        }
        rows.push(row);
    }
    Rows::of_sets(rows)
}
