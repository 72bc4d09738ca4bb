//! Picks the metrics to compare by the names that users type.

use std::collections::BTreeSet;

use crate::diagnostic::nearest;
use crate::model::ALL;
use crate::results::read::{MetricKey, ResultSet, list, meant};

/// Rows of `metrics.csv` to compare. An empty list means its default.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Selection {
    /// Names of metrics, alone (`circumvented`) or with a unit (`circumvented_t`); by default the headline metrics.
    pub metrics: Vec<String>,
    /// Years or months; by default `all`.
    pub periods: Vec<String>,
    /// By default `all`.
    pub commodities: Vec<String>,
    /// Jurisdictions; by default the metrics of no single intermediary.
    pub vias: Vec<String>,
    /// Jurisdictions or capacities whose gains and losses are asked for; without any, rows that are about nobody's.
    pub parties: Vec<String>,
}

/// A name that no result knows.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what} `{name}` is in none of the results{}; known: {}", meant(.nearest.as_deref()), list(.known))]
pub struct UnknownName {
    /// The kind of name: `metric`, `period` and so on.
    pub what: &'static str,
    pub name: String,
    /// The known name that was probably meant.
    pub nearest: Option<String>,
    pub known: Vec<String>,
}

impl UnknownName {
    fn check<'a>(what: &'static str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Result<(), Self> {
        let known: BTreeSet<&str> = known.into_iter().collect();
        if known.contains(name) {
            return Ok(());
        }
        Err(Self {
            what,
            name: name.to_owned(),
            nearest: nearest(name, known.iter().copied()).map(str::to_owned),
            known: known.into_iter().map(str::to_owned).collect(),
        })
    }
}

impl Selection {
    /// The selected rows that at least one result has: by metric in the order of the command line, then in the order of
    /// keys.
    ///
    /// # Errors
    /// When a name is in none of the results.
    pub fn keys(&self, sets: &[ResultSet]) -> Result<Vec<MetricKey>, UnknownName> {
        let known: BTreeSet<&MetricKey> = sets.iter().flat_map(|set| set.metrics.keys()).collect();
        self.check_names(&known)?;
        let mut keys = Vec::new();
        for name in self.names(sets) {
            let selected = known.iter().filter(|key| bears(key, &name) && self.is_within(key));
            for &key in selected {
                // Two names may select the same row: `circumvented` and `circumvented_t`.
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
        Ok(keys)
    }

    /// The metrics of the command line, or all headline metrics.
    fn names(&self, sets: &[ResultSet]) -> Vec<String> {
        if self.metrics.is_empty() {
            sets.iter()
                .flat_map(|set| set.manifest.headlines.iter().cloned())
                .collect()
        } else {
            self.metrics.clone()
        }
    }

    fn is_within(&self, key: &MetricKey) -> bool {
        let picks = |wanted: &[String], value: &str, default: &str| {
            if wanted.is_empty() {
                value == default
            } else {
                wanted.iter().any(|wanted| wanted == value)
            }
        };
        picks(&self.periods, &key.period.to_string(), ALL)
            && picks(&self.commodities, &key.commodity, ALL)
            && picks(&self.vias, &key.via, "")
            && picks(&self.parties, &key.party, "")
    }

    fn check_names(&self, known: &BTreeSet<&MetricKey>) -> Result<(), UnknownName> {
        let metrics: BTreeSet<&str> = known.iter().map(|key| key.metric.as_str()).collect();
        for name in &self.metrics {
            if !known.iter().any(|key| bears(key, name)) {
                UnknownName::check("metric", name, metrics.iter().copied())?;
            }
        }
        let check = |what, names: &[String], of: fn(&MetricKey) -> String| {
            if names.is_empty() {
                return Ok(());
            }
            let known: Vec<String> = known
                .iter()
                .map(|key| of(key))
                .filter(|name| !name.is_empty())
                .collect();
            names
                .iter()
                .try_for_each(|name| UnknownName::check(what, name, known.iter().map(String::as_str)))
        };
        check("period", &self.periods, |key| key.period.to_string())?;
        check("commodity", &self.commodities, |key| key.commodity.clone())?;
        check("intermediary", &self.vias, |key| key.via.clone())?;
        check("party", &self.parties, |key| key.party.clone())
    }
}

/// Whether a name, with or without a unit, is that of a metric.
fn bears(key: &MetricKey, name: &str) -> bool {
    key.metric == name || name.strip_prefix(&key.metric).and_then(|rest| rest.strip_prefix('_')) == Some(&key.unit)
}

/// Puts the result called `name`, a label or a scenario's name, before the others.
///
/// # Errors
/// When no result is called so.
pub fn reference_first(sets: &mut [ResultSet], name: &str) -> Result<(), UnknownName> {
    let place = sets
        .iter()
        .position(|set| set.label == name || set.manifest.scenario == name);
    match place {
        // The others keep their order.
        Some(place) => sets[..=place].rotate_right(1),
        None => UnknownName::check("scenario", name, sets.iter().map(|set| set.label.as_str()))?,
    }
    Ok(())
}
