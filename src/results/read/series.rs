//! Rows of result tables: one quantity followed through the months, or single rows, chosen by their cells.

use std::collections::{BTreeMap, BTreeSet};

use super::months::{GoodPrices, monthly_metrics};
use super::names::{list, meant};
use super::table::{CsvRow, CsvTable};
use super::{MetricKey, ResultSet, UnreadableResults, read_summary, read_vouched, statistics_places};
use crate::diagnostic::nearest;
use crate::model::{Month, ReportedQuantity, ResultUnit};
use crate::results::DifferenceStatistics;
use crate::results::schema::{
    self, COMPARISON, COMPARISON_BY_MONTH, ColumnSchema, METRICS_BY_MONTH, TableSchema, UnitRule,
};
use crate::statistics::Summary;

/// Result tables that can be drawn.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum DrawnTable {
    Flows,
    Books,
    Prices,
    Capacities,
    Throughput,
    Events,
    /// By year
    Links,
    /// Over the whole run
    Uncovered,
    /// The months among the periods
    #[default]
    Metrics,
}

impl DrawnTable {
    /// The form of the table.
    pub fn schema(self) -> &'static TableSchema {
        match self {
            Self::Flows => &schema::FLOWS,
            Self::Books => &schema::BOOKS,
            Self::Prices => &schema::PRICES,
            Self::Capacities => &schema::CAPACITIES,
            Self::Throughput => &schema::THROUGHPUT,
            Self::Events => &schema::EVENTS,
            Self::Links => &schema::LINKS,
            Self::Uncovered => &schema::UNCOVERED,
            Self::Metrics => &schema::METRICS,
        }
    }

    /// The column with the month; none in tables without months.
    fn time(self) -> Option<&'static str> {
        match self {
            Self::Links | Self::Uncovered => None,
            _ => Some(schema::MONTH.name),
        }
    }
}

/// A cell that rows must have to be selected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    pub column: String,
    pub value: String,
}

/// One quantity of one scenario over the months.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// The scenario's name.
    pub label: String,
    /// The values of the key columns, without the month, in the order of the table.
    pub key: Vec<(String, String)>,
    /// As files spell it: `t`, `usd`, `usd/t` or `share`.
    pub unit: String,
    pub months: BTreeMap<Month, Summary>,
}

/// One row of a table.
#[derive(Clone, PartialEq, Debug)]
pub struct ChosenRow {
    /// The scenario's name.
    pub label: String,
    /// The values of the key columns, in the order of the table.
    pub key: Vec<(String, String)>,
    /// As files spell it.
    pub unit: String,
    pub summary: Summary,
}

/// Which rows of a table are drawn.
#[derive(Clone, Copy, Debug)]
pub struct RowChoice<'a> {
    pub table: DrawnTable,
    pub conditions: &'a [Condition],
    /// The column of which each value gives a series or row of its own.
    pub by: Option<&'a str>,
}

/// Where there may be other series of a table.
fn others(file: &str) -> &'static str {
    if file == schema::BOOKS.file {
        " (unless run with --detail all, books are only of what the world has records of)"
    } else {
        ""
    }
}

/// Why conditions do not select one series.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SeriesError {
    #[error("{file} has no column `{column}` to select by{}; it has {}", guess(.column, .known), .known.join(", "))]
    UnknownColumn {
        file: &'static str,
        column: String,
        known: Vec<String>,
    },
    #[error("no such {} in {file} of {label} has {column} `{value}`{}; there is {}{}", kind(*.is_monthly), guess(.value, .known), list(.known), others(.file))]
    UnknownValue {
        file: &'static str,
        /// Whether rows of months were looked at.
        is_monthly: bool,
        label: String,
        column: String,
        value: String,
        /// The values of the rows that meet the conditions before.
        known: Vec<String>,
    },
    #[error(
        "{file} of {label} has no months: draw it with --kind dots, or run the scenario again with --detail months"
    )]
    NoMonths { file: &'static str, label: String },
    #[error("{file} of {label} has no rows to draw")]
    NoRows { file: &'static str, label: String },
    #[error("{file} has no row for each month: draw it with --kind dots")]
    NotMonthly { file: &'static str },
    #[error("several series of {file} in {label} are selected; choose by --where: {}", choices(.ambiguous))]
    Ambiguous {
        file: &'static str,
        label: String,
        /// Columns in which the selected rows differ, with their values.
        ambiguous: Vec<(String, Vec<String>)>,
    },
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
}

fn kind(is_monthly: bool) -> &'static str {
    if is_monthly { "month" } else { "row" }
}

fn guess(name: &str, known: &[String]) -> String {
    meant(nearest(name, known.iter().map(String::as_str)))
}

fn choices(ambiguous: &[(String, Vec<String>)]) -> String {
    let choice = |(column, values): &(String, Vec<String>)| format!("{column} = {}", list(values));
    ambiguous.iter().map(choice).collect::<Vec<_>>().join("; ")
}

/// Reads the series of a scenario's table that all conditions select: one, or one for each value of a column.
///
/// # Errors
/// When the table is missing, damaged or not as the manifest says, has no months, or the conditions select no series or more
/// than that.
pub fn read_series(set: &ResultSet, choice: RowChoice<'_>) -> Result<Vec<Series>, SeriesError> {
    if choice.table == DrawnTable::Metrics {
        return series_of_metrics(set, choice);
    }
    let prices = prices_of(set, choice.table)?;
    read_chosen(set, choice, |csv| series_of_table(set, choice, csv, &prices))
}

/// Reads the rows of a scenario's table that all conditions select: one, or one for each value of a column. The column with
/// the month or period is selected by like any other.
///
/// # Errors
/// As [`read_series`].
pub fn read_chosen_rows(set: &ResultSet, choice: RowChoice<'_>) -> Result<Vec<ChosenRow>, SeriesError> {
    if choice.table == DrawnTable::Metrics {
        return rows_of_metrics(set, choice);
    }
    let prices = prices_of(set, choice.table)?;
    read_chosen(set, choice, |csv| rows_of_table(set, choice, csv, &prices))
}

fn read_chosen<T>(
    set: &ResultSet,
    choice: RowChoice<'_>,
    choose: impl FnOnce(&CsvTable<'_>) -> Result<T, SeriesError>,
) -> Result<T, SeriesError> {
    let file = choice.table.schema().file;
    read_vouched(&set.folder, file, &set.manifest, |csv| match choose(csv) {
        Err(SeriesError::Unreadable(cause)) => Err(cause),
        chosen => Ok(chosen),
    })?
}

/// A row of a table, or one that follows from it: its statistics times a factor.
#[derive(Clone, Copy)]
struct ScaledRow<'a> {
    row: CsvRow<'a>,
    factor: f64,
}

impl ScaledRow<'_> {
    fn summary(&self, statistics: [usize; 8]) -> Result<Summary, UnreadableResults> {
        let summary = read_summary(self.row, statistics)?;
        Ok(if self.factor == 1.0 {
            summary
        } else {
            summary.scaled(self.factor)
        })
    }
}

/// The rows of a table with the cells of their keys, and those in dollars that follow from rows in tonnes.
fn keyed_rows<'a>(csv: &'a CsvTable<'_>, keys: &[usize], prices: &GoodPrices) -> Vec<(Vec<&'a str>, ScaledRow<'a>)> {
    let place = |column: ColumnSchema| keys.iter().position(|key| csv.name(*key) == column.name);
    let (good, unit) = (place(schema::COMMODITY), place(schema::UNIT));
    let mut rows = Vec::new();
    for row in csv.rows() {
        let cells = cells(row, keys);
        let price = good
            .zip(unit)
            .and_then(|(good, unit)| prices.of_row(cells[good], cells[unit]));
        let in_dollars = price.zip(unit).map(|(price, unit)| {
            let mut cells = cells.clone();
            cells[unit] = ResultUnit::Dollars.name();
            (cells, ScaledRow { row, factor: price })
        });
        rows.push((cells, ScaledRow { row, factor: 1.0 }));
        rows.extend(in_dollars);
    }
    rows
}

/// The prices by which a table leaves dollars out; none for one that has them all.
fn prices_of(set: &ResultSet, table: DrawnTable) -> Result<GoodPrices, UnreadableResults> {
    let form = table.schema();
    let has_units = form.keys.iter().any(|key| key.name == schema::UNIT.name);
    if form.is_large && has_units {
        GoodPrices::read(&set.folder, &set.manifest)
    } else {
        Ok(GoodPrices::default())
    }
}

fn series_of_table(
    set: &ResultSet,
    choice: RowChoice<'_>,
    csv: &CsvTable<'_>,
    prices: &GoodPrices,
) -> Result<Vec<Series>, SeriesError> {
    let (form, label) = (choice.table.schema(), &set.label);
    let time = choice.table.time().ok_or(SeriesError::NotMonthly { file: form.file })?;
    let time = csv.column(time)?;
    let statistics = statistics_places(csv)?;
    let keys = key_places(csv, &statistics, Some(time));
    let rows = keyed_rows(csv, &keys, prices);
    if rows.is_empty() {
        let (file, label) = (form.file, label.clone());
        return Err(SeriesError::NoMonths { file, label });
    }
    let columns = ChosenColumns {
        file: form.file,
        is_monthly: true,
        label,
        names: keys.iter().map(|key| csv.name(*key)).collect(),
    };
    let groups = columns.choose(rows, choice)?;
    let series = groups.into_iter().map(|group| {
        let mut months = BTreeMap::new();
        for scaled in &group.rows {
            let month = scaled.row.text(time).parse::<Month>();
            let month = month.map_err(|reason| scaled.row.fault(reason.to_owned()))?;
            if months.insert(month, scaled.summary(statistics)?).is_some() {
                return Err(scaled
                    .row
                    .fault("the series of this row had the month before".to_owned())
                    .into());
            }
        }
        Ok(Series {
            label: label.clone(),
            unit: unit(form, &group.key, group.rows[0].row)?,
            key: group.key,
            months,
        })
    });
    series.collect()
}

fn rows_of_table(
    set: &ResultSet,
    choice: RowChoice<'_>,
    csv: &CsvTable<'_>,
    prices: &GoodPrices,
) -> Result<Vec<ChosenRow>, SeriesError> {
    let (form, label) = (choice.table.schema(), &set.label);
    let statistics = statistics_places(csv)?;
    let keys = key_places(csv, &statistics, None);
    let columns = ChosenColumns {
        file: form.file,
        is_monthly: false,
        label,
        names: keys.iter().map(|key| csv.name(*key)).collect(),
    };
    let rows = columns.choose(keyed_rows(csv, &keys, prices), choice)?;
    let rows = rows.into_iter().map(|group| {
        if let [_, second, ..] = group.rows.as_slice() {
            let reason = "a row with these keys was there before".to_owned();
            return Err(second.row.fault(reason).into());
        }
        Ok(ChosenRow {
            label: label.clone(),
            unit: unit(form, &group.key, group.rows[0].row)?,
            key: group.key,
            summary: group.rows[0].summary(statistics)?,
        })
    });
    rows.collect()
}

/// The series of metrics by month that all conditions select.
fn series_of_metrics(set: &ResultSet, choice: RowChoice<'_>) -> Result<Vec<Series>, SeriesError> {
    let metrics = monthly_metrics(set, |_| true)?;
    let months = metrics
        .iter()
        .filter_map(|(key, row)| Some((key, (key.period.month()?, *row))));
    let groups = choose_metrics(METRICS_BY_MONTH.file, months.collect(), &set.label, choice, true)?;
    let series = groups.into_iter().map(|group| Series {
        label: set.label.clone(),
        unit: value_of(&group.key, schema::UNIT),
        months: group.rows.into_iter().collect(),
        key: group.key,
    });
    Ok(series.collect())
}

/// The metrics of years and the whole run, or of a month if one is asked for, that all conditions select.
fn rows_of_metrics(set: &ResultSet, choice: RowChoice<'_>) -> Result<Vec<ChosenRow>, SeriesError> {
    let asks_for_month =
        |condition: &Condition| condition.column == schema::PERIOD.name && condition.value.parse::<Month>().is_ok();
    let months = if choice.conditions.iter().any(asks_for_month) {
        monthly_metrics(set, |_| true)?
    } else {
        BTreeMap::new()
    };
    let rows = set.metrics.iter().chain(&months).collect();
    let groups = choose_metrics(schema::METRICS.file, rows, &set.label, choice, false)?;
    let rows = groups.into_iter().map(|group| ChosenRow {
        label: set.label.clone(),
        unit: value_of(&group.key, schema::UNIT),
        summary: *group.rows[0],
        key: group.key,
    });
    Ok(rows.collect())
}

/// The series of differences of metrics, by month, that all conditions select.
///
/// # Errors
/// When the conditions select no series or several.
pub fn series_of_differences(
    rows: &BTreeMap<MetricKey, DifferenceStatistics>,
    label: &str,
    choice: RowChoice<'_>,
) -> Result<Vec<Series>, SeriesError> {
    let months = rows
        .iter()
        .filter_map(|(key, row)| Some((key, (key.period.month()?, row))));
    let groups = choose_metrics(COMPARISON_BY_MONTH.file, months.collect(), label, choice, true)?;
    let series = groups.into_iter().map(|group| Series {
        label: label.to_owned(),
        unit: value_of(&group.key, schema::UNIT),
        months: group
            .rows
            .iter()
            .map(|(month, row)| (*month, summary_of(row)))
            .collect(),
        key: group.key,
    });
    Ok(series.collect())
}

/// The differences of metrics that all conditions select.
///
/// # Errors
/// As [`series_of_differences`].
pub fn rows_of_differences(
    rows: &BTreeMap<MetricKey, DifferenceStatistics>,
    label: &str,
    choice: RowChoice<'_>,
) -> Result<Vec<ChosenRow>, SeriesError> {
    let groups = choose_metrics(COMPARISON.file, rows.iter().collect(), label, choice, false)?;
    let rows = groups.into_iter().map(|group| ChosenRow {
        label: label.to_owned(),
        unit: value_of(&group.key, schema::UNIT),
        summary: summary_of(group.rows[0]),
        key: group.key,
    });
    Ok(rows.collect())
}

fn choose_metrics<R>(
    file: &'static str,
    rows: Vec<(&MetricKey, R)>,
    label: &str,
    choice: RowChoice<'_>,
    is_monthly: bool,
) -> Result<Vec<ChosenGroup<R>>, SeriesError> {
    if rows.is_empty() {
        let label = label.to_owned();
        return Err(if is_monthly {
            SeriesError::NoMonths { file, label }
        } else {
            SeriesError::NoRows { file, label }
        });
    }
    let all: Vec<&'static str> = schema::METRICS.keys.iter().map(|column| column.name).collect();
    let kept: Vec<usize> = (0..all.len())
        .filter(|place| !is_monthly || all[*place] != schema::PERIOD.name)
        .collect();
    let columns = ChosenColumns {
        file,
        is_monthly,
        label,
        names: kept.iter().map(|place| all[*place]).collect(),
    };
    let texts: Vec<_> = rows.iter().map(|(key, _)| key.cells()).collect();
    let keyed = texts.iter().zip(rows).map(|(texts, (_, row))| {
        let cells = kept.iter().map(|place| texts[*place].as_str()).collect();
        (cells, row)
    });
    columns.choose(keyed.collect(), choice)
}

/// The statistics of a difference in the form of others; it has no standard deviation.
fn summary_of(row: &DifferenceStatistics) -> Summary {
    let [p05, p25, p50, p75, p95] = row.quantiles;
    Summary::from_values([row.mean, None, row.mcse, p05, p25, p50, p75, p95])
}

/// The value of a column in a key.
fn value_of(key: &[(String, String)], column: ColumnSchema) -> String {
    let found = key.iter().find(|(name, _)| name == column.name);
    found.map_or_else(String::new, |(_, value)| value.clone())
}

fn key_places(csv: &CsvTable<'_>, statistics: &[usize], left_out: Option<usize>) -> Vec<usize> {
    let is_key = |place: &usize| {
        let is_count = csv.name(*place) == schema::DRAWS_WITH_VALUE.name;
        Some(*place) != left_out && !is_count && !statistics.contains(place)
    };
    (0..csv.width()).filter(is_key).collect()
}

fn cells<'a>(row: CsvRow<'a>, keys: &[usize]) -> Vec<&'a str> {
    keys.iter().map(|key| row.text(*key)).collect()
}

/// The key columns of a table that rows are chosen by.
pub(super) struct ChosenColumns<'a> {
    pub file: &'static str,
    /// Whether the rows are those of months.
    pub is_monthly: bool,
    pub label: &'a str,
    pub names: Vec<&'a str>,
}

/// Rows that differ in no key.
pub(super) struct ChosenGroup<R> {
    pub key: Vec<(String, String)>,
    /// At least one.
    pub rows: Vec<R>,
}

impl ChosenColumns<'_> {
    /// The rows that meet all conditions, each with its cells; they differ only in the column `by`.
    pub fn choose<R>(
        &self,
        mut rows: Vec<(Vec<&str>, R)>,
        choice: RowChoice<'_>,
    ) -> Result<Vec<ChosenGroup<R>>, SeriesError> {
        // Conditions narrow the rows one by one, so that a message can say which of them found nothing.
        for condition in choice.conditions {
            let place = self.place(&condition.column)?;
            let known = values(&rows, place);
            rows.retain(|(cells, _)| cells[place] == condition.value);
            if rows.is_empty() {
                return Err(self.unknown_value(condition, known));
            }
        }
        if rows.is_empty() {
            let (file, label) = (self.file, self.label.to_owned());
            return Err(SeriesError::NoRows { file, label });
        }
        let by = choice.by.map(|column| self.place(column)).transpose()?;
        // Rows that still differ in another key are more than one series.
        let ambiguous: Vec<(String, Vec<String>)> = (0..self.names.len())
            .filter(|place| Some(*place) != by)
            .map(|place| (self.names[place].to_owned(), values(&rows, place)))
            .filter(|(_, values)| values.len() > 1)
            .map(|(column, values)| (column, values.iter().map(|value| shown(value)).collect()))
            .collect();
        if !ambiguous.is_empty() {
            let (file, label) = (self.file, self.label.to_owned());
            return Err(SeriesError::Ambiguous { file, label, ambiguous });
        }
        let mut groups: BTreeMap<String, ChosenGroup<R>> = BTreeMap::new();
        for (cells, row) in rows {
            let value = by.map_or("", |place| cells[place]);
            let key = || {
                let named = self.names.iter().zip(&cells);
                named
                    .map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()))
                    .collect()
            };
            let group = groups.entry(value.to_owned()).or_insert_with(|| ChosenGroup {
                key: key(),
                rows: Vec::new(),
            });
            group.rows.push(row);
        }
        Ok(groups.into_values().collect())
    }

    fn place(&self, column: &str) -> Result<usize, SeriesError> {
        let place = self.names.iter().position(|name| *name == column);
        place.ok_or_else(|| SeriesError::UnknownColumn {
            file: self.file,
            column: column.to_owned(),
            known: self.names.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    fn unknown_value(&self, condition: &Condition, known: Vec<String>) -> SeriesError {
        SeriesError::UnknownValue {
            file: self.file,
            is_monthly: self.is_monthly,
            label: self.label.to_owned(),
            column: condition.column.clone(),
            value: shown(&condition.value),
            known: known.iter().map(|value| shown(value)).collect(),
        }
    }
}

/// The unit of a row's statistics, by the values of its key.
fn unit(form: &TableSchema, key: &[(String, String)], row: CsvRow<'_>) -> Result<String, UnreadableResults> {
    let rule = form.statistics.first().map(|column| column.unit);
    match rule {
        Some(UnitRule::Fixed(unit)) => Ok(unit.name().to_owned()),
        Some(UnitRule::OfQuantity) => {
            let name = value_of(key, schema::QUANTITY);
            let known = |quantity: &&ReportedQuantity| quantity.name() == name;
            let quantity = form.quantities.iter().find(known);
            let unknown = || row.fault(format!("`{name}` is no quantity of {}", form.file));
            Ok(quantity.ok_or_else(unknown)?.unit().name().to_owned())
        }
        _ => Ok(value_of(key, schema::UNIT)),
    }
}

fn values<R>(rows: &[(Vec<&str>, R)], place: usize) -> Vec<String> {
    let distinct: BTreeSet<&str> = rows.iter().map(|(cells, _)| cells[place]).collect();
    distinct.into_iter().map(str::to_owned).collect()
}

/// A value for a message, where an empty one would not be seen.
fn shown(value: &str) -> String {
    if value.is_empty() {
        "(empty)".to_owned()
    } else {
        value.to_owned()
    }
}
