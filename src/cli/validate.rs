//! `roundabout validate`: compares a scenario's draws with dated facts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::inputs::{ReadingOptions, ScenariosRead};
use super::progress::Bars;
use super::terminal::PrintedForm;
use super::{Error, inputs, terminal};
use crate::diagnostic::Report;
use crate::ensemble::Ensemble;
use crate::input::read_facts;
use crate::model::Facts;
use crate::observation::empty_series;
use crate::report::plot::picture_kind;
use crate::results::schema::FACTS;
use crate::results::{InputPaths, OutputFile, WriteError};
use crate::scenario::Scenario;
use crate::simulation::{Model, Plan};
use crate::validation::{
    FOLDER, Simulated, Validation, chart, fact_grid, file_name, order_grid, page, page_kind, simulate,
    validation_table, validation_table_kind,
};

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// File of dated facts and their definitions
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// Number of draws, instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1 << 53))]
    draws: Option<u64>,
    /// Seed of all random numbers, instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Folder for validation.md and the folder validation, which holds the numbers and the pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// Exit with code 4 if a fact is missed, or an order does not hold, without a note that says why
    #[arg(long)]
    strict: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
    #[command(flatten)]
    reading: ReadingOptions,
}

/// Simulates, prints published beside simulated numbers, and writes the page.
///
/// # Errors
/// When input is invalid, a draw cannot be simulated, files cannot be written, or with `--strict` a miss is unexplained.
pub fn run(arguments: &ValidateArguments) -> Result<(), Error> {
    let ScenariosRead {
        mut scenarios,
        mut paths,
    } = inputs::read(std::slice::from_ref(&arguments.scenario), arguments.reading)?;
    let Some(mut scenario) = scenarios.pop() else {
        return Ok(());
    };
    scenario.simulation.draws = arguments.draws.unwrap_or(scenario.simulation.draws);
    scenario.simulation.seed = arguments.seed.unwrap_or(scenario.simulation.seed);
    let facts = read(arguments, &scenario)?;
    // The file of facts is an input too, so no output may replace it.
    paths.extend([&arguments.facts]);
    let files = match &arguments.out {
        Some(out) => Some(ValidationFiles::prove(out, &facts, arguments.overwrite, &paths)?),
        None => None,
    };
    for series in empty_series(&scenario.world, &facts.series) {
        terminal::say(&format!(
            "warning: no route of the world enters the series `{series}`: it is always zero"
        ));
    }
    // After the facts were read, whose months decide how far to simulate.
    let scenario = Arc::new(shortened(scenario, &facts));
    let simulated = simulate_all(arguments, &scenario, &facts)?;
    let validation = Validation::new(&scenario, &facts, simulated);
    terminal::print(&match arguments.format {
        PrintedForm::Table => report(&validation),
        PrintedForm::Json => validation_table(&validation).to_json(),
    })?;
    if let (Some(out), Some(files)) = (&arguments.out, files) {
        files.write(out, &validation)?;
    }
    let unexplained = validation.unexplained();
    if arguments.strict && !unexplained.is_empty() {
        return Err(Error::Gate(format!(
            "missed without a note: {}",
            unexplained.join(", ")
        )));
    }
    Ok(())
}

fn read(arguments: &ValidateArguments, scenario: &Scenario) -> Result<Facts, Error> {
    let mut report = Report::default();
    let facts = read_facts(&arguments.facts, scenario, &mut report);
    let text = report.render(terminal::colours());
    if facts.is_some() && !text.is_empty() {
        terminal::say(&text);
    }
    facts.ok_or(Error::Invalid(text))
}

/// The scenario without the months that no fact needs. The first months are the same whatever the horizon.
fn shortened(mut scenario: Scenario, facts: &Facts) -> Scenario {
    let last = facts.last_month().and_then(|month| scenario.horizon.step(month));
    scenario.horizon.months = last.map_or(scenario.horizon.months, |step| step + 1);
    scenario
}

fn simulate_all(arguments: &ValidateArguments, scenario: &Arc<Scenario>, facts: &Facts) -> Result<Simulated, Error> {
    let bars = Bars::new(vec![(scenario.name.clone(), scenario.simulation.draws)], false);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))?;
    let model = Model::new(Plan::new(scenario.clone()));
    let simulated = pool.install(|| simulate(&Ensemble::from_streams(&model), facts, &bars));
    bars.finish();
    let seed = scenario.simulation.seed;
    simulated.map_err(|failure| Error::Failed(format!("scenario `{}` failed: seed {seed}, {failure}", scenario.name)))
}

fn report(validation: &Validation<'_>) -> String {
    let mut text = fact_grid(validation).to_text(terminal::grid_width());
    if !validation.facts.orders.is_empty() {
        text.push_str(&format!("\n{}", order_grid(validation).to_text(terminal::grid_width())));
    }
    let facts = validation.facts.facts.len();
    text.push_str(&format!(
        "\n{} of {facts} facts inside; {} draws, seed {}\n",
        validation.inside(),
        validation.scenario.simulation.draws,
        validation.scenario.simulation.seed
    ));
    text
}

const PAGE: &str = "validation.md";
const TABLE: &str = FACTS.file;

/// The files of a validation, each proven to be free or replaceable.
struct ValidationFiles {
    page: OutputFile,
    table: OutputFile,
    pictures: Vec<OutputFile>,
}

impl ValidationFiles {
    fn prove(out: &Path, facts: &Facts, overwrite: bool, inputs: &InputPaths) -> Result<Self, WriteError> {
        let prove = |name: &str, kind| OutputFile::prove(&out.join(name), kind, overwrite, inputs);
        let pictures = facts.pictures.iter();
        Ok(Self {
            page: prove(PAGE, page_kind())?,
            table: prove(TABLE, validation_table_kind())?,
            pictures: pictures
                .map(|picture| prove(&file_name(picture), picture_kind()))
                .collect::<Result<_, _>>()?,
        })
    }

    fn write(&self, out: &Path, validation: &Validation<'_>) -> Result<(), Error> {
        let beside = out.join(FOLDER);
        std::fs::create_dir_all(&beside).map_err(|cause| WriteError::new(&beside, cause))?;
        for (place, picture) in self.pictures.iter().enumerate() {
            picture.write(chart(validation, place).render().as_bytes())?;
        }
        self.table.write(&validation_table(validation).to_csv()?)?;
        // The page last: if it is there, so is everything that it shows.
        Ok(self.page.write(page(validation).as_bytes())?)
    }
}
