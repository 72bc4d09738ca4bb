//! Helpers of several test files.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod restricted_trade;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use roundabout::diagnostic::Report;
use roundabout::ensemble::{Batch, Failure, Finished, Progress};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::scenario::Scenario;

/// The folders in a folder of the repository, by name.
pub fn folders(path: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(repository().join(path))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Where the repository's files are.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads scenarios that are expected to be fine.
pub fn read(paths: &[PathBuf]) -> Vec<Scenario> {
    let mut report = Report::default();
    let scenarios = read_scenarios(paths, IdleLines::Fault, &mut report);
    scenarios.unwrap_or_else(|_| panic!("{}", report.render(false)))
}

/// The shipped scenarios of these names, with so many draws.
pub fn shipped(names: &[&str], draws: u64) -> Vec<Scenario> {
    let paths: Vec<PathBuf> = names
        .iter()
        .map(|name| repository().join(format!("scenarios/{name}.toml")))
        .collect();
    let mut scenarios = read(&paths);
    scenarios
        .iter_mut()
        .for_each(|scenario| scenario.simulation.draws = draws);
    scenarios
}

/// Every shipped scenario, by name.
pub fn library() -> Vec<String> {
    let entries = std::fs::read_dir(repository().join("scenarios")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Files that run shipped scenarios on a few goods, in a folder that lives as long as this.
pub struct Narrow {
    folder: tempfile::TempDir,
    names: Vec<String>,
}

impl Narrow {
    /// Files called like the scenarios.
    pub fn new(names: &[&str], goods: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let base = repository().join(format!("scenarios/{name}.toml"));
            let text = format!(
                "title = {name:?}\nextends = {:?}\n\n[scope]\ncommodities = {goods:?}\n",
                base.to_str().unwrap()
            );
            std::fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
        }
        let names = names.iter().map(ToString::to_string).collect();
        Self { folder, names }
    }

    pub fn paths(&self) -> Vec<PathBuf> {
        let path = |name| self.folder.path().join(format!("{name}.toml"));
        self.names.iter().map(path).collect()
    }

    /// The scenario as its files have it, with so many draws.
    pub fn scenarios(&self, draws: u64) -> Vec<Scenario> {
        let mut scenarios = read(&self.paths());
        scenarios
            .iter_mut()
            .for_each(|scenario| scenario.simulation.draws = draws);
        scenarios
    }
}

/// Progress that nobody watches.
pub struct Unwatched;

impl Progress for Unwatched {
    fn advance(&self, _scenario: usize, _draws: u64) {}
}

/// A batch of scenarios against the first.
pub fn batch(scenarios: Vec<Scenario>) -> Batch {
    Batch::new(scenarios.into_iter().map(Arc::new).collect(), 0)
}

/// Runs a batch of scenarios against the first.
pub fn simulate(scenarios: Vec<Scenario>) -> (Batch, Vec<Result<Finished, Failure>>) {
    let batch = batch(scenarios);
    let outcomes = batch.run(None, &Unwatched).unwrap();
    (batch, outcomes)
}

/// Runs the program.
pub fn roundabout(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_roundabout"))
        .args(arguments)
        .current_dir(repository())
        .output()
        .unwrap()
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
