//! The command line: parses it, runs the command and returns its exit code.

use std::io;
use std::process::ExitCode;

use roundabout::cli::{self, Command, CommandLine};

fn main() -> ExitCode {
    let CommandLine { command } = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let outcome = match command {
        Command::Check(arguments) => cli::check::run(&arguments),
        Command::Run(arguments) => cli::run::run(&arguments),
        Command::Merge(arguments) => cli::merge::run(&arguments),
        Command::Rerun(arguments) => cli::rerun::run(&arguments),
        Command::Status(arguments) => cli::status::run(&arguments),
        Command::Compare(arguments) => cli::compare::run(&arguments, &mut io::stdout().lock()).map_err(Into::into),
        Command::Plot(arguments) => cli::plot::run(&arguments).map_err(Into::into),
        Command::Report(arguments) => cli::report::run(&arguments).map_err(Into::into),
        Command::Sensitivity(arguments) => cli::sensitivity::run(&arguments),
        Command::Solve(arguments) => cli::solve::run(&arguments),
        Command::Validate(arguments) => cli::validate::run(&arguments),
        Command::Calibrate(arguments) => cli::calibrate::run(&arguments),
        Command::Forecast(arguments) => cli::forecast::run(&arguments),
        Command::Backtest(arguments) => cli::backtest::run(&arguments),
        Command::Sources(arguments) => cli::sources::run(&arguments),
        Command::Show(arguments) => cli::show::run(&arguments),
        Command::Schema(arguments) => cli::schema::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.tell(),
    }
}
