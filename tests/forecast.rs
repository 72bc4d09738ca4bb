//! Forecasts on the hub world: what the tables hold, that nothing depends on threads, and when the command refuses.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};

/// Grain to the union is banned from March 2022 on; what is uncertain is how fast the hub's network grows.
const SCENARIO: &str = r#"
title = "Hub"
world = "world"
[horizon]
start = "2021-01"
months = 36
[simulation]
draws = 100
seed = 1
sampling = { random = {} }
[parameters]
"capacity.via-hub-grain.growth_per_month" = { uniform = { low = 0.5, high = 2.0 } }
[[measures.ban]]
id = "grain"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"
exempt_share = 0.0
"#;

const GROWTH: &str = "capacity.via-hub-grain.growth_per_month";

/// The record of a trade in a month after January 2020: level, then a rise after March 2022, with noise that repeats after 17
/// months.
fn record(size: f64, place: u32) -> f64 {
    let rise = 1.0 + 0.2 * f64::from(place.saturating_sub(26));
    (size * rise * (1.0 + 0.01 * f64::from(place * 7 % 17) - 0.08)).round()
}

fn month(place: u32) -> String {
    format!("{}-{:02}", 2020 + place / 12, place % 12 + 1)
}

/// Trades of which the world has a baseline, with the size of their records.
const TRADES: [(&str, f64); 2] = [("SEL,HUB,export,all", 40_000.0), ("BUY,ROW,import,all", 72_000.0)];

/// Records of these trades from January 2020 to August 2022.
fn records() -> String {
    let row = |trade: &str, size, place| format!("{trade},{},{},usd,made-up\n", month(place), record(size, place));
    let rows = TRADES.map(|(trade, size)| (0..32).map(|place| row(trade, size, place)).collect::<String>());
    rows.concat()
}

/// A folder with the hub world, what it observes, and a scenario.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new(observed: &str, scenario: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let world = bench.path("world");
        fs::create_dir(&world).unwrap();
        for entry in fs::read_dir(repository().join("tests/worlds/hub")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, world.join(path.file_name().unwrap())).unwrap();
        }
        let header = "reporter,partner,flow,commodity,month,value,unit,source";
        fs::write(world.join("observed.csv"), format!("{header}\n{observed}")).unwrap();
        fs::write(bench.path("hub.toml"), scenario).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Runs a command on the scenario; exit code, standard output, standard error.
    fn run(&self, command: &str, options: &[&str]) -> (i32, String, String) {
        let scenario = self.text("hub.toml");
        let output = roundabout(&[&[command, &scenario][..], options].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text, stderr(&output))
    }

    /// Forecasts until May 2023 with sixty draws; standard output and the folder.
    fn forecast(&self, out: &str, more: &[&str]) -> (String, PathBuf) {
        let folder = self.text(out);
        let options = ["--until", "2023-05", "--draws", "60", "--out", &folder];
        let (code, told, said) = self.run("forecast", &[&options[..], more].concat());
        assert_eq!(code, 0, "{said}");
        (told, self.path(out))
    }

    /// Asserts that a forecast is refused, and leaves nothing.
    fn refused(&self, options: &[&str], code: i32, message: &str) {
        let out = self.text("nothing");
        let (found, told, said) = self.run("forecast", &[&["--out", &out], options].concat());
        assert_eq!((found, told.as_str()), (code, ""), "{said}");
        assert!(said.contains(message), "{said}");
        assert!(!self.path("nothing").exists());
    }
}

const HEADER: &str = "reporter,partner,flow,commodity,period,unit,mean,sd,p05,p25,p50,p75,p95";

/// Statistics of a table by `reporter,partner,flow,commodity` and period, with the order of the rows.
type Statistics = BTreeMap<(String, String), [f64; 7]>;

fn read(folder: &Path, file: &str) -> (Vec<(String, String)>, Statistics) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), HEADER);
    let (mut order, mut rows) = (Vec::new(), BTreeMap::new());
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let key = (cells[..4].join(","), cells[4].to_owned());
        assert_eq!(cells[5], "usd");
        let numbers: Vec<f64> = cells[6..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert!(
            numbers.iter().all(|number| number.is_finite() && *number >= 0.0),
            "{line}"
        );
        order.push(key.clone());
        rows.insert(key, numbers.try_into().unwrap());
    }
    assert_eq!(order.len(), rows.len());
    (order, rows)
}

#[test]
fn tables_have_months_quarters_and_years_of_every_series() {
    let bench = Bench::new(&records(), SCENARIO);
    let (told, out) = bench.forecast("out", &[]);
    let periods = [
        "2022", "2022-09", "2022-10", "2022-11", "2022-12", "2022-Q3", "2022-Q4", "2023-01", "2023-02", "2023-03",
        "2023-04", "2023-05", "2023-Q1",
    ];
    for file in ["forecast.csv", "simulated.csv"] {
        let (order, rows) = read(&out, file);
        let expected: Vec<(String, String)> = TRADES
            .iter()
            .flat_map(|(trade, _)| periods.map(|period| ((*trade).to_owned(), period.to_owned())))
            .collect();
        let mut sorted = order.clone();
        sorted.sort_by_key(|(trade, _)| TRADES.iter().position(|(known, _)| known == trade));
        assert_eq!(sorted, expected, "{file}");
        for ((trade, period), [mean, sd, p05, p25, p50, p75, p95]) in rows {
            assert!(p05 <= p25 && p25 <= p50 && p50 <= p75 && p75 <= p95, "{trade} {period}");
            assert!(mean > 0.0 && (file == "simulated.csv" || sd > 0.0), "{trade} {period}");
        }
    }
    // Totals by year and the last month.
    let mut lines = told.lines().filter(|line| line.contains("SEL-HUB-all"));
    assert!(lines.next().unwrap().contains(" 2022 "), "{told}");
    assert!(lines.next().unwrap().contains(" 2023-05 "), "{told}");
    assert_eq!(lines.next(), None);
    let end = "Millions; records until 2022-08; all numbers drawn from their priors; weight of growth 0.60\n";
    assert!(told.ends_with(end), "{told}");
    for series in ["SEL-HUB-all", "BUY-ROW-all"] {
        let picture = fs::read_to_string(out.join(format!("forecast/{series}.svg"))).unwrap();
        assert!(
            picture.contains("forecast from 2022-08") && !picture.contains("NaN"),
            "{picture}"
        );
    }
}

#[test]
fn what_is_known_of_a_quarter_or_year_is_added() {
    let bench = Bench::new(&records(), SCENARIO);
    let (_, out) = bench.forecast("out", &[]);
    for file in ["forecast.csv", "simulated.csv"] {
        let (_, rows) = read(&out, file);
        for (trade, size) in TRADES {
            let mean = |period: &str| rows[&(trade.to_owned(), period.to_owned())][0];
            let recorded = |places: std::ops::Range<u32>| places.map(|place| record(size, place)).sum::<f64>();
            let autumn = ["2022-10", "2022-11", "2022-12"].map(mean).iter().sum::<f64>();
            let expected = [
                ("2022-Q3", recorded(30..32) + mean("2022-09")),
                ("2022-Q4", autumn),
                ("2022", recorded(24..32) + mean("2022-09") + autumn),
                ("2023-Q1", ["2023-01", "2023-02", "2023-03"].map(mean).iter().sum()),
            ];
            for (period, expected) in expected {
                assert!(
                    (mean(period) / expected - 1.0).abs() < 1e-9,
                    "{file} {trade} {period}: {expected}"
                );
            }
        }
    }
}

#[test]
fn a_month_without_a_record_leaves_its_year_out() {
    let all = records();
    let gap: String = all
        .split_inclusive('\n')
        .filter(|row| !row.contains(",2022-05,"))
        .collect();
    let bench = Bench::new(&gap, SCENARIO);
    let (_, rows) = read(&bench.forecast("out", &[]).1, "forecast.csv");
    let has = |period: &str| rows.contains_key(&(TRADES[0].0.to_owned(), period.to_owned()));
    assert!(!has("2022") && has("2022-Q3") && has("2022-Q4"));
}

#[test]
fn nothing_depends_on_threads_and_the_weight_matters_to_the_forecast_alone() {
    let bench = Bench::new(&records(), SCENARIO);
    let files = [
        "forecast.csv",
        "simulated.csv",
        "forecast/SEL-HUB-all.svg",
        "forecast/BUY-ROW-all.svg",
    ];
    let bytes = |out: &Path| files.map(|file| fs::read(out.join(file)).unwrap());
    let (told, one) = bench.forecast("one", &["--threads", "1"]);
    let (again, two) = bench.forecast("two", &["--threads", "2"]);
    assert!(told == again && bytes(&one) == bytes(&two));
    let (_, none) = bench.forecast("none", &["--weight", "0"]);
    let (_, all) = bench.forecast("all", &["--weight", "1"]);
    let [none, all] = [none, all].map(|out| bytes(&out));
    assert!(none[0] != all[0] && none[1] == all[1]);
    let (_, seeded) = bench.forecast("seeded", &["--seed", "2"]);
    assert!(bytes(&seeded)[0] != bytes(&one)[0]);
}

#[test]
fn a_posterior_on_the_command_line_takes_the_place_of_priors() {
    let bench = Bench::new(&records(), SCENARIO);
    let small = ["--until", "2022-08", "--members", "40", "--steps", "2", "--out"];
    let folder = bench.text("calibrated");
    let (code, _, said) = bench.run("calibrate", &[&small[..], &[&folder]].concat());
    assert_eq!(code, 0, "{said}");
    let table = fs::read_to_string(bench.path("calibrated/posterior.csv")).unwrap();
    assert!(table.starts_with(&format!("member,{GROWTH}\n")), "{table}");
    let (told, after) = bench.forecast("after", &["--posterior", &folder]);
    assert!(
        told.contains("1 numbers drawn from") && told.contains("posterior.csv"),
        "{told}"
    );
    let (_, before) = bench.forecast("before", &[]);
    let simulated = |out: &Path| read(out, "simulated.csv").1;
    assert_ne!(simulated(&before), simulated(&after));
    // Members that agree leave nothing uncertain: the hub world has neither shocks nor events.
    fs::create_dir(bench.path("sure")).unwrap();
    fs::write(
        bench.path("sure/posterior.csv"),
        format!("member,{GROWTH}\n0,1.5\n1,1.5\n"),
    )
    .unwrap();
    let (_, sure) = bench.forecast("known", &["--posterior", &bench.text("sure")]);
    for ((trade, period), [mean, sd, p05, .., p95]) in simulated(&sure) {
        assert!(sd <= 1e-12 * mean && p05 == p95, "{trade} {period}: {sd}");
    }
}

#[test]
fn without_uncertain_numbers_there_is_a_forecast_too() {
    let scenario: String = SCENARIO
        .split_inclusive('\n')
        .filter(|line| !line.contains(GROWTH) && !line.contains("[parameters]"))
        .collect();
    let bench = Bench::new(&records(), &scenario);
    let (_, out) = bench.forecast("out", &[]);
    read(&out, "forecast.csv");
    // A calibration has nothing to move, and says so.
    let options = ["--until", "2022-08", "--members", "20", "--steps", "2", "--out"];
    let (code, told, said) = bench.run("calibrate", &[&options[..], &[&bench.text("calibrated")]].concat());
    assert_eq!(code, 0, "{said}");
    assert!(
        told.ends_with("0 numbers are identified, 0 weakly, 0 not at all\n"),
        "{told}"
    );
    let table = fs::read_to_string(bench.path("calibrated/posterior.csv")).unwrap();
    assert!(table.starts_with("member\n0\n1\n"), "{table}");
}

#[test]
fn records_that_cannot_be_carried_on_do_not_move_the_origin() {
    let mut observed = records();
    // Nobody sells to ALT at first, and of the imports of HUB nothing is known in the base year.
    for place in 12..40 {
        observed += &format!("SEL,ALT,export,all,{},5000,usd,made-up\n", month(place));
    }
    observed += "HUB,SEL,import,all,2022-12,5000,usd,made-up\n";
    let bench = Bench::new(&observed, SCENARIO);
    let (told, out) = bench.forecast("out", &[]);
    assert!(told.contains("records until 2022-08"), "{told}");
    let (order, _) = read(&out, "forecast.csv");
    assert!(
        order
            .iter()
            .all(|(trade, _)| TRADES.iter().any(|(known, _)| known == trade))
    );
}

#[test]
fn months_that_cannot_be_forecast_are_refused() {
    let bench = Bench::new(&records(), SCENARIO);
    let message = |until: &str| {
        format!(
            "error: --until {until} must lie after 2022-08, the last record, and not after 2023-12, the end of the scenario"
        )
    };
    for until in ["2020-01", "2022-08", "2024-01"] {
        bench.refused(&["--until", until], 2, &message(until));
    }
    for (option, value) in [
        ("--weight", "1.1"),
        ("--weight", "NaN"),
        ("--draws", "19"),
        ("--until", "2023"),
    ] {
        let other = if option == "--until" {
            ["--draws", "20"]
        } else {
            ["--until", "2023-01"]
        };
        bench.refused(&[&other[..], &[option, value]].concat(), 2, value);
    }
    // All records lie before the scenario begins.
    let early: String = records()
        .split_inclusive('\n')
        .filter(|row| row.contains(",2021-0"))
        .collect();
    let late = Bench::new(&early, &SCENARIO.replace("2021-01", "2021-10"));
    late.refused(&["--until", "2022-06"], 2, "where the scenario begins");
}

#[test]
fn a_world_without_monthly_records_is_refused() {
    let until = ["--until", "2023-01"];
    let yearly = Bench::new("SEL,HUB,export,grain,2021,40000,usd,made-up\n", SCENARIO);
    yearly.refused(&until, 3, "error: the world observes nothing by month");
    let all = records();
    let late: String = all.split_inclusive('\n').filter(|row| row.contains(",2022-")).collect();
    let message = "covers half of 2021, the scenario's first year";
    Bench::new(&late, SCENARIO).refused(&until, 3, message);
}

#[test]
fn a_posterior_that_fits_nothing_is_refused() {
    let bench = Bench::new(&records(), SCENARIO);
    let folder = bench.text("posterior");
    let options = ["--until", "2023-01", "--posterior", &folder];
    bench.refused(&options, 3, "posterior.csv");
    fs::create_dir(bench.path("posterior")).unwrap();
    for (table, message) in [
        ("member,capacity.elsewhere\n0,1\n1,2\n", "is a number of this scenario"),
        ("member\n0\n1\n", "is a number of this scenario"),
    ] {
        fs::write(bench.path("posterior/posterior.csv"), table).unwrap();
        bench.refused(&options, 3, message);
    }
}

#[test]
fn files_of_others_are_never_replaced() {
    let bench = Bench::new(&records(), SCENARIO);
    let (_, out) = bench.forecast("out", &[]);
    let folder = bench.text("out");
    let options = ["--until", "2023-05", "--draws", "60", "--out", &folder];
    let (code, told, said) = bench.run("forecast", &options);
    assert_eq!((code, told.as_str()), (7, ""));
    assert!(said.contains("already exists; use --overwrite"), "{said}");
    bench.forecast("out", &["--overwrite"]);
    for name in ["forecast.csv", "simulated.csv", "forecast/SEL-HUB-all.svg"] {
        let text = fs::read(out.join(name)).unwrap();
        fs::write(out.join(name), "mine\n").unwrap();
        let (code, told, said) = bench.run("forecast", &[&options[..], &["--overwrite"]].concat());
        assert_eq!((code, told.as_str()), (7, ""), "{name}");
        assert!(said.contains(name) && said.contains("is not replaced"), "{said}");
        assert_eq!(fs::read(out.join(name)).unwrap(), b"mine\n");
        fs::write(out.join(name), text).unwrap();
    }
}
