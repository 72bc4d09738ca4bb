//! Transport links as an undirected graph, and the cost of goods on them.

use crate::model::{Index, JurisdictionIndex, Link, LinkIndex, Mode, Node, NodeIndex, NodeKind, Transfer, World};

/// A node as a search for routes sees it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GraphNode {
    pub jurisdiction: JurisdictionIndex,
    pub kind: NodeKind,
}

/// A transport link as a search for routes sees it. It is usable both ways.
#[derive(Clone, PartialEq, Debug)]
pub struct GraphLink<'a> {
    /// Unique among the links; it decides between paths of equal cost.
    pub id: &'a str,
    /// Two different nodes.
    pub ends: [NodeIndex; 2],
    pub mode: Mode,
    pub kilometres: f64,
    /// The cargo classes that may use it; without any, all goods.
    pub cargo: Vec<String>,
    /// US dollars per tonne, zero or more.
    pub freight: f64,
    /// Days on the way, zero or more.
    pub days: f64,
}

/// A transfer between modes, or ships, as a search for routes sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct GraphTransfer {
    pub node: NodeIndex,
    /// The cargo classes that it is for; without any, all goods.
    pub cargo: Vec<String>,
    /// US dollars per tonne, zero or more.
    pub usd_per_t: f64,
    /// Days that it takes, zero or more.
    pub days: f64,
}

/// The numbers of a commodity that decide its ways, their cost and its split over them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TransportedGood<'a> {
    /// US dollars per tonne.
    pub reference_price: f64,
    /// Elasticity of the choice between routes.
    pub route_choice: f64,
    /// Cost of holding goods, share of value per year.
    pub holding_rate: f64,
    /// Its cargo class.
    pub cargo: Option<&'a str>,
}

impl TransportedGood<'_> {
    /// How strongly a dollar per tonne moves the choice between routes: theta of docs/model.md.
    pub fn theta(&self) -> f64 {
        self.route_choice / self.reference_price
    }

    /// Cost of holding a tonne for a day, US dollars.
    pub fn holding_per_day(&self) -> f64 {
        self.holding_rate / 365.0 * self.reference_price
    }
}

/// The largest net gain of a route, times theta. The weight of the route is the exponential of that. Doubles end at
/// e^709, and other factors need room.
pub const LARGEST_GAIN: f64 = 500.0;

/// Cost of a link or transfer at baseline, US dollars per tonne: what is charged, and the holding of goods on the way
/// (docs/model.md; every mode's cost index is one there).
pub fn transport_cost(freight: f64, days: f64, good: &TransportedGood) -> f64 {
    freight + days * good.holding_per_day()
}

/// The end of a link opposite `node`; none if `node` is no end of it.
pub fn other_end(ends: [NodeIndex; 2], node: NodeIndex) -> Option<NodeIndex> {
    let [one, other] = ends;
    match node {
        node if node == one => Some(other),
        node if node == other => Some(one),
        _ => None,
    }
}

/// The first link of a list that does not touch the node reached so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokenWalk {
    /// The position of the link in the list.
    pub position: usize,
    /// The node that it should touch.
    pub at: NodeIndex,
}

/// The nodes that a list of links visits from `start`, both ends included, so one more than links.
///
/// # Errors
/// When a link does not join up with those before it.
pub fn walk(start: NodeIndex, links: &[[NodeIndex; 2]]) -> Result<Vec<NodeIndex>, BrokenWalk> {
    let mut nodes = vec![start];
    let mut at = start;
    for (position, &ends) in links.iter().enumerate() {
        at = other_end(ends, at).ok_or(BrokenWalk { position, at })?;
        nodes.push(at);
    }
    Ok(nodes)
}

/// The place that goods pass twice, the first of them; none where they pass each place once.
///
/// `is_of_papers` tells the places of the intermediary behind a re-export. The goods are cleared there and travel again:
/// the ways to and from such a place are judged apart. For other routes it holds nowhere.
pub fn place_passed_twice(nodes: &[NodeIndex], is_of_papers: impl Fn(NodeIndex) -> bool) -> Option<NodeIndex> {
    // The first visit that is no longer the first of its place, from the start and from the end.
    let again = (0..nodes.len()).find(|&at| nodes[..at].contains(&nodes[at]))?;
    let back = (0..nodes.len())
        .rev()
        .find(|&at| nodes[at + 1..].contains(&nodes[at]))?;
    let is_cleared_between = nodes[..again].iter().skip(back + 1).any(|&node| is_of_papers(node));
    (!is_cleared_between).then_some(nodes[again])
}

/// The links between nodes, found by the nodes they touch.
#[derive(Clone, Debug)]
pub struct RouteGraph<'a> {
    nodes: Vec<GraphNode>,
    links: Vec<GraphLink<'a>>,
    transfers: Vec<GraphTransfer>,
    /// The links that touch each node, by node.
    touching: Vec<Vec<LinkIndex>>,
}

impl<'a> RouteGraph<'a> {
    /// The graph of these nodes, links and transfers, which are numbered in their order.
    pub fn new(nodes: Vec<GraphNode>, links: Vec<GraphLink<'a>>, transfers: Vec<GraphTransfer>) -> Self {
        let mut touching = vec![Vec::new(); nodes.len()];
        for (row, link) in links.iter().enumerate() {
            for end in link.ends {
                touching[end.row()].push(LinkIndex::new(row));
            }
        }
        Self {
            nodes,
            links,
            transfers,
            touching,
        }
    }

    /// The graph of a world, at its central values.
    pub fn of_world(world: &'a World) -> Self {
        let values = world.numbers.values();
        let node = |node: &Node| GraphNode {
            jurisdiction: node.jurisdiction,
            kind: node.kind,
        };
        let link = |link: &'a Link| GraphLink {
            id: &link.id,
            ends: link.ends,
            mode: link.mode,
            kilometres: link.distance.get(),
            cargo: link.cargo.clone(),
            freight: link.freight.of(&values),
            days: link.days.of(&values),
        };
        let transfer = |transfer: &Transfer| GraphTransfer {
            node: transfer.node,
            cargo: transfer.cargo.clone(),
            usd_per_t: transfer.cost.of(&values),
            days: transfer.days.of(&values),
        };
        Self::new(
            world.nodes.rows().iter().map(node).collect(),
            world.links.rows().iter().map(link).collect(),
            world.transfers.rows().iter().map(transfer).collect(),
        )
    }

    /// All nodes, in order.
    pub fn nodes(&self) -> &[GraphNode] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, node: NodeIndex) -> GraphNode {
        self.nodes[node.row()]
    }

    /// All links, in order.
    pub fn links(&self) -> &[GraphLink<'a>] {
        &self.links
    }

    /// One link.
    pub fn link(&self, link: LinkIndex) -> &GraphLink<'a> {
        &self.links[link.row()]
    }

    /// All transfers, in order.
    pub fn transfers(&self) -> &[GraphTransfer] {
        &self.transfers
    }

    /// The links that touch a node.
    pub fn touching(&self, node: NodeIndex) -> &[LinkIndex] {
        &self.touching[node.row()]
    }
}

/// A cost in whole millionths of a dollar. Costs are compared in this form, so that the order in which links are added
/// up does not matter.
pub(super) fn micro_dollars(cost: f64) -> i64 {
    const MOST: f64 = 1e15;
    (cost * 1e6).round().clamp(-MOST, MOST) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(row: usize) -> NodeIndex {
        NodeIndex::new(row)
    }

    #[test]
    fn a_link_is_usable_both_ways() {
        let ends = [node(3), node(5)];
        assert_eq!(other_end(ends, node(3)), Some(node(5)));
        assert_eq!(other_end(ends, node(5)), Some(node(3)));
        assert_eq!(other_end(ends, node(4)), None);
    }

    #[test]
    fn a_walk_visits_one_node_more_than_links_and_may_turn_back() {
        let there = [node(0), node(1)];
        assert_eq!(
            walk(node(0), &[there, there, there]),
            Ok(vec![node(0), node(1), node(0), node(1)])
        );
        assert_eq!(walk(node(7), &[]), Ok(vec![node(7)]));
    }

    #[test]
    fn a_walk_breaks_at_the_link_that_does_not_touch_the_node_reached() {
        let (near, far) = ([node(0), node(1)], [node(2), node(1)]);
        // The first link again: it touches the start, but not the node where the walk stands.
        assert_eq!(
            walk(node(0), &[near, far, near]),
            Err(BrokenWalk {
                position: 2,
                at: node(2)
            })
        );
    }

    #[test]
    fn goods_pay_freight_and_the_holding_of_their_value() {
        let coal = TransportedGood {
            reference_price: 100.0,
            route_choice: 20.0,
            holding_rate: 0.365,
            cargo: None,
        };
        assert_eq!([coal.theta(), coal.holding_per_day()], [0.2, 0.1]);
        assert_eq!(transport_cost(7.0, 30.0, &coal), 10.0);
    }

    #[test]
    fn a_place_passed_twice_is_told_unless_goods_were_cleared_in_between() {
        let twice = |rows: &[usize], papers: &[usize]| {
            let nodes: Vec<NodeIndex> = rows.iter().copied().map(node).collect();
            place_passed_twice(&nodes, |at| papers.contains(&at.row()))
        };
        assert_eq!(twice(&[0, 1, 2], &[]), None);
        assert_eq!(twice(&[0, 1, 2, 1, 3], &[]), Some(node(1)));
        assert_eq!(twice(&[0, 1, 2, 1, 3], &[2]), None);
        assert_eq!(twice(&[0, 1, 2, 1, 3], &[3]), Some(node(1)), "cleared too late");
        assert_eq!(twice(&[0, 1, 2, 4, 2, 1, 3], &[2, 4]), None, "in by 2, cleared at 4");
        assert_eq!(twice(&[0, 1, 0, 2, 0], &[2]), Some(node(0)), "the way to 2 turns back");
        assert_eq!(twice(&[0, 0], &[0]), Some(node(0)));
    }
}
