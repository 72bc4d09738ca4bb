//! An entry read into the wire type of its kind.

use super::layer::Entry;
use super::sections::{
    Ban, Closure, ClosureShock, Cost, Designation, ExportBan, Inspection, Kind, MeasureTerms, ModeCostShock, Payments,
    PriceShock, ProgrammeTerms, Quota, ShockTerms, Tariff, Trend,
};
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
    Inspection(Inspection),
}

/// What a secondary programme says beyond its terms.
pub(super) enum ProgrammeBody {
    Designation(Box<Designation>),
    Payments(Payments),
    ExportBan(ExportBan),
}

/// What a shock says beyond its terms.
pub(super) enum ShockBody {
    ModeCost(ModeCostShock),
    Price(PriceShock),
    Closure(ClosureShock),
}

impl Body {
    /// Reads an entry; unknown, missing and mistyped keys are reported.
    pub fn read(entry: &Entry, report: &mut Report) -> Self {
        let (header, rules) = (entry.kind.header(), entry.kind.rules());
        check_unknown(&entry.table, &rules, &header, report);
        check_missing(&entry.table, &rules, &header, &entry.header, report);
        match entry.kind {
            Kind::Ban => measure(entry, MeasureBody::Ban, report),
            Kind::Quota => measure(entry, MeasureBody::Quota, report),
            Kind::Tariff => measure(entry, MeasureBody::Tariff, report),
            Kind::Closure => measure(entry, MeasureBody::Closure, report),
            Kind::Cost => measure(entry, MeasureBody::Cost, report),
            Kind::Inspection => measure(entry, MeasureBody::Inspection, report),
            Kind::Designation => programme(entry, |body| ProgrammeBody::Designation(Box::new(body)), report),
            Kind::Payments => programme(entry, ProgrammeBody::Payments, report),
            Kind::ExportBan => programme(entry, ProgrammeBody::ExportBan, report),
            Kind::DemandTrend => Self::Trend(Side::Demand, Wire::read(&entry.table, report)),
            Kind::SupplyTrend => Self::Trend(Side::Supply, Wire::read(&entry.table, report)),
            Kind::ModeCostShock => shock(entry, ShockBody::ModeCost, report),
            Kind::PriceShock => shock(entry, ShockBody::Price, report),
            Kind::ClosureShock => shock(entry, ShockBody::Closure, report),
        }
    }
}

fn measure<T: Wire>(entry: &Entry, body: impl FnOnce(T) -> MeasureBody, report: &mut Report) -> Body {
    Body::Measure(Wire::read(&entry.table, report), body(T::read(&entry.table, report)))
}

fn programme<T: Wire>(entry: &Entry, body: impl FnOnce(T) -> ProgrammeBody, report: &mut Report) -> Body {
    Body::Programme(Wire::read(&entry.table, report), body(T::read(&entry.table, report)))
}

fn shock<T: Wire>(entry: &Entry, body: impl FnOnce(T) -> ShockBody, report: &mut Report) -> Body {
    Body::Shock(Wire::read(&entry.table, report), body(T::read(&entry.table, report)))
}
