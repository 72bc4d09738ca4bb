//! `roundabout` simulates trade rerouted by sanctions: routes, intermediaries, enforcement and secondary sanctions
//! together, month by month, with uncertainty.
//!
//! The way of the data is the tree: files are read by [`input`] into a valid [`model::World`] and
//! [`model::Scenario`]; [`simulation`] draws months from them with [`random`] streams and [`equilibrium`] prices;
//! [`statistics`] gathers draws; [`results`] writes tables and reads them back; [`report`] shows numbers to people;
//! [`comparison`] lays results side by side; [`validation`] lays draws beside dated facts, and [`provenance`] tells
//! what a world rests on. The model knows no files, no progress bar and no command line; the solver knows no countries.

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
