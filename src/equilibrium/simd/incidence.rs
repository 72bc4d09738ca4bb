//! Incidence lists of a component: which routes its supplies, demands and capacities share. They follow from the
//! network alone and are found once.
//!
//! An entry of the Hessian is `theta` times the flow of the routes that two variables share, so each kind of shared
//! routes has a name:
//!
//! - a **pair**: the routes that join one supply and one demand;
//! - a **member**: a capacity in one group, whose routes there use it;
//! - a **segment**: the routes that a member and a pair share;
//! - a **meeting**: a demand and a member that some routes into the demand use;
//! - an **overlap**: the routes of one group that two capacities share.

use std::ops::Range;

use crate::equilibrium::components::Component;
use crate::equilibrium::network::{Adjacency, Network};

/// Routes and pairs are sorted by demand, then supply. Capacities are in the order of their elimination: those of one
/// group first.
#[derive(Debug)]
pub(super) struct Incidence {
    pub(super) supplies: usize,
    pub(super) demands: usize,
    pub(super) routes: usize,
    pub(super) capacities: usize,
    pub(super) group_of_supply: Vec<usize>,
    pub(super) group_of_demand: Vec<usize>,
    pub(super) supply_of_pair: Vec<usize>,
    first_route_of_pair: Vec<usize>,
    first_pair_of_demand: Vec<usize>,
    first_supply_of_group: Vec<usize>,
    first_demand_of_group: Vec<usize>,
    pub(super) members: GroupMembers,
    pub(super) routes_of_capacity: Adjacency,
    /// The segments of each member, end to end.
    segments: Vec<Segment>,
    first_segment_of_member: Vec<usize>,
    /// The overlaps of each capacity with those after it, end to end.
    overlaps: Vec<Overlap>,
    first_overlap_of_capacity: Vec<usize>,
    /// The routes of segments and overlaps, end to end.
    shared_routes: Vec<usize>,
    /// The lone capacities, where there are many, and which these are.
    pub(super) lone: Vec<LoneCapacity>,
    pub(super) is_lone: Vec<bool>,
}

/// From so many on lone capacities are eliminated by themselves. Fewer stay with the others: whether they do changes the
/// last digits of results.
const MANY_LONE: usize = 500;

/// A capacity that is used by routes of one pair alone, which use no other.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoneCapacity {
    pub(super) capacity: usize,
    pub(super) pair: usize,
    pub(super) demand: usize,
    pub(super) supply: usize,
    pub(super) group: usize,
}

/// The members, numbered group by group.
#[derive(Debug)]
pub(super) struct GroupMembers {
    /// The position of a capacity in the concatenation of these rows is the number of a member.
    pub(super) capacities_of_group: Adjacency,
    group: Vec<usize>,
    of_capacity: Adjacency,
    /// The members that a demand meets. The position of one in the concatenation of these rows is the number of a
    /// meeting.
    pub(super) of_demand: Adjacency,
}

/// The routes that a member and a pair share.
#[derive(Debug)]
pub(super) struct Segment {
    /// Position of the pair's supply in its group.
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

impl Incidence {
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

        let lone = find_lone(network, &pairs, &pair_of_route);
        let mut is_lone = vec![false; network.capacities()];
        lone.iter().for_each(|lone| is_lone[lone.capacity] = true);
        let members = GroupMembers::new(network);
        let mut shared_routes = Vec::new();
        let segments = find_segments(network, &members, &pairs, &pair_of_route, &mut shared_routes);
        let (segments, first_segment_of_member) = flatten(segments);
        let (overlaps, first_overlap_of_capacity) = flatten(find_overlaps(network, &mut shared_routes));
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
            first_demand_of_group: firsts(network.groups(), &network.group_of_demand),
            members,
            routes_of_capacity: network.routes_of_capacity.clone(),
            segments,
            first_segment_of_member,
            overlaps,
            first_overlap_of_capacity,
            shared_routes,
            lone,
            is_lone,
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
        self.members.capacities_of_group.range(k)
    }

    pub(super) fn segments_of_member(&self, member: usize) -> &[Segment] {
        &self.segments[self.first_segment_of_member[member]..self.first_segment_of_member[member + 1]]
    }

    /// The routes of a capacity by group.
    pub(super) fn routes_of_capacity_by_group(&self, g: usize) -> impl Iterator<Item = (usize, &[usize])> {
        self.members.of_capacity.row(g).iter().map(|&member| {
            let first = self.segments[self.first_segment_of_member[member]].routes.start;
            let last = self.segments[self.first_segment_of_member[member + 1] - 1].routes.end;
            (self.members.group[member], &self.shared_routes[first..last])
        })
    }

    pub(super) fn groups_of_capacity(&self, g: usize) -> impl Iterator<Item = usize> {
        self.members
            .of_capacity
            .row(g)
            .iter()
            .map(|&member| self.members.group[member])
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

impl GroupMembers {
    fn new(network: &Network) -> Self {
        let mut of_group = vec![Vec::new(); network.groups()];
        for (r, &k) in network.group_of_route.iter().enumerate() {
            of_group[k].extend_from_slice(network.capacities_of_route.row(r));
        }
        let capacities_of_group = Adjacency::of_sets(of_group);
        let (mut group, mut of_capacity) = (Vec::new(), vec![Vec::new(); network.capacities()]);
        for k in 0..network.groups() {
            for &g in capacities_of_group.row(k) {
                of_capacity[g].push(group.len());
                group.push(k);
            }
        }
        let mut members = Self {
            capacities_of_group,
            group,
            of_capacity: Adjacency::of_sets(of_capacity),
            of_demand: Adjacency::of_sets(Vec::new()),
        };
        let mut of_demand = vec![Vec::new(); network.demands()];
        for (r, &m) in network.demand_of_route.iter().enumerate() {
            let capacities = network.capacities_of_route.row(r).iter();
            of_demand[m].extend(capacities.map(|&g| members.number(network.group_of_route[r], g)));
        }
        members.of_demand = Adjacency::of_sets(of_demand);
        members
    }

    /// The number of a capacity in a group.
    fn number(&self, k: usize, g: usize) -> usize {
        let before = self.capacities_of_group.row(k).partition_point(|&other| other < g);
        self.capacities_of_group.range(k).start + before
    }

    /// The number of the meeting of a demand and a member.
    fn meeting(&self, m: usize, member: usize) -> usize {
        let before = self.of_demand.row(m).partition_point(|&other| other < member);
        self.of_demand.range(m).start + before
    }
}

/// The segments of each member; their routes are added to `shared`, those of one member end to end.
fn find_segments(
    network: &Network,
    members: &GroupMembers,
    pairs: &[(usize, usize)],
    pair_of_route: &[usize],
    shared: &mut Vec<usize>,
) -> Vec<Vec<Segment>> {
    let find = |(member, &k): (usize, &usize)| {
        let g = members.capacities_of_group.row(k)[member - members.capacities_of_group.range(k).start];
        let routes = network.routes_of_capacity.row(g).iter();
        let routes: Vec<usize> = routes.copied().filter(|&r| network.group_of_route[r] == k).collect();
        let runs = routes.chunk_by(|left, right| pair_of_route[*left] == pair_of_route[*right]);
        let segment = |run: &[usize]| {
            let (demand, supply) = pairs[pair_of_route[run[0]]];
            Segment {
                supply: network.place_in_group[supply],
                meeting: members.meeting(demand, member),
                routes: share(shared, run.iter().copied()),
            }
        };
        runs.map(segment).collect()
    };
    members.group.iter().enumerate().map(find).collect()
}

/// The lone capacities; none if they are few.
fn find_lone(network: &Network, pairs: &[(usize, usize)], pair_of_route: &[usize]) -> Vec<LoneCapacity> {
    let lone = |capacity: usize| {
        let routes = network.routes_of_capacity.row(capacity);
        let pair = pair_of_route[*routes.first()?];
        let is_alone = |&r: &usize| pair_of_route[r] == pair && network.capacities_of_route.row(r).len() == 1;
        let (demand, supply) = pairs[pair];
        routes.iter().all(is_alone).then_some(LoneCapacity {
            capacity,
            pair,
            demand,
            supply,
            group: network.group_of_demand[demand],
        })
    };
    let lone: Vec<LoneCapacity> = (0..network.capacities()).filter_map(lone).collect();
    if lone.len() < MANY_LONE { Vec::new() } else { lone }
}

/// The overlaps of each capacity; their routes are added to `shared`.
fn find_overlaps(network: &Network, shared: &mut Vec<usize>) -> Vec<Vec<Overlap>> {
    let find = |g: usize| {
        let mut common: Vec<(usize, usize)> = Vec::new();
        for &r in network.routes_of_capacity.row(g) {
            let others = network.capacities_of_route.row(r).iter();
            common.extend(others.filter(|&&other| other > g).map(|&other| (other, r)));
        }
        common.sort_unstable();
        let place = |&(other, r): &(usize, usize)| (other, network.group_of_route[r]);
        let overlap = |run: &[(usize, usize)]| Overlap {
            other: run[0].0,
            group: network.group_of_route[run[0].1],
            routes: share(shared, run.iter().map(|common| common.1)),
        };
        let runs = common.chunk_by(|left, right| place(left) == place(right));
        runs.map(overlap).collect()
    };
    (0..network.capacities()).map(find).collect()
}

/// Appends routes to a list; returns their range.
fn share(shared: &mut Vec<usize>, routes: impl Iterator<Item = usize>) -> Range<usize> {
    let start = shared.len();
    shared.extend(routes);
    start..shared.len()
}

/// The start of each owner's items in a list sorted by owner, and the end of the last.
fn firsts(owners: usize, owner_of_item: &[usize]) -> Vec<usize> {
    (0..=owners)
        .map(|owner| owner_of_item.partition_point(|&of| of < owner))
        .collect()
}

/// Lists end to end, with the start of each and the end of the last.
fn flatten<T>(lists: Vec<Vec<T>>) -> (Vec<T>, Vec<usize>) {
    let (mut items, mut first) = (Vec::new(), vec![0]);
    for list in lists {
        items.extend(list);
        first.push(items.len());
    }
    (items, first)
}
