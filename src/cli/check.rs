//! `roundabout check`: reports all faults at once.

use std::path::PathBuf;

use clap::Args;

use super::inputs::{Inputs, ScenariosRead};
use super::terminal::PrintedForm;
use super::{Error, terminal};
use crate::input::world::{ROUTES_HEADER, routes_table};
use crate::results::{FileKind, OutputFile, TextTable};
use crate::scenario::{PosteriorUse, Scenario};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Write the routes of the first scenario's world, given and generated, to this CSV file
    #[arg(long, value_name = "FILE")]
    routes: Option<PathBuf>,
    /// How to list the scenarios
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
}

/// Reads and validates scenarios, and prints a line for each valid one.
///
/// # Errors
/// When anything is at fault, or the routes cannot be written.
pub fn run(arguments: &CheckArguments) -> Result<(), Error> {
    let ScenariosRead { scenarios, paths } = arguments.inputs.read()?;
    if let (Some(path), Some(scenario)) = (&arguments.routes, scenarios.first()) {
        // A table of routes is also a table of a world, which people write and edit.
        let kind = FileKind::csv("a table of routes", ROUTES_HEADER).but_not_in_worlds();
        OutputFile::prove(path, kind, true, &paths)?.write(routes_table(&scenario.world).as_bytes())?;
    }
    let text = match arguments.format {
        PrintedForm::Table => scenarios.iter().map(describe).collect(),
        PrintedForm::Json => {
            let columns = [
                "scenario",
                "title",
                "first_month",
                "months",
                "routes",
                "measures",
                "programmes",
                "uncertain_numbers",
                "of_posterior",
            ];
            TextTable::new(&columns, scenarios.iter().map(cells).collect()).to_json()
        }
    };
    Ok(terminal::print(&text)?)
}

fn cells(scenario: &Scenario) -> Vec<String> {
    let of_posterior = match &scenario.posterior {
        PosteriorUse::Taken { numbers, .. } => *numbers,
        PosteriorUse::Ignored | PosteriorUse::Unnamed => 0,
    };
    let counts = [
        scenario.horizon.months,
        scenario.world.routes.len(),
        scenario.measures.len(),
        scenario.programmes.len(),
        scenario.parameters.len(),
        of_posterior,
    ];
    let texts = [
        scenario.name.clone(),
        scenario.title.clone(),
        scenario.horizon.start.to_string(),
    ];
    texts.into_iter().chain(counts.map(|count| count.to_string())).collect()
}

fn describe(scenario: &Scenario) -> String {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let posterior = match &scenario.posterior {
        PosteriorUse::Taken { table, numbers } => format!(", {numbers} from {table}"),
        PosteriorUse::Ignored | PosteriorUse::Unnamed => String::new(),
    };
    format!(
        "{}: {}, {}, {}, {}, {}{posterior}\n",
        scenario.name,
        count(scenario.horizon.months, "month", "months"),
        count(scenario.world.routes.len(), "route", "routes"),
        count(scenario.measures.len(), "measure", "measures"),
        count(scenario.programmes.len(), "secondary programme", "secondary programmes"),
        count(scenario.parameters.len(), "uncertain parameter", "uncertain parameters"),
    )
}
