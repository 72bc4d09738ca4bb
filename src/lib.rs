//! `roundabout` simulates trade rerouted by sanctions: routes, intermediaries, enforcement and secondary sanctions
//! together, month by month, with uncertainty.
//!
//! Data flow one way. [`input`] reads files into a valid [`scenario::Scenario`] on a [`model::World`], whose routes
//! [`network`] has generated. [`policy`] is the interface of a measure; [`measures`] and [`secondary`] hold one file
//! for each kind. [`simulation`] draws paths of months with [`random`] streams and [`equilibrium`] prices, [`metrics`]
//! compares a month with its counterfactual, and [`ensemble`] simulates many draws of many scenarios, which
//! [`statistics`] summarises. [`results`] writes tables and reads them back, [`report`] shows numbers to people,
//! [`comparison`] compares results, [`validation`] compares draws with published facts, and [`provenance`] lists the
//! sources of a world. [`observation`] lays records and simulated trade beside each other, [`calibration`] draws uncertain
//! numbers that agree with the records, and [`forecasting`] carries the draws on from the last record and scores what it
//! would have foreseen. [`experiment`] runs designs of draws of their own, from which, as from draws that exist,
//! [`sensitivity`] says which numbers drive an outcome. Beside the model, [`timeseries`] forecasts one series and scores
//! forecasts. The model knows no
//! files, no progress bar and no command line; the solver knows no countries.

pub mod calibration;
pub mod cli;
pub mod comparison;
pub mod diagnostic;
pub mod ensemble;
pub mod equilibrium;
pub mod experiment;
pub mod forecasting;
pub mod input;
pub mod math;
pub mod measures;
pub mod metrics;
pub mod model;
pub mod network;
pub mod observation;
pub mod policy;
pub mod provenance;
pub mod random;
pub mod report;
pub mod results;
pub mod scenario;
pub mod secondary;
pub mod sensitivity;
pub mod simulation;
pub mod statistics;
pub mod timeseries;
pub mod validation;
