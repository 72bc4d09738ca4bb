//! Monthly sums of trade in simulated draws.

use std::ops::Range;

use ndarray::{Array3, s};

use crate::ensemble::{Ensemble, Failure, Observer, Progress};
use crate::metrics::SparseSums;
use crate::model::Horizon;
use crate::simulation::SolvedMonth;

/// The totals of series in each month of some draws.
pub struct MonthlyTotals<'s> {
    series: &'s SparseSums,
    pub draws: Range<u64>,
    /// Draws by months by series.
    pub totals: Array3<f64>,
}

impl<'s> MonthlyTotals<'s> {
    /// Zeros for some draws, to be filled month by month.
    pub fn new(series: &'s SparseSums, horizon: Horizon, draws: Range<u64>) -> Self {
        let shape = ((draws.end - draws.start) as usize, horizon.months, series.len());
        Self {
            series,
            draws,
            totals: Array3::zeros(shape),
        }
    }
}

impl Observer for MonthlyTotals<'_> {
    fn observe(&mut self, draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        let first = (draws.start - self.draws.start) as usize;
        for (place, month) in months.iter().enumerate() {
            if let Some(month) = month {
                let mut totals = self.totals.slice_mut(s![first + place, month.step, ..]);
                // A row of the array in standard layout is a slice.
                if let Some(totals) = totals.as_slice_mut() {
                    self.series.sum_into(&month.solution.flow, totals);
                }
            }
        }
    }
}

/// The totals of series in all draws of an ensemble: draws by months by series. They do not depend on the threads.
///
/// # Errors
/// The failure of the lowest draw that has a month without a solution.
pub fn monthly_totals(
    ensemble: &Ensemble<'_>,
    series: &SparseSums,
    draws: u64,
    progress: &dyn Progress,
) -> Result<Array3<f64>, Failure> {
    let horizon = ensemble.model().plan.scenario.horizon;
    let observer = |draws| MonthlyTotals::new(series, horizon, draws);
    let blocks = ensemble.run(0..draws, observer, |block| (block.draws, block.totals), progress)?;
    let mut all = Array3::zeros((draws as usize, horizon.months, series.len()));
    for (draws, totals) in blocks {
        let rows = draws.start as usize..draws.end as usize;
        all.slice_mut(s![rows, .., ..]).assign(&totals);
    }
    Ok(all)
}
