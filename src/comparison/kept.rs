//! The differences that batches have kept, beside the results they are of.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::block::{is_same_period, why_unpaired};
use super::difference::paired_difference;
use crate::results::DifferenceStatistics;
use crate::results::read::{BatchDifferences, GoodPrices, MetricKey, ResultSet, UnreadableResults, read_differences};

/// Two means that differ by less than this share of what was subtracted are the same, summed in another order.
const ROUNDING: f64 = 1e-9;

/// Differences from the first of some results.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct KeptDifferences {
    /// For each result what a batch kept of its difference from the first.
    of_set: Vec<Option<BTreeMap<MetricKey, DifferenceStatistics>>>,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// Cautions about files that were left aside, in whole sentences.
    pub notes: Vec<String>,
}

impl KeptDifferences {
    /// Reads the tables of differences beside `sets`, of which the first is the reference, as far as `is_wanted` asks for
    /// them; those of single months only `with_months`. A table of another batch, whose headline differences are not those of the draws, is left aside with a note.
    ///
    /// # Errors
    /// When a table is damaged.
    pub fn read(
        sets: &[ResultSet],
        with_months: bool,
        is_wanted: impl Fn(&MetricKey) -> bool,
    ) -> Result<Self, UnreadableResults> {
        let mut kept = Self::default();
        let Some((reference, others)) = sets.split_first() else {
            return Ok(kept);
        };
        let home = batch_of(reference);
        kept.of_set.push(None);
        let beside = others.iter().any(|set| batch_of(set) == home);
        // Whole runs are always needed: they show whether the table is of these results.
        let is_read = |key: &MetricKey| is_wanted(key) || key.is_total();
        let prices = with_months.then(|| GoodPrices::read(&reference.folder, &reference.manifest));
        let prices = prices.transpose()?;
        let table = match home.as_ref().filter(|_| beside) {
            Some(folder) => read_differences(folder, reference.horizon(), prices.as_ref(), is_read)?,
            None => None,
        };
        kept.files.extend(table.iter().map(|table| table.path.clone()));
        for set in others {
            let rows = table.as_ref().filter(|_| batch_of(set) == home);
            let rows = rows.and_then(|table| rows_of(table, reference, set));
            let fits = rows.is_none_or(|rows| is_of(reference, set, rows));
            if !fits {
                let (label, path) = (&set.label, &kept.files[0]);
                kept.notes.push(format!(
                    "{} holds differences of another run of {label}: they are not used.",
                    path.display()
                ));
            }
            kept.of_set.push(rows.filter(|_| fits).cloned());
        }
        Ok(kept)
    }

    /// Everything that was kept of a result, by its place.
    pub fn rows(&self, place: usize) -> Option<&BTreeMap<MetricKey, DifferenceStatistics>> {
        self.of_set.get(place)?.as_ref()
    }

    /// Kept differences of a result, by its place.
    pub(super) fn of(&self, place: usize, key: &MetricKey) -> Option<&DifferenceStatistics> {
        self.of_set.get(place)?.as_ref()?.get(key)
    }

    /// Whether anything was kept of a result.
    pub(super) fn has(&self, place: usize) -> bool {
        self.of_set.get(place).is_some_and(Option::is_some)
    }

    /// The keys of everything that was kept.
    pub(super) fn keys(&self) -> impl Iterator<Item = &MetricKey> {
        self.of_set.iter().flatten().flat_map(BTreeMap::keys)
    }
}

/// The folder of the batch that a result belongs to.
fn batch_of(set: &ResultSet) -> Option<PathBuf> {
    Some(fs::canonicalize(&set.folder).ok()?.parent()?.to_owned())
}

fn rows_of<'t>(
    table: &'t BatchDifferences,
    reference: &ResultSet,
    set: &ResultSet,
) -> Option<&'t BTreeMap<MetricKey, DifferenceStatistics>> {
    table.of(&set.manifest.scenario, &reference.manifest.scenario)
}

/// Whether a table has every headline difference that the draws show, with the same mean; where draws are not paired, the
/// difference of the two means.
fn is_of(reference: &ResultSet, set: &ResultSet, rows: &BTreeMap<MetricKey, DifferenceStatistics>) -> bool {
    let is_paired = why_unpaired(&reference.manifest, &set.manifest).is_empty();
    let agrees = |(key, before): &(MetricKey, Vec<f64>)| {
        let Some(after) = set.draws_of(key).filter(|_| is_same_period(reference, set, key.period)) else {
            return true;
        };
        let means = [reference, set].map(|set| set.metrics.get(key).and_then(|level| level.mean));
        let magnitude = means
            .iter()
            .flatten()
            .fold(0.0_f64, |largest, mean| largest.max(mean.abs()));
        let expected = if is_paired {
            paired_difference(before, after, 0.0, 0.0).map(|difference| difference.mean)
        } else {
            means[0].zip(means[1]).map(|(before, after)| after - before)
        };
        let found = rows.get(key).map(|row| (row.mean, row.is_paired));
        match (expected, found) {
            (Some(expected), Some((Some(found), paired))) => {
                paired == is_paired && (found - expected).abs() <= ROUNDING * magnitude
            }
            (None, Some((None, _))) => true,
            _ => false,
        }
    };
    reference.headlines.iter().all(agrees)
}
