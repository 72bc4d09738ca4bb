//! The commands. Each has a file with its arguments and its work; failures are an [`Error`] with an exit code.

pub mod backtest;
pub mod calibrate;
pub mod check;
pub mod compare;
mod error;
pub mod forecast;
mod inputs;
mod interrupt;
pub mod merge;
pub mod plot;
mod progress;
pub mod report;
pub mod rerun;
pub mod run;
pub mod schema;
pub mod sensitivity;
pub mod show;
pub mod solve;
pub mod sources;
pub mod status;
mod terminal;
pub mod validate;

pub use error::{Error, exit_code};

use std::error::Error as _;
use std::ffi::OsString;
use std::io::Write;

use clap::error::ContextKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Simulates trade rerouted by sanctions: routes, intermediaries, enforcement and secondary sanctions, with uncertainty.
#[derive(Debug, Parser)]
#[command(name = "roundabout", version, about, arg_required_else_help = true, after_help = exit_code::HELP)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
}

/// The command line, on which `--seed -1` is a number that the option refuses, not an option of its own.
fn parser() -> clap::Command {
    let takes_negative = |argument: clap::Arg| {
        // A value of a flag or of a list of files is no number.
        let takes_value = argument.get_action().takes_values() && !argument.is_positional();
        argument.allow_negative_numbers(takes_value)
    };
    CommandLine::command().mut_subcommands(move |command| command.mut_args(takes_negative))
}

/// Runs a command. What it prints goes to standard output, except for a comparison, which goes to `out`.
///
/// # Errors
/// As the command.
pub fn perform(command: Command, out: &mut impl Write) -> Result<(), Error> {
    match command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Rerun(arguments) => rerun::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments, out).map_err(Into::into),
        Command::Plot(arguments) => plot::run(&arguments).map_err(Into::into),
        Command::Report(arguments) => report::run(&arguments).map_err(Into::into),
        Command::Sensitivity(arguments) => sensitivity::run(&arguments),
        Command::Solve(arguments) => solve::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Calibrate(arguments) => calibrate::run(&arguments),
        Command::Forecast(arguments) => forecast::run(&arguments),
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Sources(arguments) => sources::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    }
}

/// Reads a command line, whose first word is the name of the program.
///
/// # Errors
/// With the text for the user, also of `--help` and `--version`.
pub fn parse<I>(words: I) -> Result<CommandLine, clap::Error>
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let matches = parser().try_get_matches_from(words).map_err(in_plain_words)?;
    CommandLine::from_arg_matches(&matches)
}

/// The same error where it says what is wrong with a number in the words of a compiler.
fn in_plain_words(error: clap::Error) -> clap::Error {
    let cause = error.source().map(ToString::to_string);
    let meant = match cause.as_deref() {
        Some("invalid digit found in string" | "number too large to fit in target type") => "write a whole number",
        Some("invalid float literal") => "write a number, like 0.5",
        _ => return error,
    };
    let text = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let message = format!("invalid value '{value}' for '{argument}': {meant}");
    CommandLine::command().error(error.kind(), message)
}

/// The commands, each with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read and validate scenarios and report all faults; write nothing
    Check(check::CheckArguments),
    /// Simulate a batch of scenarios and write result tables
    Run(run::RunArguments),
    /// Join the parts of a run that --draw-range made
    Merge(merge::MergeArguments),
    /// Repeat a run and say whether its files come out the same to the byte
    Rerun(rerun::RerunArguments),
    /// Say what is missing, damaged or not finished in folders of results
    Status(status::StatusArguments),
    /// Compare result folders with a reference
    Compare(compare::CompareArguments),
    /// Draw one quantity over the months, with bands for the draws
    Plot(plot::PlotArguments),
    /// Write a page about result folders, with pictures, that opens in any browser
    Report(report::ReportArguments),
    /// Show which uncertain numbers drive an outcome, or a difference between two scenarios
    Sensitivity(sensitivity::SensitivityArguments),
    /// Solve one path to one month at central values, without shocks
    Solve(solve::SolveArguments),
    /// Compare a scenario's draws with dated facts
    Validate(validate::ValidateArguments),
    /// Draw the uncertain numbers of a scenario given what was observed
    Calibrate(calibrate::CalibrateArguments),
    /// Forecast every series that the world observes
    Forecast(forecast::ForecastArguments),
    /// Forecast at past months, and score the forecasts against what came
    Backtest(backtest::BacktestArguments),
    /// List the sources of a world, and the assumed numbers that a scenario takes for certain
    Sources(sources::SourcesArguments),
    /// Show the ids and names of a world, its routes as lists of places, or a map of it
    Show(show::ShowArguments),
    /// List the keys of scenario files, or every number of a scenario that may be uncertain
    Schema(schema::SchemaArguments),
}
