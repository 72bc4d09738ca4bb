//! Picks the metrics to compare by the names that users type.

use std::collections::BTreeSet;

use super::block::common_period;
use super::kept::KeptDifferences;
use crate::diagnostic::nearest;
use crate::metrics::PartyMetric;
use crate::model::{ALL, Month, ReportPeriod, ResultUnit};
use crate::results::read::{MetricKey, ResultSet, UnreadableResults, list, meant};
use crate::results::schema::{METRICS_BY_MONTH, headline_name};

/// The metrics of the table that is printed if none is asked for: what becomes of restricted trade, what the target loses,
/// and what it costs others.
pub const OVERVIEW: [&str; 8] = [
    "circumvented",
    "diverted_seller",
    "destroyed_seller",
    "price_rise",
    "revenue_lost",
    "target_loss",
    "genuine_trade_lost",
    "intermediary_rent",
];

/// Rows of `metrics.csv` to compare. An empty list means its default.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Selection {
    /// Names of metrics, alone (`circumvented`) or with a unit (`circumvented_t`); by default those of [`OVERVIEW`] that
    /// are headline metrics.
    pub metrics: Vec<String>,
    /// Whether the default is all headline metrics.
    pub all_headlines: bool,
    /// Years or months; by default `all`, which is the common months of results with different horizons.
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
    /// Looks a name up among the known ones.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn check<'a>(what: &'static str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Result<(), Self> {
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
    /// Whether it may select a row of a table of differences of `sets`.
    pub fn wants(&self, key: &MetricKey, total: ReportPeriod) -> bool {
        self.is_within(key, total) && (self.metrics.is_empty() || self.metrics.iter().any(|name| bears(key, name)))
    }

    /// Whether single months are asked for.
    pub fn names_months(&self) -> bool {
        self.periods.iter().any(|period| period.parse::<Month>().is_ok())
    }

    /// Adds to results the single months that comparing them takes.
    ///
    /// # Errors
    /// When results have no months, or their table is damaged.
    pub fn add_months(&self, sets: &mut [ResultSet]) -> Result<(), UnreadableResults> {
        let total = common_period(sets);
        let is_span = matches!(total, ReportPeriod::Span(..));
        // A total over common months is the sum of its months.
        let is_wanted = |key: &MetricKey| self.wants(key, total) || is_span && self.wants(&key.in_period(total), total);
        if is_span || self.names_months() {
            sets.iter_mut().try_for_each(|set| set.add_months(is_wanted))?;
        }
        Ok(())
    }

    /// Whether the metrics were left to the program, which then picks few.
    pub fn is_overview(&self) -> bool {
        self.metrics.is_empty() && !self.all_headlines
    }

    /// The selected rows that at least one result or the differences kept of them have: by metric in the order of the
    /// command line, then in the order of keys.
    ///
    /// # Errors
    /// When a name is in none of the results.
    pub fn keys(&self, sets: &[ResultSet], kept: &KeptDifferences) -> Result<Vec<MetricKey>, UnknownName> {
        let total = common_period(sets);
        // Most results of a batch have the keys of the first.
        let of_sets = || {
            let of_first = sets.iter().take(1).flat_map(|set| set.metrics.keys());
            let others = sets.iter().skip(1);
            of_first.chain(others.flat_map(|set| set.metrics.keys_beyond(&sets[0].metrics)))
        };
        let totals: Vec<MetricKey> = totals(of_sets(), total);
        let known: Vec<&MetricKey> = of_sets().chain(kept.keys()).chain(&totals).collect();
        let has_months = sets
            .iter()
            .any(|set| set.manifest.file_of(METRICS_BY_MONTH.file).is_some());
        self.check_names(&known, has_months)?;
        // Only these are sorted: results may have a million rows.
        let within: BTreeSet<&MetricKey> = known.into_iter().filter(|key| self.is_within(key, total)).collect();
        let mut keys = Vec::new();
        for name in self.names(sets) {
            for &key in within.iter().filter(|key| bears(key, &name)) {
                // Two names may select the same row: `circumvented` and `circumvented_t`.
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
        Ok(keys)
    }

    /// The metrics of the command line, or headline metrics.
    fn names(&self, sets: &[ResultSet]) -> Vec<String> {
        if !self.metrics.is_empty() {
            return self.metrics.clone();
        }
        let headlines = || sets.iter().flat_map(|set| &set.manifest.headlines);
        let in_overview = |metric: &&str| headlines().find(|name| is_headline_of(name, metric)).cloned();
        let overview: Vec<String> = OVERVIEW.iter().filter_map(in_overview).collect();
        if self.all_headlines || overview.is_empty() {
            headlines().cloned().collect()
        } else {
            overview
        }
    }

    /// Whether a row is of the selected periods, goods and intermediaries; `total` is the period of totals.
    fn is_within(&self, key: &MetricKey, total: ReportPeriod) -> bool {
        let picks = |wanted: &[String], value: &str, default: &str| {
            if wanted.is_empty() {
                value == default
            } else {
                wanted.iter().any(|wanted| wanted == value)
            }
        };
        let is_total = key.period == total && (self.periods.is_empty() || self.periods.iter().any(|name| name == ALL));
        // The whole runs of different horizons are not compared.
        let is_it = |name: &String| name.parse() == Ok(key.period);
        let is_named = key.period != ReportPeriod::WholeRun && self.periods.iter().any(is_it);
        (is_total || is_named)
            && picks(&self.commodities, &key.commodity, ALL)
            && picks(&self.vias, &key.via, "")
            && (picks(&self.parties, &key.party, "") || self.parties.is_empty() && is_of_parties_alone(&key.metric))
    }

    fn check_names(&self, known: &[&MetricKey], has_months: bool) -> Result<(), UnknownName> {
        for name in &self.metrics {
            if !known.iter().any(|key| bears(key, name)) {
                let metrics: BTreeSet<&str> = known.iter().map(|key| key.metric.as_str()).collect();
                UnknownName::check("metric", name, metrics.iter().copied())?;
            }
        }
        let check = |what, names: &[String], of: fn(&MetricKey) -> String| {
            if names.is_empty() {
                return Ok(());
            }
            let mut known: BTreeSet<String> = known.iter().map(|key| of(key)).collect();
            known.remove("");
            names
                .iter()
                .try_for_each(|name| UnknownName::check(what, name, known.iter().map(String::as_str)))
        };
        self.check_periods(known, has_months)?;
        check("commodity", &self.commodities, |key| key.commodity.clone())?;
        check("intermediary", &self.vias, |key| key.via.clone())?;
        check("party", &self.parties, |key| key.party.clone())
    }
}

impl Selection {
    /// A period that is well written is no misspelling of another: the years that there are say more than the nearest.
    fn check_periods(&self, known: &[&MetricKey], has_months: bool) -> Result<(), UnknownName> {
        if self.periods.is_empty() {
            return Ok(());
        }
        let periods: BTreeSet<ReportPeriod> = known.iter().map(|key| key.period).collect();
        let names: BTreeSet<String> = periods.iter().map(ToString::to_string).collect();
        let Some(name) = self.periods.iter().find(|name| !names.contains(*name)) else {
            return Ok(());
        };
        if name.parse::<ReportPeriod>().is_err() {
            return UnknownName::check("period", name, names.iter().map(String::as_str));
        }
        let longer = periods.iter().filter(|period| !period.is_month());
        let months = has_months.then(|| "their months".to_owned());
        Err(UnknownName {
            what: "period",
            name: name.clone(),
            nearest: None,
            known: longer.map(ToString::to_string).chain(months).collect(),
        })
    }
}

/// Totals over common months of the rows that have their first month: amounts alone, for ratios do not add up.
fn totals<'k>(keys: impl Iterator<Item = &'k MetricKey>, total: ReportPeriod) -> Vec<MetricKey> {
    let ReportPeriod::Span(first, _) = total else {
        return Vec::new();
    };
    let adds_up = |key: &&MetricKey| key.period == first.into() && ResultUnit::is_of_amounts(&key.unit);
    keys.filter(adds_up).map(|key| key.in_period(total)).collect()
}

/// Whether the name of a headline metric is that of a metric with one of the units that headlines have.
fn is_headline_of(name: &str, metric: &str) -> bool {
    [ResultUnit::Dollars, ResultUnit::Share]
        .iter()
        .any(|unit| headline_name(metric, unit.name()) == name)
}

/// The headline metric that a user calls by its name, with or without its unit.
///
/// # Errors
/// When it is none of the known ones.
pub fn find_headline(known: &[String], name: &str) -> Result<String, UnknownName> {
    let exact = known.iter().find(|headline| *headline == name);
    let with_unit = || {
        let is_it = |headline: &&String| split_headline(headline).is_some_and(|(metric, _)| metric == name);
        known.iter().find(is_it)
    };
    if let Some(headline) = exact.or_else(with_unit) {
        return Ok(headline.clone());
    }
    let without_unit =
        |headline: &'_ String| split_headline(headline).map_or(headline.clone(), |(metric, _)| metric.to_owned());
    let names: Vec<String> = known.iter().map(without_unit).collect();
    UnknownName::check("headline metric", name, names.iter().map(String::as_str))?;
    Ok(name.to_owned())
}

/// Metric and unit of a headline's name.
pub fn split_headline(name: &str) -> Option<(&str, &str)> {
    let units = ResultUnit::ALL.iter().map(|unit| unit.name());
    let split = |unit: &'static str| Some((name.strip_suffix(unit)?.strip_suffix('_')?, unit));
    units.into_iter().find_map(split)
}

/// Whether a metric has no total over parties: without a choice all of them are meant.
fn is_of_parties_alone(metric: &str) -> bool {
    PartyMetric::WITHOUT_TOTAL.iter().any(|of| of.name() == metric)
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
