//! Metrics by key, as `metrics.csv` holds them.

use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

use super::{CsvTable, KeyPlaces, MetricKey, UnreadableResults, read_summary, statistics_places};
use crate::results::schema;
use crate::statistics::Summary;

/// Metrics by key. The results of a batch have most keys in common, which are then in memory once.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct MetricTable {
    /// In order, each once.
    keys: Vec<Arc<MetricKey>>,
    /// By place of the key.
    summaries: Vec<Summary>,
}

impl MetricTable {
    /// Reads a table; its keys may well be those of `like`.
    pub(super) fn read(table: &CsvTable<'_>, like: Option<&Self>) -> Result<Self, UnreadableResults> {
        let places = KeyPlaces::new(|name| table.column(name))?;
        let statistics = statistics_places(table)?;
        let draws = table.column(schema::DRAWS_WITH_VALUE.name)?;
        let mut known = KnownKeys::of(like);
        let mut rows = Rows::Ascending(Self::default());
        for row in table.rows() {
            let key = known.key(&places, |column| row.text(column));
            let key = key.map_err(|reason| row.fault(reason.to_owned()))?;
            let mut summary = read_summary(row, statistics)?;
            let draws = row.count(draws)? as f64;
            // Large tables have few digits of it.
            summary.mcse = summary.sd.map(|sd| sd / draws.sqrt()).filter(|error| error.is_finite());
            // A second row would hide the first, and nothing could say which is right.
            if !rows.push(key, summary) {
                return Err(row.fault("the metric of this row was there before".to_owned()));
            }
        }
        Ok(match rows {
            Rows::Ascending(table) => table,
            Rows::Others(rows) => rows.into_iter().collect(),
        })
    }

    /// The metric of a key.
    pub fn get(&self, key: &MetricKey) -> Option<&Summary> {
        self.summaries.get(self.place(key)?)
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &MetricKey> {
        self.keys.iter().map(Arc::as_ref)
    }

    /// The keys that another table lacks, in order.
    pub fn keys_beyond(&self, other: &Self) -> impl Iterator<Item = &MetricKey> {
        // Most keys are shared, and stand in the same order: their text need not be compared.
        let mut next = 0;
        let is_own = move |key: &&Arc<MetricKey>| {
            let is_shared = other.keys.get(next).is_some_and(|known| Arc::ptr_eq(known, key));
            let found = if is_shared { Some(next) } else { other.place(key) };
            next = found.map_or(next, |place| place + 1);
            found.is_none()
        };
        self.keys.iter().filter(is_own).map(Arc::as_ref)
    }

    /// All metrics, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&MetricKey, &Summary)> {
        self.keys().zip(&self.summaries)
    }

    /// How many metrics there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds metrics, in the place of those with the same keys.
    pub fn extend(&mut self, more: BTreeMap<MetricKey, Summary>) {
        let own = std::mem::take(self);
        let mut all: BTreeMap<Arc<MetricKey>, Summary> = own.keys.into_iter().zip(own.summaries).collect();
        all.extend(more.into_iter().map(|(key, summary)| (Arc::new(key), summary)));
        *self = all.into_iter().collect();
    }

    fn place(&self, key: &MetricKey) -> Option<usize> {
        self.keys.binary_search_by(|known| known.as_ref().cmp(key)).ok()
    }
}

/// From rows in the order of their keys.
impl FromIterator<(Arc<MetricKey>, Summary)> for MetricTable {
    fn from_iter<I: IntoIterator<Item = (Arc<MetricKey>, Summary)>>(rows: I) -> Self {
        let (keys, summaries) = rows.into_iter().unzip();
        Self { keys, summaries }
    }
}

impl Index<&MetricKey> for MetricTable {
    type Output = Summary;

    fn index(&self, key: &MetricKey) -> &Summary {
        &self.summaries[self.place(key).unwrap_or(self.keys.len())]
    }
}

/// The keys of another table, which the rows of one that is read mostly have in the same order.
struct KnownKeys<'k> {
    keys: &'k [Arc<MetricKey>],
    /// The place of the key that the next row probably has.
    next: usize,
}

impl<'k> KnownKeys<'k> {
    fn of(table: Option<&'k MetricTable>) -> Self {
        Self {
            keys: table.map_or(&[], |table| table.keys.as_slice()),
            next: 0,
        }
    }

    /// The key of a row, of which `text` gives the cells by place.
    fn key<'t>(&mut self, places: &KeyPlaces, text: impl Fn(usize) -> &'t str) -> Result<Arc<MetricKey>, &'static str> {
        if let Some(known) = self.keys.get(self.next).filter(|known| places.is_at(known, &text)) {
            self.next += 1;
            return Ok(known.clone());
        }
        let key = places.read(text)?;
        Ok(match self.keys.binary_search_by(|known| known.as_ref().cmp(&key)) {
            Ok(place) => {
                self.next = place + 1;
                self.keys[place].clone()
            }
            Err(_) => Arc::new(key),
        })
    }
}

/// The rows of a table while it is read. They come in the order of keys, unless somebody sorted them otherwise.
enum Rows {
    Ascending(MetricTable),
    Others(BTreeMap<Arc<MetricKey>, Summary>),
}

impl Rows {
    /// Adds a row; no if there is one of this key.
    fn push(&mut self, key: Arc<MetricKey>, summary: Summary) -> bool {
        match self {
            Self::Ascending(table) if table.keys.last().is_none_or(|last| *last < key) => {
                table.keys.push(key);
                table.summaries.push(summary);
                true
            }
            Self::Ascending(table) => {
                let MetricTable { keys, summaries } = std::mem::take(table);
                let mut rows: BTreeMap<_, _> = keys.into_iter().zip(summaries).collect();
                let is_new = rows.insert(key, summary).is_none();
                *self = Self::Others(rows);
                is_new
            }
            Self::Others(rows) => rows.insert(key, summary).is_none(),
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
        assert!(same == known && same.keys_beyond(&known).next().is_none());
        assert!(
            same.keys
                .iter()
                .zip(&known.keys)
                .all(|(one, other)| Arc::ptr_eq(one, other))
        );
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
            assert_eq!(alone, beside);
            assert_eq!(beside.len(), other.len());
            assert!(beside.keys().is_sorted(), "{other:?}");
            let beyond: Vec<&MetricKey> = beside.keys_beyond(&known).collect();
            let expected: Vec<&MetricKey> = beside.keys().filter(|key| known.get(key).is_none()).collect();
            assert_eq!(beyond, expected);
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
