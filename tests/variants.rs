//! Variants of scenarios as they are run: sweeps, and measures left out in turn.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};

/// Two bans on the hub world that overlap, and a programme.
const SCENARIO: &str = r#"
[horizon]
start = "2022-01"
months = 6

[simulation]
draws = 40
seed = 5
sampling = { random = {} }

[parameters]
"commodity.grain.route_choice" = { uniform = { low = 2.0, high = 5.0 } }

[[measures.ban]]
id = "grain-stop"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
exempt_share = { uniform = { low = 0.0, high = 0.3 } }

[[measures.ban]]
id = "ore-stop"
issuer = "SEL"
commodities = ["ore"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"

[[measures.tariff]]
id = "duty"
issuer = "UNION"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
rate = 0.1
"#;

const NUMBER: &str = "ban.grain-stop.exempt_share";

/// A folder with the scenario, and its path.
fn scenario() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stops.toml");
    let world = repository().join("tests/worlds/hub");
    let head = format!("title = \"Stops\"\nworld = {:?}\n", world.to_str().unwrap());
    fs::write(&path, head + SCENARIO).unwrap();
    (folder, path)
}

fn run(path: &Path, out: &Path, options: &[&str]) -> String {
    let paths = ["run", path.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = roundabout(&[&paths, options].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of `sweep.csv` for circumvented trade in dollars, by change.
fn sweep(out: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("sweep.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = header.iter().zip(&record);
        cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    });
    let rows: Vec<BTreeMap<String, String>> = rows.collect();
    let of_metric = rows
        .into_iter()
        .filter(|row| row["metric"] == "circumvented" && row["unit"] == "usd");
    of_metric.map(|row| (row["change"].clone(), row)).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// The files of a result folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

#[test]
fn a_sweep_of_ten_values_is_one_command() {
    let (folder, path) = scenario();
    let values: Vec<String> = (0..10).map(|tenth| format!("{}", f64::from(tenth) / 10.0)).collect();
    let out = folder.path().join("sweep");
    let printed = run(&path, &out, &["--grid", &format!("{NUMBER}={}", values.join(","))]);
    assert!(printed.contains("grain-stop.exempt_share = 0.9"), "{printed}");
    let rows = sweep(&out);
    assert_eq!(rows.len(), 11);
    let levels: Vec<f64> = values
        .iter()
        .map(|value| {
            let row = &rows[&format!("grain-stop.exempt_share = {value}")];
            assert_eq!(row["value"].parse::<f64>().unwrap(), value.parse::<f64>().unwrap());
            assert_eq!(row["of"], "stops");
            assert_eq!(row["draws"], "40");
            number(row, "mean")
        })
        .collect();
    // The more a ban exempts, the less goes around it.
    assert!(levels.windows(2).all(|pair| pair[1] < pair[0]), "{levels:?}");
    // Alone, a variant gives the same files, byte for byte: it is in another wave of the batch.
    let alone = folder.path().join("alone");
    run(&path, &alone, &["--grid", &format!("{NUMBER}=0.9")]);
    for name in ["stops", "stops--exempt_share-0.9"] {
        assert!(contents(&out.join(name)) == contents(&alone.join(name)), "{name}");
    }
    let differences = |out: &Path| -> Vec<String> {
        let text = fs::read_to_string(out.join("comparison.csv")).unwrap();
        let is_its = |line: &&str| line.starts_with("stops--exempt_share-0.9,");
        text.lines().filter(is_its).map(str::to_owned).collect()
    };
    assert!(differences(&out).len() > 100);
    assert_eq!(differences(&out), differences(&alone));
}

#[test]
fn a_variant_is_the_scenario_that_says_so_itself() {
    let (folder, path) = scenario();
    let out = folder.path().join("out");
    run(&path, &out, &["--set", &format!("{NUMBER}=0.25"), "--without", "duty"]);
    let text = fs::read_to_string(&path).unwrap();
    let by_hand = text
        .replace("{ uniform = { low = 0.0, high = 0.3 } }", "0.25")
        .split("[[measures.tariff]]")
        .next()
        .unwrap()
        .to_owned();
    let path = folder.path().join("by-hand.toml");
    fs::write(&path, by_hand).unwrap();
    let other = folder.path().join("other");
    run(&path, &other, &["--detail", "years"]);
    let variant = contents(&out.join("stops--exempt_share-0.25--without-duty"));
    let by_hand = contents(&other.join("by-hand"));
    for table in ["metrics.csv", "links.csv.zst", "uncovered.csv", "draws.csv"] {
        assert!(variant[table] == by_hand[table], "{table}");
    }
}

#[test]
fn each_measure_left_out_stands_beside_their_sum_and_the_whole() {
    let (folder, path) = scenario();
    let out = folder.path().join("out");
    let printed = run(&path, &out, &["--leave-one-out"]);
    for row in [
        "without grain-stop",
        "without all measures",
        "sum of single differences",
    ] {
        assert!(printed.contains(row), "{printed}");
    }
    let rows = sweep(&out);
    let difference = |change: &str| number(&rows[change], "difference");
    let singles = ["without grain-stop", "without ore-stop", "without duty"];
    let sum: f64 = singles.iter().map(|change| difference(change)).sum();
    let told = &rows["sum of single differences"];
    assert!(
        (number(told, "difference") - sum).abs() < 1e-9 * sum.abs(),
        "{sum} {told:?}"
    );
    assert!(number(told, "p05") <= number(told, "p50") && told["scenario"].is_empty());
    // Without any measure nothing is circumvented.
    let level = number(&rows[""], "mean");
    assert!((difference("without all measures") + level).abs() < 1e-9 * level);
    assert_eq!(number(&rows["without all measures"], "mean"), 0.0);
    // Each is paired: the error of a difference is smaller than that of a level.
    assert!(number(&rows["without ore-stop"], "mcse") < number(&rows[""], "mean_mcse"));
}

#[test]
fn what_cannot_be_varied_is_refused_before_anything_is_written() {
    let (folder, path) = scenario();
    let out = folder.path().join("out");
    let path = path.to_str().unwrap();
    let cases: [(&[&str], i32, &str); 4] = [
        (
            &["--set", "nonsense"],
            2,
            "write the name of a number, `=` and its value",
        ),
        (
            &["--grid", "ban.grain-stop.exempt=0.1"],
            3,
            "did you mean `ban.grain-stop.exempt_share`?",
        ),
        (&["--without", "grain"], 3, "has no entry of this id"),
        (&["--leave-one-out", path], 2, "takes one scenario"),
    ];
    for (options, code, message) in cases {
        let output = roundabout(&[&["run", path, "--out", out.to_str().unwrap()], options].concat());
        assert_eq!(output.status.code(), Some(code), "{options:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{options:?}: {}", stderr(&output));
        assert!(!out.exists());
    }
}
