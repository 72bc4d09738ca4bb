//! Scenarios on a small world: what is valid, and the fault of each valid scenario with one line changed.

mod amend;
mod demands;
mod extends;
mod faults;
mod garbage;
mod idle;
mod posterior;
mod snapshots;
mod valid;
mod variants;
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{IdleLines, ReadingRules, UnreadableScenarios, read_scenarios_on};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::World;
use crate::policy::Measure;
use crate::scenario::Scenario;

/// A valid scenario that uses every kind of entry.
const VALID: &str = include_str!("valid.toml");

/// A folder with scenario files and a world.
struct Folder(TempDir);

impl Folder {
    /// A folder with the small world and these files.
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::create_dir(folder.0.path().join("world")).unwrap();
        for (name, text) in files {
            fs::write(folder.path(name), text).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Reads files as one batch.
    fn read(&self, names: &[&str], rules: impl Into<ReadingRules>) -> Outcome {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        let mut report = Report::default();
        let scenarios = read_scenarios_on(&read_small_world, &paths, rules.into(), &mut report);
        let folder = format!("{}/", self.0.path().display());
        Outcome {
            scenarios,
            report,
            folder,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands for a reader that may fail")]
fn read_small_world(_: &Path, scope: Option<&BTreeSet<String>>, _: &mut Report) -> Option<World> {
    Some(world::small_world(scope))
}

/// The outcome of reading a batch.
struct Outcome {
    scenarios: Result<Vec<Scenario>, UnreadableScenarios>,
    report: Report,
    folder: String,
}

impl Outcome {
    /// The only scenario; shows the report if there is none.
    fn scenario(self) -> Scenario {
        let text = self.text();
        let mut scenarios = self.scenarios.unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(scenarios.len(), 1);
        scenarios.remove(0)
    }

    /// The report as users see it, with paths relative to the folder.
    fn text(&self) -> String {
        self.report.render(false).replace(&self.folder, "")
    }

    /// Each diagnostic of a severity: the line it points at (0 for none), its message and its help.
    fn found(&self, severity: Severity) -> Vec<(usize, String, String)> {
        let line = |diagnostic: &Diagnostic| {
            diagnostic.place.as_ref().map_or(0, |place| {
                1 + self.report.text(place.source)[..place.span.start].matches('\n').count()
            })
        };
        self.report
            .diagnostics()
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .map(|diagnostic| {
                let help = diagnostic.help.clone().unwrap_or_default();
                (line(diagnostic), diagnostic.message.replace(&self.folder, ""), help)
            })
            .collect()
    }
}

/// Reads one scenario text.
fn read(text: &str) -> Outcome {
    Folder::with(&[("case.toml", text)]).read(&["case.toml"], IdleLines::Fault)
}

/// The valid scenario with `old` replaced by `new`, which must occur once.
fn patched(old: &str, new: &str) -> String {
    assert_eq!(
        VALID.matches(old).count(),
        1,
        "{old:?} must occur once in the valid scenario"
    );
    VALID.replace(old, new)
}

/// The line of the valid scenario that holds a text, counted from 1.
fn line_of(text: &str, needle: &str) -> usize {
    let at = text.find(needle).unwrap_or_else(|| panic!("{needle:?} does not occur"));
    1 + text[..at].matches('\n').count()
}

/// An instrument as its fields were read: kinds keep them to themselves, but show them.
fn shown(measure: &Measure) -> String {
    format!("{:?}", measure.instrument)
}

/// The names of the numbers that an instrument holds, in the order of its fields.
fn numbers_of<'a>(scenario: &'a Scenario, measure: &Measure) -> Vec<&'a str> {
    let text = shown(measure);
    let slots = text.split("Slot(").skip(1).map(|rest| rest.split_once(')').unwrap().0);
    let numbers: Vec<_> = scenario
        .numbers
        .iter()
        .map(|(_, number)| number.name.as_str())
        .collect();
    slots.map(|slot| numbers[slot.parse::<usize>().unwrap()]).collect()
}

/// Text to replace, what replaces it, the text at whose line the fault points, the message and a part of the help.
type Patch = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// The fault of each patch must be the only one.
fn check_all(patches: &[Patch]) {
    for (old, new, pointed, message, help) in patches {
        let text = patched(old, new);
        let outcome = read(&text);
        let found = outcome.found(Severity::Fault);
        let [(line, said, advised)] = found.as_slice() else {
            panic!("{new:?} gave\n{}", outcome.text());
        };
        assert_eq!(said, message, "{new:?}");
        assert!(
            advised.contains(help) && !advised.is_empty(),
            "{new:?} advised {advised:?}"
        );
        let expected = if pointed.is_empty() { 1 } else { line_of(&text, pointed) };
        assert_eq!(*line, expected, "{new:?}");
        assert!(outcome.scenarios.is_err());
    }
}
