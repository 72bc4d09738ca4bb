//! Draws that fail: a few of them leave the others whole, many fail their scenario.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::roundabout;
use roundabout::results::{MANIFEST_FILE, Manifest};

const DRAWS: u64 = 400;

/// A scenario with this share of draws in which route choice is so strong that months cannot be solved to the tolerance.
fn scenario(folder: &Path, share: f64) -> String {
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
tolerance = 2e-15
sampling = {{ latin_hypercube = {{}} }}
[parameters]
"commodity.grain.route_choice" = {{ discrete = {{ values = [3.0, 400.0], weights = [{}, {share}] }} }}
[[measures.tariff]]
id = "duty"
issuer = "UNION"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
rate = 0.2
"#,
        1.0 - share
    );
    let path = folder.join("tight.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn run(folder: &Path, scenario: &str, out: &str, more: &[&str]) -> Output {
    let out = folder.join(out).display().to_string();
    let words = ["run", scenario, "--out", &out, "--overwrite", "--table-files", "csv"];
    roundabout(&[&words[..], more].concat())
}

#[test]
fn a_few_draws_that_fail_leave_the_others_whole() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario(folder.path(), 0.005);
    let output = run(folder.path(), &scenario, "out", &[]);
    let failed = 2;
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
    assert_eq!((manifest.checks.failed_draws, lowest.len() as u64), (failed, failed));
    // They keep their uncertain numbers, and have no metrics.
    let draws = fs::read_to_string(results.join("draws.csv")).unwrap();
    let inputs = fs::read_to_string(results.join("inputs.csv")).unwrap();
    for (draw, (row, input)) in draws.lines().zip(inputs.lines()).skip(1).enumerate() {
        let has_failed = lowest.contains(&(draw as u64));
        assert_eq!(row.split(',').skip(1).all(str::is_empty), has_failed, "draw {draw}");
        assert_eq!(input.ends_with(",400"), has_failed, "draw {draw}");
    }
    let summary = fs::read_to_string(folder.path().join("out/summary.csv")).unwrap();
    let row = summary.lines().nth(1).unwrap();
    assert!(row.ends_with(&format!(",{}", DRAWS - failed)), "{row}");
    // Parts join to the same bytes.
    for (name, range) in [("one", "0..192"), ("two", "192..400")] {
        let output = run(folder.path(), &scenario, name, &["--draw-range", range]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let place = |name: &str| folder.path().join(name).display().to_string();
    let output = roundabout(&["merge", &place("two"), &place("one"), "--out", &place("joined")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in [MANIFEST_FILE, "metrics.csv", "flows.csv", "draws.csv"] {
        let [joined, whole] = ["joined", "out"].map(|name| fs::read(folder.path().join(name).join("tight").join(file)));
        assert!(joined.unwrap() == whole.unwrap(), "{file}");
    }
}

#[test]
fn a_scenario_fails_if_many_of_its_draws_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &scenario(folder.path(), 0.02), "out", &[]);
    assert_eq!(output.status.code(), Some(1));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        messages.contains("error: scenario `tight` failed: seed 5, draw "),
        "{messages}"
    );
    assert!(!folder.path().join("out/tight").exists());
}

#[test]
fn draws_that_fail_in_months_that_scenarios_share_leave_each_as_it_is_alone() {
    let folder = tempfile::tempdir().unwrap();
    let leader = scenario(folder.path(), 0.005);
    // The same run until March.
    let text = fs::read_to_string(&leader).unwrap()
        + "[[measures.quota]]\nid = \"tonnage\"\nissuer = \"UNION\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
           destinations = [\"UNION\"]\nfrom = \"2022-03\"\nlimit_t_per_month = 1500\n";
    let follower = folder.path().join("quota.toml").display().to_string();
    fs::write(&follower, text).unwrap();
    for (out, scenarios) in [
        ("both", &[&leader, &follower][..]),
        ("leader", &[&leader]),
        ("follower", &[&follower]),
    ] {
        let others: Vec<&str> = scenarios[1..].iter().map(|path| path.as_str()).collect();
        let output = run(folder.path(), scenarios[0], out, &others);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for (alone, name) in [("leader", "tight"), ("follower", "quota")] {
        let failed = |out: &str| {
            let manifest = Manifest::read(&folder.path().join(out).join(name)).unwrap();
            manifest.checks.failed_draws
        };
        assert_eq!((failed(alone), failed("both")), (2, 2), "{name}");
        for file in ["metrics.csv", "metrics-by-month.csv", "flows.csv", "draws.csv"] {
            let [alone, together] = [alone, "both"].map(|out| fs::read(folder.path().join(out).join(name).join(file)));
            assert!(alone.unwrap() == together.unwrap(), "{name}/{file}");
        }
    }
}
