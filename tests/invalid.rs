//! A corpus of bad input: each case changes a valid scenario, world or result by one edit, and must be told about in exactly
//! the words of the case.
//!
//! The cases stand in `tests/invalid/*.txt`, many to a file:
//!
//! ```text
//! ## a tariff in per cent
//! in main.toml
//! - rate = 0.15
//! + rate = 15
//! > warning main.toml:87:8: `tariff.duty.rate` is 15, which is 1500%
//! >   help: write 0.15 if 15% is meant; usual are 0.0001 to 1
//! ```
//!
//! `in FILE` names a file of the base; lines with `-` stand in it once and are replaced by those with `+`. Without `-` the lines
//! become the whole file. `drop FILE` removes one. A line `do ...` says what is done with it; by default `main.toml` is
//! read as by `check`. `\u{...}` in a line with `+` is that character.
//!
//! `UPDATE_INVALID=1 cargo test --test invalid` writes what is said into the files. Read each change before it is kept.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use roundabout::cli::{self, CommandLine};
use roundabout::diagnostic::{Diagnostic, Report, Severity};
use roundabout::input::{
    IdleLines, Variation, apply_posterior_table, read_facts, read_families, read_scenarios, world,
};
use tempfile::TempDir;

/// A change of one file of the base.
struct Edit {
    file: String,
    old: Vec<String>,
    new: Vec<String>,
    is_drop: bool,
}

struct Case {
    name: String,
    edits: Vec<Edit>,
    /// What is done; empty to read `main.toml`.
    action: String,
    expected: Vec<String>,
    /// Lines of the file as they are, without those expected.
    lines: Vec<String>,
}

fn corpus() -> PathBuf {
    common::repository().join("tests/invalid")
}

fn parse(text: &str, file: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case {
                name: format!("{file}: {name}"),
                edits: Vec::new(),
                action: String::new(),
                expected: Vec::new(),
                lines: vec![line.to_owned()],
            });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(said) = line.strip_prefix("> ") {
            case.expected.push(said.to_owned());
            continue;
        }
        if !line.is_empty() {
            case.lines.push(line.to_owned());
        }
        let edit = |file: &str, is_drop| Edit {
            file: file.to_owned(),
            old: Vec::new(),
            new: Vec::new(),
            is_drop,
        };
        if let Some(file) = line.strip_prefix("in ") {
            case.edits.push(edit(file, false));
        } else if let Some(file) = line.strip_prefix("drop ") {
            case.edits.push(edit(file, true));
        } else if let Some(action) = line.strip_prefix("do ") {
            action.clone_into(&mut case.action);
        } else if let Some(old) = line.strip_prefix("- ") {
            case.edits.last_mut().unwrap().old.push(old.to_owned());
        } else if let Some(new) = line.strip_prefix('+') {
            let new = new.strip_prefix(' ').unwrap_or(new);
            case.edits.last_mut().unwrap().new.push(unescaped(new));
        } else {
            assert!(line.is_empty(), "{}: cannot read {line:?}", case.name);
        }
    }
    cases
}

/// `\u{...}` becomes the character; other backslashes stay.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u{") {
        let (before, after) = rest.split_at(at);
        let (code, behind) = after[3..].split_once('}').unwrap();
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Results of the base scenario and of one without measures, made once.
fn results() -> &'static Path {
    static RESULTS: OnceLock<TempDir> = OnceLock::new();
    let folder = RESULTS.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        copy(&corpus().join("base"), folder.path());
        copy(
            &common::repository().join("tests/worlds/hub"),
            &folder.path().join("hub"),
        );
        let run = [
            "run",
            &at("main.toml"),
            &at("none.toml"),
            "--out",
            &at("results"),
            "--quiet",
        ];
        if let Err(error) = perform(&run.map(str::to_owned)) {
            panic!("{error}");
        }
        folder
    });
    folder.path()
}

/// A fresh folder with the base, in which a case may do as it likes.
fn base() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(results(), folder.path());
    folder
}

fn apply(edit: &Edit, folder: &Path, case: &str) {
    let path = folder.join(&edit.file);
    if edit.is_drop {
        fs::remove_file(&path).unwrap();
        return;
    }
    let new = edit.new.join("\n");
    if edit.old.is_empty() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, new + "\n").unwrap();
        return;
    }
    let old = edit.old.join("\n");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text.matches(&old).count(),
        1,
        "{case}: {old:?} must stand once in {}",
        edit.file
    );
    fs::write(&path, text.replacen(&old, &new, 1)).unwrap();
}

/// Every file of a folder with its content.
fn listing(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    files
}

/// Runs a command as the program would.
fn perform(arguments: &[String]) -> Result<(), String> {
    let with_name = std::iter::once("roundabout".to_owned()).chain(arguments.iter().cloned());
    let CommandLine { command } = cli::parse(with_name).map_err(|error| error.to_string())?;
    cli::perform(command, &mut Vec::new()).map_err(|error| match error {
        // Diagnostics bring their own headings.
        cli::Error::Invalid(text) => text,
        error => format!("error: {error}"),
    })
}

/// What is said of a case, one line for each message and one for each piece of advice.
fn said(case: &Case, folder: &Path) -> Vec<String> {
    let mut report = Report::default();
    let main = [folder.join("main.toml")];
    let (word, rest) = case.action.split_once(' ').unwrap_or((&case.action, ""));
    match word {
        "" => {
            let _ = read_scenarios(&main, IdleLines::Fault, &mut report);
        }
        "batch" => {
            let paths: Vec<PathBuf> = rest.split_whitespace().map(|name| folder.join(name)).collect();
            if let Err(error) = read_scenarios(&paths, IdleLines::Fault, &mut report)
                && !report.has_faults()
            {
                return told(&error.to_string(), folder);
            }
        }
        "vary" => {
            let mut variation = Variation::default();
            for setting in rest.split(" ; ") {
                let (kind, value) = setting.split_once(' ').unwrap();
                let (name, number) = value.split_once('=').unwrap_or((value, ""));
                let pair = (name.to_owned(), number.to_owned());
                match kind {
                    "set" => variation.set.push(pair),
                    "grid" => variation.grid.push(pair),
                    _ => variation.without.push(value.to_owned()),
                }
            }
            if let Err(error) = read_families(&main, IdleLines::Fault, &variation, &mut report)
                && !report.has_faults()
            {
                return told(&error.to_string(), folder);
            }
        }
        "facts" | "posterior" => {
            let Ok(mut scenarios) = read_scenarios(&main, IdleLines::Fault, &mut report) else {
                panic!("{}: {}", case.name, report.render(false));
            };
            let mut scenario = scenarios.remove(0);
            let path = folder.join(rest);
            if word == "facts" {
                read_facts(&path, &scenario, &mut report);
            } else {
                let _ = apply_posterior_table(&mut scenario, &path, &mut report);
            }
        }
        "world" => {
            world::read(&folder.join("hub"), None, &mut report);
        }
        "run" => {
            let arguments: Vec<String> = rest
                .split_whitespace()
                .map(|word| word.replace("HERE", folder.to_str().unwrap()))
                .collect();
            return perform(&arguments).map_or_else(|error| told(&error, folder), |()| Vec::new());
        }
        _ => panic!("{}: what is `do {word}`?", case.name),
    }
    let mut found: Vec<&Diagnostic> = report.diagnostics().iter().collect();
    found.sort_by_key(|diagnostic| {
        let place = diagnostic.place.as_ref().map(|place| (place.source, place.span.start));
        (diagnostic.severity, place)
    });
    let lines = found.into_iter().flat_map(|diagnostic| {
        let severity = match diagnostic.severity {
            Severity::Fault => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place = diagnostic.place.as_ref().map_or(String::new(), |place| {
            let before = &report.text(place.source)[..place.span.start];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            format!(" {}:{line}:{column}", report.path(place.source).display())
        });
        let mut lines = told(&format!("{severity}{place}: {}", diagnostic.text()), folder);
        lines.extend(
            diagnostic
                .help
                .iter()
                .flat_map(|help| told(&format!("  help: {help}"), folder)),
        );
        lines
    });
    lines.collect()
}

/// A text as lines without the folder's own path.
fn told(text: &str, folder: &Path) -> Vec<String> {
    let own = format!("{}/", folder.display());
    let text = text.replace(&own, "").replace(folder.to_str().unwrap(), ".");
    text.lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
}

#[test]
fn the_base_is_valid() {
    let folder = base();
    let mut report = Report::default();
    let scenarios = read_scenarios(&[folder.path().join("main.toml")], IdleLines::Fault, &mut report);
    assert_eq!(report.render(false), "");
    let scenario = scenarios.unwrap().remove(0);
    let facts = read_facts(&folder.path().join("facts.toml"), &scenario, &mut report);
    assert_eq!(report.render(false), "");
    assert!(facts.is_some());
}

#[test]
fn every_bad_input_is_told_in_the_expected_words_and_nothing_is_written() {
    let renews = std::env::var_os("UPDATE_INVALID").is_some_and(|value| value == "1");
    let (mut count, mut wrong) = (0, Vec::new());
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let introduction = text.split_once("## ").map_or("", |(before, _)| before);
        let mut renewed = introduction.to_owned();
        for case in parse(&text, path.file_stem().unwrap().to_str().unwrap()) {
            count += 1;
            let folder = base();
            case.edits
                .iter()
                .for_each(|edit| apply(edit, folder.path(), &case.name));
            let before = listing(folder.path());
            let said = said(&case, folder.path());
            if said.is_empty() {
                wrong.push(format!("{}: nothing is said", case.name));
            }
            if listing(folder.path()) != before {
                wrong.push(format!("{}: something was written", case.name));
            }
            renewed.push_str(&case.lines.join("\n"));
            said.iter().for_each(|line| renewed.push_str(&format!("\n> {line}")));
            renewed.push_str("\n\n");
            if said != case.expected {
                wrong.push(format!(
                    "{}\n  expected:\n    {}\n  said:\n    {}",
                    case.name,
                    case.expected.join("\n    "),
                    said.join("\n    ")
                ));
            }
        }
        if renews {
            fs::write(&path, format!("{}\n", renewed.trim_end())).unwrap();
        }
    }
    assert!(count >= 300, "only {count} cases");
    if renews {
        wrong.retain(|fault| fault.ends_with(": nothing is said") || fault.ends_with(": something was written"));
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_example_of_a_mechanism_is_warned_of() {
    let folder = common::repository().join("docs/mechanisms/scenarios");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    assert!(paths.len() > 40, "{}", paths.len());
    let mut report = Report::default();
    let scenarios = read_scenarios(&paths, IdleLines::Fault, &mut report);
    let warnings = report.count(Severity::Warning);
    assert!(scenarios.is_ok() && warnings == 0, "{}", report.render(false));
}
