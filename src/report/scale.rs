//! Numbers short enough to read: a common unit for a metric, and only decimals that carry information.

use crate::model::ResultUnit;

/// Digits that the largest number of a group is shown with.
const DIGITS: usize = 3;

/// Powers of ten by number of decimals; more decimals are not shown.
const POWERS: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];

/// Numbers below this share of the largest of a metric are noise, as the tolerance of the solver and rounding leave it.
const NOISE: f64 = 1e-9;

/// The multiple of a unit in which the numbers of a metric are shown.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DisplayScale {
    pub divisor: f64,
    /// Smaller numbers are shown as zero.
    noise: f64,
    /// The unit with its multiple, such as `bn usd`.
    pub unit: String,
}

impl DisplayScale {
    /// The scale that leaves up to three digits before the point of the largest of `values`; shares are in per cent.
    pub fn fitting(unit: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let largest = largest(values);
        let multiples = [(1e9, "bn "), (1e6, "million "), (1e3, "thousand ")];
        let multiple = multiples.into_iter().find(|(divisor, _)| largest >= *divisor);
        let (divisor, unit) = match (ResultUnit::from_name(unit), multiple) {
            (Some(ResultUnit::Share), _) => (0.01, "%".to_owned()),
            (Some(ResultUnit::Dollars | ResultUnit::Tonnes), Some((divisor, name))) => {
                (divisor, format!("{name}{unit}"))
            }
            _ => (1.0, unit.to_owned()),
        };
        // Noise is compared with numbers as they are shown, after the division.
        let noise = NOISE * largest / divisor;
        Self { divisor, noise, unit }
    }

    /// The decimals that give the largest of `values` three digits.
    pub fn decimals(&self, values: impl IntoIterator<Item = f64>) -> Decimals<'_> {
        let decimals = decimals_for(largest(values) / self.divisor, DIGITS);
        Decimals { scale: self, decimals }
    }
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values
        .into_iter()
        .fold(0.0, |largest, value| f64::max(largest, value.abs()))
}

/// How many decimals give a number, not below zero, so many digits.
fn decimals_for(value: f64, digits: usize) -> usize {
    let shows_enough = |power: &f64| value * power >= POWERS[digits - 1];
    POWERS.iter().position(shows_enough).unwrap_or(POWERS.len() - 1)
}

/// The common form of a group of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimals<'a> {
    scale: &'a DisplayScale,
    decimals: usize,
}

impl Decimals<'_> {
    /// A number; one that would be rounded to nothing keeps its first digit and an exponent, unless it is noise. Only a
    /// zero has no decimals.
    pub fn show(&self, value: f64) -> String {
        let value = value / self.scale.divisor;
        let text = format!("{value:.*}", self.decimals);
        // Rounding left only zeros.
        let is_nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'));
        if value == 0.0 {
            "0".to_owned()
        } else if is_nothing && value.abs() > self.scale.noise {
            format!("{value:.0e}")
        } else if is_nothing {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        }
    }

    /// The standard error of such a number, with more decimals where it needs them to show a digit.
    pub fn show_error(&self, error: f64) -> String {
        let decimals = decimals_for(error / self.scale.divisor, 1).max(self.decimals);
        Decimals { decimals, ..*self }.show(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(unit: &str, values: &[f64]) -> (String, Vec<String>) {
        let scale = DisplayScale::fitting(unit, values.iter().copied());
        let decimals = scale.decimals(values.iter().copied());
        (
            scale.unit.clone(),
            values.iter().map(|value| decimals.show(*value)).collect(),
        )
    }

    #[test]
    fn amounts_are_shown_in_the_multiple_that_fits_the_largest() {
        let expect =
            |unit: &str, numbers: &[&str]| (unit.to_owned(), numbers.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(shown("usd", &[1.234e10, -5.6e8]), expect("bn usd", &["12.3", "-0.6"]));
        assert_eq!(shown("usd", &[4.56e6, 0.0]), expect("million usd", &["4.56", "0"]));
        assert_eq!(shown("t", &[999.4]), expect("t", &["999"]));
        assert_eq!(shown("t", &[1000.0]), expect("thousand t", &["1.00"]));
        assert_eq!(shown("share", &[0.7891, 0.05]), expect("%", &["78.9", "5.0"]));
        assert_eq!(shown("share", &[0.000_123]), expect("%", &["0.012"]));
    }

    #[test]
    fn only_noise_is_rounded_to_nothing() {
        assert_eq!(shown("usd", &[2e9, -3e5, 0.0]).1, ["2.00", "-3e-4", "0"]);
        assert_eq!(shown("usd", &[2e9, -1.5]).1, ["2.00", "0.00"]);
        assert_eq!(shown("share", &[0.0]).1, ["0"]);
    }

    #[test]
    fn an_error_shows_a_digit() {
        let scale = DisplayScale::fitting("usd", [5e9]);
        let error = |error: f64| scale.decimals([5e9]).show_error(error);
        assert_eq!([2e7, 2e6, 2e5].map(error), ["0.02", "0.002", "2e-4"]);
    }
}
