//! Who gets the mark-up on restricted pairs: rents of intermediaries, of ports and of permits, freight, and friction.

use super::ledger::Ledger;
use super::term::{Sheet, Term, ViaTerm};
use crate::model::{Bottleneck, JurisdictionIndex, RouteKind};
use crate::simulation::plan::{Constraint, Plan};

/// Whose rent the rent of a constraint is.
#[derive(Clone, Copy, Debug)]
enum Earner {
    /// An intermediary's network, by place in `Accounts::vias`.
    Via(usize),
    /// Another capacity of the world: a port, a border, a link, a route.
    Port,
    /// Whoever holds the permit to trade what a ban, quota, closure or clause leaves.
    Permit,
}

/// What is known of a plan before any month.
#[derive(Clone, Debug)]
pub struct MarkupPlan {
    /// By constraint.
    earners: Vec<Earner>,
    /// Direct routes with baseline flow.
    direct: Vec<usize>,
    /// Baseline flow on the direct routes of each pair, tonnes per month.
    pub direct_baseline: Vec<f64>,
}

impl MarkupPlan {
    /// Finds who earns what; `place` gives the place of an intermediary.
    pub fn new(plan: &Plan, place: impl Fn(JurisdictionIndex) -> Option<usize>) -> Self {
        let earner = |constraint: Constraint| match constraint {
            Constraint::Capacity(capacity) => match plan.world().capacities[capacity].bottleneck {
                Bottleneck::Via(via) => place(via).map_or(Earner::Port, Earner::Via),
                Bottleneck::Link(_) | Bottleneck::Node(_) | Bottleneck::Route(_) => Earner::Port,
            },
            _ => Earner::Permit,
        };
        let is_usual = |route: &usize| {
            let row = &plan.routes[*route];
            row.kind == RouteKind::Direct && !row.is_latent()
        };
        let direct: Vec<usize> = (0..plan.routes.len()).filter(is_usual).collect();
        let mut direct_baseline = vec![0.0; plan.pairs.len()];
        for &route in &direct {
            direct_baseline[plan.routes[route].pair] += plan.routes[route].baseline;
        }
        Self {
            earners: plan.constraints.iter().map(|row| earner(row.constraint)).collect(),
            direct,
            direct_baseline,
        }
    }

    /// Adds a month in which some pair is restricted.
    pub fn add(&self, plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) {
        let rent = self.add_rents(plan, ledger, sheet);
        let usual_cost = self.usual_cost(plan, ledger);
        let month = ledger.month;
        for (number, (route, &flow)) in plan.routes.iter().zip(&month.solution.flow).enumerate() {
            if flow == 0.0 || !ledger.pair(route.pair).restricted {
                continue;
            }
            let (cost, charge) = (month.conditions.cost[number], month.effects.charge[number]);
            sheet.add(Term::FreightPaid, route.commodity, flow * (cost - charge));
            sheet.add(Term::FrictionPaid, route.commodity, flow * charge);
            if route.kind != RouteKind::Direct {
                let markup = rent[number] + cost - usual_cost[route.pair];
                sheet.add(Term::MarkupPaid, route.commodity, flow * markup);
            }
        }
    }

    /// Adds the rents on restricted pairs; returns what each of their routes pays, USD per tonne.
    fn add_rents(&self, plan: &Plan, ledger: &Ledger<'_>, sheet: &mut Sheet<'_>) -> Vec<f64> {
        let solution = ledger.month.solution;
        let mut paid = vec![0.0; plan.routes.len()];
        let earning = plan.constraints.iter().zip(&self.earners).zip(&solution.rent);
        for ((row, &earner), &rent) in earning.filter(|(_, rent)| **rent > 0.0) {
            for &route in &row.routes {
                let facts = &plan.routes[route];
                if !ledger.pair(facts.pair).restricted {
                    continue;
                }
                paid[route] += rent;
                let earned = rent * solution.flow[route];
                match earner {
                    Earner::Via(via) => {
                        sheet.add(Term::IntermediaryRent, facts.commodity, earned);
                        sheet.add_via(ViaTerm::Rent, via, facts.commodity, earned);
                    }
                    Earner::Port => sheet.add(Term::PortRent, facts.commodity, earned),
                    Earner::Permit => sheet.add(Term::PermitRent, facts.commodity, earned),
                }
            }
        }
        paid
    }

    /// Mean cost of each restricted pair's baseline direct trade in this month without charges, USD per tonne.
    fn usual_cost(&self, plan: &Plan, ledger: &Ledger<'_>) -> Vec<f64> {
        let month = ledger.month;
        let mut usual = vec![0.0; plan.pairs.len()];
        for &number in &self.direct {
            let route = &plan.routes[number];
            if ledger.pair(route.pair).restricted {
                let cost = month.conditions.cost[number] - month.effects.charge[number];
                usual[route.pair] += cost * route.baseline / self.direct_baseline[route.pair];
            }
        }
        usual
    }
}
