//! Draws that fail: a few of them leave the others whole, many fail their scenario.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::roundabout;
use roundabout::results::{MANIFEST_FILE, Manifest};

const DRAWS: u64 = 400;

/// A scenario whose months are solved to `tolerance`.
fn scenario(folder: &Path, tolerance: f64) -> String {
    let world = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worlds/hub");
    let text = format!(
        r#"
title = "Failing draws"
world = '{world}'
[horizon]
start = "2022-01"
months = 3
[simulation]
draws = {DRAWS}
seed = 5
tolerance = {tolerance:e}
sampling = {{ latin_hypercube = {{}} }}
[parameters]
"commodity.grain.route_choice" = {{ uniform = {{ low = 2.0, high = 5.0 }} }}
[[measures.tariff]]
id = "duty"
issuer = "UNION"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
rate = 0.2
"#
    );
    let path = folder.join("tight.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn run(folder: &Path, scenario: &str, out: &str, more: &[&str]) -> Output {
    let out = folder.join(out).display().to_string();
    let words = ["run", scenario, "--out", &out, "--overwrite"];
    roundabout(&[&words[..], more].concat())
}

/// The tightest tolerance at which some draws fail, but no more than may, and how many do. Which those are depends on the last
/// bits of the solver, so it is searched for.
fn some_fail(folder: &Path) -> (f64, u64) {
    let mut tolerance = 1e-12;
    while tolerance > 1e-18 {
        let scenario = scenario(folder, tolerance);
        let output = run(folder, &scenario, "out", &[]);
        assert!(
            output.status.success(),
            "no tolerance at which a few draws fail: {tolerance:e}"
        );
        let failed = Manifest::read(&folder.join("out/tight")).unwrap().checks.failed_draws;
        if failed > 0 {
            return (tolerance, failed);
        }
        tolerance /= 1.1;
    }
    panic!("no draw fails");
}

#[test]
fn a_few_draws_that_fail_leave_the_others_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (tolerance, failed) = some_fail(folder.path());
    assert!(failed <= DRAWS / 100);
    let scenario = scenario(folder.path(), tolerance);
    let output = run(folder.path(), &scenario, "out", &[]);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        messages.contains(&format!(
            "warning: `tight`: {failed} of {DRAWS} draws failed and are in no statistic"
        )),
        "{messages}"
    );
    let results = folder.path().join("out/tight");
    let manifest = Manifest::read(&results).unwrap();
    let lowest: Vec<u64> = manifest.checks.failures.iter().map(|failure| failure.draw).collect();
    assert_eq!(lowest.len() as u64, failed);
    // They keep their parameters, and have no metrics.
    let draws = fs::read_to_string(results.join("draws.csv")).unwrap();
    for (draw, row) in draws.lines().skip(1).enumerate() {
        let metrics: Vec<&str> = row.split(',').skip(1).take(manifest.headlines.len()).collect();
        let has_failed = lowest.contains(&(draw as u64));
        assert_eq!(metrics.iter().all(|cell| cell.is_empty()), has_failed, "draw {draw}");
        assert!(!row.ends_with(','), "draw {draw}");
    }
    let summary = fs::read_to_string(folder.path().join("out/summary.csv")).unwrap();
    let traded = summary
        .lines()
        .find(|line| line.starts_with("tight,trade_volume,"))
        .unwrap_or_default();
    let any = summary.lines().nth(1).unwrap();
    let counted = if traded.is_empty() { any } else { traded };
    assert!(counted.ends_with(&format!(",{}", DRAWS - failed)), "{counted}");
    // Parts join to the same bytes.
    for (name, range) in [("one", "0..192"), ("two", "192..400")] {
        let output = run(folder.path(), &scenario, name, &["--draw-range", range]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let place = |name: &str| folder.path().join(name).display().to_string();
    let output = roundabout(&["merge", &place("two"), &place("one"), "--out", &place("joined")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in [MANIFEST_FILE, "metrics.csv", "draws.csv"] {
        let [joined, whole] = ["joined", "out"].map(|name| fs::read(folder.path().join(name).join("tight").join(file)));
        assert!(joined.unwrap() == whole.unwrap(), "{file}");
    }
}

#[test]
fn a_scenario_fails_if_many_of_its_draws_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &scenario(folder.path(), 1e-300), "out", &[]);
    assert_eq!(output.status.code(), Some(1));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        messages.contains("error: scenario `tight` failed: seed 5, draw 0, 2022-01"),
        "{messages}"
    );
    assert!(!folder.path().join("out/tight").exists());
}
