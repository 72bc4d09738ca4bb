//! Distributions of uncertain numbers, sampled by inversion: a value is the quantile of a uniform.

mod beta;
mod continuous;
mod discrete;
mod error;
mod normal;
mod posterior;
mod student;
mod triangular;
mod uniform;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use beta::BetaDistribution;
use continuous::{Family, Truncated};
use discrete::DiscreteDistribution;
pub use error::DistributionError;
use normal::{LognormalDistribution, NormalDistribution};
pub use normal::{standard_normal_cdf, standard_normal_quantile};
use posterior::PosteriorDraws;
pub use student::{student_critical, student_two_tails};
use triangular::TriangularDistribution;
use uniform::UniformDistribution;

/// The distribution of an uncertain number, in the unit of that number.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution(Kind);

/// Midpoints in the numerical integration of the mean of a continuous distribution.
const STRATA_OF_MEAN: u32 = 1_000;

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Constant(f64),
    Continuous(Truncated),
    Discrete(DiscreteDistribution),
    Posterior(PosteriorDraws),
}

impl Distribution {
    /// A certain number.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn constant(value: f64) -> Result<Self, DistributionError> {
        error::finite("value", value).map(|value| Self(Kind::Constant(value)))
    }

    /// Uniform between `low` and `high`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn uniform(low: f64, high: f64) -> Result<Self, DistributionError> {
        UniformDistribution::new(low, high).map(|family| Self::whole(Family::Uniform(family)))
    }

    /// Triangular: a density that rises linearly from `low` to `mode` and falls linearly to `high`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, DistributionError> {
        TriangularDistribution::new(low, mode, high).map(|family| Self::whole(Family::Triangular(family)))
    }

    /// Normal with mean and standard deviation.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        NormalDistribution::new(mean, sd).map(|family| Self::whole(Family::Normal(family)))
    }

    /// The exponential of a normal number with mean `ln(median)` and standard deviation `sigma`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn lognormal(median: f64, sigma: f64) -> Result<Self, DistributionError> {
        LognormalDistribution::new(median, sigma).map(|family| Self::whole(Family::Lognormal(family)))
    }

    /// Beta on the unit interval, by mean and standard deviation.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn beta(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        BetaDistribution::new(mean, sd).map(|family| Self::whole(Family::Beta(family)))
    }

    /// Discrete: `values` with probabilities in proportion to `weights`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn discrete(values: &[f64], weights: &[f64]) -> Result<Self, DistributionError> {
        DiscreteDistribution::new(values, weights).map(|discrete| Self(Kind::Discrete(discrete)))
    }

    /// A column of posterior draws; `rows` names the stream that chooses the row, shared by all columns of one file.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn posterior(values: Arc<[f64]>, rows: Arc<str>) -> Result<Self, DistributionError> {
        PosteriorDraws::new(values, rows).map(|posterior| Self(Kind::Posterior(posterior)))
    }

    /// The same distribution given that the number lies between `min` and `max`; a missing bound does not bind.
    ///
    /// Bounds outside the support do nothing. A second truncation replaces the first.
    ///
    /// # Errors
    ///
    /// Bounds that are not finite, in the wrong order, or hold a probability below 1e-9; any bound on a constant, a
    /// discrete distribution or a posterior.
    pub fn truncated(self, min: Option<f64>, max: Option<f64>) -> Result<Self, DistributionError> {
        match self.0 {
            kind if min.is_none() && max.is_none() => Ok(Self(kind)),
            Kind::Continuous(whole) => whole
                .within(min, max)
                .map(|truncated| Self(Kind::Continuous(truncated))),
            _ => Err(DistributionError::NoDensity),
        }
    }

    /// The value whose distribution function is `uniform`, for `0 < uniform < 1`: never decreasing in `uniform`.
    ///
    /// A posterior takes the row `floor(uniform * rows)` instead. Its rows keep their order, because columns share
    /// them.
    pub fn quantile(&self, uniform: f64) -> f64 {
        match &self.0 {
            Kind::Constant(value) => *value,
            Kind::Continuous(truncated) => truncated.quantile(uniform),
            Kind::Discrete(discrete) => discrete.quantile(uniform),
            Kind::Posterior(posterior) => posterior.row(uniform),
        }
    }

    /// The median.
    pub fn median(&self) -> f64 {
        match &self.0 {
            Kind::Posterior(posterior) => posterior.median(),
            _ => self.quantile(0.5),
        }
    }

    /// The mean: exact where values are listed, else by the midpoint rule over the quantiles of a thousand equally
    /// likely strata.
    pub fn mean(&self) -> f64 {
        match &self.0 {
            Kind::Constant(value) => *value,
            Kind::Continuous(truncated) => {
                let strata = f64::from(STRATA_OF_MEAN);
                let value = |stratum: u32| truncated.quantile((f64::from(stratum) + 0.5) / strata);
                (0..STRATA_OF_MEAN).fold(0.0, |sum, stratum| sum + value(stratum)) / strata
            }
            Kind::Discrete(discrete) => discrete.mean(),
            Kind::Posterior(posterior) => posterior.mean(),
        }
    }

    /// The ends of the support: the lowest and the highest value that can be drawn; infinite where there is none.
    ///
    /// A lognormal number is always above zero, so its lowest value is the smallest normal double.
    pub fn support(&self) -> (f64, f64) {
        match &self.0 {
            Kind::Constant(value) => (*value, *value),
            Kind::Continuous(truncated) => truncated.support(),
            Kind::Discrete(discrete) => discrete.support(),
            Kind::Posterior(posterior) => posterior.support(),
        }
    }

    /// The distribution function: the probability of a value of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        match &self.0 {
            Kind::Constant(value) => f64::from(x >= *value),
            Kind::Continuous(truncated) => truncated.cdf(x),
            Kind::Discrete(discrete) => discrete.cdf(x),
            Kind::Posterior(posterior) => posterior.cdf(x),
        }
    }

    /// The name of the stream that this distribution shares with others; none if it is drawn by its parameter's own.
    pub fn shared_stream(&self) -> Option<&str> {
        match &self.0 {
            Kind::Posterior(posterior) => Some(posterior.rows()),
            _ => None,
        }
    }

    fn whole(family: Family) -> Self {
        Self(Kind::Continuous(Truncated::whole(family)))
    }
}
