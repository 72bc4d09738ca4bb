//! An entry read into the wire type of its kind.

use super::amend::{Standing, Version};
use super::kinds::Kind;

use super::sections::{
    Ban, Closure, ClosureShock, Cost, Designation, ExportBan, Inspection, MeasureTerms, ModeCostShock,
    NoReexportClause, Overcompliance, Payments, PriceShock, ProgrammeTerms, Quota, ShockTerms, Tariff, Threat, Trend,
};
use super::tree::Table;
use super::wire::{Wire, check_missing, check_unknown};
use crate::diagnostic::Report;
use crate::model::Side;

/// What an entry says.
pub(super) enum Body {
    Measure(MeasureTerms, MeasureBody),
    Programme(ProgrammeTerms, ProgrammeBody),
    Trend(Side, Trend),
    Shock(ShockTerms, ShockBody),
}

/// What a measure says beyond its terms.
pub(super) enum MeasureBody {
    Ban(Ban),
    Quota(Quota),
    Tariff(Tariff),
    Closure(Closure),
    Cost(Cost),
    Inspection(Box<Inspection>),
}

/// What a secondary programme says beyond its terms.
pub(super) enum ProgrammeBody {
    Designation(Box<Designation>),
    Payments(Payments),
    ExportBan(ExportBan),
    NoReexportClause(NoReexportClause),
    Threat(Threat),
    Overcompliance(Overcompliance),
}

/// What a shock says beyond its terms.
pub(super) enum ShockBody {
    ModeCost(ModeCostShock),
    Price(PriceShock),
    Closure(ClosureShock),
}

impl Body {
    /// Reads an entry; unknown, missing and mistyped keys are reported.
    pub fn read(version: &Version<'_>, report: &mut Report) -> Self {
        let (entry, table) = (version.entry, &*version.table);
        let (header, mut rules) = (entry.kind.header(), entry.kind.rules());
        check_unknown(&entry.table, &rules, &header, report);
        if !matches!(version.standing, Standing::First) {
            // What else is missing was missing in the version before it.
            rules.retain(|rule| ["id", "from"].contains(&rule.name));
        }
        check_missing(table, &rules, &header, &entry.header, report);
        match entry.kind {
            Kind::Ban => measure(table, MeasureBody::Ban, report),
            Kind::Quota => measure(table, MeasureBody::Quota, report),
            Kind::Tariff => measure(table, MeasureBody::Tariff, report),
            Kind::Closure => measure(table, MeasureBody::Closure, report),
            Kind::Cost => measure(table, MeasureBody::Cost, report),
            Kind::Inspection => measure(table, |body| MeasureBody::Inspection(Box::new(body)), report),
            Kind::Designation => programme(table, |body| ProgrammeBody::Designation(Box::new(body)), report),
            Kind::Payments => programme(table, ProgrammeBody::Payments, report),
            Kind::ExportBan => programme(table, ProgrammeBody::ExportBan, report),
            Kind::NoReexportClause => programme(table, ProgrammeBody::NoReexportClause, report),
            Kind::Threat => programme(table, ProgrammeBody::Threat, report),
            Kind::Overcompliance => programme(table, ProgrammeBody::Overcompliance, report),
            Kind::DemandTrend => Self::Trend(Side::Demand, Wire::read(table, report)),
            Kind::SupplyTrend => Self::Trend(Side::Supply, Wire::read(table, report)),
            Kind::ModeCostShock => shock(table, ShockBody::ModeCost, report),
            Kind::PriceShock => shock(table, ShockBody::Price, report),
            Kind::ClosureShock => shock(table, ShockBody::Closure, report),
        }
    }
}

fn measure<T: Wire>(table: &Table, body: impl FnOnce(T) -> MeasureBody, report: &mut Report) -> Body {
    Body::Measure(Wire::read(table, report), body(T::read(table, report)))
}

fn programme<T: Wire>(table: &Table, body: impl FnOnce(T) -> ProgrammeBody, report: &mut Report) -> Body {
    Body::Programme(Wire::read(table, report), body(T::read(table, report)))
}

fn shock<T: Wire>(table: &Table, body: impl FnOnce(T) -> ShockBody, report: &mut Report) -> Body {
    Body::Shock(Wire::read(table, report), body(T::read(table, report)))
}
