//! `.unfinished`: what a run that is under way leaves in its folder of results, so that a stopped one can go on.
//!
//! It holds the record of the run, the state of the scenarios that are being simulated, and for each scenario whose folder is
//! written the little that the tables of the batch need. Each file is written whole or not at all. The run holds a lock on the
//! folder, so that two runs cannot mix in one place; the system drops it when the process ends, however it ends. The folder goes
//! when the run is done.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batch_tables::{ComparisonRows, DifferenceStatistics};
use super::files::{OutputFile, WriteError};
use super::leftovers::held_file;
use super::member::{BatchMember, HeadlineLevel};
use super::replace::InputPaths;
use super::result_table::Detail;
use super::run_record::{RUN_FILE, RunRecord};
use super::state::{Outcome, read_state, write_state};
use crate::ensemble::{Batch, DrawLog};
use crate::scenario::Scenario;

const UNFINISHED: &str = ".unfinished";
const LOCK: &str = "lock";
const WAVE: &str = "wave.state";

/// Endings of the files of a scenario.
const MEMBER: &str = "member";
const DRAWS: &str = "draws";
const ROWS: &str = "rows";

/// The folder of a run that is under way.
#[derive(Debug)]
pub struct Unfinished {
    out: PathBuf,
    folder: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
    is_resumed: bool,
}

/// What is kept of a scenario that is written, beside its draws and rows.
#[derive(Serialize, Deserialize)]
struct StoredMember {
    digest: String,
    headlines: Vec<HeadlineLevel>,
    differences: Vec<(String, String, DifferenceStatistics)>,
    is_comparable: bool,
    is_identical: bool,
    first_listing: Option<(f64, String)>,
    largest_residual: f64,
    draws: [u64; 2],
    columns: usize,
    has_rows: bool,
}

impl Unfinished {
    /// Begins a run in the folder `out`, or goes on with one that was stopped, if `resumes`.
    ///
    /// # Errors
    /// When another run is under way there, or one was stopped that this one would not go on with (`overwrite` removes
    /// it), or nothing can be written.
    pub fn start(out: &Path, record: &RunRecord, resumes: bool, overwrite: bool) -> Result<Self, WriteError> {
        let failed = |cause| WriteError::new(out, cause);
        let folder = out.join(UNFINISHED);
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(WriteError::Busy { path: out.to_owned() }),
            // Some network file systems have no locks.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let mut unfinished = Self {
            out: out.to_owned(),
            folder,
            _lock: lock,
            is_resumed: false,
        };
        if let Ok(stopped) = RunRecord::read(&unfinished.folder.join(RUN_FILE)) {
            unfinished.is_resumed = resumes && stopped == *record;
            if !unfinished.is_resumed && !overwrite && unfinished.holds_work() {
                return Err(WriteError::Stopped {
                    path: out.to_owned(),
                    is_other: stopped != *record,
                });
            }
        }
        if !unfinished.is_resumed {
            unfinished.clear();
            let text = record.to_json().map_err(io::Error::from).map_err(failed)?;
            unfinished
                .put(RUN_FILE, |file| file.write_all(text.as_bytes()))
                .map_err(failed)?;
        }
        Ok(unfinished)
    }

    /// Whether a run was stopped in the folder `out`, and which.
    pub fn stopped_in(out: &Path) -> Option<RunRecord> {
        RunRecord::read(&out.join(UNFINISHED).join(RUN_FILE)).ok()
    }

    /// Whether this goes on with a run that was stopped.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Keeps the state of scenarios of a batch, given by their places, after the draws in `range`.
    ///
    /// # Errors
    /// When it cannot be written; the state before then stays.
    pub fn keep_state(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        range: Range<u64>,
        detail: Detail,
    ) -> Result<(), WriteError> {
        let outcomes: Vec<(usize, &Outcome)> = outcomes.iter().enumerate().collect();
        let write = |out: &mut dyn Write| write_state(out, batch, &outcomes, range, detail);
        self.put(WAVE, write).map_err(|cause| WriteError::new(&self.out, cause))
    }

    /// The state of a batch where a stopped run left it: the outcomes in the order of its scenarios, over the draws from
    /// `start` on, and the first draw after them. None if there is none, or not of all these scenarios.
    pub fn state_of(&self, batch: &Batch, start: u64) -> Option<(Vec<Outcome>, u64)> {
        let state = read_state(&self.folder.join(WAVE), Some(&self.out)).ok()?;
        if state.head.draws[0] != start {
            return None;
        }
        let mut found: Vec<_> = state.head.scenarios.iter().zip(state.outcomes).collect();
        let mut outcomes = Vec::new();
        for entry in &batch.scenarios {
            let place = found.iter().position(|(scenario, _)| scenario.is_of(batch, entry))?;
            outcomes.push(found.swap_remove(place).1);
        }
        Some((outcomes, state.head.draws[1]))
    }

    /// Keeps what the tables of the batch need of a scenario that is about to get its folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_member(&self, member: &BatchMember, rows: &ComparisonRows) -> Result<(), WriteError> {
        let name = &member.scenario.name;
        let range = member.draws.range();
        let write = || -> io::Result<()> {
            self.put(&file(name, DRAWS), |out| member.draws.write_to(out))?;
            let has_rows = rows.holds(name);
            if has_rows {
                self.put(&file(name, ROWS), |out| rows.write_part(name, out))?;
            }
            let differences = member.differences.iter();
            let stored = StoredMember {
                digest: member.scenario.digest.clone(),
                headlines: member.headlines.clone(),
                differences: differences
                    .map(|((metric, unit), statistics)| (metric.clone(), unit.clone(), *statistics))
                    .collect(),
                is_comparable: member.is_comparable,
                is_identical: member.is_identical,
                first_listing: member.first_listing.clone(),
                largest_residual: member.largest_residual,
                draws: [range.start, range.end],
                columns: member.draws.columns_kept(),
                has_rows,
            };
            let text = serde_json::to_vec(&stored)?;
            // Last, because it shows that the others are whole.
            self.put(&file(name, MEMBER), |out| out.write_all(&text))
        };
        write().map_err(|cause| WriteError::new(&self.out, cause))
    }

    /// What a stopped run kept of a scenario, whose rows of differences are added to `rows`; none if nothing whole.
    pub fn member_of(&self, scenario: &Arc<Scenario>, rows: &mut ComparisonRows) -> Option<BatchMember> {
        let path = |ending| self.folder.join(file(&scenario.name, ending));
        let stored: StoredMember = serde_json::from_slice(&fs::read(path(MEMBER)).ok()?).ok()?;
        if stored.digest != scenario.digest {
            return None;
        }
        let mut log = File::open(path(DRAWS)).ok()?;
        let [start, end] = stored.draws;
        let draws = DrawLog::read_from(&mut log, Some(&self.out), start..end, stored.columns).ok()?;
        if stored.has_rows {
            rows.read_part(&scenario.name, &mut File::open(path(ROWS)).ok()?, Some(&self.out))
                .ok()?;
        }
        let differences = stored.differences.into_iter();
        Some(BatchMember {
            scenario: scenario.clone(),
            headlines: stored.headlines,
            draws,
            differences: differences
                .map(|(metric, unit, statistics)| ((metric, unit), statistics))
                .collect(),
            is_comparable: stored.is_comparable,
            is_identical: stored.is_identical,
            first_listing: stored.first_listing,
            largest_residual: stored.largest_residual,
        })
    }

    /// Ends the run: its folder goes.
    pub fn finish(self) {
        self.clear();
        let _ = fs::remove_file(self.folder.join(LOCK));
        // Fails if anything else is in it.
        let _ = fs::remove_dir(&self.folder);
    }

    /// Whether going on would spare work.
    fn holds_work(&self) -> bool {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .any(|name| name == WAVE || name.rsplit_once('.').is_some_and(|(_, ending)| ending == MEMBER))
    }

    /// Removes the files of a run that was stopped, and no others.
    fn clear(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let is_ours = [RUN_FILE, WAVE].contains(&name.as_str())
                || [MEMBER, DRAWS, ROWS].contains(&ending)
                || name.starts_with(".writing-");
            if is_ours {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Writes a file of the folder whole or not at all.
    fn put(&self, name: &str, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut temporary = held_file(&self.folder)?;
        let mut out = io::BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
        content(&mut out)?;
        out.flush()?;
        drop(out);
        temporary.as_file().sync_all()?;
        temporary.persist(self.folder.join(name))?;
        Ok(())
    }
}

fn file(name: &str, ending: &str) -> String {
    format!("{name}.{ending}")
}

impl RunRecord {
    /// Proves that the record may be written to the folder `out`.
    ///
    /// # Errors
    /// As [`OutputFile::prove`].
    pub fn prove(out: &Path, overwrite: bool, inputs: &InputPaths) -> Result<OutputFile, WriteError> {
        OutputFile::prove(&out.join(RUN_FILE), Self::kind(), overwrite, inputs)
    }
}
