//! `sources.csv`: where the numbers of the other tables come from.

use serde::Deserialize;

use super::cell::CsvCell;
use super::csv_rows::{CsvRows, WireRow};
use super::draft_table::DraftTable;
use super::entries::{ListedSources, SourceEntry};
use super::named_rows::{self, NamedRow};
use crate::diagnostic::Report;
use crate::model::{SourceIndex, Status};

/// A row of `sources.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SourceRow {
    id: CsvCell,
    citation: CsvCell,
    licence: CsvCell,
    status: CsvCell,
}

impl WireRow for SourceRow {
    const FILE: &'static str = "sources.csv";
    const REQUIRED: &'static [&'static str] = &["id", "citation", "licence", "status"];
}

impl NamedRow for SourceRow {
    const WHAT: &'static str = "source";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the sources that other tables may cite. After a fault they may cite any, so that no other row is blamed.
pub(super) fn read(rows: &CsvRows<SourceRow>, report: &mut Report) -> ListedSources {
    let statuses = Status::ALL.map(|status| (status.name(), status));
    let unlisted = ListedSources::default();
    let table: DraftTable<SourceIndex, SourceEntry> = named_rows::read(rows, &unlisted, report, |row, reader| {
        let citation = reader.text(&row.citation);
        let licence = reader.text(&row.licence);
        let status = reader.choice(&row.status, &statuses);
        Some(SourceEntry {
            citation: citation?,
            licence: licence?,
            status: status?,
        })
    });
    let listed = || {
        let rows = table.iter();
        rows.map(|(index, entry)| (table.id(index).to_owned(), entry.clone()))
            .collect()
    };
    ListedSources {
        listed: (table.is_whole() && table.iter().count() == table.len()).then(listed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (ListedSources, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let sources = read(&rows, &mut report);
        (sources, messages(&report))
    }

    #[test]
    fn listed_sources_are_known_by_their_ids() {
        let (sources, said) = read_text("id,citation,licence,status\nUN,\"United Nations, 2022\",free,observed\n");
        assert_eq!(said, "");
        assert_eq!(sources.listed.unwrap()["UN"].status, Status::Observed);
    }

    #[test]
    fn a_source_says_what_it_is_and_how_sure() {
        let (_, said) = read_text("id,citation,licence,status\nUN,,free,sure\nUN,x,free,derived\n");
        assert_eq!(
            said,
            "sources.csv:2:4: `citation` is empty\n\
             sources.csv:2:10: unknown status `sure`\n\
             sources.csv:3:1: there are two sources called `UN`"
        );
    }
}
