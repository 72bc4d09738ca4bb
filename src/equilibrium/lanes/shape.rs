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
    first_demand_of_group: Vec<usize>,
    /// Where a capacity stands in the concatenation of these rows is the number of a member.
    pub(super) capacities_of_group: Rows,
    group_of_member: Vec<usize>,
    members_of_capacity: Rows,
    pub(super) routes_of_capacity: Rows,
    /// The members that routes into a demand use. Where one stands in the concatenation of these rows is the number of a
    /// meeting.
    pub(super) members_of_demand: Rows,
    /// The routes of a member, cut by pair.
    segments: Vec<Segment>,
    first_segment_of_member: Vec<usize>,
    /// Which later capacities share routes with a capacity, and which routes.
    overlaps: Vec<Overlap>,
    first_overlap_of_capacity: Vec<usize>,
    /// The routes of segments and overlaps, end to end.
    shared_routes: Vec<usize>,
}

/// The routes that a capacity and a pair share.
#[derive(Debug)]
pub(super) struct Segment {
    /// Where the supply stands in its group.
    pub(super) supply: usize,
    pub(super) meeting: usize,
    routes: Range<usize>,
}

/// The routes of one group that two capacities share.
#[derive(Debug)]
pub(super) struct Overlap {
    pub(super) other: usize,
    pub(super) group: usize,
    routes: Range<usize>,
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

        let mut lists = vec![Vec::new(); network.groups()];
        for (r, &k) in network.group_of_route.iter().enumerate() {
            lists[k].extend_from_slice(network.capacities_of_route.row(r));
        }
        let capacities_of_group = Rows::of_sets(lists);
        let member = |k: usize, g: usize| {
            let known = capacities_of_group.row(k).partition_point(|&other| other < g);
            capacities_of_group.range(k).start + known
        };
        let mut lists = vec![Vec::new(); network.demands()];
        for (r, &m) in network.demand_of_route.iter().enumerate() {
            let capacities = network.capacities_of_route.row(r).iter();
            lists[m].extend(capacities.map(|&g| member(network.group_of_route[r], g)));
        }
        let members_of_demand = Rows::of_sets(lists);
        let first_supply_of_group = firsts(network.groups(), &network.group_of_supply);
        let mut shared_routes = Vec::new();
        let mut share = |routes: &mut dyn Iterator<Item = usize>| {
            let start = shared_routes.len();
            shared_routes.extend(routes);
            start..shared_routes.len()
        };

        let mut segments_of_member = Vec::new();
        for k in 0..network.groups() {
            for &g in capacities_of_group.row(k) {
                let routes = network.routes_of_capacity.row(g).iter();
                let routes: Vec<usize> = routes.copied().filter(|&r| network.group_of_route[r] == k).collect();
                let runs = routes.chunk_by(|left, right| pair_of_route[*left] == pair_of_route[*right]);
                let segment = |run: &[usize]| {
                    let (demand, supply) = pairs[pair_of_route[run[0]]];
                    let members = members_of_demand.row(demand);
                    Segment {
                        supply: supply - first_supply_of_group[k],
                        meeting: members_of_demand.range(demand).start
                            + members.partition_point(|&other| other < member(k, g)),
                        routes: share(&mut run.iter().copied()),
                    }
                };
                segments_of_member.push(runs.map(segment).collect::<Vec<_>>());
            }
        }
        let mut lists = vec![Vec::new(); network.capacities()];
        let mut group_of_member = Vec::new();
        for k in 0..network.groups() {
            for &g in capacities_of_group.row(k) {
                lists[g].push(group_of_member.len());
                group_of_member.push(k);
            }
        }
        let members_of_capacity = Rows::of_sets(lists);
        let (segments, first_segment_of_member) = flatten(segments_of_member.into_iter());
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
                routes: share(&mut run.iter().map(|shared| shared.1)),
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
            first_supply_of_group,
            first_demand_of_group: firsts(network.groups(), &network.group_of_demand),
            capacities_of_group,
            group_of_member,
            members_of_capacity,
            routes_of_capacity: network.routes_of_capacity.clone(),
            members_of_demand,
            segments,
            first_segment_of_member,
            overlaps,
            first_overlap_of_capacity,
            shared_routes,
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

    pub(super) fn demands_of_group(&self, k: usize) -> Range<usize> {
        self.first_demand_of_group[k]..self.first_demand_of_group[k + 1]
    }

    pub(super) fn members_of_group(&self, k: usize) -> Range<usize> {
        self.capacities_of_group.range(k)
    }

    pub(super) fn segments_of_member(&self, member: usize) -> &[Segment] {
        &self.segments[self.first_segment_of_member[member]..self.first_segment_of_member[member + 1]]
    }

    /// The routes of a capacity by group.
    pub(super) fn routes_of_capacity_by_group(&self, g: usize) -> impl Iterator<Item = (usize, &[usize])> {
        self.members_of_capacity.row(g).iter().map(|&member| {
            let first = self.segments[self.first_segment_of_member[member]].routes.start;
            let last = self.segments[self.first_segment_of_member[member + 1] - 1].routes.end;
            (self.group_of_member[member], &self.shared_routes[first..last])
        })
    }

    pub(super) fn groups_of_capacity(&self, g: usize) -> impl Iterator<Item = usize> {
        self.members_of_capacity
            .row(g)
            .iter()
            .map(|&member| self.group_of_member[member])
    }

    pub(super) fn routes_of_segment(&self, segment: &Segment) -> &[usize] {
        &self.shared_routes[segment.routes.clone()]
    }

    pub(super) fn routes_of_overlap(&self, overlap: &Overlap) -> &[usize] {
        &self.shared_routes[overlap.routes.clone()]
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
