//! `sweep.csv` read back: headline metrics of scenarios and their variants.

use std::path::{Path, PathBuf};

use super::series::{ChosenColumns, Condition, DrawnTable, RowChoice, SeriesError};
use super::{TableStream, UnreadableResults};
use crate::results::schema::{self, OF_SWEEP_LEVEL, SWEEP, SWEEP_CHANGE, SWEEP_OF, SWEEP_VALUE};
use crate::statistics::Summary;

/// A headline metric of a scenario or a variant.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepRow {
    /// Empty in a sum.
    pub scenario: String,
    /// The scenario that it is a variant of, or itself.
    pub of: String,
    /// What is changed, in words; empty if nothing is.
    pub change: String,
    /// The value of the number that is varied, where it is one number.
    pub value: Option<f64>,
    pub metric: String,
    pub unit: String,
    /// Without standard deviation and quartiles.
    pub level: Summary,
    /// From the reference; without standard deviation.
    pub difference: Summary,
}

/// Reads the table of variants in `folder`, with its path; none if there is none.
///
/// # Errors
/// When it is damaged.
pub fn read_sweep(folder: &Path) -> Result<Option<(PathBuf, Vec<SweepRow>)>, UnreadableResults> {
    let Some(mut table) = TableStream::of_batch(folder, SWEEP.file)? else {
        return Ok(None);
    };
    let [scenario, of, change, value, metric, unit] = table.columns([
        schema::SCENARIO.name,
        SWEEP_OF.name,
        SWEEP_CHANGE.name,
        SWEEP_VALUE.name,
        schema::METRIC.name,
        schema::UNIT.name,
    ])?;
    let level = table.columns(OF_SWEEP_LEVEL.map(|column| column.name))?;
    let difference = table.columns(schema::OF_DIFFERENCE.map(|column| column.name))?;
    let path = table.path().to_owned();
    let mut rows = Vec::new();
    // What does not exist is not-a-number in a row that is read.
    let known = |number: f64| number.is_finite().then_some(number);
    while let Some(row) = table.next_row()? {
        let [mean, mcse, p05, p50, p95] = row.numbers(level)?.map(known);
        let level = Summary::from_values([mean, None, mcse, p05, None, p50, None, p95]);
        let [mean, mcse, p05, p25, p50, p75, p95] = row.numbers(difference)?.map(known);
        let text = |place| row.text(place).to_owned();
        rows.push(SweepRow {
            scenario: text(scenario),
            of: text(of),
            change: text(change),
            value: known(row.number(value)?),
            metric: text(metric),
            unit: text(unit),
            level,
            difference: Summary::from_values([mean, None, mcse, p05, p25, p50, p75, p95]),
        });
    }
    Ok(Some((path, rows)))
}

/// The rows of one headline metric, which conditions on metric and unit select.
///
/// # Errors
/// When they select none or several.
pub fn choose_sweep(rows: Vec<SweepRow>, conditions: &[Condition]) -> Result<Vec<SweepRow>, SeriesError> {
    let columns = ChosenColumns {
        file: SWEEP.file,
        is_monthly: false,
        label: "the batch",
        names: vec![schema::METRIC.name, schema::UNIT.name],
    };
    let keys: Vec<[String; 2]> = rows.iter().map(|row| [row.metric.clone(), row.unit.clone()]).collect();
    let keyed = keys
        .iter()
        .zip(rows)
        .map(|(key, row)| (key.iter().map(String::as_str).collect(), row));
    let choice = RowChoice {
        table: DrawnTable::Metrics,
        conditions,
        by: None,
    };
    let groups = columns.choose(keyed.collect(), choice)?;
    Ok(groups.into_iter().flat_map(|group| group.rows).collect())
}
