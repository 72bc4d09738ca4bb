//! The facts and pictures of every draw.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ShapeBuilder, s};

use super::statistic::evaluate;
use crate::ensemble::{BLOCK, Ensemble, Failure, Progress};
use crate::model::{Facts, Horizon, Month};
use crate::observation::{Monthly, MonthlyTotals, compile};
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
    /// A fact over the draws. Its quantiles are exact order statistics, not those of a histogram, because a verdict may
    /// depend on a single month.
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

/// Simulates all draws of an ensemble and evaluates facts about it in each; the result does not depend on the threads.
///
/// # Errors
/// The failure of the lowest draw that has a month without a solution.
pub fn simulate(ensemble: &Ensemble<'_>, facts: &Facts, progress: &dyn Progress) -> Result<Simulated, Failure> {
    let scenario = &ensemble.model().plan.scenario;
    let series = compile(&scenario.world, &facts.series);
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
    // One collector for both: the cells of facts, then those of the months of pictures.
    let collector = Collector::new(end);
    let horizon = scenario.horizon;
    let observer = |draws| MonthlyTotals::new(&series, horizon, draws);
    let evaluate = |totals: MonthlyTotals<'_>| {
        let cells = cells_of(&totals, horizon, facts, end);
        collector.absorb((totals.draws.start / BLOCK) as usize, &DrawMatrix::from(cells.view()));
        // Only facts are kept draw by draw, for their exact quantiles.
        cells.slice(s![.., ..facts.facts.len()]).to_owned()
    };
    let blocks = ensemble.run(0..scenario.simulation.draws, observer, evaluate, progress)?;
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

/// Draws by facts, then the months of pictures: `columns` in all.
fn cells_of(block: &MonthlyTotals<'_>, horizon: Horizon, facts: &Facts, columns: usize) -> Array2<f64> {
    let mut cells = Array2::zeros((block.totals.dim().0, columns).f());
    for (totals, mut row) in block.totals.outer_iter().zip(cells.rows_mut()) {
        let series = DrawSeries { horizon, totals };
        row.iter_mut()
            .zip(series.cells(facts))
            .for_each(|(cell, value)| *cell = value);
    }
    cells
}

/// The monthly series of one draw.
struct DrawSeries<'t> {
    horizon: Horizon,
    /// Months by series.
    totals: ArrayView2<'t, f64>,
}

impl DrawSeries<'_> {
    /// Facts, then the months of pictures; NaN where a fact does not exist.
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

impl Monthly for DrawSeries<'_> {
    fn value(&self, series: usize, month: Month) -> Option<f64> {
        self.horizon.step(month).map(|step| self.totals[[step, series]])
    }
}
