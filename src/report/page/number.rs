//! Numbers of the page's data: few digits, so that the page stays small, and `null` for what does not exist.

use serde::{Serialize, Serializer};

/// A number with few digits; not-a-number is an empty cell.
#[derive(Clone, Copy, Debug)]
pub struct PageNumber(pub f64);

/// Digits of most numbers.
const DIGITS: usize = 3;
/// Digits of headline metrics.
const HEADLINE_DIGITS: usize = 4;
/// Smaller numbers are written as zero.
const SMALLEST: f64 = 1e-3;

impl PageNumber {
    pub const ABSENT: Self = Self(f64::NAN);
    pub const ZERO: Self = Self(0.0);

    /// A number with three digits.
    pub fn new(value: f64) -> Self {
        Self(rounded(value, DIGITS))
    }

    /// A number with four digits.
    pub fn headline(value: f64) -> Self {
        Self(rounded(value, HEADLINE_DIGITS))
    }

    /// The number, if it exists.
    pub fn get(self) -> Option<f64> {
        (!self.0.is_nan()).then_some(self.0)
    }

    /// Whether it exists and is not zero.
    pub fn is_something(self) -> bool {
        self.0.is_nan() || self.0 != 0.0
    }
}

impl PartialEq for PageNumber {
    /// Two empty cells are equal.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl Serialize for PageNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.0.is_finite() {
            serializer.serialize_none()
        } else if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// The number with so many digits that count. A number below a thousandth is zero.
pub fn rounded(value: f64, digits: usize) -> f64 {
    if value.is_nan() {
        return value;
    }
    if value.abs() < SMALLEST {
        return 0.0;
    }
    // The text has the digits wanted, and reads back as the double nearest to them.
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_no_point_without_need() {
        let text = |value: f64| serde_json::to_string(&PageNumber::new(value)).unwrap();
        let shown = [1_234_567.0, 12.345, 0.012_345, -0.999_9, 0.000_9, f64::NAN, 1000.0].map(text);
        assert_eq!(shown, ["1230000", "12.3", "0.0123", "-1", "0", "null", "1000"]);
        assert_eq!(serde_json::to_string(&PageNumber::headline(64_616.6)).unwrap(), "64620");
    }
}
