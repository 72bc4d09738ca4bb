//! What passes ports, borders and terminals, and the links that a capacity limits.

use super::groups::{Keyed, Scaled, SharedGroups};
use super::plan::Plan;
use crate::model::{Bottleneck, LinkIndex, Mode, NodeIndex, NodeKind, Route, World};

/// A place whose throughput is reported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    Node(NodeIndex),
    Link(LinkIndex),
}

impl Place {
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

/// The goods of a row of `throughput.csv`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PlaceGoods {
    One(usize),
    /// All goods, in tonnes.
    AllTonnes,
    /// All goods, in dollars at reference prices.
    AllDollars,
}

/// Routes grouped by place and good, and by place for all goods; a route that passes a place twice counts once, as it
/// does against a capacity.
pub fn throughput_groups(plan: &Plan, shared: &mut SharedGroups) -> Vec<((Place, PlaceGoods), Scaled)> {
    let world = plan.world();
    let mut groups = Keyed::default();
    for place in places(world) {
        for (number, route) in world.routes.rows().iter().enumerate() {
            if place.is_passed(world, route) {
                let facts = &plan.routes[number];
                groups.add((place, PlaceGoods::One(facts.commodity)), number, 1.0);
                groups.add((place, PlaceGoods::AllTonnes), number, 1.0);
                groups.add((place, PlaceGoods::AllDollars), number, facts.price);
            }
        }
    }
    groups.finish(shared)
}

fn places(world: &World) -> Vec<Place> {
    let is_shown = |kind: NodeKind| matches!(kind, NodeKind::Port | NodeKind::Border | NodeKind::Terminal);
    let nodes = world
        .nodes
        .iter()
        .filter(|(_, node)| is_shown(node.kind))
        .map(|(index, _)| Place::Node(index));
    let mut links: Vec<Place> = world
        .capacities
        .rows()
        .iter()
        .filter_map(|capacity| match capacity.bottleneck {
            Bottleneck::Link(link) => Some(Place::Link(link)),
            _ => None,
        })
        .collect();
    links.sort_unstable();
    links.dedup();
    nodes.chain(links).collect()
}
