//! A column of posterior draws.

use std::sync::Arc;

use super::DistributionError;
use super::error::finite_list;

/// Equally likely values in the order of the rows of their file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PosteriorDraws {
    values: Arc<[f64]>,
    median: f64,
    /// The bounds of the middle 90% of the values.
    middle: [f64; 2],
    rows: Arc<str>,
}

impl PosteriorDraws {
    pub fn new(values: Arc<[f64]>, rows: Arc<str>) -> Result<Self, DistributionError> {
        finite_list("posterior", &values)?;
        // Once for all scenarios and draws that ask for it.
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (lower, upper) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
        Ok(Self {
            median: 0.5 * lower + 0.5 * upper,
            middle: [at(0.05), at(0.95)],
            values,
            rows,
        })
    }

    /// The value of the row at a share `uniform` of the file.
    pub fn row(&self, uniform: f64) -> f64 {
        // A uniform next to one may round up to the number of rows.
        let index = (uniform * self.values.len() as f64) as usize;
        self.values[index.min(self.values.len() - 1)]
    }

    /// The middle value, or the mean of the two middle ones.
    pub fn median(&self) -> f64 {
        self.median
    }

    /// The middle 90% of the values, with three digits.
    pub fn words(&self) -> String {
        let [low, high] = self.middle.map(|value| {
            let text = format!("{value:.2e}");
            text.parse().unwrap_or(value)
        });
        format!("posterior, middle 90% from {low} to {high}")
    }

    pub fn mean(&self) -> f64 {
        self.values.iter().fold(0.0, |sum, value| sum + value) / self.values.len() as f64
    }

    pub fn cdf(&self, x: f64) -> f64 {
        self.values.iter().filter(|value| **value <= x).count() as f64 / self.values.len() as f64
    }

    pub fn support(&self) -> (f64, f64) {
        self.values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| {
                (low.min(x), high.max(x))
            })
    }

    /// The name of the stream that chooses the row.
    pub fn rows(&self) -> &str {
        &self.rows
    }
}
