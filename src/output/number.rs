//! Numbers as text: the shortest digits that read back as the same number.

/// The shortest text of a finite number that reads back to the same bits: plain digits, or an exponent where plain ones
/// would be long. Empty for what is not a finite number; zero has no sign.
pub fn shortest(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let magnitude = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e16).contains(&magnitude) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
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
