//! The routes and markets that the terms of a month are about, found once for a plan.

use super::markup::MarkupPlan;
use super::term::{Term, ViaTerm};
use crate::model::{
    CommodityIndex, DemandIndex, Flow, Index, JurisdictionIndex, RouteKind, SupplyIndex, Table, Tonnes,
};
use crate::policy::{Bearing, Measure, PairIndex};
use crate::simulation::{Plan, RoutePlan};

/// The routes and markets of a plan as the terms need them, and which views of a commodity exist.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Intermediaries whose papers some route uses, in the order of the world.
    pub vias: Vec<JurisdictionIndex>,
    pub commodities: usize,
    /// By route.
    pub(super) routes: Vec<AccountedRoute>,
    pub(super) direct: Vec<usize>,
    /// Re-exports and ghosts.
    pub(super) declared: Vec<usize>,
    /// Hidden routes that some inspection meets.
    pub(super) inspected: Vec<usize>,
    pub(super) recorded: Vec<RecordedRoute>,
    pub(super) markup: MarkupPlan,
    /// By supply and by demand.
    pub(super) good_supplied: Vec<usize>,
    pub(super) good_demanded: Vec<usize>,
    /// Whether a demand is an intermediary's own.
    pub(super) genuine_demand: Vec<bool>,
    /// Whether every restrictable supply of a commodity has a rest-of-world demand, and so a seller's view.
    pub seller_view: Vec<bool>,
    /// Whether every restrictable demand of a commodity has a rest-of-world supply, and so a buyer's view.
    pub buyer_view: Vec<bool>,
}

/// The facts of a route that terms need, close together; `via` is the place of its intermediary.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccountedRoute {
    pub pair: PairIndex,
    pub commodity: usize,
    pub kind: RouteKind,
    pub via: Option<usize>,
}

/// A route which its exporter records as sent to an intermediary: a jurisdiction whose papers some hidden route of the
/// same good from the same exporter uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordedRoute {
    pub route: usize,
    pub is_direct: bool,
    pub exporter: JurisdictionIndex,
    /// Per month.
    pub baseline: Tonnes,
}

impl AccountedRoute {
    /// Whether the exporter records it as sent to an intermediary.
    pub fn is_declared(&self) -> bool {
        matches!(self.kind, RouteKind::Reexport | RouteKind::Ghost)
    }
}

impl Accounts {
    /// Lists the terms of a plan.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let mut vias: Vec<JurisdictionIndex> = plan.routes.iter().filter_map(|route| route.via).collect();
        vias.sort_unstable();
        vias.dedup();
        let place = |via: JurisdictionIndex| vias.iter().position(|known| *known == via);
        let accounted = |route: &RoutePlan| AccountedRoute {
            pair: route.pair,
            commodity: route.commodity.row(),
            kind: route.kind,
            via: route.via.and_then(place),
        };
        let routes: Vec<AccountedRoute> = plan.routes.iter().map(accounted).collect();
        let numbers = |is: fn(&AccountedRoute) -> bool| (0..routes.len()).filter(|&route| is(&routes[route])).collect();
        let is_hidden = |route: &usize| routes[*route].kind != RouteKind::Direct;
        let (seller_view, buyer_view) = views(plan);
        Self {
            commodities: world.commodities.len(),
            direct: numbers(|route| route.kind == RouteKind::Direct),
            declared: numbers(AccountedRoute::is_declared),
            inspected: plan.checked_routes.iter().copied().filter(is_hidden).collect(),
            recorded: recorded_routes(plan),
            markup: MarkupPlan::new(plan, place),
            good_supplied: world.supplies.rows().iter().map(|row| row.commodity.row()).collect(),
            good_demanded: world.demands.rows().iter().map(|row| row.commodity.row()).collect(),
            genuine_demand: world
                .demands
                .indices()
                .map(|demand| place(world.destination(demand)).is_some())
                .collect(),
            seller_view,
            buyer_view,
            routes,
            vias,
        }
    }

    /// How many terms there are: the rows of their arrays.
    pub fn terms(&self) -> usize {
        Term::COUNT + ViaTerm::COUNT * self.vias.len()
    }

    /// How many numbers a month leaves: terms by commodity.
    pub fn of_month(&self) -> usize {
        self.terms() * self.commodities
    }
}

/// The routes that exporters record as sent to their intermediaries.
fn recorded_routes(plan: &Plan) -> Vec<RecordedRoute> {
    let world = plan.world();
    let exporter = |route: &RoutePlan| world.origin(plan.pairs[route.pair].0);
    let mut hubs: Vec<(CommodityIndex, JurisdictionIndex, JurisdictionIndex)> = plan
        .routes
        .iter()
        .filter_map(|route| Some((route.commodity, exporter(route), route.via?)))
        .collect();
    // Sorted, for the search below: most routes have no hub, and there are many routes.
    hubs.sort_unstable();
    hubs.dedup();
    let recorded = |(number, route): (usize, &RoutePlan)| {
        let exporter = exporter(route);
        let is_to_hub = |book: &crate::model::Book| {
            book.flow == Flow::Export
                && book.reporter == exporter
                && hubs.binary_search(&(route.commodity, exporter, book.partner)).is_ok()
        };
        let is_recorded = world.books(&world.routes.rows()[number]).iter().any(is_to_hub);
        is_recorded.then_some(RecordedRoute {
            route: number,
            is_direct: route.kind == RouteKind::Direct,
            exporter,
            baseline: route.baseline,
        })
    };
    plan.routes.iter().enumerate().filter_map(recorded).collect()
}

/// Which commodities have a seller's and a buyer's view of their restrictable pairs.
fn views(plan: &Plan) -> (Vec<bool>, Vec<bool>) {
    let world = plan.world();
    let is_rest = |jurisdiction: JurisdictionIndex| world.jurisdictions[jurisdiction].rest_of_world;
    // Diversion needs somewhere else to sell or buy from the first month: new markets do not count.
    let traded = |route: &&RoutePlan| route.kind == RouteKind::Direct && !route.is_latent();
    let mut open_supply: Table<SupplyIndex, bool> = Table::filled(false, plan.supply_quantity.len());
    let mut open_demand: Table<DemandIndex, bool> = Table::filled(false, plan.demand_quantity.len());
    for route in plan.routes.iter().filter(traded) {
        let (supply, demand) = plan.pairs[route.pair];
        open_supply[route.supply] |= is_rest(world.destination(demand));
        open_demand[route.demand] |= is_rest(world.origin(supply));
    }
    let mut seller_view = vec![true; world.commodities.len()];
    let mut buyer_view = seller_view.clone();
    // Measures that cannot act match no pair.
    let restricting = plan.scenario.measures.iter();
    let restricts = |measure: &Measure| measure.instrument.bearing() == Bearing::Restricts;
    for (index, _) in restricting.filter(|(_, measure)| restricts(measure)) {
        for &pair in &plan.measures[index].pairs {
            let (supply, demand) = plan.pairs[pair];
            let commodity = world.supplies[supply].commodity.row();
            // One market without an outlet is enough: a sum over only some of them would not add up.
            seller_view[commodity] &= open_supply[supply];
            buyer_view[commodity] &= open_demand[demand];
        }
    }
    (seller_view, buyer_view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{model, route};

    /// Whether grain, ore and timber have a seller's view, and a buyer's, under bans on all three.
    fn views_under(exempt: f64) -> [Vec<bool>; 2] {
        let model = model(&format!(
            "[[measures.ban]]\nid = \"stop\"\nissuer = \"UNION\"\ncommodities = [\"grain\", \"ore\", \"timber\"]\n\
             origins = [\"SEL\"]\ndestinations = [\"UNION\"]\nfrom = \"2022-01\"\nexempt_share = {exempt:?}\n"
        ));
        let accounts = Accounts::new(&model.plan);
        [accounts.seller_view, accounts.buyer_view]
    }

    #[test]
    fn a_view_needs_trade_with_the_rest_of_the_world_at_every_restricted_market() {
        // Only grain is sold to the rest of the world, and only grain comes from there; the timber route there is latent.
        assert_eq!(views_under(0.0), [vec![true, false, false], vec![true, false, false]]);
        // What restricts nothing asks for no view.
        assert_eq!(views_under(1.0), [vec![true; 3], vec![true; 3]]);
    }

    #[test]
    fn exporters_record_trade_with_the_intermediaries_of_their_own_goods() {
        let plan = model("").plan;
        let recorded = Accounts::new(&plan).recorded;
        let ids = |is_direct: bool| -> Vec<&str> {
            let rows = recorded.iter().filter(|row| row.is_direct == is_direct);
            rows.map(|row| plan.world().routes.rows()[row.route].id.as_str())
                .collect()
        };
        // Relabelled goods are not in the exporter's book.
        assert_eq!(ids(true), ["grain-hub"]);
        assert_eq!(ids(false), ["grain-ghost", "grain-reexport", "ore-reexport"]);
        assert_eq!(recorded[0].route, route(&plan, "grain-hub"));
    }
}
