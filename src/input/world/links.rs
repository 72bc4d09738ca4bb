//! `links.csv`: transport links between nodes, usable in both directions.

use serde::Deserialize;

use super::carriers;
use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{LinkEntry, Links, ListedSources};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;
use crate::model::{Mode, NodeIndex, great_circle};

/// A row of `links.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkRow {
    id: CsvCell,
    from: CsvCell,
    to: CsvCell,
    mode: CsvCell,
    distance_km: CsvCell,
    freight_usd_per_t: CsvCell,
    days: CsvCell,
    carriers: CsvCell,
    cargo: CsvCell,
    source: CsvCell,
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
    const OPTIONAL: &'static [&'static str] = &["carriers", "cargo"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for LinkRow {
    const WHAT: &'static str = "link";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Coordinates stand for places that have some extent, so links may be a little too short.
const TOLERATED: f64 = 0.985;

/// Reads the links.
pub(super) fn read(rows: &CsvRows<LinkRow>, draft: &WorldDraft, sources: &ListedSources, report: &mut Report) -> Links {
    let modes = Mode::ALL.map(|mode| (mode.name(), mode));
    named_rows::read(rows, sources, report, |row, reader| {
        let ends = ends(row, draft, reader);
        let mode = reader.choice(&row.mode, &modes);
        let distance_km = reader.number(&row.distance_km, ranges::DISTANCE);
        if let (Some(ends), Some(mode), Some(distance_km)) = (ends, mode, distance_km) {
            check_distance(row, ends, mode, distance_km, draft, reader);
        }
        let freight = reader.number(&row.freight_usd_per_t, ranges::FREIGHT);
        let days = reader.number(&row.days, ranges::DAYS);
        let carriers = carriers::read(&row.carriers, &draft.jurisdictions, reader);
        let cargo = reader.cargo_classes(&row.cargo);
        let source = reader.source(&row.source);
        Some(LinkEntry {
            ends: ends?,
            mode: mode?,
            distance_km: distance_km?,
            freight: freight?,
            days: days?,
            carriers: carriers?,
            cargo: cargo?,
            source: source?,
        })
    })
}

/// Reports a distance that no way on the globe could have. Documents may travel any distance.
fn check_distance(
    row: &LinkRow,
    ends: [NodeIndex; 2],
    mode: Mode,
    distance_km: f64,
    draft: &WorldDraft,
    reader: &mut CellReader,
) {
    let [Some(from), Some(to)] = ends.map(|end| draft.nodes.get(end).and_then(|node| node.position)) else {
        return;
    };
    let shortest = great_circle(from, to).get();
    if mode != Mode::Paper && distance_km < TOLERATED * shortest {
        let (from, to) = (&row.from.text, &row.to.text);
        let message = format!("`{from}` and `{to}` are {shortest:.1} km apart, more than {distance_km}");
        reader
            .fault(&row.distance_km, message)
            .help("no way is shorter than the great circle between the coordinates of its ends");
    }
}

fn ends(row: &LinkRow, draft: &WorldDraft, reader: &mut CellReader) -> Option<[NodeIndex; 2]> {
    let from = reader.reference(&row.from, &draft.nodes);
    let to = reader.reference(&row.to, &draft.nodes);
    let (from, to) = (from?, to?);
    if from == to {
        reader.fault(&row.to, format!("a link from `{}` to itself", row.to.text));
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
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
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

    #[test]
    fn a_link_is_no_shorter_than_the_great_circle_but_documents_may_fly() {
        let header = "id,from,to,mode,distance_km,freight_usd_per_t,days,source";
        let said = |row: &str| read_text(&format!("{header}\n{row}\n")).1;
        assert_eq!(said("w,minsk,berlin,road,945,50,3,x"), "");
        assert_eq!(
            said("w,minsk,berlin,road,900,50,3,x"),
            "links.csv:2:21: `minsk` and `berlin` are 954.3 km apart, more than 900"
        );
        assert_eq!(said("w,minsk,berlin,paper,0,50,3,x"), "");
    }
}
