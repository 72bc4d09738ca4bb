//! Results of two scenarios against those kept in results/regression, so that a change of numbers is seen and meant.

mod common;

use std::fmt::Write;
use std::path::PathBuf;

use roundabout::ensemble::{BatchScenario, Finished};
use roundabout::model::ReportPeriod;

const SCENARIOS: [&str; 2] = ["primary", "history"];
const DRAWS: u64 = 64;
const GOODS: [&str; 3] = ["potash", "plywood", "vehicles"];
/// Largest difference, as a share of the kept value: a zero stays zero. Every processor gives the same bits, so not even
/// a median, which jumps from bin to bin of its histogram, needs more room than this.
const TOLERANCE: f64 = 1e-9;

/// Keys of a row, then its mean, sd and median.
#[derive(Clone, Debug)]
struct Row {
    key: String,
    values: [Option<f64>; 3],
}

fn kept(name: &str) -> PathBuf {
    common::repository()
        .join("results/regression")
        .join(name)
        .with_extension("csv")
}

/// The metrics of years and of the whole run.
fn rows(entry: &BatchScenario, finished: &Finished) -> Vec<Row> {
    let mut rows = Vec::new();
    for row in entry.layout.metric_rows(&entry.model.plan).to_specs() {
        let period: ReportPeriod = row.key[1].parse().unwrap();
        if period.is_month() {
            continue;
        }
        let summary = finished.collected.summary(row.cell).scaled(row.scale);
        rows.push(Row {
            key: row.key.join(","),
            values: [summary.mean, summary.sd, summary.p50],
        });
    }
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    rows
}

fn write(rows: &[Row]) -> String {
    let mut text = String::from("metric,period,commodity,via,party,unit,mean,sd,p50\n");
    for Row { key, values } in rows {
        let cells = values.map(|value| value.map_or(String::new(), |value| format!("{value}")));
        writeln!(text, "{key},{}", cells.join(",")).unwrap();
    }
    text
}

fn read(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut cells = line.rsplitn(4, ',');
        let mut value = || {
            let cell = cells.next().unwrap();
            (!cell.is_empty()).then(|| cell.parse().unwrap())
        };
        let (median, sd, mean) = (value(), value(), value());
        Row {
            key: cells.next().unwrap().to_owned(),
            values: [mean, sd, median],
        }
    };
    text.lines().skip(1).map(row).collect()
}

fn is_same(kept: Option<f64>, found: Option<f64>) -> bool {
    match (kept, found) {
        (Some(kept), Some(found)) => (kept - found).abs() <= TOLERANCE * kept.abs(),
        (None, None) => true,
        _ => false,
    }
}

/// Says of each row what has changed.
fn differences(kept: &[Row], found: &[Row]) -> Vec<String> {
    let mut differences = Vec::new();
    for (kept, found) in kept.iter().zip(found) {
        if kept.key != found.key {
            differences.push(format!("{} instead of {}", found.key, kept.key));
            break;
        }
        let mut values = kept.values.iter().zip(found.values);
        if !values.all(|(kept, found)| is_same(*kept, found)) {
            differences.push(format!("{} is {:?}, was {:?}", kept.key, found.values, kept.values));
        }
    }
    if kept.len() != found.len() {
        differences.push(format!("{} rows, were {}", found.len(), kept.len()));
    }
    differences
}

/// Set `UPDATE_REGRESSION=1` to keep new results; the difference is then for the reviewer to judge.
#[test]
fn results_are_those_kept() {
    let (batch, outcomes) = common::simulate(common::Narrow::new(&SCENARIOS, &GOODS).scenarios(DRAWS));
    for (entry, outcome) in batch.scenarios.iter().zip(&outcomes) {
        let name = &entry.model.plan.scenario.name;
        let found = rows(entry, outcome.as_ref().unwrap());
        if std::env::var_os("UPDATE_REGRESSION").is_some() {
            std::fs::write(kept(name), write(&found)).unwrap();
        }
        let differences = differences(&read(&std::fs::read_to_string(kept(name)).unwrap()), &found);
        assert!(differences.is_empty(), "{name}: {differences:#?}");
    }
}

/// The same value moved by a little more than the tolerance, each way.
fn moved(value: Option<f64>) -> Vec<Option<f64>> {
    match value {
        None => vec![Some(0.0)],
        Some(0.0) => vec![Some(f64::MIN_POSITIVE), Some(-f64::MIN_POSITIVE), None],
        Some(value) => vec![
            Some(value * (1.0 + 1.01 * TOLERANCE)),
            Some(value * (1.0 - 1.01 * TOLERANCE)),
            None,
        ],
    }
}

#[test]
fn every_kept_value_that_moves_beyond_the_tolerance_is_noticed() {
    for name in SCENARIOS {
        let text = std::fs::read_to_string(kept(name)).unwrap();
        let kept = read(&text);
        assert_eq!(write(&kept), text, "{name}: a digit is lost in reading");
        for row in &kept {
            let one = std::slice::from_ref(row);
            assert_eq!(differences(one, one), [""; 0]);
            for place in 0..row.values.len() {
                for value in moved(row.values[place]) {
                    let mut other = row.clone();
                    other.values[place] = value;
                    assert_eq!(differences(one, &[other]).len(), 1, "{name}: {} as {value:?}", row.key);
                }
            }
        }
    }
}

#[test]
fn a_row_that_comes_goes_or_is_renamed_is_noticed() {
    let kept = read(&std::fs::read_to_string(kept(SCENARIOS[0])).unwrap());
    assert_eq!(differences(&kept, &kept), [""; 0]);
    assert!(!differences(&kept[1..], &kept).is_empty());
    assert!(!differences(&kept, &kept[..kept.len() - 1]).is_empty());
    let mut renamed = kept.clone();
    renamed.last_mut().unwrap().key.push('x');
    assert_eq!(differences(&kept, &renamed).len(), 1);
}
