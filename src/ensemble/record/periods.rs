//! The periods of the metrics.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Horizon, ReportPeriod};

/// A period with the steps of its months.
#[derive(Clone, Debug)]
pub struct PeriodSteps {
    pub period: ReportPeriod,
    pub steps: Range<usize>,
}

/// The whole run first, then every year, then every month.
pub fn list_periods(horizon: Horizon) -> Vec<PeriodSteps> {
    let mut years: BTreeMap<i32, Range<usize>> = BTreeMap::new();
    for (step, month) in horizon.iter().enumerate() {
        years.entry(month.year()).or_insert(step..step).end = step + 1;
    }
    let months = horizon.iter().enumerate().map(|(step, month)| PeriodSteps {
        period: month.into(),
        steps: step..step + 1,
    });
    let years = years.into_iter().map(|(year, steps)| PeriodSteps {
        period: ReportPeriod::year(year),
        steps,
    });
    let all = PeriodSteps {
        period: ReportPeriod::WholeRun,
        steps: 0..horizon.months,
    };
    std::iter::once(all).chain(years).chain(months).collect()
}

/// The whole run, the years and the months of listed periods.
pub fn split_periods(periods: &[PeriodSteps]) -> (&[PeriodSteps], &[PeriodSteps], &[PeriodSteps]) {
    let (whole, rest) = periods.split_at(periods.len().min(1));
    let years = rest.iter().take_while(|of| !of.period.is_month()).count();
    let (years, months) = rest.split_at(years);
    (whole, years, months)
}
