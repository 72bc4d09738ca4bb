//! Flows as traders see them, and as customs offices record them.

use std::collections::BTreeMap;

use super::groups::{Keyed, Scaled, SharedGroups};
use super::plan::Plan;
use crate::model::{Flow, JurisdictionIndex, RouteKind};

/// The key of a row of `flows.csv`: commodity, supply, demand by row number, kind, papers.
pub type FlowKey = (usize, usize, usize, RouteKind, Option<JurisdictionIndex>);

/// Routes grouped by what `flows.csv` tells apart.
pub fn flow_groups(plan: &Plan, shared: &mut SharedGroups) -> Vec<(FlowKey, Scaled)> {
    let mut groups = Keyed::default();
    for (number, route) in plan.routes.iter().enumerate() {
        groups.add(
            (route.commodity, route.supply, route.demand, route.kind, route.via),
            number,
            1.0,
        );
    }
    groups.finish(shared)
}

/// A reporter or partner of customs statistics.
pub type Party = String;

/// The goods of a row of `books.csv`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BookGoods {
    One(usize),
    /// All goods, in tonnes.
    AllTonnes,
    /// All goods, in dollars at reference prices.
    AllDollars,
}

/// The key of a row of `books.csv`.
pub type BookKey = (Party, Party, Flow, BookGoods);

/// Routes grouped by the customs records they create, of jurisdictions and of blocs, by good and for all goods.
pub fn book_groups(plan: &Plan, shared: &mut SharedGroups) -> Vec<(BookKey, Scaled)> {
    let world = plan.world();
    // A route may enter a bloc's book through several of its records, but counts once in each.
    let mut entries: BTreeMap<BookKey, BTreeMap<usize, f64>> = BTreeMap::new();
    for (number, route) in world.routes.rows().iter().enumerate() {
        let facts = &plan.routes[number];
        for book in world.books(route) {
            for reporter in parties(plan, book.reporter) {
                for partner in parties(plan, book.partner) {
                    let goods = [
                        (BookGoods::One(facts.commodity), 1.0),
                        (BookGoods::AllTonnes, 1.0),
                        (BookGoods::AllDollars, facts.price),
                    ];
                    for (goods, weight) in goods {
                        let key = (reporter.clone(), partner.clone(), book.flow, goods);
                        entries.entry(key).or_default().insert(number, weight);
                    }
                }
            }
        }
    }
    let placed = |(key, routes): (BookKey, BTreeMap<usize, f64>)| (key, shared.place(routes.into_iter().collect()));
    entries.into_iter().map(placed).collect()
}

/// A jurisdiction under its own name and under those of its blocs.
fn parties(plan: &Plan, jurisdiction: JurisdictionIndex) -> Vec<Party> {
    let row = &plan.world().jurisdictions[jurisdiction];
    std::iter::once(row.id.clone())
        .chain(row.blocs.iter().cloned())
        .collect()
}
