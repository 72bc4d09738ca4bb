//! `order.csv`: which of two scenarios is lower, pair by pair.

use std::io;

use super::member::{BatchMember, HeadlineLevel};
use super::replace::FileKind;
use super::result_table::ResultTable;
use super::schema;

/// Numbers of draws that are held at a time, of all scenarios together: 64 MB.
const HELD: usize = 8 << 20;

/// How a file shows that it is a table of the order of scenarios.
pub fn order_kind() -> FileKind {
    FileKind::csv("a table of the order of scenarios", &schema::ORDER.header())
}

/// How often one scenario was lower than another.
#[derive(Clone, Copy, Default)]
struct Lower {
    draws: u64,
    /// Draws in which both have the metric.
    of: u64,
}

/// For each two scenarios of a batch, paired and over the same months, the share of draws in which the first is strictly lower
/// in a headline metric.
pub fn order_table<'a>(members: &[&'a BatchMember]) -> ResultTable<'a> {
    let comparable = members.iter().copied().filter(|member| member.is_comparable);
    let mut scenarios: Vec<&'a BatchMember> = comparable.collect();
    scenarios.sort_by_key(|member| &member.scenario.name);
    // Every scenario has the same headline metrics.
    let headlines: &'a [HeadlineLevel] = members.first().copied().map_or(&[], |member| &member.headlines);
    let mut metrics: Vec<(&str, &str, usize)> = headlines
        .iter()
        .enumerate()
        .map(|(column, of)| (of.metric.as_str(), of.unit.as_str(), column))
        .collect();
    metrics.sort_unstable();
    ResultTable::new(&schema::ORDER, move |rows| {
        let lower = count(&scenarios, metrics.len())?;
        for (one, scenario) in scenarios.iter().enumerate() {
            for (two, other) in scenarios.iter().enumerate().filter(|(two, _)| *two != one) {
                for (metric, unit, column) in &metrics {
                    let Lower { draws, of } = lower[*column][one * scenarios.len() + two];
                    [&scenario.scenario.name, &other.scenario.name, *metric, *unit]
                        .iter()
                        .for_each(|key| rows.text(key));
                    rows.number((of > 0).then(|| draws as f64 / of as f64));
                    rows.text(&of.to_string());
                    rows.end()?;
                }
            }
        }
        Ok(())
    })
}

/// By metric, scenario and other. Columns are read a few at a time, so that memory does not grow with what is kept.
fn count(scenarios: &[&BatchMember], metrics: usize) -> io::Result<Vec<Vec<Lower>>> {
    let mut counts = Vec::with_capacity(metrics);
    let draws = scenarios.first().map_or(0, |scenario| scenario.draws.draws());
    let at_a_time = (HELD / (scenarios.len() * draws as usize).max(1)).max(1);
    for first in (0..metrics).step_by(at_a_time) {
        let columns = first..(first + at_a_time).min(metrics);
        let read = |scenario: &&BatchMember| scenario.draws.columns(columns.clone());
        let values = scenarios.iter().map(read).collect::<io::Result<Vec<_>>>()?;
        for column in 0..columns.len() {
            let of_pair = |one: &Vec<Vec<f64>>, two: &Vec<Vec<f64>>| lower(&one[column], &two[column]);
            counts.push(
                values
                    .iter()
                    .flat_map(|one| values.iter().map(move |two| of_pair(one, two)))
                    .collect(),
            );
        }
    }
    Ok(counts)
}

fn lower(one: &[f64], two: &[f64]) -> Lower {
    let mut lower = Lower::default();
    for (one, two) in one
        .iter()
        .zip(two)
        .filter(|(one, two)| one.is_finite() && two.is_finite())
    {
        lower.of += 1;
        lower.draws += u64::from(one < two);
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_draws_in_which_both_exist_are_counted() {
        let Lower { draws, of } = lower(&[1.0, 5.0, f64::NAN, 2.0], &[2.0, 3.0, 1.0, 2.0]);
        assert_eq!((draws, of), (1, 3));
    }
}
