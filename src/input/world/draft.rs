//! A world while it is read: all rows of all tables, with plain numbers instead of slots.

use std::collections::BTreeMap;

use super::draft_table::DraftTable;
use super::entries::{
    CapacityEntry, Commodities, CorridorEntry, Demands, Jurisdictions, LinkEntry, Links, Nodes, ObservedEntry,
    PriceIndexEntry, RouteEntry, Routes, Supplies, TransferEntry, Transfers, class_names,
};
use crate::model::{
    CapacityIndex, CommodityIndex, DemandIndex, JurisdictionIndex, LinkIndex, Mode, NodeIndex, Passed, RouteIndex,
    SupplyIndex, TransferIndex, is_open_to,
};
use crate::network::{self, BrokenWalk};

/// The tables of a world as they were read. Rows at fault are holes.
pub(super) struct WorldDraft {
    pub jurisdictions: Jurisdictions,
    pub nodes: Nodes,
    pub links: Links,
    pub transfers: Transfers,
    pub commodities: Commodities,
    pub supplies: Supplies,
    pub demands: Demands,
    pub corridors: Vec<CorridorEntry>,
    pub routes: Routes,
    pub capacities: DraftTable<CapacityIndex, CapacityEntry>,
    pub observed: Vec<ObservedEntry>,
    pub price_index: Vec<PriceIndexEntry>,
}

impl Default for WorldDraft {
    fn default() -> Self {
        Self {
            jurisdictions: DraftTable::new("jurisdiction"),
            nodes: DraftTable::new("node"),
            links: DraftTable::new("link"),
            transfers: DraftTable::new("transfer"),
            commodities: DraftTable::new("commodity"),
            supplies: DraftTable::new("supply"),
            demands: DraftTable::new("demand"),
            corridors: Vec::new(),
            routes: DraftTable::new("route"),
            capacities: DraftTable::new("capacity"),
            observed: Vec::new(),
            price_index: Vec::new(),
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
        let passes = capacity.bottleneck.is_passed(Passed {
            route: index,
            supply: route.supply,
            demand: route.demand,
            kind: route.kind,
            via: route.via,
            links: &route.links,
            nodes: &route.nodes,
        });
        passes
            && self
                .commodity(route)
                .is_some_and(|good| capacity.commodities.contains(&good))
    }

    /// The places that the goods of a route pass: documents travel without them.
    pub fn places_of_goods(&self, route: &RouteEntry) -> Vec<NodeIndex> {
        let is_paper = |link: LinkIndex| self.links.get(link).is_some_and(|link| link.mode == Mode::Paper);
        let (start, passed) = (route.nodes.iter().take(1), route.nodes.iter().skip(1));
        let reached = passed.zip(&route.links).filter(|(_, link)| !is_paper(**link));
        start.chain(reached.map(|(node, _)| node)).copied().collect()
    }

    /// The transfers on the way of a route that cost something, in their order.
    pub fn transfers_on(&self, route: &RouteEntry) -> Vec<TransferIndex> {
        let cargo = self.cargo(route);
        let passed = route.nodes.iter().skip(1).zip(route.links.windows(2));
        let due = passed.filter(|(node, links)| {
            let mode = |link| self.links.get(link).map_or(Mode::Paper, |link: &LinkEntry| link.mode);
            let kind = self.nodes.get(**node).map(|node| node.kind);
            kind.is_some_and(|kind| kind.transfers(mode(links[0]), mode(links[1])))
        });
        due.filter_map(|(&node, _)| self.transfer(node, cargo)).collect()
    }

    /// The transfer at a node that is for a cargo class, if one costs something.
    pub fn transfer(&self, node: NodeIndex, cargo: Option<&str>) -> Option<TransferIndex> {
        let is_meant = |row: &TransferEntry| row.node == node && is_open_to(&class_names(&row.cargo), cargo);
        self.transfers
            .iter()
            .find(|(_, row)| is_meant(row))
            .map(|(index, _)| index)
    }

    /// The cargo class of the good that a route carries.
    pub fn cargo(&self, route: &RouteEntry) -> Option<&str> {
        self.commodities.get(self.commodity(route)?)?.cargo.as_deref()
    }

    /// Kilometres that goods travel over some links: documents do not count.
    pub fn kilometres(&self, links: &[LinkIndex]) -> f64 {
        let rows = links.iter().filter_map(|&link| self.links.get(link));
        rows.filter(|link| link.mode != Mode::Paper)
            .fold(0.0, |sum, link| sum + link.distance_km)
    }

    /// The nodes that a list of links visits from `start`, both ends included, or the first link that does not join up.
    /// None if a link before that is at fault.
    pub fn walk(&self, start: NodeIndex, links: &[LinkIndex]) -> Option<Result<Vec<NodeIndex>, BrokenWalk>> {
        // Only up to the first link at fault, whose ends are unknown.
        let ends = links.iter().map_while(|&link| self.links.get(link).map(|row| row.ends));
        let ends: Vec<[NodeIndex; 2]> = ends.collect();
        let walked = network::walk(start, &ends);
        // If the ends of a link are unknown, only a break before it is certain.
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

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::model::Bottleneck;

    fn links(draft: &WorldDraft, ids: &[&str]) -> Vec<LinkIndex> {
        ids.iter().map(|id| draft.links.find(id).unwrap()).collect()
    }

    #[test]
    fn a_walk_over_a_link_at_fault_is_unknown_unless_it_breaks_before() {
        let mut draft = testing::draft();
        let place = draft.links.place(draft.links.find("west").unwrap());
        let mut report = crate::diagnostic::Report::default();
        draft.links.push(Some("hole".to_owned()), place, None, &mut report);
        let minsk = draft.nodes.find("minsk").unwrap();
        assert_eq!(draft.walk(minsk, &links(&draft, &["east", "hole"])), None);
        let broken = draft.walk(minsk, &links(&draft, &["long", "hole"]));
        assert_eq!(broken, Some(Err(BrokenWalk { position: 0, at: minsk })));
    }

    #[test]
    fn a_capacity_counts_routes_by_link_node_papers_pair_or_id_and_by_commodity() {
        let draft = testing::draft();
        let plywood = draft.commodities.find("plywood").unwrap();
        let pellets = draft.commodities.find("pellets").unwrap();
        let counted = |bottleneck, commodities: &[CommodityIndex]| -> Vec<&str> {
            let capacity = CapacityEntry {
                bottleneck,
                commodities: commodities.to_vec(),
                limit: 1.0,
                adaptation: None,
                source: String::new(),
            };
            let counted = draft.routes.iter();
            counted
                .filter(|(index, route)| draft.counts(&capacity, *index, route))
                .map(|(index, _)| draft.routes.id(index))
                .collect()
        };
        let both = [plywood, pellets];
        let west = Bottleneck::Link(draft.links.find("west").unwrap());
        assert_eq!(counted(west, &both), ["plywood-west", "pellets-west"]);
        assert_eq!(counted(west, &[pellets]), ["pellets-west"]);
        let almaty = Bottleneck::Node(draft.nodes.find("almaty").unwrap());
        assert_eq!(counted(almaty, &both), ["plywood-east", "plywood-kz"]);
        let papers = Bottleneck::Via(draft.jurisdictions.find("KZ").unwrap());
        assert_eq!(counted(papers, &both), ["plywood-kz"]);
        let route = Bottleneck::Route(draft.routes.find("plywood-east").unwrap());
        assert_eq!(counted(route, &both), ["plywood-east"]);
        let seller = draft.supplies.find("by-plywood").unwrap();
        let pair = |buyer| Bottleneck::Pair(seller, draft.demands.find(buyer).unwrap());
        assert_eq!(
            counted(pair("de-plywood"), &both),
            ["plywood-west"],
            "not the relabelled one"
        );
        assert_eq!(counted(pair("kz-plywood"), &both), ["plywood-east"]);
    }
}
