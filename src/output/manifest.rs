//! What ran: enough to run it again and to know that files belong together. Nothing about when, where or how fast.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::result_table::headline_name;
use crate::ensemble::{BatchScenario, Finished};
use crate::scenario::Scheme;

/// The version of the result files' form.
pub const FORMAT: u32 = 1;

/// `manifest.json` of one scenario.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Version of the program.
    pub version: String,
    pub scenario: String,
    pub title: String,
    pub scenario_digest: String,
    pub world_digest: String,
    /// The scenario that the others of the batch were compared with.
    pub reference: String,
    pub start: String,
    pub months: usize,
    pub seed: u64,
    /// Size of the whole run.
    pub draws: u64,
    /// First draw that these results hold, and the first after them.
    pub draws_simulated: [u64; 2],
    pub sampling: String,
    pub tolerance: f64,
    pub checks: Checks,
    /// Columns of `draws.csv` that are metrics.
    pub headlines: Vec<String>,
    /// BLAKE3 of every file beside this one.
    pub files: BTreeMap<String, String>,
}

/// What was checked in every month of every draw.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Checks {
    /// Largest optimality residual.
    pub largest_residual: f64,
    /// Largest gap between restricted trade and what became of it, as a share of trade.
    pub largest_accounting_gap: f64,
}

impl Manifest {
    /// Describes a finished scenario; `draws` are those it simulated, `files` the digests of its files.
    pub fn new(
        entry: &BatchScenario,
        finished: &Finished,
        reference: &str,
        draws: std::ops::Range<u64>,
        files: BTreeMap<String, String>,
    ) -> Self {
        let scenario = &entry.model.plan.scenario;
        let simulation = &scenario.simulation;
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            scenario_digest: scenario.digest.clone(),
            world_digest: scenario.world.digest.clone(),
            reference: reference.to_owned(),
            start: scenario.horizon.start.to_string(),
            months: scenario.horizon.months,
            seed: simulation.seed,
            draws: simulation.draws,
            draws_simulated: [draws.start, draws.end],
            sampling: match simulation.scheme {
                Scheme::Random => "random",
                Scheme::LatinHypercube => "latin_hypercube",
            }
            .to_owned(),
            tolerance: simulation.tolerance,
            checks: Checks {
                largest_residual: finished.largest_residual,
                largest_accounting_gap: finished.largest_accounting_gap,
            },
            headlines: entry
                .layout
                .headlines()
                .into_iter()
                .map(|(metric, unit, _)| headline_name(metric, unit))
                .collect(),
            files,
        }
    }
}
