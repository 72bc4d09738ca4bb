//! The records of worlds, read once for all scenarios of a world.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Month;
use crate::observation::{ComparableRecord, GoodsOfSeries, comparable_records};
use crate::scenario::Scenario;

/// The records that results show beside simulated ones.
#[derive(Debug, Default)]
pub struct WorldRecords(Mutex<Known>);

/// By the digest of a world and the first month of a scenario.
type Known = BTreeMap<(String, Month), Arc<Vec<ComparableRecord>>>;

impl WorldRecords {
    /// The records of the world of a scenario, by series and month; of the rest of goods there are no books to lay them beside.
    pub fn of(&self, scenario: &Scenario) -> Arc<Vec<ComparableRecord>> {
        let (world, start) = (&scenario.world, scenario.horizon.start);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let records = known.entry((world.digest.clone(), start)).or_insert_with(|| {
            let mut records = comparable_records(world, start);
            records.retain(|record| record.key.goods != GoodsOfSeries::Rest);
            Arc::new(records)
        });
        records.clone()
    }

    /// The reporters, partners, flows and goods of their series, by their names in tables.
    pub fn series(&self, scenario: &Scenario) -> BTreeSet<[String; 4]> {
        let world = &scenario.world;
        let series = self.of(scenario);
        let names = series.iter().map(|ComparableRecord { key, .. }| {
            let names = [
                key.reporter.name(world),
                key.partner.name(world),
                key.flow.name(),
                key.goods_name(world),
            ];
            names.map(str::to_owned)
        });
        names.collect()
    }
}
