//! The world: places, transport links, goods, who sells and buys them, and the routes between.
//!
//! Flows are in tonnes per month. Numbers that may be uncertain are in tonnes per month, US dollars per tonne, days or
//! months, as their field says; shares and rates are fractions.

use std::collections::BTreeSet;

use super::cargo::is_open_to;
use super::numbers::{Numbers, Slot};
use super::observation::{Observation, PriceIndex};
use super::provenance::Provenance;
use super::table::{
    CapacityIndex, CommodityIndex, DemandIndex, JurisdictionIndex, LinkIndex, NodeIndex, RouteIndex, SupplyIndex,
    Table, TransferIndex,
};
use super::units::{Kilometres, Share, Tonnes, UsdPerTonne};

/// A state, or a group of states that trades and rules as one.
#[derive(Clone, Debug)]
pub struct Jurisdiction {
    pub id: String,
    pub name: String,
    /// The blocs it belongs to, such as the EU.
    pub blocs: Vec<String>,
    /// Whether it stands for all the states that are not shown.
    pub rest_of_world: bool,
}

/// The kind of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeKind {
    Origin,
    Market,
    Border,
    Port,
    Terminal,
    /// Where sea lanes meet: ships pass it and hand over nothing.
    Junction,
}

impl NodeKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Origin,
        Self::Market,
        Self::Border,
        Self::Port,
        Self::Terminal,
        Self::Junction,
    ];

    /// The kind as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Market => "market",
            Self::Border => "border",
            Self::Port => "port",
            Self::Terminal => "terminal",
            Self::Junction => "junction",
        }
    }

    /// Whether goods that arrive by one mode and leave by another are transferred here: they change the mode, or the ship.
    pub fn transfers(self, arriving: Mode, leaving: Mode) -> bool {
        match (arriving, leaving) {
            // Documents are carried on without the goods.
            (Mode::Paper, _) | (_, Mode::Paper) => false,
            (Mode::Sea, Mode::Sea) => self != Self::Junction,
            (arriving, leaving) => arriving != leaving,
        }
    }
}

/// A place where goods start, end or pass.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: String,
    pub name: String,
    pub jurisdiction: JurisdictionIndex,
    pub kind: NodeKind,
    /// Latitude and longitude in degrees, north and east positive; none for a node that stands for no one place. Only maps
    /// need it.
    pub position: Option<(f64, f64)>,
}

/// A mode of transport; `Paper` moves documents, not goods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mode {
    Road,
    Rail,
    Sea,
    Air,
    Pipeline,
    Paper,
}

impl Mode {
    /// All modes, in the order of their position.
    pub const ALL: [Self; 6] = [
        Self::Road,
        Self::Rail,
        Self::Sea,
        Self::Air,
        Self::Pipeline,
        Self::Paper,
    ];

    /// The mode as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::Rail => "rail",
            Self::Sea => "sea",
            Self::Air => "air",
            Self::Pipeline => "pipeline",
            Self::Paper => "paper",
        }
    }

    /// The place of the mode in arrays over modes.
    pub fn position(self) -> usize {
        self as usize
    }
}

/// A transport link, usable both ways.
#[derive(Clone, Debug)]
pub struct Link {
    pub id: String,
    pub ends: [NodeIndex; 2],
    pub mode: Mode,
    pub distance: Kilometres,
    /// USD per tonne.
    pub freight: Slot,
    /// Days on the way.
    pub days: Slot,
    /// Shares of traffic by the jurisdiction of the haulier; what they leave belongs to nobody in particular.
    pub carriers: Vec<(JurisdictionIndex, Share)>,
    /// The cargo classes that may use it; without any, all goods.
    pub cargo: Vec<String>,
}

/// A transfer of goods from one mode, or ship, to another at a node.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub id: String,
    pub node: NodeIndex,
    /// The cargo classes that it is for; without any, all goods.
    pub cargo: Vec<String>,
    /// USD per tonne.
    pub cost: Slot,
    /// Days that it takes.
    pub days: Slot,
}

/// A good, homogeneous up to the choice of route.
#[derive(Clone, Debug)]
pub struct Commodity {
    pub id: String,
    pub name: String,
    /// Reference price: the unit of every share of value.
    pub price: UsdPerTonne,
    /// Elasticity of the choice between routes, dimensionless.
    pub route_choice: Slot,
    /// Cost of holding goods, share of value per year.
    pub holding_rate: Slot,
    /// Size of one shipment.
    pub lot: Tonnes,
    /// How it is packed, such as `bulk`; none for goods that use open links alone.
    pub cargo: Option<String>,
}

/// Sellers of one commodity at one node.
#[derive(Clone, Debug)]
pub struct Supply {
    pub id: String,
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// Baseline price at the node.
    pub price: UsdPerTonne,
    /// Elasticity of inverse supply, above zero.
    pub elasticity: Slot,
}

/// Buyers of one commodity at one node.
#[derive(Clone, Debug)]
pub struct Demand {
    pub id: String,
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// Baseline price at the node.
    pub price: UsdPerTonne,
    /// Elasticity of inverse demand, above zero.
    pub elasticity: Slot,
    /// Multiple of the baseline price above which nobody buys.
    pub choke: Option<Slot>,
}

/// Which customs records a route creates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RouteKind {
    /// Declared as what it is.
    Direct,
    /// Cleared by the intermediary and exported again.
    Reexport,
    /// Declared for the intermediary, where it never arrives.
    Ghost,
    /// Sold as the intermediary's own product.
    Relabel,
}

impl RouteKind {
    /// All kinds, in the order of tables.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Reexport, Self::Ghost, Self::Relabel];

    /// The kind as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Reexport => "reexport",
            Self::Ghost => "ghost",
            Self::Relabel => "relabel",
        }
    }
}

/// One way for goods from a supply to a demand.
#[derive(Clone, Debug)]
pub struct Route {
    pub id: String,
    pub supply: SupplyIndex,
    pub demand: DemandIndex,
    pub kind: RouteKind,
    /// Whose papers a circumvention route uses; none for direct routes.
    pub via: Option<JurisdictionIndex>,
    /// The jurisdiction where exports are declared, if it is not where the goods come from.
    pub consignor: Option<JurisdictionIndex>,
    /// The links in the order of travel.
    pub links: Vec<LinkIndex>,
    /// The nodes visited in the order of travel, both ends included, so one more than links.
    pub nodes: Vec<NodeIndex>,
    /// The transfers on the way, in their order; where a node has no transfer for the good, goods are moved for nothing.
    pub transfers: Vec<TransferIndex>,
    /// Baseline flow per month; zero for a latent route.
    pub baseline: Tonnes,
    /// The flow of a latent route at the cost of direct trade, tonnes per month.
    pub potential: Slot,
    /// Cost beyond freight and time, USD per tonne.
    pub extra_cost: Slot,
}

impl Route {
    /// Whether the route carries nothing at baseline and waits for a restriction.
    pub fn is_latent(&self) -> bool {
        self.baseline == Tonnes::ZERO
    }
}

/// The place, papers, pair or route whose flow a capacity limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bottleneck {
    Link(LinkIndex),
    Node(NodeIndex),
    Via(JurisdictionIndex),
    /// All direct trade of a supply with a demand.
    Pair(SupplyIndex, DemandIndex),
    Route(RouteIndex),
}

/// The places, papers and trade of a route, as capacities see it.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    pub route: RouteIndex,
    pub supply: SupplyIndex,
    pub demand: DemandIndex,
    pub kind: RouteKind,
    /// The intermediary whose papers it uses.
    pub via: Option<JurisdictionIndex>,
    pub links: &'a [LinkIndex],
    pub nodes: &'a [NodeIndex],
}

impl Bottleneck {
    /// Whether a route passes it.
    pub fn is_passed(self, by: Passed<'_>) -> bool {
        match self {
            Self::Link(link) => by.links.contains(&link),
            Self::Node(node) => by.nodes.contains(&node),
            Self::Via(jurisdiction) => by.via == Some(jurisdiction),
            Self::Pair(supply, demand) => by.kind == RouteKind::Direct && (by.supply, by.demand) == (supply, demand),
            Self::Route(only) => only == by.route,
        }
    }
}

/// How a capacity grows with its rent and shrinks unused.
#[derive(Clone, Copy, Debug)]
pub struct Adaptation {
    /// Largest capacity, tonnes per month.
    pub ceiling: Slot,
    /// Logistic growth per month at a rent far above `rent_half`.
    pub growth: Slot,
    /// Months of capacity zero after the first announcement.
    pub dead_time: Slot,
    /// Rent, as a share of the reference price, at which growth is half.
    pub rent_half: Slot,
    /// Share lost per month when unused.
    pub decay: Slot,
    /// How far the ceiling follows the intermediary's legal trade, between 0 and 1.
    pub cover: Slot,
    /// Growth of the ceiling per year by firms that enter, at a rent far above `rent_half`.
    pub entry: Slot,
}

/// A limit on the sum of flows over some routes.
#[derive(Clone, Debug)]
pub struct Capacity {
    pub id: String,
    pub bottleneck: Bottleneck,
    /// The commodities it counts.
    pub commodities: Vec<CommodityIndex>,
    /// Tonnes per month at the start.
    pub limit: Slot,
    /// None for a capacity that does not change.
    pub adaptation: Option<Adaptation>,
}

/// Everything that trade happens on. Tables keep the order of their files.
#[derive(Clone, Default, Debug)]
pub struct World {
    pub jurisdictions: Table<JurisdictionIndex, Jurisdiction>,
    pub nodes: Table<NodeIndex, Node>,
    pub links: Table<LinkIndex, Link>,
    pub transfers: Table<TransferIndex, Transfer>,
    pub commodities: Table<CommodityIndex, Commodity>,
    pub supplies: Table<SupplyIndex, Supply>,
    pub demands: Table<DemandIndex, Demand>,
    pub routes: Table<RouteIndex, Route>,
    pub capacities: Table<CapacityIndex, Capacity>,
    /// `mode.MODE.cost_index`, by [`Mode::position`].
    pub mode_cost_index: Vec<Slot>,
    /// The world's own numbers; a scenario's register begins with these slots.
    pub numbers: Numbers,
    /// Figures that customs offices published, in the order of the file.
    pub observed: Vec<Observation>,
    /// What prices alone did to the value of trade, in the order of the file.
    pub price_index: Vec<PriceIndex>,
    /// The sources that the rows of the tables cite.
    pub provenance: Provenance,
    /// Names in the files that the scope left out: ids of commodities, supplies, demands, routes and capacities, and
    /// dotted names of numbers.
    pub out_of_scope: BTreeSet<String>,
    /// BLAKE3 of the world's tables.
    pub digest: String,
}

impl World {
    /// The jurisdiction where a supply sells from.
    pub fn origin(&self, supply: SupplyIndex) -> JurisdictionIndex {
        self.nodes[self.supplies[supply].node].jurisdiction
    }

    /// The jurisdiction where a demand buys.
    pub fn destination(&self, demand: DemandIndex) -> JurisdictionIndex {
        self.nodes[self.demands[demand].node].jurisdiction
    }

    /// The good that a route carries.
    pub fn commodity(&self, route: &Route) -> CommodityIndex {
        self.supplies[route.supply].commodity
    }

    /// The id of the corridor that made a route, if it has one: its routes share one extra cost.
    pub fn corridor(&self, route: &Route) -> Option<&str> {
        let name = self.numbers.get(route.extra_cost).name.strip_prefix("corridor.")?;
        name.strip_suffix(".extra_cost_usd_per_t")
    }

    /// Whether a good may travel over a link.
    pub fn is_open(&self, link: LinkIndex, commodity: CommodityIndex) -> bool {
        is_open_to(&self.links[link].cargo, self.commodities[commodity].cargo.as_deref())
    }

    /// Baseline flow out of each supply, per month.
    pub fn supply_quantities(&self) -> Table<SupplyIndex, Tonnes> {
        let mut quantities = Table::filled(Tonnes::ZERO, self.supplies.len());
        for (_, route) in self.routes.iter() {
            quantities[route.supply] += route.baseline;
        }
        quantities
    }

    /// Baseline flow into each demand, per month.
    pub fn demand_quantities(&self) -> Table<DemandIndex, Tonnes> {
        let mut quantities = Table::filled(Tonnes::ZERO, self.demands.len());
        for (_, route) in self.routes.iter() {
            quantities[route.demand] += route.baseline;
        }
        quantities
    }

    /// Whether a capacity counts a route.
    pub fn uses(&self, route: RouteIndex, capacity: &Capacity) -> bool {
        let row = &self.routes[route];
        let passes = capacity.bottleneck.is_passed(Passed {
            route,
            supply: row.supply,
            demand: row.demand,
            kind: row.kind,
            via: row.via,
            links: &row.links,
            nodes: &row.nodes,
        });
        passes && capacity.commodities.contains(&self.commodity(row))
    }
}
