//! `roundabout status`: says of folders of results what is missing, damaged or not finished.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Error, terminal};
use crate::results::{Manifest, RUN_FILE, RunRecord, Unfinished, file_digest};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Folders of results; of the parts of a run, all of them
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
}

/// What was found in all folders.
#[derive(Default)]
struct Findings {
    text: String,
    damaged: usize,
    unfinished: usize,
    /// Ranges of draws of parts that are whole.
    held: Vec<[u64; 2]>,
    /// Draws of the run that the parts are of; none if there are no parts.
    draws: Option<u64>,
}

/// Prints the state of every folder.
///
/// # Errors
/// When something is missing or damaged, or a run was stopped; the table is printed before.
pub fn run(arguments: &StatusArguments) -> Result<(), Error> {
    let mut findings = Findings::default();
    for folder in &arguments.folders {
        findings.add(folder);
    }
    findings.add_missing_draws();
    terminal::print(&findings.text)?;
    if findings.damaged > 0 {
        return Err(Error::Incomplete(format!(
            "{} of the results are missing or damaged",
            findings.damaged
        )));
    }
    if findings.unfinished > 0 {
        return Err(Error::Stopped(findings.unfinished));
    }
    Ok(())
}

impl Findings {
    fn say(&mut self, path: &Path, what: &str) {
        self.text += &format!("{}: {what}\n", path.display());
    }

    fn damage(&mut self, path: &Path, what: &str) {
        self.damaged += 1;
        self.say(path, what);
    }

    fn add(&mut self, folder: &Path) {
        let stopped = Unfinished::stopped_in(folder);
        if stopped.is_some() {
            self.unfinished += 1;
            self.say(
                folder,
                "a run is under way or was stopped; the same command with --resume goes on",
            );
        }
        let record = match (RunRecord::read(&folder.join(RUN_FILE)), stopped) {
            (Ok(record), _) | (Err(_), Some(record)) => record,
            (Err(fault), None) => return self.damage(folder, &fault.reason),
        };
        let before = self.damaged;
        let is_finished = !record.tables.is_empty();
        for scenario in &record.scenarios {
            let place = folder.join(&scenario.name);
            match Manifest::read(&place) {
                Ok(manifest) => self.add_scenario(&place, &manifest, &scenario.digest),
                Err(_) if !is_finished && !place.exists() => self.say(&place, "not written yet"),
                Err(fault) => self.damage(&place, &fault.reason),
            }
        }
        for (table, digest) in &record.tables {
            self.add_file(&folder.join(table), digest);
        }
        let draws = record.scenarios.iter().map(|scenario| scenario.draws).max();
        if let Some(range) = record.draw_range {
            self.draws = self.draws.max(draws);
            if is_finished && self.damaged == before {
                self.held.push(range);
            }
        }
        if is_finished && self.damaged == before {
            let part = record
                .draw_range
                .map_or(String::new(), |[start, end]| format!(", draws {start}..{end}"));
            self.say(folder, &format!("whole: {} scenarios{part}", record.scenarios.len()));
        }
    }

    fn add_scenario(&mut self, place: &Path, manifest: &Manifest, digest: &str) {
        if manifest.scenario_digest != digest {
            return self.damage(place, "these are results of another scenario than the run's");
        }
        for (file, digest) in &manifest.files {
            self.add_file(&place.join(file), digest);
        }
    }

    fn add_file(&mut self, path: &Path, digest: &str) {
        match file_digest(path) {
            Ok(found) if found == digest => {}
            Ok(_) => self.damage(path, "changed since it was written"),
            Err(fault) => self.damage(path, &fault.to_string()),
        }
    }

    /// Says which draws no part holds.
    fn add_missing_draws(&mut self) {
        let Some(draws) = self.draws else { return };
        self.held.sort_unstable();
        let mut end = 0;
        let mut gaps = Vec::new();
        for [start, after] in self.held.iter().copied().chain([[draws, draws]]) {
            if start > end {
                gaps.push([end, start]);
            }
            end = end.max(after);
        }
        for [start, end] in gaps {
            self.damaged += 1;
            self.text +=
                &format!("draws {start}..{end} are in no whole part: run them with --draw-range {start}..{end}\n");
        }
    }
}
