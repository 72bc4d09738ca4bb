//! Triangular distribution.

use super::DistributionError;
use super::continuous::{Continuous, Tails};
use super::error::finite;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct TriangularDistribution {
    low: f64,
    mode: f64,
    high: f64,
}

impl TriangularDistribution {
    /// The mode may lie on either end.
    pub fn new(low: f64, mode: f64, high: f64) -> Result<Self, DistributionError> {
        if finite("low", low)? >= finite("high", high)? {
            Err(DistributionError::LowNotBelowHigh { low, high })
        } else if !(low..=high).contains(&finite("mode", mode)?) {
            Err(DistributionError::ModeOutside { low, mode, high })
        } else {
            Ok(Self { low, mode, high })
        }
    }
}

impl Continuous for TriangularDistribution {
    fn tails(&self, x: f64) -> Tails {
        let width = self.high - self.low;
        // From the near end, so that the smaller tail has all its digits; squares are split to keep products in range.
        if x < self.mode {
            Tails::from_below((x - self.low) / width * ((x - self.low) / (self.mode - self.low)))
        } else if x < self.high {
            Tails::from_above((self.high - x) / width * ((self.high - x) / (self.high - self.mode)))
        } else {
            Tails::from_above(0.0)
        }
    }

    fn quantile(&self, tails: Tails) -> f64 {
        let width = self.high - self.low;
        if tails.below * width < self.mode - self.low {
            self.low + (tails.below * width * (self.mode - self.low)).sqrt()
        } else {
            self.high - (tails.above * width * (self.high - self.mode)).sqrt()
        }
    }

    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}
