//! The same bytes whatever the number of threads, the registers and the company of other scenarios.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::Narrow;
use roundabout::math::width::Width;
use roundabout::results::{Detail, OwnInputs, WorldRecords, result_tables};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn one_two_and_four_threads_write_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    let scenarios = Narrow::new(
        &["baseline", "history", "haulier-bans"],
        &["potash", "plywood", "vehicles"],
    );
    let run = |threads: &str| {
        let folder = out.path().join(threads);
        let scenarios = scenarios.paths();
        let mut arguments: Vec<&str> = vec!["run"];
        arguments.extend(scenarios.iter().map(|path| path.to_str().unwrap()));
        arguments.extend(["--draws", "200", "--threads", threads, "--quiet", "--out"]);
        arguments.push(folder.to_str().unwrap());
        let output = common::roundabout(&arguments);
        assert!(output.status.success(), "{}", common::stderr(&output));
        files(&folder)
    };
    let one = run("1");
    assert_eq!(one.len(), 3 * 15 + 5, "{:?}", one.keys());
    for threads in ["2", "4"] {
        let other = run(threads);
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(other[name] == *bytes, "{name} differs with {threads} threads");
        }
    }
}

/// A scenario that fills every table, events included.
const NAME: &str = "all-together";
const GOODS: [&str; 2] = ["potash", "vehicles"];
/// Its draws, and the part of them that is looked at.
const DRAWS: u64 = 192;
const PART: std::ops::Range<u64> = 64..128;

#[test]
fn a_range_of_draws_holds_the_same_draws_as_the_whole() {
    let out = tempfile::tempdir().unwrap();
    let scenarios = Narrow::new(&[NAME], &GOODS);
    let paths = scenarios.paths();
    let run = |name: &str, range: &[&str]| {
        let folder = out.path().join(name);
        let draws = DRAWS.to_string();
        let mut arguments = vec![
            "run",
            paths[0].to_str().unwrap(),
            "--draws",
            &draws,
            "--detail",
            "all",
            "--table-files",
            "csv",
        ];
        arguments.extend(["--quiet", "--out"]);
        arguments.push(folder.to_str().unwrap());
        arguments.extend(range);
        let output = common::roundabout(&arguments);
        assert!(output.status.success(), "{}", common::stderr(&output));
        files(&folder)
    };
    let draws =
        |files: &BTreeMap<String, Vec<u8>>| String::from_utf8(files[&format!("{NAME}/draws.csv")].clone()).unwrap();
    let whole = draws(&run("whole", &[]));
    let part = run("part", &["--draw-range", &format!("{}..{}", PART.start, PART.end)]);
    let expected: Vec<&str> = whole.lines().skip(1 + 64).take(64).collect();
    assert_eq!(draws(&part).lines().skip(1).collect::<Vec<_>>(), expected);

    // All tables of the part are those of the same draws in the library, which the next test compares further.
    let tables = tables_of_part(&[NAME], 2, Width::widest());
    for (name, text) in &tables {
        assert!(part[&format!("{NAME}/{name}")] == *text, "{name} differs");
    }
    let csv = part
        .keys()
        .filter(|name| name.starts_with(&format!("{NAME}/")) && name.ends_with(".csv"));
    assert_eq!(csv.count(), tables.len());
}

/// Every table of the part of the scenario, simulated in a batch of these scenarios.
fn tables_of_part(names: &[&str], threads: usize, width: Width) -> BTreeMap<String, Vec<u8>> {
    let mut batch = common::batch(Narrow::new(names, &GOODS).scenarios(DRAWS));
    batch.width = width;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let outcomes = pool.install(|| batch.run(Some(PART), &())).unwrap();
    let mut entries = batch.scenarios.iter().zip(&outcomes);
    let (entry, outcome) = entries
        .find(|(entry, _)| entry.model.plan.scenario.name == NAME)
        .unwrap();
    let inputs = OwnInputs::all(entry);
    let tables = result_tables(
        entry,
        outcome.as_ref().unwrap(),
        &inputs,
        &WorldRecords::default(),
        Detail::All,
    );
    let written = tables.into_iter().map(|table| {
        let mut bytes = Vec::new();
        table.write_to(&mut bytes).unwrap();
        (table.form.file.to_owned(), bytes)
    });
    written.collect()
}

#[test]
fn every_table_of_a_range_is_the_same_with_other_threads_and_registers_alone_and_in_a_batch() {
    let alone = tables_of_part(&[NAME], 1, Width::BASELINE);
    assert!(alone.len() > 5, "{:?}", alone.keys());
    // No table is a header alone.
    assert!(
        alone
            .values()
            .all(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count() > 1)
    );
    let mut others: Vec<(&[&str], usize, Width)> = Width::available()
        .into_iter()
        .map(|width| ([NAME].as_slice(), 3, width))
        .collect();
    // As the reference of others, and compared with another.
    others.push((&[NAME, "history"], 2, Width::widest()));
    others.push((&["baseline", NAME, "haulier-bans"], 3, Width::BASELINE));
    for (names, threads, width) in others {
        let other = tables_of_part(names, threads, width);
        assert_eq!(alone.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &alone {
            assert!(
                other[name] == *bytes,
                "{name} differs: {names:?}, {threads} threads, {width}"
            );
        }
    }
}
