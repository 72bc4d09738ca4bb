//! Runs that are stopped go on, parts of runs join, and runs repeat: always to the same bytes.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{repository, roundabout, stderr};
use roundabout::results::Manifest;

const SCENARIO: &str = r#"
[horizon]
start = "2022-01"
months = 12

[simulation]
draws = 1000
seed = 5
sampling = { latin_hypercube = {} }

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

[[measures.tariff]]
id = "duty"
issuer = "UNION"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
rate = 0.1
"#;

/// Twelve scenarios, which make three waves.
const GRID: [&str; 2] = [
    "--grid",
    "tariff.duty.rate=0.0,0.05,0.1,0.15,0.2,0.25,0.3,0.35,0.4,0.45,0.5",
];

/// A folder for a scenario and results.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let world = repository().join("tests/worlds/hub");
        let head = format!("title = \"Stops\"\nworld = {:?}\n", world.to_str().unwrap());
        fs::write(place.path("stops.toml"), head + SCENARIO).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The words of a run of the scenario to a folder.
    fn words(&self, out: &str, options: &[&str]) -> Vec<String> {
        let [scenario, out] = [self.path("stops.toml"), self.path(out)].map(|path| path.to_str().unwrap().to_owned());
        let words = [
            "run".to_owned(),
            scenario,
            "--out".to_owned(),
            out,
            "--quiet".to_owned(),
        ];
        words
            .into_iter()
            .chain(options.iter().map(|word| (*word).to_owned()))
            .collect()
    }

    fn run(&self, out: &str, options: &[&str]) -> Output {
        let words = self.words(out, options);
        roundabout(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn succeeds(&self, out: &str, options: &[&str]) {
        let output = self.run(out, options);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    fn start(&self, out: &str, options: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roundabout"));
        command
            .args(self.words(out, options))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Every file below a folder with its bytes.
    fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let folder = self.path(folder);
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.clone()];
        while let Some(open) = folders.pop() {
            for entry in fs::read_dir(&open).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(&folder).unwrap().to_owned(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }
}

/// A number of repetitions: few in every test run, the many of docs/reliability.md if `FULL_RESUMING` is set.
fn repetitions(few: usize, many: usize) -> usize {
    if std::env::var_os("FULL_RESUMING").is_some() {
        many
    } else {
        few
    }
}

/// Random numbers below a limit, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn assert_same(found: &BTreeMap<PathBuf, Vec<u8>>, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_same_bytes() {
    let place = Place::new();
    let begun = Instant::now();
    place.succeeds("whole", &GRID);
    let usual = begun.elapsed().as_micros() as usize;
    let expected = place.files("whole");
    let (mut kills, mut dice, mut batches) = (0, Dice(1), 0);
    while kills < repetitions(8, 100) {
        batches += 1;
        let _ = fs::remove_dir_all(place.path("stopped"));
        loop {
            let options = [&GRID[..], &["--resume", "--keep-every", "0.02"]].concat();
            let mut child = place.start("stopped", &options);
            sleep(Duration::from_micros((1 + dice.below(2 * usual)) as u64));
            child.kill().unwrap();
            let status = child.wait().unwrap();
            check_whole(&place.path("stopped"));
            match status.code() {
                Some(0) => break,
                // Killed.
                None => kills += 1,
                Some(code) => panic!("exit code {code} after {kills} kills"),
            }
        }
        assert_same(&place.files("stopped"), &expected);
    }
    assert!(batches >= 1);
}

/// Checks that every folder of a scenario is whole, whatever happened.
fn check_whole(out: &Path) {
    for entry in fs::read_dir(out).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !name.starts_with('.') {
            assert!(roundabout::results::whole_results(&path), "{}", path.display());
        }
    }
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_run_within_a_second_and_says_how_to_go_on() {
    let place = Place::new();
    place.succeeds("whole", &GRID);
    for signal in ["INT", "TERM", "HUP"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roundabout"));
        let out = format!("stopped-{signal}");
        let words = place.words(&out, &[&GRID[..], &["--draws", "100000", "--resume"]].concat());
        let child = command
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Until the run is under way.
        while !place.path(&out).join(".unfinished/run.json").exists() {
            sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([&format!("-{signal}"), &id])
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("the same command with --resume goes on"),
            "{}",
            stderr(&output)
        );
    }
    let refused = place.run("stopped-INT", &[&GRID[..], &["--resume"]].concat());
    assert_eq!(
        refused.status.code(),
        Some(7),
        "another run's work is not lost: {}",
        stderr(&refused)
    );
    assert!(
        stderr(&refused).contains("another run that was stopped"),
        "{}",
        stderr(&refused)
    );
    assert!(stderr(&refused).contains("draws of stops"), "{}", stderr(&refused));
    place.succeeds("stopped-INT", &[&GRID[..], &["--overwrite"]].concat());
    assert_same(&place.files("stopped-INT"), &place.files("whole"));
}

#[test]
fn what_is_finished_is_not_done_again() {
    let place = Place::new();
    place.succeeds("whole", &GRID);
    let before = place.files("whole");
    let stamp = |name: &str| fs::metadata(place.path(name)).unwrap().modified().unwrap();
    let written = stamp("whole/summary.csv");
    let output = place.run("whole", &[&GRID[..], &["--resume"]].concat());
    assert!(output.status.success());
    assert!(
        stderr(&output).contains("holds this run already, whole"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stamp("whole/summary.csv"), written);
    // A damaged table is made again.
    fs::write(place.path("whole/stops/metrics.csv"), "x").unwrap();
    let output = place.run("whole", &[&GRID[..], &["--resume"]].concat());
    assert_eq!(
        output.status.code(),
        Some(7),
        "nothing says that the folder may be replaced"
    );
    place.succeeds("whole", &[&GRID[..], &["--overwrite"]].concat());
    assert_same(&place.files("whole"), &before);
}

#[test]
fn two_runs_do_not_mix_in_one_place() {
    let place = Place::new();
    let mut first = place.start("shared", &[&GRID[..], &["--draws", "100000"]].concat());
    while !place.path("shared/.unfinished/run.json").exists() {
        sleep(Duration::from_millis(5));
    }
    let second = place.run("shared", &["--overwrite"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status.code(), Some(7));
    assert!(
        stderr(&second).contains("another run, which is under way"),
        "{}",
        stderr(&second)
    );
}

#[test]
fn a_part_of_a_batch_does_not_replace_the_tables_of_the_whole() {
    let place = Place::new();
    place.succeeds("whole", &GRID);
    let before = place.files("whole");
    let refused = place.run("whole", &["--overwrite", "--set", "tariff.duty.rate=0.2"]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(
        stderr(&refused).contains("which this run lacks"),
        "{}",
        stderr(&refused)
    );
    assert_same(&place.files("whole"), &before);
}

impl Place {
    /// Runs parts of the run of `draws` draws between these borders, and returns their folders.
    fn parts(&self, borders: &[usize]) -> Vec<String> {
        let ranges = borders.windows(2).enumerate();
        ranges
            .map(|(number, range)| {
                let (name, range) = (format!("part-{number}"), format!("{}..{}", range[0], range[1]));
                self.succeeds(&name, &[&GRID[..], &["--overwrite", "--draw-range", &range]].concat());
                name
            })
            .collect()
    }

    fn merge(&self, parts: &[String], out: &str) -> Output {
        let parts = parts.iter().map(|part| self.path(part).to_str().unwrap().to_owned());
        let out = self.path(out).to_str().unwrap().to_owned();
        let words: Vec<String> = ["merge".to_owned()]
            .into_iter()
            .chain(parts)
            .chain(["--out".to_owned(), out])
            .collect();
        roundabout(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

#[test]
fn parts_in_any_order_join_to_the_bytes_of_one_run() {
    let place = Place::new();
    place.succeeds("whole", &GRID);
    let expected = place.files("whole");
    let mut dice = Dice(7);
    for turn in 0..repetitions(3, 50) {
        // Borders lie on multiples of 64.
        let inner = (1..16).filter(|_| dice.below(3) == 0).map(|block| 64 * block);
        let borders: Vec<usize> = [0].into_iter().chain(inner).chain([1000]).collect();
        let mut parts = place.parts(&borders);
        for place in (1..parts.len()).rev() {
            parts.swap(place, dice.below(place + 1));
        }
        let out = format!("joined-{turn}");
        let output = place.merge(&parts, &out);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_same(&place.files(&out), &expected);
        fs::remove_dir_all(place.path(&out)).unwrap();
    }
}

#[test]
fn parts_that_do_not_make_one_run_are_refused() {
    let place = Place::new();
    let parts = place.parts(&[0, 128, 512, 1000]);
    let refused = |parts: &[String], message: &str| {
        let output = place.merge(parts, "joined");
        assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
        assert!(!place.path("joined").exists());
    };
    refused(
        &parts[..2],
        "draws 512..1000 are missing: run them with --draw-range 512..1000",
    );
    refused(&[parts[0].clone(), parts[2].clone()], "draws 128..512 are missing");
    let twice = [&parts[..], &parts[1..2]].concat();
    refused(&twice, "are in another part too");
    place.succeeds(
        "other",
        &[&GRID[..], &["--seed", "6", "--draw-range", "128..512"]].concat(),
    );
    refused(
        &[parts[0].clone(), "other".to_owned(), parts[2].clone()],
        "they differ in seed of stops",
    );
    place.succeeds("whole", &GRID);
    refused(&["whole".to_owned()], "this is a whole run");
    // A byte of a state.
    let state = place.path("part-1/stops/state.bin");
    let mut bytes = fs::read(&state).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&state, &bytes).unwrap();
    let output = place.merge(&parts, "joined");
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains("state.bin: it changed since it was written"),
        "{}",
        stderr(&output)
    );
    // The scenario.
    place.parts(&[0, 128, 512, 1000]);
    let text = fs::read_to_string(place.path("stops.toml")).unwrap();
    fs::write(place.path("stops.toml"), text.replace("rate = 0.1", "rate = 0.2")).unwrap();
    let output = place.merge(&parts, "joined-later");
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains("changed since the run"), "{}", stderr(&output));
}

#[test]
fn a_rerun_says_whether_bytes_are_the_same() {
    let place = Place::new();
    place.succeeds("whole", &GRID);
    let rerun = |path: &str| roundabout(&["rerun", place.path(path).to_str().unwrap(), "--quiet"]);
    for path in ["whole", "whole/stops", "whole/stops--rate-0.2/manifest.json"] {
        let output = rerun(path);
        assert!(output.status.success(), "{path}: {}", stderr(&output));
    }
    fs::write(place.path("whole/stops/metrics.csv"), "x").unwrap();
    let output = rerun("whole/stops/manifest.json");
    assert_eq!(output.status.code(), Some(4));
    assert!(
        stderr(&output).contains("metrics.csv changed since it was written"),
        "{}",
        stderr(&output)
    );
    assert_eq!(rerun("whole/stops--rate-0.2").status.code(), Some(0));
}

#[test]
fn status_says_what_is_missing() {
    let place = Place::new();
    let parts = place.parts(&[0, 128, 512, 1000]);
    let status = |folders: &[&str]| {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| place.path(folder).to_str().unwrap().to_owned())
            .collect();
        let output = roundabout(&[&["status"], &folders.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = status(&[&parts[0], &parts[1], &parts[2]]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("whole: 12 scenarios, draws 128..512"), "{text}");
    let (code, text) = status(&[&parts[0], &parts[2]]);
    assert_eq!(code, Some(5));
    assert!(
        text.contains("draws 128..512 are in no whole part: run them with --draw-range 128..512"),
        "{text}"
    );
    fs::remove_file(place.path("part-0/stops/links.csv.zst")).unwrap();
    fs::write(place.path("part-1/summary.csv"), "x").unwrap();
    let (code, text) = status(&[&parts[0], &parts[1], &parts[2]]);
    assert_eq!(code, Some(5));
    assert!(text.contains("links.csv.zst: No such file"), "{text}");
    assert!(text.contains("summary.csv: changed since it was written"), "{text}");
    let mut child = place.start("stopped", &[&GRID[..], &["--draws", "100000"]].concat());
    while !place.path("stopped/.unfinished/run.json").exists() {
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (code, text) = status(&["stopped"]);
    assert_eq!(code, Some(6), "{text}");
    assert!(text.contains("--resume goes on"), "{text}");
}

#[test]
fn a_pilot_finds_the_draws_of_a_run_that_is_then_like_any_other() {
    let place = Place::new();
    place.succeeds("aim", &["--until", "circumvented=2%"]);
    let manifest = Manifest::read(&place.path("aim/stops")).unwrap();
    assert!((256..1000).contains(&manifest.draws), "{}", manifest.draws);
    place.succeeds("plain", &["--draws", &manifest.draws.to_string()]);
    assert_same(&place.files("aim"), &place.files("plain"));
    // An aim that takes more draws than there are is told.
    let output = place.run("fine", &["--until", "circumvented=0.001%"]);
    assert!(output.status.success());
    assert!(
        stderr(&output).contains("will not be known that well: --draws "),
        "{}",
        stderr(&output)
    );
    let refused = place.run("none", &["--until", "circumvention=1%"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(!place.path("none").exists());
}

#[test]
fn only_the_tables_that_are_asked_for_are_written() {
    let place = Place::new();
    let words = ["--tables", "links,flows", "--draws", "64"];
    place.succeeds("few", &words);
    let names: Vec<String> = place
        .files("few")
        .into_keys()
        .filter_map(|path| Some(path.strip_prefix("stops").ok()?.to_str()?.to_owned()))
        .collect();
    let expected = [
        "context.json",
        "draws.csv",
        "flows.csv.zst",
        "links.csv.zst",
        "manifest.json",
        "metrics.csv",
    ];
    assert_eq!(names, expected);
    // The choice is part of the run: it can be repeated and gone on with.
    let output = roundabout(&["rerun", place.path("few").to_str().unwrap(), "--quiet"]);
    assert!(output.status.success(), "{}", stderr(&output));
    place.succeeds("few", &[&words[..], &["--resume"]].concat());
    assert_eq!(place.run("other", &["--tables", "flow"]).status.code(), Some(2));
}
