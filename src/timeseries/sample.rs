//! A forecast that is a sample of draws.

use super::scores::Predictive;

/// Draws of a forecast, in ascending order; at least one, and no NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct SortedSample(Vec<f64>);

impl SortedSample {
    /// Sorts the draws. `None` where there is no draw, or one is NaN.
    pub fn new(mut draws: Vec<f64>) -> Option<Self> {
        draws.sort_unstable_by(f64::total_cmp);
        (!draws.is_empty() && !draws.iter().any(|draw| draw.is_nan())).then_some(Self(draws))
    }

    /// The draws in ascending order.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

impl Predictive for SortedSample {
    /// The fair score: the mean distance of the draws from the outcome, less half the mean distance of two different
    /// draws (Ferro 2014, Quarterly Journal of the Royal Meteorological Society 140, 1917-1923). Its expectation does
    /// not depend on the number of draws, so that a sample compares with a distribution in closed form. With few draws
    /// it may be below zero. A single draw has its distance.
    ///
    /// The sum over pairs is one over the sorted draws: draw `i` of `m`, from 1, is the larger one in `i - 1` pairs and
    /// the smaller in `m - i`.
    fn crps(&self, outcome: f64) -> f64 {
        let count = self.0.len() as f64;
        let (mut distances, mut pairs) = (0.0, 0.0);
        for (place, draw) in self.0.iter().enumerate() {
            let from_outcome = draw - outcome;
            distances += from_outcome.abs();
            pairs += (2.0 * place as f64 - (count - 1.0)) * from_outcome;
        }
        let spread = if count > 1.0 {
            pairs / (count * (count - 1.0))
        } else {
            0.0
        };
        distances / count - spread
    }

    /// Interpolates between the draws; the smallest is the quantile of 0, the largest that of 1 (type 7 of Hyndman and
    /// Fan 1996).
    fn quantile(&self, probability: f64) -> f64 {
        let place = probability.clamp(0.0, 1.0) * (self.0.len() - 1) as f64;
        let below = place as usize;
        let above = (below + 1).min(self.0.len() - 1);
        self.0[below] + (place - below as f64) * (self.0[above] - self.0[below])
    }

    /// Draws equal to the outcome count half.
    fn pit(&self, outcome: f64) -> f64 {
        let below = self.0.partition_point(|draw| *draw < outcome);
        let not_above = self.0.partition_point(|draw| *draw <= outcome);
        0.5 * (below + not_above) as f64 / self.0.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeseries::Gaussian;

    fn sample(draws: &[f64]) -> SortedSample {
        SortedSample::new(draws.to_vec()).unwrap()
    }

    #[test]
    fn the_crps_is_that_of_all_pairs() {
        // Distances 1, 0 and 3; pairs 1, 4 and 3: 4/3 - 8/6.
        assert!(sample(&[4.0, 0.0, 1.0]).crps(1.0).abs() < 1e-15);
        // Distances 5, 4 and 1; the same pairs: 10/3 - 8/6.
        assert!((sample(&[0.0, 1.0, 4.0]).crps(5.0) - 2.0).abs() < 1e-15);
        assert_eq!(sample(&[3.0]).crps(1.0), 2.0);
    }

    #[test]
    fn the_crps_of_normal_quantiles_is_near_the_closed_form() {
        let normal = Gaussian { mean: 0.2, sd: 1.5 };
        let draws = (0..2000).map(|place| normal.quantile((f64::from(place) + 0.5) / 2000.0));
        let sample = SortedSample::new(draws.collect()).unwrap();
        for outcome in [-2.0, 0.2, 1.0, 9.0] {
            let error = sample.crps(outcome) - normal.crps(outcome);
            assert!(error.abs() < 1e-3, "{outcome}: {error}");
        }
    }

    #[test]
    fn quantiles_lie_between_the_draws() {
        let sample = sample(&[3.0, 1.0, 2.0, 5.0]);
        assert_eq!(
            [0.0, 0.5, 0.75, 1.0].map(|probability| sample.quantile(probability)),
            [1.0, 2.5, 3.5, 5.0]
        );
        assert_eq!(sample.values(), [1.0, 2.0, 3.0, 5.0]);
    }

    #[test]
    fn a_score_counts_shares_and_intervals() {
        let sample = sample(&[1.0, 2.0, 2.0, 3.0, 4.0]);
        let score = sample.score(2.0);
        assert_eq!((score.pit, score.error), (0.4, 0.0));
        assert!(score.within_50 && score.within_90);
        let score = sample.score(3.5);
        assert_eq!((score.pit, score.error), (0.8, 1.5));
        assert!(!score.within_50 && score.within_90);
        assert!(!sample.score(3.9).within_90);
    }

    #[test]
    fn no_draws_and_draws_without_a_value_make_no_sample() {
        assert_eq!(SortedSample::new(Vec::new()), None);
        assert_eq!(SortedSample::new(vec![1.0, f64::NAN]), None);
    }
}
