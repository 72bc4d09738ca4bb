//! What a result folder says about itself.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::Unreadable;
use crate::output::FORMAT;

/// How the draws of uncertain parameters were spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
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

/// The part of `manifest.json` that comparing needs; other keys are nobody's business here.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Manifest {
    /// Version of the program that wrote the results.
    pub version: String,
    pub scenario: String,
    pub world_digest: String,
    /// The scenario that the others of the batch were compared with, if it was known.
    pub reference: Option<String>,
    pub seed: u64,
    /// Size of the whole run.
    pub draws: u64,
    /// First draw that these results hold, and the first after them.
    pub draws_simulated: [u64; 2],
    pub sampling: SamplingScheme,
    /// Largest optimality residual of a month.
    pub tolerance: f64,
    /// Columns of `draws.csv` that are metrics: `metric_unit`.
    pub headlines: Vec<String>,
    /// BLAKE3 of the files beside the manifest, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// Read before all else: in another form the other keys may mean anything.
#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

impl Manifest {
    /// Understands the text of a manifest; `path` is for messages.
    pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Self, Unreadable> {
        let faulty = |error: serde_json::Error| {
            let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
            let message = error.to_string();
            // The position stands before the message already.
            let reason = message.split(" at line ").next().unwrap_or(&message);
            Unreadable::new(path, line, reason.to_owned())
        };
        let FormatOnly { format } = serde_json::from_slice(text).map_err(faulty)?;
        if format != FORMAT {
            let reason = format!("the results have format {format}; this version compares format {FORMAT}");
            return Err(Unreadable::new(path, None, reason));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(faulty)?;
        let [start, end] = manifest.draws_simulated;
        if start >= end || end > manifest.draws {
            let reason = format!("draws {start} to {end} are no part of {} draws", manifest.draws);
            return Err(Unreadable::new(path, None, reason));
        }
        Ok(manifest)
    }

    /// How many draws the results hold.
    pub fn draws_held(&self) -> u64 {
        self.draws_simulated[1] - self.draws_simulated[0]
    }

    /// Whether the results hold all draws of the run.
    pub fn is_whole(&self) -> bool {
        self.draws_held() == self.draws
    }
}
