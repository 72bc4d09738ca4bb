//! `demands.csv`: who buys what, where, and at what price.

use serde::Deserialize;

use super::cell::Cell;
use super::draft::Draft;
use super::reading::Sources;
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::{CommodityIndex, DemandIndex, Domain, NodeIndex};

/// A row of `demands.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DemandRow {
    id: Cell,
    commodity: Cell,
    node: Cell,
    price_usd_per_t: Cell,
    elasticity: Cell,
    choke: Cell,
    source: Cell,
}

impl WireRow for DemandRow {
    const FILE: &'static str = "demands.csv";
    const REQUIRED: &'static [&'static str] = &["id", "commodity", "node", "price_usd_per_t", "elasticity", "source"];
    const OPTIONAL: &'static [&'static str] = &["choke"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for DemandRow {
    const WHAT: &'static str = "demand";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its buyers.
#[derive(Debug)]
pub(super) struct DemandEntry {
    pub commodity: CommodityIndex,
    pub node: NodeIndex,
    /// USD per tonne at the node.
    pub price: f64,
    pub elasticity: f64,
    /// Multiple of the price.
    pub choke: Option<f64>,
    pub source: String,
}

/// The buyers of a world.
pub(super) type Demands = Register<DemandIndex, DemandEntry>;

/// Reads the buyers.
pub(super) fn read(rows: &Rows<DemandRow>, draft: &Draft, sources: &Sources, report: &mut Report) -> Demands {
    Register::read(rows, sources, report, |row, reading| {
        let commodity = reading.reference(&row.commodity, &draft.commodities);
        let node = reading.reference(&row.node, &draft.nodes);
        let price = reading.number(&row.price_usd_per_t, Domain::Positive);
        let elasticity = reading.number(&row.elasticity, Domain::Positive);
        let choke = reading.number_or_blank(&row.choke, Domain::AboveOne);
        let source = reading.source(&row.source);
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
        let register = read(&rows, &testing::draft(), &Sources::default(), &mut report);
        (register, messages(&report))
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
