//! Binomial counts by inversion of their distribution function.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::standard_normal_quantile;
use crate::math::simd::{Lanes, WIDTH};

/// Above this mean, the normal approximation differs from the exact count by less than one in a thousand of it. Also
/// keeps the probability of no success, where summation starts, above underflow.
const LARGEST_EXACT_MEAN: f64 = 500.0;

/// In each lane the binomial quantile of `uniform`: the smallest number of successes in `trials` independent trials
/// whose distribution function is at least `uniform`, for `0 < uniform < 1`, a whole number `trials` and a
/// `probability` between 0 and 1. Sums the probabilities of 0, 1, 2, ...; for means beyond 500 (of the rarer outcome),
/// takes the normal approximation with continuity correction.
#[inline(always)]
pub fn binomial_quantiles(trials: Lanes, probability: Lanes, uniform: Lanes) -> Lanes {
    // Successes are counted where they are rare, failures where successes are frequent.
    let is_frequent = Lanes::all(0.5).below(probability);
    let probability = is_frequent.select(Lanes::ONE - probability, probability);
    let uniform = is_frequent.select(Lanes::ONE - uniform, uniform);
    let is_large = Lanes::all(LARGEST_EXACT_MEAN).below(trials * probability);
    let mut count = exact_quantiles(trials.only(!is_large), probability, uniform);
    if is_large.any() {
        for lane in (0..WIDTH).filter(|&lane| is_large.lane(lane)) {
            count.0[lane] = normal_quantile(trials.0[lane], probability.0[lane], uniform.0[lane]);
        }
    }
    is_frequent.select(trials - count, count)
}

/// Sums probabilities by their recursion `p_(n+1) = p_n odds (trials - n) / (n + 1)` until they reach `uniform`.
#[inline(always)]
fn exact_quantiles(trials: Lanes, probability: Lanes, uniform: Lanes) -> Lanes {
    let odds = probability / (Lanes::ONE - probability);
    let mut mass = (trials * (-probability).ln_1p()).exp();
    let mut below = mass;
    let mut count = Lanes::ZERO;
    let (mut left, mut next) = (trials, 1.0);
    loop {
        // Rounding may leave the sum of all probabilities short of `uniform`: the last count takes the rest.
        let goes_on = below.below(uniform) & Lanes::ZERO.below(left) & Lanes::ZERO.below(mass);
        if !goes_on.any() {
            return count;
        }
        count += Lanes::ONE.only(goes_on);
        mass = mass * (odds * left * Lanes::all(1.0 / next));
        below += mass;
        left -= Lanes::ONE;
        next += 1.0;
    }
}

fn normal_quantile(trials: f64, probability: f64, uniform: f64) -> f64 {
    let mean = trials * probability;
    let sd = (mean * (1.0 - probability)).sqrt();
    let count = (mean + sd * standard_normal_quantile(uniform) + 0.5).floor();
    count.max(0.0).min(trials)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, DiscreteCDF};

    use super::*;

    /// The count of a lane among others that ask for something else.
    fn binomial_quantile(trials: u64, probability: f64, uniform: f64) -> u64 {
        let among = |value: f64, others: [f64; 3]| {
            Lanes([
                others[0], others[1], value, others[2], others[0], others[1], others[2], 0.0,
            ])
        };
        let trials = among(trials as f64, [1e6, 0.0, 30.0]);
        let counts = binomial_quantiles(
            trials,
            among(probability, [0.01, 0.5, 0.9]),
            among(uniform, [0.2, 0.5, 0.999]),
        );
        counts.0[2] as u64
    }

    #[test]
    fn exact_counts_are_those_of_the_distribution_function() {
        for (trials, probability) in [(1, 0.3), (20, 0.05), (500, 0.5), (40, 0.9), (4_000, 0.1)] {
            let reference = Binomial::new(probability, trials).unwrap();
            for uniform in (1..100).map(|percent| f64::from(percent) / 100.0) {
                let count = binomial_quantile(trials, probability, uniform);
                assert!(
                    reference.cdf(count) >= uniform - 1e-12,
                    "{trials} {probability} {uniform}: {count}"
                );
                assert!(
                    count == 0 || reference.cdf(count - 1) < uniform + 1e-12,
                    "{trials} {probability} {uniform}"
                );
            }
        }
    }

    #[test]
    fn large_counts_are_near_the_distribution_function() {
        let reference = Binomial::new(0.2, 10_000).unwrap();
        for uniform in [0.01, 0.3, 0.5, 0.9, 0.999] {
            let count = binomial_quantile(10_000, 0.2, uniform);
            assert!((reference.cdf(count) - uniform).abs() < 0.02, "{uniform}: {count}");
        }
    }

    #[test]
    fn certainty_is_certain() {
        assert_eq!(binomial_quantile(17, 0.0, 0.999), 0);
        assert_eq!(binomial_quantile(17, 1.0, 0.001), 17);
        assert_eq!(binomial_quantile(0, 0.5, 0.5), 0);
    }
}
