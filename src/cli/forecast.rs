//! `roundabout forecast`: forecasts every series that a scenario's world observes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ndarray::Array3;

use super::calibrate::panel_of;
use super::inputs::{ReadingOptions, ScenariosRead};
use super::progress::Bars;
use super::terminal::PrintedForm;
use super::{Error, inputs, terminal};
use crate::diagnostic::Report;
use crate::ensemble::Ensemble;
use crate::forecasting::{
    FORECAST_FOLDER, ForecastInput, SeriesForecast, forecast, forecast_chart, forecast_kind, forecast_table, is_total,
};
use crate::input::apply_posterior_table;
use crate::model::Month;
use crate::observation::{Panel, base_of, monthly_totals};
use crate::report::Grid;
use crate::report::plot::picture_kind;
use crate::results::schema::FORECAST;
use crate::results::{InputPaths, OutputFile, WriteError};
use crate::scenario::{PosteriorUse, Scenario};
use crate::simulation::{Model, Plan};

/// Arguments of `forecast`.
#[derive(Debug, Args)]
pub struct ForecastArguments {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Folder of a calibration, instead of the posterior that the scenario names
    #[arg(long, value_name = "DIR")]
    posterior: Option<PathBuf>,
    /// The last month of the forecast
    #[arg(long, value_name = "MONTH")]
    until: Month,
    /// Folder for forecast.csv, simulated.csv and the pictures
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Number of joint draws
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(20..=100_000))]
    draws: u64,
    /// How much of the simulated growth is believed, from 0 to 1; `backtest` tells which weight was best
    #[arg(long, value_name = "SHARE", default_value_t = 0.6, value_parser = share)]
    weight: f64,
    /// Seed of all random numbers, instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
    #[command(flatten)]
    reading: ReadingOptions,
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "a share is a number from 0 to 1".to_owned())?;
    Some(value)
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| "a share lies between 0 and 1".to_owned())
}

/// Forecasts, prints the totals, and writes tables and pictures.
///
/// # Errors
/// When input is invalid, a draw cannot be simulated, or files cannot be written.
pub fn run(arguments: &ForecastArguments) -> Result<(), Error> {
    let (scenario, paths) = read(arguments)?;
    let panel = panel_of(&scenario)?;
    let origin = last_record(&scenario, &panel)?;
    let last = scenario.horizon.end().plus(-1);
    if arguments.until <= origin || arguments.until > last {
        return Err(Error::Usage(format!(
            "--until {} must lie after {origin}, the last record, and not after {last}, the end of the scenario",
            arguments.until
        )));
    }
    let files = ForecastFiles::prove(arguments, &scenario, &panel, &paths)?;
    let totals = simulate(arguments, &scenario, &panel)?;
    let mut horizon = scenario.horizon;
    horizon.months = totals.dim().1;
    let input = ForecastInput {
        world: &scenario.world,
        panel: &panel,
        horizon,
        totals: &totals,
        origin,
        until: arguments.until,
        weight: arguments.weight,
        seed: scenario.simulation.seed,
    };
    let forecasts = forecast(&input);
    terminal::print(&match arguments.format {
        PrintedForm::Table => text(&input, &scenario, &forecasts[0]),
        PrintedForm::Json => forecast_table(input.world, input.panel, &forecasts[0]).to_json(),
    })?;
    files.write(&arguments.out, &input, &forecasts)
}

/// The last month with a record that can be carried on: of a series that is traded, and known in the base year.
fn last_record(scenario: &Scenario, panel: &Panel) -> Result<Month, Error> {
    let start = scenario.horizon.start;
    let with_base = panel
        .series
        .iter()
        .filter(|series| base_of(panel, series, start).is_some());
    let last = with_base.filter_map(|series| series.logs.iter().rposition(|log| log.is_finite()));
    let last = last.max().map(|place| panel.month(place));
    last.filter(|month| *month >= start).ok_or_else(|| {
        Error::Usage(format!(
            "no series that is known in {} has a record in or after {start}, where the scenario begins",
            start.year()
        ))
    })
}

fn read(arguments: &ForecastArguments) -> Result<(Scenario, InputPaths), Error> {
    let mut options = arguments.reading;
    // A table on the command line stands in for the one that the files name.
    options.prior |= arguments.posterior.is_some();
    let ScenariosRead {
        mut scenarios,
        mut paths,
    } = inputs::read(std::slice::from_ref(&arguments.scenario), options)?;
    let Some(mut scenario) = scenarios.pop() else {
        return Err(Error::Usage("no scenario was read".to_owned()));
    };
    scenario.simulation.seed = arguments.seed.unwrap_or(scenario.simulation.seed);
    scenario.simulation.draws = arguments.draws;
    if let Some(folder) = &arguments.posterior {
        let table = folder.join("posterior.csv");
        let mut report = Report::default();
        if apply_posterior_table(&mut scenario, &table, &mut report).is_none() {
            return Err(Error::Invalid(report.render(terminal::colours())));
        }
        paths.extend([&table]);
    }
    Ok((scenario, paths))
}

fn simulate(arguments: &ForecastArguments, scenario: &Scenario, panel: &Panel) -> Result<Array3<f64>, Error> {
    let mut shortened = scenario.clone();
    // The first months are the same whatever the horizon.
    shortened.horizon.months = (arguments.until.since(scenario.horizon.start) + 1) as usize;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))?;
    let bars = Bars::new(vec![(scenario.name.clone(), arguments.draws)], false);
    let model = Model::new(Plan::new(Arc::new(shortened)));
    let totals = pool.install(|| monthly_totals(&Ensemble::from_streams(&model), &panel.sums, arguments.draws, &bars));
    bars.finish();
    let seed = scenario.simulation.seed;
    totals.map_err(|failure| Error::Failed(format!("scenario `{}` failed: seed {seed}, {failure}", scenario.name)))
}

/// The yearly and last monthly totals of all goods.
fn text(input: &ForecastInput<'_>, scenario: &Scenario, forecasts: &[SeriesForecast]) -> String {
    let mut grid = Grid::new(
        "Forecasts of all goods",
        &["series", "period", "median", "middle 90%"],
        2,
    );
    for forecast in forecasts
        .iter()
        .filter(|forecast| is_total(input.panel, forecast.series))
    {
        let label = input.panel.label(forecast.series, input.world);
        for (period, summary) in &forecast.periods {
            if period.contains('-') && *period != input.until.to_string() {
                continue;
            }
            let show = |value: Option<f64>| value.map_or(String::new(), |value| format!("{:.0}", value / 1e6));
            grid.rows.push(vec![
                label.clone(),
                period.clone(),
                show(summary.p50),
                format!("{}..{}", show(summary.p05), show(summary.p95)),
            ]);
        }
    }
    let posterior = match &scenario.posterior {
        PosteriorUse::Taken { table, numbers } => format!("{numbers} numbers drawn from {table}"),
        PosteriorUse::Unnamed | PosteriorUse::Ignored => "all numbers drawn from their priors".to_owned(),
    };
    format!(
        "{}\nMillions; records until {}; {posterior}; weight of growth {:.2}\n",
        grid.to_text(terminal::grid_width()),
        input.origin,
        input.weight
    )
}

/// The table of the simulated series without an error process.
const SIMULATED: &str = "simulated.csv";

/// The files of a forecast, each proven to be free or replaceable.
struct ForecastFiles {
    tables: [OutputFile; 2],
    pictures: BTreeMap<String, OutputFile>,
}

fn picture_name(label: &str) -> String {
    format!("{FORECAST_FOLDER}/{label}.svg")
}

impl ForecastFiles {
    fn prove(
        arguments: &ForecastArguments,
        scenario: &Scenario,
        panel: &Panel,
        inputs: &InputPaths,
    ) -> Result<Self, WriteError> {
        let prove = |name: &str, kind| OutputFile::prove(&arguments.out.join(name), kind, arguments.overwrite, inputs);
        let pictures = (0..panel.series.len()).map(|series| panel.label(series, &scenario.world));
        Ok(Self {
            tables: [
                prove(FORECAST.file, forecast_kind())?,
                prove(SIMULATED, forecast_kind())?,
            ],
            pictures: pictures
                .map(|label| Ok((label.clone(), prove(&picture_name(&label), picture_kind())?)))
                .collect::<Result<_, WriteError>>()?,
        })
    }

    fn write(&self, out: &Path, input: &ForecastInput<'_>, forecasts: &[Vec<SeriesForecast>; 2]) -> Result<(), Error> {
        let beside = out.join(FORECAST_FOLDER);
        std::fs::create_dir_all(&beside).map_err(|cause| WriteError::new(&beside, cause))?;
        for (with, without) in forecasts[0].iter().zip(&forecasts[1]) {
            let label = input.panel.label(with.series, input.world);
            if let Some(file) = self.pictures.get(&label) {
                file.write(forecast_chart(input, [with, without]).render().as_bytes())?;
            }
        }
        for (file, forecasts) in self.tables.iter().zip(forecasts) {
            file.write(&forecast_table(input.world, input.panel, forecasts).to_csv()?)?;
        }
        Ok(())
    }
}
