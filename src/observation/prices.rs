//! What prices alone did to the value of trade.
//!
//! A simulated dollar is a tonne at the prices of the world's base year. A record is in the money of its day. The index of
//! `price_index.csv` makes the two comparable: without it inflation passes for circumvention.

use std::collections::BTreeMap;

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
        let mut rows: Vec<&PriceIndex> = world.price_index.iter().filter(is_of).collect();
        // A reporter's own figure comes last, so that it stands in for those of its blocs.
        rows.sort_by_key(|row| row.reporter == *reporter);
        let years: BTreeMap<Month, f64> = rows
            .into_iter()
            .map(|row| (middle(row.year), math::ln(row.value)))
            .collect();
        Self {
            years: years.into_iter().collect(),
        }
    }

    /// What prices did between the middle of a base year and a month, as a logarithm.
    pub fn since(&self, base: i32, month: Month) -> f64 {
        self.log(month) - self.log(middle(base))
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

/// The first month of the second half of a year.
fn middle(year: i32) -> Month {
    Month::january(year).plus(6)
}

/// Whether a party is a member of a bloc.
fn is_member(world: &World, party: &Party, bloc: &Party) -> bool {
    match (party, bloc) {
        (Party::Jurisdiction(one), Party::Bloc(bloc)) => world.jurisdictions[*one].blocs.contains(bloc),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::testing::{assert_near, hub, month, party, price};

    /// The index of SEL: 1 in 2021, 1.2 in 2022, 1.5 in 2023, as known at the end of a month.
    fn known(until: &str) -> KnownPrices {
        let mut world = hub();
        // Files need no order.
        for (year, value) in [(2023, 1.5), (2021, 1.0), (2022, 1.2)] {
            price(&mut world, "SEL", year, value);
        }
        KnownPrices::new(&world, &party(&world, "SEL"), Flow::Export, month(until))
    }

    #[test]
    fn prices_follow_straight_lines_between_the_middles_of_years() {
        let prices = known("2024-06");
        let (low, high) = (math::ln(1.2), math::ln(1.5));
        assert_eq!(prices.log(month("2021-07")), 0.0);
        assert_near(prices.log(month("2022-01")), 0.5 * low);
        assert_eq!(prices.log(month("2022-07")), low);
        assert_near(prices.log(month("2022-10")), 0.75 * low + 0.25 * high);
        assert_near(prices.log(month("2023-06")), low + 11.0 / 12.0 * (high - low));
    }

    #[test]
    fn prices_are_level_before_the_first_and_after_the_last_year() {
        let prices = known("2024-06");
        assert_eq!(prices.log(month("2015-03")), 0.0);
        assert_eq!(prices.log(month("2023-07")), math::ln(1.5));
        assert_eq!(prices.log(month("2030-01")), math::ln(1.5));
    }

    #[test]
    fn a_year_is_known_from_its_december_on() {
        assert_eq!(known("2023-12").log(month("2024-01")), math::ln(1.5));
        let before = known("2023-11");
        assert_eq!(before.log(month("2024-01")), math::ln(1.2));
        assert_eq!(before.log(month("2022-10")), math::ln(1.2));
        assert_eq!(known("2021-11").log(month("2023-01")), 0.0);
    }

    #[test]
    fn growth_is_since_the_middle_of_the_base_year() {
        let prices = known("2024-06");
        assert_eq!(prices.since(2021, month("2022-07")), math::ln(1.2));
        // A scenario that begins in 2022 is laid beside records at the prices of 2022.
        assert_eq!(prices.since(2022, month("2022-07")), 0.0);
        assert_near(prices.since(2022, month("2023-07")), math::ln(1.5 / 1.2));
    }

    #[test]
    fn members_of_a_bloc_inherit_its_index_where_they_have_none() {
        let mut world = hub();
        price(&mut world, "UNION", 2021, 1.0);
        price(&mut world, "MEM", 2022, 3.0);
        price(&mut world, "UNION", 2022, 2.0);
        let index = |world: &World, id: &str, flow| {
            KnownPrices::new(world, &party(world, id), flow, month("2023-01")).log(month("2022-12"))
        };
        assert_eq!(index(&world, "BUY", Flow::Export), math::ln(2.0));
        assert_eq!(index(&world, "UNION", Flow::Export), math::ln(2.0));
        // Its own figure stands in for the bloc's, in whatever order they are listed.
        assert_eq!(index(&world, "MEM", Flow::Export), math::ln(3.0));
        // Neither others nor the other direction have it.
        assert_eq!(index(&world, "SEL", Flow::Export), 0.0);
        assert_eq!(index(&world, "BUY", Flow::Import), 0.0);
    }
}
