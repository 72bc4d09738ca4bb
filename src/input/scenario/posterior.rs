//! Tables of posterior draws: a column for each parameter, a row for each draw.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::read_text;
use super::extends::{beside, identity, path_help, shown};
use super::quantity::report_invalid;
use super::register::warn_unusual;
use super::tree::quoted;
use crate::diagnostic::{Place, Report, SourceId, nearest};
use crate::model::NumberRange;
use crate::random::Distribution;

/// The largest table that is read, in bytes.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// The most rows that are read. Each is a draw, and its cells are kept as text.
const MOST_ROWS: usize = 200_000;

/// A table of another kind would have a fault in every row.
const MOST_FAULTS: usize = 20;

/// The tables read so far; those that failed are not tried again.
#[derive(Default)]
pub(super) struct Posteriors {
    tables: BTreeMap<PathBuf, Option<PosteriorTable>>,
}

/// A row with the bytes of its line.
type Row = (csv::StringRecord, Range<usize>);

pub(super) struct PosteriorTable {
    source: SourceId,
    header: csv::StringRecord,
    /// The first column of each name.
    positions: BTreeMap<String, usize>,
    rows: Vec<Row>,
    /// The values of the columns read so far; none for those with a cell that is no number, which was reported.
    columns: BTreeMap<usize, Option<Arc<[f64]>>>,
    /// The name of the random stream that picks the row. It comes from the content, so that a table picks the same rows
    /// wherever it is used.
    stream: Arc<str>,
}

impl Posteriors {
    /// The table that `written` names, relative to the file it was written in.
    pub fn table(&mut self, written: &str, place: &Place, report: &mut Report) -> Option<&mut PosteriorTable> {
        let path = beside(report.path(place.source), written);
        if !path.is_file() {
            report
                .fault(place.clone(), format!("there is no file {}", shown(&path)))
                .help(path_help(written, "the path is relative to the file that states it"));
            return None;
        }
        self.tables
            // By identity, so that all columns of one file come from one reading and share its stream.
            .entry(identity(&path))
            .or_insert_with(|| PosteriorTable::read(&path, report))
            .as_mut()
    }

    /// The column `name` of a table, which must have it.
    pub fn column(&mut self, written: &str, name: &str, place: &Place, report: &mut Report) -> Option<Distribution> {
        let table = self.table(written, place, report)?;
        if table.is_empty() {
            report_without_rows(written, place, report);
            return None;
        }
        let Some(column) = table.positions.get(name).copied() else {
            let help = match nearest(name, &table.header) {
                Some(meant) => format!("its nearest column is {}", quoted(meant)),
                None => "its columns are named like the parameters".to_owned(),
            };
            report
                .fault(place.clone(), format!("the table has no column `{name}`"))
                .help(help);
            return None;
        };
        let values = table.values(column, report)?;
        Distribution::posterior(values, table.stream.clone())
            .map_err(|error| report_invalid(place, &error, report))
            .ok()
    }

    /// The digest of the content of a table that was read.
    pub fn digest(&self, written: &str, place: &Place, report: &Report) -> Option<Arc<str>> {
        let path = identity(&beside(report.path(place.source), written));
        let table = self.tables.get(&path)?.as_ref()?;
        Some(table.stream.clone())
    }
}

impl PosteriorTable {
    pub fn read(path: &Path, report: &mut Report) -> Option<Self> {
        let text = read_text(path, LARGEST_FILE, report)?;
        let source = report.add_source(path, text.clone());
        let mut reader = csv::ReaderBuilder::new()
            // Cells are trimmed where they are read: trimming here would copy each of them.
            .trim(csv::Trim::Headers)
            .from_reader(text.as_bytes());
        let line_at = |position: Option<&csv::Position>| {
            let start = position.map_or(0, |position| position.byte() as usize);
            let line = text.get(start..).and_then(|rest| rest.lines().next());
            start..start + line.map_or(0, str::len)
        };
        let header = reader.headers().cloned();
        let mut rows = Vec::new();
        let mut valid = header.is_ok();
        if let Ok(header) = &header {
            valid &= is_header(header, &text, source, report);
        }
        if !valid {
            return None;
        }
        let mut faults = 0;
        for record in reader.records() {
            match record {
                Ok(record) if rows.len() == MOST_ROWS => {
                    let span = line_at(record.position());
                    report
                        .fault(Place { source, span }, format!("there are more than {MOST_ROWS} rows"))
                        .help("keep some of the draws: a few thousand rows say as much");
                    return None;
                }
                Ok(record) => {
                    let span = line_at(record.position());
                    rows.push((record, span));
                }
                Err(error) => {
                    let span = line_at(error.position());
                    report
                        .fault(
                            Place { source, span },
                            format!("this row cannot be read: {}", reason(&error)),
                        )
                        .help("write as many cells in every row as in the first");
                    valid = false;
                    faults += 1;
                    if faults == MOST_FAULTS {
                        return None;
                    }
                }
            }
        }
        let header = header.ok().filter(|_| valid)?;
        let mut positions = BTreeMap::new();
        for (position, name) in header.iter().enumerate() {
            positions.entry(name.to_owned()).or_insert(position);
        }
        let stream = stream_of(header_and(&header, &rows));
        Some(Self {
            source,
            header,
            positions,
            rows,
            columns: BTreeMap::new(),
            stream,
        })
    }

    /// The names of all columns, each with its position.
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.positions.iter().map(|(name, position)| (name.as_str(), *position))
    }

    /// Whether there is no row to draw.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A column as the distribution of the number of its name; none if a value lies outside the number's domain, which
    /// is reported at the first row that does. A column whose bulk is unusual is a warning at its first unusual row.
    pub fn within(&mut self, column: usize, range: NumberRange, report: &mut Report) -> Option<Distribution> {
        let values = self.values(column, report)?;
        let domain = range.domain;
        if let Some(row) = values.iter().position(|value| !domain.contains(*value, *value)) {
            let name = self.header.get(column).unwrap_or_default();
            let message = format!("`{name}` must be {}, found {}", domain.words(), values[row]);
            report
                .fault(self.place(&self.rows[row]), message)
                .help("every row of a posterior must be a possible draw");
            return None;
        }
        let first_unusual = values.iter().position(|value| !range.is_usual(*value));
        let distribution = Distribution::posterior(values, self.stream.clone()).ok()?;
        let unusual = range.unusual_bulk(distribution.median(), |value| distribution.cdf(value));
        if let (Some(row), Some(unusual)) = (first_unusual, unusual) {
            let name = self.header.get(column).unwrap_or_default();
            warn_unusual(name, unusual, &self.place(&self.rows[row]), report);
        }
        Some(distribution)
    }

    /// The values of a column in the order of the rows; scenarios that read the same column share them.
    fn values(&mut self, column: usize, report: &mut Report) -> Option<Arc<[f64]>> {
        if let Some(known) = self.columns.get(&column) {
            return known.clone();
        }
        let mut faults = 0;
        let mut read = |row: &Row| {
            let value = (faults < MOST_FAULTS).then(|| self.cell(row, column, report)).flatten();
            faults += usize::from(value.is_none());
            value
        };
        let values: Vec<Option<f64>> = self.rows.iter().map(&mut read).collect();
        let values: Option<Arc<[f64]>> = values.into_iter().collect();
        self.columns.insert(column, values.clone());
        values
    }

    fn cell(&self, row: &Row, column: usize, report: &mut Report) -> Option<f64> {
        let text = row.0.get(column).unwrap_or_default().trim();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            let name = self.header.get(column).unwrap_or_default();
            let held = if text.is_empty() {
                "nothing".to_owned()
            } else {
                quoted(text)
            };
            report
                .fault(
                    self.place(row),
                    format!("column {} holds {held}, not a number", quoted(name)),
                )
                .help("write a finite number with a decimal point");
        }
        value
    }

    fn place(&self, (_, span): &Row) -> Place {
        Place {
            source: self.source,
            span: span.clone(),
        }
    }
}

/// Reports a table that has names of numbers and no draw.
pub(super) fn report_without_rows(written: &str, place: &Place, report: &mut Report) {
    report
        .fault(
            place.clone(),
            format!("{} has no row below its header", quoted(written)),
        )
        .help("a posterior has a row for each draw");
}

/// Whether the first line names columns, each once; if not, that is reported.
fn is_header(header: &csv::StringRecord, text: &str, source: SourceId, report: &mut Report) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let place = Place {
        source,
        span: 0..line.len(),
    };
    if text.trim().is_empty() {
        report
            .fault(place, "this table is empty")
            .help("its first row has the names of numbers, each further row is a draw");
        return false;
    }
    let foreign = [(';', "';'"), ('\t', "tabs")]
        .into_iter()
        .find(|(sign, _)| line.contains(*sign));
    if let (1, Some((_, separator))) = (header.len(), foreign) {
        report
            .fault(place, format!("columns are separated by {separator} here"))
            .help("save it as a comma-separated file: columns are separated by ',' and decimals written with '.'");
        return false;
    }
    let mut seen = BTreeSet::new();
    let twice = header.iter().find(|name| !name.is_empty() && !seen.insert(*name));
    if let Some(name) = twice {
        report
            .fault(place, format!("the column {} is there twice", quoted(name)))
            .help("a number takes one column: remove the other");
        return false;
    }
    true
}

fn header_and<'a>(header: &'a csv::StringRecord, rows: &'a [Row]) -> impl Iterator<Item = &'a csv::StringRecord> {
    std::iter::once(header).chain(rows.iter().map(|(record, _)| record))
}

/// Names a stream after the content of a table. Hashing the length of each cell before its text keeps cells apart.
fn stream_of<'a>(records: impl Iterator<Item = &'a csv::StringRecord>) -> Arc<str> {
    let mut hash = blake3::Hasher::new();
    // Hashed row by row, because many short pieces take longer.
    let mut row = Vec::new();
    for record in records {
        row.clear();
        for cell in record.iter().map(str::trim) {
            row.extend_from_slice(&(cell.len() as u64).to_le_bytes());
            row.extend_from_slice(cell.as_bytes());
        }
        hash.update(&row);
    }
    format!("posterior:{}", hash.finalize().to_hex()).into()
}

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let cells = if *len == 1 { "cell" } else { "cells" };
            format!("it has {len} {cells} and the first {expected_len}")
        }
        _ => error.to_string(),
    }
}
