//! Forecasts of one monthly series, and their scores. Pure functions, with the same bits on every machine.
//!
//! A series is a slice of logarithms, one for each month; a month that is not a finite number was not observed.
//!
//! - [`local_level`]: a level that walks, observed with noise: filter, likelihood, fit;
//! - [`NaiveMethod`]: forecasts from the series alone, which a model should beat;
//! - [`Gaussian`], [`SortedSample`]: forecasts as distributions; [`Predictive`] gives their [`Score`]s;
//! - [`bootstrap`]: intervals for mean scores and their ratios, by clusters.

pub mod bootstrap;
mod damped_trend;
mod gaussian;
pub mod local_level;
mod minimise;
mod naive;
mod sample;
mod scores;
mod span;
mod theta;
mod yearly_growth;

pub use bootstrap::ClusterInterval;
pub use gaussian::Gaussian;
pub use local_level::{LevelState, LevelVariances, VariancePrior};
pub use naive::NaiveMethod;
pub use sample::SortedSample;
pub use scores::{Predictive, Score};
