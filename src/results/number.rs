//! Numbers as text: the shortest digits that read back as the same number.

use std::fmt::Write;

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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
