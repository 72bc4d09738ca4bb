//! What passes ports, borders and terminals, and the links that a capacity limits.

use super::goods::Goods;
use super::sparse_sums::{KeyedSums, ScaledSum, SharedSums};
use crate::model::{Bottleneck, LinkIndex, Mode, NodeIndex, NodeKind, Route, World};
use crate::simulation::Plan;

/// A place whose throughput is reported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ThroughputPlace {
    Node(NodeIndex),
    Link(LinkIndex),
}

impl ThroughputPlace {
    /// The id in tables; a link that shares its id with a node is told apart.
    pub fn name(self, world: &World) -> String {
        match self {
            Self::Node(node) => world.nodes[node].id.clone(),
            Self::Link(link) => {
                let id = &world.links[link].id;
                let is_node = world.nodes.rows().iter().any(|node| node.id == *id);
                if is_node { format!("link:{id}") } else { id.clone() }
            }
        }
    }

    /// Whether goods on a route pass here: on a link that moves papers only they touch no node.
    pub fn is_passed(self, world: &World, route: &Route) -> bool {
        match self {
            Self::Link(link) => route.links.contains(&link),
            Self::Node(node) if route.links.is_empty() => route.nodes.contains(&node),
            Self::Node(node) => route
                .links
                .iter()
                .map(|&link| &world.links[link])
                .any(|link| link.mode != Mode::Paper && link.ends.contains(&node)),
        }
    }
}

/// Routes grouped by place and good, and by place for all goods; a route that passes a place twice counts once, as it
/// does against a capacity.
pub fn throughput_sums(plan: &Plan, shared: &mut SharedSums) -> Vec<((ThroughputPlace, Goods), ScaledSum)> {
    let world = plan.world();
    let mut groups = KeyedSums::default();
    for place in places(world) {
        for (number, route) in world.routes.rows().iter().enumerate() {
            if place.is_passed(world, route) {
                let facts = &plan.routes[number];
                groups.add((place, Goods::One(facts.commodity)), number, 1.0);
                groups.add((place, Goods::AllTonnes), number, 1.0);
                groups.add((place, Goods::AllDollars), number, facts.price);
            }
        }
    }
    groups.finish(shared)
}

fn places(world: &World) -> Vec<ThroughputPlace> {
    let is_shown = |kind: NodeKind| matches!(kind, NodeKind::Port | NodeKind::Border | NodeKind::Terminal);
    let nodes = world
        .nodes
        .iter()
        .filter(|(_, node)| is_shown(node.kind))
        .map(|(index, _)| ThroughputPlace::Node(index));
    let mut links: Vec<ThroughputPlace> = world
        .capacities
        .rows()
        .iter()
        .filter_map(|capacity| match capacity.bottleneck {
            Bottleneck::Link(link) => Some(ThroughputPlace::Link(link)),
            _ => None,
        })
        .collect();
    links.sort_unstable();
    links.dedup();
    nodes.chain(links).collect()
}
