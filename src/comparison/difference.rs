//! The difference of a quantity between two scenarios and its spread over draws.

use crate::random::student_critical;
use crate::results::DifferenceStatistics;
use crate::statistics::{Moments, Summary, order_statistic};

/// Quantiles over draws of a difference, in the unit of the quantity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quantiles {
    pub p05: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p95: f64,
}

/// A scenario's quantity less the reference's, in the unit of the quantity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Difference {
    pub mean: f64,
    /// Monte Carlo standard error of `mean`; none below two draws.
    pub mcse: Option<f64>,
    /// Degrees of freedom of `mcse`.
    pub freedom: f64,
    /// Over draws; none if the draws are not paired.
    pub quantiles: Option<Quantiles>,
    /// Share of draws in which the difference is below zero; none if the draws are not paired.
    pub probability_below_zero: Option<f64>,
    /// How many draws have the quantity on both sides; of unpaired means, how many the smaller run has.
    pub draws: u64,
    /// Whether every draw was compared with its counterpart.
    pub is_paired: bool,
    /// Whether both are the same in every draw.
    pub is_identical: bool,
    /// How much of it the tolerance of the solver may explain, in every draw and in the mean.
    pub noise: f64,
}

impl Difference {
    /// The interval that covers the true mean difference with probability `level`: the mean and Student's t times its
    /// standard error to both sides. None below two draws. It is for independent draws; of a Latin hypercube it is too
    /// wide.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let half = self.mcse? * student_critical(1.0 - level, self.freedom);
        Some((self.mean - half, self.mean + half))
    }

    /// Whether the tolerance of the solver explains all of it: the mean, and what nine of ten draws differ by. It counts as
    /// no difference.
    pub fn is_noise(&self) -> bool {
        let is_within = |value: f64| value.abs() <= self.noise;
        let of_draws = self.quantiles.is_some_and(|of| is_within(of.p05) && is_within(of.p95));
        is_within(self.mean) && of_draws
    }

    /// The same; where it is noise, no draw lies below.
    fn without_noise(self) -> Self {
        if self.is_noise() {
            let probability_below_zero = self.probability_below_zero.map(|_| 0.0);
            return Self {
                probability_below_zero,
                ..self
            };
        }
        self
    }

    /// The difference that a batch has kept; `draws` are those of the run, for versions that did not count pairs, and
    /// `noise` as in [`Difference`]. `None` if no draw has both values.
    pub(super) fn kept(statistics: &DifferenceStatistics, draws: u64, noise: f64) -> Option<Self> {
        let mean = statistics.mean?;
        let draws = statistics.draws.unwrap_or(draws);
        let [p05, p25, p50, p75, p95] = statistics.quantiles;
        let quantiles = || {
            Some(Quantiles {
                p05: p05?,
                p25: p25?,
                p50: p50?,
                p75: p75?,
                p95: p95?,
            })
        };
        let never_differs = |quantiles: Quantiles| quantiles.p05 == 0.0 && quantiles.p95 == 0.0;
        let is_zero = mean == 0.0 && statistics.mcse.is_none_or(|mcse| mcse == 0.0);
        let difference = Self {
            mean,
            mcse: statistics.mcse,
            freedom: freedom_of(draws),
            quantiles: quantiles(),
            probability_below_zero: statistics.probability_below_zero,
            draws,
            is_paired: statistics.is_paired,
            is_identical: is_zero && quantiles().is_some_and(never_differs),
            noise,
        };
        Some(difference.without_noise())
    }
}

/// One degree of freedom goes to the mean.
fn freedom_of(draws: u64) -> f64 {
    draws.saturating_sub(1).max(1) as f64
}

/// The difference of two columns of draws, draw by draw; both have one value per draw, NaN where it does not exist.
/// Values that differ by less than the share `tolerance` of the larger one, or of the trade `scale` that they come from,
/// count as equal, because months are solved no more exactly. `None` if no draw has both values.
pub fn paired_difference(reference: &[f64], scenario: &[f64], scale: f64, tolerance: f64) -> Option<Difference> {
    debug_assert_eq!(reference.len(), scenario.len(), "columns of different draws");
    let both = || reference.iter().zip(scenario);
    let mut differences: Vec<f64> = both()
        .map(|(reference, scenario)| scenario - reference)
        .filter(|difference| difference.is_finite())
        .collect();
    let pairs = differences.len() as u64;
    if pairs == 0 {
        return None;
    }
    let moments: Moments = differences.iter().copied().collect();
    // Equal values are not below: a scenario that changes nothing has probability zero.
    let is_below = |(before, after): &(&f64, &f64)| **after - **before < -noise(**before, **after, scale, tolerance);
    let below = both().filter(is_below).count();
    differences.sort_unstable_by(f64::total_cmp);
    // A value that exists on neither side counts as the same, though NaN does not equal itself.
    let is_same =
        |(reference, scenario): (&f64, &f64)| reference == scenario || reference.is_nan() && scenario.is_nan();
    let difference = Difference {
        mean: moments.mean,
        mcse: moments.mcse(),
        freedom: freedom_of(pairs),
        quantiles: Some(quantiles(&differences)),
        probability_below_zero: Some(below as f64 / pairs as f64),
        draws: pairs,
        is_paired: true,
        is_identical: both().all(is_same),
        noise: noise(
            mean_of_existing(reference),
            mean_of_existing(scenario),
            scale,
            tolerance,
        ),
    };
    Some(difference.without_noise())
}

/// The difference of the means of independent draws: variances add. The numbers of draws are those behind each mean;
/// `scale` and `tolerance` as in [`paired_difference`]. `None` if one of the means does not exist.
pub fn unpaired_difference(
    (reference, draws_of_reference): (&Summary, u64),
    (scenario, draws): (&Summary, u64),
    scale: f64,
    tolerance: f64,
) -> Option<Difference> {
    let (before, after) = (reference.mean?, scenario.mean?);
    let errors = reference.mcse.zip(scenario.mcse);
    let freedoms = (freedom_of(draws_of_reference), freedom_of(draws));
    Some(Difference {
        mean: after - before,
        mcse: errors.map(|(one, other)| (one * one + other * other).sqrt()),
        freedom: errors.map_or(1.0, |errors| welch_freedom(errors, freedoms)),
        // Without pairs there is no distribution of differences, only that of each side.
        quantiles: None,
        probability_below_zero: None,
        draws: draws.min(draws_of_reference),
        is_paired: false,
        is_identical: false,
        noise: noise(before, after, scale, tolerance),
    })
}

/// Degrees of freedom of a sum of two squared errors (Welch 1947; Satterthwaite 1946).
fn welch_freedom((one, other): (f64, f64), (freedom, of_other): (f64, f64)) -> f64 {
    let (one, other) = (one * one, other * other);
    let spread = one * one / freedom + other * other / of_other;
    if spread > 0.0 {
        ((one + other) / spread) * (one + other)
    } else {
        freedom.min(of_other)
    }
}

/// Months are solved to a share of trade, so the noise of a difference is a share of what is subtracted, and of the trade
/// `scale` from which it was found: what little is destroyed of much trade is no more exact than the trade.
pub(super) fn noise(before: f64, after: f64, scale: f64, tolerance: f64) -> f64 {
    tolerance * before.abs().max(after.abs()).max(scale)
}

fn mean_of_existing(values: &[f64]) -> f64 {
    let moments: Moments = values.iter().copied().filter(|value| value.is_finite()).collect();
    moments.mean
}

/// Quantiles of sorted values, of which there is at least one.
fn quantiles(sorted: &[f64]) -> Quantiles {
    let quantile = |percent| order_statistic(sorted, percent);
    Quantiles {
        p05: quantile(5),
        p25: quantile(25),
        p50: quantile(50),
        p75: quantile(75),
        p95: quantile(95),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOLERANCE: f64 = 1e-9;

    fn paired(reference: &[f64], scenario: &[f64]) -> Option<Difference> {
        paired_difference(reference, scenario, 0.0, TOLERANCE)
    }

    fn unpaired(reference: &Summary, scenario: &Summary) -> Option<Difference> {
        unpaired_difference((reference, 100), (scenario, 50), 0.0, TOLERANCE)
    }

    fn mean_and_error(mean: f64, mcse: f64) -> Summary {
        Summary {
            mean: Some(mean),
            mcse: Some(mcse),
            ..Summary::default()
        }
    }

    #[test]
    fn draws_are_subtracted_one_by_one() {
        let difference = paired(&[10.0, 20.0, 30.0, 40.0], &[9.0, 18.0, 27.0, 42.0]).unwrap();
        // The differences are -1, -2, -3, 2: mean -1, squared deviations 0 + 1 + 4 + 9 = 14, sd sqrt(14 / 3).
        assert_eq!(difference.mean, -1.0);
        assert!((difference.mcse.unwrap() - (14.0_f64 / 3.0).sqrt() / 2.0).abs() < 1e-15);
        assert_eq!(difference.probability_below_zero, Some(0.75));
        assert_eq!((difference.draws, difference.freedom), (4, 3.0));
        let expected = Quantiles {
            p05: -3.0,
            p25: -3.0,
            p50: -2.0,
            p75: -1.0,
            p95: 2.0,
        };
        assert_eq!(difference.quantiles, Some(expected));
    }

    #[test]
    fn only_the_same_values_in_every_draw_are_identical() {
        let nan = f64::NAN;
        let same = |reference: &[f64], scenario: &[f64]| paired(reference, scenario).unwrap().is_identical;
        assert!(same(&[1.0, 2.0], &[1.0, 2.0]) && same(&[1.0], &[1.0]));
        assert!(same(&[1.0, nan], &[1.0, nan]));
        assert!(!same(&[1.0, nan, 2.0], &[1.0, 2.0, 2.0]));
        assert!(!same(&[1.0, 2.0], &[2.0, 1.0]));
    }

    #[test]
    fn draws_without_the_quantity_on_both_sides_are_left_out() {
        let nan = f64::NAN;
        let difference = paired(&[1.0, nan, 3.0, 4.0], &[2.0, 2.0, nan, 7.0]).unwrap();
        assert_eq!((difference.mean, difference.draws), (2.0, 2));
        assert_eq!(paired(&[1.0, nan], &[nan, 2.0]), None);
        assert_eq!(paired(&[], &[]), None);
    }

    #[test]
    fn what_the_tolerance_explains_is_no_difference_in_any_draw() {
        let reference = [1e9, 2e9, 3e9];
        let shifted = |shift: f64| paired(&reference, &reference.map(|value| value + shift)).unwrap();
        let (within, beyond) = (shifted(-0.9), shifted(-4.0));
        assert!(within.is_noise() && !within.is_identical && !beyond.is_noise());
        assert_eq!(within.probability_below_zero, Some(0.0));
        assert_eq!(beyond.probability_below_zero, Some(1.0));
        // A little that comes of much trade is no more exact than the trade.
        let little = |scale| paired_difference(&[1.0, 2.0], &[0.9, 1.9], scale, TOLERANCE).unwrap();
        assert!(!little(0.0).is_noise() && little(1e9).is_noise());
        assert_eq!(little(1e9).probability_below_zero, Some(0.0));
    }

    #[test]
    fn a_difference_that_was_kept_counts_as_none_within_the_tolerance() {
        let kept = |size: f64| {
            let statistics = DifferenceStatistics {
                mean: Some(-size),
                mcse: Some(0.1 * size),
                quantiles: [Some(-size); 5],
                probability_below_zero: Some(1.0),
                draws: Some(100),
                is_paired: true,
            };
            Difference::kept(&statistics, 100, 1e-3).unwrap()
        };
        assert_eq!(kept(1e-4).probability_below_zero, Some(0.0));
        assert!(kept(1e-4).is_noise() && !kept(1e-2).is_noise());
        assert_eq!(kept(1e-2).probability_below_zero, Some(1.0));
    }

    #[test]
    fn one_draw_has_no_error() {
        let difference = paired(&[1.0], &[5.0]).unwrap();
        assert_eq!(
            (difference.mean, difference.mcse, difference.interval(0.95)),
            (4.0, None, None)
        );
    }

    #[test]
    fn an_interval_is_students_t_times_the_error() {
        let difference = paired(&[10.0, 20.0, 30.0, 40.0], &[9.0, 18.0, 27.0, 42.0]).unwrap();
        let (low, high) = difference.interval(0.95).unwrap();
        // Quantile 0.975 of three degrees of freedom.
        let half = 3.182446 * difference.mcse.unwrap();
        assert!((low - (-1.0 - half)).abs() < 1e-5 && (high - (-1.0 + half)).abs() < 1e-5);
    }

    #[test]
    fn errors_of_unpaired_means_add_in_squares() {
        let (reference, scenario) = (mean_and_error(10.0, 0.3), mean_and_error(8.0, 0.4));
        let difference = unpaired(&reference, &scenario).unwrap();
        assert_eq!((difference.mean, difference.mcse), (-2.0, Some(0.5)));
        assert_eq!((difference.quantiles, difference.probability_below_zero), (None, None));
        assert!(!difference.is_paired);
        assert_eq!(unpaired(&reference, &Summary::default()), None);
    }

    #[test]
    fn equal_means_of_unpaired_draws_are_not_called_identical() {
        let constant = mean_and_error(10.0, 0.0);
        assert!(!unpaired(&constant, &constant).unwrap().is_identical);
    }

    #[test]
    fn degrees_of_freedom_of_unlike_errors_lie_between_the_smaller_and_the_sum() {
        assert!((welch_freedom((1.0, 1.0), (10.0, 10.0)) - 20.0).abs() < 1e-12);
        assert!((welch_freedom((1.0, 1e-9), (10.0, 90.0)) - 10.0).abs() < 1e-6);
        assert_eq!(welch_freedom((0.0, 0.0), (10.0, 90.0)), 10.0);
    }

    proptest! {
        #[test]
        fn exchanging_the_sides_changes_only_the_sign(pairs in prop::collection::vec((-1e9..1e9, -1e9..1e9), 1..50)) {
            let (one, other): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (there, back) = (paired(&one, &other).unwrap(), paired(&other, &one).unwrap());
            prop_assert_eq!(there.mean, -back.mean);
            prop_assert_eq!(there.mcse, back.mcse);
            prop_assert_eq!(there.is_identical, back.is_identical);
        }
    }
}
