//! A batch of scenarios over all draws: strips in parallel, scenarios of a strip in step, so that differences are paired.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::model::Model;
use super::pairing::Pairing;
use super::plan::Plan;
use super::pool::{Places, Pool};
use super::record::Layout;
use super::strip::{CompanionStrip, STRIP, Strip};
use super::tally::{Failure, Finished, Tally};
use super::workspace::Workspace;
use crate::math::width::Width;
use crate::model::Scenario;
use crate::statistics::Columns;

/// Draws per block: parts of a run begin and end on borders of blocks.
pub const BLOCK: u64 = 64;

/// Hears how a run gets on; called from all threads.
pub trait Progress: Sync {
    /// So many more draws of a scenario are done.
    fn advance(&self, scenario: usize, draws: u64);
}

/// A scenario of a batch with everything its draws need.
#[derive(Debug)]
pub struct Entry {
    pub model: Model,
    pub layout: Layout,
    /// What is compared with the reference: nothing of the reference itself.
    pub pairing: Pairing,
    companion: usize,
    places: Places,
}

/// Scenarios that go through the draws together.
#[derive(Debug)]
pub struct Batch {
    pub entries: Vec<Entry>,
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The registers that months are solved in: the widest at hand, unless changed. Results do not depend on it.
    pub width: Width,
    companions: Vec<CompanionModel>,
    /// The uncertain numbers of all scenarios and companions.
    pool: Pool,
    log_folder: Option<PathBuf>,
}

/// A world that scenarios of the batch meet, without measures.
#[derive(Debug)]
struct CompanionModel {
    model: Model,
    places: Places,
}

impl Batch {
    /// Compiles the scenarios; `reference` is the place of the one that the others are compared with.
    pub fn new(scenarios: Vec<Arc<Scenario>>, reference: usize) -> Self {
        let mut pool = Pool::default();
        let mut companions: Vec<CompanionModel> = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for scenario in scenarios {
            let bare = scenario.without_measures();
            let known = companions
                .iter()
                .position(|companion| companion.model.plan.scenario.meets_same_world(&bare));
            let draws = scenario.simulation.draws;
            let companion = known.unwrap_or_else(|| {
                let model = Model::new(Plan::new(Arc::new(bare)));
                let places = pool.enrol(&model.parameters, draws);
                companions.push(CompanionModel { model, places });
                companions.len() - 1
            });
            let model = Model::new(Plan::new(scenario));
            let places = pool.enrol(&model.parameters, draws);
            let layout = Layout::new(&model);
            entries.push(Entry {
                model,
                layout,
                pairing: Pairing::default(),
                companion,
                places,
            });
        }
        let mut batch = Self {
            entries,
            reference,
            width: Width::widest(),
            companions,
            pool,
            log_folder: None,
        };
        batch.pair_with_reference();
        batch
    }

    /// Keeps what grows with the number of draws in a file in this folder, not where the system keeps such files: that
    /// may be memory.
    pub fn with_log_in(self, folder: PathBuf) -> Self {
        Self {
            log_folder: Some(folder),
            ..self
        }
    }

    /// Metrics that mean the same as the reference's are compared: all of them, or only those of single months where the
    /// two do not span the same months.
    fn pair_with_reference(&mut self) {
        let metrics = |entry: &Entry| entry.layout.metric_rows(&entry.model.plan);
        let reference = metrics(&self.entries[self.reference]);
        let pair = |(place, entry): (usize, &Entry)| {
            if place == self.reference {
                return Pairing::default();
            }
            let spans_same_months = self.spans_same_months(entry);
            Pairing::new(&metrics(entry), &reference, |period| {
                spans_same_months || period.is_month()
            })
        };
        let pairings: Vec<Pairing> = self.entries.iter().enumerate().map(pair).collect();
        self.entries
            .iter_mut()
            .zip(pairings)
            .for_each(|(entry, pairing)| entry.pairing = pairing);
    }

    /// Whether a scenario spans the same months as the reference.
    pub fn spans_same_months(&self, entry: &Entry) -> bool {
        let reference = &self.entries[self.reference];
        entry.model.plan.scenario.horizon == reference.model.plan.scenario.horizon
    }

    /// Whether the draws of a scenario meet the same worlds as the reference's.
    pub fn is_paired(&self, entry: &Entry) -> bool {
        let reference = &self.entries[self.reference];
        entry
            .model
            .plan
            .scenario
            .simulation
            .pairs_with(&reference.model.plan.scenario.simulation)
    }

    /// Simulates the draws in `range` (all if none), in parallel on the current rayon pool. The result does not depend
    /// on the number of threads. A scenario that fails leaves the others whole.
    ///
    /// # Errors
    /// When no file can be made for what is kept of every draw.
    pub fn run(
        &self,
        range: Option<Range<u64>>,
        progress: &dyn Progress,
    ) -> io::Result<Vec<Result<Finished, Failure>>> {
        let of_entry = |entry: &Entry| {
            let draws = entry.model.plan.scenario.simulation.draws;
            let range = range.clone().unwrap_or(0..draws);
            range.start.min(draws)..range.end.min(draws)
        };
        let ranges: Vec<Range<u64>> = self.entries.iter().map(of_entry).collect();
        let first = ranges.iter().map(|range| range.start / STRIP).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end.div_ceil(STRIP)).max().unwrap_or(0);
        let tally = |(entry, range): (&Entry, &Range<u64>)| {
            let is_paired = !entry.pairing.cells.is_empty() && self.is_paired(entry);
            Tally::new(entry, is_paired, range.clone(), self.log_folder.as_deref(), self.width)
        };
        let tallies: Vec<Tally> = self.entries.iter().zip(&ranges).map(tally).collect::<io::Result<_>>()?;
        let next = AtomicU64::new(first);
        let strips = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|strip| *strip < last);
        // Each thread keeps its room for the whole run, and takes the next strip when it is done with one.
        rayon::broadcast(|_| {
            let mut workspace = Workspace::new(self.width);
            std::iter::from_fn(strips)
                .for_each(|strip| self.run_strip(STRIP * strip, &ranges, &tallies, progress, &mut workspace));
        });
        Ok(tallies.into_iter().map(Tally::finish).collect())
    }

    fn run_strip<'b>(
        &'b self,
        first: u64,
        ranges: &[Range<u64>],
        tallies: &[Tally],
        progress: &dyn Progress,
        workspace: &mut Workspace<'b>,
    ) {
        let numbers = self.pool.draw(first..first + STRIP);
        let mut companions: Vec<Option<CompanionStrip>> = self.companions.iter().map(|_| None).collect();
        let mut reference: Option<Columns> = None;
        let held = self.entries[self.reference].layout.compared();
        let others = (0..self.entries.len()).filter(|&place| place != self.reference);
        for place in std::iter::once(self.reference).chain(others) {
            let (entry, tally, range) = (&self.entries[place], &tallies[place], &ranges[place]);
            let draws = first.max(range.start)..(first + STRIP).min(range.end);
            if draws.is_empty() || tally.has_failed_before(draws.start) {
                continue;
            }
            let count = draws.end - draws.start;
            let companion = companions[entry.companion].get_or_insert_with(|| {
                let CompanionModel { model, places } = &self.companions[entry.companion];
                let runner = workspace.companion(entry.companion, model);
                CompanionStrip::simulate(runner, &model.plan, draws.clone(), numbers.shared(places))
            });
            let (recorder, cells) = workspace.entry(place, entry);
            match Strip::simulate(entry, recorder, cells, draws, numbers.shared(&entry.places), companion) {
                Ok(strip) => {
                    tally.absorb(entry, &strip, reference.as_ref().map(|cells| (cells, &held)));
                    if place == self.reference && self.entries.len() > 1 {
                        reference = Some(strip.cells.part(held.clone()));
                    }
                }
                Err(failure) => tally.fail(failure),
            }
            progress.advance(place, count);
        }
        for (place, companion) in companions.into_iter().enumerate() {
            companion
                .into_iter()
                .for_each(|strip| workspace.take_back(place, strip));
        }
    }
}
