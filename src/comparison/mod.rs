//! Results laid side by side: how much a scenario differs from a reference, and whether chance explains it.
//!
//! [`read_batch`] takes result folders back into memory and trusts none of them; [`Selection`] picks metrics;
//! [`lay_out`] subtracts the reference, draw by draw where the same draw met the same world in both; [`render()`] turns
//! the [`Comparison`] into text. Only reading touches files.

#[cfg(test)]
pub(crate) mod fixture;
mod lay_out;
mod notes;
mod paired;
mod reading;
pub mod render;
mod selection;
#[cfg(test)]
mod tests;

pub use lay_out::{Block, Comparison, Row, lay_out};
pub use paired::{Difference, Quantiles, Verdict, paired_difference, unpaired_difference};
pub use reading::{
    Condition, Manifest, MetricKey, MonthlyTable, ResultSet, SamplingScheme, Series, SeriesError, Unreadable,
    paths_read, read_batch, read_series,
};
pub(crate) use render::Scale;
pub use render::{Format, file_kind, render};
pub use selection::{Selection, UnknownName, reference_first};
