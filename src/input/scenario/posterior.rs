//! Tables of posterior draws: a column for each parameter, a row for each draw.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::read_text;
use super::extends::{beside, identity};
use super::quantity::report_invalid;
use super::tree::quoted;
use crate::diagnostic::{Place, Report, SourceId, nearest};
use crate::model::Domain;
use crate::random::Distribution;

/// The largest table that is read, in bytes.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

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
                .fault(place.clone(), format!("there is no file {}", path.display()))
                .help("the path is relative to the file that states it");
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
        for record in reader.records() {
            match record {
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
    /// is reported at the first row that does.
    pub fn within(&mut self, column: usize, domain: Domain, report: &mut Report) -> Option<Distribution> {
        let values = self.values(column, report)?;
        if let Some(row) = values.iter().position(|value| !domain.contains(*value, *value)) {
            let name = self.header.get(column).unwrap_or_default();
            let message = format!("`{name}` must be {}, found {}", domain.words(), values[row]);
            report
                .fault(self.place(&self.rows[row]), message)
                .help("every row of a posterior must be a possible draw");
            return None;
        }
        Distribution::posterior(values, self.stream.clone()).ok()
    }

    /// The values of a column in the order of the rows; scenarios that read the same column share them.
    fn values(&mut self, column: usize, report: &mut Report) -> Option<Arc<[f64]>> {
        if let Some(known) = self.columns.get(&column) {
            return known.clone();
        }
        let values: Vec<Option<f64>> = self.rows.iter().map(|row| self.cell(row, column, report)).collect();
        let values: Option<Arc<[f64]>> = values.into_iter().collect();
        self.columns.insert(column, values.clone());
        values
    }

    fn cell(&self, row: &Row, column: usize, report: &mut Report) -> Option<f64> {
        let text = row.0.get(column).unwrap_or_default().trim();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            let name = self.header.get(column).unwrap_or_default();
            report
                .fault(
                    self.place(row),
                    format!("column {} holds {}, not a number", quoted(name), quoted(text)),
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
            format!("it has {len} cells and the first {expected_len}")
        }
        _ => error.to_string(),
    }
}
