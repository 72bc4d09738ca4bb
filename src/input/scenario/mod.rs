//! Scenarios: from TOML files to valid [`Scenario`]s.
//!
//! The way of a scenario: its file becomes a tree of values with places ([`document`], [`tree`]); the tree is sorted
//! into parts ([`layer`]) and laid over the files it extends ([`extends`]); amendments take over keys of the measures
//! they amend ([`amend`]); the values in effect are read into wire types ([`sheet`], [`body`]) and resolved against the
//! world ([`draft`] and the files beside it). [`sections`] lists the keys of sections, trends and shocks; those of
//! measures and programmes are declared with them (`crate::measures`, `crate::secondary`) and resolved by
//! [`instrument_keys`]. Each step reports what it cannot use and goes on with the rest.

mod amend;
mod body;
mod capacities;
mod counts;
mod description;
mod digest;
pub(in crate::input) mod document;
mod draft;
mod drift;
mod extends;
mod gains;
mod idle;
mod inherit;
mod instrument_keys;
mod instruments;
mod kinds;
mod layer;
pub(in crate::input) mod leaves;
mod limits;
pub(in crate::input) mod lookup;
mod names;
mod numbers;
mod parameters;
mod posterior;
mod posterior_key;
mod quantity;
mod reader;
mod register;
mod sections;
mod sheet;
mod syntax;
pub(in crate::input) mod tree;
mod usage;
mod variants;
pub(in crate::input) mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::diagnostic::Report;
use crate::scenario::Scenario;

pub use description::{KeyDescription, scenario_keys};
pub use idle::{IdleLines, ReadingRules};
use leaves::Id;
pub use posterior_key::apply_posterior_table;
use reader::{Reader, WorldReader};
pub use variants::Variation;
use variants::Varied;

/// Why there are no scenarios.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum UnreadableScenarios {
    /// The paths cannot form a batch: wrong usage.
    #[error("{}: two scenarios are called `{name}`, so their results would share a folder", .paths.join(", "))]
    SameName { name: String, paths: Vec<String> },
    /// The report holds faults.
    #[error("the scenarios have faults")]
    Faults,
}

/// Reads the scenarios of a batch, in the order of `paths`, each named after its file's stem. [`IdleLines`] alone are
/// rules too.
///
/// A world that several of them use with the same scope is read once and shared. The faults of all of them are added to
/// `report`.
///
/// # Errors
///
/// [`UnreadableScenarios::SameName`] if two stems are equal up to case, before anything is read; [`UnreadableScenarios::Faults`] if the
/// report holds faults.
pub fn read_scenarios(
    paths: &[PathBuf],
    rules: impl Into<ReadingRules>,
    report: &mut Report,
) -> Result<Vec<Scenario>, UnreadableScenarios> {
    read_scenarios_on(&crate::input::world::read, paths, rules.into(), report)
}

/// Reads the scenarios of a batch as [`read_scenarios`], each followed by its variants: one for every combination of the values
/// in its `[sweep]` and in `variation`, and those without some of its entries.
///
/// # Errors
/// As [`read_scenarios`].
pub fn read_families(
    paths: &[PathBuf],
    rules: impl Into<ReadingRules>,
    variation: &Variation,
    report: &mut Report,
) -> Result<Vec<Scenario>, UnreadableScenarios> {
    read_families_on(&crate::input::world::read, paths, rules.into(), variation, report)
}

/// As [`read_families`], with worlds from `read_world`.
fn read_families_on(
    read_world: WorldReader<'_>,
    paths: &[PathBuf],
    rules: ReadingRules,
    variation: &Variation,
    report: &mut Report,
) -> Result<Vec<Scenario>, UnreadableScenarios> {
    check_names(paths)?;
    let mut reader = Reader::new(read_world, rules);
    let varied = Varied::read(variation, report).ok_or(UnreadableScenarios::Faults)?;
    let families: Vec<Option<Vec<Scenario>>> = paths
        .iter()
        .map(|path| reader.read_family(path, &varied, report))
        .collect();
    let families: Option<Vec<Vec<Scenario>>> = families.into_iter().collect();
    let scenarios: Option<Vec<Scenario>> = families.map(|families| families.into_iter().flatten().collect());
    check_variants(scenarios.iter().flatten())?;
    scenarios
        .filter(|_| !report.has_faults())
        .ok_or(UnreadableScenarios::Faults)
}

/// As [`read_scenarios`], with worlds from `read_world`.
fn read_scenarios_on(
    read_world: WorldReader<'_>,
    paths: &[PathBuf],
    rules: ReadingRules,
    report: &mut Report,
) -> Result<Vec<Scenario>, UnreadableScenarios> {
    // Before anything is read, because it is a mistake of the command line, not of a file.
    check_names(paths)?;
    let mut reader = Reader::new(read_world, rules);
    let scenarios: Vec<Option<Scenario>> = paths.iter().map(|path| reader.read(path, report)).collect();
    let scenarios: Option<Vec<Scenario>> = scenarios.into_iter().collect();
    scenarios
        .filter(|_| !report.has_faults())
        .ok_or(UnreadableScenarios::Faults)
}

/// The name of a scenario: its file's stem.
fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Names that differ only in case would share a folder on some file systems.
fn check_names(paths: &[PathBuf]) -> Result<(), UnreadableScenarios> {
    let mut seen: BTreeMap<String, &PathBuf> = BTreeMap::new();
    for path in paths {
        let name = name_of(path);
        if let Some(earlier) = seen.insert(name.to_lowercase(), path) {
            let paths = [earlier, path].map(|path| path.display().to_string());
            return Err(UnreadableScenarios::SameName {
                name,
                paths: paths.into(),
            });
        }
    }
    Ok(())
}

/// A variant may get the name of another file.
fn check_variants<'s>(scenarios: impl Iterator<Item = &'s Scenario>) -> Result<(), UnreadableScenarios> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for scenario in scenarios {
        let of = scenario.variant.as_ref().map_or(&scenario.name, |variant| &variant.of);
        if let Some(earlier) = seen.insert(scenario.name.to_lowercase(), of) {
            return Err(UnreadableScenarios::SameName {
                name: scenario.name.clone(),
                paths: vec![earlier.to_owned(), of.clone()],
            });
        }
    }
    Ok(())
}

/// Reports a stem that cannot name a folder of results.
fn check_stem(path: &Path, report: &mut Report) {
    let name = name_of(path);
    if let Some(why) = names::why_no_folder(&name) {
        report
            .fault(None, format!("{}: the file's name cannot name results", path.display()))
            .help(why);
    } else if !Id::is_valid(&name) {
        report
            .fault(None, format!("{}: the file's name cannot name results", path.display()))
            .help(format!("rename it: {}", Id::RULE));
    }
}
