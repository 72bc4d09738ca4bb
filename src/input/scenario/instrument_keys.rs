//! Resolves the keys of an instrument: numbers get a slot, ids become rows of the world, lists lose their repeats.

use std::collections::BTreeMap;

use super::body::{WrittenKeys, WrittenValue};
use super::counts::{DatedCount, WrittenCounts};
use super::draft::Draft;
use super::kinds::EntryKind;
use super::leaves::Reference;
use super::limits::Limits;
use super::lookup::{self, References};
use super::quantity::Quantity;
use super::register::{Owner, Rule};
use super::tree::quoted;
use super::wire::{Field, Leaf, Placed};
use crate::diagnostic::nearest;
use crate::model::{CommodityIndex, JurisdictionIndex, Month, Slot};
use crate::policy::{CountsByMonth, Form, InstrumentKind, Key, Terms, Value};

/// The entry whose keys are resolved.
pub(super) struct EntryContext<'a> {
    pub owner: &'a Owner,
    pub kind: &'static InstrumentKind,
    /// None if they are faulty.
    pub terms: Option<&'a Terms>,
    /// The targets of a programme; none if they are faulty.
    pub targets: Option<&'a [JurisdictionIndex]>,
    /// The commodities as they were listed.
    pub listed: &'a References,
}

impl Draft<'_> {
    /// Resolves keys in their order; `before` is the prefix of their names: empty, or `KEY.` for the keys of a group.
    pub(super) fn resolve_keys(
        &mut self,
        entry: &EntryContext<'_>,
        keys: &'static [Key],
        before: &str,
        written: &WrittenKeys,
    ) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        for key in keys {
            let name = format!("{before}{}", key.name);
            let field = written.get(key.name).unwrap_or(&Field::Absent);
            if let (Form::Group(members), Some(WrittenValue::Group(group))) = (key.form, given(field)) {
                values.extend(self.resolve_keys(entry, members, &format!("{name}."), group));
            }
            let is_given = |name: &str| is_given(written, name);
            if !is_given(key.name) && entry.kind.is_displaced(key.name, is_given) {
                // A default would be a number that nothing uses.
                values.insert(name, Value::Absent);
                continue;
            }
            let value = match self.resolve_key(entry, key, &name, field) {
                // It was reported as missing.
                Value::Absent if key.required && !has_substitute(key, is_given) => Value::Faulty,
                value => value,
            };
            values.insert(name, value);
        }
        values
    }

    fn resolve_key(&mut self, entry: &EntryContext<'_>, key: &Key, name: &str, field: &Field<WrittenValue>) -> Value {
        let owner = entry.owner;
        match (key.form, field) {
            // Before the arms for absent keys, because an absent number may have a default.
            (Form::Number { range, unit, default }, _) => {
                if field.is_absent() && default.is_none() {
                    return Value::Absent;
                }
                let quantity = as_quantity(field);
                let rule = Rule { key: name, range, unit };
                self.number(owner, rule, &quantity, default)
                    .map_or(Value::Faulty, Value::Number)
            }
            (_, Field::Absent) => Value::Absent,
            (_, Field::Faulty) => Value::Faulty,
            (Form::NumberByCommodity { range, unit }, Field::Given(written)) => {
                let rule = Rule { key: name, range, unit };
                let numbers = self.numbers_by_commodity(entry, rule, written);
                numbers.map_or(Value::Faulty, Value::NumberByCommodity)
            }
            (Form::CountsByMonth, Field::Given(written)) => match &written.value {
                WrittenValue::Counts(counts) => self
                    .counts_by_month(entry, counts)
                    .map_or(Value::Faulty, Value::CountsByMonth),
                _ => Value::Faulty,
            },
            (Form::Group(_), Field::Given(_)) => Value::Group,
            (Form::Jurisdictions, Field::Given(_)) => {
                let found = lookup::jurisdictions(self.world, &as_references(field), self.report);
                found.map_or(Value::Faulty, Value::Jurisdictions)
            }
            (Form::Territories, Field::Given(_)) => {
                let found = lookup::territories(self.world, &as_references(field), self.report);
                found.map_or(Value::Faulty, Value::Territories)
            }
            (Form::Nodes, Field::Given(_)) => {
                let found = lookup::nodes(self.world, &as_references(field), self.report);
                found.map_or(Value::Faulty, Value::Nodes)
            }
            (Form::Links, Field::Given(_)) => {
                let found = lookup::links(self.world, &as_references(field), self.report);
                found.map_or(Value::Faulty, Value::Links)
            }
            (Form::Modes, Field::Given(written)) => match &written.value {
                WrittenValue::Modes(modes) => Value::Modes(modes.iter().map(|mode| mode.value).collect()),
                _ => Value::Faulty,
            },
            (Form::Flag, Field::Given(written)) => match &written.value {
                WrittenValue::Flag(is_set) => Value::Flag(*is_set),
                _ => Value::Faulty,
            },
            (Form::Measure(kind), Field::Given(written)) => match &written.value {
                WrittenValue::Reference(id) => self.named_measure(kind, id, written),
                _ => Value::Faulty,
            },
        }
    }

    /// The number of each commodity, those outside of the scope left out.
    fn numbers_by_commodity(
        &mut self,
        entry: &EntryContext<'_>,
        rule: Rule<'_>,
        written: &Placed<WrittenValue>,
    ) -> Option<Vec<(CommodityIndex, Slot)>> {
        match &written.value {
            WrittenValue::ByCommodity(Limits::One(quantity)) => {
                let quantity = Placed {
                    value: quantity.clone(),
                    place: written.place.clone(),
                };
                self.single_number(entry, rule, &quantity)
            }
            WrittenValue::ByCommodity(Limits::ByCommodity(numbers)) => self.one_for_each(entry, rule, numbers),
            _ => None,
        }
    }

    fn single_number(
        &mut self,
        entry: &EntryContext<'_>,
        rule: Rule<'_>,
        quantity: &Placed<Quantity>,
    ) -> Option<Vec<(CommodityIndex, Slot)>> {
        // Read before anything returns, so that faults of the number itself are reported too.
        let slot = self.given_number(entry.owner, rule, rule.key, quantity);
        let commodities = &entry.terms?.commodities;
        // Commodities outside the scope count as well: whether one number suffices must not depend on the scope.
        let listed = entry.listed.given().map_or(0, |list| list.value.len());
        if listed.max(commodities.len()) > 1 {
            self.report
                .fault(quantity.place.clone(), "one limit for several commodities")
                .help(format!("give each its own: {} = {}", rule.key, Limits::EXAMPLE));
            return None;
        }
        let slot = slot?;
        Some(commodities.iter().map(|commodity| (*commodity, slot)).collect())
    }

    fn one_for_each(
        &mut self,
        entry: &EntryContext<'_>,
        rule: Rule<'_>,
        numbers: &[(Placed<String>, Placed<Quantity>)],
    ) -> Option<Vec<(CommodityIndex, Slot)>> {
        let mut valid = self.check_listed(entry, rule, numbers);
        let mut found = Vec::new();
        for (name, quantity) in numbers {
            let reference = Placed {
                value: Reference(name.value.clone()),
                place: name.place.clone(),
            };
            match lookup::commodity(self.world, &reference, self.report) {
                Some(Some(commodity)) => {
                    let key = format!("{}.{}", rule.key, name.value);
                    let slot = self.given_number(entry.owner, rule, &key, quantity);
                    found.extend(slot.map(|slot| (commodity, slot)));
                    valid &= slot.is_some();
                }
                Some(None) => {}
                None => valid = false,
            }
        }
        // Nothing depends on the order of the keys in the file.
        found.sort_by_key(|(commodity, _)| *commodity);
        valid.then_some(found)
    }

    /// Whether the commodities of an entry, where they are listed, are those with a number.
    fn check_listed(
        &mut self,
        entry: &EntryContext<'_>,
        rule: Rule<'_>,
        numbers: &[(Placed<String>, Placed<Quantity>)],
    ) -> bool {
        let listed = match entry.listed.given() {
            Some(list) if !list.value.is_empty() => &list.value,
            _ => return true,
        };
        let kind = entry.kind.name;
        let unlimited = listed
            .iter()
            .find(|id| numbers.iter().all(|(name, _)| name.value != id.value.0));
        let unlisted = numbers
            .iter()
            .map(|(name, _)| name)
            .find(|name| listed.iter().all(|id| id.value.0 != name.value));
        if let Some(id) = unlimited {
            self.report
                .fault(
                    id.place.clone(),
                    format!("the {kind} has no limit for `{}`", id.value.0),
                )
                .help(format!("add it to `{}`, or remove the commodity", rule.key));
        }
        if let Some(name) = unlisted {
            self.report
                .fault(
                    name.place.clone(),
                    format!("`{}` is not among the {kind}'s commodities", name.value),
                )
                .help("add it to `commodities`, or leave `commodities` out");
        }
        unlimited.is_none() && unlisted.is_none()
    }

    /// Counts by target and month; each target is one of the programme, and each month one in which it is in force.
    fn counts_by_month(&mut self, entry: &EntryContext<'_>, written: &WrittenCounts) -> Option<CountsByMonth> {
        let mut counts = CountsByMonth::new();
        let mut valid = true;
        for (id, months) in &written.0 {
            let target = self.one_target(entry, id);
            valid &= target.is_some();
            for DatedCount { month, count } in months {
                valid &= self.is_in_force(entry, month);
                counts.extend(target.map(|target| ((target, month.value), *count)));
            }
        }
        valid.then_some(counts)
    }

    fn one_target(&mut self, entry: &EntryContext<'_>, id: &Placed<Reference>) -> Option<JurisdictionIndex> {
        let known = &self.world.jurisdictions;
        let Some(target) = known.position(|row| row.id == id.value.0) else {
            let ids = known.rows().iter().map(|row| row.id.as_str());
            lookup::report_unknown("jurisdiction", id, ids, self.report);
            return None;
        };
        if entry.targets.is_some_and(|targets| !targets.contains(&target)) {
            self.report
                .fault(
                    id.place.clone(),
                    format!("{} is not among the targets", quoted(&id.value.0)),
                )
                .help("add it to `targets`, or leave it out here");
            return None;
        }
        Some(target)
    }

    fn is_in_force(&mut self, entry: &EntryContext<'_>, month: &Placed<Month>) -> bool {
        let Some(terms) = entry.terms.filter(|terms| !terms.in_force(month.value)) else {
            return true;
        };
        let message = match terms.until {
            Some(until) if until <= month.value => {
                format!("{} lies after the programme, which ends in {until}", month.value)
            }
            _ => format!(
                "{} lies before the programme, which starts in {}",
                month.value, terms.from
            ),
        };
        self.report
            .fault(month.place.clone(), message)
            .help("give a month from `from` on and before `until`, or change these");
        false
    }

    /// The measure of this id, which must be of the kind called `wanted`.
    fn named_measure(&mut self, wanted: &'static str, id: &Reference, written: &Placed<WrittenValue>) -> Value {
        let text = id.0.as_str();
        let is_wanted = |kind: &EntryKind| kind.path() == ("measures", wanted);
        let example = format!("name a [[measures.{wanted}]] of this scenario");
        match self.kinds.get(text) {
            Some(kind) if is_wanted(kind) && self.outside.contains(&format!("{}.{text}.", kind.prefix())) => {
                Value::OutOfScope
            }
            // A measure that is not in the list is faulty; this was reported.
            Some(kind) if is_wanted(kind) => self
                .measures
                .iter()
                .find(|line| line.value.terms.id == text)
                .map_or(Value::Faulty, |line| Value::Measure(Box::new(line.value.clone()))),
            Some(kind) => {
                self.report
                    .fault(
                        written.place.clone(),
                        format!("{} is a {}, not a {wanted}", quoted(text), kind.header()),
                    )
                    .help(example);
                Value::Faulty
            }
            None => {
                let known = self.kinds.iter().filter(|(_, kind)| is_wanted(kind));
                let help = match nearest(text, known.map(|(id, _)| id.as_str())) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => example,
                };
                self.report
                    .fault(written.place.clone(), format!("there is no {wanted} {}", quoted(text)))
                    .help(help);
                Value::Faulty
            }
        }
    }
}

fn is_given(written: &WrittenKeys, name: &str) -> bool {
    written.get(name).is_some_and(|field| !field.is_absent())
}

/// Whether a key that may stand in the place of this one is given.
pub(super) fn has_substitute(key: &Key, is_given: impl Fn(&str) -> bool) -> bool {
    key.unless.is_some_and(|(other, _)| is_given(other))
}

fn given(field: &Field<WrittenValue>) -> Option<&WrittenValue> {
    field.given().map(|placed| &placed.value)
}

fn as_quantity(field: &Field<WrittenValue>) -> Field<Quantity> {
    narrowed(field, |value| match value {
        WrittenValue::Quantity(quantity) => Some(quantity.clone()),
        _ => None,
    })
}

fn as_references(field: &Field<WrittenValue>) -> References {
    narrowed(field, |value| match value {
        WrittenValue::References(list) => Some(list.clone()),
        _ => None,
    })
}

fn narrowed<T>(field: &Field<WrittenValue>, narrow: impl Fn(&WrittenValue) -> Option<T>) -> Field<T> {
    match field {
        Field::Absent => Field::Absent,
        Field::Faulty => Field::Faulty,
        Field::Given(Placed { value, place }) => narrow(value).map_or(Field::Faulty, |value| {
            Field::Given(Placed {
                value,
                place: place.clone(),
            })
        }),
    }
}

/// The numbers that a key holds.
pub(super) fn slots_of(value: &Value) -> Vec<Slot> {
    match value {
        Value::Number(slot) => vec![*slot],
        Value::NumberByCommodity(numbers) => numbers.iter().map(|(_, slot)| *slot).collect(),
        _ => Vec::new(),
    }
}
