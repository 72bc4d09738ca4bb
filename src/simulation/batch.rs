//! A batch of scenarios over all draws: blocks in parallel, scenarios of a block in step, so that differences are paired.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array2, Array3, s};
use rayon::prelude::*;

use super::metrics::{Companion, monthly_terms};
use super::path::{Model, PathError, PathRunner};
use super::plan::Plan;
use super::record::{Layout, RowSpec};
use super::sampling::Chance;
use crate::math::lanes::WIDTH;
use crate::math::width::Width;
use crate::model::{Month, Scenario};
use crate::statistics::{Collected, Collector};

/// Draws per block: the unit of parallel work and of every fixed order of summation.
pub const BLOCK: u64 = 64;

/// Largest gap in the accounts that rounding explains, as a share of a good's trade.
const ACCOUNTING_TOLERANCE: f64 = 1e-9;

/// Hears how a run gets on; called from all threads.
pub trait Progress: Sync {
    /// So many more draws of a scenario are done.
    fn advance(&self, scenario: usize, draws: u64);
}

/// Why a scenario could not be finished.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("draw {draw}, {month}: {reason}")]
pub struct Failure {
    pub draw: u64,
    pub month: Month,
    pub reason: String,
}

/// The difference of a scenario from the reference, draw by draw.
#[derive(Debug)]
pub struct Difference {
    /// Rows of metrics that both have; cells refer to `collected`.
    pub rows: Vec<RowSpec>,
    pub collected: Collected,
}

/// What a finished scenario leaves.
#[derive(Debug)]
pub struct Finished {
    pub collected: Collected,
    /// Against the reference; none for the reference itself, or where draws cannot be paired.
    pub difference: Option<Difference>,
    /// Headline metrics, then parameters, of every draw.
    pub draws: Vec<Vec<f64>>,
    /// Largest optimality residual of any month of any draw, the companion's included.
    pub largest_residual: f64,
    /// Largest gap in the accounts of any month of any draw, as a share of trade.
    pub largest_accounting_gap: f64,
}

/// A scenario of a batch with everything its draws need.
#[derive(Debug)]
pub struct Entry {
    pub model: Model,
    pub layout: Layout,
    companion: usize,
    pairing: Option<Pairing>,
    /// Cells of the headline metrics.
    headlines: Vec<usize>,
}

/// Which cells of a scenario are compared with which of the reference.
#[derive(Debug)]
struct Pairing {
    rows: Vec<RowSpec>,
    /// Cell and scale here, cell and scale in the reference.
    cells: Vec<(usize, f64, usize, f64)>,
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
            let headlines = layout.headlines().iter().map(|headline| headline.2).collect();
            entries.push(Entry {
                model,
                layout,
                companion,
                pairing: None,
                headlines,
            });
        }
        let mut batch = Self {
            entries,
            reference,
            width: Width::widest(),
            companions,
        };
        batch.pair_with_reference();
        batch
    }

    fn pair_with_reference(&mut self) {
        let reference = &self.entries[self.reference];
        let simulation = reference.model.plan.scenario.simulation;
        let known: BTreeMap<Vec<String>, RowSpec> = reference
            .layout
            .metric_rows(&reference.model.plan)
            .into_iter()
            .map(|row| (row.key.clone(), row))
            .collect();
        let pairings: Vec<Option<Pairing>> = self
            .entries
            .iter()
            .enumerate()
            .map(|(place, entry)| {
                let own = &entry.model.plan.scenario;
                let pairs = place != self.reference && own.simulation.pairs_with(&simulation);
                pairs.then(|| Pairing::new(&self.comparable_rows(entry), &known))
            })
            .collect();
        self.entries
            .iter_mut()
            .zip(pairings)
            .for_each(|(entry, pairing)| entry.pairing = pairing);
    }

    /// The metrics of a scenario that mean the same as the reference's: all of them, or only those of single months where
    /// the two do not span the same months.
    pub fn comparable_rows(&self, entry: &Entry) -> Vec<RowSpec> {
        let mut rows = entry.layout.metric_rows(&entry.model.plan);
        if !self.spans_same_months(entry) {
            rows.retain(|row| row.key[1].contains('-'));
        }
        rows
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
    pub fn run(&self, range: Option<Range<u64>>, progress: &dyn Progress) -> Vec<Result<Finished, Failure>> {
        let tallies: Vec<Tally> = self.entries.iter().map(Tally::new).collect();
        let of_entry = |entry: &Entry| {
            let draws = entry.model.plan.scenario.simulation.draws;
            let range = range.clone().unwrap_or(0..draws);
            range.start.min(draws)..range.end.min(draws)
        };
        let ranges: Vec<Range<u64>> = self.entries.iter().map(of_entry).collect();
        let first = ranges.iter().map(|range| range.start / BLOCK).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end.div_ceil(BLOCK)).max().unwrap_or(0);
        (first..last)
            .into_par_iter()
            .for_each(|block| self.run_block(block, &ranges, &tallies, progress));
        self.entries
            .iter()
            .zip(tallies)
            .map(|(entry, tally)| tally.finish(entry))
            .collect()
    }

    fn run_block(&self, block: u64, ranges: &[Range<u64>], tallies: &[Tally], progress: &dyn Progress) {
        let mut companions: Vec<Option<CompanionBlock>> = self.companions.iter().map(|_| None).collect();
        let mut reference_rows: Option<Array2<f64>> = None;
        let others = (0..self.entries.len()).filter(|&place| place != self.reference);
        for place in std::iter::once(self.reference).chain(others) {
            let (entry, tally, range) = (&self.entries[place], &tallies[place], &ranges[place]);
            let draws = (block * BLOCK).max(range.start)..((block + 1) * BLOCK).min(range.end);
            if draws.is_empty() || tally.has_failed_before(draws.start) {
                continue;
            }
            let count = draws.end - draws.start;
            let companion = companions[entry.companion].get_or_insert_with(|| {
                CompanionBlock::simulate(&self.companions[entry.companion], draws.clone(), self.width)
            });
            match BlockRows::simulate(entry, draws, companion, self.width) {
                Ok(rows) => {
                    tally.absorb(entry, block, &rows, reference_rows.as_ref());
                    if place == self.reference {
                        reference_rows = Some(rows.cells);
                    }
                }
                Err(failure) => tally.fail(failure),
            }
            progress.advance(place, count);
        }
    }
}

impl Pairing {
    fn new(own: &[RowSpec], reference: &BTreeMap<Vec<String>, RowSpec>) -> Self {
        let mut places: BTreeMap<(usize, u64, usize, u64), usize> = BTreeMap::new();
        let mut pairing = Self {
            rows: Vec::new(),
            cells: Vec::new(),
        };
        for row in own {
            let Some(counterpart) = reference.get(&row.key) else {
                continue;
            };
            // Rows of one cell differ by a factor only: where it is the same on both sides, one difference serves them.
            let shared = row.scale == counterpart.scale;
            let (here, there) = if shared {
                (1.0, 1.0)
            } else {
                (row.scale, counterpart.scale)
            };
            let key = (row.cell, here.to_bits(), counterpart.cell, there.to_bits());
            let cell = *places.entry(key).or_insert_with(|| {
                pairing.cells.push((row.cell, here, counterpart.cell, there));
                pairing.cells.len() - 1
            });
            let scale = if shared { row.scale } else { 1.0 };
            pairing.rows.push(RowSpec {
                key: row.key.clone(),
                cell,
                scale,
            });
        }
        pairing
    }

    fn differences(&self, own: &Array2<f64>, reference: &Array2<f64>) -> Array2<f64> {
        Array2::from_shape_fn((own.nrows(), self.cells.len()), |(draw, place)| {
            let (cell, scale, counterpart, its_scale) = self.cells[place];
            scale * own[[draw, cell]] - its_scale * reference[[draw, counterpart]]
        })
    }
}

/// The companion runs of a block's draws.
struct CompanionBlock {
    draws: Vec<Companion>,
    largest_residual: f64,
    failure: Option<Failure>,
}

impl CompanionBlock {
    fn simulate(model: &Model, draws: Range<u64>, width: Width) -> Self {
        let mut block = Self {
            draws: Vec::new(),
            largest_residual: 0.0,
            failure: None,
        };
        let mut runner = PathRunner::with_width(model, width);
        for group in groups(draws) {
            let mut companions: Vec<Companion> = group.iter().map(|_| Companion::new(&model.plan)).collect();
            let outcomes = runner.run_together(&chances(&group), |place, month| {
                block.largest_residual = block.largest_residual.max(month.solution.residual);
                companions[place].keep(&model.plan, month);
            });
            for ((draw, outcome), companion) in group.into_iter().zip(outcomes).zip(companions) {
                if let Err(error) = outcome {
                    block.failure = Some(failure(draw, error));
                    return block;
                }
                block.draws.push(companion);
            }
        }
        block
    }
}

/// Draws cut into groups that are simulated side by side.
fn groups(draws: Range<u64>) -> impl Iterator<Item = Vec<u64>> {
    draws
        .clone()
        .step_by(WIDTH)
        .map(move |first| (first..draws.end.min(first + WIDTH as u64)).collect())
}

fn chances(draws: &[u64]) -> Vec<Chance> {
    draws.iter().map(|&draw| Chance::Draw(draw)).collect()
}

fn failure(draw: u64, error: PathError) -> Failure {
    Failure {
        draw,
        month: error.month,
        reason: error.cause.to_string(),
    }
}

/// The cells of a block's draws, and what else is kept of them.
struct BlockRows {
    cells: Array2<f64>,
    draws: Vec<Vec<f64>>,
    largest_residual: f64,
    largest_accounting_gap: f64,
}

impl BlockRows {
    fn simulate(entry: &Entry, draws: Range<u64>, companions: &CompanionBlock, width: Width) -> Result<Self, Failure> {
        let Entry { model, layout, .. } = entry;
        let count = (draws.end - draws.start) as usize;
        let mut rows = Self {
            cells: Array2::zeros((count, layout.cells())),
            draws: Vec::with_capacity(count),
            largest_residual: companions.largest_residual,
            largest_accounting_gap: 0.0,
        };
        let mut runner = PathRunner::with_width(model, width);
        for group in groups(draws) {
            rows.simulate_group(entry, &group, companions, &mut runner)?;
        }
        Ok(rows)
    }

    /// Simulates draws side by side, and finishes them in their order.
    fn simulate_group(
        &mut self,
        entry: &Entry,
        draws: &[u64],
        companions: &CompanionBlock,
        runner: &mut PathRunner<'_>,
    ) -> Result<(), Failure> {
        let Entry { model, layout, .. } = entry;
        let plan = &model.plan;
        let first = self.draws.len();
        let companions_of_group = companions.draws.get(first..).unwrap_or_default();
        // Where companions stopped, only the draws before that are simulated.
        let known = draws.len().min(companions_of_group.len());
        let mut terms: Vec<Array3<f64>> = (0..known)
            .map(|_| monthly_terms(&layout.accounts, plan.scenario.horizon.months))
            .collect();
        for place in 0..known {
            layout.start(row(&mut self.cells, first + place));
        }
        let outcomes = runner.run_together(&chances(&draws[..known]), |place, month| {
            self.largest_residual = self.largest_residual.max(month.solution.residual);
            layout.write_month(plan, month, row(&mut self.cells, first + place));
            layout.add_terms(plan, month, &companions_of_group[place], &mut terms[place]);
        });
        for (place, outcome) in outcomes.into_iter().enumerate() {
            let draw = draws[place];
            outcome.map_err(|error| failure(draw, error))?;
            let cells = row(&mut self.cells, first + place);
            layout.write_metrics(&terms[place], cells);
            let gap = layout.accounting_gap(&companions_of_group[place], plan, &terms[place]);
            self.keep_draw(entry, draw, first + place);
            self.check_accounts(gap, draw, plan)?;
        }
        match draws.get(known) {
            Some(&draw) => Err(companions.failure.clone().unwrap_or_else(|| unexplained(draw, plan))),
            None => Ok(()),
        }
    }

    /// Headline metrics and parameters of a draw.
    fn keep_draw(&mut self, entry: &Entry, draw: u64, place: usize) {
        let cells = self.cells.row(place);
        let values = entry.model.values(Chance::Draw(draw));
        let parameters = &entry.model.plan.scenario.parameters;
        let parameters = parameters.iter().map(|parameter| parameter.slot.of(&values));
        let headlines = entry.headlines.iter().map(|&cell| cells[cell]);
        self.draws.push(headlines.chain(parameters).collect());
    }

    fn check_accounts(&mut self, gap: f64, draw: u64, plan: &Plan) -> Result<(), Failure> {
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

/// A row of cells as a slice; the array is in standard layout.
fn row(cells: &mut Array2<f64>, place: usize) -> &mut [f64] {
    cells.row_mut(place).into_slice().unwrap_or_default()
}

fn unexplained(draw: u64, plan: &Plan) -> Failure {
    Failure {
        draw,
        month: plan.scenario.horizon.start,
        reason: "the companion run stopped".to_owned(),
    }
}

/// What gathers while blocks of one scenario come in, in any order.
struct Tally {
    collector: Collector,
    differences: Option<Collector>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    draws: BTreeMap<u64, Vec<Vec<f64>>>,
    largest_residual: f64,
    largest_accounting_gap: f64,
    /// The failure of the lowest draw, whatever the order in which blocks fail.
    failure: Option<Failure>,
    unpaired_block: bool,
}

impl Tally {
    fn new(entry: &Entry) -> Self {
        Self {
            collector: Collector::new(entry.layout.cells()),
            differences: entry
                .pairing
                .as_ref()
                .map(|pairing| Collector::new(pairing.cells.len())),
            kept: Mutex::default(),
        }
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

    fn absorb(&self, entry: &Entry, block: u64, rows: &BlockRows, reference: Option<&Array2<f64>>) {
        let index = block as usize;
        self.collector.absorb(index, rows.cells.view());
        let mut unpaired = false;
        if let (Some(collector), Some(pairing)) = (&self.differences, &entry.pairing) {
            match reference.filter(|reference| reference.nrows() == rows.cells.nrows()) {
                Some(reference) => {
                    collector.absorb(index, pairing.differences(&rows.cells, reference).slice(s![.., ..]));
                }
                None => unpaired = true,
            }
        }
        let mut kept = self.kept();
        kept.draws.insert(block, rows.draws.clone());
        kept.largest_residual = kept.largest_residual.max(rows.largest_residual);
        kept.largest_accounting_gap = kept.largest_accounting_gap.max(rows.largest_accounting_gap);
        kept.unpaired_block |= unpaired;
    }

    fn finish(self, entry: &Entry) -> Result<Finished, Failure> {
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = kept.failure {
            return Err(failure);
        }
        let difference = match (self.differences, &entry.pairing) {
            (Some(collector), Some(pairing)) if !kept.unpaired_block => Some(Difference {
                rows: pairing.rows.clone(),
                collected: collector.finish(),
            }),
            _ => None,
        };
        Ok(Finished {
            collected: self.collector.finish(),
            difference,
            draws: kept.draws.into_values().flatten().collect(),
            largest_residual: kept.largest_residual,
            largest_accounting_gap: kept.largest_accounting_gap,
        })
    }
}
