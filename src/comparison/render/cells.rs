//! The texts of a metric's cells, which the two formats for people share.

use crate::comparison::{Block, Difference, DifferenceVerdict, Quantiles, ScenarioRow};
use crate::report::{Decimals, DisplayScale};

/// The headings of the columns after the scenario's name.
pub(super) const HEADINGS: [&str; 6] = ["mean", "5..95%", "difference", "5..95%", "P(<0)", "verdict"];

/// A metric in the words and numbers of a table.
pub(super) struct BlockCells {
    /// Metric and unit, then period, commodity and intermediary where they are not all.
    pub title: String,
    /// A row per scenario, with a cell for each of [`HEADINGS`].
    pub rows: Vec<[String; 6]>,
}

impl BlockCells {
    /// The cells of a metric, its numbers in a common unit.
    pub fn new(block: &Block) -> Self {
        let scale = DisplayScale::fitting(&block.key.unit, block.rows.iter().flat_map(levels));
        let of_levels = scale.decimals(block.rows.iter().flat_map(levels));
        let mut title = vec![block.key.metric.clone(), scale.unit.clone()];
        title.extend(block.key.particulars());
        Self {
            title: title.join(", "),
            rows: block
                .rows
                .iter()
                .map(|row| cells(row, of_levels, scale.decimals(differences(row))))
                .collect(),
        }
    }
}

fn cells(row: &ScenarioRow, of_levels: Decimals<'_>, of_differences: Decimals<'_>) -> [String; 6] {
    let level = row.level.unwrap_or_default();
    let mean = level.mean.map_or(String::new(), |mean| of_levels.show(mean));
    let range = level
        .p05
        .zip(level.p95)
        .map_or(String::new(), |ends| interval(ends, of_levels));
    let [difference, quantiles, below, verdict] = row.difference.map_or_else(Default::default, |difference| {
        if difference.verdict == DifferenceVerdict::Identical {
            let none = String::new();
            return ["0".to_owned(), none.clone(), none, difference.verdict.name().to_owned()];
        }
        difference_cells(&difference, of_differences)
    });
    [mean, range, difference, quantiles, below, verdict]
}

fn difference_cells(difference: &Difference, decimals: Decimals<'_>) -> [String; 4] {
    let error = difference
        .mcse
        .map_or(String::new(), |mcse| format!(" ±{}", decimals.show_error(mcse)));
    let ends = difference.quantiles.map(|Quantiles { p05, p95, .. }| (p05, p95));
    [
        format!("{}{error}", decimals.show(difference.mean)),
        ends.map_or(String::new(), |ends| interval(ends, decimals)),
        difference.probability_below_zero.map_or(String::new(), probability),
        difference.verdict.name().to_owned(),
    ]
}

fn interval((low, high): (f64, f64), decimals: Decimals<'_>) -> String {
    format!("{}..{}", decimals.show(low), decimals.show(high))
}

/// Two decimals, but 0 and 1 only where no draw says otherwise.
fn probability(share: f64) -> String {
    match share {
        _ if share > 0.0 && share < 0.01 => "<0.01".to_owned(),
        _ if share < 1.0 && share > 0.99 => ">0.99".to_owned(),
        _ => format!("{share:.2}"),
    }
}

fn levels(row: &ScenarioRow) -> impl Iterator<Item = f64> + use<> {
    let level = row.level.unwrap_or_default();
    [level.mean, level.p05, level.p95].into_iter().flatten()
}

fn differences(row: &ScenarioRow) -> impl Iterator<Item = f64> + use<> {
    let numbers = |difference: Difference| {
        let ends = difference.quantiles.map(|Quantiles { p05, p95, .. }| [p05, p95]);
        std::iter::once(difference.mean).chain(ends.into_iter().flatten())
    };
    row.difference.into_iter().flat_map(numbers)
}
