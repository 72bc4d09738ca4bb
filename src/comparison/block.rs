//! One metric of all scenarios, each beside the reference.

use super::difference::{Difference, noise, paired_difference, unpaired_difference};
use super::groups::letters;
use super::kept::KeptDifferences;
use super::verdict::{PriorOrder, Verdict};
use crate::metrics::RESTRICTED;
use crate::model::{Horizon, Period, ReportPeriod, ResultUnit};
use crate::results::read::{MetricKey, ResultSet};
use crate::results::{EFFECTIVENESS, Manifest};
use crate::statistics::Summary;

/// One metric of all scenarios.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub key: MetricKey,
    /// One per scenario, in their order.
    pub rows: Vec<ScenarioRow>,
    /// Places of the scenarios in the order in which they are shown.
    pub ranking: Vec<usize>,
    /// For each scenario the letters of its groups: two that share one cannot be told apart. None if draws of all pairs
    /// are not known.
    pub groups: Option<Vec<String>>,
}

/// One metric of one scenario.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct ScenarioRow {
    /// As in `metrics.csv`; none if the scenario has no such row. Of a total over common months only the mean.
    pub level: Option<Summary>,
    /// How many draws have the metric, where that can be told.
    pub level_draws: Option<u64>,
    /// How many draws the results hold.
    pub draws_held: u64,
    /// From the reference; none for the reference itself, and where one of the two does not exist.
    pub difference: Option<Difference>,
    /// On the mean difference; none without one, and of a ratio of differences.
    pub verdict: Option<Verdict>,
    /// Whether the draws agree on the order; none if they are not paired.
    pub order: Option<PriorOrder>,
}

impl ScenarioRow {
    /// How many draws the mean is over, if that is known and not all of them.
    pub fn fewer_draws(&self) -> Option<u64> {
        let of_difference = self.difference.filter(|difference| difference.is_paired);
        let draws = of_difference.map(|difference| difference.draws).into_iter();
        draws
            .chain(self.level_draws)
            .min()
            .filter(|draws| *draws < self.draws_held)
    }
}

impl Block {
    /// Compares the metric `key` of `sets`, of which the first is the reference.
    pub(super) fn new(sets: &[ResultSet], kept: &KeptDifferences, key: &MetricKey) -> Self {
        let row = |(place, set): (usize, &ResultSet)| {
            let difference = (place > 0).then(|| difference(sets, kept, place, key)).flatten();
            ScenarioRow {
                level: level(set, key),
                level_draws: level_draws(set, key),
                draws_held: set.manifest.draws_held(),
                difference,
                verdict: None,
                order: difference.as_ref().and_then(PriorOrder::of),
            }
        };
        Self {
            key: key.clone(),
            rows: sets.iter().enumerate().map(row).collect(),
            ranking: (0..sets.len()).collect(),
            groups: None,
        }
    }

    /// Whether its rows are ratios of mean differences, which have neither error nor spread.
    pub fn is_ratio_of_differences(&self) -> bool {
        self.key.metric == EFFECTIVENESS
    }

    /// Finds the groups of scenarios that cannot be told apart, where all draws can be paired.
    pub(super) fn find_groups(&mut self, sets: &[ResultSet]) {
        let is_paired = |set: &ResultSet| {
            is_whole_run_comparable(&sets[0], set) && why_unpaired(&sets[0].manifest, &set.manifest).is_empty()
        };
        let columns: Option<Vec<&[f64]>> = sets
            .iter()
            .map(|set| set.draws_of(&self.key).filter(|_| is_paired(set)))
            .collect();
        self.groups = columns.map(|columns| letters(&columns, &self.ranking));
    }
}

/// The mean and spread of a scenario. A total over common months is the sum of its months, of which only the mean adds up.
fn level(set: &ResultSet, key: &MetricKey) -> Option<Summary> {
    let ReportPeriod::Span(first, last) = key.period else {
        return set.metrics.get(key).copied();
    };
    let months = (0..=last.since(first)).map(|later| set.metrics.get(&key.in_period(first.plus(later).into()))?.mean);
    Some(Summary {
        mean: Some(months.sum::<Option<f64>>()?),
        ..Summary::default()
    })
}

/// How many draws have a metric: counted in `draws.csv`, else from the standard error, which is sd over the root of n.
fn level_draws(set: &ResultSet, key: &MetricKey) -> Option<u64> {
    if let Some(values) = set.draws_of(key) {
        return Some(values.iter().filter(|value| value.is_finite()).count() as u64);
    }
    let Summary { sd, mcse, .. } = set.metrics.get(key)?;
    let root = (*sd)? / (*mcse)?;
    // Of what never varies nothing can be told.
    root.is_finite().then(|| (root * root).round() as u64)
}

/// Differences that the batch has kept, paired by draw; else from `draws.csv`, if the same draws have the same worlds and their values
/// were kept; else from the two means alone.
fn difference(sets: &[ResultSet], kept: &KeptDifferences, place: usize, key: &MetricKey) -> Option<Difference> {
    let (reference, scenario) = (&sets[0], &sets[place]);
    if !is_same_period(reference, scenario, key.period) {
        return None;
    }
    // Both runs may be off by their tolerance, so the coarser one decides.
    let tolerance = reference.manifest.tolerance.max(scenario.manifest.tolerance);
    let held = reference.manifest.draws_held().min(scenario.manifest.draws_held());
    let (before, after) = (level(reference, key), level(scenario, key));
    let means = || Some((before?.mean?, after?.mean?));
    let scale = trade_behind(reference, key).max(trade_behind(scenario, key));
    if let Some(statistics) = kept.of(place, key).filter(|statistics| statistics.is_paired) {
        let noise = means().map_or(0.0, |(before, after)| noise(before, after, scale, tolerance));
        return Difference::kept(statistics, held, noise);
    }
    if why_unpaired(&reference.manifest, &scenario.manifest).is_empty()
        && let (Some(before), Some(after)) = (reference.draws_of(key), scenario.draws_of(key))
    {
        return paired_difference(before, after, scale, tolerance);
    }
    let draws = |set| level_draws(set, key).unwrap_or(set.manifest.draws_held());
    let (before, after) = ((&before?, draws(reference)), (&after?, draws(scenario)));
    unpaired_difference(before, after, scale, tolerance)
}

/// The trade from which a metric is found, in its unit: the restricted trade of its period and goods. A share is a
/// quotient of trade, and has the scale one.
fn trade_behind(set: &ResultSet, key: &MetricKey) -> f64 {
    if key.unit == ResultUnit::Share.name() {
        return 1.0;
    }
    let restricted = MetricKey {
        metric: RESTRICTED.to_owned(),
        via: String::new(),
        party: String::new(),
        ..key.clone()
    };
    let restricted = level(set, &restricted).and_then(|level| level.mean);
    restricted.map_or(0.0, f64::abs)
}

/// Whether a period holds the same months in both results.
pub(super) fn is_same_period(reference: &ResultSet, scenario: &ResultSet, period: ReportPeriod) -> bool {
    match period {
        ReportPeriod::WholeRun => is_whole_run_comparable(reference, scenario),
        ReportPeriod::Calendar(Period::Year(year)) => {
            let part = |set: &ResultSet| set.horizon().map(|horizon| horizon.in_year(year));
            part(reference) == part(scenario)
        }
        ReportPeriod::Calendar(Period::Month(_)) | ReportPeriod::Span(..) => true,
    }
}

/// Whether both results are over the same months, or do not say.
fn is_whole_run_comparable(reference: &ResultSet, scenario: &ResultSet) -> bool {
    reference
        .horizon()
        .zip(scenario.horizon())
        .is_none_or(|(one, other)| one == other)
}

/// The period that totals are over: the whole run, or the months that all results have in common where their horizons
/// differ.
pub fn common_period(sets: &[ResultSet]) -> ReportPeriod {
    let mut horizons = sets.iter().filter_map(ResultSet::horizon);
    let Some(first) = horizons.next() else {
        return ReportPeriod::WholeRun;
    };
    let others: Vec<Horizon> = horizons.collect();
    let common = others.iter().try_fold(first, |common, horizon| common.common(horizon));
    match common {
        Some(common) if others.iter().any(|horizon| *horizon != first) => {
            ReportPeriod::Span(common.start, common.end().plus(-1))
        }
        _ => ReportPeriod::WholeRun,
    }
}

/// The reasons why draws with the same number cannot be paired; empty if they can. A Latin hypercube spreads the strata
/// over the whole run, so its size counts as well.
pub(super) fn why_unpaired(reference: &Manifest, scenario: &Manifest) -> Vec<String> {
    let mut reasons = Vec::new();
    if reference.seed != scenario.seed {
        reasons.push(format!("seeds {} and {}", reference.seed, scenario.seed));
    }
    if reference.draws != scenario.draws {
        reasons.push(format!("runs of {} and {} draws", reference.draws, scenario.draws));
    }
    if reference.sampling != scenario.sampling {
        reasons.push(format!(
            "{} and {}",
            reference.sampling.words(),
            scenario.sampling.words()
        ));
    }
    let ([start, end], [other_start, other_end]) = (reference.draws_simulated, scenario.draws_simulated);
    // Runs of different size hold different draws anyway, which was said above.
    if reference.draws == scenario.draws && reference.draws_simulated != scenario.draws_simulated {
        reasons.push(format!("draws {start}..{end} and {other_start}..{other_end}"));
    }
    reasons
}
