//! Results laid side by side: how much a scenario differs from a reference, and whether chance explains it.
//!
//! [`Selection`] picks metrics of results that were [read back](crate::results::read); [`lay_out`] subtracts the
//! reference, draw by draw where the same draw has the same world in both; [`render()`] turns the [`Comparison`] into
//! text. Nothing here touches files.

mod block;
mod lay_out;
mod notes;
mod paired;
pub mod render;
mod selection;
#[cfg(test)]
mod tests;

pub use block::{Block, ScenarioRow};
pub use lay_out::{Comparison, lay_out};
pub use paired::{Difference, DifferenceVerdict, Quantiles, paired_difference, unpaired_difference};
pub use render::{Format, file_kind, render};
pub use selection::{Selection, UnknownName, reference_first};
