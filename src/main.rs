//! The command line: parses it, runs the command and returns its exit code.

use std::io;
use std::process::ExitCode;

use roundabout::cli::{self, CommandLine};

fn main() -> ExitCode {
    let CommandLine { command } = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match cli::perform(command, &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.tell(),
    }
}
