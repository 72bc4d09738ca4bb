//! The theta method (Assimakopoulos and Nikolopoulos 2000, International Journal of Forecasting 16, 521-530), as
//! exponential smoothing with drift (Hyndman and Billah 2003, the same journal 19, 287-290).

use super::gaussian::Gaussian;
use super::minimise::golden_section;
use super::span::ObservedSpan;

/// Fewest observed months.
const FEWEST: usize = 12;

/// The smallest weight of a new month.
const SMALLEST_WEIGHT: f64 = 1e-4;

/// The forecast of the theta method without seasons, with the usual two lines. `None` for fewer than 12 observed
/// months.
///
/// The level starts at the first value, the weight `a` of a new month makes the sum of squared errors of the smoothing
/// least, and the drift `b` is the slope of the trend line. With `n` months the forecast `h` months ahead is
///
/// ```text
/// level_n + b/2 (h - 1 + sum of (1 - a)^j over j < n)
/// ```
///
/// Its variance is `v (1 + (h - 1) a^2)`, that of the equivalent model with one source of error, where `v` is the mean
/// square of the one-month errors of the whole forecast, less two degrees of freedom for weight and drift. A month that
/// was not observed leaves the level as it is and has no error.
pub(super) fn forecast(span: ObservedSpan<'_>, horizon: usize) -> Option<Vec<Gaussian>> {
    let count = span.count();
    if count < FEWEST {
        return None;
    }
    let weight = golden_section(SMALLEST_WEIGHT, 1.0, |weight| Smoothed::new(span, weight, 0.0).squares);
    let half_drift = 0.5 * slope(span);
    let smoothed = Smoothed::new(span, weight, half_drift);
    let variance = smoothed.squares / (count - 3) as f64;
    let forecast = span.steps(horizon).map(|step| {
        let later = (step - 1) as f64;
        Gaussian {
            mean: smoothed.level + half_drift * (later + smoothed.reach),
            sd: (variance * (1.0 + later * weight * weight)).sqrt(),
        }
    });
    Some(forecast.collect())
}

/// Exponential smoothing with drift up to the last month of a series.
struct Smoothed {
    level: f64,
    /// The sum of `(1 - a)^j` over the months: by how many months' drift the level lags.
    reach: f64,
    /// The sum of the squared errors of forecasts of the next month.
    squares: f64,
}

impl Smoothed {
    fn new(span: ObservedSpan<'_>, weight: f64, half_drift: f64) -> Self {
        let start = Self {
            level: span.first(),
            reach: 1.0,
            squares: 0.0,
        };
        span.months[1..].iter().fold(start, |before, value| {
            let reach = 1.0 + (1.0 - weight) * before.reach;
            if !value.is_finite() {
                return Self { reach, ..before };
            }
            let error = value - (before.level + half_drift * before.reach);
            Self {
                level: before.level + weight * (value - before.level),
                reach,
                squares: before.squares + error * error,
            }
        })
    }
}

/// The slope by month of the least-squares line through the observed months.
fn slope(span: ObservedSpan<'_>) -> f64 {
    let count = span.count() as f64;
    let mean_month = span.observed().map(|(month, _)| month as f64).sum::<f64>() / count;
    let mean = span.observed().map(|(_, value)| value).sum::<f64>() / count;
    let (mut products, mut squares) = (0.0, 0.0);
    for (month, value) in span.observed() {
        let from_middle = month as f64 - mean_month;
        products += from_middle * (value - mean);
        squares += from_middle * from_middle;
    }
    products / squares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_goes_on_with_half_its_slope() {
        // Smoothing follows a line best with weight 1; then each month is missed by half the slope, 19 times.
        let series: Vec<f64> = (0..20).map(|month| 0.1 * f64::from(month)).collect();
        let forecast = forecast(ObservedSpan::new(&series).unwrap(), 3).unwrap();
        let variance = 19.0 * 0.05 * 0.05 / 17.0;
        for (one, later) in forecast.iter().zip([0.0, 1.0, 2.0]) {
            assert!((one.mean - (1.9 + 0.05 * (later + 1.0))).abs() < 1e-12, "{one:?}");
            assert!((one.sd - (variance * (1.0 + later)).sqrt()).abs() < 1e-12, "{one:?}");
        }
    }

    #[test]
    fn smoothing_by_hand() {
        // Forecasts 2 and, after 2 + (4 - 2) / 2 and a gap, 3; drift 1 times 1 and 1 + 1/2 + 1/4.
        let series = [2.0, 4.0, f64::NAN, 9.0];
        let smoothed = Smoothed::new(ObservedSpan::new(&series).unwrap(), 0.5, 1.0);
        assert_eq!(smoothed.level, 6.0);
        assert_eq!(smoothed.reach, 1.875);
        assert_eq!(smoothed.squares, 1.0 + 4.25 * 4.25);
    }

    #[test]
    fn the_slope_of_a_line_with_gaps() {
        let series = [1.0, 3.0, f64::NAN, f64::NAN, 9.0];
        assert!((slope(ObservedSpan::new(&series).unwrap()) - 2.0).abs() < 1e-15);
    }
}
