//! The kinds of entries, each with its place in a file and its keys.

use super::body::key_rule;
use super::sections::{
    Amendment, EntryTerms, MeasureTerms, ProgrammeTerms, ShockTerms, WrittenClosureShock, WrittenModeCostShock,
    WrittenPriceShock, WrittenTrend,
};
use super::wire::{KeyRule, Wire};
use crate::policy::{InstrumentKind, Key};
use crate::{measures, secondary};

/// The kinds of entries, each a list of tables such as `[[measures.ban]]`.
#[derive(Clone, Copy, Debug)]
pub(super) enum EntryKind {
    Measure(&'static InstrumentKind),
    Programme(&'static InstrumentKind),
    DemandTrend,
    SupplyTrend,
    ModeCostShock,
    PriceShock,
    ClosureShock,
}

impl PartialEq for EntryKind {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl EntryKind {
    /// All kinds, in the order of their documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        let measures = measures::KINDS.iter().map(|kind| Self::Measure(kind));
        let programmes = secondary::KINDS.iter().map(|kind| Self::Programme(kind));
        let background = [
            Self::DemandTrend,
            Self::SupplyTrend,
            Self::ModeCostShock,
            Self::PriceShock,
            Self::ClosureShock,
        ];
        measures.chain(programmes).chain(background)
    }

    /// The two words of the list: `measures` and `ban`.
    pub fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::Measure(kind) => ("measures", kind.name),
            Self::Programme(kind) => ("secondary", kind.name),
            Self::DemandTrend => ("trends", "demand"),
            Self::SupplyTrend => ("trends", "supply"),
            Self::ModeCostShock => ("shocks", "mode_cost"),
            Self::PriceShock => ("shocks", "price"),
            Self::ClosureShock => ("shocks", "closure"),
        }
    }

    /// Whether it is a primary measure, which another may amend.
    pub fn is_measure(self) -> bool {
        matches!(self, Self::Measure(_))
    }

    /// The instrument of a measure or programme.
    pub fn instrument(self) -> Option<&'static InstrumentKind> {
        match self {
            Self::Measure(kind) | Self::Programme(kind) => Some(kind),
            _ => None,
        }
    }

    /// The list as it is written: `[[measures.ban]]`.
    pub fn header(self) -> String {
        let (section, kind) = self.path();
        format!("[[{section}.{kind}]]")
    }

    /// The first word of the dotted names of its numbers: `ban.ID.exempt_share`, `trend.ID.growth_per_year`.
    pub fn prefix(self) -> &'static str {
        match self.path() {
            ("trends", _) => "trend",
            ("shocks", _) => "shock",
            // Kinds of measures and programmes have different names, so their own is enough.
            (_, kind) => kind,
        }
    }

    /// The keys of an entry: those of all entries, those of its section, then its own.
    pub fn rules(self) -> Vec<KeyRule> {
        let (terms, own): (&[KeyRule], &[KeyRule]) = match self {
            Self::Measure(_) => (MeasureTerms::KEYS, Amendment::KEYS),
            Self::Programme(_) => (ProgrammeTerms::KEYS, Amendment::KEYS),
            Self::DemandTrend | Self::SupplyTrend => (&[], WrittenTrend::KEYS),
            Self::ModeCostShock => (ShockTerms::KEYS, WrittenModeCostShock::KEYS),
            Self::PriceShock => (ShockTerms::KEYS, WrittenPriceShock::KEYS),
            Self::ClosureShock => (ShockTerms::KEYS, WrittenClosureShock::KEYS),
        };
        let mut rules = [EntryTerms::KEYS, terms, own].concat();
        if let Some(kind) = self.instrument() {
            rules.extend(kind.keys.iter().map(key_rule));
            if kind.stands_from_announcement {
                // Either month will do.
                for rule in rules.iter_mut().filter(|rule| rule.name == "from") {
                    rule.required = false;
                }
            }
        }
        rules
    }

    /// The key of its own with this name.
    pub fn own_key(self, name: &str) -> Option<&'static Key> {
        self.instrument()?.keys.iter().find(|key| key.name == name)
    }
}
