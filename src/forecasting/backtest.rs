//! Forecasts as they would have been made at past origins, scored against what came.

use std::sync::Arc;

use ndarray::Array3;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::anchored::{Anchoring, KnownSeries, NormalNumbers};
use super::weight::{self, RelativeScores, WEIGHTS};
use crate::calibration::{Data, ErrorModel, Forward, Smoother};
use crate::ensemble::{Failure, Progress};
use crate::model::{Horizon, Month, MonthRange};
use crate::observation::{GoodsOfSeries, Panel};
use crate::scenario::Scenario;
use crate::timeseries::{NaiveMethod, Predictive, Score, SortedSample};

/// Draws of a forecast for each member of the ensemble.
const DRAWS_PER_MEMBER: usize = 4;

/// Origins before the first that is reported, so that the first weight rests on something.
const WARM_UP: i32 = 3;

/// Which forecasts a backtest makes.
#[derive(Clone, Copy, Debug)]
pub struct BacktestPlan {
    /// The last known months, one forecast for each.
    pub origins: MonthRange,
    /// Months ahead.
    pub horizon: usize,
    pub smoother: Smoother,
    pub errors: ErrorModel,
}

/// A way to forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ForecastMethod {
    /// Calibrated, from the last records, with the weight that past origins chose.
    Anchored,
    /// Calibrated, without an error process.
    Simulated,
    Naive(NaivePlace),
    /// Anchored with a weight of the list, whatever was best.
    Weighted(usize),
}

/// The place of a naive method in [`NaiveMethod::ALL`].
pub type NaivePlace = usize;

impl ForecastMethod {
    /// The name as tables spell it.
    pub fn name(self) -> String {
        match self {
            Self::Anchored => "anchored".to_owned(),
            Self::Simulated => "simulated".to_owned(),
            Self::Naive(place) => NaiveMethod::ALL[place].name().to_owned(),
            Self::Weighted(place) => format!("anchored_{:.2}", WEIGHTS[place]),
        }
    }
}

/// The local level: the forecast to beat.
pub const LOCAL_LEVEL: ForecastMethod = ForecastMethod::Naive(0);

/// A forecast beside what came.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScoredForecast {
    pub origin: Month,
    /// Position in [`Panel::series`].
    pub series: usize,
    /// Months ahead, from 1.
    pub ahead: usize,
    pub method: ForecastMethod,
    /// Of logarithms.
    pub score: Score,
}

/// What was done at an origin.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OriginSummary {
    pub month: Month,
    pub observations: usize,
    /// The mean misfit of an observation before the first and before the last step of the calibration.
    pub misfit: [f64; 2],
    /// Position in [`WEIGHTS`].
    pub weight: usize,
}

/// Scored forecasts of all origins.
#[derive(Debug)]
pub struct Backtest {
    pub panel: Panel,
    pub origins: Vec<OriginSummary>,
    pub forecasts: Vec<ScoredForecast>,
}

impl Backtest {
    /// Calibrates and forecasts at each origin with what was known then. The weight of an origin comes from forecasts of
    /// earlier origins for months that were known by then.
    ///
    /// # Errors
    /// The failure of a draw that has a month without a solution.
    pub fn run(
        scenario: &Scenario,
        panel: Panel,
        plan: &BacktestPlan,
        progress: &dyn Progress,
    ) -> Result<Self, Failure> {
        let mut backtest = Self {
            panel,
            origins: Vec::new(),
            forecasts: Vec::new(),
        };
        let mut past: Vec<PastScores> = Vec::new();
        let draws = plan.smoother.members as usize * DRAWS_PER_MEMBER;
        let normal = NormalNumbers::new(plan.smoother.seed, "backtest", draws, plan.horizon);
        for origin in Self::all_origins(scenario, plan) {
            let prepared = Prepared::new(scenario, &backtest.panel, origin, plan, progress)?;
            let known = past.iter().filter(|scores| scores.month <= origin);
            let weight = weight::choose(known.map(|scores| (scores.series, scores.scores)));
            let scored = prepared.score_all(&backtest.panel, weight, plan.horizon, &normal);
            past.extend(scored.relative);
            if origin >= plan.origins.first {
                backtest.forecasts.extend(scored.forecasts);
                backtest.origins.push(OriginSummary {
                    weight,
                    ..prepared.summary
                });
            }
        }
        Ok(backtest)
    }

    /// The origins, those of the warm-up first. The warm-up begins after the base year.
    fn all_origins(scenario: &Scenario, plan: &BacktestPlan) -> impl Iterator<Item = Month> + use<> {
        let earliest = Month::january(scenario.horizon.start.year() + 1);
        let first = plan.origins.first.plus(-WARM_UP).max(earliest).min(plan.origins.first);
        let last = plan.origins.last;
        (0..=last.since(first)).map(move |later| first.plus(later))
    }

    /// How many draws are simulated in all, for a progress bar.
    pub fn draws(scenario: &Scenario, plan: &BacktestPlan) -> u64 {
        let origins = Self::all_origins(scenario, plan).count() as u64;
        origins * plan.smoother.members * (plan.smoother.steps as u64 + 1)
    }
}

/// Whether a series counts for the pooled scores: all goods, of the widest reporter.
pub fn is_total(panel: &Panel, series: usize) -> bool {
    let series = &panel.series[series];
    series.is_widest && series.key.goods == GoodsOfSeries::All
}

/// An ensemble that is calibrated on what was known at an origin.
struct Prepared {
    scenario: Arc<Scenario>,
    totals: Array3<f64>,
    horizon: Horizon,
    summary: OriginSummary,
}

/// The scores of each weight for one month of a series, relative to the local level.
#[derive(Clone, Copy)]
struct PastScores {
    series: usize,
    month: Month,
    scores: RelativeScores,
}

/// The scores of an origin, and those that later origins choose their weight by.
struct ScoredOrigin {
    forecasts: Vec<ScoredForecast>,
    relative: Vec<PastScores>,
}

impl Prepared {
    fn new(
        scenario: &Scenario,
        panel: &Panel,
        origin: Month,
        plan: &BacktestPlan,
        progress: &dyn Progress,
    ) -> Result<Self, Failure> {
        let data = Data::new(&scenario.world, panel, scenario.horizon, origin, &plan.errors);
        let until_origin = Forward::new(scenario, panel, plan.smoother.members, origin);
        let members = plan.smoother.calibrate(&until_origin, &data, progress)?;
        let last = origin.plus(plan.horizon as i32).min(scenario.horizon.end().plus(-1));
        let ahead = Forward::new(scenario, panel, plan.smoother.members, last);
        let totals = ahead.totals(&members.normal, progress)?;
        let ends = [members.misfit.first(), members.misfit.last()];
        Ok(Self {
            scenario: Arc::new(scenario.clone()),
            horizon: Horizon {
                start: scenario.horizon.start,
                months: totals.dim().1,
            },
            totals,
            summary: OriginSummary {
                month: origin,
                observations: data.len(),
                misfit: ends.map(|misfit| misfit.copied().unwrap_or(f64::NAN)),
                weight: weight::FIRST,
            },
        })
    }

    fn score_all(&self, panel: &Panel, weight: usize, horizon: usize, normal: &NormalNumbers) -> ScoredOrigin {
        let scored: Vec<Vec<ScoredForecast>> = (0..panel.series.len())
            .into_par_iter()
            .map(|series| self.score_series(panel, series, weight, horizon, normal))
            .collect();
        let relative = scored
            .iter()
            .flat_map(|forecasts| relative(forecasts, self.summary.month));
        ScoredOrigin {
            relative: relative.collect(),
            forecasts: scored.concat(),
        }
    }

    fn score_series(
        &self,
        panel: &Panel,
        series: usize,
        weight: usize,
        horizon: usize,
        normal: &NormalNumbers,
    ) -> Vec<ScoredForecast> {
        let origin = self.summary.month;
        let months = horizon.min((self.horizon.end().since(origin) - 1).max(0) as usize);
        let outcomes: Vec<(usize, f64)> = (1..=months)
            .filter_map(|ahead| {
                let month = origin.plus(ahead as i32);
                let log = panel.series[series].logs[panel.place(month)?] - panel.season(series, month);
                log.is_finite().then_some((ahead, log))
            })
            .collect();
        let world = &self.scenario.world;
        let known = KnownSeries::new(world, panel, series, &self.totals, self.horizon, origin);
        let (Some(known), false) = (known, outcomes.is_empty()) else {
            return Vec::new();
        };
        let mut forecasts = Vec::new();
        let mut add = |method, ahead, score| {
            forecasts.push(ScoredForecast {
                origin,
                series,
                ahead,
                method,
                score,
            });
        };
        let mut weights = vec![(ForecastMethod::Simulated, Anchoring::None)];
        weights.push((ForecastMethod::Anchored, Anchoring::Growth(WEIGHTS[weight])));
        if is_total(panel, series) {
            let fixed = WEIGHTS.iter().enumerate();
            weights.extend(fixed.map(|(place, weight)| (ForecastMethod::Weighted(place), Anchoring::Growth(*weight))));
        }
        for (method, anchoring) in weights {
            let draws = known.draws(anchoring, months, normal);
            for &(ahead, outcome) in &outcomes {
                if let Some(sample) = SortedSample::new(draws.column(ahead - 1).to_vec()) {
                    add(method, ahead, sample.score(outcome));
                }
            }
        }
        let history: Vec<f64> = (0..=panel.place(origin).unwrap_or(0))
            .map(|place| panel.series[series].logs[place] - panel.season(series, panel.month(place)))
            .collect();
        for (place, naive) in NaiveMethod::ALL.into_iter().enumerate() {
            let forecast = naive.forecast(&history, months);
            for &(ahead, outcome) in &outcomes {
                if let Some(gaussian) = forecast.get(ahead - 1) {
                    add(ForecastMethod::Naive(place), ahead, gaussian.score(outcome));
                }
            }
        }
        forecasts
    }
}

/// The scores of each weight over that of the local level, by month; none for a series whose weights were not all tried.
fn relative(forecasts: &[ScoredForecast], origin: Month) -> Vec<PastScores> {
    let find = |ahead: usize, method: ForecastMethod| {
        let mut found = forecasts
            .iter()
            .filter(|forecast| forecast.ahead == ahead && forecast.method == method);
        found.next().map(|forecast| forecast.score.crps)
    };
    let months = forecasts.iter().filter(|forecast| forecast.method == LOCAL_LEVEL);
    months
        .filter_map(|level| {
            let mut scores = [0.0; WEIGHTS.len()];
            for (place, score) in scores.iter_mut().enumerate() {
                *score = find(level.ahead, ForecastMethod::Weighted(place))? / level.score.crps;
            }
            Some(PastScores {
                series: level.series,
                month: origin.plus(level.ahead as i32),
                scores,
            })
        })
        .collect()
}
