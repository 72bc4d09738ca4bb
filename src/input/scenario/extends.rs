//! Inheritance: merges a scenario and the files it extends into the values that are in effect.
//!
//! Sections are merged key by key, lists entry by entry, and every value keeps the file and line where it was written.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::document;
use super::inherit::scaled;
use super::layer::{Entry, Layer, Section};
use super::leaves::Text;
use super::tree::{TomlItem, quoted};
use super::wire::Placed;
use crate::diagnostic::{Place, Report, SourceId, nearest};
use crate::scenario::Variant;

/// The longest chain of files that extend each other; loading recurses once for each.
const LONGEST_CHAIN: usize = 64;

/// The values of a scenario that are in effect, after `extends` and `remove`.
#[derive(Clone)]
pub(super) struct Effective {
    /// The scenario's own file. Values from all other files are inherited.
    pub source: SourceId,
    /// All its files, each after the one that it extends.
    pub chain: Vec<SourceId>,
    pub title: Option<TomlItem>,
    pub world: Option<TomlItem>,
    /// The table that stands in place of the distributions of its own file and of those that this file extends.
    pub posterior: Option<Placed<Text>>,
    pub sections: BTreeMap<&'static str, Section>,
    /// The section `[sweep]` of its own file. It is not inherited: a scenario that extends a family is one scenario.
    pub sweep: Option<Section>,
    /// What the scenario is a variant of; none if it is none.
    pub variant: Option<Variant>,
    /// Numbers whose lines of `[parameters]` prevail over all else that is said of them.
    pub varied: BTreeSet<String>,
    pub entries: Vec<Entry>,
    /// Numbers that are drawn together.
    pub drawn_together: Vec<DrawnTogether>,
    /// Starts of the dotted names of inherited entries that were replaced or removed, such as `ban.eu-wood-2022.`.
    pub overridden: BTreeSet<String>,
    /// The keys at the top, and sections, that misspelt ones of any file were meant to be.
    pub meant: BTreeSet<&'static str>,
    /// Whether every file could be read. If not, a missing value is no fault: it may be in a file that could not be
    /// read.
    pub complete: bool,
}

/// A programme that another one has taken targets over from: its numbers that the other keeps, or gives a factor, are drawn
/// together.
#[derive(Clone)]
pub(super) struct DrawnTogether {
    /// Start of the dotted names of the numbers that are kept.
    pub from: String,
    /// That of the programme that keeps them.
    pub to: String,
    /// The rest of the names of numbers that it gives anew.
    pub own: Vec<String>,
}

/// Reads a scenario file and all it extends; none if the file itself cannot be read or is empty.
pub(super) fn load(path: &Path, report: &mut Report) -> Option<Effective> {
    let mut effective = load_link(path, &mut Vec::new(), report)?;
    effective.split_programmes(report);
    Some(effective)
}

fn load_link(path: &Path, chain: &mut Vec<PathBuf>, report: &mut Report) -> Option<Effective> {
    chain.push(identity(path));
    let layer = document::read(path, report).and_then(|document| Layer::read(document, report))?;
    let mut effective = match layer.extends.given() {
        // A parent that cannot be loaded was reported; the checks of this file go on without it.
        Some(extends) => load_parent(path, extends, chain, report),
        None if !layer.extends.is_absent() => None,
        None => Some(Effective::empty(layer.source)),
    }
    .unwrap_or_else(|| Effective {
        complete: false,
        ..Effective::empty(layer.source)
    });
    effective.source = layer.source;
    effective.add(layer, report);
    Some(effective)
}

fn load_parent(
    child: &Path,
    extends: &Placed<Text>,
    chain: &mut Vec<PathBuf>,
    report: &mut Report,
) -> Option<Effective> {
    let parent = beside(child, &extends.value.0);
    if let Some(start) = chain.iter().position(|link| *link == identity(&parent)) {
        let mut names: Vec<String> = chain[start..].iter().map(|link| short_name(link)).collect();
        names.push(short_name(&parent));
        report
            .fault(
                extends.place.clone(),
                format!("files extend each other in a circle: {}", names.join(" -> ")),
            )
            .help("remove one `extends`");
        return None;
    }
    if chain.len() >= LONGEST_CHAIN {
        report
            .fault(
                extends.place.clone(),
                format!("more than {LONGEST_CHAIN} files extend each other"),
            )
            .help("join some of them");
        return None;
    }
    if !parent.is_file() {
        report
            .fault(extends.place.clone(), format!("there is no file {}", shown(&parent)))
            .help(path_help(
                &extends.value.0,
                "`extends` is a path relative to the file that states it",
            ));
        return None;
    }
    load_link(&parent, chain, report)
}

/// A path written in a file, which is relative to that file.
pub(super) fn beside(file: &Path, written: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(written)
}

/// A path for a message, with characters that would not show escaped.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let escaped = text.chars().flat_map(|letter| {
        let shown = if letter.is_control() {
            letter.escape_debug().to_string()
        } else {
            letter.to_string()
        };
        shown.chars().collect::<Vec<_>>()
    });
    escaped.collect()
}

/// Advice on a path that leads nowhere: `otherwise`, unless it was written with the backslashes of Windows.
pub(super) fn path_help<'h>(written: &str, otherwise: &'h str) -> &'h str {
    if written.contains(|letter: char| letter.is_control()) {
        "in double quotes a backslash begins an escape, such as \\t: write the path with / or in single quotes"
    } else if written.contains('\\') && !cfg!(windows) {
        "write the path with / , which every system understands"
    } else {
        otherwise
    }
}

/// One name for a file however it is reached; the path itself if the file cannot be found.
pub(super) fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn short_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

impl Effective {
    fn empty(source: SourceId) -> Self {
        Self {
            source,
            chain: Vec::new(),
            title: None,
            world: None,
            posterior: None,
            sections: BTreeMap::new(),
            sweep: None,
            variant: None,
            varied: BTreeSet::new(),
            entries: Vec::new(),
            drawn_together: Vec::new(),
            overridden: BTreeSet::new(),
            meant: BTreeSet::new(),
            complete: true,
        }
    }

    /// Whether a place lies in a file that was extended.
    pub fn is_inherited(&self, place: &Place) -> bool {
        place.source != self.source
    }

    /// Compares two places by precedence: a file takes precedence over those that it extends.
    pub fn compare(&self, one: &Place, other: &Place) -> Ordering {
        let position = |place: &Place| self.chain.iter().position(|source| *source == place.source);
        position(one).cmp(&position(other))
    }

    /// Adds a file, whose values replace those of the files it extends.
    fn add(&mut self, layer: Layer, report: &mut Report) {
        self.chain.push(layer.source);
        // Before entries are added, so that a file can remove an inherited entry and give its id to another.
        self.remove(&layer, report);
        self.title = layer.title.or(self.title.take());
        self.world = layer.world.or(self.world.take());
        self.posterior = layer.posterior.or(self.posterior.take());
        self.sweep = layer.sweep;
        self.meant.extend(layer.meant);
        for (name, section) in layer.sections {
            match self.sections.get_mut(name) {
                Some(inherited) => {
                    // The two say the same in two ways: the newer one replaces either.
                    for (key, other) in [("months", "end"), ("end", "months")] {
                        if name == "horizon" && section.table.get(key).is_some() {
                            inherited.table.entries.retain(|(known, _)| known.name != other);
                        }
                    }
                    inherited.replace_keys(section);
                }
                None => {
                    self.sections.insert(name, section);
                }
            }
        }
        // Only inherited entries are replaced: an id given twice in one file is a fault, which `Layer` reports.
        let inherited = self.entries.len();
        for entry in layer.entries {
            self.add_entry(entry, inherited, report);
        }
    }

    fn remove(&mut self, layer: &Layer, report: &mut Report) {
        let mut seen = BTreeSet::new();
        for id in layer.remove.iter().flat_map(|list| &list.value) {
            if !seen.insert(id.value.0.as_str()) {
                report
                    .fault(id.place.clone(), format!("{} is listed twice", quoted(&id.value.0)))
                    .help("`remove` names each entry once");
                continue;
            }
            let inherited = self.entries.iter().position(|entry| entry.is_called(&id.value.0));
            if let Some(position) = inherited {
                let entry = self.entries.remove(position);
                self.overridden.extend(entry.prefix());
            } else if self.complete {
                // In an incomplete chain the entry may be in a file that could not be read.
                let known = self.entries.iter().filter_map(|entry| entry.id.as_ref());
                let help = match nearest(&id.value.0, known.map(|id| id.value.as_str())) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "`remove` drops entries of the file that this one extends".to_owned(),
                };
                report
                    .fault(
                        id.place.clone(),
                        format!("no entry {} is inherited", quoted(&id.value.0)),
                    )
                    .help(help);
            }
        }
    }

    /// Adds an entry, or puts it in the place of the one among the first `inherited` that has its id.
    fn add_entry(&mut self, entry: Entry, inherited: usize, report: &mut Report) {
        let same = self.entries[..inherited]
            .iter_mut()
            .find(|known| entry.id.as_ref().is_some_and(|id| known.is_called(&id.value)));
        let Some(known) = same else {
            self.entries.push(entry);
            return;
        };
        // An entry is replaced as a whole, so one of another kind under the same id is hardly meant.
        if known.kind != entry.kind {
            let place = entry.id.as_ref().map(|id| id.place.clone());
            report
                .fault(
                    place,
                    format!(
                        "the inherited entry of this id is a {}, not a {}",
                        known.kind.header(),
                        entry.kind.header()
                    ),
                )
                .help("choose another id, or list the id in `remove`");
        }
        if entry.amends_itself() {
            *known = entry.completed(known, true);
            return;
        }
        self.overridden.extend(known.prefix());
        *known = entry;
    }
}

impl Entry {
    /// Whether this is its id.
    pub fn is_called(&self, id: &str) -> bool {
        self.id.as_ref().is_some_and(|own| own.value == id)
    }
}

impl Section {
    /// Replaces the values of the keys that `newer` gives, each as a whole.
    fn replace_keys(&mut self, newer: Self) {
        // Faults about missing keys point to the newest file.
        self.header = newer.header;
        for (key, item) in newer.table.entries {
            let item = scaled(item, self.table.get(&key.name));
            self.table.entries.retain(|(known, _)| known.name != key.name);
            self.table.entries.push((key, item));
        }
    }
}
