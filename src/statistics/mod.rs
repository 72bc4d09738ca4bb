//! Statistics over draws: what a result table says about a quantity in place of all its values.
//!
//! A [`Collector`] takes groups of draws from any thread, in any order, for many quantities at once. Of each it keeps a
//! [`Accumulator`]: exact sums for mean and spread, [`Histogram`] for quantiles, never the values. A [`Summary`] is the row that is
//! printed.
//!
//! The results are the same to the bit for any number of threads: sums are exact and counts are integers, so the order of
//! additions does not matter.

mod accumulator;
mod bin_counts;
mod binning;
mod collector;
mod draw_matrix;
mod histogram;
mod moments;
mod reproducible_sum;
mod summary;

pub use accumulator::Accumulator;
pub use collector::{Collected, Collector};
pub use draw_matrix::DrawMatrix;
pub use histogram::Histogram;
pub use moments::Moments;
pub use summary::Summary;

/// Something that takes up the observations of another of its kind.
pub trait Merge {
    /// Adds the observations of `later`; whose come first does not matter.
    fn merge(&mut self, later: &Self);
}

/// Whether something holds of all values, without a branch for each.
#[inline(always)]
#[allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
fn all(values: &[f64], holds: impl Fn(f64) -> bool) -> bool {
    values.iter().fold(true, |all, value| all & holds(*value))
}
