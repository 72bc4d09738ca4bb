//! `roundabout merge`: joins the parts of a run into the results that one run would have written, byte for byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::inputs::{Inputs, ScenariosRead};
use super::run::{JoinedPart, OutputPlan, RunJob, end, sized, tell_whole};
use super::{Error, terminal};
use crate::results::read::UnreadableResults;
use crate::results::state::STATE_FILE;
use crate::results::{InputPaths, RUN_FILE, RecordedScenario, RunRecord};
use crate::scenario::Scenario;

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// Results of runs with --draw-range that together hold every draw, in any order
    #[arg(required = true, value_name = "DIR")]
    parts: Vec<PathBuf>,
    /// Folder for the joined results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace results that exist
    #[arg(long)]
    overwrite: bool,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print only errors, and messages about the scenarios
    #[arg(long)]
    quiet: bool,
}

/// A part of a run.
struct Part {
    folder: PathBuf,
    record: RunRecord,
    /// First draw, and the first after them.
    draws: [u64; 2],
}

/// Joins parts and writes the results.
///
/// # Errors
/// When the parts are of different runs, or do not hold each draw once, or the scenarios have changed since; when results
/// cannot be read or written.
pub fn run(arguments: &MergeArguments) -> Result<(), Error> {
    let mut parts = Vec::new();
    for folder in &arguments.parts {
        parts.push(read_part(folder)?);
    }
    parts.sort_by_key(|part| part.draws);
    check(&parts)?;
    let record = parts[0].record.clone();
    let (scenarios, mut inputs) = read_again(&parts[0].folder, &record)?;
    let reference = scenarios.iter().position(|scenario| scenario.name == record.reference);
    inputs.extend(parts.iter().map(|part| &part.folder));
    let joined = parts.iter().map(|part| JoinedPart {
        folder: part.folder.clone(),
        failures: part.record.failures.clone(),
    });
    let joined: Vec<JoinedPart> = joined.collect();
    let job = RunJob {
        scenarios: &scenarios,
        reference: reference.unwrap_or(0),
        draws: None,
        parts: &joined,
        tables: &record.tables_written,
        files: &record.paths(&parts[0].folder),
        varied: record.varied.clone(),
        inputs: &inputs,
    };
    let done = job.run(&OutputPlan {
        out: arguments.out.clone(),
        overwrite: arguments.overwrite,
        // What a stopped merge has joined is its own.
        resumes: !arguments.overwrite,
        keep_after: Duration::MAX,
        threads: arguments.threads,
        quiet: arguments.quiet,
    })?;
    let Some(done) = done else {
        return tell_whole(&arguments.out);
    };
    if !arguments.quiet {
        let draws = record
            .scenarios
            .iter()
            .map(|scenario| scenario.draws)
            .max()
            .unwrap_or(0);
        terminal::say(&format!(
            "{}: {} parts joined, {} scenarios of {draws} draws",
            arguments.out.display(),
            parts.len(),
            scenarios.len()
        ));
    }
    let failures = scenarios.iter().zip(done.outcomes.values());
    let failures = failures.filter_map(|(scenario, outcome)| {
        let failure = outcome.as_ref().err()?;
        Some(format!("scenario `{}` failed: {failure}", scenario.name))
    });
    end(failures.collect(), &done)
}

fn read_part(folder: &Path) -> Result<Part, Error> {
    let path = folder.join(RUN_FILE);
    let record = RunRecord::read(&path)?;
    let unreadable = |reason: String| UnreadableResults::new(&path, None, reason);
    let Some(draws) = record.draw_range else {
        return Err(unreadable("this is a whole run; --draw-range makes parts".to_owned()).into());
    };
    if record.version != env!("CARGO_PKG_VERSION") {
        let reason = format!(
            "version {} of the program made this part, and this is {}",
            record.version,
            env!("CARGO_PKG_VERSION")
        );
        return Err(unreadable(reason).into());
    }
    let lacks = |scenario: &&RecordedScenario| {
        let has_failed = record.failures.contains_key(&scenario.name);
        !has_failed && !folder.join(&scenario.name).join(STATE_FILE).is_file()
    };
    let missing: Vec<&str> = record
        .scenarios
        .iter()
        .filter(lacks)
        .map(|scenario| scenario.name.as_str())
        .collect();
    if !missing.is_empty() {
        let reason = format!("this part lacks the state of {}; run it again", missing.join(", "));
        return Err(unreadable(reason).into());
    }
    Ok(Part {
        folder: folder.to_owned(),
        record,
        draws,
    })
}

/// Checks that parts, in the order of their draws, are of one run and hold each draw once.
fn check(parts: &[Part]) -> Result<(), Error> {
    let first = &parts[0];
    let draws = first
        .record
        .scenarios
        .iter()
        .map(|scenario| scenario.draws)
        .max()
        .unwrap_or(0);
    let mut faults = Vec::new();
    for part in &parts[1..] {
        if !part.record.is_same_run(&first.record) {
            faults.push(format!(
                "{} and {} are parts of different runs: {}",
                first.folder.display(),
                part.folder.display(),
                first.record.difference(&part.record)
            ));
        }
    }
    let mut end = 0;
    for part in parts {
        let [start, after] = part.draws;
        if start < end {
            let again = end.min(after);
            faults.push(format!(
                "draws {start}..{again} of {} are in another part too",
                part.folder.display()
            ));
        }
        if start > end {
            faults.push(missing(end, start));
        }
        end = end.max(after);
    }
    if end < draws {
        faults.push(missing(end, draws));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Unjoined(faults.join("\nerror: ")))
    }
}

fn missing(start: u64, end: u64) -> String {
    format!("draws {start}..{end} are missing: run them with --draw-range {start}..{end}")
}

/// Reads the scenarios of a record again, from the folder that it lies in.
///
/// # Errors
/// When they are invalid, or not those that were recorded.
pub fn read_again(folder: &Path, record: &RunRecord) -> Result<(Vec<Arc<Scenario>>, InputPaths), Error> {
    let inputs = Inputs::of_record(record.paths(folder), &record.varied);
    let ScenariosRead { scenarios, paths } = inputs.read()?;
    // The options of the recorded run apply to all its scenarios.
    let size = |scenario: &Scenario| record.scenarios.iter().find(|known| known.name == scenario.name);
    let scenarios: Vec<Arc<Scenario>> = scenarios
        .into_iter()
        .map(|scenario| match size(&scenario) {
            Some(known) => sized(scenario, Some(known.draws), Some(known.seed)),
            None => Arc::new(scenario),
        })
        .collect();
    let found: Vec<RecordedScenario> = scenarios
        .iter()
        .map(|scenario| RecordedScenario::new(scenario))
        .collect();
    if found == record.scenarios {
        return Ok((scenarios, paths));
    }
    let changed = record.scenarios.iter().filter(|known| !found.contains(known));
    let changed: Vec<&str> = changed.map(|known| known.name.as_str()).collect();
    let reason = format!(
        "{} changed since the run: the file, one it extends, its world or its posterior",
        if changed.is_empty() {
            "the list of scenarios".to_owned()
        } else {
            changed.join(", ")
        }
    );
    Err(UnreadableResults::new(&folder.join(RUN_FILE), None, reason).into())
}
