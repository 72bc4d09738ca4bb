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
pub struct Distribution {
    kind: Kind,
    /// As a scenario file states it, for readers: `triangular 0.05, 0.15, 0.3`.
    words: Arc<str>,
    /// The number whose draws it takes; none if it has its own, or those of a posterior.
    drawn_with: Option<Arc<str>>,
}

/// Midpoints in the numerical integration of the mean of a continuous distribution.
const STRATA_OF_MEAN: u32 = 1_000;

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Constant(f64),
    Continuous(Truncated),
    Discrete(DiscreteDistribution),
    Posterior(PosteriorDraws),
    /// A multiple of another one; the factor is above zero.
    Scaled(f64, Box<Distribution>),
}

impl Distribution {
    /// A certain number.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn constant(value: f64) -> Result<Self, DistributionError> {
        let value = error::finite("value", value)?;
        Ok(Self::new(Kind::Constant(value), &format!("{value}")))
    }

    /// Uniform between `low` and `high`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn uniform(low: f64, high: f64) -> Result<Self, DistributionError> {
        let family = UniformDistribution::new(low, high)?;
        Ok(Self::whole(Family::Uniform(family), &format!("uniform {low}, {high}")))
    }

    /// Triangular: a density that rises linearly from `low` to `mode` and falls linearly to `high`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, DistributionError> {
        let family = TriangularDistribution::new(low, mode, high)?;
        Ok(Self::whole(
            Family::Triangular(family),
            &format!("triangular {low}, {mode}, {high}"),
        ))
    }

    /// Normal with mean and standard deviation.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        let family = NormalDistribution::new(mean, sd)?;
        Ok(Self::whole(Family::Normal(family), &format!("normal {mean}, {sd}")))
    }

    /// The exponential of a normal number with mean `ln(median)` and standard deviation `sigma`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn lognormal(median: f64, sigma: f64) -> Result<Self, DistributionError> {
        let family = LognormalDistribution::new(median, sigma)?;
        Ok(Self::whole(
            Family::Lognormal(family),
            &format!("lognormal {median}, {sigma}"),
        ))
    }

    /// Beta on the unit interval, by mean and standard deviation.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn beta(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        let family = BetaDistribution::new(mean, sd)?;
        Ok(Self::whole(Family::Beta(family), &format!("beta {mean}, {sd}")))
    }

    /// Discrete: `values` with probabilities in proportion to `weights`.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn discrete(values: &[f64], weights: &[f64]) -> Result<Self, DistributionError> {
        let discrete = DiscreteDistribution::new(values, weights)?;
        let words = format!("discrete {} with weights {}", listed(values), listed(weights));
        Ok(Self::new(Kind::Discrete(discrete), &words))
    }

    /// A column of posterior draws; `rows` names the stream that chooses the row, shared by all columns of one file.
    ///
    /// # Errors
    ///
    /// See [`DistributionError`].
    pub fn posterior(values: Arc<[f64]>, rows: Arc<str>) -> Result<Self, DistributionError> {
        let posterior = PosteriorDraws::new(values, rows)?;
        let words = posterior.words();
        Ok(Self::new(Kind::Posterior(posterior), &words))
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
        let words = match (min, max) {
            (None, None) => return Ok(self),
            (Some(min), None) => format!("{}, at least {min}", self.words),
            (None, Some(max)) => format!("{}, at most {max}", self.words),
            (Some(min), Some(max)) => format!("{}, between {min} and {max}", self.words),
        };
        match self.kind {
            Kind::Continuous(whole) => Ok(Self::new(Kind::Continuous(whole.within(min, max)?), &words)),
            _ => Err(DistributionError::NoDensity),
        }
    }

    /// The distribution of `factor` times the number; the factor is above zero.
    pub fn times(self, factor: f64) -> Self {
        let words = format!("{factor} times {}", self.words);
        Self::new(Kind::Scaled(factor, Box::new(self)), &words)
    }

    /// This distribution of a number that is drawn together with another one, called `name` and distributed as `other`: from
    /// the same uniforms. If that is a column of a posterior, this becomes as large a multiple of the column.
    pub fn drawn_with(self, name: &str, other: &Self) -> Self {
        match other.column() {
            Some(column) => self.into_multiple_of(column),
            None => Self {
                drawn_with: Some(other.shared_stream().unwrap_or(name).into()),
                ..self
            },
        }
    }

    /// The column of a posterior that this is, or a multiple of.
    fn column(&self) -> Option<&Self> {
        match &self.kind {
            Kind::Posterior(_) => Some(self),
            Kind::Scaled(_, of) => of.column(),
            _ => None,
        }
    }

    /// As large a multiple of a column as this is of what it scales.
    fn into_multiple_of(self, column: &Self) -> Self {
        match self.kind {
            Kind::Scaled(factor, of) => of.into_multiple_of(column).times(factor),
            _ => column.clone(),
        }
    }

    /// The value whose distribution function is `uniform`, for `0 < uniform < 1`: never decreasing in `uniform`.
    ///
    /// A posterior takes the row `floor(uniform * rows)` instead. Its rows keep their order, because columns share
    /// them.
    pub fn quantile(&self, uniform: f64) -> f64 {
        match &self.kind {
            Kind::Constant(value) => *value,
            Kind::Continuous(truncated) => truncated.quantile(uniform),
            Kind::Discrete(discrete) => discrete.quantile(uniform),
            Kind::Posterior(posterior) => posterior.row(uniform),
            Kind::Scaled(factor, of) => factor * of.quantile(uniform),
        }
    }

    /// The median.
    pub fn median(&self) -> f64 {
        match &self.kind {
            Kind::Posterior(posterior) => posterior.median(),
            Kind::Scaled(factor, of) => factor * of.median(),
            _ => self.quantile(0.5),
        }
    }

    /// The mean: exact where values are listed, else by the midpoint rule over the quantiles of a thousand equally
    /// likely strata.
    pub fn mean(&self) -> f64 {
        match &self.kind {
            Kind::Constant(value) => *value,
            Kind::Continuous(truncated) => {
                let strata = f64::from(STRATA_OF_MEAN);
                let value = |stratum: u32| truncated.quantile((f64::from(stratum) + 0.5) / strata);
                (0..STRATA_OF_MEAN).fold(0.0, |sum, stratum| sum + value(stratum)) / strata
            }
            Kind::Discrete(discrete) => discrete.mean(),
            Kind::Posterior(posterior) => posterior.mean(),
            Kind::Scaled(factor, of) => factor * of.mean(),
        }
    }

    /// The ends of the support: the lowest and the highest value that can be drawn; infinite where there is none.
    ///
    /// A lognormal number is always above zero, so its lowest value is the smallest normal double.
    pub fn support(&self) -> (f64, f64) {
        match &self.kind {
            Kind::Constant(value) => (*value, *value),
            Kind::Continuous(truncated) => truncated.support(),
            Kind::Discrete(discrete) => discrete.support(),
            Kind::Posterior(posterior) => posterior.support(),
            Kind::Scaled(factor, of) => {
                let (low, high) = of.support();
                (factor * low, factor * high)
            }
        }
    }

    /// The distribution function: the probability of a value of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        match &self.kind {
            Kind::Constant(value) => f64::from(x >= *value),
            Kind::Continuous(truncated) => truncated.cdf(x),
            Kind::Discrete(discrete) => discrete.cdf(x),
            Kind::Posterior(posterior) => posterior.cdf(x),
            Kind::Scaled(factor, of) => of.cdf(x / factor),
        }
    }

    /// Whether it has a density, which bounds can truncate.
    pub fn has_density(&self) -> bool {
        match &self.kind {
            Kind::Constant(_) | Kind::Discrete(_) | Kind::Posterior(_) => false,
            Kind::Continuous(_) => true,
            Kind::Scaled(_, of) => of.has_density(),
        }
    }

    /// The name of the stream that this distribution shares with others; none if it is drawn by its parameter's own.
    pub fn shared_stream(&self) -> Option<&str> {
        if let Some(name) = &self.drawn_with {
            return Some(name);
        }
        match &self.kind {
            Kind::Posterior(posterior) => Some(posterior.rows()),
            Kind::Scaled(_, of) => of.shared_stream(),
            _ => None,
        }
    }

    /// The distribution in words, as a scenario file states it: `triangular 0.05, 0.15, 0.3`. Of a posterior, the middle
    /// 90% of its draws.
    pub fn words(&self) -> &str {
        &self.words
    }

    fn new(kind: Kind, words: &str) -> Self {
        Self {
            kind,
            words: words.into(),
            drawn_with: None,
        }
    }

    fn whole(family: Family, words: &str) -> Self {
        Self::new(Kind::Continuous(Truncated::whole(family)), words)
    }
}

fn listed(numbers: &[f64]) -> String {
    numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}
