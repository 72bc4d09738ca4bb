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

struct PosteriorTable {
    source: SourceId,
    header: csv::StringRecord,
    rows: Vec<Row>,
    /// The name of the random stream that picks the row. It comes from the content, so that a table picks the same rows
    /// wherever it is used.
    stream: Arc<str>,
}

impl Posteriors {
    /// The column `name` of the table that `written` names, relative to the file it was written in.
    pub fn column(&mut self, written: &str, name: &str, place: &Place, report: &mut Report) -> Option<Distribution> {
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
            .as_ref()?
            .column(name, place, report)
    }

    /// The digest of the content of a table that was read.
    pub fn digest(&self, written: &str, place: &Place, report: &Report) -> Option<Arc<str>> {
        let path = identity(&beside(report.path(place.source), written));
        let table = self.tables.get(&path)?.as_ref()?;
        Some(table.stream.clone())
    }
}

impl PosteriorTable {
    fn read(path: &Path, report: &mut Report) -> Option<Self> {
        let text = read_text(path, LARGEST_FILE, report)?;
        let source = report.add_source(path, text.clone());
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
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
        let stream = stream_of(header_and(&header, &rows));
        Some(Self {
            source,
            header,
            rows,
            stream,
        })
    }

    fn column(&self, name: &str, place: &Place, report: &mut Report) -> Option<Distribution> {
        let Some(column) = self.header.iter().position(|cell| cell == name) else {
            let help = match nearest(name, &self.header) {
                Some(meant) => format!("its nearest column is {}", quoted(meant)),
                None => "its columns are named like the parameters".to_owned(),
            };
            report
                .fault(place.clone(), format!("the table has no column `{name}`"))
                .help(help);
            return None;
        };
        let values: Vec<Option<f64>> = self.rows.iter().map(|row| self.cell(row, column, report)).collect();
        let values: Option<Vec<f64>> = values.into_iter().collect();
        Distribution::posterior(values?.into(), self.stream.clone())
            .map_err(|error| report_invalid(place, &error, report))
            .ok()
    }

    fn cell(&self, (record, span): &Row, column: usize, report: &mut Report) -> Option<f64> {
        let text = record.get(column).unwrap_or_default();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            let place = Place {
                source: self.source,
                span: span.clone(),
            };
            let name = self.header.get(column).unwrap_or_default();
            report
                .fault(
                    place,
                    format!("column {} holds {}, not a number", quoted(name), quoted(text)),
                )
                .help("write a finite number with a decimal point");
        }
        value
    }
}

fn header_and<'a>(header: &'a csv::StringRecord, rows: &'a [Row]) -> impl Iterator<Item = &'a csv::StringRecord> {
    std::iter::once(header).chain(rows.iter().map(|(record, _)| record))
}

/// Names a stream after the content of a table. Hashing the length of each cell before its text keeps cells apart.
fn stream_of<'a>(records: impl Iterator<Item = &'a csv::StringRecord>) -> Arc<str> {
    let mut hash = blake3::Hasher::new();
    for cell in records.flatten() {
        hash.update(&(cell.len() as u64).to_le_bytes());
        hash.update(cell.as_bytes());
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
