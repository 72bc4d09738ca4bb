//! A batch in waves of a few scenarios, so that memory does not grow with their number: each wave is simulated beside the
//! reference and written, and what the tables of the batch need of it is kept.
//!
//! The reference is simulated again in each wave. To keep its cells of every draw instead would take as much disk as a
//! scenario's results for every hundred draws, and saves a ninth of the work.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::cli::Error;
use crate::cli::progress::Bars;
use crate::ensemble::{Batch, BatchScenario, Failure, Finished, Progress};
use crate::results::{
    BatchMember, CONTEXT_FILE, ComparisonRows, Context, Detail, MANIFEST_FILE, Manifest, ScenarioFolder, WriteError,
    members, result_tables,
};
use crate::scenario::Scenario;

/// Scenarios in a wave beside the reference.
const AT_ONCE: usize = 8;

/// A batch to simulate and write.
pub struct WaveRun<'a> {
    pub scenarios: &'a [Arc<Scenario>],
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The draws to simulate; none for all.
    pub draws: Option<Range<u64>>,
    pub detail: Detail,
    pub out: &'a Path,
    pub pool: &'a ThreadPool,
    pub bars: &'a Bars,
}

/// What came of a batch.
pub struct WavesDone {
    /// In the order of the scenarios.
    pub outcomes: Vec<Result<BatchMember, Failure>>,
    pub comparison: ComparisonRows,
}

impl WaveRun<'_> {
    /// Simulates all waves; each scenario that finishes is written to its folder at once.
    ///
    /// # Errors
    /// When something cannot be written or kept.
    pub fn run(&self, folders: Vec<ScenarioFolder>) -> Result<WavesDone, Error> {
        let mut folders: Vec<Option<ScenarioFolder>> = folders.into_iter().map(Some).collect();
        let mut outcomes: BTreeMap<usize, Result<BatchMember, Failure>> = BTreeMap::new();
        let mut comparison = ComparisonRows::default();
        let horizons: Vec<_> = self.scenarios.iter().map(|scenario| scenario.horizon).collect();
        for wave in waves(self.scenarios.len(), self.reference) {
            let scenarios = wave.iter().map(|place| self.scenarios[*place].clone()).collect();
            let batch = Batch::new(scenarios, 0).as_part_of(horizons.clone());
            let batch = batch.with_log_in(self.out.to_owned());
            let is_new: Vec<bool> = wave.iter().map(|place| !outcomes.contains_key(place)).collect();
            let progress = WaveProgress {
                bars: self.bars,
                places: &wave,
                is_new: &is_new,
            };
            let finished = self.pool.install(|| batch.run(self.draws.clone(), &progress));
            let finished = finished.map_err(|cause| WriteError::new(self.out, cause))?;
            let taken = wave.iter().map(|place| folders[*place].take()).collect();
            self.pool.install(|| self.write(&batch, &finished, taken))?;
            let done: Vec<Option<&Finished>> = finished.iter().map(|outcome| outcome.as_ref().ok()).collect();
            comparison.add(&batch, &done, self.detail, Some(self.out))?;
            for ((place, is_new), outcome) in wave.iter().zip(is_new).zip(members(&batch, finished)?) {
                if is_new {
                    outcomes.insert(*place, outcome);
                }
            }
        }
        Ok(WavesDone {
            outcomes: outcomes.into_values().collect(),
            comparison,
        })
    }

    /// Writes the scenarios of a wave that have finished and still have a folder to be written.
    fn write(
        &self,
        batch: &Batch,
        finished: &[Result<Finished, Failure>],
        folders: Vec<Option<ScenarioFolder>>,
    ) -> Result<(), Error> {
        let sets: Vec<_> = batch.scenarios.iter().zip(finished).zip(folders).collect();
        sets.into_par_iter()
            .try_for_each(|((entry, outcome), folder)| match (outcome, folder) {
                (Ok(finished), Some(folder)) => self.write_scenario(entry, finished, folder),
                // The batch goes on without those that failed, and is told of them at its end.
                _ => Ok(()),
            })
    }

    fn write_scenario(&self, entry: &BatchScenario, finished: &Finished, folder: ScenarioFolder) -> Result<(), Error> {
        let scenario = &entry.model.plan.scenario;
        let mut digests = BTreeMap::new();
        for table in result_tables(entry, finished, self.detail) {
            let digest = folder.write_by(table.name, |out| table.write_to(out))?;
            digests.insert(table.name.to_owned(), digest.to_hex().to_string());
        }
        let context = Context::new(scenario).to_json();
        let context = context.map_err(std::io::Error::from)?;
        let digest = folder.write_by(CONTEXT_FILE, |out| out.write_all(context.as_bytes()))?;
        digests.insert(CONTEXT_FILE.to_owned(), digest.to_hex().to_string());
        let reference = &self.scenarios[self.reference].name;
        let draws = self.draws.clone().unwrap_or(0..scenario.simulation.draws);
        let manifest = Manifest::new(entry, finished, reference, draws, self.detail, digests);
        let text = manifest.to_json().map_err(std::io::Error::from)?;
        folder.write(MANIFEST_FILE, text.as_bytes())?;
        Ok(folder.finish()?)
    }
}

/// The places of the scenarios of each wave, the reference first; waves are of about the same size.
fn waves(scenarios: usize, reference: usize) -> Vec<Vec<usize>> {
    let others: Vec<usize> = (0..scenarios).filter(|place| *place != reference).collect();
    let count = others.len().div_ceil(AT_ONCE).max(1);
    let size = others.len().div_ceil(count).max(1);
    let wave = |others: &[usize]| [&[reference], others].concat();
    if others.is_empty() {
        return vec![vec![reference]];
    }
    others.chunks(size).map(wave).collect()
}

/// Progress of a wave as that of its batch; the reference advances once.
struct WaveProgress<'w> {
    bars: &'w Bars,
    /// The place in the batch of each scenario of the wave.
    places: &'w [usize],
    is_new: &'w [bool],
}

impl Progress for WaveProgress<'_> {
    fn advance(&self, scenario: usize, draws: u64) {
        if self.is_new[scenario] {
            self.bars.advance(self.places[scenario], draws);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_in_a_wave_and_the_reference_in_all() {
        assert_eq!(waves(1, 0), [vec![0]]);
        assert_eq!(waves(3, 1), [vec![1, 0, 2]]);
        for scenarios in [9, 10, 17, 18, 40] {
            let waves = waves(scenarios, 4);
            assert!(
                waves.iter().all(|wave| wave[0] == 4 && wave.len() <= AT_ONCE + 1),
                "{waves:?}"
            );
            let mut others: Vec<usize> = waves.iter().flat_map(|wave| wave[1..].to_vec()).collect();
            others.sort_unstable();
            let expected: Vec<usize> = (0..scenarios).filter(|place| *place != 4).collect();
            assert_eq!(others, expected);
        }
    }
}
