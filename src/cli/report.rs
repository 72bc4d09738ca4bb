//! `roundabout report`: a page about a batch of results.

use std::path::PathBuf;

use clap::Args;

use super::{exit_code, terminal};
use crate::report::page::{page_kind, report_page};
use crate::results::read::{DescribedResults, UnreadableResults, list, meant, read_described};
use crate::results::{OutputFile, WriteError};

/// Arguments of `report`.
#[derive(Clone, Debug, Args)]
pub struct ReportArguments {
    /// Result folders of scenarios, or folders of such
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// The page, in HTML
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Compare with this scenario instead of the first
    #[arg(long, value_name = "STEM")]
    reference: Option<String>,
}

/// A page that cannot be made, or not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("--reference {name} is none of the results{}; there is {}", meant(crate::diagnostic::nearest(.name, .known.iter().map(String::as_str))), list(.known))]
    UnknownReference { name: String, known: Vec<String> },
    #[error(transparent)]
    Unreadable(#[from] UnreadableResults),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ReportError {
    /// The exit code of the program: 2 wrong usage, 5 results unreadable, 7 cannot write.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::UnknownReference { .. } => exit_code::USAGE,
            Self::Unreadable(_) => exit_code::UNREADABLE,
            Self::Write(_) => exit_code::CANNOT_WRITE,
        }
    }
}

/// Writes the page to `--out`, replacing an older one.
///
/// # Errors
/// See [`ReportError`]; nothing has been written then.
pub fn run(arguments: &ReportArguments) -> Result<(), ReportError> {
    let mut sets = read_described(&arguments.folders)?;
    // Proven before the tables are read, so that a place that is refused fails first.
    let file = OutputFile::prove(&arguments.out, page_kind(), true, &DescribedResults::inputs(&sets))?;
    if let Some(name) = &arguments.reference {
        reference_first(&mut sets, name)?;
    }
    let page = report_page(&sets)?;
    for note in &page.notes {
        terminal::say(&format!("note: {note}"));
    }
    Ok(file.write(page.html.as_bytes())?)
}

/// Puts the scenario of this name before the others.
fn reference_first(sets: &mut [DescribedResults], name: &str) -> Result<(), ReportError> {
    let place = sets
        .iter()
        .position(|set| set.label == name || set.manifest.scenario == name);
    let unknown = || ReportError::UnknownReference {
        name: name.to_owned(),
        known: sets.iter().map(|set| set.label.clone()).collect(),
    };
    let place = place.ok_or_else(unknown)?;
    sets[..=place].rotate_right(1);
    Ok(())
}
