//! `nodes.csv`: places where goods start, end or pass.

use serde::Deserialize;

use super::cell::Cell;
use super::draft::Draft;
use super::reading::{Reading, Sources};
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{Domain, JurisdictionIndex, NodeIndex, NodeKind};

/// A row of `nodes.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NodeRow {
    id: Cell,
    name: Cell,
    jurisdiction: Cell,
    kind: Cell,
    lat: Cell,
    lon: Cell,
    source: Cell,
}

impl WireRow for NodeRow {
    const FILE: &'static str = "nodes.csv";
    const REQUIRED: &'static [&'static str] = &["id", "name", "jurisdiction", "kind", "lat", "lon", "source"];
}

impl NamedRow for NodeRow {
    const WHAT: &'static str = "node";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its node.
#[derive(Debug)]
pub(super) struct NodeEntry {
    pub name: String,
    pub jurisdiction: JurisdictionIndex,
    pub kind: NodeKind,
}

/// The nodes of a world.
pub(super) type Nodes = Register<NodeIndex, NodeEntry>;

const KINDS: [(&str, NodeKind); 5] = [
    ("origin", NodeKind::Origin),
    ("market", NodeKind::Market),
    ("border", NodeKind::Border),
    ("port", NodeKind::Port),
    ("terminal", NodeKind::Terminal),
];

/// Reads the nodes.
pub(super) fn read(rows: &Rows<NodeRow>, draft: &Draft, sources: &Sources, report: &mut Report) -> Nodes {
    Register::read(rows, sources, report, |row, reading| {
        let name = reading.text(&row.name);
        let jurisdiction = reading.reference(&row.jurisdiction, &draft.jurisdictions);
        let kind = reading.choice(&row.kind, &KINDS);
        let latitude = degrees(&row.lat, 90.0, reading);
        let longitude = degrees(&row.lon, 180.0, reading);
        let source = reading.source(&row.source);
        (latitude?, longitude?, source?);
        Some(NodeEntry {
            name: name?,
            jurisdiction: jurisdiction?,
            kind: kind?,
        })
    })
}

/// Checks a coordinate, which may be blank: a node can stand for a whole country. The model does not need it.
fn degrees(cell: &Cell, most: f64, reading: &mut Reading) -> Option<()> {
    let value = reading.number_or_blank(cell, Domain::Any)?;
    if value.is_some_and(|degrees| degrees.abs() > most) {
        reading.fault(
            cell,
            format!(
                "`{}` must be between -{most} and {most}, found `{}`",
                cell.column, cell.text
            ),
        );
        return None;
    }
    Some(())
}
