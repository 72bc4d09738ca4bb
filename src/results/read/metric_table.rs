//! Metrics by key, as `metrics.csv` holds them.

use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

use super::{CsvTable, KeyPlaces, MetricKey, UnreadableResults, read_summary, statistics_places};
use crate::results::schema;
use crate::statistics::Summary;

/// Metrics by key. The results of a batch mostly have the same keys, which are then in memory once.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct MetricTable {
    /// In order, each once.
    keys: Arc<Vec<MetricKey>>,
    /// By place of the key.
    summaries: Vec<Summary>,
}

impl MetricTable {
    /// Reads a table; its keys may well be those of `like`.
    pub(super) fn read(table: &CsvTable<'_>, like: Option<&Self>) -> Result<Self, UnreadableResults> {
        let places = KeyPlaces::new(|name| table.column(name))?;
        let statistics = statistics_places(table)?;
        let draws = table.column(schema::DRAWS_WITH_VALUE.name)?;
        let mut rows = Rows::like(like);
        for row in table.rows() {
            let text = |column| row.text(column);
            let is_known = rows.next_known().is_some_and(|known| places.is_at(known, text));
            let key = (!is_known).then(|| places.read(text)).transpose();
            let key = key.map_err(|reason| row.fault(reason.to_owned()))?;
            let mut summary = read_summary(row, statistics)?;
            let draws = row.count(draws)? as f64;
            // Large tables have few digits of it.
            summary.mcse = summary.sd.map(|sd| sd / draws.sqrt()).filter(|error| error.is_finite());
            let Some(key) = key else {
                rows.summaries.push(summary);
                continue;
            };
            // A second row would hide the first, and nothing could say which is right.
            if !rows.push(key, summary) {
                return Err(row.fault("the metric of this row was there before".to_owned()));
            }
        }
        Ok(rows.finish())
    }

    /// The metric of a key.
    pub fn get(&self, key: &MetricKey) -> Option<&Summary> {
        self.summaries.get(self.keys.binary_search(key).ok()?)
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &MetricKey> {
        self.keys.iter()
    }

    /// All metrics, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&MetricKey, &Summary)> {
        self.keys.iter().zip(&self.summaries)
    }

    /// How many metrics there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the keys are known to be those of another table. Equal keys that are in memory twice are not.
    pub fn has_keys_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.keys, &other.keys)
    }

    /// Adds metrics, in the place of those with the same keys.
    pub fn extend(&mut self, more: BTreeMap<MetricKey, Summary>) {
        let mut all: BTreeMap<MetricKey, Summary> = self.iter().map(|(key, summary)| (key.clone(), *summary)).collect();
        all.extend(more);
        *self = Self::from(all);
    }
}

impl From<BTreeMap<MetricKey, Summary>> for MetricTable {
    fn from(metrics: BTreeMap<MetricKey, Summary>) -> Self {
        let (keys, summaries) = metrics.into_iter().unzip();
        Self {
            keys: Arc::new(keys),
            summaries,
        }
    }
}

impl Index<&MetricKey> for MetricTable {
    type Output = Summary;

    fn index(&self, key: &MetricKey) -> &Summary {
        let place = self.keys.binary_search(key);
        &self.summaries[place.unwrap_or(self.keys.len())]
    }
}

/// The rows of a table while it is read: as long as they have the keys of another, these are not copied.
struct Rows {
    /// The keys of the other table, as many of which as there are summaries have been met.
    known: Arc<Vec<MetricKey>>,
    summaries: Vec<Summary>,
    /// All rows, once one has another key.
    own: Option<OwnRows>,
}

/// Rows come in the order of keys, unless somebody sorted them otherwise: a list is built faster than a map.
enum OwnRows {
    Ascending(Vec<(MetricKey, Summary)>),
    Others(BTreeMap<MetricKey, Summary>),
}

impl Rows {
    fn like(table: Option<&MetricTable>) -> Self {
        Self {
            known: table.map(|table| table.keys.clone()).unwrap_or_default(),
            summaries: Vec::new(),
            own: None,
        }
    }

    /// The key that the next row has if its table goes on like the other.
    fn next_known(&self) -> Option<&MetricKey> {
        self.known.get(self.summaries.len()).filter(|_| self.own.is_none())
    }

    /// Adds a row; no if there is one of this key.
    fn push(&mut self, key: MetricKey, summary: Summary) -> bool {
        let own = self.own.get_or_insert_with(|| {
            let met = self.known.iter().cloned().zip(self.summaries.drain(..));
            OwnRows::Ascending(met.collect())
        });
        match own {
            OwnRows::Ascending(rows) if rows.last().is_none_or(|(last, _)| *last < key) => {
                rows.push((key, summary));
                true
            }
            OwnRows::Ascending(rows) => {
                let mut others: BTreeMap<_, _> = std::mem::take(rows).into_iter().collect();
                let is_new = others.insert(key, summary).is_none();
                *own = OwnRows::Others(others);
                is_new
            }
            OwnRows::Others(rows) => rows.insert(key, summary).is_none(),
        }
    }

    fn finish(self) -> MetricTable {
        match self.own {
            None if self.summaries.len() == self.known.len() => MetricTable {
                keys: self.known,
                summaries: self.summaries,
            },
            None => {
                let met = self.known.iter().cloned().zip(self.summaries);
                MetricTable::from(met.collect::<BTreeMap<_, _>>())
            }
            Some(OwnRows::Ascending(rows)) => {
                let (keys, summaries) = rows.into_iter().unzip();
                MetricTable {
                    keys: Arc::new(keys),
                    summaries,
                }
            }
            Some(OwnRows::Others(rows)) => MetricTable::from(rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::results::schema::METRICS;

    /// Reads a table of one metric in these periods.
    fn read(periods: &[&str], like: Option<&MetricTable>) -> Result<MetricTable, String> {
        let mut text = METRICS.header() + "\n";
        let statistics = ",1".repeat(text.split(',').count() - METRICS.keys.len());
        for period in periods {
            text += &format!("circumvented,{period},all,,,usd{statistics}\n");
        }
        let table = CsvTable::parse(Path::new("metrics.csv"), text.as_bytes()).unwrap();
        MetricTable::read(&table, like).map_err(|fault| fault.reason)
    }

    #[test]
    fn a_table_is_the_same_whatever_keys_it_may_share() {
        let known = read(&["2021", "2022", "all"], None).unwrap();
        let same = read(&["2021", "2022", "all"], Some(&known)).unwrap();
        assert!(same == known && same.has_keys_of(&known));
        for other in [
            &[][..],
            &["2021", "2022"],
            &["2021", "2022", "2023", "all"],
            &["2021", "all"],
            &["2020", "2021"],
            &["2021", "2022", "all", "2020"],
            &["all", "2022", "2021"],
        ] {
            let (alone, beside) = (read(other, None).unwrap(), read(other, Some(&known)).unwrap());
            assert!(alone == beside && !beside.has_keys_of(&known), "{other:?}");
            assert_eq!(beside.len(), other.len());
            assert!(beside.keys().is_sorted(), "{other:?}");
        }
        for twice in [&["2021", "2022", "all", "all"][..], &["2021", "2022", "2021"]] {
            for like in [None, Some(&known)] {
                assert_eq!(
                    read(twice, like).unwrap_err(),
                    "the metric of this row was there before"
                );
            }
        }
    }
}
