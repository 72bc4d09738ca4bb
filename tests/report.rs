//! The page about a batch says what its tables say, and nothing in a scenario can break it.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{Narrow, repository, roundabout, stderr};
use serde_json::Value;

const DRAWS: usize = 24;

fn ok(arguments: &[&str]) -> String {
    let output = roundabout(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A batch of two shipped scenarios on one good, and the page about it.
struct Sample {
    folder: tempfile::TempDir,
    page: String,
    data: Value,
}

impl Sample {
    fn results(&self) -> PathBuf {
        self.folder.path().join("results")
    }
}

fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let narrow = Narrow::new(&["primary", "secondary-payments"], &["machinery"]);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("results");
        let paths = narrow.paths();
        let mut arguments = vec![
            "run",
            "--quiet",
            "--allow-idle",
            "--draws",
            "24",
            "--table-files",
            "csv",
        ];
        arguments.extend(["--out", text(&out)]);
        arguments.extend(paths.iter().map(|path| text(path)));
        ok(&arguments);
        let page = report(&out, &folder.path().join("report.html"));
        let data = data_of(&page);
        Sample { folder, page, data }
    })
}

fn report(results: &Path, page: &Path) -> String {
    ok(&["report", text(results), "--out", text(page)]);
    fs::read_to_string(page).unwrap()
}

/// The JSON object of a page, as a browser finds it.
fn data_of(page: &str) -> Value {
    let (_, rest) = page
        .split_once(r#"<script type="application/json" id="data">"#)
        .unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// The page without scripts and style.
fn without_scripts(page: &str) -> String {
    let mut shown = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<script") {
        shown += before;
        rest = after.split_once("</script>").map_or("", |(_, rest)| rest);
    }
    shown + rest
}

/// The rows of a table by name of column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
    });
    rows.collect()
}

/// A scenario on the hub world, where a ban sends grain around by the hub; it has no coordinates.
fn hub_scenario(folder: &Path, name: &str, title: &str, body: &str) -> PathBuf {
    let path = folder.join(format!("{name}.toml"));
    let world = repository().join("tests/worlds/hub");
    let world = text(&world);
    let written = format!(
        "# What becomes of grain? And more.\ntitle = {title:?}\nworld = {world:?}\n\n[horizon]\nstart = \"2022-01\"\nmonths = 14\n\n\
         [simulation]\ndraws = 3\nseed = 1\nsampling = {{ random = {{}} }}\n\n{body}"
    );
    fs::write(&path, written).unwrap();
    path
}

const BAN: &str = "[[measures.ban]]\nid = \"grain-ban\"\nissuer = \"UNION\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
                   destinations = [\"UNION\"]\nfrom = \"2022-03\"\nsource = \"a <b>law</b> </script>\"\n";

#[test]
fn the_page_speaks_without_scripts() {
    let shown = without_scripts(&sample().page);
    assert!(
        shown.contains("The reference is <b class=\"s\" data-scenario=\"0\">primary</b>. Under it, $"),
        "{shown}"
    );
    assert!(shown.contains(" It lies below the reference in "), "{shown}");
    assert!(shown.contains("<h2 tabindex=\"-1\">‘secondary-payments’ lowers trade around the restrictions</h2>"));
    assert!(shown.contains("<caption>Means over the whole run; ranges hold 90% of the draws</caption>"));
    assert!(shown.contains("<caption>Change against the reference under secondary-payments, whole run</caption>"));
    assert!(!shown.contains("<!--slot:") && !shown.contains("<!--section:"));
}

#[test]
fn exact_figures_are_those_of_the_draws() {
    let Sample { data, .. } = sample();
    let circumvented = |name: &str| -> Vec<f64> {
        let table = rows(&sample().results().join(name).join("draws.csv"));
        table
            .iter()
            .map(|row| row["circumvented_usd"].parse::<f64>().unwrap() / 1e6)
            .collect()
    };
    let (before, after) = (circumvented("primary"), circumvented("secondary-payments"));
    assert_eq!(before.len(), DRAWS);
    let expected = |mut values: Vec<f64>| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.sort_by(f64::total_cmp);
        // Ranks of 5, 25, 50, 75 and 95% of 24 draws, rounded up.
        [mean, values[1], values[5], values[11], values[17], values[22]].map(|value| format!("{value:.3e}"))
    };
    let shown = |spread: &Value| -> Vec<String> {
        let numbers = spread.as_array().unwrap().iter();
        numbers
            .map(|number| format!("{:.3e}", number.as_f64().unwrap()))
            .collect()
    };
    let headline = &data["headlines"][0];
    assert_eq!(shown(&headline["level"][0]), expected(before.clone()));
    assert_eq!(shown(&headline["level"][1]), expected(after.clone()));
    let gaps: Vec<f64> = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after - before)
        .collect();
    assert_eq!(shown(&headline["difference"][1]), expected(gaps.clone()));
    let below = gaps.iter().filter(|gap| **gap < 0.0).count() as f64 / gaps.len() as f64;
    for share in [&headline["below"][1], &headline["lower"][1][0]] {
        assert!((share.as_f64().unwrap() - below).abs() < 1e-4, "{share} {below}");
    }
    assert!((headline["lower"][0][1].as_f64().unwrap() - (1.0 - below)).abs() < 1e-4);
}

#[test]
fn differences_are_those_of_the_batch() {
    let Sample { data, .. } = sample();
    let metric = |id: &str| {
        let metrics = data["metrics"].as_array().unwrap();
        metrics.iter().position(|metric| metric["id"] == id).unwrap()
    };
    let land = |place: usize| data["lands"][place]["id"].as_str().unwrap().to_owned();
    let comparison = rows(&sample().results().join("comparison.csv"));
    let mut compared = 0;
    for row in data["table"]["rows"].as_array().unwrap() {
        let key = |place: usize| row[place].as_i64().unwrap();
        let is_circumvented = key(1) as usize == metric("circumvented") && key(0) == 1 && key(3) == 0;
        if !is_circumvented {
            continue;
        }
        let period = data["table"]["periods"][key(2) as usize].as_str().unwrap();
        let via = if key(4) < 0 {
            String::new()
        } else {
            land(key(4) as usize)
        };
        let found = comparison.iter().find(|other| {
            other["metric"] == "circumvented"
                && other["period"] == period
                && other["commodity"] == "all"
                && other["via"] == via
                && other["unit"] == "usd"
        });
        // Years without a difference have no row in the file.
        let Some(found) = found else {
            assert_ne!(period, "all", "{row}");
            assert_eq!([9, 10, 11].map(|place| row[place].as_f64()), [Some(0.0); 3], "{row}");
            continue;
        };
        for (place, column) in [(9, "difference"), (10, "p05"), (11, "p95")] {
            let expected = found[column].parse::<f64>().unwrap() / 1e6;
            let shown = row[place].as_f64().unwrap();
            assert!(
                (shown - expected).abs() <= 0.005 * expected.abs() + 0.001,
                "{column}: {row} {found:?}"
            );
        }
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn every_series_ends_with_the_last_month() {
    let Sample { data, .. } = sample();
    let count = data["head"]["count"].as_u64().unwrap();
    let check = |rows: &Value, from: usize, what: &str| {
        let mut found = 0;
        for row in rows
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|rows| rows.as_array().unwrap())
        {
            let start = row[from].as_u64().unwrap();
            for column in &row.as_array().unwrap()[from + 1..] {
                assert_eq!(start + column.as_array().unwrap().len() as u64, count, "{what}: {row}");
                found += 1;
            }
        }
        assert!(found > 0, "{what}");
    };
    check(&data["months"]["levels"], 3, "months");
    check(&data["months"]["differences"], 3, "differences");
    check(&data["records"]["levels"], 1, "records");
    check(&data["flows"]["rows"], 4, "flows");
    check(&data["capacities"]["rows"], 1, "capacities");
    for key in [
        "scenarios",
        "goods",
        "lands",
        "metrics",
        "measures",
        "gains",
        "map",
        "drivers",
        "basis",
    ] {
        assert!(!data[key].is_null(), "{key}");
    }
    let links = data["map"]["links"].as_array().unwrap().len() as u64;
    let periods = data["map"]["periods"].as_array().unwrap().len();
    for row in data["map"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|rows| rows.as_array().unwrap())
    {
        assert!(row[0].as_u64().unwrap() < links);
        assert_eq!(row[2].as_array().unwrap().len(), periods);
    }
}

#[test]
fn flows_are_sums_of_the_table() {
    let Sample { data, .. } = sample();
    let flows = rows(&sample().results().join("primary/flows.csv"));
    let context = fs::read_to_string(sample().results().join("primary/context.json")).unwrap();
    let context: Value = serde_json::from_str(&context).unwrap();
    let goods = context["goods"].as_array().unwrap();
    let price = goods.iter().find(|good| good["id"] == "machinery").unwrap()["usd_per_t"]
        .as_f64()
        .unwrap();
    let expected: f64 = flows
        .iter()
        .filter(|row| row["month"] == "2021-01" && row["demand"] == "machinery-ru")
        .filter(|row| {
            [
                "machinery-germany",
                "machinery-italy",
                "machinery-poland",
                "machinery-baltics",
                "machinery-rest-eu",
            ]
            .contains(&row["supply"].as_str())
        })
        .map(|row| row["mean"].parse::<f64>().unwrap() * price / 1e6)
        .sum();
    let place = |list: &str, id: &str| {
        let list = data["flows"][list].as_array().unwrap();
        list.iter().position(|land| land["id"] == id).unwrap() as u64
    };
    let (seller, buyer) = (place("sellers", "EU"), place("buyers", "RU"));
    let rows = data["flows"]["rows"][0].as_array().unwrap().iter();
    let rows = rows.filter(|row| row[1] == seller && row[3] == buyer && row[4] == 0);
    let shown: f64 = rows.map(|row| row[5][0].as_f64().unwrap()).sum();
    assert!((shown - expected).abs() < 0.01 * expected, "{shown} {expected}");
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let again = report(&sample().results(), &sample().folder.path().join("again.html"));
    assert!(again == sample().page);
}

#[test]
fn only_an_older_page_is_replaced_and_never_an_input() {
    let results = sample().results();
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    fs::write(&page, "<!doctype html>\n<p>mine</p>\n").unwrap();
    let refused = roundabout(&["report", text(&results), "--out", text(&page)]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(
        stderr(&refused).contains("it is not a report written by this program"),
        "{}",
        stderr(&refused)
    );
    let input = results.join("primary/manifest.json");
    let refused = roundabout(&["report", text(&results), "--out", text(&input)]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(stderr(&refused).contains("this command reads"), "{}", stderr(&refused));
    fs::write(&page, "").unwrap();
    report(&results, &page);
    report(&results, &page);
}

#[test]
fn a_hostile_title_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "</script><script>alert(1)</script> <!-- <script> & 'x'";
    let scenario = hub_scenario(folder.path(), "hostile", hostile, BAN);
    let out = folder.path().join("results");
    ok(&["run", "--quiet", text(&scenario), "--out", text(&out)]);
    let page = report(&out, &folder.path().join("report.html"));
    let data = data_of(&page);
    assert_eq!(data["scenarios"][0]["name"], hostile);
    assert_eq!(data["scenarios"][0]["question"], "What becomes of grain?");
    assert_eq!(data["measures"][0]["source"], "a <b>law</b> </script>");
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(without_scripts(&page).contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &lt;!-- "));
    // One scenario on a world without coordinates, with too few draws to correlate.
    for part in ["map", "drivers", "designations"] {
        assert!(
            data[part].is_null() && !page.contains(&format!("<section id=\"{part}\"")),
            "{part}"
        );
    }
    assert!(!page.contains("<section id=\"ranking\""));
    assert!(without_scripts(&page).contains("<p>Under <b class=\"s\" data-scenario=\"0\">"));
}

#[test]
fn draws_that_do_not_pair_have_means_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let banned = hub_scenario(folder.path(), "banned", "A ban", BAN);
    let free = hub_scenario(folder.path(), "free", "No ban", "");
    ok(&["run", "--quiet", text(&banned), "--out", text(&one)]);
    ok(&["run", "--quiet", text(&free), "--seed", "2", "--out", text(&two)]);
    let page = folder.path().join("report.html");
    ok(&["report", text(&one), text(&two), "--out", text(&page)]);
    let data = data_of(&fs::read_to_string(&page).unwrap());
    assert_eq!(data["head"]["paired"], false);
    let difference = data["headlines"][0]["difference"][1].as_array().unwrap();
    assert!(
        difference[0].as_f64().unwrap() < 0.0 && difference[1].is_null(),
        "{difference:?}"
    );
    assert!(data["headlines"][0]["lower"].is_null() && data["months"]["differences"].is_null());
    assert!(
        data["scenarios"][1]["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("is not paired with banned")
    );
    // Nothing goes around without a ban, and the page says so.
    let reversed = ok(&[
        "report",
        text(&one),
        text(&two),
        "--reference",
        "free",
        "--out",
        text(&page),
    ]);
    assert_eq!(reversed, "");
    let shown = without_scripts(&fs::read_to_string(&page).unwrap());
    assert!(
        shown.contains("no restricted trade arrives through another country or under another name"),
        "{shown}"
    );
    let unknown = roundabout(&["report", text(&one), "--reference", "other", "--out", text(&page)]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn totals_over_different_months_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let long = hub_scenario(folder.path(), "long", "Long", BAN);
    let short = hub_scenario(folder.path(), "short", "Short", BAN);
    let shorter = fs::read_to_string(&short)
        .unwrap()
        .replace("months = 14", "months = 10");
    fs::write(&short, shorter).unwrap();
    let out = folder.path().join("results");
    ok(&["run", "--quiet", text(&long), text(&short), "--out", text(&out)]);
    let data = data_of(&report(&out, &folder.path().join("report.html")));
    assert!(data["headlines"][0]["difference"][1].is_null());
    assert!(
        data["scenarios"][1]["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("runs 10 months from 2022-01")
    );
    // The months that both have are the same.
    for row in data["months"]["levels"][1].as_array().unwrap() {
        assert!(
            row[3] == 10 && row[5].as_array().unwrap().iter().all(Value::is_null),
            "{row}"
        );
    }
}

#[test]
fn results_without_a_context_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = hub_scenario(folder.path(), "old", "Old", BAN);
    let out = folder.path().join("results");
    ok(&["run", "--quiet", text(&scenario), "--out", text(&out)]);
    let mut older = roundabout::results::Manifest::read(&out.join("old")).unwrap();
    older.files.remove("context.json");
    older.digest = older.seal();
    fs::write(out.join("old/manifest.json"), older.to_json().unwrap()).unwrap();
    let page = folder.path().join("report.html");
    let refused = roundabout(&["report", text(&out), "--out", text(&page)]);
    assert_eq!(refused.status.code(), Some(5));
    assert!(
        stderr(&refused).contains("an older version wrote them: run the scenario again"),
        "{}",
        stderr(&refused)
    );
    assert!(!page.exists());
}
