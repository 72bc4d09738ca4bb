//! Counts of successes.

use super::standard_normal_quantile;
use crate::math;

/// Above this mean, the normal approximation differs from the exact count by less than one in a thousand of it.
const LARGEST_EXACT_MEAN: f64 = 500.0;

/// The number of successes in `trials` independent trials below which a share `uniform` of counts lies, for
/// `0 < uniform < 1` and a `probability` between 0 and 1: by summing the probabilities of 0, 1, 2, ...; for means beyond
/// 500, by the normal approximation with continuity correction.
pub fn binomial_quantile(trials: u64, probability: f64, uniform: f64) -> u64 {
    if probability > 0.5 {
        return trials - binomial_quantile(trials, 1.0 - probability, 1.0 - uniform);
    }
    let mean = trials as f64 * probability;
    if mean > LARGEST_EXACT_MEAN {
        let sd = (mean * (1.0 - probability)).sqrt();
        let count = (mean + sd * standard_normal_quantile(uniform) + 0.5).floor();
        return (count.max(0.0) as u64).min(trials);
    }
    let odds = probability / (1.0 - probability);
    let mut mass = math::exp(trials as f64 * math::ln_1p(-probability));
    let mut below = mass;
    let mut count = 0;
    // Rounding may leave the sum of all masses short of `uniform`: the last count then takes the rest.
    while below < uniform && count < trials && mass > 0.0 {
        mass *= odds * (trials - count) as f64 / (count + 1) as f64;
        below += mass;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, DiscreteCDF};

    use super::*;

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
