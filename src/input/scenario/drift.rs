//! Trends and shocks: changes that nobody decides.

use super::body::ShockBody;
use super::draft::{Draft, Line};
use super::lookup;
use super::register::{Owner, Rule, rule};
use super::sections::{WrittenClosureShock, WrittenModeCostShock, WrittenPriceShock, WrittenTrend};
use super::usage;
use super::wire::Placed;
use crate::model::Domain;
use crate::scenario::{Shock, ShockKind, Side, Trend};

const GROWTH: Rule<'static> = rule(
    "growth_per_year",
    Domain::AboveMinusOne.usual_fraction(-0.95, 3.0),
    "per year",
);
const PERSISTENCE: Rule<'static> = rule("persistence", Domain::BelowOne.whole(), "");
const SD: Rule<'static> = rule("sd", Domain::NonNegative.usual_fraction(0.0, 1.0), "");
const PROBABILITY: Rule<'static> = rule("monthly_probability", Domain::Share.whole(), "per month");
// A closure ends each month with probability one over this number, which is therefore one at least.
const MEAN_MONTHS: Rule<'static> = rule("mean_months", Domain::AtLeastOne.usually(1.0, 120.0), "months");

impl Draft<'_> {
    /// Adds a trend, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_trend(&mut self, owner: &Owner, id: &Placed<String>, side: Side, written: &WrittenTrend) -> Option<()> {
        let commodities = lookup::commodities(self.world, &written.commodities, self.report);
        let jurisdictions = lookup::jurisdictions(self.world, &written.jurisdictions, self.report);
        let growth_per_year = self.number(owner, GROWTH, &written.growth_per_year, None);
        let from = written.from.given().map(|from| from.value);
        let ordered = from.is_none_or(|from| self.ends_after(from, &written.until));
        let value = Trend {
            id: id.value.clone(),
            side,
            commodities: commodities?,
            jurisdictions: jurisdictions?,
            from: from.filter(|_| ordered)?,
            until: written.until.given().map(|until| until.value),
            growth_per_year: growth_per_year?,
        };
        if !self.is_outside(owner, id, &value.commodities) {
            let place = id.place.clone();
            let slots = vec![value.growth_per_year];
            self.trends.push(Line { value, place, slots });
        }
        Some(())
    }

    /// Adds a shock, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_shock(&mut self, owner: &Owner, id: &Placed<String>, body: &ShockBody) -> Option<()> {
        let kind = match body {
            ShockBody::ModeCost(written) => self.mode_cost(owner, written).map(Some),
            ShockBody::Price(written) => self.price(owner, written),
            ShockBody::RandomClosure(written) => self.random_closure(owner, written).map(Some),
        };
        match kind? {
            Some(kind) => {
                self.check_only_shock(id, &kind);
                let value = Shock {
                    id: id.value.clone(),
                    kind,
                };
                let place = id.place.clone();
                let slots = usage::slots_of_shock(&value);
                self.shocks.push(Line { value, place, slots });
            }
            None => self.drop_outside(owner, id),
        }
        Some(())
    }

    /// Reports a second shock to the same thing: shocks are drawn by what they move, so both would move alike.
    fn check_only_shock(&mut self, id: &Placed<String>, kind: &ShockKind) {
        let what = match kind {
            ShockKind::ModeCost { .. } => "mode",
            ShockKind::Price { .. } => "commodity",
            ShockKind::RandomClosure { .. } => "list of nodes",
        };
        let Some(earlier) = self.shocks.iter().find(|line| moves_the_same(&line.value.kind, kind)) else {
            return;
        };
        let message = format!("`{}` and `{}` shock the same {what}", earlier.value.id, id.value);
        self.report
            .fault(id.place.clone(), message)
            .help(format!("write one shock per {what}, with what they amount to together"));
    }

    fn mode_cost(&mut self, owner: &Owner, written: &WrittenModeCostShock) -> Option<ShockKind> {
        let persistence = self.number(owner, PERSISTENCE, &written.persistence, None);
        let sd = self.number(owner, SD, &written.sd, None);
        Some(ShockKind::ModeCost {
            mode: written.mode.given()?.value,
            persistence: persistence?,
            sd: sd?,
        })
    }

    /// `Some(None)` if the commodity lies outside `[scope]`.
    fn price(&mut self, owner: &Owner, written: &WrittenPriceShock) -> Option<Option<ShockKind>> {
        let commodity = match written.commodity.given() {
            Some(id) => lookup::commodity(self.world, id, self.report),
            None => None,
        };
        let persistence = self.number(owner, PERSISTENCE, &written.persistence, None);
        let sd = self.number(owner, SD, &written.sd, None);
        let (persistence, sd) = (persistence?, sd?);
        Some(commodity?.map(|commodity| ShockKind::Price {
            commodity,
            persistence,
            sd,
        }))
    }

    fn random_closure(&mut self, owner: &Owner, written: &WrittenClosureShock) -> Option<ShockKind> {
        let nodes = lookup::nodes(self.world, &written.nodes, self.report);
        let monthly_probability = self.number(owner, PROBABILITY, &written.monthly_probability, None);
        let mean_months = self.number(owner, MEAN_MONTHS, &written.mean_months, None);
        Some(ShockKind::RandomClosure {
            nodes: nodes?,
            monthly_probability: monthly_probability?,
            mean_months: mean_months?,
        })
    }
}

fn moves_the_same(one: &ShockKind, other: &ShockKind) -> bool {
    match (one, other) {
        (ShockKind::ModeCost { mode: one, .. }, ShockKind::ModeCost { mode: other, .. }) => one == other,
        (ShockKind::Price { commodity: one, .. }, ShockKind::Price { commodity: other, .. }) => one == other,
        (ShockKind::RandomClosure { nodes: one, .. }, ShockKind::RandomClosure { nodes: other, .. }) => one == other,
        _ => false,
    }
}
