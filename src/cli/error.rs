//! Errors of commands, and their exit codes.

use std::process::ExitCode;

use crate::results::WriteError;
use crate::results::read::UnreadableResults;

/// Exit codes, fixed for scripts.
pub mod exit_code {
    /// Something unexpected, or a scenario that failed while running.
    pub const FAILURE: u8 = 1;
    /// The command line was wrong.
    pub const USAGE: u8 = 2;
    /// A scenario or a world is invalid.
    pub const INVALID: u8 = 3;
    /// Results differ, or a quality gate failed.
    pub const GATE: u8 = 4;
    /// Results could not be read or compared.
    pub const UNREADABLE: u8 = 5;
    /// The run was interrupted, and can go on.
    pub const INTERRUPTED: u8 = 6;
    /// Results could not be written.
    pub const CANNOT_WRITE: u8 = 7;

    /// The codes in words, for `--help`.
    pub const HELP: &str = "Exit codes: 0 fine; 1 unexpected failure; 2 wrong usage; 3 scenario or world invalid; \
                            4 a quality gate failed; 5 results unreadable or not comparable; 6 interrupted, can go on; \
                            7 cannot write.";
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The text of all diagnostics.
    #[error("{0}")]
    Invalid(String),
    /// Some scenarios failed; the others are written.
    #[error("{0}")]
    Failed(String),
    /// The command printed its results, but a quality gate failed.
    #[error("{0}")]
    Gate(String),
    /// Some folders could not be written; the others are.
    #[error("{0}")]
    Unwritten(String),
    /// Parts of runs do not make one.
    #[error("{0}")]
    Unjoined(String),
    /// Results are missing or damaged.
    #[error("{0}")]
    Incomplete(String),
    /// So many runs were stopped, and can go on.
    #[error("{} can go on with --resume", if *.0 == 1 { "a run that was stopped".to_owned() } else { format!("{} runs that were stopped", .0) })]
    Stopped(usize),
    #[error("{}", super::interrupt::MESSAGE)]
    Interrupted,
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error(transparent)]
    Compare(#[from] super::compare::CompareError),
    #[error(transparent)]
    Plot(#[from] super::plot::PlotError),
    #[error(transparent)]
    Report(#[from] super::report::ReportError),
    #[error(transparent)]
    Sensitivity(#[from] super::sensitivity::SensitivityError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => exit_code::USAGE,
            Self::Invalid(_) => exit_code::INVALID,
            Self::Failed(_) => exit_code::FAILURE,
            Self::Gate(_) => exit_code::GATE,
            Self::Interrupted | Self::Stopped(_) => exit_code::INTERRUPTED,
            Self::Unreadable(_) | Self::Unjoined(_) | Self::Incomplete(_) => exit_code::UNREADABLE,
            Self::Compare(error) => error.exit_code(),
            Self::Plot(error) => error.exit_code(),
            Self::Report(error) => error.exit_code(),
            Self::Sensitivity(error) => error.exit_code(),
            Self::Write(_) | Self::Unwritten(_) | Self::Output(_) => exit_code::CANNOT_WRITE,
        }
    }

    /// Prints the error to standard error and returns the exit code. A closed pipe is no error.
    pub fn tell(&self) -> ExitCode {
        match self {
            Self::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            // Diagnostics bring their own headings.
            Self::Invalid(text) => super::terminal::say(text),
            _ => super::terminal::say(&format!("error: {self}")),
        }
        ExitCode::from(self.code())
    }
}
