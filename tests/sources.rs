//! The sources of a world, and which assumptions a scenario takes for certain.

mod common;

use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};
use roundabout::provenance::{AssumedNumber, AssumptionTreatment, assumed_numbers};

const WORLD: &str = "tests/worlds/hub";

/// A scenario on the hub world, all of whose numbers are assumed, with these distributions.
fn scenario(folder: &Path, uncertain: &[&str]) -> PathBuf {
    let path = folder.join("hub.toml");
    let world = repository().join(WORLD);
    let distribution = |name: &&str| format!("{name:?} = {{ lognormal = {{ median = 1.0, sigma = 0.1 }} }}");
    let distributions: Vec<String> = uncertain.iter().map(distribution).collect();
    let head =
        "[horizon]\nstart = \"2022-01\"\nmonths = 2\n[simulation]\ndraws = 2\nseed = 1\nsampling = { random = {} }";
    let text = format!(
        "title = \"Hub\"\nworld = {:?}\n{head}\n[parameters]\n{}",
        world.to_str().unwrap(),
        distributions.join("\n")
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn treatments(uncertain: &[&str]) -> Vec<AssumedNumber> {
    let folder = tempfile::tempdir().unwrap();
    assumed_numbers(&common::read(&[scenario(folder.path(), uncertain)])[0])
}

fn treatment(numbers: &[AssumedNumber], name: &str) -> AssumptionTreatment {
    let found = numbers.iter().find(|number| number.name == name);
    found.unwrap_or_else(|| panic!("{name} is not assumed")).treatment
}

#[test]
fn an_assumed_number_needs_a_distribution_or_one_that_stands_for_it() {
    let nothing = treatments(&[]);
    for name in [
        "link.rail.freight_usd_per_t",
        "link.rail.days",
        "commodity.ore.route_choice",
    ] {
        assert_eq!(treatment(&nothing, name), AssumptionTreatment::Certain, "{name}");
    }
    assert_eq!(
        treatment(&nothing, "route.timber-relabel.potential_t_per_month"),
        AssumptionTreatment::Certain
    );
    let some = treatments(&[
        "mode.rail.cost_index",
        "commodity.ore.holding_rate_per_year",
        "capacity.via-hub-grain.growth_per_month",
    ]);
    let covered = |name| matches!(treatment(&some, name), AssumptionTreatment::Covered(_));
    assert!(covered("link.rail.freight_usd_per_t") && !covered("link.sea.freight_usd_per_t"));
    // Ore travels on the rail and not on the haul.
    assert!(covered("link.rail.days") && !covered("link.haul.days"));
    assert!(covered("capacity.via-hub-grain.rent_half") && covered("capacity.via-hub-grain.cover"));
    assert!(covered("route.grain-ghost.potential_t_per_month") && !covered("route.ore-reexport.potential_t_per_month"));
    assert!(covered("route.grain-rail.extra_cost_usd_per_t") && !covered("route.grain-ghost.extra_cost_usd_per_t"));
    assert_eq!(
        treatment(&some, "commodity.ore.holding_rate_per_year"),
        AssumptionTreatment::Uncertain
    );
}

#[test]
fn transfers_are_covered_by_the_holding_rate_but_by_no_cost_index() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world");
    std::fs::create_dir(&world).unwrap();
    for entry in std::fs::read_dir(repository().join(WORLD)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, world.join(path.file_name().unwrap())).unwrap();
    }
    let rows = "id,node,cargo,usd_per_t,days,source\nport,harbour,,5,2,made-up\nidle,depot,,5,2,made-up\n";
    std::fs::write(world.join("transfers.csv"), rows).unwrap();
    let uncertain = [
        "mode.rail.cost_index",
        "mode.sea.cost_index",
        "commodity.ore.holding_rate_per_year",
    ];
    let path = scenario(folder.path(), &uncertain);
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(repository().join(WORLD).to_str().unwrap(), world.to_str().unwrap());
    std::fs::write(&path, text).unwrap();
    let numbers = assumed_numbers(&common::read(&[path])[0]);
    assert_eq!(
        treatment(&numbers, "transfer.port.usd_per_t"),
        AssumptionTreatment::Certain
    );
    let covered = |name| matches!(treatment(&numbers, name), AssumptionTreatment::Covered(_));
    assert!(covered("transfer.port.days") && covered("transfer.idle.usd_per_t") && covered("transfer.idle.days"));
}

#[test]
fn trade_and_rows_are_told_by_status_and_the_gate_by_its_code() {
    let output = roundabout(&["sources", WORLD, "--format", "csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for line in [
        "baseline,all,assumed,700000,usd",
        "source,made-up,assumed,700000,usd",
        "rows,links.csv,assumed,12,rows",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is missing from:\n{text}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(folder.path(), &["commodity.ore.route_choice"]);
    let output = roundabout(&["sources", WORLD, "--scenario", path.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(
        text.contains("commodity.grain.route_choice") && !text.contains("commodity.ore.route_choice"),
        "{text}"
    );
    assert!(stderr(&output).contains("assumed numbers have no distribution"));
}

#[test]
fn a_scenario_on_another_world_is_wrong_usage() {
    let output = roundabout(&["sources", WORLD, "--scenario", "scenarios/baseline.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = roundabout(&["sources", "tests/worlds"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}
