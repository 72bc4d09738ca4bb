//! The terms of a month, added up from its trade and the counterfactual's.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::accounts::Accounts;
use super::ledger::{Ledger, Standings};
use super::surplus::DemandCurve;
use super::term::{Term, TermAccumulator, ViaTerm};
use super::trade_totals::TradeTotals;
use crate::math::simd::{Lanes, Mask, WIDTH};
use crate::math::width::{Width, Work};
use crate::model::{Index, RouteKind, Table};
use crate::policy::PairIndex;
use crate::simulation::{Plan, Reuse};

/// Scratch space for the terms of a month, a lane for each draw.
#[derive(Debug)]
pub struct Accountant {
    width: Width,
    pub standings: Standings,
    /// By supply, its trade on unrestricted pairs beyond the counterfactual, tonnes.
    supply_diverted: Vec<Lanes>,
    demand_diverted: Vec<Lanes>,
    /// By route, charges of measures, USD per tonne.
    pub(super) charge: Vec<Lanes>,
    /// The usual cost of a pair's direct trade, USD per tonne.
    pub(super) usual_cost: Table<PairIndex, Lanes>,
}

impl Accountant {
    /// Scratch space for the months of a plan.
    pub fn new(plan: &Plan, width: Width, reuse: Reuse) -> Self {
        Self {
            width,
            standings: Standings::new(plan, reuse),
            supply_diverted: vec![Lanes::ZERO; plan.supply_quantity.len()],
            demand_diverted: vec![Lanes::ZERO; plan.demand_quantity.len()],
            charge: vec![Lanes::ZERO; plan.routes.len()],
            usual_cost: Table::filled(Lanes::ZERO, plan.pairs.len()),
        }
    }

    /// Writes the terms of one month, whose standings have been seen: a row for each term, a column for each commodity.
    pub fn write_month(&mut self, accounts: &Accounts, plan: &Plan, ledger: Ledger<'_>, terms: &mut [Lanes]) {
        if self.standings.restricts {
            ledger.month.lay(|draw| &draw.effects.charge, &mut self.charge);
        }
        self.width.run(AddMonth {
            accounts,
            plan,
            ledger,
            accountant: self,
            terms,
        });
    }
}

struct AddMonth<'a> {
    accounts: &'a Accounts,
    plan: &'a Plan,
    ledger: Ledger<'a>,
    accountant: &'a mut Accountant,
    terms: &'a mut [Lanes],
}

impl Work for AddMonth<'_> {
    #[inline(always)]
    fn run(self) {
        let Self {
            accounts,
            plan,
            ledger,
            accountant,
            terms,
        } = self;
        let terms = &mut TermAccumulator::new(terms, accounts.commodities);
        accounts.add_hidden(&ledger, terms);
        accounts.add_genuine(&ledger, &accountant.standings, terms);
        for (rent, &commodity) in ledger.now.seller_rent.iter().zip(&accounts.good_supplied) {
            terms.add(Term::SellerRent, commodity, *rent);
        }
        if accountant.standings.has_tariffs {
            accounts.add_tariffed(&ledger, &accountant.standings, terms);
        }
        if accountant.standings.has_withdrawals {
            accounts.add_bypassed(&ledger, &accountant.standings, terms);
        }
        if accountant.standings.restricts {
            accountant.divert(plan, &ledger);
            accounts.add_restricted(&ledger, accountant, terms);
            accounts.add_pairs(plan, &ledger, &accountant.standings, terms);
            accounts.add_records(&ledger, &accountant.standings, terms);
            accounts.add_demands(plan, &ledger, accountant, terms);
            accounts.add_supplies(&ledger, accountant, terms);
            accounts.markup.add(accounts, plan, &ledger, accountant, terms);
        }
    }
}

impl Accountant {
    #[inline(always)]
    fn divert(&mut self, plan: &Plan, ledger: &Ledger<'_>) {
        self.supply_diverted.fill(Lanes::ZERO);
        self.demand_diverted.fill(Lanes::ZERO);
        for (pair, (supply, demand)) in plan.pairs.iter() {
            // The same sums in the same order as the counterfactual's, so that a month without effect differs by exactly zero.
            let beyond = ledger.now.pair[pair] - ledger.usual.pair[pair];
            let beyond = beyond.only(!self.standings.restricted[pair]);
            self.supply_diverted[supply.row()] += beyond;
            self.demand_diverted[demand.row()] += beyond;
        }
    }
}

impl Accounts {
    /// Hidden trade of any pair.
    #[inline(always)]
    fn add_hidden(&self, ledger: &Ledger<'_>, terms: &mut TermAccumulator<'_>) {
        for &number in &self.declared {
            let (route, flow) = (self.routes[number], ledger.flows[number]);
            terms.add(Term::RecordedHidden, route.commodity, flow);
            if route.kind == RouteKind::Ghost {
                terms.add(Term::MirrorGap, route.commodity, flow);
                if let Some(via) = route.via {
                    terms.add_via(ViaTerm::MirrorGap, via, route.commodity, flow);
                }
            }
        }
        for &number in &self.inspected {
            let seized = ledger.month.each(|draw| draw.seized[number]);
            terms.add(Term::Seized, self.routes[number].commodity, seized);
        }
    }

    /// Trade that bystanders lose, those of transit bans among them: a target's own loss is no collateral.
    #[inline(always)]
    fn add_genuine(&self, ledger: &Ledger<'_>, standings: &Standings, terms: &mut TermAccumulator<'_>) {
        for (place, &commodity) in self.good_demanded.iter().enumerate() {
            if self.genuine_demand[place] {
                let lost = ledger.usual.demand[place] - ledger.now.demand[place];
                terms.add(
                    Term::GenuineLost,
                    commodity,
                    lost.only(!standings.demands[place].targeted),
                );
            }
        }
    }

    #[inline(always)]
    fn add_tariffed(&self, ledger: &Ledger<'_>, standings: &Standings, terms: &mut TermAccumulator<'_>) {
        for &number in &self.direct {
            let route = self.routes[number];
            let flow = ledger.flows[number].only(standings.tariffed[route.pair]);
            terms.add(Term::Tariffed, route.commodity, flow);
        }
    }

    /// Hidden flows on pairs that sellers have left on their own. No law is circumvented, so they stand apart.
    #[inline(always)]
    fn add_bypassed(&self, ledger: &Ledger<'_>, standings: &Standings, terms: &mut TermAccumulator<'_>) {
        for (route, flow) in self.routes.iter().zip(ledger.flows) {
            let withdrawn = standings.withdrawn[route.pair];
            if route.kind == RouteKind::Direct || !withdrawn.any() {
                continue;
            }
            let (good, flow) = (route.commodity, flow.only(withdrawn));
            terms.add(Term::Bypassed, good, flow);
            if let Some(via) = route.via {
                terms.add_via(ViaTerm::Bypassed, via, good, flow);
            }
        }
    }

    /// Direct and hidden flows on restricted pairs.
    #[inline(always)]
    fn add_restricted(&self, ledger: &Ledger<'_>, accountant: &Accountant, terms: &mut TermAccumulator<'_>) {
        for (route, flow) in self.routes.iter().zip(ledger.flows) {
            let restricted = accountant.standings.restricted[route.pair];
            if !restricted.any() {
                continue;
            }
            let (good, flow) = (route.commodity, flow.only(restricted));
            if route.kind == RouteKind::Direct {
                terms.add(Term::Direct, good, flow);
                continue;
            }
            terms.add(Term::Circumvented, good, flow);
            if let Some(via) = route.via {
                terms.add_via(ViaTerm::Circumvented, via, good, flow);
            }
            if route.is_declared() {
                terms.add(Term::RecordedCircumvented, good, flow);
            }
        }
    }

    #[inline(always)]
    fn add_pairs(&self, plan: &Plan, ledger: &Ledger<'_>, standings: &Standings, terms: &mut TermAccumulator<'_>) {
        for (pair, &(supply, _)) in plan.pairs.iter() {
            let restricted = standings.restricted[pair];
            let commodity = self.good_supplied[supply.row()];
            terms.add(Term::Restricted, commodity, ledger.usual.pair[pair].only(restricted));
            let baseline = Lanes::all(self.markup.direct_baseline[pair]);
            terms.add(Term::BaselineDirect, commodity, baseline.only(restricted));
        }
    }

    /// Exporters' own records with intermediaries. Direct trade of a restricted pair is no part of them: where an
    /// intermediary is a target itself, its loss stands in the fall of direct trade.
    #[inline(always)]
    fn add_records(&self, ledger: &Ledger<'_>, standings: &Standings, terms: &mut TermAccumulator<'_>) {
        for recorded in &self.recorded {
            let route = self.routes[recorded.route];
            let mut counted = standings.restricts_exporter(recorded.exporter, route.commodity);
            if recorded.is_direct {
                counted = counted & !standings.restricted[route.pair];
            }
            // Against the baseline month, not the counterfactual: published statistics know no other.
            let rise = ledger.flows[recorded.route] - Lanes::all(recorded.baseline.get());
            terms.add(Term::RecordedRise, route.commodity, rise.only(counted));
        }
    }

    #[inline(always)]
    fn add_demands(&self, plan: &Plan, ledger: &Ledger<'_>, accountant: &Accountant, terms: &mut TermAccumulator<'_>) {
        for (place, &commodity) in self.good_demanded.iter().enumerate() {
            let standing = accountant.standings.demands[place];
            let restricted = standing.restricted;
            if !restricted.any() {
                continue;
            }
            let (before, now) = (ledger.usual.demand[place], ledger.now.demand[place]);
            terms.add(Term::DestroyedBuyer, commodity, (before - now).only(restricted));
            let diverted = accountant.demand_diverted[place];
            terms.add(Term::DivertedBuyer, commodity, diverted.only(restricted));
            // Against the baseline month here too, so that both sides of an offset are measured alike.
            let fall = Lanes::all(plan.demand_quantity.rows()[place].get()) - now;
            terms.add(Term::PurchasesFall, commodity, fall.only(restricted));
            // A market that nobody can reach has the price at which nobody buys. Where there is none either, the rise of
            // the whole period does not exist: without this market it would be a milder one.
            let choke = ledger.month.each(|draw| draw.conditions.choke[place]);
            let known = |price: Lanes| is_finite(price).select(price, choke);
            let usual = known(ledger.usual.demand_price[place]);
            let price = known(ledger.now.demand_price[place]);
            let gain = before * (price - usual);
            let gain = is_finite(gain).select(gain, Lanes::all(f64::NAN));
            // Where nothing is bought without measures either, no price has risen.
            let bought = restricted & Lanes::ZERO.below(before);
            terms.add(Term::PriceGain, commodity, gain.only(bought));
            terms.add(Term::PriceBase, commodity, (before * usual).only(bought));
            let lost = surplus_lost(ledger, place, standing.targeted);
            terms.add(Term::TargetLoss, commodity, lost);
        }
    }

    #[inline(always)]
    fn add_supplies(&self, ledger: &Ledger<'_>, accountant: &Accountant, terms: &mut TermAccumulator<'_>) {
        for (place, &commodity) in self.good_supplied.iter().enumerate() {
            let standing = accountant.standings.supplies[place];
            let (restricted, targeted) = (standing.restricted, standing.targeted);
            if !restricted.any() {
                continue;
            }
            let (before, now) = (ledger.usual.supply[place], ledger.now.supply[place]);
            terms.add(Term::DestroyedSeller, commodity, (before - now).only(restricted));
            let diverted = accountant.supply_diverted[place];
            terms.add(Term::DivertedSeller, commodity, diverted.only(restricted));
            // Without trade there may be no price.
            let revenue = |price: Lanes, tonnes: Lanes| (price * tonnes).only(Lanes::ZERO.below(tonnes));
            let earned = revenue(ledger.usual.supply_price[place], before);
            let earns = revenue(ledger.now.supply_price[place], now);
            // What a limited relation pays beyond the price at the works.
            let rents = |trade: &TradeTotals| trade.seller_rent.get(place).copied().unwrap_or(Lanes::ZERO);
            let rents_lost = rents(ledger.usual) - rents(ledger.now);
            let lost = earned - earns + rents_lost;
            terms.add(Term::RevenueLost, commodity, lost.only(targeted));
            // Producer surplus along C = c (S / q)^(1 / eta).
            let kept = Lanes::ONE + ledger.month.each(|draw| draw.conditions.supply_elasticity[place]);
            let surplus_lost = (earned - earns) / kept + rents_lost;
            terms.add(Term::TargetLoss, commodity, surplus_lost.only(targeted));
            let coalition = restricted & !targeted;
            terms.add(Term::CoalitionRevenueLost, commodity, lost.only(coalition));
            terms.add(Term::CoalitionLost, commodity, (before - now).only(coalition));
        }
    }
}

#[inline(always)]
fn is_finite(value: Lanes) -> Mask {
    value.abs().below(Lanes::all(f64::INFINITY))
}

/// Surplus that buyers at a demand lose where they are targeted, USD.
fn surplus_lost(ledger: &Ledger<'_>, demand: usize, targeted: Mask) -> Lanes {
    let (usual, now) = (ledger.usual.demand_price[demand].0, ledger.now.demand_price[demand].0);
    let lost = |lane: usize| {
        let curve = DemandCurve::of(ledger.month.draw(lane).conditions, demand);
        curve.surplus_lost(usual[lane], now[lane])
    };
    let of_lane = |lane| if targeted.lane(lane) { lost(lane) } else { 0.0 };
    Lanes(std::array::from_fn::<f64, WIDTH, _>(of_lane))
}
