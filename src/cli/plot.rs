//! `roundabout plot`: a fan chart of one quantity over the months.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::exit_code;
use crate::model::{ALL, Month};
use crate::report::plot::{FanChart, picture_kind};
use crate::results::read::{
    Condition, MonthlyTable, ResultSet, Series, SeriesError, UnreadableResults, paths_read, read_batch, read_observed,
    read_series,
};
use crate::results::schema::{self, ColumnSchema};
use crate::results::{OutputFile, WriteError};

/// Arguments of `plot`.
#[derive(Clone, Debug, Args)]
pub struct PlotArguments {
    /// Result folders of scenarios, or folders of such
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// The table to draw from
    #[arg(long, value_enum, default_value_t)]
    table: MonthlyTable,
    /// Keep rows with this value in this column; repeat until one row per month is left
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = condition)]
    conditions: Vec<Condition>,
    /// The picture, in SVG
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Heading of the picture [default: the quantity that is drawn]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

fn condition(text: &str) -> Result<Condition, String> {
    let (column, value) = text
        .split_once('=')
        .ok_or("write a column, `=` and a value, like `commodity=all`; `via=` takes rows without an intermediary")?;
    Ok(Condition {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

/// A chart that cannot be drawn, or not written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error(transparent)]
    Series(#[from] SeriesError),
    #[error("the conditions select {column} {one} in {first}, but {column} {two} in {other}: add a condition")]
    Different {
        column: String,
        one: String,
        first: String,
        two: String,
        other: String,
    },
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl PlotError {
    /// The exit code of the program: 2 wrong usage, 5 results unreadable, 7 cannot write.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Series(SeriesError::Unreadable(_)) | Self::Unreadable(_) => exit_code::UNREADABLE,
            Self::Series(_) | Self::Different { .. } => exit_code::USAGE,
            Self::Write(_) => exit_code::CANNOT_WRITE,
        }
    }
}

/// Draws to `--out`, replacing an older picture.
///
/// # Errors
/// See [`PlotError`]; nothing has been written then.
pub fn run(arguments: &PlotArguments) -> Result<(), PlotError> {
    let sets = read_batch(&arguments.folders)?;
    let file = OutputFile::prove(&arguments.out, picture_kind(), true, &paths_read(&sets))?;
    let read = |set| read_series(set, arguments.table, &arguments.conditions);
    let series = sets.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // Bands of different quantities in one picture would be read as a difference between scenarios.
    check_alike(&series)?;
    let chart = FanChart {
        title: arguments.title.clone().unwrap_or_else(|| heading(&series)),
        unit: series.first().map_or_else(String::new, |series| series.unit.clone()),
        // Prices are never near zero: an axis from zero would flatten their changes.
        from_zero: arguments.table != MonthlyTable::Prices,
        observed: observed(&sets, arguments.table, &series)?,
        series,
    };
    Ok(file.write(chart.render().as_bytes())?)
}

/// Records of what is drawn, on the level of the first scenario.
fn observed(
    sets: &[ResultSet],
    table: MonthlyTable,
    series: &[Series],
) -> Result<BTreeMap<Month, f64>, UnreadableResults> {
    match (sets.first(), series.first()) {
        (Some(set), Some(series)) if table == MonthlyTable::Books => read_observed(set, series),
        _ => Ok(BTreeMap::new()),
    }
}

/// The quantity that all scenarios show: the values that select it, without the unit.
fn heading(series: &[Series]) -> String {
    let parts = series.iter().take(1).flat_map(|series| &series.key);
    let parts = parts.filter(|(column, value)| column != schema::UNIT.name && !value.is_empty());
    let words = parts.map(|(column, value)| {
        let is = |known: ColumnSchema| column == known.name;
        if is(schema::METRIC) || is(schema::QUANTITY) {
            value.replace('_', " ")
        } else if is(schema::VIA) {
            format!("via {value}")
        } else if is(schema::COMMODITY) && value == ALL {
            "all goods".to_owned()
        } else {
            value.clone()
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Every scenario shows the same quantity.
fn check_alike(series: &[Series]) -> Result<(), PlotError> {
    let Some((first, others)) = series.split_first() else {
        return Ok(());
    };
    for other in others {
        let mut cells = first.key.iter().zip(&other.key);
        if let Some(((column, one), (_, two))) = cells.find(|(one, two)| one != two) {
            return Err(PlotError::Different {
                column: column.clone(),
                one: one.clone(),
                first: first.label.clone(),
                two: two.clone(),
                other: other.label.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
