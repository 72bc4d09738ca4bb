//! `commodities.csv`: the goods.

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::entries::{Commodities, CommodityEntry, ListedSources};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;

/// A row of `commodities.csv`. Its tariff heading `hs` is for readers; the model does not need it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CommodityRow {
    id: CsvCell,
    name: CsvCell,
    price_usd_per_t: CsvCell,
    route_choice: CsvCell,
    holding_rate_per_year: CsvCell,
    lot_t: CsvCell,
    cargo: CsvCell,
    source: CsvCell,
}

impl WireRow for CommodityRow {
    const FILE: &'static str = "commodities.csv";
    const REQUIRED: &'static [&'static str] = &[
        "id",
        "name",
        "hs",
        "price_usd_per_t",
        "route_choice",
        "holding_rate_per_year",
        "lot_t",
        "source",
    ];
    const OPTIONAL: &'static [&'static str] = &["cargo"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for CommodityRow {
    const WHAT: &'static str = "commodity";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the goods.
pub(super) fn read(rows: &CsvRows<CommodityRow>, sources: &ListedSources, report: &mut Report) -> Commodities {
    named_rows::read(rows, sources, report, |row, reader| {
        let name = reader.text(&row.name);
        let price = reader.number(&row.price_usd_per_t, ranges::PRICE);
        let route_choice = reader.number(&row.route_choice, ranges::ROUTE_CHOICE);
        let holding_rate = reader.number(&row.holding_rate_per_year, ranges::HOLDING_RATE);
        let lot = reader.number(&row.lot_t, ranges::LOT);
        let cargo = cargo(&row.cargo, reader);
        let source = reader.source(&row.source);
        Some(CommodityEntry {
            name: name?,
            price: price?,
            route_choice: route_choice?,
            holding_rate: holding_rate?,
            lot: lot?,
            cargo: cargo?,
            source: source?,
        })
    })
}

/// The cargo class, which may be blank; the outer option is none after a fault.
fn cargo(cell: &CsvCell, reader: &mut CellReader) -> Option<Option<String>> {
    if cell.is_blank() {
        return Some(None);
    }
    reader.id(cell).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(row: &str) -> (Commodities, String) {
        let mut report = Report::default();
        let header = CommodityRow::REQUIRED.join(",");
        let rows = testing::rows(&format!("{header}\n{row}\n"), &mut report);
        let commodities = read(&rows, &ListedSources::default(), &mut report);
        (commodities, messages(&report))
    }

    #[test]
    fn route_choice_and_holding_cost_are_in_money() {
        let (commodities, said) = read_text("coal,Coal,2701,100,20,0.365,50,x");
        assert_eq!(said, "");
        let (_, coal) = commodities.iter().next().unwrap();
        let coal = coal.transported();
        assert_eq!([coal.theta(), coal.holding_per_day()], [0.2, 0.1]);
    }

    #[test]
    fn prices_choices_and_lots_are_above_zero() {
        let (_, said) = read_text("coal,Coal,,0,-1,-0.1,NaN,x");
        assert_eq!(
            said,
            "commodities.csv:2:12: `price_usd_per_t` must be above zero, found `0`\n\
             commodities.csv:2:14: `route_choice` must be above zero, found `-1`\n\
             commodities.csv:2:17: `holding_rate_per_year` must be zero or more, found `-0.1`\n\
             commodities.csv:2:22: `lot_t` must be a finite number, found `NaN`"
        );
    }
}
