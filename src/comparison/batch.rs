//! The answer of a batch that has just run, without reading back what it wrote.

use std::collections::BTreeSet;
use std::io;

use super::block::{Block, ScenarioRow};
use super::difference::{Difference, noise};
use super::lay_out::{Comparison, LayoutOptions, ScenarioNames, judge_blocks};
use super::notes::Notes;
use super::render::{Format, OverviewColumn, RowNames, marks_in_words, matrix, render};
use super::verdict::PriorOrder;
use crate::metrics::RESTRICTED;
use crate::model::{ALL, ReportPeriod, ResultUnit};
use crate::results::read::MetricKey;
use crate::results::{BatchMember, SUM_OF_SINGLE, sum_of_single};
use crate::scenario::{Omission, Scenario, Scheme, Variant};

/// The metrics that end a run, all in dollars: what became of restricted trade, what sellers lose, what bystanders lose.
const ANSWER: [&str; 5] = [
    "circumvented",
    "destroyed_seller",
    "diverted_seller",
    "revenue_lost",
    "genuine_trade_lost",
];

/// The table that a batch ends with, for a terminal of `width` columns: the means of the reference, the differences of the
/// others from it, and when a programme first lists firms; where measures are left out in turn, also the sum of their
/// differences.
///
/// # Errors
/// When the draws cannot be read back.
pub fn answer(reference: &BatchMember, members: &[&BatchMember], width: usize) -> io::Result<String> {
    let done = with_reference_first(reference, members);
    let comparison = compare(reference, &done)?;
    let (draws, seed) = (reference.draws.draws(), reference.scenario.simulation.seed);
    let name = comparison.reference();
    let heading = if done.len() == 1 {
        format!("means of {name} over {draws} draws, seed {seed}")
    } else {
        format!("differences from {name}, whose row has its means; {draws} draws, seed {seed}")
    };
    let mut designations = designations(&done);
    designations.cells.resize(comparison.scenarios.len(), "-".to_owned());
    let table = matrix(&comparison, vec![designations], RowNames::BeforeNumbers, width);
    Ok(format!("{heading}\n{table}{}", marks_in_words(&comparison, width)))
}

/// What [`answer`] shows, as the JSON of `compare`.
///
/// # Errors
/// When the draws cannot be read back.
pub fn answer_json(reference: &BatchMember, members: &[&BatchMember]) -> io::Result<String> {
    let comparison = compare(reference, &with_reference_first(reference, members))?;
    Ok(render(&comparison, Format::Json, 0))
}

fn with_reference_first<'m>(reference: &'m BatchMember, members: &[&'m BatchMember]) -> Vec<&'m BatchMember> {
    let name = &reference.scenario.name;
    let others = members.iter().copied().filter(|member| member.scenario.name != *name);
    std::iter::once(reference).chain(others).collect()
}

fn compare(reference: &BatchMember, done: &[&BatchMember]) -> io::Result<Comparison> {
    // A row of its own, after those of the scenarios.
    let sum = sum_of_single(done, reference)?;
    let differences = || done.iter().map(|member| &member.differences).chain(&sum);
    let simulation = &reference.scenario.simulation;
    let unit = ResultUnit::Dollars.name();
    let mut blocks = Vec::new();
    for metric in ANSWER {
        let mut rows: Vec<ScenarioRow> = done.iter().map(|member| level(member, metric)).collect();
        if sum.is_some() {
            rows.push(ScenarioRow {
                draws_held: reference.draws.draws(),
                ..ScenarioRow::default()
            });
        }
        // What little remains of much trade is no more exact than the trade.
        let trade = level(reference, RESTRICTED).level.and_then(|level| level.mean);
        let scale = trade.map_or(0.0, f64::abs);
        let before = rows[0].level.and_then(|level| level.mean).unwrap_or(0.0);
        for (row, differences) in rows.iter_mut().zip(differences()) {
            let after = row.level.and_then(|level| level.mean).unwrap_or(0.0);
            let noise = noise(before, after, scale, simulation.tolerance);
            let statistics = differences.get(&(metric.to_owned(), unit.to_owned()));
            row.difference = statistics.and_then(|statistics| Difference::kept(statistics, row.draws_held, noise));
            row.order = row.difference.as_ref().and_then(PriorOrder::of);
        }
        blocks.push(Block {
            key: total(metric, unit),
            ranking: (0..rows.len()).collect(),
            rows,
            groups: None,
        });
    }
    if sum.is_some() {
        rank_single(&mut blocks, done);
    }
    let options = LayoutOptions {
        is_one_table: true,
        ..LayoutOptions::default()
    };
    judge_blocks(&mut blocks, options);
    let mut scenarios = names(done);
    scenarios.extend(sum.is_some().then(|| ScenarioNames {
        name: SUM_OF_SINGLE.to_owned(),
        title: String::new(),
    }));
    let of_files: Vec<&str> = done.iter().map(|member| member.scenario.name.as_str()).collect();
    Ok(Comparison {
        scenarios,
        draws: format!("{} draws, seed {}", reference.draws.draws(), simulation.seed),
        notes: Notes::of_draws(&of_files, &blocks),
        is_stratified: simulation.scheme == Scheme::LatinHypercube,
        is_one_table: true,
        margin: None,
        blocks,
    })
}

/// Puts the variants without one measure in the order of what that measure does to the first metric, the most first; what is
/// without all of them and the sum stay last.
fn rank_single(blocks: &mut [Block], done: &[&BatchMember]) {
    let is_single = |place: &usize| {
        let variant = done.get(*place).and_then(|member| member.scenario.variant.as_ref());
        variant.is_some_and(|variant| variant.omission == Omission::InTurn)
    };
    let Some(first) = blocks.first() else { return };
    let effect = |place: &usize| {
        first.rows[*place]
            .difference
            .map_or(0.0, |difference| difference.mean.abs())
    };
    let (mut singles, others): (Vec<usize>, Vec<usize>) = first.ranking.iter().partition(|place| is_single(place));
    singles.sort_by(|one, other| f64::total_cmp(&effect(other), &effect(one)));
    let ranking = [&others[..1], &singles, &others[1..]].concat();
    for block in blocks {
        block.ranking.clone_from(&ranking);
    }
}

/// Scenarios are called by their names. Variants are called by what they change, unless several scenarios are varied.
fn names(done: &[&BatchMember]) -> Vec<ScenarioNames> {
    let of = |scenario: &Scenario| {
        let variant = scenario.variant.as_ref();
        variant.map_or(&scenario.name, |variant| &variant.of).clone()
    };
    let families: BTreeSet<String> = done.iter().map(|member| of(&member.scenario)).collect();
    let called = |member: &&BatchMember| {
        let scenario = &member.scenario;
        let variant = scenario.variant.as_ref().filter(|_| families.len() == 1);
        ScenarioNames {
            name: variant.map_or(scenario.name.clone(), Variant::words),
            title: scenario.title.clone(),
        }
    };
    done.iter().map(called).collect()
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
fn level(member: &BatchMember, metric: &str) -> ScenarioRow {
    let headline = member.headline(metric, ResultUnit::Dollars.name());
    ScenarioRow {
        level: headline.map(|headline| headline.summary),
        level_draws: headline.map(|headline| headline.draws),
        draws_held: member.draws.draws(),
        ..ScenarioRow::default()
    }
}

/// The month in which a programme lists firms of the first jurisdiction, by the mean over draws, with the jurisdiction.
fn designations(done: &[&BatchMember]) -> OverviewColumn {
    let cell = |member: &&BatchMember| {
        let first = member.first_listing.as_ref();
        first.map_or("-".to_owned(), |(months, via)| {
            let month = member.scenario.horizon.month((months - 1.0).max(0.0).round() as usize);
            format!("{via} {month}").trim_start().to_owned()
        })
    };
    OverviewColumn {
        heading: "first_designation".to_owned(),
        unit: "mean".to_owned(),
        cells: done.iter().map(cell).collect(),
    }
}
