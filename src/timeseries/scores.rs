//! Scores of a forecast distribution against what came.

/// A forecast that is a distribution of one number.
pub trait Predictive {
    /// The continuous ranked probability score, in the units of the forecast; smaller is better. For a forecast of one
    /// value it is the absolute error (Gneiting and Raftery 2007).
    fn crps(&self, outcome: f64) -> f64;

    /// The value below which a share `probability`, between 0 and 1, lies.
    fn quantile(&self, probability: f64) -> f64;

    /// The share of the forecast below the outcome, from 0 to 1. Over many good forecasts it is uniform (Dawid 1984).
    fn pit(&self, outcome: f64) -> f64;

    /// All scores of the forecast for one outcome.
    fn score(&self, outcome: f64) -> Score {
        let within = |low, high| self.quantile(low) <= outcome && outcome <= self.quantile(high);
        Score {
            crps: self.crps(outcome),
            within_50: within(0.25, 0.75),
            within_90: within(0.05, 0.95),
            pit: self.pit(outcome),
            error: outcome - self.quantile(0.5),
        }
    }
}

/// How well a forecast distribution met one outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Continuous ranked probability score, in the units of the forecast.
    pub crps: f64,
    /// Whether the outcome lies in the central interval of 50%, ends included.
    pub within_50: bool,
    /// The same of 90%.
    pub within_90: bool,
    /// The share of the forecast below the outcome.
    pub pit: f64,
    /// The outcome less the forecast's median: positive where the forecast was too low.
    pub error: f64,
}
