//! One scenario file, sorted into its parts but not yet merged with the files it extends.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Document;
use super::kinds::EntryKind;
use super::leaves::{Reference, Text};
use super::sections::{EntryTerms, LISTS, SECTIONS, SWEEP, TOP, home_of};
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use super::wire::{Field, Placed, Wire, check_unknown, read_field};
use crate::diagnostic::{Place, Report, SourceId, nearest};

/// The parts of one file.
pub(super) struct Layer {
    pub source: SourceId,
    pub title: Option<TomlItem>,
    pub world: Option<TomlItem>,
    /// The path of the file that this one builds on, as written.
    pub extends: Field<Text>,
    /// The path of the table that stands in place of distributions, as written.
    pub posterior: Option<Placed<Text>>,
    /// Ids of inherited entries to drop.
    pub remove: Option<Placed<Vec<Placed<Reference>>>>,
    pub sections: BTreeMap<&'static str, Section>,
    /// `[sweep]`: numbers and the values that each takes in turn.
    pub sweep: Option<Section>,
    pub entries: Vec<Entry>,
    /// The keys at the top that misspelt ones were meant to be.
    pub meant: BTreeSet<&'static str>,
}

/// A section of keys, such as `[horizon]`.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Where the section starts.
    pub header: Place,
    pub table: TomlTable,
}

/// An entry of a list, such as one `[[measures.ban]]`.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub kind: EntryKind,
    /// None if it is missing or not a valid id.
    pub id: Option<Placed<String>>,
    /// Where the entry starts.
    pub header: Place,
    pub table: TomlTable,
}

impl Entry {
    /// Its id; empty if it has none.
    pub fn name(&self) -> &str {
        self.id.as_ref().map_or("", |id| id.value.as_str())
    }

    /// The start of the dotted names of its numbers: `ban.eu-wood-2022.`.
    pub fn prefix(&self) -> Option<String> {
        self.id
            .as_ref()
            .map(|id| format!("{}.{}.", self.kind.prefix(), id.value))
    }
}

impl Layer {
    /// Sorts a document into its parts; unknown sections and keys of sections are reported. None if it is empty.
    pub fn read(document: Document, report: &mut Report) -> Option<Self> {
        let Document { source, root } = document;
        if root.entries.is_empty() {
            report
                .fault(start_of(source), "the scenario is empty")
                .help("required: title, world, [horizon] and [simulation]");
            return None;
        }
        let mut layer = Self {
            source,
            title: None,
            world: None,
            extends: read_field(&root, "extends", report),
            posterior: read_field(&root, "posterior", report).given().cloned(),
            remove: read_field(&root, "remove", report).given().cloned(),
            sections: BTreeMap::new(),
            sweep: None,
            entries: Vec::new(),
            meant: BTreeSet::new(),
        };
        for (key, item) in root.entries {
            layer.take(key, item, report);
        }
        layer.check_ids(report);
        Some(layer)
    }

    fn take(&mut self, key: TomlKey, item: TomlItem, report: &mut Report) {
        let name = key.name.as_str();
        if name == "title" {
            self.title = Some(item);
        } else if name == "world" {
            self.world = Some(item);
        } else if name == SWEEP {
            self.sweep = read_section(SWEEP, item, report);
        } else if let Some(section) = SECTIONS.into_iter().find(|section| *section == name) {
            self.take_section(section, item, report);
        } else if let Some(list) = LISTS.into_iter().find(|list| *list == name) {
            self.take_lists(list, item, report);
        } else if TOP.iter().all(|rule| rule.name != name) {
            self.meant.extend(report_unknown_at_top(&key, &item, report));
        }
    }

    fn take_section(&mut self, name: &'static str, item: TomlItem, report: &mut Report) {
        let Some(section) = read_section(name, item, report) else {
            return;
        };
        let rules = super::sections::section_rules(name);
        // The keys of [parameters] are names of numbers, which are known only once the entries are resolved.
        if name != "parameters" {
            check_unknown(&section.table, rules, &format!("[{name}]"), report);
        }
        self.sections.insert(name, section);
    }

    /// Takes the entries of all kinds of one section, such as `measures`.
    fn take_lists(&mut self, section: &'static str, item: TomlItem, report: &mut Report) {
        let kinds: Vec<EntryKind> = EntryKind::all().filter(|kind| kind.path().0 == section).collect();
        let example = kinds.first().map_or(String::new(), |kind| kind.header());
        let TomlValue::Table(table) = item.value else {
            report
                .fault(item.place.clone(), format!("`{section}` needs the kind of each entry"))
                .help(format!("start each entry with a line like {example}"));
            return;
        };
        for (key, list) in table.entries {
            match kinds.iter().find(|kind| kind.path().1 == key.name) {
                Some(kind) => self.take_entries(*kind, list, report),
                None => report_unknown_kind(section, &key, &kinds, report),
            }
        }
    }

    fn take_entries(&mut self, kind: EntryKind, list: TomlItem, report: &mut Report) {
        let header = kind.header();
        let help = format!("start each entry with the line {header}, in double brackets");
        let TomlValue::List(items) = list.value else {
            report
                .fault(
                    list.place.clone(),
                    format!("expected a list of entries, found {}", list.found()),
                )
                .help(help);
            return;
        };
        for item in items {
            let TomlValue::Table(table) = item.value else {
                report
                    .fault(item.place.clone(), format!("expected an entry, found {}", item.found()))
                    .help(help.clone());
                continue;
            };
            let id = match EntryTerms::read(&table, report).id {
                Field::Given(id) => Some(Placed {
                    value: id.value.0,
                    place: id.place,
                }),
                Field::Absent | Field::Faulty => None,
            };
            self.entries.push(Entry {
                kind,
                id,
                header: item.place,
                table,
            });
        }
    }

    /// Reports ids given twice, across all kinds.
    fn check_ids(&mut self, report: &mut Report) {
        // Entries were read kind by kind. In the order of the file, the later one of two equal ids is reported.
        self.entries.sort_by_key(|entry| entry.header.span.start);
        let mut seen: BTreeMap<&str, EntryKind> = BTreeMap::new();
        for entry in &self.entries {
            let Some(id) = &entry.id else { continue };
            if let Some(kind) = seen.insert(&id.value, entry.kind) {
                report
                    .fault(
                        id.place.clone(),
                        format!("the id `{}` is given twice, first in {}", id.value, kind.header()),
                    )
                    .help("every entry of a scenario, of whatever kind, needs its own id");
            }
        }
    }
}

fn read_section(name: &str, item: TomlItem, report: &mut Report) -> Option<Section> {
    let TomlValue::Table(table) = item.value else {
        report
            .fault(
                item.place.clone(),
                format!("expected the section [{name}], found {}", item.found()),
            )
            .help(format!("write [{name}] on a line of its own and its keys below it"));
        return None;
    };
    let header = item.place;
    Some(Section { header, table })
}

/// The start of a file, where missing keys and sections are reported.
pub(super) fn start_of(source: SourceId) -> Place {
    Place { source, span: 0..0 }
}

/// Reports an unknown key and returns the one that was probably meant, so that it is not reported as missing too.
fn report_unknown_at_top(key: &TomlKey, item: &TomlItem, report: &mut Report) -> Option<&'static str> {
    let is_section = matches!(item.value, TomlValue::Table(_) | TomlValue::List(_));
    let what = if is_section { "section" } else { "key" };
    let known = TOP
        .iter()
        .map(|rule| rule.name)
        .chain(SECTIONS)
        .chain([SWEEP])
        .chain(LISTS);
    let meant = nearest(&key.name, known.clone());
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => match home_of(&key.name) {
            Some(home) => format!("`{}` belongs {home}", key.name),
            None => format!("known here are {}", known.collect::<Vec<_>>().join(", ")),
        },
    };
    report
        .fault(key.place.clone(), format!("unknown {what} {}", quoted(&key.name)))
        .help(help);
    meant
}

fn report_unknown_kind(section: &str, key: &TomlKey, kinds: &[EntryKind], report: &mut Report) {
    let known = kinds.iter().map(|kind| kind.path().1);
    let help = match nearest(&key.name, known.clone()) {
        Some(meant) => format!("did you mean [[{section}.{meant}]]?"),
        None => format!("known under `{section}` are {}", known.collect::<Vec<_>>().join(", ")),
    };
    report
        .fault(
            key.place.clone(),
            format!("{} is not known under `{section}`", quoted(&key.name)),
        )
        .help(help);
}
