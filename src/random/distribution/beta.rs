//! Beta distribution: the regularised incomplete beta function by its continued fraction, and its inverse by Newton.

use std::f64::consts::TAU;

use super::DistributionError;
use super::continuous::{Continuous, Tails};
use super::error::{finite, positive};
use super::normal::standard_quantile;
use crate::math;

/// The largest `a + b`: the time of the continued fraction grows with its square root.
const MOST_CONCENTRATED: f64 = 1e8;

/// The largest logit, seen from the mean: beyond it exponentials leave the range of doubles.
const FARTHEST: f64 = 700.0;

/// Beta distribution on the unit interval with density proportional to `x^(a-1) (1-x)^(b-1)`.
///
/// Everything is computed in the logit seen from the mean, `s = ln(x/y) - ln(a/b)` with `y = 1 - x`. With
/// `p = a/(a+b)` and `q = b/(a+b)`
///
/// ```text
/// ln(x/p) = -ln(1 + q (e^-s - 1)),    ln(y/q) = -ln(1 + p (e^s - 1)),
/// ```
///
/// so that neither a concentrated distribution nor a value near an end loses digits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BetaDistribution {
    a: f64,
    b: f64,
    /// Logarithm of the density of `s` at zero.
    ln_density_at_mean: f64,
}

impl BetaDistribution {
    pub fn new(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        if !(finite("mean", mean)? > 0.0 && mean < 1.0) {
            return Err(DistributionError::BetaMean { mean });
        }
        let variance = mean * (1.0 - mean);
        // In two divisions, so that a small `sd` does not underflow when squared.
        let concentration = (variance / positive("sd", sd)?) / sd - 1.0;
        let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
        if a.min(b) <= 0.0 {
            Err(DistributionError::BetaTooWide {
                mean,
                sd,
                limit: variance.sqrt(),
            })
        } else if concentration > MOST_CONCENTRATED {
            Err(DistributionError::BetaTooNarrow { mean, sd })
        } else {
            Ok(Self::with_shape(a, b))
        }
    }

    /// The distribution with these two shapes, above zero.
    pub fn with_shape(a: f64, b: f64) -> Self {
        // p^a q^b / B(a,b), with Stirling's formula for the three gamma functions: their leading terms cancel.
        let remainder = stirling_remainder(a + b) - stirling_remainder(a) - stirling_remainder(b);
        Self {
            a,
            b,
            ln_density_at_mean: 0.5 * math::ln(a / (a + b) * b / TAU) + remainder,
        }
    }

    /// The distribution of `1 - x`.
    fn mirrored(&self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            ..*self
        }
    }

    /// The mean and its complement, `p` and `q`.
    fn means(&self) -> (f64, f64) {
        (self.a / (self.a + self.b), self.b / (self.a + self.b))
    }

    /// `ln(x/p)` and `ln(y/q)` at `s`.
    fn ln_ratios(&self, s: f64) -> (f64, f64) {
        let (p, q) = self.means();
        (-ln_mixture(p, q, -s), -ln_mixture(q, p, s))
    }

    /// `x` at `s`.
    fn value(&self, s: f64) -> f64 {
        let (p, q) = self.means();
        let (ln_x, ln_y) = self.ln_ratios(s);
        if s < 0.0 {
            p * math::exp(ln_x)
        } else {
            1.0 - q * math::exp(ln_y)
        }
    }

    /// The logarithms of the probability below `s` and of the density of `s`. The continued fraction converges fast on
    /// one side of about the mean; on the other side it is taken for the complement.
    fn ln_below_and_density(&self, s: f64) -> (f64, f64) {
        let (a, b) = (self.a, self.b);
        let (p, q) = self.means();
        let (ln_x, ln_y) = self.ln_ratios(s);
        let (x, y) = (p * math::exp(ln_x), q * math::exp(ln_y));
        let ln_density = self.ln_density_at_mean + a * ln_x + b * ln_y;
        let ln_below = if x * (a + b + 2.0) < a + 1.0 {
            ln_density + math::ln(continued_fraction(a, b, x) / a)
        } else {
            let above = math::exp(ln_density) * continued_fraction(b, a, y) / b;
            // Some probability must remain for its logarithm.
            math::ln_1p(-above.min(1.0_f64.next_down()))
        };
        (ln_below, ln_density)
    }

    /// The `s` with probability `below` on its lower side, for `below` up to about a half.
    ///
    /// Newton's method on the logarithm of the distribution function. The density of `s` is log-concave, and so is
    /// its distribution function: from any start, every step after the first comes from below and cannot pass the root.
    fn logit_quantile(&self, below: f64) -> f64 {
        let target = math::ln(below);
        let spread = (1.0 / self.a + 1.0 / self.b).sqrt();
        let mut s = (standard_quantile(Tails::from_below(below)) * spread).clamp(-FARTHEST, FARTHEST);
        for step in 0..MOST_STEPS {
            let (ln_below, ln_density) = self.ln_below_and_density(s);
            let next = (s + (target - ln_below) * math::exp(ln_below - ln_density)).clamp(-FARTHEST, FARTHEST);
            let advance = next - s;
            s = next;
            // After the first step only rounding leads back.
            if advance.abs() <= TOLERANCE * spread.min(1.0) || (step > 0 && advance < 0.0) {
                break;
            }
        }
        s
    }
}

impl Continuous for BetaDistribution {
    fn tails(&self, x: f64) -> Tails {
        if x <= 0.0 || x >= 1.0 {
            return Tails::from_below(f64::from(x >= 1.0));
        }
        let (p, q) = self.means();
        let s = (math::ln(x / p) - math::ln((1.0 - x) / q)).clamp(-FARTHEST, FARTHEST);
        if s < 0.0 {
            Tails::from_below(math::exp(self.ln_below_and_density(s).0))
        } else {
            Tails::from_above(math::exp(self.mirrored().ln_below_and_density(-s).0))
        }
    }

    fn quantile(&self, tails: Tails) -> f64 {
        let s = if tails.below <= tails.above {
            self.logit_quantile(tails.below)
        } else {
            -self.mirrored().logit_quantile(tails.above)
        };
        self.value(s)
    }

    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

/// `ln(share + rest e^t)` for two shares of one, also if `rest` rounds to one.
fn ln_mixture(share: f64, rest: f64, t: f64) -> f64 {
    let change = rest * math::exp_m1(t);
    if change > -0.5 {
        math::ln_1p(change)
    } else {
        math::ln(share + rest * math::exp(t))
    }
}

/// Newton steps; three to seven are usual, and thirty are enough where nearly everything lies at one end.
const MOST_STEPS: usize = 100;

/// The Newton step that ends the search, in units of the spread; the error that remains is of the order of its square.
const TOLERANCE: f64 = 1e-9;

/// The continued fraction of the incomplete beta function, `I_x(a,b) = x^a y^b / (a B(a,b)) * fraction`, for
/// `x < (a+1)/(a+b+2)` (DLMF 8.17.22, by the modified method of Lentz).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    // Two thousand are needed at `MOST_CONCENTRATED`.
    const MOST_TERMS: u32 = 10_000;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };

    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for term in 1..MOST_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + coefficient * d);
            c = away_from_zero(1.0 + coefficient / c);
            change *= c * d;
        }
        fraction *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// `ln Gamma(x)` less Stirling's `(x - 1/2) ln x - x + ln(2 pi)/2` (series: DLMF 5.11.1).
fn stirling_remainder(x: f64) -> f64 {
    const SERIES: [f64; 6] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
    ];
    if x < 15.0 {
        math::ln_gamma(x) - ((x - 0.5) * math::ln(x) - x + 0.5 * math::ln(TAU))
    } else {
        SERIES
            .iter()
            .rev()
            .fold(0.0, |sum, coefficient| sum / (x * x) + coefficient)
            / x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a`, `b`, `x` and `I_x(a,b)`, by integration with 40 digits (mpmath 1.3).
    const REFERENCES: [(f64, f64, f64, f64); 8] = [
        (2.0, 3.0, 0.4, 0.524_8),
        (0.5, 0.5, 1e-9, 2.013_168_484_515_009_5e-5),
        (0.01, 100.0, 1e-30, 0.527_776_120_746_260_1),
        (4.4375, 13.3125, 0.01, 4.189_794_587_277_046e-6),
        (143_999.5, 95_999.5, 0.599_560_309_628, 0.329_849_127_003_374_65),
        (1.25e7, 1.25e7, 0.4995, 2.866_497_878_201_272e-7),
        (20.0, 1e7, 1e-6, 0.003_454_396_092_589_031_6),
        (1e7, 20.0, 0.999_998, 0.470_253_802_309_296_25),
    ];

    #[test]
    fn probabilities_agree_with_integration_in_many_digits() {
        for (a, b, x, below) in REFERENCES {
            let beta = BetaDistribution::with_shape(a, b);
            let error = beta.tails(x).below / below - 1.0;
            assert!(error.abs() < 1e-11, "I_{x}({a}, {b}) is off by {error:e}");
        }
    }

    #[test]
    fn quantiles_agree_with_integration_in_many_digits() {
        for (a, b, x, below) in REFERENCES {
            let beta = BetaDistribution::with_shape(a, b);
            let error = beta.quantile(Tails::from_below(below)) / x - 1.0;
            assert!(
                error.abs() < 1e-12,
                "the quantile of Beta({a}, {b}) at {below} is off by {error:e}"
            );
        }
    }

    #[test]
    fn every_admissible_mean_and_spread_has_quantiles() {
        for mean in [1e-16, 1e-8, 0.01, 0.5, 0.99, 1.0_f64.next_down()] {
            for share in [1e-3, 0.1, 0.5, 0.99, 0.999_999, 1.0 - 1e-12] {
                let Ok(beta) = BetaDistribution::new(mean, share * (mean * (1.0 - mean)).sqrt()) else {
                    continue;
                };
                for below in [1e-16, 1e-6, 0.3, 0.5, 0.7, 0.999, 1.0_f64.next_down()] {
                    let x = beta.quantile(Tails::from_below(below));
                    assert!((0.0..=1.0).contains(&x), "mean {mean}, share {share}: {x} at {below}");
                }
            }
        }
    }
}
