//! Tables of posterior draws: a column for each parameter, a row for each draw.

use std::collections::BTreeMap;
use std::path::PathBuf;
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

struct PosteriorTable {
    source: SourceId,
    header: csv::StringRecord,
    /// Each row with the bytes it covers.
    rows: Vec<(csv::StringRecord, std::ops::Range<usize>)>,
    /// Names the stream that chooses the row: the content, so that the same table gives the same rows everywhere.
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
            .entry(identity(&path))
            .or_insert_with(|| PosteriorTable::read(&path, report))
            .as_ref()?
            .column(name, place, report)
    }

    /// What identifies the content of a table that was read.
    pub fn digest(&self, written: &str, place: &Place, report: &Report) -> Option<Arc<str>> {
        let path = identity(&beside(report.path(place.source), written));
        let table = self.tables.get(&path)?.as_ref()?;
        Some(table.stream.clone())
    }
}

impl PosteriorTable {
    fn read(path: &std::path::Path, report: &mut Report) -> Option<Self> {
        let text = read_text(path, LARGEST_FILE, report)?;
        let source = report.add_source(path, text.clone());
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().cloned();
        let mut rows = Vec::new();
        let mut valid = header.is_ok();
        for record in reader.records() {
            let end = |start: usize| {
                start
                    + text
                        .get(start..)
                        .and_then(|rest| rest.lines().next())
                        .map_or(0, str::len)
            };
            match record {
                Ok(record) => {
                    let start = record.position().map_or(0, |position| position.byte() as usize);
                    rows.push((record, start..end(start)));
                }
                Err(error) => {
                    let start = error.position().map_or(0, |position| position.byte() as usize);
                    let span = start..end(start);
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
        let mut hash = blake3::Hasher::new();
        for record in header.iter().chain(rows.iter().map(|(record, _)| record)) {
            for cell in record {
                hash.update(&(cell.len() as u64).to_le_bytes());
                hash.update(cell.as_bytes());
            }
        }
        valid.then(|| Self {
            source,
            header: header.unwrap_or_default(),
            rows,
            stream: format!("posterior:{}", hash.finalize().to_hex()).into(),
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

    fn cell(
        &self,
        (record, span): &(csv::StringRecord, std::ops::Range<usize>),
        column: usize,
        report: &mut Report,
    ) -> Option<f64> {
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

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells and the first {expected_len}")
        }
        _ => error.to_string(),
    }
}
