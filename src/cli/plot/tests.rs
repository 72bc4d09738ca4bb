use std::fs;
use std::path::Path;

use clap::Parser;

use super::*;
use crate::results::read::fixture::ResultFixture;
use crate::results::schema::{COMPARISON, COMPARISON_BY_MONTH, SWEEP};

#[derive(Parser)]
struct PlotCommand {
    #[command(flatten)]
    arguments: PlotArguments,
}

const CIRCUMVENTED: [&str; 9] = [
    "--where",
    "metric=circumvented",
    "--where",
    "commodity=all",
    "--where",
    "via=",
    "--where",
    "unit=usd",
    "BATCH",
];

/// Runs the command on a batch of two scenarios; `BATCH` in the arguments is its folder. Returns the picture.
fn plot(batch: &Path, arguments: &[&str]) -> Result<String, PlotError> {
    for (name, draws) in [("baseline", [1e9, 2e9, 3e9]), ("ban", [0.5e9, 1e9, 2e9])] {
        ResultFixture::new(name, &draws).write(batch);
    }
    let bytes = plot_as(batch, arguments, "plot.svg")?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// As [`plot`], of results that are there; the picture has this name.
fn plot_as(batch: &Path, arguments: &[&str], name: &str) -> Result<Vec<u8>, PlotError> {
    let folder = batch.display().to_string();
    let out = format!("BATCH/{name}");
    let words = ["plot"].iter().chain(arguments).copied().chain(["--out", out.as_str()]);
    let PlotCommand { arguments } = PlotCommand::parse_from(words.map(|word| word.replace("BATCH", &folder)));
    run(&arguments)?;
    Ok(fs::read(batch.join(name)).unwrap())
}

/// Writes the differences of `ban` from `baseline` that the draws of [`plot`] make, over the whole run and in two months.
fn write_differences(batch: &Path) {
    let [mut totals, mut months] = [(); 2].map(|()| COMPARISON.header() + "\n");
    let mut row = |metric: &str, period: &str, via: &str, unit: &str, scale: f64| {
        let [low, middle, high] = [-1e9, -1e9, -0.5e9].map(|difference| difference * scale);
        let mean = (low + middle + high) / 3.0;
        let text = if period == "all" { &mut totals } else { &mut months };
        *text += &format!(
            "ban,baseline,{metric},{period},all,{via},,{unit},{mean},1,{low},{low},{middle},{high},{high},1,3,true\n"
        );
    };
    for (period, scale) in [("all", 1.0), ("2021-01", 0.01), ("2022-12", 0.02)] {
        row("circumvented", period, "", "usd", scale);
    }
    row("circumvented", "all", "KG", "usd", 0.4);
    row("price_rise", "all", "", "share", 1e-11);
    fs::write(batch.join(COMPARISON.file), totals).unwrap();
    fs::write(batch.join(COMPARISON_BY_MONTH.file), months).unwrap();
}

#[test]
fn the_months_of_a_metric_are_drawn_for_every_scenario_with_the_reference_first() {
    let batch = tempfile::tempdir().unwrap();
    let picture = plot(batch.path(), &CIRCUMVENTED).unwrap();
    let place = |text: &str| picture.find(text).unwrap_or_else(|| panic!("{text} in {picture}"));
    assert!(place("<title>Circumvented, all goods</title>") < place(">baseline</text>"));
    assert!(place(">baseline</text>") < place(">ban</text>"));
    place(">million USD per month</text>");
    place(">Jan 2022</text>");
    assert_eq!(picture, plot(batch.path(), &CIRCUMVENTED).unwrap(), "the same bytes");
    let titled = plot(batch.path(), &[&CIRCUMVENTED[..], &["--title", "Around"]].concat()).unwrap();
    assert!(titled.contains("<title>Around</title>"));
}

#[test]
fn a_selection_that_leaves_more_or_less_than_one_series_is_wrong_usage() {
    let batch = tempfile::tempdir().unwrap();
    let failure = |arguments: &[&str]| {
        let error = plot(batch.path(), arguments).unwrap_err();
        (error.exit_code(), error.to_string())
    };
    let told = |text: &str| (2, text.to_owned());
    assert_eq!(
        failure(&["BATCH", "--where", "metric=circumvented", "--where", "via=KZ"]),
        told("no such month in metrics-by-month.csv of baseline has via `KZ`; there is (empty), KG")
    );
    assert_eq!(
        failure(&["BATCH", "--where", "metric=circumvent"]),
        told(
            "no such month in metrics-by-month.csv of baseline has metric `circumvent` (did you mean `circumvented`?); \
             there is circumvented"
        )
    );
    assert_eq!(
        failure(&["BATCH", "--where", "period=all"]),
        told("metrics-by-month.csv has no column `period` to select by; it has metric, commodity, via, party, unit")
    );
}

#[test]
fn bad_results_and_bad_disks_have_their_codes() {
    let batch = tempfile::tempdir().unwrap();
    let code = |arguments: &[&str]| plot(batch.path(), arguments).unwrap_err().exit_code();
    assert_eq!(code(&["BATCH/none"]), 5);
    // The fixture's manifest has another digest of a file that is not there.
    assert_eq!(code(&["BATCH", "--table", "flows"]), 5);
    fs::create_dir(batch.path().join("plot.svg")).unwrap();
    assert_eq!(code(&CIRCUMVENTED), 7);
}

#[test]
fn a_condition_is_a_column_and_a_value() {
    let faulty = PlotCommand::try_parse_from(["plot", "DIR", "--out", "FILE.svg", "--where", "commodity"]);
    assert!(faulty.err().unwrap().to_string().contains("like `commodity=all`"));
    assert_eq!(condition("a=b=c").unwrap().value, "b=c");
}

#[test]
fn an_ending_that_is_no_picture_is_refused_before_anything_is_read() {
    for name in ["picture.jpg", "picture", "picture.svgz"] {
        let parsed = PlotCommand::try_parse_from(["plot", "no-such-folder", "--out", name]);
        let told = parsed.err().unwrap();
        assert_eq!(told.exit_code(), 2);
        assert!(told.to_string().contains(".svg, .png or .pdf"), "{told}");
    }
}

#[test]
fn the_ending_chooses_the_format_and_a_picture_of_ours_is_replaced() {
    let batch = tempfile::tempdir().unwrap();
    plot(batch.path(), &CIRCUMVENTED).unwrap();
    for (name, start) in [("a.png", &b"\x89PNG"[..]), ("a.PDF", b"%PDF-1.7")] {
        let bytes = plot_as(batch.path(), &CIRCUMVENTED, name).unwrap();
        assert!(bytes.starts_with(start), "{name}");
        assert_eq!(bytes, plot_as(batch.path(), &CIRCUMVENTED, name).unwrap());
        fs::write(batch.path().join(name), [start, b"\r\n\x1a\n of others"].concat()).unwrap();
        assert_eq!(plot_as(batch.path(), &CIRCUMVENTED, name).unwrap_err().exit_code(), 7);
    }
}

#[test]
fn differences_are_those_that_the_batch_kept_less_the_reference() {
    let batch = tempfile::tempdir().unwrap();
    plot(batch.path(), &CIRCUMVENTED).unwrap();
    write_differences(batch.path());
    // The reference is found beside the scenario.
    for folder in ["BATCH", "BATCH/ban"] {
        let arguments = [
            "--kind",
            "difference",
            "--where",
            "metric=circumvented",
            "--where",
            "via=",
            folder,
        ];
        let picture = plot(batch.path(), &arguments).unwrap();
        for part in [
            "<title>Circumvented, all goods: difference from baseline</title>",
            "median of paired differences",
            ">-20</text>",
            ">ban</text>",
        ] {
            assert!(picture.contains(part), "{part} in {picture}");
        }
        // The reference has no line: it is named in the title alone.
        assert_eq!(picture.matches(">baseline</text>").count(), 1, "{picture}");
    }
    let dots = [
        "--kind",
        "dots",
        "--difference",
        "--where",
        "metric=circumvented",
        "--where",
        "via=",
        "BATCH",
    ];
    let picture = plot(batch.path(), &dots).unwrap();
    assert!(
        picture.contains(">-1.00</text>") && picture.contains(">bn USD over all months</text>"),
        "{picture}"
    );
}

#[test]
fn differences_that_nobody_kept_are_missed() {
    let batch = tempfile::tempdir().unwrap();
    let failure = |arguments: &[&str]| {
        let error = plot(batch.path(), arguments).unwrap_err();
        (error.exit_code(), error.to_string())
    };
    let of = |kind, folder| {
        [
            "--kind",
            kind,
            "--where",
            "metric=circumvented",
            "--where",
            "via=",
            folder,
        ]
    };
    let (code, text) = failure(&of("difference", "BATCH"));
    assert_eq!(
        (code, text.as_str()),
        (
            5,
            "no differences of ban from baseline lie beside these results: run both in one batch"
        )
    );
    let (code, text) = failure(&of("difference", "BATCH/baseline"));
    assert_eq!(code, 2);
    assert!(text.starts_with("baseline is the reference"), "{text}");
    let (code, text) = failure(&of("sweep", "BATCH"));
    assert_eq!(code, 5);
    assert!(text.contains("holds no sweep.csv"), "{text}");
}

#[test]
fn panels_and_dots_name_every_scenario() {
    let batch = tempfile::tempdir().unwrap();
    let panels = plot(batch.path(), &[&["--kind", "multiples"][..], &CIRCUMVENTED].concat()).unwrap();
    assert!(panels.contains("Grey line: baseline."), "{panels}");
    let dots = ["--kind", "dots"];
    let dots = plot(batch.path(), &[&dots[..], &CIRCUMVENTED].concat()).unwrap();
    for part in [
        ">bn USD over all months</text>",
        ">2.00</text>",
        ">1.00</text>",
        "Dashed: baseline.",
    ] {
        assert!(dots.contains(part), "{part} in {dots}");
    }
    // The highest first.
    assert!(dots.find(">baseline</text>").unwrap() < dots.find(">ban</text>").unwrap());
}

#[test]
fn values_of_a_column_are_those_of_one_scenario_without_their_total() {
    let batch = tempfile::tempdir().unwrap();
    let by = |folder| {
        let words = [
            "--kind",
            "dots",
            "--by",
            "via",
            "--where",
            "unit=usd",
            "--where",
            "commodity=all",
        ];
        [&words[..], &["--where", "metric=circumvented", folder]].concat()
    };
    let picture = plot(batch.path(), &by("BATCH/ban")).unwrap();
    assert!(picture.contains("<title>Circumvented, all goods, by intermediary</title>"));
    assert!(
        picture.contains(">KG</text>") && !picture.contains(">no intermediary</text>"),
        "{picture}"
    );
    let error = plot(batch.path(), &by("BATCH")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert_eq!(
        error.to_string(),
        "--by via draws the values of one scenario, but 2 are named"
    );
}

#[test]
fn options_that_make_no_sense_together_are_told_before_anything_is_read() {
    let batch = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["--kind", "difference", "--table", "flows"][..], "for metrics alone"),
        (&["--difference"], "use --kind difference"),
        (&["--kind", "dots", "--measures"], "needs months"),
        (&["--kind", "sweep", "--by", "via"], "does not go with sweep"),
    ] {
        let error = plot_as(batch.path(), &[arguments, &["BATCH/none"]].concat(), "plot.svg").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(told), "{error}");
    }
}

/// Writes a table of variants: scenario, change, value, and the median of level and difference.
fn write_sweep(batch: &Path, rows: &[(&str, &str, &str, &str, &str)]) {
    let mut text = SWEEP.header() + "\n";
    for (scenario, change, value, level, difference) in rows {
        let five = |number: &str| [number; 5].join(",");
        let (level, quantiles) = (five(level), five(difference));
        let probability = if difference.is_empty() { "," } else { "0.5,3" };
        text += &format!(
            "{scenario},ban,{change},{value},circumvented,usd,{level},{difference},,{quantiles},{probability}\n"
        );
    }
    fs::write(batch.join(SWEEP.file), text).unwrap();
}

#[test]
fn a_number_that_is_varied_is_an_axis() {
    let batch = tempfile::tempdir().unwrap();
    let rows = [
        ("ban", "", "", "3000000", ""),
        ("ban-1", "firms.rate = 0.4", "0.4", "1000000", "-2000000"),
        ("ban-2", "firms.rate = 0.1", "0.1", "2000000", "-1000000"),
    ];
    write_sweep(batch.path(), &rows);
    let picture = plot_as(batch.path(), &["--kind", "sweep", "BATCH"], "plot.svg").unwrap();
    let picture = String::from_utf8(picture).unwrap();
    for part in [
        ">firms.rate</text>",
        ">0.4</text>",
        "0.1: 2.00, 0.4: 1.00",
        ">million USD over all months</text>",
    ] {
        assert!(picture.contains(part), "{part} in {picture}");
    }
}

#[test]
fn measures_left_out_in_turn_are_ranked_with_their_sum_apart() {
    let batch = tempfile::tempdir().unwrap();
    let rows = [
        ("ban", "", "", "3000000", ""),
        ("ban-1", "without one", "", "1000000", "2000000"),
        ("ban-2", "without two", "", "2000000", "1000000"),
        ("ban-3", "without all measures", "", "2000000", "-1000000"),
        ("", "sum of single differences", "", "", "3000000"),
    ];
    write_sweep(batch.path(), &rows);
    let picture = plot_as(batch.path(), &["--kind", "sweep", "BATCH"], "plot.svg").unwrap();
    let picture = String::from_utf8(picture).unwrap();
    let place = |text: &str| picture.find(text).unwrap_or_else(|| panic!("{text} in {picture}"));
    place("<title>Circumvented, all goods: difference from ban</title>");
    assert!(place(">without two</text>") < place(">without one</text>"));
    assert!(place(">without one</text>") < place(">without all measures</text>"));
    assert!(place(">without all measures</text>") < place(">sum of single differences</text>"));
}
