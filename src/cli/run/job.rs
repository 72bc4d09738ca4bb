//! A batch from its scenarios to its results: places to write, what a stopped run left, waves, and the tables of the batch.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::room;
use super::waves::{DrawSource, JoinedPart, WaveRun, WavesDone};
use crate::cli::progress::Bars;
use crate::cli::{Error, interrupt, terminal};
use crate::ensemble::Failure;
use crate::results::{
    BatchMember, ComparisonPart, InputPaths, OutputFile, RUN_FILE, RecordedOptions, RecordedScenario, ResultTable,
    RunRecord, ScenarioFolder, ScenarioPlace, TableChoice, TableFiles, Unfinished, WorldRecords, WriteError,
    comparison_kind, order_kind, order_table, schema, summary_kind, summary_table, sweep_folders, sweep_kind,
    sweep_table,
};
use crate::scenario::Scenario;

/// A batch of scenarios to simulate, or to join from parts.
pub struct RunJob<'a> {
    pub scenarios: &'a [Arc<Scenario>],
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The draws to simulate; none for all.
    pub draws: Option<Range<u64>>,
    /// Folders of the parts to join, in the order of their draws; empty to simulate.
    pub parts: &'a [JoinedPart],
    pub tables: &'a TableChoice,
    /// The scenario files, as given.
    pub files: &'a [PathBuf],
    pub varied: RecordedOptions,
    /// Everything that was read, which is not replaced.
    pub inputs: &'a InputPaths,
}

/// Where and how a batch is written.
#[derive(Clone, Debug)]
pub struct OutputPlan {
    pub out: PathBuf,
    pub overwrite: bool,
    /// Whether to go on with a run that was stopped.
    pub resumes: bool,
    /// How often the state of the draws is kept.
    pub keep_after: Duration,
    /// None for all cores.
    pub threads: Option<u16>,
    pub quiet: bool,
}

impl RunJob<'_> {
    /// Runs the batch and writes its results; none if they are there already and whole, and the plan is to go on.
    ///
    /// # Errors
    /// When results cannot be written or read, or a signal came. Scenarios that fail are part of what is returned.
    pub fn run(&self, plan: &OutputPlan) -> Result<Option<WavesDone>, Error> {
        let OutputPlan { out, overwrite, .. } = plan;
        let mut record = self.record(out)?;
        if plan.resumes {
            // Before places are proven: what is in the way there are the results of the other run.
            Unfinished::refuse_other(out, &record)?;
            if is_whole(out, &record) {
                Unfinished::clear_up(out, &record);
                sweep(plan);
                return Ok(None);
            }
        }
        // The folders of a run that goes on are its own.
        let overwrite = *overwrite || plan.resumes && Unfinished::stopped_in(out).is_some();
        OutputPlaces::prove(self, plan, overwrite)?;
        let draws = |scenario: &Scenario| self.draws_of(scenario).end - self.draws_of(scenario).start;
        room::check(out, self.scenarios.iter().map(AsRef::as_ref), draws, plan.quiet)?;
        interrupt::listen().map_err(|fault| Error::Failed(format!("cannot listen for signals: {fault}")))?;
        room::open_many_files();
        let unfinished = Unfinished::start(out, &record, plan.resumes, plan.overwrite)?;
        sweep(plan);
        let done = if unfinished.is_resumed() {
            self.done_before(&unfinished, &record, plan)
        } else {
            WavesDone::default()
        };
        // Again, because results that were put back may be in the way.
        let places = OutputPlaces::prove(self, plan, overwrite).and_then(|places| places.start(&done));
        let (folders, tables) = match places {
            Ok(places) => places,
            Err(fault) => {
                if !unfinished.is_resumed() {
                    unfinished.finish();
                }
                return Err(fault.into());
            }
        };
        let done = self.simulate(plan, &unfinished, folders, done)?;
        record.tables = self.write_tables(out, &tables, &done)?;
        record.failures = self.failures(&done);
        let text = record.to_json().map_err(|cause| WriteError::new(out, cause.into()))?;
        tables.record.write(text.as_bytes())?;
        if done.unwritten.is_empty() {
            unfinished.finish();
        }
        Ok(Some(done))
    }

    fn failures(&self, done: &WavesDone) -> BTreeMap<String, Failure> {
        let failure = |(place, outcome): (&usize, &Result<BatchMember, Failure>)| {
            let failure = outcome.as_ref().err()?;
            Some((self.scenarios[*place].name.clone(), failure.clone()))
        };
        done.outcomes.iter().filter_map(failure).collect()
    }

    fn draws_of(&self, scenario: &Scenario) -> Range<u64> {
        self.draws.clone().unwrap_or(0..scenario.simulation.draws)
    }

    fn record(&self, out: &Path) -> Result<RunRecord, Error> {
        let scenarios = self
            .scenarios
            .iter()
            .map(|scenario| RecordedScenario::new(scenario))
            .collect();
        let reference = &self.scenarios[self.reference].name;
        let record = RunRecord::new(
            out,
            self.files,
            self.varied.clone(),
            scenarios,
            reference,
            self.tables.clone(),
        );
        let record = record.map_err(|cause| WriteError::new(out, cause))?;
        Ok(record.of_draws(self.draws.as_ref()))
    }

    /// The scenarios that a stopped run has finished, and whose folders are still whole.
    fn done_before(&self, unfinished: &Unfinished, record: &RunRecord, plan: &OutputPlan) -> WavesDone {
        let mut done = WavesDone::default();
        for ((place, scenario), recorded) in self.scenarios.iter().enumerate().zip(&record.scenarios) {
            if record.check_results(&plan.out, recorded).is_err() {
                continue;
            }
            if let Some(member) = unfinished.member_of(scenario, &mut done.comparison) {
                done.outcomes.insert(place, Ok(member));
            }
        }
        if !plan.quiet && !done.outcomes.is_empty() {
            let count = done.outcomes.len();
            terminal::say(&format!(
                "note: {count} of {} scenarios {} finished before",
                self.scenarios.len(),
                if count == 1 { "was" } else { "were" }
            ));
        }
        done
    }

    /// Simulates all scenarios, or joins their parts, and writes each to its folder.
    fn simulate(
        &self,
        plan: &OutputPlan,
        unfinished: &Unfinished,
        folders: Vec<Option<ScenarioFolder>>,
        done: WavesDone,
    ) -> Result<WavesDone, Error> {
        let draws = |scenario: &Scenario| self.draws_of(scenario).end - self.draws_of(scenario).start;
        let named = |scenario: &Arc<Scenario>| (scenario.name.clone(), draws(scenario));
        let bars = Bars::new(self.scenarios.iter().map(named).collect(), plan.quiet);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(workers(plan.threads))
            .build()
            .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))?;
        let run = WaveRun {
            scenarios: self.scenarios,
            reference: self.reference,
            draws: self.draws.clone(),
            source: if self.parts.is_empty() {
                DrawSource::Simulation {
                    keep_after: plan.keep_after,
                }
            } else {
                DrawSource::Parts(self.parts)
            },
            tables: self.tables,
            out: &plan.out,
            unfinished,
            records: WorldRecords::default(),
            pool: &pool,
            bars: &bars,
        };
        let done = run.run(folders, done);
        bars.finish();
        done
    }

    /// Writes the tables of the batch, and returns their digests.
    fn write_tables(
        &self,
        out: &Path,
        tables: &BatchTables,
        done: &WavesDone,
    ) -> Result<BTreeMap<String, String>, WriteError> {
        let members: Vec<&BatchMember> = done.outcomes.values().flatten().collect();
        let mut digests = BTreeMap::new();
        let mut keep =
            |table: &'static schema::TableSchema, digest| digests.insert(self.tables.files.name_of(table), digest);
        let write = |file: &OutputFile, table: &ResultTable<'_>| file.write_digested(|out| table.write_to(out));
        keep(&schema::SUMMARY, write(&tables.summary, &summary_table(&members))?);
        for (part, file) in ComparisonPart::of(self.tables.detail).iter().zip(&tables.comparison) {
            let rows = |out: &mut dyn Write| done.comparison.write_to(*part, out);
            keep(
                part.form(),
                file.write_digested(|out| self.tables.files.write(part.form(), out, rows))?,
            );
        }
        // Those of a run before would be taken for this one's.
        tables.stale.iter().for_each(OutputFile::remove);
        keep(&schema::ORDER, write(&tables.order, &order_table(&members))?);
        if let (Some(sweep), Some(Ok(reference))) = (&tables.sweep, done.outcomes.get(&self.reference)) {
            let table = sweep_table(&members, reference);
            let table = table.map_err(|cause| WriteError::new(&out.join(schema::SWEEP.file), cause))?;
            keep(&schema::SWEEP, write(sweep, &table)?);
        }
        Ok(digests)
    }
}

/// Threads to start: as many as asked for, but not many more than there are cores, for they would only wait.
fn workers(threads: Option<u16>) -> usize {
    const MOST_PER_CORE: usize = 4;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Zero means all cores.
    threads.map_or(0, |threads| usize::from(threads).min(MOST_PER_CORE * cores))
}

/// Whether a folder holds this run, finished, with every file as it was written.
fn is_whole(out: &Path, record: &RunRecord) -> bool {
    RunRecord::read(&out.join(RUN_FILE)).is_ok_and(|known| known.is_whole(out) && known.as_begun() == *record)
}

/// Removes what stopped runs left behind.
fn sweep(plan: &OutputPlan) {
    for path in sweep_folders(&plan.out) {
        if !plan.quiet {
            terminal::say(&format!(
                "note: {} is back: a run was stopped while it replaced it",
                path.display()
            ));
        }
    }
}

/// All places that a batch writes to, each proven to be free or replaceable before anything is simulated.
struct OutputPlaces {
    scenarios: Vec<ScenarioPlace>,
    tables: BatchTables,
}

struct BatchTables {
    summary: OutputFile,
    /// In the order of the parts.
    comparison: Vec<OutputFile>,
    /// Tables that this run does not write, of a run before.
    stale: Vec<OutputFile>,
    order: OutputFile,
    /// Only of a batch that holds variants.
    sweep: Option<OutputFile>,
    record: OutputFile,
}

impl OutputPlaces {
    fn prove(job: &RunJob<'_>, plan: &OutputPlan, overwrite: bool) -> Result<Self, WriteError> {
        let OutputPlan { out, .. } = plan;
        refuse_lost(out, job)?;
        let table = |name: &str, kind| OutputFile::prove(&out.join(name), kind, overwrite, job.inputs);
        let parts = ComparisonPart::of(job.tables.detail).iter();
        let written: Vec<String> = parts.map(|part| job.tables.files.name_of(part.form())).collect();
        let stale: Vec<String> = [TableFiles::Plain, TableFiles::Compressed]
            .map(|files| files.name_of(&schema::COMPARISON_BY_MONTH))
            .into_iter()
            .filter(|name| !written.contains(name))
            .collect();
        let place = |scenario: &Arc<Scenario>| {
            let name = &scenario.name;
            // Some file systems do not distinguish capitals from small letters.
            let is_taken = |file: &str| name.eq_ignore_ascii_case(file.trim_end_matches(schema::COMPRESSED));
            if schema::OF_FAMILY.iter().any(|table| is_taken(table.file)) || is_taken(RUN_FILE) {
                return Err(WriteError::NameTaken { path: out.join(name) });
            }
            ScenarioPlace::prove(out, name, overwrite, job.inputs)
        };
        Ok(Self {
            scenarios: job.scenarios.iter().map(place).collect::<Result<_, _>>()?,
            tables: BatchTables {
                summary: table(schema::SUMMARY.file, summary_kind())?,
                comparison: written
                    .iter()
                    .map(|name| table(name, comparison_kind()))
                    .collect::<Result<_, _>>()?,
                stale: stale
                    .iter()
                    .map(|name| table(name, comparison_kind()))
                    .collect::<Result<_, _>>()?,
                order: table(schema::ORDER.file, order_kind())?,
                sweep: if job.scenarios.iter().any(|scenario| scenario.variant.is_some()) {
                    Some(table(schema::SWEEP.file, sweep_kind())?)
                } else {
                    None
                },
                record: RunRecord::prove(out, overwrite, job.inputs)?,
            },
        })
    }

    /// Starts the folders of the scenarios that are not done.
    fn start(self, done: &WavesDone) -> Result<(Vec<Option<ScenarioFolder>>, BatchTables), WriteError> {
        let folders = self.scenarios.into_iter().enumerate();
        let folders = folders.map(|(place, folder)| {
            let is_due = !done.outcomes.contains_key(&place);
            is_due.then(|| folder.start()).transpose()
        });
        Ok((folders.collect::<Result<_, _>>()?, self.tables))
    }
}

/// Refuses to replace the tables of a batch by those of a part of its scenarios, whose folders would stay without them.
fn refuse_lost(out: &Path, job: &RunJob<'_>) -> Result<(), WriteError> {
    let path = out.join(RUN_FILE);
    let known = match RunRecord::read(&path) {
        Ok(known) => Some(known),
        Err(fault) if path.exists() => {
            return Err(WriteError::Foreign {
                path,
                found: format!(
                    "it cannot be read, so that other scenarios might be lost: {}",
                    fault.reason
                ),
            });
        }
        Err(_) => None,
    };
    let known = [known, Unfinished::stopped_in(out)].into_iter().flatten();
    let own: BTreeSet<&str> = job.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let mut lost: Vec<String> = known
        .flat_map(|known| known.scenarios)
        .map(|scenario| scenario.name)
        .filter(|name| !own.contains(name.as_str()) && out.join(name).is_dir())
        .collect();
    lost.sort();
    lost.dedup();
    if lost.is_empty() {
        return Ok(());
    }
    let table = out.join(schema::SUMMARY.file);
    Err(WriteError::Batch {
        path: table,
        lost: lost.join(", "),
    })
}
