//! `nodes.csv`: places where goods start, end or pass.

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ListedSources, NodeEntry, Nodes};
use super::named_rows::{self, NamedRow};
use crate::diagnostic::Report;
use crate::model::{Domain, NodeKind};

/// A row of `nodes.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NodeRow {
    id: CsvCell,
    name: CsvCell,
    jurisdiction: CsvCell,
    kind: CsvCell,
    lat: CsvCell,
    lon: CsvCell,
    source: CsvCell,
}

impl WireRow for NodeRow {
    const FILE: &'static str = "nodes.csv";
    const REQUIRED: &'static [&'static str] = &["id", "name", "jurisdiction", "kind", "lat", "lon", "source"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for NodeRow {
    const WHAT: &'static str = "node";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the nodes.
pub(super) fn read(rows: &CsvRows<NodeRow>, draft: &WorldDraft, sources: &ListedSources, report: &mut Report) -> Nodes {
    named_rows::read(rows, sources, report, |row, reader| {
        let name = reader.text(&row.name);
        let jurisdiction = reader.reference(&row.jurisdiction, &draft.jurisdictions);
        let kind = reader.choice(&row.kind, &NodeKind::ALL.map(|kind| (kind.name(), kind)));
        let latitude = degrees(&row.lat, 90.0, reader);
        let longitude = degrees(&row.lon, 180.0, reader);
        let source = reader.source(&row.source);
        let (latitude, longitude) = (latitude?, longitude?);
        if latitude.is_some() != longitude.is_some() {
            let blank = if latitude.is_none() { &row.lat } else { &row.lon };
            reader
                .fault(
                    blank,
                    format!("a place has both coordinates or none, `{}` is blank", blank.column),
                )
                .help("without both, maps leave it out and the length of its links is not checked");
            return None;
        }
        let position = latitude.zip(longitude);
        source?;
        Some(NodeEntry {
            name: name?,
            jurisdiction: jurisdiction?,
            kind: kind?,
            position,
        })
    })
}

/// Reads a coordinate. It may be blank (`Some(None)`), because a node can represent a whole country.
fn degrees(cell: &CsvCell, most: f64, reader: &mut CellReader) -> Option<Option<f64>> {
    let value = reader.number_or_blank(cell, Domain::Any)?;
    if value.is_some_and(|degrees| degrees.abs() > most) {
        reader.fault(
            cell,
            format!(
                "`{}` must be between -{most} and {most}, found `{}`",
                cell.column, cell.text
            ),
        );
        return None;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Nodes, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
    }

    #[test]
    fn a_node_may_stand_for_a_country_without_coordinates() {
        let (nodes, said) = read_text("id,name,jurisdiction,kind,lat,lon,source\nkz,Kazakhstan,KZ,market,,,x\n");
        assert_eq!(said, "");
        assert_eq!(nodes.iter().next().map(|(_, node)| node.kind), Some(NodeKind::Market));
    }

    #[test]
    fn every_cell_is_checked() {
        let (_, said) = read_text("id,name,jurisdiction,kind,lat,lon,source\nkz,,KY,harbour,91,-181,\n");
        assert_eq!(
            said,
            "nodes.csv:2:4: `name` is empty\n\
             nodes.csv:2:5: unknown jurisdiction `KY`\n\
             nodes.csv:2:8: unknown kind `harbour`\n\
             nodes.csv:2:16: `lat` must be between -90 and 90, found `91`\n\
             nodes.csv:2:19: `lon` must be between -180 and 180, found `-181`\n\
             nodes.csv:2:24: `source` is empty"
        );
    }

    #[test]
    fn half_a_position_is_none() {
        let (_, said) = read_text("id,name,jurisdiction,kind,lat,lon,source\nkz,Kazakhstan,KZ,market,43,,x\n");
        assert!(
            said.contains("nodes.csv:2:28: a place has both coordinates or none, `lon` is blank"),
            "{said}"
        );
    }
}
