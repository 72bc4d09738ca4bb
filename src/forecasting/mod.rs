//! Forecasts of recorded trade, and how often they were right.

mod anchored;

pub use anchored::{Anchoring, KnownSeries};
