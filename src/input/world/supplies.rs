//! `supplies.csv`: the sellers of each good, with their nodes and prices.

use serde::Deserialize;

use super::cell::CsvCell;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ListedSources, Supplies, SupplyEntry};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;

/// A row of `supplies.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SupplyRow {
    id: CsvCell,
    commodity: CsvCell,
    node: CsvCell,
    price_usd_per_t: CsvCell,
    elasticity: CsvCell,
    source: CsvCell,
}

impl WireRow for SupplyRow {
    const FILE: &'static str = "supplies.csv";
    const REQUIRED: &'static [&'static str] = &["id", "commodity", "node", "price_usd_per_t", "elasticity", "source"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for SupplyRow {
    const WHAT: &'static str = "supply";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the sellers.
pub(super) fn read(
    rows: &CsvRows<SupplyRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Supplies {
    named_rows::read(rows, sources, report, |row, reader| {
        let commodity = reader.reference(&row.commodity, &draft.commodities);
        let node = reader.reference(&row.node, &draft.nodes);
        let price = reader.number(&row.price_usd_per_t, ranges::PRICE);
        let elasticity = reader.number(&row.elasticity, ranges::ELASTICITY);
        let source = reader.source(&row.source);
        Some(SupplyEntry {
            commodity: commodity?,
            node: node?,
            price: price?,
            elasticity: elasticity?,
            source: source?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Supplies, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let table = read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        (table, messages(&report))
    }

    #[test]
    fn every_cell_is_checked() {
        let header = SupplyRow::REQUIRED.join(",");
        let (_, said) = read_text(&format!("{header}\ns,plywoods,minks,x,0,x\n"));
        assert_eq!(
            said,
            "supplies.csv:2:3: unknown commodity `plywoods`\n\
             supplies.csv:2:12: unknown node `minks`\n\
             supplies.csv:2:18: `price_usd_per_t` is not a number: `x`\n\
             supplies.csv:2:20: `elasticity` must be above zero, found `0`"
        );
    }
}
