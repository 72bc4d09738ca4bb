//! `roundabout compare`: compares result folders with a reference.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::exit_code;
use super::terminal;
use crate::comparison::render::MOST_COLUMNS;
use crate::comparison::{
    Format, KeptDifferences, LayoutOptions, Margin, Selection, SortOrder, UnknownName, common_period, file_kind,
    lay_out, reference_first, render,
};
use crate::results::read::{ResultSet, UnreadableResults, paths_read, read_batch};
use crate::results::{EFFECTIVENESS, OutputFile, WriteError};

/// Arguments of `compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareArguments {
    /// Result folders of scenarios, or folders of such; the first result is the reference
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Compare this metric, such as `circumvented` or `circumvented_t` [default: eight that matter most]
    #[arg(long = "metric", value_name = "NAME")]
    metrics: Vec<String>,
    /// Compare all headline metrics
    #[arg(long, conflicts_with = "metrics")]
    all: bool,
    /// Compare this year or month [default: all months]
    #[arg(long = "period", value_name = "PERIOD")]
    periods: Vec<String>,
    /// Compare this good [default: all goods]
    #[arg(long = "commodity", value_name = "ID")]
    commodities: Vec<String>,
    /// Compare trade through this intermediary [default: with any intermediary or none]
    #[arg(long = "via", value_name = "JURISDICTION")]
    vias: Vec<String>,
    /// Compare what this jurisdiction or capacity gains and loses, such as `LT` [default: no party's]
    #[arg(long = "party", value_name = "ID")]
    parties: Vec<String>,
    /// How to write the comparison
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The order of the scenarios
    #[arg(long, value_enum, default_value_t)]
    sort: SortOrder,
    /// Call scenarios equivalent whose means differ by less: an amount in the unit of the metric, or a share of the
    /// reference's mean like `1%` [default: every difference matters]
    #[arg(long, value_name = "AMOUNT", value_parser = parse_margin)]
    margin: Option<Margin>,
    /// Columns of a table, 60 or more [default: those of the terminal, else 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..))]
    width: Option<u16>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with this scenario instead of the first
    #[arg(long, value_name = "STEM")]
    reference: Option<String>,
}

pub(super) fn parse_margin(text: &str) -> Result<Margin, String> {
    const MULTIPLES: [(&str, f64); 5] = [("bn", 1e9), ("million", 1e6), ("mn", 1e6), ("thousand", 1e3), ("", 1.0)];
    let above_zero = |text: &str| {
        let number = text.trim().parse::<f64>().ok();
        number.filter(|number| *number > 0.0 && number.is_finite())
    };
    let margin = if let Some(percent) = text.strip_suffix('%') {
        above_zero(percent).map(|percent| Margin::OfReference(percent / 100.0))
    } else {
        let split = |(word, multiple): &(&str, f64)| Some((text.strip_suffix(word)?, *multiple));
        let (number, multiple) = MULTIPLES.iter().find_map(split).unwrap_or((text, 1.0));
        above_zero(number).map(|number| Margin::Amount(number * multiple))
    };
    margin.ok_or_else(|| "a margin is a number above zero, like 5e7, 50 million or 5bn, or a share like 1%".to_owned())
}

/// Results that cannot be compared, or not written.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    #[error("there is one result only, {label}: name another folder to compare it with")]
    Alone { label: String },
    #[error("none of the results has a metric with this name, period, commodity and intermediary together")]
    NothingSelected,
    #[error(
        "effectiveness is a row of comparison.csv, and none of a batch with this reference lies beside these results"
    )]
    NoEffectiveness,
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl CompareError {
    /// The exit code of the program: 2 wrong usage, 5 results unreadable or not comparable, 7 cannot write.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::UnknownName(_) | Self::Alone { .. } | Self::NothingSelected | Self::NoEffectiveness => {
                exit_code::USAGE
            }
            Self::Unreadable(_) => exit_code::UNREADABLE,
            Self::Write(_) | Self::Output(_) => exit_code::CANNOT_WRITE,
        }
    }
}

/// Compares, and writes to `--out` or else to `out`. A closed pipe is no error.
///
/// # Errors
/// See [`CompareError`]; nothing has been written then.
pub fn run(arguments: &CompareArguments, out: &mut dyn Write) -> Result<(), CompareError> {
    let sets = read_batch(&arguments.folders)?;
    let width = arguments
        .width
        .map_or_else(|| terminal::width(arguments.out.is_none()), usize::from);
    let file = match &arguments.out {
        // Proven before the comparison, so that a place that is refused fails first.
        Some(path) => Some(OutputFile::prove(path, file_kind(), true, &paths_read(&sets))?),
        None => None,
    };
    let text = compare(arguments, sets, width)?;
    if let Some(file) = file {
        return Ok(file.write(text.as_bytes())?);
    }
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause.into()),
        _ => Ok(()),
    }
}

fn compare(arguments: &CompareArguments, mut sets: Vec<ResultSet>, width: usize) -> Result<String, CompareError> {
    if let [only] = sets.as_slice() {
        let label = only.label.clone();
        return Err(CompareError::Alone { label });
    }
    if let Some(name) = &arguments.reference {
        reference_first(&mut sets, name)?;
    }
    let selection = Selection {
        metrics: arguments.metrics.clone(),
        all_headlines: arguments.all,
        periods: arguments.periods.clone(),
        commodities: arguments.commodities.clone(),
        vias: arguments.vias.clone(),
        parties: arguments.parties.clone(),
    };
    let total = common_period(&sets);
    selection.add_months(&mut sets)?;
    let kept = KeptDifferences::read(&sets, selection.names_months(), |key| selection.wants(key, total))?;
    let keys = match selection.keys(&sets, &kept) {
        Err(unknown) if unknown.name == EFFECTIVENESS => return Err(CompareError::NoEffectiveness),
        keys => keys?,
    };
    if keys.is_empty() {
        return Err(CompareError::NothingSelected);
    }
    let options = LayoutOptions {
        sort: arguments.sort,
        margin: arguments.margin,
        is_one_table: selection.is_overview() && keys.len() <= MOST_COLUMNS,
    };
    Ok(render(&lay_out(&sets, &kept, &keys, options), arguments.format, width))
}

#[cfg(test)]
mod tests;
