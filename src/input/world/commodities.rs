//! `commodities.csv`: the goods.

use serde::Deserialize;

use super::cell::Cell;
use super::reading::Sources;
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{CommodityIndex, Domain};
use crate::network::TransportedGood;

/// A row of `commodities.csv`. Its tariff heading `hs` is for readers; the model does not need it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CommodityRow {
    id: Cell,
    name: Cell,
    price_usd_per_t: Cell,
    route_choice: Cell,
    holding_rate_per_year: Cell,
    lot_t: Cell,
    source: Cell,
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
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for CommodityRow {
    const WHAT: &'static str = "commodity";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its good.
#[derive(Debug)]
pub(super) struct CommodityEntry {
    pub name: String,
    /// Reference price, USD per tonne.
    pub price: f64,
    /// Elasticity of the choice between routes.
    pub route_choice: f64,
    /// Share of value per year.
    pub holding_rate: f64,
    /// Tonnes per shipment.
    pub lot: f64,
    pub source: String,
}

impl CommodityEntry {
    /// The numbers that decide what its transport costs and how it is split over routes.
    pub fn transported(&self) -> TransportedGood {
        TransportedGood {
            reference_price: self.price,
            route_choice: self.route_choice,
            holding_rate: self.holding_rate,
        }
    }
}

/// The goods of a world.
pub(super) type Commodities = Register<CommodityIndex, CommodityEntry>;

/// Reads the goods.
pub(super) fn read(rows: &Rows<CommodityRow>, sources: &Sources, report: &mut Report) -> Commodities {
    Register::read(rows, sources, report, |row, reading| {
        let name = reading.text(&row.name);
        let price = reading.number(&row.price_usd_per_t, Domain::Positive);
        let route_choice = reading.number(&row.route_choice, Domain::Positive);
        let holding_rate = reading.number(&row.holding_rate_per_year, Domain::NonNegative);
        let lot = reading.number(&row.lot_t, Domain::Positive);
        let source = reading.source(&row.source);
        Some(CommodityEntry {
            name: name?,
            price: price?,
            route_choice: route_choice?,
            holding_rate: holding_rate?,
            lot: lot?,
            source: source?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(row: &str) -> (Commodities, String) {
        let mut report = Report::default();
        let header = CommodityRow::REQUIRED.join(",");
        let rows = testing::rows(&format!("{header}\n{row}\n"), &mut report);
        let commodities = read(&rows, &Sources::default(), &mut report);
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
