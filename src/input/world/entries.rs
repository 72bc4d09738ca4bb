//! The rows of a world's tables in valid form, before their numbers get slots.
//!
//! The readers of the tables make them and [`super::draft`] collects them. They are separate from both, so that readers
//! can look into the draft without the draft depending on its readers.

use std::collections::BTreeMap;

use super::draft_table::DraftTable;
use crate::diagnostic::Place;
use crate::model::{
    Bottleneck, CommodityIndex, DemandIndex, Flow, JurisdictionIndex, LinkIndex, Mode, NodeIndex, NodeKind, Party,
    Period, RouteIndex, RouteKind, Status, SupplyIndex, TransferIndex, Unit,
};
use crate::network::{Corridor, TransportedGood};

/// The sources that a world lists, if it does.
#[derive(Default)]
pub(super) struct ListedSources {
    /// The rows of `sources.csv` by their ids; none if the world has no such table or it is at fault.
    pub listed: Option<BTreeMap<String, SourceEntry>>,
}

/// A source, from `sources.csv`.
#[derive(Clone, Debug)]
pub(super) struct SourceEntry {
    pub citation: String,
    pub licence: String,
    pub status: Status,
}

/// A jurisdiction, from `jurisdictions.csv`.
#[derive(Debug)]
pub(super) struct JurisdictionEntry {
    pub name: String,
    pub blocs: Vec<String>,
    pub rest_of_world: bool,
}

/// The jurisdictions of a world.
pub(super) type Jurisdictions = DraftTable<JurisdictionIndex, JurisdictionEntry>;

/// A node, from `nodes.csv`.
#[derive(Debug)]
pub(super) struct NodeEntry {
    pub name: String,
    pub jurisdiction: JurisdictionIndex,
    pub kind: NodeKind,
    /// Latitude and longitude in degrees.
    pub position: Option<(f64, f64)>,
}

/// The nodes of a world.
pub(super) type Nodes = DraftTable<NodeIndex, NodeEntry>;

/// A cargo class that a link or a transfer is for.
#[derive(Clone, Debug)]
pub(super) struct CargoClass {
    pub name: String,
    pub place: Place,
}

/// The names of cargo classes.
pub(super) fn class_names(classes: &[CargoClass]) -> Vec<String> {
    classes.iter().map(|class| class.name.clone()).collect()
}

/// A transport link, from `links.csv`.
#[derive(Debug)]
pub(super) struct LinkEntry {
    pub ends: [NodeIndex; 2],
    pub mode: Mode,
    pub distance_km: f64,
    /// USD per tonne.
    pub freight: f64,
    pub days: f64,
    /// Shares of traffic by the jurisdiction of the haulier.
    pub carriers: Vec<(JurisdictionIndex, f64)>,
    /// The cargo classes that may use it; without any, all goods.
    pub cargo: Vec<CargoClass>,
    pub source: String,
}

/// The links of a world.
pub(super) type Links = DraftTable<LinkIndex, LinkEntry>;

/// A transfer of goods from one mode, or ship, to another, from `transfers.csv`.
#[derive(Debug)]
pub(super) struct TransferEntry {
    pub node: NodeIndex,
    /// The cargo classes that it is for; without any, all goods.
    pub cargo: Vec<CargoClass>,
    pub usd_per_t: f64,
    pub days: f64,
    pub source: String,
}

/// The transfers of a world.
pub(super) type Transfers = DraftTable<TransferIndex, TransferEntry>;

/// A commodity, from `commodities.csv`.
#[derive(Debug)]
pub(super) struct CommodityEntry {
    pub name: String,
    /// Reference price, USD per tonne.
    pub price: f64,
    /// Elasticity of the choice between routes.
    pub route_choice: f64,
    /// Share of value per year.
    pub holding_rate: f64,
    /// Tonnes per shipment.
    pub lot: f64,
    /// Its cargo class.
    pub cargo: Option<String>,
    pub source: String,
}

impl CommodityEntry {
    /// The numbers that decide its transport cost and its split over routes.
    pub fn transported(&self) -> TransportedGood<'_> {
        TransportedGood {
            reference_price: self.price,
            route_choice: self.route_choice,
            holding_rate: self.holding_rate,
            cargo: self.cargo.as_deref(),
        }
    }
}

/// The commodities of a world.
pub(super) type Commodities = DraftTable<CommodityIndex, CommodityEntry>;

/// Sellers of a commodity at a node, from `supplies.csv`.
#[derive(Debug)]
pub(super) struct SupplyEntry {
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// USD per tonne at the node.
    pub price: f64,
    pub elasticity: f64,
    pub source: String,
}

/// The supplies of a world.
pub(super) type Supplies = DraftTable<SupplyIndex, SupplyEntry>;

/// Buyers of a commodity at a node, from `demands.csv`.
#[derive(Debug)]
pub(super) struct DemandEntry {
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// USD per tonne at the node.
    pub price: f64,
    pub elasticity: f64,
    /// Multiple of the price.
    pub choke: Option<f64>,
    pub source: String,
}

/// The demands of a world.
pub(super) type Demands = DraftTable<DemandIndex, DemandEntry>;

/// A row of `corridors.csv`.
#[derive(Clone, Debug)]
pub(super) struct CorridorEntry {
    /// Corridors of one id share one extra cost among their routes.
    pub id: Option<String>,
    pub corridor: Corridor,
    /// How many times the shortest way its routes may be long.
    pub detour: Option<f64>,
    pub source: String,
    /// The waypoints, or the supplies where there are none.
    pub place: Place,
}

/// Baseline flow of a supply and a demand, from `baseline.csv`.
#[derive(Clone, Debug)]
pub(super) struct BaselineEntry {
    /// Tonnes per month.
    pub flow: f64,
    pub source: String,
    pub place: Place,
}

/// The routes that share an extra cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum ExtraCost {
    /// One route alone: the cost is its own, USD per tonne.
    Own(f64),
    /// All routes of a named corridor, given by its position among the corridors.
    OfCorridor(usize),
}

/// A route, from `routes.csv` or from a corridor.
#[derive(Clone, Debug)]
pub(super) struct RouteEntry {
    pub supply: SupplyIndex,
    pub demand: DemandIndex,
    pub kind: RouteKind,
    pub via: Option<JurisdictionIndex>,
    /// Where exports are declared, if it is not where the goods come from.
    pub consignor: Option<JurisdictionIndex>,
    pub links: Vec<LinkIndex>,
    /// One more than links.
    pub nodes: Vec<NodeIndex>,
    /// Tonnes per month.
    pub baseline: f64,
    /// Tonnes per month; zero where the baseline is not.
    pub potential: f64,
    pub extra_cost: ExtraCost,
    pub source: String,
    /// Where its baseline flow comes from.
    pub baseline_source: String,
}

/// The routes of a world.
pub(super) type Routes = DraftTable<RouteIndex, RouteEntry>;

/// How a capacity adapts; units as in [`crate::model::Adaptation`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct AdaptationEntry {
    pub ceiling: f64,
    pub growth: f64,
    pub dead_time: f64,
    /// None where the cell is blank: the default holds.
    pub rent_half: Option<f64>,
    pub decay: Option<f64>,
    pub cover: Option<f64>,
    pub entry: Option<f64>,
}

/// A capacity, from `capacities.csv`.
#[derive(Debug)]
pub(super) struct CapacityEntry {
    pub bottleneck: Bottleneck,
    pub commodities: Vec<CommodityIndex>,
    /// Tonnes per month.
    pub limit: f64,
    pub adaptation: Option<AdaptationEntry>,
    pub source: String,
}

/// A figure of customs statistics, from `observed.csv`.
#[derive(Debug)]
pub(super) struct ObservedEntry {
    pub reporter: Party,
    pub partner: Party,
    pub flow: Flow,
    /// None for all goods together.
    pub commodity: Option<CommodityIndex>,
    pub period: Period,
    /// In `unit`, over the whole period.
    pub value: f64,
    pub unit: Unit,
    pub source: String,
}

/// What prices did to the value of a reporter's trade in a year, from `price_index.csv`.
#[derive(Debug)]
pub(super) struct PriceIndexEntry {
    pub reporter: Party,
    pub flow: Flow,
    pub year: i32,
    /// Against the base year of the world's prices.
    pub value: f64,
    pub source: String,
}
