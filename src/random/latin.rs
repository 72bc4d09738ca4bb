//! Strata of a Latin hypercube: for each parameter a permutation of the draws, by a keyed Feistel network.

use std::num::NonZero;

use super::Stream;

/// Feistel rounds. Four make a permutation look random when the round function does; eight leave room for a cheap one.
const ROUNDS: usize = 8;

/// The strata of one parameter: a permutation of `0..draws` with random access and no table.
///
/// A Feistel network permutes the smallest power of four that holds all draws. Following it from a draw until it comes
/// back into `0..draws` (cycle walking: Black and Rogaway 2002, "Ciphers with arbitrary finite domains") restricts it
/// to a permutation of exactly the draws, in fewer than four steps on average.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatinHypercube {
    draws: NonZero<u64>,
    half_bits: u32,
    round_keys: [u64; ROUNDS],
}

impl LatinHypercube {
    /// The strata of the parameter called `name` in a run of `draws` draws.
    pub fn new(seed: u64, name: &str, draws: NonZero<u64>) -> Self {
        let keys = Stream::new(seed, name, "latin hypercube");
        let bits = u64::BITS - (draws.get() - 1).leading_zeros();
        Self {
            draws,
            half_bits: bits.div_ceil(2).max(1),
            round_keys: std::array::from_fn(|round| keys.word(0, round as u32)),
        }
    }

    /// The stratum of a draw, in `0..draws`; draws beyond the last start again at the first.
    pub fn stratum(&self, draw: u64) -> u64 {
        let mut index = self.permute(draw % self.draws);
        while index >= self.draws.get() {
            index = self.permute(index);
        }
        index
    }

    /// Moves a uniform into the stratum of a draw: still strictly between 0 and 1.
    pub fn spread(&self, draw: u64, uniform: f64) -> f64 {
        let spread = (self.stratum(draw) as f64 + uniform) / self.draws.get() as f64;
        // The upper end of the last stratum may round to one, for which some quantiles are infinite.
        spread.min(1.0_f64.next_down())
    }

    /// The Feistel network: a permutation of `0..2^(2 half_bits)`, whatever `mix` is.
    fn permute(&self, index: u64) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (index >> self.half_bits, index & mask);
        for key in self.round_keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        left << self.half_bits | right
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014): every bit of the result depends on every bit of `word`.
fn mix(word: u64) -> u64 {
    let word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(seed: u64, name: &str, draws: u64) -> LatinHypercube {
        LatinHypercube::new(seed, name, NonZero::new(draws).unwrap())
    }

    #[test]
    fn every_stratum_belongs_to_exactly_one_draw() {
        for draws in (1..=200).chain([1_000, 10_007]) {
            let strata = strata(42, "commodity.potash.route_choice", draws);
            let mut seen: Vec<u64> = (0..draws).map(|draw| strata.stratum(draw)).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..draws), "no permutation of {draws}");
        }
    }

    #[test]
    fn the_largest_run_is_permuted_too() {
        let strata = strata(42, "x", u64::MAX);
        assert_ne!(strata.stratum(0), strata.stratum(u64::MAX - 1));
    }

    #[test]
    fn values_are_the_same_in_every_version() {
        let strata = strata(42, "commodity.potash.route_choice", 10_000);
        assert_eq!(
            [0, 1, 2, 3, 9_999].map(|draw| strata.stratum(draw)),
            [6_648, 7_191, 2_498, 8_919, 7_699]
        );
    }

    #[test]
    fn every_draw_is_as_likely_in_every_stratum() {
        const NAMES: u64 = 3_000;
        for draws in [2, 3, 5, 12] {
            let mut counts = vec![vec![0_u32; draws as usize]; draws as usize];
            for name in 0..NAMES {
                let strata = strata(1, &format!("parameter {name}"), draws);
                (0..draws).for_each(|draw| counts[draw as usize][strata.stratum(draw) as usize] += 1);
            }
            let expected = NAMES as f64 / draws as f64;
            for counts in counts {
                let chi_square: f64 = counts
                    .iter()
                    .map(|&n| (f64::from(n) - expected) * (f64::from(n) - expected) / expected)
                    .sum();
                // The 99.99% quantiles for 1 and for 11 degrees of freedom are 15.1 and 37.4.
                assert!(
                    chi_square < 15.0 + 2.3 * (draws - 2) as f64,
                    "{draws} draws: {chi_square}"
                );
            }
        }
    }

    #[test]
    fn strata_of_different_names_are_uncorrelated() {
        const DRAWS: u64 = 10_007;
        let (one, other) = (strata(42, "a", DRAWS), strata(42, "b", DRAWS));
        let centred = |stratum: u64| (stratum as f64 + 0.5) / DRAWS as f64 - 0.5;
        let covariance: f64 = (0..DRAWS)
            .map(|draw| centred(one.stratum(draw)) * centred(other.stratum(draw)))
            .sum::<f64>();
        let correlation = 12.0 * covariance / DRAWS as f64;
        assert!(
            correlation.abs() < 4.0 / (DRAWS as f64).sqrt(),
            "correlation {correlation}"
        );
    }
}
