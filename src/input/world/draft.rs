//! A world in the making: all rows of all tables, with plain numbers instead of slots.

use std::collections::BTreeMap;

use super::draft_table::DraftTable;
use super::entries::{
    CapacityEntry, Commodities, CorridorEntry, Demands, Jurisdictions, Links, Nodes, ObservedEntry, RouteEntry, Routes,
    Supplies,
};
use crate::model::{
    Bottleneck, CapacityIndex, CommodityIndex, DemandIndex, JurisdictionIndex, LinkIndex, NodeIndex, RouteIndex,
    SupplyIndex,
};
use crate::network::{self, BrokenWalk};

/// The tables of a world as they were read. Rows at fault are holes.
pub(super) struct WorldDraft {
    pub jurisdictions: Jurisdictions,
    pub nodes: Nodes,
    pub links: Links,
    pub commodities: Commodities,
    pub supplies: Supplies,
    pub demands: Demands,
    pub corridors: Vec<CorridorEntry>,
    pub routes: Routes,
    pub capacities: DraftTable<CapacityIndex, CapacityEntry>,
    pub observed: Vec<ObservedEntry>,
}

impl Default for WorldDraft {
    fn default() -> Self {
        Self {
            jurisdictions: DraftTable::new("jurisdiction"),
            nodes: DraftTable::new("node"),
            links: DraftTable::new("link"),
            commodities: DraftTable::new("commodity"),
            supplies: DraftTable::new("supply"),
            demands: DraftTable::new("demand"),
            corridors: Vec::new(),
            routes: DraftTable::new("route"),
            capacities: DraftTable::new("capacity"),
            observed: Vec::new(),
        }
    }
}

impl WorldDraft {
    /// Where a supply sells from; none if a row on the way is at fault.
    pub fn origin(&self, supply: SupplyIndex) -> Option<JurisdictionIndex> {
        let node = self.supplies.get(supply)?.node;
        Some(self.nodes.get(node)?.jurisdiction)
    }

    /// Where a demand buys.
    pub fn destination(&self, demand: DemandIndex) -> Option<JurisdictionIndex> {
        let node = self.demands.get(demand)?.node;
        Some(self.nodes.get(node)?.jurisdiction)
    }

    /// The good that a route carries.
    pub fn commodity(&self, route: &RouteEntry) -> Option<CommodityIndex> {
        Some(self.supplies.get(route.supply)?.commodity)
    }

    /// Whether a capacity counts a route.
    pub fn counts(&self, capacity: &CapacityEntry, index: RouteIndex, route: &RouteEntry) -> bool {
        let passes = match capacity.bottleneck {
            Bottleneck::Link(link) => route.links.contains(&link),
            Bottleneck::Node(node) => route.nodes.contains(&node),
            Bottleneck::Via(jurisdiction) => route.via == Some(jurisdiction),
            Bottleneck::Route(only) => only == index,
        };
        passes
            && self
                .commodity(route)
                .is_some_and(|good| capacity.commodities.contains(&good))
    }

    /// The nodes that a list of links visits from `start`, both ends included, or the first link that does not join up.
    /// None if a link before that is at fault.
    pub fn walk(&self, start: NodeIndex, links: &[LinkIndex]) -> Option<Result<Vec<NodeIndex>, BrokenWalk>> {
        let ends = links.iter().map_while(|&link| self.links.get(link).map(|row| row.ends));
        let ends: Vec<[NodeIndex; 2]> = ends.collect();
        let walked = network::walk(start, &ends);
        // Where the ends of a link are unknown, only a break before it is certain.
        (walked.is_err() || ends.len() == links.len()).then_some(walked)
    }

    /// Baseline flow summed over the routes that share a key, tonnes per month.
    pub fn baseline_by<K: Ord>(&self, key: impl Fn(&RouteEntry) -> K) -> BTreeMap<K, f64> {
        let mut flows = BTreeMap::new();
        for (_, route) in self.routes.iter() {
            *flows.entry(key(route)).or_insert(0.0) += route.baseline;
        }
        flows
    }
}
