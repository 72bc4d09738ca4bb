//! `roundabout run`: simulates a batch of scenarios with the same draws and writes their results.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::compare::parse_margin;
use super::inputs::{Inputs, ScenariosRead};
use super::terminal::PrintedForm;
use super::{Error, terminal};
use crate::comparison::{answer, answer_json};
use crate::ensemble::{BLOCK, Failure};
use crate::results::{
    BatchMember, ComparisonPart, Detail, InputPaths, MANIFEST_FILE, MOST_DRAWS, Manifest, RUN_FILE, RunRecord,
    TableChoice, TableFiles, schema,
};
use crate::scenario::Scenario;

mod job;
mod room;
mod until;
mod waves;

pub(super) use job::{OutputPlan, RunJob};
use until::{Until, enough_draws};
pub(super) use waves::JoinedPart;
use waves::WavesDone;

/// The state of the draws is kept no more often than this.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder for the results, one folder per scenario in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Size of the whole run, instead of the scenarios' own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_DRAWS))]
    draws: Option<u64>,
    /// Simulate only draws A to B - 1, counted from 0; A and B are multiples of 64, or B is the number of draws
    #[arg(long, value_name = "A..B", value_parser = parse_range)]
    draw_range: Option<Range<u64>>,
    /// Simulate as many draws as it takes until the standard error of a headline metric's mean is so small in every scenario:
    /// an amount, or a share of the mean like `circumvented=1%`; no more than the scenarios' own draws or `--draws`
    #[arg(long, value_name = "METRIC=ERROR", conflicts_with = "draw_range", value_parser = parse_until)]
    until: Option<Until>,
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
    /// Go on with a run that was stopped: what is finished is not done again
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,
    /// How often to keep the state of the draws, to go on from
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = parse_seconds)]
    keep_every: Duration,
    /// How much of each scenario to write [default: months; years where scenarios are varied]
    #[arg(long, value_enum)]
    detail: Option<Detail>,
    /// The form of the tables
    #[arg(long, value_enum, default_value_t)]
    table_files: TableFiles,
    /// Write only these tables of each scenario, such as `flows,books`; metrics and draws in any case [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = PossibleValuesParser::new(TableChoice::names()))]
    tables: Option<Vec<String>>,
    /// How to print the table that the run ends with
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
    /// Print only errors, and messages about the scenarios
    #[arg(long)]
    quiet: bool,
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|pause| *pause >= SHORTEST_PAUSE).ok_or_else(|| {
        format!(
            "`{text}` is no number of seconds, at least {}",
            SHORTEST_PAUSE.as_secs_f64()
        )
    })
}

fn parse_until(text: &str) -> Result<Until, String> {
    Until::parse(text, parse_margin)
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
/// When input is invalid, results cannot be written, a scenario failed, or a signal came.
pub fn run(arguments: &RunArguments) -> Result<(), Error> {
    let (scenarios, inputs) = read(arguments)?;
    let reference = find_reference(arguments, &scenarios)?;
    check_range(arguments, &scenarios)?;
    let scenarios = match &arguments.until {
        Some(until) => enough_draws(until, arguments, &scenarios, reference, &inputs)?,
        None => scenarios,
    };
    let job = RunJob {
        scenarios: &scenarios,
        reference,
        draws: arguments.draw_range.clone(),
        parts: &[],
        tables: &tables_to_write(arguments, &scenarios),
        files: &arguments.inputs.scenarios,
        varied: arguments.inputs.varied(),
        inputs: &inputs,
    };
    let done = job.run(&OutputPlan {
        out: arguments.out.clone(),
        overwrite: arguments.overwrite,
        resumes: arguments.resume,
        keep_after: arguments.keep_every,
        threads: arguments.threads,
        quiet: arguments.quiet,
    })?;
    match done {
        Some(done) => tell(arguments, &scenarios, &done, reference),
        None => tell_whole(&arguments.out),
    }
}

/// Says that a run has nothing to do; the scenarios that failed are told again.
pub(super) fn tell_whole(out: &Path) -> Result<(), Error> {
    terminal::say(&format!("{} holds this run already, whole", out.display()));
    let record = RunRecord::read(&out.join(RUN_FILE))?;
    let failures = record.failures.iter();
    let failures = failures.map(|(name, failure)| format!("scenario `{name}` failed: {failure}"));
    end(failures.collect(), &WavesDone::default())
}

fn tables_to_write(arguments: &RunArguments, scenarios: &[Arc<Scenario>]) -> TableChoice {
    TableChoice {
        detail: detail(arguments, scenarios),
        files: arguments.table_files,
        only: arguments.tables.clone(),
    }
}

fn detail(arguments: &RunArguments, scenarios: &[Arc<Scenario>]) -> Detail {
    let is_family = scenarios.iter().any(|scenario| scenario.variant.is_some());
    let usual = if is_family { Detail::Years } else { Detail::Months };
    arguments.detail.unwrap_or(usual)
}

fn read(arguments: &RunArguments) -> Result<(Vec<Arc<Scenario>>, InputPaths), Error> {
    let ScenariosRead { scenarios, paths } = arguments.inputs.read()?;
    // The options apply to all scenarios of a batch, so that their draws can be paired.
    let adjusted = scenarios
        .into_iter()
        .map(|scenario| sized(scenario, arguments.draws, arguments.seed));
    Ok((adjusted.collect(), paths))
}

/// A scenario with other numbers of draws and another seed, if given.
pub(super) fn sized(mut scenario: Scenario, draws: Option<u64>, seed: Option<u64>) -> Arc<Scenario> {
    scenario.simulation.draws = draws.unwrap_or(scenario.simulation.draws);
    scenario.simulation.seed = seed.unwrap_or(scenario.simulation.seed);
    Arc::new(scenario)
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

fn tell(
    arguments: &RunArguments,
    scenarios: &[Arc<Scenario>],
    done: &WavesDone,
    reference: usize,
) -> Result<(), Error> {
    let members: Vec<&BatchMember> = done.outcomes.values().flatten().collect();
    if !arguments.quiet {
        if let Some(Ok(reference)) = &done.outcomes.get(&reference) {
            terminal::print(&match arguments.format {
                PrintedForm::Table => answer(reference, &members, terminal::width(true))?,
                PrintedForm::Json => answer_json(reference, &members)?,
            })?;
        }
        for member in &members {
            terminal::say(&describe(arguments, member));
        }
        for member in &members {
            let manifest = Manifest::read(&arguments.out.join(&member.scenario.name))?;
            warnings(&manifest).iter().for_each(|warning| terminal::say(warning));
        }
        let is_family = scenarios.iter().any(|scenario| scenario.variant.is_some());
        let tables = if is_family {
            &schema::OF_FAMILY[..]
        } else {
            &schema::OF_BATCH
        };
        let has_months = ComparisonPart::of(detail(arguments, scenarios)).contains(&ComparisonPart::Months);
        let written = tables
            .iter()
            .filter(|table| has_months || table.file != schema::COMPARISON_BY_MONTH.file);
        let paths = written.map(|table| {
            arguments
                .out
                .join(arguments.table_files.name_of(table))
                .display()
                .to_string()
        });
        terminal::say(&paths.collect::<Vec<_>>().join(", "));
        // Not errors: the results are right, but hardly what was meant.
        name_equals(&members, &scenarios[reference].name);
        name_unlike(scenarios, &scenarios[reference]);
    }
    let failures = scenarios.iter().zip(done.outcomes.values());
    let failures = failures.filter_map(|(scenario, outcome)| Some((scenario, outcome.as_ref().err()?)));
    let failures: Vec<String> = failures
        .map(|(scenario, failure)| describe_failure(arguments, scenario, failure))
        .collect();
    end(failures, done)
}

/// The end of a run: an error if scenarios failed, or folders could not be written.
///
/// # Errors
/// As said.
pub(super) fn end(mut failures: Vec<String>, done: &WavesDone) -> Result<(), Error> {
    let unwritten = done.unwritten.iter().map(ToString::to_string);
    let is_unwritten = !done.unwritten.is_empty();
    failures.extend(unwritten);
    let text = failures.join("\nerror: ");
    match (failures.is_empty(), is_unwritten) {
        (true, _) => Ok(()),
        (false, false) => Err(Error::Failed(text)),
        (false, true) => Err(Error::Unwritten(text)),
    }
}

fn describe(arguments: &RunArguments, member: &BatchMember) -> String {
    format!(
        "{}: {} draws, largest residual {:.1e}",
        arguments.out.join(&member.scenario.name).display(),
        member.draws.draws(),
        member.largest_residual
    )
}

/// The findings of the checks of a scenario's draws, a line for each kind.
fn warnings(manifest: &Manifest) -> Vec<String> {
    let (name, checks) = (&manifest.scenario, &manifest.checks);
    let mut lines = Vec::new();
    if let Some(first) = checks.failures.first() {
        let (failed, all) = (checks.failed_draws, manifest.draws_held());
        lines.push(format!(
            "warning: `{name}`: {failed} of {all} draws failed and are in no statistic; the first is {first}"
        ));
    }
    let mut found = checks
        .draws
        .iter()
        .map(|(metric, found)| format!("{metric}: {}", found.join("; ")));
    if let Some(first) = found.next() {
        let more = match found.count() {
            0 => String::new(),
            more => format!(", and {more} more in {MANIFEST_FILE}"),
        };
        lines.push(format!("warning: `{name}`: check the draws of {first}{more}"));
    }
    lines
}

/// Names the scenarios whose metrics equal the reference's in every draw: their measures do nothing.
fn name_equals(members: &[&BatchMember], reference: &str) {
    for member in members.iter().filter(|member| member.is_identical) {
        let name = &member.scenario.name;
        terminal::say(&format!(
            "warning: `{name}` gives the same metrics as `{reference}` in every draw"
        ));
    }
}

/// Names the scenarios that cannot be compared with the reference draw by draw, or only month by month.
fn name_unlike(scenarios: &[Arc<Scenario>], reference: &Scenario) {
    for scenario in scenarios {
        let (name, of) = (&scenario.name, &reference.name);
        if !scenario.simulation.pairs_with(&reference.simulation) {
            terminal::say(&format!(
                "warning: `{name}` and `{of}` differ in seed, draws or sampling; their differences are not paired"
            ));
        }
        if scenario.horizon != reference.horizon {
            terminal::say(&format!(
                "warning: `{name}` and `{of}` span different months; only those in common are compared"
            ));
        }
    }
}

/// A failed scenario with its seed, draw and month, and the line that runs its block again.
fn describe_failure(arguments: &RunArguments, scenario: &Scenario, failure: &Failure) -> String {
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
