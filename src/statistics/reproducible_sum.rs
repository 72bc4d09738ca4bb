//! Reproducible summation: sums of doubles whose bits do not depend on the order of summands.
//!
//! A sum is a fixed-point number of a few limbs, whose highest limb follows from the largest summand (a short
//! superaccumulator: Kulisch's idea, with a window in place of the whole range of exponents).
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use serde::{Deserialize, Serialize};

use super::Merge;

/// Bits of a limb that a summand fills. The other 32 of its 64 bits hold carries and the sign, so that limbs need no
/// normalisation.
const LIMB_BITS: i32 = 32;

/// Limbs kept, from the highest one that any summand reaches: at least 97 bits from its leading bit on.
const LIMBS: usize = 4;

/// The ratio of the units of neighbouring limbs.
const LIMB_UNIT: f64 = 4_294_967_296.0;

/// Bits of a double's fraction.
const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// A sum of up to 2^30 doubles or squares of doubles, each with a weight; the weights add up to 2^30 at most.
///
/// Every summand is cut at fixed powers of two, and each piece is added to its own integer (Demmel and Hida 2003,
/// Collange and others 2015), so no addition rounds. Pieces beneath the last limb are dropped; which ones depends on
/// the largest summand alone. So the order of summands and merges has no influence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReproducibleSum {
    /// Limb `i` counts in units of `2^(32 (top - i))`.
    limbs: [i64; LIMBS],
    top: i16,
}

impl Default for ReproducibleSum {
    fn default() -> Self {
        Self {
            limbs: [0; LIMBS],
            top: i16::MIN,
        }
    }
}

impl ReproducibleSum {
    /// Adds a finite value `weight` times.
    #[inline(always)]
    pub fn add(&mut self, value: f64, weight: u32) {
        let (magnitude, exponent) = parts(value);
        let sign = if value < 0.0 { -1 } else { 1 };
        self.add_product(magnitude.into(), exponent, sign * i64::from(weight));
    }

    /// Adds the square of a finite value `weight` times.
    #[inline(always)]
    pub fn add_square(&mut self, value: f64, weight: u32) {
        let (magnitude, exponent) = parts(value);
        let square = u128::from(magnitude) * u128::from(magnitude);
        self.add_product(square, 2 * exponent, weight.into());
    }

    /// Adds magnitude x 2^exponent, weighted.
    #[inline(always)]
    fn add_product(&mut self, magnitude: u128, exponent: i32, weight: i64) {
        // Exponent of the leading bit; below every limb if the magnitude is zero.
        let leading = exponent + (u128::BITS - 1) as i32 - magnitude.leading_zeros() as i32;
        if leading >= LIMB_BITS * (i32::from(self.top) + 1) {
            if magnitude == 0 {
                return;
            }
            self.shift_to(leading.div_euclid(LIMB_BITS) as i16);
        }
        let lowest = LIMB_BITS * (i32::from(self.top) + 1 - LIMBS as i32);
        let shift = exponent - lowest;
        // Bits below the last limb are cut off, not rounded: the same bits whatever comes before or after.
        let pieces = if shift >= 0 {
            magnitude << shift
        } else {
            magnitude >> (-shift).min(u128::BITS as i32 - 1)
        };
        for (place, limb) in self.limbs.iter_mut().rev().enumerate() {
            *limb += i64::from((pieces >> (LIMB_BITS as usize * place)) as u32) * weight;
        }
    }

    /// Shifts the window up to the limb `top`, higher than so far. The lowest limbs drop out, as summands below them
    /// would have been cut off.
    #[cold]
    #[inline(never)]
    fn shift_to(&mut self, top: i16) {
        let distance = (i32::from(top) - i32::from(self.top)) as usize;
        let kept = self.limbs;
        self.limbs = [0; LIMBS];
        for (limb, kept) in self.limbs.iter_mut().skip(distance).zip(kept) {
            *limb = kept;
        }
        self.top = top;
    }

    /// The sum in units of 2^[`scale`](Self::scale).
    pub fn in_units(&self) -> DoubleDouble {
        self.limbs.iter().rev().fold(DoubleDouble::default(), |below, &limb| {
            // Both halves of a limb are exact as doubles.
            let (high, low) = (limb >> LIMB_BITS, limb & i64::from(u32::MAX));
            below
                .times_power(1.0 / LIMB_UNIT)
                .plus(low as f64)
                .plus(high as f64 * LIMB_UNIT)
        })
    }

    /// Whether this can be a sum within the limits of the type: that of a file may be anything.
    pub fn is_sound(&self) -> bool {
        const MOST: u64 = 1 << 62;
        self.limbs.iter().all(|limb| limb.unsigned_abs() <= MOST)
    }

    /// The power of two in which [`in_units`](Self::in_units) counts.
    pub fn scale(&self) -> i32 {
        LIMB_BITS * i32::from(self.top)
    }
}

impl Merge for ReproducibleSum {
    fn merge(&mut self, later: &Self) {
        if later.top > self.top {
            self.shift_to(later.top);
        }
        let distance = (i32::from(self.top) - i32::from(later.top)) as usize;
        for (limb, piece) in self.limbs.iter_mut().skip(distance).zip(later.limbs) {
            *limb += piece;
        }
    }
}

/// Magnitude and exponent of a finite value: |value| = magnitude x 2^exponent.
#[inline(always)]
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits() & !(1 << 63);
    let (exponent, fraction) = ((bits >> FRACTION_BITS) as i32, bits & ((1 << FRACTION_BITS) - 1));
    if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << FRACTION_BITS, exponent - 1075)
    }
}

/// Double-double arithmetic: the unevaluated sum of two doubles, about 106 bits (Dekker 1971).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

impl DoubleDouble {
    /// The exact sum of two doubles (Knuth's two-sum: no order of magnitude is assumed).
    fn of_sum(one: f64, other: f64) -> Self {
        let high = one + other;
        let added = high - one;
        let low = (one - (high - added)) + (other - added);
        Self { high, low }
    }

    /// The exact product of two doubles of less than 2^996 (Dekker's product with Veltkamp's splitting). No fused
    /// multiply-add, which would be shorter: not every processor has it.
    fn of_product(one: f64, other: f64) -> Self {
        let split = |value: f64| {
            let shifted = value * 134_217_729.0;
            let high = shifted - (shifted - value);
            (high, value - high)
        };
        let high = one * other;
        let ((one_high, one_low), (other_high, other_low)) = (split(one), split(other));
        let cross = (one_high * other_high - high) + one_high * other_low + one_low * other_high;
        let low = cross + one_low * other_low;
        Self { high, low }
    }

    /// Adds a double.
    pub fn plus(self, value: f64) -> Self {
        let sum = Self::of_sum(self.high, value);
        Self::of_sum(sum.high, sum.low + self.low)
    }

    /// Subtracts another; the nearest double of the result.
    pub fn minus(self, other: Self) -> f64 {
        let difference = self.plus(-other.high).plus(-other.low);
        difference.high + difference.low
    }

    /// Multiplies by a power of two, which is exact.
    pub fn times_power(self, power: f64) -> Self {
        Self {
            high: self.high * power,
            low: self.low * power,
        }
    }

    /// The square.
    pub fn square(self) -> Self {
        let square = Self::of_product(self.high, self.high);
        square.plus(2.0 * self.high * self.low)
    }

    /// Divides by a double.
    pub fn over(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let product = Self::of_product(quotient, divisor);
        let rest = (self.high - product.high) - product.low + self.low;
        Self::of_sum(quotient, rest / divisor)
    }
}

/// 2^exponent, zero or infinite beyond the range of doubles.
pub fn power_of_two(exponent: i32) -> f64 {
    match exponent {
        ..=-1023 => 0.0,
        1024.. => f64::INFINITY,
        _ => f64::from_bits(((exponent + 1023) as u64) << FRACTION_BITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(summands: &[(f64, u32)]) -> ReproducibleSum {
        let mut sum = ReproducibleSum::default();
        summands.iter().for_each(|&(value, weight)| sum.add(value, weight));
        sum
    }

    fn value(sum: &ReproducibleSum) -> f64 {
        let DoubleDouble { high, low } = sum.in_units();
        (high + low) * power_of_two(sum.scale())
    }

    #[test]
    fn what_cancels_leaves_the_rest() {
        assert_eq!(value(&sum(&[(1e16, 1), (1.0, 3), (-1e16, 1)])), 3.0);
        assert_eq!(value(&sum(&[(0.1, 7), (-0.1, 7)])), 0.0);
        assert_eq!(value(&sum(&[(0.0, 1), (-0.0, 4)])), 0.0);
        assert_eq!(value(&ReproducibleSum::default()), 0.0);
    }

    #[test]
    fn a_square_has_all_its_bits() {
        let mut squares = ReproducibleSum::default();
        squares.add_square(0.1, 1_000_000);
        squares.add_square(0.1, 24);
        let expected = DoubleDouble::of_product(0.1, 0.1);
        let found = squares.in_units().over(1_000_024.0);
        let unit = power_of_two(squares.scale());
        assert_eq!((found.high * unit, found.low * unit), (expected.high, expected.low));
    }

    fn summands() -> impl Strategy<Value = Vec<(f64, u32)>> {
        let value = prop_oneof![
            -1e3..1e3,
            -1e-9..1e-9,
            1e11..1e12,
            prop::num::f64::NORMAL,
            prop::num::f64::SUBNORMAL
        ];
        prop::collection::vec((value, 0_u32..100), 0..60)
    }

    proptest! {
        #[test]
        fn neither_order_nor_grouping_matters(
            (ordered, shuffled) in summands().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
            cut: prop::sample::Index,
        ) {
            let square = |summands: &[(f64, u32)]| {
                let mut sum = ReproducibleSum::default();
                summands.iter().for_each(|&(value, weight)| sum.add_square(value, weight));
                sum
            };
            prop_assert_eq!(sum(&ordered), sum(&shuffled));
            prop_assert_eq!(square(&ordered), square(&shuffled));
            let (earlier, later) = shuffled.split_at(if shuffled.is_empty() { 0 } else { cut.index(shuffled.len()) });
            let mut merged = sum(later);
            merged.merge(&sum(earlier));
            prop_assert_eq!(merged, sum(&ordered));
        }

        #[test]
        fn a_sum_of_whole_numbers_is_exact(list in prop::collection::vec((-1_000_000_000_000_i64..1_000_000_000_000, 0_u32..1000), 0..80)) {
            let summands: Vec<(f64, u32)> = list.iter().map(|&(value, weight)| (value as f64, weight)).collect();
            let expected: i64 = list.iter().map(|&(value, weight)| value * i64::from(weight)).sum();
            prop_assert_eq!(value(&sum(&summands)), expected as f64);
        }
    }
}
