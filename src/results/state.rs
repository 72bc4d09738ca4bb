//! The state of scenarios after some of their draws: mergeable sums and counts, and what is kept of every draw. From the states
//! of all draws of a run every table follows, byte for byte, without a simulation.
//!
//! A file has a mark with its version, a compressed body, and the digest of both. The body begins with a [`StateHead`].

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use super::files::Hashed;
use super::read::UnreadableResults;
use super::result_table::{Detail, ShownCells};
use crate::ensemble::{Batch, BatchScenario, DrawLog, FailedDraws, Failure, Finished, SolutionChecks};
use crate::statistics::Collected;

/// The name of the file in the results of a part of a run.
pub const STATE_FILE: &str = "state.bin";

/// Begins the file; the number is that of its form.
const MARK: &[u8] = b"roundabout state 2\n";

/// Bytes of the digest that ends the file.
const DIGEST: u64 = blake3::OUT_LEN as u64;

/// The longest text that is read, in bytes.
const LONGEST_TEXT: u32 = 1 << 26;

/// The outcome of a scenario over some draws.
pub type Outcome = Result<Finished, Failure>;

/// Which scenarios and draws a state holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StateHead {
    /// Version of the program.
    pub version: String,
    /// First draw, and the first after them.
    pub draws: [u64; 2],
    pub scenarios: Vec<StateScenario>,
}

/// A scenario of a state, with all that decides its numbers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StateScenario {
    pub name: String,
    pub digest: String,
    pub world_digest: String,
    pub seed: u64,
    /// Size of the whole run.
    pub draws: u64,
    /// Digest of the scenario that it is compared with.
    pub reference: String,
    /// Quantities whose statistics are kept.
    pub cells: usize,
    /// Differences from the reference whose statistics are kept; none where draws are not paired.
    pub differences: Option<usize>,
    /// Numbers kept of every draw.
    pub columns: usize,
    pub failure: Option<Failure>,
}

impl StateScenario {
    fn new(batch: &Batch, entry: &BatchScenario, outcome: Result<&Finished, &Failure>) -> Self {
        let scenario = &entry.model.plan.scenario;
        let reference = &batch.scenarios[batch.reference].model.plan.scenario;
        let finished = outcome.ok();
        Self {
            name: scenario.name.clone(),
            digest: scenario.digest.clone(),
            world_digest: scenario.world.digest.clone(),
            seed: scenario.simulation.seed,
            draws: scenario.simulation.draws,
            reference: reference.digest.clone(),
            cells: finished.map_or(0, |finished| finished.collected.cells()),
            differences: finished.and_then(|finished| Some(finished.difference.as_ref()?.cells())),
            columns: finished.map_or(0, |finished| finished.draws.columns_kept()),
            failure: outcome.err().cloned(),
        }
    }

    /// Whether it is this scenario of a batch, in a run of as many draws, compared with the same reference.
    pub fn is_of(&self, batch: &Batch, entry: &BatchScenario) -> bool {
        let scenario = &entry.model.plan.scenario;
        let reference = &batch.scenarios[batch.reference].model.plan.scenario;
        self.name == scenario.name
            && self.digest == scenario.digest
            && self.world_digest == scenario.world.digest
            && (self.seed, self.draws) == (scenario.simulation.seed, scenario.simulation.draws)
            && self.reference == reference.digest
            && (self.failure.is_some() || self.has_sizes_of(entry))
    }

    /// Whether as much is kept as of a scenario of a batch. Differences are kept of none or of all.
    fn has_sizes_of(&self, entry: &BatchScenario) -> bool {
        let compared = entry.pairing.len();
        self.cells == entry.layout.cells()
            && self.columns == entry.numbers_of_a_draw()
            && self.differences.is_none_or(|differences| differences == compared)
    }

    /// The draws that the scenario has among those of a state.
    fn range(&self, draws: [u64; 2]) -> Range<u64> {
        draws[0].min(self.draws)..draws[1].min(self.draws)
    }
}

/// Writes the state of scenarios of a batch, given by their places, after the draws in `range`: all that tables of this detail
/// need.
///
/// # Errors
/// When `out` takes no more, or the draws cannot be read back.
pub fn write_state(
    out: &mut dyn Write,
    batch: &Batch,
    outcomes: &[(usize, Result<&Finished, &Failure>)],
    range: Range<u64>,
    detail: Detail,
) -> io::Result<()> {
    let mut hasher = blake3::Hasher::new();
    let mut vouched = Hashed {
        out: &mut *out,
        hasher: &mut hasher,
    };
    vouched.write_all(MARK)?;
    let scenarios = outcomes.iter();
    let scenarios = scenarios.map(|(place, outcome)| StateScenario::new(batch, &batch.scenarios[*place], *outcome));
    let head = StateHead {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        draws: [range.start, range.end],
        scenarios: scenarios.collect(),
    };
    let mut body = BufWriter::with_capacity(1 << 16, ZlibEncoder::new(&mut vouched, Compression::fast()));
    write_text(&mut body, &serde_json::to_vec(&head)?)?;
    for (place, outcome) in outcomes {
        if let Ok(finished) = outcome {
            let shown = ShownCells::new(&batch.scenarios[*place], detail);
            write_finished(&mut body, finished, &shown)?;
        }
    }
    body.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
    out.write_all(hasher.finalize().as_bytes())?;
    out.flush()
}

/// Writes a text with its length before it.
fn write_text(out: &mut dyn Write, text: &[u8]) -> io::Result<()> {
    out.write_all(&u32::try_from(text.len()).map_err(io::Error::other)?.to_le_bytes())?;
    out.write_all(text)
}

/// Reads what [`write_text`] wrote.
fn read_text(body: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    body.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST_TEXT {
        return Err(io::Error::other("it is no state of a run"));
    }
    let mut text = Vec::new();
    body.take(length.into()).read_to_end(&mut text)?;
    Ok(text)
}

fn write_finished(out: &mut dyn Write, finished: &Finished, shown: &ShownCells) -> io::Result<()> {
    let vouched = serde_json::to_vec(&(&finished.checks, &finished.failed))?;
    write_text(out, &vouched)?;
    finished.collected.write_to(out, |cell| shown.shows(cell))?;
    if let Some(difference) = &finished.difference {
        difference.write_to(out, |cell| shown.shows_difference(cell))?;
    }
    finished.draws.write_to(out)
}

/// A state that was read: its head, and the outcome of each of its scenarios.
pub struct ReadState {
    pub head: StateHead,
    pub outcomes: Vec<Outcome>,
}

/// Reads a state. What it keeps of every draw goes to a file in `folder`, or else where the system keeps such files.
///
/// # Errors
/// When the file is missing, damaged, or of another version of the program.
pub fn read_state(path: &Path, folder: Option<&Path>) -> Result<ReadState, UnreadableResults> {
    let unreadable = |reason: String| UnreadableResults::new(path, None, reason);
    let io_fault = UnreadableResults::from_io(path);
    let mut file = File::open(path).map_err(io_fault)?;
    let length = vouched_length(&mut file).map_err(|fault| unreadable(fault.to_string()))?;
    let body = BufReader::new(file).take(length);
    let mut body = BufReader::new(ZlibDecoder::new(body));
    let mut read = || -> io::Result<ReadState> {
        let head = read_head(&mut body)?;
        let mut outcomes = Vec::new();
        for scenario in &head.scenarios {
            outcomes.push(read_outcome(&mut body, scenario, scenario.range(head.draws), folder)?);
        }
        Ok(ReadState { head, outcomes })
    };
    read().map_err(|fault| unreadable(fault.to_string()))
}

/// Reads the head of a state alone; the rest is not looked at.
///
/// # Errors
/// When the file is missing, cut off, or of another version of the program.
pub fn read_state_head(path: &Path) -> Result<StateHead, UnreadableResults> {
    let read = || -> io::Result<StateHead> {
        let mut file = File::open(path)?;
        let mut mark = [0; MARK.len()];
        file.read_exact(&mut mark)?;
        if mark != MARK {
            return Err(io::Error::other("it is no state of this version of the program"));
        }
        read_head(&mut ZlibDecoder::new(BufReader::new(file)))
    };
    read().map_err(|fault| UnreadableResults::new(path, None, fault.to_string()))
}

/// Leaves the file at its body, and returns how long that is, if mark and digest are right.
fn vouched_length(file: &mut File) -> io::Result<u64> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let length = file.metadata()?.len();
    let Some(length) = length.checked_sub(MARK.len() as u64 + DIGEST) else {
        return Err(io::Error::other("it is cut off"));
    };
    let mut mark = [0; MARK.len()];
    file.read_exact(&mut mark)?;
    if mark != MARK {
        return Err(io::Error::other("it is no state of this version of the program"));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&mark);
    io::copy(&mut BufReader::new(&mut *file).take(length), &mut hasher)?;
    let mut digest = [0; blake3::OUT_LEN];
    file.seek(SeekFrom::Start(MARK.len() as u64 + length))?;
    file.read_exact(&mut digest)?;
    if hasher.finalize() != digest {
        return Err(io::Error::other("it changed since it was written, or is cut off"));
    }
    file.seek(SeekFrom::Start(MARK.len() as u64))?;
    Ok(length)
}

fn read_head(body: &mut dyn Read) -> io::Result<StateHead> {
    let head: StateHead = serde_json::from_slice(&read_text(body)?)?;
    if head.version != env!("CARGO_PKG_VERSION") {
        let reason = format!(
            "version {} of the program wrote it, and this is {}",
            head.version,
            env!("CARGO_PKG_VERSION")
        );
        return Err(io::Error::other(reason));
    }
    if head.draws[0] > head.draws[1] {
        return Err(io::Error::other("its draws end before they start"));
    }
    Ok(head)
}

fn read_outcome(
    body: &mut dyn Read,
    scenario: &StateScenario,
    draws: Range<u64>,
    folder: Option<&Path>,
) -> io::Result<Outcome> {
    if let Some(failure) = &scenario.failure {
        return Ok(Err(failure.clone()));
    }
    let (checks, failed): (SolutionChecks, FailedDraws) = serde_json::from_slice(&read_text(body)?)?;
    let count = draws.end - draws.start;
    let collected = Collected::read_from(body, scenario.cells, count)?;
    let difference = match scenario.differences {
        Some(cells) => Some(Collected::read_from(body, cells, count)?),
        None => None,
    };
    Ok(Ok(Finished {
        collected,
        difference,
        draws: DrawLog::read_from(body, folder, draws, scenario.columns)?,
        failed,
        checks,
    }))
}
