//! `roundabout calibrate`: draws the uncertain numbers of a scenario given what was observed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ndarray::Array3;
use serde::Serialize;

use super::inputs::{ReadingOptions, ScenariosRead};
use super::progress::Bars;
use super::terminal::PrintedForm;
use super::{Error, inputs, terminal};
use crate::calibration::{
    CalibrationReport, Data, ErrorModel, FOLDER, Forward, Members, Posterior, Replicate, Smoother, SyntheticPlan,
    TemperedSampler, calibration_kind, holm, mean, parameter_kind, parameter_table, picture_name, posterior_kind,
    posterior_table, replicate, uniformity,
};
use crate::ensemble::Failure;
use crate::forecasting::is_total;
use crate::model::Month;
use crate::observation::{Panel, base_of};
use crate::report::Grid;
use crate::report::plot::picture_kind;
use crate::results::schema::{CALIBRATED, SYNTHETIC};
use crate::results::{FileKind, InputPaths, LineMark, OutputFile, TextTable, WriteError, shortest};
use crate::scenario::Scenario;

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArguments {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// The last month whose records are used
    #[arg(long, value_name = "MONTH")]
    until: Month,
    /// Folder for posterior.csv, parameters.csv, calibration.md with its pictures, and the manifest
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    ensemble: EnsembleArguments,
    /// How members are drawn
    #[arg(long, value_enum, default_value_t = Sampler::EnsembleSmoother)]
    sampler: Sampler,
    /// Draw so many truths from the prior and calibrate on their records instead: a test of the method
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    synthetic: Option<u64>,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
    /// Treat lines that can do nothing as warnings rather than faults
    #[arg(long)]
    allow_idle: bool,
}

/// Sizes of an ensemble, shared by the commands that calibrate.
#[derive(Clone, Copy, Debug, Args)]
pub struct EnsembleArguments {
    /// Members of the ensemble
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    pub members: u64,
    /// Steps in which members move to the records
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub steps: u64,
    /// Seed of all random numbers, instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl EnsembleArguments {
    /// The smoother of these sizes.
    pub fn smoother(&self, scenario: &Scenario) -> Smoother {
        Smoother {
            members: self.members,
            steps: self.steps as usize,
            seed: scenario.simulation.seed,
            localised: true,
        }
    }

    /// Threads for the work.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn pool(&self) -> Result<rayon::ThreadPool, Error> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, usize::from))
            .build()
            .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))
    }
}

/// A way to draw members.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Sampler {
    /// Move an ensemble in a few steps; fast
    EnsembleSmoother,
    /// Temper a sequential Monte Carlo sample; a reference for small worlds, a hundred times slower
    Tempered,
}

/// Moves at each temperature of the reference.
const MOVES: usize = 8;

/// Months ahead at which forecasts of synthetic truths are ranked.
const AHEAD: usize = 12;

/// Numbers whose ranks are tested, those that the data narrow most.
const TESTED: usize = 20;

/// The level of that test.
const LEVEL: f64 = 0.01;

/// Calibrates, prints what the data say, and writes the files.
///
/// # Errors
/// When input is invalid, a draw cannot be simulated, or files cannot be written.
pub fn run(arguments: &CalibrateArguments) -> Result<(), Error> {
    let (scenario, paths) = read_prior(&arguments.scenario, arguments.allow_idle, arguments.ensemble.seed)?;
    let panel = panel_of(&scenario)?;
    let data = Data::new(
        &scenario.world,
        &panel,
        scenario.horizon,
        arguments.until,
        &ErrorModel::default(),
    );
    check_until(arguments.until, &scenario, &data)?;
    let pool = arguments.ensemble.pool()?;
    if let Some(replicates) = arguments.synthetic {
        let file = OutputFile::prove(
            &arguments.out.join(SYNTHETIC.file),
            FileKind::csv("a table of synthetic calibrations", &SYNTHETIC.header()),
            arguments.overwrite,
            &paths,
        )?;
        return pool.install(|| run_synthetic(arguments, &scenario, &panel, &data, replicates, &file));
    }
    let files = CalibrationFiles::prove(arguments, &scenario, &panel, &data, &paths)?;
    pool.install(|| run_calibration(arguments, &scenario, &panel, &data, &files))
}

/// Reads a scenario with its priors: a posterior that a file names must not decide what it is made from.
///
/// # Errors
/// When anything that is read is at fault.
pub fn read_prior(path: &Path, allow_idle: bool, seed: Option<u64>) -> Result<(Scenario, InputPaths), Error> {
    let options = ReadingOptions {
        allow_idle,
        prior: true,
    };
    let ScenariosRead { mut scenarios, paths } = inputs::read(std::slice::from_ref(&path.to_owned()), options)?;
    let Some(mut scenario) = scenarios.pop() else {
        return Err(Error::Usage("no scenario was read".to_owned()));
    };
    scenario.simulation.seed = seed.unwrap_or(scenario.simulation.seed);
    Ok((scenario, paths))
}

/// The monthly records of the scenario's world, with those of its first year as the base of all others.
///
/// # Errors
/// When there are none, or none of the first year.
pub fn panel_of(scenario: &Scenario) -> Result<Panel, Error> {
    let base = scenario.horizon.start.year();
    let Some(mut panel) = Panel::new(&scenario.world, base) else {
        return Err(Error::Invalid(
            "error: the world observes nothing by month, so nothing can be laid beside it: `observed.csv` needs rows with a \
             month like 2022-03"
                .to_owned(),
        ));
    };
    for series in panel.forget_untraded(&scenario.world) {
        terminal::say(&format!(
            "warning: no baseline trade of the world enters the series `{series}`, so its records are left out"
        ));
    }
    let has_base = |series| base_of(&panel, series, scenario.horizon.start).is_some();
    if !panel.series.iter().any(has_base) {
        return Err(Error::Invalid(format!(
            "error: no monthly series that the world trades in covers half of {base}, the scenario's first year, which all \
             others are measured against"
        )));
    }
    Ok(panel)
}

fn check_until(until: Month, scenario: &Scenario, data: &Data) -> Result<(), Error> {
    let first = Month::january(scenario.horizon.start.year() + 1);
    let last = scenario.horizon.end().plus(-1);
    if until < first || until > last {
        return Err(Error::Usage(format!(
            "--until {until} must lie between {first}, after the base year, and {last}, the end of the scenario"
        )));
    }
    if data.is_empty() {
        return Err(Error::Usage(format!(
            "the world has no records between {first} and {until} of series that it also observes in {}",
            first.year() - 1
        )));
    }
    Ok(())
}

fn failed(scenario: &Scenario) -> impl Fn(Failure) -> Error + '_ {
    move |failure| {
        let seed = scenario.simulation.seed;
        Error::Failed(format!("scenario `{}` failed: seed {seed}, {failure}", scenario.name))
    }
}

fn run_calibration(
    arguments: &CalibrateArguments,
    scenario: &Scenario,
    panel: &Panel,
    data: &Data,
    files: &CalibrationFiles,
) -> Result<(), Error> {
    let members = arguments.ensemble.members;
    let forward = Forward::new(scenario, panel, members, arguments.until);
    let simulations = members * (arguments.ensemble.steps + 2);
    let bars = Bars::new(vec![(scenario.name.clone(), simulations)], false);
    let outcome = calibrate(arguments, scenario, &forward, data, &bars);
    let (calibrated, totals) = outcome.map_err(failed(scenario))?;
    bars.finish();
    let posterior = Posterior::new(&forward, calibrated);
    let mut horizon = scenario.horizon;
    horizon.months = totals[0].dim().1;
    let report = CalibrationReport {
        scenario: &scenario.name,
        title: &scenario.title,
        world: &scenario.world,
        panel,
        horizon,
        until: arguments.until,
        data,
        posterior: &posterior,
        totals: [&totals[0], &totals[1]],
        sampler: sampler_words(arguments),
        seed: scenario.simulation.seed,
    };
    terminal::print(&match arguments.format {
        PrintedForm::Table => summary_text(&report),
        PrintedForm::Json => parameter_table(&posterior).to_json(),
    })?;
    files.write(arguments, scenario, &report)
}

/// Calibrated members, and the totals under prior and posterior.
fn calibrate(
    arguments: &CalibrateArguments,
    scenario: &Scenario,
    forward: &Forward<'_>,
    data: &Data,
    bars: &Bars,
) -> Result<(Members, [Array3<f64>; 2]), Failure> {
    let smoother = arguments.ensemble.smoother(scenario);
    let prior = forward.totals(&forward.prior(smoother.seed), bars)?;
    let mut members = match arguments.sampler {
        Sampler::EnsembleSmoother => smoother.calibrate(forward, data, bars)?,
        Sampler::Tempered => {
            let sampler = TemperedSampler {
                members: smoother.members,
                moves: MOVES,
                seed: smoother.seed,
            };
            sampler.calibrate(forward, data, bars)?
        }
    };
    let posterior = forward.totals(&members.normal, bars)?;
    members.note_final_misfit(data, &posterior);
    Ok((members, [prior, posterior]))
}

fn sampler_words(arguments: &CalibrateArguments) -> String {
    let EnsembleArguments { members, steps, .. } = arguments.ensemble;
    match arguments.sampler {
        Sampler::EnsembleSmoother => format!("An ensemble smoother of {members} members in {steps} steps."),
        Sampler::Tempered => format!("A tempered sample of {members} members with {MOVES} moves at each temperature."),
    }
}

fn summary_text(report: &CalibrationReport<'_>) -> String {
    use crate::calibration::Identification::{Identified, Weak};
    let [identified, weak, not] = report.counts();
    let misfit = &report.posterior.members.misfit;
    let ends = (
        misfit.first().copied().unwrap_or(f64::NAN),
        misfit.last().copied().unwrap_or(f64::NAN),
    );
    format!(
        "{} records until {}; misfit {:.2} before, {:.2} after (1: only the assumed errors are left)\n\n{}\n{}\n{}\n\
         {identified} numbers are identified, {weak} weakly, {not} not at all\n",
        report.data.len(),
        report.until,
        ends.0,
        ends.1,
        report.fit_grid().to_text(terminal::grid_width()),
        report.numbers_grid(Identified, 40).to_text(terminal::grid_width()),
        report.numbers_grid(Weak, 15).to_text(terminal::grid_width()),
    )
}

/// The files of a calibration, each proven to be free or replaceable.
struct CalibrationFiles {
    posterior: OutputFile,
    parameters: OutputFile,
    page: OutputFile,
    manifest: OutputFile,
    pictures: BTreeMap<String, OutputFile>,
}

const POSTERIOR: &str = "posterior.csv";
const PAGE: &str = "calibration.md";
const MANIFEST: &str = "manifest.json";

impl CalibrationFiles {
    fn prove(
        arguments: &CalibrateArguments,
        scenario: &Scenario,
        panel: &Panel,
        data: &Data,
        inputs: &InputPaths,
    ) -> Result<Self, WriteError> {
        let prove = |name: &str, kind| OutputFile::prove(&arguments.out.join(name), kind, arguments.overwrite, inputs);
        let labels = data
            .blocks
            .iter()
            .map(|block| panel.label(block.series, &scenario.world));
        Ok(Self {
            posterior: prove(POSTERIOR, posterior_kind())?,
            parameters: prove(CALIBRATED.file, parameter_kind())?,
            page: prove(PAGE, calibration_kind())?,
            manifest: prove(MANIFEST, CalibrationManifest::kind())?,
            pictures: labels
                .map(|label| {
                    let name = picture_name(&label);
                    Ok((name.clone(), prove(&name, picture_kind())?))
                })
                .collect::<Result<_, WriteError>>()?,
        })
    }

    fn write(
        &self,
        arguments: &CalibrateArguments,
        scenario: &Scenario,
        report: &CalibrationReport<'_>,
    ) -> Result<(), Error> {
        let beside = arguments.out.join(FOLDER);
        std::fs::create_dir_all(&beside).map_err(|cause| WriteError::new(&beside, cause))?;
        for (name, chart) in report.pictures() {
            if let Some(file) = self.pictures.get(&name) {
                file.write(chart.render().as_bytes())?;
            }
        }
        let (posterior, parameters) = (
            posterior_table(report.posterior).to_csv()?,
            parameter_table(report.posterior).to_csv()?,
        );
        self.posterior.write(&posterior)?;
        self.parameters.write(&parameters)?;
        self.page.write(report.page().as_bytes())?;
        let digest = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        let files = BTreeMap::from([(POSTERIOR, digest(&posterior)), (CALIBRATED.file, digest(&parameters))]);
        // The manifest last: if it is there, so is everything that it lists.
        let manifest = CalibrationManifest::new(arguments, scenario, report, files);
        let text = serde_json::to_string_pretty(&manifest).map_err(std::io::Error::from)? + "\n";
        Ok(self.manifest.write(text.as_bytes())?)
    }
}

/// What a calibration was made from, so that it can be made again to the byte.
#[derive(Serialize)]
struct CalibrationManifest<'a> {
    /// First, so that the file is known by its second line.
    kind: &'static str,
    version: &'static str,
    scenario: &'a str,
    scenario_digest: &'a str,
    world_digest: &'a str,
    until: String,
    sampler: String,
    members: u64,
    steps: u64,
    seed: u64,
    errors: BTreeMap<&'static str, f64>,
    records: usize,
    /// Before each step, and at the end.
    misfit: &'a [f64],
    files: BTreeMap<&'static str, String>,
}

impl<'a> CalibrationManifest<'a> {
    const KIND: &'static str = "calibration";

    fn kind() -> FileKind {
        let second = format!("  \"kind\": \"{}\",", Self::KIND);
        FileKind::new(
            "the manifest of a calibration",
            vec![LineMark::Is("{".to_owned()), LineMark::Is(second)],
        )
    }

    fn new(
        arguments: &CalibrateArguments,
        scenario: &'a Scenario,
        report: &'a CalibrationReport<'_>,
        files: BTreeMap<&'static str, String>,
    ) -> Self {
        let errors = ErrorModel::default();
        Self {
            kind: Self::KIND,
            version: env!("CARGO_PKG_VERSION"),
            scenario: &scenario.name,
            scenario_digest: &scenario.digest,
            world_digest: &scenario.world.digest,
            until: arguments.until.to_string(),
            sampler: sampler_words(arguments),
            members: arguments.ensemble.members,
            steps: arguments.ensemble.steps,
            seed: scenario.simulation.seed,
            errors: BTreeMap::from([
                ("offset", errors.offset),
                ("walk_of_goods", errors.walk_of_goods),
                ("walk_of_totals", errors.walk_of_totals),
            ]),
            records: report.data.len(),
            misfit: &report.posterior.members.misfit,
            files,
        }
    }
}

fn run_synthetic(
    arguments: &CalibrateArguments,
    scenario: &Scenario,
    panel: &Panel,
    data: &Data,
    replicates: u64,
    file: &OutputFile,
) -> Result<(), Error> {
    let plan = SyntheticPlan {
        replicates,
        smoother: arguments.ensemble.smoother(scenario),
        until: arguments.until,
        ahead: AHEAD,
    };
    let totals: Vec<usize> = (0..panel.series.len())
        .filter(|&series| is_total(panel, series))
        .collect();
    let simulations = replicates * (1 + arguments.ensemble.members * (arguments.ensemble.steps + 1));
    let bars = Bars::new(vec![(scenario.name.clone(), simulations)], false);
    let found = replicate(scenario, panel, data, &plan, &totals, &bars).map_err(failed(scenario))?;
    bars.finish();
    let names = Forward::new(scenario, panel, 1, arguments.until).names();
    let labels: Vec<String> = totals
        .iter()
        .map(|&series| panel.label(series, &scenario.world))
        .collect();
    let table = synthetic_table(&found, &names, &labels);
    terminal::print(&match arguments.format {
        PrintedForm::Table => synthetic_text(&found, &names, &labels),
        PrintedForm::Json => table.to_json(),
    })?;
    std::fs::create_dir_all(&arguments.out).map_err(|cause| WriteError::new(&arguments.out, cause))?;
    Ok(file.write(&table.to_csv()?)?)
}

fn synthetic_table(replicates: &[Replicate], names: &[String], labels: &[String]) -> TextTable {
    let mut rows = Vec::new();
    for (place, found) in replicates.iter().enumerate() {
        let mut add = |kind: &str, name: &str, truth: f64, rank: f64, spread: f64| {
            let number = (place + 1).to_string();
            let cells = [truth, rank, spread].map(shortest);
            let row = [number, kind.to_owned(), name.to_owned()].into_iter().chain(cells);
            rows.push(row.collect());
        };
        for (number, name) in names.iter().enumerate() {
            add(
                "number",
                name,
                found.truths[number],
                found.ranks[number],
                found.spreads[number],
            );
        }
        for (series, label) in labels.iter().enumerate() {
            add("forecast", label, f64::NAN, found.forecasts[series], f64::NAN);
        }
    }
    TextTable::of(&SYNTHETIC, rows)
}

/// The test of the ranks of the numbers that data narrow most, and how many truths forecasts hold.
fn synthetic_text(replicates: &[Replicate], names: &[String], labels: &[String]) -> String {
    let spread = |number: usize| mean(&replicates.iter().map(|found| found.spreads[number]).collect::<Vec<_>>());
    let mut order: Vec<(f64, usize)> = (0..names.len()).map(|number| (spread(number), number)).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    order.truncate(TESTED);
    let ranks = |number: usize| -> Vec<f64> { replicates.iter().map(|found| found.ranks[number]).collect() };
    let probabilities: Vec<f64> = order.iter().map(|&(_, number)| uniformity(&ranks(number))).collect();
    let fails = holm(&probabilities, LEVEL);
    let mut grid = Grid::new("Ranks of truths", &["number", "spread", "in 90%", "p", ""], 1);
    for ((&(spread, number), probability), fails) in order.iter().zip(&probabilities).zip(&fails) {
        grid.rows.push(vec![
            names[number].clone(),
            format!("{spread:.2}"),
            percent_inside(&ranks(number)),
            format!("{probability:.3}"),
            if *fails { "fails" } else { "passes" }.to_owned(),
        ]);
    }
    let mut forecasts = Grid::new("Truths in forecasts", &["series", "in 90%"], 1);
    let ranks_of = |series: usize| replicates.iter().map(move |found| found.forecasts[series]);
    for (series, label) in labels.iter().enumerate() {
        let ranks: Vec<f64> = ranks_of(series).collect();
        forecasts.rows.push(vec![label.clone(), percent_inside(&ranks)]);
    }
    let all: Vec<f64> = (0..labels.len()).flat_map(ranks_of).collect();
    forecasts.rows.push(vec!["all".to_owned(), percent_inside(&all)]);
    let failed = fails.iter().filter(|fails| **fails).count();
    format!(
        "{}\n{}\n{} replicates; {failed} of {} numbers fail at {:.0}% with Holm's correction\n",
        grid.to_text(terminal::grid_width()),
        forecasts.to_text(terminal::grid_width()),
        replicates.len(),
        order.len(),
        100.0 * LEVEL,
    )
}

/// The share of ranks between 5 and 95%.
fn percent_inside(ranks: &[f64]) -> String {
    let inside: Vec<f64> = ranks
        .iter()
        .map(|rank| f64::from((0.05..=0.95).contains(rank)))
        .collect();
    format!("{:.0}%", 100.0 * mean(&inside))
}
