//! `price_index.csv`: what prices alone did to the value of trade.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ListedSources, PriceIndexEntry};
use super::observed::party;
use crate::diagnostic::Report;
use crate::model::{Domain, Flow, Period};

/// A row of `price_index.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PriceIndexRow {
    reporter: CsvCell,
    flow: CsvCell,
    year: CsvCell,
    value: CsvCell,
    source: CsvCell,
}

impl WireRow for PriceIndexRow {
    const FILE: &'static str = "price_index.csv";
    const REQUIRED: &'static [&'static str] = &["reporter", "flow", "year", "value", "source"];
}

/// Reads the indices. A year of the same trade twice is a fault.
pub(super) fn read(
    rows: &CsvRows<PriceIndexRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Vec<PriceIndexEntry> {
    let mut reader = CellReader::new(rows.file, sources, report);
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for row in rows.iter() {
        let Some(entry) = entry(&row, draft, &mut reader) else {
            continue;
        };
        if !seen.insert((entry.reporter.clone(), entry.flow, entry.year)) {
            let (reporter, flow, year) = (&row.reporter.text, entry.flow.name(), entry.year);
            reader.fault(
                &row.year,
                format!("the price index of {flow} of `{reporter}` in {year} is there twice"),
            );
        }
        entries.push(entry);
    }
    entries
}

fn entry(row: &PriceIndexRow, draft: &WorldDraft, reader: &mut CellReader) -> Option<PriceIndexEntry> {
    let flows = [Flow::Export, Flow::Import].map(|flow| (flow.name(), flow));
    let reporter = party(&row.reporter, draft, reader);
    let flow = reader.choice(&row.flow, &flows);
    let year = year(&row.year, reader);
    let value = reader.number(&row.value, Domain::Positive);
    let source = reader.source(&row.source);
    Some(PriceIndexEntry {
        reporter: reporter?,
        flow: flow?,
        year: year?,
        value: value?,
        source: source?,
    })
}

fn year(cell: &CsvCell, reader: &mut CellReader) -> Option<i32> {
    if let Ok(Period::Year(year)) = reader.text(cell)?.parse() {
        return Some(year);
    }
    reader
        .fault(cell, format!("`{}` is not a year", cell.text))
        .help("a year has four digits, like 2021");
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;
    use crate::model::Party;

    fn read_rows(body: &str) -> (Vec<PriceIndexEntry>, String) {
        let mut report = Report::default();
        let rows = testing::rows(&format!("{}\n{body}\n", PriceIndexRow::REQUIRED.join(",")), &mut report);
        let entries = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (entries, messages(&report))
    }

    #[test]
    fn an_index_belongs_to_a_reporter_a_direction_and_a_year() {
        let (entries, said) = read_rows("EU,export,2021,1,x\nDE,import,2022,1.25,x");
        assert_eq!(said, "");
        assert_eq!(entries[0].reporter, Party::Bloc("EU".to_owned()));
        assert_eq!(
            (entries[1].flow, entries[1].year, entries[1].value),
            (Flow::Import, 2022, 1.25)
        );
    }

    #[test]
    fn every_cell_is_checked() {
        assert_eq!(
            read_rows("EV,transit,2021-01,0,\nEU,export,2021,1,x\nEU,export,2021,2,x").1,
            "price_index.csv:2:1: unknown jurisdiction `EV`\n\
             price_index.csv:2:4: unknown flow `transit`\n\
             price_index.csv:2:12: `2021-01` is not a year\n\
             price_index.csv:2:20: `value` must be above zero, found `0`\n\
             price_index.csv:2:22: `source` is empty\n\
             price_index.csv:4:11: the price index of export of `EU` in 2021 is there twice"
        );
    }
}
