//! The local level model: a level walks at random and is observed with noise (Harvey 1989, Forecasting, Structural Time
//! Series Models and the Kalman Filter, section 2.3).
//!
//! ```text
//! y_t     = level_t + noise_t,        noise_t ~ N(0, s^2)
//! level_t = level_{t-1} + walk_t,     walk_t  ~ N(0, q^2)
//! ```
//!
//! Nothing is known of the level before the first observed month; after it, the level is that value, give or take the
//! noise. This is the limit of a start with ever larger variance, and depends on no unit.

use std::f64::consts::PI;

use super::gaussian::Gaussian;
use super::minimise::nelder_mead;
use super::span::ObservedSpan;
use crate::math;

/// The standard deviations of the model, in the units of the series; both above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelVariances {
    /// Of a month's step of the level: q.
    pub walk: f64,
    /// Of an observation about the level: s.
    pub noise: f64,
}

/// What other series say of the standard deviations: independent lognormal distributions. It decides where a series is
/// too short to tell noise from walk, and yields as months add up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VariancePrior {
    pub medians: LevelVariances,
    /// The standard deviation of their logarithms.
    pub spread: f64,
}

impl VariancePrior {
    /// For logarithms of monthly trade of a country with a country.
    pub const MONTHLY_TRADE: Self = Self {
        medians: LevelVariances {
            walk: 0.06,
            noise: 0.08,
        },
        spread: 0.4,
    };

    /// The logarithm of the density of the standard deviations' logarithms, but for a constant.
    fn log_density(&self, sds: LevelVariances) -> f64 {
        let distance = |sd: f64, median: f64| math::ln(sd / median) / self.spread;
        let walk = distance(sds.walk, self.medians.walk);
        let noise = distance(sds.noise, self.medians.noise);
        -0.5 * (walk * walk + noise * noise)
    }
}

/// What is known of the level in the last month of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelState {
    pub mean: f64,
    pub variance: f64,
}

impl LevelState {
    /// The distributions of the observations 1, 2, ..., `horizon` months later: the level's mean, with variance
    /// `P + h q^2 + s^2`.
    pub fn forecast(&self, sds: LevelVariances, horizon: usize) -> Vec<Gaussian> {
        let (walk, noise) = (sds.walk * sds.walk, sds.noise * sds.noise);
        let months = 1..=horizon;
        months
            .map(|month| Gaussian {
                mean: self.mean,
                sd: (self.variance + month as f64 * walk + noise).sqrt(),
            })
            .collect()
    }
}

/// The logarithm of the density of all observed months but the first, given the first; zero where fewer than two are
/// observed.
pub fn log_likelihood(series: &[f64], sds: LevelVariances) -> f64 {
    run(series, sds).map_or(0.0, |(_, log_likelihood)| log_likelihood)
}

/// The level in the last month of the series, from all months up to it. A month that is not a finite number was not
/// observed and adds uncertainty. `None` where no month is observed.
pub fn filter(series: &[f64], sds: LevelVariances) -> Option<LevelState> {
    run(series, sds).map(|(state, _)| state)
}

/// The standard deviations that make the series most likely, weighed by a prior: the maximum of likelihood times
/// density of their logarithms. Without observed months these are the prior's medians.
pub fn fit(series: &[f64], prior: &VariancePrior) -> LevelVariances {
    let LevelVariances { walk, noise } = prior.medians;
    let at = |[walk, noise]: &[f64; 2]| LevelVariances {
        walk: math::exp(*walk),
        noise: math::exp(*noise),
    };
    let objective = |logarithms: &[f64; 2]| {
        let sds = at(logarithms);
        -log_likelihood(series, sds) - prior.log_density(sds)
    };
    at(&nelder_mead([math::ln(walk), math::ln(noise)], prior.spread, objective).0)
}

/// The Kalman filter: the last state, and the log-likelihood.
fn run(series: &[f64], sds: LevelVariances) -> Option<(LevelState, f64)> {
    let span = ObservedSpan::new(series)?;
    let (walk, noise) = (sds.walk * sds.walk, sds.noise * sds.noise);
    let (mut mean, mut variance) = (span.first(), noise);
    let (mut log_likelihood, log_two_pi) = (0.0, math::ln(2.0 * PI));
    for observed in &span.months[1..] {
        variance += walk;
        if observed.is_finite() {
            let surprise = observed - mean;
            let surprise_variance = variance + noise;
            log_likelihood -=
                0.5 * (log_two_pi + math::ln(surprise_variance) + surprise * surprise / surprise_variance);
            mean += variance / surprise_variance * surprise;
            variance *= noise / surprise_variance;
        }
    }
    variance += span.late as f64 * walk;
    Some((LevelState { mean, variance }, log_likelihood))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, standard_normal_quantile};

    const ONES: LevelVariances = LevelVariances { walk: 1.0, noise: 1.0 };

    fn assert_near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-14, "{one} is not {other}");
    }

    #[test]
    fn two_months_by_hand() {
        // Variance 1 after the first month, 2 before the second, whose surprise of 1 has variance 3.
        let state = filter(&[0.0, 1.0], ONES).unwrap();
        assert_near(state.mean, 2.0 / 3.0);
        assert_near(state.variance, 2.0 / 3.0);
        let log_density = -0.5 * (math::ln(2.0 * PI) + math::ln(3.0) + 1.0 / 3.0);
        assert_near(log_likelihood(&[0.0, 1.0], ONES), log_density);
        let forecast = state.forecast(ONES, 2);
        assert_near(forecast[0].sd, (2.0_f64 / 3.0 + 2.0).sqrt());
        assert_near(forecast[1].sd, (2.0_f64 / 3.0 + 3.0).sqrt());
        assert_eq!(forecast[1].mean, state.mean);
    }

    #[test]
    fn months_that_are_not_observed_add_the_walk_alone() {
        // Variance 3 before the last month, whose surprise of 1 has variance 4.
        let state = filter(&[f64::NAN, 0.0, f64::NAN, 1.0, f64::NAN], ONES).unwrap();
        assert_near(state.mean, 0.75);
        assert_near(state.variance, 0.75 + 1.0);
        assert_eq!(filter(&[f64::NAN], ONES), None);
        assert_eq!(log_likelihood(&[f64::NAN, 2.0], ONES), 0.0);
    }

    #[test]
    fn without_months_the_fit_is_the_prior() {
        let prior = VariancePrior::MONTHLY_TRADE;
        let sds = fit(&[1.0, f64::NAN], &prior);
        assert!((sds.walk / prior.medians.walk - 1.0).abs() < 1e-5, "{sds:?}");
        assert!((sds.noise / prior.medians.noise - 1.0).abs() < 1e-5, "{sds:?}");
    }

    /// Months of a series with known standard deviations.
    fn simulated(months: u32, sds: LevelVariances) -> Vec<f64> {
        let normal = |purpose, month| standard_normal_quantile(Stream::new(3, "series", purpose).uniform(0, month));
        let mut level = 0.0;
        let value = |month| {
            level += sds.walk * normal("walk", month);
            level + sds.noise * normal("noise", month)
        };
        (0..months).map(value).collect()
    }

    #[test]
    fn a_long_series_overrules_the_prior() {
        let truth = LevelVariances { walk: 0.02, noise: 0.2 };
        let sds = fit(&simulated(3000, truth), &VariancePrior::MONTHLY_TRADE);
        assert!((sds.walk / truth.walk - 1.0).abs() < 0.2, "{sds:?}");
        assert!((sds.noise / truth.noise - 1.0).abs() < 0.1, "{sds:?}");
    }

    #[test]
    fn no_step_from_the_fit_is_better() {
        let prior = VariancePrior::MONTHLY_TRADE;
        let series = simulated(40, prior.medians);
        let objective = |sds| log_likelihood(&series, sds) + prior.log_density(sds);
        let best = fit(&series, &prior);
        for (walk, noise) in [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999)] {
            let beside = LevelVariances {
                walk: best.walk * walk,
                noise: best.noise * noise,
            };
            assert!(objective(beside) < objective(best), "{beside:?}");
        }
    }
}
