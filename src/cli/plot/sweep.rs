//! Charts of variants, from `sweep.csv`.

use std::path::PathBuf;

use super::{PlotArguments, PlotError, batch_of};
use crate::model::ALL;
use crate::report::DrawnPicture;
use crate::report::plot::{DotChart, DotRow, PlotNames, SweepChart, SweepLine, SweepPoint, when};
use crate::results::SUM_OF_SINGLE;
use crate::results::read::{DrawnTable, SweepRow, choose_sweep, read_sweep};
use crate::results::schema;
use crate::scenario::WITHOUT_ALL;

/// The table of variants in a folder, or beside a scenario's folder.
pub(super) fn read(folders: &[PathBuf]) -> Result<(PathBuf, Vec<SweepRow>), PlotError> {
    let [folder] = folders else {
        return Err(PlotError::Usage("a sweep is of one batch: name one folder".to_owned()));
    };
    if let Some(found) = read_sweep(folder)? {
        return Ok(found);
    }
    let found = match batch_of(folder) {
        Some(batch) if folder.join(crate::results::MANIFEST_FILE).is_file() => read_sweep(&batch)?,
        _ => None,
    };
    found.ok_or_else(|| PlotError::NoSweep { folder: folder.clone() })
}

pub(super) fn draw(arguments: &PlotArguments, rows: Vec<SweepRow>) -> Result<DrawnPicture, PlotError> {
    let rows = choose_sweep(rows, &arguments.conditions)?;
    // A sum of differences has no level.
    let has_sum = rows.iter().any(|row| row.change == SUM_OF_SINGLE);
    let is_difference = arguments.difference || has_sum;
    let mut title = arguments.title.clone().unwrap_or_else(|| metric(&rows));
    let reference = rows
        .iter()
        .find(|row| row.change.is_empty() && row.difference.mean.is_none());
    if let Some(row) = reference.filter(|_| is_difference && arguments.title.is_none()) {
        title += &format!(": difference from {}", row.scenario);
    }
    match varied_number(&rows) {
        Some(number) => Ok(over_values(title, number, &rows, is_difference)),
        None => Ok(over_changes(title, &rows, is_difference)),
    }
}

/// The headline metric in words.
fn metric(rows: &[SweepRow]) -> String {
    let key = rows
        .first()
        .map(|row| (schema::METRIC.name.to_owned(), row.metric.clone()));
    let good = (schema::COMMODITY.name.to_owned(), ALL.to_owned());
    let key: Vec<_> = key.into_iter().chain([good]).collect();
    PlotNames::default().title(DrawnTable::Metrics, &key, None)
}

/// The one number that all variants vary; none if they vary several, or anything else.
fn varied_number(rows: &[SweepRow]) -> Option<&str> {
    let mut variants = rows.iter().filter(|row| !row.change.is_empty());
    let name = |row: &SweepRow| Some((row.value?, row.change.find(" = ")?));
    let first = variants.next()?;
    let (_, end) = name(first)?;
    let number = &first.change[..end];
    let is_same = |row: &SweepRow| name(row).is_some_and(|(_, end)| row.change[..end] == *number);
    variants.all(is_same).then_some(number)
}

fn over_values(title: String, number: &str, rows: &[SweepRow], is_difference: bool) -> DrawnPicture {
    let mut lines: Vec<SweepLine> = Vec::new();
    for row in rows {
        let Some(value) = row.value else { continue };
        let summary = if is_difference { row.difference } else { row.level };
        let point = SweepPoint { value, summary };
        match lines.iter_mut().find(|line| line.label == row.of) {
            Some(line) => line.points.push(point),
            None => lines.push(SweepLine {
                label: row.of.clone(),
                points: vec![point],
            }),
        }
    }
    for line in &mut lines {
        line.points.sort_by(|one, other| one.value.total_cmp(&other.value));
    }
    let chart = SweepChart {
        title,
        number: number.to_owned(),
        unit: rows.first().map_or_else(String::new, |row| row.unit.clone()),
        is_difference,
        lines,
    };
    chart.draw()
}

fn over_changes(title: String, rows: &[SweepRow], is_difference: bool) -> DrawnPicture {
    let has_several = rows.iter().any(|row| row.of != rows[0].of);
    let is_shown = |row: &&SweepRow| !is_difference || row.difference.mean.is_some();
    let dot = |row: &SweepRow| DotRow {
        label: match (row.change.as_str(), has_several) {
            ("", _) => row.scenario.clone(),
            (change, true) if change != SUM_OF_SINGLE => format!("{}: {change}", row.of),
            (change, _) => change.to_owned(),
        },
        summary: if is_difference { row.difference } else { row.level },
        is_reference: row.change.is_empty() && !has_several,
        is_apart: [SUM_OF_SINGLE, WITHOUT_ALL].contains(&row.change.as_str()),
    };
    let chart = DotChart {
        title,
        unit: rows.first().map_or_else(String::new, |row| row.unit.clone()),
        per: when(ALL),
        is_difference,
        rows: rows.iter().filter(is_shown).map(dot).collect(),
    };
    chart.rank().draw()
}
