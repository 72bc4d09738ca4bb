//! Primary measures: what governments do to trade and transport.

use super::body::MeasureBody;
use super::draft::{Draft, Line, WrittenTerms};
use super::leaves::Reference;
use super::limits::Limits;
use super::lookup::{self, References};
use super::quantity::Quantity;
use super::register::{Owner, Rule, rule};
use super::sections::{Ban, Closure, Cost, Inspection, MeasureTerms, Quota, Tariff};
use super::suspicion::WrittenSuspicion;
use super::wire::{Field, Placed};
use crate::diagnostic::Report;
use crate::model::{
    Action, Charge, CommodityIndex, Domain, InspectionPost, Legs, Measure, Places, Slot, Suspicion, Terms, World,
};

pub(super) const WIND_DOWN: Rule = rule("wind_down_months", Domain::NonNegative, "months");
pub(super) const EXEMPT_SHARE: Rule = rule("exempt_share", Domain::Share, "");
// A quota of zero is a ban that counts as a quota.
const LIMIT: Rule = rule("limit_t_per_month", Domain::NonNegative, "t/month");
const RATE: Rule = rule("rate", Domain::NonNegative, "");
const SHARE_CLOSED: Rule = rule("share_closed", Domain::Share, "");
const RETURN_HALF_LIFE: Rule = rule("return_half_life_months", Domain::Positive, "months");
// Below zero it is a subsidy.
const USD_PER_T: Rule = rule("usd_per_t", Domain::Any, "USD/t");
const FACTOR: Rule = rule("factor", Domain::NonNegative, "");
const SEIZURE: Rule = rule("seizure_probability", Domain::BelowOne, "");
const FINE: Rule = rule("fine", Domain::NonNegative, "reference prices");
const DECAY: Rule = rule("suspicion.decay", Domain::Share, "per month");
const SURGE: Rule = rule("suspicion.surge", Domain::NonNegative, "");
const SEIZED: Rule = rule("suspicion.seized", Domain::NonNegative, "");

impl Draft<'_> {
    /// Adds a measure, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_measure(
        &mut self,
        owner: &Owner,
        id: &Placed<String>,
        terms: &MeasureTerms,
        body: &MeasureBody,
    ) -> Option<()> {
        let mut measure = self.terms(
            id,
            &WrittenTerms {
                issuer: &terms.issuer,
                commodities: &terms.commodities,
                announced: &terms.announced,
                from: &terms.from,
                until: &terms.until,
            },
        );
        let action = match body {
            MeasureBody::Ban(ban) => self.ban(owner, ban),
            MeasureBody::Quota(quota) => self.quota(owner, quota, terms, measure.as_mut()),
            MeasureBody::Tariff(tariff) => self.tariff(owner, tariff),
            MeasureBody::Closure(closure) => self.closure(owner, closure),
            MeasureBody::Cost(cost) => self.cost(owner, cost),
            MeasureBody::Inspection(inspection) => self.inspection(owner, inspection),
        };
        let value = Measure {
            terms: measure?,
            action: action?,
        };
        if !self.is_outside(owner, id, &value.terms.commodities) {
            let place = id.place.clone();
            self.measures.push(Line { value, place });
        }
        Some(())
    }

    fn ban(&mut self, owner: &Owner, ban: &Ban) -> Option<Action> {
        let legs = self.both_legs(&ban.origins, &ban.destinations);
        let wind_down_months = self.number(owner, WIND_DOWN, &ban.wind_down_months, Some(0.0));
        let exempt_share = self.number(owner, EXEMPT_SHARE, &ban.exempt_share, Some(0.0));
        Some(Action::Ban {
            legs: legs?,
            wind_down_months: wind_down_months?,
            exempt_share: exempt_share?,
        })
    }

    fn quota(
        &mut self,
        owner: &Owner,
        quota: &Quota,
        written: &MeasureTerms,
        terms: Option<&mut Terms>,
    ) -> Option<Action> {
        let legs = self.both_legs(&quota.origins, &quota.destinations);
        let limits = match quota
            .limit_t_per_month
            .given()
            .map(|limits| (&limits.value, &limits.place))
        {
            Some((Limits::One(quantity), place)) => {
                let quantity = Placed {
                    value: quantity.clone(),
                    place: place.clone(),
                };
                self.single_limit(owner, &quantity, written, terms.as_deref())
            }
            Some((Limits::ByCommodity(limits), _)) => self.limits_by_commodity(owner, limits, written),
            None => None,
        };
        let (legs, limits) = (legs?, limits?);
        // A commodity without a limit is none of the quota's business.
        if let Some(terms) = terms {
            terms.commodities = limits.iter().map(|(commodity, _)| *commodity).collect();
        }
        Some(Action::Quota { legs, limits })
    }

    fn single_limit(
        &mut self,
        owner: &Owner,
        quantity: &Placed<Quantity>,
        written: &MeasureTerms,
        terms: Option<&Terms>,
    ) -> Option<Vec<(CommodityIndex, Slot)>> {
        let slot = self.given_number(owner, LIMIT, LIMIT.key, quantity);
        let commodities = &terms?.commodities;
        let listed = written.commodities.given().map_or(0, |list| list.value.len());
        if listed.max(commodities.len()) > 1 {
            self.report
                .fault(quantity.place.clone(), "one limit for several commodities")
                .help("give each its own: limit_t_per_month = { potash = 50_000, plywood = 8_000 }");
            return None;
        }
        let slot = slot?;
        Some(commodities.iter().map(|commodity| (*commodity, slot)).collect())
    }

    fn limits_by_commodity(
        &mut self,
        owner: &Owner,
        limits: &[(Placed<String>, Placed<Quantity>)],
        written: &MeasureTerms,
    ) -> Option<Vec<(CommodityIndex, Slot)>> {
        let mut valid = self.check_limited(limits, written);
        let mut found = Vec::new();
        for (name, quantity) in limits {
            let reference = Placed {
                value: Reference(name.value.clone()),
                place: name.place.clone(),
            };
            match lookup::commodity(self.world, &reference, self.report) {
                Some(Some(commodity)) => {
                    let key = format!("{}.{}", LIMIT.key, name.value);
                    let slot = self.given_number(owner, LIMIT, &key, quantity);
                    found.extend(slot.map(|slot| (commodity, slot)));
                    valid &= slot.is_some();
                }
                Some(None) => {}
                None => valid = false,
            }
        }
        found.sort_by_key(|(commodity, _)| *commodity);
        valid.then_some(found)
    }

    /// Whether the commodities of a quota, where they are listed, are those with a limit.
    fn check_limited(&mut self, limits: &[(Placed<String>, Placed<Quantity>)], written: &MeasureTerms) -> bool {
        let listed = match written.commodities.given() {
            Some(list) if !list.value.is_empty() => &list.value,
            _ => return true,
        };
        let unlimited = listed
            .iter()
            .find(|id| limits.iter().all(|(name, _)| name.value != id.value.0));
        let unlisted = limits
            .iter()
            .map(|(name, _)| name)
            .find(|name| listed.iter().all(|id| id.value.0 != name.value));
        if let Some(id) = unlimited {
            self.report
                .fault(id.place.clone(), format!("the quota has no limit for `{}`", id.value.0))
                .help("add it to `limit_t_per_month`, or remove the commodity");
        }
        if let Some(name) = unlisted {
            self.report
                .fault(
                    name.place.clone(),
                    format!("`{}` is not among the quota's commodities", name.value),
                )
                .help("add it to `commodities`, or leave `commodities` out");
        }
        unlimited.is_none() && unlisted.is_none()
    }

    fn tariff(&mut self, owner: &Owner, tariff: &Tariff) -> Option<Action> {
        let legs = self.both_legs(&tariff.origins, &tariff.destinations);
        let rate = self.number(owner, RATE, &tariff.rate, None);
        Some(Action::Tariff {
            legs: legs?,
            rate: rate?,
        })
    }

    fn closure(&mut self, owner: &Owner, closure: &Closure) -> Option<Action> {
        let legs = self.open_legs(&closure.origins, &closure.destinations);
        let places = self.closed_places(owner, closure);
        let share_closed = self.number(owner, SHARE_CLOSED, &closure.share_closed, None);
        let half_life = self.optional_number(owner, RETURN_HALF_LIFE, &closure.return_half_life_months);
        Some(Action::Closure {
            places: places?,
            legs: legs?,
            share_closed: share_closed?,
            return_half_life_months: half_life?,
        })
    }

    fn closed_places(&mut self, owner: &Owner, closure: &Closure) -> Option<Places> {
        let places = Places {
            nodes: self.unless_absent(&closure.nodes, lookup::nodes)?,
            links: self.unless_absent(&closure.links, lookup::links)?,
            modes: match &closure.modes {
                Field::Given(modes) => modes.value.iter().map(|mode| mode.value).collect(),
                Field::Absent => Vec::new(),
                Field::Faulty => return None,
            },
            jurisdictions: self.unless_absent(&closure.jurisdictions, lookup::jurisdictions)?,
            carriers: self.unless_absent(&closure.carriers, lookup::jurisdictions)?,
            via: Vec::new(),
        };
        if let Some(message) = misfit_of_modes(&places) {
            self.report.fault(owner.header.clone(), message).help(
                "a closure of modes says where, modes = [\"rail\"], jurisdictions = [\"BY\"], or to whose hauliers, \
                 modes = [\"road\"], carriers = [\"EU\"]",
            );
            return None;
        }
        if places == Places::default() {
            self.report
                .fault(owner.header.clone(), "this closure closes no place")
                .help("give at least one of `nodes`, `links`, or `modes` with `jurisdictions` or `carriers`");
            return None;
        }
        Some(places)
    }

    fn cost(&mut self, owner: &Owner, cost: &Cost) -> Option<Action> {
        let places = self.charged_places(owner, cost);
        let charge = match (&cost.usd_per_t, &cost.factor) {
            (usd_per_t, Field::Absent) if !usd_per_t.is_absent() => {
                self.number(owner, USD_PER_T, usd_per_t, None).map(Charge::PerTonne)
            }
            (Field::Absent, factor) if !factor.is_absent() => {
                self.number(owner, FACTOR, factor, None).map(Charge::FreightFactor)
            }
            _ => {
                self.report
                    .fault(
                        owner.header.clone(),
                        "a cost needs exactly one of `usd_per_t` and `factor`",
                    )
                    .help("`usd_per_t` adds to the cost of passing, `factor` multiplies freight");
                None
            }
        };
        Some(Action::Cost {
            places: places?,
            charge: charge?,
        })
    }

    fn charged_places(&mut self, owner: &Owner, cost: &Cost) -> Option<Places> {
        let given = [&cost.nodes, &cost.links, &cost.via];
        if given.iter().filter(|list| !list.is_absent()).count() != 1 {
            self.report
                .fault(
                    owner.header.clone(),
                    "a cost needs exactly one of `nodes`, `links` and `via`",
                )
                .help("write one [[measures.cost]] for each");
            return None;
        }
        Some(Places {
            nodes: self.unless_absent(&cost.nodes, lookup::nodes)?,
            links: self.unless_absent(&cost.links, lookup::links)?,
            via: self.unless_absent(&cost.via, lookup::jurisdictions)?,
            ..Places::default()
        })
    }

    fn inspection(&mut self, owner: &Owner, inspection: &Inspection) -> Option<Action> {
        let post = self.inspection_post(owner, inspection);
        let seizure_probability = self.number(owner, SEIZURE, &inspection.seizure_probability, None);
        let fine = self.number(owner, FINE, &inspection.fine, Some(0.0));
        let suspicion = self.suspicion(owner, &inspection.suspicion);
        Some(Action::Inspection {
            post: post?,
            seizure_probability: seizure_probability?,
            fine: fine?,
            suspicion: suspicion?,
        })
    }

    /// `Some(None)` for an inspection that does not learn.
    fn suspicion(&mut self, owner: &Owner, field: &Field<WrittenSuspicion>) -> Option<Option<Suspicion>> {
        let written = match field {
            Field::Absent => return Some(None),
            Field::Faulty => return None,
            Field::Given(written) => &written.value,
        };
        let decay = self.number(owner, DECAY, &written.decay, None);
        let surge = self.number(owner, SURGE, &written.surge, None);
        let seized = self.number(owner, SEIZED, &written.seized, None);
        Some(Some(Suspicion {
            decay: decay?,
            surge: surge?,
            seized: seized?,
        }))
    }

    fn inspection_post(&mut self, owner: &Owner, inspection: &Inspection) -> Option<InspectionPost> {
        let Inspection {
            nodes,
            origins,
            destinations,
            ..
        } = inspection;
        let has_legs = !origins.is_absent() || !destinations.is_absent();
        if nodes.is_absent() != has_legs {
            self.report
                .fault(
                    owner.header.clone(),
                    "an inspection needs either `nodes` or declared trade (`origins`, `destinations`)",
                )
                .help("write one [[measures.inspection]] for each");
            return None;
        }
        if has_legs {
            let legs: Legs = self.open_legs(origins, destinations)?;
            return Some(InspectionPost::Legs(legs));
        }
        lookup::nodes(self.world, nodes, self.report).map(InspectionPost::Nodes)
    }

    /// What a list of ids stands for, or nothing for a list left out; none if it is faulty.
    fn unless_absent<T>(
        &mut self,
        list: &References,
        find: fn(&World, &References, &mut Report) -> Option<Vec<T>>,
    ) -> Option<Vec<T>> {
        if list.is_absent() {
            return Some(Vec::new());
        }
        find(self.world, list, self.report)
    }
}

/// What is wrong with the modes that a closure stops.
fn misfit_of_modes(places: &Places) -> Option<&'static str> {
    let has_modes = !places.modes.is_empty();
    match (places.jurisdictions.is_empty(), places.carriers.is_empty()) {
        (false, false) => Some("a closure of modes is either of `jurisdictions` or of `carriers`"),
        (true, true) if has_modes => Some("`modes` of a closure need `jurisdictions` or `carriers`"),
        (false, true) if !has_modes => Some("`jurisdictions` of a closure need `modes`"),
        (true, false) if !has_modes => Some("`carriers` of a closure need `modes`"),
        _ => None,
    }
}
