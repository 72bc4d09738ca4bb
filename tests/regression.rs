//! Results of two scenarios against those kept in results/regression, so that a change of numbers is seen and meant.

mod common;

use std::fmt::Write;
use std::path::PathBuf;

use roundabout::ensemble::{BatchScenario, Finished};

const SCENARIOS: [&str; 2] = ["primary", "history"];
const DRAWS: u64 = 64;
const GOODS: [&str; 3] = ["potash", "plywood", "vehicles"];
/// Largest difference, as a share of the kept value.
const TOLERANCE: f64 = 1e-9;
/// Below this, in tonnes, dollars or shares, values are rounding.
const NEGLIGIBLE: f64 = 1e-3;

fn kept(name: &str) -> PathBuf {
    common::repository()
        .join("results/regression")
        .join(name)
        .with_extension("csv")
}

/// The metrics of years and of the whole run: keys, mean, sd and median.
fn rows(entry: &BatchScenario, finished: &Finished) -> Vec<(String, [Option<f64>; 3])> {
    let mut rows = Vec::new();
    for row in entry.layout.metric_rows(&entry.model.plan).to_specs() {
        if row.key[1].contains('-') {
            continue;
        }
        let summary = finished.collected.summary(row.cell).scaled(row.scale);
        rows.push((row.key.join(","), [summary.mean, summary.sd, summary.p50]));
    }
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

fn text(rows: &[(String, [Option<f64>; 3])]) -> String {
    let mut text = String::from("metric,period,commodity,via,unit,mean,sd,p50\n");
    for (key, values) in rows {
        let cells = values.map(|value| value.map_or(String::new(), |value| format!("{value}")));
        writeln!(text, "{key},{}", cells.join(",")).unwrap();
    }
    text
}

/// Set `UPDATE_REGRESSION=1` to keep new results; the difference is then for the reviewer to judge.
#[test]
fn results_are_those_kept() {
    let (batch, outcomes) = common::simulate(common::Narrow::new(&SCENARIOS, &GOODS).scenarios(DRAWS));
    for (entry, outcome) in batch.scenarios.iter().zip(&outcomes) {
        let name = &entry.model.plan.scenario.name;
        let found = rows(entry, outcome.as_ref().unwrap());
        if std::env::var_os("UPDATE_REGRESSION").is_some() {
            std::fs::write(kept(name), text(&found)).unwrap();
        }
        let expected = std::fs::read_to_string(kept(name)).unwrap();
        let mut lines = expected.lines().skip(1);
        for (key, values) in &found {
            let line = lines.next().unwrap_or_else(|| panic!("{name}: {key} is new"));
            let cells: Vec<&str> = line.rsplitn(4, ',').collect();
            assert_eq!(cells[3], key, "{name}: other rows");
            for (value, cell) in values.iter().rev().zip(&cells[..3]) {
                let kept: Option<f64> = (!cell.is_empty()).then(|| cell.parse().unwrap());
                assert_eq!(kept.is_some(), value.is_some(), "{name}: {key}");
                let (kept, value) = (kept.unwrap_or(0.0), value.unwrap_or(0.0));
                let gap = (kept - value).abs();
                assert!(
                    gap <= TOLERANCE * kept.abs() + NEGLIGIBLE,
                    "{name}: {key} is {value}, was {kept}"
                );
            }
        }
        assert_eq!(lines.next(), None, "{name}: a row is gone");
    }
}
