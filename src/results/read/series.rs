//! One row of a result table, followed through the months.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{list, meant};
use super::table::{CsvRow, CsvTable};
use super::{ResultSet, UnreadableResults, read_summary, read_vouched, statistics_places};
use crate::diagnostic::nearest;
use crate::model::{Month, ReportedQuantity};
use crate::results::schema::{self, ColumnSchema, TableSchema, UnitRule};
use crate::statistics::Summary;

/// Result tables with a row for each month.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum MonthlyTable {
    Flows,
    Books,
    Prices,
    Capacities,
    /// The months among the periods
    #[default]
    Metrics,
}

impl MonthlyTable {
    /// The form of the table.
    fn schema(self) -> &'static TableSchema {
        match self {
            Self::Flows => &schema::FLOWS,
            Self::Books => &schema::BOOKS,
            Self::Prices => &schema::PRICES,
            Self::Capacities => &schema::CAPACITIES,
            Self::Metrics => &schema::METRICS,
        }
    }

    /// The column with the month; among the metrics also with years and the whole run.
    fn time(self) -> &'static str {
        match self {
            Self::Metrics => schema::PERIOD.name,
            _ => schema::MONTH.name,
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

/// Why conditions do not select one series.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SeriesError {
    #[error("{file} has no column `{column}` to select by{}; it has {}", guess(.column, .known), .known.join(", "))]
    UnknownColumn {
        file: &'static str,
        column: String,
        known: Vec<String>,
    },
    #[error("no such month in {file} of {label} has {column} `{value}`{}; there is {}", guess(.value, .known), list(.known))]
    UnknownValue {
        file: &'static str,
        label: String,
        column: String,
        value: String,
        /// The values of the rows that meet the conditions before.
        known: Vec<String>,
    },
    #[error("{file} of {label} has no months")]
    NoMonths { file: &'static str, label: String },
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

fn guess(name: &str, known: &[String]) -> String {
    meant(nearest(name, known.iter().map(String::as_str)))
}

fn choices(ambiguous: &[(String, Vec<String>)]) -> String {
    let choice = |(column, values): &(String, Vec<String>)| format!("{column} = {}", list(values));
    ambiguous.iter().map(choice).collect::<Vec<_>>().join("; ")
}

/// Reads the series of a scenario's table that all conditions select.
///
/// # Errors
/// When the table is missing, damaged or not as the manifest says, or the conditions select no series or several.
pub fn read_series(set: &ResultSet, table: MonthlyTable, conditions: &[Condition]) -> Result<Series, SeriesError> {
    let select = |csv: &CsvTable<'_>| match select(set, table, csv, conditions) {
        Err(SeriesError::Unreadable(cause)) => Err(cause),
        selected => Ok(selected),
    };
    read_vouched(&set.folder, table.schema().file, &set.manifest, select)?
}

fn select(
    set: &ResultSet,
    table: MonthlyTable,
    csv: &CsvTable<'_>,
    conditions: &[Condition],
) -> Result<Series, SeriesError> {
    let (file, label) = (table.schema().file, set.label.clone());
    let time = csv.column(table.time())?;
    let statistics = statistics_places(csv)?;
    let keys: Vec<usize> = (0..csv.width())
        .filter(|place| *place != time && !statistics.contains(place))
        .collect();
    // Conditions narrow the rows one by one, so that a message can say which of them found nothing.
    let mut rows = monthly(csv, time, table)?;
    if rows.is_empty() {
        return Err(SeriesError::NoMonths { file, label });
    }
    for condition in conditions {
        let place = keys.iter().copied().find(|key| csv.name(*key) == condition.column);
        let place = place.ok_or_else(|| unknown_column(file, csv, &keys, &condition.column))?;
        let known = values(&rows, place);
        rows.retain(|(_, row)| row.text(place) == condition.value);
        if rows.is_empty() {
            return Err(unknown_value(file, &label, condition, known));
        }
    }
    // Rows that still differ in a key are more than one series.
    let ambiguous: Vec<(String, Vec<String>)> = keys
        .iter()
        .map(|key| (csv.name(*key).to_owned(), values(&rows, *key)))
        .filter(|(_, values)| values.len() > 1)
        .map(|(column, values)| (column, values.iter().map(|value| shown(value)).collect()))
        .collect();
    if !ambiguous.is_empty() {
        return Err(SeriesError::Ambiguous { file, label, ambiguous });
    }
    let cell = |key: &usize| (csv.name(*key).to_owned(), rows[0].1.text(*key).to_owned());
    let mut series = Series {
        label,
        key: keys.iter().map(cell).collect(),
        unit: unit(table.schema(), csv, rows[0].1)?,
        months: BTreeMap::new(),
    };
    for (month, row) in rows {
        if series.months.insert(month, read_summary(row, statistics)?).is_some() {
            return Err(row
                .fault("the series of this row had the month before".to_owned())
                .into());
        }
    }
    Ok(series)
}

/// The unit of a row's statistics.
fn unit(form: &TableSchema, csv: &CsvTable<'_>, row: CsvRow<'_>) -> Result<String, UnreadableResults> {
    let text = |column: ColumnSchema| Ok(row.text(csv.column(column.name)?));
    let rule = form.statistics.first().map(|column| column.unit);
    match rule {
        Some(UnitRule::Fixed(unit)) => Ok(unit.name().to_owned()),
        Some(UnitRule::OfQuantity) => {
            let name = text(schema::QUANTITY)?;
            let known = |quantity: &&ReportedQuantity| quantity.name() == name;
            let quantity = form.quantities.iter().find(known);
            let unknown = || row.fault(format!("`{name}` is no quantity of {}", form.file));
            Ok(quantity.ok_or_else(unknown)?.unit().name().to_owned())
        }
        _ => Ok(text(schema::UNIT)?.to_owned()),
    }
}

/// The rows of single months.
fn monthly<'a>(
    csv: &'a CsvTable<'_>,
    time: usize,
    table: MonthlyTable,
) -> Result<Vec<(Month, CsvRow<'a>)>, UnreadableResults> {
    let mut rows = Vec::new();
    for row in csv.rows() {
        match row.text(time).parse::<Month>() {
            Ok(month) => rows.push((month, row)),
            // Years and the whole run.
            Err(_) if table == MonthlyTable::Metrics => {}
            Err(reason) => return Err(row.fault(reason.to_owned())),
        }
    }
    Ok(rows)
}

fn values(rows: &[(Month, CsvRow<'_>)], place: usize) -> Vec<String> {
    let distinct: BTreeSet<&str> = rows.iter().map(|(_, row)| row.text(place)).collect();
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

fn unknown_column(file: &'static str, csv: &CsvTable<'_>, keys: &[usize], column: &str) -> SeriesError {
    let known: Vec<String> = keys.iter().map(|key| csv.name(*key).to_owned()).collect();
    SeriesError::UnknownColumn {
        file,
        column: column.to_owned(),
        known,
    }
}

fn unknown_value(file: &'static str, label: &str, condition: &Condition, known: Vec<String>) -> SeriesError {
    SeriesError::UnknownValue {
        file,
        label: label.to_owned(),
        column: condition.column.clone(),
        value: shown(&condition.value),
        known: known.iter().map(|value| shown(value)).collect(),
    }
}
