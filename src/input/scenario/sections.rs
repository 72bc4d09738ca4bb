//! The sections of a scenario and the entries of its lists: every key with its type.

use super::leaves::{Draws, Id, MonthCount, Reference, Seed, Text, Tolerance};
use super::limits::Limits;
use super::quantity::Quantity;
use super::wire::{KeyRule, Leaf, Placed, Wire, wire};
use crate::model::{Mode, Month, Scheme};

type References = Vec<Placed<Reference>>;
type Modes = Vec<Placed<Mode>>;

wire! {
    /// `[horizon]`: the months of the run.
    Horizon {
        required start: Month,
        required months: MonthCount,
    }

    /// `[simulation]`: how many draws, from which seed, how spread, how exactly solved.
    Simulation {
        required draws: Draws,
        required seed: Seed,
        required sampling: Scheme,
        optional tolerance: Tolerance,
    }

    /// `[scope]`: the part of the world that is run.
    Scope {
        required commodities: References,
    }

    /// What every entry of a list has.
    EntryTerms {
        required id: Id,
    }

    /// What every measure has.
    MeasureTerms {
        required issuer: Reference,
        optional commodities: References,
        optional announced: Month,
        required from: Month,
        optional until: Month,
        optional source: Text,
    }

    /// What every secondary programme has.
    ProgrammeTerms {
        required issuer: Reference,
        required targets: References,
        optional commodities: References,
        optional announced: Month,
        required from: Month,
        optional until: Month,
        optional source: Text,
    }

    /// What every shock has.
    ShockTerms {
        optional source: Text,
    }

    /// `[[measures.ban]]`
    Ban {
        required origins: References,
        required destinations: References,
        optional wind_down_months: Quantity,
        optional exempt_share: Quantity,
    }

    /// `[[measures.quota]]`
    Quota {
        required origins: References,
        required destinations: References,
        required limit_t_per_month: Limits,
    }

    /// `[[measures.tariff]]`
    Tariff {
        required origins: References,
        required destinations: References,
        required rate: Quantity,
    }

    /// `[[measures.closure]]`
    Closure {
        optional nodes: References,
        optional links: References,
        optional modes: Modes,
        optional jurisdictions: References,
        optional origins: References,
        optional destinations: References,
        required share_closed: Quantity,
        optional return_half_life_months: Quantity,
    }

    /// `[[measures.cost]]`
    Cost {
        optional nodes: References,
        optional links: References,
        optional via: References,
        optional usd_per_t: Quantity,
        optional factor: Quantity,
    }

    /// `[[measures.inspection]]`
    Inspection {
        optional nodes: References,
        optional origins: References,
        optional destinations: References,
        required seizure_probability: Quantity,
        optional fine: Quantity,
    }

    /// `[[secondary.designation]]`
    Designation {
        required rate_per_month: Quantity,
        required surge_reference: Quantity,
        optional surge_exponent: Quantity,
        required surge_floor_usd_per_month: Quantity,
        required capacity_loss: Quantity,
        required successor_months: Quantity,
    }

    /// `[[secondary.payments]]`
    Payments {
        required refused_share: Quantity,
        required half_life_months: Quantity,
        required friction_start: Quantity,
        required friction_end: Quantity,
    }

    /// `[[secondary.export_ban]]`
    ExportBan {
        required extends_ban: Reference,
        optional wind_down_months: Quantity,
        optional exempt_share: Quantity,
    }

    /// `[[trends.demand]]` and `[[trends.supply]]`
    Trend {
        optional commodities: References,
        required jurisdictions: References,
        required from: Month,
        required growth_per_year: Quantity,
        optional source: Text,
    }

    /// `[[shocks.mode_cost]]`
    ModeCostShock {
        required mode: Mode,
        required persistence: Quantity,
        required sd: Quantity,
    }

    /// `[[shocks.price]]`
    PriceShock {
        required commodity: Reference,
        required persistence: Quantity,
        required sd: Quantity,
    }

    /// `[[shocks.closure]]`
    ClosureShock {
        required nodes: References,
        required monthly_probability: Quantity,
        required mean_months: Quantity,
    }
}

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
    DemandTrend,
    SupplyTrend,
    ModeCostShock,
    PriceShock,
    ClosureShock,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::Ban,
        Self::Quota,
        Self::Tariff,
        Self::Closure,
        Self::Cost,
        Self::Inspection,
        Self::Designation,
        Self::Payments,
        Self::ExportBan,
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
            Self::DemandTrend => ("trends", "demand"),
            Self::SupplyTrend => ("trends", "supply"),
            Self::ModeCostShock => ("shocks", "mode_cost"),
            Self::PriceShock => ("shocks", "price"),
            Self::ClosureShock => ("shocks", "closure"),
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
            Self::DemandTrend | Self::SupplyTrend => Trend::KEYS,
            Self::ModeCostShock => ModeCostShock::KEYS,
            Self::PriceShock => PriceShock::KEYS,
            Self::ClosureShock => ClosureShock::KEYS,
        };
        [EntryTerms::KEYS, terms, own].concat()
    }
}

/// The keys before the first section.
pub(super) const TOP: [KeyRule; 4] = [
    KeyRule {
        name: "title",
        required: true,
        example: Text::EXAMPLE,
    },
    KeyRule {
        name: "world",
        required: true,
        example: "\"worlds/eurasia\"",
    },
    KeyRule {
        name: "extends",
        required: false,
        example: "\"primary.toml\"",
    },
    KeyRule {
        name: "remove",
        required: false,
        example: "[\"eu-ban-2022\"]",
    },
];

/// The sections with keys, merged key by key.
pub(super) const SECTIONS: [&str; 4] = ["horizon", "simulation", "scope", "parameters"];

/// The sections with lists of entries, merged entry by entry.
pub(super) const LISTS: [&str; 4] = ["measures", "secondary", "trends", "shocks"];

/// The keys of a section; none for `[parameters]`, whose keys are names of numbers.
pub(super) fn section_rules(section: &str) -> &'static [KeyRule] {
    match section {
        "horizon" => Horizon::KEYS,
        "simulation" => Simulation::KEYS,
        "scope" => Scope::KEYS,
        _ => &[],
    }
}

/// Where a key belongs, in words, if it has one home.
pub(super) fn home_of(key: &str) -> Option<String> {
    if SECTIONS.contains(&key) || LISTS.contains(&key) || TOP.iter().any(|rule| rule.name == key) {
        return Some("at the top of the file, before the first [section]".to_owned());
    }
    let holds = |rules: &[KeyRule]| rules.iter().any(|rule| rule.name == key);
    if let Some(section) = SECTIONS.into_iter().find(|section| holds(section_rules(section))) {
        return Some(format!("in [{section}]"));
    }
    let homes: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|kind| holds(&kind.rules()))
        .map(Kind::header)
        .collect();
    match homes.as_slice() {
        [] => None,
        [first] => Some(format!("in {first}")),
        [first, second] => Some(format!("in {first} or {second}")),
        // A key such as `from` that most entries have says nothing about where it was meant.
        _ => Some("in an entry such as [[measures.ban]]".to_owned()),
    }
}

/// A key of scenario files, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyDescription {
    /// How its section is written; empty for the keys before the first.
    pub section: String,
    pub key: &'static str,
    pub required: bool,
    /// A valid value.
    pub example: &'static str,
}

/// Every key that a scenario file may hold, section by section.
pub fn scenario_keys() -> Vec<KeyDescription> {
    let describe = |section: String, rules: &[KeyRule]| -> Vec<KeyDescription> {
        let described = rules.iter().map(
            |&KeyRule {
                 name,
                 required,
                 example,
             }| KeyDescription {
                section: section.clone(),
                key: name,
                required,
                example,
            },
        );
        described.collect()
    };
    let sections = SECTIONS
        .into_iter()
        .flat_map(|section| describe(format!("[{section}]"), section_rules(section)));
    let entries = Kind::ALL
        .into_iter()
        .flat_map(|kind| describe(kind.header(), &kind.rules()));
    describe(String::new(), &TOP)
        .into_iter()
        .chain(sections)
        .chain(entries)
        .collect()
}
