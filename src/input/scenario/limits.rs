//! One number, or one for each commodity.

use super::quantity::{Quantity, is_kind};
use super::tree::{TomlItem, TomlValue};
use super::wire::{Leaf, Placed, read_placed};
use crate::diagnostic::{Place, Report};

/// Numbers by commodity, as written.
#[derive(Clone, Debug)]
pub(super) enum Limits {
    /// For the only commodity of the entry.
    One(Quantity),
    /// By commodity id; the place is that of the id.
    ByCommodity(Vec<(Placed<String>, Placed<Quantity>)>),
}

impl Leaf for Limits {
    const EXPECTED: &'static str = "a number or a table by commodity";
    const EXAMPLE: &'static str = "{ potash = 50_000, plywood = 8_000 }";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            // A distribution is a table too; its keys tell it from ids of commodities.
            TomlValue::Table(table) if !table.entries.iter().all(|(key, _)| is_distribution_key(&key.name)) => {
                let read: Vec<Option<_>> = table
                    .entries
                    .iter()
                    .map(|(key, value)| Some((placed(&key.name, &key.place), read_placed(value, report)?)))
                    .collect();
                read.into_iter().collect::<Option<_>>().map(Self::ByCommodity)
            }
            _ => Quantity::read(item, report).map(Self::One),
        }
    }
}

/// Whether a key belongs to a distribution. A table of such keys alone is one number.
fn is_distribution_key(name: &str) -> bool {
    is_kind(name) || name == "min" || name == "max"
}

fn placed(name: &str, place: &Place) -> Placed<String> {
    Placed {
        value: name.to_owned(),
        place: place.clone(),
    }
}
