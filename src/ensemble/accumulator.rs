//! Accumulates the results of a scenario while its chunks come in, in any order.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::batch::BatchScenario;
use super::draw_chunk::{CHUNK, DrawChunk};
use super::draw_log::DrawLog;
use super::driver::{Failure, LowestFailure};
use crate::math::width::Width;
use crate::statistics::{Collected, Collector, DrawMatrix, Merge};

/// The results of a finished scenario.
#[derive(Debug)]
pub struct Finished {
    pub collected: Collected,
    /// Against the reference, cells as in [`BatchScenario::pairing`]; none for the reference itself, or where draws cannot be
    /// paired.
    pub difference: Option<Collected>,
    /// Headline metrics, then parameters, of every draw.
    pub draws: DrawLog,
    /// Largest optimality residual of any month of any draw, the counterfactual's included.
    pub largest_residual: f64,
    /// Largest gap in the accounts of any month of any draw, as a share of trade.
    pub largest_accounting_gap: f64,
}

impl Finished {
    /// Adds the results of the draws that follow, as if all had been simulated at once.
    ///
    /// # Errors
    /// When they do not follow, or what is kept of every draw cannot be read or written.
    pub fn append(&mut self, later: &Self) -> io::Result<()> {
        let of = |finished: &Self| finished.difference.as_ref().map(Collected::cells);
        if self.collected.cells() != later.collected.cells() || of(self) != of(later) {
            return Err(io::Error::other("these results are of another scenario"));
        }
        self.draws.append(&later.draws)?;
        self.collected.merge(&later.collected);
        if let (Some(difference), Some(later)) = (&mut self.difference, &later.difference) {
            difference.merge(later);
        }
        self.largest_residual = self.largest_residual.max(later.largest_residual);
        self.largest_accounting_gap = self.largest_accounting_gap.max(later.largest_accounting_gap);
        Ok(())
    }
}

/// Accumulates the chunks of one scenario, which any thread may bring in any order.
pub struct ScenarioAccumulator {
    collector: Collector,
    differences: Option<Collector>,
    log: DrawLog,
    failure: LowestFailure,
    /// Why what is kept of every draw could not be written.
    log_fault: Mutex<Option<io::Error>>,
    checks: Mutex<AccumulatedChecks>,
}

#[derive(Default)]
struct AccumulatedChecks {
    largest_residual: f64,
    largest_accounting_gap: f64,
    /// Whether some draw had no counterpart in the reference.
    has_unpaired: bool,
}

impl ScenarioAccumulator {
    /// An empty accumulator of a scenario over some draws, with a place for differences if they are paired.
    pub fn new(
        entry: &BatchScenario,
        is_paired: bool,
        draws: Range<u64>,
        folder: Option<&Path>,
        width: Width,
    ) -> io::Result<Self> {
        let columns = entry.layout.headlines().len() + entry.model.plan.scenario.parameters.len();
        Ok(Self {
            collector: Collector::with_width(entry.layout.cells(), width),
            differences: is_paired.then(|| Collector::with_width(entry.pairing.len(), width)),
            log: DrawLog::new(folder, draws, columns)?,
            failure: LowestFailure::default(),
            log_fault: Mutex::default(),
            checks: Mutex::default(),
        })
    }

    /// Whether a draw before this one has failed: draws after it need not be simulated.
    pub fn has_failed_before(&self, draw: u64) -> bool {
        self.failure.is_before(draw)
    }

    /// Whether what is kept of every draw could not be written.
    pub fn has_log_fault(&self) -> bool {
        self.log_fault.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why what is kept of every draw could not be written, if so; it is told once.
    pub fn take_log_fault(&self) -> Option<io::Error> {
        self.log_fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes note of a failure.
    pub fn fail(&self, failure: Failure) {
        self.failure.note(failure);
    }

    /// Takes up a chunk; `reference` are the cells of the reference's same draws, and which of its cells they are.
    pub fn absorb(
        &self,
        entry: &BatchScenario,
        chunk: &DrawChunk<'_>,
        reference: Option<(&DrawMatrix, &Range<usize>)>,
    ) {
        let number = (chunk.first / CHUNK) as usize;
        self.collector.absorb(number, chunk.cells);
        let mut has_unpaired = false;
        if let Some(collector) = &self.differences {
            match reference.filter(|(reference, _)| reference.draws() == chunk.cells.draws()) {
                Some((reference, held)) => {
                    let differences = entry.pairing.differences(chunk.cells, reference, held);
                    collector.absorb(number, &differences);
                }
                None => has_unpaired = true,
            }
        }
        if let Err(error) = self.log.write(chunk.first, &chunk.logged) {
            let mut fault = self.log_fault.lock().unwrap_or_else(PoisonError::into_inner);
            fault.get_or_insert(error);
        }
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.largest_residual = checks.largest_residual.max(chunk.checks.largest_residual);
        checks.largest_accounting_gap = checks.largest_accounting_gap.max(chunk.checks.largest_accounting_gap);
        checks.has_unpaired |= has_unpaired;
    }

    /// The results of all chunks, which hold the draws before `end`, or the failure of the lowest draw.
    pub fn finish(mut self, end: u64) -> Result<Finished, Failure> {
        let checks = self.checks.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = self.failure.into_inner() {
            return Err(failure);
        }
        // Differences of some draws only would be told as those of all.
        let differences = self.differences.filter(|_| !checks.has_unpaired);
        self.log.truncate(end);
        Ok(Finished {
            collected: self.collector.finish(),
            difference: differences.map(Collector::finish),
            draws: self.log,
            largest_residual: checks.largest_residual,
            largest_accounting_gap: checks.largest_accounting_gap,
        })
    }
}
