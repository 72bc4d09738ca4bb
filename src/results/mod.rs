//! Results as files: tables as CSV with a manifest beside them, written whole or not at all, and read back.
//!
//! [`schema`] declares every table once; what is written, [read] and documented takes its columns from there.

mod batch_tables;
mod files;
mod manifest;
mod number;
pub mod read;
mod result_table;
pub mod schema;
mod text_table;

pub use batch_tables::{comparison_table, summary_table};
pub use files::{ScenarioFolder, WriteError, write_file, write_file_by};
pub use manifest::{FORMAT, MANIFEST_FILE, Manifest, RunChecks, SamplingScheme};
pub use number::shortest;
pub use result_table::{ResultTable, RowWriter, result_tables};
pub use text_table::TextTable;
