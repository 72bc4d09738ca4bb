//! From finished scenarios to files: tables as CSV, a manifest beside them, and never half a result.

mod batch_tables;
mod files;
mod grid;
mod leftovers;
mod manifest;
mod number;
mod replace;
mod result_table;
mod table;

pub use batch_tables::{COMPARISON, SUMMARY, comparison_kind, comparison_table, summary_kind, summary_table};
pub use files::{OutputFile, ScenarioFolder, ScenarioPlace, WriteError};
pub use grid::{Grid, markdown_cell};
pub use leftovers::sweep_folders;
pub use manifest::{FORMAT, Manifest};
pub use number::shortest;
pub use replace::{FileKind, InputPaths, LineMark, MANIFEST};
pub use result_table::{ResultTable, Rows, STATISTICS, result_tables};
pub use table::Table;
