//! Reads the files of users: scenarios and facts in TOML and worlds in CSV tables, checked into [`crate::model`] types.
//!
//! Every fault goes to a [`Report`](crate::diagnostic::Report) with its line, and reading goes on, so that all faults
//! are reported at once.

mod facts;
mod scenario;
pub mod world;

pub use facts::{facts_keys, read_facts};
pub use scenario::{
    IdleLines, KeyDescription, ReadingRules, UnreadableScenarios, Variation, apply_posterior_table, read_families,
    read_scenarios, scenario_keys,
};
