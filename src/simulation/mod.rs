//! From a scenario to draws of months: compile once, then numbers only.
//!
//! A [`Plan`] holds every match, group and constraint of a scenario. A [`Model`] adds the random streams. A path is one
//! draw of it, month by month; a [`Batch`] takes many scenarios through the same draws.

mod batch;
mod books;
mod capacity;
mod costs;
mod designation;
mod effects;
mod groups;
mod inspection;
mod metrics;
mod path;
mod plan;
mod record;
mod sampling;
mod surveillance;
mod throughput;
mod uncovered;

pub use batch::{BLOCK, Batch, Difference, Entry, Failure, Finished, Progress};
pub use designation::Event;
pub use groups::Groups;
pub use metrics::{GENUINE_TRADE_LOST, TARGET_LOSS};
pub use path::{Model, PathError, PathRunner, SolvedMonth};
pub use plan::{Constraint, ConstraintPlan, Plan, RoutePlan};
pub use record::{Layout, RowSpec};
pub use sampling::Chance;
pub use throughput::Place;
