//! What passes ports, borders and terminals, and the links that a capacity limits.

use std::collections::BTreeMap;

use super::groups::Groups;
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

/// Routes grouped by place and good, and these groups by place; a route that passes a place twice counts once, as it
/// does against a capacity.
#[derive(Debug)]
pub struct Throughput {
    /// Place and good of each cell.
    pub of_goods: Vec<(Place, usize)>,
    /// Place of each pair of cells over all goods: tonnes, then dollars.
    pub of_all: Vec<Place>,
    goods: Groups,
    all: Groups,
}

impl Throughput {
    /// Finds the places of a plan that some route passes.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let mut by_good: BTreeMap<(Place, usize), Vec<(usize, f64)>> = BTreeMap::new();
        for place in places(world) {
            for (number, route) in world.routes.rows().iter().enumerate() {
                if place.is_passed(world, route) {
                    let key = (place, plan.routes[number].commodity);
                    by_good.entry(key).or_default().push((number, 1.0));
                }
            }
        }
        let (of_goods, lists): (Vec<(Place, usize)>, Vec<_>) = by_good.into_iter().unzip();
        let mut by_place: BTreeMap<Place, [Vec<(usize, f64)>; 2]> = BTreeMap::new();
        for (cell, &(place, good)) in of_goods.iter().enumerate() {
            let [tonnes, dollars] = by_place.entry(place).or_default();
            tonnes.push((cell, 1.0));
            dollars.push((cell, world.commodities.rows()[good].price));
        }
        let (of_all, totals): (Vec<Place>, Vec<_>) = by_place.into_iter().unzip();
        Self {
            of_goods,
            of_all,
            goods: Groups::new(lists),
            all: Groups::new(totals.into_iter().flatten()),
        }
    }

    /// How many cells a month has.
    pub fn len(&self) -> usize {
        self.goods.len() + self.all.len()
    }

    /// Writes the cells of a month: tonnes by place and good, then the totals.
    pub fn write(&self, flows: &[f64], cells: &mut [f64]) {
        let (goods, all) = cells.split_at_mut(self.goods.len());
        self.goods.sum_into(flows, goods);
        self.all.sum_into(goods, all);
    }
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
