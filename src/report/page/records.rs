//! Customs records: `books.csv` of each scenario beside what the world observed.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{PageRecords, RecordSeries};
use super::frame::{Frame, scaled};
use super::number::PageNumber;
use super::series::{SeriesOf, columns_of, tail};
use crate::model::ResultUnit;
use crate::results::read::{DescribedResults, GoodPrices, StreamRow, TableStream, UnreadableResults};
use crate::results::schema::{BOOKS, OBSERVED};

/// Series on the page.
const MOST: usize = 60;

/// Reporter, partner, direction, commodity and unit, as files have them.
type BookKey = [String; 5];
const KEYS: [&str; 5] = ["reporter", "partner", "flow", "commodity", "unit"];

/// Simulated and observed records; none if nothing was observed and nothing simulated.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn records(frame: &Frame<'_>) -> Result<Option<PageRecords>, UnreadableResults> {
    let Some(mut books) = Books::read(frame)? else {
        return Ok(None);
    };
    let observed = read_observed(frame, &books)?;
    books.choose(frame, &observed);
    let mut levels = Vec::new();
    for (place, set) in frame.sets.iter().enumerate() {
        let own = if place == 0 {
            None
        } else {
            Some(read_books(frame, set, &books.chosen)?)
        };
        let series = own.as_ref().unwrap_or(&books.reference);
        let before = (place > 0).then_some(&books.reference);
        let rows = books.chosen.iter().enumerate().filter_map(|(index, key)| {
            let (from, [p05, p50, p95]) = tail(key, series.get(key)?, before)?;
            Some((index, from, p05, p50, p95))
        });
        levels.push(rows.collect());
    }
    let series: Option<Vec<RecordSeries>> = books.chosen.iter().map(|key| described(frame, key)).collect();
    let Some(series) = series.filter(|series| !series.is_empty()) else {
        return Ok(None);
    };
    let rows = books.chosen.iter().enumerate();
    let observed: Vec<_> = rows
        .filter_map(|(index, key)| points(index, observed.get(key)?))
        .collect();
    let note = note(frame, &observed);
    Ok(Some(PageRecords {
        series,
        levels,
        observed,
        note,
    }))
}

/// The records of the reference, and those series of them that the page shows.
struct Books {
    reference: SeriesOf<BookKey, 3>,
    /// Sums of means over the run, and the mean month of the first calendar year; in the units of the page.
    sizes: BTreeMap<BookKey, (f64, f64)>,
    chosen: Vec<BookKey>,
}

impl Books {
    fn read(frame: &Frame<'_>) -> Result<Option<Self>, UnreadableResults> {
        let set = &frame.sets[0];
        let Some(mut table) = set.table(BOOKS.file)? else {
            return Ok(None);
        };
        let columns = BookColumns::new(&table, set)?;
        let mean = table.column("mean")?;
        let mut reference = SeriesOf::new();
        let mut means: BTreeMap<BookKey, YearMean> = BTreeMap::new();
        while let Some(row) = table.next_row()? {
            let Some(month) = columns.month(frame, row)? else {
                continue;
            };
            let first_year = frame.start.plus(month as i32).year() == frame.start.year();
            for (key, factor) in columns.keys_of(row) {
                let value = scaled(factor * row.number(mean)?, &key[4]);
                columns.put(frame, &mut reference, row, &key, factor, month)?;
                means.entry(key).or_default().add(value, first_year);
            }
        }
        let sizes = means.into_iter().map(|(key, mean)| (key, mean.sizes())).collect();
        Ok(Some(Self {
            reference,
            sizes,
            chosen: Vec::new(),
        }))
    }

    /// Chooses series with observed values, or the largest if there are none; blocs stand before their members.
    fn choose(&mut self, frame: &Frame<'_>, observed: &BTreeMap<BookKey, Vec<PageNumber>>) {
        let blocs: BTreeSet<&str> = frame
            .sets
            .iter()
            .flat_map(|set| &set.context.jurisdictions)
            .flat_map(|land| land.blocs.iter().map(String::as_str))
            .collect();
        let is_wanted = |key: &&BookKey| {
            let is_seen = observed.contains_key(*key);
            is_seen || (observed.is_empty() && key[4] == "usd")
        };
        let mut found: Vec<(bool, bool, f64, &BookKey)> = self
            .sizes
            .iter()
            .filter(|(key, (size, _))| is_wanted(key) && *size > 0.0)
            .map(|(key, (size, _))| {
                let is_member = !blocs.contains(key[0].as_str());
                (is_member, key[3] != crate::model::ALL, *size, key)
            })
            .collect();
        found.sort_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)).then(other.2.total_cmp(&one.2)));
        self.chosen = found.into_iter().take(MOST).map(|(.., key)| key.clone()).collect();
    }
}

/// Sums of means: over the run, and over the first calendar year.
#[derive(Default)]
struct YearMean {
    all: f64,
    year: f64,
    months: usize,
}

impl YearMean {
    fn add(&mut self, value: f64, first_year: bool) {
        if value.is_nan() {
            return;
        }
        self.all += value;
        if first_year {
            self.year += value;
            self.months += 1;
        }
    }

    fn sizes(&self) -> (f64, f64) {
        (self.all, self.year / self.months.max(1) as f64)
    }
}

struct BookColumns {
    month: usize,
    keys: [usize; 5],
    values: [usize; 3],
    prices: GoodPrices,
}

impl BookColumns {
    fn new(table: &TableStream, set: &DescribedResults) -> Result<Self, UnreadableResults> {
        Ok(Self {
            month: table.column("month")?,
            keys: table.columns(KEYS)?,
            values: table.columns(["p05", "p50", "p95"])?,
            prices: GoodPrices::new(&set.context),
        })
    }

    fn month(&self, frame: &Frame<'_>, row: StreamRow<'_>) -> Result<Option<usize>, UnreadableResults> {
        frame.month_of(row.text(self.month)).map_err(|reason| row.fault(reason))
    }

    /// The key of a row, and that of the same trade in dollars, with the factor on the numbers of the row.
    fn keys_of(&self, row: StreamRow<'_>) -> impl Iterator<Item = (BookKey, f64)> {
        let key: BookKey = self.keys.map(|column| row.text(column).to_owned());
        let in_dollars = self.prices.of_row(&key[3], &key[4]).map(|price| {
            let mut key = key.clone();
            ResultUnit::Dollars.name().clone_into(&mut key[4]);
            (key, price)
        });
        std::iter::once((key, 1.0)).chain(in_dollars)
    }

    fn put(
        &self,
        frame: &Frame<'_>,
        into: &mut SeriesOf<BookKey, 3>,
        row: StreamRow<'_>,
        key: &BookKey,
        factor: f64,
        month: usize,
    ) -> Result<(), UnreadableResults> {
        let values = row.numbers(self.values)?.map(|value| scaled(factor * value, &key[4]));
        for (column, value) in columns_of(frame, into, key.clone()).iter_mut().zip(values) {
            column[month] = PageNumber::new(value);
        }
        Ok(())
    }
}

fn read_books(
    frame: &Frame<'_>,
    set: &DescribedResults,
    chosen: &[BookKey],
) -> Result<SeriesOf<BookKey, 3>, UnreadableResults> {
    let mut series = SeriesOf::new();
    let Some(mut table) = set.table(BOOKS.file)? else {
        return Ok(series);
    };
    let columns = BookColumns::new(&table, set)?;
    let wanted: BTreeSet<&BookKey> = chosen.iter().collect();
    while let Some(row) = table.next_row()? {
        for (key, factor) in columns.keys_of(row).filter(|(key, _)| wanted.contains(key)) {
            if let Some(month) = columns.month(frame, row)? {
                columns.put(frame, &mut series, row, &key, factor, month)?;
            }
        }
    }
    Ok(series)
}

/// Records without season, on the level of the first simulated year of the reference.
fn read_observed(frame: &Frame<'_>, books: &Books) -> Result<BTreeMap<BookKey, Vec<PageNumber>>, UnreadableResults> {
    let mut observed = BTreeMap::new();
    let Some(mut table) = frame.sets[0].table(OBSERVED.file)? else {
        return Ok(observed);
    };
    let keys = table.columns(KEYS)?;
    let [month, relative] = table.columns(["month", "relative"])?;
    while let Some(row) = table.next_row()? {
        let key = keys.map(|column| row.text(column).to_owned());
        let at = frame.month_of(row.text(month)).map_err(|reason| row.fault(reason))?;
        let (Some(at), Some((_, level))) = (at, books.sizes.get(&key)) else {
            continue;
        };
        let months = observed.entry(key).or_insert_with(|| frame.blank());
        months[at] = PageNumber::new(row.number(relative)? * level);
    }
    Ok(observed)
}

fn described(frame: &Frame<'_>, key: &BookKey) -> Option<RecordSeries> {
    let [reporter, partner, flow, commodity, unit] = key;
    Some(RecordSeries {
        reporter: frame.lands.find(reporter)?,
        partner: frame.lands.find(partner)?,
        flow: flow.clone(),
        good: frame.goods.find(commodity)?,
        unit: unit.clone(),
    })
}

/// The months from the first to the last that were observed.
fn points(index: usize, months: &[PageNumber]) -> Option<(usize, usize, Vec<PageNumber>)> {
    let exists = |cell: &PageNumber| cell.get().is_some();
    let (first, last) = (months.iter().position(exists)?, months.iter().rposition(exists)?);
    Some((index, first, months[first..=last].to_vec()))
}

fn note(frame: &Frame<'_>, observed: &[(usize, usize, Vec<PageNumber>)]) -> Option<String> {
    let last = observed.iter().map(|(_, from, months)| from + months.len() - 1).max()?;
    let last = frame.start.plus(last as i32);
    Some(format!(
        "Dots are customs records that the world has, until {last}, without season and change of prices, on the simulated level of \
         {}.",
        frame.start.year()
    ))
}
