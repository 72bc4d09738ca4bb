//! Trade with an intermediary as statistics show it, and its surge (docs/model.md).

use std::collections::BTreeMap;

use super::plan::Plan;
use crate::model::{Book, CommodityIndex, Flow, Index, JurisdictionIndex, Route, RouteKind, Tonnes, Usd, UsdPerTonne};

/// Months over which a surge is averaged.
const SURGE_MONTHS: usize = 3;

/// The trade with some intermediaries that the customs records of exporters and importers show.
#[derive(Debug)]
pub struct Surveillance {
    /// The value that a tonne on a route adds to the visible trade.
    visible: Vec<(usize, UsdPerTonne)>,
    /// The part of it that is the intermediaries' own trade.
    genuine: Vec<(usize, UsdPerTonne)>,
    /// Visible trade at baseline, a month.
    baseline: Usd,
}

impl Surveillance {
    /// Selects the records with `targets` for some goods: exports to a target by the origins, and imports from it by the
    /// destinations, of the routes hidden behind its papers.
    pub fn new(plan: &Plan, commodities: &[CommodityIndex], targets: &[JurisdictionIndex]) -> Self {
        let mut values: BTreeMap<usize, UsdPerTonne> = BTreeMap::new();
        for &target in targets {
            add_visible(plan, commodities, target, &mut values);
        }
        let visible: Vec<(usize, UsdPerTonne)> = values.into_iter().collect();
        let baseline = visible.iter().fold(Usd::ZERO, |sum, &(route, value)| {
            sum + value * plan.routes[route].baseline
        });
        let is_direct = |(route, _): &&(usize, UsdPerTonne)| plan.routes[*route].kind == RouteKind::Direct;
        let genuine = visible.iter().filter(is_direct).copied().collect();
        Self {
            visible,
            genuine,
            baseline,
        }
    }
}

/// Trade of a month over some routes.
fn value(routes: &[(usize, UsdPerTonne)], flow: &[f64]) -> Usd {
    routes
        .iter()
        .fold(Usd::ZERO, |sum, &(route, value)| sum + value * Tonnes::new(flow[route]))
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
    visible: [f64; SURGE_MONTHS],
    genuine: [f64; SURGE_MONTHS],
}

impl Surge {
    /// Trade has been at its baseline.
    pub fn new(surveillance: &Surveillance) -> Self {
        Self {
            visible: [surveillance.baseline.get(); SURGE_MONTHS],
            genuine: [surveillance.baseline.get(); SURGE_MONTHS],
        }
    }

    /// Remembers a month.
    pub fn see(&mut self, surveillance: &Surveillance, flow: &[f64]) {
        remember(&mut self.visible, value(&surveillance.visible, flow).get());
        remember(&mut self.genuine, value(&surveillance.genuine, flow).get());
    }

    /// Three-month mean of visible trade over the larger of its baseline and `floor`, USD per month.
    pub fn ratio(&self, surveillance: &Surveillance, floor: f64) -> f64 {
        mean(&self.visible) / surveillance.baseline.get().max(floor)
    }

    /// The same ratio for the intermediaries' own trade alone.
    pub fn genuine_ratio(&self, surveillance: &Surveillance, floor: f64) -> f64 {
        mean(&self.genuine) / surveillance.baseline.get().max(floor)
    }
}

fn remember(months: &mut [f64; SURGE_MONTHS], latest: f64) {
    months.rotate_left(1);
    months[SURGE_MONTHS - 1] = latest;
}

fn mean(months: &[f64; SURGE_MONTHS]) -> f64 {
    months.iter().fold(0.0, |sum, month| sum + month) / SURGE_MONTHS as f64
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
        Surveillance::new(plan, &[grain], &hubs.iter().map(hub).collect::<Vec<_>>())
    }

    #[test]
    fn what_partners_record_with_a_target_is_visible_and_its_own_records_are_not() {
        let plan = model("").plan;
        let seen = |hubs: &[&str], id: &str| {
            let month = tonnes(&plan, &[(id, 1.0)]);
            value(&watching(&plan, hubs).visible, &month).get()
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
        near(surge.genuine_ratio(&surveillance, 1.0), 1.0);
        // After three months nothing else is remembered.
        for _ in 0..3 {
            surge.see(&surveillance, &tonnes(&plan, &[("grain-hub", 400.0)]));
        }
        near(surge.ratio(&surveillance, 1.0), 2.0);
        near(surge.genuine_ratio(&surveillance, 1.0), 2.0);
    }
}
