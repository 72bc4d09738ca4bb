//! Many draws of many scenarios: simulated in chunks on all threads, recorded, paired and accumulated.

mod accumulator;
mod batch;
mod draw_chunk;
mod draw_log;
mod driver;
mod failed_draws;
mod family_tree;
mod pairing;
mod parameter_pool;
mod parameter_source;
mod record;
mod reference_cells;
mod scratch;

pub use accumulator::Finished;
pub use batch::{Batch, BatchScenario, CompiledReference, DrawnSpan};
pub use draw_chunk::{CHUNK, SolutionChecks};
pub use draw_log::DrawLog;
pub use driver::{BLOCK, EachMonth, Ensemble, Failure, Observer, Progress};
pub use failed_draws::FailedDraws;
pub use family_tree::family_order;
pub use pairing::{Compared, Pairing};
pub use parameter_source::{MatrixError, ParameterMatrix, ParameterSource};
pub use record::{Layout, RecordedBooks, RecordedTables, RowSpec, TableRows};
