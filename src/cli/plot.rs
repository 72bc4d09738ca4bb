//! `roundabout plot`: pictures of results. A quantity over the months, its differences from the reference, small panels, ranked
//! dots, and what a number that is varied does.

mod draw;
mod sweep;

use std::path::{Path, PathBuf};

use clap::Args;

use super::{exit_code, terminal};
use crate::report::DrawnPicture;
use crate::report::picture::{PictureError, PictureFormat};
use crate::results::read::{Condition, DrawnTable, ResultSet, SeriesError, UnreadableResults, paths_read, read_batch};
use crate::results::{InputPaths, OutputFile, WriteError};

/// Arguments of `plot`.
#[derive(Clone, Debug, Args)]
pub struct PlotArguments {
    /// Result folders of scenarios, or folders of such
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// What to draw
    #[arg(long, value_enum, default_value_t)]
    kind: PlotKind,
    /// The table to draw from
    #[arg(long, value_enum, default_value_t)]
    table: DrawnTable,
    /// Keep rows with this value in this column; repeat until one series or row is left
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = condition)]
    conditions: Vec<Condition>,
    /// Draw each value of this column of one scenario, such as `via`
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Draw paired differences from the reference rather than levels (dots and sweep)
    #[arg(long)]
    difference: bool,
    /// Show when measures begin (fan, difference and multiples)
    #[arg(long)]
    measures: bool,
    /// The picture; its ending says how it is written: .svg, .png or .pdf
    #[arg(long, value_name = "FILE", value_parser = picture_path)]
    out: PathBuf,
    /// Heading of the picture [default: the quantity that is drawn]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// Kinds of pictures.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
enum PlotKind {
    /// A quantity over the months, one line for each scenario, with bands
    #[default]
    Fan,
    /// Its paired differences from the reference over the months
    Difference,
    /// A small panel for each scenario, on common axes
    Multiples,
    /// One number for each scenario, ranked, with intervals
    Dots,
    /// A headline metric over the variants of a scenario, from sweep.csv
    Sweep,
}

impl PlotKind {
    fn name(self) -> &'static str {
        match self {
            Self::Fan => "fan",
            Self::Difference => "difference",
            Self::Multiples => "multiples",
            Self::Dots => "dots",
            Self::Sweep => "sweep",
        }
    }
}

fn condition(text: &str) -> Result<Condition, String> {
    let (column, value) = text
        .split_once('=')
        .ok_or("write a column, `=` and a value, like `commodity=all`; `via=` takes rows without an intermediary")?;
    Ok(Condition {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

/// A file whose ending is that of a picture.
fn picture_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    PictureFormat::of(&path).map(|_| path)
}

/// A chart that cannot be drawn, or not written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error(transparent)]
    Series(#[from] SeriesError),
    #[error("{0}")]
    Usage(String),
    #[error("no differences of {label} from {reference} lie beside these results: run both in one batch")]
    NoDifferences { label: String, reference: String },
    #[error(
        "{} holds no sweep.csv: a run with --grid or --leave-one-out writes one",
        folder.display()
    )]
    NoSweep { folder: PathBuf },
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl PlotError {
    /// The exit code of the program: 1 unexpected, 2 wrong usage, 5 results unreadable, 7 cannot write.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Series(SeriesError::Unreadable(_))
            | Self::Unreadable(_)
            | Self::NoDifferences { .. }
            | Self::NoSweep { .. } => exit_code::UNREADABLE,
            Self::Series(_) | Self::Usage(_) => exit_code::USAGE,
            Self::Picture(_) => exit_code::FAILURE,
            Self::Write(_) => exit_code::CANNOT_WRITE,
        }
    }
}

/// Draws to `--out`, replacing an older picture.
///
/// # Errors
/// See [`PlotError`]; nothing has been written then.
pub fn run(arguments: &PlotArguments) -> Result<(), PlotError> {
    arguments.check()?;
    let format = PictureFormat::of(&arguments.out).map_err(PlotError::Usage)?;
    let prove = |inputs: &InputPaths| OutputFile::prove(&arguments.out, format.kind(), true, inputs);
    let (file, picture) = if arguments.kind == PlotKind::Sweep {
        let (path, rows) = sweep::read(&arguments.folders)?;
        let file = prove(&InputPaths::new([&path]))?;
        (file, sweep::draw(arguments, rows)?)
    } else {
        let sets = read_batch(&arguments.folders)?;
        let file = prove(&paths_read(&sets))?;
        (file, arguments.draw(sets)?)
    };
    Ok(file.write(&format.write(&picture)?)?)
}

impl PlotArguments {
    /// What makes no sense together is told before anything is read.
    fn check(&self) -> Result<(), PlotError> {
        let usage = |text: String| Err(PlotError::Usage(text));
        let kind = self.kind.name();
        let is_of_metrics = self.kind == PlotKind::Sweep || self.shows_differences();
        if is_of_metrics && self.table != DrawnTable::Metrics {
            return usage("differences and sweeps are kept for metrics alone: leave --table out".to_owned());
        }
        if self.difference && !matches!(self.kind, PlotKind::Dots | PlotKind::Sweep | PlotKind::Difference) {
            return usage(format!(
                "--difference goes with dots and sweep, not with {kind}: use --kind difference"
            ));
        }
        if self.measures && matches!(self.kind, PlotKind::Dots | PlotKind::Sweep) {
            return usage(format!("--measures needs months, which {kind} does not show"));
        }
        if self.by.is_some() && self.kind == PlotKind::Sweep {
            return usage("--by does not go with sweep, which shows variants".to_owned());
        }
        Ok(())
    }

    fn shows_differences(&self) -> bool {
        self.difference || self.kind == PlotKind::Difference
    }

    fn draw(&self, sets: Vec<ResultSet>) -> Result<DrawnPicture, PlotError> {
        match self.kind {
            PlotKind::Multiples => draw::multiples(self, &sets),
            PlotKind::Dots => draw::dots(self, sets),
            _ => {
                let chart = draw::fan(self, sets)?;
                if chart.leaves_bands_out() {
                    terminal::say(&format!(
                        "note: {} lines are too many for bands; --kind multiples and --kind dots have room for them",
                        chart.series.len()
                    ));
                }
                Ok(chart.draw())
            }
        }
    }
}

/// The folder of the batch that a result belongs to.
fn batch_of(folder: &Path) -> Option<PathBuf> {
    Some(folder.canonicalize().ok()?.parent()?.to_owned())
}

#[cfg(test)]
mod tests;
