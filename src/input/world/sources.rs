//! `sources.csv`: where the numbers of the other tables come from.

use serde::Deserialize;

use super::cell::Cell;
use super::reading::Sources;
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{SourceIndex, Status};

/// A row of `sources.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SourceRow {
    id: Cell,
    citation: Cell,
    licence: Cell,
    status: Cell,
}

impl WireRow for SourceRow {
    const FILE: &'static str = "sources.csv";
    const REQUIRED: &'static [&'static str] = &["id", "citation", "licence", "status"];
}

impl NamedRow for SourceRow {
    const WHAT: &'static str = "source";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its source.
#[derive(Clone, Debug)]
pub(super) struct SourceEntry {
    pub citation: String,
    pub status: Status,
}

/// Reads the sources that other tables may name. After a fault they may name any.
pub(super) fn read(rows: &Rows<SourceRow>, report: &mut Report) -> Sources {
    let statuses = Status::ALL.map(|status| (status.name(), status));
    let unlisted = Sources::default();
    let register: Register<SourceIndex, SourceEntry> = Register::read(rows, &unlisted, report, |row, reading| {
        let citation = reading.text(&row.citation);
        let licence = reading.text(&row.licence);
        let status = reading.choice(&row.status, &statuses);
        licence?;
        Some(SourceEntry {
            citation: citation?,
            status: status?,
        })
    });
    let listed = || {
        let rows = register.iter();
        rows.map(|(index, entry)| (register.id(index).to_owned(), entry.clone()))
            .collect()
    };
    Sources {
        listed: register.is_whole().then(listed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Sources, String) {
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
