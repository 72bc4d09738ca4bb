//! Metrics: `metrics.csv` of each scenario and `comparison.csv` of the batch, read once for all views that need them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::data::{MonthRow, PageMonths};
use super::frame::{Frame, PRICE, SUCCESS, first_difference, scaled};
use super::number::PageNumber;
use crate::model::{Period, ReportPeriod, ResultUnit};
use crate::results::read::{DescribedResults, GoodPrices, StreamRow, TableStream, UnreadableResults};
use crate::results::schema::{COMPARISON, COMPARISON_BY_MONTH, METRICS, METRICS_BY_MONTH};

/// Metrics that the page follows month by month for all goods.
const MONTHLY: [&str; 14] = [
    SUCCESS,
    PRICE,
    "intermediary_rent",
    "target_loss",
    "circumvention_rate",
    "restricted",
    "direct",
    "mirror_gap",
    "revenue_lost",
    "coalition_trade_lost",
    "coalition_revenue_lost",
    "bypassed",
    "price_rise",
    "markup",
];

/// Those that it also follows for each good.
const MONTHLY_BY_GOOD: [&str; 3] = [SUCCESS, PRICE, "intermediary_rent"];

/// Those that it also follows by intermediary.
const MONTHLY_BY_VIA: [&str; 2] = [SUCCESS, "intermediary_rent"];

/// The column with whose gain or loss a row is.
const PARTY: &str = "party";

/// Subject of a row of a metric, in places of the frame; -1 for none or any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MetricPlace {
    pub metric: usize,
    /// Of the frame's periods.
    pub period: usize,
    pub good: usize,
    pub via: i32,
    /// Of [`PageTotals::parties`].
    pub party: i32,
}

/// A metric in a period, by scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TotalCell {
    /// Mean, p05, p95.
    pub level: [f64; 3],
    /// Mean, p05, p95, share of draws below zero.
    pub difference: [f64; 4],
}

impl TotalCell {
    const ABSENT: Self = Self {
        level: [f64::NAN; 3],
        difference: [f64::NAN; 4],
    };
}

/// All metrics that the page shows, in its units.
pub struct PageTotals {
    /// Years and the whole run.
    pub cells: BTreeMap<MetricPlace, Vec<TotalCell>>,
    /// Ids of parties: jurisdictions and capacities.
    pub parties: Vec<String>,
    pub months: Option<PageMonths>,
    /// Data that were not used, and why, in whole sentences.
    pub notes: Vec<String>,
}

/// Metric, good, via.
type SeriesKey = (usize, usize, i32);
type Fan = [Vec<PageNumber>; 3];
/// Monthly rows of each scenario, if there are any.
type MonthsByScenario = Option<Vec<Vec<MonthRow>>>;
type Fans = BTreeMap<SeriesKey, Fan>;

/// Reads the metrics of all scenarios. `expected` are the exact mean differences of the success, in dollars, by which a
/// `comparison.csv` is known to belong to them.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn read_totals(frame: &mut Frame<'_>, expected: &[Option<f64>]) -> Result<PageTotals, UnreadableResults> {
    let mut reader = TotalsReader {
        periods: frame.periods(),
        cells: BTreeMap::new(),
        parties: Vec::new(),
    };
    let mut levels = Vec::new();
    let mut reference = Fans::new();
    for place in 0..frame.sets.len() {
        let fans = reader.read_levels(frame, place)?;
        levels.push(month_rows(&fans, (place > 0).then_some(&reference)));
        if place == 0 {
            reference = fans;
        }
    }
    let (differences, notes) = reader.read_differences(frame, expected)?;
    reader.fill_differences(frame);
    let via = largest_vias(&reader.cells);
    let has_rows = levels.iter().any(|rows| !rows.is_empty());
    Ok(PageTotals {
        cells: reader.cells,
        parties: reader.parties,
        months: has_rows.then_some(PageMonths {
            via,
            levels,
            differences,
        }),
        notes,
    })
}

struct TotalsReader {
    periods: Vec<ReportPeriod>,
    cells: BTreeMap<MetricPlace, Vec<TotalCell>>,
    parties: Vec<String>,
}

/// Where the keys of a row stand.
struct KeyColumns {
    metric: usize,
    period: usize,
    commodity: usize,
    via: usize,
    unit: usize,
    party: Option<usize>,
}

impl KeyColumns {
    fn new(table: &TableStream) -> Result<Self, UnreadableResults> {
        let [metric, period, commodity, via, unit] = table.columns(["metric", "period", "commodity", "via", "unit"])?;
        Ok(Self {
            metric,
            period,
            commodity,
            via,
            unit,
            party: table.find(PARTY),
        })
    }

    /// The unit of a row and the factor on its numbers, after tonnes of a good have become dollars.
    fn dollars<'r>(&self, row: StreamRow<'r>, prices: &GoodPrices) -> (&'r str, f64) {
        let unit = row.text(self.unit);
        match prices.of_row(row.text(self.commodity), unit) {
            Some(price) => (ResultUnit::Dollars.name(), price),
            None => (unit, 1.0),
        }
    }
}

/// Subject of a row.
#[derive(Clone, Copy)]
struct RowSubject {
    key: SeriesKey,
    period: ReportPeriod,
    party: i32,
}

impl RowSubject {
    /// The month of the page and the series that a row of a month belongs to, if the page follows it by month.
    fn month(&self, frame: &Frame<'_>) -> Option<(usize, SeriesKey)> {
        let ReportPeriod::Calendar(Period::Month(month)) = self.period else {
            return None;
        };
        let shown = self.party < 0 && is_monthly(frame, self.key);
        Some((frame.month(month).filter(|_| shown)?, self.key))
    }

    /// Whether it is an amount over the whole run that the page follows by month.
    fn is_whole_amount(&self, frame: &Frame<'_>) -> bool {
        let is_amount = frame.metrics[self.key.0].unit == ResultUnit::Dollars.name();
        self.period == ReportPeriod::WholeRun && self.party < 0 && is_amount && is_monthly(frame, self.key)
    }
}

impl TotalsReader {
    /// Reads `metrics.csv` of the scenario at a place; keeps years and the whole run, and returns the months.
    fn read_levels(&mut self, frame: &mut Frame<'_>, scenario: usize) -> Result<Fans, UnreadableResults> {
        let mut fans = Fans::new();
        let Some(mut table) = frame.sets[scenario].table(METRICS.file)? else {
            return Ok(fans);
        };
        let keys = KeyColumns::new(&table)?;
        let [mean, p05, p95] = table.columns(["mean", "p05", "p95"])?;
        let mut amounts = Vec::new();
        while let Some(row) = table.next_row()? {
            let Some(subject) = self.subject(frame, &keys, row, row.text(keys.unit))? else {
                continue;
            };
            if subject.is_whole_amount(frame) {
                amounts.push(subject.key);
            }
            if let Some(place) = self.total(frame, &subject) {
                let unit = &frame.metrics[place.metric].unit;
                let level = row.numbers([mean, p05, p95])?.map(|value| scaled(value, unit));
                self.cell(frame, place, scenario).level = level;
            }
        }
        let set = &frame.sets[scenario];
        let Some(mut table) = set.table(METRICS_BY_MONTH.file)? else {
            return Ok(fans);
        };
        // Months without a row are those in which an amount is zero.
        let months = frame.months_of(set);
        for key in amounts {
            months
                .clone()
                .for_each(|month| put(frame, &mut fans, key, month, [0.0; 3]));
        }
        let keys = KeyColumns::new(&table)?;
        let (values, prices) = (table.columns(["p05", "p50", "p95"])?, GoodPrices::new(&set.context));
        while let Some(row) = table.next_row()? {
            let (unit, factor) = keys.dollars(row, &prices);
            let subject = self.subject(frame, &keys, row, unit)?;
            if let Some((month, key)) = subject.and_then(|subject| subject.month(frame)) {
                let values = row.numbers(values)?.map(|value| factor * value);
                put(frame, &mut fans, key, month, values);
            }
        }
        Ok(fans)
    }

    fn cell(&mut self, frame: &Frame<'_>, place: MetricPlace, scenario: usize) -> &mut TotalCell {
        let scenarios = frame.sets.len();
        let cells = self.cells.entry(place);
        &mut cells.or_insert_with(|| vec![TotalCell::ABSENT; scenarios])[scenario]
    }

    /// Subject of a row whose numbers are in `unit`; none if the page does not show the metric.
    fn subject(
        &mut self,
        frame: &mut Frame<'_>,
        keys: &KeyColumns,
        row: StreamRow<'_>,
        unit: &str,
    ) -> Result<Option<RowSubject>, UnreadableResults> {
        let Some(metric) = frame.metric_or_new(row.text(keys.metric), unit) else {
            return Ok(None);
        };
        let good = frame.goods.find(row.text(keys.commodity));
        let good = good.ok_or_else(|| row.fault("the context has no such commodity"))?;
        let via = match row.text(keys.via) {
            "" => -1,
            id => {
                let land = frame.lands.find(id);
                land.ok_or_else(|| row.fault("the context has no such jurisdiction"))? as i32
            }
        };
        let party = keys.party.map_or("", |column| row.text(column));
        let period = row.text(keys.period).parse::<ReportPeriod>();
        Ok(Some(RowSubject {
            key: (metric, good, via),
            period: period.map_err(|reason| row.fault(reason))?,
            party: if party.is_empty() { -1 } else { self.party(party) },
        }))
    }

    /// The place of a row of a year or the whole run; none if the page does not show it.
    fn total(&self, frame: &Frame<'_>, subject: &RowSubject) -> Option<MetricPlace> {
        let (metric, good, via) = subject.key;
        let is_year = subject.period != ReportPeriod::WholeRun;
        let is_detail = good > 0
            && if frame.has_many() {
                is_year || via >= 0
            } else {
                is_year && via >= 0
            };
        let period = self.periods.iter().position(|known| *known == subject.period)?;
        (!is_detail).then_some(MetricPlace {
            metric,
            period,
            good,
            via,
            party: subject.party,
        })
    }

    fn party(&mut self, id: &str) -> i32 {
        let known = self.parties.iter().position(|party| party == id);
        known.unwrap_or_else(|| {
            self.parties.push(id.to_owned());
            self.parties.len() - 1
        }) as i32
    }

    /// Reads the differences that the batch kept; none, with a note, if it kept none of these scenarios.
    fn read_differences(
        &mut self,
        frame: &mut Frame<'_>,
        expected: &[Option<f64>],
    ) -> Result<(MonthsByScenario, Vec<String>), UnreadableResults> {
        let mut notes = Vec::new();
        if frame.sets.len() < 2 || !frame.paired.iter().skip(1).any(|paired| *paired) {
            return Ok((None, notes));
        }
        let mut rows = vec![Vec::new(); frame.sets.len()];
        let folders: BTreeSet<_> = frame.sets.iter().filter_map(|set| set.folder.parent()).collect();
        let mut found = vec![false; frame.sets.len()];
        for folder in folders {
            let mut read = DifferenceRows::new(frame, folder);
            self.read_comparison(frame, folder, &mut read)?;
            for (scenario, fans) in read.fans.into_iter().enumerate() {
                let has_same_months = frame.same_months[scenario];
                let agrees = read.success[scenario]
                    .zip(expected[scenario])
                    .is_some_and(|(one, other)| (one - other).abs() <= 1e-6 * (one.abs() + other.abs()) + 1.0);
                // Of other months there is no row for the whole run by which the table could be known.
                if agrees || (!has_same_months && !fans.is_empty()) {
                    found[scenario] = true;
                    rows[scenario] = month_rows(&fans, None);
                    for (place, difference) in &read.cells[scenario] {
                        self.cell(frame, *place, scenario).difference = *difference;
                    }
                }
            }
        }
        let missing = frame
            .others()
            .filter(|&scenario| frame.paired[scenario] && !found[scenario]);
        let missing: Vec<&str> = missing.map(|scenario| frame.sets[scenario].label.as_str()).collect();
        if !missing.is_empty() {
            notes.push(format!(
                "no {} beside the results has the differences of {} from {}: only headline metrics have ranges",
                COMPARISON.file,
                missing.join(", "),
                frame.sets[0].label
            ));
        }
        let has_rows = rows.iter().any(|rows| !rows.is_empty());
        Ok((has_rows.then_some(rows), notes))
    }

    fn read_comparison(
        &mut self,
        frame: &mut Frame<'_>,
        folder: &Path,
        into: &mut DifferenceRows,
    ) -> Result<(), UnreadableResults> {
        let Some(mut table) = TableStream::of_batch(folder, COMPARISON.file)? else {
            return Ok(());
        };
        // Another table may well be kept under this name; it is no table of the batch.
        let Ok(columns) = DifferenceColumns::new(&table) else {
            return Ok(());
        };
        let (mut amounts, mut whole) = (Vec::new(), Vec::new());
        while let Some(row) = table.next_row()? {
            let Some(place) = columns.scenario(frame, row, into) else {
                continue;
            };
            let unit = row.text(columns.keys.unit);
            let Some(subject) = self.subject(frame, &columns.keys, row, unit)? else {
                continue;
            };
            if subject.is_whole_amount(frame) && is_followed(frame, subject.key) {
                amounts.push((place, subject.key));
            }
            if subject.period == ReportPeriod::WholeRun && ResultUnit::is_of_amounts(unit) {
                whole.push((place, subject));
            }
            if let Some(key) = self.total(frame, &subject) {
                let unit = &frame.metrics[key.metric].unit;
                let [mean, low, high, below] = row.numbers(columns.totals)?;
                if is_success(frame, key) {
                    into.success[place] = Some(mean);
                }
                let [mean, low, high] = [mean, low, high].map(|value| scaled(value, unit));
                into.cells[place].insert(key, [mean, low, high, below]);
            }
        }
        self.fill_years(frame, whole, into);
        let Some(mut table) = TableStream::of_batch(folder, COMPARISON_BY_MONTH.file)? else {
            return Ok(());
        };
        let columns = DifferenceColumns::new(&table)?;
        // Months without a row are those without a difference.
        for (place, key) in amounts {
            let months = frame.months_of(&frame.sets[place]);
            months.for_each(|month| put(frame, &mut into.fans[place], key, month, [0.0; 3]));
        }
        while let Some(row) = table.next_row()? {
            let Some(place) = columns.scenario(frame, row, into) else {
                continue;
            };
            let prices = GoodPrices::new(&frame.sets[place].context);
            let (unit, factor) = columns.keys.dollars(row, &prices);
            let subject = self.subject(frame, &columns.keys, row, unit)?;
            match subject.and_then(|subject| subject.month(frame)) {
                Some((month, key)) if is_followed(frame, key) => {
                    let values = row.numbers(columns.fan)?.map(|value| factor * value);
                    put(frame, &mut into.fans[place], key, month, values);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Years of an amount without a row are those without a difference; `whole` are the rows of the whole run.
    fn fill_years(&self, frame: &Frame<'_>, whole: Vec<(usize, RowSubject)>, into: &mut DifferenceRows) {
        for (scenario, subject) in whole {
            for &period in self.periods.iter().filter(|period| period.is_year()) {
                let of_year = RowSubject { period, ..subject };
                let has_level = |key: &MetricPlace| {
                    let cells = self.cells.get(key);
                    cells.is_some_and(|cells| !cells[scenario].level[0].is_nan())
                };
                if let Some(key) = self.total(frame, &of_year).filter(has_level) {
                    into.cells[scenario].entry(key).or_insert([0.0; 4]);
                }
            }
        }
    }

    /// Where no draws were kept, a difference is that of two means.
    fn fill_differences(&mut self, frame: &Frame<'_>) {
        for cells in self.cells.values_mut() {
            let reference = cells[0].level[0];
            for scenario in frame.others().filter(|scenario| frame.same_months[*scenario]) {
                let cell = &mut cells[scenario];
                if cell.difference[0].is_nan() {
                    cell.difference[0] = cell.level[0] - reference;
                }
            }
        }
    }
}

/// The rows of one `comparison.csv`, by scenario.
struct DifferenceRows {
    reference: String,
    /// Names of the scenarios whose results lie beside the table.
    names: Vec<Option<String>>,
    fans: Vec<Fans>,
    cells: Vec<BTreeMap<MetricPlace, [f64; 4]>>,
    /// The mean difference of the success over the whole run, in dollars.
    success: Vec<Option<f64>>,
}

impl DifferenceRows {
    fn new(frame: &Frame<'_>, folder: &Path) -> Self {
        let is_beside = |set: &DescribedResults| set.folder.parent() == Some(folder);
        let name = |set: &DescribedResults| is_beside(set).then(|| set.manifest.scenario.clone());
        let count = frame.sets.len();
        Self {
            reference: frame.sets[0].manifest.scenario.clone(),
            names: frame.sets.iter().map(name).collect(),
            fans: vec![Fans::new(); count],
            cells: vec![BTreeMap::new(); count],
            success: vec![None; count],
        }
    }
}

fn is_success(frame: &Frame<'_>, key: MetricPlace) -> bool {
    let MetricPlace {
        metric,
        period,
        good,
        via,
        party,
    } = key;
    frame.metrics[metric].id == SUCCESS && (period, good, via, party) == (0, 0, -1, -1)
}

/// Whether the page follows a difference by month.
fn is_followed(frame: &Frame<'_>, (_, good, _): SeriesKey) -> bool {
    good == 0 || !frame.has_many()
}

/// Columns of a table of differences.
struct DifferenceColumns {
    scenario: usize,
    reference: usize,
    paired: usize,
    keys: KeyColumns,
    /// Mean, p05, p95, share of draws below zero.
    totals: [usize; 4],
    /// p05, p50, p95.
    fan: [usize; 3],
}

impl DifferenceColumns {
    fn new(table: &TableStream) -> Result<Self, UnreadableResults> {
        let [scenario, reference, paired] = table.columns(["scenario", "reference", "paired"])?;
        Ok(Self {
            scenario,
            reference,
            paired,
            keys: KeyColumns::new(table)?,
            totals: table.columns(["difference", "p05", "p95", "probability_below_zero"])?,
            fan: table.columns(["p05", "p50", "p95"])?,
        })
    }

    /// The place of the scenario that a row compares with the reference draw by draw.
    fn scenario(&self, frame: &Frame<'_>, row: StreamRow<'_>, rows: &DifferenceRows) -> Option<usize> {
        let is_of = |place: &usize| rows.names[*place].as_deref() == Some(row.text(self.scenario));
        let is_paired = row.text(self.reference) == rows.reference && row.text(self.paired) == "true";
        frame.others().find(is_of).filter(|_| is_paired)
    }
}

fn is_monthly(frame: &Frame<'_>, (metric, good, via): SeriesKey) -> bool {
    let id = frame.metrics[metric].id.as_str();
    let by_good = good == 0 || (MONTHLY_BY_GOOD.contains(&id) && (id == SUCCESS || !frame.has_many()));
    let by_via = via < 0 || MONTHLY_BY_VIA.contains(&id);
    let is_small = good == 0 || via < 0 || (id == SUCCESS && !frame.has_many());
    MONTHLY.contains(&id) && by_good && by_via && is_small
}

fn put(frame: &Frame<'_>, fans: &mut Fans, key: SeriesKey, month: usize, values: [f64; 3]) {
    let unit = &frame.metrics[key.0].unit;
    let fan = fans
        .entry(key)
        .or_insert_with(|| [frame.blank(), frame.blank(), frame.blank()]);
    for (column, value) in fan.iter_mut().zip(values) {
        column[month] = PageNumber::new(scaled(value, unit));
    }
}

/// The rows of a scenario, each from the first month in which it differs from the reference's.
fn month_rows(fans: &Fans, reference: Option<&Fans>) -> Vec<MonthRow> {
    let row = |(key, fan): (&SeriesKey, &Fan)| {
        let own = fan.each_ref().map(Vec::as_slice);
        let before = reference.and_then(|fans| fans.get(key));
        let before = before.map(|fan| fan.each_ref().map(Vec::as_slice));
        let from = first_difference(&own, before.as_ref().map(<[_; 3]>::as_slice))?;
        let [p05, p50, p95] = own.map(|column| column[from..].to_vec());
        let (metric, good, via) = *key;
        Some((metric, good, via, from, p05, p50, p95))
    };
    fans.iter().filter_map(row).collect()
}

/// The intermediaries of the success, those first by whom most passes in any scenario.
fn largest_vias(cells: &BTreeMap<MetricPlace, Vec<TotalCell>>) -> Vec<usize> {
    let mut sizes: Vec<(f64, usize)> = Vec::new();
    for (place, cells) in cells {
        if place.metric == 0 && place.period == 0 && place.good == 0 && place.via >= 0 && place.party < 0 {
            let largest = cells.iter().fold(0.0, |most, cell| f64::max(most, cell.level[0]));
            if largest > 0.0 {
                sizes.push((largest, place.via as usize));
            }
        }
    }
    sizes.sort_by(|one, other| other.0.total_cmp(&one.0));
    sizes.into_iter().map(|(_, via)| via).collect()
}
