//! Entries that say only what differs from another: an entry that amends the inherited one of its own id keeps the keys that it
//! does not give, and a programme that amends another takes some of its targets over.

use super::extends::{DrawnTogether, Effective};
use super::layer::Entry;
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use crate::diagnostic::{Place, Report, nearest};

/// The key of a factor on an inherited number, and that of what it is a factor on, which no file can hold.
pub(super) const TIMES: &str = "times";
pub(super) const OF: &str = "of what is inherited";

/// Keys that an entry never takes over from another one.
const OWN: [&str; 2] = ["id", "amends"];

impl Entry {
    /// The id in its key `amends`, and where it stands.
    pub fn amended(&self) -> Option<(&str, &Place)> {
        let item = self.table.get("amends")?;
        match &item.value {
            TomlValue::Text(id) => Some((id, &item.place)),
            _ => None,
        }
    }

    /// Whether it amends the inherited entry of its own id.
    pub fn amends_itself(&self) -> bool {
        self.amended().is_some_and(|(id, _)| id == self.name())
    }

    /// This entry with all keys of `inherited` that it does not give. It amends what that amends, if `keeps_standing`.
    pub fn completed(mut self, inherited: &Self, keeps_standing: bool) -> Self {
        self.table.entries.retain(|(key, _)| key.name != "amends");
        let given = std::mem::take(&mut self.table.entries);
        for (key, item) in &inherited.table.entries {
            let is_kept = !OWN.contains(&key.name.as_str()) || keeps_standing && key.name == "amends";
            if is_kept && given.iter().all(|(own, _)| own.name != key.name) {
                self.table.entries.push((key.clone(), item.clone()));
            }
        }
        for (key, item) in given {
            let item = scaled(item, inherited.table.get(&key.name));
            self.table.entries.push((key, item));
        }
        self
    }
}

/// A factor with the value that it is a factor on; any other value as it is.
pub(super) fn scaled(mut item: TomlItem, inherited: Option<&TomlItem>) -> TomlItem {
    if let (true, Some(inherited), TomlValue::Table(table)) = (is_factor(&item), inherited, &mut item.value) {
        let key = TomlKey {
            name: OF.to_owned(),
            place: inherited.place.clone(),
        };
        table.entries.push((key, inherited.clone()));
    }
    item
}

/// Whether a value is `{ times = ... }`.
pub(super) fn is_factor(item: &TomlItem) -> bool {
    matches!(&item.value, TomlValue::Table(table) if table.get(TIMES).is_some())
}

impl Effective {
    /// Completes each programme that amends another one, whose targets it takes over.
    pub fn split_programmes(&mut self, report: &mut Report) {
        for place in 0..self.entries.len() {
            let entry = &self.entries[place];
            if entry.amends_itself() && !entry.kind.is_measure() {
                // Had an entry of this id been inherited, this one would be completed, and amend nothing.
                let at = entry.amended().map(|(_, place)| place.clone());
                if self.complete {
                    report
                        .fault(at, format!("no entry {} is inherited", quoted(entry.name())))
                        .help("an entry that amends its own id changes the one of the file that this one extends");
                }
                continue;
            }
            let is_split = entry.kind.instrument().is_some() && !entry.kind.is_measure() && !entry.amends_itself();
            let Some((id, at)) = entry.amended().filter(|_| is_split) else {
                continue;
            };
            let (id, at) = (id.to_owned(), at.clone());
            match self.entries.iter().position(|known| known.is_called(&id)) {
                Some(amended) if self.entries[amended].kind == entry.kind => self.split(place, amended, report),
                Some(amended) => {
                    let header = self.entries[amended].kind.header();
                    report
                        .fault(
                            at,
                            format!("{} is a {header}, not a {}", quoted(&id), entry.kind.header()),
                        )
                        .help("a programme can amend one of its own kind");
                }
                None if self.complete => {
                    let known = self.entries.iter().filter(|known| known.kind == entry.kind);
                    let help = match nearest(&id, known.map(Entry::name)) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("name a {} of this scenario", entry.kind.header()),
                    };
                    report
                        .fault(at, format!("there is no programme {}", quoted(&id)))
                        .help(help);
                }
                None => {}
            }
        }
    }

    /// The programme at `place` takes its targets from the one at `amended`, and every key that it does not give.
    fn split(&mut self, place: usize, amended: usize, report: &mut Report) {
        let (own, known) = (&self.entries[place], &self.entries[amended]);
        let [taken, held] = [own, known].map(|entry| targets(&entry.table));
        let own_targets = own.table.get("targets");
        let at = own_targets.map_or(&own.header, |item| &item.place).clone();
        if own_targets.is_none() {
            report
                .fault(at, format!("`{}` lacks `targets`", own.name()))
                .help(format!("name those of `{}` that it takes over", known.name()));
            return;
        }
        if let Some(other) = taken.iter().find(|target| !held.contains(target)) {
            let message = format!(
                "{} is no target of `{}`, which this entry amends",
                quoted(other),
                known.name()
            );
            report
                .fault(at, message)
                .help(format!("its targets are {}", held.join(", ")));
            return;
        }
        if taken.len() >= held.len() {
            let message = format!("this leaves `{}` without a target", known.name());
            report
                .fault(at, message)
                .help("give the inherited entry's own id to change it for all targets");
            return;
        }
        let [from, to] = [known, own].map(Entry::prefix);
        let completed = own.clone().completed(known, false);
        let names =
            |entries: &[&(TomlKey, TomlItem)]| entries.iter().map(|(key, _)| key.name.clone()).collect::<Vec<_>>();
        let entries: Vec<_> = own.table.entries.iter().collect();
        let anew: Vec<_> = entries.iter().copied().filter(|(_, item)| !is_factor(item)).collect();
        let (given, anew) = (names(&entries), names(&anew));
        self.entries[place] = completed;
        if let Some((_, item)) = self.entries[amended]
            .table
            .entries
            .iter_mut()
            .find(|(key, _)| key.name == "targets")
            && let TomlValue::List(list) = &mut item.value
        {
            list.retain(|item| !matches!(&item.value, TomlValue::Text(target) if taken.contains(target)));
        }
        let (Some(from), Some(to)) = (from, to) else { return };
        self.note_drawn_together(&from, &to, anew);
        self.copy_parameters(&from, &to, &given);
    }

    /// Numbers that one programme keeps of another are drawn together, but for those that `[parameters]` gives anew.
    fn note_drawn_together(&mut self, from: &str, to: &str, mut own: Vec<String>) {
        let lines = self.sections.get("parameters").map(|section| &section.table.entries);
        let anew = lines.into_iter().flatten().filter(|(_, item)| !is_factor(item));
        own.extend(anew.filter_map(|(key, _)| key.name.strip_prefix(to).map(str::to_owned)));
        self.drawn_together.push(DrawnTogether {
            from: from.to_owned(),
            to: to.to_owned(),
            own,
        });
    }

    /// What `[parameters]` says of the numbers of an entry holds for those that another entry takes over.
    fn copy_parameters(&mut self, from: &str, to: &str, given: &[String]) {
        let Some(section) = self.sections.get_mut("parameters") else {
            return;
        };
        let lines = &mut section.table.entries;
        let copies = lines.iter().filter_map(|(key, item)| {
            let name = key.name.strip_prefix(from)?;
            let written = name.split('.').next().unwrap_or(name);
            let copy = TomlKey {
                name: format!("{to}{name}"),
                place: key.place.clone(),
            };
            let is_own = given.iter().any(|key| key == written) || lines.iter().any(|(key, _)| key.name == copy.name);
            (!is_own).then(|| (copy, item.clone()))
        });
        let copies: Vec<(TomlKey, TomlItem)> = copies.collect();
        lines.extend(copies);
    }
}

/// The targets of a programme, as far as they are texts.
fn targets(table: &TomlTable) -> Vec<String> {
    match table.get("targets").map(|item| &item.value) {
        Some(TomlValue::List(list)) => list
            .iter()
            .filter_map(|item| match &item.value {
                TomlValue::Text(target) => Some(target.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
