//! Gains and losses of jurisdictions and capacities, added up by year.
//!
//! Terms say what became of restricted trade. These sums say whose trade, surplus and rent it was, restricted or not.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use std::collections::BTreeMap;

use super::accounts::Accounts;
use super::formula::GENUINE_TRADE_LOST;
use super::goods::Goods;
use super::ledger::{Ledger, Standings};
use super::surplus::DemandCurve;
use super::trade_totals::TradeTotals;
use crate::math::simd::{Lanes, WIDTH};
use crate::model::{CommodityIndex, Index, JurisdictionIndex, Table, Unit};
use crate::policy::ConstraintIndex;
use crate::simulation::Plan;

/// A quantity that belongs to a party.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PartyMetric {
    /// Tonnes sold by its sellers.
    Sales,
    /// Tonnes bought by its buyers.
    Purchases,
    /// Surplus that its sellers and buyers gain over the counterfactual, rents of its sellers' relations included, USD.
    Surplus,
    /// Its part of [`GENUINE_TRADE_LOST`], tonnes.
    GenuineLost,
    /// Rent of a capacity of the world, whoever uses it, USD.
    CapacityRent,
}

impl PartyMetric {
    /// Those that are not parts of a metric of all parties.
    pub const WITHOUT_TOTAL: [Self; 4] = [Self::Sales, Self::Purchases, Self::Surplus, Self::CapacityRent];

    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Purchases => "purchases",
            Self::Surplus => "surplus",
            Self::GenuineLost => GENUINE_TRADE_LOST,
            Self::CapacityRent => "capacity_rent",
        }
    }

    /// Tonnes, or dollars where prices of the month count.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Sales | Self::Purchases | Self::GenuineLost => Unit::Tonnes,
            Self::Surplus | Self::CapacityRent => Unit::Dollars,
        }
    }
}

/// Whose gain or loss it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Beneficiary {
    Jurisdiction(JurisdictionIndex),
    /// A network, port, border, link or route whose capacity is limited.
    Capacity(ConstraintIndex),
}

/// Metric, party and goods of a year's sum.
pub type PartyKey = (PartyMetric, Beneficiary, Goods);

/// The sums of every party: of one good each, and what adds these up.
#[derive(Clone, Debug)]
pub struct Parties {
    /// Places among the sums of one good, by supply and by demand.
    sales: Vec<usize>,
    seller_surplus: Vec<usize>,
    purchases: Vec<usize>,
    buyer_surplus: Vec<usize>,
    /// None where a demand is no intermediary's own.
    genuine: Vec<Option<usize>>,
    /// None for limits that measures set and for relations, whose rent their seller has.
    rents: Table<ConstraintIndex, Option<usize>>,
    /// How many sums of one good a year has.
    pub sums: usize,
    /// Reported quantities, in order.
    pub keys: Vec<PartyKey>,
    /// For each of them the sums of one good that it adds up, with factors.
    parts: Vec<Vec<(usize, f64)>>,
}

impl Parties {
    /// The parties of a plan; `prices` by commodity, USD per tonne.
    pub fn new(plan: &Plan, accounts: &Accounts, prices: &[f64]) -> Self {
        let world = plan.world();
        let mut places = Places::default();
        let mut of = |metric, jurisdiction, good| {
            places.place(
                metric,
                Beneficiary::Jurisdiction(jurisdiction),
                Some(CommodityIndex::new(good)),
            )
        };
        let sellers = world.supplies.indices().zip(&accounts.good_supplied);
        let sellers: Vec<_> = sellers.map(|(supply, &good)| (world.origin(supply), good)).collect();
        let buyers = world.demands.indices().zip(&accounts.good_demanded);
        let buyers: Vec<_> = buyers
            .map(|(demand, &good)| (world.destination(demand), good))
            .collect();
        let mut each = |metric, markets: &[(JurisdictionIndex, usize)]| -> Vec<usize> {
            let markets = markets.iter();
            markets
                .map(|&(jurisdiction, good)| of(metric, jurisdiction, good))
                .collect()
        };
        let (sales, seller_surplus) = (each(PartyMetric::Sales, &sellers), each(PartyMetric::Surplus, &sellers));
        let (purchases, buyer_surplus) = (
            each(PartyMetric::Purchases, &buyers),
            each(PartyMetric::Surplus, &buyers),
        );
        let genuine = buyers.iter().zip(&accounts.genuine_demand);
        let genuine =
            genuine.map(|(&(place, good), &is_own)| is_own.then(|| of(PartyMetric::GenuineLost, place, good)));
        let genuine = genuine.collect();
        let rent = |constraint| {
            let is_earned = accounts.markup.earns_as_capacity(constraint);
            is_earned.then(|| places.place(PartyMetric::CapacityRent, Beneficiary::Capacity(constraint), None))
        };
        let rents = plan.constraints.indices().map(rent).collect();
        let (keys, parts) = places.add_up(prices);
        Self {
            sales,
            seller_surplus,
            purchases,
            buyer_surplus,
            genuine,
            rents,
            sums: places.0.len(),
            keys,
            parts,
        }
    }

    /// Adds a month to the sums of its year. `limited` is the flow under each constraint, tonnes.
    #[inline(always)]
    pub fn add_month(&self, ledger: &Ledger<'_>, standings: &Standings, limited: &[Lanes], sums: &mut [Lanes]) {
        for (supply, (&sales, &surplus)) in self.sales.iter().zip(&self.seller_surplus).enumerate() {
            sums[sales] += ledger.now.supply[supply];
            sums[surplus] += producer_surplus_gained(ledger, supply);
        }
        for (demand, (&purchases, &surplus)) in self.purchases.iter().zip(&self.buyer_surplus).enumerate() {
            let (before, now) = (ledger.usual.demand[demand], ledger.now.demand[demand]);
            sums[purchases] += now;
            sums[surplus] += consumer_surplus_gained(ledger, demand);
            if let Some(genuine) = self.genuine[demand] {
                sums[genuine] += (before - now).only(!standings.demands[demand].targeted);
            }
        }
        for &constraint in &ledger.burdens.paid {
            if let Some(place) = self.rents[constraint] {
                let rent = ledger.burdens.rent[constraint.row()];
                sums[place] += rent * limited[constraint.row()];
            }
        }
    }

    /// Writes the reported quantities of the years whose sums are listed, added up, to `cells`.
    #[inline(always)]
    pub fn write(&self, years: &[&[Lanes]], cells: &mut [Lanes]) {
        for (cell, parts) in cells.iter_mut().zip(&self.parts) {
            *cell = Lanes::ZERO;
            for &(place, factor) in parts {
                let total = years.iter().fold(Lanes::ZERO, |total, year| total + year[place]);
                *cell += Lanes::all(factor) * total;
            }
        }
    }
}

/// Places of sums of one good, or of none for rents, in the order in which they were asked for.
#[derive(Default)]
struct Places(BTreeMap<(PartyMetric, Beneficiary, Option<CommodityIndex>), usize>);

impl Places {
    fn place(&mut self, metric: PartyMetric, party: Beneficiary, good: Option<CommodityIndex>) -> usize {
        let next = self.0.len();
        *self.0.entry((metric, party, good)).or_insert(next)
    }

    /// Reported quantities: each sum, and those of all goods of a party.
    fn add_up(&self, prices: &[f64]) -> (Vec<PartyKey>, Vec<Vec<(usize, f64)>>) {
        let mut reported: BTreeMap<PartyKey, Vec<(usize, f64)>> = BTreeMap::new();
        for (&(metric, party, good), &place) in &self.0 {
            let mut add = |goods, factor| {
                reported
                    .entry((metric, party, goods))
                    .or_default()
                    .push((place, factor));
            };
            if let Some(good) = good {
                add(Goods::One(good), 1.0);
            }
            let price = good.map_or(1.0, |good| prices[good.row()]);
            match metric.unit() {
                Unit::Tonnes => {
                    add(Goods::AllTonnes, 1.0);
                    add(Goods::AllDollars, price);
                }
                Unit::Dollars => add(Goods::AllDollars, 1.0),
            }
        }
        reported.into_iter().unzip()
    }
}

/// Producer surplus along C = c (S / q)^(1 / eta), and rents of relations, gained over the counterfactual, USD.
#[inline(always)]
fn producer_surplus_gained(ledger: &Ledger<'_>, supply: usize) -> Lanes {
    // Without trade there may be no price.
    let revenue = |trade: &TradeTotals| {
        let tonnes = trade.supply[supply];
        (trade.supply_price[supply] * tonnes).only(Lanes::ZERO.below(tonnes))
    };
    let rents = |trade: &TradeTotals| trade.seller_rent.get(supply).copied().unwrap_or(Lanes::ZERO);
    let kept = Lanes::ONE + ledger.month.each(|draw| draw.conditions.supply_elasticity[supply]);
    (revenue(ledger.now) - revenue(ledger.usual)) / kept + (rents(ledger.now) - rents(ledger.usual))
}

/// Consumer surplus gained over the counterfactual, USD.
fn consumer_surplus_gained(ledger: &Ledger<'_>, demand: usize) -> Lanes {
    let (usual, now) = (ledger.usual.demand_price[demand].0, ledger.now.demand_price[demand].0);
    let gained = |lane: usize| {
        // Most markets of most months are as without measures, and the integral is dear.
        if usual[lane].to_bits() == now[lane].to_bits() {
            return 0.0;
        }
        let curve = DemandCurve::of(ledger.month.draw(lane).conditions, demand);
        -curve.surplus_lost(usual[lane], now[lane])
    };
    Lanes(std::array::from_fn::<f64, WIDTH, _>(gained))
}
