//! `observed.csv`: what was observed. Checked with the world, but used by calibration only.

use serde::Deserialize;

use super::cell::Cell;
use super::draft::Draft;
use super::reading::{Reading, Sources};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{Domain, Flow, Month};

/// A row of `observed.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ObservedRow {
    reporter: Cell,
    partner: Cell,
    flow: Cell,
    commodity: Cell,
    month: Cell,
    value: Cell,
    unit: Cell,
    source: Cell,
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

/// Checks every row.
pub(super) fn check(rows: &Rows<ObservedRow>, draft: &Draft, sources: &Sources, report: &mut Report) {
    let flows = [Flow::Export, Flow::Import].map(|flow| (flow.name(), flow));
    let mut reading = Reading::new(rows.file, sources, report);
    for row in rows.iter() {
        check_trader(&row.reporter, draft, &mut reading);
        check_trader(&row.partner, draft, &mut reading);
        reading.choice(&row.flow, &flows);
        if row.commodity.text != "all" {
            reading.reference(&row.commodity, &draft.commodities);
        }
        check_month(&row.month, &mut reading);
        reading.number(&row.value, Domain::NonNegative);
        reading.text(&row.unit);
        reading.source(&row.source);
    }
}

/// Statistics are kept by jurisdictions and by blocs.
fn check_trader(cell: &Cell, draft: &Draft, reading: &mut Reading) {
    let mut blocs = draft.jurisdictions.iter().flat_map(|(_, entry)| &entry.blocs);
    if !blocs.any(|bloc| *bloc == cell.text) {
        reading.reference(cell, &draft.jurisdictions);
    }
}

fn check_month(cell: &Cell, reading: &mut Reading) {
    let parsed = reading.text(cell).map(|text| text.parse::<Month>());
    if let Some(Err(reason)) = parsed {
        reading.fault(cell, format!("`{}` is not a month: {reason}", cell.text));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn said_of(row: &str) -> String {
        let mut report = Report::default();
        let rows = testing::rows(&format!("{}\n{row}\n", ObservedRow::REQUIRED.join(",")), &mut report);
        check(&rows, &testing::draft(), &Sources::default(), &mut report);
        messages(&report)
    }

    #[test]
    fn jurisdictions_and_blocs_report() {
        assert_eq!(said_of("EU,BY,import,all,2022-03,12.5,t,x"), "");
    }

    #[test]
    fn every_cell_is_checked() {
        assert_eq!(
            said_of("EV,BY,transit,timber,2022-13,-1,,x"),
            "observed.csv:2:1: unknown jurisdiction `EV`\n\
             observed.csv:2:7: unknown flow `transit`\n\
             observed.csv:2:15: unknown commodity `timber`\n\
             observed.csv:2:22: `2022-13` is not a month: months run from 01 to 12\n\
             observed.csv:2:30: `value` must be zero or more, found `-1`\n\
             observed.csv:2:33: `unit` is empty"
        );
    }
}
