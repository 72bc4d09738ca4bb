//! The promises of the shipped world: it reproduces what was observed, covers whom it names, and owns up to what it
//! assumes.

mod common;

use std::collections::BTreeMap;

use roundabout::diagnostic::Report;
use roundabout::input::world;
use roundabout::model::{CommodityIndex, Flow, JurisdictionIndex, Party, Period, Unit, World};

fn eurasia() -> World {
    let mut report = Report::default();
    let folder = common::repository().join("scenarios/worlds/eurasia");
    let world = world::read(&folder, None, &mut report);
    assert!(report.diagnostics().is_empty(), "{}", report.render(false));
    world.unwrap()
}

/// Exporter, partner and good.
type Trade = (JurisdictionIndex, JurisdictionIndex, CommodityIndex);

/// Exports of the baseline, USD a month.
fn baseline_exports(world: &World) -> BTreeMap<Trade, f64> {
    let mut exports = BTreeMap::new();
    for route in world.routes.rows() {
        let good = world.supplies[route.supply].commodity;
        let value = (route.baseline * world.commodities[good].price).get();
        for book in world.books(route).iter().filter(|book| book.flow == Flow::Export) {
            *exports.entry((book.reporter, book.partner, good)).or_default() += value;
        }
    }
    exports
}

/// Monthly means of 2021 that were observed good by good, in USD.
fn observed_exports(world: &World) -> BTreeMap<Trade, f64> {
    let mut observed = BTreeMap::new();
    for row in &world.observed {
        let (Party::Jurisdiction(reporter), Party::Jurisdiction(partner)) = (&row.reporter, &row.partner) else {
            continue;
        };
        let (Some(good), Period::Month(month)) = (row.commodity, row.period) else {
            continue;
        };
        if row.flow == Flow::Export && row.unit == Unit::Dollars && month.to_string().starts_with("2021-") {
            *observed.entry((*reporter, *partner, good)).or_default() += row.value / 12.0;
        }
    }
    observed
}

#[test]
fn the_baseline_is_the_observed_mean_of_2021_for_every_exporter_partner_and_good() {
    let world = eurasia();
    let (baseline, observed) = (baseline_exports(&world), observed_exports(&world));
    // Five exporter groups, five hubs and Russia with six goods each, and Belarus with the five listed ones.
    assert!(observed.len() > 5 * (6 * 6 + 5) - 5, "{}", observed.len());
    for (key, &seen) in &observed {
        let simulated = baseline.get(key).copied().unwrap_or(0.0);
        assert!(
            (simulated - seen).abs() <= 0.01 * seen,
            "{} to {}, {}: {simulated} USD a month, {seen} observed",
            world.jurisdictions[key.0].id,
            world.jurisdictions[key.1].id,
            world.commodities[key.2].id,
        );
    }
}

#[test]
fn the_solved_first_month_is_the_baseline() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let output = common::roundabout(&["solve", "scenarios/history.toml", "--month", "2021-01", "--out", folder]);
    assert!(output.status.success(), "{}", common::stderr(&output));
    let flows = std::fs::read_to_string(out.path().join("flows.csv")).unwrap();
    let solved: BTreeMap<&str, f64> = flows
        .lines()
        .skip(1)
        .map(|line| line.rsplit_once(',').unwrap())
        .map(|(route, flow)| (route, flow.parse().unwrap()))
        .collect();
    let world = eurasia();
    for route in world.routes.rows() {
        let flow = solved[route.id.as_str()];
        assert!(
            (flow - route.baseline.get()).abs() <= 1e-6 * route.baseline.get().max(1.0),
            "{}",
            route.id
        );
    }
}

#[test]
fn no_assumed_number_is_certain_in_the_history() {
    let output = common::roundabout(&[
        "sources",
        "scenarios/worlds/eurasia",
        "--scenario",
        "scenarios/history.toml",
    ]);
    assert!(output.status.success(), "{}", common::stderr(&output));
}

#[test]
fn every_restricted_good_can_be_sold_and_bought_elsewhere() {
    let world = eurasia();
    let is_rest = |jurisdiction: JurisdictionIndex| world.jurisdictions[jurisdiction].id == "ROW";
    for (index, good) in world.commodities.iter() {
        let mut supplies = world.supplies.iter().filter(|(_, supply)| supply.commodity == index);
        let mut demands = world.demands.iter().filter(|(_, demand)| demand.commodity == index);
        assert!(supplies.any(|(place, _)| is_rest(world.origin(place))), "{}", good.id);
        assert!(
            demands.any(|(place, _)| is_rest(world.destination(place))),
            "{}",
            good.id
        );
    }
}
