//! `capacities.csv`: limits on the sum of flows over some routes.

use serde::Deserialize;

use super::cell::Cell;
use super::draft::Draft;
use super::reading::{Reading, Sources};
use super::register::{NamedRow, Register};
use super::routes::RouteEntry;
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{Bottleneck, CapacityIndex, CommodityIndex, Domain, RouteIndex};

/// A row of `capacities.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CapacityRow {
    id: Cell,
    applies_to: Cell,
    commodities: Cell,
    limit_t_per_month: Cell,
    ceiling_t_per_month: Cell,
    growth_per_month: Cell,
    dead_time_months: Cell,
    rent_half: Cell,
    decay_per_month: Cell,
    cover: Cell,
    source: Cell,
}

impl WireRow for CapacityRow {
    const FILE: &'static str = "capacities.csv";
    const REQUIRED: &'static [&'static str] = &[
        "id",
        "applies_to",
        "commodities",
        "limit_t_per_month",
        "ceiling_t_per_month",
        "growth_per_month",
        "dead_time_months",
        "source",
    ];
    const OPTIONAL: &'static [&'static str] = &["rent_half", "decay_per_month", "cover"];
}

impl NamedRow for CapacityRow {
    const WHAT: &'static str = "capacity";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// How a capacity adapts; units as in [`crate::model::Adaptation`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct AdaptationEntry {
    pub ceiling: f64,
    pub growth: f64,
    pub dead_time: f64,
    /// None where the cell is blank: the default holds.
    pub rent_half: Option<f64>,
    pub decay: Option<f64>,
    pub cover: Option<f64>,
}

/// What a row says of its capacity.
#[derive(Debug)]
pub(super) struct CapacityEntry {
    pub bottleneck: Bottleneck,
    pub commodities: Vec<CommodityIndex>,
    /// Tonnes per month.
    pub limit: f64,
    pub adaptation: Option<AdaptationEntry>,
    pub source: String,
}

impl CapacityEntry {
    /// Whether it counts a route.
    pub fn counts(&self, index: RouteIndex, route: &RouteEntry, draft: &Draft) -> bool {
        let passes = match self.bottleneck {
            Bottleneck::Link(link) => route.links.contains(&link),
            Bottleneck::Node(node) => route.nodes.contains(&node),
            Bottleneck::Via(jurisdiction) => route.via == Some(jurisdiction),
            Bottleneck::Route(only) => only == index,
        };
        passes
            && draft
                .commodity(route)
                .is_some_and(|good| self.commodities.contains(&good))
    }
}

/// Reads the capacities; the draft's routes are all there by now.
pub(super) fn read(
    rows: &Rows<CapacityRow>,
    draft: &Draft,
    sources: &Sources,
    report: &mut Report,
) -> Register<CapacityIndex, CapacityEntry> {
    Register::read(rows, sources, report, |row, reading| {
        let bottleneck = bottleneck(&row.applies_to, draft, reading);
        let listed = reading.references(&row.commodities, &draft.commodities, true);
        let limit = reading.number(&row.limit_t_per_month, Domain::Positive);
        let adaptation = adaptation(row, limit, reading);
        let source = reading.source(&row.source);
        let listed = listed?;
        let all = || draft.commodities.iter().map(|(index, _)| index).collect();
        Some(CapacityEntry {
            bottleneck: bottleneck?,
            commodities: if listed.is_empty() { all() } else { listed },
            limit: limit?,
            adaptation: adaptation?,
            source: source?,
        })
    })
}

fn bottleneck(cell: &Cell, draft: &Draft, reading: &mut Reading) -> Option<Bottleneck> {
    const HELP: &str = "it is written link:ID, node:ID, via:JURISDICTION or route:ID";
    if cell.is_absent() {
        return None;
    }
    let Some((kind, id)) = cell.text.split_once(':') else {
        reading
            .fault(cell, "this does not say what the capacity applies to")
            .help(HELP);
        return None;
    };
    let named = cell.part(kind.len() + 1, id);
    match kind {
        "link" => reading.reference(&named, &draft.links).map(Bottleneck::Link),
        "node" => reading.reference(&named, &draft.nodes).map(Bottleneck::Node),
        "via" => reading.reference(&named, &draft.jurisdictions).map(Bottleneck::Via),
        "route" => reading.reference(&named, &draft.routes).map(Bottleneck::Route),
        _ => {
            reading
                .fault(cell, format!("a capacity cannot apply to a `{kind}`"))
                .help(HELP);
            None
        }
    }
}

/// The cells of adaptation: all or none of them.
fn adaptation(row: &CapacityRow, limit: Option<f64>, reading: &mut Reading) -> Option<Option<AdaptationEntry>> {
    if row.ceiling_t_per_month.is_absent() {
        return None;
    }
    if row.ceiling_t_per_month.is_blank() {
        return refuse_adaptation(row, reading).then_some(None);
    }
    let ceiling = reading.number(&row.ceiling_t_per_month, Domain::Positive);
    let growth = reading.number(&row.growth_per_month, Domain::NonNegative);
    let dead_time = reading.number(&row.dead_time_months, Domain::NonNegative);
    let rent_half = reading.number_or_blank(&row.rent_half, Domain::Positive);
    let decay = reading.number_or_blank(&row.decay_per_month, Domain::Share);
    let cover = reading.number_or_blank(&row.cover, Domain::Share);
    if let (Some(ceiling), Some(limit)) = (ceiling, limit)
        && ceiling < limit
    {
        let message = format!("the ceiling {ceiling} lies below the limit {limit}");
        reading.fault(&row.ceiling_t_per_month, message);
        return None;
    }
    Some(Some(AdaptationEntry {
        ceiling: ceiling?,
        growth: growth?,
        dead_time: dead_time?,
        rent_half: rent_half?,
        decay: decay?,
        cover: cover?,
    }))
}

/// Reports cells that mean nothing without a ceiling; whether there were none.
fn refuse_adaptation(row: &CapacityRow, reading: &mut Reading) -> bool {
    let idle = [
        &row.growth_per_month,
        &row.dead_time_months,
        &row.rent_half,
        &row.decay_per_month,
        &row.cover,
    ];
    let written = idle.into_iter().filter(|cell| !cell.is_blank());
    let mut is_fixed = true;
    for cell in written {
        is_fixed = false;
        reading
            .fault(cell, format!("`{}` means nothing without a ceiling", cell.column))
            .help("a capacity without `ceiling_t_per_month` does not change: leave this empty too");
    }
    is_fixed
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_row(row: &str) -> (Register<CapacityIndex, CapacityEntry>, String) {
        let mut report = Report::default();
        let text = format!(
            "{},rent_half,decay_per_month,cover\n{row}\n",
            CapacityRow::REQUIRED.join(",")
        );
        let rows = testing::rows(&text, &mut report);
        let register = read(&rows, &testing::draft(), &Sources::default(), &mut report);
        (register, messages(&report))
    }

    #[test]
    fn an_empty_list_counts_every_good_and_blanks_mean_defaults() {
        let (capacities, said) = read_row("c,node:berlin,,10,20,0.5,3,x,,0.1,");
        assert_eq!(said, "");
        let (_, capacity) = capacities.iter().next().unwrap();
        assert_eq!(capacity.commodities.len(), 2);
        let adaptation = capacity.adaptation.unwrap();
        assert_eq!(
            (adaptation.rent_half, adaptation.decay, adaptation.cover),
            (None, Some(0.1), None)
        );
    }

    #[test]
    fn a_capacity_applies_to_a_link_a_node_papers_or_a_route() {
        for target in ["link:west", "node:minsk", "via:KZ", "route:plywood-kz"] {
            assert_eq!(read_row(&format!("c,{target},plywood,10,,,,x,,,")).1, "");
        }
        assert_eq!(
            read_row("c,port:riga,,10,,,,x,,,").1,
            "capacities.csv:2:3: a capacity cannot apply to a `port`"
        );
        assert_eq!(
            read_row("c,west,,10,,,,x,,,").1,
            "capacities.csv:2:3: this does not say what the capacity applies to"
        );
        assert_eq!(
            read_row("c,link:wst,,10,,,,x,,,").1,
            "capacities.csv:2:8: unknown link `wst`"
        );
    }

    #[test]
    fn a_ceiling_is_no_lower_than_the_limit() {
        assert_eq!(
            read_row("c,link:west,,10,9,0.5,0,x,,,").1,
            "capacities.csv:2:17: the ceiling 9 lies below the limit 10"
        );
    }

    #[test]
    fn adaptation_is_spelt_out_or_left_out() {
        assert_eq!(
            read_row("c,link:west,,10,20,,,x,,,").1,
            "capacities.csv:2:20: `growth_per_month` is empty\n\
             capacities.csv:2:21: `dead_time_months` is empty"
        );
        assert_eq!(
            read_row("c,link:west,,10,,0.5,,x,,,1").1,
            "capacities.csv:2:18: `growth_per_month` means nothing without a ceiling\n\
             capacities.csv:2:27: `cover` means nothing without a ceiling"
        );
    }
}
