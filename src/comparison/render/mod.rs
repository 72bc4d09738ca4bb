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

use super::{Comparison, Margin};
use crate::model::ResultUnit;
use crate::results::FileKind;

pub use overview::{MOST_COLUMNS, OverviewColumn, matrix};

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

/// An explanation of the columns, for the formats that people read.
fn legend(comparison: &Comparison) -> String {
    let mut legend = format!(
        "Difference: from {}, with the Monte Carlo standard error of its mean (±). 5..95%: quantiles over draws. P(<0): \
         share of draws with a difference below zero. Order: whether the priors settle which is lower, the same way in 95% \
         of draws. Verdict, on the mean: higher or lower where chance would show any such in this table in fewer than 5 of \
         100 (Holm); else cannot tell, and `needs` so many draws. Group: scenarios that share a letter cannot be told apart, \
         neither is lower in 95% of draws.",
        comparison.reference()
    );
    match comparison.margin {
        Some(Margin::Amount(amount)) => legend.push_str(&format!(" Equivalent: differs by less than {amount}.")),
        Some(Margin::OfReference(share)) => {
            legend.push_str(&format!(
                " Equivalent: differs by less than {}% of the reference.",
                100.0 * share
            ));
        }
        None => {}
    }
    if comparison
        .blocks
        .iter()
        .any(|block| block.key.unit == ResultUnit::Share.name() && !block.is_ratio_of_differences())
    {
        legend.push_str(" Differences of shares are in percentage points.");
    }
    if comparison.is_stratified {
        legend.push_str(" Standard errors are for independent draws: with Latin hypercube draws they are too wide.");
    }
    legend
}
