//! Commands as users type them, and what they get: exit codes, messages, files left and not left.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{roundabout, stderr};

/// A small scenario on the shipped world in a folder of its own.
fn scenario(folder: &Path, name: &str, body: &str) -> PathBuf {
    let base = common::repository().join("scenarios/primary.toml");
    let path = folder.join(name);
    fs::write(
        &path,
        format!("title = \"Test\"\nextends = {:?}\n{body}", base.to_str().unwrap()),
    )
    .unwrap();
    path
}

fn code(output: &std::process::Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn the_shipped_scenarios_are_fine() {
    let library = common::library();
    let paths: Vec<String> = library.iter().map(|name| format!("scenarios/{name}.toml")).collect();
    let mut arguments = vec!["check"];
    arguments.extend(paths.iter().map(String::as_str));
    let output = roundabout(&arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), library.len());
    assert!(library.len() >= 20);
    assert_eq!(stderr(&output), "");
}

#[test]
fn invalid_input_says_everything_with_lines_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(
        folder.path(),
        "bad.toml",
        "[simulation]\ndrawz = 5\nseed = \"x\"\n[horizon]\nmonths = 0\n",
    );
    let out = folder.path().join("out");
    let output = roundabout(&["run", path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let text = stderr(&output);
    assert_eq!(code(&output), 3, "{text}");
    for expected in ["drawz", "`draws`", "bad.toml:4:1", "bad.toml:5:8", "bad.toml:7:10"] {
        assert!(text.contains(expected), "{expected} is missing from:\n{text}");
    }
    assert!(!out.exists());
}

#[test]
fn a_scenario_that_is_not_there_is_named() {
    let output = roundabout(&["check", "no-such-file.toml"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("no-such-file.toml"));
}

#[test]
fn wrong_usage_exits_with_two() {
    let wrong: [&[&str]; 7] = [
        &["run"],
        &["fly"],
        &["run", "scenarios/baseline.toml", "--draws", "0"],
        &[
            "run",
            "scenarios/baseline.toml",
            "--draws",
            "128",
            "--draw-range",
            "10..20",
        ],
        &["run", "scenarios/baseline.toml", "--reference", "nobody"],
        &["run", "scenarios/baseline.toml", "scenarios/baseline.toml"],
        &["solve", "scenarios/baseline.toml", "--month", "1999-01"],
    ];
    for arguments in wrong {
        let output = roundabout(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_failing_scenario_leaves_the_others_whole_and_says_how_to_run_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let impossible = scenario(folder.path(), "impossible.toml", "[simulation]\ntolerance = 1e-300\n");
    let out = folder.path().join("out");
    let run = |extra: &[&str]| {
        let mut arguments = vec!["run", "scenarios/primary.toml", impossible.to_str().unwrap(), "--quiet"];
        arguments.extend(["--draws", "128", "--out", out.to_str().unwrap()]);
        arguments.extend(extra);
        roundabout(&arguments)
    };
    let output = run(&[]);
    let text = stderr(&output);
    assert_eq!(code(&output), 1, "{text}");
    for expected in [
        "impossible",
        "seed 42",
        "draw 0",
        "2021-0",
        "--draw-range 0..64",
        "--draws 128",
    ] {
        assert!(text.contains(expected), "{expected} is missing from:\n{text}");
    }
    assert!(out.join("primary/manifest.json").exists());
    assert!(out.join("summary.csv").exists());
    assert!(!out.join("impossible").exists());
}

#[test]
fn results_that_exist_are_not_replaced_unasked() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let run = |extra: &[&str]| {
        let mut arguments = vec![
            "run",
            "scenarios/baseline.toml",
            "--draws",
            "2",
            "--quiet",
            "--out",
            folder,
        ];
        arguments.extend(extra);
        roundabout(&arguments)
    };
    assert_eq!(code(&run(&[])), 0);
    let before = fs::read(out.path().join("baseline/metrics.csv")).unwrap();
    let refused = run(&["--seed", "7"]);
    assert_eq!(code(&refused), 7);
    assert!(stderr(&refused).contains("--overwrite"));
    assert_eq!(fs::read(out.path().join("baseline/metrics.csv")).unwrap(), before);
    assert_eq!(code(&run(&["--seed", "7", "--overwrite"])), 0);
}

#[test]
fn a_scenario_equal_to_the_reference_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let twin = scenario(folder.path(), "twin.toml", "");
    let out = folder.path().join("out");
    let arguments = [
        "run",
        "scenarios/primary.toml",
        twin.to_str().unwrap(),
        "--draws",
        "4",
        "--out",
    ];
    let output = roundabout(&[&arguments[..], &[out.to_str().unwrap()]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("`twin` gives the same metrics as `primary`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_tables_of_an_earlier_batch_are_not_replaced_unasked() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let run = |name: &str| roundabout(&["run", name, "--draws", "2", "--quiet", "--out", folder]);
    assert_eq!(code(&run("scenarios/baseline.toml")), 0);
    let refused = run("scenarios/primary.toml");
    assert_eq!(code(&refused), 7);
    assert!(stderr(&refused).contains("summary.csv"));
    assert!(!out.path().join("primary").exists());
}

#[test]
fn scenarios_that_do_not_pair_are_named_and_compared_as_far_as_they_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let short = scenario(folder.path(), "short.toml", "[horizon]\nmonths = 12\n");
    let other = scenario(folder.path(), "other.toml", "[simulation]\nseed = 7\n");
    let out = folder.path().join("out");
    let arguments = [
        "run",
        "scenarios/primary.toml",
        short.to_str().unwrap(),
        other.to_str().unwrap(),
    ];
    let output = roundabout(&[&arguments[..], &["--draws", "4", "--out", out.to_str().unwrap()]].concat());
    let text = stderr(&output);
    assert_eq!(code(&output), 0, "{text}");
    assert!(text.contains("`short` and `primary` span different months"), "{text}");
    assert!(text.contains("`other` and `primary` differ in seed"), "{text}");
    let comparison = fs::read_to_string(out.join("comparison.csv")).unwrap();
    let rows = |name: &str| -> Vec<&str> { comparison.lines().filter(|row| row.starts_with(name)).collect() };
    // The year that both have whole, and the total over the common months; months stand in a table of their own.
    let periods: std::collections::BTreeSet<&str> = rows("short,")
        .iter()
        .map(|row| row.split(',').nth(3).unwrap())
        .collect();
    assert_eq!(periods.len(), 2);
    assert!(
        periods.contains("2021") && periods.contains("2021-01..2021-12"),
        "{periods:?}"
    );
    assert!(rows("short,").iter().all(|row| row.ends_with(",true")));
    assert!(rows("other,").iter().all(|row| row.ends_with(",,,,,,,,false")));
    assert!(!rows("short,").is_empty() && !rows("other,").is_empty());
    // The batch has paired the common months, so that they are shown with their error.
    let compared = roundabout(&[
        "compare",
        out.join("primary").to_str().unwrap(),
        out.join("short").to_str().unwrap(),
        "--metric",
        "circumvented_usd",
        "--format",
        "csv",
    ]);
    let compared = String::from_utf8(compared.stdout).unwrap();
    let row = compared.lines().nth(1).unwrap();
    assert!(
        row.starts_with("short,primary,circumvented,2021-01..2021-12,all,,,usd,"),
        "{row}"
    );
    let kept = rows("short,")
        .into_iter()
        .find(|kept| kept.starts_with("short,primary,circumvented,2021-01..2021-12,all,,,usd,"));
    let numbers = kept
        .unwrap()
        .strip_prefix("short,primary,circumvented,2021-01..2021-12,all,,,usd,")
        .unwrap();
    assert!(row.contains(numbers), "{row} {numbers}");
}

#[test]
fn a_run_ends_with_the_differences_from_the_reference() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let scenarios = ["scenarios/primary.toml", "scenarios/secondary-designations.toml"];
    let output = roundabout(&["run", scenarios[0], scenarios[1], "--draws", "4", "--out", folder]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("differences from primary, whose row has its means; 4 draws"),
        "{text}"
    );
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
    let row = |name: &str| {
        lines
            .iter()
            .find(|line| line.starts_with(name))
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
    };
    assert_eq!((row("primary").len(), row("primary")[6]), (7, "-"));
    assert!(
        row("secondary-designations")[1].starts_with('-'),
        "less is circumvented: {text}"
    );
    assert!(lines.len() <= 10, "{text}");
    let written = stderr(&output);
    assert_eq!(
        written.lines().last(),
        Some(format!("{folder}/summary.csv, {folder}/comparison.csv, {folder}/comparison-by-month.csv.zst, {folder}/order.csv").as_str())
    );
}

#[test]
fn messages_off_a_terminal_have_no_bars_and_no_escapes() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let output = roundabout(&["run", "scenarios/baseline.toml", "--draws", "2", "--out", folder]);
    assert!(!stderr(&output).contains('\u{1b}') && !stderr(&output).contains('\r'));
    // The scenario, the tables, and a warning about so few draws.
    assert!(stderr(&output).lines().count() <= 3, "{}", stderr(&output));
}

#[test]
fn solve_writes_the_month_it_shows() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let output = roundabout(&["solve", "scenarios/primary.toml", "--month", "2022-06", "--out", folder]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("2022-06, optimality residual"));
    for (file, header) in [
        ("flows.csv", "route,t_per_month"),
        ("prices.csv", "side,id,usd_per_t"),
        ("capacities.csv", "id,limit_t_per_month,flow_t_per_month,rent_usd_per_t"),
    ] {
        let text = fs::read_to_string(out.path().join(file)).unwrap();
        assert_eq!(text.lines().next(), Some(header));
        assert!(text.lines().count() > 5);
    }
}

#[test]
fn schema_lists_keys_and_numbers() {
    let keys = roundabout(&["schema"]);
    let text = String::from_utf8(keys.stdout).unwrap();
    for line in [
        ",title,unless inherited,",
        "[[measures.ban]],wind_down_months,no",
        "[[measures.ban]],origins,unless it amends a measure,",
        "[[measures.closure]],carriers,no,",
        "[[measures.inspection]],suspicion,no,",
        "[[secondary.no_reexport_clause]],share,unless it amends a programme,",
        "[[secondary.threat]],announced,unless `from` is given,",
        "[[secondary.overcompliance]],targets,yes,",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let numbers = roundabout(&["schema", "scenarios/primary.toml"]);
    let text = String::from_utf8(numbers.stdout).unwrap();
    assert!(
        text.lines()
            .any(|line| line.starts_with("commodity.potash.route_choice,")),
        "{}",
        &text[..500]
    );
    assert!(
        text.lines()
            .any(|line| line.starts_with("ban.eu-goods-russia-2022.exempt_share,"))
    );
}

#[test]
fn tables_have_the_columns_of_the_contract() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let run = [
        "run",
        "scenarios/baseline.toml",
        "scenarios/secondary-designations.toml",
        "--draws",
        "3",
        "--table-files",
        "csv",
        "--quiet",
        "--out",
        folder,
    ];
    assert_eq!(code(&roundabout(&run)), 0);
    let statistics = "mean,sd,mcse,p05,p25,p50,p75,p95,draws";
    for (file, keys) in [
        ("metrics.csv", "metric,period,commodity,via,party,unit"),
        ("metrics-by-month.csv", "metric,period,commodity,via,party,unit"),
        ("flows.csv", "month,commodity,supply,demand,kind,via,unit"),
        ("books.csv", "month,reporter,partner,flow,commodity,unit"),
        ("prices.csv", "month,commodity,side,id,quantity"),
        ("capacities.csv", "month,capacity,quantity"),
        ("throughput.csv", "month,place,commodity,unit"),
        ("events.csv", "event,target,month,quantity"),
    ] {
        let text = fs::read_to_string(out.path().join("secondary-designations").join(file)).unwrap();
        assert_eq!(
            text.lines().next(),
            Some(format!("{keys},{statistics}").as_str()),
            "{file}"
        );
        assert!(!text.contains("NaN") && !text.contains("inf"), "{file}");
        let rows: Vec<&str> = text.lines().skip(1).collect();
        let keys_of = |row: &str| -> Vec<String> {
            row.split(',')
                .take(keys.split(',').count())
                .map(str::to_owned)
                .collect()
        };
        assert!(
            rows.windows(2).all(|pair| keys_of(pair[0]) < keys_of(pair[1])),
            "{file} is not sorted or not unique"
        );
    }
    let uncovered = fs::read_to_string(out.path().join("secondary-designations/uncovered.csv")).unwrap();
    let mut lines = uncovered.lines();
    assert_eq!(
        lines.next(),
        Some(format!("commodity,origin,destination,via,kind,unit,{statistics}").as_str())
    );
    let dollars: Vec<f64> = lines
        .filter_map(|line| line.split_once(",usd,")?.1.split(',').next()?.parse().ok())
        .collect();
    assert!(dollars.len() > 10 && dollars.is_sorted_by(|one, next| one >= next));
    let comparison = fs::read_to_string(out.path().join("comparison.csv")).unwrap();
    assert_eq!(
        comparison.lines().next(),
        Some(
            "scenario,reference,metric,period,commodity,via,party,unit,difference,mcse,p05,p25,p50,p75,p95,\
             probability_below_zero,draws,paired"
        )
    );
    assert!(
        comparison
            .lines()
            .skip(1)
            .all(|row| row.starts_with("secondary-designations,baseline,") && row.ends_with(",true"))
    );
}

#[test]
fn a_batch_shares_the_rows_of_a_posterior_and_prior_ignores_it() {
    let folder = tempfile::tempdir().unwrap();
    let scope = "[scope]\ncommodities = [\"plywood\"]\n[horizon]\nmonths = 1\n";
    let parent = scenario(
        folder.path(),
        "parent.toml",
        &format!("posterior = \"draws.csv\"\n{scope}"),
    );
    let child = folder.path().join("child.toml");
    fs::write(&child, "extends = \"parent.toml\"\n[horizon]\nmonths = 2\n").unwrap();
    let table =
        "mode.rail.cost_index,commodity.plywood.route_choice,commodity.none.route_choice\n1.1,5.1,0\n1.2,5.2,0\n";
    fs::write(folder.path().join("draws.csv"), table).unwrap();
    let (parent, child) = (parent.to_str().unwrap(), child.to_str().unwrap());

    let checked = roundabout(&["check", child]);
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(text.ends_with(" uncertain parameters, 2 from draws.csv\n"), "{text}");
    let checked = roundabout(&["check", "--prior", child]);
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(text.ends_with(" uncertain parameters\n"), "{text}");
    for (option, state) in [(None, "posterior"), (Some("--prior"), "yes")] {
        let mut arguments = vec!["schema", child];
        arguments.extend(option);
        let text = String::from_utf8(roundabout(&arguments).stdout).unwrap();
        let expected = format!(",{state},");
        let is_so = |line: &str| line.starts_with("mode.rail.cost_index,") && line.contains(&expected);
        assert!(text.lines().any(is_so), "{option:?}");
    }

    let run = |out: &str, option: &str| {
        let out = folder.path().join(out);
        let arguments = [
            "run",
            parent,
            child,
            "--draws",
            "8",
            "--table-files",
            "csv",
            "--quiet",
            option,
            "--out",
        ];
        let mut arguments: Vec<&str> = arguments.into_iter().filter(|word| !word.is_empty()).collect();
        arguments.push(out.to_str().unwrap());
        let output = roundabout(&arguments);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        out
    };
    let posterior = run("posterior", "");
    let drawn = |name: &str| {
        let text = fs::read_to_string(posterior.join(name).join("inputs.csv")).unwrap();
        let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = rows.next().unwrap();
        let of = |parameter: &str| header.iter().position(|cell| *cell == parameter).unwrap();
        let columns = [of("mode.rail.cost_index"), of("commodity.plywood.route_choice")];
        rows.map(|row| columns.map(|column| row[column].to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(drawn("parent").len(), 8);
    // The child shares all numbers, so only the parent writes them.
    let shared = fs::read_to_string(posterior.join("child/inputs.csv")).unwrap();
    assert_eq!(shared.lines().take(2).collect::<Vec<_>>(), ["draw", "0"]);
    for row in drawn("parent") {
        assert!(
            [["1.1", "5.1"], ["1.2", "5.2"]].iter().any(|known| row == *known),
            "{row:?}"
        );
    }
    let prior = run("prior", "--prior");
    for (out, ignored) in [(posterior, false), (prior, true)] {
        let text = fs::read_to_string(out.join("child/manifest.json")).unwrap();
        assert!(text.contains(&format!("\"posterior_ignored\": {ignored}")), "{text}");
    }
}

#[test]
fn a_run_says_what_its_strengths_rest_on_and_a_comparison_repeats_it() {
    let folder = tempfile::tempdir().unwrap();
    scenario(
        folder.path(),
        "plain.toml",
        "posterior = \"draws.csv\"\n[scope]\ncommodities = [\"plywood\"]\n[horizon]\nmonths = 2\n",
    );
    let threat = r#"
        extends = "plain.toml"
        posterior = "draws.csv"
        [[secondary.threat]]
        id = "warned"
        issuer = "EU"
        targets = ["KZ"]
        commodities = ["plywood"]
        announced = "2021-01"
        exit_share = { uniform = { low = 0.0, high = 0.5 } }
        growth_factor = { uniform = { low = 0.4, high = 1.0 } }
    "#;
    fs::write(folder.path().join("warned.toml"), threat).unwrap();
    let table = "mode.rail.cost_index,threat.warned.exit_share\n1.1,0.1\n1.2,0.2\n";
    fs::write(folder.path().join("draws.csv"), table).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |out: &str, option: &[&str]| {
        let (plain, warned, out) = (path("plain.toml"), path("warned.toml"), path(out));
        let arguments = ["run", &plain, &warned, "--draws", "4", "--quiet", "--out", &out];
        let output = roundabout(&[&arguments[..], option].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    };
    let evidence = |result: &str| {
        let text = fs::read_to_string(folder.path().join(result).join("manifest.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["evidence"].clone()
    };
    let compare = |out: &str, format: &str| {
        let output = roundabout(&["compare", &path(out), "--format", format]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        // A table breaks its notes.
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };

    run("posterior", &[]);
    let (plain, warned) = (evidence("posterior/plain"), evidence("posterior/warned"));
    // What stops of itself in `primary` bears on no plywood: the scope leaves out these programmes, not their numbers.
    assert_eq!(plain["programmes"]["uncertain_numbers"], 0);
    assert_eq!(plain["drawn_from_posterior"], 1);
    let uncertain = plain["uncertain_numbers"].as_u64().unwrap() + 2;
    let expected = serde_json::json!({
        "posterior": "draws.csv",
        "uncertain_numbers": uncertain,
        "drawn_from_posterior": 2,
        "programmes": { "uncertain_numbers": 2, "drawn_from_posterior": 1 },
    });
    assert_eq!(warned, expected);
    let sentence = "warned: records moved 1 of its 2 uncertain strengths of secondary programmes. The other one keeps \
                    its prior, which is assumed: the part of its differences that rests on this is an assumption.";
    let text = compare("posterior", "markdown");
    assert_eq!(text.matches(sentence).count(), 1, "{text}");
    let brief =
        "Differences rest on strengths of secondary programmes that no record moved, which are assumed: warned 1 of 2.";
    let text = compare("posterior", "table");
    assert_eq!(text.matches(brief).count(), 1, "{text}");
    assert!(!compare("posterior", "csv").contains("uncertain strengths"));

    run("prior", &["--prior"]);
    let expected = serde_json::json!({
        "posterior": null,
        "uncertain_numbers": uncertain,
        "drawn_from_posterior": 0,
        "programmes": { "uncertain_numbers": 2, "drawn_from_posterior": 0 },
    });
    assert_eq!(evidence("prior/warned"), expected);
    let text = compare("prior", "markdown");
    let sentence = "warned: both uncertain strengths of secondary programmes are assumed: no record was used.";
    assert_eq!(text.matches(sentence).count(), 1, "{text}");
}

/// What a command prints, as JSON.
fn json(arguments: &[&str]) -> serde_json::Value {
    let output = roundabout(arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn show_tells_what_a_scenario_says_after_all_that_it_extends() {
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(
        folder.path(),
        "mine.toml",
        "remove = [\"eu-goods-russia-2022\"]\n[horizon]\nend = \"2023-12\"\n[parameters]\n\"mode.rail.cost_index\" = 2.0\n\
         [[secondary.payments]]\nid = \"banks\"\nissuer = \"US\"\ntargets = [\"KZ\"]\nprimary_targets = [\"RU\"]\n\
         announced = \"2022-12\"\nfrom = \"2023-03\"\nrefused_share = { uniform = { low = 0.1, high = 0.2 } }\n\
         half_life_months = 6\nfriction_start = 0.1\nfriction_end = 0.02\n",
    );
    let path = path.to_str().unwrap();
    let picture = folder.path().join("mine.svg");
    let shown = json(&[
        "show",
        path,
        "--format",
        "json",
        "--timeline",
        picture.to_str().unwrap(),
    ]);
    let cells = shown.as_array().unwrap();
    let cell = |what: &str, id: &str, column: &str| {
        let is_it = |row: &&serde_json::Value| row["what"] == what && row["id"] == id && row["column"] == column;
        cells
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{what} {id} {column}"))["value"]
            .clone()
    };
    assert_eq!(cell("scenario", "months", "value"), "2021-01 to 2023-12, 36 months");
    assert_eq!(cell("measure", "banks", "from"), "2023-03");
    assert_eq!(cell("measure", "banks", "announced"), "2022-12");
    assert_eq!(cell("measure", "banks", "against"), "KZ");
    let strength = cell("measure", "banks", "strength");
    assert!(
        strength.as_str().unwrap().contains("refused_share uniform 0.1, 0.2"),
        "{strength}"
    );
    assert_eq!(cell("change", "banks", "before"), "-");
    assert_eq!(cell("change", "banks", "now"), "payments from 2023-03");
    assert_eq!(cell("change", "eu-goods-russia-2022", "now"), "-");
    assert_eq!(cell("change", "mode.rail.cost_index", "now"), 2);
    let svg = fs::read_to_string(picture).unwrap();
    assert!(svg.contains("banks (payments, US against KZ)"));
    // A world has no timeline, and a scenario no map.
    for arguments in [
        ["show", path, "--map", "map.svg"],
        ["show", "scenarios/worlds/eurasia", "--timeline", "timeline.svg"],
    ] {
        assert_eq!(code(&roundabout(&arguments)), 2);
    }
}

#[test]
fn check_and_run_print_json() {
    let checked = json(&["check", "scenarios/baseline.toml", "--format", "json"]);
    assert_eq!(
        (&checked[0]["scenario"], &checked[0]["months"]),
        (&"baseline".into(), &60.into())
    );
    let folder = tempfile::tempdir().unwrap();
    let narrow = common::Narrow::new(&["primary", "secondary-payments"], &["plywood"]);
    let paths = narrow.paths();
    let (out, paths) = (
        folder.path().join("out"),
        [0, 1].map(|place| paths[place].to_str().unwrap()),
    );
    let arguments = [
        "run",
        paths[0],
        paths[1],
        "--allow-idle",
        "--draws",
        "4",
        "--format",
        "json",
        "--out",
    ];
    let answer = json(&[&arguments[..], &[out.to_str().unwrap()]].concat());
    assert_eq!(answer["reference"], "primary");
    let tables = answer["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 5);
    assert!(tables[0]["rows"][0]["mean"].as_f64().is_some());
}

#[test]
fn a_country_is_understood_by_its_name_and_its_three_letters() {
    let folder = tempfile::tempdir().unwrap();
    let entry = |issuer: &str| {
        format!(
            "[[measures.tariff]]\nid = \"duty\"\nissuer = {issuer:?}\norigins = [\"BY\"]\ndestinations = [\"KZ\"]\n\
             from = \"2022-01\"\nrate = 0.1\n"
        )
    };
    for (issuer, meant) in [
        ("ARM", "`AM` (Armenia)"),
        ("Kazakhstan", "`KZ` (Kazakhstan)"),
        ("kyrgystan", "`KG` (Kyrgyzstan)"),
    ] {
        let path = scenario(folder.path(), "named.toml", &entry(issuer));
        let output = roundabout(&["check", path.to_str().unwrap()]);
        let text = stderr(&output);
        assert_eq!(code(&output), 3, "{text}");
        assert!(text.contains(&format!("did you mean {meant}?")), "{text}");
    }
}
