//! A comparison as text.

mod cells;
mod csv;
mod markdown;
mod table;
#[cfg(test)]
mod tests;

use super::Comparison;
use crate::model::ResultUnit;
use crate::results::FileKind;

/// How a comparison is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum Format {
    /// For a terminal of 80 columns
    #[default]
    Table,
    /// One row per scenario and metric, in full precision
    Csv,
    /// To paste into a report
    Markdown,
}

/// The text of a comparison; ends with a newline.
pub fn render(comparison: &Comparison, format: Format) -> String {
    match format {
        Format::Table => table::render(comparison),
        Format::Csv => csv::render(comparison),
        Format::Markdown => markdown::render(comparison),
    }
}

/// How a file shows that it is a comparison, in any format.
pub fn file_kind() -> FileKind {
    FileKind::new("a comparison", table::beginning())
        .or(csv::beginning())
        .or(markdown::beginning())
}

/// An explanation of the columns, for the two formats that people read.
fn legend(comparison: &Comparison) -> String {
    let mut legend = format!(
        "Difference: from {}, with the Monte Carlo standard error of its mean (±). 5..95%: quantiles over draws. P(<0): \
         share of draws with a difference below zero. higher, lower: chance would show such a mean in fewer than one of \
         a hundred comparisons; ~: cannot tell; identical: in every draw.",
        comparison.reference()
    );
    if comparison
        .blocks
        .iter()
        .any(|block| block.key.unit == ResultUnit::Share.name())
    {
        legend.push_str(" Differences of shares are in percentage points.");
    }
    if comparison.is_stratified {
        legend.push_str(" Standard errors are for independent draws: with Latin hypercube draws they are too wide.");
    }
    legend
}
