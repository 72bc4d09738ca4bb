//! From results to a comparison: every metric of every scenario beside the reference's.

use super::block::{Block, ScenarioRow};
use super::kept::KeptDifferences;
use super::notes::{Notes, notes};
use super::verdict::{JudgedDifference, Margin, judge};
use crate::results::read::{MetricKey, ResultSet};
use crate::results::{Manifest, SamplingScheme};

/// Results side by side. The reference is the first scenario everywhere.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    pub scenarios: Vec<ScenarioNames>,
    /// How the reference was drawn, in words.
    pub draws: String,
    /// One per metric.
    pub blocks: Vec<Block>,
    /// Cautions for the reader.
    pub notes: Notes,
    /// Whether any draws are of a Latin hypercube, which makes standard errors too wide.
    pub is_stratified: bool,
    /// Whether all blocks are one table, over which verdicts are corrected; else each is one.
    pub is_one_table: bool,
    /// The largest difference that does not matter, if one was named.
    pub margin: Option<Margin>,
}

/// A scenario by its names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioNames {
    /// The name of its file, or where two results have one name their folder.
    pub name: String,
    pub title: String,
}

/// The order of the scenarios in a table.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum SortOrder {
    /// By the mean of the metric, the lowest first; of several metrics in one table, of the first
    #[default]
    Mean,
    /// By name
    Name,
    /// As they were named on the command line, the reference first
    Given,
}

/// How a comparison is laid out.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct LayoutOptions {
    pub sort: SortOrder,
    pub margin: Option<Margin>,
    /// Whether all metrics are one table.
    pub is_one_table: bool,
}

impl Comparison {
    /// The name of the reference.
    pub fn reference(&self) -> &str {
        &self.scenarios[0].name
    }
}

/// Lays `sets`, at least one, side by side; the first is the reference.
pub fn lay_out(sets: &[ResultSet], kept: &KeptDifferences, keys: &[MetricKey], options: LayoutOptions) -> Comparison {
    let mut blocks: Vec<Block> = keys.iter().map(|key| Block::new(sets, kept, key)).collect();
    for block in &mut blocks {
        block.rank(sets.iter().map(|set| set.label.as_str()), options.sort);
        block.find_groups(sets);
    }
    judge_blocks(&mut blocks, options);
    let scenario = |set: &ResultSet| ScenarioNames {
        name: set.label.clone(),
        title: set.manifest.title.clone(),
    };
    Comparison {
        scenarios: sets.iter().map(scenario).collect(),
        draws: draws_in_words(&sets[0].manifest),
        notes: notes(sets, kept, &blocks),
        blocks,
        is_stratified: sets
            .iter()
            .any(|set| set.manifest.sampling == SamplingScheme::LatinHypercube),
        is_one_table: options.is_one_table,
        margin: options.margin,
    }
}

/// Gives a verdict on every row, with Holm's correction over the rows of its table.
pub(super) fn judge_blocks(blocks: &mut [Block], options: LayoutOptions) {
    let tables: Vec<&mut [Block]> = if options.is_one_table {
        vec![blocks]
    } else {
        blocks.chunks_mut(1).collect()
    };
    for table in tables {
        let mut places = Vec::new();
        let mut judged = Vec::new();
        for (place, block) in table
            .iter()
            .enumerate()
            .filter(|(_, block)| !block.is_ratio_of_differences())
        {
            let reference = block.rows[0].level.and_then(|level| level.mean).unwrap_or(0.0);
            let margin = options.margin.map_or(0.0, |margin| margin.amount(reference));
            for (row, difference) in block.rows.iter().enumerate() {
                if let Some(difference) = &difference.difference {
                    places.push((place, row));
                    judged.push(JudgedDifference { difference, margin });
                }
            }
        }
        let verdicts = judge(&judged);
        for ((place, row), verdict) in places.into_iter().zip(verdicts) {
            table[place].rows[row].verdict = Some(verdict);
        }
    }
}

impl Block {
    /// Puts the scenarios, whose names are in the order of the rows, into an order to show.
    pub(super) fn rank<'n>(&mut self, names: impl Iterator<Item = &'n str>, order: SortOrder) {
        let names: Vec<&str> = names.collect();
        // Of a ratio of differences there is no level.
        let mean = |row: &ScenarioRow| {
            let level = row.level.and_then(|level| level.mean);
            level.or(row.difference.map(|difference| difference.mean))
        };
        match order {
            SortOrder::Given => {}
            SortOrder::Name => self.ranking.sort_by_key(|place| names[*place]),
            // Scenarios without the metric come last; equals keep their order.
            SortOrder::Mean => self.ranking.sort_by(|one, other| {
                let key = |place: &usize| mean(&self.rows[*place]).unwrap_or(f64::INFINITY);
                f64::total_cmp(&key(one), &key(other))
            }),
        }
    }
}

fn draws_in_words(manifest: &Manifest) -> String {
    format!(
        "{} {}, seed {}",
        manifest.draws_held(),
        manifest.sampling.words(),
        manifest.seed
    )
}
