//! Monthly series, simulated or published.

use crate::model::{Month, MonthRange};

/// Monthly series: of one draw, or published.
pub trait Monthly {
    /// A month of a series; none if it is not known.
    fn value(&self, series: usize, month: Month) -> Option<f64>;

    /// The sum of some months; none if one of them is not known.
    fn sum(&self, series: usize, months: MonthRange) -> Option<f64> {
        months
            .iter()
            .try_fold(0.0, |sum, month| Some(sum + self.value(series, month)?))
    }

    /// The mean month.
    fn mean(&self, series: usize, months: MonthRange) -> Option<f64> {
        Some(self.sum(series, months)? / months.months() as f64)
    }
}
