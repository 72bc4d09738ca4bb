//! The baseline value of a world by the sources of its flows.

use std::collections::BTreeMap;

use crate::model::{CommodityIndex, SourceIndex, Status, TableSources, Usd, World};

/// Amounts by the status of their source. The key is none for sources without a status.
pub type Statuses<T> = BTreeMap<Option<Status>, T>;

/// The value of baseline flows, a month at reference prices, by commodity and by the source of the flow.
pub fn baseline_value(world: &World) -> BTreeMap<(CommodityIndex, SourceIndex), Usd> {
    let mut value = BTreeMap::new();
    for (index, route) in world.routes.iter().filter(|(_, route)| !route.is_latent()) {
        let commodity = world.commodity(route);
        let source = world.provenance.baseline[crate::model::Index::row(index)];
        *value.entry((commodity, source)).or_default() += route.baseline * world.commodities[commodity].price;
    }
    value
}

/// How many rows of a table rest on each status.
pub fn rows_by_status(world: &World, table: &TableSources) -> Statuses<usize> {
    let mut counts = BTreeMap::new();
    for (&source, rows) in &table.rows {
        *counts.entry(world.provenance.sources[source].status).or_insert(0) += rows;
    }
    counts
}
