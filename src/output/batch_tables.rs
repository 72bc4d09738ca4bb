//! Tables over a whole batch: the headline metrics of every scenario, and the differences from the reference.

use std::collections::BTreeMap;

use super::number::shortest;
use super::table::{STATISTICS, Table, summary_cells};
use crate::simulation::{Batch, Entry, Finished, GENUINE_TRADE_LOST, RowSpec, TARGET_LOSS};
use crate::statistics::Summary;

/// The file of the headline metrics of a batch.
pub const SUMMARY: &str = "summary.csv";
/// The file of the differences within a batch.
pub const COMPARISON: &str = "comparison.csv";

/// `summary.csv`: scenario and headline metrics.
pub fn summary_table(finished: &[(&Entry, &Finished)]) -> Table {
    let mut rows = Vec::new();
    for (entry, finished) in finished {
        for (metric, unit, cell) in entry.layout.headlines() {
            let name = &entry.model.plan.scenario.name;
            let mut row = [name, metric, unit].map(str::to_owned).to_vec();
            row.extend(summary_cells(&finished.collected.summary(cell)));
            rows.push(row);
        }
    }
    let columns: Vec<&str> = ["scenario", "metric", "unit"].into_iter().chain(STATISTICS).collect();
    Table::sorted(SUMMARY, &columns, rows)
}

/// `comparison.csv`: every metric of every scenario less the reference's; paired by draw where draws are the same
/// worlds, else from the two means alone.
pub fn comparison_table(batch: &Batch, finished: &[Option<&Finished>]) -> Table {
    let mut rows = Vec::new();
    let reference = &batch.entries[batch.reference];
    if let Some(of_reference) = finished[batch.reference] {
        let others = batch
            .entries
            .iter()
            .zip(finished)
            .enumerate()
            .filter(|(place, _)| *place != batch.reference);
        for (_, (entry, finished)) in others {
            let Some(finished) = finished else { continue };
            let names = [&entry.model.plan.scenario.name, &reference.model.plan.scenario.name];
            let differences = match &finished.difference {
                Some(_) => paired_rows(finished),
                None => unpaired_rows(batch, entry, finished, of_reference),
            };
            let effectiveness = effectiveness_rows(finished, &differences);
            for (key, values) in differences.into_iter().chain(effectiveness) {
                rows.push(names.into_iter().cloned().chain(key).chain(values).collect());
            }
        }
    }
    let columns = [
        "scenario",
        "reference",
        "metric",
        "period",
        "commodity",
        "via",
        "unit",
        "difference",
        "mcse",
        "p05",
        "p25",
        "p50",
        "p75",
        "p95",
        "probability_below_zero",
        "paired",
    ];
    Table::sorted(COMPARISON, &columns, rows)
}

/// The key of a metric's row, and its cells.
type ComparisonRow = (Vec<String>, Vec<String>);

/// Columns of a comparison after the key and the unit: the difference, its spread, and whether it is paired.
const VALUES: usize = 9;

/// What a scenario costs the target more than the reference does, over what it costs bystanders more: a ratio of mean
/// differences for the whole run and each year. Only where bystanders lose more in 95% of draws, and where the target's
/// loss exists in the same draws: else the ratio has no meaning.
fn effectiveness_rows(finished: &Finished, differences: &[ComparisonRow]) -> Vec<ComparisonRow> {
    let is_for_years =
        |key: &&[String]| key[0] == TARGET_LOSS && key[2] == "all" && !key[1].contains('-') && key[3].is_empty();
    let keys = differences.iter().map(|(key, _)| key.as_slice());
    keys.filter(is_for_years)
        .map(|key| {
            let mut values = vec![String::new(); VALUES];
            values[0] = effectiveness(finished, &key[1]).map_or(String::new(), shortest);
            values[VALUES - 1] = finished.difference.is_some().to_string();
            let key = ["effectiveness", &key[1], "all", "", "share"]
                .map(str::to_owned)
                .to_vec();
            (key, values)
        })
        .collect()
}

fn effectiveness(finished: &Finished, period: &str) -> Option<f64> {
    let difference = finished.difference.as_ref()?;
    let of_all = |metric: &str| {
        let row = difference
            .rows
            .iter()
            .find(|row| row.key == [metric, period, "all", "", "usd"])?;
        let summary = difference.collected.summary(row.cell).scaled(row.scale);
        Some((summary, difference.collected.moments(row.cell).count))
    };
    let ((loss, of_loss), (collateral, of_collateral)) = (of_all(TARGET_LOSS)?, of_all(GENUINE_TRADE_LOST)?);
    let exists = of_loss == of_collateral && collateral.p05? > 0.0;
    exists.then_some(loss.mean? / collateral.mean?)
}

fn paired_rows(finished: &Finished) -> Vec<ComparisonRow> {
    let Some(difference) = &finished.difference else {
        return Vec::new();
    };
    let row = |spec: &RowSpec| {
        let Summary {
            mean,
            mcse,
            p05,
            p25,
            p50,
            p75,
            p95,
            ..
        } = difference.collected.summary(spec.cell).scaled(spec.scale);
        let below = difference.collected.share_below_zero(spec.cell);
        let values = [mean, mcse, p05, p25, p50, p75, p95, below].map(|value| value.map_or(String::new(), shortest));
        (
            spec.key.clone(),
            values.into_iter().chain(["true".to_owned()]).collect(),
        )
    };
    difference.rows.iter().map(row).collect()
}

fn unpaired_rows(batch: &Batch, entry: &Entry, finished: &Finished, of_reference: &Finished) -> Vec<ComparisonRow> {
    let reference = &batch.entries[batch.reference];
    let counterparts: BTreeMap<Vec<String>, RowSpec> = reference
        .layout
        .metric_rows(&reference.model.plan)
        .into_iter()
        .map(|row| (row.key.clone(), row))
        .collect();
    let mut rows = Vec::new();
    for spec in batch.comparable_rows(entry) {
        let Some(counterpart) = counterparts.get(&spec.key) else {
            continue;
        };
        let own = finished.collected.summary(spec.cell).scaled(spec.scale);
        let other = of_reference
            .collected
            .summary(counterpart.cell)
            .scaled(counterpart.scale);
        let difference = own.mean.zip(other.mean).map(|(own, other)| own - other);
        let mcse = own
            .mcse
            .zip(other.mcse)
            .map(|(own, other)| (own * own + other * other).sqrt());
        let mut values: Vec<String> = [difference, mcse]
            .map(|value| value.map_or(String::new(), shortest))
            .to_vec();
        values.extend(std::iter::repeat_n(String::new(), 6));
        values.push("false".to_owned());
        rows.push((spec.key, values));
    }
    rows
}
