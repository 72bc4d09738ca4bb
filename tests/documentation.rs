//! The documentation names the files, keys and options that the program has.

mod common;

use std::fs;
use std::path::Path;

use common::{repository, roundabout, stderr};
use roundabout::results::TableFiles;
use roundabout::results::schema::{self, ColumnSchema, TableSchema, UnitRule};

fn document(name: &str) -> String {
    fs::read_to_string(repository().join("docs").join(name)).unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = roundabout(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The fenced blocks of a document: what follows the opening fence, and the text within.
fn blocks(document: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((kind.to_owned(), body.join("\n") + "\n"));
        }
    }
    found
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

fn is_named(document: &str, word: &str) -> bool {
    document.contains(&format!("`{word}`"))
}

#[test]
fn every_section_and_key_of_scenario_files_is_documented() {
    let document = document("scenarios.md");
    for line in stdout(&["schema"]).lines().skip(1) {
        let mut cells = line.split(',');
        let (section, key) = (cells.next().unwrap(), cells.next().unwrap());
        assert!(section.is_empty() || is_named(&document, section), "{section}");
        assert!(is_named(&document, key), "`{key}` of {section}");
    }
}

#[test]
fn every_key_of_files_of_facts_is_documented() {
    let document = document("facts.md");
    for (table, keys) in roundabout::input::facts_keys() {
        let name = table.trim_matches('`');
        assert!(is_named(&document, name), "{table}");
        for key in keys {
            assert!(document.contains(&format!("`{key}`")), "`{key}` of {table}");
        }
    }
}

#[test]
fn every_complete_scenario_of_the_guide_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&repository().join("scenarios"), folder.path());
    let complete = blocks(&document("scenarios.md"))
        .into_iter()
        .filter(|(kind, _)| kind == "toml complete");
    let mut arguments = vec!["check".to_owned()];
    for (number, (_, text)) in complete.enumerate() {
        let path = folder.path().join(format!("example-{number}.toml"));
        fs::write(&path, text).unwrap();
        arguments.push(path.to_str().unwrap().to_owned());
    }
    assert!(arguments.len() > 2, "the guide has examples");
    let output = roundabout(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

/// Writes the small world of the guide and the scenario on it; returns the path of the scenario.
fn write_small_world(folder: &Path) -> String {
    let world = folder.join("world");
    fs::create_dir(&world).unwrap();
    for (kind, text) in blocks(&document("worlds.md")) {
        if let Some(table) = kind.strip_prefix("csv ").filter(|name| name.ends_with(".csv")) {
            fs::write(world.join(table), text).unwrap();
        } else if kind == "toml complete" {
            fs::write(folder.join("small.toml"), text).unwrap();
        }
    }
    folder.join("small.toml").to_str().unwrap().to_owned()
}

#[test]
fn the_small_world_of_the_guide_makes_the_routes_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write_small_world(folder.path());
    let routes = folder.path().join("routes.csv");
    stdout(&["check", &scenario, "--routes", routes.to_str().unwrap()]);
    let shown = blocks(&document("worlds.md"))
        .into_iter()
        .find(|(kind, _)| kind == "csv generated");
    assert_eq!(fs::read_to_string(routes).unwrap(), shown.unwrap().1);
}

#[test]
fn the_small_world_is_solved_as_shown() {
    let folder = tempfile::tempdir().unwrap();
    let solved = stdout(&["solve", &write_small_world(folder.path()), "--month", "2023-06"]);
    let shown = blocks(&document("commands.md"))
        .into_iter()
        .find_map(|(_, text)| text.strip_prefix("$ roundabout solve ").map(str::to_owned))
        .unwrap();
    // The first two lines hold the command and the residual.
    let lines = |text: &str, skipped| -> Vec<String> {
        text.lines()
            .skip(skipped)
            .map(|line| line.trim_end().to_owned())
            .collect()
    };
    assert_eq!(lines(&solved, 1), lines(&shown, 2));
}

#[test]
fn the_backtest_of_the_small_world_prints_what_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    write_small_world(folder.path());
    let page = blocks(&document("backtest.md"));
    let text = |wanted: &str| &page.iter().find(|(kind, _)| kind == wanted).unwrap().1;
    fs::write(folder.path().join("world/observed.csv"), text("csv observed.csv")).unwrap();
    let scenario = folder.path().join("past.toml");
    fs::write(&scenario, text("toml past.toml")).unwrap();
    let (typed, shown) = text("text").split_once('\n').unwrap();
    let options = typed.strip_prefix("$ roundabout backtest past.toml ").unwrap();
    let arguments = ["backtest", scenario.to_str().unwrap()]
        .into_iter()
        .chain(options.split(' '));
    assert_eq!(stdout(&arguments.collect::<Vec<_>>()), shown);
}

#[test]
fn what_check_schema_and_sources_are_shown_to_print_they_print() {
    let mut shown = 0;
    let blocks_of = |name| {
        blocks(&document(name))
            .into_iter()
            .filter(|(_, text)| text.starts_with("$ "))
    };
    for (_, text) in blocks_of("commands.md").chain(blocks_of("world.md")) {
        let (typed, printed) = text.split_once('\n').unwrap();
        let arguments: Vec<&str> = typed.split(' ').skip(2).collect();
        // The scenario with slips is no file of the repository.
        let prints = ["check", "schema", "sources"].contains(&arguments[0]) && !typed.ends_with("wrong.toml");
        if prints {
            assert!(stdout(&arguments).starts_with(printed), "{typed}");
            shown += 1;
        }
    }
    assert_eq!(shown, 4);
    let numbers = stdout(&["schema", "scenarios/primary.toml"]);
    let guide = blocks(&document("scenarios.md"));
    let (_, listed) = guide.iter().find(|(kind, _)| kind == "text").unwrap();
    listed
        .lines()
        .for_each(|line| assert!(numbers.lines().any(|number| number == line), "{line}"));
}

#[test]
fn what_sensitivity_is_shown_to_print_of_small_worlds_it_prints() {
    let mut shown = 0;
    for (_, text) in blocks(&document("sensitivity.md")) {
        let Some((typed, printed)) = text.split_once('\n') else {
            continue;
        };
        // Other examples take results that are not in the repository.
        if typed.starts_with("$ roundabout sensitivity docs/") {
            let arguments: Vec<&str> = typed.split(' ').skip(2).collect();
            assert_eq!(stdout(&arguments), printed, "{typed}");
            shown += 1;
        }
    }
    assert_eq!(shown, 2);
}

#[test]
fn every_file_column_and_metric_of_results_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = write_small_world(folder.path());
    let out = folder.path().join("results");
    stdout(&[
        "run",
        &scenario,
        "--draws",
        "2",
        "--table-files",
        "csv",
        "--quiet",
        "--out",
        out.to_str().unwrap(),
    ]);
    let document = document("results.md");
    let folders = [out.join("small"), out];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    for path in files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_large = schema::OF_SCENARIO
            .iter()
            .chain(&schema::OF_FAMILY)
            .any(|table| table.file == name && table.is_large);
        let stored = if is_large {
            format!("{name}{}", schema::COMPRESSED)
        } else {
            name.to_owned()
        };
        assert!(document.contains(&format!("/{stored}`")), "{name}");
        let text = fs::read_to_string(&path).unwrap();
        // Columns of draws are metrics and parameters.
        if name.ends_with(".csv") && !["draws.csv", "inputs.csv"].contains(&name) {
            let columns = text.lines().next().unwrap().split(',');
            columns.for_each(|column| assert!(is_named(&document, column), "`{column}` of {name}"));
        }
        if name == "metrics.csv" {
            let metrics = text.lines().skip(1).filter_map(|line| line.split(',').next());
            metrics.for_each(|metric| assert!(is_named(&document, metric), "`{metric}`"));
        }
    }
}

/// The tables of docs/results.md that follow from the schema, by the name in their marker.
fn schema_blocks() -> Vec<(String, String)> {
    let named = |prefix: &str, tables: &[&'static TableSchema]| -> Vec<(String, String)> {
        let block = |table: &&'static TableSchema| (format!("{prefix}{}", table.file), columns(table));
        tables.iter().map(block).collect()
    };
    let mut blocks = vec![("files".to_owned(), files()), ("statistics".to_owned(), statistics())];
    blocks.extend(named("", &schema::OF_SCENARIO));
    blocks.extend(named("", &schema::OF_FAMILY));
    blocks.extend(named("", &[&schema::COMPARED, &schema::FACTS, &schema::SCORES]));
    blocks.extend(named("solve ", &schema::OF_SOLVE));
    blocks
}

fn files() -> String {
    let line = |folder: &str, table: &TableSchema| {
        let name = TableFiles::default().name_of(table);
        format!("| `{folder}/{name}` | {} |\n", table.rows)
    };
    let of_scenario = schema::OF_SCENARIO.map(|table| line("results/A", table)).concat();
    let of_batch = schema::OF_FAMILY.map(|table| line("results", table)).concat();
    let context = "| `results/A/context.json` | (no table) what the scenario was: for reports |\n";
    let manifest = "| `results/A/manifest.json` | (no table) what ran, and what was checked |\n";
    format!("| file | a row for each |\n|---|---|\n{of_scenario}{context}{manifest}{of_batch}")
}

fn statistics() -> String {
    let line = |column: &ColumnSchema| format!("| `{}` | {} |\n", column.name, column.meaning);
    let lines: String = schema::statistics(UnitRule::InRow).iter().map(line).collect();
    format!("| column | meaning |\n|---|---|\n{lines}")
}

fn columns(table: &TableSchema) -> String {
    let line = |role: &str, column: &ColumnSchema| {
        let (name, values, meaning) = (column.name, column.values.name(), column.meaning);
        format!("| `{name}` | {role} | {values} | {} | {meaning} |\n", unit(column.unit))
    };
    let mut text = "| column | is a | type | unit | meaning |\n|---|---|---|---|---|\n".to_owned();
    table.keys.iter().for_each(|column| text += &line("key", column));
    let usual = schema::statistics(UnitRule::InRow);
    let mut columns = table.statistics;
    while let Some((column, rest)) = columns.split_first() {
        // The eight statistics over draws have a table of their own.
        let is_usual = |(column, usual): (&ColumnSchema, &ColumnSchema)| column.meaning == usual.meaning;
        if columns.len() >= usual.len() && columns.iter().zip(&usual).all(is_usual) {
            let (first, last) = (usual[0].name, usual[usual.len() - 1].name);
            let (values, unit) = (column.values.name(), unit(column.unit));
            text += &format!("| `{first}` ... `{last}` | statistic | {values} | {unit} | statistics over draws |\n");
            columns = &columns[usual.len()..];
        } else {
            text += &line("statistic", column);
            columns = rest;
        }
    }
    table
        .varying
        .iter()
        .for_each(|column| text += &line("statistic", column));
    if !table.quantities.is_empty() {
        text += "\n| quantity | unit | meaning |\n|---|---|---|\n";
    }
    for quantity in table.quantities {
        let (name, unit, meaning) = (quantity.name(), quantity.unit().name(), quantity.meaning());
        text += &format!("| `{name}` | `{unit}` | {meaning} |\n");
    }
    text
}

fn unit(rule: UnitRule) -> String {
    match rule {
        UnitRule::None => String::new(),
        UnitRule::Fixed(unit) => format!("`{}`", unit.name()),
        UnitRule::InRow => "named in `unit`".to_owned(),
        UnitRule::OfQuantity => "that of `quantity`".to_owned(),
        UnitRule::InName => "ends the name".to_owned(),
        UnitRule::OfParameter => "that of the parameter".to_owned(),
    }
}

/// Set `UPDATE_DOCUMENTATION=1` to write the tables into the page; the reviewer then reads what changed.
#[test]
fn the_page_on_results_shows_every_table_as_its_schema_declares_it() {
    let path = repository().join("docs/results.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut due = page.clone();
    for (name, table) in schema_blocks() {
        let opening = format!("<!-- schema: {name} -->\n");
        let start = due.find(&opening).unwrap_or_else(|| panic!("no table of {name}")) + opening.len();
        let length = due[start..].find("<!-- end -->\n").unwrap();
        due.replace_range(start..start + length, &format!("\n{table}\n"));
    }
    assert_eq!(
        due.matches("<!-- schema: ").count(),
        schema_blocks().len(),
        "tables of nothing"
    );
    if std::env::var_os("UPDATE_DOCUMENTATION").is_some() {
        fs::write(&path, due).unwrap();
    } else {
        assert!(
            page == due,
            "docs/results.md is not what UPDATE_DOCUMENTATION=1 makes of it"
        );
    }
}

#[test]
fn every_command_option_and_exit_code_is_documented() {
    let document = document("commands.md");
    let help = stdout(&["--help"]);
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let commands: Vec<&str> = listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("    "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for command in commands.iter().filter(|command| **command != "help") {
        assert!(document.contains(&format!("\n## {command}\n")), "{command}");
        let help = stdout(&[command, "--help"]);
        let words = help.lines().filter(|line| line.starts_with("  ")).flat_map(|line| {
            line.split_whitespace()
                .take_while(|word| word.starts_with('-') || word.starts_with('<'))
        });
        for option in words.filter(|word| word.starts_with("--") && *word != "--help") {
            assert!(document.contains(&format!("`{option}")), "{option} of {command}");
        }
    }
    let (_, codes) = help.split_once("Exit codes:").unwrap();
    let codes = codes
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|code| !code.is_empty());
    codes.for_each(|code| assert!(document.contains(&format!("\n| {code} | ")), "exit code {code}"));
}

/// The pages about mechanisms, without the index: name and text.
fn mechanisms() -> Vec<(String, String)> {
    let folder = fs::read_dir(repository().join("docs/mechanisms")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".md") && name != "README.md")
        .map(|name| (name.clone(), document(&format!("mechanisms/{name}"))))
        .collect()
}

/// The texts in brackets after `start`, up to `end`, wherever a text has it.
fn linked<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start)
        .skip(1)
        .filter_map(move |rest| Some(rest.split_once(end)?.0))
}

#[test]
fn every_mechanism_is_in_the_index_and_its_pictures_and_scenarios_in_the_script() {
    let (index, script) = (
        document("mechanisms/README.md"),
        document("mechanisms/make-pictures.sh"),
    );
    let mut pictures = 0;
    for (name, text) in mechanisms() {
        assert!(index.contains(&format!("]({name})")), "{name}");
        assert!(
            script.contains(&format!("\n{}() {{", name.trim_end_matches(".md").replace('-', "_"))),
            "{name}"
        );
        for picture in linked(&text, "(pictures/", ".svg)") {
            assert!(script.contains(&format!(" draw {picture} ")), "{picture} of {name}");
            pictures += 1;
        }
        for scenario in linked(&text, "(scenarios/", ".toml)") {
            let path = repository().join(format!("docs/mechanisms/scenarios/{scenario}.toml"));
            assert!(path.is_file() && script.contains(scenario), "{scenario} of {name}");
        }
        let pages = linked(&text, "](", ")").filter(|link| link.ends_with(".md") && !link.contains('/'));
        pages.for_each(|page| {
            assert!(
                repository().join("docs/mechanisms").join(page).is_file(),
                "{page} of {name}"
            );
        });
    }
    assert_eq!(
        script.matches("\n    draw ").count(),
        pictures,
        "every picture is shown"
    );
}

#[test]
fn no_document_has_lines_that_a_page_cannot_show() {
    for name in [
        "scenarios",
        "worlds",
        "world",
        "results",
        "commands",
        "model",
        "facts",
        "backtest",
        "sensitivity",
        "plots",
        "scale-out",
    ] {
        let text = document(&format!("{name}.md"));
        let mut in_block = false;
        for (number, line) in text.lines().enumerate() {
            in_block ^= line.starts_with("```");
            let length = line.chars().count();
            assert!(in_block || length <= 140, "{name}.md:{}: {length} columns", number + 1);
        }
    }
}

#[test]
fn every_shipped_scenario_has_a_row_in_the_table_of_the_library() {
    let document = document("world.md");
    let files = fs::read_dir(repository().join("scenarios")).unwrap();
    let names: Vec<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    for name in &names {
        assert!(document.contains(&format!("\n| `{name}` | ")), "{name}");
    }
    assert_eq!(
        document.matches(".toml` | ").count(),
        names.len(),
        "rows without a file"
    );
}

#[test]
fn every_scenario_of_the_mechanism_pages_is_valid() {
    let mut paths: Vec<String> = fs::read_dir(repository().join("docs/mechanisms/scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|path| path.ends_with(".toml"))
        .collect();
    paths.sort();
    assert!(paths.len() > 10);
    let arguments: Vec<&str> = std::iter::once("check")
        .chain(paths.iter().map(String::as_str))
        .collect();
    let output = roundabout(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
}
