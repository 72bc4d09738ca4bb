//! Records on the level of a simulation, to be drawn beside it.

use super::panel::{Panel, PanelSeries, SeriesKey};
use super::prices::KnownPrices;
use super::season::YEAR;
use crate::math;
use crate::model::{Month, World};

/// A record beside what it is after season and prices have been taken out.
#[derive(Clone, PartialEq, Debug)]
pub struct ComparableRecord {
    pub key: SeriesKey,
    pub month: Month,
    /// As published, in the unit of its series.
    pub recorded: f64,
    /// Without season and the change of prices since the base year, as a multiple of the mean month of that year. A simulated
    /// series divided by its own mean of that year is the same quantity.
    pub relative: f64,
}

/// The monthly records of a world, by series and month. Their base is the calendar year of `start`; series without half of it
/// are left out, and so are those that none of the world's baseline trade enters.
pub fn comparable_records(world: &World, start: Month) -> Vec<ComparableRecord> {
    let Some(mut panel) = Panel::new(world, start.year()) else {
        return Vec::new();
    };
    panel.forget_untraded(world);
    // All figures are out by now: the prices of a year serve its own months too.
    let last = Month::january(panel.month(panel.months.saturating_sub(1)).year() + 1);
    let mut records = Vec::new();
    for (place, series) in panel.series.iter().enumerate() {
        let Some(base) = base_of(&panel, series, start) else {
            continue;
        };
        let prices = KnownPrices::new(world, &series.key.reporter, series.key.flow, last);
        records.extend(series.values.iter().map(|(&month, &recorded)| {
            let usual = base + panel.season(place, month) + prices.since(start.year(), month);
            ComparableRecord {
                key: series.key.clone(),
                month,
                recorded,
                relative: recorded / math::exp(usual),
            }
        }));
    }
    records
}

/// The logarithm of the mean month of the base year of a series of records, without season; none if fewer than half the months
/// are known.
pub fn base_of(panel: &Panel, series: &PanelSeries, start: Month) -> Option<f64> {
    let year = Month::january(start.year());
    let mean = |sum: f64, months: &[usize]| sum / months.len() as f64;
    let season = |months: &[usize]| {
        let factors = months.iter().map(|&month| math::exp(series.season[month]));
        mean(factors.fold(0.0, |sum, factor| sum + factor), months)
    };
    let log = |month: usize| panel.place(year.plus(month as i32)).map(|place| series.logs[place]);
    let all: Vec<usize> = (0..YEAR).collect();
    let known: Vec<(usize, f64)> = all
        .iter()
        .filter_map(|&month| Some((month, log(month)?)).filter(|(_, log)| log.is_finite()))
        .collect();
    let sum = known.iter().fold(0.0, |sum, (_, log)| sum + math::exp(*log));
    let known: Vec<usize> = known.into_iter().map(|(month, _)| month).collect();
    // A part of a year may be its strong or its weak part.
    (known.len() * 2 >= YEAR).then(|| math::ln(mean(sum, &known)) + math::ln(season(&all) / season(&known)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::testing::{assert_near, exports, hub, month, price};

    #[test]
    fn records_are_multiples_of_their_base_year_at_its_prices() {
        let mut world = hub();
        // Twelve like months, then twice as much at prices half as high again.
        exports(&mut world, "SEL-BUY-all", "2021-01", &[80.0; 12]);
        exports(&mut world, "SEL-BUY-all", "2022-07", &[240.0]);
        price(&mut world, "SEL", 2021, 1.0);
        price(&mut world, "SEL", 2022, 1.5);
        let records = comparable_records(&world, month("2021-01"));
        let last = records.last().unwrap();
        assert_eq!((records.len(), last.month), (13, month("2022-07")));
        assert_near(last.recorded, 240.0);
        assert_near(last.relative, 2.0);
        assert!(comparable_records(&hub(), month("2021-01")).is_empty());
    }

    #[test]
    fn without_half_of_the_base_year_there_is_nothing_to_compare_with() {
        let mut world = hub();
        exports(&mut world, "SEL-BUY-all", "2021-08", &[80.0; 12]);
        assert!(comparable_records(&world, month("2021-01")).is_empty());
    }
}
