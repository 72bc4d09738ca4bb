//! From a scenario to one path through the months: compile once, then numbers only.
//!
//! A [`Plan`] holds every match, group and constraint of a scenario. A [`Model`] adds the random streams. A path is one
//! draw of it, month by month, and a [`PathRunner`] simulates several of them side by side.

mod capacity;
mod common_past;
mod constraints;
mod costs;
mod effects;
mod hazard;
mod markets;
mod matching;
mod model;
mod passage;
mod path;
mod plan;
mod prepare;
mod reuse;
mod sampling;
mod seizure;
mod state;
mod surveillance;
mod suspicion;
#[cfg(test)]
pub(crate) mod testing;

pub use common_past::{CommonPast, Identities, months_in_common};
pub use model::Model;
pub use path::{PathError, PathInput, PathRunner, SolvedMonth, Start, Waypoint};
pub use plan::{By, Constraint, ConstraintPlan, Opener, Plan, RoutePlan};
pub use reuse::Reuse;
pub use sampling::Chance;
