//! Naive forecasts: what a series alone says of its next months.

use super::gaussian::Gaussian;
use super::local_level::{self, VariancePrior};
use super::span::ObservedSpan;
use super::{damped_trend, theta, yearly_growth};

/// A way to forecast a series of logarithms from nothing but its past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NaiveMethod {
    /// A level that walks, observed with noise, fitted with the prior for monthly trade (Harvey 1989).
    LocalLevel,
    /// The last value, with the variance of a random walk.
    LastValue,
    /// Exponential smoothing with half the drift of the trend line (Assimakopoulos and Nikolopoulos 2000).
    Theta,
    /// Exponential smoothing with a trend that fades (Hyndman et al. 2008).
    DampedTrend,
    /// The same month last year, and the growth over the last year.
    YearlyGrowth,
}

impl NaiveMethod {
    pub const ALL: [Self; 5] = [
        Self::LocalLevel,
        Self::LastValue,
        Self::Theta,
        Self::DampedTrend,
        Self::YearlyGrowth,
    ];

    /// The name in tables: `local_level`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LocalLevel => "local_level",
            Self::LastValue => "last_value",
            Self::Theta => "theta",
            Self::DampedTrend => "damped_trend",
            Self::YearlyGrowth => "yearly_growth",
        }
    }

    /// The distributions of the months 1, 2, ..., `horizon` after the end of `series`, a slice of logarithms by month.
    ///
    /// A month that is not a finite number was not observed; at the end of a series, such months lengthen the way to
    /// the forecast. Where a method needs more observed months than there are, the forecast is that of the local level,
    /// whose prior makes do with one: the last value needs 6 differences, theta and the damped trend 12 months, yearly
    /// growth 13 months from first to last. The result is empty where no month is observed.
    pub fn forecast(self, series: &[f64], horizon: usize) -> Vec<Gaussian> {
        let Some(span) = ObservedSpan::new(series) else {
            return Vec::new();
        };
        let forecast = match self {
            Self::LocalLevel => None,
            Self::LastValue => last_value(span, horizon),
            Self::Theta => theta::forecast(span, horizon),
            Self::DampedTrend => damped_trend::forecast(span, horizon),
            Self::YearlyGrowth => yearly_growth::forecast(span, horizon),
        };
        forecast.unwrap_or_else(|| level(series, horizon))
    }
}

/// The forecast of the local level; empty where no month is observed.
fn level(series: &[f64], horizon: usize) -> Vec<Gaussian> {
    let sds = local_level::fit(series, &VariancePrior::MONTHLY_TRADE);
    local_level::filter(series, sds).map_or_else(Vec::new, |state| state.forecast(sds, horizon))
}

/// Months at the end of a series whose differences measure a random walk.
const RECENT: usize = 36;

/// Fewest differences that do.
const FEWEST: usize = 6;

/// A random walk without drift. Its variance by month is the mean of the squared differences of the last 36 months; one
/// over a gap of k months counts a k-th of its square.
fn last_value(span: ObservedSpan<'_>, horizon: usize) -> Option<Vec<Gaussian>> {
    let oldest = span.months.len().saturating_sub(RECENT);
    let squares: Vec<f64> = span
        .observed()
        .zip(span.observed().skip(1))
        .filter(|(_, (month, _))| *month >= oldest)
        .map(|((earlier, before), (month, after))| (after - before) * (after - before) / (month - earlier) as f64)
        .collect();
    let variance = squares.iter().sum::<f64>() / squares.len() as f64;
    let forecast = span.steps(horizon).map(|step| Gaussian {
        mean: span.last(),
        sd: (step as f64 * variance).sqrt(),
    });
    (squares.len() >= FEWEST).then(|| forecast.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of a tenth up and down.
    fn zigzag(months: u32) -> Vec<f64> {
        (0..months).map(|month| 0.1 * f64::from(month % 2)).collect()
    }

    fn assert_near(one: Gaussian, mean: f64, sd: f64) {
        assert!((one.mean - mean).abs() < 1e-14, "{one:?}");
        assert!((one.sd - sd).abs() < 1e-14, "{one:?}");
    }

    #[test]
    fn the_last_value_walks_at_random() {
        let forecast = NaiveMethod::LastValue.forecast(&zigzag(14), 4);
        assert_near(forecast[0], 0.1, 0.1);
        assert_near(forecast[3], 0.1, 0.2);
        // A month later, with the same months observed.
        let mut series = zigzag(14);
        series.push(f64::NAN);
        assert_eq!(NaiveMethod::LastValue.forecast(&series, 3), forecast[1..]);
        // A step of 0.2 over four months.
        let mut series = zigzag(14);
        series.extend([f64::NAN, f64::NAN, f64::NAN, 0.3]);
        assert_near(NaiveMethod::LastValue.forecast(&series, 1)[0], 0.3, 0.1);
    }

    #[test]
    fn only_the_last_36_months_measure_the_walk() {
        let mut series: Vec<f64> = (0..30).map(|month| f64::from(month * month)).collect();
        series.extend(zigzag(37));
        assert_near(NaiveMethod::LastValue.forecast(&series, 1)[0], 0.0, 0.1);
    }

    #[test]
    fn the_local_level_is_the_filter_at_the_fit() {
        let series = zigzag(20);
        let sds = local_level::fit(&series, &VariancePrior::MONTHLY_TRADE);
        let state = local_level::filter(&series, sds).unwrap();
        let forecast = NaiveMethod::LocalLevel.forecast(&series, 3);
        assert_eq!(forecast.len(), 3);
        let variance = state.variance + 3.0 * sds.walk * sds.walk + sds.noise * sds.noise;
        assert_near(forecast[2], state.mean, variance.sqrt());
    }

    #[test]
    fn too_short_a_series_falls_back_to_the_local_level() {
        let series = zigzag(6);
        let level = NaiveMethod::LocalLevel.forecast(&series, 5);
        for method in NaiveMethod::ALL {
            assert_eq!(method.forecast(&series, 5), level, "{}", method.name());
            assert_eq!(method.forecast(&[f64::NAN; 20], 5), []);
            assert_eq!(method.forecast(&[], 5), []);
            assert_eq!(method.forecast(&series, 0), []);
        }
    }

    #[test]
    fn any_pattern_of_missing_months_gives_numbers() {
        let full: Vec<f64> = (0..60).map(|month| f64::from(month * 7 % 13) / 10.0).collect();
        for length in 1..60 {
            for pattern in 1..8 {
                let mut series = full[..length].to_vec();
                // Whole runs of months are missing, the last ones too for some lengths.
                let missing = |month: usize| (month * pattern / 5) % 3 == 1 && month != 0;
                for (month, value) in series.iter_mut().enumerate() {
                    *value = if missing(month) { f64::NAN } else { *value };
                }
                for method in NaiveMethod::ALL {
                    let forecast = method.forecast(&series, 18);
                    assert_eq!(forecast.len(), 18);
                    let is_good = |one: &Gaussian| one.mean.is_finite() && one.sd.is_finite() && one.sd >= 0.0;
                    assert!(
                        forecast.iter().all(is_good),
                        "{} {series:?} {forecast:?}",
                        method.name()
                    );
                }
            }
        }
    }

    #[test]
    fn a_constant_series_goes_on() {
        for method in NaiveMethod::ALL {
            for one in method.forecast(&[2.5; 40], 14) {
                assert!(
                    (one.mean - 2.5).abs() < 1e-12 && one.sd < 0.6,
                    "{} {one:?}",
                    method.name()
                );
            }
        }
    }
}
