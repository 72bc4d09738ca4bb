//! From results to rows: every metric of every scenario beside the reference's.

use super::notes::notes;
use super::paired::{Difference, paired_difference, unpaired_difference};
use super::{Manifest, MetricKey, ResultSet, SamplingScheme};
use crate::statistics::Summary;

/// Results side by side. The reference is the first scenario everywhere.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// What the results are called.
    pub scenarios: Vec<String>,
    /// How the reference was drawn, in words.
    pub draws: String,
    /// One per metric.
    pub blocks: Vec<Block>,
    /// What to know before believing the numbers: whole sentences.
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

/// One metric of all scenarios.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub key: MetricKey,
    /// One per scenario, in their order.
    pub rows: Vec<Row>,
}

/// One metric of one scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// As in `metrics.csv`; none if the scenario has no such row.
    pub level: Option<Summary>,
    /// From the reference; none for the reference itself, and where one of the two does not exist.
    pub difference: Option<Difference>,
}

/// Lays `sets`, at least one, side by side; the first is the reference.
pub fn lay_out(sets: &[ResultSet], keys: &[MetricKey]) -> Comparison {
    let reference = &sets[0];
    let blocks: Vec<Block> = keys.iter().map(|key| block(sets, key)).collect();
    Comparison {
        scenarios: sets.iter().map(|set| set.label.clone()).collect(),
        draws: draws_in_words(&reference.manifest),
        notes: notes(sets, &blocks),
        blocks,
        is_stratified: sets
            .iter()
            .any(|set| set.manifest.sampling == SamplingScheme::LatinHypercube),
    }
}

fn block(sets: &[ResultSet], key: &MetricKey) -> Block {
    let reference = &sets[0];
    let row = |(place, set): (usize, &ResultSet)| Row {
        level: set.metrics.get(key).copied(),
        difference: if place == 0 {
            None
        } else {
            difference(reference, set, key)
        },
    };
    Block {
        key: key.clone(),
        rows: sets.iter().enumerate().map(row).collect(),
    }
}

/// Paired by draw if the same draws met the same worlds and their values were kept; else from the two means alone.
fn difference(reference: &ResultSet, scenario: &ResultSet, key: &MetricKey) -> Option<Difference> {
    let tolerance = reference.manifest.tolerance.max(scenario.manifest.tolerance);
    if why_unpaired(&reference.manifest, &scenario.manifest).is_empty()
        && let (Some(before), Some(after)) = (reference.draws_of(key), scenario.draws_of(key))
    {
        return paired_difference(before, after, tolerance);
    }
    let draws = reference.manifest.draws_held().min(scenario.manifest.draws_held());
    unpaired_difference(
        reference.metrics.get(key)?,
        scenario.metrics.get(key)?,
        draws,
        tolerance,
    )
}

/// In what two results differ so that draws of one number are not of one world; empty if in nothing. A Latin hypercube
/// spreads the strata over the whole run, so its size counts as well.
pub(super) fn why_unpaired(reference: &Manifest, scenario: &Manifest) -> Vec<String> {
    let mut reasons = Vec::new();
    if reference.seed != scenario.seed {
        reasons.push(format!("seeds {} and {}", reference.seed, scenario.seed));
    }
    if reference.draws != scenario.draws {
        reasons.push(format!("runs of {} and {} draws", reference.draws, scenario.draws));
    }
    if reference.sampling != scenario.sampling {
        reasons.push(format!(
            "{} and {}",
            reference.sampling.words(),
            scenario.sampling.words()
        ));
    }
    let ([start, end], [other_start, other_end]) = (reference.draws_simulated, scenario.draws_simulated);
    if reference.draws == scenario.draws && reference.draws_simulated != scenario.draws_simulated {
        reasons.push(format!("draws {start}..{end} and {other_start}..{other_end}"));
    }
    reasons
}

fn draws_in_words(manifest: &Manifest) -> String {
    format!(
        "{} {}, seed {}",
        manifest.draws_held(),
        manifest.sampling.words(),
        manifest.seed
    )
}
