//! Discrete distribution.

use super::DistributionError;
use super::error::finite_list;

/// Values in ascending order with the sum of the weights up to each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DiscreteDistribution {
    values: Vec<f64>,
    cumulative: Vec<f64>,
}

impl DiscreteDistribution {
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Self, DistributionError> {
        if values.len() != weights.len() {
            return Err(DistributionError::UnequalLengths {
                values: values.len(),
                weights: weights.len(),
            });
        }
        finite_list("values", values)?;
        finite_list("weights", weights)?;
        if let Some(index) = weights.iter().position(|weight| *weight < 0.0) {
            return Err(DistributionError::NegativeWeight {
                position: index + 1,
                weight: weights[index],
            });
        }
        // Values without weight are never drawn, and would widen the support.
        let mut pairs: Vec<(f64, f64)> = values
            .iter()
            .copied()
            .zip(weights.iter().copied())
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let cumulative: Vec<f64> = pairs
            .iter()
            .scan(0.0, |sum, (_, weight)| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        match cumulative.last() {
            Some(sum) if sum.is_finite() => Ok(Self {
                values: pairs.iter().map(|pair| pair.0).collect(),
                cumulative,
            }),
            sum => Err(DistributionError::WeightSum {
                sum: sum.copied().unwrap_or(0.0),
            }),
        }
    }

    pub fn quantile(&self, uniform: f64) -> f64 {
        let target = uniform * self.total();
        // Rounding may lift the target above the last sum.
        let index = self.cumulative.partition_point(|&sum| sum < target);
        self.values[index.min(self.values.len() - 1)]
    }

    pub fn mean(&self) -> f64 {
        let below = std::iter::once(0.0).chain(self.cumulative.iter().copied());
        let weighted = self.values.iter().zip(&self.cumulative).zip(below);
        weighted.fold(0.0, |sum, ((value, up_to), below)| sum + value * (up_to - below)) / self.total()
    }

    pub fn cdf(&self, x: f64) -> f64 {
        match self.values.partition_point(|&value| value <= x) {
            0 => 0.0,
            count => self.cumulative[count - 1] / self.total(),
        }
    }

    pub fn support(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    fn total(&self) -> f64 {
        self.cumulative[self.cumulative.len() - 1]
    }
}
