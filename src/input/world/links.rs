//! `links.csv`: transport between nodes, usable both ways.

use serde::Deserialize;

use super::carriers;
use super::cell::Cell;
use super::draft::Draft;
use super::reading::{Reading, Sources};
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{Domain, JurisdictionIndex, LinkIndex, Mode, NodeIndex};

/// A row of `links.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkRow {
    id: Cell,
    from: Cell,
    to: Cell,
    mode: Cell,
    distance_km: Cell,
    freight_usd_per_t: Cell,
    days: Cell,
    carriers: Cell,
    source: Cell,
}

impl WireRow for LinkRow {
    const FILE: &'static str = "links.csv";
    const REQUIRED: &'static [&'static str] = &[
        "id",
        "from",
        "to",
        "mode",
        "distance_km",
        "freight_usd_per_t",
        "days",
        "source",
    ];
    const OPTIONAL: &'static [&'static str] = &["carriers"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for LinkRow {
    const WHAT: &'static str = "link";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its link.
#[derive(Debug)]
pub(super) struct LinkEntry {
    pub ends: [NodeIndex; 2],
    pub mode: Mode,
    pub distance_km: f64,
    /// USD per tonne.
    pub freight: f64,
    pub days: f64,
    /// Shares of traffic by the jurisdiction of the haulier.
    pub carriers: Vec<(JurisdictionIndex, f64)>,
    pub source: String,
}

/// The links of a world.
pub(super) type Links = Register<LinkIndex, LinkEntry>;

/// Reads the links.
pub(super) fn read(rows: &Rows<LinkRow>, draft: &Draft, sources: &Sources, report: &mut Report) -> Links {
    let modes = Mode::ALL.map(|mode| (mode.name(), mode));
    Register::read(rows, sources, report, |row, reading| {
        let ends = ends(row, draft, reading);
        let mode = reading.choice(&row.mode, &modes);
        let distance_km = reading.number(&row.distance_km, Domain::NonNegative);
        let freight = reading.number(&row.freight_usd_per_t, Domain::NonNegative);
        let days = reading.number(&row.days, Domain::NonNegative);
        let carriers = carriers::read(&row.carriers, &draft.jurisdictions, reading);
        let source = reading.source(&row.source);
        Some(LinkEntry {
            ends: ends?,
            mode: mode?,
            distance_km: distance_km?,
            freight: freight?,
            days: days?,
            carriers: carriers?,
            source: source?,
        })
    })
}

fn ends(row: &LinkRow, draft: &Draft, reading: &mut Reading) -> Option<[NodeIndex; 2]> {
    let from = reading.reference(&row.from, &draft.nodes);
    let to = reading.reference(&row.to, &draft.nodes);
    let (from, to) = (from?, to?);
    if from == to {
        reading.fault(&row.to, format!("a link from `{}` to itself", row.to.text));
        return None;
    }
    Some([from, to])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Links, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let register = read(&rows, &testing::draft(), &Sources::default(), &mut report);
        (register, messages(&report))
    }

    #[test]
    fn a_link_joins_the_nodes_that_it_names() {
        let header = "id,from,to,mode,distance_km,freight_usd_per_t,days,carriers,source";
        let (links, said) = read_text(&format!("{header}\nw,minsk,berlin,road,1100,50,3,,x\n"));
        assert_eq!(said, "");
        let (_, link) = links.iter().next().unwrap();
        let draft = testing::draft();
        assert_eq!(link.ends.map(|end| draft.nodes.id(end)), ["minsk", "berlin"]);
    }

    #[test]
    fn every_cell_is_checked() {
        let header = "id,from,to,mode,distance_km,freight_usd_per_t,days,carriers,source";
        let (_, said) = read_text(&format!("{header}\nw,minsk,minsk,roads,-1,\"1,5\",inf,XX=1,x\n"));
        assert_eq!(
            said,
            "links.csv:2:9: a link from `minsk` to itself\n\
             links.csv:2:15: unknown mode `roads`\n\
             links.csv:2:21: `distance_km` must be zero or more, found `-1`\n\
             links.csv:2:24: `freight_usd_per_t` is not a number: `1,5`\n\
             links.csv:2:30: `days` must be a finite number, found `inf`\n\
             links.csv:2:34: unknown jurisdiction or bloc `XX`"
        );
    }
}
