//! Series of customs records as they were published.

use std::collections::BTreeMap;

use super::statistic::Monthly;
use crate::model::{CommodityIndex, Flow, Month, MonthRange, Party, Period, Trade, TradeSeries, Unit, World};

/// The figures of `observed.csv` by what they are about.
type Figures<'w> = BTreeMap<(&'w Party, &'w Party, Flow, Option<CommodityIndex>, Unit, Period), f64>;

/// The published months and years of every series; nothing of series that are no books.
#[derive(Clone, Default, Debug)]
pub struct Records {
    months: Vec<BTreeMap<Month, f64>>,
    years: Vec<BTreeMap<i32, f64>>,
}

impl Records {
    /// Adds up the observations of a world to series. A month or year is known if every part of it is: a bloc's records
    /// are its own or those of all its members, and all goods are published as one or good by good.
    pub fn new(world: &World, series: &[TradeSeries]) -> Self {
        let figures: Figures<'_> = world
            .observed
            .iter()
            .map(|row| {
                let key = (
                    &row.reporter,
                    &row.partner,
                    row.flow,
                    row.commodity,
                    row.unit,
                    row.period,
                );
                (key, row.value)
            })
            .collect();
        let mut periods: Vec<Period> = world.observed.iter().map(|row| row.period).collect();
        periods.sort_unstable();
        periods.dedup();
        let mut records = Self::default();
        for series in series {
            let (mut months, mut years) = (BTreeMap::new(), BTreeMap::new());
            for &period in &periods {
                match (period, total(world, &figures, series, period)) {
                    (Period::Month(month), Some(value)) => {
                        months.insert(month, value);
                    }
                    (Period::Year(year), Some(value)) => {
                        years.insert(year, value);
                    }
                    (_, None) => {}
                }
            }
            records.months.push(months);
            records.years.push(years);
        }
        records
    }

    /// The published months of a series.
    pub fn months(&self, series: usize) -> &BTreeMap<Month, f64> {
        &self.months[series]
    }
}

impl Monthly for Records {
    fn value(&self, series: usize, month: Month) -> Option<f64> {
        self.months[series].get(&month).copied()
    }

    /// A year whose months are not known counts as a whole.
    fn sum(&self, series: usize, months: MonthRange) -> Option<f64> {
        let (mut sum, mut month) = (0.0, months.first);
        while month <= months.last {
            let year = month.year();
            let is_whole_year = month == Month::january(year) && Month::january(year + 1) <= months.last.plus(1);
            let of_year = self.years[series].get(&year).filter(|_| is_whole_year);
            match (self.months[series].get(&month), of_year) {
                (Some(value), _) => {
                    sum += value;
                    month = month.plus(1);
                }
                (None, Some(value)) => {
                    sum += value;
                    month = month.plus(12);
                }
                (None, None) => return None,
            }
        }
        Some(sum)
    }
}

fn total(world: &World, figures: &Figures<'_>, series: &TradeSeries, period: Period) -> Option<f64> {
    let Trade::Book {
        reporters,
        partners,
        flow,
        commodities,
    } = &series.trade
    else {
        return None;
    };
    let mut sum = 0.0;
    for reporter in reporters {
        for partner in partners {
            let figure = |goods| {
                let asked = Asked {
                    flow: *flow,
                    goods,
                    unit: series.unit,
                    period,
                };
                recorded(world, figures, reporter, partner, asked)
            };
            let by_good =
                |goods: &[CommodityIndex]| goods.iter().try_fold(0.0, |sum, &good| Some(sum + figure(Some(good))?));
            sum += if commodities.is_empty() {
                let all: Vec<CommodityIndex> = world.commodities.indices().collect();
                figure(None).or_else(|| by_good(&all))?
            } else {
                by_good(commodities)?
            };
        }
    }
    Some(sum)
}

/// Which figure of a reporter and a partner is asked for.
#[derive(Clone, Copy)]
struct Asked {
    flow: Flow,
    goods: Option<CommodityIndex>,
    unit: Unit,
    period: Period,
}

/// What a reporter records with a partner: as one, or as the sum of the bloc's members.
fn recorded(world: &World, figures: &Figures<'_>, reporter: &Party, partner: &Party, asked: Asked) -> Option<f64> {
    let key = (reporter, partner, asked.flow, asked.goods, asked.unit, asked.period);
    if let Some(value) = figures.get(&key) {
        return Some(*value);
    }
    let members = |party: &Party| party.members(world).into_iter().map(Party::Jurisdiction);
    match (reporter, partner) {
        (Party::Bloc(_), _) => members(reporter).try_fold(0.0, |sum, member| {
            Some(sum + recorded(world, figures, &member, partner, asked)?)
        }),
        (_, Party::Bloc(_)) => members(partner).try_fold(0.0, |sum, member| {
            Some(sum + recorded(world, figures, reporter, &member, asked)?)
        }),
        _ => None,
    }
}
