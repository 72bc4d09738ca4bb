//! The sections of a scenario and the entries of its lists: every key with its type, and an example where that of the
//! type would not do.

use super::kinds::EntryKind;
use super::leaves::{Draws, Id, MonthCount, Reference, Seed, Text, Tolerance};
use super::quantity::Quantity;
use super::wire::{KeyRule, Leaf, Placed, Wire, wire};
use crate::model::{Mode, Month};
use crate::scenario::Scheme;

type ReferenceList = Vec<Placed<Reference>>;

const COMMODITIES: &str = "[\"potash\", \"plywood\"]";
const HUBS: &str = "[\"KZ\", \"KG\"]";
const NODES: &str = "[\"brest\"]";
const UNTIL: &str = "\"2023-03\"";

wire! {
    /// `[horizon]`: the months of the run.
    WrittenHorizon {
        required start: Month,
        optional months: MonthCount,
        optional end: Month = "\"2026-12\"",
    }

    /// `[simulation]`: how many draws, from which seed, how spread, how exactly solved.
    WrittenSimulation {
        required draws: Draws,
        required seed: Seed,
        required sampling: Scheme,
        optional tolerance: Tolerance,
    }

    /// `[scope]`: the part of the world that is run.
    Scope {
        required commodities: ReferenceList = COMMODITIES,
    }

    /// The key that every entry of a list has.
    EntryTerms {
        required id: Id,
    }

    /// The keys that every measure has.
    MeasureTerms {
        required issuer: Reference,
        optional commodities: ReferenceList = COMMODITIES,
        optional announced: Month,
        required from: Month,
        optional until: Month = UNTIL,
        optional source: Text,
    }

    /// The key of a measure or programme that changes another one, or an inherited one of its own id.
    Amendment {
        optional amends: Reference = "\"eu-ban-2021\"",
    }

    /// The keys that every secondary programme has.
    ProgrammeTerms {
        required issuer: Reference,
        required targets: ReferenceList = HUBS,
        optional commodities: ReferenceList = COMMODITIES,
        optional announced: Month,
        required from: Month,
        optional until: Month = UNTIL,
        optional source: Text,
    }

    /// The key that every shock may have.
    ShockTerms {
        optional source: Text,
    }

    /// `[[trends.demand]]` and `[[trends.supply]]`
    WrittenTrend {
        optional commodities: ReferenceList = COMMODITIES,
        required jurisdictions: ReferenceList = HUBS,
        required from: Month,
        optional until: Month = UNTIL,
        required growth_per_year: Quantity = "0.02",
        optional source: Text,
    }

    /// `[[shocks.mode_cost]]`
    WrittenModeCostShock {
        required mode: Mode,
        required persistence: Quantity,
        required sd: Quantity = "0.1",
    }

    /// `[[shocks.price]]`
    WrittenPriceShock {
        required commodity: Reference = "\"potash\"",
        required persistence: Quantity,
        required sd: Quantity = "0.1",
    }

    /// `[[shocks.closure]]`
    WrittenClosureShock {
        required nodes: ReferenceList = NODES,
        required monthly_probability: Quantity = "0.1",
        required mean_months: Quantity = "6",
    }
}

/// The keys before the first section.
pub(super) const TOP: [KeyRule; 5] = [
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
    KeyRule {
        name: "posterior",
        required: false,
        example: "\"posteriors/eurasia.csv\"",
    },
];

/// The sections with keys, merged key by key.
pub(super) const SECTIONS: [&str; 4] = ["horizon", "simulation", "scope", "parameters"];

/// The section whose keys are names of numbers, each with the values that it takes in turn.
pub(super) const SWEEP: &str = "sweep";

/// The sections with lists of entries, merged entry by entry.
pub(super) const LISTS: [&str; 4] = ["measures", "secondary", "trends", "shocks"];

/// The keys of a section; none for `[parameters]`, whose keys are names of numbers.
pub(super) fn section_rules(section: &str) -> &'static [KeyRule] {
    match section {
        "horizon" => WrittenHorizon::KEYS,
        "simulation" => WrittenSimulation::KEYS,
        "scope" => Scope::KEYS,
        _ => &[],
    }
}

/// Where a key belongs, in words, if it has one home.
pub(super) fn home_of(key: &str) -> Option<String> {
    if SECTIONS.contains(&key) || LISTS.contains(&key) || key == SWEEP || TOP.iter().any(|rule| rule.name == key) {
        return Some("at the top of the file, before the first [section]".to_owned());
    }
    let holds = |rules: &[KeyRule]| rules.iter().any(|rule| rule.name == key);
    if let Some(section) = SECTIONS.into_iter().find(|section| holds(section_rules(section))) {
        return Some(format!("in [{section}]"));
    }
    let homes: Vec<String> = EntryKind::all()
        .filter(|kind| holds(&kind.rules()))
        .map(EntryKind::header)
        .collect();
    match homes.as_slice() {
        [] => None,
        [first] => Some(format!("in {first}")),
        [first, second] => Some(format!("in {first} or {second}")),
        // A key such as `from` that most entries have says nothing about where it was meant.
        [first, ..] => Some(format!("in an entry such as {first}")),
    }
}
