//! From finished scenarios to files: tables as CSV, a manifest beside them, and never half a result.

mod batch_tables;
mod files;
mod grid;
mod manifest;
mod number;
mod table;

pub use batch_tables::{COMPARISON, SUMMARY, comparison_table, summary_table};
pub use files::{ScenarioFolder, WriteError, write_file};
pub use grid::{Grid, markdown_cell};
pub use manifest::{FORMAT, Manifest};
pub use number::shortest;
pub use table::{STATISTICS, Table, draws_table, result_tables, summary_cells};
