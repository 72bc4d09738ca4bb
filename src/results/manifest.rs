//! `manifest.json`: the scenario, world, seed and draws of a run, so that it can be run again, and the digests of its
//! files, which show that they belong together. It has no date, host or speed, so that the same run gives the same
//! bytes.
//!
//! The same type is written and read. A file is not trusted: its format is checked first, then the keys that readers
//! need.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::own_inputs::SharedInputs;
use super::read::{UnreadableResults, read_regular};
use super::result_table::Detail;
use super::schema::{COMPRESSED, headline_name};
use crate::ensemble::{BatchScenario, Failure, Finished};
use crate::scenario::{PosteriorUse, Scheme};
use crate::statistics::DrawChecks;

/// The name of the file in a result folder.
pub const MANIFEST_FILE: &str = "manifest.json";

/// The version of the result files' form.
pub const FORMAT: u32 = 2;

/// The manifest of one scenario's results.
///
/// Keys that comparing does not need may be missing from a file; they are then empty or zero.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Version of the program.
    pub version: String,
    pub scenario: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub scenario_digest: String,
    /// Whether the scenario names a table of posterior draws that was ignored (`--prior`).
    #[serde(default)]
    pub posterior_ignored: bool,
    /// What data say about its uncertain numbers; none in manifests of versions that did not count them.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    pub world_digest: String,
    /// The scenario that the others of the batch were compared with, if it was known.
    pub reference: Option<String>,
    /// First month.
    #[serde(default)]
    pub start: String,
    #[serde(default)]
    pub months: usize,
    pub seed: u64,
    /// Size of the whole run.
    pub draws: u64,
    /// First draw that these results hold, and the first after them.
    pub draws_simulated: [u64; 2],
    pub sampling: SamplingScheme,
    /// The share of supply, demand or limit to which months were solved.
    pub tolerance: f64,
    /// How much of the results was written.
    #[serde(default)]
    pub detail: Detail,
    #[serde(default)]
    pub checks: RunChecks,
    /// Columns of `draws.csv`, see [`headline_name`].
    pub headlines: Vec<String>,
    /// Who writes the uncertain numbers that `inputs.csv` leaves out; none if it has all of them.
    #[serde(default)]
    pub shared_inputs: Option<SharedInputs>,
    /// BLAKE3 of every file beside this one, in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// BLAKE3 of all of the above, see [`Manifest::seal`].
    #[serde(default)]
    pub digest: String,
}

/// The largest errors over all months of all draws.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RunChecks {
    /// Largest optimality residual.
    pub largest_residual: f64,
    /// Largest gap between restricted trade and the sum of its uses, as a share of trade.
    pub largest_accounting_gap: f64,
    /// Share of the months of connected parts of the network that the slow and careful solver had to solve.
    pub careful_share: f64,
    /// Draws that failed, because a month had no solution. They are in no statistic.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed_draws: u64,
    /// The lowest of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// What is wrong with the draws of headline metrics, by the name of the metric; empty if nothing is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub draws: BTreeMap<String, Vec<String>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How the draws of uncertain parameters were spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SamplingScheme {
    Random,
    LatinHypercube,
}

impl SamplingScheme {
    /// The scheme in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Random => "independent draws",
            Self::LatinHypercube => "Latin hypercube draws",
        }
    }
}

impl From<Scheme> for SamplingScheme {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Random => Self::Random,
            Scheme::LatinHypercube => Self::LatinHypercube,
        }
    }
}

/// Numbers of draws that are held at a time: 32 MB.
const HELD: usize = 4 << 20;

/// What is wrong with the draws of headline metrics, by name. Columns are read a few at a time, so that memory does not grow
/// with the draws.
fn draw_warnings(entry: &BatchScenario, finished: &Finished) -> io::Result<BTreeMap<String, Vec<String>>> {
    let headlines = entry.layout.headlines();
    let at_a_time = (HELD / (finished.draws.draws() as usize).max(1)).max(1);
    let mut warnings = BTreeMap::new();
    for first in (0..headlines.len()).step_by(at_a_time) {
        let columns = first..(first + at_a_time).min(headlines.len());
        let values = finished.draws.columns(columns.clone())?;
        for ((metric, unit, _), values) in headlines[columns].iter().zip(values) {
            let found = DrawChecks::of(&values).warnings();
            if !found.is_empty() {
                warnings.insert(headline_name(metric, unit), found);
            }
        }
    }
    Ok(warnings)
}

/// Read first: in another format the other keys may mean anything.
#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

impl Manifest {
    /// Describes a finished scenario; `draws` are those it simulated, `files` the digests of its files.
    ///
    /// # Errors
    /// When the draws cannot be read back.
    pub fn new(
        entry: &BatchScenario,
        finished: &Finished,
        reference: &str,
        draws: Range<u64>,
        detail: Detail,
        shared_inputs: Option<SharedInputs>,
        files: BTreeMap<String, String>,
    ) -> io::Result<Self> {
        let scenario = &entry.model.plan.scenario;
        let simulation = &scenario.simulation;
        let headlines = entry.layout.headlines().into_iter();
        let manifest = Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            scenario_digest: scenario.digest.clone(),
            posterior_ignored: scenario.posterior == PosteriorUse::Ignored,
            evidence: Some(Evidence::new(scenario)),
            world_digest: scenario.world.digest.clone(),
            reference: Some(reference.to_owned()),
            start: scenario.horizon.start.to_string(),
            months: scenario.horizon.months,
            seed: simulation.seed,
            draws: simulation.draws,
            draws_simulated: [draws.start, draws.end],
            sampling: simulation.scheme.into(),
            tolerance: simulation.tolerance,
            detail,
            checks: RunChecks {
                largest_residual: finished.checks.largest_residual,
                largest_accounting_gap: finished.checks.largest_accounting_gap,
                careful_share: finished.checks.solved.fallback_share(),
                failed_draws: finished.failed.count(),
                failures: finished.failed.lowest().to_vec(),
                draws: draw_warnings(entry, finished)?,
            },
            headlines: headlines.map(|(metric, unit, _)| headline_name(metric, unit)).collect(),
            shared_inputs,
            files,
            digest: String::new(),
        };
        Ok(Self {
            digest: manifest.seal(),
            ..manifest
        })
    }

    /// BLAKE3 of the manifest without its own digest, in hexadecimal: an edited manifest shows by it. White space and keys that
    /// this version does not know are left out.
    pub fn seal(&self) -> String {
        let bare = Self {
            digest: String::new(),
            ..self.clone()
        };
        // Every manifest can be written as JSON.
        let text = serde_json::to_vec(&bare).unwrap_or_default();
        blake3::hash(&text).to_hex().to_string()
    }

    /// The file's text; ends with a newline.
    ///
    /// # Errors
    /// Never in practice: every manifest can be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads the manifest of a result folder.
    ///
    /// # Errors
    /// When it is missing, is no manifest of this format, or contradicts itself.
    pub fn read(folder: &Path) -> Result<Self, UnreadableResults> {
        let path = folder.join(MANIFEST_FILE);
        Self::parse(&path, &read_regular(&path)?)
    }

    /// Parses the text of a manifest; `path` is for messages.
    fn parse(path: &Path, text: &[u8]) -> Result<Self, UnreadableResults> {
        let faulty = |error: serde_json::Error| {
            let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
            let message = error.to_string();
            // The position stands before the message already.
            let reason = message.split(" at line ").next().unwrap_or(&message);
            UnreadableResults::new(path, line, reason.to_owned())
        };
        let FormatOnly { format } = serde_json::from_slice(text).map_err(faulty)?;
        if format != FORMAT {
            let reason =
                format!("the results have format {format}; this version reads format {FORMAT}: run them again");
            return Err(UnreadableResults::new(path, None, reason));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(faulty)?;
        let [start, end] = manifest.draws_simulated;
        if start >= end || end > manifest.draws {
            let reason = format!("draws {start} to {end} are no part of {} draws", manifest.draws);
            return Err(UnreadableResults::new(path, None, reason));
        }
        if manifest.digest != manifest.seal() {
            let reason = "edited since it was written: it does not have its own digest";
            return Err(UnreadableResults::new(path, None, reason.to_owned()));
        }
        Ok(manifest)
    }

    /// The file of a table and its digest, compressed or not; none if the results do not have it.
    pub fn file_of(&self, table: &str) -> Option<(String, &str)> {
        let names = [table.to_owned(), format!("{table}{COMPRESSED}")];
        names.into_iter().find_map(|name| {
            let digest = self.files.get(&name)?;
            Some((name, digest.as_str()))
        })
    }

    /// How many draws the results hold.
    pub fn draws_held(&self) -> u64 {
        self.draws_simulated[1] - self.draws_simulated[0]
    }

    /// What must be said of results that hold a part of the draws of a run, after the name of the scenario.
    pub fn part_of_a_run(&self) -> Option<String> {
        let [start, end] = self.draws_simulated;
        (!self.is_whole()).then(|| format!("holds only draws {start}..{end} of a run of {}.", self.draws))
    }

    /// Whether the results hold all draws of the run.
    pub fn is_whole(&self) -> bool {
        self.draws_held() == self.draws
    }
}
