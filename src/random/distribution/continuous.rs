//! Continuous families: two-sided probabilities, and truncation to an interval.

use super::error::finite;
use super::{
    BetaDistribution, DistributionError, LognormalDistribution, NormalDistribution, TriangularDistribution,
    UniformDistribution,
};

/// The least probability that a truncation may leave. A smaller one is a mistake in the scenario, and its quantiles
/// would lose digits.
pub(super) const LEAST_MASS: f64 = 1e-9;

/// The probabilities below and above a point.
///
/// They sum to one, but both are kept: `1 - below` would leave few or no digits of a small upper tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tails {
    pub below: f64,
    pub above: f64,
}

impl Tails {
    pub fn from_below(below: f64) -> Self {
        Self {
            below,
            above: 1.0 - below,
        }
    }

    pub fn from_above(above: f64) -> Self {
        Self {
            below: 1.0 - above,
            above,
        }
    }

    /// The probability between this point and a higher one, from the tails in which it is not a difference of numbers
    /// near one.
    fn mass_up_to(self, higher: Self) -> f64 {
        if self.below > 0.5 {
            self.above - higher.above
        } else {
            higher.below - self.below
        }
    }

    /// The point between this and `higher` with the share `uniform` of the probability between them below it.
    fn toward(self, higher: Self, uniform: f64) -> Self {
        Self {
            below: self.below + uniform * (higher.below - self.below),
            above: higher.above + (1.0 - uniform) * (self.above - higher.above),
        }
    }
}

/// A continuous distribution, by its two tails.
pub(super) trait Continuous {
    /// The probabilities below and above a finite `x` of the support.
    fn tails(&self, x: f64) -> Tails;

    /// The point with these tails, neither of which is zero.
    fn quantile(&self, tails: Tails) -> f64;

    /// The ends of the support.
    fn support(&self) -> (f64, f64);
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Family {
    Uniform(UniformDistribution),
    Triangular(TriangularDistribution),
    Normal(NormalDistribution),
    Lognormal(LognormalDistribution),
    Beta(BetaDistribution),
}

impl Family {
    fn as_continuous(&self) -> &dyn Continuous {
        match self {
            Self::Uniform(family) => family,
            Self::Triangular(family) => family,
            Self::Normal(family) => family,
            Self::Lognormal(family) => family,
            Self::Beta(family) => family,
        }
    }
}

/// A continuous distribution, given that the number lies between two bounds: those of its support, or tighter ones.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Truncated {
    family: Family,
    low: f64,
    high: f64,
    at_low: Tails,
    at_high: Tails,
}

impl Truncated {
    /// The family without truncation.
    pub fn whole(family: Family) -> Self {
        let (low, high) = family.as_continuous().support();
        Self {
            family,
            low,
            high,
            at_low: Tails::from_below(0.0),
            at_high: Tails::from_above(0.0),
        }
    }

    /// The family between `min` and `max`.
    pub fn within(self, min: Option<f64>, max: Option<f64>) -> Result<Self, DistributionError> {
        let min = min.map(|min| finite("min", min)).transpose()?;
        let max = max.map(|max| finite("max", max)).transpose()?;
        if let (Some(min), Some(max)) = (min, max)
            && min >= max
        {
            return Err(DistributionError::MinNotBelowMax { min, max });
        }
        let mut within = Self::whole(self.family);
        let (lowest, highest) = within.support();
        if let Some(min) = min.filter(|min| *min > lowest) {
            within.low = min.min(highest);
            within.at_low = within.tails(within.low);
        }
        if let Some(max) = max.filter(|max| *max < highest) {
            within.high = max.max(lowest);
            within.at_high = within.tails(within.high);
        }
        let mass = within.mass();
        if mass < LEAST_MASS {
            let (low, high) = (min.unwrap_or(lowest), max.unwrap_or(highest));
            return Err(DistributionError::NoMass { low, high, mass });
        }
        Ok(within)
    }

    pub fn quantile(&self, uniform: f64) -> f64 {
        let x = self
            .family
            .as_continuous()
            .quantile(self.at_low.toward(self.at_high, uniform));
        // Rounding must not leave the bounds, and overflow must not give infinity.
        x.clamp(self.low, self.high).clamp(f64::MIN, f64::MAX)
    }

    pub fn cdf(&self, x: f64) -> f64 {
        if x <= self.low {
            0.0
        } else if x >= self.high {
            1.0
        } else {
            (self.at_low.mass_up_to(self.tails(x)) / self.mass()).min(1.0)
        }
    }

    pub fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The probability that the whole family gives to the range between the bounds.
    fn mass(&self) -> f64 {
        self.at_low.mass_up_to(self.at_high)
    }

    fn tails(&self, x: f64) -> Tails {
        self.family.as_continuous().tails(x)
    }
}
