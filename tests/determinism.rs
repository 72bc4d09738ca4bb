//! The same bytes whatever the number of threads.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::Narrow;

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
    assert_eq!(one.len(), 3 * 10 + 2, "{:?}", one.keys());
    for threads in ["2", "4"] {
        let other = run(threads);
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(other[name] == *bytes, "{name} differs with {threads} threads");
        }
    }
}

#[test]
fn a_range_of_draws_holds_the_same_draws_as_the_whole() {
    let out = tempfile::tempdir().unwrap();
    let scenarios = Narrow::new(&["primary"], &["potash", "vehicles"]);
    let paths = scenarios.paths();
    let run = |name: &str, range: &[&str]| {
        let folder = out.path().join(name);
        let mut arguments = vec!["run", paths[0].to_str().unwrap(), "--draws", "192", "--quiet", "--out"];
        arguments.push(folder.to_str().unwrap());
        arguments.extend(range);
        let output = common::roundabout(&arguments);
        assert!(output.status.success(), "{}", common::stderr(&output));
        std::fs::read_to_string(folder.join("primary/draws.csv")).unwrap()
    };
    let whole = run("whole", &[]);
    let part = run("part", &["--draw-range", "64..128"]);
    let expected: Vec<&str> = whole.lines().skip(1 + 64).take(64).collect();
    assert_eq!(part.lines().skip(1).collect::<Vec<_>>(), expected);
}
