//! Who gets the mark-up on restricted pairs: rents of intermediaries, of ports, of what measures leave and of sellers,
//! freight, and friction.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::accounts::Accounts;
use super::ledger::{Ledger, Standings};
use super::month::Accountant;
use super::term::{Term, TermAccumulator, ViaTerm};
use crate::math::simd::Lanes;
use crate::model::{Bottleneck, Index, JurisdictionIndex, RouteKind, Table};
use crate::policy::{ConstraintIndex, PairIndex, RentHolder};
use crate::simulation::{Constraint, Plan};

/// Whose rent the rent of a constraint is.
#[derive(Clone, Copy, Debug)]
enum Earner {
    /// An intermediary's network, by place in `Accounts::vias`.
    Via(usize),
    /// Another capacity of the world: a port, a border, a link, a route.
    Port,
    /// The seller of a limited relation, whose rents are added up with his trade.
    Seller,
    /// Whoever may use what a measure leaves.
    Allowed(RentHolder),
}

/// The earners of rents and the usual direct trade of a plan, found before any month.
#[derive(Clone, Debug)]
pub struct MarkupPlan {
    earners: Table<ConstraintIndex, Earner>,
    /// Direct routes with baseline flow, tonnes per month.
    direct: Vec<(usize, f64)>,
    /// Baseline flow on the direct routes of each pair, tonnes per month.
    pub direct_baseline: Table<PairIndex, f64>,
}

impl MarkupPlan {
    /// Finds who earns what; `place` gives the place of an intermediary.
    pub fn new(plan: &Plan, place: impl Fn(JurisdictionIndex) -> Option<usize>) -> Self {
        let earner = |constraint: Constraint| match constraint {
            Constraint::Capacity(capacity) => match plan.world().capacities[capacity].bottleneck {
                // A network that no route uses earns nothing; any earner will do.
                Bottleneck::Via(via) => place(via).map_or(Earner::Port, Earner::Via),
                Bottleneck::Pair(..) => Earner::Seller,
                Bottleneck::Link(_) | Bottleneck::Node(_) | Bottleneck::Route(_) => Earner::Port,
            },
            Constraint::Limit { by, .. } => Earner::Allowed(plan.measure_of(by).instrument.rent_holder()),
        };
        let is_usual = |route: &usize| {
            let row = &plan.routes[*route];
            row.kind == RouteKind::Direct && !row.is_latent()
        };
        let usual = (0..plan.routes.len()).filter(is_usual);
        let direct: Vec<(usize, f64)> = usual.map(|route| (route, plan.routes[route].baseline.get())).collect();
        let mut direct_baseline: Table<PairIndex, f64> = Table::filled(0.0, plan.pairs.len());
        for &(route, baseline) in &direct {
            direct_baseline[plan.routes[route].pair] += baseline;
        }
        Self {
            earners: plan
                .constraints
                .rows()
                .iter()
                .map(|row| earner(row.constraint))
                .collect(),
            direct,
            direct_baseline,
        }
    }

    /// Whether the rent of a constraint is earned by a network, port, border, link or route of the world.
    pub fn earns_as_capacity(&self, constraint: ConstraintIndex) -> bool {
        matches!(self.earners[constraint], Earner::Via(_) | Earner::Port)
    }

    /// Adds a month in which some pair is restricted.
    #[inline(always)]
    pub fn add(
        &self,
        accounts: &Accounts,
        plan: &Plan,
        ledger: &Ledger<'_>,
        accountant: &mut Accountant,
        terms: &mut TermAccumulator<'_>,
    ) {
        self.find_usual_cost(accounts, ledger, accountant);
        self.add_rents(accounts, plan, ledger, &accountant.standings, terms);
        for (number, (route, &flow)) in accounts.routes.iter().zip(ledger.flows).enumerate() {
            let sent = accountant.standings.restricted[route.pair] & !flow.is_zero();
            if !sent.any() {
                continue;
            }
            let (good, cost, charge) = (route.commodity, ledger.burdens.cost[number], accountant.charge[number]);
            terms.add(Term::FreightPaid, good, (flow * (cost - charge)).only(sent));
            terms.add(Term::FrictionPaid, good, (flow * charge).only(sent));
            // Dearer ways are told against the usual direct way of the same month, so that freight shocks cancel.
            if route.kind != RouteKind::Direct {
                let markup = ledger.burdens.rents[number] + cost - accountant.usual_cost[route.pair];
                terms.add(Term::MarkupPaid, good, (flow * markup).only(sent));
            }
        }
    }

    /// Adds the rents on restricted pairs.
    #[inline(always)]
    fn add_rents(
        &self,
        accounts: &Accounts,
        plan: &Plan,
        ledger: &Ledger<'_>,
        standings: &Standings,
        terms: &mut TermAccumulator<'_>,
    ) {
        for &place in &ledger.burdens.paid {
            let (rent, earner) = (ledger.burdens.rent[place.row()], self.earners[place]);
            for &number in &plan.constraints[place].routes {
                let route = accounts.routes[number];
                let dollars = (rent * ledger.flows[number]).only(standings.restricted[route.pair]);
                match earner {
                    Earner::Via(via) => {
                        terms.add(Term::IntermediaryRent, route.commodity, dollars);
                        terms.add_via(ViaTerm::Rent, via, route.commodity, dollars);
                    }
                    Earner::Port => terms.add(Term::PortRent, route.commodity, dollars),
                    Earner::Seller => {}
                    Earner::Allowed(holder) => {
                        if let Some(term) = of_holder(holder) {
                            terms.add(term, route.commodity, dollars);
                        }
                    }
                }
            }
        }
    }

    /// Mean cost of each restricted pair's baseline direct trade in this month without charges, USD per tonne.
    #[inline(always)]
    fn find_usual_cost(&self, accounts: &Accounts, ledger: &Ledger<'_>, accountant: &mut Accountant) {
        accountant.usual_cost.rows_mut().fill(Lanes::ZERO);
        for &(number, baseline) in &self.direct {
            let pair = accounts.routes[number].pair;
            if accountant.standings.restricted[pair].any() {
                // Charges are what measures add: without them the way is as it was.
                let cost = ledger.burdens.cost[number] - accountant.charge[number];
                let of_pair = Lanes::all(self.direct_baseline[pair]);
                accountant.usual_cost[pair] += cost * Lanes::all(baseline) / of_pair;
            }
        }
    }
}

/// The term for the rents of what a measure leaves.
fn of_holder(holder: RentHolder) -> Option<Term> {
    match holder {
        RentHolder::Permits => Some(Term::PermitRent),
        RentHolder::Nobody => None,
        RentHolder::Passage => Some(Term::PassageRent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::model;

    #[test]
    fn rents_go_to_intermediaries_ports_and_whoever_may_use_what_measures_leave() {
        let trade = |kind: &str, id: &str, keys: &str| {
            format!(
                "[[measures.{kind}]]\nid = \"{id}\"\nissuer = \"UNION\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
                 destinations = [\"UNION\"]\nfrom = \"2022-01\"\n{keys}\n"
            )
        };
        let closure = "links = [\"rail\"]\nshare_closed = 0.5";
        let extended = "[[secondary.export_ban]]\nid = \"more\"\nissuer = \"UNION\"\nextends_ban = \"stop\"\n\
                        targets = [\"HUB\"]\nfrom = \"2022-01\"\n";
        let clause = "[[secondary.no_reexport_clause]]\nid = \"clause\"\nissuer = \"SEL\"\ntargets = [\"HUB\"]\n\
                      from = \"2022-01\"\nshare = 0.5\n";
        let model = model(
            &(trade("ban", "stop", "")
                + &trade("closure", "shut", closure)
                + &trade("quota", "tonnage", "limit_t_per_month = 9")
                + extended
                + clause),
        );
        let plan = &model.plan;
        let accounts = Accounts::new(plan);
        let earner = |earner: &Earner| match earner {
            Earner::Via(via) => plan.world().jurisdictions[accounts.vias[*via]].id.clone(),
            Earner::Port => "port".to_owned(),
            Earner::Seller => "seller".to_owned(),
            Earner::Allowed(holder) => of_holder(*holder).map_or("nobody".to_owned(), |term| format!("{term:?}")),
        };
        let names = plan
            .constraints
            .rows()
            .iter()
            .map(|row| plan.constraint_name(row.constraint));
        let earners: Vec<(String, String)> = names.zip(accounts.markup.earners.rows().iter().map(earner)).collect();
        let expected = [
            ("via-hub-grain", "HUB"),
            ("via-alt-grain", "ALT"),
            ("via-hub-ore", "HUB"),
            ("quay-ore", "port"),
            ("new-timber", "port"),
            ("shut", "PassageRent"),
            ("stop:grain-s>grain-b", "nobody"),
            ("tonnage:grain", "PermitRent"),
            ("clause:via-hub-grain", "nobody"),
            ("clause:via-hub-ore", "nobody"),
            ("more:grain-s>grain-h", "nobody"),
        ];
        assert_eq!(
            earners,
            expected.map(|(name, earner)| (name.to_owned(), earner.to_owned()))
        );
    }
}
