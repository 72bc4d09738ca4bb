//! Headline metrics and uncertain numbers draw by draw.

use super::data::{Headline, Spread};
use super::frame::{Frame, PRICE, SUCCESS, scaled};
use super::number::PageNumber;
use crate::results::read::{DescribedResults, TableStream, UnreadableResults, read_inputs};
use crate::results::schema::{DRAWS, headline_name};

/// Draws of which parameters are kept: rank correlations need no more.
pub const MOST_DRAWS: usize = 512;

/// The draws of one scenario.
pub struct ScenarioDraws {
    /// By metric of the frame, in the units of the files; none if the scenario does not have it. NaN in a draw without it.
    pub headlines: Vec<Option<Vec<f64>>>,
    /// Parameters by name, in the first [`MOST_DRAWS`] draws.
    pub parameters: Vec<(String, Vec<f64>)>,
}

/// Reads the draws of one scenario.
///
/// # Errors
/// When the table is missing, damaged or was changed.
pub fn read_draws(frame: &Frame<'_>, set: &DescribedResults) -> Result<ScenarioDraws, UnreadableResults> {
    let missing = || UnreadableResults {
        path: set.folder.join(DRAWS.file),
        line: None,
        reason: "the manifest has no digest of it".to_owned(),
    };
    let mut table = set.table(DRAWS.file)?.ok_or_else(missing)?;
    let columns = headline_columns(frame, set, &table)?;
    let mut headlines: Vec<Option<Vec<f64>>> = columns.iter().map(|column| column.map(|_| Vec::new())).collect();
    let mut draws = 0;
    while let Some(row) = table.next_row()? {
        for (column, values) in columns.iter().zip(&mut headlines) {
            if let (Some(column), Some(values)) = (column, values) {
                values.push(row.number(*column)?);
            }
        }
        draws += 1;
    }
    if draws as u64 != set.manifest.draws_held() {
        let reason = format!("{draws} draws where the manifest says {}", set.manifest.draws_held());
        return Err(UnreadableResults { reason, ..missing() });
    }
    Ok(ScenarioDraws {
        headlines,
        parameters: read_inputs(set, MOST_DRAWS)?,
    })
}

/// The column of each metric of the frame.
fn headline_columns(
    frame: &Frame<'_>,
    set: &DescribedResults,
    table: &TableStream,
) -> Result<Vec<Option<usize>>, UnreadableResults> {
    let column = |name: String| {
        let is_listed = set.manifest.headlines.contains(&name);
        is_listed.then(|| table.column(&name)).transpose()
    };
    let metrics = frame.metrics.iter();
    metrics
        .map(|metric| column(headline_name(&metric.id, &metric.unit)))
        .collect()
}

/// The headline metrics with exact quantiles, of the draws of all scenarios.
pub fn headlines(frame: &Frame<'_>, draws: &[ScenarioDraws]) -> Option<Vec<Headline>> {
    let metrics = 0..draws[0].headlines.len();
    let found: Vec<Headline> = metrics.filter_map(|metric| headline(frame, draws, metric)).collect();
    (!found.is_empty()).then_some(found)
}

fn headline(frame: &Frame<'_>, draws: &[ScenarioDraws], metric: usize) -> Option<Headline> {
    let of = |scenario: usize| draws[scenario].headlines[metric].as_deref();
    let unit = &frame.metrics[metric].unit;
    let scenarios = 0..draws.len();
    let level: Vec<Option<Spread>> = scenarios.clone().map(|place| spread(of(place)?, unit)).collect();
    level.iter().any(Option::is_some).then_some(())?;
    let is_other = frame.sets.len() > 1;
    let gap = |place: usize| {
        if place == 0 || !frame.same_months[place] {
            return None;
        }
        if frame.paired[place] {
            return spread(&differences(of(place)?, of(0)?), unit);
        }
        let mean = |values: &[f64]| mean(&existing(values));
        let by = scaled(mean(of(place)?) - mean(of(0)?), unit);
        let mut spread = [PageNumber::ABSENT; 6];
        spread[0] = PageNumber::headline(by);
        Some(spread)
    };
    let below = |place: usize| {
        let pairs = place > 0 && frame.paired[place] && frame.same_months[place];
        share_below(&differences(of(place)?, of(0)?), pairs)
    };
    let wanted = [SUCCESS, PRICE].contains(&frame.metrics[metric].id.as_str()) && frame.all_paired();
    let lower = || {
        let row = |one: usize| {
            let cell = |other: usize| {
                let is_comparable = frame.same_months[one] && frame.same_months[other];
                if is_comparable {
                    is_lower(of(one), of(other))
                } else {
                    PageNumber::ABSENT
                }
            };
            scenarios.clone().map(cell).collect()
        };
        scenarios.clone().map(row).collect()
    };
    Some(Headline {
        metric,
        level,
        difference: is_other.then(|| scenarios.clone().map(gap).collect()),
        below: is_other.then(|| scenarios.clone().map(below).collect()),
        lower: wanted.then(lower),
    })
}

/// A scenario less the reference, draw by draw.
pub fn differences(own: &[f64], reference: &[f64]) -> Vec<f64> {
    own.iter().zip(reference).map(|(own, other)| own - other).collect()
}

/// The mean difference of the success from the reference, in dollars; none if it is not paired.
pub fn expected_differences(frame: &Frame<'_>, draws: &[ScenarioDraws]) -> Vec<Option<f64>> {
    let of = |scenario: usize| draws[scenario].headlines.first()?.as_deref();
    let expected = |scenario: usize| {
        let gaps = existing(&differences(of(scenario)?, of(0)?));
        (frame.paired[scenario] && !gaps.is_empty()).then(|| mean(&gaps))
    };
    (0..draws.len()).map(expected).collect()
}

fn existing(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| !value.is_nan()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64
}

fn spread(values: &[f64], unit: &str) -> Option<Spread> {
    let mut sorted = existing(values);
    if sorted.is_empty() {
        return None;
    }
    let mean = mean(&sorted);
    sorted.sort_by(f64::total_cmp);
    let at = |percent: usize| order_statistic(&sorted, percent);
    let cells = [mean, at(5), at(25), at(50), at(75), at(95)];
    Some(cells.map(|value| PageNumber::headline(scaled(value, unit))))
}

/// The value of rank ⌈p n⌉.
fn order_statistic(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

fn share_below(gaps: &[f64], pairs: bool) -> Option<PageNumber> {
    let gaps = existing(gaps);
    let below = gaps.iter().filter(|gap| **gap < 0.0).count();
    (pairs && !gaps.is_empty()).then(|| PageNumber::headline(below as f64 / gaps.len() as f64))
}

/// The share of draws in which one is strictly lower than the other.
fn is_lower(one: Option<&[f64]>, other: Option<&[f64]>) -> PageNumber {
    let (Some(one), Some(other)) = (one, other) else {
        return PageNumber::ABSENT;
    };
    let share = share_below(&differences(one, other), true);
    share.unwrap_or(PageNumber::ABSENT)
}
