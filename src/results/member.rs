//! What a batch keeps of a scenario once its own results are written: little, however large those are.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batch_tables::{DifferenceStatistics, headline_differences};
use crate::ensemble::{Batch, BatchScenario, DrawLog, Failure, Finished};
use crate::model::{ReportPeriod, ResultUnit};
use crate::scenario::Scenario;
use crate::statistics::Summary;

/// Differences of headline metrics, by metric and unit.
pub type HeadlineDifferences = BTreeMap<(String, String), DifferenceStatistics>;

/// A headline metric of a scenario: all months, all goods, in dollars or as a share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HeadlineLevel {
    pub metric: String,
    pub unit: String,
    pub summary: Summary,
    /// Draws that have the metric.
    pub draws: u64,
}

/// A scenario of a batch that has finished.
#[derive(Debug)]
pub struct BatchMember {
    pub scenario: Arc<Scenario>,
    pub headlines: Vec<HeadlineLevel>,
    /// The headline metrics in the order of `headlines`, then the parameters, of every draw.
    pub draws: DrawLog,
    /// From the reference; empty for the reference itself, and if that failed.
    pub differences: HeadlineDifferences,
    /// Whether it can be compared with the reference draw by draw over all its months; the reference itself can.
    pub is_comparable: bool,
    /// Whether every metric is that of the reference in every draw.
    pub is_identical: bool,
    /// When a programme first lists firms, in months from the start by the mean over draws, and of which jurisdiction.
    pub first_listing: Option<(f64, String)>,
    pub largest_residual: f64,
}

/// Turns the outcomes of a batch into its members; the failures stay.
///
/// # Errors
/// When the draws cannot be read back.
pub fn members(
    batch: &Batch,
    outcomes: Vec<Result<Finished, Failure>>,
) -> io::Result<Vec<Result<BatchMember, Failure>>> {
    let finished: Vec<Option<&Finished>> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
    let differences = (0..outcomes.len()).map(|place| headline_differences(batch, &finished, place));
    let differences = differences.collect::<io::Result<Vec<_>>>()?;
    let entries = batch.scenarios.iter().enumerate();
    let member = |(((place, entry), outcome), differences): (((usize, &BatchScenario), _), _)| {
        let outcome: Result<Finished, Failure> = outcome;
        Ok(BatchMember::new(
            batch,
            entry,
            outcome?,
            differences,
            place == batch.reference,
        ))
    };
    Ok(entries.zip(outcomes).zip(differences).map(member).collect())
}

impl BatchMember {
    fn new(
        batch: &Batch,
        entry: &BatchScenario,
        finished: Finished,
        differences: HeadlineDifferences,
        is_reference: bool,
    ) -> Self {
        let headline = |(metric, unit, cell): (&str, &str, usize)| HeadlineLevel {
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            summary: finished.collected.summary(cell),
            draws: finished.collected.moments(cell).count,
        };
        let is_identical = finished.difference.as_ref().is_some_and(|difference| {
            // A cell without values exists in no draw, so it shows no difference.
            let never_differs = |cell| difference.cell(cell).is_empty() || difference.is_always_zero(cell);
            (0..difference.cells()).all(never_differs)
        });
        Self {
            scenario: entry.model.plan.scenario.clone(),
            headlines: entry.layout.headlines().into_iter().map(headline).collect(),
            differences,
            is_comparable: is_reference || batch.is_paired(entry) && batch.spans_same_months(entry),
            is_identical,
            first_listing: first_listing(entry, &finished),
            largest_residual: finished.checks.largest_residual,
            draws: finished.draws,
        }
    }

    /// A headline metric in a unit.
    pub fn headline(&self, metric: &str, unit: &str) -> Option<&HeadlineLevel> {
        self.headlines
            .iter()
            .find(|headline| (headline.metric.as_str(), headline.unit.as_str()) == (metric, unit))
    }
}

/// The earliest mean month in which a programme lists firms, over the jurisdictions.
fn first_listing(entry: &BatchScenario, finished: &Finished) -> Option<(f64, String)> {
    let plan = &entry.model.plan;
    let rows = entry.layout.metric_rows(plan);
    // The other metrics are amounts and shares.
    let firsts = rows.parts.iter().flat_map(|part| {
        let of_whole_run = part
            .periods
            .iter()
            .find(|(period, _)| *period == ReportPeriod::WholeRun);
        let rows = of_whole_run
            .into_iter()
            .flat_map(|(_, first)| part.rows.iter().map(move |row| (row, first + row.cell)));
        rows.filter(|(row, _)| row.key.last().is_some_and(|unit| unit == ResultUnit::Months.name()))
    });
    let mean = |(row, cell)| Some((finished.collected.summary(cell).mean?, row));
    let (months, row) = firsts
        .filter_map(mean)
        .min_by(|one, other| f64::total_cmp(&one.0, &other.0))?;
    let known = |id: &&String| plan.world().jurisdictions.rows().iter().any(|known| known.id == **id);
    let via = row.key.iter().find(known).cloned();
    Some((months, via.unwrap_or_default()))
}
