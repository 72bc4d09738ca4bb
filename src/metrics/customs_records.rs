//! Flows as traders see them, and as customs offices record them.

use std::collections::BTreeMap;

use super::goods::Goods;
use super::sparse_sums::{KeyedSums, ScaledSum, SharedSums};
use crate::model::{CommodityIndex, DemandIndex, Flow, JurisdictionIndex, RouteKind, SupplyIndex};
use crate::simulation::Plan;

/// The key of a row of `flows.csv`: commodity, supply, demand, kind, papers.
pub type FlowKey = (
    CommodityIndex,
    SupplyIndex,
    DemandIndex,
    RouteKind,
    Option<JurisdictionIndex>,
);

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

/// Routes grouped by the customs records they create, of jurisdictions and of blocs, by good and for all goods; those that are
/// kept.
pub fn customs_record_sums(
    plan: &Plan,
    is_kept: impl Fn(&CustomsRecordKey) -> bool,
    shared: &mut SharedSums,
) -> Vec<(CustomsRecordKey, ScaledSum)> {
    let world = plan.world();
    // A route may enter a bloc's book through several of its records, but counts once in each.
    let mut entries: BTreeMap<CustomsRecordKey, BTreeMap<usize, f64>> = BTreeMap::new();
    for (number, route) in world.routes.rows().iter().enumerate() {
        let facts = &plan.routes[number];
        for book in world.books(route) {
            for reporter in parties(plan, book.reporter) {
                for partner in parties(plan, book.partner) {
                    // Sums in dollars carry the price as their weight, so that all goods can be added up.
                    let goods = [
                        (Goods::One(facts.commodity), 1.0),
                        (Goods::AllTonnes, 1.0),
                        (Goods::AllDollars, facts.price.get()),
                    ];
                    for (goods, weight) in goods {
                        let key = (reporter.clone(), partner.clone(), book.flow, goods);
                        if is_kept(&key) {
                            entries.entry(key).or_default().insert(number, weight);
                        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{model, routes_in};

    #[test]
    fn each_kind_of_route_enters_the_records_of_those_who_see_its_papers() {
        let plan = model("").plan;
        let mut shared = SharedSums::default();
        let records = customs_record_sums(&plan, |_| true, &mut shared);
        let sums = shared.finish();
        let routes = |reporter: &str, partner: &str, flow| {
            let key = (reporter.to_owned(), partner.to_owned(), flow, Goods::AllTonnes);
            let record = records.iter().find(|(known, _)| *known == key);
            record.map_or(Vec::new(), |(_, sum)| routes_in(&plan, &sums, sum.place))
        };
        // Genuine trade, the ghost that is said to go there, and the first half of a re-export.
        assert_eq!(
            routes("SEL", "HUB", Flow::Export),
            ["grain-ghost", "grain-hub", "ore-reexport"]
        );
        // A ghost never arrives, and relabelled goods come from nowhere.
        assert_eq!(routes("HUB", "SEL", Flow::Import), ["grain-hub", "ore-reexport"]);
        assert_eq!(routes("BUY", "HUB", Flow::Import), ["grain-relabel", "ore-reexport"]);
        assert_eq!(routes("HUB", "BUY", Flow::Export), ["ore-reexport"]);
        let from_seller = [
            "grain-ghost",
            "grain-rail",
            "grain-sea",
            "ore-quay",
            "ore-rail",
            "timber-rail",
        ];
        assert_eq!(routes("BUY", "SEL", Flow::Import), from_seller);
        assert_eq!(
            routes("UNION", "SEL", Flow::Import),
            from_seller,
            "a bloc records for its members"
        );
        assert_eq!(routes("MEM", "SEL", Flow::Import), [""; 0]);
    }

    #[test]
    fn all_goods_are_summed_in_tonnes_and_at_reference_prices() {
        let plan = model("").plan;
        let mut shared = SharedSums::default();
        let records = customs_record_sums(&plan, |_| true, &mut shared);
        let sum = |goods| {
            let key = ("SEL".to_owned(), "HUB".to_owned(), Flow::Export, goods);
            records.iter().find(|(known, _)| *known == key).unwrap().1
        };
        let (tonnes, dollars) = (sum(Goods::AllTonnes), sum(Goods::AllDollars));
        // All goods cost 200 USD/t: one sum serves both.
        assert_eq!(
            (tonnes.place, tonnes.factor, dollars.factor),
            (dollars.place, 1.0, 200.0)
        );
    }
}
