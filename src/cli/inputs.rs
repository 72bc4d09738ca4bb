//! Scenarios named on the command line, read and checked; shared by the commands that take them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Error, terminal};
use crate::diagnostic::{Report, Severity};
use crate::input::world;
use crate::input::{IdleLines, ReadingRules, UnreadableScenarios, read_scenarios};
use crate::model::World;
use crate::results::InputPaths;
use crate::scenario::Scenario;

/// How scenario files are read.
#[derive(Clone, Copy, Debug, Args)]
pub struct ReadingOptions {
    /// Treat lines that can do nothing as warnings rather than faults
    #[arg(long)]
    pub allow_idle: bool,
    /// Ignore the tables that `posterior` names: every number keeps its prior
    #[arg(long)]
    pub prior: bool,
}

/// Scenario files and how they are read.
#[derive(Debug, Args)]
pub struct Inputs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingOptions,
}

impl Inputs {
    /// Reads all scenarios; warnings and notes are said on standard error.
    ///
    /// # Errors
    /// With the text of all diagnostics if anything is at fault.
    pub fn read(&self) -> Result<ScenariosRead, Error> {
        read(&self.scenarios, self.reading)
    }
}

/// Valid scenarios, and all that was read for them: their files, those they extend, worlds and posterior tables.
#[derive(Debug)]
pub struct ScenariosRead {
    pub scenarios: Vec<Scenario>,
    pub paths: InputPaths,
}

/// Reads scenario files.
///
/// # Errors
/// As [`Inputs::read`].
pub fn read(paths: &[PathBuf], options: ReadingOptions) -> Result<ScenariosRead, Error> {
    let rules = ReadingRules {
        idle: if options.allow_idle {
            IdleLines::Warn
        } else {
            IdleLines::Fault
        },
        ignores_posterior: options.prior,
    };
    let mut report = Report::default();
    let scenarios = read_scenarios(paths, rules, &mut report);
    let text = report.render(terminal::colours());
    match scenarios {
        Ok(scenarios) => {
            if !text.is_empty() {
                terminal::say(&text);
            }
            let paths = InputPaths::new(report.paths());
            Ok(ScenariosRead { scenarios, paths })
        }
        Err(UnreadableScenarios::Faults) => Err(Error::Invalid(format!("{text}{}\n", count(&report)))),
        Err(usage) => Err(Error::Usage(usage.to_string())),
    }
}

fn count(report: &Report) -> String {
    let faults = report.count(Severity::Fault);
    format!(
        "{faults} {}; nothing was run or written",
        if faults == 1 { "fault" } else { "faults" }
    )
}

/// Reads a world alone: the world, and the files that were read, which no output may replace. Warnings are told.
///
/// # Errors
/// When the world is invalid.
pub fn read_world(folder: &Path) -> Result<(World, InputPaths), Error> {
    let mut report = Report::default();
    let world = world::read(folder, None, &mut report);
    let text = report.render(terminal::colours());
    let Some(world) = world else {
        return Err(Error::Invalid(text));
    };
    if !text.is_empty() {
        terminal::say(&text);
    }
    Ok((world, InputPaths::new(report.paths())))
}
