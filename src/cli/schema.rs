//! `roundabout schema`: lists the keys of scenario files, or the numbers of a scenario.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::inputs::ReadingOptions;
use super::{Error, inputs, terminal};
use crate::input::{KeyDescription, scenario_keys};
use crate::results::{TextTable, shortest};
use crate::scenario::Scenario;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// A scenario whose numbers to list; without one, the keys of scenario files
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// Ignore the tables that `posterior` names: every number keeps its prior
    #[arg(long, requires = "scenario")]
    prior: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: SchemaForm,
}

/// How `schema` prints.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
enum SchemaForm {
    #[default]
    Csv,
    Json,
}

/// Prints CSV: the keys of every section, or every number that may be uncertain with its value, domain and source.
///
/// # Errors
/// When the scenario is invalid.
pub fn run(arguments: &SchemaArguments) -> Result<(), Error> {
    let table = match &arguments.scenario {
        None => keys(),
        Some(path) => {
            // Idle lines are allowed: their numbers are listed like all others.
            let reading = ReadingOptions {
                allow_idle: true,
                prior: arguments.prior,
            };
            let mut scenarios = inputs::read(std::slice::from_ref(path), reading)?.scenarios;
            let Some(scenario) = scenarios.pop() else { return Ok(()) };
            numbers(&scenario)
        }
    };
    let text = match arguments.format {
        SchemaForm::Csv => String::from_utf8_lossy(&table.to_csv()?).into_owned(),
        SchemaForm::Json => table.to_json(),
    };
    Ok(terminal::print(&text)?)
}

fn keys() -> TextTable {
    let row = |described: KeyDescription| {
        vec![
            described.section,
            described.key.to_owned(),
            described.required.to_owned(),
            described.example.to_owned(),
        ]
    };
    TextTable::new(
        &["section", "key", "required", "example"],
        scenario_keys().into_iter().map(row).collect(),
    )
}

fn numbers(scenario: &Scenario) -> TextTable {
    let uncertainty: BTreeMap<&str, &str> = scenario
        .parameters
        .iter()
        .map(|parameter| {
            let from_table = parameter.distribution.shared_stream().is_some();
            (parameter.name.as_str(), if from_table { "posterior" } else { "yes" })
        })
        .collect();
    let row = |number: &crate::model::Number| {
        let value = shortest(number.value);
        let state = uncertainty.get(number.name.as_str()).copied().unwrap_or("no");
        [
            &number.name,
            &value,
            number.unit,
            &number.range.domain.words(),
            state,
            &number.source,
        ]
        .map(str::to_owned)
        .to_vec()
    };
    TextTable::new(
        &["name", "central_value", "unit", "must_be", "uncertain", "source"],
        scenario.numbers.iter().map(|(_, number)| row(number)).collect(),
    )
}
