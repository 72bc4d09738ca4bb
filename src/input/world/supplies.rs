//! `supplies.csv`: who sells what, where, and at what price.

use serde::Deserialize;

use super::cell::Cell;
use super::draft::Draft;
use super::reading::Sources;
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{CommodityIndex, Domain, NodeIndex, SupplyIndex};

/// A row of `supplies.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SupplyRow {
    id: Cell,
    commodity: Cell,
    node: Cell,
    price_usd_per_t: Cell,
    elasticity: Cell,
    source: Cell,
}

impl WireRow for SupplyRow {
    const FILE: &'static str = "supplies.csv";
    const REQUIRED: &'static [&'static str] = &["id", "commodity", "node", "price_usd_per_t", "elasticity", "source"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for SupplyRow {
    const WHAT: &'static str = "supply";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its sellers.
#[derive(Debug)]
pub(super) struct SupplyEntry {
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// USD per tonne at the node.
    pub price: f64,
    pub elasticity: f64,
    pub source: String,
}

/// The sellers of a world.
pub(super) type Supplies = Register<SupplyIndex, SupplyEntry>;

/// Reads the sellers.
pub(super) fn read(rows: &Rows<SupplyRow>, draft: &Draft, sources: &Sources, report: &mut Report) -> Supplies {
    Register::read(rows, sources, report, |row, reading| {
        let commodity = reading.reference(&row.commodity, &draft.commodities);
        let node = reading.reference(&row.node, &draft.nodes);
        let price = reading.number(&row.price_usd_per_t, Domain::Positive);
        let elasticity = reading.number(&row.elasticity, Domain::Positive);
        let source = reading.source(&row.source);
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
        let register = read(&rows, &testing::draft(), &Sources::default(), &mut report);
        (register, messages(&report))
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
