//! `capacities.csv`: limits on the sum of flows over some routes.

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::draft_table::DraftTable;
use super::entries::{AdaptationEntry, CapacityEntry, ListedSources};
use super::named_rows::{self, NamedRow};
use super::ranges;
use super::routes::is_one_good;
use crate::diagnostic::Report;
use crate::model::{Bottleneck, CapacityIndex};

/// A row of `capacities.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CapacityRow {
    id: CsvCell,
    applies_to: CsvCell,
    commodities: CsvCell,
    limit_t_per_month: CsvCell,
    ceiling_t_per_month: CsvCell,
    growth_per_month: CsvCell,
    dead_time_months: CsvCell,
    rent_half: CsvCell,
    decay_per_month: CsvCell,
    cover: CsvCell,
    entry_per_year: CsvCell,
    source: CsvCell,
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
    const OPTIONAL: &'static [&'static str] = &["rent_half", "decay_per_month", "cover", "entry_per_year"];
}

impl NamedRow for CapacityRow {
    const WHAT: &'static str = "capacity";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the capacities. The draft must hold all routes by now, for capacities may name them.
pub(super) fn read(
    rows: &CsvRows<CapacityRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> DraftTable<CapacityIndex, CapacityEntry> {
    named_rows::read(rows, sources, report, |row, reader| {
        let bottleneck = bottleneck(&row.applies_to, draft, reader);
        let listed = reader.references(&row.commodities, &draft.commodities, true);
        let limit = reader.number(&row.limit_t_per_month, ranges::CAPACITY);
        let adaptation = adaptation(row, limit, reader);
        let source = reader.source(&row.source);
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

fn bottleneck(cell: &CsvCell, draft: &WorldDraft, reader: &mut CellReader) -> Option<Bottleneck> {
    const HELP: &str = "it is written link:ID, node:ID, via:JURISDICTION, pair:SUPPLY>DEMAND or route:ID";
    if cell.is_absent() {
        return None;
    }
    let Some((kind, id)) = cell.text.split_once(':') else {
        reader
            .fault(cell, "this does not say what the capacity applies to")
            .help(HELP);
        return None;
    };
    let named = cell.part(kind.len() + 1, id);
    match kind {
        "link" => reader.reference(&named, &draft.links).map(Bottleneck::Link),
        "node" => reader.reference(&named, &draft.nodes).map(Bottleneck::Node),
        "via" => reader.reference(&named, &draft.jurisdictions).map(Bottleneck::Via),
        "pair" => pair(&named, draft, reader),
        "route" => reader.reference(&named, &draft.routes).map(Bottleneck::Route),
        _ => {
            reader
                .fault(cell, format!("a capacity cannot apply to a `{kind}`"))
                .help(HELP);
            None
        }
    }
}

/// The direct trade of a supply with a demand of the same good.
fn pair(cell: &CsvCell, draft: &WorldDraft, reader: &mut CellReader) -> Option<Bottleneck> {
    let Some((supply, demand)) = cell.text.split_once('>') else {
        reader
            .fault(cell, format!("`{}` is no pair", cell.text))
            .help("a pair is written SUPPLY>DEMAND");
        return None;
    };
    let sold = reader.reference(&cell.part(0, supply), &draft.supplies);
    let bought = reader.reference(&cell.part(supply.len() + 1, demand), &draft.demands);
    let (sold, bought) = (sold?, bought?);
    is_one_good(sold, bought, cell, draft, reader)?;
    Some(Bottleneck::Pair(sold, bought))
}

/// The cells of adaptation, of which all or none are filled. The inner option is none for a capacity that does not
/// change, the outer one after a fault.
fn adaptation(row: &CapacityRow, limit: Option<f64>, reader: &mut CellReader) -> Option<Option<AdaptationEntry>> {
    if row.ceiling_t_per_month.is_absent() {
        return None;
    }
    if row.ceiling_t_per_month.is_blank() {
        return refuse_adaptation(row, reader).then_some(None);
    }
    let ceiling = reader.number(&row.ceiling_t_per_month, ranges::CAPACITY);
    let growth = reader.number(&row.growth_per_month, ranges::GROWTH);
    let dead_time = reader.number(&row.dead_time_months, ranges::DEAD_TIME);
    let rent_half = reader.number_or_blank(&row.rent_half, ranges::RENT_HALF);
    let decay = reader.number_or_blank(&row.decay_per_month, ranges::DECAY);
    let cover = reader.number_or_blank(&row.cover, ranges::COVER);
    let entry = reader.number_or_blank(&row.entry_per_year, ranges::ENTRY);
    if let (Some(ceiling), Some(limit)) = (ceiling, limit)
        && ceiling < limit
    {
        let message = format!("the ceiling {ceiling} lies below the limit {limit}");
        reader.fault(&row.ceiling_t_per_month, message);
        return None;
    }
    Some(Some(AdaptationEntry {
        ceiling: ceiling?,
        growth: growth?,
        dead_time: dead_time?,
        rent_half: rent_half?,
        decay: decay?,
        cover: cover?,
        entry: entry?,
    }))
}

/// Reports cells that mean nothing without a ceiling. True if there were none.
fn refuse_adaptation(row: &CapacityRow, reader: &mut CellReader) -> bool {
    let idle = [
        &row.growth_per_month,
        &row.dead_time_months,
        &row.rent_half,
        &row.decay_per_month,
        &row.cover,
        &row.entry_per_year,
    ];
    let written = idle.into_iter().filter(|cell| !cell.is_blank());
    let mut is_fixed = true;
    for cell in written {
        is_fixed = false;
        reader
            .fault(cell, format!("`{}` means nothing without a ceiling", cell.column))
            .help("a capacity without `ceiling_t_per_month` does not change: leave this empty too");
    }
    is_fixed
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_row(row: &str) -> (DraftTable<CapacityIndex, CapacityEntry>, String) {
        let mut report = Report::default();
        let text = format!(
            "{},{}\n{row}\n",
            CapacityRow::REQUIRED.join(","),
            CapacityRow::OPTIONAL.join(",")
        );
        let rows = testing::rows(&text, &mut report);
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
    }

    #[test]
    fn an_empty_list_counts_every_good_and_blanks_mean_defaults() {
        let (capacities, said) = read_row("c,node:berlin,,10,20,0.5,3,x,,0.1,,");
        assert_eq!(said, "");
        let (_, capacity) = capacities.iter().next().unwrap();
        assert_eq!(capacity.commodities.len(), 2);
        let adaptation = capacity.adaptation.unwrap();
        assert_eq!((adaptation.rent_half, adaptation.decay), (None, Some(0.1)));
        assert_eq!((adaptation.cover, adaptation.entry), (None, None));
    }

    #[test]
    fn firms_enter_at_a_rate_of_zero_or_more() {
        let (capacities, said) = read_row("c,via:KZ,,10,20,0.5,3,x,,,,0.6");
        assert_eq!(said, "");
        let (_, capacity) = capacities.iter().next().unwrap();
        assert_eq!(capacity.adaptation.unwrap().entry, Some(0.6));
        assert_eq!(
            read_row("c,via:KZ,,10,20,0.5,3,x,,,,-0.6").1,
            "capacities.csv:2:28: `entry_per_year` must be zero or more, found `-0.6`"
        );
    }

    #[test]
    fn a_capacity_applies_to_a_link_a_node_papers_a_pair_or_a_route() {
        for target in [
            "link:west",
            "node:minsk",
            "via:KZ",
            "pair:by-plywood>de-plywood",
            "route:plywood-kz",
        ] {
            assert_eq!(read_row(&format!("c,{target},plywood,10,,,,x,,,,")).1, "");
        }
        assert_eq!(
            read_row("c,port:riga,,10,,,,x,,,,").1,
            "capacities.csv:2:3: a capacity cannot apply to a `port`"
        );
        assert_eq!(
            read_row("c,west,,10,,,,x,,,,").1,
            "capacities.csv:2:3: this does not say what the capacity applies to"
        );
        assert_eq!(
            read_row("c,pair:by-plywood,,10,,,,x,,,,").1,
            "capacities.csv:2:8: `by-plywood` is no pair"
        );
        assert_eq!(
            read_row("c,pair:by-plywod>de-plywod,,10,,,,x,,,,").1,
            "capacities.csv:2:8: unknown supply `by-plywod`\n\
             capacities.csv:2:18: unknown demand `de-plywod`"
        );
        assert_eq!(
            read_row("c,pair:by-plywood>de-pellets,,10,,,,x,,,,").1,
            "capacities.csv:2:8: `by-plywood` sells plywood, but `de-pellets` buys pellets"
        );
        assert_eq!(
            read_row("c,link:wst,,10,,,,x,,,,").1,
            "capacities.csv:2:8: unknown link `wst`"
        );
    }

    #[test]
    fn a_ceiling_is_no_lower_than_the_limit() {
        assert_eq!(
            read_row("c,link:west,,10,9,0.5,0,x,,,,").1,
            "capacities.csv:2:17: the ceiling 9 lies below the limit 10"
        );
    }

    #[test]
    fn adaptation_is_spelt_out_or_left_out() {
        assert_eq!(
            read_row("c,link:west,,10,20,,,x,,,,").1,
            "capacities.csv:2:20: `growth_per_month` is empty\n\
             capacities.csv:2:21: `dead_time_months` is empty"
        );
        assert_eq!(
            read_row("c,link:west,,10,,0.5,,x,,,1,2").1,
            "capacities.csv:2:18: `growth_per_month` means nothing without a ceiling\n\
             capacities.csv:2:27: `cover` means nothing without a ceiling\n\
             capacities.csv:2:29: `entry_per_year` means nothing without a ceiling"
        );
    }
}
