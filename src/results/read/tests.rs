use std::fs;

use super::*;
use crate::results::read::fixture::{ResultFixture, digest};

const DRAWS: [f64; 4] = [1e9, 2e9, 3e9, 4e9];

/// The fault that reading finds in the scenario `primary` after `damage` to one of its files; paths from its folder.
fn fault(file: &str, damage: impl FnOnce(String) -> String) -> String {
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    let path = folder.join(file);
    let text = damage(fs::read_to_string(&path).unwrap());
    fs::write(&path, text).unwrap();
    let fault = ResultSet::read(&folder).unwrap_err().to_string();
    fault.replace(&format!("{}/", folder.display()), "")
}

/// Changes one thing, which must be there.
fn replace(from: &'static str, to: &'static str) -> impl FnOnce(String) -> String {
    move |text| {
        assert!(text.contains(from), "{from} is not in {text}");
        text.replacen(from, to, 1)
    }
}

#[test]
fn a_folder_is_read_as_it_was_written() {
    let batch = tempfile::tempdir().unwrap();
    let mut scenario = ResultFixture::new("primary", &DRAWS);
    scenario.price_rise = vec![0.1, f64::NAN, 0.2, 0.3];
    let set = ResultSet::read(&scenario.write(batch.path())).unwrap();
    assert_eq!(set.label, "primary");
    let horizon = set.horizon().unwrap();
    assert_eq!((horizon.start.to_string().as_str(), horizon.months), ("2021-01", 24));
    let [(circumvented, values), (rise, rises)] = set.headlines.as_slice() else {
        panic!("two headline metrics")
    };
    assert_eq!(
        (circumvented.name(), values.as_slice()),
        ("circumvented_usd".to_owned(), DRAWS.as_slice())
    );
    assert_eq!(set.metrics[circumvented].mean, Some(2.5e9));
    assert_eq!(rise.metric, "price_rise");
    assert!(rises[1].is_nan() && rises[2] == 0.2);
}

#[test]
fn a_flipped_digit_is_a_change() {
    assert_eq!(
        fault("metrics.csv", replace("2500000000", "2500000001")),
        "metrics.csv: changed since it was written"
    );
    assert_eq!(
        fault("draws.csv", replace("3000000000", "3000000009")),
        "draws.csv: changed since it was written"
    );
}

#[test]
fn a_row_less_is_a_change() {
    let without_last = |text: String| {
        text.lines()
            .take(5)
            .fold(String::new(), |text, line| text + line + "\n")
    };
    assert_eq!(
        fault("metrics.csv", without_last),
        "metrics.csv: changed since it was written"
    );
    let without_last = |text: String| {
        text.lines()
            .take(4)
            .fold(String::new(), |text, line| text + line + "\n")
    };
    assert_eq!(
        fault("draws.csv", without_last),
        "draws.csv: the file ends before draw 3, but the manifest says 0 to 3"
    );
}

#[test]
fn a_truncated_file_is_faulty_where_it_ends() {
    let cut = |bytes: usize| move |text: String| text[..text.len() - bytes].to_owned();
    assert_eq!(
        fault("draws.csv", cut(1)),
        "draws.csv, line 5: the file ends in the middle of a line"
    );
    assert_eq!(
        fault("draws.csv", cut(6)),
        "draws.csv, line 5: 2 columns where 3 are due"
    );
    assert_eq!(fault("draws.csv", |_| String::new()), "draws.csv: the file is empty");
    assert!(fault("manifest.json", cut(9)).starts_with("manifest.json, line "));
}

#[test]
fn a_missing_column_is_named() {
    assert_eq!(
        fault("metrics.csv", replace("mcse", "error")),
        "metrics.csv, line 1: the column `mcse` is missing"
    );
    assert_eq!(
        fault("draws.csv", replace("draw,", "number,")),
        "draws.csv, line 1: the column `draw` is missing"
    );
    assert_eq!(
        fault("draws.csv", replace("price_rise_share", "price_fall_share")),
        "draws.csv, line 1: the column `price_rise_share` is missing"
    );
}

#[test]
fn a_row_twice_is_faulty_at_the_second() {
    let twice = |text: String| {
        let second = text.lines().nth(1).unwrap_or_default().to_owned();
        text + &second + "\n"
    };
    assert_eq!(
        fault("metrics.csv", twice),
        "metrics.csv, line 7: the metric of this row was there before"
    );
    assert_eq!(
        fault("draws.csv", twice),
        "draws.csv, line 6: draw 0 where the end is due"
    );
    assert_eq!(
        fault("draws.csv", replace("\n2,", "\n1,")),
        "draws.csv, line 4: draw 1 where draw 2 is due"
    );
}

#[test]
fn text_where_a_number_is_due_is_faulty() {
    for text in ["abc", "NaN", "inf", "1e999", "1 000"] {
        let damage = |whole: String| whole.replacen("2000000000", text, 1);
        let expected = format!("draws.csv, line 3: `{text}` in column `circumvented_usd` is not a number");
        assert_eq!(fault("draws.csv", damage), expected);
    }
    assert_eq!(
        fault("draws.csv", replace("\n1,", "\none,")),
        "draws.csv, line 3: `one` in column `draw` is not a whole number"
    );
}

#[test]
fn bytes_that_are_no_text_are_faulty() {
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    let mut bytes = fs::read(folder.join("metrics.csv")).unwrap();
    let place = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    bytes[place] = 0xff;
    fs::write(folder.join("metrics.csv"), bytes).unwrap();
    let fault = ResultSet::read(&folder).unwrap_err().to_string();
    assert!(fault.ends_with("metrics.csv, line 2: the text is not UTF-8"), "{fault}");
}

#[test]
fn a_manifest_of_another_format_is_not_compared() {
    assert_eq!(
        fault("manifest.json", replace("\"format\": 2", "\"format\": 3")),
        "manifest.json: the results have format 3; this version reads format 2: run them again"
    );
}

#[test]
fn a_manifest_that_contradicts_itself_is_faulty() {
    assert!(fault("manifest.json", replace("\"seed\"", "\"seeds\"")).ends_with(": missing field `seed`"));
    let more = fault("manifest.json", replace("\"draws\": 4", "\"draws\": 3"));
    assert_eq!(more, "manifest.json: draws 0 to 4 are no part of 3 draws");
    let batch = tempfile::tempdir().unwrap();
    let files = serde_json::json!({ "draws.csv": "00" });
    let folder = ResultFixture::new("primary", &DRAWS)
        .with("files", files)
        .write(batch.path());
    let unlisted = ResultSet::read(&folder).unwrap_err();
    assert_eq!(
        (unlisted.path, unlisted.reason.as_str()),
        (folder.join("metrics.csv"), "the manifest has no digest of it")
    );
    assert!(fault("manifest.json", replace("latin_hypercube", "sobol")).contains("unknown variant `sobol`"));
}

#[test]
fn a_headline_metric_without_a_unit_is_faulty() {
    let batch = tempfile::tempdir().unwrap();
    let scenario = ResultFixture::new("primary", &DRAWS).with("headlines", vec!["draw"]);
    let fault = ResultSet::read(&scenario.write(batch.path())).unwrap_err();
    assert_eq!(fault.reason, "the headline metric `draw` has no unit");
}

#[test]
fn a_missing_file_is_named() {
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    fs::remove_file(folder.join("draws.csv")).unwrap();
    assert_eq!(ResultSet::read(&folder).unwrap_err().path, folder.join("draws.csv"));
}

#[test]
fn more_columns_are_welcome() {
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    let path = folder.join("metrics.csv");
    let before = fs::read_to_string(&path).unwrap();
    let widened = before.replace('\n', ",1\n").replacen("draws,1", "draws,p99", 1);
    fs::write(&path, &widened).unwrap();
    let mut manifest = Manifest::read(&folder).unwrap();
    manifest.files.insert("metrics.csv".to_owned(), digest(&widened));
    manifest.digest = manifest.seal();
    fs::write(folder.join("manifest.json"), manifest.to_json().unwrap()).unwrap();
    assert_eq!(ResultSet::read(&folder).unwrap().metrics.len(), 5);
}

#[test]
fn an_edited_manifest_is_refused() {
    let edited = "manifest.json: edited since it was written: it does not have its own digest";
    for (from, to) in [("\"seed\": 42", "\"seed\": 43"), ("1e-9", "1e-8"), ("\"3a\"", "\"3b\"")] {
        assert_eq!(fault("manifest.json", replace(from, to)), edited, "{to}");
    }
    // White space is no edit.
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    fs::write(folder.join("manifest.json"), text.replace('\n', " ")).unwrap();
    assert!(Manifest::read(&folder).is_ok());
}

#[test]
fn other_line_ends_are_named() {
    let ends = fault("metrics.csv", |text| text.replace('\n', "\r\n"));
    assert_eq!(
        ends,
        "metrics.csv: its line ends were changed to CRLF; copy results without changing line ends"
    );
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_not_read() {
    let batch = tempfile::tempdir().unwrap();
    let folder = ResultFixture::new("primary", &DRAWS).write(batch.path());
    fs::remove_file(folder.join("metrics.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("metrics.csv")).unwrap();
    assert_eq!(ResultSet::read(&folder).unwrap_err().reason, "it is no regular file");
}

#[test]
fn tables_without_a_manifest_are_not_passed_over() {
    let batch = tempfile::tempdir().unwrap();
    for name in ["aid", "ban"] {
        ResultFixture::new(name, &DRAWS).write(batch.path());
    }
    fs::remove_file(batch.path().join("aid/manifest.json")).unwrap();
    let fault = read_batch(&[batch.path().to_owned()]).unwrap_err();
    assert_eq!(fault.path, batch.path().join("aid"));
    assert_eq!(fault.reason, "it holds result tables but no manifest.json");
}

fn labels(folders: &[PathBuf]) -> Vec<String> {
    read_batch(folders).unwrap().into_iter().map(|set| set.label).collect()
}

#[test]
fn a_batch_is_read_by_name_with_its_reference_first() {
    let batch = tempfile::tempdir().unwrap();
    for name in ["ban", "baseline", "aid"] {
        ResultFixture::new(name, &DRAWS)
            .with("reference", "ban")
            .write(batch.path());
    }
    fs::create_dir(batch.path().join("notes")).unwrap();
    ResultFixture::new(".writing-1", &DRAWS).write(batch.path());
    assert_eq!(labels(&[batch.path().to_owned()]), ["ban", "aid", "baseline"]);
}

#[test]
fn a_batch_that_knows_no_reference_begins_with_its_baseline_if_it_has_one() {
    let batch = tempfile::tempdir().unwrap();
    let add = |name| {
        ResultFixture::new(name, &DRAWS)
            .with("reference", name)
            .write(batch.path())
    };
    add("aid");
    add("ban");
    assert_eq!(labels(&[batch.path().to_owned()]), ["aid", "ban"]);
    add("baseline");
    assert_eq!(labels(&[batch.path().to_owned()]), ["baseline", "aid", "ban"]);
}

#[test]
fn a_folder_met_twice_counts_where_it_is_met_first() {
    let batch = tempfile::tempdir().unwrap();
    let [_, ban] = ["baseline", "ban"].map(|name| ResultFixture::new(name, &DRAWS).write(batch.path()));
    assert_eq!(labels(&[ban, batch.path().to_owned()]), ["ban", "baseline"]);
}

#[test]
fn results_of_one_name_are_told_apart_by_their_folders() {
    let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let folders = [&one, &other].map(|batch| ResultFixture::new("ban", &DRAWS).write(batch.path()));
    assert_eq!(labels(&folders), folders.map(|folder| folder.display().to_string()));
}

#[test]
fn a_folder_without_results_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let fault = read_batch(&[empty.path().to_owned()]).unwrap_err();
    assert_eq!(
        fault.reason,
        "no results here: neither it nor a folder in it holds a manifest.json"
    );
    let absent = empty.path().join("absent");
    assert_eq!(read_batch(std::slice::from_ref(&absent)).unwrap_err().path, absent);
}

const FLOWS: &str = "month,supply,kind,via,unit,mean,sd,mcse,p05,p25,p50,p75,p95
2022-01,mine,direct,,t,5,1,0.1,3,4,5,6,7
2022-01,mine,ghost,KZ,t,1,1,0.1,,,,,
2022-02,mine,direct,,t,6,1,0.1,4,5,6,7,8
2022-02,mine,ghost,KZ,t,2,1,0.1,1,1,2,3,3
";

fn read_flows(flows: &str, conditions: &[(&str, &str)]) -> Result<Series, SeriesError> {
    read_table(DrawnTable::Flows, "flows.csv", flows, conditions)
}

/// Reads a series of a table that holds `text`, under these conditions.
fn read_table(table: DrawnTable, file: &str, text: &str, conditions: &[(&str, &str)]) -> Result<Series, SeriesError> {
    let batch = tempfile::tempdir().unwrap();
    let metrics_and_draws = ResultFixture::new("primary", &DRAWS).write(batch.path());
    let set = ResultSet::read(&metrics_and_draws).unwrap();
    let mut files = set.manifest.files.clone();
    files.insert(file.to_owned(), digest(text));
    let folder = ResultFixture::new("primary", &DRAWS)
        .with("files", serde_json::json!(files))
        .write(batch.path());
    fs::write(folder.join(file), text).unwrap();
    let condition = |(column, value): &(&str, &str)| Condition {
        column: (*column).to_owned(),
        value: (*value).to_owned(),
    };
    let conditions: Vec<Condition> = conditions.iter().map(condition).collect();
    let choice = RowChoice {
        table,
        conditions: &conditions,
        by: None,
    };
    let mut series = read_series(&ResultSet::read(&folder).unwrap(), choice)?;
    assert_eq!(series.len(), 1);
    Ok(series.remove(0))
}

#[test]
fn a_series_is_one_row_through_the_months() {
    let series = read_flows(FLOWS, &[("via", "")]).unwrap();
    let medians: Vec<_> = series
        .months
        .iter()
        .map(|(month, row)| (month.to_string(), row.p50))
        .collect();
    assert_eq!(
        medians,
        [("2022-01".to_owned(), Some(5.0)), ("2022-02".to_owned(), Some(6.0))]
    );
    assert_eq!((series.unit.as_str(), series.label.as_str()), ("t", "primary"));
    let hidden = read_flows(FLOWS, &[("kind", "ghost"), ("via", "KZ")]).unwrap();
    assert_eq!(hidden.months.values().next().unwrap().p50, None);
}

#[test]
fn several_series_are_told_apart_by_columns_and_values() {
    let error = |conditions: &[(&str, &str)]| read_flows(FLOWS, conditions).unwrap_err().to_string();
    assert_eq!(
        error(&[("supply", "mine")]),
        "several series of flows.csv in primary are selected; choose by --where: kind = direct, ghost; via = (empty), KZ"
    );
    assert_eq!(
        error(&[("kind", "ghost"), ("via", "")]),
        "no such month in flows.csv of primary has via `(empty)`; there is KZ"
    );
    assert_eq!(
        error(&[("suply", "mine")]),
        "flows.csv has no column `suply` to select by (did you mean `supply`?); it has supply, kind, via, unit"
    );
}

#[test]
fn a_damaged_series_is_unreadable() {
    let fault = |flows: &str| match read_flows(flows, &[("kind", "direct")]).unwrap_err() {
        SeriesError::Unreadable(fault) => (fault.line, fault.reason),
        other => panic!("{other}"),
    };
    assert_eq!(
        fault(&FLOWS.replace("2022-02,mine,direct", "2022-01,mine,direct")),
        (Some(4), "the series of this row had the month before".to_owned())
    );
    assert_eq!(
        fault(&FLOWS.replacen("2022-01", "2022", 1)),
        (Some(2), "a month is written \"YYYY-MM\", like \"2022-03\"".to_owned())
    );
}

const CAPACITIES: &str = "month,capacity,quantity,mean,sd,mcse,p05,p25,p50,p75,p95
2022-01,ferry,limit,5,1,0.1,3,4,5,6,7
2022-01,ferry,rent,1,1,0.1,1,1,1,1,1
2022-01,ferry,binding,1,0,0,1,1,1,1,1
2022-01,ferry,toll,1,1,0.1,1,1,1,1,1
";

#[test]
fn the_unit_of_a_capacity_is_that_of_its_quantity() {
    let read = |quantity: &str| {
        let conditions = [("quantity", quantity)];
        read_table(DrawnTable::Capacities, "capacities.csv", CAPACITIES, &conditions)
    };
    let units = ["limit", "rent", "binding"].map(|quantity| read(quantity).unwrap().unit);
    assert_eq!(units, ["t", "usd/t", "share"]);
    let unknown = read("toll").unwrap_err().to_string();
    assert!(
        unknown.ends_with("line 5: `toll` is no quantity of capacities.csv"),
        "{unknown}"
    );
}

#[test]
fn a_period_that_is_none_is_faulty_where_it_stands() {
    assert_eq!(
        fault(
            "metrics.csv",
            replace("circumvented,all,all,,,t", "circumvented,2021-1,all,,,t")
        ),
        "metrics.csv, line 2: a month is written \"YYYY-MM\", like \"2022-03\""
    );
}

#[test]
fn the_unit_of_a_headline_metric_is_that_of_its_row_and_not_the_end_of_its_name() {
    let batch = tempfile::tempdir().unwrap();
    let scenario = ResultFixture::new("primary", &DRAWS).with("headlines", vec!["draw"]);
    let fault = ResultSet::read(&scenario.write(batch.path())).unwrap_err();
    assert_eq!(fault.reason, "the headline metric `draw` has no unit");
}
