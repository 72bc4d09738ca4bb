//! The uncertain numbers of a scenario draw by draw: `inputs.csv`, and that of the reference for the numbers they share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{DescribedResults, TableStream, UnreadableResults};
use crate::results::manifest::Manifest;
use crate::results::schema::{DRAW, INPUTS};

/// Numbers by name, each with a value per draw.
type Columns = BTreeMap<String, Vec<f64>>;

/// Reads the uncertain numbers of a scenario in its first draws, at most `most`: by dotted name, in the order of its context.
///
/// # Errors
/// When a table is missing, damaged or was changed, or the results that hold the shared numbers are not there.
pub fn read_inputs(set: &DescribedResults, most: usize) -> Result<Vec<(String, Vec<f64>)>, UnreadableResults> {
    let mut known = read_columns(&set.folder, &set.manifest, most)?;
    if let Some((folder, manifest)) = shared(set)? {
        for (name, values) in read_columns(&folder, &manifest, most)? {
            known.entry(name).or_insert(values);
        }
    }
    let numbers = set.context.numbers.iter();
    Ok(numbers.filter_map(|number| known.remove_entry(&number.name)).collect())
}

/// The results beside these that hold the numbers which they share.
fn shared(set: &DescribedResults) -> Result<Option<(PathBuf, Manifest)>, UnreadableResults> {
    let Some(shared) = &set.manifest.shared_inputs else {
        return Ok(None);
    };
    let folder = folder_beside(&set.folder, &shared.scenario);
    let unreadable = |reason: String| {
        let reason = format!(
            "{reason}; it holds the uncertain numbers that {} shares with it, so keep the folders together",
            set.folder.display()
        );
        UnreadableResults::new(&folder, None, reason)
    };
    let manifest = Manifest::read(&folder).map_err(|fault| unreadable(fault.reason))?;
    let draws = |manifest: &Manifest| {
        (
            manifest.seed,
            manifest.draws,
            manifest.draws_simulated,
            manifest.sampling,
        )
    };
    if manifest.scenario_digest != shared.scenario_digest || draws(&manifest) != draws(&set.manifest) {
        return Err(unreadable("these are results of another run".to_owned()));
    }
    Ok(Some((folder, manifest)))
}

/// The folder of another scenario of the batch.
pub(super) fn folder_beside(folder: &Path, scenario: &str) -> PathBuf {
    match folder.file_name() {
        Some(_) => folder.with_file_name(scenario),
        None => folder.join("..").join(scenario),
    }
}

fn read_columns(folder: &Path, manifest: &Manifest, most: usize) -> Result<Columns, UnreadableResults> {
    let fault = |reason: String| UnreadableResults::new(&folder.join(INPUTS.file), None, reason);
    let table = TableStream::of_scenario(folder, INPUTS.file, manifest)?;
    let mut table = table.ok_or_else(|| fault("the manifest has no digest of it".to_owned()))?;
    let columns = table.header().enumerate().filter(|(_, name)| *name != DRAW.name);
    let columns: Vec<(usize, String)> = columns.map(|(column, name)| (column, name.to_owned())).collect();
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    let mut draws = 0;
    while let Some(row) = table.next_row()? {
        if draws < most {
            for ((column, _), values) in columns.iter().zip(&mut values) {
                values.push(row.number(*column)?);
            }
        }
        draws += 1;
    }
    if draws as u64 != manifest.draws_held() {
        return Err(fault(format!(
            "{draws} draws where the manifest says {}",
            manifest.draws_held()
        )));
    }
    Ok(columns.into_iter().map(|(_, name)| name).zip(values).collect())
}
