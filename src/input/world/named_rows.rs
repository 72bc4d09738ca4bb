//! Reading a table whose rows have ids.

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft_table::DraftTable;
use super::entries::ListedSources;
use crate::diagnostic::Report;
use crate::model::Index;

/// A wire row that has an id.
pub(super) trait NamedRow: WireRow {
    /// The word for a row, in the singular.
    const WHAT: &'static str;

    /// The cell of its id.
    fn id(&self) -> &CsvCell;

    /// Its id, if it is well formed.
    fn read_id(&self, reader: &mut CellReader) -> Option<String> {
        reader.id(self.id())
    }
}

/// Reads every row by `convert`, which reports the faults of all cells but the id.
pub(super) fn read<R: NamedRow, I: Index, T>(
    rows: &CsvRows<R>,
    sources: &ListedSources,
    report: &mut Report,
    mut convert: impl FnMut(&R, &mut CellReader) -> Option<T>,
) -> DraftTable<I, T> {
    let mut table = DraftTable::new(R::WHAT);
    if !rows.is_whole() {
        table.lose_rows();
    }
    let mut reader = CellReader::new(rows.file, sources, report);
    for row in rows.iter() {
        // The id is read first, so that its fault is reported first.
        let id = row.read_id(&mut reader);
        let entry = convert(&row, &mut reader);
        let place = reader.place(row.id());
        table.push(id, place, entry, reader.report);
    }
    table
}
