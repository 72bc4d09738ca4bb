//! Trade with an intermediary as monitors see it, and its surge (docs/model.md).

use std::collections::BTreeMap;

use super::plan::Plan;
use crate::model::{Book, CommodityIndex, Flow, Index, JurisdictionIndex, Route, RouteKind, Tonnes, Usd, UsdPerTonne};

/// Months over which a surge is averaged.
pub const SURGE_MONTHS: usize = 3;

/// The trade that a monitor watches.
#[derive(Debug)]
pub struct Surveillance {
    /// The value that a tonne on a route adds to it.
    watched: Vec<(usize, UsdPerTonne)>,
    /// Its value at baseline, a month.
    baseline: Usd,
}

impl Surveillance {
    /// Watches the customs records with `targets` for some goods: exports to a target by the origins, and imports from it
    /// by the destinations, of the routes hidden behind its papers.
    pub fn of_records(plan: &Plan, commodities: &[CommodityIndex], targets: &[JurisdictionIndex]) -> Self {
        let mut values: BTreeMap<usize, UsdPerTonne> = BTreeMap::new();
        for &target in targets {
            add_visible(plan, commodities, target, &mut values);
        }
        Self::new(plan, values.into_iter().collect())
    }

    /// Watches what passes on some routes.
    pub fn of_routes(plan: &Plan, is_watched: impl Fn(&Route) -> bool) -> Self {
        let routes = plan.world().routes.iter().filter(|(_, route)| is_watched(route));
        let watched = routes.map(|(index, _)| (index.row(), plan.routes[index.row()].price));
        Self::new(plan, watched.collect())
    }

    fn new(plan: &Plan, watched: Vec<(usize, UsdPerTonne)>) -> Self {
        let baseline = watched.iter().fold(Usd::ZERO, |sum, &(route, value)| {
            sum + value * plan.routes[route].baseline
        });
        Self { watched, baseline }
    }

    /// The watched trade of a month.
    fn value(&self, flow: &[f64]) -> Usd {
        self.watched
            .iter()
            .fold(Usd::ZERO, |sum, &(route, value)| sum + value * Tonnes::new(flow[route]))
    }
}

fn add_visible(
    plan: &Plan,
    commodities: &[CommodityIndex],
    target: JurisdictionIndex,
    values: &mut BTreeMap<usize, UsdPerTonne>,
) {
    let world = plan.world();
    let is_watched = |route: &&Route| commodities.contains(&world.commodity(route));
    let is_behind = |route: &&Route| route.kind != RouteKind::Direct && route.via == Some(target);
    let behind: Vec<&Route> = world
        .routes
        .rows()
        .iter()
        .filter(is_watched)
        .filter(is_behind)
        .collect();
    let origins: Vec<_> = behind.iter().map(|route| world.origin(route.supply)).collect();
    let destinations: Vec<_> = behind.iter().map(|route| world.destination(route.demand)).collect();
    let shows = |book: &&Book| {
        book.partner == target
            && match book.flow {
                Flow::Export => origins.contains(&book.reporter),
                Flow::Import => destinations.contains(&book.reporter),
            }
    };
    for (index, route) in world.routes.iter().filter(|(_, route)| is_watched(route)) {
        // A route that both sides record with the target shows twice, as in published statistics.
        let records = world.books(route).iter().filter(shows).count();
        if records > 0 {
            *values.entry(index.row()).or_default() += records as f64 * plan.routes[index.row()].price;
        }
    }
}

/// The trade of the last months on a path, as it was seen.
#[derive(Clone, Debug)]
pub struct Surge {
    /// The latest last, USD per month.
    seen: [f64; SURGE_MONTHS],
}

impl Surge {
    /// Trade has been at its baseline.
    pub fn new(surveillance: &Surveillance) -> Self {
        Self {
            seen: [surveillance.baseline.get(); SURGE_MONTHS],
        }
    }

    /// Remembers a month.
    pub fn see(&mut self, surveillance: &Surveillance, flow: &[f64]) {
        self.seen.rotate_left(1);
        self.seen[SURGE_MONTHS - 1] = surveillance.value(flow).get();
    }

    /// Three-month mean of the watched trade over the larger of its baseline and `floor`, USD per month.
    pub fn ratio(&self, surveillance: &Surveillance, floor: f64) -> f64 {
        let mean = self.seen.iter().fold(0.0, |sum, month| sum + month) / SURGE_MONTHS as f64;
        mean / surveillance.baseline.get().max(floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{model, near, tonnes};

    /// The surveillance of the grain trade with some hubs.
    fn watching(plan: &Plan, hubs: &[&str]) -> Surveillance {
        let world = plan.world();
        let hub = |id: &&str| world.jurisdictions.position(|row| row.id == *id).unwrap();
        let grain = world.commodities.position(|row| row.id == "grain").unwrap();
        Surveillance::of_records(plan, &[grain], &hubs.iter().map(hub).collect::<Vec<_>>())
    }

    #[test]
    fn what_partners_record_with_a_target_is_visible_and_its_own_records_are_not() {
        let plan = model("").plan;
        let seen = |hubs: &[&str], id: &str| {
            let month = tonnes(&plan, &[(id, 1.0)]);
            watching(&plan, hubs).value(&month).get()
        };
        // The seller's exports to the hub, at 200 USD/t: genuine ones and those of ghosts; the buyer's imports from it.
        for id in ["grain-hub", "grain-ghost", "grain-relabel"] {
            near(seen(&["HUB"], id), 200.0);
        }
        // A re-export is recorded by the seller and again by the buyer.
        near(seen(&["ALT"], "grain-reexport"), 400.0);
        for id in ["grain-rail", "grain-row", "grain-reexport", "ore-reexport"] {
            assert_eq!(seen(&["HUB"], id), 0.0, "{id}");
        }
        near(seen(&["HUB", "ALT"], "grain-hub"), 200.0);
        near(seen(&["HUB", "ALT"], "grain-reexport"), 400.0);
    }

    #[test]
    fn a_surge_is_the_mean_of_three_months_over_baseline_or_floor() {
        let plan = model("").plan;
        let surveillance = watching(&plan, &["HUB"]);
        let mut surge = Surge::new(&surveillance);
        near(surge.ratio(&surveillance, 1.0), 1.0);
        // At baseline 200 t of genuine grain, 40,000 USD. A month of 300,000 USD: (40 + 40 + 300) / 3 over 40.
        let month = [("grain-hub", 200.0), ("grain-ghost", 1000.0), ("grain-relabel", 300.0)];
        surge.see(&surveillance, &tonnes(&plan, &month));
        near(surge.ratio(&surveillance, 1.0), 380.0 / 120.0);
        near(surge.ratio(&surveillance, 1e5), 380.0 / 300.0);
        // After three months nothing else is remembered.
        for _ in 0..3 {
            surge.see(&surveillance, &tonnes(&plan, &[("grain-hub", 400.0)]));
        }
        near(surge.ratio(&surveillance, 1.0), 2.0);
    }

    #[test]
    fn a_watched_route_counts_its_value_once() {
        let plan = model("").plan;
        let ghosts = Surveillance::of_routes(&plan, |route| route.kind == RouteKind::Ghost);
        let month = [("grain-ghost", 10.0), ("grain-hub", 1000.0), ("grain-reexport", 500.0)];
        near(ghosts.value(&tonnes(&plan, &month)).get(), 10.0 * 200.0);
        assert_eq!(ghosts.baseline, Usd::ZERO);
    }
}
