//! What is known of a scenario's draws while they come in, and what it leaves in the end.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::batch::Entry;
use super::draw_log::DrawLog;
use super::strip::{STRIP, Strip};
use crate::math::width::Width;
use crate::model::Month;
use crate::statistics::{Collected, Collector, DrawMatrix};

/// Why a scenario could not be finished.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("draw {draw}, {month}: {reason}")]
pub struct Failure {
    pub draw: u64,
    pub month: Month,
    pub reason: String,
}

/// What a finished scenario leaves.
#[derive(Debug)]
pub struct Finished {
    pub collected: Collected,
    /// Against the reference, cells as in [`Entry::pairing`]; none for the reference itself, or where draws cannot be
    /// paired.
    pub difference: Option<Collected>,
    /// Headline metrics, then parameters, of every draw.
    pub draws: DrawLog,
    /// Largest optimality residual of any month of any draw, the companion's included.
    pub largest_residual: f64,
    /// Largest gap in the accounts of any month of any draw, as a share of trade.
    pub largest_accounting_gap: f64,
}

/// What gathers while strips of one scenario come in, in any order.
pub struct Tally {
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
    /// An empty tally of a scenario over some draws, with a place for differences if they are paired.
    pub fn new(
        entry: &Entry,
        is_paired: bool,
        draws: Range<u64>,
        folder: Option<&Path>,
        width: Width,
    ) -> io::Result<Self> {
        let columns = entry.layout.headlines().len() + entry.model.plan.scenario.parameters.len();
        Ok(Self {
            collector: Collector::with_width(entry.layout.cells(), width),
            differences: is_paired.then(|| Collector::with_width(entry.pairing.cells.len(), width)),
            log: DrawLog::new(folder, draws, columns)?,
            kept: Mutex::default(),
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a draw before this one has failed: what comes after it is not asked for.
    pub fn has_failed_before(&self, draw: u64) -> bool {
        self.kept().failure.as_ref().is_some_and(|failure| failure.draw < draw)
    }

    /// Takes note of a failure.
    pub fn fail(&self, failure: Failure) {
        let mut kept = self.kept();
        if kept.failure.as_ref().is_none_or(|known| failure.draw < known.draw) {
            kept.failure = Some(failure);
        }
    }

    /// Takes up a strip; `reference` are the cells of the reference's same draws, and which of its cells they are.
    pub fn absorb(&self, entry: &Entry, strip: &Strip<'_>, reference: Option<(&DrawMatrix, &Range<usize>)>) {
        let number = (strip.first / STRIP) as usize;
        self.collector.absorb(number, strip.cells);
        let mut has_unpaired = false;
        if let Some(collector) = &self.differences {
            match reference.filter(|(reference, _)| reference.draws() == strip.cells.draws()) {
                Some((reference, held)) => {
                    let differences = entry.pairing.differences(strip.cells, reference, held);
                    collector.absorb(number, &differences);
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

    /// What came in, or the failure of the lowest draw.
    pub fn finish(self) -> Result<Finished, Failure> {
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
