//! `roundabout backtest`: forecasts at past months, scored against what came.

use std::path::{Path, PathBuf};

use clap::Args;

use super::calibrate::{EnsembleArguments, panel_of, read_prior};
use super::progress::Bars;
use super::terminal::PrintedForm;
use super::{Error, terminal};
use crate::calibration::ErrorModel;
use crate::forecasting::{
    Assessment, Backtest, BacktestPlan, Grouping, PICTURES, PICTURES_FOLDER, backtest_page, backtest_page_kind,
    group_grid, method_grid, pictures, scores_kind, weights, write_scores,
};
use crate::model::{Month, MonthRange};
use crate::observation::Panel;
use crate::report::plot::picture_kind;
use crate::results::schema::SCORES;
use crate::results::{InputPaths, OutputFile, TextTable, WriteError};
use crate::scenario::Scenario;

/// Arguments of `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArguments {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Months at whose ends forecasts are made, first and last included, like 2022-06..2023-12
    #[arg(long, value_name = "A..B", value_parser = parse_origins)]
    origins: MonthRange,
    /// Months ahead
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=36))]
    horizon: u16,
    /// Folder for backtest.md, scores.csv and the folder backtest, which holds the pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    ensemble: EnsembleArguments,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// Treat lines that can do nothing as warnings rather than faults
    #[arg(long)]
    allow_idle: bool,
    /// How to print the scores
    #[arg(long, value_enum, default_value_t)]
    format: PrintedForm,
}

fn parse_origins(text: &str) -> Result<MonthRange, String> {
    let written = "origins are written A..B, like 2022-06..2023-12";
    let (first, last) = text.split_once("..").ok_or(written)?;
    let month = |text: &str| text.parse::<Month>().map_err(|fault| format!("`{text}`: {fault}"));
    let (first, last) = (month(first)?, month(last)?);
    if last < first {
        return Err(format!("the last origin, {last}, lies before the first, {first}"));
    }
    Ok(MonthRange { first, last })
}

/// Calibrates and forecasts at each origin, prints the scores, and writes the page.
///
/// # Errors
/// When input is invalid, the origins do not fit the scenario and its world, a draw cannot be simulated, or files cannot be
/// written.
pub fn run(arguments: &BacktestArguments) -> Result<(), Error> {
    let (scenario, paths) = read_prior(&arguments.scenario, arguments.allow_idle, arguments.ensemble.seed)?;
    let panel = panel_of(&scenario)?;
    check_origins(arguments, &scenario, &panel)?;
    let files = match &arguments.out {
        Some(out) => Some(BacktestFiles::prove(out, arguments.overwrite, &paths)?),
        None => None,
    };
    let plan = BacktestPlan {
        origins: arguments.origins,
        horizon: usize::from(arguments.horizon),
        smoother: arguments.ensemble.smoother(&scenario),
        errors: ErrorModel::default(),
    };
    let backtest = forecast_all(arguments, &scenario, panel, &plan)?;
    let assessment = Assessment::new(&scenario, &plan, &backtest);
    terminal::print(&match arguments.format {
        PrintedForm::Table => report(&assessment),
        PrintedForm::Json => json(&assessment),
    })?;
    if let (Some(out), Some(files)) = (&arguments.out, files) {
        files.write(out, &assessment)?;
    }
    Ok(())
}

/// Checks the origins against the scenario and the records.
fn check_origins(arguments: &BacktestArguments, scenario: &Scenario, panel: &Panel) -> Result<(), Error> {
    let MonthRange { first, last } = arguments.origins;
    let horizon = scenario.horizon;
    let earliest = Month::january(horizon.start.year() + 1);
    if first < earliest {
        return Err(Error::Usage(format!(
            "the origin {first} lies before {earliest}, when the second simulated year begins: the first year is what all \
             others are measured against"
        )));
    }
    let last_record = panel.month(panel.months - 1);
    if last >= last_record {
        return Err(Error::Usage(format!(
            "there is no record after the origin {last}: the last is of {last_record}, so the last origin may be {}",
            last_record.plus(-1)
        )));
    }
    let last_simulated = horizon.end().plus(-1);
    let furthest = last.plus(i32::from(arguments.horizon));
    if last >= last_simulated {
        return Err(Error::Usage(format!(
            "the scenario `{}` ends with {last_simulated}, so nothing can be forecast from the origin {last}: it must reach \
             {furthest}; lengthen its [horizon]",
            scenario.name
        )));
    }
    if last_simulated < furthest.min(last_record) {
        terminal::say(&format!(
            "warning: the scenario `{}` ends with {last_simulated}, and later months are not forecast: it must reach \
             {furthest} for {} months after every origin",
            scenario.name, arguments.horizon
        ));
    }
    Ok(())
}

fn forecast_all(
    arguments: &BacktestArguments,
    scenario: &Scenario,
    panel: Panel,
    plan: &BacktestPlan,
) -> Result<Backtest, Error> {
    let bars = Bars::new(vec![(scenario.name.clone(), Backtest::draws(scenario, plan))], false);
    let pool = arguments.ensemble.pool()?;
    let backtest = pool.install(|| Backtest::run(scenario, panel, plan, &bars));
    bars.finish();
    let seed = scenario.simulation.seed;
    backtest.map_err(|failure| Error::Failed(format!("scenario `{}` failed: seed {seed}, {failure}", scenario.name)))
}

fn report(assessment: &Assessment<'_>) -> String {
    let mut text = method_grid(assessment).to_text(terminal::grid_width());
    let groups = Grouping::ALL.into_iter();
    for grid in groups.filter_map(|grouping| group_grid(assessment, grouping)) {
        text.push_str(&format!("\n{}", grid.to_text(terminal::grid_width())));
    }
    let words = format!("Weight of the simulated growth by origin: {}", weights(assessment));
    text.push_str(&format!("\n{}\n{}\n", broken(&words), broken(&assessment.made_of())));
    text
}

/// All scores: a list of objects for each table.
fn json(assessment: &Assessment<'_>) -> String {
    let groups = Grouping::ALL.into_iter();
    let groups = groups.filter_map(|grouping| Some((grouping.name(), group_grid(assessment, grouping)?)));
    let grids = std::iter::once(("method", method_grid(assessment))).chain(groups);
    let tables: serde_json::Map<_, _> = grids
        .map(|(name, grid)| {
            let table = TextTable {
                columns: grid.columns,
                rows: grid.rows,
            };
            (format!("by_{name}"), table.objects().into())
        })
        .collect();
    // Texts and numbers can always be written as JSON.
    serde_json::to_string_pretty(&tables).unwrap_or_default() + "\n"
}

/// Columns of a line of words.
const WIDTH: usize = 100;

/// Words in lines that are not too long.
fn broken(words: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

const PAGE: &str = "backtest.md";
const TABLE: &str = SCORES.file;

/// The files of a backtest, each proven to be free or replaceable.
struct BacktestFiles {
    page: OutputFile,
    table: OutputFile,
    pictures: Vec<OutputFile>,
}

impl BacktestFiles {
    fn prove(out: &Path, overwrite: bool, inputs: &InputPaths) -> Result<Self, WriteError> {
        let prove = |name: &str, kind| OutputFile::prove(&out.join(name), kind, overwrite, inputs);
        Ok(Self {
            page: prove(PAGE, backtest_page_kind())?,
            table: prove(TABLE, scores_kind())?,
            pictures: PICTURES
                .iter()
                .map(|(file, _)| prove(file, picture_kind()))
                .collect::<Result<_, _>>()?,
        })
    }

    fn write(&self, out: &Path, assessment: &Assessment<'_>) -> Result<(), Error> {
        let beside = out.join(PICTURES_FOLDER);
        std::fs::create_dir_all(&beside).map_err(|cause| WriteError::new(&beside, cause))?;
        for (file, picture) in self.pictures.iter().zip(pictures(assessment)) {
            file.write(picture.as_bytes())?;
        }
        self.table.write_by(|file| write_scores(assessment, file))?;
        // The page last: if it is there, so is everything that it shows.
        Ok(self.page.write(backtest_page(assessment).as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_two_months_in_order() {
        let range = parse_origins("2022-06..2023-12").unwrap();
        assert_eq!(range.months(), 19);
        assert_eq!(parse_origins("2022-06..2022-06").unwrap().months(), 1);
        for (text, part) in [
            ("2022-06", "A..B"),
            ("2022-06..2022-13", "`2022-13`: months run from 01 to 12"),
            ("2022-6..2022-07", "YYYY-MM"),
            ("2023-01..2022-12", "lies before"),
        ] {
            let fault = parse_origins(text).unwrap_err();
            assert!(fault.contains(part), "{text}: {fault}");
        }
    }

    #[test]
    fn words_are_broken_into_lines_that_fit() {
        let text = broken(&"words ".repeat(60));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(text.split_whitespace().count(), 60);
    }
}
