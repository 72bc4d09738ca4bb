//! Calibration on the hub world: two samplers that know nothing of each other agree, known truths are found, and the command
//! leaves the same bytes however many threads it has.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};
use roundabout::calibration::{Data, ErrorModel, Forward, Members, Smoother, TemperedSampler};
use roundabout::diagnostic::Report;
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::model::Month;
use roundabout::observation::Panel;
use roundabout::scenario::Scenario;

/// Grain to the union is banned from March 2022 on. `NUMBERS` stands for the uncertain numbers or for the truth.
const SCENARIO: &str = r#"
title = "Hub"
world = "world"
[horizon]
start = "2021-01"
months = 24
[simulation]
draws = 8
seed = 5
sampling = { random = {} }
[parameters]
NUMBERS
[[measures.ban]]
id = "grain"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"
exempt_share = 0.2
"#;

const PRIORS: &str = r#"
"ban.grain.exempt_share" = { uniform = { low = 0.2, high = 0.4 } }
"capacity.via-hub-grain.ceiling_t_per_month" = { lognormal = { median = 2400.0, sigma = 0.4, min = 800.0 } }
"capacity.via-hub-grain.growth_per_month" = { lognormal = { median = 1.2, sigma = 0.4 } }
"#;

const TRUTH: &str = r#"
"ban.grain.exempt_share" = 0.3
"capacity.via-hub-grain.ceiling_t_per_month" = 1700.0
"capacity.via-hub-grain.growth_per_month" = 1.6
"#;

/// A folder with the hub world, whose records are what the truth simulates, 8% up and down by turns.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let world = bench.path("world");
        fs::create_dir(&world).unwrap();
        for entry in fs::read_dir(repository().join("tests/worlds/hub")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, world.join(path.file_name().unwrap())).unwrap();
        }
        fs::write(bench.path("truth.toml"), SCENARIO.replace("NUMBERS", TRUTH)).unwrap();
        fs::write(bench.path("hub.toml"), SCENARIO.replace("NUMBERS", PRIORS)).unwrap();
        fs::write(world.join("observed.csv"), bench.records()).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Rows of `observed.csv` from the books of the truth.
    fn records(&self) -> String {
        let out = self.text("truth");
        let output = roundabout(&[
            "run",
            &self.text("truth.toml"),
            "--draws",
            "1",
            "--table-files",
            "csv",
            "--out",
            &out,
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        let books = fs::read_to_string(self.path("truth/truth/books.csv")).unwrap();
        let mut rows = "reporter,partner,flow,commodity,month,value,unit,source\n".to_owned();
        for line in books.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [month, reporter, partner, flow, commodity, unit, mean, ..] = cells[..] else {
                panic!("{line}")
            };
            let wanted =
                reporter == "SEL" && ["HUB", "BUY"].contains(&partner) && flow == "export" && commodity == "grain";
            if wanted && unit == "t" {
                let number: usize = month[5..].parse().unwrap();
                let noise = if number.is_multiple_of(2) { 1.08 } else { 0.92 };
                let value: f64 = mean.parse().unwrap();
                rows.push_str(&format!(
                    "{reporter},{partner},{flow},{commodity},{month},{},{unit},made-up\n",
                    value * noise
                ));
            }
        }
        assert!(rows.lines().count() == 1 + 2 * 24, "{rows}");
        rows
    }

    fn scenario(&self) -> Scenario {
        let mut report = Report::default();
        read_scenarios(&[self.path("hub.toml")], IdleLines::Fault, &mut report)
            .unwrap()
            .remove(0)
    }

    fn calibrate(&self, out: &str, options: &[&str]) -> (i32, String, String) {
        let (scenario, out) = (self.text("hub.toml"), self.text(out));
        let mut arguments = vec!["calibrate", &scenario, "--until", "2022-12", "--out", &out];
        arguments.extend(options);
        let output = roundabout(&arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text, stderr(&output))
    }
}

fn moments(members: &Members, place: usize) -> (f64, f64) {
    let column = members.normal.column(place);
    (column.mean().unwrap(), column.std(1.0))
}

#[test]
fn the_smoother_and_the_reference_agree_on_a_small_world() {
    let bench = Bench::new();
    let scenario = bench.scenario();
    let panel = Panel::new(&scenario.world, 2021).unwrap();
    let until: Month = "2022-12".parse().unwrap();
    let data = Data::new(&scenario.world, &panel, scenario.horizon, until, &ErrorModel::default());
    assert_eq!((data.blocks.len(), data.len()), (2, 24));
    let forward = Forward::new(&scenario, &panel, 1000, until);
    let smoother = Smoother {
        members: 1000,
        ..Smoother::new(5)
    };
    let sampler = TemperedSampler {
        members: 1000,
        moves: 8,
        seed: 5,
    };
    let smooth = smoother.calibrate(&forward, &data, &()).unwrap();
    let tempered = sampler.calibrate(&forward, &data, &()).unwrap();
    let names = forward.names();
    assert_eq!(names.len(), 3);
    for (place, name) in names.iter().enumerate() {
        let ((mean, sd), (reference, reference_sd)) = (moments(&smooth, place), moments(&tempered, place));
        let apart = (mean - reference) / reference_sd;
        assert!(
            apart.abs() < 0.2,
            "{name}: {mean:.2} and {reference:.2}, {apart:.2} of {reference_sd:.2}"
        );
        assert!(
            (sd / reference_sd - 1.0).abs() < 0.2,
            "{name}: spreads {sd:.2} and {reference_sd:.2}"
        );
    }
    // The data must have said something, or any two samplers would agree.
    assert!((0..3).any(|place| moments(&tempered, place).1 < 0.6));
    assert!(smooth.misfit[3] < smooth.misfit[0]);
}

#[test]
fn the_command_leaves_the_same_bytes_for_any_number_of_threads() {
    let bench = Bench::new();
    let small = |threads| ["--members", "60", "--steps", "2", "--threads", threads];
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let (code, text, said) = bench.calibrate(out, &small(threads));
        assert_eq!(code, 0, "{said}");
        assert!(text.contains("24 records until 2022-12"), "{text}");
    }
    let files = |out: &str| -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(&bench.path(out), &bench.path(out), &mut found);
        // By text: paths are sorted by their parts.
        found.sort_by_key(|(name, _)| name.display().to_string());
        found
    };
    let names: Vec<String> = files("one")
        .iter()
        .map(|(name, _)| name.display().to_string())
        .collect();
    assert_eq!(
        names,
        [
            "calibration.md",
            "calibration/SEL-BUY-grain.svg",
            "calibration/SEL-HUB-grain.svg",
            "manifest.json",
            "parameters.csv",
            "posterior.csv"
        ]
    );
    assert!(files("one") == files("two"));
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.push((path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn the_posterior_holds_the_truth_and_a_scenario_can_draw_from_it() {
    let bench = Bench::new();
    let (code, _, said) = bench.calibrate("out", &["--members", "200"]);
    assert_eq!(code, 0, "{said}");
    let table = fs::read_to_string(bench.path("out/parameters.csv")).unwrap();
    let row = table
        .lines()
        .find(|line| line.starts_with("ban.grain.exempt_share,"))
        .unwrap();
    let cells: Vec<f64> = row
        .split(',')
        .skip(1)
        .take(6)
        .map(|cell| cell.parse().unwrap())
        .collect();
    assert!(cells[3] < 0.3 && 0.3 < cells[5], "{row}");
    assert!(cells[5] - cells[3] < 0.8 * (cells[2] - cells[0]), "{row}");
    let scenario = fs::read_to_string(bench.path("hub.toml")).unwrap();
    fs::write(
        bench.path("after.toml"),
        format!("posterior = \"out/posterior.csv\"\n{}", scenario.trim_start()),
    )
    .unwrap();
    let output = roundabout(&["check", &bench.text("after.toml")]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(text.contains("from out/posterior.csv"), "{text}");
}

#[test]
fn truths_from_the_prior_are_ranked() {
    let bench = Bench::new();
    let (code, text, said) = bench.calibrate("sbc", &["--synthetic", "6", "--members", "40", "--steps", "2"]);
    assert_eq!(code, 0, "{said}");
    assert!(text.contains("6 replicates; "), "{text}");
    let table = fs::read_to_string(bench.path("sbc/synthetic.csv")).unwrap();
    assert_eq!(table.lines().filter(|line| line.contains(",number,")).count(), 6 * 3);
    let ranks = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(4).unwrap().parse::<f64>().unwrap());
    assert!(ranks.into_iter().all(|rank| (0.0..=1.0).contains(&rank)));
}

#[test]
fn what_cannot_be_calibrated_is_said_and_nothing_is_written() {
    let bench = Bench::new();
    let scenario = bench.text("hub.toml");
    let out = bench.text("none");
    for until in ["2021-12", "2023-01"] {
        let output = roundabout(&["calibrate", &scenario, "--until", until, "--out", &out]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains("must lie between 2022-01"),
            "{}",
            stderr(&output)
        );
    }
    // Files of others are never replaced.
    fs::create_dir(bench.path("full")).unwrap();
    fs::write(bench.path("full/posterior.csv"), "mine\n").unwrap();
    let (code, _, said) = bench.calibrate("full", &["--overwrite"]);
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("is not replaced"), "{said}");
    fs::write(
        bench.path("world/observed.csv"),
        "reporter,partner,flow,commodity,month,value,unit,source\n",
    )
    .unwrap();
    let (code, _, said) = bench.calibrate("none", &[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("observes nothing by month"), "{said}");
    assert!(!bench.path("none").exists());
}

#[test]
fn records_that_end_early_are_enough_unless_they_end_with_the_base_year() {
    let bench = Bench::new();
    let records = fs::read_to_string(bench.path("world/observed.csv")).unwrap();
    let until = |last: &str| {
        let is_wanted = |row: &&str| {
            row.split(',')
                .nth(4)
                .is_some_and(|month| month == "month" || month <= last)
        };
        let rows: String = records.split_inclusive('\n').filter(is_wanted).collect();
        fs::write(bench.path("world/observed.csv"), rows).unwrap();
    };
    until("2022-06");
    let (code, text, said) = bench.calibrate("early", &["--members", "20", "--steps", "1"]);
    assert_eq!(code, 0, "{said}");
    assert!(text.contains("12 records until 2022-12"), "{text}");
    let written = ["posterior.csv", "parameters.csv", "calibration.md"]
        .map(|name| fs::read_to_string(bench.path("early").join(name)).unwrap());
    assert!(
        written
            .iter()
            .all(|text| !text.contains("NaN") && !text.contains("inf"))
    );
    until("2021-12");
    let (code, _, said) = bench.calibrate("none", &[]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no records between 2022-01 and 2022-12"), "{said}");
    assert!(!bench.path("none").exists());
}
