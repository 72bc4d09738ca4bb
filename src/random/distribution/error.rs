//! Faults in the parameters of a distribution.

use thiserror::Error;

use super::continuous::LEAST_MASS;

/// Why numbers do not describe a distribution, with advice on the remedy.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum DistributionError {
    #[error("`{key}` is {value}; write a finite number")]
    NotFinite { key: &'static str, value: f64 },

    #[error("`{key}` is {value}; write a number above zero, or for a certain value that value alone")]
    NotPositive { key: &'static str, value: f64 },

    #[error("`low` ({low}) must be below `high` ({high}); for a certain value write that value alone")]
    LowNotBelowHigh { low: f64, high: f64 },

    #[error("`mode` ({mode}) lies outside the range from `low` ({low}) to `high` ({high}); write a mode within it")]
    ModeOutside { low: f64, mode: f64, high: f64 },

    #[error("the `mean` of a beta distribution is {mean}; write a number above 0 and below 1")]
    BetaMean { mean: f64 },

    #[error(
        "a beta distribution with `mean` {mean} cannot have `sd` {sd}; write one below {limit}, the root of mean (1 - mean)"
    )]
    BetaTooWide { mean: f64, sd: f64, limit: f64 },

    #[error(
        "a beta distribution with `mean` {mean} and `sd` {sd} is too narrow; write a larger `sd`, or the mean alone"
    )]
    BetaTooNarrow { mean: f64, sd: f64 },

    #[error("there are {values} `values` and {weights} `weights`; write one weight for each value")]
    UnequalLengths { values: usize, weights: usize },

    #[error("there are no values; write at least one")]
    NoValues,

    #[error("number {position} of `{key}` is {value}; write a finite number")]
    ElementNotFinite {
        key: &'static str,
        position: usize,
        value: f64,
    },

    #[error("weight number {position} is {weight}; write zero or more")]
    NegativeWeight { position: usize, weight: f64 },

    #[error("the `weights` sum to {sum}; write at least one above zero, and a finite sum")]
    WeightSum { sum: f64 },

    #[error("`min` ({min}) must be below `max` ({max}); for a certain value write that value alone")]
    MinNotBelowMax { min: f64, max: f64 },

    #[error(
        "the range from {low} to {high} left by `min` and `max` holds a probability of {mass:.1e}, less than {LEAST_MASS:e}; \
         write bounds where the distribution lies"
    )]
    NoMass { low: f64, high: f64, mass: f64 },

    #[error("`min` and `max` do not apply to a constant, a discrete distribution or a posterior; leave them out")]
    NoDensity,
}

/// The value, if it is finite.
pub(super) fn finite(key: &'static str, value: f64) -> Result<f64, DistributionError> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(DistributionError::NotFinite { key, value })
    }
}

/// The value, if it is finite and above zero.
pub(super) fn positive(key: &'static str, value: f64) -> Result<f64, DistributionError> {
    if finite(key, value)? > 0.0 {
        Ok(value)
    } else {
        Err(DistributionError::NotPositive { key, value })
    }
}

/// Refuses a list that is empty or holds a number that is not finite; positions count from one.
pub(super) fn finite_list(key: &'static str, list: &[f64]) -> Result<(), DistributionError> {
    if list.is_empty() {
        return Err(DistributionError::NoValues);
    }
    match list.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(DistributionError::ElementNotFinite {
            key,
            position: index + 1,
            value: list[index],
        }),
    }
}
