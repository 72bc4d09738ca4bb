use super::super::{GraphLink, GraphNode, GraphTransfer};
use super::*;
use crate::model::NodeKind;

/// A good that pays a dollar a day besides freight.
const GOOD: TransportedGood<'_> = TransportedGood {
    reference_price: 365.0,
    route_choice: 1.0,
    holding_rate: 1.0,
    cargo: None,
};

fn node(row: usize) -> NodeIndex {
    NodeIndex::new(row)
}

fn link(id: &str, ends: [usize; 2], freight: f64, days: f64) -> GraphLink<'_> {
    GraphLink {
        id,
        ends: ends.map(node),
        mode: Mode::Road,
        kilometres: 1.0,
        cargo: Vec::new(),
        freight,
        days,
    }
}

/// So many ports, each in a jurisdiction of its own.
fn graph(nodes: usize, links: Vec<GraphLink<'_>>) -> RouteGraph<'_> {
    let port = |row| GraphNode {
        jurisdiction: JurisdictionIndex::new(row),
        kind: NodeKind::Port,
    };
    RouteGraph::new((0..nodes).map(port).collect(), links, Vec::new())
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
    graph(4, links)
}

/// The ids of the links, and the cost of each path.
fn named(graph: &RouteGraph, paths: &[LinkPath]) -> Vec<(String, f64)> {
    let ids = |path: &LinkPath| -> Vec<&str> { path.links.iter().map(|&link| graph.link(link).id).collect() };
    paths.iter().map(|path| (ids(path).join(" "), path.cost)).collect()
}

fn cheapest(graph: &RouteGraph, stops: &[usize], count: usize) -> Vec<(String, f64)> {
    let stops: Vec<NodeIndex> = stops.iter().copied().map(node).collect();
    let paths = PathSearch::new(graph, &GOOD, None).cheapest(&stops, count, None);
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
        cheapest(&graph(2, links), &[0, 1], 9),
        expected(&[("road", 1.0), ("rail", 2.0)])
    );
}

#[test]
fn paths_of_one_cost_are_told_apart_by_ids_and_not_by_rows() {
    let mut links = ["b", "a", "c"].map(|id| link(id, [0, 1], 1.0, 0.0));
    let ids = |links: &[GraphLink<'static>], count| -> Vec<String> {
        let paths = cheapest(&graph(2, links.to_vec()), &[0, 1], count);
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
        expected(&[("north-a bridge bridge north-b", 3.0)]),
        "a fault, so others are not looked for"
    );
    let mut links = diamond().links().to_vec();
    links[4].freight = 5.0;
    assert_eq!(
        cheapest(&graph(4, links), &[0, 2, 3], 9),
        expected(&[
            ("south-a south-b", 4.0),
            ("north-a bridge south-b", 8.0),
            ("south-a bridge north-b", 8.0),
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
    let graph = graph(3, links);
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
    let graph = graph(3, vec![link("a", [0, 1], 1.0, 0.0)]);
    assert_eq!(cheapest(&graph, &[0, 2], 3), []);
    assert_eq!(cheapest(&graph, &[0, 1, 2], 3), [], "not even a part of one");
}

#[test]
fn paths_are_searched_once_for_each_number_of_them() {
    let graph = diamond();
    let mut search = PathSearch::new(&graph, &GOOD, None);
    let first = search.cheapest(&[node(0), node(3)], 2, None);
    assert_eq!(search.cheapest(&[node(0), node(3)], 2, None), first);
    assert_eq!(search.found.len(), 1);
    assert_eq!(search.cheapest(&[node(0), node(3)], 3, None).len(), 3);
    assert_eq!((search.found.len(), search.ways.len()), (2, 1));
}

#[test]
fn a_good_keeps_to_links_open_to_it_and_to_the_jurisdictions_it_may_pass() {
    let mut links = diamond().links().to_vec();
    links[1].cargo = vec!["bulk".to_owned()];
    let graph = graph(4, links);
    let found = |cargo, inside: Option<&[usize]>| {
        let inside: Option<Vec<_>> = inside.map(|rows| rows.iter().copied().map(JurisdictionIndex::new).collect());
        let good = TransportedGood { cargo, ..GOOD };
        let paths = PathSearch::new(&graph, &good, inside.as_deref()).cheapest(&[node(0), node(3)], 1, None);
        named(&graph, &paths)
    };
    assert_eq!(found(Some("bulk"), None), expected(&[("north-a north-b", 2.0)]));
    assert_eq!(
        found(Some("container"), None),
        expected(&[("north-a bridge south-b", 3.5)])
    );
    assert_eq!(found(None, Some(&[0, 2, 3])), expected(&[("south-a south-b", 4.0)]));
    assert_eq!(found(None, Some(&[0, 1, 2])), [], "not even its end");
}

/// From 0 by road to 1, on by road, rail or sea to 2, and by sea to 3. Node 1 costs 3 to transfer, node 2 costs 5.
fn ports(kind: NodeKind) -> RouteGraph<'static> {
    let of = |id, ends, freight, mode| GraphLink {
        mode,
        ..link(id, ends, freight, 0.0)
    };
    let links = vec![
        of("start", [0, 1], 1.0, Mode::Road),
        of("road", [1, 2], 9.0, Mode::Road),
        of("rail", [1, 2], 7.0, Mode::Rail),
        of("sea", [1, 2], 5.5, Mode::Sea),
        of("ship", [2, 3], 1.0, Mode::Sea),
    ];
    let at = |row, usd_per_t, days| GraphTransfer {
        node: node(row),
        cargo: Vec::new(),
        usd_per_t,
        days,
    };
    let mut nodes = graph(4, Vec::new()).nodes().to_vec();
    nodes[2].kind = kind;
    RouteGraph::new(
        nodes,
        links,
        vec![at(1, 2.0, 1.0), at(2, 5.0, 0.0), at(0, 50.0, 0.0), at(3, 50.0, 0.0)],
    )
}

#[test]
fn a_change_of_mode_or_ship_costs_its_transfer_but_the_ends_do_not() {
    let by_port = [
        ("start sea ship", 1.0 + 3.0 + 5.5 + 5.0 + 1.0),
        ("start road ship", 1.0 + 9.0 + 5.0 + 1.0),
        ("start rail ship", 1.0 + 3.0 + 7.0 + 5.0 + 1.0),
    ];
    assert_eq!(cheapest(&ports(NodeKind::Port), &[0, 3], 9), expected(&by_port));
    let [sea, road, rail] = by_port;
    let by_strait = [(sea.0, sea.1 - 5.0), road, rail];
    assert_eq!(cheapest(&ports(NodeKind::Junction), &[0, 3], 9), expected(&by_strait));
}

#[test]
fn the_mode_of_arrival_is_known_beyond_a_stop() {
    // Whether the road or the ship is the cheapest way to node 2 depends on how the goods go on.
    let strait = ports(NodeKind::Junction);
    assert_eq!(cheapest(&strait, &[1, 2], 1), expected(&[("sea", 5.5)]));
    assert_eq!(cheapest(&strait, &[0, 2], 1), expected(&[("start sea", 9.5)]));
    assert_eq!(cheapest(&strait, &[0, 2, 3], 1), expected(&[("start sea ship", 10.5)]));
    let mut dear = ports(NodeKind::Port);
    dear = RouteGraph::new(dear.nodes().to_vec(), dear.links().to_vec(), {
        let mut transfers = dear.transfers().to_vec();
        transfers[0].usd_per_t = 4.0;
        transfers
    });
    assert_eq!(cheapest(&dear, &[0, 2, 3], 1), expected(&[("start road ship", 16.0)]));
}

#[test]
fn no_way_round_saves_a_transfer_by_passing_a_place_twice() {
    // At node 1 a change from road to rail costs 100. By road to 2 and back by rail it would cost nothing.
    let of = |id, ends, mode| GraphLink {
        mode,
        ..link(id, ends, 1.0, 0.0)
    };
    let links = vec![
        of("in", [0, 1], Mode::Road),
        of("aside", [1, 2], Mode::Road),
        of("back", [2, 1], Mode::Rail),
        of("out", [1, 3], Mode::Rail),
    ];
    let transfer = GraphTransfer {
        node: node(1),
        cargo: Vec::new(),
        usd_per_t: 100.0,
        days: 0.0,
    };
    let graph = RouteGraph::new(graph(4, Vec::new()).nodes().to_vec(), links, vec![transfer]);
    assert_eq!(cheapest(&graph, &[0, 3], 5), expected(&[("in out", 102.0)]));
}

#[test]
fn only_the_cheapest_path_over_a_waypoint_may_turn_back_unless_goods_are_cleared_there() {
    let stub = || {
        graph(
            3,
            vec![
                link("a", [0, 1], 1.0, 0.0),
                link("b", [1, 2], 1.0, 0.0),
                link("c", [1, 2], 2.0, 0.0),
            ],
        )
    };
    let graph = stub();
    let stops = [0, 2, 1].map(node);
    let found = |papers: Option<usize>| {
        let mut search = PathSearch::new(&graph, &GOOD, None);
        let paths = search.cheapest(&stops, 3, papers.map(JurisdictionIndex::new));
        named(&graph, &paths)
    };
    assert_eq!(found(None), expected(&[("a b b", 3.0)]));
    assert_eq!(found(Some(0)), expected(&[("a b b", 3.0)]));
    assert_eq!(
        found(Some(2)),
        expected(&[("a b b", 3.0), ("a b c", 4.0), ("a c b", 4.0)])
    );
}
