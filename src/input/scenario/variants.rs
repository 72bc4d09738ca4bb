//! Variants of a scenario: other values of its numbers, or without some of its entries.
//!
//! What is varied comes from the command line or from the section `[sweep]` of the scenario's own file. A variant is the
//! merged scenario with lines of `[parameters]` that prevail over all others, or with entries taken out; then it is read like
//! any other.

use std::collections::BTreeSet;
use std::path::Path;

use super::document::{self, Document};
use super::extends::Effective;
use super::inherit::scaled;
use super::layer::{Entry, Section};
use super::leaves::Id;
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use crate::diagnostic::{Report, nearest};
use crate::policy::Form;
use crate::scenario::{ChangedNumber, Omission, Variant};

/// The most scenarios that one file may stand for.
const MOST_VARIANTS: usize = 1000;

/// How the scenarios of a command line are varied.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Variation {
    /// Numbers and the value that each takes in all scenarios, as TOML.
    pub set: Vec<(String, String)>,
    /// Numbers and the values that each takes in turn, as the inside of a TOML list.
    pub grid: Vec<(String, String)>,
    /// Ids of entries to leave out of all scenarios.
    pub without: Vec<String>,
    /// Whether each measure and programme is left out in turn, then all of them.
    pub leaves_one_out: bool,
}

/// A line of `[parameters]` that a variant has.
type Line = (TomlKey, TomlItem);

/// A number and the values that it takes in turn.
struct Axis {
    key: TomlKey,
    values: Vec<TomlItem>,
}

/// What one variant changes.
#[derive(Clone, Default)]
struct Changes {
    lines: Vec<Line>,
    without: Vec<String>,
    /// What the name of its results says of `without`.
    label: Option<String>,
    omission: Omission,
}

/// The variation of a command line, parsed.
pub(super) struct Varied {
    set: Vec<Line>,
    axes: Vec<Axis>,
    without: Vec<String>,
    leaves_one_out: bool,
}

impl Varied {
    /// Parses the values; none if they are not TOML, which is reported.
    pub fn read(variation: &Variation, report: &mut Report) -> Option<Self> {
        let line = |name: &str, value: &str| format!("{} = {value}\n", basic_string(name));
        let set: String = variation.set.iter().map(|(name, value)| line(name, value)).collect();
        let lists = variation.grid.iter();
        let grid: String = lists.map(|(name, values)| line(name, &format!("[{values}]"))).collect();
        let mut parse = |option: &str, text: String| {
            let Document { root, .. } = document::parse(Path::new(option), text, report)?;
            Some(root)
        };
        let (set, grid) = (parse("--set", set), parse("--grid", grid));
        Some(Self {
            set: set?.entries,
            axes: axes(grid?, report)?,
            without: variation.without.clone(),
            leaves_one_out: variation.leaves_one_out,
        })
    }

    /// A scenario's own file and the variants of it, each with its name. Without any variation that is the scenario itself.
    /// None if something that varies is not in the scenario, which is reported.
    pub fn family(&self, name: &str, scenario: Effective, report: &mut Report) -> Option<Vec<(String, Effective)>> {
        let sweep = match &scenario.sweep {
            Some(section) => axes(section.table.clone(), report)?,
            None => Vec::new(),
        };
        let axes: Vec<&Axis> = sweep.iter().chain(&self.axes).collect();
        let members = product(&axes, &scenario, report)?;
        let base = Changes {
            lines: self.set.clone(),
            without: dependents(&self.without, &scenario, report)?,
            label: self
                .without
                .first()
                .map(|_| format!("without-{}", self.without.join("-"))),
            omission: Omission::Named,
        };
        let mut family = vec![base.clone()];
        family.extend(members.into_iter().map(|lines| Changes {
            lines: [base.lines.clone(), lines].concat(),
            ..base.clone()
        }));
        if self.leaves_one_out {
            family.extend(left_out(&base, &scenario));
        }
        let mut names = BTreeSet::new();
        let variants = family.into_iter().enumerate().map(|(number, changes)| {
            if changes.is_empty() {
                return (name.to_owned(), scenario.clone());
            }
            let variant = changes.apply(&scenario, name, report);
            let mut own = changes.name(name, &variant.1);
            // Names are cut and mended, so two may be equal.
            if !Id::is_valid(&own) || !names.insert(own.to_lowercase()) {
                own = format!("{}--{number}", cut(name, 56));
            }
            (own, variant.0)
        });
        Some(variants.collect())
    }
}

/// A text as a TOML string.
fn basic_string(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// The lists of a table; none if any value is no list of values, which is reported.
fn axes(table: TomlTable, report: &mut Report) -> Option<Vec<Axis>> {
    let read = |(key, item): (TomlKey, TomlItem)| match item.value {
        TomlValue::List(values) if !values.is_empty() => Some(Axis { key, values }),
        _ => {
            let (place, found) = (item.place.clone(), item.found());
            let found = if matches!(item.value, TomlValue::List(_)) {
                "an empty list".to_owned()
            } else {
                found
            };
            report
                .fault(place, format!("expected the values of {}, found {found}", quoted(&key.name)))
                .help("write the whole dotted name in quotes and its values in a list: \"ban.eu.exempt_share\" = [0, 0.1]");
            None
        }
    };
    table
        .entries
        .into_iter()
        .map(read)
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

/// Every combination of the values of all axes, the last axis turning fastest; none without axes.
fn product(axes: &[&Axis], scenario: &Effective, report: &mut Report) -> Option<Vec<Vec<Line>>> {
    if axes.is_empty() {
        return Some(Vec::new());
    }
    let count = axes
        .iter()
        .try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()));
    if count.is_none_or(|count| count > MOST_VARIANTS) {
        report
            .fault(
                axes[0].key.place.clone(),
                format!("{} values make more than {MOST_VARIANTS} scenarios", factors(axes)),
            )
            .help("vary fewer numbers at once");
        return None;
    }
    let mut names = BTreeSet::new();
    if let Some(axis) = axes.iter().find(|axis| !names.insert(axis.key.name.as_str())) {
        let what = quoted(&axis.key.name);
        let path = report.path(scenario.source).display().to_string();
        report
            .fault(axis.key.place.clone(), format!("{what} is varied twice"))
            .help(format!("keep it in [sweep] of {path} or in --grid"));
        return None;
    }
    let mut lines: Vec<Vec<Line>> = vec![Vec::new()];
    for axis in axes {
        let with = |before: &Vec<Line>| {
            let next = axis.values.iter().map(|value| (axis.key.clone(), value.clone()));
            next.map(|line| [before.clone(), vec![line]].concat())
                .collect::<Vec<_>>()
        };
        lines = lines.iter().flat_map(with).collect();
    }
    Some(lines)
}

fn factors(axes: &[&Axis]) -> String {
    let counts: Vec<String> = axes.iter().map(|axis| axis.values.len().to_string()).collect();
    counts.join(" x ")
}

/// The variants that leave out each measure and each programme in turn, and the one that leaves out all.
fn left_out(base: &Changes, scenario: &Effective) -> Vec<Changes> {
    let is_left =
        |entry: &&Entry| entry.kind.instrument().is_some() && !base.without.contains(&entry.name().to_owned());
    let entries: Vec<&Entry> = scenario.entries.iter().filter(is_left).collect();
    let all: Vec<String> = entries.iter().map(|entry| entry.name().to_owned()).collect();
    let firsts = entries.iter().filter(|entry| reference(entry, "amends").is_none());
    let single = firsts.map(|entry| Changes {
        without: [
            base.without.clone(),
            with_dependents(vec![entry.name().to_owned()], scenario),
        ]
        .concat(),
        label: Some(format!("without-{}", entry.name())),
        omission: Omission::InTurn,
        ..base.clone()
    });
    let whole = Changes {
        without: [base.without.clone(), all.clone()].concat(),
        label: Some("without-all".to_owned()),
        omission: Omission::All,
        ..base.clone()
    };
    single.chain(std::iter::once(whole)).collect()
}

/// The ids to leave out, with what depends on them; none if the scenario lacks one, which is reported.
fn dependents(ids: &[String], scenario: &Effective, report: &mut Report) -> Option<Vec<String>> {
    let known = || scenario.entries.iter().map(Entry::name);
    let mut are_known = true;
    for id in ids
        .iter()
        .filter(|id| scenario.complete && known().all(|known| known != *id))
    {
        let help = match nearest(id, known()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
        };
        let path = report.path(scenario.source).display().to_string();
        report
            .fault(
                None,
                format!("--without {}: {path} has no entry of this id", quoted(id)),
            )
            .help(help);
        are_known = false;
    }
    are_known.then(|| with_dependents(ids.to_vec(), scenario))
}

/// Adds the entries that amend or name one that is left out, for they mean nothing without it.
fn with_dependents(mut ids: Vec<String>, scenario: &Effective) -> Vec<String> {
    loop {
        let depends = |entry: &&Entry| {
            let on = |key: &str| reference(entry, key).is_some_and(|id| ids.iter().any(|out| out == id));
            let keys = entry.kind.instrument().map_or(&[][..], |kind| kind.keys);
            let mut named = keys.iter().filter(|key| matches!(key.form, Form::Measure(_)));
            !ids.iter().any(|id| id == entry.name()) && (on("amends") || named.any(|key| on(key.name)))
        };
        let more: Vec<String> = scenario
            .entries
            .iter()
            .filter(depends)
            .map(|entry| entry.name().to_owned())
            .collect();
        if more.is_empty() {
            return ids;
        }
        ids.extend(more);
    }
}

fn reference<'e>(entry: &'e Entry, key: &str) -> Option<&'e str> {
    match &entry.table.get(key)?.value {
        TomlValue::Text(id) => Some(id),
        _ => None,
    }
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.without.is_empty()
    }

    /// The scenario with these changes, and what they are.
    fn apply(&self, scenario: &Effective, of: &str, report: &Report) -> (Effective, Variant) {
        let setting = |(key, item): &Line| ChangedNumber {
            name: key.name.clone(),
            value: written(item, report),
        };
        let variant = Variant {
            of: of.to_owned(),
            settings: self.lines.iter().map(setting).collect(),
            without: self.without.clone(),
            omission: self.omission,
        };
        let mut varied = scenario.clone();
        varied.leave_out(&self.without);
        varied.set(&self.lines);
        varied.variant = Some(variant.clone());
        (varied, variant)
    }

    /// The name of its results: that of the scenario and what is changed.
    fn name(&self, of: &str, variant: &Variant) -> String {
        let settings = variant.settings.iter().map(|setting| {
            let short = setting.short_name();
            format!("{}-{}", short.rsplit('.').next().unwrap_or(short), setting.value)
        });
        // What depends on an entry goes with it, and is not named.
        let parts: Vec<String> = settings.chain(self.label.clone()).map(|part| mended(&part)).collect();
        format!("{of}--{}", parts.join("--"))
    }
}

/// A value as it stands in the file.
fn written(item: &TomlItem, report: &Report) -> String {
    let text = report.text(item.place.source).get(item.place.span.clone());
    text.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text in letters that may stand in an id.
fn mended(text: &str) -> String {
    let mut mended = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || "._-".contains(letter) {
            mended.push(letter);
        } else if !mended.ends_with('-') {
            mended.push('-');
        }
    }
    mended.trim_matches('-').to_owned()
}

fn cut(text: &str, most: usize) -> &str {
    // Ids are ASCII; another name is refused anyway.
    text.get(..most).unwrap_or(text)
}

impl Effective {
    /// Takes out entries, and the lines of `[parameters]` for their numbers.
    fn leave_out(&mut self, ids: &[String]) {
        let is_out = |entry: &Entry| ids.iter().any(|id| id == entry.name());
        let prefixes: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| is_out(entry))
            .filter_map(Entry::prefix)
            .collect();
        self.entries.retain(|entry| !is_out(entry));
        if let Some(section) = self.sections.get_mut("parameters") {
            let keys = &mut section.table.entries;
            keys.retain(|(key, _)| !prefixes.iter().any(|prefix| key.name.starts_with(prefix)));
        }
    }

    /// Lets lines of `[parameters]` prevail over all others.
    fn set(&mut self, lines: &[Line]) {
        let Some((first, _)) = lines.first() else { return };
        let section = self.sections.entry("parameters").or_insert_with(|| Section {
            header: first.place.clone(),
            table: TomlTable::default(),
        });
        for (key, item) in lines {
            let item = scaled(item.clone(), section.table.get(&key.name));
            section.table.entries.retain(|(known, _)| known.name != key.name);
            section.table.entries.push((key.clone(), item));
            self.varied.insert(key.name.clone());
        }
    }
}
