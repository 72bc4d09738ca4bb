//! Calendar months and the horizon of a run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A calendar month, counted from January of the year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month(i32);

impl Month {
    /// The month `later` months after this one (before it if negative).
    pub fn plus(self, later: i32) -> Self {
        Self(self.0 + later)
    }

    /// The first month of a year.
    pub fn january(year: i32) -> Self {
        Self(year * 12)
    }

    /// How many months this one comes after `earlier`; negative if before.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year(), self.0.rem_euclid(12) + 1)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a month is written \"YYYY-MM\", like \"2022-03\"";
        let (year, month) = text.split_once('-').ok_or(EXPECTED)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(EXPECTED);
        }
        let year: i32 = year.parse().map_err(|_| EXPECTED)?;
        let month: i32 = month.parse().map_err(|_| EXPECTED)?;
        if !(1..=12).contains(&month) {
            return Err("months run from 01 to 12");
        }
        Ok(Self(year * 12 + month - 1))
    }
}

/// The months of a run: `months` of them from `start`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Horizon {
    /// The first month.
    pub start: Month,
    /// How many months are simulated, at least one.
    pub months: usize,
}

impl Horizon {
    /// The calendar month of step `step`, counted from zero.
    pub fn month(&self, step: usize) -> Month {
        self.start.plus(step as i32)
    }

    /// The first month that is no longer simulated.
    pub fn end(&self) -> Month {
        self.month(self.months)
    }

    /// The step of a month, if it lies in the horizon.
    pub fn step(&self, month: Month) -> Option<usize> {
        usize::try_from(month.since(self.start))
            .ok()
            .filter(|step| *step < self.months)
    }

    /// The months of this and another horizon, if they have any in common.
    pub fn common(&self, other: &Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end().min(other.end()));
        let months = usize::try_from(end.since(start)).ok().filter(|months| *months > 0)?;
        Some(Self { start, months })
    }

    /// The part of the horizon that lies in a calendar year, if any does.
    pub fn in_year(&self, year: i32) -> Option<Self> {
        self.common(&Self {
            start: Month::january(year),
            months: 12,
        })
    }

    /// The calendar years of which some month lies in the horizon, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> + use<> {
        self.start.year()..=self.end().plus(-1).year()
    }

    /// The calendar months, in order.
    pub fn iter(&self) -> impl Iterator<Item = Month> + use<> {
        let horizon = *self;
        (0..horizon.months).map(move |step| horizon.month(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_survives_being_written_and_read() {
        let month: Month = "2022-12".parse().unwrap();
        assert_eq!(month.to_string(), "2022-12");
        assert_eq!(month.plus(1).to_string(), "2023-01");
        assert_eq!(month.plus(-12).year(), 2021);
    }

    #[test]
    fn what_is_not_a_month_is_refused() {
        for text in [
            "2022",
            "2022-3",
            "2022-13",
            "2022-00",
            "22-03",
            "2022-03-01",
            "２０２２-03",
            "+022-03",
        ] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
