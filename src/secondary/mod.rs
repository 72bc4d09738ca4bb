//! Programmes of secondary sanctions: threats and acts against those who help others around a measure. One file for
//! each kind, all in [`KINDS`].

mod designation;
mod export_ban;
mod no_reexport_clause;
mod overcompliance;
mod payments;
mod primary_targets;
mod threat;

use crate::policy::InstrumentKind;

/// The registry: the kinds of `[[secondary.KIND]]`, in the order of their documentation.
pub const KINDS: &[&InstrumentKind] = &[
    &designation::KIND,
    &payments::KIND,
    &export_ban::KIND,
    &no_reexport_clause::KIND,
    &threat::KIND,
    &overcompliance::KIND,
];
