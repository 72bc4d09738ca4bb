//! The terms of a plan, added up month by month.

use ndarray::{Array3, ArrayView1, ArrayViewMut2};

use super::ledger::{Ledger, Standing, Standings, Sums};
use super::markup::MarkupPlan;
use super::surplus::DemandCurve;
use super::term::{Sheet, Term, ViaTerm};
use crate::model::{Flow, Index, JurisdictionIndex, Measure, RouteKind};
use crate::simulation::path::SolvedMonth;
use crate::simulation::plan::{Plan, RoutePlan, is_void, restricts_pairs};

/// How far restricted trade is from the sum of what became of it, in either view, tonnes; `terms` are of one good.
pub fn accounting_gap(terms: ArrayView1<'_, f64>) -> f64 {
    let value = |term: Term| terms[term.row()];
    let moved = value(Term::Restricted) - value(Term::Direct) - value(Term::Circumvented);
    let seller = moved - value(Term::DivertedSeller) - value(Term::DestroyedSeller);
    let buyer = moved - value(Term::DivertedBuyer) - value(Term::DestroyedBuyer);
    seller.abs().max(buyer.abs())
}

/// Terms of every month of a draw: months by terms by commodities.
pub fn monthly_terms(accounts: &Accounts, months: usize) -> Array3<f64> {
    Array3::zeros((months, accounts.terms(), accounts.commodities))
}

/// What the accounts of a plan hold: terms by commodity, and which of them exist.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Intermediaries whose papers some route uses, in the order of the world.
    pub vias: Vec<JurisdictionIndex>,
    pub commodities: usize,
    direct: Vec<AccountedRoute>,
    hidden: Vec<HiddenRoute>,
    markup: MarkupPlan,
    recorded: Vec<RecordedRoute>,
    genuine_demand: Vec<bool>,
    /// Whether every restrictable supply of a commodity has a rest-of-world demand, and so a seller's view.
    pub seller_view: Vec<bool>,
    /// Whether every restrictable demand of a commodity has a rest-of-world supply, and so a buyer's view.
    pub buyer_view: Vec<bool>,
}

/// A route which its exporter records as sent to an intermediary: a jurisdiction whose papers some hidden route of the
/// same good from the same exporter uses.
#[derive(Clone, Copy, Debug)]
struct RecordedRoute {
    route: usize,
    exporter: JurisdictionIndex,
}

/// What the accounts ask of a route, close together.
#[derive(Clone, Copy, Debug)]
struct AccountedRoute {
    route: u32,
    pair: u32,
    commodity: u32,
}

/// A route that is not direct; `via` is the place of its intermediary.
#[derive(Clone, Copy, Debug)]
struct HiddenRoute {
    route: AccountedRoute,
    kind: RouteKind,
    via: Option<usize>,
}

impl Accounts {
    /// Lists the terms of a plan.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let mut vias: Vec<JurisdictionIndex> = plan.routes.iter().filter_map(|route| route.via).collect();
        vias.sort_unstable();
        vias.dedup();
        let place = |via: JurisdictionIndex| vias.iter().position(|known| *known == via);
        let (seller_view, buyer_view) = views(plan);
        Self {
            commodities: world.commodities.len(),
            direct: direct_routes(plan),
            hidden: hidden_routes(plan, place),
            markup: MarkupPlan::new(plan, place),
            recorded: recorded_routes(plan),
            genuine_demand: world
                .demands
                .indices()
                .map(|demand| place(world.destination(demand)).is_some())
                .collect(),
            seller_view,
            buyer_view,
            vias,
        }
    }

    /// How many terms there are: the rows of their arrays.
    pub fn terms(&self) -> usize {
        Term::COUNT + ViaTerm::COUNT * self.vias.len()
    }

    /// Adds up one month; `terms` has a row for each term and a column for each commodity.
    pub fn add_month(
        &self,
        plan: &Plan,
        month: SolvedMonth<'_>,
        sums: Sums<'_>,
        standings: &mut Standings,
        terms: ArrayViewMut2<'_, f64>,
    ) {
        standings.see(plan, &month.effects.pairs, sums);
        let ledger = Ledger { month, sums, standings };
        let sheet = &mut Sheet::new(terms);
        self.add_direct(&ledger, sheet);
        self.add_hidden(&ledger, sheet);
        self.add_demands(plan, &ledger, sheet);
        if ledger.standings.restricts {
            self.add_pairs(plan, &ledger, sheet);
            self.add_records(plan, &ledger, sheet);
            add_supplies(plan, &ledger, sheet);
            self.markup.add(plan, &ledger, sheet);
        }
    }

    fn add_direct(&self, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        let pairs = &ledger.month.effects.pairs;
        if !pairs.iter().any(|pair| pair.restricted | pair.tariffed) {
            return;
        }
        for route in &self.direct {
            let pair = pairs[route.pair as usize];
            let flow = ledger.month.solution.flow[route.route as usize];
            if pair.restricted {
                sheet.add(Term::Direct, route.commodity as usize, flow);
            } else if pair.tariffed {
                sheet.add(Term::Tariffed, route.commodity as usize, flow);
            }
        }
    }

    fn add_hidden(&self, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        let month = ledger.month;
        for hidden in &self.hidden {
            let number = hidden.route.route as usize;
            let flow = month.solution.flow[number];
            if flow == 0.0 {
                continue;
            }
            let good = hidden.route.commodity as usize;
            sheet.add(Term::Seized, good, month.seized[number]);
            let via = hidden.via;
            let is_recorded = matches!(hidden.kind, RouteKind::Reexport | RouteKind::Ghost);
            if is_recorded {
                sheet.add(Term::RecordedHidden, good, flow);
            }
            if hidden.kind == RouteKind::Ghost {
                sheet.add(Term::MirrorGap, good, flow);
                via.into_iter()
                    .for_each(|via| sheet.add_via(ViaTerm::MirrorGap, via, good, flow));
            }
            if ledger.pair(hidden.route.pair as usize).restricted {
                sheet.add(Term::Circumvented, good, flow);
                via.into_iter()
                    .for_each(|via| sheet.add_via(ViaTerm::Circumvented, via, good, flow));
                if is_recorded {
                    sheet.add(Term::RecordedCircumvented, good, flow);
                }
            }
        }
    }

    fn add_pairs(&self, plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        for (pair, &(supply, _)) in plan.pairs.iter().enumerate() {
            if ledger.pair(pair).restricted {
                let commodity = plan.world().supplies[supply].commodity.row();
                sheet.add(Term::Restricted, commodity, ledger.sums.usual.pair(pair));
                sheet.add(Term::BaselineDirect, commodity, self.markup.direct_baseline[pair]);
            }
        }
    }

    /// Exporters' own records with intermediaries. Direct trade of a restricted pair is no part of them: where an
    /// intermediary is a target itself, its loss stands in the fall of direct trade.
    fn add_records(&self, plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        for recorded in &self.recorded {
            let route = &plan.routes[recorded.route];
            let is_fallen = route.kind == RouteKind::Direct && ledger.pair(route.pair).restricted;
            if !is_fallen && ledger.standings.restricts_exporter(recorded.exporter, route.commodity) {
                let rise = ledger.month.solution.flow[recorded.route] - route.baseline;
                sheet.add(Term::RecordedRise, route.commodity, rise);
            }
        }
    }

    fn add_demands(&self, plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        for (demand, row) in plan.world().demands.iter() {
            let place = demand.row();
            let commodity = row.commodity.row();
            let (before, now) = (ledger.sums.usual.demand(place), ledger.demand(place));
            let standing = ledger.standings.demands[place];
            if standing == Standing::Free {
                // What a target of the restrictions loses itself is no collateral.
                if self.genuine_demand[place] {
                    sheet.add(Term::GenuineLost, commodity, before - now);
                }
                continue;
            }
            sheet.add(Term::DestroyedBuyer, commodity, before - now);
            sheet.add(Term::DivertedBuyer, commodity, ledger.standings.demand_diverted[place]);
            sheet.add(Term::PurchasesFall, commodity, plan.demand_quantity[place] - now);
            let (usual, price) = (
                ledger.sums.usual.demand_price(place),
                ledger.month.solution.demand_price[place],
            );
            if usual.is_finite() && price.is_finite() {
                sheet.add(Term::PriceGain, commodity, before * (price - usual));
                sheet.add(Term::PriceBase, commodity, before * usual);
            }
            if standing == Standing::Targeted {
                let lost = DemandCurve::of(ledger.month.conditions, place).surplus_lost(usual, price);
                sheet.add(Term::TargetLoss, commodity, lost);
            }
        }
    }
}

fn add_supplies(plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
    let month = ledger.month;
    for (supply, row) in plan.world().supplies.iter() {
        let place = supply.row();
        let standing = ledger.standings.supplies[place];
        if standing == Standing::Free {
            continue;
        }
        let commodity = row.commodity.row();
        let (before, now) = (ledger.sums.usual.supply(place), ledger.supply(place));
        sheet.add(Term::DestroyedSeller, commodity, before - now);
        sheet.add(Term::DivertedSeller, commodity, ledger.standings.supply_diverted[place]);
        let revenue = |price: f64, tonnes: f64| if tonnes > 0.0 { price * tonnes } else { 0.0 };
        let earned = revenue(ledger.sums.usual.supply_price(place), before);
        let earns = revenue(month.solution.supply_price[place], now);
        if standing == Standing::Targeted {
            sheet.add(Term::RevenueLost, commodity, earned - earns);
            // Producer surplus along C = c (S / q)^(1 / eta).
            let kept = 1.0 + month.conditions.supply_elasticity[place];
            sheet.add(Term::TargetLoss, commodity, (earned - earns) / kept);
        } else {
            sheet.add(Term::CoalitionRevenueLost, commodity, earned - earns);
            sheet.add(Term::CoalitionLost, commodity, before - now);
        }
    }
}

fn accounted(plan: &Plan, number: usize) -> AccountedRoute {
    let route = &plan.routes[number];
    AccountedRoute {
        route: number as u32,
        pair: route.pair as u32,
        commodity: route.commodity as u32,
    }
}

fn direct_routes(plan: &Plan) -> Vec<AccountedRoute> {
    let is_direct = |number: &usize| plan.routes[*number].kind == RouteKind::Direct;
    let numbers = (0..plan.routes.len()).filter(is_direct);
    numbers.map(|number| accounted(plan, number)).collect()
}

fn hidden_routes(plan: &Plan, place: impl Fn(JurisdictionIndex) -> Option<usize>) -> Vec<HiddenRoute> {
    let hidden = |(number, route): (usize, &RoutePlan)| {
        (route.kind != RouteKind::Direct).then(|| HiddenRoute {
            route: accounted(plan, number),
            kind: route.kind,
            via: route.via.and_then(&place),
        })
    };
    plan.routes.iter().enumerate().filter_map(hidden).collect()
}

/// The routes that exporters record as sent to their intermediaries.
fn recorded_routes(plan: &Plan) -> Vec<RecordedRoute> {
    let world = plan.world();
    let exporter = |route: &RoutePlan| world.origin(plan.pairs[route.pair].0);
    let mut hubs: Vec<(usize, JurisdictionIndex, JurisdictionIndex)> = plan
        .routes
        .iter()
        .filter_map(|route| Some((route.commodity, exporter(route), route.via?)))
        .collect();
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
            exporter,
        })
    };
    plan.routes.iter().enumerate().filter_map(recorded).collect()
}

/// Which commodities have a seller's and a buyer's view of their restrictable pairs.
fn views(plan: &Plan) -> (Vec<bool>, Vec<bool>) {
    let world = plan.world();
    let is_rest = |jurisdiction: JurisdictionIndex| world.jurisdictions[jurisdiction].rest_of_world;
    let traded = |route: &&RoutePlan| route.kind == RouteKind::Direct && !route.is_latent();
    let mut open_supply = vec![false; plan.supply_quantity.len()];
    let mut open_demand = vec![false; plan.demand_quantity.len()];
    for route in plan.routes.iter().filter(traded) {
        let (supply, demand) = plan.pairs[route.pair];
        open_supply[route.supply] |= is_rest(world.destination(demand));
        open_demand[route.demand] |= is_rest(world.origin(supply));
    }
    let mut seller_view = vec![true; world.commodities.len()];
    let mut buyer_view = seller_view.clone();
    let restricting = plan.scenario.measures.iter().zip(&plan.measures);
    let may_restrict = |measure: &Measure| restricts_pairs(&measure.action) && !is_void(&plan.scenario, measure);
    for (_, matched) in restricting.filter(|(measure, _)| may_restrict(measure)) {
        for &pair in &matched.pairs {
            let (supply, demand) = plan.pairs[pair];
            let commodity = world.supplies[supply].commodity.row();
            seller_view[commodity] &= open_supply[supply.row()];
            buyer_view[commodity] &= open_demand[demand.row()];
        }
    }
    (seller_view, buyer_view)
}
