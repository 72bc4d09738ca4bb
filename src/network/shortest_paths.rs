//! The k cheapest paths of a good over a list of stops.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use pathfinding::directed::yen::yen;

use super::graph::{RouteGraph, TransportedGood, micro_dollars, transport_cost};
use crate::model::{Index, LinkIndex, NodeIndex};

/// Links that join up, in the order of travel.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkPath {
    pub links: Vec<LinkIndex>,
    /// The nodes visited, both ends included, so one more than links.
    pub nodes: Vec<NodeIndex>,
    /// Freight and holding cost, US dollars per tonne.
    pub cost: f64,
}

impl LinkPath {
    /// Cheaper paths first, then by the ids of their links.
    pub fn compare(&self, other: &Self, graph: &RouteGraph) -> Ordering {
        let ids = |path: &Self| -> Vec<&str> { path.links.iter().map(|&link| graph.link(link).id).collect() };
        let by_cost = micro_dollars(self.cost).cmp(&micro_dollars(other.cost));
        by_cost.then_with(|| ids(self).cmp(&ids(other)))
    }

    /// This path and then `next`, which starts where this one ends.
    fn then(&self, next: &Self) -> Self {
        Self {
            links: self.links.iter().chain(&next.links).copied().collect(),
            nodes: self.nodes.iter().chain(&next.nodes[1..]).copied().collect(),
            cost: self.cost + next.cost,
        }
    }
}

/// Searches a graph for the paths of one good, and remembers the legs found.
pub struct PathSearch<'g> {
    graph: &'g RouteGraph<'g>,
    /// US dollars per tonne, by link.
    costs: Vec<f64>,
    /// The weights that a search adds up, by link: see [`weight`].
    weights: Vec<u128>,
    legs: BTreeMap<Leg, Vec<LinkPath>>,
}

/// A stretch between two stops, and how many paths of it are wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Leg {
    from: NodeIndex,
    to: NodeIndex,
    count: usize,
}

/// A vertex of the graph that is searched. Links are vertices too, because two nodes may have several links between
/// them, and links identify a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Vertex {
    Node(NodeIndex),
    Link(LinkIndex),
}

impl<'g> PathSearch<'g> {
    /// A search for paths of a good.
    pub fn new(graph: &'g RouteGraph<'g>, good: &TransportedGood) -> Self {
        let links = graph.links().iter();
        let costs: Vec<f64> = links
            .map(|link| transport_cost(link.freight, link.days, good))
            .collect();
        let links = graph.links().iter().zip(&costs);
        Self {
            graph,
            weights: links.map(|(link, &cost)| weight(link.id, cost)).collect(),
            costs,
            legs: BTreeMap::new(),
        }
    }

    /// The `count` cheapest paths through `stops`, each without a loop between two stops; cheapest first, then by the ids
    /// of the links. Fewer if there are fewer; none if some stop cannot be reached from the one before it.
    ///
    /// A path may pass a node twice on different legs: a stop at the end of a single link, for example, is reached and
    /// left by that link.
    pub fn cheapest(&mut self, stops: &[NodeIndex], count: usize) -> Vec<LinkPath> {
        let mut paths: Vec<LinkPath> = stops
            .first()
            .map(|&start| LinkPath {
                links: Vec::new(),
                nodes: vec![start],
                cost: 0.0,
            })
            .into_iter()
            .collect();
        for ends in stops.windows(2) {
            let onward = self.leg(Leg {
                from: ends[0],
                to: ends[1],
                count,
            });
            let mut longer: Vec<LinkPath> = paths
                .iter()
                .flat_map(|path| onward.iter().map(|next| path.then(next)))
                .collect();
            longer.sort_by(|one, other| one.compare(other, self.graph));
            // A path whose beginning is not among the `count` cheapest beginnings is not among the `count` cheapest
            // paths either: each of those beginnings, with the same end, is cheaper.
            longer.truncate(count);
            paths = longer;
        }
        paths
    }

    /// The cheapest paths of a leg, searched once.
    fn leg(&mut self, leg: Leg) -> Vec<LinkPath> {
        if let Some(known) = self.legs.get(&leg) {
            return known.clone();
        }
        let found = self.search(leg);
        self.legs.insert(leg, found.clone());
        found
    }

    /// Yen's algorithm (1971).
    fn search(&self, leg: Leg) -> Vec<LinkPath> {
        let end = Vertex::Node(leg.to);
        let found = yen(
            &Vertex::Node(leg.from),
            |vertex| self.successors(*vertex),
            |vertex| *vertex == end,
            leg.count,
        );
        found.into_iter().map(|(vertices, _)| self.path(&vertices)).collect()
    }

    /// The neighbours of a node are the links that touch it, at the weight of the link; those of a link are both its
    /// ends, at no cost. A loopless path does not visit the end where it entered a link again.
    fn successors(&self, vertex: Vertex) -> Vec<(Vertex, u128)> {
        match vertex {
            Vertex::Node(node) => {
                let links = self.graph.touching(node).iter();
                links
                    .map(|&link| (Vertex::Link(link), self.weights[link.row()]))
                    .collect()
            }
            Vertex::Link(link) => self.graph.link(link).ends.map(|end| (Vertex::Node(end), 0)).to_vec(),
        }
    }

    fn path(&self, vertices: &[Vertex]) -> LinkPath {
        let (mut links, mut nodes) = (Vec::new(), Vec::new());
        for vertex in vertices {
            match *vertex {
                Vertex::Node(node) => nodes.push(node),
                Vertex::Link(link) => links.push(link),
            }
        }
        let cost = links.iter().map(|link| self.costs[link.row()]).sum();
        LinkPath { links, nodes, cost }
    }
}

/// The weight of a link in a search: dollars first, then the number of links, then a sum of fingerprints of their ids.
/// So the order of paths of equal cost does not depend on the order of the rows.
fn weight(id: &str, cost: f64) -> u128 {
    let dollars = micro_dollars(cost).unsigned_abs();
    u128::from(dollars) << 64 | 1 << 48 | fingerprint(id)
}

/// 32 bits of an id, so that the sum over 65,536 links fits into 48.
fn fingerprint(id: &str) -> u128 {
    let hash = blake3::hash(id.as_bytes());
    let bytes = hash.as_bytes().iter().take(4);
    bytes.fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::super::GraphLink;
    use super::*;

    /// A good that pays a dollar a day besides freight.
    const GOOD: TransportedGood = TransportedGood {
        reference_price: 365.0,
        route_choice: 1.0,
        holding_rate: 1.0,
    };

    fn node(row: usize) -> NodeIndex {
        NodeIndex::new(row)
    }

    fn link(id: &str, ends: [usize; 2], freight: f64, days: f64) -> GraphLink<'_> {
        GraphLink {
            id,
            ends: ends.map(node),
            freight,
            days,
        }
    }

    /// From 0 to 3: two ways round by 1 and 2, a bridge between these, and a slow ship straight on.
    fn diamond() -> RouteGraph<'static> {
        let links = vec![
            link("north-a", [0, 1], 1.0, 0.0),
            link("north-b", [1, 3], 1.0, 0.0),
            link("south-a", [0, 2], 2.0, 0.0),
            link("south-b", [3, 2], 2.0, 0.0),
            link("bridge", [1, 2], 0.5, 0.0),
            link("ship", [0, 3], 1.0, 9.0),
        ];
        RouteGraph::new(4, links)
    }

    /// The ids of the links, and the cost of each path.
    fn named(graph: &RouteGraph, paths: &[LinkPath]) -> Vec<(String, f64)> {
        let ids = |path: &LinkPath| -> Vec<&str> { path.links.iter().map(|&link| graph.link(link).id).collect() };
        paths.iter().map(|path| (ids(path).join(" "), path.cost)).collect()
    }

    fn cheapest(graph: &RouteGraph, stops: &[usize], count: usize) -> Vec<(String, f64)> {
        let stops: Vec<NodeIndex> = stops.iter().copied().map(node).collect();
        let paths = PathSearch::new(graph, &GOOD).cheapest(&stops, count);
        for path in &paths {
            let ends: Vec<_> = path.links.iter().map(|&link| graph.link(link).ends).collect();
            assert_eq!(super::super::walk(stops[0], &ends), Ok(path.nodes.clone()));
        }
        named(graph, &paths)
    }

    fn expected(paths: &[(&str, f64)]) -> Vec<(String, f64)> {
        paths.iter().map(|&(links, cost)| (links.to_owned(), cost)).collect()
    }

    #[test]
    fn the_cheapest_paths_come_in_the_order_of_their_costs() {
        let all = expected(&[
            ("north-a north-b", 2.0),
            ("north-a bridge south-b", 3.5),
            ("south-a bridge north-b", 3.5),
            ("south-a south-b", 4.0),
            ("ship", 10.0),
        ]);
        assert_eq!(cheapest(&diamond(), &[0, 3], 9), all, "all there are");
        for count in 1..=5 {
            assert_eq!(cheapest(&diamond(), &[0, 3], count), all[..count]);
        }
    }

    #[test]
    fn time_on_the_way_costs_what_the_good_is_worth() {
        let ship = cheapest(&diamond(), &[0, 3], 5).pop().unwrap();
        assert_eq!(ship, ("ship".to_owned(), 1.0 + 9.0));
    }

    #[test]
    fn links_are_travelled_both_ways() {
        assert_eq!(cheapest(&diamond(), &[3, 0], 1), expected(&[("north-b north-a", 2.0)]));
    }

    #[test]
    fn parallel_links_are_paths_of_their_own() {
        let links = vec![link("rail", [0, 1], 2.0, 0.0), link("road", [1, 0], 1.0, 0.0)];
        assert_eq!(
            cheapest(&RouteGraph::new(2, links), &[0, 1], 9),
            expected(&[("road", 1.0), ("rail", 2.0)])
        );
    }

    #[test]
    fn paths_of_one_cost_are_told_apart_by_ids_and_not_by_rows() {
        let mut links = ["b", "a", "c"].map(|id| link(id, [0, 1], 1.0, 0.0));
        let ids = |links: &[GraphLink<'static>], count| -> Vec<String> {
            let paths = cheapest(&RouteGraph::new(2, links.to_vec()), &[0, 1], count);
            paths.into_iter().map(|(links, _)| links).collect()
        };
        // Fingerprints of ids decide which of them a search for fewer finds.
        let [one, two] = [1, 2].map(|count| ids(&links, count));
        for _ in 0..3 {
            links.rotate_left(1);
            assert_eq!(ids(&links, 3), ["a", "b", "c"]);
            assert_eq!([ids(&links, 1), ids(&links, 2)], [one.clone(), two.clone()]);
        }
    }

    #[test]
    fn every_path_passes_the_waypoints_and_may_turn_back_there() {
        assert_eq!(
            cheapest(&diamond(), &[0, 2, 3], 3),
            expected(&[
                ("north-a bridge bridge north-b", 3.0),
                ("north-a bridge south-b", 3.5),
                ("south-a bridge north-b", 3.5),
            ])
        );
    }

    #[test]
    fn the_cheapest_wholes_are_kept_of_all_ways_to_join_legs() {
        // Two ways on each of two legs: 1 or 4, then 1 or 2.
        let links = vec![
            link("a", [0, 1], 1.0, 0.0),
            link("b", [0, 1], 4.0, 0.0),
            link("c", [1, 2], 1.0, 0.0),
            link("d", [1, 2], 2.0, 0.0),
        ];
        let graph = RouteGraph::new(3, links);
        let all = expected(&[("a c", 2.0), ("a d", 3.0), ("b c", 5.0), ("b d", 6.0)]);
        assert_eq!(cheapest(&graph, &[0, 1, 2], 4), all);
        assert_eq!(
            cheapest(&graph, &[0, 1, 2], 2),
            all[..2],
            "the second way of the first leg is too dear"
        );
    }

    #[test]
    fn there_is_no_path_where_links_do_not_join() {
        let graph = RouteGraph::new(3, vec![link("a", [0, 1], 1.0, 0.0)]);
        assert_eq!(cheapest(&graph, &[0, 2], 3), []);
        assert_eq!(cheapest(&graph, &[0, 1, 2], 3), [], "not even a part of one");
    }

    #[test]
    fn a_leg_is_searched_once_for_each_number_of_paths() {
        let graph = diamond();
        let mut search = PathSearch::new(&graph, &GOOD);
        let first = search.cheapest(&[node(0), node(3)], 2);
        assert_eq!(search.cheapest(&[node(0), node(3)], 2), first);
        assert_eq!(search.legs.len(), 1);
        assert_eq!(search.cheapest(&[node(0), node(3)], 3).len(), 3);
        assert_eq!(search.legs.len(), 2);
    }
}
