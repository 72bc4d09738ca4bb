//! Normal and lognormal distributions; quantiles by algorithm AS 241 (Wichura 1988).

use std::f64::consts::FRAC_1_SQRT_2;

use super::DistributionError;
use super::continuous::{Continuous, Tails};
use super::error::{finite, positive};
use crate::math;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct NormalDistribution {
    mean: f64,
    sd: f64,
}

impl NormalDistribution {
    pub fn new(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        Ok(Self {
            mean: finite("mean", mean)?,
            sd: positive("sd", sd)?,
        })
    }
}

impl Continuous for NormalDistribution {
    fn tails(&self, x: f64) -> Tails {
        standard_tails((x - self.mean) / self.sd)
    }

    fn quantile(&self, tails: Tails) -> f64 {
        self.mean + self.sd * standard_quantile(tails)
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct LognormalDistribution {
    median: f64,
    sigma: f64,
}

impl LognormalDistribution {
    pub fn new(median: f64, sigma: f64) -> Result<Self, DistributionError> {
        Ok(Self {
            median: positive("median", median)?,
            sigma: positive("sigma", sigma)?,
        })
    }
}

impl Continuous for LognormalDistribution {
    fn tails(&self, x: f64) -> Tails {
        standard_tails(math::ln(x / self.median) / self.sigma)
    }

    fn quantile(&self, tails: Tails) -> f64 {
        self.median * math::exp(self.sigma * standard_quantile(tails))
    }

    fn support(&self) -> (f64, f64) {
        (f64::MIN_POSITIVE, f64::INFINITY)
    }
}

/// The tails of a standard normal number at `z`.
fn standard_tails(z: f64) -> Tails {
    Tails {
        below: 0.5 * math::erfc(-z * FRAC_1_SQRT_2),
        above: 0.5 * math::erfc(z * FRAC_1_SQRT_2),
    }
}

/// The standard normal number with these tails, to about 1e-16 (algorithm AS 241, PPND16: Wichura 1988, Applied
/// Statistics 37, 477-484). The constants 0.425, 0.180625, 1.6 and 5 are the algorithm's.
pub(super) fn standard_quantile(tails: Tails) -> f64 {
    let from_centre = tails.below - 0.5;
    if from_centre.abs() <= 0.425 {
        return from_centre * ratio(&CENTRE, 0.180625 - from_centre * from_centre);
    }
    // From the smaller tail, which has all its digits.
    let depth = (-math::ln(tails.below.min(tails.above))).sqrt();
    let distance = if depth <= 5.0 {
        ratio(&TAIL, depth - 1.6)
    } else {
        ratio(&FAR_TAIL, depth - 5.0)
    };
    if from_centre < 0.0 { -distance } else { distance }
}

/// The share of standard normal numbers below `z`.
pub fn standard_normal_cdf(z: f64) -> f64 {
    standard_tails(z).below
}

/// The standard normal number below which a share `uniform` lies, for `0 < uniform < 1`.
pub fn standard_normal_quantile(uniform: f64) -> f64 {
    standard_quantile(Tails {
        below: uniform,
        above: 1.0 - uniform,
    })
}

/// Numerator and denominator of a rational approximation, lowest order first.
type Rational = [[f64; 8]; 2];

/// The value of a rational function at `x`.
fn ratio([numerator, denominator]: &Rational, x: f64) -> f64 {
    let horner = |polynomial: &[f64; 8]| {
        polynomial
            .iter()
            .rev()
            .fold(0.0, |sum, coefficient| sum * x + coefficient)
    };
    horner(numerator) / horner(denominator)
}

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Rational = [
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
];

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const TAIL: Rational = [
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
];

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const FAR_TAIL: Rational = [
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_quantile_inverts_the_tails_to_the_last_digits() {
        for step in -320..=320 {
            let z = f64::from(step) / 40.0;
            let error = standard_quantile(standard_tails(z)) - z;
            assert!(
                error.abs() < 2e-15 * z.abs().max(1.0),
                "{z} comes back with an error of {error:e}"
            );
        }
    }

    #[test]
    fn the_standard_quantile_meets_published_values() {
        // Wichura's test values.
        for (below, z) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_814),
            (1e-20, -9.262_340_089_798_408),
        ] {
            let tails = Tails::from_below(below);
            assert!((standard_quantile(tails) / z - 1.0).abs() < 1e-15);
            assert_eq!(standard_quantile(Tails::from_above(below)), -standard_quantile(tails));
        }
    }
}
