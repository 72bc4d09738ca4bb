//! Reads numbers as tables spell them.

use crate::model::{Domain, LARGEST_NUMBER, SMALLEST_NUMBER, is_sized};

/// Why a text is not read as a number. The message follows the name of its column.
#[derive(PartialEq, Debug)]
pub(super) struct NumberError {
    pub message: String,
    pub help: Option<String>,
}

/// Reads a finite number of a domain.
pub(super) fn parse(text: &str, domain: Domain) -> Result<f64, NumberError> {
    let complain = |message: String| NumberError { message, help: None };
    match text.parse::<f64>() {
        Ok(value) if !value.is_finite() => Err(complain(format!("must be a finite number, found `{text}`"))),
        Ok(value) if !is_sized(value) => Err(complain(format!(
            "must be 0 or between {SMALLEST_NUMBER:e} and {LARGEST_NUMBER:e} in size, found `{text}`"
        ))),
        Ok(value) if !domain.contains(value, value) => Err(NumberError {
            message: format!("must be {}, found `{text}`", domain.words()),
            help: domain
                .meant(value)
                .map(|meant| format!("this looks like a percentage: write {meant}")),
        }),
        // Adding zero turns minus zero, which results would show as `-0`, into zero.
        Ok(value) => Ok(value + 0.0),
        Err(_) => Err(NumberError {
            message: format!("is not a number: `{text}`"),
            help: hint(text),
        }),
    }
}

/// Advice on a spelling that is not a number.
fn hint(text: &str) -> Option<String> {
    // A comma may be a decimal comma or separate thousands; only digits around a single one are taken for decimals.
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if let Some((whole, decimals)) = text.split_once(',')
        && is_digits(whole)
        && is_digits(decimals)
    {
        // Three digits behind a comma may be thousands as well: following the wrong reading would change the number.
        return Some(
            if decimals.len() == 3 && !whole.is_empty() && !whole.trim_start_matches('-').starts_with('0') {
                format!(
                    "write {whole}{decimals} if the comma separates thousands, {whole}.{decimals} if it begins decimals"
                )
            } else {
                format!("decimals are written with '.': {whole}.{decimals}")
            },
        );
    }
    if let Some(share) = text.strip_suffix('%') {
        return Some(format!("shares are fractions: {share} / 100"));
    }
    if text.starts_with(':') {
        return Some("leave rows out whose value is confidential or missing".to_owned());
    }
    let joined: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '_' | '\'' | ',' | '\u{a0}'))
        .collect();
    joined
        .parse::<f64>()
        .is_ok_and(f64::is_finite)
        .then(|| format!("thousands are not separated: {joined}"))
        .or_else(|| Some("write the number alone, like 1150 or 0.5".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_numbers_of_the_domain_are_read() {
        assert_eq!(parse("1.5e3", Domain::Positive), Ok(1500.0));
        assert!(parse("-0", Domain::NonNegative).unwrap().is_sign_positive());
    }

    #[test]
    fn infinite_and_foreign_numbers_are_refused() {
        for text in [
            "nan",
            "inf",
            "-infinity",
            "1e999",
            "1e16",
            "1e-16",
            "-1",
            "0x10",
            "1.2.3",
            "",
        ] {
            assert!(parse(text, Domain::Positive).is_err(), "{text}");
        }
    }

    #[test]
    fn common_spellings_get_a_hint() {
        let hint = |text| parse(text, Domain::Any).unwrap_err().help.unwrap();
        assert_eq!(
            hint("1,150"),
            "write 1150 if the comma separates thousands, 1.150 if it begins decimals"
        );
        assert_eq!(hint("0,150"), "decimals are written with '.': 0.150");
        assert_eq!(hint("3,14"), "decimals are written with '.': 3.14");
        assert_eq!(hint("12 000.5"), "thousands are not separated: 12000.5");
        assert_eq!(hint("5%"), "shares are fractions: 5 / 100");
    }

    #[test]
    fn the_limits_of_a_domain_and_of_size_are_read() {
        assert_eq!(parse("1", Domain::Share), Ok(1.0));
        assert_eq!(parse("0", Domain::NonNegative), Ok(0.0));
        assert_eq!(parse("1e15", Domain::Any), Ok(LARGEST_NUMBER));
        assert_eq!(parse("-1e-15", Domain::Any), Ok(-SMALLEST_NUMBER));
    }

    #[test]
    fn each_refusal_says_what_is_expected() {
        let message = |text, domain| parse(text, domain).unwrap_err().message;
        assert_eq!(message("1.1", Domain::Share), "must be between 0 and 1, found `1.1`");
        assert_eq!(message("NaN", Domain::Any), "must be a finite number, found `NaN`");
        assert_eq!(
            message("2e15", Domain::Any),
            "must be 0 or between 1e-15 and 1e15 in size, found `2e15`"
        );
        assert_eq!(message("many", Domain::Any), "is not a number: `many`");
        assert_eq!(
            parse("150 USD", Domain::Any).unwrap_err().help.unwrap(),
            "write the number alone, like 1150 or 0.5"
        );
    }
}
