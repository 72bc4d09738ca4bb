//! A comparison as text.

mod cells;
mod csv;
mod json;
mod markdown;
mod overview;
mod table;
#[cfg(test)]
mod tests;
mod text;

use super::{Block, Comparison, Margin, ScenarioRow, Verdict};
use crate::model::ResultUnit;
use crate::results::FileKind;

pub use overview::{MOST_COLUMNS, OverviewColumn, RowNames, marks_in_words, matrix};

/// How a comparison is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum Format {
    /// For a terminal
    #[default]
    Table,
    /// One row per scenario and metric, in full precision
    Csv,
    /// To paste into a report
    Markdown,
    /// For programs: tables, titles and notes, in full precision
    Json,
}

/// The text of a comparison, tables for a terminal of `width` columns; ends with a newline.
pub fn render(comparison: &Comparison, format: Format, width: usize) -> String {
    match format {
        Format::Table if comparison.is_one_table => overview::render(comparison, width),
        Format::Table => table::render(comparison, width),
        Format::Csv => csv::render(comparison),
        Format::Markdown => markdown::render(comparison),
        Format::Json => json::render(comparison),
    }
}

/// How a file shows that it is a comparison, in any format.
pub fn file_kind() -> FileKind {
    FileKind::new("a comparison", table::beginning())
        .or(overview::beginning())
        .or(csv::beginning())
        .or(markdown::beginning())
        .or(json::beginning())
}

/// The line that names the reference; ends with a newline.
fn first_line(comparison: &Comparison, width: usize) -> String {
    let line = format!("differences from {}, {}", comparison.reference(), comparison.draws);
    text::paragraph(&line, 2, width)
}

/// An explanation of the columns that occur, for the formats that people read.
fn legend(comparison: &Comparison) -> String {
    let any = |holds: &dyn Fn(&Block, &ScenarioRow) -> bool| {
        let mut blocks = comparison.blocks.iter();
        blocks.any(|block| block.rows.iter().any(|row| holds(block, row)))
    };
    let margin = match comparison.margin {
        Some(Margin::Amount(amount)) => format!("Equivalent: by less than {amount}."),
        Some(Margin::OfReference(share)) => format!("Equivalent: by less than {}% of the reference.", 100.0 * share),
        None => String::new(),
    };
    let sentences = [
        (
            any(&|block, row| row.difference.is_some() && !block.is_ratio_of_differences()),
            "Difference: of means, ± its Monte Carlo standard error. 5..95%: of draws.",
        ),
        (
            any(&|_, row| row.order.is_some()),
            "P(<0): share of draws with a difference below zero. Order: what 95% of draws agree on; open if the priors \
             leave it open.",
        ),
        (
            any(&|_, row| row.verdict.is_some()),
            "Verdict, on the mean: chance makes any of a table wrong in 5 of 100 (Holm).",
        ),
        (
            any(&|_, row| matches!(row.verdict, Some(Verdict::CannotTell { draws_needed: Some(_) }))),
            "Needs: draws to tell such a difference.",
        ),
        (
            any(&|block, _| block.groups.is_some()),
            "Group: scenarios that share a letter cannot be told apart, neither is lower in 95% of draws.",
        ),
        (
            any(&|_, row| row.fewer_draws().is_some()),
            "Draws: how many have the metric, where not all do.",
        ),
        (comparison.margin.is_some(), &margin),
        (
            any(&|block, row| is_in_per_cent(block) && row.difference.is_some()),
            "Differences of shares are in percentage points.",
        ),
        (
            any(&|block, _| block.is_ratio_of_differences()),
            "Effectiveness: what the target loses more, for each dollar of trade that bystanders lose more, both against \
             the reference; only where bystanders lose more in 95% of draws.",
        ),
        (
            comparison.is_stratified,
            "Errors are for independent draws: with a Latin hypercube they are too wide.",
        ),
    ];
    let said: Vec<&str> = sentences
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, words)| *words)
        .collect();
    said.join(" ")
}

fn is_in_per_cent(block: &Block) -> bool {
    block.key.unit == ResultUnit::Share.name() && !block.is_ratio_of_differences()
}
