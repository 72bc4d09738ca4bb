//! What a reader who knows the trade looks for first in the shipped world: bans of transport that bite, closures that stop a
//! share of what passes, rivals who answer, bank sanctions that fall on business with Russia.

mod common;

use std::sync::Arc;

use roundabout::ensemble::{Batch, Failure, Finished, RowSpec};
use roundabout::model::{JurisdictionIndex, Month, NodeIndex, Route, RouteKind, World};
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

const DRAWS: u64 = 128;

fn run(names: &[&str], draws: u64) -> (Batch, Vec<Result<Finished, Failure>>) {
    common::simulate(common::shipped(names, draws))
}

/// Median and mean of the row with these keys.
fn statistic(finished: &Finished, rows: &[RowSpec], key: &[&str]) -> (f64, f64) {
    let row = rows.iter().find(|row| row.key == key);
    let row = row.unwrap_or_else(|| panic!("no row {key:?}"));
    let summary = finished.collected.summary(row.cell).scaled(row.scale);
    (summary.p50.unwrap(), summary.mean.unwrap())
}

fn is_in_union(world: &World, jurisdiction: JurisdictionIndex) -> bool {
    world.jurisdictions[jurisdiction].blocs.iter().any(|bloc| bloc == "EU")
}

/// Whether a route crosses the EU or ends there.
fn enters_union(world: &World, route: &Route) -> bool {
    let enters = |&node: &NodeIndex| is_in_union(world, world.nodes[node].jurisdiction);
    route.nodes.iter().any(enters)
}

#[test]
fn belarusian_oil_and_wood_no_longer_enter_the_eu_after_the_deadlines() {
    let goods = ["oil_products", "plywood", "pellets", "sawnwood"];
    let scenario = common::Narrow::new(&["history"], &goods).scenarios(8).remove(0);
    let model = Model::new(Plan::new(Arc::new(scenario)));
    let world = model.plan.world();
    let sells = |route: &Route| world.supplies[route.supply].id.ends_with("-by") && route.kind == RouteKind::Direct;
    let routes: Vec<(usize, Month)> = world
        .routes
        .rows()
        .iter()
        .enumerate()
        .filter_map(|(number, route)| {
            let is_oil = world.supplies[route.supply].id == "oil-by";
            let deadline = if is_oil { "2021-12" } else { "2022-06" };
            (sells(route) && enters_union(world, route)).then(|| (number, deadline.parse().unwrap()))
        })
        .collect();
    assert!(routes.len() > 20, "{}", routes.len());
    let mut runner = PathRunner::new(&model);
    for draw in 0..8 {
        let (mut before, mut after) = (0.0, 0.0);
        runner
            .run(Chance::Draw(draw), |month| {
                let now = model.plan.scenario.horizon.month(month.step);
                for &(number, deadline) in &routes {
                    let flow = month.solution.flow[number];
                    if now < deadline { before += flow } else { after += flow }
                }
            })
            .unwrap();
        assert!(before > 1e6, "{before}");
        assert_eq!(after, 0.0);
    }
}

#[test]
fn closures_stop_a_share_of_what_passes_and_other_posts_take_more() {
    let (batch, outcomes) = run(&["lithuanian-closure", "polish-closure"], 64);
    let tonnes = |scenario: usize, month: &str, place: &str| {
        let entry = &batch.scenarios[scenario];
        let rows = entry.layout.throughput_rows(&entry.model.plan).to_specs();
        statistic(outcomes[scenario].as_ref().unwrap(), &rows, &[month, place, "all", "t"]).1
    };
    // Each closes in a month in which the other does not.
    let change =
        |closed: usize, month: &str, place: &str| tonnes(closed, month, place) / tonnes(1 - closed, month, place) - 1.0;
    let polish = change(1, "2025-09", "terespol");
    assert!((-0.55..=-0.40).contains(&polish), "{polish}");
    let lithuanian = change(0, "2025-11", "medininkai");
    assert!(lithuanian <= -0.80, "{lithuanian}");
    for (closed, month) in [(1, "2025-09"), (0, "2025-11")] {
        for place in ["terehova", "luhamaa"] {
            let round = change(closed, month, place);
            assert!(round > 0.02, "{place}: {round}");
        }
    }
}

#[test]
fn rivals_answer_and_direct_exports_fall_as_they_did() {
    let (batch, outcomes) = run(&["history"], DRAWS);
    let entry = &batch.scenarios[0];
    let finished = outcomes[0].as_ref().unwrap();
    let books = entry.layout.book_rows(&entry.model.plan).to_specs();
    let year = |reporter: &str, good: &str, year: &str| {
        let months = (1..=12).map(|month| format!("{year}-{month:02}"));
        months
            .map(|month| statistic(finished, &books, &[&month, reporter, "RU", "export", good, "usd"]).0)
            .sum::<f64>()
    };
    // China sold Russia 67.5 bn USD in 2021 and 111 in 2023.
    let rise = year("CN", "all", "2023") / year("CN", "all", "2021") - 1.0;
    assert!((0.45..=0.75).contains(&rise), "{rise}");
    let vehicles = year("CN", "vehicles", "2023") / year("CN", "vehicles", "2021");
    assert!(vehicles >= 3.0, "{vehicles}");
    // The EU's direct exports to Russia were 38.2 bn EUR in 2023 (Eurostat); at the rate of 2021.
    let direct = year("EU", "all", "2023") / 1.1835e9;
    assert!((0.9 * 38.2..=1.1 * 38.2).contains(&direct), "{direct}");
}

#[test]
fn bank_sanctions_fall_on_business_with_russia_and_large_hubs_are_listed_too() {
    let (batch, outcomes) = run(&["primary", "secondary-payments", "history"], DRAWS);
    let difference = outcomes[1].as_ref().unwrap().difference.as_ref().unwrap();
    let median = |metric: &str| {
        let rows = batch.scenarios[1].pairing.rows.to_specs();
        let key = [metric, "2024", "all", "", "", "usd"];
        let row = rows.iter().find(|row| row.key == key).unwrap();
        difference.summary(row.cell).scaled(row.scale).p50.unwrap()
    };
    let (circumvented, genuine) = (median("circumvented"), median("genuine_trade_lost"));
    assert!(circumvented < 0.0, "{circumvented}");
    assert!(
        genuine < -circumvented / 5.0,
        "{genuine} of genuine trade against {circumvented}"
    );

    let entry = &batch.scenarios[2];
    let events = entry.layout.event_rows(&entry.model.plan).to_specs();
    for target in ["AE", "TR", "CN", "KG"] {
        let row = events
            .iter()
            .find(|row| row.key[1] == target && row.key[2] == "2024-12" && row.key[3] == "has_occurred");
        let summary = outcomes[2].as_ref().unwrap().collected.summary(row.unwrap().cell);
        assert!(summary.mean.unwrap() > 0.9, "{target}: {:?}", summary.mean);
    }
}
