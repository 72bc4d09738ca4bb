//! Runs a design, and takes the outcome of every run.

use std::sync::Arc;

use super::design::Design;
use super::inputs::IndependentInputs;
use crate::ensemble::{Batch, Finished, Layout, MatrixError, ParameterSource, Progress, RecordedTables};
use crate::results::schema::headline_name;
use crate::scenario::Scenario;
use crate::simulation::{Model, Plan};

/// Why a design has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    #[error("scenario `{scenario}` failed in run {reason}")]
    Failed { scenario: String, reason: String },
    #[error("cannot keep the outcomes of runs: {0}")]
    Log(#[from] std::io::Error),
    #[error("`{scenario}` has no metric `{headline}`")]
    NoMetric { scenario: String, headline: String },
    #[error("`{headline}` does not exist in {missing} of {runs} runs")]
    Missing {
        headline: String,
        missing: usize,
        runs: usize,
    },
}

/// The names of the headline metrics that runs of a scenario have.
pub fn headlines_of(scenario: &Scenario) -> Vec<String> {
    let model = Model::new(Plan::new(Arc::new(scenario.clone())));
    let headlines = Layout::new(&model, &RecordedTables::none()).headlines();
    let name = |(metric, unit, _)| headline_name(metric, unit);
    headlines.into_iter().map(name).collect()
}

/// The headline metric of a scenario in every run of a design, less that of `against` in the same run if there is one.
///
/// # Errors
/// When a run fails, or the metric does not exist in all runs.
pub fn run_design(
    design: &Design,
    inputs: &IndependentInputs,
    scenario: &Scenario,
    against: Option<&Scenario>,
    headline: &str,
    progress: &dyn Progress,
) -> Result<Vec<f64>, ExperimentError> {
    let runs = design.points.len();
    let sized = |each: &Scenario| {
        let mut each = each.clone();
        // Both meet the same shocks: those of the first scenario's seed.
        each.simulation = scenario.simulation;
        each.simulation.draws = runs as u64;
        Arc::new(each)
    };
    let scenarios: Vec<Arc<Scenario>> = std::iter::once(scenario).chain(against).map(sized).collect();
    let source = ParameterSource::Matrix(design.matrix(inputs));
    let batch = Batch::with_source(scenarios, 0, |_| RecordedTables::none(), source)?;
    let mut columns = Vec::new();
    for (entry, outcome) in batch.scenarios.iter().zip(batch.run(None, progress)?) {
        let scenario = &entry.model.plan.scenario.name;
        let finished: Finished = outcome.map_err(|failure| ExperimentError::Failed {
            scenario: scenario.clone(),
            reason: failure.to_string().trim_start_matches("draw ").to_owned(),
        })?;
        let headlines = entry.layout.headlines().into_iter();
        let mut headlines = headlines.map(|(metric, unit, _)| headline_name(metric, unit));
        let place = headlines.position(|name| name == headline);
        let place = place.ok_or_else(|| ExperimentError::NoMetric {
            scenario: scenario.clone(),
            headline: headline.to_owned(),
        })?;
        columns.extend(finished.draws.columns(place..place + 1)?);
    }
    let mut columns = columns.into_iter();
    let own = columns.next().unwrap_or_default();
    let outcomes: Vec<f64> = match columns.next() {
        Some(other) => own.iter().zip(other).map(|(own, other)| own - other).collect(),
        None => own,
    };
    let missing = outcomes.iter().filter(|value| !value.is_finite()).count();
    if missing > 0 {
        let headline = headline.to_owned();
        return Err(ExperimentError::Missing {
            headline,
            missing,
            runs,
        });
    }
    Ok(outcomes)
}
