//! An entry whose keys have been read and found in the world, from which its instrument is made.

use std::collections::BTreeMap;

use super::measure::Measure;
use crate::diagnostic::{Place, Report};
use crate::model::{CommodityIndex, JurisdictionIndex, Legs, LinkIndex, Mode, Month, NodeIndex, Slot};

/// Whole numbers by target and month.
pub type CountsByMonth = BTreeMap<(JurisdictionIndex, Month), u32>;

/// The resolved value of a key.
#[derive(Clone, Debug)]
pub enum Value {
    /// It was left out.
    Absent,
    /// It cannot be used; this was reported.
    Faulty,
    Number(Slot),
    /// In the order of commodities, those outside of the scope left out.
    NumberByCommodity(Vec<(CommodityIndex, Slot)>),
    CountsByMonth(CountsByMonth),
    /// The numbers of a group stand under their own names.
    Group,
    Jurisdictions(Vec<JurisdictionIndex>),
    /// The members of each, as they were listed.
    Territories(Vec<Vec<JurisdictionIndex>>),
    Nodes(Vec<NodeIndex>),
    Links(Vec<LinkIndex>),
    Modes(Vec<Mode>),
    Flag(bool),
    Measure(Box<Measure>),
    /// It names a measure that `[scope]` leaves out.
    OutOfScope,
}

/// The keys of one entry by name; those of a group as `KEY.NAME`.
///
/// An accessor returns none only for a faulty key, whose fault was reported, so `?` ends the building of such an entry.
pub struct Given<'a> {
    values: BTreeMap<String, Value>,
    targets: &'a [JurisdictionIndex],
    header: Place,
    report: &'a mut Report,
}

impl<'a> Given<'a> {
    /// The keys of the entry that starts at `header`; `targets` are those of a programme.
    pub fn new(
        values: BTreeMap<String, Value>,
        targets: &'a [JurisdictionIndex],
        header: Place,
        report: &'a mut Report,
    ) -> Self {
        Self {
            values,
            targets,
            header,
            report,
        }
    }

    /// The jurisdictions that a programme is aimed at.
    pub fn targets(&self) -> &[JurisdictionIndex] {
        self.targets
    }

    /// Whether a key was left out.
    pub fn is_absent(&self, key: &str) -> bool {
        matches!(self.values.get(key), None | Some(Value::Absent))
    }

    /// A number that must be there.
    pub fn number(&self, key: &str) -> Option<Slot> {
        match self.values.get(key) {
            Some(Value::Number(slot)) => Some(*slot),
            _ => None,
        }
    }

    /// A number that may be left out.
    pub fn optional_number(&self, key: &str) -> Option<Option<Slot>> {
        if self.is_absent(key) {
            return Some(None);
        }
        self.number(key).map(Some)
    }

    /// Numbers by commodity.
    pub fn numbers_by_commodity(&self, key: &str) -> Option<Vec<(CommodityIndex, Slot)>> {
        match self.values.get(key) {
            Some(Value::NumberByCommodity(numbers)) => Some(numbers.clone()),
            _ => None,
        }
    }

    /// Whole numbers by target and month.
    pub fn counts_by_month(&self, key: &str) -> Option<CountsByMonth> {
        match self.values.get(key) {
            Some(Value::CountsByMonth(counts)) => Some(counts.clone()),
            _ => None,
        }
    }

    /// Jurisdictions in the order of the world; none listed where the key was left out.
    pub fn jurisdictions(&self, key: &str) -> Option<Vec<JurisdictionIndex>> {
        match self.values.get(key) {
            None | Some(Value::Absent) => Some(Vec::new()),
            Some(Value::Jurisdictions(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// Territories as they were listed, each with its members; none listed where the key was left out.
    pub fn territories(&self, key: &str) -> Option<Vec<Vec<JurisdictionIndex>>> {
        match self.values.get(key) {
            None | Some(Value::Absent) => Some(Vec::new()),
            Some(Value::Territories(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// Nodes in the order of the world; none listed where the key was left out.
    pub fn nodes(&self) -> Option<Vec<NodeIndex>> {
        match self.values.get("nodes") {
            None | Some(Value::Absent) => Some(Vec::new()),
            Some(Value::Nodes(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// Links in the order of the world; none listed where the key was left out.
    pub fn links(&self) -> Option<Vec<LinkIndex>> {
        match self.values.get("links") {
            None | Some(Value::Absent) => Some(Vec::new()),
            Some(Value::Links(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// Modes as they were listed; none where the key was left out.
    pub fn modes(&self) -> Option<Vec<Mode>> {
        match self.values.get("modes") {
            None | Some(Value::Absent) => Some(Vec::new()),
            Some(Value::Modes(list)) => Some(list.clone()),
            _ => None,
        }
    }

    /// A yes or no; no where the key was left out.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key) {
            None | Some(Value::Absent) => Some(false),
            Some(Value::Flag(is_set)) => Some(*is_set),
            _ => None,
        }
    }

    /// `origins` and `destinations`; one that was left out means any.
    pub fn legs(&self) -> Option<Legs> {
        let end = |key: &str| match self.values.get(key) {
            // An end that was left out matches any jurisdiction, which an empty list would not.
            None | Some(Value::Absent) => Some(None),
            Some(Value::Jurisdictions(list)) => Some(Some(list.clone())),
            _ => None,
        };
        let (origins, destinations) = (end("origins"), end("destinations"));
        Some(Legs {
            origins: origins?,
            destinations: destinations?,
        })
    }

    /// The measure that a key names.
    pub fn measure(&self, key: &str) -> Option<&Measure> {
        match self.values.get(key) {
            Some(Value::Measure(measure)) => Some(measure),
            _ => None,
        }
    }

    /// Reports a fault of the whole entry, with advice.
    pub fn fault(&mut self, message: &str, help: &str) {
        self.report.fault(self.header.clone(), message).help(help);
    }
}
