//! A scenario's values read into wire types, before its world is known.

use super::amend::{Version, versions};
use super::body::Body;
use super::extends::Effective;
use super::layer::start_of;
use super::leaves::{MonthCount, Text};
use super::quantity::Quantity;
use super::sections::{Scope, WrittenHorizon, WrittenSimulation, section_rules};
use super::tree::{TomlItem, TomlKey};
use super::wire::{Field, KeyRule, Leaf, Placed, Wire, check_missing, read_placed};
use crate::diagnostic::Report;
use crate::model::{Horizon, Month};
use crate::scenario::Simulation;

/// The tolerance of scenarios that state none.
const DEFAULT_TOLERANCE: f64 = 1e-9;

/// The values of a scenario. Missing and faulty ones were reported.
pub(super) struct Sheet<'a> {
    /// The merged files that it was read from.
    pub effective: &'a Effective,
    pub title: Option<Placed<Text>>,
    pub world: Option<Placed<Text>>,
    pub horizon: Option<Horizon>,
    pub simulation: Option<Simulation>,
    /// None without `[scope]`.
    pub scope: Option<Scope>,
    pub parameters: Vec<ParameterLine<'a>>,
    pub entries: Vec<EntryLine<'a>>,
}

/// A line of `[parameters]`.
pub(super) struct ParameterLine<'a> {
    pub key: &'a TomlKey,
    /// The value as it was written.
    pub item: &'a TomlItem,
}

/// An entry, completed and read.
pub(super) struct EntryLine<'a> {
    pub version: Version<'a>,
    pub body: Body,
}

impl EntryLine<'_> {
    /// The id of the entry; empty if it has none.
    pub fn name(&self) -> &str {
        self.version.entry.name()
    }
}

impl<'a> Sheet<'a> {
    /// Reads every value of a scenario.
    pub fn read(effective: &'a Effective, report: &mut Report) -> Self {
        let parameters = effective.sections.get("parameters");
        Self {
            effective,
            title: top("title", effective.title.as_ref(), effective, report),
            world: top("world", effective.world.as_ref(), effective, report),
            horizon: required_section(effective, "horizon", report)
                .and_then(|written| horizon(&written, effective, report)),
            simulation: required_section(effective, "simulation", report).and_then(|written| simulation(&written)),
            scope: section(effective, "scope", report),
            parameters: parameters
                .iter()
                .flat_map(|section| &section.table.entries)
                .map(|(key, item)| ParameterLine { key, item })
                .collect(),
            entries: entries(effective, report),
        }
    }
}

impl ParameterLine<'_> {
    /// The number or distribution that is given; none if it is neither.
    pub fn quantity(&self, report: &mut Report) -> Option<Placed<Quantity>> {
        read_placed(self.item, report)
    }
}

fn entries<'a>(effective: &'a Effective, report: &mut Report) -> Vec<EntryLine<'a>> {
    let versions = versions(&effective.entries, effective.complete, report);
    let read = |version| EntryLine {
        body: Body::read(&version, report),
        version,
    };
    versions.into_iter().map(read).collect()
}

fn top(key: &str, item: Option<&TomlItem>, effective: &Effective, report: &mut Report) -> Option<Placed<Text>> {
    if let Some(item) = item {
        read_placed(item, report)
    } else {
        if effective.complete && !effective.meant.contains(key) {
            report
                .fault(start_of(effective.source), format!("the scenario lacks `{key}`"))
                .help(format!(
                    "add a line like `{key} = {}` before the first [section]",
                    Text::EXAMPLE
                ));
        }
        None
    }
}

fn required_section<T: Wire>(effective: &Effective, name: &str, report: &mut Report) -> Option<T> {
    if effective.complete && !effective.sections.contains_key(name) && !effective.meant.contains(name) {
        // Of `months` and `end` one must be given.
        let is_shown = |rule: &&KeyRule| rule.required || rule.name == "months";
        let required = T::KEYS.iter().filter(is_shown);
        let lines: Vec<String> = required
            .map(|rule| format!("`{} = {}`", rule.name, rule.example))
            .collect();
        report
            .fault(
                start_of(effective.source),
                format!("the scenario lacks the section [{name}]"),
            )
            .help(format!("add [{name}] and below it lines like {}", lines.join(", ")));
    }
    section(effective, name, report)
}

fn section<T: Wire>(effective: &Effective, name: &str, report: &mut Report) -> Option<T> {
    let section = effective.sections.get(name)?;
    if effective.complete {
        let rules = section_rules(name);
        check_missing(&section.table, rules, &format!("[{name}]"), &section.header, report);
    }
    Some(T::read(&section.table, report))
}

/// Years have four digits, so a horizon ends in December 9999 or before.
fn horizon(written: &WrittenHorizon, effective: &Effective, report: &mut Report) -> Option<Horizon> {
    let months = months(written, effective, report)?;
    let horizon = Horizon {
        start: written.start.given()?.value,
        months: months.value,
    };
    let first_beyond = Month::january(10_000);
    if horizon.end() > first_beyond {
        let fits = first_beyond.since(horizon.start);
        report
            .fault(months.place.clone(), "the horizon ends after 9999-12")
            .help(format!("at most {fits} months fit from {} on", horizon.start));
        return None;
    }
    Some(horizon)
}

/// How many months: as written, or up to the last one, `end`.
fn months(written: &WrittenHorizon, effective: &Effective, report: &mut Report) -> Option<Placed<usize>> {
    if let (Some(months), Some(end)) = (written.months.given(), written.end.given()) {
        let is_end_later = months.place.span.start < end.place.span.start;
        let later = if is_end_later { &end.place } else { &months.place };
        report
            .fault(later.clone(), "the horizon has both `months` and `end`")
            .help("keep one of the two");
        return None;
    }
    if let Some(months) = written.months.given() {
        return Some(Placed {
            value: months.value.0,
            place: months.place.clone(),
        });
    }
    if written.months.is_absent() && written.end.is_absent() {
        if let Some(section) = effective.sections.get("horizon").filter(|_| effective.complete) {
            report
                .fault(section.header.clone(), "[horizon] lacks `months`")
                .help("add a line like `months = 48`, or the last month: `end = \"2026-12\"`");
        }
        return None;
    }
    let (end, start) = (written.end.given()?, written.start.given()?);
    let months = end.value.since(start.value) + 1;
    if months < 1 || months as usize > MonthCount::MOST {
        let message = if months < 1 {
            format!("the horizon ends in {}, before it starts in {}", end.value, start.value)
        } else {
            format!("the horizon has {months} months")
        };
        report.fault(end.place.clone(), message).help(format!(
            "`end` is the last month, at most {} months from `start`",
            MonthCount::MOST
        ));
        return None;
    }
    Some(Placed {
        value: months as usize,
        place: end.place.clone(),
    })
}

fn simulation(written: &WrittenSimulation) -> Option<Simulation> {
    let tolerance = match &written.tolerance {
        Field::Absent => DEFAULT_TOLERANCE,
        Field::Faulty => return None,
        Field::Given(tolerance) => tolerance.value.0,
    };
    Some(Simulation {
        draws: written.draws.given()?.value.0,
        seed: written.seed.given()?.value.0,
        scheme: written.sampling.given()?.value,
        tolerance,
    })
}
