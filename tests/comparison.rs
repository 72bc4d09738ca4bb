//! What `compare` says of a batch: the numbers that the batch has kept, and intervals that hold what they promise.

mod common;

use std::collections::BTreeMap;
use std::ops::Index;
use std::path::Path;
use std::rc::Rc;

use common::{Narrow, repository, roundabout, stderr};
use roundabout::comparison::{
    Difference, KeptDifferences, LayoutOptions, Quantiles, lay_out, paired_difference, unpaired_difference,
};
use roundabout::model::ReportPeriod;
use roundabout::results::read::{MetricKey, ResultSet, read_batch};
use roundabout::scenario::Scenario;
use roundabout::statistics::{Histogram, QUANTILES, Summary, order_statistic};

/// The scenarios of the README's batch.
const BATCH: [&str; 6] = [
    "primary",
    "history",
    "secondary-designations",
    "secondary-export-ban",
    "secondary-export-ban-kg",
    "secondary-payments",
];

fn code(output: &std::process::Output) -> i32 {
    output.status.code().unwrap()
}

/// Set, the tests take the README's batch as it is: all goods, 256 draws. This takes minutes.
const WHOLE: &str = "FULL_BATCH";

/// Runs the README's batch: on one good with a few draws, unless the whole is asked for.
fn run_batch(out: &Path) {
    let is_whole = std::env::var_os(WHOLE).is_some();
    let narrow = Narrow::new(&BATCH, &["plywood"]);
    let shipped = BATCH.map(|name| repository().join(format!("scenarios/{name}.toml")));
    let paths = if is_whole { shipped.to_vec() } else { narrow.paths() };
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let draws = if is_whole { "256" } else { "24" };
    let mut arguments: Vec<&str> = vec![
        "run",
        "--allow-idle",
        "--quiet",
        "--draws",
        draws,
        "--out",
        out.to_str().unwrap(),
    ];
    arguments.extend(paths.iter().map(String::as_str));
    let output = roundabout(&arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

/// A row of a table, as text by column.
#[derive(Debug)]
struct Row {
    places: Rc<BTreeMap<String, usize>>,
    cells: csv::StringRecord,
}

impl Index<&str> for Row {
    type Output = str;

    fn index(&self, column: &str) -> &str {
        &self.cells[self.places[column]]
    }
}

fn rows(text: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers().unwrap().clone();
    let places = header.iter().enumerate().map(|(place, name)| (name.to_owned(), place));
    let places = Rc::new(places.collect());
    let row = |record: Result<csv::StringRecord, csv::Error>| Row {
        places: Rc::clone(&places),
        cells: record.unwrap(),
    };
    reader.records().map(row).collect()
}

fn number(row: &Row, column: &str) -> Option<f64> {
    let text = &row[column];
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// The rows of `comparison.csv`, by scenario and what they are of.
type Kept<'r> = BTreeMap<(&'r str, MetricKey), &'r Row>;

/// A scenario lies below the reference as often as `order.csv` says that it is lower.
fn the_order_is_that_of_the_differences(out: &Path, kept: &Kept<'_>) {
    let order = rows(&std::fs::read(out.join("order.csv")).unwrap());
    let mut compared = 0;
    for row in order.iter().filter(|row| row["other"] == *BATCH[0]) {
        let key = MetricKey {
            metric: row["metric"].to_owned(),
            period: "all".parse().unwrap(),
            commodity: "all".to_owned(),
            via: String::new(),
            party: String::new(),
            unit: row["unit"].to_owned(),
        };
        assert_eq!(
            number(row, "probability_lower"),
            number(kept[&(&row["scenario"], key)], "probability_below_zero"),
            "{row:?}"
        );
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
    // Of two, one is lower or they are equal.
    let share = |one: &str, two: &str| {
        let is_it = |row: &&Row| row["scenario"] == *one && row["other"] == *two && row["metric"] == *"circumvented";
        number(order.iter().find(is_it).unwrap(), "probability_lower").unwrap()
    };
    assert!(share(BATCH[1], BATCH[2]) + share(BATCH[2], BATCH[1]) <= 1.0);
}

fn key(row: &Row) -> MetricKey {
    MetricKey {
        metric: row["metric"].to_owned(),
        period: row["period"].parse().unwrap(),
        commodity: row["commodity"].to_owned(),
        via: row["via"].to_owned(),
        party: row["party"].to_owned(),
        unit: row["unit"].to_owned(),
    }
}

#[test]
fn compare_shows_what_comparison_csv_has_in_every_row() {
    let out = tempfile::tempdir().unwrap();
    run_batch(out.path());
    let kept_rows = rows(&std::fs::read(out.path().join("comparison.csv")).unwrap());
    let sets = read_batch(&[out.path().to_owned()]).unwrap();
    let kept = KeptDifferences::read(&sets, false, |_| true).unwrap();
    assert!(kept.notes.is_empty(), "{:?}", kept.notes);
    let mut by_key: BTreeMap<MetricKey, Vec<&Row>> = BTreeMap::new();
    for row in &kept_rows {
        by_key.entry(key(row)).or_default().push(row);
    }
    let keys: Vec<MetricKey> = by_key.keys().cloned().collect();
    let comparison = lay_out(&sets, &kept, &keys, LayoutOptions::default());
    let mut shown = 0;
    for block in &comparison.blocks {
        for row in &by_key[&block.key] {
            let place = comparison
                .scenarios
                .iter()
                .position(|names| row["scenario"] == *names.name);
            let difference = block.rows[place.unwrap()].difference;
            assert_eq!(
                difference.map(|difference| difference.mean),
                number(row, "difference"),
                "{row:?}"
            );
            let Some(difference) = difference else { continue };
            assert_eq!(difference.mcse, number(row, "mcse"), "{row:?}");
            let quantiles = difference.quantiles.map(
                |Quantiles {
                     p05,
                     p25,
                     p50,
                     p75,
                     p95,
                 }| [p05, p25, p50, p75, p95],
            );
            let expected = ["p05", "p25", "p50", "p75", "p95"].map(|column| number(row, column));
            assert_eq!(
                quantiles.map_or([None; 5], |quantiles| quantiles.map(Some)),
                expected,
                "{row:?}"
            );
            // What the solver's tolerance explains is no difference, so no draw lies below.
            let below =
                number(row, "probability_below_zero").map(|below| if difference.is_noise() { 0.0 } else { below });
            assert_eq!(difference.probability_below_zero, below, "{row:?}");
            assert_eq!(difference.is_paired.to_string(), row["paired"], "{row:?}");
            shown += 1;
        }
    }
    let by_place = kept_rows
        .iter()
        .map(|row| ((&row["scenario"], key(row)), row))
        .collect();
    as_printed(out.path(), &by_place);
    let left_out = only_years_without_a_difference_are_left_out(&sets, &kept, &by_place);
    assert!(shown > 1_500 && shown + left_out > 5_000, "{shown} and {left_out} rows");
    headlines_are_exact(&sets, &by_place);
    the_order_is_that_of_the_differences(out.path(), &by_place);
}

/// Every metric of a scenario has a difference, from its row or because it has none.
fn only_years_without_a_difference_are_left_out(sets: &[ResultSet], kept: &KeptDifferences, rows: &Kept<'_>) -> usize {
    let mut left_out = 0;
    for (place, set) in sets.iter().enumerate().skip(1) {
        let known = kept.rows(place).unwrap();
        for (key, level) in set.metrics.iter() {
            let difference = known.get(key).unwrap_or_else(|| panic!("{}: {key:?}", set.label));
            if rows.contains_key(&(set.label.as_str(), key.clone())) {
                continue;
            }
            left_out += 1;
            assert!(key.period.is_year(), "{key:?}");
            assert_eq!(sets[0].metrics[key], *level, "{key:?}");
            let zero = [Some(0.0), difference.mcse, difference.probability_below_zero];
            assert_eq!(zero, [difference.mean; 3], "{key:?}");
            let whole = rows[&(set.label.as_str(), key.in_period(ReportPeriod::WholeRun))];
            assert_eq!(
                difference.draws.map(|draws| draws as f64),
                number(whole, "draws"),
                "{key:?}"
            );
        }
    }
    left_out
}

/// The command prints the very digits of the file.
fn as_printed(batch: &Path, kept: &Kept<'_>) {
    let output = roundabout(&["compare", batch.to_str().unwrap(), "--all", "--format", "csv"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let printed = rows(&output.stdout);
    assert!(printed.len() >= 5 * 25, "{}", printed.len());
    for row in printed {
        let kept = kept[&(&row["scenario"], key(&row))];
        let columns = kept.places.keys();
        assert!(
            columns.clone().all(|column| row[column] == kept[column]),
            "{row:?} {kept:?}"
        );
    }
}

/// The quantiles of headline differences are those of the draws in `draws.csv`.
fn headlines_are_exact(sets: &[ResultSet], kept: &Kept<'_>) {
    for set in &sets[1..] {
        for (key, reference) in &sets[0].headlines {
            let mut differences: Vec<f64> = set
                .draws_of(key)
                .unwrap()
                .iter()
                .zip(reference)
                .map(|(own, reference)| own - reference)
                .filter(|difference| difference.is_finite())
                .collect();
            differences.sort_by(f64::total_cmp);
            let row = kept[&(set.label.as_str(), key.clone())];
            for (column, percent) in ["p05", "p25", "p50", "p75", "p95"].into_iter().zip(QUANTILES) {
                let expected = (!differences.is_empty()).then(|| order_statistic(&differences, percent));
                let is_same = match number(row, column).zip(expected) {
                    // The file has ten digits.
                    Some((found, expected)) => (found - expected).abs() <= 1e-9 * expected.abs(),
                    None => number(row, column) == expected,
                };
                assert!(is_same, "{column} of {row:?} is not {expected:?}");
            }
        }
    }
}

/// Draws behind each simulated comparison.
const DRAWS: usize = 64;

/// Simulated comparisons.
const COMPARISONS: usize = 2_000;

/// A ban on grain on the hub world for a month, with uncertain exemptions between `low` and `high`.
fn scenario(folder: &Path, name: &str, low: f64, high: f64) -> Scenario {
    let path = folder.join(format!("{name}.toml"));
    let text = format!(
        r#"title = "On the hub world"
world = {:?}
[horizon]
start = "2022-01"
months = 1
[simulation]
draws = {}
seed = 5
sampling = {{ random = {{}} }}
[parameters]
"commodity.grain.route_choice" = {{ uniform = {{ low = 2.0, high = 5.0 }} }}
[[measures.ban]]
id = "ban"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-01"
exempt_share = {{ uniform = {{ low = {low:?}, high = {high:?} }} }}
[[shocks.mode_cost]]
id = "rates"
mode = "rail"
persistence = 0.5
sd = 0.2
"#,
        repository().join("tests/worlds/hub").to_str().unwrap(),
        DRAWS * (COMPARISONS + 1)
    );
    std::fs::write(&path, text).unwrap();
    common::read(&[path]).remove(0)
}

/// Circumvented trade in dollars in every draw of two scenarios.
fn circumvented() -> [Vec<f64>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = vec![
        scenario(folder.path(), "mild", 0.1, 0.4),
        scenario(folder.path(), "strict", 0.0, 0.2),
    ];
    let (batch, outcomes) = common::simulate(scenarios);
    [0, 1].map(|place| {
        let headlines = batch.scenarios[place].layout.headlines();
        let column = headlines
            .iter()
            .position(|(metric, ..)| *metric == "circumvented")
            .unwrap();
        let draws = &outcomes[place].as_ref().unwrap().draws;
        draws.columns(column..column + 1).unwrap().remove(0)
    })
}

fn summary(values: &[f64]) -> Summary {
    let mut counts = Histogram::default();
    counts.insert_all(values);
    Summary::new(&values.iter().copied().collect(), &counts)
}

/// How many of many intervals cover a number, in per cent.
fn coverage(differences: impl Iterator<Item = Difference>, truth: f64) -> f64 {
    let covers = |difference: Difference| {
        let (low, high) = difference.interval(0.95).unwrap();
        (low..=high).contains(&truth)
    };
    100.0 * differences.filter(|difference| covers(*difference)).count() as f64 / COMPARISONS as f64
}

#[test]
fn intervals_cover_a_known_difference_as_often_as_they_say() {
    let [reference, other] = circumvented();
    // The mean over two thousand times as many draws: its own error is a forty-fifth of that of a comparison.
    let truth = paired_difference(&reference, &other, 0.0, 0.0).unwrap().mean;
    let part = |values: &'_ [f64], number: usize| values[number * DRAWS..(number + 1) * DRAWS].to_vec();
    let paired = (0..COMPARISONS).map(|number| {
        let (reference, other) = (part(&reference, number), part(&other, number));
        paired_difference(&reference, &other, 0.0, 0.0).unwrap()
    });
    let paired = coverage(paired, truth);
    // The next draws of the other scenario are independent of these.
    let unpaired = (0..COMPARISONS).map(|number| {
        let (reference, other) = (summary(&part(&reference, number)), summary(&part(&other, number + 1)));
        unpaired_difference((&reference, DRAWS as u64), (&other, DRAWS as u64), 0.0, 0.0).unwrap()
    });
    let unpaired = coverage(unpaired, truth);
    assert!((paired - 95.0).abs() <= 1.5, "paired intervals cover {paired}%");
    assert!((unpaired - 95.0).abs() <= 1.5, "unpaired intervals cover {unpaired}%");
}
