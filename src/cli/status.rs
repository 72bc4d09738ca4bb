//! `roundabout status`: says of folders of results what is missing, damaged or not finished.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Error, terminal};
use crate::results::{RUN_FILE, RunRecord, Unfinished};

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
    /// The run that the parts are of; none if there are no parts.
    first_part: Option<RunRecord>,
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
        match Unfinished::is_under_way(folder) {
            Some(true) => {
                self.unfinished += 1;
                self.say(folder, "a run is under way");
            }
            Some(false) if stopped.is_some() => {
                self.unfinished += 1;
                self.say(folder, "a run was stopped; the same command with --resume goes on");
            }
            Some(false) => self.say(
                folder,
                "holds traces of a run that was stopped; the next run removes them",
            ),
            None => {}
        }
        let record = match (RunRecord::read(&folder.join(RUN_FILE)), stopped) {
            (Ok(record), _) | (Err(_), Some(record)) => record,
            (Err(fault), None) => return self.damage(&folder.join(RUN_FILE), &fault.reason),
        };
        let before = self.damaged;
        let is_finished = !record.tables.is_empty();
        for scenario in &record.scenarios {
            let place = folder.join(&scenario.name);
            if let Some(failure) = record.failures.get(&scenario.name) {
                self.say(&place, &format!("no results, for it failed: {failure}"));
            } else if !is_finished && !place.exists() {
                self.say(&place, "not written yet");
            } else {
                let faults = record.check_results(folder, scenario).err().unwrap_or_default();
                faults.iter().for_each(|fault| self.damage(&fault.path, &fault.reason));
            }
        }
        let faults = record.table_faults(folder);
        faults.iter().for_each(|fault| self.damage(&fault.path, &fault.reason));
        let is_whole = is_finished && self.damaged == before;
        if is_whole {
            let part = record
                .draw_range
                .map_or(String::new(), |[start, end]| format!(", draws {start}..{end}"));
            self.say(folder, &format!("whole: {} scenarios{part}", record.scenarios.len()));
        }
        if record.draw_range.is_some() {
            self.add_part(folder, record, is_whole);
        }
    }

    /// Takes note of a part of a run, which is compared with the first.
    fn add_part(&mut self, folder: &Path, record: RunRecord, is_whole: bool) {
        if let Some(first) = &self.first_part
            && !record.is_same_run(first)
        {
            let difference = first.difference(&record);
            return self.damage(
                folder,
                &format!("a part of another run than the first part: {difference}"),
            );
        }
        if let (Some(range), true) = (record.draw_range, is_whole) {
            self.held.push(range);
        }
        self.first_part.get_or_insert(record);
    }

    /// Says which draws no part holds.
    fn add_missing_draws(&mut self) {
        let Some(first) = &self.first_part else { return };
        let draws = first.scenarios.iter().map(|scenario| scenario.draws).max().unwrap_or(0);
        self.held.sort_unstable();
        let mut end = 0;
        let (mut gaps, mut twice) = (Vec::new(), Vec::new());
        for [start, after] in self.held.iter().copied().chain([[draws, draws]]) {
            if start > end {
                gaps.push([end, start]);
            }
            if start < end && start < draws {
                twice.push([start, end.min(after)]);
            }
            end = end.max(after);
        }
        for [start, end] in twice {
            self.damaged += 1;
            self.text += &format!("draws {start}..{end} are in several parts\n");
        }
        for [start, end] in gaps {
            self.damaged += 1;
            self.text +=
                &format!("draws {start}..{end} are in no whole part: run them with --draw-range {start}..{end}\n");
        }
    }
}
