//! `sweep.csv`: the headline metrics of scenarios and their variants, with what each variant changes.

use std::io;

use super::batch_tables::DifferenceStatistics;
use super::member::{BatchMember, HeadlineDifferences};
use super::replace::FileKind;
use super::result_table::ResultTable;
use super::row_writer::RowWriter;
use super::schema;
use crate::scenario::{Omission, Variant};
use crate::statistics::{Moments, QUANTILES, Summary, order_statistic};

/// What stands in place of a change in the rows of a sum.
pub const SUM_OF_SINGLE: &str = "sum of single differences";

/// How a file shows that it is a table of variants.
pub fn sweep_kind() -> FileKind {
    FileKind::csv("a table of variants", &schema::SWEEP.header())
}

/// Headline metrics of every scenario that has finished and its differences from the reference, in the order of the batch; then,
/// where measures were left out in turn, the sum of their differences.
///
/// # Errors
/// When the draws cannot be read back.
pub fn sweep_table<'a>(members: &[&'a BatchMember], reference: &'a BatchMember) -> io::Result<ResultTable<'a>> {
    let sum = sum_of_single(members, reference)?;
    let members = members.to_vec();
    Ok(ResultTable::new(&schema::SWEEP, move |rows| {
        for member in &members {
            let scenario = &member.scenario;
            let variant = scenario.variant.as_ref();
            let keys = [
                scenario.name.clone(),
                variant.map_or(&scenario.name, |variant| &variant.of).clone(),
                variant.map_or(String::new(), Variant::words),
            ];
            // One number that takes several values is an axis; a distribution has no place on it.
            let value = variant.and_then(|variant| match variant.settings.as_slice() {
                [setting] => setting.value.replace('_', "").parse().ok(),
                _ => None,
            });
            for headline in &member.headlines {
                let metric = [headline.metric.as_str(), headline.unit.as_str()];
                let difference = member.differences.get(&metric.map(str::to_owned).into());
                write_row(rows, &keys, value, metric, Some(&headline.summary), difference)?;
            }
        }
        let keys = [String::new(), reference.scenario.name.clone(), SUM_OF_SINGLE.to_owned()];
        sum.iter()
            .flatten()
            .try_for_each(|((metric, unit), sum)| write_row(rows, &keys, None, [metric, unit], None, Some(sum)))
    }))
}

fn write_row(
    rows: &mut RowWriter<'_>,
    keys: &[String],
    value: Option<f64>,
    metric: [&str; 2],
    summary: Option<&Summary>,
    difference: Option<&DifferenceStatistics>,
) -> io::Result<()> {
    keys.iter().for_each(|key| rows.text(key));
    rows.number(value);
    metric.iter().for_each(|key| rows.text(key));
    let level = |of: fn(&Summary) -> Option<f64>| summary.and_then(of);
    for value in [
        level(|summary| summary.mean),
        level(|summary| summary.mcse),
        level(|summary| summary.p05),
        level(|summary| summary.p50),
        level(|summary| summary.p95),
    ] {
        rows.number(value);
    }
    let difference = difference.copied().unwrap_or_default();
    rows.number(difference.mean);
    rows.number(difference.mcse);
    difference.quantiles.iter().for_each(|value| rows.number(*value));
    rows.number(difference.probability_below_zero);
    rows.text(&difference.draws.map_or(String::new(), |draws| draws.to_string()));
    rows.end()
}

/// The sum, draw by draw, of the differences from the reference that the variants make which leave out one measure each; none
/// where no measure is left out in turn.
///
/// # Errors
/// When the draws cannot be read back.
pub fn sum_of_single(members: &[&BatchMember], reference: &BatchMember) -> io::Result<Option<HeadlineDifferences>> {
    let is_single = |member: &&&BatchMember| {
        let variant = member.scenario.variant.as_ref();
        variant.is_some_and(|variant| variant.omission == Omission::InTurn)
    };
    let singles: Vec<&&BatchMember> = members.iter().filter(is_single).collect();
    if singles.is_empty() {
        return Ok(None);
    }
    let mut sums = HeadlineDifferences::new();
    for (column, headline) in reference.headlines.iter().enumerate() {
        let of = |member: &BatchMember| Ok::<_, io::Error>(member.draws.columns(column..column + 1)?.remove(0));
        let before = of(reference)?;
        let mut sum = vec![0.0; before.len()];
        for member in &singles {
            for (sum, (after, before)) in sum.iter_mut().zip(of(member)?.iter().zip(&before)) {
                *sum += after - before;
            }
        }
        sums.insert((headline.metric.clone(), headline.unit.clone()), of_draws(sum));
    }
    Ok(Some(sums))
}

/// The statistics of differences draw by draw; a difference that does not exist is NaN.
fn of_draws(mut differences: Vec<f64>) -> DifferenceStatistics {
    differences.retain(|difference| difference.is_finite());
    if differences.is_empty() {
        return DifferenceStatistics::default();
    }
    let draws = differences.len() as u64;
    let moments: Moments = differences.iter().copied().collect();
    let below = differences.iter().filter(|difference| **difference < 0.0).count();
    differences.sort_unstable_by(f64::total_cmp);
    DifferenceStatistics {
        mean: Some(moments.mean),
        mcse: moments.mcse(),
        quantiles: QUANTILES.map(|percent| Some(order_statistic(&differences, percent))),
        probability_below_zero: Some(below as f64 / draws as f64),
        draws: Some(draws),
        is_paired: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differences_that_exist_count() {
        let statistics = of_draws(vec![1.0, f64::NAN, -3.0, 2.0]);
        assert_eq!((statistics.mean, statistics.draws), (Some(0.0), Some(3)));
        assert_eq!(statistics.probability_below_zero, Some(1.0 / 3.0));
        assert_eq!(statistics.quantiles[2], Some(1.0));
        assert_eq!(of_draws(vec![f64::NAN]), DifferenceStatistics::default());
    }
}
