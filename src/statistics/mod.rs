//! Statistics over draws: mean, spread and quantiles of many quantities, without keeping their values.
//!
//! - [`DrawMatrix`]: the values of a group of draws, one column for each quantity ("cell");
//! - [`Accumulator`]: the statistics of one quantity: [`Moments`] by reproducible summation, a [`Histogram`] as a
//!   sketch for quantiles;
//! - [`Collector`]: accumulators of many quantities, to which any thread adds groups of draws in any order;
//! - [`Summary`]: the row of a result table;
//! - [`DrawChecks`]: whether draws are enough for a mean.
//!
//! Results are the same to the bit for any number of threads and any order of groups, as long as the groups are the
//! same: sums over groups do not round, and bins hold integers.

mod accumulator;
mod bin_counts;
mod binning;
mod checks;
mod collector;
mod draw_matrix;
mod histogram;
mod moments;
mod reproducible_sum;
mod summary;

pub use accumulator::Accumulator;
pub use checks::DrawChecks;
pub use collector::{Collected, Collector};
pub use draw_matrix::DrawMatrix;
pub use histogram::Histogram;
pub use moments::Moments;
pub use summary::Summary;

/// The quantiles of result tables, in per cent.
pub const QUANTILES: [usize; 5] = [5, 25, 50, 75, 95];

/// The value of rank ceil(p n), at least 1, of sorted values, as in all result tables; there is at least one. Whole per
/// cents keep the rank exact: in doubles 0.95 times 20 need not be 19.
pub fn order_statistic(sorted: &[f64], percent: usize) -> f64 {
    let rank = (percent * sorted.len()).div_ceil(100).max(1);
    sorted[rank - 1]
}

/// A statistic that can add the observations of another of its kind.
pub trait Merge {
    /// Adds the observations of `later`. The order does not matter: `a.merge(b)` and `b.merge(a)` give the same
    /// answers.
    fn merge(&mut self, later: &Self);
}

/// Whether something holds for all values. No early exit, so that the loop is vectorised.
#[inline(always)]
#[allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
fn all(values: &[f64], holds: impl Fn(f64) -> bool) -> bool {
    values.iter().fold(true, |all, value| all & holds(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_order_statistics_of_rank_p_n_rounded_up() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(
            QUANTILES.map(|percent| order_statistic(&values, percent)),
            [1.0, 5.0, 10.0, 15.0, 19.0]
        );
        assert_eq!(order_statistic(&values[..3], 50), 2.0);
        assert_eq!(order_statistic(&values[..1], 5), 1.0);
    }
}
