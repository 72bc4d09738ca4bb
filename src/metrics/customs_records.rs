//! RouteFlows as traders see them, and as customs offices record them.

use std::collections::BTreeMap;

use super::goods::Goods;
use super::sparse_sums::{KeyedSums, ScaledSum, SharedSums};
use crate::model::{Flow, JurisdictionIndex, RouteKind};
use crate::simulation::Plan;

/// The key of a row of `flows.csv`: commodity, supply, demand by row number, kind, papers.
pub type FlowKey = (usize, usize, usize, RouteKind, Option<JurisdictionIndex>);

/// Routes grouped by what `flows.csv` tells apart.
pub fn flow_sums(plan: &Plan, shared: &mut SharedSums) -> Vec<(FlowKey, ScaledSum)> {
    let mut groups = KeyedSums::default();
    for (number, route) in plan.routes.iter().enumerate() {
        groups.add(
            (route.commodity, route.supply, route.demand, route.kind, route.via),
            number,
            1.0,
        );
    }
    groups.finish(shared)
}

/// The key of a row of `books.csv`.
pub type CustomsRecordKey = (String, String, Flow, Goods);

/// Routes grouped by the customs records they create, of jurisdictions and of blocs, by good and for all goods.
pub fn customs_record_sums(plan: &Plan, shared: &mut SharedSums) -> Vec<(CustomsRecordKey, ScaledSum)> {
    let world = plan.world();
    // A route may enter a bloc's book through several of its records, but counts once in each.
    let mut entries: BTreeMap<CustomsRecordKey, BTreeMap<usize, f64>> = BTreeMap::new();
    for (number, route) in world.routes.rows().iter().enumerate() {
        let facts = &plan.routes[number];
        for book in world.books(route) {
            for reporter in parties(plan, book.reporter) {
                for partner in parties(plan, book.partner) {
                    let goods = [
                        (Goods::One(facts.commodity), 1.0),
                        (Goods::AllTonnes, 1.0),
                        (Goods::AllDollars, facts.price),
                    ];
                    for (goods, weight) in goods {
                        let key = (reporter.clone(), partner.clone(), book.flow, goods);
                        entries.entry(key).or_default().insert(number, weight);
                    }
                }
            }
        }
    }
    let placed =
        |(key, routes): (CustomsRecordKey, BTreeMap<usize, f64>)| (key, shared.place(routes.into_iter().collect()));
    entries.into_iter().map(placed).collect()
}

/// A jurisdiction under its own name and under those of its blocs.
fn parties(plan: &Plan, jurisdiction: JurisdictionIndex) -> Vec<String> {
    let row = &plan.world().jurisdictions[jurisdiction];
    std::iter::once(row.id.clone())
        .chain(row.blocs.iter().cloned())
        .collect()
}
