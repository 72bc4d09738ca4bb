//! One metric of all scenarios, each beside the reference.

use super::paired::{Difference, paired_difference, unpaired_difference};
use crate::results::Manifest;
use crate::results::read::{MetricKey, ResultSet};
use crate::statistics::Summary;

/// One metric of all scenarios.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub key: MetricKey,
    /// One per scenario, in their order.
    pub rows: Vec<ScenarioRow>,
}

/// One metric of one scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScenarioRow {
    /// As in `metrics.csv`; none if the scenario has no such row.
    pub level: Option<Summary>,
    /// From the reference; none for the reference itself, and where one of the two does not exist.
    pub difference: Option<Difference>,
}

impl Block {
    /// Compares the metric `key` of `sets`, of which the first is the reference.
    pub(super) fn new(sets: &[ResultSet], key: &MetricKey) -> Self {
        let reference = &sets[0];
        let row = |(place, set): (usize, &ResultSet)| ScenarioRow {
            level: set.metrics.get(key).copied(),
            difference: if place == 0 {
                None
            } else {
                difference(reference, set, key)
            },
        };
        Self {
            key: key.clone(),
            rows: sets.iter().enumerate().map(row).collect(),
        }
    }
}

/// Paired by draw if the same draws have the same worlds and their values were kept; otherwise from the two means
/// alone.
fn difference(reference: &ResultSet, scenario: &ResultSet, key: &MetricKey) -> Option<Difference> {
    // Both runs may be off by their tolerance, so the coarser one decides.
    let tolerance = reference.manifest.tolerance.max(scenario.manifest.tolerance);
    if why_unpaired(&reference.manifest, &scenario.manifest).is_empty()
        && let (Some(before), Some(after)) = (reference.draws_of(key), scenario.draws_of(key))
    {
        return paired_difference(before, after, tolerance);
    }
    // The smaller run has fewer degrees of freedom, which makes the verdict more cautious.
    let draws = reference.manifest.draws_held().min(scenario.manifest.draws_held());
    unpaired_difference(
        reference.metrics.get(key)?,
        scenario.metrics.get(key)?,
        draws,
        tolerance,
    )
}

/// The reasons why draws with the same number cannot be paired; empty if they can. A Latin hypercube spreads the strata
/// over the whole run, so its size counts as well.
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
    // Runs of different size hold different draws anyway, which was said above.
    if reference.draws == scenario.draws && reference.draws_simulated != scenario.draws_simulated {
        reasons.push(format!("draws {start}..{end} and {other_start}..{other_end}"));
    }
    reasons
}
