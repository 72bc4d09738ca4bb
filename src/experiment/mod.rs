//! Runs of scenarios on a design of draws of its own, for what draws that exist cannot tell.
//!
//! [`IndependentInputs`] are what a design may exchange: uncertain numbers, whole rows of a posterior table, and the shocks and
//! events of a draw, which are one more input. [`Design`] says which input each run takes from where, and [`run_design`] what
//! became of an outcome.

mod design;
mod inputs;
mod run;

pub use design::{Design, DesignPoint, LARGEST_DESIGN};
pub use inputs::{ClashingPriors, IndependentInputs, InputKind, InputSource};
pub use run::{ExperimentError, headlines_of, run_design};
