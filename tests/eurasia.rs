//! The promises of the shipped world: it reproduces what was observed, covers whom it names, and owns up to what it
//! assumes.

mod common;

use std::collections::BTreeMap;

use roundabout::diagnostic::Report;
use roundabout::input::world;
use roundabout::model::{CommodityIndex, Flow, JurisdictionIndex, NodeIndex, NodeKind, Party, Period, Unit, World};

fn eurasia() -> World {
    let mut report = Report::default();
    let folder = common::repository().join("scenarios/worlds/eurasia");
    let world = world::read(&folder, None, &mut report);
    assert!(report.diagnostics().is_empty(), "{}", report.render(false));
    world.unwrap()
}

/// Exporter, partner and good; no good for the total.
type Trade = (JurisdictionIndex, JurisdictionIndex, Option<CommodityIndex>);

/// Exports of the baseline, USD a month.
fn baseline_exports(world: &World) -> BTreeMap<Trade, f64> {
    let mut exports = BTreeMap::new();
    for route in world.routes.rows() {
        let good = world.supplies[route.supply].commodity;
        let value = (route.baseline * world.commodities[good].price).get();
        for book in world.books(route).iter().filter(|book| book.flow == Flow::Export) {
            for good in [Some(good), None] {
                *exports.entry((book.reporter, book.partner, good)).or_default() += value;
            }
        }
    }
    exports
}

/// Monthly means of 2021 that EU exporters observed, in USD.
fn observed_exports(world: &World) -> BTreeMap<Trade, f64> {
    let mut observed = BTreeMap::new();
    for row in &world.observed {
        let (Party::Jurisdiction(reporter), Party::Jurisdiction(partner)) = (&row.reporter, &row.partner) else {
            continue;
        };
        let Period::Month(month) = row.period else { continue };
        if row.flow == Flow::Export && row.unit == Unit::Dollars && month.to_string().starts_with("2021-") {
            *observed.entry((*reporter, *partner, row.commodity)).or_default() += row.value / 12.0;
        }
    }
    observed
}

#[test]
fn the_baseline_is_the_observed_mean_of_2021_for_every_exporter_partner_and_good() {
    let world = eurasia();
    let (baseline, observed) = (baseline_exports(&world), observed_exports(&world));
    // Five exporter groups; five hubs, Russia and Belarus with five listed goods each, and totals but for Belarus.
    assert!(observed.len() > 5 * (7 * 5 + 6) - 5, "{}", observed.len());
    // Wood and other goods of the EU are in its totals, but not among these goods.
    for (key, &seen) in &observed {
        let simulated = baseline.get(key).copied().unwrap_or(0.0);
        assert!(
            (simulated - seen).abs() <= 0.01 * seen,
            "{} to {}, {}: {simulated} USD a month, {seen} observed",
            world.jurisdictions[key.0].id,
            world.jurisdictions[key.1].id,
            key.2.map_or("all", |good| &world.commodities[good].id),
        );
    }
}

/// Whether a jurisdiction is a member of the EU, or a part of one.
fn is_in_union(world: &World, jurisdiction: JurisdictionIndex) -> bool {
    world.jurisdictions[jurisdiction].blocs.iter().any(|bloc| bloc == "EU")
}

#[test]
fn no_route_to_a_russian_port_passes_the_eu() {
    let world = eurasia();
    let russia = world.jurisdictions.iter().find(|(_, row)| row.id == "RU").unwrap().0;
    let is_russian_port =
        |node: NodeIndex| world.nodes[node].kind == NodeKind::Port && world.nodes[node].jurisdiction == russia;
    let mut checked = 0;
    for route in world.routes.rows() {
        let Some(port) = route.nodes.iter().position(|&node| is_russian_port(node)) else {
            continue;
        };
        if is_in_union(&world, world.origin(route.supply)) {
            continue;
        }
        checked += 1;
        // A market in the EU lies beyond the port.
        for &node in &route.nodes[..port] {
            assert!(!is_in_union(&world, world.nodes[node].jurisdiction), "{}", route.id);
        }
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn every_route_stays_where_its_corridor_says() {
    let world = eurasia();
    let folder = common::repository().join("scenarios/worlds/eurasia");
    let mut corridors = csv::Reader::from_path(folder.join("corridors.csv")).unwrap();
    let header = corridors.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let (supplies, demands, kind, via) = (column("supplies"), column("demands"), column("kind"), column("via"));
    let allowed = column("jurisdictions");
    // Pair, kind and papers: the jurisdictions of each corridor of theirs.
    let mut lists: BTreeMap<[String; 4], Vec<Vec<String>>> = BTreeMap::new();
    for row in corridors.records() {
        let row = row.unwrap();
        let list = |cell: usize| row[cell].split(';').map(str::to_owned).collect::<Vec<_>>();
        assert!(!row[allowed].is_empty(), "a corridor without jurisdictions: {row:?}");
        for supply in list(supplies) {
            for demand in list(demands) {
                let key = [supply.clone(), demand, row[kind].to_owned(), row[via].to_owned()];
                lists.entry(key).or_default().push(list(allowed));
            }
        }
    }
    for route in world.routes.rows() {
        let via = route
            .via
            .map_or(String::new(), |via| world.jurisdictions[via].id.clone());
        let (supply, demand) = (&world.supplies[route.supply].id, &world.demands[route.demand].id);
        let key = [supply.clone(), demand.clone(), route.kind.name().to_owned(), via];
        let ends = [world.origin(route.supply), world.destination(route.demand)];
        let stays = |list: &Vec<String>| {
            route.nodes.iter().all(|&node| {
                let jurisdiction = world.nodes[node].jurisdiction;
                let row = &world.jurisdictions[jurisdiction];
                ends.contains(&jurisdiction) || list.iter().any(|named| *named == row.id || row.blocs.contains(named))
            })
        };
        assert!(lists[&key].iter().any(stays), "{}", route.id);
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
