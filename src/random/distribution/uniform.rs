//! Uniform distribution.

use super::DistributionError;
use super::continuous::{Continuous, Tails};
use super::error::finite;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct UniformDistribution {
    low: f64,
    high: f64,
}

impl UniformDistribution {
    pub fn new(low: f64, high: f64) -> Result<Self, DistributionError> {
        if finite("low", low)? < finite("high", high)? {
            Ok(Self { low, high })
        } else {
            Err(DistributionError::LowNotBelowHigh { low, high })
        }
    }
}

impl Continuous for UniformDistribution {
    fn tails(&self, x: f64) -> Tails {
        let width = self.high - self.low;
        Tails {
            below: (x - self.low) / width,
            above: (self.high - x) / width,
        }
    }

    fn quantile(&self, tails: Tails) -> f64 {
        self.low + tails.below * (self.high - self.low)
    }

    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}
