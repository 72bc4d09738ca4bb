//! Accounting holds in every month of every draw of every shipped scenario (docs/model.md).

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::restricted_trade;
use roundabout::ensemble::RowSpec;
use roundabout::model::{Flow, Index, JurisdictionIndex, RouteKind};
use roundabout::simulation::{Chance, Model, PathRunner, Plan, SolvedMonth};

const DRAWS: u64 = 1;

fn every_month(mut check: impl FnMut(&Plan, SolvedMonth<'_>)) {
    let library = common::library();
    let names: Vec<&str> = library.iter().map(String::as_str).collect();
    for scenario in common::shipped(&names, DRAWS) {
        let model = Model::new(Plan::new(Arc::new(scenario)));
        let mut runner = PathRunner::new(&model);
        for draw in 0..DRAWS {
            runner
                .run(Chance::Draw(draw), |month| check(&model.plan, month))
                .unwrap();
        }
    }
}

#[test]
fn flows_balance_at_every_supply_and_demand() {
    every_month(|plan, month| {
        let mut sold = vec![0.0; plan.supply_quantity.len()];
        let mut bought = vec![0.0; plan.demand_quantity.len()];
        for (route, flow) in plan.routes.iter().zip(&month.solution.flow) {
            assert!(*flow >= 0.0);
            sold[route.supply.row()] += flow;
            bought[route.demand.row()] += flow;
        }
        let conditions = month.conditions;
        for (supply, sold) in sold.into_iter().enumerate() {
            let price = month.solution.supply_price[supply];
            if price.is_nan() {
                assert_eq!(sold, 0.0);
                continue;
            }
            let relative = price / conditions.supply_price[supply];
            let offered = conditions.supply_quantity[supply]
                * roundabout::math::pow(relative, conditions.supply_elasticity[supply]);
            assert!(
                (sold - offered).abs() <= 2e-9 * conditions.supply_quantity[supply],
                "{sold} of {offered}"
            );
        }
        for (demand, bought) in bought.into_iter().enumerate() {
            let price = month.solution.demand_price[demand];
            if price.is_nan() {
                assert_eq!(bought, 0.0);
                continue;
            }
            let relative = price / conditions.demand_price[demand];
            let wanted = conditions.demand_quantity[demand]
                * roundabout::math::pow(relative, -conditions.demand_elasticity[demand]);
            assert!(
                (bought - wanted).abs() <= 2e-9 * conditions.demand_quantity[demand],
                "{bought} of {wanted}"
            );
        }
    });
}

#[test]
fn no_capacity_is_exceeded() {
    every_month(|plan, month| {
        for (row, limit) in plan.constraints.rows().iter().zip(&month.conditions.limit) {
            let flow = row
                .routes
                .iter()
                .fold(0.0, |sum, &route| sum + month.solution.flow[route]);
            assert!(
                flow <= limit * (1.0 + 1e-9),
                "{} carries {flow} of {limit}",
                plan.constraint_name(row.constraint)
            );
        }
    });
}

#[test]
fn the_gap_between_mirror_records_is_ghost_trade_and_relabelled_trade() {
    every_month(|plan, month| {
        let world = plan.world();
        let mut exports: BTreeMap<(JurisdictionIndex, JurisdictionIndex), f64> = BTreeMap::new();
        let mut imports = exports.clone();
        let (mut ghost, mut relabelled, mut ghost_arrivals) = (exports.clone(), exports.clone(), exports.clone());
        for (route, &flow) in world.routes.rows().iter().zip(&month.solution.flow) {
            for book in world.books(route) {
                match book.flow {
                    Flow::Export => *exports.entry((book.reporter, book.partner)).or_default() += flow,
                    Flow::Import => *imports.entry((book.partner, book.reporter)).or_default() += flow,
                }
            }
            let (from, to) = (world.origin(route.supply), world.destination(route.demand));
            if let (RouteKind::Ghost, Some(via)) = (route.kind, route.via) {
                *ghost.entry((from, via)).or_default() += flow;
                *ghost_arrivals.entry((from, to)).or_default() += flow;
            }
            if let (RouteKind::Relabel, Some(via)) = (route.kind, route.via) {
                *relabelled.entry((via, to)).or_default() += flow;
            }
        }
        for pair in exports.keys().chain(imports.keys()) {
            let of = |books: &BTreeMap<_, f64>| books.get(pair).copied().unwrap_or(0.0);
            let gap = of(&exports) - of(&imports);
            let explained = of(&ghost) - of(&ghost_arrivals) - of(&relabelled);
            assert!(
                (gap - explained).abs() <= 1e-9 * (of(&exports) + of(&imports)),
                "{gap} against {explained}"
            );
        }
    });
}

#[test]
fn restricted_trade_is_what_remains_is_circumvented_diverted_or_destroyed() {
    let library = common::library();
    let names: Vec<&str> = library.iter().map(String::as_str).collect();
    let (batch, outcomes) = common::simulate(common::shipped(&names, 1));
    for (place, outcome) in outcomes.iter().enumerate() {
        let scenario = &batch.scenarios[place].model.plan.scenario;
        let compared = restricted_trade::compare(&batch, place, outcome.as_ref().unwrap(), 0);
        let compared = compared.unwrap_or_else(|fault| panic!("{fault}"));
        assert!(
            compared > 0 || scenario.measures.is_empty(),
            "{}: nothing is restricted",
            scenario.name
        );
    }
}

#[test]
fn what_passes_a_place_is_what_its_capacity_counts() {
    let (batch, outcomes) = common::simulate(common::Narrow::new(&["primary"], &["potash"]).scenarios(4));
    let (entry, finished) = (&batch.scenarios[0], outcomes[0].as_ref().unwrap());
    let plan = &entry.model.plan;
    let places = entry.layout.throughput_rows(plan).to_specs();
    let capacities = entry.layout.capacity_rows(plan).to_specs();
    let mean = |rows: &[RowSpec], key: [&str; 4]| {
        let row = rows
            .iter()
            .find(|row| row.key.iter().eq(key.iter().filter(|cell| !cell.is_empty())));
        let row = row.unwrap_or_else(|| panic!("no row {key:?}"));
        finished.collected.summary(row.cell).mean.unwrap()
    };
    for (place, capacity) in [
        ("klaipeda", "klaipeda-potash"),
        ("orsha--altynkol", "rail-china-potash"),
    ] {
        for month in ["2021-01", "2022-01", "2024-12"] {
            let passing = mean(&places, [month, place, "potash", "t"]);
            let counted = mean(&capacities, [month, capacity, "flow", ""]);
            assert!(
                (passing - counted).abs() <= 1e-9 * counted.max(1.0),
                "{place}: {passing}, not {counted}"
            );
        }
    }
}
