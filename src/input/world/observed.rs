//! `observed.csv`: figures that customs offices published.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ListedSources, ObservedEntry};
use crate::diagnostic::Report;
use crate::model::{CommodityIndex, Domain, Flow, Party, Period, Unit};

/// A row of `observed.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ObservedRow {
    reporter: CsvCell,
    partner: CsvCell,
    flow: CsvCell,
    commodity: CsvCell,
    month: CsvCell,
    value: CsvCell,
    unit: CsvCell,
    source: CsvCell,
}

impl WireRow for ObservedRow {
    const FILE: &'static str = "observed.csv";
    const REQUIRED: &'static [&'static str] = &[
        "reporter",
        "partner",
        "flow",
        "commodity",
        "month",
        "value",
        "unit",
        "source",
    ];
}

/// Everything of a figure but its value and source: figures that agree in this are the same.
type ObservationKey = (Party, Party, Flow, Option<CommodityIndex>, Period, Unit);

impl ObservedEntry {
    fn key(&self) -> ObservationKey {
        (
            self.reporter.clone(),
            self.partner.clone(),
            self.flow,
            self.commodity,
            self.period,
            self.unit,
        )
    }
}

/// Reads the figures. The same figure twice is a fault.
pub(super) fn read(
    rows: &CsvRows<ObservedRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Vec<ObservedEntry> {
    let mut reader = CellReader::new(rows.file, sources, report);
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for row in rows.iter() {
        let Some(entry) = entry(&row, draft, &mut reader) else {
            continue;
        };
        if !seen.insert(entry.key()) {
            let (reporter, flow, partner) = (&row.reporter.text, entry.flow.name(), &row.partner.text);
            let (goods, period, unit) = (&row.commodity.text, entry.period, entry.unit.name());
            reader.fault(
                &row.month,
                format!("the {flow} of {goods} that `{reporter}` records with `{partner}` for {period} in {unit} is there twice"),
            );
        }
        entries.push(entry);
    }
    entries
}

fn entry(row: &ObservedRow, draft: &WorldDraft, reader: &mut CellReader) -> Option<ObservedEntry> {
    let flows = [Flow::Export, Flow::Import].map(|flow| (flow.name(), flow));
    let reporter = party(&row.reporter, draft, reader);
    let partner = party(&row.partner, draft, reader);
    let flow = reader.choice(&row.flow, &flows);
    let commodity = match row.commodity.text.as_str() {
        "all" => Some(None),
        _ => reader.reference(&row.commodity, &draft.commodities).map(Some),
    };
    let period = period(&row.month, reader);
    let value = reader.number(&row.value, Domain::NonNegative);
    let unit = reader.choice(&row.unit, &Unit::ALL.map(|unit| (unit.name(), unit)));
    let source = reader.source(&row.source);
    Some(ObservedEntry {
        reporter: reporter?,
        partner: partner?,
        flow: flow?,
        commodity: commodity?,
        period: period?,
        value: value?,
        unit: unit?,
        source: source?,
    })
}

/// A reporter or partner: statistics are kept by jurisdictions and by blocs.
pub(super) fn party(cell: &CsvCell, draft: &WorldDraft, reader: &mut CellReader) -> Option<Party> {
    let mut blocs = draft.jurisdictions.iter().flat_map(|(_, entry)| &entry.blocs);
    // No bloc is called like a jurisdiction (`jurisdictions`), so the order does not matter.
    if blocs.any(|bloc| *bloc == cell.text) {
        return Some(Party::Bloc(cell.text.clone()));
    }
    reader.reference(cell, &draft.jurisdictions).map(Party::Jurisdiction)
}

fn period(cell: &CsvCell, reader: &mut CellReader) -> Option<Period> {
    match reader.text(cell)?.parse() {
        Ok(period) => Some(period),
        Err(reason) => {
            let joined = cell.text.as_str();
            let is_joined = joined.len() == 6 && joined.bytes().all(|byte| byte.is_ascii_digit());
            let fault = reader.fault(cell, format!("`{}` is neither a month nor a year: {reason}", cell.text));
            if is_joined {
                fault.help(format!("write {}-{}", &joined[..4], &joined[4..]));
                return None;
            }
            fault.help("the figure of a whole year is written with the year alone, like 2021");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_rows(body: &str) -> (Vec<ObservedEntry>, String) {
        let mut report = Report::default();
        let rows = testing::rows(&format!("{}\n{body}\n", ObservedRow::REQUIRED.join(",")), &mut report);
        let entries = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (entries, messages(&report))
    }

    #[test]
    fn jurisdictions_and_blocs_report_months_and_years() {
        let (entries, said) = read_rows("EU,BY,import,all,2022-03,12.5,t,x\nDE,EAEU,export,plywood,2021,3,usd,x");
        assert_eq!(said, "");
        let [one, other] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        assert_eq!((&one.reporter, one.commodity), (&Party::Bloc("EU".to_owned()), None));
        assert_eq!((one.value, one.unit), (12.5, Unit::Tonnes));
        assert_eq!((other.flow, other.period), (Flow::Export, Period::Year(2021)));
        assert_eq!(other.partner, Party::Bloc("EAEU".to_owned()));
    }

    #[test]
    fn every_cell_is_checked() {
        assert_eq!(
            read_rows("EV,BY,transit,timber,2022-13,-1,,x\nEU,BY,import,all,22,1,EUR,x").1,
            "observed.csv:2:1: unknown jurisdiction `EV`\n\
             observed.csv:2:7: unknown flow `transit`\n\
             observed.csv:2:15: unknown commodity `timber`\n\
             observed.csv:2:22: `2022-13` is neither a month nor a year: months run from 01 to 12\n\
             observed.csv:2:30: `value` must be zero or more, found `-1`\n\
             observed.csv:2:33: `unit` is empty\n\
             observed.csv:3:18: `22` is neither a month nor a year: a month is written \"YYYY-MM\", like \"2022-03\"\n\
             observed.csv:3:23: unknown unit `EUR`"
        );
    }

    #[test]
    fn a_figure_is_there_once() {
        let (_, said) = read_rows(
            "EU,BY,import,all,2022-03,1,t,x\nEU,BY,import,all,2022-03,1,usd,x\nEU,BY,import,all,2022,1,t,x\n\
             EU,BY,import,all,2022-03,2,t,y",
        );
        assert_eq!(
            said,
            "observed.csv:5:18: the import of all that `EU` records with `BY` for 2022-03 in t is there twice"
        );
    }
}
