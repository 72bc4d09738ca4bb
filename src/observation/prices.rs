//! What prices alone did to the value of trade.
//!
//! A simulated dollar is a tonne at the prices of the world's base year. A record is in the money of its day. The index of
//! `price_index.csv` makes the two comparable: without it inflation passes for circumvention.

use crate::math;
use crate::model::{Flow, Month, Party, PriceIndex, World};

/// The index of one reporter and direction as it was known at the end of a month.
#[derive(Clone, Debug, Default)]
pub struct KnownPrices {
    /// The middle of each known year with the logarithm of its index, in order.
    years: Vec<(Month, f64)>,
}

impl KnownPrices {
    /// The index that a reporter's trade has. A figure of a year is known from its December on; the delay of publication is left
    /// out. Without figures, prices stay.
    pub fn new(world: &World, reporter: &Party, flow: Flow, until: Month) -> Self {
        let is_of = |row: &&PriceIndex| {
            let concerns = row.reporter == *reporter || is_member(world, reporter, &row.reporter);
            concerns && row.flow == flow && Month::january(row.year + 1) <= until.plus(1)
        };
        let rows = world.price_index.iter().filter(is_of);
        let mut years: Vec<(Month, f64)> = rows
            .map(|row| (Month::january(row.year).plus(6), math::ln(row.value)))
            .collect();
        years.sort_by_key(|(middle, _)| *middle);
        Self { years }
    }

    /// The logarithm of the index in a month: straight lines between the middles of years, level before the first and after
    /// the last. Months that were not known yet have the last known prices.
    pub fn log(&self, month: Month) -> f64 {
        let after = self.years.partition_point(|(middle, _)| *middle <= month);
        match (
            after.checked_sub(1).map(|before| self.years[before]),
            self.years.get(after).copied(),
        ) {
            (None, None) => 0.0,
            (None, Some((_, log))) | (Some((_, log)), None) => log,
            (Some((from, low)), Some((to, high))) => {
                let share = f64::from(month.since(from)) / f64::from(to.since(from));
                low + share * (high - low)
            }
        }
    }
}

/// Whether a party is a member of a bloc.
fn is_member(world: &World, party: &Party, bloc: &Party) -> bool {
    match (party, bloc) {
        (Party::Jurisdiction(one), Party::Bloc(bloc)) => world.jurisdictions[*one].blocs.contains(bloc),
        _ => false,
    }
}
