//! The periods of the metrics.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::Horizon;

/// A period by name, with its months.
#[derive(Clone, Debug)]
pub struct Period {
    pub name: String,
    pub steps: Range<usize>,
}

/// The name of the whole run.
pub const ALL: &str = "all";

/// The whole run first, then every year, then every month.
pub fn list_periods(horizon: Horizon) -> Vec<Period> {
    let mut years: BTreeMap<i32, Range<usize>> = BTreeMap::new();
    for (step, month) in horizon.iter().enumerate() {
        years.entry(month.year()).or_insert(step..step).end = step + 1;
    }
    let months = horizon.iter().enumerate().map(|(step, month)| Period {
        name: month.to_string(),
        steps: step..step + 1,
    });
    let years = years.into_iter().map(|(year, steps)| Period {
        name: format!("{year:04}"),
        steps,
    });
    let all = Period {
        name: ALL.to_owned(),
        steps: 0..horizon.months,
    };
    std::iter::once(all).chain(years).chain(months).collect()
}
