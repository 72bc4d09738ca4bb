//! `.unfinished`: what a run that is under way leaves in its folder of results, so that a stopped one can go on.
//!
//! It holds the record of the run, the state of the scenarios that are being simulated, and for each scenario whose folder is
//! written the little that the tables of the batch need. Each file is written whole or not at all. The run holds a lock on the
//! folder, so that two runs cannot mix in one place; the system drops it when the process ends, however it ends. The folder goes
//! when the run is done.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batch_tables::{ComparisonPart, ComparisonRows, DifferenceStatistics};
use super::files::{Hashed, OutputFile, WriteError};
use super::leftovers::{MOST_TRIES, held_file, sweep_held};
use super::member::{BatchMember, HeadlineLevel};
use super::read::UnreadableResults;
use super::replace::{InputPaths, file_digest, file_number};
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
const ROWS: [(ComparisonPart, &str); 2] = [(ComparisonPart::Totals, "rows"), (ComparisonPart::Months, "months")];

/// The folder of a run that is under way.
#[derive(Debug)]
pub struct Unfinished {
    out: PathBuf,
    folder: PathBuf,
    /// Locked as long as it is open.
    lock: File,
    is_resumed: bool,
    /// The scenarios whose files it may hold.
    names: BTreeSet<String>,
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
    /// BLAKE3 of the files beside it.
    draws_digest: String,
    rows_digests: [Option<String>; ROWS.len()],
}

impl Unfinished {
    /// Begins a run in the folder `out`, or goes on with one that was stopped, if `resumes`.
    ///
    /// # Errors
    /// When another run is under way there, or one was stopped that this one would not go on with (`overwrite` removes
    /// it), or nothing can be written.
    pub fn start(out: &Path, record: &RunRecord, resumes: bool, overwrite: bool) -> Result<Self, WriteError> {
        let folder = out.join(UNFINISHED);
        fs::create_dir_all(out).map_err(failed(out))?;
        let mut unfinished = Self {
            lock: lock(&folder, out)?,
            out: out.to_owned(),
            folder,
            is_resumed: false,
            names: record.scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        };
        if let Ok(stopped) = RunRecord::read(&unfinished.folder.join(RUN_FILE)) {
            unfinished.is_resumed = resumes && stopped == *record;
            unfinished
                .names
                .extend(stopped.scenarios.iter().map(|scenario| scenario.name.clone()));
            if !unfinished.is_resumed && !overwrite && unfinished.holds_work() {
                return Err(stopped_error(out, &stopped, record));
            }
        }
        if !unfinished.is_resumed {
            unfinished.clear();
            let text = record
                .to_json()
                .map_err(io::Error::from)
                .map_err(failed(&unfinished.folder))?;
            unfinished.put(RUN_FILE, |file| file.write_all(text.as_bytes()))?;
        }
        Ok(unfinished)
    }

    /// Refuses to go on where another run was stopped.
    ///
    /// # Errors
    /// With what is different.
    pub fn refuse_other(out: &Path, record: &RunRecord) -> Result<(), WriteError> {
        match Self::stopped_in(out) {
            Some(stopped) if stopped != *record => Err(stopped_error(out, &stopped, record)),
            _ => Ok(()),
        }
    }

    /// The run that is under way, or was stopped, in the folder `out`.
    pub fn stopped_in(out: &Path) -> Option<RunRecord> {
        RunRecord::read(&out.join(UNFINISHED).join(RUN_FILE)).ok()
    }

    /// Whether the folder `out` holds traces of a run that has not ended, and whether that still goes on.
    pub fn is_under_way(out: &Path) -> Option<bool> {
        let folder = out.join(UNFINISHED);
        fs::symlink_metadata(&folder).ok()?;
        let lock = File::open(folder.join(LOCK)).ok();
        let is_held = lock.is_some_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
        Some(is_held)
    }

    /// Removes what a run that has finished left, for it was stopped while it cleared up.
    pub fn clear_up(out: &Path, record: &RunRecord) {
        if Self::is_under_way(out) == Some(false)
            && let Ok(unfinished) = Self::start(out, record, true, true)
        {
            unfinished.finish();
        }
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
        let outcomes = outcomes.iter().map(Outcome::as_ref).enumerate();
        // The results of the reference are those of all draws, if another batch has simulated it.
        let outcomes: Vec<_> = outcomes.filter(|(place, _)| batch.known(*place).is_none()).collect();
        self.put(WAVE, |out| write_state(out, batch, &outcomes, range, detail))?;
        Ok(())
    }

    /// The state of a batch where a stopped run left it: the outcomes in the order of its scenarios, over the draws from
    /// `start` on, and the first draw after them. None if there is none of all these scenarios.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub fn state_of(&self, batch: &Batch, start: u64) -> Result<Option<(Vec<Outcome>, u64)>, UnreadableResults> {
        let path = self.folder.join(WAVE);
        if !path.exists() {
            return Ok(None);
        }
        let state = read_state(&path, Some(&self.out))?;
        let mut found: Vec<_> = state.head.scenarios.iter().zip(state.outcomes).collect();
        let mut outcomes = Vec::new();
        for (number, entry) in batch.scenarios.iter().enumerate() {
            if let Some(known) = batch.known(number) {
                outcomes.push(Ok(known.clone()));
                continue;
            }
            let Some(place) = found.iter().position(|(scenario, _)| scenario.is_of(batch, entry)) else {
                return Ok(None);
            };
            outcomes.push(found.swap_remove(place).1);
        }
        Ok((state.head.draws[0] == start).then_some((outcomes, state.head.draws[1])))
    }

    /// Keeps what the tables of the batch need of a scenario that is about to get its folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_member(&self, member: &BatchMember, rows: &ComparisonRows) -> Result<(), WriteError> {
        let name = &member.scenario.name;
        let range = member.draws.range();
        let draws_digest = self.put(&file(name, DRAWS), |out| member.draws.write_to(out))?;
        let mut rows_digests = [None, None];
        for (digest, (part, ending)) in rows_digests.iter_mut().zip(ROWS) {
            if rows.holds(name, part) {
                *digest = Some(self.put(&file(name, ending), |out| rows.write_part(name, part, out))?);
            }
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
            draws_digest,
            rows_digests,
        };
        let text = serde_json::to_vec(&stored)
            .map_err(io::Error::from)
            .map_err(failed(&self.folder))?;
        let digest = blake3::hash(&text).to_hex();
        // Last, because it shows that the others are whole.
        self.put(&file(name, MEMBER), |out| {
            out.write_all(digest.as_bytes())?;
            out.write_all(&text)
        })?;
        Ok(())
    }

    /// What a stopped run kept of a scenario, whose rows of differences are added to `rows`; none if nothing whole.
    pub fn member_of(&self, scenario: &Arc<Scenario>, rows: &mut ComparisonRows) -> Option<BatchMember> {
        let path = |ending| self.folder.join(file(&scenario.name, ending));
        let bytes = fs::read(path(MEMBER)).ok()?;
        let (digest, text) = bytes.split_at_checked(2 * blake3::OUT_LEN)?;
        if blake3::hash(text).to_hex().as_bytes() != digest {
            return None;
        }
        let stored: StoredMember = serde_json::from_slice(text).ok()?;
        let is_whole = |ending, digest: &String| file_digest(&path(ending)).is_ok_and(|found| found == *digest);
        let kept_rows = || stored.rows_digests.iter().zip(ROWS);
        let mut digests = kept_rows().filter_map(|(digest, (_, ending))| Some((digest.as_ref()?, ending)));
        let rows_are_whole = digests.all(|(digest, ending)| is_whole(ending, digest));
        if stored.digest != scenario.digest || !is_whole(DRAWS, &stored.draws_digest) || !rows_are_whole {
            return None;
        }
        let mut log = File::open(path(DRAWS)).ok()?;
        let [start, end] = stored.draws;
        let draws = DrawLog::read_from(&mut log, Some(&self.out), start..end, stored.columns).ok()?;
        for (_, (part, ending)) in kept_rows().filter(|(digest, _)| digest.is_some()) {
            let mut kept = File::open(path(ending)).ok()?;
            rows.read_part(&scenario.name, part, &mut kept, Some(&self.out)).ok()?;
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
        drop(self.lock);
    }

    /// Whether going on would spare work.
    fn holds_work(&self) -> bool {
        let mut members = self.names.iter().map(|name| self.folder.join(file(name, MEMBER)));
        self.folder.join(WAVE).exists() || members.any(|member| member.exists())
    }

    /// Removes the files of a run that was stopped, and no others.
    fn clear(&self) {
        for name in &self.names {
            for ending in [MEMBER, DRAWS].into_iter().chain(ROWS.map(|(_, ending)| ending)) {
                let _ = fs::remove_file(self.folder.join(file(name, ending)));
            }
        }
        sweep_held(&self.folder);
        // The record last, because it says whose the others are.
        for name in [WAVE, RUN_FILE] {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    /// Writes a file of the folder whole or not at all, and returns its BLAKE3 in hexadecimal.
    fn put(&self, name: &str, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<String, WriteError> {
        let path = self.folder.join(name);
        let write = || -> io::Result<String> {
            let mut temporary = held_file(&self.folder)?;
            let mut out = io::BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
            let mut hasher = blake3::Hasher::new();
            content(&mut Hashed {
                out: &mut out,
                hasher: &mut hasher,
            })?;
            out.flush()?;
            drop(out);
            temporary.as_file().sync_all()?;
            temporary.persist(&path)?;
            Ok(hasher.finalize().to_hex().to_string())
        };
        write().map_err(failed(&path))
    }
}

/// Locks the folder, which is made if need be.
fn lock(folder: &Path, out: &Path) -> Result<File, WriteError> {
    let path = folder.join(LOCK);
    for _ in 0..MOST_TRIES {
        match fs::create_dir(folder) {
            Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => return Err(failed(folder)(fault)),
            _ => {}
        }
        // A link could lead to a folder of somebody else.
        let found = fs::symlink_metadata(folder).map_err(failed(folder))?;
        if !found.is_dir() {
            return Err(failed(folder)(io::Error::other("it exists and is no folder")));
        }
        let lock = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let lock = match lock {
            // The run before removed the folder just now.
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(failed(&path))?,
        };
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(WriteError::Busy { path: out.to_owned() }),
            // Some network file systems have no locks.
            Err(TryLockError::Error(_)) => return Ok(lock),
            Ok(()) => {}
        }
        // The path may by now name another file than the one that is locked.
        let number = lock
            .metadata()
            .map(|found| file_number(&found))
            .map_err(failed(&path))?;
        if fs::symlink_metadata(&path).is_ok_and(|found| file_number(&found) == number) {
            return Ok(lock);
        }
    }
    Err(failed(folder)(io::Error::other("it disappears")))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    |cause| WriteError::new(path, cause)
}

fn stopped_error(out: &Path, stopped: &RunRecord, record: &RunRecord) -> WriteError {
    WriteError::Stopped {
        path: out.to_owned(),
        difference: (stopped != record).then(|| stopped.difference(record)),
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
