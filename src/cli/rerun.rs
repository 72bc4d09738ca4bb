//! `roundabout rerun`: repeats a run, and says whether its files come out the same to the byte.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::merge::read_again;
use super::run::{OutputPlan, RunJob};
use super::{Error, terminal};
use crate::results::read::UnreadableResults;
use crate::results::{MANIFEST_FILE, Manifest, RUN_FILE, RunRecord, file_digest};
use crate::scenario::Scenario;

/// Arguments of `rerun`.
#[derive(Debug, Args)]
pub struct RerunArguments {
    /// The manifest.json or folder of a scenario, or a folder of results
    #[arg(value_name = "MANIFEST")]
    path: PathBuf,
    /// Keep the new results in this folder [default: they are removed]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print only errors and what differs
    #[arg(long)]
    quiet: bool,
}

/// Repeats the run and compares.
///
/// # Errors
/// When the run cannot be repeated, or a file differs.
pub fn run(arguments: &RerunArguments) -> Result<(), Error> {
    let (results, only) = place(&arguments.path)?;
    let record = RunRecord::read(&results.join(RUN_FILE))?;
    let (mut scenarios, inputs) = read_again(&results, &record)?;
    if let Some(only) = &only {
        // A scenario does not depend on the others, but for the reference, which writes the numbers that both share.
        let is_due = |name: &String| *name == *only || *name == record.reference;
        scenarios.retain(|scenario| is_due(&scenario.name));
        if !scenarios.iter().any(|scenario| scenario.name == *only) {
            let reason = format!("the run has no scenario {only}");
            return Err(UnreadableResults::new(&results.join(RUN_FILE), None, reason).into());
        }
    }
    let kept;
    let out = if let Some(out) = &arguments.out {
        out.clone()
    } else {
        kept = tempfile::tempdir()?;
        kept.path().join("results")
    };
    let reference = scenarios.iter().position(|scenario| scenario.name == record.reference);
    let job = RunJob {
        scenarios: &scenarios,
        reference: reference.unwrap_or(0),
        draws: record.draw_range.map(|[start, end]| start..end),
        parts: &[],
        tables: &record.tables_written,
        files: &record.paths(&results),
        varied: record.varied.clone(),
        inputs: &inputs,
    };
    job.run(&OutputPlan {
        out: out.clone(),
        overwrite: false,
        resumes: arguments.out.is_some(),
        keep_after: Duration::MAX,
        threads: arguments.threads,
        quiet: arguments.quiet,
    })?;
    let mut comparison = Comparison::default();
    let again = RunRecord::read(&out.join(RUN_FILE))?;
    let is_compared = |name: &String| only.as_ref().is_none_or(|only| only == name);
    for scenario in scenarios.iter().filter(|scenario| is_compared(&scenario.name)) {
        let [before, now] = [&record, &again].map(|run| run.failures.get(&scenario.name));
        match (before, now) {
            (None, None) => comparison.add_scenario(&results, &out, scenario)?,
            (before, now) if before == now => comparison.same += 1,
            _ => comparison.different.push(format!("{} fails only once", scenario.name)),
        }
    }
    if only.is_none() {
        for (table, digest) in &record.tables {
            comparison.add(&results.join(table), &out.join(table), digest);
        }
    }
    comparison.tell(&record, arguments.quiet)
}

/// The folder of results that a path belongs to, and the scenario that it is of, if of one.
fn place(path: &Path) -> Result<(PathBuf, Option<String>), Error> {
    let unreadable = |reason: &str| UnreadableResults::new(path, None, reason.to_owned());
    let folder = if path.is_dir() {
        path.to_owned()
    } else {
        path.parent().unwrap_or(Path::new("")).to_owned()
    };
    if folder.join(RUN_FILE).is_file() {
        return Ok((folder, None));
    }
    let manifest = Manifest::read(&folder)?;
    let absolute = std::path::absolute(&folder)?;
    let above = absolute.parent().filter(|above| above.join(RUN_FILE).is_file());
    let above =
        above.ok_or_else(|| unreadable("there is no run.json beside its folder, so its scenario file is not known"))?;
    Ok((above.to_owned(), Some(manifest.scenario)))
}

/// The files that are the same as before, and what differs.
#[derive(Default)]
struct Comparison {
    same: usize,
    different: Vec<String>,
}

impl Comparison {
    fn add_scenario(&mut self, results: &Path, out: &Path, scenario: &Scenario) -> Result<(), Error> {
        let [before, now] = [results, out].map(|folder| folder.join(&scenario.name));
        let manifest = Manifest::read(&before)?;
        for (file, digest) in &manifest.files {
            self.add(&before.join(file), &now.join(file), digest);
        }
        if Manifest::read(&now)? == manifest {
            self.same += 1;
        } else {
            self.different
                .push(format!("{} differs", before.join(MANIFEST_FILE).display()));
        }
        Ok(())
    }

    fn add(&mut self, before: &Path, now: &Path, digest: &str) {
        let found = [before, now].map(file_digest);
        let problem = match &found {
            [Ok(before), Ok(now)] if before == digest && now == digest => {
                self.same += 1;
                return;
            }
            [Ok(before), _] if before != digest => "changed since it was written",
            [Err(_), _] => "cannot be read",
            [_, Err(_)] => "is not written again",
            _ => "differs",
        };
        self.different.push(format!("{} {problem}", before.display()));
    }

    fn tell(self, record: &RunRecord, quiet: bool) -> Result<(), Error> {
        if self.different.is_empty() {
            if !quiet {
                terminal::print(&format!("the same bytes: {} files\n", self.same))?;
            }
            return Ok(());
        }
        let version = env!("CARGO_PKG_VERSION");
        let other = if record.version == version {
            String::new()
        } else {
            format!("\n  version {} wrote them, and this is {version}", record.version)
        };
        Err(Error::Gate(self.different.join("\nerror: ") + &other))
    }
}
