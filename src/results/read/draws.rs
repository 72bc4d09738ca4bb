//! One headline metric and all uncertain numbers, draw by draw.

use super::{DescribedResults, UnreadableResults, read_inputs};
use crate::results::schema::DRAWS;

/// A headline metric and the uncertain numbers of a scenario, each with a value per draw; not-a-number where it does not
/// exist.
#[derive(Clone, PartialEq, Debug)]
pub struct OutcomeDraws {
    pub outcome: Vec<f64>,
    /// By dotted name.
    pub numbers: Vec<(String, Vec<f64>)>,
}

/// Reads the draws of a scenario.
///
/// # Errors
/// When the table is missing, damaged, was changed, or has not the metric.
pub fn read_outcome(set: &DescribedResults, headline: &str) -> Result<OutcomeDraws, UnreadableResults> {
    let fault = |reason: String| UnreadableResults::new(&set.folder.join(DRAWS.file), None, reason);
    let missing = || fault("the manifest has no digest of it".to_owned());
    let mut table = set.table(DRAWS.file)?.ok_or_else(missing)?;
    let place = table.column(headline)?;
    let mut outcome = Vec::new();
    while let Some(row) = table.next_row()? {
        outcome.push(row.number(place)?);
    }
    if outcome.len() as u64 != set.manifest.draws_held() {
        let (found, due) = (outcome.len(), set.manifest.draws_held());
        return Err(fault(format!("{found} draws where the manifest says {due}")));
    }
    Ok(OutcomeDraws {
        outcome,
        numbers: read_inputs(set, usize::MAX)?,
    })
}
