//! Results as files: tables as CSV with a manifest beside them, written whole or not at all, and read back.
//!
//! [`schema`] declares every table once; writers, [readers](read) and the documentation take their columns from there.

mod batch_tables;
pub mod context;
mod evidence;
mod files;
mod leftovers;
mod manifest;
mod member;
mod month_texts;
mod number;
mod order_table;
mod own_inputs;
pub mod read;
mod replace;
mod result_table;
mod row_writer;
mod run_record;
pub mod schema;
pub mod state;
mod sweep_table;
mod text_table;
mod unfinished;
mod world_records;

pub use batch_tables::{
    ComparisonPart, ComparisonRows, DifferenceStatistics, EFFECTIVENESS, comparison_kind, summary_kind, summary_table,
};
pub use context::{CONTEXT_FILE, Context};
pub use evidence::{Evidence, EvidenceCount, StrengthCaution};
pub use files::{OutputFile, ScenarioFolder, ScenarioPlace, WriteError};
pub use leftovers::sweep_folders;
pub use manifest::{FORMAT, MANIFEST_FILE, Manifest, RunChecks, SamplingScheme};
pub use member::{BatchMember, HeadlineDifferences, HeadlineLevel, members};
pub use month_texts::{MonthTexts, TextPool, TextShare};
pub use number::shortest;
pub use order_table::{order_kind, order_table};
pub use own_inputs::{OwnInputs, ReferenceInputs, SharedInputs};
pub use replace::{FileKind, InputPaths, LineMark, file_digest, whole_results};
pub use result_table::{Detail, ResultTable, ShownCells, TableChoice, TableFiles, result_tables};
pub use row_writer::{Precision, RowWriter};
pub use run_record::{MOST_DRAWS, RUN_FILE, RecordedOptions, RecordedScenario, RunRecord};
pub use sweep_table::{SUM_OF_SINGLE, sum_of_single, sweep_kind, sweep_table};
pub use text_table::TextTable;
pub use unfinished::Unfinished;
pub use world_records::WorldRecords;
