//! A forecast that is a normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::scores::Predictive;
use crate::math;
use crate::random::standard_normal_quantile;

/// A normal distribution, in the units of its series: logarithms, for the forecasts of this folder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    pub mean: f64,
    /// Zero for a forecast that is certain of itself.
    pub sd: f64,
}

impl Predictive for Gaussian {
    /// The closed form of Gneiting and Raftery (2007, Journal of the American Statistical Association 102, 359-378,
    /// equation 21); the distance of the outcome where the standard deviation is zero.
    fn crps(&self, outcome: f64) -> f64 {
        let distance = outcome - self.mean;
        if self.sd == 0.0 {
            return distance.abs();
        }
        let z = distance / self.sd;
        let density = math::exp(-0.5 * z * z) / (2.0 * PI).sqrt();
        self.sd * (z * (2.0 * below(z) - 1.0) + 2.0 * density - 1.0 / PI.sqrt())
    }

    fn quantile(&self, probability: f64) -> f64 {
        self.mean + self.sd * standard_normal_quantile(probability)
    }

    fn pit(&self, outcome: f64) -> f64 {
        if self.sd == 0.0 && outcome == self.mean {
            return 0.5;
        }
        below((outcome - self.mean) / self.sd)
    }
}

/// The share of a standard normal distribution below `z`.
fn below(z: f64) -> f64 {
    0.5 * math::erfc(-z * FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Gaussian = Gaussian { mean: 0.0, sd: 1.0 };

    #[test]
    fn the_crps_has_its_closed_form() {
        let at_centre = (2_f64.sqrt() - 1.0) / PI.sqrt();
        assert!((STANDARD.crps(0.0) - at_centre).abs() < 1e-15);
        assert!((at_centre - 0.233_695).abs() < 1e-6);
        // At 1: 2 x 0.8413447 - 1 + 2 x 0.2419707 - 0.5641896.
        assert!((STANDARD.crps(1.0) - 0.602_441_3).abs() < 1e-6);
        // Far away it is the distance less 1 / sqrt(pi).
        assert!((STANDARD.crps(-50.0) - (50.0 - 1.0 / PI.sqrt())).abs() < 1e-12);
        // Units scale it.
        let wide = Gaussian { mean: 3.0, sd: 2.0 };
        assert!((wide.crps(5.0) - 2.0 * STANDARD.crps(1.0)).abs() < 1e-15);
    }

    #[test]
    fn a_certain_forecast_has_the_limits_of_a_narrow_one() {
        let certain = Gaussian { mean: 2.0, sd: 0.0 };
        assert_eq!(certain.crps(1.5), 0.5);
        assert_eq!([1.5, 2.0, 2.5].map(|outcome| certain.pit(outcome)), [0.0, 0.5, 1.0]);
        assert!(certain.score(2.0).within_50 && !certain.score(2.1).within_90);
    }

    #[test]
    fn intervals_end_at_the_normal_quantiles() {
        let score = |outcome| STANDARD.score(outcome);
        assert!(score(0.674).within_50 && !score(0.675).within_50);
        assert!(score(-1.644).within_90 && !score(-1.645).within_90);
        assert!((score(1.0).pit - 0.841_344_746).abs() < 1e-9);
        assert_eq!(score(-1.25).error, -1.25);
    }
}
