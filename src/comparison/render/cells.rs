//! The texts of a metric's cells, which the two formats for people share.

use crate::comparison::{Block, Difference, Quantiles, ScenarioRow, Verdict};
use crate::report::{Decimals, DisplayScale};

/// A metric in the words and numbers of a table.
pub(super) struct BlockCells {
    /// Metric and unit, then period, commodity and intermediary where they are not all.
    pub title: String,
    /// The columns after the scenario's name, those that no row fills left out.
    pub columns: Vec<CellColumn>,
}

/// A column of a metric's table.
pub(super) struct CellColumn {
    pub heading: &'static str,
    pub is_number: bool,
    /// Columns that a narrow terminal does without go in this order; zero for those that stay.
    pub sacrifice: u8,
    /// One per scenario, in the order in which they are shown.
    pub cells: Vec<String>,
}

impl BlockCells {
    /// The cells of a metric, its numbers in a common unit.
    pub fn new(block: &Block) -> Self {
        let scale = scale_of(block);
        let of_levels = scale.decimals(block.rows.iter().flat_map(levels));
        let column = |heading, is_number, sacrifice, cell: &dyn Fn(&ScenarioRow) -> String| CellColumn {
            heading,
            is_number,
            sacrifice,
            cells: block.ranking.iter().map(|place| cell(&block.rows[*place])).collect(),
        };
        let mut columns = vec![
            column("mean", true, 6, &|row| mean(row, of_levels)),
            column("5..95%", true, 1, &|row| level_range(row, of_levels)),
            column(
                if block.is_ratio_of_differences() {
                    "ratio"
                } else {
                    "difference"
                },
                true,
                0,
                &|row| mean_difference(row, scale.decimals(differences(row))),
            ),
            // Without its range a difference looks as sure as its mean.
            column("5..95%", true, 0, &|row| {
                difference_range(row, scale.decimals(differences(row)))
            }),
            column("P(<0)", true, 2, &below_zero),
            column("order", false, 4, &order),
            column("verdict", false, 5, &verdict),
            column("needs", true, 3, &draws_needed),
            column("draws", true, 0, &draws),
        ];
        if let Some(groups) = &block.groups {
            let letters = block.ranking.iter().map(|place| groups[*place].clone());
            columns.push(CellColumn {
                heading: "group",
                is_number: false,
                sacrifice: 0,
                cells: letters.collect(),
            });
        }
        columns.retain(|column| column.cells.iter().any(|cell| !cell.is_empty()));
        Self {
            title: title(block, &scale),
            columns,
        }
    }
}

/// The scale that fits the levels and differences of a metric.
pub(super) fn scale_of(block: &Block) -> DisplayScale {
    // Dollars over dollars are no percentage.
    let unit = if block.is_ratio_of_differences() {
        ""
    } else {
        &block.key.unit
    };
    let numbers = block.rows.iter().flat_map(|row| levels(row).chain(differences(row)));
    DisplayScale::fitting(unit, numbers)
}

fn title(block: &Block, scale: &DisplayScale) -> String {
    let unit = if block.is_ratio_of_differences() {
        "usd per usd"
    } else {
        &scale.unit
    };
    let mut title = vec![block.key.metric.clone(), unit.to_owned()];
    title.extend(block.key.particulars());
    title.join(", ")
}

fn mean(row: &ScenarioRow, decimals: Decimals<'_>) -> String {
    let mean = row.level.and_then(|level| level.mean);
    mean.map_or(String::new(), |mean| decimals.show(mean))
}

fn level_range(row: &ScenarioRow, decimals: Decimals<'_>) -> String {
    let ends = row.level.and_then(|level| level.p05.zip(level.p95));
    ends.map_or(String::new(), |ends| interval(ends, decimals))
}

/// The mean difference with its standard error.
fn mean_difference(row: &ScenarioRow, decimals: Decimals<'_>) -> String {
    let Some(difference) = row.difference else {
        return String::new();
    };
    if difference.is_identical {
        return "0".to_owned();
    }
    let error = difference
        .mcse
        .map_or(String::new(), |mcse| format!(" ±{}", decimals.show_error(mcse)));
    format!("{}{error}", decimals.show(difference.mean))
}

fn difference_range(row: &ScenarioRow, decimals: Decimals<'_>) -> String {
    match row.difference {
        Some(difference) if !difference.is_paired => "unpaired".to_owned(),
        Some(difference) if !difference.is_identical => {
            let ends = difference.quantiles.map(|Quantiles { p05, p95, .. }| (p05, p95));
            ends.map_or(String::new(), |ends| interval(ends, decimals))
        }
        _ => String::new(),
    }
}

fn interval((low, high): (f64, f64), decimals: Decimals<'_>) -> String {
    format!("{}..{}", decimals.show(low), decimals.show(high))
}

/// Two decimals, but 0 and 1 only where no draw says otherwise.
fn below_zero(row: &ScenarioRow) -> String {
    let difference = row.difference.filter(|difference| !difference.is_identical);
    match difference.and_then(|difference| difference.probability_below_zero) {
        None => String::new(),
        Some(share) if share > 0.0 && share < 0.01 => "<0.01".to_owned(),
        Some(share) if share < 1.0 && share > 0.99 => ">0.99".to_owned(),
        Some(share) => format!("{share:.2}"),
    }
}

fn order(row: &ScenarioRow) -> String {
    row.order.map_or(String::new(), |order| order.name().to_owned())
}

fn verdict(row: &ScenarioRow) -> String {
    row.verdict.map_or(String::new(), |verdict| verdict.name().to_owned())
}

fn draws_needed(row: &ScenarioRow) -> String {
    match row.verdict {
        Some(Verdict::CannotTell {
            draws_needed: Some(draws),
        }) => grouped(draws),
        _ => String::new(),
    }
}

/// How many draws, where it is not all of them.
fn draws(row: &ScenarioRow) -> String {
    let fewer = row.fewer_draws();
    fewer.map_or(String::new(), |draws| {
        format!("{}/{}", grouped(draws), grouped(row.draws_held))
    })
}

/// A number of draws with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn levels(row: &ScenarioRow) -> impl Iterator<Item = f64> + use<> {
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
