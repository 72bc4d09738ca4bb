//! Transport links as an undirected graph, and the cost of goods on them.

use crate::model::{Index, LinkIndex, NodeIndex};

/// A transport link as a search for routes sees it. It is usable both ways.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GraphLink<'a> {
    /// Unique among the links; it decides between paths of equal cost.
    pub id: &'a str,
    /// Two different nodes.
    pub ends: [NodeIndex; 2],
    /// US dollars per tonne, zero or more.
    pub freight: f64,
    /// Days on the way, zero or more.
    pub days: f64,
}

/// The numbers of a commodity that decide its transport cost and its split over routes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TransportedGood {
    /// US dollars per tonne.
    pub reference_price: f64,
    /// Elasticity of the choice between routes.
    pub route_choice: f64,
    /// Cost of holding goods, share of value per year.
    pub holding_rate: f64,
}

impl TransportedGood {
    /// How strongly a dollar per tonne moves the choice between routes: theta of docs/model.md.
    pub fn theta(&self) -> f64 {
        self.route_choice / self.reference_price
    }

    /// Cost of holding a tonne for a day, US dollars.
    pub fn holding_per_day(&self) -> f64 {
        self.holding_rate / 365.0 * self.reference_price
    }
}

/// Cost of a link at baseline, US dollars per tonne: freight, and the holding of goods on the way (docs/model.md; every
/// mode's cost index is one there).
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

/// The links between nodes, found by the nodes they touch.
#[derive(Clone, Debug)]
pub struct RouteGraph<'a> {
    links: Vec<GraphLink<'a>>,
    /// The links that touch each node, by node.
    touching: Vec<Vec<LinkIndex>>,
}

impl<'a> RouteGraph<'a> {
    /// The graph of `nodes` nodes and these links, which are numbered in their order.
    pub fn new(nodes: usize, links: Vec<GraphLink<'a>>) -> Self {
        let mut touching = vec![Vec::new(); nodes];
        for (row, link) in links.iter().enumerate() {
            for end in link.ends {
                touching[end.row()].push(LinkIndex::new(row));
            }
        }
        Self { links, touching }
    }

    /// All links, in order.
    pub fn links(&self) -> &[GraphLink<'a>] {
        &self.links
    }

    /// One link.
    pub fn link(&self, link: LinkIndex) -> &GraphLink<'a> {
        &self.links[link.row()]
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
        };
        assert_eq!([coal.theta(), coal.holding_per_day()], [0.2, 0.1]);
        assert_eq!(transport_cost(7.0, 30.0, &coal), 10.0);
    }
}
