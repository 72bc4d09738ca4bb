//! `corridors.csv`: each row makes routes between many supplies and demands.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::carriers::members;
use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{CorridorEntry, ListedSources};
use super::ranges;
use super::routes::{consignor, kinds, refuse_idle_consignor, refuse_own_papers, via};
use crate::diagnostic::Report;
use crate::model::{JurisdictionIndex, RouteKind};
use crate::network::Corridor;

/// More paths for one pair would have no effect: the choice between routes gives the hundredth no trade.
const MOST_PATHS: usize = 100;

/// A row of `corridors.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CorridorRow {
    commodity: CsvCell,
    supplies: CsvCell,
    demands: CsvCell,
    kind: CsvCell,
    via: CsvCell,
    waypoints: CsvCell,
    jurisdictions: CsvCell,
    detour: CsvCell,
    paths: CsvCell,
    potential_share: CsvCell,
    baseline_share: CsvCell,
    consignor: CsvCell,
    extra_cost_usd_per_t: CsvCell,
    source: CsvCell,
    id: CsvCell,
}

impl WireRow for CorridorRow {
    const FILE: &'static str = "corridors.csv";
    const REQUIRED: &'static [&'static str] = &[
        "commodity",
        "supplies",
        "demands",
        "kind",
        "via",
        "waypoints",
        "paths",
        "potential_share",
        "extra_cost_usd_per_t",
        "source",
    ];
    const OPTIONAL: &'static [&'static str] = &["id", "jurisdictions", "detour", "baseline_share", "consignor"];
}

/// Reads the corridors.
pub(super) fn read(
    rows: &CsvRows<CorridorRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Vec<CorridorEntry> {
    let mut reader = CellReader::new(rows.file, sources, report);
    let mut corridors = Vec::new();
    let mut extra_costs = BTreeMap::new();
    for row in rows.iter() {
        let entry = entry(&row, draft, &mut reader);
        if let Some(entry) = &entry {
            check_shared_cost(&row, entry, &mut extra_costs, &mut reader);
        }
        corridors.extend(entry);
    }
    corridors
}

/// Rows with one id are one corridor, whose extra cost is one number.
fn check_shared_cost(
    row: &CorridorRow,
    entry: &CorridorEntry,
    known: &mut BTreeMap<String, f64>,
    reader: &mut CellReader,
) {
    let Some(id) = &entry.id else { return };
    let extra_cost = entry.corridor.extra_cost;
    let first = *known.entry(id.clone()).or_insert(extra_cost);
    if first != extra_cost {
        reader
            .fault(
                &row.extra_cost_usd_per_t,
                format!("corridor `{id}` has an extra cost of {first} in an earlier row"),
            )
            .help("rows with one id share one extra cost");
    }
}

/// The name of a corridor, if it has one; the outer option is none after a fault.
fn corridor_id(cell: &CsvCell, reader: &mut CellReader) -> Option<Option<String>> {
    if cell.is_blank() {
        return Some(None);
    }
    reader.id(cell).map(Some)
}

fn entry(row: &CorridorRow, draft: &WorldDraft, reader: &mut CellReader) -> Option<CorridorEntry> {
    let id = corridor_id(&row.id, reader);
    let commodity = reader.reference(&row.commodity, &draft.commodities);
    let supplies = reader.some_references(&row.supplies, &draft.supplies);
    let demands = reader.some_references(&row.demands, &draft.demands);
    let kind = reader.choice(&row.kind, &kinds());
    // Only the kind says whether an intermediary is needed.
    let via = kind.and_then(|kind| via(&row.via, kind, draft, reader));
    let consignor = kind.and_then(|kind| consignor(&row.consignor, kind, draft, reader));
    let waypoints = reader.references(&row.waypoints, &draft.nodes, false);
    let inside = inside(&row.jurisdictions, draft, reader);
    let detour = reader.number_or_blank(&row.detour, ranges::DETOUR);
    let paths = reader.count(&row.paths, MOST_PATHS);
    let potential_share = kind.and_then(|kind| potential_share(&row.potential_share, kind, reader));
    let baseline_share = baseline_share(row, reader);
    let extra_cost = reader.number(&row.extra_cost_usd_per_t, ranges::EXTRA_COST);
    let source = reader.source(&row.source);
    let entry = CorridorEntry {
        id: id?,
        corridor: Corridor {
            commodity: commodity?,
            supplies: supplies?,
            demands: demands?,
            kind: kind?,
            via: via?,
            consignor: consignor?,
            waypoints: waypoints?,
            inside: inside?,
            paths: paths?,
            potential_share: potential_share?,
            baseline_share: baseline_share?,
            extra_cost: extra_cost?,
        },
        detour: detour?,
        source: source?,
        // A missing path is reported at the stops, where it can be mended.
        place: reader.place(if row.waypoints.is_blank() {
            &row.supplies
        } else {
            &row.waypoints
        }),
    };
    check_ends(row, &entry.corridor, draft, reader);
    check_waypoints(row, &entry.corridor, draft, reader);
    Some(entry)
}

/// The jurisdictions that its routes may pass; the inner option is none where they may pass any.
fn inside(cell: &CsvCell, draft: &WorldDraft, reader: &mut CellReader) -> Option<Option<Vec<JurisdictionIndex>>> {
    if cell.is_blank() {
        return Some(None);
    }
    let (mut inside, mut is_sound) = (Vec::new(), true);
    for entry in cell.entries() {
        let listed = members(&entry.text, &entry, &draft.jurisdictions, reader);
        is_sound &= listed.is_some();
        let listed = listed.unwrap_or_default();
        if let Some(&twice) = listed.iter().find(|member| inside.contains(*member)) {
            let twice = draft.jurisdictions.id(twice);
            reader
                .fault(&entry, format!("`{twice}` is listed twice"))
                .help("a bloc stands for all its members: list the bloc or some of them");
            is_sound = false;
        }
        inside.extend(listed);
    }
    is_sound.then_some(Some(inside))
}

/// Reports waypoints outside of the jurisdictions that the routes may pass, those of the ends included.
fn check_waypoints(row: &CorridorRow, corridor: &Corridor, draft: &WorldDraft, reader: &mut CellReader) {
    let Some(inside) = &corridor.inside else { return };
    let origins = corridor.supplies.iter().map(|&supply| draft.origin(supply));
    let destinations = corridor.demands.iter().map(|&demand| draft.destination(demand));
    let ends: Vec<_> = origins.chain(destinations).collect();
    for (cell, &waypoint) in row.waypoints.entries().iter().zip(&corridor.waypoints) {
        let Some(node) = draft.nodes.get(waypoint) else {
            continue;
        };
        if !inside.contains(&node.jurisdiction) && !ends.contains(&Some(node.jurisdiction)) {
            let outside = draft.jurisdictions.id(node.jurisdiction);
            reader
                .fault(
                    cell,
                    format!("`{}` is in {outside}, which the corridor may not pass", cell.text),
                )
                .help("`jurisdictions` lists all that its routes may pass beside those of their ends");
        }
    }
}

/// A share above zero, without which a hidden corridor could carry nothing.
fn potential_share(cell: &CsvCell, kind: RouteKind, reader: &mut CellReader) -> Option<Option<f64>> {
    if cell.is_blank() && !cell.is_absent() && kind != RouteKind::Direct {
        reader
            .fault(cell, format!("a {} corridor needs a potential share", kind.name()))
            .help("the baseline is split over direct corridors only");
        return None;
    }
    reader.number_or_blank(cell, ranges::CORRIDOR_SHARE)
}

/// The part of a pair's baseline that a corridor carries; only one that is not latent may state it.
fn baseline_share(row: &CorridorRow, reader: &mut CellReader) -> Option<Option<f64>> {
    let share = reader.number_or_blank(&row.baseline_share, ranges::CORRIDOR_SHARE)?;
    if share.is_some() && !row.potential_share.is_blank() {
        reader
            .fault(&row.baseline_share, "a latent corridor carries no part of the baseline")
            .help("state `potential_share` or `baseline_share`, not both");
        return None;
    }
    Some(share)
}

/// Reports supplies and demands of other goods, and an intermediary that is one of the ends.
fn check_ends(row: &CorridorRow, corridor: &Corridor, draft: &WorldDraft, reader: &mut CellReader) {
    let good = Some(corridor.commodity);
    let sold = corridor
        .supplies
        .iter()
        .map(|&supply| draft.supplies.get(supply).map(|supply| supply.commodity));
    let bought = corridor
        .demands
        .iter()
        .map(|&demand| draft.demands.get(demand).map(|demand| demand.commodity));
    let (sellers, buyers) = (row.supplies.entries(), row.demands.entries());
    for (cell, traded) in sellers.iter().zip(sold).chain(buyers.iter().zip(bought)) {
        if traded.is_some() && traded != good {
            reader.fault(cell, format!("`{}` does not trade {}", cell.text, row.commodity.text));
        }
    }
    let origins = corridor.supplies.iter().map(|&supply| draft.origin(supply));
    let destinations = corridor.demands.iter().map(|&demand| draft.destination(demand));
    let ends: Vec<_> = origins.chain(destinations).collect();
    if let Some(via) = corridor.via {
        refuse_own_papers(&row.via, via, &ends, reader);
    }
    if let Some(consignor) = corridor.consignor {
        let parties = [&ends[..], &[corridor.via]].concat();
        refuse_idle_consignor(&row.consignor, consignor, &parties, reader);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn said_of(row: &str) -> String {
        let mut report = Report::default();
        let text = format!("{},id\n{row}\n", CorridorRow::REQUIRED.join(","));
        let rows = testing::rows(&text, &mut report);
        read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        messages(&report)
    }

    #[test]
    fn a_hidden_corridor_is_latent() {
        assert_eq!(said_of("plywood,by-plywood,de-plywood,ghost,KZ,almaty,3,0.5,0,x,c"), "");
        assert_eq!(
            said_of("plywood,by-plywood,de-plywood,ghost,KZ,almaty,3,,0,x,c"),
            "corridors.csv:2:49: a ghost corridor needs a potential share"
        );
    }

    #[test]
    fn every_cell_is_checked() {
        assert_eq!(
            said_of("plywood,by-pellets,de-plywood;de-plywood,direct,,riga,0,-1,x,,-"),
            "corridors.csv:2:63: `-` is not an id\n\
             corridors.csv:2:31: `de-plywood` is listed twice\n\
             corridors.csv:2:50: unknown node `riga`\n\
             corridors.csv:2:55: `paths` must be a whole number from 1 to 100, found `0`\n\
             corridors.csv:2:57: `potential_share` must be above zero, found `-1`\n\
             corridors.csv:2:60: `extra_cost_usd_per_t` is not a number: `x`\n\
             corridors.csv:2:62: `source` is empty"
        );
    }

    #[test]
    fn its_sellers_and_buyers_trade_its_good_and_lend_no_papers() {
        assert_eq!(
            said_of("plywood,by-plywood;by-pellets,de-plywood;kz-plywood,ghost,KZ,,1,1,0,x,"),
            "corridors.csv:2:20: `by-pellets` does not trade plywood\n\
             corridors.csv:2:59: the intermediary `KZ` is where the goods start or end"
        );
    }

    #[test]
    fn a_consignor_is_a_third_jurisdiction_that_declares_an_export() {
        let said = |kind: &str, via: &str, consignor: &str| {
            let mut report = Report::default();
            let row = format!("plywood,by-plywood,de-plywood,{kind},{via},almaty,1,0.5,20,x,{consignor}");
            let text = format!("{},consignor\n{row}\n", CorridorRow::REQUIRED.join(","));
            let rows = testing::rows(&text, &mut report);
            read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
            messages(&report)
        };
        assert_eq!(said("ghost", "KZ", ""), "");
        assert!(said("relabel", "KZ", "DE").ends_with("relabelled goods have no consignor"));
        for party in ["BY", "DE", "KZ"] {
            let message = format!("the consignor `{party}` is an end or the intermediary of the goods");
            assert!(said("ghost", "KZ", party).ends_with(&message));
        }
    }

    #[test]
    fn rows_with_one_id_share_one_extra_cost() {
        let by_almaty = "plywood,by-plywood,de-plywood,ghost,KZ,almaty,1,0.5,20,x,c";
        let straight = "plywood,by-plywood,de-plywood,ghost,KZ,,1,0.5,20,x,c";
        let dearer = "plywood,by-plywood,de-plywood,ghost,KZ,,1,0.5,30,x,c";
        assert_eq!(said_of(&format!("{by_almaty}\n{straight}")), "");
        assert_eq!(
            said_of(&format!("{by_almaty}\n{dearer}")),
            "corridors.csv:3:47: corridor `c` has an extra cost of 20 in an earlier row"
        );
    }

    #[test]
    fn a_direct_corridor_without_a_share_carries_the_baseline() {
        let mut report = Report::default();
        let text = format!(
            "{}\nplywood,by-plywood,de-plywood;kz-plywood,direct,,,2,,-3,x\n",
            CorridorRow::REQUIRED.join(",")
        );
        let rows = testing::rows(&text, &mut report);
        let entries = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        assert_eq!(messages(&report), "");
        let entry = &entries[0];
        assert_eq!((entry.id.as_deref(), entry.corridor.is_latent()), (None, false));
        assert_eq!((entry.corridor.paths, entry.corridor.extra_cost), (2, -3.0));
        assert_eq!(entry.corridor.pairs().count(), 2);
    }

    #[test]
    fn a_direct_corridor_has_no_intermediary() {
        assert_eq!(
            said_of("plywood,by-plywood,de-plywood,direct,KZ,,1,,0,x,"),
            "corridors.csv:2:38: a direct route has no intermediary"
        );
    }
}
