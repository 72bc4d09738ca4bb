//! The row of a result table: the statistics of one quantity over draws.

use serde::{Deserialize, Serialize};

use super::{Accumulator, Histogram, Moments};

/// The levels of the quantiles, in their order.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// Mean, spread and quantiles over draws, in the unit of the values. A statistic that does not exist is `None`.
///
/// Without values nothing exists; with a single one, neither `sd` nor `mcse`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation, with denominator n - 1.
    pub sd: Option<f64>,
    /// Monte Carlo standard error of the mean.
    pub mcse: Option<f64>,
    /// 5% quantile. [`Histogram::quantile`] says how exact this and the others are.
    pub p05: Option<f64>,
    /// 25% quantile.
    pub p25: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// 75% quantile.
    pub p75: Option<f64>,
    /// 95% quantile.
    pub p95: Option<f64>,
}

impl Summary {
    /// The statistics in the order of the columns of result tables.
    pub fn values(&self) -> [Option<f64>; 8] {
        let Self {
            mean,
            sd,
            mcse,
            p05,
            p25,
            p50,
            p75,
            p95,
        } = *self;
        [mean, sd, mcse, p05, p25, p50, p75, p95]
    }

    /// The summary with these statistics, in the order of [`values`](Self::values).
    pub fn from_values([mean, sd, mcse, p05, p25, p50, p75, p95]: [Option<f64>; 8]) -> Self {
        Self {
            mean,
            sd,
            mcse,
            p05,
            p25,
            p50,
            p75,
            p95,
        }
    }

    /// Summary of the values that were added to both `moments` and `histogram`.
    pub fn new(moments: &Moments, histogram: &Histogram) -> Self {
        debug_assert_eq!(
            moments.count,
            histogram.len(),
            "moments and histogram of different values"
        );
        Self::with_quantiles(moments, histogram.quantiles(LEVELS))
    }

    /// Summary of the values of an accumulator.
    pub fn of_accumulator(accumulator: &Accumulator) -> Self {
        Self::with_quantiles(&accumulator.moments(), accumulator.quantiles(LEVELS))
    }

    fn with_quantiles(moments: &Moments, quantiles: Option<[f64; LEVELS.len()]>) -> Self {
        let [p05, p25, p50, p75, p95] = quantiles.map_or([None; LEVELS.len()], |found| found.map(Some));
        Self {
            mean: (moments.count > 0).then_some(moments.mean),
            sd: moments.sd(),
            mcse: moments.mcse(),
            p05,
            p25,
            p50,
            p75,
            p95,
        }
    }

    /// The summary of so many draws that are all zero.
    pub fn of_zeros(draws: u64) -> Self {
        let zero = (draws > 0).then_some(0.0);
        let spread = zero.filter(|_| draws > 1);
        Self::from_values([zero, spread, spread, zero, zero, zero, zero, zero])
    }

    /// Summary of the values times a positive factor, such as a price or a change of unit.
    pub fn scaled(&self, factor: f64) -> Self {
        debug_assert!(factor > 0.0, "a factor of {factor} would reorder the quantiles");
        let scale = |value: Option<f64>| value.map(|value| value * factor);
        Self {
            mean: scale(self.mean),
            sd: scale(self.sd),
            mcse: scale(self.mcse),
            p05: scale(self.p05),
            p25: scale(self.p25),
            p50: scale(self.p50),
            p75: scale(self.p75),
            p95: scale(self.p95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(values: &[f64]) -> Summary {
        let mut histogram = Histogram::default();
        histogram.insert_all(values);
        Summary::new(&values.iter().copied().collect(), &histogram)
    }

    #[test]
    fn nothing_exists_without_values() {
        assert_eq!(summary(&[]), Summary::default());
    }

    #[test]
    fn a_single_value_has_no_spread() {
        let one = Some(0.3);
        let expected = Summary {
            mean: one,
            sd: None,
            mcse: None,
            p05: one,
            p25: one,
            p50: one,
            p75: one,
            p95: one,
        };
        assert_eq!(summary(&[0.3]), expected);
    }

    #[test]
    fn a_constant_is_exact() {
        let (value, zero) = (Some(0.1), Some(0.0));
        let quantiles = Summary {
            p05: value,
            p25: value,
            p50: value,
            p75: value,
            p95: value,
            ..Summary::default()
        };
        assert_eq!(
            summary(&[0.1; 97]),
            Summary {
                mean: value,
                sd: zero,
                mcse: zero,
                ..quantiles
            }
        );
    }

    #[test]
    fn a_scaled_summary_is_the_summary_of_scaled_values() {
        let values = [-3.0, 1.0, 1.5, 8.0];
        // A power of two moves no value to another place in its bin, and rounds nothing.
        assert_eq!(summary(&values).scaled(4.0), summary(&values.map(|value| 4.0 * value)));
        assert_eq!(Summary::default().scaled(4.0), Summary::default());
    }
}
