//! Amendments: measures that change others from their start on.
//!
//! A measure and its amendments are versions that follow one another in time. Each version ends when the next begins,
//! and the next takes over every key that it does not give itself. After this step every version is an entry like any
//! other; only the numbers that versions share still show that one amends the other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::kinds::EntryKind;
use super::layer::Entry;
use super::leaves::Reference;
use super::sections::Amendment;
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use super::wire::{Field, Placed, Wire, read_field};
use crate::diagnostic::{Place, Report, nearest};
use crate::model::Month;

/// Keys that a version never takes over from the one before it. A kind may declare more: a wind-down, for example,
/// counts from the start of its version.
const OWN: [&str; 5] = ["id", "from", "announced", "until", "amends"];

/// Whether each version of an entry has this key of its own.
fn is_of_version(kind: EntryKind, key: &str) -> bool {
    OWN.contains(&key) || kind.own_key(key).is_some_and(|key| key.is_of_version)
}

/// An entry with all that it says.
pub(super) struct Version<'a> {
    pub entry: &'a Entry,
    /// Its own keys, and those that it takes over from the version before it.
    pub table: Cow<'a, TomlTable>,
    pub standing: Standing<'a>,
}

/// Whether a version amends another one.
#[derive(Clone, Copy)]
pub(super) enum Standing<'a> {
    /// It amends nothing.
    First,
    /// It amends this version.
    Follows(&'a Entry),
    /// It amends something that cannot be amended; this was reported.
    Impossible,
}

/// Completes every entry with the keys that it takes over, in the order of `entries`. An amendment of something that
/// cannot be amended is reported and stays incomplete.
///
/// If not all files could be read (`complete` is false), an id that is not found is no fault: its entry may be in
/// another file.
pub(super) fn versions<'a>(entries: &'a [Entry], complete: bool, report: &mut Report) -> Vec<Version<'a>> {
    let amendments = Amendments::find(entries, complete, report);
    let mut versions: Vec<Version<'a>> = Vec::new();
    let mut lines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, entry) in entries.iter().enumerate() {
        let is_first = matches!(amendments.targets[position], Target::Nothing);
        versions.push(Version {
            entry,
            table: Cow::Borrowed(&entry.table),
            standing: if is_first {
                Standing::First
            } else {
                Standing::Impossible
            },
        });
        if let Some(first) = amendments.first(position, report).filter(|_| !is_first) {
            lines.entry(first).or_default().push(position);
        }
    }
    // The file may list amendments in any order; their months order them.
    for (first, later) in lines {
        let mut last = first;
        for (start, position) in amendments.in_order(&later, report) {
            if let Some(next) = versions[last].followed_by(&entries[position], start, report) {
                versions[position] = next;
                last = position;
            }
        }
    }
    versions
}

/// The target of an amendment.
#[derive(Clone, Copy)]
enum Target {
    Nothing,
    /// The entry at this position.
    Entry(usize),
    /// Something that cannot be amended.
    Faulty,
}

/// Which entries amend which.
struct Amendments<'a> {
    entries: &'a [Entry],
    targets: Vec<Target>,
    starts: Vec<Field<Month>>,
}

impl<'a> Amendments<'a> {
    fn find(entries: &'a [Entry], complete: bool, report: &mut Report) -> Self {
        let targets = entries
            .iter()
            .map(|entry| match Amendment::read(&entry.table, report).amends {
                Field::Given(id) if entry.kind.is_measure() => target(entries, entry, &id, complete, report),
                Field::Faulty if entry.kind.is_measure() => Target::Faulty,
                _ => Target::Nothing,
            })
            .collect();
        let starts = entries
            .iter()
            .map(|entry| read_field(&entry.table, "from", report))
            .collect();
        Self {
            entries,
            targets,
            starts,
        }
    }

    /// The first version of the measure that the entry at a position amends, directly or through others; a circle is
    /// reported once.
    fn first(&self, position: usize, report: &mut Report) -> Option<usize> {
        let mut path = vec![position];
        loop {
            let here = path[path.len() - 1];
            match self.targets[here] {
                Target::Nothing => return Some(here),
                Target::Faulty => return None,
                Target::Entry(next) if path.contains(&next) => {
                    // Every member of a circle gets here; only the first one in the files reports it.
                    if next == position && path.iter().all(|member| position <= *member) {
                        self.report_circle(&path, report);
                    }
                    return None;
                }
                Target::Entry(next) => path.push(next),
            }
        }
    }

    fn report_circle(&self, path: &[usize], report: &mut Report) {
        let members = path.iter().chain(&path[..1]);
        let names: Vec<&str> = members.map(|member| self.entries[*member].name()).collect();
        let place = place_of(&self.entries[path[0]], "amends");
        report
            .fault(
                place,
                format!("measures amend each other in a circle: {}", names.join(" -> ")),
            )
            .help("remove one `amends`");
    }

    /// The amendments of one measure by their start, without those whose start is impossible.
    fn in_order(&self, positions: &[usize], report: &mut Report) -> Vec<(Month, usize)> {
        let mut ordered: Vec<(Month, usize)> = Vec::new();
        for &position in positions {
            let start = self.starts[position].given().map(|start| start.value);
            let after = self.check_start(position, report);
            ordered.extend(start.filter(|_| after).map(|start| (start, position)));
        }
        ordered.sort_unstable();
        for pair in ordered.windows(2) {
            let [(one_start, one), (other_start, other)] = pair else {
                continue;
            };
            if one_start == other_start {
                let (one, other) = (&self.entries[*one], &self.entries[*other]);
                let message = format!(
                    "`{}` and `{}` amend one measure in the same month",
                    one.name(),
                    other.name()
                );
                report
                    .fault(place_of(other, "from"), message)
                    .help("join them in one entry, or let one start later");
            }
        }
        // One version stays for each month, so that the check of the later ones goes on.
        ordered.dedup_by_key(|(start, _)| *start);
        ordered
    }

    /// Whether an amendment starts after the measure that it amends.
    fn check_start(&self, position: usize, report: &mut Report) -> bool {
        let Target::Entry(amended) = self.targets[position] else {
            return false;
        };
        let (Some(start), Some(earlier)) = (self.starts[position].given(), self.starts[amended].given()) else {
            return false;
        };
        if start.value <= earlier.value {
            let message = format!(
                "starts in {}, but `{}`, which it amends, starts in {}",
                start.value,
                self.entries[amended].name(),
                earlier.value
            );
            report
                .fault(start.place.clone(), message)
                .help("an amendment starts after what it amends");
        }
        start.value > earlier.value
    }
}

fn target(entries: &[Entry], entry: &Entry, id: &Placed<Reference>, complete: bool, report: &mut Report) -> Target {
    let text = id.value.0.as_str();
    let Some(position) = entries.iter().position(|other| other.is_called(text)) else {
        if complete {
            let same_kind = entries.iter().filter(|other| other.kind == entry.kind);
            let help = match nearest(text, same_kind.map(Entry::name).filter(|name| *name != entry.name())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("name a {} of this scenario", entry.kind.header()),
            };
            report
                .fault(id.place.clone(), format!("there is no measure {}", quoted(text)))
                .help(help);
        }
        return Target::Faulty;
    };
    let kind = entries[position].kind;
    if kind == entry.kind {
        return Target::Entry(position);
    }
    report
        .fault(
            id.place.clone(),
            format!("{} is a {}, not a {}", quoted(text), kind.header(), entry.kind.header()),
        )
        .help("an amendment is of the kind of what it amends; end the other with `until` to start a new measure");
    Target::Faulty
}

fn place_of(entry: &Entry, key: &str) -> Place {
    entry.table.get(key).map_or(&entry.header, |item| &item.place).clone()
}

impl<'a> Version<'a> {
    /// The keys that it gives itself, rather than keep them.
    pub fn own_keys(&self) -> impl Iterator<Item = &str> {
        let given = self.entry.table.entries.iter().map(|(key, _)| key.name.as_str());
        let of_kind = self.entry.kind.instrument().map_or(&[][..], |kind| kind.keys);
        let of_version = of_kind.iter().filter(|key| key.is_of_version).map(|key| key.name);
        given.chain(OWN).chain(of_version)
    }

    /// The version that amends this one from a month on; this one then ends.
    fn followed_by(&mut self, entry: &'a Entry, start: Month, report: &mut Report) -> Option<Self> {
        let until: Field<Month> = read_field(&self.table, "until", report);
        let end = until.given().map(|until| until.value);
        let own_end = entry.table.get("until");
        if let Some(end) = end.filter(|end| *end <= start && own_end.is_none()) {
            report
                .fault(
                    place_of(entry, "from"),
                    format!(
                        "starts in {start}, but `{}`, which it amends, has ended in {end}",
                        self.entry.name()
                    ),
                )
                .help("give it an `until` of its own, or an earlier `from`");
            return None;
        }
        let mut table = TomlTable::default();
        for (key, item) in &self.table.entries {
            // Without an `until` of its own, an amendment ends when the measure that it amends would have ended.
            let is_kept = !is_of_version(entry.kind, &key.name) || key.name == "until";
            if is_kept && entry.table.get(&key.name).is_none() && !is_displaced(entry, &key.name) {
                table.entries.push((key.clone(), item.clone()));
            }
        }
        table.entries.extend(entry.table.entries.iter().cloned());
        // A version that has ended before the amendment starts keeps its end: nothing is in force in between.
        if end.is_none_or(|end| start < end) {
            self.end_in(start, place_of(entry, "from"));
        }
        Some(Self {
            entry,
            table: Cow::Owned(table),
            standing: Standing::Follows(self.entry),
        })
    }

    fn end_in(&mut self, month: Month, place: Place) {
        let table = self.table.to_mut();
        table.entries.retain(|(key, _)| key.name != "until");
        let key = TomlKey {
            name: "until".to_owned(),
            place: place.clone(),
        };
        let value = TomlValue::Text(month.to_string());
        table.entries.push((key, TomlItem { value, place }));
    }
}

/// Whether an amendment gives an alternative to a key, which it then cannot take over as well.
fn is_displaced(entry: &Entry, key: &str) -> bool {
    let kind = entry.kind.instrument();
    kind.is_some_and(|kind| kind.is_displaced(key, |other| entry.table.get(other).is_some()))
}
