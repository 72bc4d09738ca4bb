//! Faults, warnings and notes about the files of users, each at its place in a file.
//!
//! Readers and validators add to one [`Report`] and go on, so that all faults are reported at once. Nothing else in the
//! project makes messages about input.

mod countries;
mod nearest;
mod render;
mod visible;

pub use countries::two_letters;
pub use nearest::nearest;
pub use visible::is_invisible;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How much a diagnostic matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing may run.
    Fault,
    /// It runs, but probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// A file whose text can be shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SourceId(usize);

/// A stretch of bytes in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub source: SourceId,
    pub span: Range<usize>,
}

/// A message to the user.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The fault as a lower-case fragment.
    pub message: String,
    /// Where; none if it concerns no line of a file.
    pub place: Option<Place>,
    /// Advice, such as the correct spelling.
    pub help: Option<String>,
    /// At how many further places the same was found.
    pub more: usize,
}

impl Diagnostic {
    /// Adds advice.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(visible::message(help.into()));
        self
    }

    /// The message, and how often it holds.
    pub fn text(&self) -> String {
        match self.more {
            0 => self.message.clone(),
            1 => format!("{} (and once more)", self.message),
            more => format!("{} (and {more} times more)", self.message),
        }
    }
}

#[derive(Clone)]
struct Source {
    path: PathBuf,
    text: String,
    /// Where each line starts, in bytes.
    lines: Vec<usize>,
}

impl Source {
    fn new(path: &Path, text: String) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self {
            path: path.to_owned(),
            text,
            lines,
        }
    }

    /// The number of the line that holds a byte, counted from one.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at)
    }
}

/// The identity of a diagnostic: severity, source and span, message.
type Sameness = (Severity, Option<(SourceId, usize, usize)>, String);

/// Everything found so far, and the texts it was found in.
#[derive(Clone, Default)]
pub struct Report {
    sources: Vec<Source>,
    /// Folders that files were looked for in.
    folders: BTreeSet<PathBuf>,
    diagnostics: Vec<Diagnostic>,
    /// The position of each diagnostic.
    known: BTreeMap<Sameness, usize>,
}

impl Report {
    /// Remembers a file's text so that places in it can be shown. A path read before keeps its id.
    pub fn add_source(&mut self, path: &Path, text: String) -> SourceId {
        if let Some(known) = self
            .sources
            .iter()
            .position(|source| source.path == path && source.text == text)
        {
            return SourceId(known);
        }
        self.sources.push(Source::new(path, text));
        SourceId(self.sources.len() - 1)
    }

    /// Remembers a folder that is read as a whole.
    pub fn add_folder(&mut self, path: &Path) {
        self.folders.insert(path.to_owned());
    }

    /// Every folder and file that was read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let files = self.sources.iter().map(|source| source.path.as_path());
        self.folders.iter().map(PathBuf::as_path).chain(files)
    }

    /// The path of a file.
    pub fn path(&self, source: SourceId) -> &Path {
        &self.sources[source.0].path
    }

    /// The text of a file.
    pub fn text(&self, source: SourceId) -> &str {
        &self.sources[source.0].text
    }

    /// The text of the file at a path, which is compared as the file system knows it; none if it was not read.
    pub fn text_of(&self, path: &Path) -> Option<&str> {
        let is_it = |source: &&Source| source.path.canonicalize().is_ok_and(|known| known == *path);
        self.sources.iter().find(is_it).map(|source| source.text.as_str())
    }

    /// Adds a fault: nothing may run.
    pub fn fault(&mut self, place: impl Into<Option<Place>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Fault, place.into(), message.into())
    }

    /// Adds a fault, or counts one of the same message that was added before: in any file, or with `in_file` in the same.
    pub fn fault_once(&mut self, place: Place, message: String, in_file: bool) -> &mut Diagnostic {
        let source = place.source;
        let earlier = self.diagnostics.iter().position(|known| {
            known.severity == Severity::Fault
                && known.message == message
                && known
                    .place
                    .as_ref()
                    .is_some_and(|known| !in_file || known.source == source)
        });
        let Some(position) = earlier else {
            return self.fault(place, message);
        };
        let known = &mut self.diagnostics[position];
        known.more += usize::from(known.place.as_ref() != Some(&place));
        known
    }

    /// Adds a warning.
    pub fn warning(&mut self, place: impl Into<Option<Place>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Warning, place.into(), message.into())
    }

    /// Adds a note.
    pub fn note(&mut self, place: impl Into<Option<Place>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Note, place.into(), message.into())
    }

    /// Adds a diagnostic of any severity. A diagnostic that was added before is kept once.
    pub fn add(&mut self, severity: Severity, place: Option<Place>, message: String) -> &mut Diagnostic {
        let message = visible::message(message);
        let span = place
            .as_ref()
            .map(|place| (place.source, place.span.start, place.span.end));
        let next = self.diagnostics.len();
        let position = *self.known.entry((severity, span, message.clone())).or_insert(next);
        if position == next {
            self.diagnostics.push(Diagnostic {
                severity,
                message,
                place,
                help: None,
                more: 0,
            });
        }
        &mut self.diagnostics[position]
    }

    /// Whether anything forbids a run.
    pub fn has_faults(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Fault)
    }

    /// How many diagnostics of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    }

    /// Everything found, in the order in which it was found.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}
