//! `roundabout` simulates trade rerouted by sanctions: routes, intermediaries, enforcement and secondary sanctions
//! together, month by month, with uncertainty.
//!
//! The folders follow the way of the data: [`input`] reads files into a valid [`model::World`] and
//! [`model::Scenario`]; [`measures`] and [`secondary`] define what each kind of measure and programme does;
//! [`simulation`] follows a draw through its months with [`random`] streams and [`equilibrium`] prices; [`metrics`]
//! evaluates months; [`ensemble`] runs many draws of many scenarios and [`statistics`] accumulates them; [`results`]
//! writes tables and reads them back; [`report`] shows numbers to people; [`comparison`] compares results;
//! [`validation`] compares draws with dated facts; and [`provenance`] lists the sources of a world. The model knows no
//! files, no progress bar and no command line; the solver knows no countries.

pub mod cli;
pub mod comparison;
pub mod diagnostic;
pub mod ensemble;
pub mod equilibrium;
pub mod input;
pub mod math;
pub mod measures;
pub mod metrics;
pub mod model;
pub mod network;
pub mod policy;
pub mod provenance;
pub mod random;
pub mod report;
pub mod results;
pub mod scenario;
pub mod secondary;
pub mod simulation;
pub mod statistics;
pub mod validation;
