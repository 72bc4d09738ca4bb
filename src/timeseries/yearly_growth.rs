//! Last year's growth: the same month last year, and the growth over the last year.

use super::gaussian::Gaussian;
use super::local_level::{self, VariancePrior};
use super::span::ObservedSpan;

/// Months of a year.
const YEAR: usize = 12;

/// Fewest past errors that measure a horizon.
const FEWEST: usize = 6;

/// The forecast by last year's growth, for the months `y` up to `t`:
///
/// ```text
/// y_{t+h-12} + (y_t - y_{t-12})
/// ```
///
/// Beyond a year, forecasts take the place of `y_{t+h-12}`. The standard deviation at a horizon is the root mean square
/// of the errors that the method would have made at that horizon in the past of the series. A horizon with fewer than 6
/// such errors has the standard deviation of the horizon before; where even one month has fewer (before 19 months), the
/// standard deviations are those of the local level.
///
/// A month in a gap counts as on the straight line between its neighbours, but as no origin and no outcome of past
/// errors. `None` where the series has no month twelve months before its last.
pub(super) fn forecast(span: ObservedSpan<'_>, horizon: usize) -> Option<Vec<Gaussian>> {
    let origin = span.months.len() - 1;
    let bridged = bridge(span);
    (origin >= YEAR).then(|| {
        let steps = span.steps(horizon);
        let sds = sds(span, &bridged, span.late + horizon);
        let forecast = steps.map(|step| Gaussian {
            mean: mean(&bridged, origin, step),
            sd: sds[step - 1],
        });
        forecast.collect()
    })
}

/// The forecast for `step` months after `origin`, from the months up to `origin`; there are more than twelve.
fn mean(months: &[f64], origin: usize, step: usize) -> f64 {
    let growth = months[origin] - months[origin - YEAR];
    let years = step.div_ceil(YEAR);
    months[origin + step - years * YEAR] + years as f64 * growth
}

/// Standard deviations for 1, 2, ..., `horizon` months ahead.
fn sds(span: ObservedSpan<'_>, bridged: &[f64], horizon: usize) -> Vec<f64> {
    let mut last = None;
    let by_horizon = (1..=horizon).map(|step| {
        last = past_error(span, bridged, step).or(last);
        last
    });
    by_horizon
        .collect::<Option<Vec<f64>>>()
        .unwrap_or_else(|| level_sds(span, horizon))
}

/// The root mean square of the past errors at a horizon; none if there are too few.
fn past_error(span: ObservedSpan<'_>, bridged: &[f64], step: usize) -> Option<f64> {
    let is_observed = |month: usize| span.months[month].is_finite();
    let origins = (YEAR..span.months.len().saturating_sub(step)).filter(|origin| is_observed(*origin));
    let squares: Vec<f64> = origins
        .filter(|origin| is_observed(origin + step))
        .map(|origin| span.months[origin + step] - mean(bridged, origin, step))
        .map(|error| error * error)
        .collect();
    (squares.len() >= FEWEST).then(|| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
}

/// Standard deviations of the local level.
fn level_sds(span: ObservedSpan<'_>, horizon: usize) -> Vec<f64> {
    let sds = local_level::fit(span.months, &VariancePrior::MONTHLY_TRADE);
    let state = local_level::filter(span.months, sds);
    let forecast = state.map_or_else(Vec::new, |state| state.forecast(sds, horizon));
    forecast.iter().map(|one| one.sd).collect()
}

/// The months of a span, with straight lines over its gaps.
fn bridge(span: ObservedSpan<'_>) -> Vec<f64> {
    let mut bridged = span.months.to_vec();
    for ((start, before), (end, after)) in span.observed().zip(span.observed().skip(1)) {
        let slope = (after - before) / (end - start) as f64;
        for (month, value) in bridged[..end].iter_mut().enumerate().skip(start + 1) {
            *value = before + (month - start) as f64 * slope;
        }
    }
    bridged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(series: &[f64], horizon: usize) -> Vec<Gaussian> {
        forecast(ObservedSpan::new(series).unwrap(), horizon).unwrap()
    }

    #[test]
    fn seasons_on_a_line_go_on() {
        let month = |month: u32| f64::from(month % 12 * 5 % 12) + 0.25 * f64::from(month);
        let mut series: Vec<f64> = (0..30).map(month).collect();
        for (one, later) in of(&series, 30).iter().zip(30..) {
            assert!((one.mean - month(later)).abs() < 1e-12 && one.sd < 1e-12, "{one:?}");
        }
        // Two months later, neither observed.
        series.extend([f64::NAN; 2]);
        for (one, later) in of(&series, 30).iter().zip(32..) {
            assert!((one.mean - month(later)).abs() < 1e-12, "{one:?}");
        }
    }

    #[test]
    fn past_errors_give_the_standard_deviations() {
        // A year of zeros, then a zigzag that starts above: forecasts within a year repeat the last value.
        let mut series = vec![0.0; 12];
        series.extend((0..12).map(|month| 0.1 * f64::from((month + 1) % 2)));
        let sds: Vec<f64> = of(&series, 9).iter().map(|one| one.sd).collect();
        // Six origins remain for the sixth month; later ones have its standard deviation.
        let expected = [0.1, 0.0, 0.1, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0];
        for (sd, expected) in sds.iter().zip(expected) {
            assert!((sd - expected).abs() < 1e-15, "{sds:?}");
        }
    }

    #[test]
    fn a_short_series_has_the_standard_deviations_of_the_local_level() {
        let series: Vec<f64> = (0..14).map(|month| 0.1 * f64::from(month)).collect();
        let level = local_level::fit(&series, &VariancePrior::MONTHLY_TRADE);
        let state = local_level::filter(&series, level).unwrap();
        let forecast = of(&series, 2);
        assert!((forecast[0].mean - 1.4).abs() < 1e-12);
        assert_eq!(forecast[1].sd, state.forecast(level, 2)[1].sd);
        assert_eq!(super::forecast(ObservedSpan::new(&series[..12]).unwrap(), 2), None);
    }

    #[test]
    fn gaps_are_bridged_by_lines() {
        let series = [1.0, f64::NAN, f64::NAN, 4.0, 3.0];
        assert_eq!(bridge(ObservedSpan::new(&series).unwrap()), [1.0, 2.0, 3.0, 4.0, 3.0]);
    }
}
