//! Finds the scenario folders among the folders of a command line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{ResultSet, UnreadableResults};
use crate::results::manifest::{MANIFEST_FILE, Manifest};
use crate::results::schema::{DRAWS, METRICS};

/// The scenario of this name comes first if the batch's reference is not known.
const BASELINE: &str = "baseline";

/// Reads the results in `folders`: each is a scenario's folder, or a folder of such, then its scenarios in the order of
/// their names with the batch's reference first. A folder that is named twice counts once.
///
/// # Errors
/// When a folder holds no results, or results that cannot be read.
pub fn read_batch(folders: &[PathBuf]) -> Result<Vec<ResultSet>, UnreadableResults> {
    let scenarios = each_once(folders)?;
    let Some((first, others)) = scenarios.split_first() else {
        return Ok(Vec::new());
    };
    let first = ResultSet::read(first)?;
    let others: Vec<_> = others
        .par_iter()
        .map(|scenario| ResultSet::read_beside(scenario, Some(&first)))
        .collect();
    // The first fault is told, whichever was found first.
    let mut sets = vec![first];
    for set in others {
        sets.push(set?);
    }
    label(&mut sets);
    Ok(sets)
}

/// The folders of scenarios in `folders`, each once, in the order of [`read_batch`].
pub(super) fn each_once(folders: &[PathBuf]) -> Result<Vec<PathBuf>, UnreadableResults> {
    let mut met = BTreeSet::new();
    let mut scenarios = Vec::new();
    for folder in folders {
        for scenario in scenario_folders(folder)? {
            let canonical = fs::canonicalize(&scenario).map_err(UnreadableResults::from_io(&scenario))?;
            if met.insert(canonical) {
                scenarios.push(scenario);
            }
        }
    }
    Ok(scenarios)
}

fn scenario_folders(folder: &Path) -> Result<Vec<PathBuf>, UnreadableResults> {
    if is_scenario(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = fs::read_dir(folder).map_err(UnreadableResults::from_io(folder))?;
    let paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>();
    let mut scenarios = paths.map_err(UnreadableResults::from_io(folder))?;
    scenarios.retain(|path| !is_hidden(path));
    // Without them another scenario might become the reference, and nobody would know.
    if let Some(path) = scenarios.iter().find(|path| has_tables(path) && !is_scenario(path)) {
        let reason = format!("it holds result tables but no {MANIFEST_FILE}");
        return Err(UnreadableResults::new(path, None, reason));
    }
    scenarios.retain(|path| is_scenario(path));
    // The system lists folders in any order.
    scenarios.sort_unstable();
    if scenarios.is_empty() {
        let reason = format!("no results here: neither it nor a folder in it holds a {MANIFEST_FILE}");
        return Err(UnreadableResults::new(folder, None, reason));
    }
    if let Some(first) = reference_place(&scenarios)? {
        scenarios[..=first].rotate_right(1);
    }
    Ok(scenarios)
}

fn has_tables(folder: &Path) -> bool {
    [METRICS.file, DRAWS.file]
        .iter()
        .all(|file| folder.join(file).is_file())
}

fn is_scenario(folder: &Path) -> bool {
    folder.join(MANIFEST_FILE).is_file()
}

/// Results that are being written are in hidden folders.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Where the scenario stands that all manifests of the batch call the reference; else the one called `baseline`.
fn reference_place(scenarios: &[PathBuf]) -> Result<Option<usize>, UnreadableResults> {
    let mut names = Vec::new();
    let mut references = BTreeSet::new();
    for folder in scenarios {
        let manifest = Manifest::read(folder)?;
        references.insert(manifest.reference);
        names.push(manifest.scenario);
    }
    // Results of several batches have no common reference.
    let agreed = references.pop_first().flatten().filter(|_| references.is_empty());
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    Ok(agreed
        .and_then(|reference| place(&reference))
        .or_else(|| place(BASELINE)))
}

/// Labels results of one scenario by their folders.
fn label(sets: &mut [ResultSet]) {
    let names: Vec<String> = sets.iter().map(|set| set.manifest.scenario.clone()).collect();
    for set in sets {
        if names.iter().filter(|name| **name == set.manifest.scenario).count() > 1 {
            set.label = set.folder.display().to_string();
        }
    }
}
