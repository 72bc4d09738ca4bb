//! Files of facts: published numbers with their definitions, which a simulation is compared with.
//!
//! They are TOML files like scenarios, read by the same code ([`crate::input::scenario`]) and checked against the world
//! and the horizon of one scenario.

mod leaves;
mod published;
mod resolve;
mod sections;
#[cfg(test)]
mod tests;
mod trade;

use std::path::Path;

use super::scenario::document;
use super::scenario::leaves::Text;
use super::scenario::tree::{TomlItem, TomlTable, TomlValue, quoted};
use super::scenario::wire::{Field, Wire, check_missing, check_unknown_with, read_field};
use crate::diagnostic::{Place, Report, nearest};
use crate::model::Facts;
use crate::scenario::Scenario;
use resolve::Resolver;
use sections::{FactEntry, OrderEntry, PictureEntry, PlacedEntry, SeriesEntry};

/// The lists of a file of facts.
const LISTS: [&str; 4] = ["series", "fact", "order", "picture"];

/// The only key outside them.
const INTRODUCTION: &str = "introduction";

/// Every table of a file of facts: how its header is written, and the names of its keys.
pub fn facts_keys() -> Vec<(&'static str, Vec<&'static str>)> {
    let names = |(table, rules): (&'static str, &[super::scenario::wire::KeyRule])| {
        (table, rules.iter().map(|rule| rule.name).collect())
    };
    sections::TABLES.into_iter().map(names).collect()
}

/// Reads a file of facts and finds its names in a scenario and its world. None if there were faults, which are reported.
pub fn read_facts(path: &Path, scenario: &Scenario, report: &mut Report) -> Option<Facts> {
    let document = document::read(path, report)?;
    let introduction: Field<Text> = read_field(&document.root, INTRODUCTION, report);
    for (key, _) in document.root.entries.iter().filter(|(key, _)| key.name != INTRODUCTION) {
        if !LISTS.contains(&key.name.as_str()) {
            let help = match nearest(&key.name, LISTS) {
                Some(meant) => format!("did you mean [[{meant}]]?"),
                None => "a file of facts has [[series]], [[fact]], [[order]] and [[picture]]".to_owned(),
            };
            report
                .fault(key.place.clone(), format!("unknown section {}", quoted(&key.name)))
                .help(help);
        }
    }
    let series = entries::<SeriesEntry>(&document.root, "series", report);
    let facts = entries::<FactEntry>(&document.root, "fact", report);
    let orders = entries::<OrderEntry>(&document.root, "order", report);
    let pictures = entries::<PictureEntry>(&document.root, "picture", report);
    // With other faults the facts may be missing only because they are misspelt.
    if facts.is_empty() && !report.has_faults() {
        let place = Place {
            source: document.source,
            span: 0..0,
        };
        report
            .fault(place, "there is no fact in this file")
            .help("start each with a line [[fact]]");
    }
    let mut resolver = Resolver::new(scenario, report);
    resolver.add_series(&series);
    resolver.add_facts(&facts);
    resolver.add_orders(&orders);
    resolver.add_pictures(&pictures);
    let mut facts = resolver.facts;
    facts.introduction = introduction.given().map(|text| text.value.0.trim().to_owned());
    (!report.has_faults()).then_some(facts)
}

/// Reads the entries of a list; unknown and missing keys are reported.
fn entries<T: Wire>(root: &TomlTable, list: &str, report: &mut Report) -> Vec<PlacedEntry<T>> {
    let header = format!("[[{list}]]");
    let Some(item) = root.get(list) else { return Vec::new() };
    let TomlValue::List(items) = &item.value else {
        mistaken(item, &header, report);
        return Vec::new();
    };
    let mut entries = Vec::new();
    for item in items {
        let TomlValue::Table(table) = &item.value else {
            mistaken(item, &header, report);
            continue;
        };
        check_unknown_with(table, T::KEYS, &header, sections::home_of, report);
        check_missing(table, T::KEYS, &header, &item.place, report);
        entries.push(PlacedEntry {
            header: item.place.clone(),
            keys: T::read(table, report),
        });
    }
    entries
}

fn mistaken(item: &TomlItem, header: &str, report: &mut Report) {
    report
        .fault(item.place.clone(), format!("expected entries, found {}", item.found()))
        .help(format!("start each entry with the line {header}, in double brackets"));
}
