//! Count, mean and sum of squared deviations: one value after the other (Welford 1962), or by groups in any order.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use serde::{Deserialize, Serialize};

use super::Merge;
use super::reproducible_sum::{ReproducibleSum, power_of_two};

/// Count, mean and sum of squared deviations from the mean of finite values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Number of values.
    pub count: u64,
    /// Their mean, in their unit; zero without values.
    pub mean: f64,
    /// Sum of squared deviations from the mean, in their unit squared.
    pub m2: f64,
}

impl Moments {
    /// Adds a finite value (Welford 1962).
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let deviation = value - self.mean;
        self.mean += deviation / self.count as f64;
        self.m2 += deviation * (value - self.mean);
    }

    /// Standard deviation with denominator n - 1; `None` below two values.
    pub fn sd(&self) -> Option<f64> {
        (self.count >= 2).then(|| (self.m2 / (self.count - 1) as f64).sqrt())
    }

    /// Monte Carlo standard error of the mean, sd / sqrt(n); `None` below two values.
    pub fn mcse(&self) -> Option<f64> {
        self.sd().map(|sd| sd / (self.count as f64).sqrt())
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().fold(Self::default(), |mut moments, value| {
            moments.push(value);
            moments
        })
    }
}

/// Sums for the moments of groups of values that come in any order.
///
/// A group of `n` values is reduced to its mean and its squared deviations `m2`. Their pooling (as by Chan and
/// others 1983, but over all groups at once) needs two sums over groups,
///
/// ```text
/// total = sum of n mean      squares = sum of (n mean^2 + m2)      M2 = squares - total^2 / count
/// ```
///
/// The difference cancels badly in doubles. So both sums are [`ReproducibleSum`]s of some hundred bits, and it is taken
/// in double-double arithmetic.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct MomentSums {
    /// `total`
    total: ReproducibleSum,
    /// `squares`
    squares: ReproducibleSum,
}

impl MomentSums {
    /// Adds a group of finite values, in their order.
    #[inline(always)]
    pub fn add_group(&mut self, values: &[f64]) {
        let (mean, m2) = reduce(values);
        self.add_constant(mean, values.len() as u32);
        self.squares.add(m2, 1);
    }

    /// Adds a value `count` times: the same bits as groups that hold nothing else.
    #[inline(always)]
    pub fn add_constant(&mut self, value: f64, count: u32) {
        self.total.add(value, count);
        self.squares.add_square(value, count);
    }

    /// Whether these can be sums of values: those of a file may be anything.
    pub fn are_sound(&self) -> bool {
        self.total.is_sound() && self.squares.is_sound()
    }

    /// The moments of all `count` values.
    pub fn moments(&self, count: u64) -> Moments {
        if count == 0 {
            return Moments::default();
        }
        let (total, squares) = (self.total.in_units(), self.squares.in_units());
        let mean = total.over(count as f64);
        // The squared total is in squared units of the total; this converts it to the unit of the squares.
        let unit = power_of_two(2 * self.total.scale() - self.squares.scale());
        let about_zero = total.square().over(count as f64).times_power(unit);
        // Rounding may leave a spread of zero slightly below zero.
        let m2 = squares.minus(about_zero).max(0.0);
        Moments {
            count,
            mean: (mean.high + mean.low) * power_of_two(self.total.scale()),
            m2: m2 * power_of_two(self.squares.scale()),
        }
    }
}

impl Merge for MomentSums {
    fn merge(&mut self, later: &Self) {
        self.total.merge(&later.total);
        self.squares.merge(&later.squares);
    }
}

/// Mean and sum of squared deviations of at least one value. Deviations from the first value are summed, so that both
/// are exact for a constant.
#[inline(always)]
fn reduce(values: &[f64]) -> (f64, f64) {
    let first = values[0];
    let mean = first + sum_of(values, |value| value - first) / values.len() as f64;
    let m2 = sum_of(values, |value| (value - mean) * (value - mean));
    (mean, m2)
}

/// Partial sums side by side, so that none waits for the addition before. Another number of them would round
/// differently and change results.
const STRANDS: usize = 8;

/// The sum of a function of values: partial sums of every eighth value, added pairwise in a fixed order.
#[inline(always)]
fn sum_of(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let (chunks, rest) = values.as_chunks::<STRANDS>();
    let mut strands = [0.0; STRANDS];
    for chunk in chunks {
        for (strand, &value) in strands.iter_mut().zip(chunk) {
            *strand += of(value);
        }
    }
    for (strand, &value) in strands.iter_mut().zip(rest) {
        *strand += of(value);
    }
    let [a, b, c, d, e, f, g, h] = strands;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_match_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let expected = Moments {
            count: 8,
            mean: 5.0,
            m2: 32.0,
        };
        let pushed: Moments = values.into_iter().collect();
        assert_eq!(pushed, expected);
        assert_eq!(pushed.sd(), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(pushed.mcse(), Some((32.0_f64 / 7.0).sqrt() / 8.0_f64.sqrt()));
        assert_eq!(sums_of(&values, 3).moments(8), expected);
    }

    #[test]
    fn spread_needs_two_values() {
        for values in [vec![], vec![3.0]] {
            let moments: Moments = values.into_iter().collect();
            assert_eq!((moments.sd(), moments.mcse()), (None, None));
        }
    }

    #[test]
    fn a_spread_far_below_the_mean_is_not_lost() {
        let values: Vec<f64> = (0..1000).map(|index| 1e5 + f64::from(index % 7) * 1e-7).collect();
        let exact: Moments = values.iter().map(|value| value - 1e5).collect();
        let moments = sums_of(&values, 16).moments(1000);
        assert!((moments.m2 / exact.m2 - 1.0).abs() < 1e-3, "{moments:?} {exact:?}");
    }

    fn sums_of(values: &[f64], group: usize) -> MomentSums {
        let mut sums = MomentSums::default();
        values.chunks(group).for_each(|group| sums.add_group(group));
        sums
    }

    fn bits(sums: &MomentSums, count: u64) -> [u64; 2] {
        let Moments { mean, m2, .. } = sums.moments(count);
        [mean.to_bits(), m2.to_bits()]
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        let value = prop_oneof![-1e6..1e6, Just(0.0), Just(3.7), -1e-6..1e-6, 1e9..2e9];
        prop::collection::vec(value, 1..300)
    }

    proptest! {
        #[test]
        fn groups_have_the_moments_of_their_values(values in values(), group in 1_usize..65) {
            let expected: Moments = values.iter().copied().collect();
            let found = sums_of(&values, group).moments(expected.count);
            let scale = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            prop_assert!((found.mean - expected.mean).abs() <= 1e-14 * scale, "{:?} {:?}", found, expected);
            prop_assert!((found.m2 - expected.m2).abs() <= 1e-12 * expected.m2 + 1e-15 * scale, "{:?} {:?}", found, expected);
        }

        #[test]
        fn the_order_of_groups_and_merges_does_not_matter(values in values(), cut: prop::sample::Index) {
            let groups: Vec<&[f64]> = values.chunks(16).collect();
            let of_groups = |groups: &mut dyn Iterator<Item = &&[f64]>| {
                let mut sums = MomentSums::default();
                groups.for_each(|group| sums.add_group(group));
                sums
            };
            let count = values.len() as u64;
            let whole = bits(&of_groups(&mut groups.iter()), count);
            prop_assert_eq!(bits(&of_groups(&mut groups.iter().rev()), count), whole);
            let (earlier, later) = groups.split_at(cut.index(groups.len()));
            let mut merged = of_groups(&mut later.iter());
            merged.merge(&of_groups(&mut earlier.iter()));
            prop_assert_eq!(bits(&merged, count), whole);
        }

        #[test]
        fn a_constant_may_be_added_at_once(value in -1e9..1e9, counts in prop::collection::vec(1_u32..65, 1..40), other in -1e-9..1e9) {
            let (mut at_once, mut in_groups) = (MomentSums::default(), MomentSums::default());
            at_once.add_constant(value, counts.iter().sum());
            counts.iter().for_each(|&count| in_groups.add_group(&vec![value; count as usize]));
            at_once.add_group(&[other]);
            in_groups.add_group(&[other]);
            let count = u64::from(counts.iter().sum::<u32>()) + 1;
            prop_assert_eq!(bits(&at_once, count), bits(&in_groups, count));
        }
    }
}
