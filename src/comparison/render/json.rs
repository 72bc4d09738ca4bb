//! A comparison for programs that read JSON: with titles, levels of every scenario and notes, in full precision. What does not
//! exist is `null`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Block, Comparison, Difference, PriorOrder, Quantiles, ScenarioRow, Verdict, two_sided};
use super::csv::LEVEL;
use crate::results::LineMark;
use crate::results::schema::METRICS;

#[derive(Serialize)]
struct JsonComparison<'a> {
    /// The first key, by which the file is recognised.
    reference: &'a str,
    draws: &'a str,
    scenarios: Vec<JsonScenario<'a>>,
    /// Whether verdicts are corrected over all tables together.
    is_one_table: bool,
    tables: Vec<JsonTable<'a>>,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonScenario<'a> {
    name: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct JsonTable<'a> {
    key: BTreeMap<&'static str, String>,
    /// In the order of the ranking.
    rows: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    scenario: &'a str,
    mean: Option<f64>,
    p05: Option<f64>,
    p95: Option<f64>,
    mean_draws: Option<u64>,
    difference: Option<JsonDifference>,
    verdict: Option<&'static str>,
    draws_needed: Option<u64>,
    order: Option<&'static str>,
    group: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonDifference {
    mean: f64,
    mcse: Option<f64>,
    /// The 95% interval of the mean.
    low: Option<f64>,
    high: Option<f64>,
    p_value: Option<f64>,
    p05: Option<f64>,
    p25: Option<f64>,
    p50: Option<f64>,
    p75: Option<f64>,
    p95: Option<f64>,
    probability_below_zero: Option<f64>,
    draws: Option<u64>,
    paired: bool,
}

pub(super) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Is("{".to_owned()),
        LineMark::Around("  \"reference\": ", ","),
        LineMark::Around("  \"draws\": ", ","),
        LineMark::Is("  \"scenarios\": [".to_owned()),
    ]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let document = JsonComparison {
        reference: comparison.reference(),
        draws: &comparison.draws,
        scenarios: comparison
            .scenarios
            .iter()
            .map(|names| JsonScenario {
                name: &names.name,
                title: &names.title,
            })
            .collect(),
        is_one_table: comparison.is_one_table,
        tables: comparison.blocks.iter().map(|block| table(comparison, block)).collect(),
        notes: comparison.notes.in_full().collect(),
    };
    // Numbers, texts and lists can always be written as JSON.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn table<'a>(comparison: &'a Comparison, block: &'a Block) -> JsonTable<'a> {
    let columns = METRICS.keys.iter().map(|column| column.name);
    JsonTable {
        key: columns.zip(block.key.cells()).collect(),
        rows: block
            .ranking
            .iter()
            .map(|&place| {
                let group = block.groups.as_ref().map(|groups| groups[place].as_str());
                row(&comparison.scenarios[place].name, &block.rows[place], group)
            })
            .collect(),
    }
}

fn row<'a>(scenario: &'a str, row: &ScenarioRow, group: Option<&'a str>) -> JsonRow<'a> {
    let level = row.level.unwrap_or_default();
    JsonRow {
        scenario,
        mean: level.mean,
        p05: level.p05,
        p95: level.p95,
        mean_draws: row.level_draws,
        difference: row.difference.as_ref().map(difference),
        verdict: row.verdict.map(Verdict::name),
        draws_needed: match row.verdict {
            Some(Verdict::CannotTell { draws_needed }) => draws_needed,
            _ => None,
        },
        order: row.order.map(PriorOrder::name),
        group,
    }
}

fn difference(difference: &Difference) -> JsonDifference {
    let quantile = |of: fn(&Quantiles) -> f64| difference.quantiles.as_ref().map(of);
    let interval = difference.interval(LEVEL);
    JsonDifference {
        mean: difference.mean,
        mcse: difference.mcse,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        p_value: difference.mcse.map(|_| two_sided(difference)),
        p05: quantile(|quantiles| quantiles.p05),
        p25: quantile(|quantiles| quantiles.p25),
        p50: quantile(|quantiles| quantiles.p50),
        p75: quantile(|quantiles| quantiles.p75),
        p95: quantile(|quantiles| quantiles.p95),
        probability_below_zero: difference.probability_below_zero,
        draws: difference.is_paired.then_some(difference.draws),
        paired: difference.is_paired,
    }
}
