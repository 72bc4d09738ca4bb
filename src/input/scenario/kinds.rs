//! The kinds of entries, each with its place in a file and its keys.

use super::sections::{
    Amendment, Ban, Closure, ClosureShock, Cost, Designation, EntryTerms, ExportBan, Inspection, MeasureTerms,
    ModeCostShock, NoReexportClause, Overcompliance, Payments, PriceShock, ProgrammeTerms, Quota, ShockTerms, Tariff,
    Threat, Trend,
};
use super::wire::{KeyRule, Wire};

/// The kinds of entries, each a list of tables such as `[[measures.ban]]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    Ban,
    Quota,
    Tariff,
    Closure,
    Cost,
    Inspection,
    Designation,
    Payments,
    ExportBan,
    NoReexportClause,
    Threat,
    Overcompliance,
    DemandTrend,
    SupplyTrend,
    ModeCostShock,
    PriceShock,
    ClosureShock,
}

impl Kind {
    pub const ALL: [Self; 17] = [
        Self::Ban,
        Self::Quota,
        Self::Tariff,
        Self::Closure,
        Self::Cost,
        Self::Inspection,
        Self::Designation,
        Self::Payments,
        Self::ExportBan,
        Self::NoReexportClause,
        Self::Threat,
        Self::Overcompliance,
        Self::DemandTrend,
        Self::SupplyTrend,
        Self::ModeCostShock,
        Self::PriceShock,
        Self::ClosureShock,
    ];

    /// The two words of the list: `measures` and `ban`.
    pub fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::Ban => ("measures", "ban"),
            Self::Quota => ("measures", "quota"),
            Self::Tariff => ("measures", "tariff"),
            Self::Closure => ("measures", "closure"),
            Self::Cost => ("measures", "cost"),
            Self::Inspection => ("measures", "inspection"),
            Self::Designation => ("secondary", "designation"),
            Self::Payments => ("secondary", "payments"),
            Self::ExportBan => ("secondary", "export_ban"),
            Self::NoReexportClause => ("secondary", "no_reexport_clause"),
            Self::Threat => ("secondary", "threat"),
            Self::Overcompliance => ("secondary", "overcompliance"),
            Self::DemandTrend => ("trends", "demand"),
            Self::SupplyTrend => ("trends", "supply"),
            Self::ModeCostShock => ("shocks", "mode_cost"),
            Self::PriceShock => ("shocks", "price"),
            Self::ClosureShock => ("shocks", "closure"),
        }
    }

    /// Whether it is a primary measure, which another may amend.
    pub fn is_measure(self) -> bool {
        self.path().0 == "measures"
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
            (_, kind) => kind,
        }
    }

    /// The keys of an entry: those of all entries, those of its section, then its own.
    pub fn rules(self) -> Vec<KeyRule> {
        let terms = match self.path().0 {
            "measures" => MeasureTerms::KEYS,
            "secondary" => ProgrammeTerms::KEYS,
            "shocks" => ShockTerms::KEYS,
            _ => &[],
        };
        let own = match self {
            Self::Ban => Ban::KEYS,
            Self::Quota => Quota::KEYS,
            Self::Tariff => Tariff::KEYS,
            Self::Closure => Closure::KEYS,
            Self::Cost => Cost::KEYS,
            Self::Inspection => Inspection::KEYS,
            Self::Designation => Designation::KEYS,
            Self::Payments => Payments::KEYS,
            Self::ExportBan => ExportBan::KEYS,
            Self::NoReexportClause => NoReexportClause::KEYS,
            Self::Threat => Threat::KEYS,
            Self::Overcompliance => Overcompliance::KEYS,
            Self::DemandTrend | Self::SupplyTrend => Trend::KEYS,
            Self::ModeCostShock => ModeCostShock::KEYS,
            Self::PriceShock => PriceShock::KEYS,
            Self::ClosureShock => ClosureShock::KEYS,
        };
        let amendment = if self.is_measure() { Amendment::KEYS } else { &[] };
        let mut rules = [EntryTerms::KEYS, terms, amendment, own].concat();
        if self == Self::Threat {
            // A threat stands from its announcement, so either month will do.
            for rule in rules.iter_mut().filter(|rule| rule.name == "from") {
                rule.required = false;
            }
        }
        rules
    }
}
