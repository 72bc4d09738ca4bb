//! The cheapest paths through the network of links.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use pathfinding::directed::yen::yen;

use super::draft::Draft;
use crate::model::{CommodityIndex, Index, LinkIndex, NodeIndex};

/// A list of links in the order of travel.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Path {
    pub links: Vec<LinkIndex>,
    /// Freight and holding cost, USD per tonne.
    pub cost: f64,
}

/// The links of a world as a graph, and the legs searched so far.
pub(super) struct Network<'d> {
    draft: &'d Draft,
    /// The links that touch each node.
    touching: Vec<Vec<LinkIndex>>,
    /// See [`Network::weight`].
    fingerprints: Vec<u128>,
    legs: BTreeMap<Leg, Vec<Path>>,
}

/// What a search for paths is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Leg {
    commodity: CommodityIndex,
    from: NodeIndex,
    to: NodeIndex,
    count: usize,
}

/// Links are vertices too, for two nodes may have several between them, and a path is told by its links.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Vertex {
    Node(NodeIndex),
    Link(LinkIndex),
}

/// Costs are compared in millionths of a dollar, so that the order of addition decides nothing.
pub(super) fn micro_dollars(cost: f64) -> i64 {
    const MOST: f64 = 1e15;
    (cost * 1e6).round().clamp(-MOST, MOST) as i64
}

impl<'d> Network<'d> {
    /// The network of a draft without holes.
    pub fn new(draft: &'d Draft) -> Self {
        let mut touching = vec![Vec::new(); draft.nodes.len()];
        let mut fingerprints = vec![0; draft.links.len()];
        for (index, link) in draft.links.iter() {
            for end in link.ends {
                touching[end.row()].push(index);
            }
            fingerprints[index.row()] = fingerprint(draft.links.id(index));
        }
        Self {
            draft,
            touching,
            fingerprints,
            legs: BTreeMap::new(),
        }
    }

    /// The `count` cheapest paths through `stops`, each without a loop between two stops; cheapest first, then by the ids
    /// of the links. Fewer if there are fewer.
    pub fn cheapest(&mut self, commodity: CommodityIndex, stops: &[NodeIndex], count: usize) -> Vec<Path> {
        let mut paths = vec![Path {
            links: Vec::new(),
            cost: 0.0,
        }];
        for ends in stops.windows(2) {
            let leg = Leg {
                commodity,
                from: ends[0],
                to: ends[1],
                count,
            };
            let onward = self.leg(leg);
            let mut longer: Vec<Path> = paths
                .iter()
                .flat_map(|path| onward.iter().map(|next| path.then(next)))
                .collect();
            longer.sort_by(|one, other| self.order(one, other));
            longer.truncate(count);
            paths = longer;
        }
        paths
    }

    /// Cheaper paths first, then by the ids of the links.
    pub fn order(&self, one: &Path, other: &Path) -> Ordering {
        let ids = |path: &Path| -> Vec<&'d str> { path.links.iter().map(|&link| self.draft.links.id(link)).collect() };
        let by_cost = micro_dollars(one.cost).cmp(&micro_dollars(other.cost));
        by_cost.then_with(|| ids(one).cmp(&ids(other)))
    }

    fn leg(&mut self, leg: Leg) -> Vec<Path> {
        if let Some(known) = self.legs.get(&leg) {
            return known.clone();
        }
        let found = self.search(leg);
        self.legs.insert(leg, found.clone());
        found
    }

    /// Yen's algorithm (1971).
    fn search(&self, leg: Leg) -> Vec<Path> {
        let costs = self.link_costs(leg.commodity);
        let successors = |vertex: &Vertex| self.successors(*vertex, &costs);
        let end = Vertex::Node(leg.to);
        let found = yen(&Vertex::Node(leg.from), successors, |vertex| *vertex == end, leg.count);
        let paths = found.into_iter().map(|(vertices, _)| {
            let links = vertices.into_iter().filter_map(|vertex| match vertex {
                Vertex::Link(link) => Some(link),
                Vertex::Node(_) => None,
            });
            let links: Vec<LinkIndex> = links.collect();
            let cost = links.iter().map(|link| costs[link.row()]).sum();
            Path { links, cost }
        });
        paths.collect()
    }

    fn link_costs(&self, commodity: CommodityIndex) -> Vec<f64> {
        let mut costs = vec![0.0; self.draft.links.len()];
        if let Some(commodity) = self.draft.commodities.get(commodity) {
            for (index, link) in self.draft.links.iter() {
                costs[index.row()] = link.cost(commodity);
            }
        }
        costs
    }

    fn successors(&self, vertex: Vertex, costs: &[f64]) -> Vec<(Vertex, u128)> {
        match vertex {
            Vertex::Node(node) => {
                let links = self.touching[node.row()].iter();
                links
                    .map(|&link| (Vertex::Link(link), self.weight(link, costs)))
                    .collect()
            }
            Vertex::Link(link) => {
                let ends = self.draft.links.get(link).map(|link| link.ends);
                ends.into_iter().flatten().map(|end| (Vertex::Node(end), 0)).collect()
            }
        }
    }

    /// What a search adds up: dollars first, then the number of links, then a sum of fingerprints of their ids. So paths
    /// of one cost are told apart in the same way whatever the order of the rows.
    fn weight(&self, link: LinkIndex, costs: &[f64]) -> u128 {
        let dollars = micro_dollars(costs[link.row()]).unsigned_abs();
        u128::from(dollars) << 64 | 1 << 48 | self.fingerprints[link.row()]
    }
}

impl Path {
    fn then(&self, next: &Path) -> Path {
        Path {
            links: self.links.iter().chain(&next.links).copied().collect(),
            cost: self.cost + next.cost,
        }
    }
}

/// 32 bits of an id, so that the sum over 65,536 links fits into 48.
fn fingerprint(id: &str) -> u128 {
    let hash = blake3::hash(id.as_bytes());
    let bytes = hash.as_bytes().iter().take(4);
    bytes.fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}
