//! `demands.csv`: the buyers of each good, with their nodes and prices.

use serde::Deserialize;

use super::cell::CsvCell;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{DemandEntry, Demands, ListedSources};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;

/// A row of `demands.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DemandRow {
    id: CsvCell,
    commodity: CsvCell,
    node: CsvCell,
    price_usd_per_t: CsvCell,
    elasticity: CsvCell,
    choke: CsvCell,
    source: CsvCell,
}

impl WireRow for DemandRow {
    const FILE: &'static str = "demands.csv";
    const REQUIRED: &'static [&'static str] = &["id", "commodity", "node", "price_usd_per_t", "elasticity", "source"];
    const OPTIONAL: &'static [&'static str] = &["choke"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for DemandRow {
    const WHAT: &'static str = "demand";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the buyers.
pub(super) fn read(
    rows: &CsvRows<DemandRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Demands {
    named_rows::read(rows, sources, report, |row, reader| {
        let commodity = reader.reference(&row.commodity, &draft.commodities);
        let node = reader.reference(&row.node, &draft.nodes);
        let price = reader.number(&row.price_usd_per_t, ranges::PRICE);
        let elasticity = reader.number(&row.elasticity, ranges::ELASTICITY);
        let choke = reader.number_or_blank(&row.choke, ranges::CHOKE);
        let source = reader.source(&row.source);
        Some(DemandEntry {
            commodity: commodity?,
            node: node?,
            price: price?,
            elasticity: elasticity?,
            choke: choke?,
            source: source?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Demands, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
    }

    #[test]
    fn a_choke_is_a_multiple_above_one() {
        let header = DemandRow::REQUIRED.join(",");
        let (demands, said) = read_text(&format!(
            "{header},choke\na,plywood,minsk,1,1,x,2.5\nb,plywood,minsk,1,1,x,\nc,plywood,minsk,1,1,x,1\n"
        ));
        assert_eq!(said, "demands.csv:4:23: `choke` must be above one, found `1`");
        let chokes: Vec<_> = demands.iter().map(|(_, demand)| demand.choke).collect();
        assert_eq!(chokes, [Some(2.5), None]);
    }
}
