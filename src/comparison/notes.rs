//! Cautions that go with a comparison: runs that cannot be paired, metrics that some results lack, strengths that no
//! record has moved.

use std::collections::BTreeSet;

use super::block::{Block, ScenarioRow, common_period, is_same_period, why_unpaired};
use super::kept::KeptDifferences;
use crate::model::{Horizon, ReportPeriod};
use crate::results::read::{MetricKey, ResultSet};
use crate::results::{EvidenceCount, StrengthCaution};

/// A note names no more metrics than this, and says how many more there are.
const NAMED: usize = 6;

/// Cautions for the reader of a comparison.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Notes {
    /// Whole sentences.
    pub sentences: Vec<String>,
    /// Of every result whose differences rest on strengths that no record has moved.
    pub assumed: Vec<AssumedStrengths>,
    /// Means over fewer draws than the results hold: scenario, metric, and how many draws of how many.
    pub fewer_draws: Vec<String>,
}

/// The strengths of secondary programmes that no record has moved, of one result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssumedStrengths {
    /// How many, for a list: `history 46 of 63`.
    pub count: String,
    /// Its meaning, in whole sentences.
    pub sentence: String,
}

impl Notes {
    /// Nothing but the means that are over fewer draws.
    pub(super) fn of_draws(names: &[&str], blocks: &[Block]) -> Self {
        Self {
            fewer_draws: fewer_draws(names, blocks),
            ..Self::default()
        }
    }

    /// All cautions in whole sentences.
    pub fn in_full(&self) -> impl Iterator<Item = &str> {
        let assumed = self.assumed.iter().map(|assumed| &assumed.sentence);
        self.sentences.iter().chain(assumed).map(String::as_str)
    }

    /// All cautions, those on assumed strengths in one.
    pub fn in_brief(&self) -> Vec<String> {
        let mut notes = self.sentences.clone();
        if !self.assumed.is_empty() {
            let counts: Vec<&str> = self.assumed.iter().map(|assumed| assumed.count.as_str()).collect();
            notes.push(format!(
                "Differences rest on strengths of secondary programmes that no record moved, which are assumed: {}.",
                counts.join(", ")
            ));
        }
        notes
    }
}

/// All cautions about results and the metrics laid out from them.
pub(super) fn notes(sets: &[ResultSet], kept: &KeptDifferences, blocks: &[Block]) -> Notes {
    let mut notes = kept.notes.clone();
    notes.extend(sets.iter().filter_map(part_of_a_run));
    for set in &sets[1..] {
        notes.extend(unlike_runs(&sets[0], set));
    }
    notes.extend(common_months(sets));
    notes.extend(unlike_years(sets, blocks));
    notes.extend(not_kept(sets, kept, blocks));
    for (place, set) in sets.iter().enumerate() {
        notes.extend(lacking(set, blocks, place));
    }
    Notes {
        sentences: notes,
        assumed: assumed_strengths(sets),
        fewer_draws: fewer_draws(&sets.iter().map(|set| set.label.as_str()).collect::<Vec<_>>(), blocks),
    }
}

fn part_of_a_run(set: &ResultSet) -> Option<String> {
    Some(format!("{} {}", set.label, set.manifest.part_of_a_run()?))
}

/// The ways in which a scenario's run differs from the reference's.
fn unlike_runs(reference: &ResultSet, set: &ResultSet) -> Vec<String> {
    let (label, base) = (&set.label, &reference.label);
    let mut notes = Vec::new();
    let reasons = why_unpaired(&reference.manifest, &set.manifest);
    if !reasons.is_empty() {
        notes.push(format!(
            "{label} is not paired with {base} ({}): its differences are between independent runs, with wider errors \
             and without quantiles.",
            reasons.join("; ")
        ));
    }
    // Draws may still be paired, but the pair then differs in more than its measures.
    if reference.manifest.world_digest != set.manifest.world_digest {
        notes.push(format!(
            "{label} and {base} have different worlds: differences are not those of measures alone."
        ));
    }
    let (version, other) = (&reference.manifest.version, &set.manifest.version);
    if version != other {
        notes.push(format!(
            "{label} was simulated by version {other}, {base} by version {version}."
        ));
    }
    notes
}

/// Which months are compared, where horizons differ.
fn common_months(sets: &[ResultSet]) -> Option<String> {
    let horizons: Vec<(&str, Horizon)> = sets
        .iter()
        .filter_map(|set| Some((set.label.as_str(), set.horizon()?)))
        .collect();
    let (_, first) = horizons.first()?;
    if horizons.iter().all(|(_, horizon)| horizon == first) {
        return None;
    }
    let run = |(label, horizon): &(&str, Horizon)| {
        format!("{label} runs from {} to {}", horizon.start, horizon.end().plus(-1))
    };
    let runs = horizons.iter().map(run).collect::<Vec<_>>().join(", ");
    Some(match common_period(sets) {
        period @ ReportPeriod::Span(..) => format!(
            "Horizons differ: totals are over the common months {period} only, which ratios do not have. {runs}."
        ),
        _ => format!("The results have no month in common: {runs}."),
    })
}

/// Years of which results hold different months, so that they are not compared.
fn unlike_years(sets: &[ResultSet], blocks: &[Block]) -> Vec<String> {
    let periods: BTreeSet<ReportPeriod> = blocks.iter().map(|block| block.key.period).collect();
    let note = |period: ReportPeriod| {
        let unlike = sets.iter().filter(|set| !is_same_period(&sets[0], set, period));
        let labels: Vec<&str> = unlike.map(|set| set.label.as_str()).collect();
        (!labels.is_empty()).then(|| {
            let (labels, base) = (labels.join(", "), &sets[0].label);
            format!("Not compared, because they hold other months of {period} than {base}: {labels}.")
        })
    };
    periods.into_iter().filter_map(note).collect()
}

/// Means over fewer draws than the results hold.
fn fewer_draws(names: &[&str], blocks: &[Block]) -> Vec<String> {
    let of_row = |block: &Block, name: &str, row: &ScenarioRow| {
        let draws = row.fewer_draws()?;
        Some(format!(
            "{} of {name} {draws} of {}",
            describe(&block.key),
            row.draws_held
        ))
    };
    let of_block = |block: &Block| {
        let rows = names.iter().zip(&block.rows);
        rows.filter_map(|(name, row)| of_row(block, name, row))
            .collect::<Vec<_>>()
    };
    blocks.iter().flat_map(of_block).collect()
}

/// Metrics of which nothing was kept that could be paired, though the runs could be.
fn not_kept(sets: &[ResultSet], kept: &KeptDifferences, blocks: &[Block]) -> Option<String> {
    let pairs_with_reference = |place: &usize| why_unpaired(&sets[0].manifest, &sets[*place].manifest).is_empty();
    let places: Vec<usize> = (1..sets.len()).filter(pairs_with_reference).collect();
    let is_unpaired = |block: &&Block| {
        let differences = places.iter().filter_map(|place| block.rows[*place].difference);
        differences.into_iter().any(|difference| !difference.is_paired)
    };
    let names = enumerate(blocks.iter().filter(is_unpaired).map(|block| &block.key))?;
    let why = if places.iter().any(|place| kept.has(*place)) {
        "comparison.csv does not have their differences"
    } else {
        "no comparison.csv of one batch with this reference lies beside the results, and draws.csv holds headline metrics only"
    };
    Some(format!(
        "Not paired, because {why}: {names}. Unpaired differences have wider errors, and no quantiles."
    ))
}

/// Metrics that a scenario lacks and another has.
fn lacking(set: &ResultSet, blocks: &[Block], place: usize) -> Option<String> {
    let has = |block: &Block, place: usize| {
        let row = &block.rows[place];
        row.level.is_some_and(|level| level.mean.is_some()) || block.is_ratio_of_differences()
    };
    let others_have = |block: &Block| (0..block.rows.len()).any(|place| has(block, place));
    let names = enumerate(
        blocks
            .iter()
            .filter(|block| !has(block, place) && others_have(block))
            .map(|block| &block.key),
    )?;
    Some(format!("{} does not have: {names}.", set.label))
}

/// For each result, what records say about the strengths of its secondary programmes, where differences rest on them.
fn assumed_strengths(sets: &[ResultSet]) -> Vec<AssumedStrengths> {
    let programmes = |set: &ResultSet| set.manifest.evidence.as_ref().map(|evidence| evidence.programmes);
    let Some((reference, others)) = sets.split_first() else {
        return Vec::new();
    };
    // Versions that did not count the numbers of a reference may have had none: a caution too many does less harm.
    let of_reference = programmes(reference).unwrap_or_default();
    // What others lack is in their differences, too. A result that does not say what it has gives no reason to speak.
    let lacks =
        |set: &ResultSet| programmes(set).is_some_and(|count| count.uncertain_numbers < of_reference.uncertain_numbers);
    let first = others.iter().any(lacks).then(|| {
        let nothing = EvidenceCount::default();
        assumed(reference, "the differences", nothing)
    });
    let differ = |set: &&ResultSet| programmes(set).is_some_and(|count| count != of_reference);
    let rest = others
        .iter()
        .filter(differ)
        .map(|set| assumed(set, "its differences", of_reference));
    first.into_iter().chain(rest).flatten().collect()
}

/// How many strengths of a result's programmes are assumed; `differences` are those that rest on them, `shared` the strengths of
/// the reference. `None` if none is assumed.
fn assumed(set: &ResultSet, differences: &str, shared: EvidenceCount) -> Option<AssumedStrengths> {
    let StrengthCaution { kept, of, text } = set.manifest.evidence.as_ref()?.caution(shared, differences)?;
    let label = &set.label;
    Some(AssumedStrengths {
        count: format!("{label} {kept} of {of}"),
        sentence: format!("{label}: {text}"),
    })
}

/// A list of metrics; `None` if there are none.
fn enumerate<'a>(keys: impl Iterator<Item = &'a MetricKey>) -> Option<String> {
    let names: Vec<String> = keys.map(describe).collect();
    match names.len() {
        0 => None,
        count if count <= NAMED => Some(names.join(", ")),
        count => Some(format!("{} and {} more", names[..NAMED].join(", "), count - NAMED)),
    }
}

fn describe(key: &MetricKey) -> String {
    let parts = key.particulars();
    if parts.is_empty() {
        key.name()
    } else {
        format!("{} ({})", key.name(), parts.join(", "))
    }
}
