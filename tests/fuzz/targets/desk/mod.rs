//! The folder in which a target puts bytes in place of a file, and the seeds from which bytes are made.
// Each target uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use roundabout::cli::{self, CommandLine};
use roundabout::{measures, secondary};
use tempfile::TempDir;

/// Small, so that most of what is tried is about the reader and not about size.
const SCENARIO: &str = r#"title = "Small"
world = "hub"
[horizon]
start = "2022-01"
months = 2
[scope]
commodities = ["ore"]
[simulation]
draws = 4
seed = 1
sampling = { random = {} }
[parameters]
"commodity.ore.route_choice" = { uniform = { low = 2.0, high = 5.0 } }
[[measures.ban]]
id = "ban"
issuer = "SEL"
commodities = ["ore"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
"#;

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with the small world `hub` and all that scenarios of `tests/invalid/base` name.
pub fn desk() -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    copy(&repository().join("tests/worlds/hub"), &desk.path().join("hub"));
    copy(&repository().join("tests/invalid/base"), desk.path());
    desk
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in files_in(from) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// The files of a folder in the order of their names.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// Runs the small scenario and one without its ban, with more options; returns the folder of the results.
pub fn run(desk: &Path, options: &[&str]) -> PathBuf {
    let (with, without) = (desk.join("with.toml"), desk.join("without.toml"));
    fs::write(&with, SCENARIO).unwrap();
    fs::write(&without, SCENARIO.split("[[measures").next().unwrap()).unwrap();
    let out = desk.join("results");
    let paths = [with, without, PathBuf::from("--out"), out.clone()];
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    let words: Vec<&str> = ["run", "--quiet", "--detail", "years"]
        .into_iter()
        .chain(paths)
        .collect();
    let words = ["roundabout"].iter().chain(&words).chain(options);
    let CommandLine { command } = cli::parse(words.map(ToString::to_string)).unwrap();
    cli::perform(command, &mut Vec::new()).unwrap_or_else(|error| panic!("{error}"));
    out
}

/// Puts a seed into the folder that `SEEDS` names, if it does: `choice` is the byte that a target takes off first.
pub fn seed(name: &str, choice: Option<u8>, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("SEEDS").map(PathBuf::from) {
        fs::create_dir_all(&folder).unwrap();
        let bytes: Vec<u8> = choice.iter().chain(bytes).copied().collect();
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// Writes the kinds of measures and programmes, with their keys, into the dictionary that `WORDS` names, if it does.
pub fn words_of_scenarios() {
    if let Some(path) = std::env::var_os("WORDS") {
        let mut words = BTreeSet::new();
        for (section, kinds) in [("measures", measures::KINDS), ("secondary", secondary::KINDS)] {
            for kind in kinds {
                words.insert(format!("[[{section}.{}]]", kind.name));
                words.extend(kind.keys.iter().map(|key| key.name.to_owned()));
            }
        }
        let lines: String = words.iter().map(|word| format!("\"{word}\"\n")).collect();
        fs::write(path, lines).unwrap();
    }
}
