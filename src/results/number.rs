//! Numbers as text: rounded for tables of statistics, or the shortest digits that read back as the same number.

use std::fmt::Write;

/// Significant digits of the numbers in result tables: months are solved to nine or ten.
pub const DIGITS: i32 = 10;

/// A spread below this share of the mean is rounding.
const LEAST_SPREAD: f64 = 1e-10;

/// The last digit of a quantile beside a standard deviation: a hundredth of it. Quantiles are read from counts in at most 128 bins,
/// so further digits say nothing.
const DIGITS_OF_SPREAD: i32 = 3;

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Magnitudes whose digits exact powers of ten give, for up to [`DIGITS`] of them.
const FAST: std::ops::Range<f64> = 1e-12..1e21;

/// The shortest text of a finite number that reads back to the same bits: plain digits, or an exponent where plain ones
/// would be long. Empty for NaN and infinities; zero has no sign.
pub fn shortest(value: f64) -> String {
    let mut text = String::new();
    push_shortest(&mut text, value);
    text
}

/// Appends the text of [`shortest`].
pub fn push_shortest(text: &mut String, value: f64) {
    let magnitude = value.abs();
    let written = if !value.is_finite() {
        Ok(())
    } else if value == 0.0 {
        text.push('0');
        Ok(())
    } else if (1e-5..1e16).contains(&magnitude) {
        write!(text, "{value}")
    } else {
        write!(text, "{value:e}")
    };
    debug_assert!(written.is_ok(), "a string takes any text");
}

/// Appends a number with so many significant digits, at least one and at most [`DIGITS`], in the form of [`shortest`], without
/// trailing zeros. Nothing for NaN and infinities.
pub fn push_rounded(text: &mut Vec<u8>, value: f64, digits: i32) {
    if !value.is_finite() {
        return;
    }
    if value == 0.0 {
        text.push(b'0');
        return;
    }
    let digits = digits.clamp(1, DIGITS);
    let (mantissa, exponent) = decimal(value.abs(), digits);
    push_decimal(text, value < 0.0, mantissa, exponent);
}

/// How many digits of a value are worth writing, if draws spread about their mean by `sd`.
pub fn digits_beside(value: f64, sd: f64) -> i32 {
    let is_known = sd > 0.0 && value != 0.0 && sd.is_finite() && value.is_finite();
    if is_known {
        (exponent(value.abs()) - exponent(sd) + DIGITS_OF_SPREAD).clamp(1, DIGITS)
    } else {
        DIGITS
    }
}

/// Whether a standard deviation is no more than the rounding of its mean.
pub fn is_rounding(sd: f64, mean: f64) -> bool {
    sd < LEAST_SPREAD * mean.abs()
}

/// Digits of a positive number as an integer of exactly `digits` digits, and the exponent of the first of them.
fn decimal(magnitude: f64, digits: i32) -> (u64, i32) {
    if !FAST.contains(&magnitude) {
        return decimal_of_any(magnitude, digits);
    }
    let first = exponent(magnitude);
    let shift = digits - 1 - first;
    let scaled = if shift >= 0 {
        magnitude * POWERS[shift as usize]
    } else {
        magnitude / POWERS[-shift as usize]
    };
    let mantissa = (scaled + 0.5) as u64;
    // 9.9996 with four digits is 10.00.
    if mantissa == POWERS[digits as usize] as u64 {
        (mantissa / 10, first + 1)
    } else {
        (mantissa, first)
    }
}

/// The decimal exponent of a positive number: that of its first digit.
fn exponent(magnitude: f64) -> i32 {
    if !FAST.contains(&magnitude) {
        return decimal_of_any(magnitude, 1).1;
    }
    let binary = ((magnitude.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    // log10(2) from below, in 2^-20ths, so that the estimate is right or one too low.
    let estimate = (binary * 315_652) >> 20;
    let next = estimate + 1;
    let is_reached = if next >= 0 {
        magnitude >= POWERS[next as usize]
    } else {
        magnitude * POWERS[-next as usize] >= 1.0
    };
    if is_reached { next } else { estimate }
}

/// As [`decimal`], by the standard library.
fn decimal_of_any(magnitude: f64, digits: i32) -> (u64, i32) {
    let text = format!("{magnitude:.*e}", (digits - 1) as usize);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // Both are digits of a number just written.
    (digits.parse().unwrap_or(0), exponent.parse().unwrap_or(0))
}

/// Appends the number whose digits are those of `mantissa`, the first of them at this power of ten.
fn push_decimal(text: &mut Vec<u8>, is_negative: bool, mut mantissa: u64, exponent: i32) {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    while mantissa.is_multiple_of(10) && mantissa > 0 {
        mantissa /= 10;
    }
    while mantissa > 0 {
        first -= 1;
        digits[first] = b'0' + (mantissa % 10) as u8;
        mantissa /= 10;
    }
    let digits = &digits[first..];
    let count = digits.len() as i32;
    if is_negative {
        text.push(b'-');
    }
    match exponent {
        0..16 if count <= exponent + 1 => {
            text.extend_from_slice(digits);
            text.extend((count..=exponent).map(|_| b'0'));
        }
        0..16 => push_point(text, digits, exponent as usize + 1),
        -5..0 => {
            text.extend_from_slice(b"0.");
            text.extend((exponent + 1..0).map(|_| b'0'));
            text.extend_from_slice(digits);
        }
        _ => {
            if count > 1 {
                push_point(text, digits, 1);
            } else {
                text.extend_from_slice(digits);
            }
            text.extend_from_slice(format!("e{exponent}").as_bytes());
        }
    }
}

/// Appends digits with a point after some of them.
fn push_point(text: &mut Vec<u8>, digits: &[u8], before: usize) {
    text.extend_from_slice(&digits[..before]);
    text.push(b'.');
    text.extend_from_slice(&digits[before..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounded(value: f64, digits: i32) -> String {
        let mut text = Vec::new();
        push_rounded(&mut text, value, digits);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for value in [
            0.1,
            1.0 / 3.0,
            1e300,
            -2.5e-300,
            123_456_789.123,
            1e15,
            f64::MIN_POSITIVE,
        ] {
            assert_eq!(shortest(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn what_does_not_exist_is_empty_and_zero_has_no_sign() {
        assert_eq!(shortest(f64::NAN), "");
        assert_eq!(shortest(f64::INFINITY), "");
        assert_eq!(shortest(-0.0), "0");
        assert_eq!(shortest(12.0), "12");
        assert_eq!(rounded(f64::NAN, 10), "");
        assert_eq!(rounded(-0.0, 10), "0");
    }

    #[test]
    fn digits_are_rounded_and_end_without_zeros() {
        for (value, digits, expected) in [
            (1.0 / 3.0, 10, "0.3333333333"),
            (2e9 / 3.0, 10, "666666666.7"),
            (0.1 + 0.2, 10, "0.3"),
            (12_345.0, 2, "12000"),
            (9.9996, 4, "10"),
            (-0.000_012_345, 3, "-0.0000123"),
            (1.5e-7, 10, "1.5e-7"),
            (-2e-7, 10, "-2e-7"),
            (1e15, 10, "1000000000000000"),
            (1e16, 10, "1e16"),
            (123_456_789_012.0, 10, "123456789000"),
            (1e-12, 10, "1e-12"),
            (f64::MAX, 10, "1.797693135e308"),
            (5e-324, 3, "4.94e-324"),
            (100.0, 10, "100"),
            (10.0, 1, "10"),
            (0.95, 1, "1"),
        ] {
            assert_eq!(rounded(value, digits), expected);
        }
    }

    #[test]
    fn digits_beyond_a_hundredth_of_the_spread_are_left_out() {
        assert_eq!(digits_beside(123.456, 20.0), 4);
        assert_eq!(digits_beside(123.456, 200.0), 3);
        assert_eq!(digits_beside(0.001, 200.0), 1);
        assert_eq!(digits_beside(1e9, 1.0), 10);
        assert_eq!(digits_beside(5.0, 0.0), 10);
        assert!(is_rounding(1e-11, 1e5) && !is_rounding(1e-3, 1e5) && !is_rounding(0.0, 0.0));
    }

    proptest! {
        #[test]
        fn every_number_is_within_half_a_digit(value in prop::num::f64::NORMAL, digits in 1..=10) {
            let found: f64 = rounded(value, digits).parse().unwrap();
            // Ties, and numbers next to them, may go either way.
            prop_assert!((found / value - 1.0).abs() <= 5.000_01 / POWERS[digits as usize], "{}", found);
        }

        #[test]
        fn plain_numbers_round_as_the_standard_library(value in -1e12..1e12_f64) {
            let expected: f64 = format!("{value:.9e}").parse().unwrap();
            prop_assert_eq!(rounded(value, 10).parse::<f64>().unwrap(), expected);
        }
    }
}
