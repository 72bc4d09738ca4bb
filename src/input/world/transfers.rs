//! `transfers.csv`: the cost and time of moving goods from one mode, or ship, to another.

use serde::Deserialize;

use super::cell::CsvCell;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{ListedSources, TransferEntry, Transfers, class_names};
use super::named_rows::{self, NamedRow};
use super::ranges;
use crate::diagnostic::Report;
use crate::model::{CommodityIndex, NodeIndex, is_open_to};

/// A row of `transfers.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TransferRow {
    id: CsvCell,
    node: CsvCell,
    cargo: CsvCell,
    usd_per_t: CsvCell,
    days: CsvCell,
    source: CsvCell,
}

impl WireRow for TransferRow {
    const FILE: &'static str = "transfers.csv";
    const REQUIRED: &'static [&'static str] = &["id", "node", "cargo", "usd_per_t", "days", "source"];
}

impl NamedRow for TransferRow {
    const WHAT: &'static str = "transfer";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the transfers. The draft must hold nodes and goods by now. For each good at most one row of a node holds.
pub(super) fn read(
    rows: &CsvRows<TransferRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> Transfers {
    let mut holds: Vec<(NodeIndex, CommodityIndex, String)> = Vec::new();
    named_rows::read(rows, sources, report, |row, reader| {
        let node = reader.reference(&row.node, &draft.nodes);
        let cargo = reader.cargo_classes(&row.cargo);
        let usd_per_t = reader.number(&row.usd_per_t, ranges::TRANSFER_COST);
        let days = reader.number(&row.days, ranges::DAYS);
        let source = reader.source(&row.source);
        let (node, cargo) = (node?, cargo?);
        let classes = class_names(&cargo);
        for (good, entry) in draft.commodities.iter() {
            if !is_open_to(&classes, entry.cargo.as_deref()) {
                continue;
            }
            let earlier = holds.iter().find(|(at, of, _)| (*at, *of) == (node, good));
            if let Some((_, _, earlier)) = earlier {
                let (good, place) = (draft.commodities.id(good), &row.node.text);
                reader
                    .fault(
                        &row.node,
                        format!("`{earlier}` is a transfer of {good} at `{place}` too"),
                    )
                    .help("at a node one transfer holds for each good: list the cargo of each");
                return None;
            }
            holds.push((node, good, row.id.text.clone()));
        }
        Some(TransferEntry {
            node,
            cargo,
            usd_per_t: usd_per_t?,
            days: days?,
            source: source?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Example, messages};
    use super::*;

    fn said_of(rows: &str) -> String {
        let mut report = Report::default();
        let text = format!("{}\n{rows}\n", TransferRow::REQUIRED.join(","));
        let rows = testing::rows(&text, &mut report);
        read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        messages(&report)
    }

    #[test]
    fn every_cell_is_checked() {
        assert_eq!(
            said_of("t,mnsk,a b,-1,x,"),
            "transfers.csv:2:3: unknown node `mnsk`\n\
             transfers.csv:2:8: `a b` is not an id\n\
             transfers.csv:2:12: `usd_per_t` must be zero or more, found `-1`\n\
             transfers.csv:2:15: `days` is not a number: `x`\n\
             transfers.csv:2:17: `source` is empty"
        );
    }

    #[test]
    fn one_transfer_of_a_node_holds_for_each_good() {
        assert_eq!(said_of("a,minsk,,5,1,x\nb,almaty,,5,1,x"), "");
        assert_eq!(
            said_of("a,minsk,,5,1,x\nb,minsk,,5,1,x"),
            "transfers.csv:3:3: `a` is a transfer of plywood at `minsk` too"
        );
        let classes = Example::spelt_out()
            .patched("commodities.csv", "lot_t,source", "lot_t,source,cargo")
            .patched("commodities.csv", "20,Comtrade", "20,Comtrade,container")
            .patched("commodities.csv", "25,Comtrade", "25,Comtrade,bulk")
            .with(
                "transfers.csv",
                "id,node,cargo,usd_per_t,days,source\na,almaty,container,5,1,x\nb,almaty,bulk,9,2,x\n",
            );
        assert_eq!(classes.clone().world().transfers.len(), 2);
        let said = classes.patched("transfers.csv", "almaty,bulk", "almaty,").faults();
        assert!(said.contains("`a` is a transfer of plywood at `almaty` too"), "{said}");
    }

    #[test]
    fn a_route_pays_where_it_changes_its_mode_and_its_numbers_have_names() {
        let example = Example::spelt_out().with(
            "transfers.csv",
            "id,node,cargo,usd_per_t,days,source\nyard,almaty,,5,1.5,x\nstart,minsk,,7,0,x\n",
        );
        let on_route = |example: &Example| {
            let world = example.world();
            let transfers = world.routes.rows().iter().map(|route| route.transfers.len());
            (transfers.collect::<Vec<_>>(), world)
        };
        // By rail to Almaty and on by rail: nothing changes.
        assert_eq!(on_route(&example).0, [0, 0, 0, 0]);
        let by_road = example.patched("links.csv", "long,almaty,berlin,rail", "long,almaty,berlin,road");
        let (transfers, world) = on_route(&by_road);
        assert_eq!(transfers, [0, 0, 1, 0]);
        let value = |name: &str| world.numbers.get(world.numbers.find(name).unwrap()).value;
        assert_eq!(
            (value("transfer.yard.usd_per_t"), value("transfer.yard.days")),
            (5.0, 1.5)
        );
        let number = |name: &str| world.numbers.get(world.numbers.find(name).unwrap()).unit;
        assert_eq!(
            (number("transfer.yard.usd_per_t"), number("transfer.yard.days")),
            ("USD/t", "days")
        );
    }
}
