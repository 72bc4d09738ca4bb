//! Turning the entries of series into [`Trade`]: ids become rows of the world.

use super::leaves::IdOrList;
use super::resolve::{Resolver, text};
use super::sections::{BookTable, FlowTable, PlacedEntry, SeriesEntry, ThroughputTable};
use crate::diagnostic::{Report, Severity};
use crate::input::scenario::leaves::Reference;
use crate::input::scenario::lookup::{self, References};
use crate::input::scenario::wire::{Field, Placed};
use crate::model::{CommodityIndex, Index, Jurisdiction, Party, Table, Trade, TradeSeries, World};

impl Resolver<'_> {
    /// Reads a series. None if anything in it is at fault.
    pub(super) fn one_series(&mut self, entry: &PlacedEntry<SeriesEntry>) -> Option<TradeSeries> {
        let SeriesEntry {
            id,
            unit,
            book,
            flow,
            throughput,
        } = &entry.keys;
        let given = [!book.is_absent(), !flow.is_absent(), !throughput.is_absent()];
        if given.iter().filter(|given| **given).count() != 1 {
            self.report
                .fault(entry.header.clone(), "a series adds up one kind of trade")
                .help("give exactly one of book, flow, throughput");
            return None;
        }
        let trade = match (book.given(), flow.given(), throughput.given()) {
            (Some(book), _, _) => self.book(&book.value),
            (_, Some(flow), _) => self.flow(&flow.value),
            (_, _, Some(throughput)) => self.throughput(&throughput.value),
            _ => None,
        };
        Some(TradeSeries {
            id: text(id)?,
            trade: trade?,
            unit: unit.given()?.value,
        })
    }

    fn book(&mut self, book: &BookTable) -> Option<Trade> {
        let reporters = self.parties(&book.reporter);
        let partners = self.parties(&book.partner);
        let commodities = self.commodities(&book.commodities);
        Some(Trade::Book {
            reporters: reporters?,
            partners: partners?,
            flow: book.flow.given()?.value,
            commodities: commodities?,
        })
    }

    fn flow(&mut self, flow: &FlowTable) -> Option<Trade> {
        let world = self.world;
        let supplies = self.rows("supply", &world.supplies, |row| &row.id, &flow.supplies);
        let demands = self.rows("demand", &world.demands, |row| &row.id, &flow.demands);
        let vias = self.rows("jurisdiction", &world.jurisdictions, |row| &row.id, &flow.vias);
        let commodities = self.commodities(&flow.commodities);
        let kinds = match &flow.kinds {
            Field::Absent => Vec::new(),
            Field::Faulty => return None,
            Field::Given(list) => list.value.iter().map(|kind| kind.value).collect(),
        };
        Some(Trade::Flow {
            supplies: supplies?,
            demands: demands?,
            kinds,
            vias: vias?,
            commodities: commodities?,
        })
    }

    fn throughput(&mut self, throughput: &ThroughputTable) -> Option<Trade> {
        let world = self.world;
        let supplies = self.rows("supply", &world.supplies, |row| &row.id, &throughput.supplies);
        let commodities = self.commodities(&throughput.commodities);
        let places = throughput.places.given()?;
        let (mut nodes, mut links) = (Vec::new(), Vec::new());
        // Every unknown place is reported before the series is refused.
        let before = self.faults();
        for id in &places.value {
            let node = world.nodes.position(|row| row.id == id.value.0);
            let link = world.links.position(|row| row.id == id.value.0);
            match (node, link) {
                (Some(node), _) => nodes.push(node),
                (_, Some(link)) => links.push(link),
                _ => {
                    let nodes = world.nodes.rows().iter().map(|row| row.id.as_str());
                    let known = nodes.chain(world.links.rows().iter().map(|row| row.id.as_str()));
                    lookup::report_unknown("node or link", id, known, self.report);
                }
            }
        }
        if places.value.is_empty() {
            self.report
                .fault(places.place.clone(), "this list is empty")
                .help("name at least one node or link");
        }
        Some(Trade::Throughput {
            nodes,
            links,
            supplies: supplies?,
            commodities: commodities?,
        })
        .filter(|_| self.faults() == before)
    }

    fn faults(&self) -> usize {
        self.report.count(Severity::Fault)
    }

    /// Rows by id. An absent or empty list means any row, and gives no rows.
    fn rows<I: Index, T>(
        &mut self,
        what: &str,
        table: &Table<I, T>,
        id_of: impl Fn(&T) -> &String,
        list: &References,
    ) -> Option<Vec<I>> {
        if list.is_absent() || list.given().is_some_and(|list| list.value.is_empty()) {
            return Some(Vec::new());
        }
        lookup::rows(what, table, id_of, list, self.report)
    }

    /// Commodities by id; none listed means any. One that the scope leaves out is a fault: the sum would miss it.
    fn commodities(&mut self, list: &References) -> Option<Vec<CommodityIndex>> {
        let list = match list {
            Field::Absent => return Some(Vec::new()),
            Field::Faulty => return None,
            Field::Given(list) => &list.value,
        };
        let mut found = Vec::new();
        for id in list {
            match lookup::commodity(self.world, id, self.report) {
                Some(Some(commodity)) if !found.contains(&commodity) => found.push(commodity),
                Some(None) => {
                    self.report
                        .fault(
                            id.place.clone(),
                            format!("the scenario's [scope] leaves out `{}`", id.value.0),
                        )
                        .help("facts are about all the goods that they name");
                }
                _ => {}
            }
        }
        (found.len() == list.len()).then_some(found)
    }

    /// Reporters or partners, no two of which may overlap: a bloc and its member would be counted twice.
    fn parties(&mut self, list: &Field<IdOrList>) -> Option<Vec<Party>> {
        let list = &list.given()?.value.0;
        let mut parties: Vec<Party> = Vec::new();
        for id in list {
            let Some(party) = party(self.world, id, self.report) else {
                continue;
            };
            let members = party.members(self.world);
            let overlaps = |other: &&Party| {
                let others = other.members(self.world);
                members.iter().any(|member| others.contains(member))
            };
            if let Some(other) = parties.iter().find(overlaps) {
                let message = format!("`{}` and `{}` overlap", other.name(self.world), id.value.0);
                self.report
                    .fault(id.place.clone(), message)
                    .help("their records would be counted twice");
                continue;
            }
            parties.push(party);
        }
        (parties.len() == list.len()).then_some(parties)
    }
}

fn party(world: &World, id: &Placed<Reference>, report: &mut Report) -> Option<Party> {
    let members = lookup::members(world, id, report)?;
    let is_jurisdiction = |row: &Jurisdiction| row.id == id.value.0;
    Some(match members.as_slice() {
        [one] if is_jurisdiction(&world.jurisdictions[*one]) => Party::Jurisdiction(*one),
        _ => Party::Bloc(id.value.0.clone()),
    })
}
