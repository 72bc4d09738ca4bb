//! Where restricted trade went: what remains, what is circumvented, diverted or destroyed, and at whose cost
//! (MODEL section 6). All against the companion, the same draw without measures.

use ndarray::{Array2, Array3, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, s};

use super::effects::PairEffects;
use super::path::SolvedMonth;
use super::plan::{Constraint, Plan};
use crate::model::{Bottleneck, Index, JurisdictionIndex, RouteKind};

/// What the companion run of one draw is compared with, months by entities.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Tonnes per month.
    pub pair_flow: Array2<f64>,
    pub supply_flow: Array2<f64>,
    pub demand_flow: Array2<f64>,
    /// USD per tonne; not a number where there is no price.
    pub supply_price: Array2<f64>,
    pub demand_price: Array2<f64>,
}

impl Companion {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        let months = plan.scenario.horizon.months;
        let zeros = |entities: usize| Array2::zeros((months, entities));
        Self {
            pair_flow: zeros(plan.pairs.len()),
            supply_flow: zeros(plan.supply_quantity.len()),
            demand_flow: zeros(plan.demand_quantity.len()),
            supply_price: zeros(plan.supply_quantity.len()),
            demand_price: zeros(plan.demand_quantity.len()),
        }
    }

    /// Keeps a month of the companion run.
    pub fn keep(&mut self, plan: &Plan, month: SolvedMonth<'_>) {
        for (route, flow) in plan.routes.iter().zip(&month.solution.flow) {
            self.pair_flow[[month.step, route.pair]] += flow;
            self.supply_flow[[month.step, route.supply]] += flow;
            self.demand_flow[[month.step, route.demand]] += flow;
        }
        let copy = |mut row: ArrayViewMut1<'_, f64>, prices: &[f64]| {
            row.iter_mut().zip(prices).for_each(|(kept, price)| *kept = *price);
        };
        copy(self.supply_price.row_mut(month.step), &month.solution.supply_price);
        copy(self.demand_price.row_mut(month.step), &month.solution.demand_price);
    }
}

impl Companion {
    /// Tonnes of each commodity traded in a month.
    pub fn trade(&self, plan: &Plan, step: usize) -> Vec<f64> {
        let mut trade = vec![0.0; plan.world().commodities.len()];
        for (demand, row) in plan.world().demands.iter() {
            trade[row.commodity.row()] += self.demand_flow[[step, demand.row()]];
        }
        trade
    }
}

/// How far restricted trade is from the sum of what became of it, in either view, tonnes; `terms` are of one good.
pub fn accounting_gap(terms: ArrayView1<'_, f64>) -> f64 {
    let value = |term| terms[row_of(term)];
    let moved = value(Term::Restricted) - value(Term::Direct) - value(Term::Circumvented);
    let seller = moved - value(Term::DivertedSeller) - value(Term::DestroyedSeller);
    let buyer = moved - value(Term::DivertedBuyer) - value(Term::DestroyedBuyer);
    seller.abs().max(buyer.abs())
}

/// A monthly term that adds up over time and goods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    Restricted,
    Direct,
    /// All hidden flow on restricted pairs.
    Circumvented,
    /// That part of it with the papers of one intermediary, by place in [`Accounts::vias`].
    CircumventedVia(usize),
    DivertedSeller,
    DestroyedSeller,
    DivertedBuyer,
    DestroyedBuyer,
    /// Exports recorded by the origin that the declared destination never records.
    MirrorGap,
    MirrorGapVia(usize),
    /// Loss of the intermediaries' own demand where it is not restricted itself.
    GenuineLost,
    /// Revenue that sellers with restricted pairs lose, whoever restricts them, USD.
    RevenueLost,
    /// Rent of the intermediaries' networks, USD.
    Rent,
    RentVia(usize),
    /// Price paid above the companion's in restricted markets, times the companion's tonnes, USD.
    PriceGain,
    /// The companion's price times its tonnes in restricted markets, USD.
    PriceBase,
}

impl Term {
    /// Terms that are not by intermediary.
    const OVERALL: usize = 13;
    /// Terms for each intermediary.
    const BY_VIA: usize = 3;
}

/// The row of a term in the arrays of terms.
fn row_of(term: Term) -> usize {
    match term {
        Term::Restricted => 0,
        Term::Direct => 1,
        Term::Circumvented => 2,
        Term::DivertedSeller => 3,
        Term::DestroyedSeller => 4,
        Term::DivertedBuyer => 5,
        Term::DestroyedBuyer => 6,
        Term::MirrorGap => 7,
        Term::GenuineLost => 8,
        Term::RevenueLost => 9,
        Term::Rent => 10,
        Term::PriceGain => 11,
        Term::PriceBase => 12,
        Term::CircumventedVia(via) => Term::OVERALL + Term::BY_VIA * via,
        Term::MirrorGapVia(via) => Term::OVERALL + Term::BY_VIA * via + 1,
        Term::RentVia(via) => Term::OVERALL + Term::BY_VIA * via + 2,
    }
}

/// How a term is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// In tonnes, and in dollars at reference prices.
    Tonnes,
    /// In dollars only.
    Dollars,
}

/// What the accounts of a plan hold: terms by commodity, and which of them exist.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Intermediaries whose papers some route uses, in the order of the world.
    pub vias: Vec<JurisdictionIndex>,
    pub commodities: usize,
    via_of_route: Vec<Option<usize>>,
    via_of_constraint: Vec<Option<usize>>,
    genuine_demand: Vec<bool>,
    /// Whether every restrictable supply of a commodity has a rest-of-world demand, and so a seller's view.
    pub seller_view: Vec<bool>,
    /// Whether every restrictable demand of a commodity has a rest-of-world supply, and so a buyer's view.
    pub buyer_view: Vec<bool>,
}

impl Accounts {
    /// Lists the terms of a plan.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let mut vias: Vec<JurisdictionIndex> = plan.routes.iter().filter_map(|route| route.via).collect();
        vias.sort_unstable();
        vias.dedup();
        let place = |via: JurisdictionIndex| vias.iter().position(|known| *known == via);
        let via_of_constraint = |constraint: &Constraint| match constraint {
            Constraint::Capacity(capacity) => match world.capacities[*capacity].bottleneck {
                Bottleneck::Via(via) => place(via),
                _ => None,
            },
            _ => None,
        };
        let (seller_view, buyer_view) = views(plan);
        Self {
            commodities: world.commodities.len(),
            via_of_route: plan.routes.iter().map(|route| route.via.and_then(place)).collect(),
            via_of_constraint: plan
                .constraints
                .iter()
                .map(|row| via_of_constraint(&row.constraint))
                .collect(),
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
        Term::OVERALL + Term::BY_VIA * self.vias.len()
    }

    /// Adds up one month; `terms` has a row for each term and a column for each commodity.
    pub fn add_month(
        &self,
        plan: &Plan,
        month: SolvedMonth<'_>,
        companion: &Companion,
        terms: &mut ArrayViewMut2<'_, f64>,
    ) {
        let ledger = Ledger::new(plan, month, companion);
        add_pairs(plan, &ledger, terms);
        self.add_routes(plan, &ledger, terms);
        add_supplies(plan, &ledger, terms);
        self.add_demands(plan, &ledger, terms);
        self.add_rents(plan, month, terms);
    }

    fn add_routes(&self, plan: &Plan, ledger: &Ledger<'_>, terms: &mut ArrayViewMut2<'_, f64>) {
        for (number, (route, &flow)) in plan.routes.iter().zip(ledger.flow).enumerate() {
            if flow == 0.0 {
                continue;
            }
            let mut add = |term: Term| terms[[row_of(term), route.commodity]] += flow;
            if route.kind == RouteKind::Ghost {
                add(Term::MirrorGap);
                self.via_of_route[number]
                    .into_iter()
                    .for_each(|via| add(Term::MirrorGapVia(via)));
            }
            if ledger.pairs[route.pair].restricted {
                if route.kind == RouteKind::Direct {
                    add(Term::Direct);
                } else {
                    add(Term::Circumvented);
                    self.via_of_route[number]
                        .into_iter()
                        .for_each(|via| add(Term::CircumventedVia(via)));
                }
            }
        }
    }

    fn add_demands(&self, plan: &Plan, ledger: &Ledger<'_>, terms: &mut ArrayViewMut2<'_, f64>) {
        for (demand, row) in plan.world().demands.iter() {
            let place = demand.row();
            let commodity = row.commodity.row();
            let (before, now) = (
                ledger.companion.demand_flow[[ledger.step, place]],
                ledger.demand_flow[place],
            );
            if !ledger.restricted_demand[place] {
                // What a target of the restrictions loses itself is no collateral.
                if self.genuine_demand[place] {
                    terms[[row_of(Term::GenuineLost), commodity]] += before - now;
                }
                continue;
            }
            terms[[row_of(Term::DestroyedBuyer), commodity]] += before - now;
            terms[[row_of(Term::DivertedBuyer), commodity]] += ledger.demand_diverted[place];
            let (usual, price) = (
                ledger.companion.demand_price[[ledger.step, place]],
                ledger.demand_price[place],
            );
            if usual.is_finite() && price.is_finite() {
                terms[[row_of(Term::PriceGain), commodity]] += before * (price - usual);
                terms[[row_of(Term::PriceBase), commodity]] += before * usual;
            }
        }
    }

    fn add_rents(&self, plan: &Plan, month: SolvedMonth<'_>, terms: &mut ArrayViewMut2<'_, f64>) {
        for (place, row) in plan.constraints.iter().enumerate() {
            let (Some(via), rent) = (self.via_of_constraint[place], month.solution.rent[place]) else {
                continue;
            };
            if rent == 0.0 {
                continue;
            }
            for &route in &row.routes {
                let earned = rent * month.solution.flow[route];
                terms[[row_of(Term::Rent), plan.routes[route].commodity]] += earned;
                terms[[row_of(Term::RentVia(via)), plan.routes[route].commodity]] += earned;
            }
        }
    }
}

fn add_pairs(plan: &Plan, ledger: &Ledger<'_>, terms: &mut ArrayViewMut2<'_, f64>) {
    for (pair, &(supply, _)) in plan.pairs.iter().enumerate() {
        if ledger.pairs[pair].restricted {
            let commodity = plan.world().supplies[supply].commodity.row();
            terms[[row_of(Term::Restricted), commodity]] += ledger.companion_pair(pair);
        }
    }
}

fn add_supplies(plan: &Plan, ledger: &Ledger<'_>, terms: &mut ArrayViewMut2<'_, f64>) {
    for (supply, row) in plan.world().supplies.iter() {
        let place = supply.row();
        if !ledger.restricted_supply[place] {
            continue;
        }
        let commodity = row.commodity.row();
        let (before, now) = (
            ledger.companion.supply_flow[[ledger.step, place]],
            ledger.supply_flow[place],
        );
        terms[[row_of(Term::DestroyedSeller), commodity]] += before - now;
        terms[[row_of(Term::DivertedSeller), commodity]] += ledger.supply_diverted[place];
        let revenue = |price: f64, tonnes: f64| if tonnes > 0.0 { price * tonnes } else { 0.0 };
        let earned = revenue(ledger.companion.supply_price[[ledger.step, place]], before);
        let earns = revenue(ledger.supply_price[place], now);
        terms[[row_of(Term::RevenueLost), commodity]] += earned - earns;
    }
}

/// Which commodities have a seller's and a buyer's view of their restrictable pairs.
fn views(plan: &Plan) -> (Vec<bool>, Vec<bool>) {
    let world = plan.world();
    let is_rest = |jurisdiction: JurisdictionIndex| world.jurisdictions[jurisdiction].rest_of_world;
    let traded = |route: &&super::plan::RoutePlan| route.kind == RouteKind::Direct && !route.is_latent();
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
    for (_, matched) in restricting.filter(|(measure, _)| super::plan::restricts_pairs(&measure.action)) {
        for &pair in &matched.pairs {
            let (supply, demand) = plan.pairs[pair];
            let commodity = world.supplies[supply].commodity.row();
            seller_view[commodity] &= open_supply[supply.row()];
            buyer_view[commodity] &= open_demand[demand.row()];
        }
    }
    (seller_view, buyer_view)
}

/// A month's flows by pair, supply and demand, beside the companion's.
struct Ledger<'a> {
    step: usize,
    flow: &'a [f64],
    supply_price: &'a [f64],
    demand_price: &'a [f64],
    pairs: &'a [PairEffects],
    companion: &'a Companion,
    supply_flow: Vec<f64>,
    demand_flow: Vec<f64>,
    restricted_supply: Vec<bool>,
    restricted_demand: Vec<bool>,
    /// What a supply sends on its unrestricted pairs beyond the companion.
    supply_diverted: Vec<f64>,
    demand_diverted: Vec<f64>,
}

impl<'a> Ledger<'a> {
    fn new(plan: &Plan, month: SolvedMonth<'a>, companion: &'a Companion) -> Self {
        let (supplies, demands) = (plan.supply_quantity.len(), plan.demand_quantity.len());
        let mut ledger = Self {
            step: month.step,
            flow: &month.solution.flow,
            supply_price: &month.solution.supply_price,
            demand_price: &month.solution.demand_price,
            pairs: &month.effects.pairs,
            companion,
            supply_flow: vec![0.0; supplies],
            demand_flow: vec![0.0; demands],
            restricted_supply: vec![false; supplies],
            restricted_demand: vec![false; demands],
            supply_diverted: vec![0.0; supplies],
            demand_diverted: vec![0.0; demands],
        };
        // The same sums in the same order as the companion's, so that a month without effect differs by exactly zero.
        let mut pair_flow = vec![0.0; plan.pairs.len()];
        for (route, flow) in plan.routes.iter().zip(ledger.flow) {
            pair_flow[route.pair] += flow;
            ledger.supply_flow[route.supply] += flow;
            ledger.demand_flow[route.demand] += flow;
        }
        for (pair, &(supply, demand)) in plan.pairs.iter().enumerate() {
            let (supply, demand) = (supply.row(), demand.row());
            if ledger.pairs[pair].restricted {
                ledger.restricted_supply[supply] = true;
                ledger.restricted_demand[demand] = true;
            } else {
                let beyond = pair_flow[pair] - ledger.companion_pair(pair);
                ledger.supply_diverted[supply] += beyond;
                ledger.demand_diverted[demand] += beyond;
            }
        }
        ledger
    }

    fn companion_pair(&self, pair: usize) -> f64 {
        self.companion.pair_flow[[self.step, pair]]
    }
}

/// A metric and how it is made of terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub formula: Formula,
}

/// How a metric follows from the terms of a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Formula {
    /// The term itself, added up over the period.
    Sum(Term, Measured),
    /// A term over the difference of two, or over one; where that is positive.
    Ratio {
        numerator: Term,
        denominator: Term,
        less: Option<Term>,
    },
}

/// The metrics by name, without those by intermediary.
pub const METRICS: [Metric; 13] = [
    sum("restricted", Term::Restricted, Measured::Tonnes),
    sum("direct", Term::Direct, Measured::Tonnes),
    sum("circumvented", Term::Circumvented, Measured::Tonnes),
    sum("diverted_seller", Term::DivertedSeller, Measured::Tonnes),
    sum("destroyed_seller", Term::DestroyedSeller, Measured::Tonnes),
    sum("diverted_buyer", Term::DivertedBuyer, Measured::Tonnes),
    sum("destroyed_buyer", Term::DestroyedBuyer, Measured::Tonnes),
    sum("mirror_gap", Term::MirrorGap, Measured::Tonnes),
    sum("genuine_trade_lost", Term::GenuineLost, Measured::Tonnes),
    sum("revenue_lost", Term::RevenueLost, Measured::Dollars),
    sum("intermediary_rent", Term::Rent, Measured::Dollars),
    Metric {
        name: "circumvention_rate",
        formula: Formula::Ratio {
            numerator: Term::Circumvented,
            denominator: Term::Restricted,
            less: Some(Term::Direct),
        },
    },
    Metric {
        name: "price_rise",
        formula: Formula::Ratio {
            numerator: Term::PriceGain,
            denominator: Term::PriceBase,
            less: None,
        },
    },
];

const fn sum(name: &'static str, term: Term, measured: Measured) -> Metric {
    Metric {
        name,
        formula: Formula::Sum(term, measured),
    }
}

/// The metrics by one intermediary.
pub fn metrics_via(via: usize) -> [Metric; 3] {
    [
        sum("circumvented", Term::CircumventedVia(via), Measured::Tonnes),
        sum("mirror_gap", Term::MirrorGapVia(via), Measured::Tonnes),
        sum("intermediary_rent", Term::RentVia(via), Measured::Dollars),
    ]
}

/// A good, or all of them in tonnes or in dollars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goods {
    One(usize),
    AllTonnes,
    AllDollars,
}

impl Accounts {
    /// The value of a metric over a period whose `terms` have been added up; not a number where it does not exist.
    pub fn evaluate(&self, metric: Metric, goods: Goods, terms: ArrayView2<'_, f64>, prices: &[f64]) -> f64 {
        match metric.formula {
            Formula::Sum(term, measured) => {
                if self.has_view(term, goods) {
                    total(term, measured, goods, terms, prices)
                } else {
                    f64::NAN
                }
            }
            Formula::Ratio {
                numerator,
                denominator,
                less,
            } => {
                // Ratios over all goods are ratios of dollars; price terms are dollars already.
                let measured = if matches!(numerator, Term::PriceGain) {
                    Measured::Dollars
                } else {
                    Measured::Tonnes
                };
                let total = |term| total(term, measured, goods, terms, prices);
                let below = total(denominator) - less.map_or(0.0, total);
                // The companion and the scenario are solved to a tolerance: a denominator within it is no trade.
                if below > 1e-9 * total(denominator).abs() {
                    total(numerator) / below
                } else {
                    f64::NAN
                }
            }
        }
    }

    fn has_view(&self, term: Term, goods: Goods) -> bool {
        let views = match term {
            Term::DivertedSeller | Term::DestroyedSeller => &self.seller_view,
            Term::DivertedBuyer | Term::DestroyedBuyer => &self.buyer_view,
            _ => return true,
        };
        match goods {
            Goods::One(commodity) => views[commodity],
            Goods::AllTonnes | Goods::AllDollars => views.iter().all(|has_view| *has_view),
        }
    }
}

/// A term of a period for one good or all.
fn total(term: Term, measured: Measured, goods: Goods, terms: ArrayView2<'_, f64>, prices: &[f64]) -> f64 {
    let row = terms.slice(s![row_of(term), ..]);
    match (goods, measured) {
        (Goods::One(commodity), _) => row[commodity],
        (Goods::AllTonnes, _) | (Goods::AllDollars, Measured::Dollars) => {
            row.iter().fold(0.0, |sum, value| sum + value)
        }
        (Goods::AllDollars, Measured::Tonnes) => row
            .iter()
            .zip(prices)
            .fold(0.0, |sum, (tonnes, price)| sum + tonnes * price),
    }
}

/// Terms of every month of a draw: months by terms by commodities.
pub fn monthly_terms(accounts: &Accounts, months: usize) -> Array3<f64> {
    Array3::zeros((months, accounts.terms(), accounts.commodities))
}
