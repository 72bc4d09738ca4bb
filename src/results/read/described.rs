//! Result folders with what their scenarios were, before any table is read.

use std::path::PathBuf;

use super::folders::each_once;
use super::inputs::folder_beside;
use super::{TableStream, UnreadableResults};
use crate::results::InputPaths;
use crate::results::context::Context;
use crate::results::manifest::{MANIFEST_FILE, Manifest};

/// The results of one scenario, of which tables are read when they are needed.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribedResults {
    pub folder: PathBuf,
    /// Its name: the scenario's, or the folder where two results have one name.
    pub label: String,
    pub manifest: Manifest,
    pub context: Context,
}

/// Finds the results in `folders`, as [`read_batch`](super::read_batch) does.
///
/// # Errors
/// When a folder holds no results, or results whose manifest or context cannot be read.
pub fn read_described(folders: &[PathBuf]) -> Result<Vec<DescribedResults>, UnreadableResults> {
    let mut sets = Vec::new();
    for folder in each_once(folders)? {
        let manifest = Manifest::read(&folder)?;
        let context = Context::read(&folder, &manifest)?;
        sets.push(DescribedResults {
            label: manifest.scenario.clone(),
            folder,
            manifest,
            context,
        });
    }
    let names: Vec<String> = sets.iter().map(|set| set.label.clone()).collect();
    for set in &mut sets {
        if names.iter().filter(|name| **name == set.label).count() > 1 {
            set.label = set.folder.display().to_string();
        }
    }
    Ok(sets)
}

impl DescribedResults {
    /// Opens a table; none if these results have none of that name.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn table(&self, file: &str) -> Result<Option<TableStream>, UnreadableResults> {
        TableStream::of_scenario(&self.folder, file, &self.manifest)
    }

    /// Whether the same draw of both is the same world.
    pub fn pairs_with(&self, other: &Self) -> bool {
        let key = |set: &Self| {
            let manifest = &set.manifest;
            (
                manifest.seed,
                manifest.draws,
                manifest.draws_simulated,
                manifest.sampling,
            )
        };
        key(self) == key(other)
    }

    /// Whether both were simulated over the same months.
    pub fn has_same_months_as(&self, other: &Self) -> bool {
        (&self.context.start, self.context.months) == (&other.context.start, other.context.months)
    }

    /// Every file of these results, none of which a command that reads them may replace.
    pub fn inputs(sets: &[Self]) -> InputPaths {
        let paths = sets.iter().flat_map(|set| {
            let names = std::iter::once(MANIFEST_FILE).chain(set.manifest.files.keys().map(String::as_str));
            let beside = set
                .manifest
                .shared_inputs
                .iter()
                .map(|shared| folder_beside(&set.folder, &shared.scenario));
            names.map(|name| set.folder.join(name)).chain(beside)
        });
        InputPaths::new(paths)
    }
}
