//! The house keeps its rules: names are declared once, arrows between folders go one way, and a kind of measure lives in
//! one file.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::repository;

/// Every source file, by its path below `src`.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let (root, mut paths) = (repository().join("src"), Vec::new());
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_owned(), text)
    };
    paths.into_iter().map(read).collect()
}

/// Whether a file holds tests only.
fn is_test(path: &Path) -> bool {
    path.components()
        .any(|part| ["tests", "tests.rs", "testing.rs", "fixture.rs"].contains(&part.as_os_str().to_str().unwrap()))
}

/// The code of a file before its tests, without comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let line = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The top-level folder of a file, or the file itself.
fn room(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn no_type_name_is_declared_twice() {
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        let mut in_wire = false;
        for line in code(text).lines() {
            // The macro `wire!` declares a struct for each name at its first level.
            in_wire = (in_wire || line == "wire! {") && line != "}";
            let name = if in_wire {
                line.strip_prefix("    ").and_then(|rest| rest.strip_suffix(" {"))
            } else {
                visible_type(line)
            };
            let is_name = |name: &&str| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
            if let Some(name) = name.filter(is_name) {
                declared
                    .entry(name.to_owned())
                    .or_default()
                    .push(path.display().to_string());
            }
        }
    }
    assert!(declared.len() > 200, "only {} types were found", declared.len());
    declared.retain(|_, files| files.len() > 1);
    assert!(declared.is_empty(), "{declared:#?}");
}

/// The name of a type that a line declares outside of any block, if others can see it.
fn visible_type(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace();
    let is_type = ["struct", "enum", "trait", "type", "union"].contains(&words.next()?);
    let name = words.next()?;
    is_type.then(|| {
        name.split(|letter: char| !letter.is_alphanumeric())
            .next()
            .unwrap_or(name)
    })
}

/// Which top-level folders each one imports, each with a file that does.
fn imports() -> BTreeMap<String, BTreeMap<String, String>> {
    let sources = sources();
    let rooms: BTreeSet<String> = sources.iter().map(|(path, _)| room(path)).collect();
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, text) in sources.iter().filter(|(path, _)| !is_test(path)) {
        let from = room(path);
        let code = code(text);
        let mut named: Vec<&str> = code.split("crate::").skip(1).collect();
        // `use crate::{measures, secondary};`
        let grouped: Vec<&str> = named
            .iter()
            .filter_map(|rest| rest.strip_prefix('{')?.split_once('}'))
            .flat_map(|(list, _)| list.split(','))
            .map(str::trim)
            .collect();
        named.extend(grouped);
        for rest in named {
            let to = rest
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()
                .unwrap();
            if to != from && rooms.contains(to) {
                found
                    .entry(from.clone())
                    .or_default()
                    .insert(to.to_owned(), path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn no_folders_import_each_other_in_a_circle() {
    let imports = imports();
    assert!(imports.len() > 10, "{imports:#?}");
    // A folder is done when all that it imports is; what is left in the end is in a circle or above one.
    let mut left: BTreeSet<&String> = imports.keys().collect();
    loop {
        let done: Vec<&String> = left
            .iter()
            .copied()
            .filter(|folder| imports[*folder].keys().all(|other| !left.contains(other)))
            .collect();
        if done.is_empty() {
            break;
        }
        done.iter().for_each(|folder| {
            left.remove(folder);
        });
    }
    let circle: BTreeMap<&String, &BTreeMap<String, String>> =
        left.iter().map(|folder| (*folder, &imports[*folder])).collect();
    assert!(circle.is_empty(), "{circle:#?}");
}

/// The kinds of measures and programmes.
fn kinds() -> Vec<&'static str> {
    let kinds = roundabout::measures::KINDS.iter().chain(roundabout::secondary::KINDS);
    kinds.map(|kind| kind.name).collect()
}

/// `no_reexport_clause` as a type would be called: `NoReexportClause`.
fn as_type(kind: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    kind.split('_').map(capital).collect()
}

#[test]
fn a_kind_of_measure_is_named_in_its_own_file_and_the_registry_alone() {
    // Ordinary words that also name kinds: a route has costs, ports close at random, and a command has an exit code.
    const ORDINARY: [&str; 3] = ["cost", "closure", "exit"];
    let kinds = kinds();
    assert_eq!(kinds.len(), 13);
    let mut naming = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        if ["measures", "secondary"].contains(&room(path).as_str()) {
            continue;
        }
        for (number, line) in code(text).lines().enumerate() {
            // Texts for people may name a kind as an example, also in quotes of their own.
            let line = line.replace(r#"\""#, "'");
            let without_texts: String = line.split('"').step_by(2).collect::<Vec<_>>().join(" ");
            let mut words: Vec<&str> = without_texts
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .collect();
            // Also as a part of a name, such as `apply_ban`.
            let parts: Vec<&str> = words.iter().flat_map(|word| word.split('_')).collect();
            words.extend(parts);
            let names = |kind: &&str| {
                let quoted = format!("\"{kind}\"");
                let is_named = words.contains(kind) || line.contains(&quoted);
                is_named && !ORDINARY.contains(kind) || words.contains(&as_type(kind).as_str())
            };
            if let Some(kind) = kinds.iter().find(|kind| names(kind)) {
                naming.push(format!("{}:{}: {kind}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(naming.is_empty(), "{}", naming.join("\n"));
}

#[test]
fn every_kind_of_measure_has_its_file_and_its_page() {
    let index = fs::read_to_string(repository().join("docs/mechanisms/README.md")).unwrap();
    for (section, folder, kinds) in [
        ("measures", "measures", roundabout::measures::KINDS),
        ("secondary", "secondary", roundabout::secondary::KINDS),
    ] {
        for kind in kinds {
            let file = repository().join(format!("src/{folder}/{}.rs", kind.name));
            assert!(file.is_file(), "{}", file.display());
            assert!(
                index.contains(&format!("`[[{section}.{}]]`", kind.name)),
                "{}",
                kind.name
            );
            assert!(kind.meaning.ends_with('.') && !kind.keys.is_empty(), "{}", kind.name);
            for key in kind.keys {
                assert!(!key.meaning.is_empty(), "{} of {}", key.name, kind.name);
            }
        }
    }
}

/// The page on architecture.
fn page() -> String {
    fs::read_to_string(repository().join("docs/architecture.md")).unwrap()
}

/// The text of the first fenced block of this kind.
fn block<'a>(page: &'a str, kind: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_page_on_architecture_lists_every_folder_above_those_it_imports() {
    let page = page();
    let listed: Vec<&str> = block(&page, "text")
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let entries = fs::read_dir(repository().join("src")).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let folders: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(listed.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), folders);
    let place = |folder: &str| listed.iter().position(|known| *known == folder);
    for (folder, imported) in imports() {
        for (other, file) in imported {
            if let (Some(above), Some(below)) = (place(&folder), place(&other)) {
                assert!(
                    above < below,
                    "{folder} imports {other} in {file}, which stands above it on the page"
                );
            }
        }
    }
}

#[test]
fn the_worked_example_on_the_page_is_the_file_that_is_compiled() {
    let page = page();
    let file = fs::read_to_string(repository().join("src/measures/toll.rs")).unwrap();
    let (example, _) = file.split_once("\n#[cfg(test)]").unwrap();
    assert_eq!(block(&page, "rust").trim_end(), example.trim_end());
}
