//! The certainty of the numbers behind results: how much of a world's trade was observed, derived or assumed, and which
//! assumptions a scenario treats as certain.

mod assumed;
mod baseline;

pub use assumed::{AssumedNumber, AssumptionTreatment, assumed_numbers};
pub use baseline::{Statuses, baseline_value, rows_by_status};
