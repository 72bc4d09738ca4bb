//! The answer of a batch that has just run, without reading back what it wrote.

use std::collections::BTreeSet;
use std::io;

use super::block::{Block, ScenarioRow};
use super::difference::{Difference, noise};
use super::lay_out::{Comparison, LayoutOptions, ScenarioNames, judge_blocks};
use super::notes::Notes;
use super::render::{OverviewColumn, RowNames, marks_in_words, matrix};
use super::verdict::PriorOrder;
use crate::ensemble::{Batch, BatchScenario, Finished};
use crate::model::{ALL, ReportPeriod, ResultUnit};
use crate::results::read::MetricKey;
use crate::results::{SUM_OF_SINGLE, headline_differences, sum_of_single};
use crate::scenario::{Scheme, Variant};

/// The metrics that end a run, all in dollars: what became of restricted trade, what sellers lose, what bystanders lose.
const ANSWER: [&str; 5] = [
    "circumvented",
    "destroyed_seller",
    "diverted_seller",
    "revenue_lost",
    "genuine_trade_lost",
];

/// A scenario of the batch that has finished, with its place.
type Done<'b> = (usize, &'b BatchScenario, &'b Finished);

/// The table that a batch ends with, for a terminal of `width` columns: the means of the reference, the differences of the
/// others from it, and when a programme first lists firms; where measures are left out in turn, also the sum of their
/// differences. Scenarios that failed are left out; empty if the reference did.
///
/// # Errors
/// When the draws cannot be read back.
pub fn answer(batch: &Batch, finished: &[Option<&Finished>], width: usize) -> io::Result<String> {
    let places = std::iter::once(batch.reference).chain((0..finished.len()).filter(|place| *place != batch.reference));
    let done: Vec<Done<'_>> = places
        .filter_map(|place| Some((place, &batch.scenarios[place], finished[place]?)))
        .collect();
    let (Some((first, reference, of_reference)), true) = (done.first(), finished[batch.reference].is_some()) else {
        return Ok(String::new());
    };
    debug_assert_eq!(*first, batch.reference, "the reference stands first");
    let comparison = compare(batch, finished, &done)?;
    let simulation = &reference.model.plan.scenario.simulation;
    let draws = of_reference.draws.draws();
    let name = comparison.reference();
    let heading = if done.len() == 1 {
        format!("means of {name} over {draws} draws, seed {}", simulation.seed)
    } else {
        format!(
            "differences from {name}, whose row has its means; {draws} draws, seed {}",
            simulation.seed
        )
    };
    let mut designations = designations(&done);
    designations.cells.resize(comparison.scenarios.len(), "-".to_owned());
    let table = matrix(&comparison, vec![designations], RowNames::BeforeNumbers, width);
    Ok(format!("{heading}\n{table}{}", marks_in_words(&comparison, width)))
}

fn compare(batch: &Batch, finished: &[Option<&Finished>], done: &[Done<'_>]) -> io::Result<Comparison> {
    let kept = done
        .iter()
        .map(|(place, ..)| headline_differences(batch, finished, *place));
    let mut kept = kept.collect::<io::Result<Vec<_>>>()?;
    // A row of its own, after those of the scenarios.
    let sum = sum_of_single(batch, finished)?;
    let sums = sum.is_some();
    kept.extend(sum);
    let unit = ResultUnit::Dollars.name();
    let mut blocks = Vec::new();
    for metric in ANSWER {
        let mut rows: Vec<ScenarioRow> = done
            .iter()
            .map(|(_, entry, finished)| level(entry, finished, metric))
            .collect();
        if sums {
            rows.push(ScenarioRow {
                draws_held: rows[0].draws_held,
                ..ScenarioRow::default()
            });
        }
        let before = rows[0].level.and_then(|level| level.mean).unwrap_or(0.0);
        for (row, kept) in rows.iter_mut().zip(&kept) {
            let after = row.level.and_then(|level| level.mean).unwrap_or(0.0);
            let tolerance = done[0].1.model.plan.scenario.simulation.tolerance;
            let statistics = kept.get(&(metric.to_owned(), unit.to_owned()));
            row.difference = statistics
                .and_then(|statistics| Difference::kept(statistics, row.draws_held, noise(before, after, tolerance)));
            row.order = row.difference.as_ref().and_then(PriorOrder::of);
        }
        blocks.push(Block {
            key: total(metric, unit),
            ranking: (0..rows.len()).collect(),
            rows,
            groups: None,
        });
    }
    let options = LayoutOptions {
        is_one_table: true,
        ..LayoutOptions::default()
    };
    judge_blocks(&mut blocks, options);
    let families = done.iter().map(|(_, entry, _)| {
        let scenario = &entry.model.plan.scenario;
        scenario.variant.as_ref().map_or(&scenario.name, |variant| &variant.of)
    });
    // What is changed names a variant, unless several scenarios are varied.
    let is_alone = families.collect::<BTreeSet<_>>().len() == 1;
    let names = |(_, entry, _): &Done<'_>| {
        let scenario = &entry.model.plan.scenario;
        let variant = scenario.variant.as_ref().filter(|_| is_alone);
        ScenarioNames {
            name: variant.map_or(scenario.name.clone(), Variant::words),
            title: scenario.title.clone(),
        }
    };
    let sum = sums.then(|| ScenarioNames {
        name: SUM_OF_SINGLE.to_owned(),
        title: String::new(),
    });
    Ok(Comparison {
        scenarios: done.iter().map(names).chain(sum).collect(),
        draws: String::new(),
        notes: Notes::of_draws(
            &done
                .iter()
                .map(|(_, entry, _)| entry.model.plan.scenario.name.as_str())
                .collect::<Vec<_>>(),
            &blocks,
        ),
        is_stratified: done[0].1.model.plan.scenario.simulation.scheme == Scheme::LatinHypercube,
        is_one_table: true,
        margin: None,
        blocks,
    })
}

fn total(metric: &str, unit: &str) -> MetricKey {
    MetricKey {
        metric: metric.to_owned(),
        period: ReportPeriod::WholeRun,
        commodity: ALL.to_owned(),
        via: String::new(),
        party: String::new(),
        unit: unit.to_owned(),
    }
}

/// The row of a headline metric in dollars, without a difference.
fn level(entry: &BatchScenario, finished: &Finished, metric: &str) -> ScenarioRow {
    let unit = ResultUnit::Dollars.name();
    let headlines = entry.layout.headlines();
    let cell = headlines
        .iter()
        .find(|(name, of, _)| (*name, *of) == (metric, unit))
        .map(|(.., cell)| *cell);
    ScenarioRow {
        level: cell.map(|cell| finished.collected.summary(cell)),
        level_draws: cell.map(|cell| finished.collected.moments(cell).count),
        draws_held: finished.draws.draws(),
        ..ScenarioRow::default()
    }
}

/// The month in which a programme lists firms of the first jurisdiction, by the mean over draws, with the jurisdiction.
fn designations(done: &[Done<'_>]) -> OverviewColumn {
    let cell = |(_, entry, finished): &Done<'_>| {
        let plan = &entry.model.plan;
        let rows = entry.layout.metric_rows(plan);
        // The other metrics are amounts and shares.
        let firsts = rows.parts.iter().flat_map(|part| {
            let of_whole_run = part
                .periods
                .iter()
                .find(|(period, _)| *period == ReportPeriod::WholeRun);
            let rows = of_whole_run
                .into_iter()
                .flat_map(|(_, first)| part.rows.iter().map(move |row| (row, first + row.cell)));
            rows.filter(|(row, _)| row.key.last().is_some_and(|unit| unit == ResultUnit::Months.name()))
        });
        let mean = |(row, cell)| Some((finished.collected.summary(cell).mean?, row));
        let earliest = firsts
            .filter_map(mean)
            .min_by(|one, other| f64::total_cmp(&one.0, &other.0));
        earliest.map_or("-".to_owned(), |(months, row)| {
            let month = plan.scenario.horizon.month((months - 1.0).max(0.0).round() as usize);
            let via = row.key.iter().find(|column| {
                plan.world()
                    .jurisdictions
                    .rows()
                    .iter()
                    .any(|known| known.id == **column)
            });
            via.map_or(month.to_string(), |via| format!("{via} {month}"))
        })
    };
    OverviewColumn {
        heading: "first_designation".to_owned(),
        unit: "mean".to_owned(),
        cells: done.iter().map(cell).collect(),
    }
}
