//! Reading what users wrote: scenarios in TOML and worlds in CSV tables, checked into [`crate::model`] types.
//!
//! Every fault goes to a [`Report`](crate::diagnostic::Report) with its line, and reading goes on, so that everything
//! wrong is said at once.

mod scenario;
pub mod world;

pub use scenario::{IdleLines, KeyDescription, Unreadable, read_scenarios, scenario_keys};
