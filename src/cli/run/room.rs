//! Room for results: what grows with the number of draws is estimated before a run, and refused where it does not fit.

use std::path::Path;

use indicatif::{DecimalBytes, HumanCount};

use crate::cli::terminal;
use crate::results::WriteError;
use crate::scenario::Scenario;

/// Numbers kept of every draw beside the uncertain numbers: about as many as there are headline metrics.
const HEADLINES: u64 = 30;

/// Bytes of a number of a draw in binary: twice, while the run lasts.
const BINARY: u64 = 2 * 8;

/// Bytes of a number of a draw as text.
const TEXT: u64 = 18;

/// The rows that a spreadsheet opens, without the header.
const SPREADSHEET: u64 = (1 << 20) - 1;

/// Checks that what is kept of every draw fits, and says where a table outgrows spreadsheets.
///
/// # Errors
/// When it does not fit.
pub fn check<'s>(
    out: &Path,
    scenarios: impl Iterator<Item = &'s Scenario>,
    draws: impl Fn(&Scenario) -> u64,
    quiet: bool,
) -> Result<(), WriteError> {
    let (mut needed, mut longest, mut inputs) = (0_u64, 0, 0);
    for scenario in scenarios {
        let parameters = scenario.parameters.len() as u64;
        let of_draw = HEADLINES * (BINARY + TEXT) + parameters * BINARY;
        needed = needed.saturating_add(draws(scenario).saturating_mul(of_draw));
        longest = longest.max(draws(scenario));
        // Scenarios share most of their uncertain numbers, and only the reference writes these.
        inputs = inputs.max(draws(scenario).saturating_mul(parameters * TEXT));
    }
    needed = needed.saturating_add(inputs);
    match free_bytes(out) {
        Some(free) if needed > free => {
            return Err(WriteError::NoRoom {
                path: out.to_owned(),
                needed: DecimalBytes(needed).to_string(),
                free: DecimalBytes(free).to_string(),
            });
        }
        _ => {}
    }
    if longest > SPREADSHEET && !quiet {
        terminal::say(&format!(
            "note: draws.csv will have {} rows; a spreadsheet opens {}",
            HumanCount(longest),
            HumanCount(SPREADSHEET)
        ));
    }
    Ok(())
}

/// Lets the program hold as many files open as the system allows it: a batch holds two for each scenario.
#[cfg(unix)]
pub fn open_many_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // A batch that is small enough needs no more.
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(not(unix))]
pub fn open_many_files() {}

/// Bytes that can be written in a folder, or in the nearest above it that exists; none where the system does not say.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let absolute = std::path::absolute(folder).ok()?;
    let existing = absolute.ancestors().find(|above| above.is_dir())?;
    let found = rustix::fs::statvfs(existing).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> Option<u64> {
    None
}
