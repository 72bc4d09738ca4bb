//! From a scenario to draws of months: compile once, then numbers only.
//!
//! A [`Plan`] holds every match, group and constraint of a scenario. A [`Model`] adds the random streams. A path is one
//! draw of it, month by month; a [`Batch`] takes many scenarios through the same draws.

mod abreast;
mod batch;
mod books;
mod burdens;
mod capacity;
mod constraints;
mod costs;
mod draw_log;
mod effects;
mod groups;
mod hazard;
mod markets;
mod matching;
mod metrics;
mod model;
mod pairing;
mod path;
mod plan;
mod pool;
mod prepare;
mod record;
mod sampling;
mod seizure;
mod state;
mod strip;
mod surveillance;
mod suspicion;
mod tally;
mod throughput;
mod trade;
mod uncovered;
mod workspace;

pub use batch::{BLOCK, Batch, Entry, Progress};
pub use draw_log::DrawLog;
pub use groups::Groups;
pub use hazard::Event;
pub use metrics::{GENUINE_TRADE_LOST, TARGET_LOSS};
pub use model::Model;
pub use pairing::Pairing;
pub use path::{PathError, PathRunner, SolvedMonth};
pub use plan::{By, Constraint, ConstraintPlan, Plan, RoutePlan};
pub use record::{Layout, RowSpec, TableRows};
pub use sampling::Chance;
pub use strip::STRIP;
pub use tally::{Failure, Finished};
pub use throughput::Place;
