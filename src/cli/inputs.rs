//! Scenarios named on the command line, read and checked; shared by the commands that take them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Error, terminal};
use crate::diagnostic::{Report, Severity};
use crate::input::world;
use crate::input::{IdleLines, ReadingRules, UnreadableScenarios, Variation, read_families, read_scenarios};
use crate::model::World;
use crate::results::{InputPaths, RecordedOptions};
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
    #[command(flatten)]
    pub variation: VariationOptions,
}

/// What makes variants of scenarios.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Variants of the scenarios")]
pub struct VariationOptions {
    /// Give a number this value in every scenario; names are those of `roundabout schema SCENARIO`; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub set: Vec<(String, String)>,
    /// Add a scenario for each value of a number; of several numbers, one for each combination of values
    #[arg(long = "grid", value_name = "NAME=A,B,...", value_parser = parse_setting)]
    pub grid: Vec<(String, String)>,
    /// Leave a measure, programme, trend or shock out of every scenario, and what depends on it; may be repeated
    #[arg(long = "without", value_name = "ID")]
    pub without: Vec<String>,
    /// Add a scenario without each measure and each programme in turn, and one without all of them
    #[arg(long)]
    pub leave_one_out: bool,
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write the name of a number, `=` and its value, like ban.eu-ban.exempt_share=0.1")?;
    let (name, value) = (name.trim(), value.trim());
    // The value becomes a line of TOML.
    if name.is_empty() || value.is_empty() || value.contains(char::is_control) {
        return Err("a name and a value must stand beside `=`, on one line".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

impl Inputs {
    /// How the files are read and varied, for the record of a run.
    pub fn varied(&self) -> RecordedOptions {
        let VariationOptions {
            set,
            grid,
            without,
            leave_one_out,
        } = self.variation.clone();
        RecordedOptions {
            allow_idle: self.reading.allow_idle,
            prior: self.reading.prior,
            set,
            grid,
            without,
            leave_one_out,
        }
    }

    /// Files read and varied as a run recorded it.
    pub fn of_record(scenarios: Vec<PathBuf>, varied: &RecordedOptions) -> Self {
        let RecordedOptions {
            allow_idle,
            prior,
            set,
            grid,
            without,
            leave_one_out,
        } = varied.clone();
        Self {
            scenarios,
            reading: ReadingOptions { allow_idle, prior },
            variation: VariationOptions {
                set,
                grid,
                without,
                leave_one_out,
            },
        }
    }

    /// Reads all scenarios and their variants; warnings and notes are said on standard error.
    ///
    /// # Errors
    /// With the text of all diagnostics if anything is at fault.
    pub fn read(&self) -> Result<ScenariosRead, Error> {
        let VariationOptions {
            set,
            grid,
            without,
            leave_one_out,
        } = self.variation.clone();
        if leave_one_out && self.scenarios.len() > 1 {
            let fault = "--leave-one-out takes one scenario: the others would be compared with another one's measures";
            return Err(Error::Usage(fault.to_owned()));
        }
        let variation = Variation {
            set,
            grid,
            without,
            leaves_one_out: leave_one_out,
        };
        read_by(self.reading, |rules, report| {
            read_families(&self.scenarios, rules, &variation, report)
        })
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
    read_by(options, |rules, report| read_scenarios(paths, rules, report))
}

fn read_by(
    options: ReadingOptions,
    read: impl FnOnce(ReadingRules, &mut Report) -> Result<Vec<Scenario>, UnreadableScenarios>,
) -> Result<ScenariosRead, Error> {
    let rules = ReadingRules {
        idle: if options.allow_idle {
            IdleLines::Warn
        } else {
            IdleLines::Fault
        },
        ignores_posterior: options.prior,
    };
    let mut report = Report::default();
    let scenarios = read(rules, &mut report);
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
