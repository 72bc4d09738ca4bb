//! A draft without faults becomes a world: rows out of scope are dropped, and every number gets its slot.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::WorldDraft;
use super::draft_table::DraftTable;
use super::entries::{AdaptationEntry, CapacityEntry, ExtraCost, RouteEntry, class_names};
use super::number_builder::{NumberBuilder, RowNumbers};
use super::ranges;
use crate::model::{
    Adaptation, Bottleneck, Capacity, CapacityIndex, Commodity, CommodityIndex, Demand, DemandIndex, Index,
    Jurisdiction, JurisdictionIndex, Kilometres, Link, LinkIndex, Mode, Node, NodeIndex, Observation, PriceIndex,
    Provenance, Route, RouteIndex, Share, Supply, SupplyIndex, Table, Tonnes, Transfer, TransferIndex, UsdPerTonne,
    World,
};

/// Makes the world of the commodities in scope (all where no scope is given). The digest and the provenance are left
/// empty.
pub(super) fn assemble(draft: &WorldDraft, scope: Option<&BTreeSet<String>>) -> World {
    let whole = WorldBuilder::new(draft, None).world();
    let Some(scope) = scope else { return whole };
    // The whole world is made as well, to name everything that the scope leaves out.
    let mut kept = WorldBuilder::new(draft, Some(scope)).world();
    let tables = names(&whole).into_iter().zip(names(&kept));
    kept.out_of_scope = tables.flat_map(|(whole, kept)| &whole - &kept).collect();
    kept
}

/// The ids of each table that scope touches, and the dotted names.
fn names(world: &World) -> [BTreeSet<String>; 6] {
    [
        world.commodities.rows().iter().map(|row| row.id.clone()).collect(),
        world.supplies.rows().iter().map(|row| row.id.clone()).collect(),
        world.demands.rows().iter().map(|row| row.id.clone()).collect(),
        world.routes.rows().iter().map(|row| row.id.clone()).collect(),
        world.capacities.rows().iter().map(|row| row.id.clone()).collect(),
        world.numbers.iter().map(|(_, number)| number.name.clone()).collect(),
    ]
}

/// The index in the world of each row that is kept, by its index in the draft.
struct ScopeMap<I>(BTreeMap<I, I>);

impl<I: Index> ScopeMap<I> {
    fn of<T>(table: &DraftTable<I, T>, is_kept: impl Fn(I, &T) -> bool) -> Self {
        let rows = table.iter().filter(|(index, entry)| is_kept(*index, entry));
        Self(rows.enumerate().map(|(row, (index, _))| (index, I::new(row))).collect())
    }

    fn get(&self, index: I) -> Option<I> {
        self.0.get(&index).copied()
    }
}

/// Builds a world table by table, and knows where the rows of the draft go in it.
struct WorldBuilder<'d> {
    draft: &'d WorldDraft,
    numbers: NumberBuilder,
    commodities: ScopeMap<CommodityIndex>,
    supplies: ScopeMap<SupplyIndex>,
    demands: ScopeMap<DemandIndex>,
    routes: ScopeMap<RouteIndex>,
}

impl<'d> WorldBuilder<'d> {
    fn new(draft: &'d WorldDraft, scope: Option<&BTreeSet<String>>) -> Self {
        let in_scope = |index| scope.is_none_or(|scope| scope.contains(draft.commodities.id(index)));
        Self {
            draft,
            numbers: NumberBuilder::default(),
            commodities: ScopeMap::of(&draft.commodities, |index, _| in_scope(index)),
            supplies: ScopeMap::of(&draft.supplies, |_, supply| in_scope(supply.commodity)),
            demands: ScopeMap::of(&draft.demands, |_, demand| in_scope(demand.commodity)),
            routes: ScopeMap::of(&draft.routes, |_, route| draft.commodity(route).is_some_and(in_scope)),
        }
    }

    fn world(mut self) -> World {
        World {
            jurisdictions: self.jurisdictions(),
            nodes: self.nodes(),
            mode_cost_index: Mode::ALL.map(|mode| self.numbers.mode_cost_index(mode)).to_vec(),
            links: self.links(),
            transfers: self.transfers(),
            commodities: self.commodities(),
            supplies: self.supplies(),
            demands: self.demands(),
            routes: self.routes(),
            capacities: self.capacities(),
            observed: self.observed(),
            price_index: self.price_index(),
            provenance: Provenance::default(),
            numbers: self.numbers.built.to_be_copied(),
            out_of_scope: BTreeSet::new(),
            digest: String::new(),
        }
    }

    fn jurisdictions(&self) -> Table<JurisdictionIndex, Jurisdiction> {
        let table = &self.draft.jurisdictions;
        let rows = table.iter().map(|(index, entry)| Jurisdiction {
            id: table.id(index).to_owned(),
            name: entry.name.clone(),
            blocs: entry.blocs.clone(),
            rest_of_world: entry.rest_of_world,
        });
        rows.collect()
    }

    fn nodes(&self) -> Table<NodeIndex, Node> {
        let table = &self.draft.nodes;
        let rows = table.iter().map(|(index, entry)| Node {
            id: table.id(index).to_owned(),
            name: entry.name.clone(),
            jurisdiction: entry.jurisdiction,
            kind: entry.kind,
            position: entry.position,
        });
        rows.collect()
    }

    fn links(&mut self) -> Table<LinkIndex, Link> {
        let table = &self.draft.links;
        let rows = table.iter().map(|(index, entry)| {
            let id = table.id(index);
            let mut numbers = self.numbers.row("link", id, &entry.source);
            Link {
                id: id.to_owned(),
                ends: entry.ends,
                mode: entry.mode,
                distance: Kilometres::new(entry.distance_km),
                freight: numbers.add("freight_usd_per_t", entry.freight, ranges::FREIGHT, "USD/t"),
                days: numbers.add("days", entry.days, ranges::DAYS, "days"),
                carriers: entry
                    .carriers
                    .iter()
                    .map(|&(haulier, share)| (haulier, Share::new(share)))
                    .collect(),
                cargo: class_names(&entry.cargo),
            }
        });
        rows.collect()
    }

    fn transfers(&mut self) -> Table<TransferIndex, Transfer> {
        let table = &self.draft.transfers;
        let rows = table.iter().map(|(index, entry)| {
            let id = table.id(index);
            let mut numbers = self.numbers.row("transfer", id, &entry.source);
            Transfer {
                id: id.to_owned(),
                node: entry.node,
                cargo: class_names(&entry.cargo),
                cost: numbers.add("usd_per_t", entry.usd_per_t, ranges::TRANSFER_COST, "USD/t"),
                days: numbers.add("days", entry.days, ranges::DAYS, "days"),
            }
        });
        rows.collect()
    }

    fn commodities(&mut self) -> Table<CommodityIndex, Commodity> {
        let table = &self.draft.commodities;
        let rows = table.iter().filter_map(|(index, entry)| {
            self.commodities.get(index)?;
            let id = table.id(index);
            let mut numbers = self.numbers.row("commodity", id, &entry.source);
            Some(Commodity {
                id: id.to_owned(),
                name: entry.name.clone(),
                price: UsdPerTonne::new(entry.price),
                route_choice: numbers.add("route_choice", entry.route_choice, ranges::ROUTE_CHOICE, ""),
                holding_rate: numbers.add(
                    "holding_rate_per_year",
                    entry.holding_rate,
                    ranges::HOLDING_RATE,
                    "per year",
                ),
                lot: Tonnes::new(entry.lot),
                cargo: entry.cargo.clone(),
            })
        });
        rows.collect()
    }

    fn supplies(&mut self) -> Table<SupplyIndex, Supply> {
        let table = &self.draft.supplies;
        let rows = table.iter().filter_map(|(index, entry)| {
            let commodity = self.commodities.get(entry.commodity)?;
            let id = table.id(index);
            let mut numbers = self.numbers.row("supply", id, &entry.source);
            Some(Supply {
                id: id.to_owned(),
                commodity,
                node: entry.node,
                price: UsdPerTonne::new(entry.price),
                elasticity: numbers.add("elasticity", entry.elasticity, ranges::ELASTICITY, ""),
            })
        });
        rows.collect()
    }

    fn demands(&mut self) -> Table<DemandIndex, Demand> {
        let table = &self.draft.demands;
        let rows = table.iter().filter_map(|(index, entry)| {
            let commodity = self.commodities.get(entry.commodity)?;
            let id = table.id(index);
            let mut numbers = self.numbers.row("demand", id, &entry.source);
            let elasticity = numbers.add("elasticity", entry.elasticity, ranges::ELASTICITY, "");
            let choke = entry
                .choke
                .map(|choke| numbers.add("choke", choke, ranges::CHOKE, "baseline prices"));
            Some(Demand {
                id: id.to_owned(),
                commodity,
                node: entry.node,
                price: UsdPerTonne::new(entry.price),
                elasticity,
                choke,
            })
        });
        rows.collect()
    }

    fn routes(&mut self) -> Table<RouteIndex, Route> {
        let table = &self.draft.routes;
        let rows = table.iter().filter_map(|(index, entry)| {
            self.routes.get(index)?;
            self.route(table.id(index), entry)
        });
        rows.collect()
    }

    fn route(&mut self, id: &str, entry: &RouteEntry) -> Option<Route> {
        let extra_cost = match entry.extra_cost {
            ExtraCost::Own(cost) => self.numbers.row("route", id, &entry.source).extra_cost(cost),
            ExtraCost::OfCorridor(position) => {
                let corridor = &self.draft.corridors[position];
                self.numbers.corridor_extra_cost(corridor.id.as_deref()?, corridor)
            }
        };
        let mut numbers = self.numbers.row("route", id, &entry.source);
        Some(Route {
            id: id.to_owned(),
            supply: self.supplies.get(entry.supply)?,
            demand: self.demands.get(entry.demand)?,
            kind: entry.kind,
            via: entry.via,
            consignor: entry.consignor,
            links: entry.links.clone(),
            nodes: entry.nodes.clone(),
            transfers: self.draft.transfers_on(entry),
            baseline: Tonnes::new(entry.baseline),
            potential: numbers.add("potential_t_per_month", entry.potential, ranges::POTENTIAL, "t/month"),
            extra_cost,
        })
    }

    fn capacities(&mut self) -> Table<CapacityIndex, Capacity> {
        let table = &self.draft.capacities;
        let rows = table
            .iter()
            .filter_map(|(index, entry)| self.capacity(table.id(index), entry));
        rows.collect()
    }

    /// Observations of goods in scope, and of all goods.
    fn observed(&self) -> Vec<Observation> {
        let rows = self.draft.observed.iter().filter_map(|entry| {
            let commodity = match entry.commodity {
                Some(commodity) => Some(self.commodities.get(commodity)?),
                None => None,
            };
            Some(Observation {
                reporter: entry.reporter.clone(),
                partner: entry.partner.clone(),
                flow: entry.flow,
                commodity,
                period: entry.period,
                value: entry.value,
                unit: entry.unit,
                source: entry.source.clone(),
            })
        });
        rows.collect()
    }

    fn price_index(&self) -> Vec<PriceIndex> {
        let rows = self.draft.price_index.iter().map(|entry| PriceIndex {
            reporter: entry.reporter.clone(),
            flow: entry.flow,
            year: entry.year,
            value: entry.value,
            source: entry.source.clone(),
        });
        rows.collect()
    }

    /// None for a capacity that counts nothing in scope.
    fn capacity(&mut self, id: &str, entry: &CapacityEntry) -> Option<Capacity> {
        let counted = entry
            .commodities
            .iter()
            .filter_map(|&commodity| self.commodities.get(commodity));
        let commodities: Vec<CommodityIndex> = counted.collect();
        if commodities.is_empty() {
            return None;
        }
        // Nodes, links and jurisdictions are all kept, so only routes and their ends are numbered anew.
        let bottleneck = match entry.bottleneck {
            Bottleneck::Route(route) => Bottleneck::Route(self.routes.get(route)?),
            Bottleneck::Pair(supply, demand) => Bottleneck::Pair(self.supplies.get(supply)?, self.demands.get(demand)?),
            other => other,
        };
        let mut numbers = self.numbers.row("capacity", id, &entry.source);
        Some(Capacity {
            id: id.to_owned(),
            bottleneck,
            commodities,
            limit: numbers.add("limit_t_per_month", entry.limit, ranges::CAPACITY, "t/month"),
            adaptation: entry.adaptation.map(|adaptation| adapt(&adaptation, &mut numbers)),
        })
    }
}

/// The numbers of an adaptive capacity, defaults where cells are blank.
fn adapt(entry: &AdaptationEntry, numbers: &mut RowNumbers) -> Adaptation {
    Adaptation {
        ceiling: numbers.add("ceiling_t_per_month", entry.ceiling, ranges::CAPACITY, "t/month"),
        growth: numbers.add("growth_per_month", entry.growth, ranges::GROWTH, "per month"),
        dead_time: numbers.add("dead_time_months", entry.dead_time, ranges::DEAD_TIME, "months"),
        rent_half: numbers.add_or("rent_half", entry.rent_half, 0.3, ranges::RENT_HALF, "reference prices"),
        decay: numbers.add_or("decay_per_month", entry.decay, 0.05, ranges::DECAY, "per month"),
        cover: numbers.add_or("cover", entry.cover, 0.0, ranges::COVER, ""),
        entry: numbers.add_or("entry_per_year", entry.entry, 0.0, ranges::ENTRY, "per year"),
    }
}
