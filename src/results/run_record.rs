//! `run.json`: the scenario files and options of a run, so that it can be run again, joined with others or gone on with, and the
//! digests of the tables over its whole batch.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::read::UnreadableResults;
use super::replace::{FileKind, LineMark, file_digest};
use super::result_table::TableChoice;
use super::schema::{COMPRESSED, OF_FAMILY};
use crate::ensemble::BLOCK;
use crate::ensemble::Failure;
use crate::scenario::Scenario;

/// The name of the file, beside the folders of the scenarios.
pub const RUN_FILE: &str = "run.json";

/// The version of the file's form.
const RUN_FORMAT: u32 = 1;

/// The most draws of a run.
pub const MOST_DRAWS: u64 = 1 << 53;

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
    pub varied: RecordedOptions,
    /// The scenarios that the files and options stand for.
    pub scenarios: Vec<RecordedScenario>,
    /// Name of the scenario that the others are compared with.
    pub reference: String,
    #[serde(default)]
    pub tables_written: TableChoice,
    /// The draws of a part of a run, the first and the one after the last; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw_range: Option<[u64; 2]>,
    /// The scenarios that failed; empty until the run has finished.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failures: BTreeMap<String, Failure>,
    /// BLAKE3 of each table of the batch; empty until the run has finished.
    #[serde(default)]
    pub tables: BTreeMap<String, String>,
}

/// How scenario files were read, and varied.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordedOptions {
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
        varied: RecordedOptions,
        scenarios: Vec<RecordedScenario>,
        reference: &str,
        tables_written: TableChoice,
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
            tables_written,
            draw_range: None,
            failures: BTreeMap::new(),
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
        match record.fault() {
            Some(fault) => Err(unreadable(fault)),
            None => Ok(record),
        }
    }

    /// What no run records; none if all may be. Names become those of folders, and draws are simulated again.
    fn fault(&self) -> Option<String> {
        let is_plain =
            |name: &str| Path::new(name).file_name().is_some_and(|file| file == name) && !name.starts_with('.');
        if let Some(other) = self.scenarios.iter().find(|scenario| !is_plain(&scenario.name)) {
            return Some(format!("no scenario is called {:?}", other.name));
        }
        if !self.scenarios.iter().any(|scenario| scenario.name == self.reference) {
            return Some("its reference is none of its scenarios".to_owned());
        }
        if let Some(table) = self.tables.keys().find(|name| {
            OF_FAMILY
                .iter()
                .all(|table| table.file != name.trim_end_matches(COMPRESSED))
        }) {
            return Some(format!("no batch has a table {table:?}"));
        }
        let draws = self.scenarios.iter().map(|scenario| scenario.draws).min().unwrap_or(0);
        if draws == 0 || self.scenarios.iter().any(|scenario| scenario.draws > MOST_DRAWS) {
            return Some("no run has such a number of draws".to_owned());
        }
        let [start, end] = self.draw_range.unwrap_or([0, draws]);
        let on_border = |draw: u64| draw.is_multiple_of(BLOCK) || draw == draws;
        let is_range = start < end && end <= draws && on_border(start) && on_border(end);
        (!is_range).then(|| format!("draws {start}..{end} are no part of {draws}"))
    }

    /// Checks that the folder of a scenario in `out` holds its results of this run, every file as it was written.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn check_results(&self, out: &Path, scenario: &RecordedScenario) -> Result<(), Vec<UnreadableResults>> {
        let folder = out.join(&scenario.name);
        let manifest = Manifest::read(&folder).map_err(|fault| vec![fault])?;
        let draws = self.draw_range.unwrap_or([0, scenario.draws]);
        let is_its = manifest.scenario == scenario.name
            && manifest.scenario_digest == scenario.digest
            && manifest.world_digest == scenario.world_digest
            && (manifest.seed, manifest.draws, manifest.draws_simulated) == (scenario.seed, scenario.draws, draws)
            && manifest.detail == self.tables_written.detail
            && manifest.reference.as_ref() == Some(&self.reference)
            && manifest.version == self.version;
        if !is_its {
            let reason = "these are results of another run".to_owned();
            return Err(vec![UnreadableResults::new(&folder, None, reason)]);
        }
        let files = manifest.files.iter();
        let faults = files.filter_map(|(file, digest)| file_fault(&folder.join(file), digest));
        let faults: Vec<UnreadableResults> = faults.collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Checks the tables of the batch in `out`.
    pub fn table_faults(&self, out: &Path) -> Vec<UnreadableResults> {
        let tables = self.tables.iter();
        tables
            .filter_map(|(table, digest)| file_fault(&out.join(table), digest))
            .collect()
    }

    /// Whether `out` holds all results of this run, which has finished, as they were written; scenarios that failed have none.
    pub fn is_whole(&self, out: &Path) -> bool {
        let mut due = self
            .scenarios
            .iter()
            .filter(|scenario| !self.failures.contains_key(&scenario.name));
        !self.tables.is_empty()
            && self.table_faults(out).is_empty()
            && due.all(|scenario| self.check_results(out, scenario).is_ok())
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

    /// The record as it was when the run began, without what it got when it was done.
    pub fn as_begun(self) -> Self {
        Self {
            failures: BTreeMap::new(),
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
        let [own, others] = [&self.tables_written, &other.tables_written];
        note(own.detail != others.detail, "--detail");
        note(own.files != others.files, "--table-files");
        note(own.only != others.only, "--tables");
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
            ..record.clone().as_begun()
        };
        plain(self) == plain(other)
    }
}

/// What is wrong with a file that should have a digest; none if it has.
fn file_fault(path: &Path, digest: &str) -> Option<UnreadableResults> {
    let reason = match file_digest(path) {
        Ok(found) if found == digest => return None,
        Ok(_) => "changed since it was written".to_owned(),
        Err(fault) => fault.to_string(),
    };
    Some(UnreadableResults::new(path, None, reason))
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

    fn record(out: &Path, files: &[PathBuf]) -> io::Result<RunRecord> {
        let scenario = |name: &str| RecordedScenario {
            name: name.to_owned(),
            digest: "5c".to_owned(),
            world_digest: "3a".to_owned(),
            seed: 1,
            draws: 128,
        };
        let scenarios = ["a", "b"].map(scenario).to_vec();
        RunRecord::new(
            out,
            files,
            RecordedOptions::default(),
            scenarios,
            "a",
            TableChoice::default(),
        )
    }

    #[test]
    fn what_no_run_records_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(RUN_FILE);
        let text = record(folder.path(), &[]).unwrap().to_json().unwrap();
        for (from, to, message) in [
            (
                "\"name\": \"b\"",
                "\"name\": \"../b\"",
                "no scenario is called \"../b\"",
            ),
            (
                "\"reference\": \"a\"",
                "\"reference\": \"c\"",
                "its reference is none of its scenarios",
            ),
            ("\"draws\": 128", "\"draws\": 0", "no run has such a number of draws"),
            (
                "\"tables\": {}",
                "\"tables\": { \"x.csv\": \"0\" }",
                "no batch has a table \"x.csv\"",
            ),
            (
                "\"tables\"",
                "\"draw_range\": [64, 64],\n  \"tables\"",
                "draws 64..64 are no part of 128",
            ),
            (
                "\"tables\"",
                "\"draw_range\": [0, 256],\n  \"tables\"",
                "draws 0..256 are no part of 128",
            ),
            (
                "\"tables\"",
                "\"draw_range\": [1, 64],\n  \"tables\"",
                "draws 1..64 are no part of 128",
            ),
        ] {
            assert!(text.contains(from), "{from} is not in {text}");
            fs::write(&path, text.replacen(from, to, 1)).unwrap();
            assert_eq!(RunRecord::read(&path).unwrap_err().reason, message);
        }
    }

    #[test]
    fn files_are_found_again_from_the_results() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scenarios/a.toml");
        fs::create_dir(folder.path().join("scenarios")).unwrap();
        fs::write(&file, "").unwrap();
        let out = folder.path().join("results/today");
        let record = record(&out, std::slice::from_ref(&file)).unwrap();
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
        let record = record(folder.path(), &[]).unwrap();
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
