//! The solver, through the whole input pipeline, against worlds whose equilibria are known (tests/oracle/README.md).

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use roundabout::simulation::{Chance, Constraint, Model, PathRunner, Plan};

/// Share of the largest flow, and of the reference price, by which solutions may differ.
const TOLERANCE: f64 = 1e-6;

fn expected(folder: &Path, file: &str, key: &[&str], value: &str) -> BTreeMap<String, f64> {
    let mut reader = csv::Reader::from_path(folder.join("expected").join(file)).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .map(|row| {
            let name: Vec<&str> = key.iter().map(|key| &row[column(key)]).collect();
            (name.join(" "), row[column(value)].parse().unwrap())
        })
        .collect()
}

fn largest(values: &BTreeMap<String, f64>) -> f64 {
    values
        .values()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

#[test]
fn every_known_equilibrium_is_found_to_one_part_in_a_million() {
    let folders = common::folders("tests/oracle");
    assert_eq!(folders.len(), 24);
    for folder in folders {
        let mut scenario = common::read(&[folder.join("scenario.toml")]).remove(0);
        let month = std::fs::read_to_string(folder.join("month.txt"))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let step = scenario.horizon.step(month).unwrap();
        scenario.horizon.months = step + 1;
        let model = Model::new(Plan::new(Arc::new(scenario)));
        let mut compared = 0;
        PathRunner::new(&model)
            .run(Chance::Central, |solved| {
                if solved.step == step {
                    compare(&folder, &model.plan, solved);
                    compared += 1;
                }
            })
            .unwrap();
        assert_eq!(compared, 1);
    }
}

fn compare(folder: &Path, plan: &Plan, solved: roundabout::simulation::SolvedMonth<'_>) {
    let world = plan.world();
    let name = folder.display();
    assert!(
        solved.solution.residual <= 1e-9,
        "{name}: residual {}",
        solved.solution.residual
    );

    let flows = expected(folder, "flows.csv", &["route"], "t_per_month");
    let scale = largest(&flows);
    assert_eq!(flows.len(), world.routes.len());
    for (route, flow) in world.routes.rows().iter().zip(&solved.solution.flow) {
        let gap = (flow - flows[&route.id]).abs();
        assert!(
            gap <= TOLERANCE * scale,
            "{name}: route {} carries {flow}, not {}",
            route.id,
            flows[&route.id]
        );
    }

    let prices = expected(folder, "prices.csv", &["side", "id"], "usd_per_t");
    let supplies = world
        .supplies
        .rows()
        .iter()
        .map(|row| (format!("supply {}", row.id), row.commodity));
    let demands = world
        .demands
        .rows()
        .iter()
        .map(|row| (format!("demand {}", row.id), row.commodity));
    let found = solved.solution.supply_price.iter().chain(&solved.solution.demand_price);
    for ((id, commodity), price) in supplies.chain(demands).zip(found) {
        match prices.get(&id) {
            None => assert!(price.is_nan(), "{name}: {id} should have no price"),
            Some(expected) => {
                let gap = (price - expected).abs();
                assert!(
                    gap <= TOLERANCE * world.commodities[commodity].price.get(),
                    "{name}: {id} {price}, not {expected}"
                );
            }
        }
    }

    let rents = expected(folder, "capacities.csv", &["id"], "rent_usd_per_t");
    let mut seen = 0;
    for (row, rent) in plan.constraints.rows().iter().zip(&solved.solution.rent) {
        let Constraint::Capacity(capacity) = row.constraint else {
            continue;
        };
        let id = &world.capacities[capacity].id;
        let gap = (rent - rents[id]).abs();
        assert!(
            gap <= TOLERANCE * row.reference_price.get(),
            "{name}: rent of {id} is {rent}, not {}",
            rents[id]
        );
        seen += 1;
    }
    assert!(seen > 0, "{name}: no capacity compared");
}
