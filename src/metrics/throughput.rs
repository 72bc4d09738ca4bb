//! Throughput of ports, borders and terminals, and of the links that a capacity limits.

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
                // Ids are unique among nodes and among links, but tables list both in one column.
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
                groups.add((place, Goods::AllDollars), number, facts.price.get());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{model, routes_in};

    #[test]
    fn a_port_sees_the_routes_whose_goods_touch_it() {
        let plan = model("").plan;
        let mut shared = SharedSums::default();
        let throughput = throughput_sums(&plan, &mut shared);
        let sums = shared.finish();
        let routes = |id: &str, goods| {
            let is_meant = |key: &(ThroughputPlace, Goods)| key.0.name(plan.world()) == id && key.1 == goods;
            let found = throughput.iter().find(|(key, _)| is_meant(key));
            found.map_or(Vec::new(), |(_, sum)| routes_in(&plan, &sums, sum.place))
        };
        let of_harbour = ["grain-row", "grain-sea", "ore-reexport", "timber-new"];
        assert_eq!(routes("harbour", Goods::AllTonnes), of_harbour);
        assert_eq!(routes("quay", Goods::AllTonnes), ["ore-quay"]);
        assert_eq!(routes("bazaar", Goods::AllTonnes), [""; 0], "markets are not reported");
    }

    #[test]
    fn a_route_that_passes_a_link_twice_counts_once() {
        let plan = model("").plan;
        let world = plan.world();
        let west = world.links.position(|link| link.id == "west").unwrap();
        let twice = &world.routes.rows()[crate::metrics::testing::route(&plan, "ore-reexport")];
        assert_eq!(twice.links.iter().filter(|link| **link == west).count(), 2);
        assert!(ThroughputPlace::Link(west).is_passed(world, twice));
        let mut sums = KeyedSums::default();
        sums.add(ThroughputPlace::Link(west), 0, 1.0);
        let mut shared = SharedSums::default();
        assert_eq!(sums.finish(&mut shared)[0].1.factor, 1.0);
    }
}
