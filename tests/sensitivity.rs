//! What drives an outcome, on small worlds whose answer is known by hand, and what the command says of faulty input.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{repository, roundabout, stderr};

/// Three bans on the hub world. Each leaves free its exempt share of the baseline, whatever else is uncertain, so that
/// `direct` is linear in these shares: 4 months of 460,000 dollars of grain and 20,000 each of ore and timber.
const BANS: &str = r#"
[horizon]
start = "2022-01"
months = 4

[simulation]
draws = 256
seed = 1
sampling = { latin_hypercube = {} }
"#;

/// The variances of the three parts of `direct` are as the squares of 460 x 0.02, 20 x 0.6 and 20 x 0.2.
const EXACT: [(&str, f64); 3] = [
    ("ban.ore-ban.exempt_share", 144.0 / 244.64),
    ("ban.grain-ban.exempt_share", 84.64 / 244.64),
    ("ban.timber-ban.exempt_share", 16.0 / 244.64),
];

fn ban(good: &str, exempt: &str) -> String {
    format!(
        "\n[[measures.ban]]\nid = \"{good}-ban\"\nissuer = \"UNION\"\ncommodities = [\"{good}\"]\norigins = [\"SEL\"]\n\
         destinations = [\"UNION\"]\nfrom = \"2022-01\"\nexempt_share = {exempt}\n"
    )
}

fn uniform(low: f64, high: f64) -> String {
    format!("{{ uniform = {{ low = {low:?}, high = {high:?} }} }}")
}

fn three_bans() -> String {
    let grain = ban("grain", &uniform(0.1, 0.12));
    let ore = ban("ore", &uniform(0.1, 0.7));
    grain + &ore + &ban("timber", &uniform(0.1, 0.3))
}

const SHOCK: &str = "\n[[shocks.mode_cost]]\nid = \"rates\"\nmode = \"rail\"\npersistence = 0.5\nsd = 0.2\n";

/// Writes a scenario on the hub world; returns its path.
fn write(folder: &Path, name: &str, body: &str) -> String {
    let world = repository().join("tests/worlds/hub");
    let text = format!("title = {name:?}\nworld = {:?}\n{BANS}{body}", world.to_str().unwrap());
    let path = folder.join(format!("{name}.toml"));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The standard output of a command that must succeed.
fn printed(arguments: &[&str]) -> String {
    let output = roundabout(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of CSV by the first cell, the other cells in a column.
fn column(csv: &str, name: &str) -> Vec<(String, f64)> {
    let mut lines = csv
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let place = lines.next().unwrap().iter().position(|column| column == name).unwrap();
    lines
        .map(|cells| (cells[0].clone(), cells[place].parse().unwrap_or(f64::NAN)))
        .collect()
}

fn value(columns: &[(String, f64)], row: &str) -> f64 {
    columns
        .iter()
        .find(|(name, _)| name == row)
        .unwrap_or_else(|| panic!("{row}"))
        .1
}

#[test]
fn draws_that_exist_give_the_order_and_the_shares_known_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "bans", &three_bans());
    let out = folder.path().join("results");
    let out = out.to_str().unwrap();
    printed(&["run", &scenario, "--out", out, "--quiet"]);
    let found = printed(&["sensitivity", out, "--metric", "direct", "--format", "csv"]);
    let names: Vec<String> = column(&found, "rho").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, EXACT.map(|(name, _)| name));
    let shares = column(&found, "share");
    for (name, exact) in EXACT {
        // A Latin hypercube of 256 draws: correlations between columns are some 0.06.
        assert!((value(&shares, name) - exact).abs() < 0.06, "{found}");
    }
    // A picture is drawn beside, and not over a file of somebody else.
    let picture = folder.path().join("tornado.svg");
    let draw = [
        "sensitivity",
        out,
        "--metric",
        "direct",
        "--plot",
        picture.to_str().unwrap(),
    ];
    printed(&draw);
    assert!(
        fs::read_to_string(&picture)
            .unwrap()
            .contains("ban.ore-ban.exempt_share")
    );
    fs::write(&picture, "mine").unwrap();
    let refused = roundabout(&draw);
    assert_eq!(
        (refused.status.code(), fs::read_to_string(&picture).unwrap().as_str()),
        (Some(7), "mine")
    );
}

#[test]
fn sobol_indices_of_a_linear_outcome_are_its_shares_and_shocks_have_none() {
    let folder = tempfile::tempdir().unwrap();
    // The shock moves prices, but not what the bans leave free.
    let scenario = write(folder.path(), "bans", &(three_bans() + SHOCK));
    let run = |threads: &str| {
        let arguments = [
            "sensitivity",
            &scenario,
            "--metric",
            "direct",
            "--sobol",
            "1024",
            "--format",
            "csv",
        ];
        printed(&[arguments.as_slice(), &["--quiet", "--threads", threads]].concat())
    };
    let found = run("1");
    assert_eq!(found, run("2"), "the number of threads");
    let [first, total] = ["first", "total"].map(|name| column(&found, name));
    let errors = ["first_error", "total_error"].map(|name| column(&found, name));
    for (name, exact) in EXACT {
        for (index, error) in [(&first, &errors[0]), (&total, &errors[1])] {
            let (index, error) = (value(index, name), value(error, name));
            assert!((index - exact).abs() < 3.5 * error && error < 0.04, "{name}: {found}");
        }
    }
    let shocks = "shocks and events";
    // Solved to a tolerance of 1e-9.
    assert!(
        value(&total, shocks) < 1e-9 && (value(&first, "all numbers") - 1.0).abs() < 1e-9,
        "{found}"
    );
}

#[test]
fn where_shocks_alone_act_they_have_the_whole_variance() {
    let folder = tempfile::tempdir().unwrap();
    // How buyers of timber choose does nothing to what goes round a ban on grain.
    let body = format!(
        "[parameters]\n\"commodity.timber.route_choice\" = {}\n{}{SHOCK}",
        uniform(2.0, 3.0),
        ban("grain", "0.1")
    );
    let scenario = write(folder.path(), "shocks", &body);
    let arguments = [
        "sensitivity",
        &scenario,
        "--metric",
        "circumvented",
        "--sobol",
        "64",
        "--format",
        "csv",
    ];
    let found = printed(&[arguments.as_slice(), &["--quiet"]].concat());
    for (row, share) in [("all numbers", 0.0), ("shocks and events", 1.0)] {
        for index in ["first", "total"] {
            let found = value(&column(&found, index), row);
            assert!((found - share).abs() < 1e-6, "{index} of {row}: {found}");
        }
    }
}

#[test]
fn numbers_and_shocks_share_the_variance_where_both_act() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "both", &(ban("grain", &uniform(0.1, 0.12)) + SHOCK));
    let arguments = [
        "sensitivity",
        &scenario,
        "--metric",
        "circumvented",
        "--sobol",
        "512",
        "--format",
        "csv",
    ];
    let found = printed(&[arguments.as_slice(), &["--quiet"]].concat());
    let [first, total] = ["first", "total"].map(|name| column(&found, name));
    let errors = column(&found, "first_error");
    let (numbers, shocks) = ("all numbers", "shocks and events");
    assert!(value(&first, numbers) > 0.05 && value(&first, shocks) > 0.05, "{found}");
    let gap = value(&first, numbers) + value(&total, shocks) - 1.0;
    assert!(gap.abs() < 3.5 * value(&errors, numbers), "{found}");
    // There is one number, so it is all numbers.
    let apart = value(&first, "ban.grain-ban.exempt_share") - value(&first, numbers);
    assert!(
        apart.abs() < 3.5 * value(&errors, "ban.grain-ban.exempt_share"),
        "{found}"
    );
}

#[test]
fn morris_effects_of_a_linear_outcome_are_half_its_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "bans", &three_bans());
    let arguments = [
        "sensitivity",
        &scenario,
        "--metric",
        "direct",
        "--morris",
        "4",
        "--format",
        "csv",
    ];
    let found = printed(&[arguments.as_slice(), &["--quiet"]].concat());
    let effects = column(&found, "mean");
    // Four months, half of the width of each share.
    for (row, (name, dollars)) in effects.iter().zip([
        (EXACT[0].0, 4.0 * 20_000.0 * 0.3),
        (EXACT[1].0, 4.0 * 460_000.0 * 0.01),
        (EXACT[2].0, 4.0 * 20_000.0 * 0.1),
    ]) {
        assert!(row.0 == name && (row.1 / dollars - 1.0).abs() < 1e-6, "{found}");
    }
    assert_eq!(effects[3].0, "shocks and events");
}

#[test]
fn a_difference_depends_on_the_numbers_of_both_scenarios() {
    let folder = tempfile::tempdir().unwrap();
    let wide = write(
        folder.path(),
        "wide",
        &(ban("grain", &uniform(0.1, 0.12)) + &ban("ore", "0.2")),
    );
    let other = write(
        folder.path(),
        "other",
        &(ban("grain", "0.1") + &ban("ore", &uniform(0.1, 0.7))),
    );
    let out = folder.path().join("results");
    let out = out.to_str().unwrap();
    printed(&["run", &wide, &other, "--out", out, "--quiet"]);
    let of_difference = [
        "sensitivity",
        out,
        "--metric",
        "direct",
        "--scenario",
        "wide",
        "--against",
        "other",
    ];
    let found = printed(&[of_difference.as_slice(), &["--format", "csv"]].concat());
    let rho = column(&found, "rho");
    // More is free of a ban where the share of grain is large, less than in the other where its share of ore is.
    assert!(
        value(&rho, "ban.grain-ban.exempt_share") > 0.3 && value(&rho, "ban.ore-ban.exempt_share") < -0.3,
        "{found}"
    );
    let design = [
        "sensitivity",
        &wide,
        "--against",
        &other,
        "--metric",
        "direct",
        "--sobol",
        "512",
    ];
    let found = printed(&[design.as_slice(), &["--quiet", "--format", "csv"]].concat());
    let (first, errors) = (column(&found, "first"), column(&found, "first_error"));
    for (name, exact) in [
        ("ban.grain-ban.exempt_share", 84.64 / 228.64),
        ("ban.ore-ban.exempt_share", 144.0 / 228.64),
    ] {
        assert!(
            (value(&first, name) - exact).abs() < 3.5 * value(&errors, name),
            "{found}"
        );
    }
}

#[test]
fn a_box_of_high_outcomes_is_bounded_by_the_numbers_that_make_them() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "bans", &three_bans());
    let out = folder.path().join("results");
    let out = out.to_str().unwrap();
    printed(&["run", &scenario, "--out", out, "--quiet"]);
    let found = printed(&[
        "sensitivity",
        out,
        "--metric",
        "direct",
        "--above",
        "270000",
        "--format",
        "json",
    ]);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let shown = found["shown_box"].as_u64().unwrap();
    let rows: Vec<&serde_json::Value> = found["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["box"] == shown)
        .collect();
    assert!(
        rows[0]["density"].as_f64().unwrap() > 0.7 && rows[0]["coverage"].as_f64().unwrap() > 0.6,
        "{rows:?}"
    );
    let low = |name: &str| {
        rows.iter()
            .find(|row| row["number"] == name)
            .and_then(|row| row["from"].as_f64())
    };
    assert!(low(EXACT[0].0).unwrap() > 0.3 && low(EXACT[1].0).is_some(), "{rows:?}");
    // Bounds of one number alone.
    let above = [
        "sensitivity",
        out,
        "--metric",
        "direct",
        "--above",
        "270000",
        "--format",
        "csv",
    ];
    let of_ore = printed(&[above.as_slice(), &["--input", "ban.ore"]].concat());
    assert!(
        of_ore.contains("ban.ore-ban") && !of_ore.contains("ban.grain-ban"),
        "{of_ore}"
    );
    // Below the mirror image.
    let below = printed(&["sensitivity", out, "--metric", "direct", "--below", "230000"]);
    assert!(
        below.contains("at most 230 thousand usd") && below.contains(EXACT[0].0),
        "{below}"
    );
}

#[test]
fn a_design_is_written_with_the_outcome_of_each_run() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "bans", &three_bans());
    let file = folder.path().join("design.csv");
    let path = file.to_str().unwrap();
    let arguments = [
        "sensitivity",
        &scenario,
        "--metric",
        "direct",
        "--sobol",
        "3",
        "--design",
        path,
        "--quiet",
    ];
    printed(&[arguments.as_slice(), &["--input", "ban.ore"]].concat());
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0][..5], ["run", "row", "takes", "shocks", "direct_usd"]);
    // A, all numbers, shocks, ore, the others, B.
    assert_eq!(lines.len(), 1 + 3 * 6);
    let takes: Vec<&str> = lines[1..7].iter().map(|line| line[2]).collect();
    let ore = "ban.ore-ban.exempt_share";
    assert_eq!(
        takes,
        ["A", "all numbers", "shocks and events", ore, "2 others together", "B"]
    );
    for cells in &lines[1..] {
        let number = |name: &str| -> f64 {
            let place = lines[0].iter().position(|column| *column == name).unwrap();
            cells[place].parse().unwrap()
        };
        let free = 460_000.0 * number("ban.grain-ban.exempt_share")
            + 20_000.0 * (number(ore) + number("ban.timber-ban.exempt_share"));
        assert!((number("direct_usd") / (4.0 * free) - 1.0).abs() < 1e-6, "{cells:?}");
    }
    // The file may be replaced by another design, a file of somebody else may not.
    printed(&arguments);
    fs::write(&file, "mine\n").unwrap();
    assert_eq!(roundabout(&arguments).status.code(), Some(7));
}

#[test]
fn a_posterior_table_is_one_input() {
    let folder = tempfile::tempdir().unwrap();
    let table = "member,ban.grain-ban.exempt_share,ban.ore-ban.exempt_share\n0,0.1,0.7\n1,0.11,0.4\n2,0.12,0.1\n";
    fs::write(folder.path().join("table.csv"), table).unwrap();
    let taken = "{ posterior = \"table.csv\" }";
    let body = ban("grain", taken) + &ban("ore", taken) + &ban("timber", &uniform(0.1, 0.3));
    let scenario = write(folder.path(), "table", &body);
    let arguments = [
        "sensitivity",
        &scenario,
        "--metric",
        "direct",
        "--sobol",
        "64",
        "--quiet",
    ];
    let found = printed(&arguments);
    assert!(found.contains("posterior table 1 (2 numbers together)"), "{found}");
    assert!(!found.contains("ban.ore-ban.exempt_share"), "{found}");
    let (code, message) = refused(&[arguments.as_slice(), &["--input", "ban.ore"]].concat());
    assert!(
        code == 2 && message.contains("is drawn together with other numbers of"),
        "{message}"
    );
}

/// Code and message of a command that must fail.
fn refused(arguments: &[&str]) -> (i32, String) {
    let output: Output = roundabout(arguments);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    (output.status.code().unwrap(), stderr(&output))
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn what_makes_no_sense_is_said_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let one = write(folder.path(), "one", &three_bans());
    let clash = write(folder.path(), "clash", &ban("grain", &uniform(0.1, 0.2)));
    let long = write(folder.path(), "long", &three_bans());
    let text = fs::read_to_string(&long).unwrap().replace("months = 4", "months = 5");
    fs::write(&long, text).unwrap();
    let out = folder.path().join("results");
    let out = out.to_str().unwrap();
    printed(&["run", &one, &clash, "--draws", "8", "--out", out, "--quiet"]);
    let alone = folder.path().join("results/one");
    let alone = alone.to_str().unwrap();
    let metric = ["--metric", "direct"];
    let cases: [(&[&str], i32, &str); 16] = [
        (
            &["sensitivity", out, "--metric", "direct"],
            2,
            "say which scenario to explain with --scenario: one, clash",
        ),
        (
            &["sensitivity", alone, "--metric", "direkt"],
            2,
            "did you mean `direct`?",
        ),
        (
            &["sensitivity", out, "--metric", "direct", "--scenario", "two"],
            2,
            "scenario `two`",
        ),
        (&["sensitivity", alone, "--metric", "direct"], 5, "8 draws are too few"),
        (
            &["sensitivity", alone, "--metric", "direct", "--box", "1"],
            2,
            "--box needs --above or --below",
        ),
        (
            &["sensitivity", alone, "--metric", "direct", "--above", "nan"],
            2,
            "a finite number",
        ),
        (
            &["sensitivity", alone, "--metric", "direct", "--design", "x.csv"],
            2,
            "--design needs",
        ),
        (
            &["sensitivity", alone, "--metric", "direct", "--input", "ban"],
            2,
            "--input needs",
        ),
        (
            &["sensitivity", alone, "--metric", "direct", "--seed", "1"],
            2,
            "--seed needs",
        ),
        (
            &["sensitivity", alone, "--metric", "direct", "--sobol", "4"],
            2,
            "is a folder",
        ),
        (&["sensitivity", &one, "--metric", "direct"], 5, ""),
        (
            &["sensitivity", &one, &one, "--metric", "direct", "--sobol", "4"],
            2,
            "one scenario file",
        ),
        (
            &[
                "sensitivity",
                &one,
                "--metric",
                "direct",
                "--sobol",
                "4",
                "--input",
                "ban.iron",
            ],
            2,
            "begins like this",
        ),
        (
            &[
                "sensitivity",
                &one,
                "--metric",
                "direct",
                "--sobol",
                "4",
                "--against",
                &long,
            ],
            2,
            "span different months",
        ),
        (
            &[
                "sensitivity",
                &one,
                "--metric",
                "direct",
                "--sobol",
                "4",
                "--against",
                &clash,
            ],
            2,
            "is uniform 0.1, 0.12 in `one`, but uniform 0.1, 0.2 in `clash`",
        ),
        (
            &["sensitivity", &one, "--metric", "tariffed", "--sobol", "4"],
            5,
            "the same in every run",
        ),
    ];
    for (arguments, code, message) in cases {
        let (found, text) = refused(arguments);
        assert!(found == code && text.contains(message), "{arguments:?}: {found} {text}");
    }
    // A design too large for memory is refused before it is made.
    let huge = [["sensitivity", &one].as_slice(), &metric, &["--sobol", "10000000"]].concat();
    let (code, text) = refused(&huge);
    assert!(code == 2 && text.contains("do not fit into memory"), "{text}");
}

#[test]
fn damaged_draws_are_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write(folder.path(), "bans", &three_bans());
    let out = folder.path().join("results");
    printed(&[
        "run",
        &scenario,
        "--out",
        out.to_str().unwrap(),
        "--quiet",
        "--draws",
        "32",
    ]);
    let draws = out.join("bans/draws.csv");
    let whole = fs::read_to_string(&draws).unwrap();
    for text in [
        whole.replace("direct_usd", "indirect_usd"),
        whole.replacen("\n1,", "\n1,x", 1),
        whole[..whole.len() / 2].to_owned(),
        whole.lines().take(5).collect::<Vec<_>>().join("\n") + "\n",
        String::new(),
    ] {
        fs::write(&draws, text).unwrap();
        let (code, message) = refused(&["sensitivity", out.to_str().unwrap(), "--metric", "direct"]);
        assert!(
            code == 5 && message.starts_with("error: ") && !message.contains("panicked"),
            "{code} {message}"
        );
    }
}
