//! The facts and pictures of every draw.

use std::ops::Range;

use ndarray::{Array2, Array3, ArrayView2, Axis, ShapeBuilder, s};
use rayon::prelude::*;

use super::series::compile;
use super::statistic::{Monthly, evaluate};
use crate::math::simd::WIDTH;
use crate::model::{Facts, Horizon, Month};
use crate::simulation::{BLOCK, Chance, Failure, Groups, Model, PathRunner, Progress};
use crate::statistics::{Collected, Collector, DrawMatrix, Summary};

/// The statistics over draws of every fact, then of every month of every picture.
#[derive(Debug)]
pub struct Simulated {
    collected: Collected,
    /// The values of each fact in the draws where it exists, in order.
    facts: Vec<Vec<f64>>,
    pictures: Vec<Range<usize>>,
}

impl Simulated {
    /// A fact over the draws. Its quantiles are order statistics and exact, for a verdict may hang on a whole month.
    pub fn fact(&self, fact: usize) -> Summary {
        let values = &self.facts[fact];
        let quantile = |p: f64| {
            let rank = (p * values.len() as f64).ceil() as usize;
            values.get(rank.saturating_sub(1)).copied()
        };
        Summary {
            p05: quantile(0.05),
            p25: quantile(0.25),
            p50: quantile(0.5),
            p75: quantile(0.75),
            p95: quantile(0.95),
            ..self.collected.summary(fact)
        }
    }

    /// In how many draws a fact exists.
    pub fn draws(&self, fact: usize) -> u64 {
        self.collected.moments(fact).count
    }

    /// The months of a picture over the draws, in order.
    pub fn picture(&self, picture: usize) -> impl Iterator<Item = Summary> {
        self.pictures[picture].clone().map(|cell| self.collected.summary(cell))
    }
}

/// Simulates all draws of a model and evaluates facts about it in each; the result does not depend on the threads.
///
/// # Errors
/// The failure of the lowest draw that has a month without a solution.
pub fn simulate(model: &Model, facts: &Facts, progress: &dyn Progress) -> Result<Simulated, Failure> {
    let scenario = &model.plan.scenario;
    let groups = compile(&scenario.world, &facts.series);
    let mut end = facts.facts.len();
    let pictures: Vec<Range<usize>> = facts
        .pictures
        .iter()
        .map(|picture| {
            let start = end;
            end += picture.months.months();
            start..end
        })
        .collect();
    let collector = Collector::new(end);
    let draws = scenario.simulation.draws;
    let blocks: Vec<Result<Array2<f64>, Failure>> = (0..draws.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let range = block * BLOCK..((block + 1) * BLOCK).min(draws);
            let totals = monthly_totals(model, &groups, range.clone())?;
            let mut cells = Array2::zeros((totals.len_of(Axis(0)), end).f());
            for (totals, mut row) in totals.outer_iter().zip(cells.rows_mut()) {
                let path = Path {
                    horizon: scenario.horizon,
                    totals,
                };
                row.iter_mut()
                    .zip(path.cells(facts))
                    .for_each(|(kept, cell)| *kept = cell);
            }
            collector.absorb(block as usize, &DrawMatrix::from(cells.view()));
            progress.advance(0, range.end - range.start);
            Ok(cells.slice(s![.., ..facts.facts.len()]).to_owned())
        })
        .collect();
    let blocks: Vec<Array2<f64>> = blocks.into_iter().collect::<Result<_, Failure>>()?;
    Ok(Simulated {
        collected: collector.finish(),
        facts: (0..facts.facts.len()).map(|fact| in_order(&blocks, fact)).collect(),
        pictures,
    })
}

/// The values of a fact in all draws where it exists, in order.
fn in_order(blocks: &[Array2<f64>], fact: usize) -> Vec<f64> {
    let values = blocks.iter().flat_map(|cells| cells.column(fact).to_vec());
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The totals of some draws: draws by months by groups of routes. All simulation of this module is here.
fn monthly_totals(model: &Model, groups: &Groups, draws: Range<u64>) -> Result<Array3<f64>, Failure> {
    let months = model.plan.scenario.horizon.months;
    let mut totals = Array3::zeros(((draws.end - draws.start) as usize, months, groups.len()));
    let mut runner = PathRunner::new(model);
    let mut of_month = vec![0.0; groups.len()];
    let first = draws.start;
    let chances: Vec<Chance> = draws.map(Chance::Draw).collect();
    for (group, chances) in chances.chunks(WIDTH).enumerate() {
        let outcomes = runner.run_together(chances, |place, month| {
            groups.sum_into(&month.solution.flow, &mut of_month);
            for (series, &total) in of_month.iter().enumerate() {
                totals[[group * WIDTH + place, month.step, series]] = total;
            }
        });
        for (place, outcome) in outcomes.into_iter().enumerate() {
            outcome.map_err(|error| Failure {
                draw: first + (group * WIDTH + place) as u64,
                month: error.month,
                reason: error.cause.to_string(),
            })?;
        }
    }
    Ok(totals)
}

/// The monthly series of one draw: months by series.
struct Path<'t> {
    horizon: Horizon,
    totals: ArrayView2<'t, f64>,
}

impl Path<'_> {
    /// Facts, then the months of pictures; not a number where a fact does not exist.
    fn cells(&self, facts: &Facts) -> Vec<f64> {
        let exists = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let numbers = facts.facts.iter().map(|fact| exists(evaluate(&fact.statistic, self)));
        let pictures = facts.pictures.iter().flat_map(|picture| {
            picture
                .months
                .iter()
                .map(|month| exists(self.value(picture.series, month)))
        });
        numbers.chain(pictures).collect()
    }
}

impl Monthly for Path<'_> {
    fn value(&self, series: usize, month: Month) -> Option<f64> {
        self.horizon.step(month).map(|step| self.totals[[step, series]])
    }
}
