//! Charts of the results of scenarios.

use std::collections::{BTreeMap, BTreeSet};

use super::{PlotArguments, PlotError, PlotKind, batch_of};
use crate::comparison::KeptDifferences;
use crate::model::{ALL, Month};
use crate::report::DrawnPicture;
use crate::report::plot::{DatedMeasure, DotChart, DotRow, FanChart, PanelChart, PlotNames, when};
use crate::results::read::{
    ChosenRow, Condition, DrawnTable, MetricKey, ResultSet, RowChoice, Series, UnreadableResults, read_chosen_rows,
    read_observed, read_series, rows_of_differences, series_of_differences,
};
use crate::results::schema::{self, METRICS};
use crate::results::{CONTEXT_FILE, Context};

/// A fan chart of levels or differences.
pub(super) fn fan(arguments: &PlotArguments, sets: Vec<ResultSet>) -> Result<FanChart, PlotError> {
    let is_difference = arguments.kind == PlotKind::Difference;
    let names = names(&sets)?;
    let (sets, series) = if is_difference {
        differences(arguments, sets, |rows, label| {
            Ok(series_of_differences(
                rows,
                label,
                arguments.choice(&arguments.conditions),
            )?)
        })?
    } else {
        let series = levels(arguments, &sets)?;
        (sets, series)
    };
    let series = laid_out(arguments, &names, series)?;
    let mut title = arguments.heading(&names, series.first().map(|series| series.key.as_slice()));
    if is_difference && arguments.title.is_none() {
        title += &format!(": difference from {}", sets[0].label);
    }
    let measures = match (arguments.measures, is_difference) {
        (false, _) => Vec::new(),
        // The reference has its own measures on both sides of the difference.
        (true, true) => dated(&sets[1..], &sets[..1])?,
        (true, false) => dated(&sets, &[])?,
    };
    Ok(FanChart {
        title,
        unit: series.first().map_or_else(String::new, |series| series.unit.clone()),
        // Prices are never near zero: an axis from zero would flatten their changes.
        from_zero: arguments.table != DrawnTable::Prices,
        observed: observed(arguments, &sets, &series)?,
        series,
        measures,
        is_difference,
    })
}

/// A small panel for each scenario, or each value of a column.
pub(super) fn multiples(arguments: &PlotArguments, sets: &[ResultSet]) -> Result<DrawnPicture, PlotError> {
    let names = names(sets)?;
    let panels = laid_out(arguments, &names, levels(arguments, sets)?)?;
    let measures = if arguments.measures {
        let of_set = |set| dated(std::slice::from_ref(set), &[]);
        let each = sets.iter().map(of_set).collect::<Result<Vec<_>, _>>()?;
        match (&arguments.by, each.first()) {
            // All panels are of one scenario.
            (Some(_), Some(first)) => vec![first.clone(); panels.len()],
            _ => each,
        }
    } else {
        Vec::new()
    };
    let chart = PanelChart {
        title: arguments.heading(&names, panels.first().map(|series| series.key.as_slice())),
        unit: panels.first().map_or_else(String::new, |series| series.unit.clone()),
        from_zero: arguments.table != DrawnTable::Prices,
        reference: reference(sets).filter(|_| arguments.by.is_none() && panels.len() > 1),
        panels,
        measures,
    };
    Ok(chart.draw())
}

/// One number for each scenario, or each value of a column.
pub(super) fn dots(arguments: &PlotArguments, sets: Vec<ResultSet>) -> Result<DrawnPicture, PlotError> {
    let names = names(&sets)?;
    let mut conditions = arguments.conditions.clone();
    let has_period = conditions
        .iter()
        .any(|condition| condition.column == schema::PERIOD.name);
    if arguments.table == DrawnTable::Metrics && !has_period {
        conditions.insert(
            0,
            Condition {
                column: schema::PERIOD.name.to_owned(),
                value: ALL.to_owned(),
            },
        );
    }
    let choice = arguments.choice(&conditions);
    let (sets, rows) = if arguments.difference {
        differences(arguments, sets, |rows, label| {
            Ok(rows_of_differences(rows, label, choice)?)
        })?
    } else {
        arguments.check_by(sets.len())?;
        let read = |set| read_chosen_rows(set, choice);
        let rows = sets.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        (sets, rows.concat())
    };
    let rows = named_rows(arguments, &names, rows)?;
    let key = rows.first().map(|row| row.key.as_slice());
    let mut title = arguments.heading(&names, key);
    if arguments.difference && arguments.title.is_none() {
        title += &format!(": difference from {}", sets[0].label);
    }
    let period = key
        .into_iter()
        .flatten()
        .find(|(column, _)| column == schema::PERIOD.name || column == schema::MONTH.name);
    let reference = reference(&sets).filter(|_| arguments.by.is_none() && !arguments.difference && sets.len() > 1);
    let reference = reference.map(|place| sets[place].label.clone());
    let chart = DotChart {
        title,
        unit: rows.first().map_or_else(String::new, |row| row.unit.clone()),
        per: period.map_or_else(String::new, |(_, period)| when(period)),
        is_difference: arguments.difference,
        rows: rows
            .into_iter()
            .map(|row| DotRow {
                is_reference: reference.as_ref() == Some(&row.label),
                label: row.label,
                summary: row.summary,
                is_apart: false,
            })
            .collect(),
    };
    Ok(chart.rank().draw())
}

impl PlotArguments {
    fn choice<'a>(&'a self, conditions: &'a [Condition]) -> RowChoice<'a> {
        RowChoice {
            table: self.table,
            conditions,
            by: self.by.as_deref(),
        }
    }

    fn heading(&self, names: &PlotNames, key: Option<&[(String, String)]>) -> String {
        let of_key = || names.title(self.table, key.unwrap_or_default(), self.by.as_deref());
        self.title.clone().unwrap_or_else(of_key)
    }

    /// Values of a column are those of one scenario.
    fn check_by(&self, scenarios: usize) -> Result<(), PlotError> {
        match &self.by {
            Some(column) if scenarios != 1 => Err(PlotError::Usage(format!(
                "--by {column} draws the values of one scenario, but {scenarios} are named"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a kept difference may be drawn: conditions on its key hold.
    fn wants(&self, key: &MetricKey) -> bool {
        let cells = key.cells();
        let columns = || METRICS.keys.iter().zip(&cells);
        self.conditions.iter().all(|condition| {
            let cell = columns().find(|(column, _)| column.name == condition.column);
            // A column that does not exist is told when rows are chosen.
            cell.is_none_or(|(_, cell)| *cell == condition.value)
        })
    }
}

/// The names of the first scenario, for all of a batch share their world; none in results of versions that kept none.
fn names(sets: &[ResultSet]) -> Result<PlotNames, UnreadableResults> {
    match sets.first() {
        Some(set) if set.manifest.files.contains_key(CONTEXT_FILE) => {
            Ok(PlotNames::new(&Context::read(&set.folder, &set.manifest)?))
        }
        _ => Ok(PlotNames::default()),
    }
}

/// The place of the scenario that the batch calls its reference.
fn reference(sets: &[ResultSet]) -> Option<usize> {
    let name = sets.first()?.manifest.reference.as_ref()?;
    sets.iter().position(|set| set.manifest.scenario == *name)
}

fn levels(arguments: &PlotArguments, sets: &[ResultSet]) -> Result<Vec<Series>, PlotError> {
    arguments.check_by(sets.len())?;
    let read = |set| read_series(set, arguments.choice(&arguments.conditions));
    let series = sets.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(series.concat())
}

/// What the batch kept of the differences of each result from the reference, which comes first among the results returned; it is
/// read where it is not named.
fn differences<T>(
    arguments: &PlotArguments,
    mut sets: Vec<ResultSet>,
    choose: impl Fn(&BTreeMap<MetricKey, crate::results::DifferenceStatistics>, &str) -> Result<Vec<T>, PlotError>,
) -> Result<(Vec<ResultSet>, Vec<T>), PlotError> {
    put_reference_first(&mut sets)?;
    arguments.check_by(sets.len() - 1)?;
    let kept = KeptDifferences::read(&sets, true, |key| arguments.wants(key))?;
    kept.notes
        .iter()
        .for_each(|note| super::terminal::say(&format!("note: {note}")));
    let mut chosen = Vec::new();
    for (place, set) in sets.iter().enumerate().skip(1) {
        let rows = kept.rows(place).ok_or_else(|| PlotError::NoDifferences {
            label: set.label.clone(),
            reference: sets[0].label.clone(),
        })?;
        // Whole runs are read beside what is asked for.
        let rows: BTreeMap<_, _> = rows.iter().map(|(key, row)| (key.clone(), *row)).collect();
        chosen.extend(choose(&rows, &set.label)?);
    }
    Ok((sets, chosen))
}

fn put_reference_first(sets: &mut Vec<ResultSet>) -> Result<(), PlotError> {
    let Some(first) = sets.first() else { return Ok(()) };
    let Some(name) = first.manifest.reference.clone() else {
        let text = format!(
            "the batch of {} has no reference: run several scenarios together",
            first.label
        );
        return Err(PlotError::Usage(text));
    };
    if let Some(place) = reference(sets) {
        sets[..=place].rotate_right(1);
    } else {
        let missing = || PlotError::NoDifferences {
            label: first.label.clone(),
            reference: name.clone(),
        };
        let folder = batch_of(&first.folder).ok_or_else(missing)?.join(&name);
        if !folder.is_dir() {
            return Err(missing());
        }
        sets.insert(0, ResultSet::read(&folder)?);
    }
    if sets.len() == 1 {
        let text = format!("{name} is the reference: name a scenario to subtract it from");
        return Err(PlotError::Usage(text));
    }
    Ok(())
}

/// Series under their names: scenarios in their order, values of a column by their size. Bands of different quantities in one
/// picture would be read as a difference between scenarios, so those are refused.
fn laid_out(arguments: &PlotArguments, names: &PlotNames, mut series: Vec<Series>) -> Result<Vec<Series>, PlotError> {
    let Some(column) = &arguments.by else {
        let keys = series
            .iter()
            .map(|series| (series.label.as_str(), series.key.as_slice()));
        check_alike(&keys.collect::<Vec<_>>())?;
        return Ok(series);
    };
    series.retain(|series| !is_total(arguments.table, column, &series.key));
    let size = |series: &Series| {
        let medians = series.months.values().filter_map(|summary| summary.p50);
        medians.fold(0.0_f64, |sum, median| sum + median.abs())
    };
    series.sort_by(|one, other| size(other).total_cmp(&size(one)));
    for series in &mut series {
        series.label = names.value(column, value_of(&series.key, column));
    }
    check_any(column, series.len())?;
    Ok(series)
}

/// As [`laid_out`], of rows.
fn named_rows(
    arguments: &PlotArguments,
    names: &PlotNames,
    mut rows: Vec<ChosenRow>,
) -> Result<Vec<ChosenRow>, PlotError> {
    let Some(column) = &arguments.by else {
        let keys = rows.iter().map(|row| (row.label.as_str(), row.key.as_slice()));
        check_alike(&keys.collect::<Vec<_>>())?;
        return Ok(rows);
    };
    rows.retain(|row| !is_total(arguments.table, column, &row.key));
    for row in &mut rows {
        row.label = names.value(column, value_of(&row.key, column));
    }
    check_any(column, rows.len())?;
    Ok(rows)
}

fn check_any(column: &str, count: usize) -> Result<(), PlotError> {
    if count > 0 {
        return Ok(());
    }
    let text = format!("the conditions leave nothing but a total of all values of {column}");
    Err(PlotError::Usage(text))
}

fn value_of<'a>(key: &'a [(String, String)], column: &str) -> &'a str {
    let found = key.iter().find(|(name, _)| name == column);
    found.map_or("", |(_, value)| value.as_str())
}

/// Whether a row adds up the others. In other tables an empty intermediary is trade without one.
fn is_total(table: DrawnTable, column: &str, key: &[(String, String)]) -> bool {
    let value = value_of(key, column);
    let is_of_all = column == schema::COMMODITY.name && value == ALL;
    is_of_all || table == DrawnTable::Metrics && value.is_empty()
}

/// Records of what is drawn, on the level of the first scenario.
fn observed(
    arguments: &PlotArguments,
    sets: &[ResultSet],
    series: &[Series],
) -> Result<BTreeMap<Month, f64>, UnreadableResults> {
    match (sets.first(), series.first()) {
        (Some(set), Some(series)) if arguments.table == DrawnTable::Books && arguments.by.is_none() => {
            read_observed(set, series)
        }
        _ => Ok(BTreeMap::new()),
    }
}

/// The measures of results that none of the others has, each once.
fn dated(sets: &[ResultSet], others: &[ResultSet]) -> Result<Vec<DatedMeasure>, UnreadableResults> {
    let of = |sets: &[ResultSet]| {
        let mut found = BTreeSet::new();
        for set in sets {
            for measure in Context::read(&set.folder, &set.manifest)?.measures {
                // A month that no calendar has is shown nowhere.
                if let Ok(from) = measure.from.parse::<Month>() {
                    let label = format!("{} {}", measure.issuer, measure.kind.replace('_', " "));
                    found.insert((measure.id, DatedMeasure { from, label }));
                }
            }
        }
        Ok::<_, UnreadableResults>(found)
    };
    let (own, of_others) = (of(sets)?, of(others)?);
    Ok(own.difference(&of_others).map(|(_, measure)| measure.clone()).collect())
}

/// Every scenario shows the same quantity.
fn check_alike(keys: &[(&str, &[(String, String)])]) -> Result<(), PlotError> {
    let Some(((first, key), others)) = keys.split_first() else {
        return Ok(());
    };
    for (other, other_key) in others {
        let mut cells = key.iter().zip(*other_key);
        if let Some(((column, one), (_, two))) = cells.find(|(one, two)| one != two) {
            return Err(PlotError::Usage(format!(
                "the conditions select {column} {one} in {first}, but {column} {two} in {other}: add a condition"
            )));
        }
    }
    Ok(())
}
