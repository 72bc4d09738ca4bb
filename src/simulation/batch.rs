//! A batch of scenarios over all draws: strips in parallel, scenarios of a strip in step, so that differences are paired.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::abreast::Abreast;
use super::draw_log::DrawLog;
use super::metrics::Companion;
use super::pairing::Pairing;
use super::path::{Model, PathError, PathRunner, SolvedMonth};
use super::plan::Plan;
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
}

/// Scenarios that go through the draws together.
#[derive(Debug)]
pub struct Batch {
    pub entries: Vec<Entry>,
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The registers that months are solved in: the widest at hand, unless changed. Results do not depend on it.
    pub width: Width,
    companions: Vec<Model>,
    log_folder: Option<PathBuf>,
}

impl Batch {
    /// Compiles the scenarios; `reference` is the place of the one that the others are compared with.
    pub fn new(scenarios: Vec<Arc<Scenario>>, reference: usize) -> Self {
        let mut companions: Vec<Model> = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for scenario in scenarios {
            let bare = scenario.without_measures();
            let known = companions
                .iter()
                .position(|companion| companion.plan.scenario.meets_same_world(&bare));
            let companion = known.unwrap_or_else(|| {
                companions.push(Model::new(Plan::new(Arc::new(bare))));
                companions.len() - 1
            });
            let model = Model::new(Plan::new(scenario));
            let layout = Layout::new(&model);
            entries.push(Entry {
                model,
                layout,
                pairing: Pairing::default(),
                companion,
            });
        }
        let mut batch = Self {
            entries,
            reference,
            width: Width::widest(),
            companions,
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
                spans_same_months || period.contains('-')
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
                let model = &self.companions[entry.companion];
                let runner = workspace.companion(entry.companion, model);
                CompanionStrip::simulate(runner, &model.plan, draws.clone())
            });
            let (recorder, cells) = workspace.entry(place, entry);
            match Strip::simulate(entry, recorder, cells, draws, companion) {
                Ok(strip) => {
                    tally.absorb(entry, &strip, reference.as_ref().map(|cells| (cells, &held)));
                    if place == self.reference && self.entries.len() > 1 {
                        reference = Some(strip.cells.slice(s![.., held.clone()]).to_owned());
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

/// What a thread needs for a block of draws, made when it is first needed.
struct Workspace<'b> {
    width: Width,
    companions: BTreeMap<usize, (PathRunner<'b>, Flows)>,
    entries: BTreeMap<usize, Recorder<'b>>,
    cells: Vec<f64>,
}

/// Simulates the months of a scenario and records them.
struct Recorder<'b> {
    runner: PathRunner<'b>,
    room: Room,
}

impl<'b> Workspace<'b> {
    fn new(width: Width) -> Self {
        Self {
            width,
            companions: BTreeMap::new(),
            entries: BTreeMap::new(),
            cells: Vec::new(),
        }
    }

    fn companion(&mut self, place: usize, model: &'b Model) -> (&mut PathRunner<'b>, &mut Flows) {
        let width = self.width;
        let make = || (PathRunner::with_width(model, width), Flows::new(&model.plan, width));
        let (runner, flows) = self.companions.entry(place).or_insert_with(make);
        (runner, flows)
    }

    /// What records a scenario, and room for the cells of a strip of its draws.
    fn entry(&mut self, place: usize, entry: &'b Entry) -> (&mut Recorder<'b>, &mut [f64]) {
        let width = self.width;
        let recorder = self.entries.entry(place).or_insert_with(|| Recorder::new(entry, width));
        let cells = record::STRIP * entry.layout.cells();
        if self.cells.len() < cells {
            self.cells.resize(cells, 0.0);
        }
        (recorder, &mut self.cells[..cells])
    }
}

/// The companion runs of a strip's draws.
struct CompanionStrip {
    /// By group of draws.
    groups: Vec<Companion>,
    /// Draws before the first that failed.
    draws: usize,
    largest_residual: f64,
    failure: Option<Failure>,
}

impl CompanionStrip {
    fn simulate(runner: &mut PathRunner<'_>, flows: &mut Flows, plan: &Plan, draws: Range<u64>) -> Self {
        let mut strip = Self {
            groups: Vec::new(),
            draws: 0,
            largest_residual: 0.0,
            failure: None,
        };
        for group in groups(draws) {
            let mut companion = Companion::new(plan);
            let outcomes = runner.run_in_step(&chances(&group), |months| {
                if let Some(month) = Abreast::new(months) {
                    flows.read(&month, &mut companion.months[month.step()]);
                }
                see_residuals(months, &mut strip.largest_residual);
            });
            strip.groups.push(companion);
            for (draw, outcome) in group.zip(outcomes) {
                if let Err(error) = outcome {
                    strip.failure = Some(failure(draw, error));
                    return strip;
                }
                strip.draws += 1;
            }
        }
        strip
    }
}

/// Draws that go through the months side by side.
fn groups(draws: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    draws
        .clone()
        .step_by(WIDTH)
        .map(move |first| first..draws.end.min(first + WIDTH as u64))
}

fn chances(draws: &Range<u64>) -> Vec<Chance> {
    draws.clone().map(Chance::Draw).collect()
}

fn failure(draw: u64, error: PathError) -> Failure {
    Failure {
        draw,
        month: error.month,
        reason: error.cause.to_string(),
    }
}

/// The cells of a strip's draws, and what else is kept of them.
struct Strip<'a> {
    first: u64,
    /// Shape (draws, cells).
    cells: ArrayView2<'a, f64>,
    /// Headline metrics, then parameters, draw by draw.
    kept: Vec<f64>,
    checks: StripChecks,
}

/// The worst of a strip.
#[derive(Clone, Copy)]
struct StripChecks {
    largest_residual: f64,
    largest_accounting_gap: f64,
}

impl<'a> Strip<'a> {
    fn simulate(
        entry: &Entry,
        recorder: &mut Recorder<'_>,
        cells: &'a mut [f64],
        draws: Range<u64>,
        companions: &CompanionStrip,
    ) -> Result<Self, Failure> {
        let Entry { model, layout, .. } = entry;
        let (first, count) = (draws.start, (draws.end - draws.start) as usize);
        let mut checks = StripChecks {
            largest_residual: companions.largest_residual,
            largest_accounting_gap: 0.0,
        };
        // Where companions stopped, only the draws before that are simulated.
        let known = first..draws.end.min(first + companions.draws as u64);
        for (group, companion) in groups(known.clone()).zip(&companions.groups) {
            let place = (group.start - first) as usize;
            recorder.simulate(entry, &group, cells, place, companion, &mut checks)?;
        }
        if known.end < draws.end {
            let failure = companions.failure.clone();
            return Err(failure.unwrap_or_else(|| unexplained(known.end, &model.plan)));
        }
        let shape = (layout.cells(), record::STRIP);
        let by_cell = ArrayView2::from_shape(shape, &*cells).expect("room for the cells of a strip");
        let cells = by_cell.slice_move(s![.., ..count]).reversed_axes();
        Ok(Self {
            first,
            kept: kept_of_draws(entry, draws, cells),
            cells,
            checks,
        })
    }
}

impl<'b> Recorder<'b> {
    fn new(entry: &'b Entry, width: Width) -> Self {
        let Entry { model, layout, .. } = entry;
        Self {
            runner: PathRunner::with_width(model, width),
            room: Room::new(layout, &model.plan, width),
        }
    }

    /// Simulates draws side by side, whose cells stand from `place` in a strip, and finishes them in their order.
    fn simulate(
        &mut self,
        entry: &Entry,
        draws: &Range<u64>,
        cells: &mut [f64],
        place: usize,
        companion: &Companion,
        checks: &mut StripChecks,
    ) -> Result<(), Failure> {
        let Entry { model, layout, .. } = entry;
        let plan = &model.plan;
        let Self { runner, room } = self;
        let cells = &mut Cells::new(cells, place);
        layout.start(room);
        let outcomes = runner.run_in_step(&chances(draws), |months| {
            if let Some(month) = Abreast::new(months) {
                layout.write_month(plan, &month, companion, room, cells);
            }
            see_residuals(months, &mut checks.largest_residual);
        });
        layout.finish(room, cells);
        let gaps = layout.accounting_gap(companion, plan, room);
        for ((draw, outcome), gap) in draws.clone().zip(outcomes).zip(gaps) {
            outcome.map_err(|error| failure(draw, error))?;
            checks.see_gap(gap, draw, plan)?;
        }
        Ok(())
    }
}

/// Headline metrics of each draw, then its parameters, the cells known.
fn kept_of_draws(entry: &Entry, draws: Range<u64>, cells: ArrayView2<'_, f64>) -> Vec<f64> {
    let headlines = entry.layout.headlines();
    let parameters = &entry.model.plan.scenario.parameters;
    let mut kept = Vec::with_capacity(cells.nrows() * (headlines.len() + parameters.len()));
    for (draw, row) in draws.zip(cells.rows()) {
        let values = entry.model.values(Chance::Draw(draw));
        kept.extend(headlines.iter().map(|headline| row[headline.2]));
        kept.extend(parameters.iter().map(|parameter| parameter.slot.of(&values)));
    }
    kept
}

fn see_residuals(months: &[Option<SolvedMonth<'_>>], largest: &mut f64) {
    for month in months.iter().flatten() {
        *largest = largest.max(month.solution.residual);
    }
}

impl StripChecks {
    fn see_gap(&mut self, gap: f64, draw: u64, plan: &Plan) -> Result<(), Failure> {
        self.largest_accounting_gap = self.largest_accounting_gap.max(gap);
        if gap <= ACCOUNTING_TOLERANCE {
            return Ok(());
        }
        let reason = format!("restricted trade does not add up: gap {gap:.1e} of trade");
        Err(Failure {
            draw,
            month: plan.scenario.horizon.start,
            reason,
        })
    }
}

fn unexplained(draw: u64, plan: &Plan) -> Failure {
    Failure {
        draw,
        month: plan.scenario.horizon.start,
        reason: "the companion run stopped".to_owned(),
    }
}

/// What gathers while strips of one scenario come in, in any order.
struct Tally {
    collector: Collector,
    differences: Option<Collector>,
    log: DrawLog,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    largest_residual: f64,
    largest_accounting_gap: f64,
    /// The failure of the lowest draw, whatever the order in which strips fail.
    failure: Option<Failure>,
    /// Whether some draw had no counterpart in the reference.
    has_unpaired: bool,
}

impl Tally {
    fn new(entry: &Entry, is_paired: bool, draws: Range<u64>, folder: Option<&Path>) -> io::Result<Self> {
        let columns = entry.layout.headlines().len() + entry.model.plan.scenario.parameters.len();
        Ok(Self {
            collector: Collector::new(entry.layout.cells()),
            differences: is_paired.then(|| Collector::new(entry.pairing.cells.len())),
            log: DrawLog::new(folder, draws, columns)?,
            kept: Mutex::default(),
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_failed_before(&self, draw: u64) -> bool {
        self.kept().failure.as_ref().is_some_and(|failure| failure.draw < draw)
    }

    fn fail(&self, failure: Failure) {
        let mut kept = self.kept();
        if kept.failure.as_ref().is_none_or(|known| failure.draw < known.draw) {
            kept.failure = Some(failure);
        }
    }

    /// Takes up a strip; `reference` are the cells of the reference's same draws, and which of its cells they are.
    fn absorb(&self, entry: &Entry, strip: &Strip<'_>, reference: Option<(&Array2<f64>, &Range<usize>)>) {
        let number = (strip.first / STRIP) as usize;
        self.collector.absorb(number, strip.cells);
        let mut has_unpaired = false;
        if let Some(collector) = &self.differences {
            match reference.filter(|(reference, _)| reference.nrows() == strip.cells.nrows()) {
                Some((reference, held)) => {
                    let differences = entry.pairing.differences(strip.cells, reference, held);
                    collector.absorb(number, differences.view());
                }
                None => has_unpaired = true,
            }
        }
        if let Err(error) = self.log.write(strip.first, &strip.kept) {
            self.fail(Failure {
                draw: strip.first,
                month: entry.model.plan.scenario.horizon.start,
                reason: format!("cannot keep what is needed of every draw: {error}"),
            });
        }
        let mut kept = self.kept();
        kept.largest_residual = kept.largest_residual.max(strip.checks.largest_residual);
        kept.largest_accounting_gap = kept.largest_accounting_gap.max(strip.checks.largest_accounting_gap);
        kept.has_unpaired |= has_unpaired;
    }

    fn finish(self) -> Result<Finished, Failure> {
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = kept.failure {
            return Err(failure);
        }
        let differences = self.differences.filter(|_| !kept.has_unpaired);
        Ok(Finished {
            collected: self.collector.finish(),
            difference: differences.map(Collector::finish),
            draws: self.log,
            largest_residual: kept.largest_residual,
            largest_accounting_gap: kept.largest_accounting_gap,
        })
    }
}
