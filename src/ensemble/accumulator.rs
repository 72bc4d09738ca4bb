//! Accumulates the results of a scenario while its chunks come in, in any order.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::batch::BatchScenario;
use super::draw_chunk::{DrawChunk, SolutionChecks, group_of};
use super::draw_log::DrawLog;
use super::driver::Failure;
use super::failed_draws::FailedDraws;
use super::record::PastCell;
use crate::math::simd::WIDTH;
use crate::math::width::Width;
use crate::statistics::{Accumulator, Collected, Collector, DrawMatrix, Merge};

/// The results of a finished scenario.
#[derive(Clone, Debug)]
pub struct Finished {
    pub collected: Collected,
    /// Against the reference, cells as in [`BatchScenario::pairing`]; none for the reference itself, or where draws cannot be
    /// paired.
    pub difference: Option<Collected>,
    /// Headline metrics, then parameters, of every draw.
    pub draws: DrawLog,
    /// The draws that are in no statistic.
    pub failed: FailedDraws,
    pub checks: SolutionChecks,
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
        self.failed.append(&later.failed);
        self.checks.append(&later.checks);
        Ok(())
    }

    /// A copy in which other cells are empty.
    pub fn of_cells(&self, cells: Range<usize>) -> Self {
        Self {
            collected: self.collected.of_cells(cells),
            difference: None,
            ..self.clone()
        }
    }

    /// The results, or the lowest failure if too many draws failed.
    ///
    /// # Errors
    /// As said.
    pub fn outcome(self) -> Result<Self, Failure> {
        match self.failed.fault() {
            Some(failure) => Err(failure.clone()),
            None => Ok(self),
        }
    }
}

/// Accumulates the chunks of one scenario, which any thread may bring in any order.
pub struct ScenarioAccumulator {
    collector: Collector,
    differences: Option<Collector>,
    draws: Range<u64>,
    log: DrawLog,
    /// Why the scenario was given up before these draws.
    given_up: Option<Failure>,
    failed: Mutex<FailedDraws>,
    /// Why what is kept of every draw could not be written.
    log_fault: Mutex<Option<io::Error>>,
    checks: Mutex<AccumulatedChecks>,
}

#[derive(Default)]
struct AccumulatedChecks {
    of_solutions: SolutionChecks,
    /// Whether some draw had no counterpart in the reference.
    has_unpaired: bool,
}

impl ScenarioAccumulator {
    /// An empty accumulator of a scenario over some draws, with a place for differences if they are paired. It is for the cells
    /// from `first_cell` on.
    pub fn new(
        entry: &BatchScenario,
        first_cell: usize,
        is_paired: bool,
        draws: Range<u64>,
        folder: Option<&Path>,
        width: Width,
    ) -> io::Result<Self> {
        let scenario = &entry.model.plan.scenario;
        let group = group_of(scenario.simulation.draws) as usize;
        let collector = |cells: Range<usize>| Collector::with_width(cells, width).in_groups_of(group);
        Ok(Self {
            collector: collector(first_cell..entry.layout.cells()),
            differences: is_paired.then(|| collector(0..entry.pairing.len())),
            log: DrawLog::new(folder, draws.clone(), entry.numbers_of_a_draw())?,
            draws,
            given_up: None,
            failed: Mutex::new(FailedDraws::none_of(scenario.simulation.draws)),
            log_fault: Mutex::default(),
            checks: Mutex::default(),
        })
    }

    /// Whether too many draws have failed, and the lowest of them lies before this one: draws after it need not be simulated.
    pub fn has_failed_before(&self, draw: u64) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        self.given_up.is_some() || failed.fault().is_some_and(|failure| failure.draw < draw)
    }

    /// Whether what is kept of every draw could not be written.
    pub fn has_log_fault(&self) -> bool {
        self.log_fault.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why what is kept of every draw could not be written, if so; it is told once.
    pub fn take_log_fault(&self) -> Option<io::Error> {
        self.log_fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes note that something kept of draws could not be read.
    pub fn note_log_fault(&self, error: io::Error) {
        let mut fault = self.log_fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.get_or_insert(error);
    }

    /// Whether some draw has failed.
    pub fn has_failures(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        self.given_up.is_some() || failed.count() > 0
    }

    /// Gives the scenario up for a failure of earlier draws.
    pub fn give_up(&mut self, failure: Failure) {
        self.given_up = Some(failure);
    }

    /// Takes up a chunk; `reference` are the compared cells of the reference's same draws.
    pub fn absorb(&self, entry: &BatchScenario, chunk: DrawChunk<'_>, reference: Option<&DrawMatrix>) {
        let number = chunk.first as usize / WIDTH;
        self.collector.absorb(number, chunk.cells);
        let mut has_unpaired = false;
        if let Some(collector) = &self.differences {
            match reference.filter(|reference| reference.draws() == chunk.cells.draws()) {
                Some(reference) => collector.absorb_parts(number, chunk.cells.draws(), |differences| {
                    entry.pairing.write_differences(chunk.cells, reference, differences);
                }),
                None => has_unpaired = true,
            }
        }
        if let Err(error) = self.log.write(chunk.first, &chunk.logged) {
            self.note_log_fault(error);
        }
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.of_solutions.append(&chunk.checks);
        checks.has_unpaired |= has_unpaired;
        if !chunk.failures.is_empty() {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.add(chunk.failures);
        }
    }

    /// The results of all chunks, which hold the draws before `end`, or the failure of the lowest draw if too many failed.
    /// `past` are the statistics of the leader and what the first cells hold, of a scenario that follows another.
    pub fn finish(mut self, end: u64, past: Option<(&Collected, Vec<PastCell>)>) -> Result<Finished, Failure> {
        let checks = self.checks.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = self.given_up {
            return Err(failure);
        }
        // Differences of some draws only would be told as those of all.
        let differences = self.differences.filter(|_| !checks.has_unpaired);
        self.log.truncate(end);
        let count = (end.min(self.draws.end) - self.draws.start.min(end)) as u32;
        let of_past = |leader: &Collected, cell: &PastCell| match *cell {
            PastCell::OfLeader(cell) => leader.cell(cell).clone(),
            PastCell::Zero if count > 0 => Accumulator::Constant { value: 0.0, count },
            PastCell::Zero | PastCell::Empty => Accumulator::Empty,
        };
        let own = self.collector.finish();
        let collected = match past {
            Some((leader, cells)) => own.behind(cells.iter().map(|cell| of_past(leader, cell))),
            None => own,
        };
        let finished = Finished {
            collected,
            difference: differences.map(Collector::finish),
            draws: self.log,
            failed: self.failed.into_inner().unwrap_or_else(PoisonError::into_inner),
            checks: checks.of_solutions,
        };
        finished.outcome()
    }
}
