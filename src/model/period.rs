//! The time that a figure covers: a month or a calendar year, and for results also the whole run or the months that runs
//! have in common.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::month::Month;

/// The name of a total, over the whole run or over all goods.
pub const ALL: &str = "all";

/// The time that a published figure covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    Month(Month),
    /// A calendar year as a whole.
    Year(i32),
}

/// The time that a figure of a result covers. A year stands before its months, a span after its first month, the whole run
/// last, as files are sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportPeriod {
    /// A month or a year; a year of which only a part is simulated has that part.
    Calendar(Period),
    /// From one month to another, both included: what scenarios of different horizons have in common.
    Span(Month, Month),
    WholeRun,
}

impl Period {
    /// Orders by the first month, a year before its January.
    fn order(self) -> (Month, bool) {
        match self {
            Self::Year(year) => (Month::january(year), false),
            Self::Month(month) => (month, true),
        }
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(formatter),
            Self::Year(year) => write!(formatter, "{year:04}"),
        }
    }
}

impl FromStr for Period {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(year) if is_year => Ok(Self::Year(year)),
            _ => text.parse().map(Self::Month),
        }
    }
}

impl ReportPeriod {
    /// A calendar year.
    pub fn year(year: i32) -> Self {
        Self::Calendar(Period::Year(year))
    }

    /// The month, if it is a single one.
    pub fn month(self) -> Option<Month> {
        match self {
            Self::Calendar(Period::Month(month)) => Some(month),
            Self::Calendar(Period::Year(_)) | Self::Span(..) | Self::WholeRun => None,
        }
    }

    /// Whether it is a calendar year.
    pub fn is_year(self) -> bool {
        matches!(self, Self::Calendar(Period::Year(_)))
    }

    /// Whether it is a single month.
    pub fn is_month(self) -> bool {
        self.month().is_some()
    }

    /// First month, and the rank among periods that start with it; the whole run comes after all.
    fn order(self) -> (bool, Option<(Month, u8, Month)>) {
        match self {
            Self::Calendar(Period::Year(year)) => (false, Some((Month::january(year), 0, Month::january(year)))),
            Self::Calendar(Period::Month(month)) => (false, Some((month, 1, month))),
            Self::Span(first, last) => (false, Some((first, 2, last))),
            Self::WholeRun => (true, None),
        }
    }
}

impl Ord for ReportPeriod {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for ReportPeriod {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Month> for ReportPeriod {
    fn from(month: Month) -> Self {
        Self::Calendar(Period::Month(month))
    }
}

impl fmt::Display for ReportPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar(period) => period.fmt(formatter),
            Self::Span(first, last) => write!(formatter, "{first}..{last}"),
            Self::WholeRun => formatter.write_str(ALL),
        }
    }
}

impl FromStr for ReportPeriod {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == ALL {
            return Ok(Self::WholeRun);
        }
        if let Some((first, last)) = text.split_once("..") {
            return Ok(Self::Span(first.parse()?, last.parse()?));
        }
        text.parse().map(Self::Calendar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_month_or_a_year_and_survives_being_written() {
        for text in ["2022-12", "2021"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("2021".parse(), Ok(Period::Year(2021)));
        for text in ["21", "2022-13", "+202", "2022Q1", "", ALL] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn periods_of_reports_are_ordered_as_their_names_are() {
        let names = ["2021", "2021-01", "2021-01..2022-12", "2021-12", "2022", "2022-01", ALL];
        let periods = names.map(|name| name.parse::<ReportPeriod>().unwrap());
        assert!(periods.is_sorted() && names.is_sorted());
        assert_eq!(periods.map(|period| period.to_string()), names);
        assert_eq!(
            periods.map(ReportPeriod::is_month),
            [false, true, false, true, false, true, false]
        );
    }
}
