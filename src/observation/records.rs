//! Series of customs records as they were published.

use std::collections::BTreeMap;

use super::monthly::Monthly;
use super::series::goods;
use crate::model::{
    CommodityIndex, Flow, Month, MonthRange, Observation, Party, Period, Trade, TradeSeries, Unit, World,
};

/// The figures of `observed.csv` by reporter, partner, direction, good, unit and period.
type Figures<'w> = BTreeMap<(&'w Party, &'w Party, Flow, Option<CommodityIndex>, Unit, Period), f64>;

/// The published months and years of every series; empty for series that are not customs records.
#[derive(Clone, Default, Debug)]
pub struct Records {
    months: Vec<BTreeMap<Month, f64>>,
    years: Vec<BTreeMap<i32, f64>>,
    silent: Vec<Vec<String>>,
}

impl Records {
    /// Adds up the observations of a world to series. A month or year is known if the figure of every reporter for
    /// every partner and good is known. The figure of a bloc is its own, or the sum of those of its members; one member
    /// with a figure is enough, because offices leave out goods that they did not trade. Figures for all goods are
    /// published as one, or for each good of the series.
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
            let all_goods = goods(world, series);
            for &period in &periods {
                match (period, total(world, &figures, series, &all_goods, period)) {
                    (Period::Month(month), Some(value)) => {
                        months.insert(month, value);
                    }
                    (Period::Year(year), Some(value)) => {
                        years.insert(year, value);
                    }
                    (_, None) => {}
                }
            }
            let has_figures = !months.is_empty() || !years.is_empty();
            records.silent.push(if has_figures {
                silent_members(world, series)
            } else {
                Vec::new()
            });
            records.months.push(months);
            records.years.push(years);
        }
        records
    }

    /// Members of the blocs of a series of which no figure was added up, though the series has figures: their ids in order.
    pub fn silent(&self, series: usize) -> &[String] {
        &self.silent[series]
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

    /// A year whose months are not known counts with its published total.
    fn sum(&self, series: usize, months: MonthRange) -> Option<f64> {
        let (mut sum, mut month) = (0.0, months.first);
        while month <= months.last {
            let year = month.year();
            // A year's total can stand for its months only if all of them are asked for.
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

/// The sum of a series in a period; `all_goods` are its goods if it names none.
fn total(
    world: &World,
    figures: &Figures<'_>,
    series: &TradeSeries,
    all_goods: &[CommodityIndex],
    period: Period,
) -> Option<f64> {
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
            let by_good = |goods: &[CommodityIndex]| {
                let mut figures = goods.iter().map(|&good| figure(Some(good)));
                figures.try_fold(0.0, |sum, figure| Some(sum + figure?))
            };
            sum += if commodities.is_empty() {
                figure(None).or_else(|| by_good(all_goods).filter(|_| !all_goods.is_empty()))?
            } else {
                by_good(commodities)?
            };
        }
    }
    Some(sum)
}

/// The members of the blocs of a series that have no figure of it, where the bloc has none of its own.
fn silent_members(world: &World, series: &TradeSeries) -> Vec<String> {
    let Trade::Book {
        reporters,
        partners,
        flow,
        commodities,
    } = &series.trade
    else {
        return Vec::new();
    };
    let is_of = |party: &Party, asked: &[Party]| {
        let within =
            |asked: &Party| asked == party || party.members(world).iter().all(|m| asked.members(world).contains(m));
        asked.iter().any(within)
    };
    let rows: Vec<&Observation> = world
        .observed
        .iter()
        .filter(|row| row.flow == *flow && row.unit == series.unit)
        .filter(|row| commodities.is_empty() || row.commodity.is_some_and(|good| commodities.contains(&good)))
        .filter(|row| is_of(&row.reporter, reporters) && is_of(&row.partner, partners))
        .collect();
    let side = |parties: &[Party], of: fn(&Observation) -> &Party| {
        let blocs = parties.iter().filter(|party| matches!(party, Party::Bloc(_)));
        let without_own = blocs.filter(|bloc| rows.iter().all(|row| of(row) != *bloc));
        let members = without_own
            .flat_map(|bloc| bloc.members(world))
            .map(Party::Jurisdiction);
        let silent = members.filter(|member| rows.iter().all(|row| of(row) != member));
        silent.map(|member| member.name(world).to_owned()).collect::<Vec<_>>()
    };
    let mut silent = side(reporters, |row| &row.reporter);
    silent.extend(side(partners, |row| &row.partner));
    silent.sort();
    silent.dedup();
    silent
}

/// The direction, good, unit and period of a figure.
#[derive(Clone, Copy)]
struct Asked {
    flow: Flow,
    goods: Option<CommodityIndex>,
    unit: Unit,
    period: Period,
}

/// The record of a reporter with a partner: one figure, or the sum of the members of a bloc that have one.
fn recorded(world: &World, figures: &Figures<'_>, reporter: &Party, partner: &Party, asked: Asked) -> Option<f64> {
    let key = (reporter, partner, asked.flow, asked.goods, asked.unit, asked.period);
    if let Some(value) = figures.get(&key) {
        return Some(*value);
    }
    let members = |party: &Party| party.members(world).into_iter().map(Party::Jurisdiction);
    let of_members: Vec<f64> = match (reporter, partner) {
        (Party::Bloc(_), _) => members(reporter)
            .filter_map(|member| recorded(world, figures, &member, partner, asked))
            .collect(),
        (_, Party::Bloc(_)) => members(partner)
            .filter_map(|member| recorded(world, figures, reporter, &member, asked))
            .collect(),
        _ => Vec::new(),
    };
    (!of_members.is_empty()).then(|| of_members.iter().fold(0.0, |sum, figure| sum + figure))
}
