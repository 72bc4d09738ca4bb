//! An entry read into the wire type of its kind.

use std::collections::BTreeMap;

use super::amend::{Standing, Version};
use super::counts::WrittenCounts;
use super::instrument_keys::has_substitute;
use super::kinds::EntryKind;
use super::leaves::Reference;
use super::limits::Limits;
use super::quantity::Quantity;
use super::sections::{
    MeasureTerms, ProgrammeTerms, ShockTerms, WrittenClosureShock, WrittenModeCostShock, WrittenPriceShock,
    WrittenTrend,
};
use super::tree::{TomlItem, TomlTable, TomlValue};
use super::wire::{Field, KeyRule, Leaf, Placed, Wire, check_missing, check_unknown};
use crate::diagnostic::Report;
use crate::model::Mode;
use crate::policy::{Form, InstrumentKind, Key};
use crate::scenario::Side;

/// The keys of an entry, by the sort of entry.
pub(super) enum Body {
    Measure(MeasureTerms, WrittenKeys),
    Programme(ProgrammeTerms, WrittenKeys),
    Trend(Side, WrittenTrend),
    Shock(ShockTerms, ShockBody),
}

/// The keys of an instrument as they were written, by name.
pub(super) type WrittenKeys = BTreeMap<&'static str, Field<WrittenValue>>;

/// The value of a key of an instrument, before anything is looked up in a world.
#[derive(Clone, Debug)]
pub(super) enum WrittenValue {
    Quantity(Quantity),
    ByCommodity(Limits),
    Counts(WrittenCounts),
    Group(WrittenKeys),
    References(Vec<Placed<Reference>>),
    Modes(Vec<Placed<Mode>>),
    Flag(bool),
    Reference(Reference),
}

/// The keys of a shock beyond those that all shocks have.
pub(super) enum ShockBody {
    ModeCost(WrittenModeCostShock),
    Price(WrittenPriceShock),
    RandomClosure(WrittenClosureShock),
}

impl Body {
    /// Reads an entry; unknown, missing and mistyped keys are reported.
    pub fn read(version: &Version<'_>, report: &mut Report) -> Self {
        let (entry, table) = (version.entry, &*version.table);
        let (header, mut rules) = (entry.kind.header(), entry.kind.rules());
        check_unknown(&entry.table, &rules, &header, report);
        if !matches!(version.standing, Standing::First) {
            // All other required keys are taken over. One that is missing all the same was reported for the version
            // before.
            rules.retain(|rule| ["id", "from"].contains(&rule.name));
        }
        rules.retain(|rule| {
            let own = entry.kind.own_key(rule.name);
            !own.is_some_and(|key| has_substitute(key, |name| table.get(name).is_some()))
        });
        check_missing(table, &rules, &header, &entry.header, report);
        match entry.kind {
            EntryKind::Measure(kind) => Self::Measure(Wire::read(table, report), own_keys(kind, table, report)),
            EntryKind::Programme(kind) => Self::Programme(Wire::read(table, report), own_keys(kind, table, report)),
            EntryKind::DemandTrend => Self::Trend(Side::Demand, Wire::read(table, report)),
            EntryKind::SupplyTrend => Self::Trend(Side::Supply, Wire::read(table, report)),
            EntryKind::ModeCostShock => shock(table, ShockBody::ModeCost, report),
            EntryKind::PriceShock => shock(table, ShockBody::Price, report),
            EntryKind::ClosureShock => shock(table, ShockBody::RandomClosure, report),
        }
    }
}

fn shock<T: Wire>(table: &TomlTable, body: impl FnOnce(T) -> ShockBody, report: &mut Report) -> Body {
    Body::Shock(Wire::read(table, report), body(T::read(table, report)))
}

/// A key of an instrument as a rule of its section.
pub(super) fn key_rule(key: &Key) -> KeyRule {
    KeyRule {
        name: key.name,
        required: key.required,
        example: key.example.unwrap_or(example(key.form)),
    }
}

fn example(form: Form) -> &'static str {
    match form {
        Form::Number { .. } => Quantity::EXAMPLE,
        Form::NumberByCommodity { .. } => Limits::EXAMPLE,
        Form::CountsByMonth => WrittenCounts::EXAMPLE,
        Form::Jurisdictions | Form::Territories | Form::Nodes | Form::Links => <Vec<Placed<Reference>>>::EXAMPLE,
        Form::Modes => <Vec<Placed<Mode>>>::EXAMPLE,
        Form::Flag => bool::EXAMPLE,
        Form::Measure(_) => Reference::EXAMPLE,
        Form::Group(_) => "{}",
    }
}

fn own_keys(kind: &'static InstrumentKind, table: &TomlTable, report: &mut Report) -> WrittenKeys {
    let read = kind
        .keys
        .iter()
        .map(|key| (key.name, read_key(kind, key, table, report)));
    read.collect()
}

fn read_key(kind: &InstrumentKind, key: &Key, table: &TomlTable, report: &mut Report) -> Field<WrittenValue> {
    let Some(item) = table.get(key.name) else {
        return Field::Absent;
    };
    let place = item.place.clone();
    read_value(kind, key, item, report).map_or(Field::Faulty, |value| Field::Given(Placed { value, place }))
}

fn read_value(kind: &InstrumentKind, key: &Key, item: &TomlItem, report: &mut Report) -> Option<WrittenValue> {
    match key.form {
        Form::Number { .. } => Quantity::read(item, report).map(WrittenValue::Quantity),
        // Read on, an empty table would pass for a distribution and get a misleading message.
        Form::NumberByCommodity { .. } if is_empty_table(item) => {
            report
                .fault(
                    item.place.clone(),
                    format!("a {} must limit at least one commodity", kind.name),
                )
                .help(format!("write it like {}", Limits::EXAMPLE));
            None
        }
        Form::NumberByCommodity { .. } => Limits::read(item, report).map(WrittenValue::ByCommodity),
        Form::CountsByMonth => WrittenCounts::read(item, report).map(WrittenValue::Counts),
        Form::Group(keys) => read_group(kind, key, keys, item, report).map(WrittenValue::Group),
        Form::Jurisdictions | Form::Territories | Form::Nodes | Form::Links => {
            Leaf::read(item, report).map(WrittenValue::References)
        }
        Form::Modes => Leaf::read(item, report).map(WrittenValue::Modes),
        Form::Flag => Leaf::read(item, report).map(WrittenValue::Flag),
        Form::Measure(_) => Leaf::read(item, report).map(WrittenValue::Reference),
    }
}

fn is_empty_table(item: &TomlItem) -> bool {
    matches!(&item.value, TomlValue::Table(table) if table.entries.is_empty())
}

fn read_group(
    kind: &InstrumentKind,
    key: &Key,
    keys: &'static [Key],
    item: &TomlItem,
    report: &mut Report,
) -> Option<WrittenKeys> {
    let TomlValue::Table(table) = &item.value else {
        report
            .fault(
                item.place.clone(),
                format!("expected a table of {}, found {}", listed(keys), item.found()),
            )
            .help(format!("write it like {}", key_rule(key).example));
        return None;
    };
    let rules: Vec<KeyRule> = keys.iter().map(key_rule).collect();
    let section = format!("`{}`", key.name);
    check_unknown(table, &rules, &section, report);
    check_missing(table, &rules, &section, &item.place, report);
    let read = keys.iter().map(|key| (key.name, read_key(kind, key, table, report)));
    Some(read.collect())
}

/// The names of keys in words: `` `decay`, `surge` and `seized` ``.
fn listed(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}
