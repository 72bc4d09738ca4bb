//! `run.json`: the scenario files and options of a run, so that it can be run again, joined with others or gone on with, and the
//! digests of the tables over its whole batch.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::read::UnreadableResults;
use super::replace::{FileKind, LineMark};
use super::result_table::Detail;
use crate::scenario::Scenario;

/// The name of the file, beside the folders of the scenarios.
pub const RUN_FILE: &str = "run.json";

/// The version of the file's form.
const RUN_FORMAT: u32 = 1;

/// The largest file that is read, in bytes.
const LONGEST_RECORD: u64 = 1 << 26;

/// What a run does. It has no date, host or number of threads: the same run gives the same bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RunRecord {
    /// First, because it shows what kind of file this is.
    roundabout_run: u32,
    /// Version of the program.
    pub version: String,
    /// Paths of the scenario files, from the folder that holds this file, parts divided by `/`.
    pub files: Vec<String>,
    pub varied: Varied,
    /// The scenarios that the files and options stand for.
    pub scenarios: Vec<RecordedScenario>,
    /// Name of the scenario that the others are compared with.
    pub reference: String,
    pub detail: Detail,
    /// The draws of a part of a run, the first and the one after the last; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw_range: Option<[u64; 2]>,
    /// BLAKE3 of each table of the batch; empty until the run has finished.
    #[serde(default)]
    pub tables: BTreeMap<String, String>,
}

/// How scenario files were read, and varied.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Varied {
    pub allow_idle: bool,
    pub prior: bool,
    pub set: Vec<(String, String)>,
    pub grid: Vec<(String, String)>,
    pub without: Vec<String>,
    pub leave_one_out: bool,
}

/// A scenario of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecordedScenario {
    pub name: String,
    pub digest: String,
    pub world_digest: String,
    pub seed: u64,
    pub draws: u64,
}

impl RecordedScenario {
    /// Records a scenario.
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            name: scenario.name.clone(),
            digest: scenario.digest.clone(),
            world_digest: scenario.world.digest.clone(),
            seed: scenario.simulation.seed,
            draws: scenario.simulation.draws,
        }
    }
}

impl RunRecord {
    /// The record of a run that writes to the folder `out`; `files` are as given.
    ///
    /// # Errors
    /// When a file cannot be found, or the folder of results lies in no folder that exists.
    pub fn new(
        out: &Path,
        files: &[PathBuf],
        varied: Varied,
        scenarios: Vec<RecordedScenario>,
        reference: &str,
        detail: Detail,
    ) -> io::Result<Self> {
        let from = absolute(out)?;
        let relative = |file: &PathBuf| Ok(relative(&from, &file.canonicalize()?));
        Ok(Self {
            roundabout_run: RUN_FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            files: files.iter().map(relative).collect::<io::Result<_>>()?,
            varied,
            scenarios,
            reference: reference.to_owned(),
            detail,
            draw_range: None,
            tables: BTreeMap::new(),
        })
    }

    /// How a file shows that it is such a record.
    pub fn kind() -> FileKind {
        let first = format!("  \"roundabout_run\": {RUN_FORMAT},");
        FileKind::new(
            "a record of a run",
            vec![LineMark::Is("{".to_owned()), LineMark::Is(first)],
        )
    }

    /// The file's text; ends with a newline.
    ///
    /// # Errors
    /// Never in practice: every record can be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When it is missing, or no record of this version of the form.
    pub fn read(path: &Path) -> Result<Self, UnreadableResults> {
        let unreadable = |reason: String| UnreadableResults::new(path, None, reason);
        let found = fs::metadata(path).map_err(UnreadableResults::from_io(path))?;
        if !found.is_file() || found.len() > LONGEST_RECORD {
            return Err(unreadable("it is no record of a run".to_owned()));
        }
        let text = fs::read(path).map_err(UnreadableResults::from_io(path))?;
        let record: Self = serde_json::from_slice(&text).map_err(|fault| unreadable(fault.to_string()))?;
        if record.roundabout_run != RUN_FORMAT {
            let reason = format!(
                "the record has form {}; this version reads form {RUN_FORMAT}",
                record.roundabout_run
            );
            return Err(unreadable(reason));
        }
        Ok(record)
    }

    /// The scenario files of a record that lies in the folder `out`.
    pub fn paths(&self, out: &Path) -> Vec<PathBuf> {
        self.files.iter().map(|file| out.join(file)).collect()
    }

    /// The record of a part of this run: of the draws in a range; of all if none.
    pub fn of_draws(self, draws: Option<&Range<u64>>) -> Self {
        Self {
            draw_range: draws.map(|range| [range.start, range.end]),
            ..self
        }
    }

    /// The record without the digests that it gets when the run is done.
    pub fn without_tables(self) -> Self {
        Self {
            tables: BTreeMap::new(),
            ..self
        }
    }

    /// In words, how another run differs from this one.
    pub fn difference(&self, other: &Self) -> String {
        let mut differences = Vec::new();
        let mut note = |differs: bool, what: &str| {
            if differs {
                differences.push(what.to_owned());
            }
        };
        note(self.version != other.version, "versions of the program");
        note(self.detail != other.detail, "--detail");
        note(self.reference != other.reference, "reference");
        note(self.varied != other.varied, "options of reading and varying");
        let of = |record: &Self| -> Vec<String> { record.scenarios.iter().map(|known| known.name.clone()).collect() };
        note(of(self) != of(other), "scenarios");
        for (one, two) in self
            .scenarios
            .iter()
            .zip(&other.scenarios)
            .filter(|(one, two)| one.name == two.name)
        {
            note(one.digest != two.digest, &format!("content of {}", one.name));
            note(one.world_digest != two.world_digest, &format!("world of {}", one.name));
            note(one.seed != two.seed, &format!("seed of {}", one.name));
            note(one.draws != two.draws, &format!("draws of {}", one.name));
        }
        format!("they differ in {}", differences.join(", "))
    }

    /// Whether both record the same run, or parts of it, wherever they lie.
    pub fn is_same_run(&self, other: &Self) -> bool {
        let plain = |record: &Self| Self {
            files: Vec::new(),
            draw_range: None,
            tables: BTreeMap::new(),
            ..record.clone()
        };
        plain(self) == plain(other)
    }
}

/// An absolute path without links, of a folder that need not exist yet.
fn absolute(folder: &Path) -> io::Result<PathBuf> {
    let mut missing = Vec::new();
    let mut known = std::path::absolute(folder)?;
    loop {
        match known.canonicalize() {
            Ok(found) => {
                return Ok(missing
                    .into_iter()
                    .rev()
                    .fold(found, |path: PathBuf, part| path.join(part)));
            }
            Err(error) => {
                let part = known.file_name().map(ToOwned::to_owned);
                let (Some(part), true) = (part, known.pop()) else {
                    return Err(error);
                };
                missing.push(part);
            }
        }
    }
}

/// The path of `to` from the folder `from`, both absolute, with `/` between its parts.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    // On another drive there is no way but the whole path.
    if common == 0 {
        return to.iter().collect::<PathBuf>().display().to_string();
    }
    let up = from[common..].iter().map(|_| "..".to_owned());
    let down = to[common..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_again_from_the_results() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scenarios/a.toml");
        fs::create_dir(folder.path().join("scenarios")).unwrap();
        fs::write(&file, "").unwrap();
        let out = folder.path().join("results/today");
        let record = RunRecord::new(&out, &[file.clone()], Varied::default(), Vec::new(), "a", Detail::Years).unwrap();
        assert_eq!(record.files, ["../../scenarios/a.toml"]);
        fs::create_dir_all(&out).unwrap();
        let found = &record.paths(&out)[0];
        assert_eq!(found.canonicalize().unwrap(), file.canonicalize().unwrap());
        let path = out.join(RUN_FILE);
        fs::write(&path, record.to_json().unwrap()).unwrap();
        assert_eq!(RunRecord::read(&path).unwrap(), record);
        let text = record
            .to_json()
            .unwrap()
            .replace("\"roundabout_run\": 1", "\"roundabout_run\": 9");
        fs::write(&path, text).unwrap();
        assert!(RunRecord::read(&path).unwrap_err().to_string().contains("form 9"));
    }

    #[test]
    fn parts_record_the_same_run() {
        let folder = tempfile::tempdir().unwrap();
        let record = RunRecord::new(folder.path(), &[], Varied::default(), Vec::new(), "a", Detail::Years).unwrap();
        let part = RunRecord {
            draw_range: Some([0, 64]),
            ..record.clone()
        };
        assert!(part.is_same_run(&record));
        let other = RunRecord {
            reference: "b".to_owned(),
            ..record.clone()
        };
        assert!(!other.is_same_run(&record));
    }
}
