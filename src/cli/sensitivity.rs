//! `roundabout sensitivity`: which uncertain numbers drive an outcome, or a difference between two scenarios.

mod design;
mod draws;
mod shown;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::Args;

use self::shown::Findings;
use super::inputs::ReadingOptions;
use super::{Error, exit_code, terminal};
use crate::comparison::{Format, UnknownName, split_headline};
use crate::experiment::{ClashingPriors, ExperimentError};
use crate::report::plot::picture_kind;
use crate::results::read::UnreadableResults;
use crate::results::{InputPaths, OutputFile, WriteError};
use crate::sensitivity::drivers::NoDrivers;

/// Arguments of `sensitivity`.
#[derive(Debug, Args)]
pub struct SensitivityArguments {
    /// Result folders of scenarios, or folders of such; with --sobol or --morris one scenario file
    #[arg(value_name = "DIR", required = true)]
    paths: Vec<PathBuf>,
    /// The headline metric to explain, such as `circumvented` or `circumvented_usd`
    #[arg(long, value_name = "NAME")]
    metric: String,
    /// Explain this scenario of the results [default: the only one]
    #[arg(long, value_name = "STEM", conflicts_with_all = ["sobol", "morris"])]
    scenario: Option<String>,
    /// Explain the difference from this scenario of the results; with --sobol or --morris, from this scenario file
    #[arg(long, value_name = "SCENARIO")]
    against: Option<String>,
    /// Look for boxes of numbers where the metric, or the difference, is at least this, in the unit of the files (PRIM)
    #[arg(long, value_name = "X", allow_negative_numbers = true, conflicts_with_all = ["sobol", "morris"])]
    above: Option<f64>,
    /// Look for boxes where it is at most this
    #[arg(long, value_name = "X", allow_negative_numbers = true, conflicts_with_all = ["above", "sobol", "morris"])]
    below: Option<f64>,
    /// Show the limits of this box of the list [default: the best balance of coverage and density]
    #[arg(long = "box", value_name = "N")]
    shown_box: Option<usize>,
    /// First and total Sobol indices from a design of N rows, each of which has a run for each number and four more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1 << 24), conflicts_with = "morris")]
    sobol: Option<u64>,
    /// Morris screening by N ways through all numbers, each of which has a run for each number and two more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1 << 24))]
    morris: Option<u64>,
    /// With --sobol: take numbers whose names begin like this one by one, and all others together; with --above or --below:
    /// bound these alone [default: all]
    #[arg(long = "input", value_name = "NAME")]
    inputs: Vec<String>,
    /// Write the design and the outcome of each of its runs to this CSV file
    #[arg(long, value_name = "FILE")]
    design: Option<PathBuf>,
    /// Seed of the design and its shocks, instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Rows of a table, and bars of the picture; CSV and JSON have all rows
    #[arg(long, value_name = "N", default_value_t = 20)]
    rows: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Draw a tornado chart to this SVG file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["above", "below"])]
    plot: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingOptions,
    /// Print only the table and errors
    #[arg(long)]
    quiet: bool,
}

/// Why nothing can be said about an outcome.
#[derive(Debug, thiserror::Error)]
pub enum SensitivityError {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    #[error(transparent)]
    Clash(#[from] ClashingPriors),
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error("nothing to say about `{metric}`: {reason}")]
    NoDrivers { metric: String, reason: NoDrivers },
    #[error("nothing to say about `{metric}`: {reason}")]
    Nothing { metric: String, reason: &'static str },
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
}

impl SensitivityError {
    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::UnknownName(_)
            | Self::Clash(_)
            | Self::Experiment(ExperimentError::NoMetric { .. }) => exit_code::USAGE,
            Self::Unreadable(_) | Self::NoDrivers { .. } | Self::Nothing { .. } => exit_code::UNREADABLE,
            Self::Experiment(_) => exit_code::FAILURE,
        }
    }
}

/// Prints what drives an outcome; draws it to `--plot`.
///
/// # Errors
/// When input is invalid, results cannot be read, a run fails, the outcome does not vary, or files cannot be written.
pub fn run(arguments: &SensitivityArguments) -> Result<(), Error> {
    check(arguments)?;
    match (arguments.sobol, arguments.morris) {
        (None, None) => draws::run(arguments),
        _ => design::run(arguments),
    }
}

/// Options that go together, as far as the parser does not check them.
fn check(arguments: &SensitivityArguments) -> Result<(), SensitivityError> {
    let usage = |text: &str| Err(SensitivityError::Usage(text.to_owned()));
    let has_threshold = arguments.above.is_some() || arguments.below.is_some();
    let thresholds = [arguments.above, arguments.below].into_iter().flatten();
    let has_design = arguments.sobol.is_some() || arguments.morris.is_some();
    if thresholds.into_iter().any(|threshold| !threshold.is_finite()) {
        usage("a threshold is a finite number")
    } else if arguments.shown_box.is_some() && !has_threshold {
        usage("--box needs --above or --below")
    } else if !arguments.inputs.is_empty() && !has_threshold && arguments.sobol.is_none() {
        usage("--input needs --sobol, --above or --below")
    } else if !has_design && arguments.design.is_some() {
        usage("--design needs --sobol or --morris: draws that exist stand in draws.csv")
    } else if !has_design && arguments.seed.is_some() {
        usage("--seed needs --sobol or --morris: draws that exist have their seed")
    } else if has_design && arguments.paths.len() > 1 {
        usage("--sobol and --morris take one scenario file; --against names a second")
    } else {
        Ok(())
    }
}

/// What is explained.
struct Target {
    /// The headline metric, with its unit.
    headline: String,
    scenario: String,
    against: Option<String>,
}

impl Target {
    /// The unit of the outcome as files spell it.
    fn unit(&self) -> &str {
        split_headline(&self.headline).map_or("", |(_, unit)| unit)
    }

    /// In words: `circumvented of history less primary`.
    fn words(&self) -> String {
        let metric = split_headline(&self.headline).map_or(self.headline.as_str(), |(metric, _)| metric);
        let metric = metric.replace('_', " ");
        match &self.against {
            Some(against) => format!("{metric} of {} less {against}", self.scenario),
            None => format!("{metric} of {}", self.scenario),
        }
    }
}

/// Whether the name of a number begins like one of those that are asked for.
fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.iter().any(|start| name.starts_with(start.as_str()))
}

/// Every start of a name that is asked for is that of some number.
fn check_wanted(wanted: &[String], names: &[String]) -> Result<(), SensitivityError> {
    let is_unknown = |start: &&String| !names.iter().any(|name| name.starts_with(start.as_str()));
    match wanted.iter().find(is_unknown) {
        None => Ok(()),
        Some(unknown) => Err(SensitivityError::Usage(format!(
            "--input {unknown}: no uncertain number begins like this"
        ))),
    }
}

/// The place of the picture, proven before anything is computed.
fn prove_picture(arguments: &SensitivityArguments, inputs: &InputPaths) -> Result<Option<OutputFile>, WriteError> {
    let prove = |path: &PathBuf| OutputFile::prove(path, picture_kind(), true, inputs);
    arguments.plot.as_ref().map(prove).transpose()
}

/// Prints findings, and draws them if a picture is asked for.
fn show(arguments: &SensitivityArguments, findings: &Findings, picture: Option<&OutputFile>) -> Result<(), Error> {
    if let (Some(file), Some(chart)) = (picture, &findings.chart) {
        file.write(chart.render().as_bytes())?;
    }
    let may_dim = arguments.format == Format::Table && terminal::output_colours();
    Ok(terminal::print(&findings.render(arguments.format, may_dim)?)?)
}
