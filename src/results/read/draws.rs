//! One headline metric and all uncertain numbers, draw by draw: `draws.csv`.

use super::{DescribedResults, UnreadableResults};
use crate::results::schema::{DRAW, DRAWS};

/// A headline metric and the uncertain numbers of a scenario, each with a value per draw; not-a-number where it does not
/// exist.
#[derive(Clone, PartialEq, Debug)]
pub struct OutcomeDraws {
    pub outcome: Vec<f64>,
    /// By dotted name, in the order of the file.
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
    let is_number = |name: &str| name != DRAW.name && !set.manifest.headlines.iter().any(|known| known == name);
    let columns = table.header().enumerate().filter(|(_, name)| is_number(name));
    let columns: Vec<(usize, String)> = columns.map(|(column, name)| (column, name.to_owned())).collect();
    let mut outcome = Vec::new();
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    while let Some(row) = table.next_row()? {
        outcome.push(row.number(place)?);
        for ((column, _), values) in columns.iter().zip(&mut values) {
            values.push(row.number(*column)?);
        }
    }
    if outcome.len() as u64 != set.manifest.draws_held() {
        let (found, due) = (outcome.len(), set.manifest.draws_held());
        return Err(fault(format!("{found} draws where the manifest says {due}")));
    }
    let names = columns.into_iter().map(|(_, name)| name);
    Ok(OutcomeDraws {
        outcome,
        numbers: names.zip(values).collect(),
    })
}
