//! Exponential smoothing with additive errors and a damped additive trend, ETS(A,Ad,N) (Hyndman, Koehler, Ord and
//! Snyder 2008, Forecasting with Exponential Smoothing, sections 2.5 and 6.2).
//!
//! ```text
//! y_t     = level_{t-1} + f trend_{t-1} + e_t
//! level_t = level_{t-1} + f trend_{t-1} + a e_t
//! trend_t = f trend_{t-1} + b e_t
//! ```

use std::f64::consts::FRAC_PI_2;

use super::gaussian::Gaussian;
use super::minimise::nelder_mead;
use super::span::ObservedSpan;
use crate::math;

/// Fewest observed months.
const FEWEST: usize = 12;

/// Numbers that the fit chooses: two weights, the damping, the first level and the first trend.
const FITTED: usize = 5;

/// The usual bounds of `a` and of `b / a`.
const WEIGHTS: [f64; 2] = [1e-4, 1.0 - 1e-4];

/// The usual bounds of `f`.
const DAMPING: [f64; 2] = [0.8, 0.98];

/// The forecast of the damped trend. `None` for fewer than 12 observed months.
///
/// Weights, damping, first level and first trend make the sum of squared errors least, within the usual bounds, which
/// also makes the likelihood largest. The variance of errors has five degrees of freedom less than observed months. A
/// month that was not observed has no error: level and trend go on as forecast.
pub(super) fn forecast(span: ObservedSpan<'_>, horizon: usize) -> Option<Vec<Gaussian>> {
    let count = span.count();
    if count < FEWEST {
        return None;
    }
    let smoothing = Smoothing::fit(span);
    let (last, squares) = smoothing.least_squares(span);
    let variance = squares / (count - FITTED) as f64;
    let variances = smoothing.relative_variances(span.late + horizon);
    let means = smoothing.means(last, span.late + horizon);
    let steps = span.steps(horizon);
    let forecast = steps.map(|step| Gaussian {
        mean: means[step - 1],
        sd: (variance * variances[step - 1]).sqrt(),
    });
    Some(forecast.collect())
}

/// Level and trend after a month.
#[derive(Clone, Copy)]
struct Holt {
    level: f64,
    trend: f64,
}

/// The parameters of the recursion.
#[derive(Clone, Copy, Debug)]
struct Smoothing {
    /// a
    level_weight: f64,
    /// b
    trend_weight: f64,
    /// f
    damping: f64,
}

impl Smoothing {
    /// The parameters with the least sum of squared errors: the best of searches from several places, since there may
    /// be more than one minimum.
    fn fit(span: ObservedSpan<'_>) -> Self {
        // Sines of angles reach the bounds, where the minimum often is.
        let between = |[low, high]: [f64; 2], angle: f64| {
            let sine = math::sin(angle);
            low + (high - low) * sine * sine
        };
        let at = |[level, trend, damping]: &[f64; 3]| {
            let level_weight = between(WEIGHTS, *level);
            Self {
                level_weight,
                trend_weight: level_weight * between(WEIGHTS, *trend),
                damping: between(DAMPING, *damping),
            }
        };
        let squares = |angles: &[f64; 3]| at(angles).least_squares(span).1;
        let starts = [
            [0.2, 0.2, 0.5],
            [0.5, 0.2, 0.8],
            [0.5, 0.7, 0.5],
            [0.8, 0.2, 0.5],
            [0.8, 0.7, 0.8],
        ];
        let searches = starts.map(|start| nelder_mead(start.map(|share: f64| share * FRAC_PI_2), 0.2, squares));
        let best = searches.iter().min_by(|one, other| one.1.total_cmp(&other.1));
        at(&best.unwrap_or(&searches[0]).0)
    }

    /// The state after the last month, and the sum of squared errors, at the first level and trend that make this sum
    /// least.
    ///
    /// The errors are linear in the first state: those from zero, plus the first level times its effect, plus the first
    /// trend times its effect. So this is a regression on two columns, solved by orthogonalising them.
    fn least_squares(self, span: ObservedSpan<'_>) -> (Holt, f64) {
        let start = |level, trend| Holt { level, trend };
        // Values are measured from the first, for the sake of digits.
        let mut paths = [start(0.0, 0.0), start(1.0, 0.0), start(0.0, 1.0)];
        let mut sums = Regression::default();
        for value in span.months {
            let is_observed = value.is_finite();
            let outcomes = [value - span.first(), 0.0, 0.0];
            let mut errors = [0.0; 3];
            for ((path, outcome), error) in paths.iter_mut().zip(outcomes).zip(&mut errors) {
                *error = if is_observed { outcome - self.next(*path) } else { 0.0 };
                *path = self.step(*path, *error);
            }
            sums.add(errors);
        }
        let [level, trend] = sums.solve();
        let combine = |part: fn(&Holt) -> f64| part(&paths[0]) + level * part(&paths[1]) + trend * part(&paths[2]);
        let last = start(span.first() + combine(|path| path.level), combine(|path| path.trend));
        let first = start(span.first() + level, trend);
        (last, self.squares(span, first))
    }

    /// The sum of squared errors from a first state.
    fn squares(self, span: ObservedSpan<'_>, first: Holt) -> f64 {
        let (mut state, mut squares) = (first, 0.0);
        for value in span.months {
            let error = if value.is_finite() {
                value - self.next(state)
            } else {
                0.0
            };
            squares += error * error;
            state = self.step(state, error);
        }
        squares
    }

    /// The forecast of the next month.
    fn next(self, state: Holt) -> f64 {
        state.level + self.damping * state.trend
    }

    /// The state after a month with this error.
    fn step(self, state: Holt, error: f64) -> Holt {
        Holt {
            level: self.next(state) + self.level_weight * error,
            trend: self.damping * state.trend + self.trend_weight * error,
        }
    }

    /// The forecasts of the months after a state.
    fn means(self, state: Holt, months: usize) -> Vec<f64> {
        let mut state = state;
        let mut mean = || {
            state = self.step(state, 0.0);
            state.level
        };
        (0..months).map(|_| mean()).collect()
    }

    /// The variances of the forecasts of the next months, for errors of variance 1: one plus the squares of the effects
    /// of the errors between, `a + b (f + ... + f^j)` after `j` months (Hyndman et al. 2008, section 6.3).
    fn relative_variances(self, months: usize) -> Vec<f64> {
        let (mut variance, mut power, mut powers) = (1.0, 1.0, 0.0);
        let mut after = || {
            let now = variance;
            power *= self.damping;
            powers += power;
            let effect = self.level_weight + self.trend_weight * powers;
            variance += effect * effect;
            now
        };
        (0..months).map(|_| after()).collect()
    }
}

/// Sums of products for a regression of errors on the effects of the first level and the first trend.
#[derive(Default)]
struct Regression {
    /// Of outcome, level and trend with each other: [level level, level trend, trend trend].
    columns: [f64; 3],
    /// [outcome level, outcome trend]
    outcome: [f64; 2],
}

impl Regression {
    fn add(&mut self, [outcome, level, trend]: [f64; 3]) {
        let products = [level * level, level * trend, trend * trend];
        self.columns
            .iter_mut()
            .zip(products)
            .for_each(|(sum, product)| *sum += product);
        self.outcome[0] += outcome * level;
        self.outcome[1] += outcome * trend;
    }

    /// The coefficients that make the sum of squares of `outcome + level c_1 + trend c_2` least; the trend's is zero
    /// where it has no effect of its own.
    fn solve(&self) -> [f64; 2] {
        let [level, both, trend] = self.columns;
        let [outcome_level, outcome_trend] = self.outcome;
        // The first error alone makes `level` one or more.
        let share = both / level;
        let own = trend - share * both;
        let second = if own > 1e-9 * trend {
            -(outcome_trend - share * outcome_level) / own
        } else {
            0.0
        };
        [-(outcome_level / level) - share * second, second]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMOOTHING: Smoothing = Smoothing {
        level_weight: 0.5,
        trend_weight: 0.1,
        damping: 0.9,
    };

    #[test]
    fn a_trend_that_fades_goes_on_fading() {
        // From level 1 and trend 0.1: no errors at all with damping 0.9.
        let series = SMOOTHING.means(Holt { level: 1.0, trend: 0.1 }, 42);
        let forecast = forecast(ObservedSpan::new(&series[..30]).unwrap(), 12).unwrap();
        for (one, truth) in forecast.iter().zip(&series[30..]) {
            assert!((one.mean - truth).abs() < 1e-6 && one.sd < 1e-6, "{one:?}, not {truth}");
        }
    }

    #[test]
    fn the_first_state_of_a_series_without_errors_is_found() {
        let mut series = SMOOTHING.means(Holt { level: 1.0, trend: 0.1 }, 20);
        series[4] = f64::NAN;
        let (last, squares) = SMOOTHING.least_squares(ObservedSpan::new(&series).unwrap());
        assert!(squares < 1e-25, "{squares}");
        assert!((last.level - series[19]).abs() < 1e-12);
        assert!((SMOOTHING.next(last) - SMOOTHING.means(last, 1)[0]).abs() < 1e-15);
    }

    #[test]
    fn no_other_first_state_has_smaller_squares() {
        let series: Vec<f64> = (0..20).map(|month| f64::from(month * 7 % 11)).collect();
        let span = ObservedSpan::new(&series).unwrap();
        let (_, least) = SMOOTHING.least_squares(span);
        for level in 0..100 {
            for trend in 0..100 {
                let first = Holt {
                    level: 0.1 * f64::from(level),
                    trend: 0.1 * f64::from(trend - 50),
                };
                assert!(SMOOTHING.squares(span, first) >= least);
            }
        }
    }

    #[test]
    fn a_step_by_hand() {
        // Forecast 10.9, error 1.
        let state = SMOOTHING.step(
            Holt {
                level: 10.0,
                trend: 1.0,
            },
            1.0,
        );
        assert!((state.level - 11.4).abs() < 1e-14 && (state.trend - 1.0).abs() < 1e-15);
        assert!((SMOOTHING.next(state) - 12.3).abs() < 1e-14);
    }

    #[test]
    fn variances_by_hand() {
        // Effects 0.5 + 0.1 x 0.9 and 0.5 + 0.1 x (0.9 + 0.81).
        let variances = SMOOTHING.relative_variances(3);
        assert_eq!(variances[0], 1.0);
        assert!((variances[1] - 1.3481).abs() < 1e-14);
        assert!((variances[2] - 1.798_341).abs() < 1e-14);
    }
}
