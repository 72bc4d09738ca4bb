//! Published figures of customs statistics. They serve calibration and validation; nothing is simulated from them.

use std::fmt;
use std::str::FromStr;

use super::matching::Flow;
use super::month::Month;
use super::table::{CommodityIndex, JurisdictionIndex};
use super::world::World;

/// A reporter or partner of customs statistics: a jurisdiction, or a bloc taken as one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Party {
    Jurisdiction(JurisdictionIndex),
    Bloc(String),
}

impl Party {
    /// The jurisdictions that it stands for, in the order of the world.
    pub fn members(&self, world: &World) -> Vec<JurisdictionIndex> {
        match self {
            Self::Jurisdiction(one) => vec![*one],
            Self::Bloc(bloc) => {
                let rows = world.jurisdictions.iter();
                let members = rows.filter(|(_, row)| row.blocs.contains(bloc));
                members.map(|(index, _)| index).collect()
            }
        }
    }

    /// Its id.
    pub fn name<'a>(&'a self, world: &'a World) -> &'a str {
        match self {
            Self::Jurisdiction(one) => &world.jurisdictions[*one].id,
            Self::Bloc(bloc) => bloc,
        }
    }
}

/// The unit in which trade is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unit {
    Tonnes,
    /// US dollars.
    Dollars,
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 2] = [Self::Tonnes, Self::Dollars];

    /// The unit as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tonnes => "t",
            Self::Dollars => "usd",
        }
    }
}

/// The time that a published figure covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Period {
    Month(Month),
    /// A calendar year as a whole.
    Year(i32),
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

/// One figure of customs statistics.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    pub reporter: Party,
    pub partner: Party,
    pub flow: Flow,
    /// None for all goods together.
    pub commodity: Option<CommodityIndex>,
    pub period: Period,
    /// In `unit`, over the whole period; zero or more.
    pub value: f64,
    pub unit: Unit,
    /// Where the figure comes from.
    pub source: String,
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
        for text in ["21", "2022-13", "+202", "2022Q1", ""] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
