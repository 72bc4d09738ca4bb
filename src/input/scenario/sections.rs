//! The sections of a scenario and the entries of its lists: every key with its type, and an example where that of the
//! type would not do.

use super::kinds::Kind;
use super::leaves::{Draws, Id, MonthCount, Reference, Seed, Text, Tolerance};
use super::limits::Limits;
use super::quantity::Quantity;
use super::suspicion::WrittenSuspicion;
use super::wire::{KeyRule, Leaf, Placed, Wire, wire};
use crate::model::{Mode, Month, Scheme};

type References = Vec<Placed<Reference>>;
type Modes = Vec<Placed<Mode>>;

const COMMODITIES: &str = "[\"potash\", \"plywood\"]";
const ENTRY: &str = "\"eu-ban-2022\"";
const EXPORTERS: &str = "[\"BY\"]";
const HUBS: &str = "[\"KZ\", \"KG\"]";
const IMPORTERS: &str = "[\"EU\"]";
const LINKS: &str = "[\"brest-warsaw-rail\"]";
const NODES: &str = "[\"brest\"]";
const UNTIL: &str = "\"2023-03\"";

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
        required commodities: References = COMMODITIES,
    }

    /// What every entry of a list has.
    EntryTerms {
        required id: Id,
    }

    /// What every measure has.
    MeasureTerms {
        required issuer: Reference,
        optional commodities: References = COMMODITIES,
        optional announced: Month,
        required from: Month,
        optional until: Month = UNTIL,
        optional source: Text,
    }

    /// What a measure has that changes another one.
    Amendment {
        optional amends: Reference = "\"eu-ban-2021\"",
    }

    /// What every secondary programme has.
    ProgrammeTerms {
        required issuer: Reference,
        required targets: References = HUBS,
        optional commodities: References = COMMODITIES,
        optional announced: Month,
        required from: Month,
        optional until: Month = UNTIL,
        optional source: Text,
    }

    /// What every shock has.
    ShockTerms {
        optional source: Text,
    }

    /// `[[measures.ban]]`
    Ban {
        required origins: References = EXPORTERS,
        required destinations: References = IMPORTERS,
        optional wind_down_months: Quantity = "6",
        optional exempt_share: Quantity,
    }

    /// `[[measures.quota]]`
    Quota {
        required origins: References = EXPORTERS,
        required destinations: References = IMPORTERS,
        required limit_t_per_month: Limits,
    }

    /// `[[measures.tariff]]`
    Tariff {
        required origins: References = EXPORTERS,
        required destinations: References = IMPORTERS,
        required rate: Quantity,
    }

    /// `[[measures.closure]]`
    Closure {
        optional nodes: References = NODES,
        optional links: References = LINKS,
        optional modes: Modes,
        optional jurisdictions: References = EXPORTERS,
        optional carriers: References = IMPORTERS,
        optional origins: References = EXPORTERS,
        optional destinations: References = IMPORTERS,
        required share_closed: Quantity,
        optional return_half_life_months: Quantity = "6",
    }

    /// `[[measures.cost]]`
    Cost {
        optional nodes: References = NODES,
        optional links: References = LINKS,
        optional via: References = HUBS,
        optional usd_per_t: Quantity = "12.0",
        optional factor: Quantity = "1.5",
    }

    /// `[[measures.inspection]]`
    Inspection {
        optional nodes: References = NODES,
        optional origins: References = EXPORTERS,
        optional destinations: References = IMPORTERS,
        required seizure_probability: Quantity = "0.1",
        optional fine: Quantity,
        optional suspicion: WrittenSuspicion,
    }

    /// `[[secondary.designation]]`
    Designation {
        required rate_per_month: Quantity = "0.1",
        required surge_reference: Quantity = "2.0",
        optional surge_exponent: Quantity = "1.0",
        required surge_floor_usd_per_month: Quantity = "1e5",
        required capacity_loss: Quantity = "{ beta = { mean = 0.25, sd = 0.1 } }",
        required successor_months: Quantity = "6",
    }

    /// `[[secondary.payments]]`
    Payments {
        required refused_share: Quantity,
        required half_life_months: Quantity = "6",
        required friction_start: Quantity = "0.1",
        required friction_end: Quantity = "0.02",
    }

    /// `[[secondary.export_ban]]`
    ExportBan {
        required extends_ban: Reference = ENTRY,
        optional wind_down_months: Quantity = "6",
        optional exempt_share: Quantity,
    }

    /// `[[secondary.no_reexport_clause]]`
    NoReexportClause {
        required share: Quantity,
    }

    /// `[[secondary.threat]]`
    Threat {
        required exit_share: Quantity = "0.2",
        required growth_factor: Quantity = "0.5",
    }

    /// `[[secondary.overcompliance]]`
    Overcompliance {
        required share: Quantity = "0.2",
    }

    /// `[[trends.demand]]` and `[[trends.supply]]`
    Trend {
        optional commodities: References = COMMODITIES,
        required jurisdictions: References = HUBS,
        required from: Month,
        optional until: Month = UNTIL,
        required growth_per_year: Quantity = "0.02",
        optional source: Text,
    }

    /// `[[shocks.mode_cost]]`
    ModeCostShock {
        required mode: Mode,
        required persistence: Quantity,
        required sd: Quantity = "0.1",
    }

    /// `[[shocks.price]]`
    PriceShock {
        required commodity: Reference = "\"potash\"",
        required persistence: Quantity,
        required sd: Quantity = "0.1",
    }

    /// `[[shocks.closure]]`
    ClosureShock {
        required nodes: References = NODES,
        required monthly_probability: Quantity = "0.1",
        required mean_months: Quantity = "6",
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
