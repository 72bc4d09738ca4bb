//! The types of single values: text, ids, months, counts, numbers.

use super::tree::{TomlItem, TomlValue, quoted};
use super::wire::{Leaf, Placed, read_placed};
use crate::diagnostic::{Report, nearest};
use crate::model::{LARGEST_NUMBER, Mode, Month, SMALLEST_NUMBER, is_sized};
use crate::scenario::Scheme;

/// The largest count that every number type of the tool holds exactly: 2^53.
const LARGEST_COUNT: i64 = 1 << 53;

/// The word for totals in results, which no id may be.
pub(in crate::input) const TOTAL: &str = "all";

/// Text with at least one letter.
#[derive(Clone, Debug)]
pub(in crate::input) struct Text(pub String);

impl Leaf for Text {
    const EXPECTED: &'static str = "text";
    const EXAMPLE: &'static str = "\"...\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            TomlValue::Text(text) if !text.trim().is_empty() => Some(Self(text.clone())),
            TomlValue::Text(_) => {
                report
                    .fault(item.place.clone(), "this text is empty")
                    .help("write something or leave the key out");
                None
            }
            _ => Self::mismatch(item, report),
        }
    }
}

/// The id that an entry gets, usable in dotted names and as the name of a folder.
#[derive(Clone, Debug)]
pub(in crate::input) struct Id(pub String);

impl Id {
    /// The rule in words.
    pub const RULE: &'static str = "an id has 1 to 64 letters, digits, dots, hyphens or underscores (without accents) \
                                    and starts with a letter or digit";

    /// Whether a text may be an id: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`.
    pub fn is_valid(text: &str) -> bool {
        text.len() <= 64
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    }
}

impl Leaf for Id {
    const EXPECTED: &'static str = "an id";
    const EXAMPLE: &'static str = "\"eu-ban-2022\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            // Result tables could not tell such an entry from the total.
            TomlValue::Text(text) if text == TOTAL => {
                report
                    .fault(
                        item.place.clone(),
                        format!("`{TOTAL}` is no id: results call totals so"),
                    )
                    .help("choose another id");
                None
            }
            TomlValue::Text(text) if Self::is_valid(text) => Some(Self(text.clone())),
            TomlValue::Text(text) => {
                report
                    .fault(item.place.clone(), format!("{} cannot be an id", quoted(text)))
                    .help(Self::RULE);
                None
            }
            _ => Self::mismatch(item, report),
        }
    }
}

/// The id of something that is defined elsewhere.
#[derive(Clone, Debug)]
pub(in crate::input) struct Reference(pub String);

impl Leaf for Reference {
    const EXPECTED: &'static str = "an id";
    const EXAMPLE: &'static str = "\"EU\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            TomlValue::Text(text) => Some(Self(text.clone())),
            _ => Self::mismatch(item, report),
        }
    }
}

impl Leaf for Vec<Placed<Reference>> {
    const EXPECTED: &'static str = "a list of ids";
    const EXAMPLE: &'static str = "[\"KZ\", \"KG\"]";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        read_list(item, report)
    }
}

impl Leaf for Vec<Placed<Mode>> {
    const EXPECTED: &'static str = "a list of modes";
    const EXAMPLE: &'static str = "[\"road\", \"rail\"]";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        read_list(item, report)
    }
}

impl Leaf for bool {
    const EXPECTED: &'static str = "true or false";
    const EXAMPLE: &'static str = "true";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match item.value {
            TomlValue::Boolean(is_set) => Some(is_set),
            _ => Self::mismatch(item, report),
        }
    }
}

/// Reads every element, so that each faulty one is reported.
fn read_list<T: Leaf>(item: &TomlItem, report: &mut Report) -> Option<Vec<Placed<T>>>
where
    Vec<Placed<T>>: Leaf,
{
    let TomlValue::List(list) = &item.value else {
        return Vec::<Placed<T>>::mismatch(item, report);
    };
    let read: Vec<Option<Placed<T>>> = list.iter().map(|element| read_placed(element, report)).collect();
    read.into_iter().collect()
}

impl Leaf for Mode {
    const EXPECTED: &'static str = "a mode of transport";
    const EXAMPLE: &'static str = "\"rail\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::Text(text) = &item.value else {
            return Self::mismatch(item, report);
        };
        let found = Self::ALL.into_iter().find(|mode| mode.name() == text);
        if found.is_none() {
            let names = Self::ALL.map(Self::name);
            let help = match nearest(text, names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the modes are {}", names.join(", ")),
            };
            report
                .fault(item.place.clone(), format!("unknown mode {}", quoted(text)))
                .help(help);
        }
        found
    }
}

impl Leaf for Month {
    const EXPECTED: &'static str = "a month";
    const EXAMPLE: &'static str = "\"2022-03\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            TomlValue::Text(text) => text
                .parse()
                .map_err(|rule: &str| {
                    report
                        .fault(item.place.clone(), format!("{} is not a month", quoted(text)))
                        .help(rule);
                })
                .ok(),
            _ => Self::mismatch(item, report),
        }
    }
}

/// How many draws: 1 to 2^53.
#[derive(Clone, Debug)]
pub(in crate::input) struct Draws(pub u64);

impl Leaf for Draws {
    const EXPECTED: &'static str = "a whole number of draws";
    const EXAMPLE: &'static str = "10_000";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        whole_number::<Self>(item, 1, LARGEST_COUNT, report).map(Self)
    }
}

/// A seed: 0 to 2^63 - 1, the integers of TOML.
#[derive(Clone, Debug)]
pub(in crate::input) struct Seed(pub u64);

impl Leaf for Seed {
    const EXPECTED: &'static str = "a whole number as seed";
    const EXAMPLE: &'static str = "42";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        whole_number::<Self>(item, 0, i64::MAX, report).map(Self)
    }
}

/// How many of something: 0 to a million.
#[derive(Clone, Debug)]
pub(in crate::input) struct Count(pub u32);

impl Leaf for Count {
    const EXPECTED: &'static str = "a whole number";
    const EXAMPLE: &'static str = "4";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        whole_number::<Self>(item, 0, 1_000_000, report).map(|count| Self(count as u32))
    }
}

/// The length of a horizon: 1 to 1200 months.
#[derive(Clone, Debug)]
pub(in crate::input) struct MonthCount(pub usize);

impl MonthCount {
    pub const MOST: usize = 1200;
}

impl Leaf for MonthCount {
    const EXPECTED: &'static str = "a whole number of months";
    const EXAMPLE: &'static str = "48";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        whole_number::<Self>(item, 1, Self::MOST as i64, report).map(|count| Self(count as usize))
    }
}

fn whole_number<T: Leaf>(item: &TomlItem, low: i64, high: i64, report: &mut Report) -> Option<u64> {
    let found = match &item.value {
        TomlValue::Integer(integer) if (low..=high).contains(integer) => return u64::try_from(*integer).ok(),
        TomlValue::Integer(integer) => integer.to_string(),
        TomlValue::HugeInteger(text) => quoted(text),
        TomlValue::Fraction(fraction) => {
            let fault = report.fault(
                item.place.clone(),
                format!("expected {}, found a number with a fraction or exponent", T::EXPECTED),
            );
            // A whole number with an exponent, such as 1e4: the help shows it as the integer that was meant.
            if fraction.fract() == 0.0 && (low as f64..=LARGEST_COUNT.min(high) as f64).contains(fraction) {
                fault.help(format!("write {}", grouped(*fraction as u64)));
            } else {
                fault.help(format!("write it like {}", T::EXAMPLE));
            }
            return None;
        }
        _ => {
            T::mismatch(item, report);
            return None;
        }
    };
    let message = format!("expected {} from {low} to {high}, found {found}", T::EXPECTED);
    report
        .fault(item.place.clone(), message)
        .help(format!("write it like {}", T::EXAMPLE));
    None
}

/// A count as TOML groups digits: `10_000`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// A finite number; integers count as numbers.
pub(in crate::input) fn finite_number(item: &TomlItem, report: &mut Report) -> Option<f64> {
    match &item.value {
        TomlValue::Integer(integer) => Some(*integer as f64),
        TomlValue::Fraction(fraction) if fraction.is_finite() => Some(*fraction),
        TomlValue::Fraction(_) | TomlValue::HugeInteger(_) => {
            report
                .fault(item.place.clone(), "this number is not finite, or too large")
                .help("write a finite number");
            None
        }
        TomlValue::Text(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            report
                .fault(item.place.clone(), format!("expected a number, found {}", item.found()))
                .help(format!("write {} without quotes", text.trim()));
            None
        }
        _ => {
            let help = match &item.value {
                TomlValue::Text(text) => number_meant(text),
                _ => None,
            };
            report
                .fault(item.place.clone(), format!("expected a number, found {}", item.found()))
                .help(help.unwrap_or_else(|| "write it like 0.5".to_owned()));
            None
        }
    }
}

/// The number that a text in per cent stands for, as advice.
fn number_meant(text: &str) -> Option<String> {
    let number = text.trim().strip_suffix('%')?.trim().parse::<f64>().ok()?;
    Some(format!("shares are fractions: write {}", number / 100.0))
}

impl Leaf for f64 {
    const EXPECTED: &'static str = "a number";
    const EXAMPLE: &'static str = "0.5";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        sized_number(item, report)
    }
}

/// A finite number of a size that some quantity of the model may have: as in the tables of a world.
pub(in crate::input) fn sized_number(item: &TomlItem, report: &mut Report) -> Option<f64> {
    let value = finite_number(item, report)?;
    if is_sized(value) {
        return Some(value);
    }
    let message =
        format!("a number must be 0 or between {SMALLEST_NUMBER:e} and {LARGEST_NUMBER:e} in size, found {value:e}");
    report
        .fault(item.place.clone(), message)
        .help("no quantity of the model is larger or smaller");
    None
}

impl Leaf for Vec<Placed<f64>> {
    const EXPECTED: &'static str = "a list of numbers";
    const EXAMPLE: &'static str = "[1.0, 2.0]";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        read_list(item, report)
    }
}

/// The largest residual of a month: above zero, and small enough that a month that meets it is solved.
#[derive(Clone, Debug)]
pub(in crate::input) struct Tolerance(pub f64);

impl Leaf for Tolerance {
    const EXPECTED: &'static str = "a tolerance";
    const EXAMPLE: &'static str = "1e-9";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        /// With more, flows are visibly not those of an equilibrium.
        const LARGEST: f64 = 1e-6;
        let value = finite_number(item, report)?;
        if value > 0.0 && value <= LARGEST {
            return Some(Self(value));
        }
        report
            .fault(
                item.place.clone(),
                format!("a tolerance must be above zero and at most {LARGEST:e}, found {value:e}"),
            )
            .help("write it like 1e-9");
        None
    }
}

impl Leaf for Scheme {
    const EXPECTED: &'static str = "a sampling scheme";
    const EXAMPLE: &'static str = "{ latin_hypercube = {} }";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::Table(table) = &item.value else {
            return Self::mismatch(item, report);
        };
        let [(key, options)] = table.entries.as_slice() else {
            report
                .fault(item.place.clone(), "exactly one sampling scheme must be given")
                .help("write { latin_hypercube = {} } or { random = {} }");
            return None;
        };
        let scheme = match key.name.as_str() {
            "latin_hypercube" => Some(Self::LatinHypercube),
            "random" => Some(Self::Random),
            name => {
                report
                    .fault(key.place.clone(), format!("unknown sampling scheme {}", quoted(name)))
                    .help("the schemes are `latin_hypercube` and `random`");
                None
            }
        };
        if !matches!(&options.value, TomlValue::Table(options) if options.entries.is_empty()) {
            report
                .fault(options.place.clone(), "a sampling scheme has no options")
                .help(format!("write {} = {{}}", key.name));
        }
        scheme
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_plain_and_starts_with_a_letter_or_digit() {
        for valid in ["a", "9", "EU.wood_2022-b", &"x".repeat(64)] {
            assert!(Id::is_valid(valid), "{valid}");
        }
        for invalid in ["", "-a", ".a", "a b", "é", "a/b", &"x".repeat(65)] {
            assert!(!Id::is_valid(invalid), "{invalid}");
        }
    }

    #[test]
    fn counts_are_grouped_in_thousands() {
        assert_eq!(
            [1, 100, 10_000, 1_234_567].map(grouped),
            ["1", "100", "10_000", "1_234_567"]
        );
    }
}
