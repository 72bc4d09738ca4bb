//! `roundabout solve`: one path to one month, parameters at their medians, no shocks.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table as TerminalTable, presets};

use super::inputs::{ReadingOptions, ScenariosRead};
use super::terminal::PrintedForm;
use super::{Error, inputs, terminal};
use crate::ensemble::{Ensemble, Observer};
use crate::model::Month;
use crate::report::map::matches_pattern;
use crate::results::schema::{OF_SOLVE, SOLVED_CAPACITIES, SOLVED_FLOWS, SOLVED_PRICES, TableSchema};
use crate::results::{FileKind, InputPaths, OutputFile, TextTable, WriteError, shortest};
use crate::scenario::Scenario;
use crate::simulation::{Constraint, ConstraintPlan, Model, Plan, SolvedMonth};

/// Arguments of `solve`.
#[derive(Debug, Args)]
pub struct SolveArguments {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// The month to show
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Folder for flows.csv, prices.csv and capacities.csv
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// Print only routes, markets and capacities whose id matches; * stands for any text; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
    #[command(flatten)]
    reading: ReadingOptions,
}

/// Solves every month up to `--month` and shows that one.
///
/// # Errors
/// When input is invalid, the month lies outside the horizon or cannot be solved, or files cannot be written.
pub fn run(arguments: &SolveArguments) -> Result<(), Error> {
    let ScenariosRead { mut scenarios, paths } =
        inputs::read(std::slice::from_ref(&arguments.scenario), arguments.reading)?;
    let Some(mut scenario) = scenarios.pop() else {
        return Ok(());
    };
    let horizon = scenario.horizon;
    let Some(step) = horizon.step(arguments.month) else {
        let (first, last) = (horizon.start, horizon.end().plus(-1));
        return Err(Error::Usage(format!(
            "--month {} lies outside {first} to {last}",
            arguments.month
        )));
    };
    let files = match &arguments.out {
        // Proven before the month is solved, so that a place that is refused fails first.
        Some(out) => prove_files(out, arguments.overwrite, &paths)?,
        None => Vec::new(),
    };
    // Later months change nothing in this one.
    scenario.horizon.months = step + 1;
    let mut tables = solve(scenario, step)?;
    if let Some(out) = &arguments.out {
        write(out, &files, &tables.tables)?;
    }
    tables.keep_only(&arguments.only)?;
    Ok(terminal::print(&match arguments.format {
        PrintedForm::Table => tables.to_string(),
        PrintedForm::Json => tables.to_json(),
    })?)
}

/// A solved month as tables.
struct Solved {
    month: Month,
    residual: f64,
    tables: [TextTable; 3],
    /// Capacities behind which nothing passes, because a measure closes them.
    closed: BTreeSet<String>,
}

fn solve(scenario: Scenario, step: usize) -> Result<Solved, Error> {
    let month = scenario.horizon.month(step);
    let model = Model::new(Plan::new(Arc::new(scenario)));
    let observer = |_| MonthObserver {
        plan: &model.plan,
        step,
        found: None,
    };
    let found = Ensemble::central(&model).run(0..1, observer, |observer| observer.found, &());
    let found = found.map_err(|failure| Error::Failed(format!("{}: {}", failure.month, failure.reason)))?;
    let found = found.into_iter().flatten().next();
    let (residual, tables, closed) = found.ok_or_else(|| Error::Failed(format!("{month} was not reached")))?;
    Ok(Solved {
        month,
        residual,
        tables,
        closed,
    })
}

/// Keeps the residual and the tables of one month.
struct MonthObserver<'p> {
    plan: &'p Plan,
    step: usize,
    found: Option<(f64, [TextTable; 3], BTreeSet<String>)>,
}

impl Observer for MonthObserver<'_> {
    fn observe(&mut self, _draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        let mut months = months.iter().flatten();
        if let Some(&month) = months.find(|month| month.step == self.step) {
            let tables = tables(self.plan, month);
            self.found = Some((month.solution.residual, tables, closed(self.plan, month)));
        }
    }
}

fn tables(plan: &Plan, month: SolvedMonth<'_>) -> [TextTable; 3] {
    let world = plan.world();
    let solution = month.solution;
    let flows = world
        .routes
        .rows()
        .iter()
        .zip(&solution.flow)
        .map(|(route, flow)| vec![route.id.clone(), shortest(*flow)]);
    let supplies = world
        .supplies
        .rows()
        .iter()
        .map(|supply| ("supply", &supply.id))
        .zip(&solution.supply_price);
    let demands = world
        .demands
        .rows()
        .iter()
        .map(|demand| ("demand", &demand.id))
        .zip(&solution.demand_price);
    let prices = supplies
        .chain(demands)
        // A market without an open route has no price.
        .filter(|(_, price)| price.is_finite())
        .map(|((side, id), price)| vec![side.to_owned(), id.clone(), shortest(*price)]);
    let capacities = plan.constraints.rows().iter().enumerate().filter_map(|(place, row)| {
        let Constraint::Capacity(capacity) = row.constraint else {
            return None;
        };
        let flow = row.routes.iter().fold(0.0, |sum, &route| sum + solution.flow[route]);
        let values = [month.conditions.limit[place], flow, solution.rent[place]].map(shortest);
        Some(
            std::iter::once(world.capacities[capacity].id.clone())
                .chain(values)
                .collect(),
        )
    });
    [
        TextTable::of(&SOLVED_FLOWS, flows.collect()),
        TextTable::of(&SOLVED_PRICES, prices.collect()),
        TextTable::of(&SOLVED_CAPACITIES, capacities.collect()),
    ]
}

/// The capacities all of whose routes pass another limit that is zero.
fn closed(plan: &Plan, month: SolvedMonth<'_>) -> BTreeSet<String> {
    let rows = plan.constraints.rows();
    let limits = rows.iter().zip(&month.conditions.limit);
    let shut: Vec<&ConstraintPlan> = limits.filter(|(_, limit)| **limit == 0.0).map(|(row, _)| row).collect();
    let is_shut = |row: &ConstraintPlan| {
        let holds_all = |other: &&ConstraintPlan| row.routes.iter().all(|route| other.routes.contains(route));
        !row.routes.is_empty() && shut.iter().any(holds_all)
    };
    let id = |row: &ConstraintPlan| match row.constraint {
        Constraint::Capacity(capacity) if is_shut(row) => Some(plan.world().capacities[capacity].id.clone()),
        _ => None,
    };
    rows.iter().filter_map(id).collect()
}

/// The files of the tables in a folder, each proven to be free or replaceable.
fn prove_files(out: &Path, overwrite: bool, inputs: &InputPaths) -> Result<Vec<OutputFile>, WriteError> {
    let prove = |table: &TableSchema| {
        let kind = FileKind::csv("a table of a solved month", &table.header());
        OutputFile::prove(&out.join(table.file), kind, overwrite, inputs)
    };
    OF_SOLVE.into_iter().map(prove).collect()
}

fn write(out: &Path, files: &[OutputFile], tables: &[TextTable]) -> Result<(), Error> {
    std::fs::create_dir_all(out).map_err(|cause| WriteError::new(out, cause))?;
    for (file, table) in files.iter().zip(tables) {
        file.write(&table.to_csv()?)?;
    }
    Ok(())
}

impl Solved {
    /// Drops the rows whose id matches no pattern, if there are patterns.
    fn keep_only(&mut self, patterns: &[String]) -> Result<(), Error> {
        if patterns.is_empty() {
            return Ok(());
        }
        for (table, form) in self.tables.iter_mut().zip(OF_SOLVE) {
            // The id is the last key.
            let id = form.keys.len() - 1;
            table
                .rows
                .retain(|row| patterns.iter().any(|pattern| matches_pattern(pattern, &row[id])));
        }
        if self.tables.iter().all(|table| table.rows.is_empty()) {
            let patterns = patterns.join("`, `");
            return Err(Error::Usage(format!(
                "no route, market or capacity is called like `{patterns}`; `roundabout show WORLD` lists the ids"
            )));
        }
        Ok(())
    }

    /// The tables by the names of their files.
    fn to_json(&self) -> String {
        let [flows, prices, capacities] = [0, 1, 2].map(|place| self.tables[place].objects());
        let document = serde_json::json!({
            "month": self.month.to_string(),
            "residual": self.residual,
            "flows": flows,
            "prices": prices,
            "capacities": capacities,
        });
        format!("{document:#}\n")
    }
}

impl std::fmt::Display for Solved {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}, optimality residual {:.1e}", self.month, self.residual)?;
        let [flows, prices, capacities] = &self.tables;
        let above_zero = flows.rows.iter().filter(|row| row[1] != "0");
        let open = TextTable::of(&SOLVED_FLOWS, above_zero.cloned().collect());
        let shown = [
            ("Flows above zero", &open),
            ("Prices", prices),
            ("Capacities", capacities),
        ];
        for ((title, table), form) in shown.into_iter().zip(OF_SOLVE) {
            let mut grid = TerminalTable::new();
            grid.load_style(presets::NOTHING)
                .set_content_arrangement(ContentArrangement::Disabled);
            grid.set_header(&table.columns);
            let is_of_limits = std::ptr::eq(table, capacities);
            grid.add_rows(table.rows.iter().map(|row| {
                let mut cells: Vec<String> = row.iter().map(|cell| rounded(cell)).collect();
                // Its own limit is not what keeps goods out.
                if is_of_limits && self.closed.contains(&row[0]) {
                    "closed".clone_into(&mut cells[1]);
                }
                cells
            }));
            for column in grid.column_iter_mut().skip(form.keys.len()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            writeln!(formatter, "\n{title}\n{grid}")?;
        }
        Ok(())
    }
}

/// Numbers to two decimals, for people; other cells as they are.
fn rounded(cell: &str) -> String {
    cell.parse::<f64>()
        .map_or_else(|_| cell.to_owned(), |number| format!("{number:.2}"))
}
