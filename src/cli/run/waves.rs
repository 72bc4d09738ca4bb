//! A batch in waves of a few scenarios, so that memory does not grow with their number: each wave is simulated beside the
//! reference and written, and what the tables of the batch need of it is kept.
//!
//! The others are compared with the reference. The first wave simulates it, and its scenarios follow it through the months that they
//! have in common with it. For later waves its compared cells are kept: a megabyte of disk for a draw. Where draws are too many for that,
//! each wave simulates it again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::prelude::*;

use super::room;
use crate::cli::progress::Bars;
use crate::cli::{Error, interrupt, terminal};
use crate::ensemble::{
    Batch, BatchScenario, CompiledReference, DrawnSpan, Failure, Finished, Progress, RecordedTables, family_order,
};
use crate::model::Horizon;
use crate::results::read::UnreadableResults;
use crate::results::state::{Outcome, STATE_FILE, read_state, write_state};
use crate::results::{
    BatchMember, CONTEXT_FILE, ComparisonRows, Context, MANIFEST_FILE, Manifest, MonthTexts, OwnInputs,
    ReferenceInputs, ResultTable, ScenarioFolder, TableChoice, TextPool, TextShare, Unfinished, WorldRecords,
    WriteError, members, result_tables,
};
use crate::scenario::Scenario;

/// Scenarios in a wave. More would share more months, and need more memory.
const AT_ONCE: usize = 5;

/// Keeping the state of the draws may take a tenth of the time.
const MOST_PAUSES: u32 = 10;

/// Where the results of draws come from.
#[derive(Clone, Copy, Debug)]
pub enum DrawSource<'a> {
    /// They are simulated; the state is kept after so long.
    Simulation { keep_after: Duration },
    /// From the states of these parts of a run, in the order of their draws.
    Parts(&'a [JoinedPart]),
}

/// A part of a run that is joined with others.
#[derive(Clone, Debug)]
pub struct JoinedPart {
    pub folder: PathBuf,
    /// The scenarios that have no state, because they failed.
    pub failures: BTreeMap<String, Failure>,
}

/// A batch to simulate, or to join from its parts, and to write.
pub struct WaveRun<'a> {
    pub scenarios: &'a [Arc<Scenario>],
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The draws to simulate; none for all.
    pub draws: Option<Range<u64>>,
    pub source: DrawSource<'a>,
    pub tables: &'a TableChoice,
    pub out: &'a Path,
    pub unfinished: &'a Unfinished,
    pub records: WorldRecords,
    pub pool: &'a ThreadPool,
    pub bars: &'a Bars,
}

/// What is done of a batch.
#[derive(Default)]
pub struct WavesDone {
    /// By the place of the scenario.
    pub outcomes: BTreeMap<usize, Result<BatchMember, Failure>>,
    pub comparison: ComparisonRows,
    /// Why folders could not be written.
    pub unwritten: Vec<WriteError>,
}

impl WaveRun<'_> {
    /// Simulates all waves but for what is done; each scenario that finishes is written to its folder at once.
    ///
    /// # Errors
    /// When a signal came, or something cannot be kept or read. A folder that cannot be written leaves the others whole.
    pub fn run(&self, folders: Vec<Option<ScenarioFolder>>, done: WavesDone) -> Result<WavesDone, Error> {
        let (mut folders, mut done) = (folders, done);
        let horizons: Vec<_> = self.scenarios.iter().map(|scenario| scenario.horizon).collect();
        let order = self.pool.install(|| family_order(self.scenarios, self.reference));
        // The reference stays even if it is done, because the others are compared with it.
        let is_due = |place: &usize| *place == self.reference || !done.outcomes.contains_key(place);
        let due = waves(&order).into_iter();
        let due = due.map(|wave| wave.into_iter().filter(is_due).collect::<Vec<_>>());
        let has_new = |wave: &Vec<usize>| wave.len() > 1 || !done.outcomes.contains_key(&self.reference);
        let due: Vec<Vec<usize>> = due.filter(has_new).collect();
        let mut compiled = None;
        for (number, wave) in due.iter().enumerate() {
            let is_last = number + 1 == due.len();
            self.run_wave(wave, is_last, &horizons, &mut compiled, &mut folders, &mut done)?;
        }
        Ok(done)
    }

    fn run_wave(
        &self,
        wave: &[usize],
        is_last: bool,
        horizons: &[Horizon],
        compiled: &mut Option<CompiledReference>,
        folders: &mut [Option<ScenarioFolder>],
        done: &mut WavesDone,
    ) -> Result<(), Error> {
        // Totals over the months that all have in common are added up from these.
        let differ = horizons.iter().any(|horizon| *horizon != horizons[0]);
        let recorded = |scenario: &Scenario| {
            let tables = self.tables.recorded(scenario, &self.records);
            RecordedTables {
                metrics_by_month: tables.metrics_by_month || differ,
                ..tables
            }
        };
        let of_wave = |places: &[usize]| places.iter().map(|place| self.scenarios[*place].clone()).collect();
        let in_out = |cause| WriteError::new(self.out, cause);
        let prepared = |batch: Batch| batch.as_part_of(horizons.to_vec()).with_log_in(self.out.to_owned());
        let is_new: Vec<bool> = wave.iter().map(|place| !done.outcomes.contains_key(place)).collect();
        let may_be_known = matches!(self.source, DrawSource::Simulation { .. });
        // A run that goes on after it was stopped has the results of the reference, but not its cells.
        if may_be_known && matches!(done.outcomes.get(&self.reference), Some(Ok(_))) && compiled.is_none() {
            let alone = prepared(Batch::recording(of_wave(&wave[..1]), 0, recorded));
            *compiled = Some(self.simulate_reference(alone)?);
        }
        let batch = match compiled.take() {
            Some(reference) => Batch::beside(reference, of_wave(&wave[1..]), recorded),
            None => Batch::recording(of_wave(wave), 0, recorded),
        };
        let mut batch = prepared(batch);
        if may_be_known && !is_last && batch.known(0).is_none() {
            let draws = self.draws.clone().unwrap_or(0..batch.draws());
            batch = batch.keeping_reference(draws, self.spare_bytes()).map_err(in_out)?;
        }
        let outcomes = match self.source {
            DrawSource::Simulation { keep_after } => self.simulate(&batch, wave, &is_new, keep_after)?,
            DrawSource::Parts(parts) => self.pool.install(|| join_parts(&batch, parts, self.out))?,
        };
        let taken = wave.iter().map(|place| folders[*place].take()).collect();
        let finished: Vec<Option<&Finished>> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
        *compiled = Some(batch.compiled_reference(finished[0]));
        let inputs = ReferenceInputs::new(&batch, &finished).map_err(in_out)?;
        let written = self
            .pool
            .install(|| self.write(&batch, &finished, inputs.as_ref(), taken));
        self.pool
            .install(|| {
                done.comparison
                    .add(&batch, &finished, self.tables.detail, Some(self.out))
            })
            .map_err(in_out)?;
        let members = members(&batch, outcomes).map_err(in_out)?;
        for (((place, is_new), member), written) in wave.iter().zip(is_new).zip(members).zip(written) {
            if is_new {
                self.settle(*place, member, written?, done)?;
            }
        }
        Ok(())
    }

    /// Puts the folder of a scenario in its place, and keeps of it what the tables of the batch need.
    fn settle(
        &self,
        place: usize,
        member: Result<BatchMember, Failure>,
        folder: Result<Option<ScenarioFolder>, WriteError>,
        done: &mut WavesDone,
    ) -> Result<(), Error> {
        match (&member, folder) {
            (Ok(member), Ok(Some(folder))) => {
                self.unfinished.keep_member(member, &done.comparison)?;
                done.unwritten.extend(folder.finish().err());
            }
            (Ok(_), Err(fault)) => done.unwritten.push(fault),
            // The batch goes on without those that failed, and is told of them at its end.
            (Ok(_), Ok(None)) | (Err(_), _) => {}
        }
        done.outcomes.insert(place, member);
        Ok(())
    }

    /// The bytes that may be kept while the run lasts: the other half is for results.
    fn spare_bytes(&self) -> u64 {
        room::free_bytes(self.out).map_or(u64::MAX, |free| free / 2)
    }

    /// Simulates the reference alone, if its cells can be kept for other waves.
    fn simulate_reference(&self, batch: Batch) -> Result<CompiledReference, Error> {
        let in_out = |cause| WriteError::new(self.out, cause);
        let draws = self.draws.clone().unwrap_or(0..batch.draws());
        let batch = batch
            .keeping_reference(draws.clone(), self.spare_bytes())
            .map_err(in_out)?;
        if !batch.keeps_reference() {
            return Ok(batch.compiled_reference(None));
        }
        let places = [self.reference];
        let progress = WaveProgress::new(self.bars, &places, &[false], Duration::MAX);
        let span = self
            .pool
            .install(|| batch.run_span(Some(draws.clone()), &[], &progress))
            .map_err(in_out)?;
        if span.end < draws.end.min(batch.draws()) {
            return Err(Error::Interrupted);
        }
        let finished = span.outcomes.first().and_then(|outcome| outcome.as_ref().ok());
        Ok(batch.compiled_reference(finished))
    }

    /// Simulates a wave from where a stopped run left it, and keeps its state now and then.
    fn simulate(
        &self,
        batch: &Batch,
        wave: &[usize],
        is_new: &[bool],
        keep_after: Duration,
    ) -> Result<Vec<Outcome>, Error> {
        let range = self.draws.clone().unwrap_or(0..batch.draws());
        let (mut outcomes, mut end) = self.kept_state(batch, range.start).unzip();
        if let Some(end) = end {
            let progress = WaveProgress::new(self.bars, wave, is_new, keep_after);
            (0..wave.len()).for_each(|place| progress.advance(place, end - range.start));
        }
        let mut pause = keep_after;
        loop {
            let start = end.unwrap_or(range.start);
            if start >= range.end {
                break;
            }
            let failed = outcomes
                .iter()
                .flat_map(|outcomes: &Vec<Outcome>| outcomes.iter().enumerate());
            let failed = failed.filter_map(|(place, outcome)| Some((place, outcome.as_ref().err()?.clone())));
            let failed: Vec<(usize, Failure)> = failed.collect();
            let progress = WaveProgress::new(self.bars, wave, is_new, pause);
            let span = || batch.run_span(Some(start..range.end), &failed, &progress);
            let span: DrawnSpan = self
                .pool
                .install(span)
                .map_err(|cause| WriteError::new(self.out, cause))?;
            end = Some(span.end);
            let joined = match outcomes.take() {
                None => span.outcomes,
                Some(before) => join(batch, before, span.outcomes).map_err(|cause| WriteError::new(self.out, cause))?,
            };
            if span.end < range.end {
                if span.end > start {
                    let begun = Instant::now();
                    self.unfinished
                        .keep_state(batch, &joined, range.start..span.end, self.tables.detail)?;
                    pause = keep_after.max(MOST_PAUSES * begun.elapsed());
                }
                if interrupt::has_come() {
                    return Err(Error::Interrupted);
                }
            }
            outcomes = Some(joined);
        }
        Ok(outcomes.unwrap_or_default())
    }

    /// The outcomes that a stopped run kept of a wave, and the first draw after them.
    fn kept_state(&self, batch: &Batch, start: u64) -> Option<(Vec<Outcome>, u64)> {
        if !self.unfinished.is_resumed() {
            return None;
        }
        self.unfinished.state_of(batch, start).unwrap_or_else(|fault| {
            terminal::say(&format!("note: what was kept of the draws is not used: {fault}"));
            None
        })
    }

    /// Writes the scenarios of a wave that have finished and still have a folder to be written, and returns the folders, not
    /// yet in their places.
    fn write(
        &self,
        batch: &Batch,
        finished: &[Option<&Finished>],
        reference: Option<&ReferenceInputs>,
        folders: Vec<Option<ScenarioFolder>>,
    ) -> Vec<WrittenFolder> {
        let texts = TextPool::default();
        let write = |(place, folder): (usize, Option<ScenarioFolder>)| {
            let Some(folder) = folder.filter(|_| finished[place].is_some()) else {
                return (place, Ok(Ok(None)));
            };
            let written = match self.write_scenario(batch, place, finished, reference, &texts, &folder) {
                Ok(()) => Ok(Ok(Some(folder))),
                Err(Error::Write(fault)) => Ok(Err(fault)),
                Err(other) => Err(other),
            };
            (place, written)
        };
        let mut folders: BTreeMap<usize, Option<ScenarioFolder>> = folders.into_iter().enumerate().collect();
        let mut written: Vec<(usize, WrittenFolder)> = Vec::new();
        // Leaders first: their followers take months of their tables over.
        for generation in batch.generations() {
            let due = generation.into_iter();
            let due: Vec<_> = due.filter_map(|place| Some((place, folders.remove(&place)?))).collect();
            written.extend(due.into_par_iter().map(write).collect::<Vec<_>>());
        }
        written.sort_by_key(|(place, _)| *place);
        written.into_iter().map(|(_, written)| written).collect()
    }

    /// The months that a table of a scenario takes from its leader's and leaves to its followers. Nothing where a draw failed, which then is
    /// in the statistics of one of them only.
    fn text_share(
        batch: &Batch,
        place: usize,
        finished: &[Option<&Finished>],
        texts: &TextPool,
        table: &'static str,
    ) -> TextShare {
        let is_whole = |place: usize| finished[place].is_some_and(|finished| finished.failed.count() == 0);
        if !is_whole(place) {
            return TextShare::default();
        }
        let leader = batch.leader_of(place).filter(|(leader, _)| is_whole(*leader));
        let known = leader.and_then(|(leader, months)| Some((texts.find(leader, table, months)?, months)));
        TextShare {
            known,
            needed: batch.months_followed(place),
            kept: MonthTexts::default(),
        }
    }

    fn write_scenario(
        &self,
        batch: &Batch,
        place: usize,
        outcomes: &[Option<&Finished>],
        reference: Option<&ReferenceInputs>,
        texts: &TextPool,
        folder: &ScenarioFolder,
    ) -> Result<(), Error> {
        let entry = &batch.scenarios[place];
        let Some(finished) = outcomes[place] else {
            return Ok(());
        };
        let scenario = &entry.model.plan.scenario;
        let unwritten = |cause| WriteError::new(&self.out.join(&scenario.name), cause);
        let inputs = OwnInputs::new(batch, place, finished, reference).map_err(unwritten)?;
        // The tables of a scenario are written side by side, because a wave may have few scenarios.
        let write = |table: &ResultTable<'_>| -> Result<(String, String), Error> {
            if interrupt::has_come() {
                return Err(Error::Interrupted);
            }
            let name = self.tables.files.name_of(table.form);
            let mut share = Self::text_share(batch, place, outcomes, texts, table.form.file);
            let mut rows = |out: &mut dyn std::io::Write| table.write_shared(out, &mut share);
            let content = |out: &mut dyn std::io::Write| self.tables.files.write(table.form, out, &mut rows);
            let digest = folder.write_by(&name, content)?;
            if share.needed > 0 {
                texts.keep(place, table.form.file, share.kept);
            }
            Ok((name, digest.to_hex().to_string()))
        };
        let mut tables = result_tables(entry, finished, &inputs, &self.records, self.tables.detail);
        tables.retain(|table| self.tables.has(table.form));
        let mut digests: BTreeMap<String, String> = tables.par_iter().map(write).collect::<Result<_, _>>()?;
        let context = Context::new(scenario).to_json();
        let context = context.map_err(|cause| unwritten(cause.into()))?;
        let digest = folder.write_by(CONTEXT_FILE, |out| out.write_all(context.as_bytes()))?;
        digests.insert(CONTEXT_FILE.to_owned(), digest.to_hex().to_string());
        let reference = &self.scenarios[self.reference].name;
        let draws = self.draws.clone().unwrap_or(0..scenario.simulation.draws);
        if let Some(range) = &self.draws {
            // Parts of a run can be joined.
            let outcome = [(place, Ok(finished))];
            let write =
                |out: &mut dyn std::io::Write| write_state(out, batch, &outcome, range.clone(), self.tables.detail);
            let digest = folder.write_by(STATE_FILE, write)?;
            digests.insert(STATE_FILE.to_owned(), digest.to_hex().to_string());
        }
        let manifest = Manifest::new(
            entry,
            finished,
            reference,
            draws,
            self.tables.detail,
            inputs.shared.clone(),
            digests,
        );
        let manifest = manifest.map_err(unwritten)?;
        let text = manifest.to_json().map_err(|cause| unwritten(cause.into()))?;
        folder.write(MANIFEST_FILE, text.as_bytes())?;
        Ok(())
    }
}

/// The folder of a scenario, or why it could not be written; none for a scenario without one.
type WrittenFolder = Result<Result<Option<ScenarioFolder>, WriteError>, Error>;

/// Joins the outcomes of draws of a batch that follow each other.
fn join(batch: &Batch, before: Vec<Outcome>, later: Vec<Outcome>) -> std::io::Result<Vec<Outcome>> {
    let join = |(place, (before, later))| match batch.known(place) {
        // It has all draws.
        Some(finished) => Ok(Ok(finished.clone())),
        None => join_outcomes(before, later),
    };
    before.into_iter().zip(later).enumerate().map(join).collect()
}

/// Joins the outcomes of draws of a scenario that follow each other.
fn join_outcomes(before: Outcome, later: Outcome) -> std::io::Result<Outcome> {
    match (before, later) {
        (Ok(mut before), Ok(later)) => before.append(&later).map(|()| before.outcome()),
        // Of a scenario without results the lowest draw that failed is told.
        (Ok(before), Err(failure)) => Ok(Err(before.failed.lowest().first().cloned().unwrap_or(failure))),
        (Err(failure), _) => Ok(Err(failure)),
    }
}

/// The outcomes of a batch from the states of its parts.
fn join_parts(batch: &Batch, parts: &[JoinedPart], folder: &Path) -> Result<Vec<Outcome>, Error> {
    let of_scenario = |entry: &BatchScenario| -> Result<Outcome, Error> {
        let mut joined: Option<Outcome> = None;
        for part in parts {
            let name = &entry.model.plan.scenario.name;
            let path = part.folder.join(name).join(STATE_FILE);
            let unreadable = |reason: String| UnreadableResults::new(&path, None, reason);
            let outcome = if let Some(failure) = part.failures.get(name) {
                Err(failure.clone())
            } else {
                let state = read_state(&path, Some(folder))?;
                let mut of_it = state.head.scenarios.iter().zip(state.outcomes);
                let found = of_it.find(|(scenario, _)| scenario.is_of(batch, entry));
                found
                    .ok_or_else(|| unreadable("it is the state of another run".to_owned()))?
                    .1
            };
            joined = Some(match joined.take() {
                None => outcome,
                Some(before) => join_outcomes(before, outcome).map_err(|fault| unreadable(fault.to_string()))?,
            });
        }
        joined.ok_or_else(|| Error::Usage("there are no parts to join".to_owned()))
    };
    batch.scenarios.par_iter().map(of_scenario).collect()
}

/// The places of the scenarios of each wave, the reference first, as in `order`. The first wave simulates it too, and so has one less
/// beside it, if there are more waves.
fn waves(order: &[usize]) -> Vec<Vec<usize>> {
    let Some((&reference, others)) = order.split_first() else {
        return Vec::new();
    };
    let first = if others.len() <= AT_ONCE {
        others.len()
    } else {
        AT_ONCE - 1
    };
    let (first, others) = others.split_at(first);
    let waves = std::iter::once(first).chain(others.chunks(AT_ONCE));
    waves.map(|others| [&[reference], others].concat()).collect()
}

/// Progress of a wave as that of its batch; the reference advances once.
struct WaveProgress<'w> {
    bars: &'w Bars,
    /// The place in the batch of each scenario of the wave.
    places: &'w [usize],
    is_new: &'w [bool],
    begun: Instant,
    keep_after: Duration,
}

impl<'w> WaveProgress<'w> {
    fn new(bars: &'w Bars, places: &'w [usize], is_new: &'w [bool], keep_after: Duration) -> Self {
        Self {
            bars,
            places,
            is_new,
            begun: Instant::now(),
            keep_after,
        }
    }
}

impl Progress for WaveProgress<'_> {
    fn advance(&self, scenario: usize, draws: u64) {
        if self.is_new[scenario] {
            self.bars.advance(self.places[scenario], draws);
        }
    }

    fn goes_on(&self) -> bool {
        !interrupt::has_come() && self.begun.elapsed() < self.keep_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_in_a_wave_and_the_reference_in_all() {
        assert_eq!(waves(&[0]), [vec![0]]);
        assert_eq!(waves(&[1, 2, 0]), [vec![1, 2, 0]]);
        for scenarios in [9, 10, 17, 18, 40] {
            let order: Vec<usize> = (0..scenarios).rev().collect();
            let waves = waves(&order);
            assert!(
                waves
                    .iter()
                    .all(|wave| wave[0] == order[0] && wave.len() <= AT_ONCE + 1),
                "{waves:?}"
            );
            let others: Vec<usize> = waves.iter().flat_map(|wave| wave[1..].to_vec()).collect();
            assert_eq!(others, order[1..]);
        }
    }
}
