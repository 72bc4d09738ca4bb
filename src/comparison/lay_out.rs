//! From results to a comparison: every metric of every scenario beside the reference's.

use super::block::Block;
use super::notes::notes;
use crate::results::read::{MetricKey, ResultSet};
use crate::results::{Manifest, SamplingScheme};

/// Results side by side. The reference is the first scenario everywhere.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// The labels of the results.
    pub scenarios: Vec<String>,
    /// How the reference was drawn, in words.
    pub draws: String,
    /// One per metric.
    pub blocks: Vec<Block>,
    /// Cautions for the reader, in whole sentences.
    pub notes: Vec<String>,
    /// Whether any draws are of a Latin hypercube, which makes standard errors too wide.
    pub is_stratified: bool,
}

impl Comparison {
    /// The name of the reference.
    pub fn reference(&self) -> &str {
        &self.scenarios[0]
    }
}

/// Lays `sets`, at least one, side by side; the first is the reference.
pub fn lay_out(sets: &[ResultSet], keys: &[MetricKey]) -> Comparison {
    let blocks: Vec<Block> = keys.iter().map(|key| Block::new(sets, key)).collect();
    Comparison {
        scenarios: sets.iter().map(|set| set.label.clone()).collect(),
        draws: draws_in_words(&sets[0].manifest),
        notes: notes(sets, &blocks),
        blocks,
        is_stratified: sets
            .iter()
            .any(|set| set.manifest.sampling == SamplingScheme::LatinHypercube),
    }
}

fn draws_in_words(manifest: &Manifest) -> String {
    format!(
        "{} {}, seed {}",
        manifest.draws_held(),
        manifest.sampling.words(),
        manifest.seed
    )
}
