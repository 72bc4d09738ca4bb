//! Measures: the interface through which bans, tariffs and sanctions programmes act on trade.
//!
//! A [`Measure`] has [`Terms`] (who, on which goods, from when) and an [`Instrument`], which says what it does. Each kind
//! of instrument is one file of [`crate::measures`] or [`crate::secondary`] and declares everything about itself there:
//! its keys in scenario files ([`Key`]), the routes it matches, how strong it is in a month ([`Act`]), the limits it sets
//! ([`LimitedRoutes`]) and what it does to weights, costs and capacities ([`Effects`]).
//!
//! Two designs were weighed. One enum of all kinds, matched wherever a kind makes a difference, lets the compiler list
//! what is missing; but a kind is then spread over a dozen files. A trait (chosen) keeps a kind in one place and makes
//! the differences explicit: whatever the rest of the program asks of a kind is a method here. Calls through it happen
//! once per measure and month, never per route, so their cost does not show.

mod act;
mod effects;
mod given;
mod indices;
mod instrument;
mod key;
mod limit;
mod matched;
mod measure;
#[cfg(test)]
pub(crate) mod testing;

pub use act::{Act, Acting, Moment};
pub use effects::{Effects, ShipmentChecks};
pub use given::{CountsByMonth, Given, Value};
pub use indices::{AdaptiveIndex, ConstraintIndex, MeasureIndex, PairIndex, ProgrammeIndex};
pub use instrument::{
    Always, Bearing, Hazard, Instrument, InstrumentKind, Lowest, Occasion, RentHolder, SlackLimit, Suspicion, TradeOf,
};
pub use key::{Form, Key, LEAST_SHARE};
pub use limit::{LimitOn, Limited, LimitedRoutes, Site, ViaCapacity, remaining};
pub use matched::{Exposure, Matched, PairMarks, Passages, TradedRoute};
pub use measure::{Measure, MeasureLabel, Terms};
