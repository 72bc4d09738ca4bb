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
