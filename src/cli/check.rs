//! `roundabout check`: reports all faults at once.

use std::path::PathBuf;

use clap::Args;

use super::inputs::{Inputs, ScenariosRead};
use super::{Error, terminal};
use crate::input::world::{ROUTES_HEADER, routes_table};
use crate::results::{FileKind, OutputFile};
use crate::scenario::{PosteriorUse, Scenario};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Write the routes of the first scenario's world, given and generated, to this CSV file
    #[arg(long, value_name = "FILE")]
    routes: Option<PathBuf>,
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
    let lines: String = scenarios.iter().map(describe).collect();
    Ok(terminal::print(&lines)?)
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
