//! `roundabout run`: simulates a batch of scenarios with the same draws and writes their results.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rayon::prelude::*;

use super::inputs::{Inputs, ScenariosRead};
use super::progress::Bars;
use super::{Error, terminal};
use crate::comparison::answer;
use crate::ensemble::{BLOCK, Batch, BatchScenario, Failure, Finished};
use crate::results::{
    CONTEXT_FILE, Context, InputPaths, MANIFEST_FILE, Manifest, OutputFile, ResultTable, ScenarioFolder, ScenarioPlace,
    WriteError, comparison_kind, comparison_table, has_variants, order_kind, order_table, result_tables, schema,
    summary_kind, summary_table, sweep_folders, sweep_kind, sweep_table,
};
use crate::scenario::Scenario;

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder for the results, one folder per scenario in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Size of the whole run, instead of the scenarios' own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1 << 53))]
    draws: Option<u64>,
    /// Simulate only draws A to B - 1, counted from 0; A and B are multiples of 64, or B is the number of draws
    #[arg(long, value_name = "A..B", value_parser = parse_range)]
    draw_range: Option<Range<u64>>,
    /// Seed of all random numbers, instead of the scenarios' own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Name of the scenario that the others are compared with [default: the first]
    #[arg(long, value_name = "STEM")]
    reference: Option<String>,
    /// Replace results that exist
    #[arg(long)]
    overwrite: bool,
    /// Print only errors, and messages about the scenarios
    #[arg(long)]
    quiet: bool,
}

fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let (start, end) = text.split_once("..").ok_or("a range is written A..B, like 0..640")?;
    let number = |text: &str| {
        text.parse::<u64>()
            .map_err(|_| format!("`{text}` is not a number of draws"))
    };
    let range = number(start)?..number(end)?;
    if range.start >= range.end {
        return Err("a range must end after it starts".to_owned());
    }
    Ok(range)
}

/// Simulates and writes; scenarios that fail leave the others whole.
///
/// # Errors
/// When input is invalid, results cannot be written, or a scenario failed.
pub fn run(arguments: &RunArguments) -> Result<(), Error> {
    let (scenarios, inputs) = read(arguments)?;
    let reference = find_reference(arguments, &scenarios)?;
    check_range(arguments, &scenarios)?;
    OutputPlaces::prove(arguments, &scenarios, &inputs)?;
    sweep(arguments);
    // Again, because results that were put back may be in the way.
    let places = OutputPlaces::prove(arguments, &scenarios, &inputs)?;
    let (folders, tables) = places.start()?;
    let batch = Batch::new(scenarios, reference).with_log_in(arguments.out.clone());
    let outcomes = simulate(arguments, &batch)?;
    write(arguments, &batch, &outcomes, folders, &tables)?;
    tell(arguments, &batch, &outcomes)
}

fn read(arguments: &RunArguments) -> Result<(Vec<Arc<Scenario>>, InputPaths), Error> {
    let ScenariosRead { scenarios, paths } = arguments.inputs.read()?;
    let adjusted = scenarios.into_iter().map(|mut scenario| {
        // The options apply to all scenarios of a batch, so that their draws can be paired.
        scenario.simulation.draws = arguments.draws.unwrap_or(scenario.simulation.draws);
        scenario.simulation.seed = arguments.seed.unwrap_or(scenario.simulation.seed);
        Arc::new(scenario)
    });
    Ok((adjusted.collect(), paths))
}

fn find_reference(arguments: &RunArguments, scenarios: &[Arc<Scenario>]) -> Result<usize, Error> {
    let Some(stem) = &arguments.reference else { return Ok(0) };
    scenarios
        .iter()
        .position(|scenario| scenario.name == *stem)
        .ok_or_else(|| {
            let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
            Error::Usage(format!(
                "--reference {stem} is none of the scenarios: {}",
                names.join(", ")
            ))
        })
}

fn check_range(arguments: &RunArguments, scenarios: &[Arc<Scenario>]) -> Result<(), Error> {
    let Some(range) = &arguments.draw_range else {
        return Ok(());
    };
    for scenario in scenarios {
        let draws = scenario.simulation.draws;
        let on_border = |draw: u64| draw.is_multiple_of(BLOCK) || draw == draws;
        if range.end > draws || !on_border(range.start) || !on_border(range.end) {
            return Err(Error::Usage(format!(
                "--draw-range {}..{} must lie within the {draws} draws of `{}`, on multiples of {BLOCK} or at the end",
                range.start, range.end, scenario.name
            )));
        }
    }
    Ok(())
}

/// Removes what stopped runs left behind.
fn sweep(arguments: &RunArguments) {
    for path in sweep_folders(&arguments.out) {
        if !arguments.quiet {
            terminal::say(&format!(
                "note: {} is back: a run was stopped while it replaced it",
                path.display()
            ));
        }
    }
}

/// All places that a batch writes to, each proven to be free or replaceable before anything is simulated.
struct OutputPlaces {
    scenarios: Vec<ScenarioPlace>,
    tables: BatchTables,
}

struct BatchTables {
    summary: OutputFile,
    comparison: OutputFile,
    order: OutputFile,
    /// Only of a batch that holds variants.
    sweep: Option<OutputFile>,
}

impl OutputPlaces {
    fn prove(arguments: &RunArguments, scenarios: &[Arc<Scenario>], inputs: &InputPaths) -> Result<Self, WriteError> {
        let (out, overwrite) = (&arguments.out, arguments.overwrite);
        let table = |name, kind| OutputFile::prove(&out.join(name), kind, overwrite, inputs);
        let place = |scenario: &Arc<Scenario>| {
            let name = &scenario.name;
            // Some file systems do not distinguish capitals from small letters.
            if schema::OF_FAMILY
                .iter()
                .any(|table| name.eq_ignore_ascii_case(table.file))
            {
                return Err(WriteError::NameTaken { path: out.join(name) });
            }
            ScenarioPlace::prove(out, name, overwrite, inputs)
        };
        Ok(Self {
            scenarios: scenarios.iter().map(place).collect::<Result<_, _>>()?,
            tables: BatchTables {
                summary: table(schema::SUMMARY.file, summary_kind())?,
                comparison: table(schema::COMPARISON.file, comparison_kind())?,
                order: table(schema::ORDER.file, order_kind())?,
                sweep: match scenarios.iter().any(|scenario| scenario.variant.is_some()) {
                    true => Some(table(schema::SWEEP.file, sweep_kind())?),
                    false => None,
                },
            },
        })
    }

    fn start(self) -> Result<(Vec<ScenarioFolder>, BatchTables), WriteError> {
        let folders = self.scenarios.into_iter().map(ScenarioPlace::start);
        Ok((folders.collect::<Result<_, _>>()?, self.tables))
    }
}

fn simulate(arguments: &RunArguments, batch: &Batch) -> Result<Vec<Result<Finished, Failure>>, Error> {
    let draws = |entry: &BatchScenario| range_of(arguments, entry).end - range_of(arguments, entry).start;
    let named = |entry: &BatchScenario| (entry.model.plan.scenario.name.clone(), draws(entry));
    let bars = Bars::new(batch.scenarios.iter().map(named).collect(), arguments.quiet);
    let pool = rayon::ThreadPoolBuilder::new()
        // Zero means all cores.
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))?;
    let outcomes = pool.install(|| batch.run(arguments.draw_range.clone(), &bars));
    bars.finish();
    outcomes.map_err(|cause| WriteError::new(&arguments.out, cause).into())
}

fn range_of(arguments: &RunArguments, entry: &BatchScenario) -> Range<u64> {
    arguments
        .draw_range
        .clone()
        .unwrap_or(0..entry.model.plan.scenario.simulation.draws)
}

fn write(
    arguments: &RunArguments,
    batch: &Batch,
    outcomes: &[Result<Finished, Failure>],
    folders: Vec<ScenarioFolder>,
    tables: &BatchTables,
) -> Result<(), Error> {
    let reference = &batch.scenarios[batch.reference].model.plan.scenario.name;
    let sets: Vec<(&BatchScenario, &Result<Finished, Failure>, ScenarioFolder)> = batch
        .scenarios
        .iter()
        .zip(outcomes)
        .zip(folders)
        .map(|((entry, outcome), folder)| (entry, outcome, folder))
        .collect();
    sets.into_par_iter()
        .try_for_each(|(entry, outcome, folder)| match outcome {
            Ok(finished) => write_scenario(entry, finished, reference, range_of(arguments, entry), folder),
            // The batch goes on without it; `tell` reports the failure at the end.
            Err(_) => Ok(()),
        })?;
    let finished: Vec<Option<&Finished>> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
    let written: Vec<(&BatchScenario, &Finished)> = batch
        .scenarios
        .iter()
        .zip(&finished)
        .filter_map(|(entry, finished)| Some((entry, (*finished)?)))
        .collect();
    write_table(&tables.summary, &summary_table(&written))?;
    write_table(&tables.comparison, &comparison_table(batch, &finished))?;
    write_table(&tables.order, &order_table(batch, &finished))?;
    match &tables.sweep {
        Some(sweep) => write_table(sweep, &sweep_table(batch, &finished)?),
        None => Ok(()),
    }
}

fn write_scenario(
    entry: &BatchScenario,
    finished: &Finished,
    reference: &str,
    draws: Range<u64>,
    folder: ScenarioFolder,
) -> Result<(), Error> {
    let mut digests = BTreeMap::new();
    for table in result_tables(entry, finished) {
        let digest = folder.write_by(table.name, |out| table.write_to(out))?;
        digests.insert(table.name.to_owned(), digest.to_hex().to_string());
    }
    let context = Context::new(&entry.model.plan.scenario).to_json();
    let context = context.map_err(std::io::Error::from)?;
    let digest = folder.write_by(CONTEXT_FILE, |out| out.write_all(context.as_bytes()))?;
    digests.insert(CONTEXT_FILE.to_owned(), digest.to_hex().to_string());
    let manifest = Manifest::new(entry, finished, reference, draws, digests);
    let text = manifest.to_json().map_err(std::io::Error::from)?;
    folder.write(MANIFEST_FILE, text.as_bytes())?;
    Ok(folder.finish()?)
}

fn write_table(file: &OutputFile, table: &ResultTable<'_>) -> Result<(), Error> {
    Ok(file.write_by(|out| table.write_to(out))?)
}

fn tell(arguments: &RunArguments, batch: &Batch, outcomes: &[Result<Finished, Failure>]) -> Result<(), Error> {
    if !arguments.quiet {
        let finished: Vec<Option<&Finished>> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
        terminal::print(&answer(batch, &finished, terminal::width(true))?)?;
        for (entry, outcome) in batch.scenarios.iter().zip(outcomes) {
            if let Ok(finished) = outcome {
                terminal::say(&describe(arguments, entry, finished));
            }
        }
        let tables = if has_variants(batch) {
            &schema::OF_FAMILY[..]
        } else {
            &schema::OF_BATCH
        };
        let paths = tables
            .iter()
            .map(|table| arguments.out.join(table.file).display().to_string());
        terminal::say(&paths.collect::<Vec<_>>().join(", "));
        // Not errors: the results are right, but hardly what was meant.
        name_equals(batch, outcomes);
        name_unlike(batch);
    }
    let failures: Vec<String> = batch
        .scenarios
        .iter()
        .zip(outcomes)
        .filter_map(|(entry, outcome)| Some(describe_failure(arguments, entry, outcome.as_ref().err()?)))
        .collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Error::Failed(failures.join("\nerror: ")))
    }
}

fn describe(arguments: &RunArguments, entry: &BatchScenario, finished: &Finished) -> String {
    let name = &entry.model.plan.scenario.name;
    format!(
        "{}: {} draws, largest residual {:.1e}",
        arguments.out.join(name).display(),
        finished.draws.draws(),
        finished.largest_residual
    )
}

/// Names the scenarios whose metrics equal the reference's in every draw: their measures do nothing.
fn name_equals(batch: &Batch, outcomes: &[Result<Finished, Failure>]) {
    for (entry, outcome) in batch.scenarios.iter().zip(outcomes) {
        let Ok(Finished {
            difference: Some(difference),
            ..
        }) = outcome
        else {
            continue;
        };
        // A cell without values exists in no draw, so it shows no difference.
        let never_differs = |cell| difference.cell(cell).is_empty() || difference.is_always_zero(cell);
        if (0..difference.cells()).all(never_differs) {
            let (name, reference) = (
                &entry.model.plan.scenario.name,
                &batch.scenarios[batch.reference].model.plan.scenario.name,
            );
            terminal::say(&format!(
                "warning: `{name}` gives the same metrics as `{reference}` in every draw"
            ));
        }
    }
}

/// Names the scenarios that cannot be compared with the reference draw by draw, or only month by month.
fn name_unlike(batch: &Batch) {
    let reference = &batch.scenarios[batch.reference].model.plan.scenario.name;
    for entry in &batch.scenarios {
        let name = &entry.model.plan.scenario.name;
        if !batch.is_paired(entry) {
            terminal::say(&format!(
                "warning: `{name}` and `{reference}` differ in seed, draws or sampling; their differences are not paired"
            ));
        }
        if !batch.spans_same_months(entry) {
            terminal::say(&format!(
                "warning: `{name}` and `{reference}` span different months; only those in common are compared"
            ));
        }
    }
}

/// A failed scenario with its seed, draw and month, and the line that runs its block again.
fn describe_failure(arguments: &RunArguments, entry: &BatchScenario, failure: &Failure) -> String {
    let scenario = &entry.model.plan.scenario;
    let variant = scenario.variant.as_ref();
    let stem = variant.map_or(&scenario.name, |variant| &variant.of);
    let is_its = |path: &&PathBuf| path.file_stem().is_some_and(|own| own.to_string_lossy() == *stem);
    let path = arguments.inputs.scenarios.iter().find(is_its);
    let changes: String = variant.map_or(String::new(), |variant| {
        let settings = variant.settings.iter();
        let settings = settings.map(|setting| format!(" --set '{}={}'", setting.name, setting.value));
        let without = variant.without.iter().map(|id| format!(" --without {id}"));
        settings.chain(without).collect()
    });
    let simulation = &scenario.simulation;
    // A range must lie on the borders of blocks, so the whole block runs again.
    let start = failure.draw / BLOCK * BLOCK;
    let end = (start + BLOCK).min(simulation.draws);
    // The same options, or the repeated run would not reach the failure. Its own folder keeps the results of the batch.
    let option = |given: bool, option: &'static str| if given { option } else { "" };
    let idle = option(arguments.inputs.reading.allow_idle, " --allow-idle");
    let prior = option(arguments.inputs.reading.prior, " --prior");
    format!(
        "scenario `{}` failed: seed {}, {failure}\n  again: roundabout run '{}' --seed {} --draws {} --draw-range {start}..{end} --out '{}'{idle}{prior}{changes}",
        scenario.name,
        simulation.seed,
        path.map_or(stem.clone(), |path| path.display().to_string()),
        simulation.seed,
        simulation.draws,
        arguments.out.join("again").display(),
    )
}
