//! Forecasts of past months on the hub world: what the command prints and leaves, and when it refuses.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};

/// A small backtest: seven origins, six months ahead.
const USUAL: [&str; 8] = [
    "--origins",
    "2022-06..2022-12",
    "--horizon",
    "6",
    "--members",
    "40",
    "--steps",
    "2",
];

/// Grain to the union is banned from March 2022 on; what is uncertain is how fast the hub's network grows.
fn scenario(months: usize) -> String {
    format!(
        r#"
title = "Hub"
world = "world"
[horizon]
start = "2021-01"
months = {months}
[simulation]
draws = 100
seed = 1
sampling = {{ random = {{}} }}
[parameters]
"capacity.via-hub-grain.growth_per_month" = {{ uniform = {{ low = 0.5, high = 2.0 }} }}
[[measures.ban]]
id = "grain"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"
exempt_share = 0.0
"#
    )
}

/// Records of 42 months from January 2020: level, then a rise to three times that within ten months of March 2022, with noise of
/// some per cent that repeats after 17 months.
fn records() -> String {
    let mut rows = String::new();
    for place in 0..42_u32 {
        let noise = |of: u32| 1.0 + 0.01 * f64::from((place * 7 + of) % 17) - 0.08;
        let since_ban = f64::from(place.saturating_sub(26));
        let rise = 1.0 + 0.2 * since_ban.min(10.0);
        let month = format!("{}-{:02}", 2020 + place / 12, place % 12 + 1);
        let mut add = |start: &str, value: f64| rows.push_str(&format!("{start},{month},{value:.0},usd,made-up\n"));
        let grain = 40_000.0 * rise * noise(0);
        add("SEL,HUB,export,grain", grain);
        add("SEL,HUB,export,all", grain + 8_000.0 * noise(3));
        add("BUY,ROW,import,all", 72_000.0 * (0.5 + 0.5 * rise) * noise(5));
        add("MEM,ROW,import,all", 8_000.0 * noise(11));
    }
    rows
}

/// Nobody in MEM buys anything, and the hub buys nothing but grain of the seller.
const WARNINGS: &str = "\
warning: no baseline trade of the world enters the series `SEL-HUB-rest`, so its records are left out
warning: no baseline trade of the world enters the series `MEM-ROW-all`, so its records are left out
";

/// A folder with the hub world, what it observes, and a scenario.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new(observed: &str, months: usize) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let world = bench.path("world");
        fs::create_dir(&world).unwrap();
        for entry in fs::read_dir(repository().join("tests/worlds/hub")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, world.join(path.file_name().unwrap())).unwrap();
        }
        let header = "reporter,partner,flow,commodity,month,value,unit,source";
        fs::write(world.join("observed.csv"), format!("{header}\n{observed}")).unwrap();
        fs::write(bench.path("hub.toml"), scenario(months)).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `backtest`; exit code, standard output, standard error.
    fn backtest(&self, options: &[&str]) -> (i32, String, String) {
        let path = self.path("hub.toml");
        let mut arguments = vec!["backtest", path.to_str().unwrap()];
        arguments.extend(options);
        let output = roundabout(&arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text, stderr(&output))
    }

    /// Runs the small backtest and writes it; standard output and the folder.
    fn written(&self, name: &str, more: &[&str]) -> (String, PathBuf) {
        let out = self.path(name);
        let options = [&USUAL[..], &["--out", out.to_str().unwrap()], more].concat();
        let (code, told, said) = self.backtest(&options);
        assert_eq!((code, said.as_str()), (0, WARNINGS));
        (told, out)
    }
}

const FILES: [&str; 5] = [
    "backtest.md",
    "scores.csv",
    "backtest/origins.svg",
    "backtest/pit.svg",
    "backtest/horizon.svg",
];

fn read(out: &Path) -> [String; 5] {
    FILES.map(|name| fs::read_to_string(out.join(name)).unwrap())
}

/// A scored forecast, by column.
type Row = BTreeMap<String, String>;

fn rows(out: &Path) -> Vec<Row> {
    let text = fs::read_to_string(out.join("scores.csv")).unwrap();
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    lines
        .map(|line| header.iter().cloned().zip(cells(line)).collect())
        .collect()
}

/// Whether a row is about all goods of a reporter that is no part of another.
fn is_pooled(row: &Row) -> bool {
    row["commodity"] == "all" && ["SEL", "UNION"].contains(&row["reporter"].as_str())
}

fn mean(rows: &[&Row], value: impl Fn(&Row) -> f64) -> f64 {
    rows.iter().map(|row| value(row)).sum::<f64>() / rows.len() as f64
}

/// The words of the first line of a text that begins with this word, after `heading`.
fn line<'t>(text: &'t str, heading: &str, word: &str) -> Vec<&'t str> {
    let (_, below) = text
        .split_once(heading)
        .unwrap_or_else(|| panic!("no {heading} in:\n{text}"));
    let mut lines = below.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let found = lines.find(|words| words.first() == Some(&word));
    found.unwrap_or_else(|| panic!("no {word} below {heading} in:\n{text}"))
}

#[test]
fn the_tables_are_what_scores_csv_adds_up_to() {
    let bench = Bench::new(&records(), 36);
    let (told, out) = bench.written("out", &[]);
    let rows = rows(&out);
    let number = |column: &'static str| move |row: &Row| row[column].parse::<f64>().unwrap();
    let share = |column: &'static str| move |row: &Row| f64::from(u8::from(row[column] == "true"));
    let methods = [
        "anchored",
        "simulated",
        "local_level",
        "last_value",
        "theta",
        "damped_trend",
        "yearly_growth",
    ];
    let weighted = [
        "anchored_0.00",
        "anchored_0.20",
        "anchored_0.40",
        "anchored_0.60",
        "anchored_0.80",
        "anchored_1.00",
    ];
    let of = |method: &str| -> Vec<&Row> {
        let is_of = |row: &&Row| row["method"] == method && is_pooled(row);
        rows.iter().filter(is_of).collect()
    };
    let level = mean(&of("local_level"), number("crps"));
    for method in methods.into_iter().chain(weighted) {
        let scored = of(method);
        // Two series at seven origins, six months each.
        assert_eq!(scored.len(), 2 * 7 * 6, "{method}");
        let shown = line(&told, "ratio to the local level", method);
        let crps = mean(&scored, number("crps"));
        assert_eq!(
            shown[1..4],
            ["84", &format!("{crps:.3}"), &format!("{:.2}", crps / level)]
        );
        let shares =
            [share("within_90"), share("within_50")].map(|column| format!("{:.0}%", 100.0 * mean(&scored, column)));
        assert_eq!(shown[5..7], shares);
        if method == "local_level" {
            assert_eq!(shown[4], "-");
        } else {
            let (low, high) = shown[4].split_once("..").unwrap();
            let [low, ratio, high] = [low, shown[3], high].map(|text| text.parse::<f64>().unwrap());
            assert!(low <= ratio && ratio <= high, "{shown:?}");
        }
        let mut errors: Vec<f64> = scored.iter().map(|row| number("error")(row)).collect();
        errors.sort_unstable_by(f64::total_cmp);
        assert_eq!(shown[7], format!("{:+.3}", f64::midpoint(errors[41], errors[42])));
    }
    // By partner, months ahead, good and reporter.
    let group = |heading: &str, word: &str, is_in: &dyn Fn(&Row) -> bool| {
        let shown = line(&told, heading, word);
        for (method, place) in [("local_level", 2), ("anchored", 3), ("simulated", 6)] {
            let scored: Vec<&Row> = rows
                .iter()
                .filter(|row| row["method"] == method && is_in(row))
                .collect();
            assert_eq!(shown[1], scored.len().to_string(), "{heading} {word}");
            assert_eq!(
                shown[place],
                format!("{:.3}", mean(&scored, number("crps"))),
                "{heading} {word}"
            );
            if place > 2 {
                let inside = format!("{:.0}%", 100.0 * mean(&scored, share("within_90")));
                assert_eq!(shown[place + 2], inside, "{heading} {word}");
            }
        }
    };
    for partner in ["HUB", "ROW"] {
        group("CRPS by partner", partner, &|row| {
            is_pooled(row) && row["partner"] == partner
        });
    }
    for (name, months) in [("1-3", 1..=3), ("4-6", 4..=6)] {
        group("CRPS by months ahead", name, &|row| {
            is_pooled(row) && months.contains(&row["ahead"].parse().unwrap())
        });
    }
    group("CRPS by good", "grain", &|row| row["commodity"] == "grain");
    group("CRPS by reporter", "BUY", &|row| row["reporter"] == "BUY");
    // Series that the world does not trade in are not forecast.
    assert!(!told.contains("rest") && !told.contains("MEM"), "{told}");
    assert!(!told.contains(" 7-12"), "{told}");
    told.lines()
        .for_each(|line| assert!(line.chars().count() <= 100, "{line}"));
    assert!(
        told.ends_with(
            "84 records of 2 series, forecast up to 6 months ahead at 7 origins; 40 members, 2 steps, seed 1\n"
        ),
        "{told}"
    );
}

#[test]
fn months_and_methods_of_the_table_are_those_of_the_records() {
    let bench = Bench::new(&records(), 36);
    let (_, out) = bench.written("out", &[]);
    for row in rows(&out) {
        let month = |column: &str| row[column].parse::<roundabout::model::Month>().unwrap();
        let ahead: i32 = row["ahead"].parse().unwrap();
        assert_eq!(month("month").since(month("origin")), ahead);
        assert_eq!(row["unit"], "usd");
        let [crps, pit, error] = ["crps", "pit", "error"].map(|column| row[column].parse::<f64>().unwrap());
        assert!(
            crps.is_finite() && error.is_finite() && (0.0..=1.0).contains(&pit),
            "{row:?}"
        );
        // Inside the half means inside the nine tenths.
        assert!(row["within_50"] == "false" || row["within_90"] == "true", "{row:?}");
        assert!(is_pooled(&row) || !row["method"].starts_with("anchored_"), "{row:?}");
    }
}

#[test]
fn the_page_says_what_was_done_and_nothing_depends_on_threads() {
    let bench = Bench::new(&records(), 36);
    let (told, one) = bench.written("one", &["--threads", "1"]);
    let (again, two) = bench.written("two", &["--threads", "2"]);
    assert_eq!((&told, read(&one)), (&again, read(&two)));
    let [page, _, origins, places, horizon] = read(&one);
    for part in [
        "# Forecasts of what has come: Hub\n\nThe scenario `hub` was calibrated",
        "a partner and the\nhalf-year of the month that was forecast",
        "## By partner",
        "## By reporter",
        "| origin | observations | misfit at first | misfit before the last step | weight |",
        "Differences under 0.01 in CRPS mean little",
        "flattered",
        "from its December on",
        "![Score by origin](backtest/origins.svg)",
    ] {
        assert!(page.contains(part), "{part} is missing from:\n{page}");
    }
    // A row for each origin: by then, months since January 2022 of grain, into which all goods are split, and of imports of the union.
    for (origin, months) in (6..=12).map(|month| (format!("2022-{month:02}"), month)) {
        assert!(
            page.contains(&format!("\n| {origin} | {} | ", 2 * months)),
            "{origin} in:\n{page}"
        );
    }
    let weights = told.split_once("Weight of the simulated growth by origin: ").unwrap().1;
    assert!(weights.starts_with("2022-06"), "{weights}");
    for picture in [origins, places, horizon] {
        assert!(
            picture.contains(">anchored</text>") && picture.contains("viewBox=\"0 0 600 "),
            "{picture}"
        );
    }
}

#[test]
fn another_seed_gives_other_scores_and_the_same_one_the_same() {
    let bench = Bench::new(&records(), 36);
    let scores = |name, seed| fs::read_to_string(bench.written(name, &["--seed", seed]).1.join("scores.csv")).unwrap();
    let one = scores("a", "1");
    // The scenario's own seed.
    assert_eq!(
        one,
        fs::read_to_string(bench.written("b", &[]).1.join("scores.csv")).unwrap()
    );
    assert_ne!(one, scores("c", "2"));
}

#[test]
fn files_are_replaced_only_if_the_command_wrote_them_and_before_it_simulates() {
    let bench = Bench::new(&records(), 36);
    let (_, out) = bench.written("out", &[]);
    let before = read(&out);
    let options = [&USUAL[..], &["--out", out.to_str().unwrap()]].concat();
    let (code, told, said) = bench.backtest(&options);
    assert_eq!((code, told.as_str()), (7, ""));
    assert!(said.contains("backtest.md already exists; use --overwrite"), "{said}");
    bench.written("out", &["--overwrite"]);
    assert_eq!(read(&out), before);
    for name in FILES {
        let text = fs::read_to_string(out.join(name)).unwrap();
        fs::write(out.join(name), "mine").unwrap();
        let (code, told, said) = bench.backtest(&[&options[..], &["--overwrite"]].concat());
        assert_eq!((code, told.as_str()), (7, ""), "{name}");
        assert!(
            said.contains(name) && said.contains("it begins with \"mine\""),
            "{said}"
        );
        fs::write(out.join(name), text).unwrap();
    }
}

/// Asserts that the command refuses with a code and a message.
fn refused(bench: &Bench, options: &[&str], code: i32, message: &str) {
    let (found, told, said) = bench.backtest(options);
    assert_eq!((found, told.as_str()), (code, ""), "{said}");
    assert!(said.contains(message), "{said}");
}

#[test]
fn a_world_without_monthly_records_is_refused() {
    let yearly = "SEL,HUB,export,grain,2021,40000,usd,made-up\n";
    refused(
        &Bench::new(yearly, 36),
        &USUAL,
        3,
        "error: the world observes nothing by month",
    );
    let all = records();
    let late: String = all.split_inclusive('\n').filter(|row| row.contains(",2022-")).collect();
    refused(
        &Bench::new(&late, 36),
        &USUAL,
        3,
        "error: no monthly series that the world trades in covers half of 2021, the scenario's first year",
    );
}

#[test]
fn origins_that_do_not_fit_are_refused() {
    let bench = Bench::new(&records(), 36);
    let origins = |range| ["--origins", range];
    let early = "error: the origin 2021-12 lies before 2022-01, when the second simulated year begins";
    refused(&bench, &origins("2021-12..2022-06"), 2, early);
    let late =
        "error: there is no record after the origin 2023-06: the last is of 2023-06, so the last origin may be 2023-05";
    refused(&bench, &origins("2022-06..2023-06"), 2, late);
    refused(
        &bench,
        &origins("2022-06"),
        2,
        "origins are written A..B, like 2022-06..2023-12",
    );
    refused(&bench, &origins("2022-06..2022-5"), 2, "`2022-5`: a month is written");
    refused(&bench, &origins("2022-06..2022-05"), 2, "lies before the first");
    refused(&bench, &[], 2, "--origins <A..B>");
    refused(
        &bench,
        &["--origins", "2022-06..2022-07", "--horizon", "37"],
        2,
        "37 is not in 1..=36",
    );
    refused(
        &bench,
        &["--origins", "2022-06..2022-07", "--horizon", "0"],
        2,
        "0 is not in 1..=36",
    );
}

#[test]
fn a_scenario_that_ends_too_early_is_told_how_far_it_must_reach() {
    let ends = "error: the scenario `hub` ends with 2022-12, so nothing can be forecast from the origin 2022-12: it must reach 2023-06";
    refused(&Bench::new(&records(), 24), &USUAL, 2, ends);
    // Three months are left after the last origin.
    let bench = Bench::new(&records(), 27);
    let (code, told, said) = bench.backtest(&USUAL);
    assert_eq!(code, 0);
    let warning = "warning: the scenario `hub` ends with 2023-03, and later months are not forecast: it must reach 2023-06 for 6 months";
    assert!(said.contains(warning), "{said}");
    // Of the last three origins, three, four and five months.
    assert_eq!(line(&told, "ratio to the local level", "anchored")[1], "72");
    // Where there are no records to forecast, a longer scenario would give nothing more.
    let (code, _, said) = Bench::new(&records(), 30).backtest(&["--origins", "2022-12..2022-12", "--members", "20"]);
    assert_eq!((code, said.as_str()), (0, WARNINGS));
}
