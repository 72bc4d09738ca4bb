//! Numbers, months and lists in words, as `web/src/format.ts` writes them.

use crate::model::Month;

/// As wide as a plus.
const MINUS: char = '\u{2212}';
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const SMALL: [&str; 13] = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// A number with so many digits that count.
pub fn round(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let Some(size) = exponent(value) else {
        return "–".to_owned();
    };
    // Above one a step is a whole number; below, decimals do the rounding.
    let step = (0..=size - digits).fold(1.0, |step, _| step * 10.0);
    let rounded = if step > 1.0 {
        (value / step + 0.5).floor() * step
    } else {
        value
    };
    fixed(rounded, usize::try_from(digits - 1 - size).unwrap_or(0).min(6))
}

/// The power of ten of the first digit; none if the value is no number.
fn exponent(value: f64) -> Option<i32> {
    format!("{value:e}").split_once('e')?.1.parse().ok()
}

/// A number with so many decimals, without zeros at the end, with commas between thousands.
pub fn fixed(value: f64, decimals: usize) -> String {
    let mut text = with_decimals(value, decimals);
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    with_sign_and_commas(value, &text)
}

/// The size of a number with so many decimals. Scripts round a value in the middle between two up, Rust to the even one.
fn with_decimals(value: f64, decimals: usize) -> String {
    let size = value.abs();
    // Only such values lie in the middle: others have no end in base two or lie beside it.
    let halves = (0..=decimals).fold(size, |halves, _| halves * 2.0);
    let is_middle = halves % 2.0 == 1.0;
    let size = if is_middle { size.next_up() } else { size };
    format!("{size:.decimals$}")
}

fn with_sign_and_commas(value: f64, text: &str) -> String {
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(rest) = rest {
        shown = format!("{shown}.{rest}");
    }
    if value < 0.0 && shown.chars().any(|digit| ('1'..='9').contains(&digit)) {
        shown.insert(0, MINUS);
    }
    shown
}

/// A share in per cent.
pub fn percent(share: f64, digits: i32) -> String {
    let value = share * 100.0;
    if value > 99.0 && value < 99.95 {
        "over 99%".to_owned()
    } else if value > 0.0 && value < 0.5 {
        "under 1%".to_owned()
    } else {
        format!("{}%", round(value, if value > 10.0 { 2 } else { digits }))
    }
}

/// A small count as a word.
pub fn count(number: usize) -> String {
    SMALL
        .get(number)
        .map_or_else(|| fixed(number as f64, 0), |word| (*word).to_owned())
}

/// A count and what is counted.
pub fn plural(number: usize, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// With a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// a, b and c.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Jan 2021.
pub fn month(month: Month) -> String {
    let of_year = month.since(Month::january(month.year()));
    format!("{} {}", MONTHS[of_year as usize % 12], month.year())
}

/// A name within a sentence, with its article.
pub fn the(name: &str) -> String {
    let articles = [
        "European",
        "Eurasian",
        "United",
        "Emirates",
        "EU",
        "UK",
        "USA",
        "US",
        "Rest",
        "Baltic",
        "Coalition",
    ];
    let first = name.split(' ').next().unwrap_or(name);
    if first == "Other" || first == "The" {
        name[..1].to_lowercase() + &name[1..]
    } else if articles
        .iter()
        .any(|word| first == *word || (word.len() > 3 && first.starts_with(word)))
    {
        let name = name.replacen("Rest", "rest", 1).replacen("Coalition", "coalition", 1);
        format!("the {name}")
    } else {
        name.to_owned()
    }
}

/// Millions of US dollars as an amount.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MoneyUnit {
    word: &'static str,
    by: f64,
}

impl MoneyUnit {
    /// The unit for amounts of which `largest`, in million USD, is the largest.
    pub fn fitting(largest: f64) -> Self {
        let (word, by) = if largest >= 950.0 { ("bn", 1000.0) } else { ("m", 1.0) };
        Self { word, by }
    }

    /// Two digits that count from ten on, one decimal below.
    fn digits(self, value: f64) -> String {
        let value = value / self.by;
        match value.abs() {
            size if size < 0.05 => "0".to_owned(),
            size if size >= 9.95 => round(value, 2),
            _ => with_sign_and_commas(value, &with_decimals(value, 1)),
        }
    }

    /// $17 bn, without its sign.
    pub fn amount(self, value: f64) -> String {
        format!("${}\u{a0}{}", self.digits(value.abs()), self.word)
    }

    /// Whether an amount would be shown as nothing.
    pub fn is_nothing(self, value: f64) -> bool {
        value.abs() / self.by < 0.05
    }

    /// " (12 to 22)", or nothing without a range.
    pub fn range(self, low: Option<f64>, high: Option<f64>) -> String {
        match (low, high) {
            (Some(low), Some(high)) => format!(" ({} to {})", self.digits(low), self.digits(high)),
            _ => String::new(),
        }
    }
}

/// A share of a whole in words.
pub fn fraction(share: f64) -> String {
    let steps = [
        (0.93, "nearly all"),
        (0.7, "about three quarters"),
        (0.6, "about two thirds"),
        (0.45, "about half"),
        (0.29, "about a third"),
        (0.22, "about a quarter"),
        (0.17, "about a fifth"),
        (0.08, "about a tenth"),
    ];
    let step = steps.iter().find(|(least, _)| share > *least);
    step.map_or_else(|| percent(share, 1), |(_, words)| (*words).to_owned())
}

/// How often something holds over the draws.
pub fn in_draws(share: f64) -> String {
    match share {
        share if share >= 1.0 => "in all draws".to_owned(),
        share if share <= 0.0 => "in no draw".to_owned(),
        share if share > 0.99 => "in over 99% of draws".to_owned(),
        share => format!("in {} of draws", percent(share, 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_the_digits_that_count() {
        let shown = [1_234_567.0, 12.34, -0.004_56, 0.0, 999.6].map(|value| round(value, 3));
        assert_eq!(shown, ["1,230,000", "12.3", "−0.00456", "0", "1,000"]);
        assert_eq!(
            [fixed(7.0, 1), fixed(-0.04, 1), fixed(1234.5, 1)],
            ["7", "0", "1,234.5"]
        );
        assert_eq!(
            [0.994, 0.002, 0.123, 0.045].map(|share| percent(share, 2)),
            ["over 99%", "under 1%", "12%", "4.5%"]
        );
    }

    #[test]
    fn amounts_have_two_digits_or_one_decimal() {
        let unit = MoneyUnit::fitting(64_600.0);
        assert_eq!(unit.amount(-16_800.0), "$17\u{a0}bn");
        assert_eq!(unit.amount(134.0), "$0.1\u{a0}bn");
        assert_eq!(unit.range(Some(-22_000.0), Some(-12_200.0)), " (−22 to −12)");
        assert_eq!(unit.range(None, Some(1.0)), "");
        assert!(unit.is_nothing(49.0) && !unit.is_nothing(51.0));
        assert_eq!(MoneyUnit::fitting(900.0).amount(123.0), "$120\u{a0}m");
        assert_eq!(
            [2000.0, 1250.0].map(|value| unit.amount(value)),
            ["$2.0\u{a0}bn", "$1.3\u{a0}bn"]
        );
    }

    #[test]
    fn a_value_in_the_middle_is_rounded_up_as_scripts_do() {
        assert_eq!(
            [0.25, 0.15, 1.75, 2.5].map(|value| fixed(value, 1)),
            ["0.3", "0.1", "1.8", "2.5"]
        );
        assert_eq!(
            [12.5, 125.0, -125.0, 0.125].map(|value| round(value, 2)),
            ["13", "130", "−120", "0.13"]
        );
    }

    #[test]
    fn names_take_their_article() {
        assert_eq!(
            [
                the("Kazakhstan"),
                the("Emirates"),
                the("EU"),
                the("Other intermediaries")
            ],
            ["Kazakhstan", "the Emirates", "the EU", "other intermediaries"]
        );
        assert_eq!(month("2021-12".parse().unwrap()), "Dec 2021");
        assert_eq!(list(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
    }
}
