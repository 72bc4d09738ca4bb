//! Published figures of customs statistics. They serve calibration and validation; nothing is simulated from them.

use super::matching::Flow;
use super::period::Period;
use super::quantity::ResultUnit;
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
///
/// Trade in tonnes has a value in dollars at reference prices as well; what is paid is in dollars only.
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
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tonnes => ResultUnit::Tonnes.name(),
            Self::Dollars => ResultUnit::Dollars.name(),
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

/// What prices alone did to the value of a reporter's trade in a year.
#[derive(Clone, PartialEq, Debug)]
pub struct PriceIndex {
    pub reporter: Party,
    pub flow: Flow,
    pub year: i32,
    /// Against the base year of the world's prices; above zero.
    pub value: f64,
    /// Where the figure comes from.
    pub source: String,
}
