//! The shortest ways in kilometres, against which the detour of a route is measured.

use std::collections::BTreeMap;

use super::graph::{RouteGraph, other_end};
use crate::model::{Index, Mode, NodeIndex, is_open_to};

/// Shortest ways over the links of a graph, remembered by cargo class and start. Goods do not travel over links of paper.
pub struct ShortestWays<'g> {
    graph: &'g RouteGraph<'g>,
    /// Kilometres by node; infinite where no way leads.
    known: BTreeMap<(Option<String>, NodeIndex), Vec<f64>>,
}

impl<'g> ShortestWays<'g> {
    /// No way known yet.
    pub fn new(graph: &'g RouteGraph<'g>) -> Self {
        Self {
            graph,
            known: BTreeMap::new(),
        }
    }

    /// Kilometres of the shortest way over links open to a cargo class; none where no way leads.
    pub fn between(&mut self, from: NodeIndex, to: NodeIndex, cargo: Option<&str>) -> Option<f64> {
        let key = (cargo.map(str::to_owned), from);
        let graph = self.graph;
        let ways = self.known.entry(key).or_insert_with(|| ways_from(graph, from, cargo));
        Some(ways[to.row()]).filter(|length| length.is_finite())
    }
}

/// Dijkstra's algorithm, which looks for the next nearest node among all: worlds are small.
fn ways_from(graph: &RouteGraph, from: NodeIndex, cargo: Option<&str>) -> Vec<f64> {
    let mut lengths = vec![f64::INFINITY; graph.nodes().len()];
    let mut is_done = vec![false; lengths.len()];
    lengths[from.row()] = 0.0;
    loop {
        let open = (0..lengths.len()).filter(|&row| !is_done[row] && lengths[row].is_finite());
        let Some(row) = open.min_by(|&one, &other| lengths[one].total_cmp(&lengths[other])) else {
            return lengths;
        };
        is_done[row] = true;
        for &link in graph.touching(NodeIndex::new(row)) {
            let link = graph.link(link);
            let end = other_end(link.ends, NodeIndex::new(row));
            if let Some(end) = end.filter(|_| link.mode != Mode::Paper && is_open_to(&link.cargo, cargo)) {
                let length = lengths[row] + link.kilometres;
                lengths[end.row()] = lengths[end.row()].min(length);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GraphLink, GraphNode};
    use super::*;
    use crate::model::{JurisdictionIndex, NodeKind};

    #[test]
    fn the_shortest_way_takes_open_links_that_carry_goods() {
        let link = |id, ends: [usize; 2], kilometres, mode, cargo: &[&str]| GraphLink {
            id,
            ends: ends.map(NodeIndex::new),
            mode,
            kilometres,
            cargo: cargo.iter().map(|&class| class.to_owned()).collect(),
            freight: 0.0,
            days: 0.0,
        };
        let links = vec![
            link("a", [0, 1], 5.0, Mode::Road, &[]),
            link("b", [2, 1], 4.0, Mode::Rail, &[]),
            link("papers", [0, 2], 0.0, Mode::Paper, &[]),
            link("pipe", [0, 2], 6.0, Mode::Pipeline, &["liquid"]),
        ];
        let node = GraphNode {
            jurisdiction: JurisdictionIndex::new(0),
            kind: NodeKind::Border,
        };
        let graph = RouteGraph::new(vec![node; 4], links, Vec::new());
        let mut ways = ShortestWays::new(&graph);
        let mut between = |from, to, cargo| ways.between(NodeIndex::new(from), NodeIndex::new(to), cargo);
        assert_eq!(between(0, 2, None), Some(9.0));
        assert_eq!(between(0, 2, Some("liquid")), Some(6.0));
        assert_eq!(between(2, 0, Some("bulk")), Some(9.0));
        assert_eq!((between(0, 0, None), between(0, 3, None)), (Some(0.0), None));
    }
}
