use std::fs;
use std::path::Path;

use clap::Parser;

use super::*;
use crate::results::read::fixture::ResultFixture;

#[derive(Parser)]
struct PlotCommand {
    #[command(flatten)]
    arguments: PlotArguments,
}

const CIRCUMVENTED: [&str; 3] = ["--where", "metric=circumvented", "BATCH"];

/// Runs the command on a batch of two scenarios; `BATCH` in the arguments is its folder. Returns the picture.
fn plot(batch: &Path, arguments: &[&str]) -> Result<String, PlotError> {
    for (name, draws) in [("baseline", [1e9, 2e9, 3e9]), ("ban", [0.5e9, 1e9, 2e9])] {
        ResultFixture::new(name, &draws).write(batch);
    }
    let folder = batch.display().to_string();
    let words = ["plot"].iter().chain(arguments).chain(&["--out", "BATCH/plot.svg"]);
    let PlotCommand { arguments } = PlotCommand::parse_from(words.map(|word| word.replace("BATCH", &folder)));
    run(&arguments)?;
    Ok(fs::read_to_string(batch.join("plot.svg")).unwrap())
}

#[test]
fn the_months_of_a_metric_are_drawn_for_every_scenario_with_the_reference_first() {
    let batch = tempfile::tempdir().unwrap();
    let picture = plot(batch.path(), &CIRCUMVENTED).unwrap();
    let place = |text: &str| picture.find(text).unwrap_or_else(|| panic!("{text} in {picture}"));
    assert!(place("<title>circumvented, all goods</title>") < place(">baseline</text>"));
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
        failure(&["BATCH", "--where", "metric=circumvented", "--where", "via=KG"]),
        told("no such month in metrics.csv of baseline has via `KG`; there is (empty)")
    );
    assert_eq!(
        failure(&["BATCH", "--where", "metric=circumvent"]),
        told(
            "no such month in metrics.csv of baseline has metric `circumvent` (did you mean `circumvented`?); \
             there is circumvented"
        )
    );
    assert_eq!(
        failure(&["BATCH", "--where", "period=all"]),
        told("metrics.csv has no column `period` to select by; it has metric, commodity, via, party, unit")
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
    let faulty = PlotCommand::try_parse_from(["plot", "DIR", "--out", "FILE", "--where", "commodity"]);
    assert!(faulty.err().unwrap().to_string().contains("like `commodity=all`"));
    assert_eq!(condition("a=b=c").unwrap().value, "b=c");
}
