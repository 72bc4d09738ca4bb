//! Primary measures: acts of governments on trade and its transport, and sellers who leave. One file for each kind, all in [`KINDS`].

pub(crate) mod ban;
mod closure;
mod cost;
mod exit;
mod inspection;
mod quota;
mod tariff;
#[cfg(test)]
mod toll;

use crate::policy::InstrumentKind;

/// The registry: the kinds of `[[measures.KIND]]`, in the order of their documentation.
pub const KINDS: &[&InstrumentKind] = &[
    &ban::KIND,
    &exit::KIND,
    &quota::KIND,
    &tariff::KIND,
    &closure::KIND,
    &cost::KIND,
    &inspection::KIND,
    // The worked example of docs/architecture.md.
    #[cfg(test)]
    &toll::KIND,
];
