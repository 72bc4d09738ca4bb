//! Reads CSV files that the program wrote once, without trusting them: every fault has its line.

use std::path::Path;

use csv::{ErrorKind, StringRecord};

use super::UnreadableResults;
use super::names::missing_column;

/// The header of a file and its rows, with the lines where they stand.
pub(super) struct CsvTable<'a> {
    path: &'a Path,
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl<'a> CsvTable<'a> {
    /// Takes a file apart; every row has as many cells as the header.
    pub fn parse(path: &'a Path, bytes: &[u8]) -> Result<Self, UnreadableResults> {
        if bytes.is_empty() {
            return Err(UnreadableResults::new(path, None, "the file is empty".to_owned()));
        }
        let faulty = |error: csv::Error| explain(path, &error);
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().map_err(faulty)?.clone();
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(faulty)?;
        // A file cut within its last number would read as a whole row with another number.
        if bytes.last() != Some(&b'\n') {
            let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            return Err(UnreadableResults::new(
                path,
                Some(line),
                "the file ends in the middle of a line".to_owned(),
            ));
        }
        Ok(Self { path, header, rows })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.path
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Result<usize, UnreadableResults> {
        let missing = || UnreadableResults::new(self.path, Some(1), missing_column(name, &self.header));
        self.header.iter().position(|column| column == name).ok_or_else(missing)
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = CsvRow<'_>> {
        self.rows.iter().map(|cells| CsvRow { table: self, cells })
    }

    /// The name of a column.
    pub fn name(&self, column: usize) -> &str {
        self.header.get(column).unwrap_or_default()
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.header.len()
    }
}

/// One row of a [`CsvTable`].
#[derive(Clone, Copy)]
pub(super) struct CsvRow<'a> {
    table: &'a CsvTable<'a>,
    cells: &'a StringRecord,
}

impl<'a> CsvRow<'a> {
    /// The text of a cell.
    pub fn text(&self, column: usize) -> &'a str {
        self.cells.get(column).unwrap_or_default()
    }

    /// The number in a cell; `None` if it is empty, for then it does not exist.
    pub fn number(&self, column: usize) -> Result<Option<f64>, UnreadableResults> {
        number(self.text(column), self.name(column)).map_err(|reason| self.fault(reason))
    }

    /// The count in a cell.
    pub fn count(&self, column: usize) -> Result<u64, UnreadableResults> {
        count(self.text(column), self.name(column)).map_err(|reason| self.fault(reason))
    }

    /// Something wrong with this row.
    pub fn fault(&self, reason: String) -> UnreadableResults {
        UnreadableResults::new(self.table.path, self.cells.position().map(csv::Position::line), reason)
    }

    fn name(&self, column: usize) -> &str {
        self.table.name(column)
    }
}

/// The number in a cell of a column, none if it is empty; or what is wrong with it.
pub(super) fn number(text: &str, column: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        // Rust also reads "inf" and "NaN", which no result file holds.
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(format!("`{text}` in column `{column}` is not a number")),
    }
}

/// The count in a cell of a column, or what is wrong with it.
pub(super) fn count(text: &str, column: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` in column `{column}` is not a whole number"))
}

/// Rewords the messages of the `csv` crate, which repeat the position in three forms.
pub(super) fn explain(path: &Path, error: &csv::Error) -> UnreadableResults {
    let line = error.position().map(csv::Position::line);
    let reason = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} columns where {expected_len} are due"),
        ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    UnreadableResults::new(path, line, reason)
}
