//! `routes.csv`: routes from a supply to a demand, each spelt out link by link.

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ExtraCost, ListedSources, RouteEntry, Routes};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;
use crate::model::{DemandIndex, JurisdictionIndex, LinkIndex, NodeIndex, RouteKind, SupplyIndex};
use crate::network::BrokenWalk;

/// A row of `routes.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RouteRow {
    id: CsvCell,
    supply: CsvCell,
    demand: CsvCell,
    kind: CsvCell,
    via: CsvCell,
    links: CsvCell,
    baseline_t_per_month: CsvCell,
    potential_t_per_month: CsvCell,
    extra_cost_usd_per_t: CsvCell,
    source: CsvCell,
    consignor: CsvCell,
}

impl WireRow for RouteRow {
    const FILE: &'static str = "routes.csv";
    const REQUIRED: &'static [&'static str] = &[
        "id",
        "supply",
        "demand",
        "kind",
        "via",
        "links",
        "baseline_t_per_month",
        "potential_t_per_month",
        "extra_cost_usd_per_t",
        "source",
    ];
    const OPTIONAL: &'static [&'static str] = &["consignor"];
}

impl NamedRow for RouteRow {
    const WHAT: &'static str = "route";

    fn id(&self) -> &CsvCell {
        &self.id
    }

    fn read_id(&self, reader: &mut CellReader) -> Option<String> {
        reader.route_id(&self.id)
    }
}

/// The kinds of routes by their names in tables.
pub(super) fn kinds() -> [(&'static str, RouteKind); 4] {
    RouteKind::ALL.map(|kind| (kind.name(), kind))
}

/// Reads the routes of `routes.csv`.
pub(super) fn read(
    rows: &CsvRows<RouteRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Routes {
    named_rows::read(rows, sources, report, |row, reader| {
        let ends = ends(row, draft, reader);
        let kind = reader.choice(&row.kind, &kinds());
        // Only the kind says whether an intermediary is needed.
        let via = kind.and_then(|kind| via(&row.via, kind, draft, reader));
        let consignor = kind.and_then(|kind| consignor(&row.consignor, kind, draft, reader));
        let links = reader.references(&row.links, &draft.links, false);
        let nodes = links
            .as_ref()
            .zip(ends)
            .and_then(|(links, ends)| walk(row, links, ends, draft, reader));
        let flows = flows(row, reader);
        let extra_cost = reader.number(&row.extra_cost_usd_per_t, ranges::EXTRA_COST);
        let source = reader.source(&row.source);
        if let (Some((supply, demand)), Some(Some(via))) = (ends, via) {
            let jurisdictions = [draft.origin(supply), draft.destination(demand)];
            refuse_own_papers(&row.via, via, &jurisdictions, reader);
        }
        if let (Some((supply, demand)), Some(Some(consignor)), Some(via)) = (ends, consignor, via) {
            let parties = [draft.origin(supply), draft.destination(demand), via];
            refuse_idle_consignor(&row.consignor, consignor, &parties, reader);
        }
        let ((supply, demand), (baseline, potential), source) = (ends?, flows?, source?);
        Some(RouteEntry {
            supply,
            demand,
            kind: kind?,
            via: via?,
            consignor: consignor?,
            links: links?,
            nodes: nodes?,
            baseline,
            potential,
            extra_cost: ExtraCost::Own(extra_cost?),
            baseline_source: source.clone(),
            source,
        })
    })
}

/// The supply and the demand, which must trade the same good.
fn ends(row: &RouteRow, draft: &WorldDraft, reader: &mut CellReader) -> Option<(SupplyIndex, DemandIndex)> {
    let supply = reader.reference(&row.supply, &draft.supplies);
    let demand = reader.reference(&row.demand, &draft.demands);
    let (supply, demand) = (supply?, demand?);
    is_one_good(supply, demand, &row.demand, draft, reader)?;
    Some((supply, demand))
}

/// Checks that a supply and a demand trade the same good. None after a fault, which is reported at the cell of the demand.
pub(super) fn is_one_good(
    supply: SupplyIndex,
    demand: DemandIndex,
    cell: &CsvCell,
    draft: &WorldDraft,
    reader: &mut CellReader,
) -> Option<()> {
    let sold = draft.supplies.get(supply)?.commodity;
    let bought = draft.demands.get(demand)?.commodity;
    if sold != bought {
        let (sold, bought) = (draft.commodities.id(sold), draft.commodities.id(bought));
        let (supply, demand) = (draft.supplies.id(supply), draft.demands.id(demand));
        reader.fault(cell, format!("`{supply}` sells {sold}, but `{demand}` buys {bought}"));
        return None;
    }
    Some(())
}

/// The intermediary, which hidden kinds need and direct routes may not have. The outer option is none after a fault.
pub(super) fn via(
    cell: &CsvCell,
    kind: RouteKind,
    draft: &WorldDraft,
    reader: &mut CellReader,
) -> Option<Option<JurisdictionIndex>> {
    match kind {
        RouteKind::Direct if cell.is_blank() => Some(None),
        RouteKind::Direct => {
            reader
                .fault(cell, "a direct route has no intermediary")
                .help("leave `via` empty, or choose another kind");
            None
        }
        _ if cell.is_blank() && !cell.is_absent() => {
            reader.fault(
                cell,
                format!("a {} route needs the intermediary whose papers it uses", kind.name()),
            );
            None
        }
        _ => reader.reference(cell, &draft.jurisdictions).map(Some),
    }
}

/// Reports an intermediary that is origin or destination itself: its papers would hide nothing.
pub(super) fn refuse_own_papers(
    cell: &CsvCell,
    via: JurisdictionIndex,
    ends: &[Option<JurisdictionIndex>],
    reader: &mut CellReader,
) {
    if ends.contains(&Some(via)) {
        let message = format!("the intermediary `{}` is where the goods start or end", cell.text);
        reader.fault(cell, message).help("its papers would hide nothing");
    }
}

/// Where exports are declared, if it is not where the goods come from. The outer option is none after a fault.
pub(super) fn consignor(
    cell: &CsvCell,
    kind: RouteKind,
    draft: &WorldDraft,
    reader: &mut CellReader,
) -> Option<Option<JurisdictionIndex>> {
    if cell.is_blank() {
        return Some(None);
    }
    if kind == RouteKind::Relabel {
        reader
            .fault(cell, "relabelled goods have no consignor")
            .help("nobody declares their export: leave `consignor` empty, or choose another kind");
        return None;
    }
    reader.reference(cell, &draft.jurisdictions).map(Some)
}

/// Reports a consignor that is origin, destination or intermediary itself.
pub(super) fn refuse_idle_consignor(
    cell: &CsvCell,
    consignor: JurisdictionIndex,
    parties: &[Option<JurisdictionIndex>],
    reader: &mut CellReader,
) {
    if parties.contains(&Some(consignor)) {
        let message = format!(
            "the consignor `{}` is an end or the intermediary of the goods",
            cell.text
        );
        reader
            .fault(cell, message)
            .help("a consignor is a third jurisdiction, where the export is declared");
    }
}

/// The nodes that the links visit from supply to demand.
fn walk(
    row: &RouteRow,
    links: &[LinkIndex],
    (supply, demand): (SupplyIndex, DemandIndex),
    draft: &WorldDraft,
    reader: &mut CellReader,
) -> Option<Vec<NodeIndex>> {
    let (start, end) = (draft.supplies.get(supply)?.node, draft.demands.get(demand)?.node);
    match draft.walk(start, links)? {
        Err(BrokenWalk { position, at }) => {
            let entries = row.links.entries();
            let cell = entries.get(position).unwrap_or(&row.links);
            let message = format!(
                "link `{}` does not touch `{}`",
                draft.links.id(links[position]),
                draft.nodes.id(at)
            );
            reader.fault(cell, message).help("links stand in the order of travel");
            None
        }
        Ok(nodes) if nodes.last() != Some(&end) => {
            let last = nodes.last().map_or("", |&last| draft.nodes.id(last));
            let (demand, end) = (draft.demands.id(demand), draft.nodes.id(end));
            reader.fault(
                &row.links,
                format!("these links end at `{last}`, but `{demand}` is at `{end}`"),
            );
            None
        }
        Ok(nodes) => Some(nodes),
    }
}

/// Baseline and potential, tonnes per month. Exactly one of them is above zero.
fn flows(row: &RouteRow, reader: &mut CellReader) -> Option<(f64, f64)> {
    let baseline = reader.number(&row.baseline_t_per_month, ranges::FLOW);
    let potential = reader.number_or_blank(&row.potential_t_per_month, ranges::POTENTIAL);
    let (baseline, potential) = (baseline?, potential?.unwrap_or(0.0));
    if baseline > 0.0 && potential > 0.0 {
        reader
            .fault(
                &row.potential_t_per_month,
                "a route with baseline flow has no potential",
            )
            .help("leave it empty: only latent routes, which carry nothing at baseline, have one");
        return None;
    }
    // Such a route could never carry anything.
    if baseline == 0.0 && potential == 0.0 && !row.potential_t_per_month.is_absent() {
        reader
            .fault(
                &row.potential_t_per_month,
                "a route without baseline flow needs a potential above zero",
            )
            .help("it is what the route would carry if it cost what direct trade costs");
        return None;
    }
    Some((baseline, potential))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Routes, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
    }

    fn said_of(row: &str) -> String {
        read_text(&format!("{}\n{row}\n", RouteRow::REQUIRED.join(","))).1
    }

    #[test]
    fn a_route_visits_the_nodes_of_its_links_in_order() {
        let header = RouteRow::REQUIRED.join(",");
        let row = "a>b:relabel:KZ:1,by-plywood,de-plywood,relabel,KZ,east;long,0,10,-5,x";
        let (routes, said) = read_text(&format!("{header}\n{row}\n"));
        assert_eq!(said, "");
        let (_, route) = routes.iter().next().unwrap();
        let draft = testing::draft();
        let names: Vec<&str> = route.nodes.iter().map(|&node| draft.nodes.id(node)).collect();
        assert_eq!(names, ["minsk", "almaty", "berlin"]);
    }

    #[test]
    fn links_join_up_and_end_at_the_demand() {
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,east;west,1,,0,x"),
            "routes.csv:2:38: link `west` does not touch `almaty`"
        );
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,east,1,,0,x"),
            "routes.csv:2:33: these links end at `almaty`, but `de-plywood` is at `berlin`"
        );
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,,1,,0,x"),
            "routes.csv:2:33: these links end at `minsk`, but `de-plywood` is at `berlin`"
        );
    }

    #[test]
    fn a_link_listed_twice_is_at_fault_where_it_does_not_join() {
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,east;long;east,1,,0,x"),
            "routes.csv:2:43: link `east` does not touch `berlin`"
        );
    }

    #[test]
    fn only_hidden_routes_use_papers_and_never_those_of_their_ends() {
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,KZ,west,1,,0,x"),
            "routes.csv:2:32: a direct route has no intermediary"
        );
        assert_eq!(
            said_of("r,by-plywood,de-plywood,ghost,,west,0,1,0,x"),
            "routes.csv:2:31: a ghost route needs the intermediary whose papers it uses"
        );
        assert_eq!(
            said_of("r,by-plywood,de-plywood,relabel,DE,west,0,1,0,x"),
            "routes.csv:2:33: the intermediary `DE` is where the goods start or end"
        );
    }

    #[test]
    fn supply_and_demand_trade_one_good() {
        assert_eq!(
            said_of("r,by-plywood,de-pellets,direct,,west,1,,0,x"),
            "routes.csv:2:14: `by-plywood` sells plywood, but `de-pellets` buys pellets"
        );
    }

    #[test]
    fn a_route_has_a_baseline_or_a_potential() {
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,west,1,2,0,x"),
            "routes.csv:2:40: a route with baseline flow has no potential"
        );
        assert_eq!(
            said_of("r,by-plywood,de-plywood,direct,,west,0,,0,x"),
            "routes.csv:2:40: a route without baseline flow needs a potential above zero"
        );
    }

    #[test]
    fn hidden_trade_may_be_part_of_the_baseline() {
        assert_eq!(said_of("r,by-plywood,de-plywood,ghost,KZ,west,1,,0,x"), "");
    }
}
