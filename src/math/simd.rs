//! Portable SIMD: vectors of eight doubles, one draw in each lane, with `exp` and `ln` as fixed polynomials.
//!
//! Every operation works on each lane by itself with plain IEEE arithmetic: no fused multiply-add, no sum across lanes,
//! no branch on a value. (A fused multiply-add rounds once where two instructions round twice: its bits would depend on
//! the processor.) So a lane's result is the same bits whatever the other lanes hold and whichever instructions
//! the compiler chooses; `exp` and `ln` are within one unit in the last place of the correctly rounded value.
//!
//! Everything here is always inlined, because code is compiled for the instruction set of the function that it is
//! inlined into (see [`super::width`]).
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, Neg, Not, Sub, SubAssign};

/// How many numbers stand side by side: as many as the widest registers hold, on every machine.
pub const WIDTH: usize = 8;

/// A vector of doubles: one number in each lane. Aligned to a cache line and the widest register.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f64; WIDTH]);

/// A mask: yes or no in each lane, as all bits or none, so that a selection is bitwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Mask([u64; WIDTH]);

// Plain indexed loops of constant length, which the compiler turns into vector instructions at every width.
macro_rules! each_lane {
    ($i:ident => $value:expr) => {{
        let mut lanes = [0.0; WIDTH];
        let mut $i = 0;
        while $i < WIDTH {
            lanes[$i] = $value;
            $i += 1;
        }
        Lanes(lanes)
    }};
}

macro_rules! each_mask {
    ($i:ident => $value:expr) => {{
        let mut lanes = [0_u64; WIDTH];
        let mut $i = 0;
        while $i < WIDTH {
            lanes[$i] = $value;
            $i += 1;
        }
        Mask(lanes)
    }};
}

macro_rules! arithmetic {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                each_lane!(i => self.0[i] $operator other.0[i])
            }
        }
    };
}

arithmetic!(Add, add, +);
arithmetic!(Sub, sub, -);
arithmetic!(Mul, mul, *);
arithmetic!(Div, div, /);

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Lanes {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        each_lane!(i => -self.0[i])
    }
}

const fn bits(condition: bool) -> u64 {
    if condition { u64::MAX } else { 0 }
}

impl Lanes {
    /// Zero in every lane.
    pub const ZERO: Self = Self([0.0; WIDTH]);
    /// One in every lane.
    pub const ONE: Self = Self([1.0; WIDTH]);

    /// The same number in every lane.
    #[inline(always)]
    pub const fn all(value: f64) -> Self {
        Self([value; WIDTH])
    }

    /// Lane by lane the larger; the second where either is not a number.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        each_lane!(i => if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] })
    }

    /// Lane by lane the smaller; the second where either is not a number.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        each_lane!(i => if self.0[i] < other.0[i] { self.0[i] } else { other.0[i] })
    }

    /// Lane by lane the absolute value.
    #[inline(always)]
    pub fn abs(self) -> Self {
        each_lane!(i => f64::from_bits(self.0[i].to_bits() & !(1 << 63)))
    }

    /// Lane by lane the square root, correctly rounded as IEEE 754 demands.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        each_lane!(i => self.0[i].sqrt())
    }

    /// Where this is below the other; nowhere where either is not a number, as in all comparisons.
    #[inline(always)]
    pub fn below(self, other: Self) -> Mask {
        each_mask!(i => bits(self.0[i] < other.0[i]))
    }

    /// Where this is at most the other.
    #[inline(always)]
    pub fn at_most(self, other: Self) -> Mask {
        each_mask!(i => bits(self.0[i] <= other.0[i]))
    }

    /// Where this is zero, of either sign.
    #[inline(always)]
    pub fn is_zero(self) -> Mask {
        each_mask!(i => bits(self.0[i] == 0.0))
    }

    /// Zero where the mask says no.
    #[inline(always)]
    pub fn only(self, mask: Mask) -> Self {
        each_lane!(i => f64::from_bits(self.0[i].to_bits() & mask.0[i]))
    }

    /// Whether every lane of each is zero.
    #[inline(always)]
    pub fn are_all_zero(several: &[Self]) -> bool {
        let mut bits = [0; WIDTH];
        for lanes in several {
            for (bits, value) in bits.iter_mut().zip(lanes.0) {
                *bits |= value.to_bits();
            }
        }
        // Shifted left by one, a zero of either sign has no bit.
        bits.into_iter().fold(0, |any, bits| any | bits << 1) == 0
    }

    /// e to the power of each lane, which must lie between -700 and 700.
    ///
    /// `x = k ln 2 + r` with `|r| <= ln 2 / 2`, and `e^r = 1 + r + r^2 p(r)` with a polynomial that misses 2e-17 of it
    /// at most.
    #[inline(always)]
    pub fn exp(self) -> Self {
        /// Adding and subtracting this leaves the nearest integer, which is also in the lowest bits of the sum.
        // 2^52 + 2^51: a double of this size has no bits below the units.
        const ROUNDER: f64 = 6_755_399_441_055_744.0;
        const LOG2_E: f64 = std::f64::consts::LOG2_E;
        // ln 2 in two parts, the first short enough that k times it is exact (Cody and Waite).
        const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        // (e^r - 1 - r) / r^2, interpolated at the zeros of Chebyshev's polynomial of degree ten.
        const EVEN: [f64; 5] = [
            0.5,
            0.04166666666662416,
            0.0013888888917199863,
            2.4801521317484083e-5,
            2.7620078203806394e-7,
        ];
        const ODD: [f64; 5] = [
            0.16666666666666669,
            0.008333333333330063,
            0.00019841269863042963,
            2.7557268476553695e-6,
            2.5100377619606372e-8,
        ];
        let rounded = self * Self::all(LOG2_E) + Self::all(ROUNDER);
        let k = rounded - Self::all(ROUNDER);
        let r = (self - k * Self::all(LN_2_HIGH)) - k * Self::all(LN_2_LOW);
        let square = r * r;
        let (mut even, mut odd) = (Self::all(EVEN[4]), Self::all(ODD[4]));
        for term in (0..4).rev() {
            even = even * square + Self::all(EVEN[term]);
            odd = odd * square + Self::all(ODD[term]);
        }
        let series = Self::ONE + (r + square * (even + r * odd));
        // 2^k by way of the exponent bits: `rounded` holds k in its lowest bits.
        let power = each_lane!(i => f64::from_bits(rounded.0[i].to_bits().wrapping_add(1023) << 52));
        series * power
    }

    /// Natural logarithm of each lane, which must be a normal number above zero.
    ///
    /// `x = 2^k (1 + f)` with `sqrt(1/2) < 1 + f < sqrt 2`, then the series in `s = f / (2 + f)` of fdlibm's `e_log.c`
    /// (Sun Microsystems 1993), whose coefficients these are.
    #[inline(always)]
    pub fn ln(self) -> Self {
        const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        const ODD: [f64; 4] = [
            6.666_666_666_666_735e-1,
            2.857_142_874_366_239e-1,
            1.818_357_216_161_805e-1,
            1.479_819_860_511_658_6e-1,
        ];
        const EVEN: [f64; 3] = [
            3.999_999_999_940_942e-1,
            2.222_219_843_214_978_4e-1,
            1.531_383_769_920_937_3e-1,
        ];
        const SQRT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
        const ONE: u64 = 0x3FF0_0000_0000_0000;
        /// The double whose lowest bits count units, 2^52 + 2^51.
        const COUNTER: u64 = 0x4338_0000_0000_0000;
        // Shifted so that the exponent changes at sqrt(1/2), not at one: f stays small on both sides of one.
        let shifted = each_mask!(i => self.0[i].to_bits().wrapping_add(ONE - SQRT_HALF));
        let k = each_lane!(i => f64::from_bits((shifted.0[i] >> 52).wrapping_sub(1023).wrapping_add(COUNTER)));
        let k = k - Self::all(f64::from_bits(COUNTER));
        let f = each_lane!(i => f64::from_bits((shifted.0[i] & ((1 << 52) - 1)).wrapping_add(SQRT_HALF)));
        let f = f - Self::ONE;
        let s = f / (Self::all(2.0) + f);
        let z = s * s;
        let w = z * z;
        let even = w * (Self::all(EVEN[0]) + w * (Self::all(EVEN[1]) + w * Self::all(EVEN[2])));
        let odd = z * (Self::all(ODD[0]) + w * (Self::all(ODD[1]) + w * (Self::all(ODD[2]) + w * Self::all(ODD[3]))));
        let half_square = Self::all(0.5) * f * f;
        let low = s * (half_square + (even + odd)) + k * Self::all(LN_2_LOW);
        k * Self::all(LN_2_HIGH) - ((half_square - low) - f)
    }

    /// `ln(1 + x)` of each lane without loss near zero, for lanes above -1: what rounding takes from `1 + x` is given
    /// back.
    #[inline(always)]
    pub fn ln_1p(self) -> Self {
        let sum = Self::ONE + self;
        sum.ln() + (self - (sum - Self::ONE)) / sum
    }
}

impl Mask {
    /// No in every lane.
    pub const NONE: Self = Self([0; WIDTH]);
    /// Yes in every lane.
    pub const ALL: Self = Self([u64::MAX; WIDTH]);

    /// A mask by a condition on the number of the lane.
    #[inline(always)]
    pub fn of(is: impl Fn(usize) -> bool) -> Self {
        each_mask!(i => bits(is(i)))
    }

    /// Yes in the first so many lanes.
    pub fn first(count: usize) -> Self {
        each_mask!(i => bits(i < count))
    }

    /// `yes` where the mask says so, `no` elsewhere.
    #[inline(always)]
    pub fn select(self, yes: Lanes, no: Lanes) -> Lanes {
        each_lane!(i => f64::from_bits((yes.0[i].to_bits() & self.0[i]) | (no.0[i].to_bits() & !self.0[i])))
    }

    /// Whether any lane says yes.
    #[inline(always)]
    pub fn any(self) -> bool {
        let mut any = 0;
        for lane in self.0 {
            any |= lane;
        }
        any != 0
    }

    /// Whether every lane says yes.
    #[inline(always)]
    pub fn all(self) -> bool {
        !(!self).any()
    }

    /// Whether a lane says yes.
    pub fn lane(self, lane: usize) -> bool {
        self.0[lane] != 0
    }
}

impl BitAnd for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        each_mask!(i => self.0[i] & other.0[i])
    }
}

impl BitOr for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        each_mask!(i => self.0[i] | other.0[i])
    }
}

impl Not for Mask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        each_mask!(i => !self.0[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of `exact`.
    fn ulps(value: f64, exact: f64) -> f64 {
        (value - exact).abs() / (exact.abs().next_up() - exact.abs())
    }

    fn every(count: u32, value: impl Fn(f64) -> f64) -> impl Iterator<Item = f64> {
        (0..count).map(move |i| value((f64::from(i) + 0.5) / f64::from(count)))
    }

    #[test]
    fn exp_is_within_one_unit_in_the_last_place() {
        let inputs = every(200_000, |u| 1400.0 * u - 700.0).chain(every(200_000, |u| 4.0 * u - 2.0));
        let worst = inputs.fold(0.0_f64, |worst, x| {
            worst.max(ulps(Lanes::all(x).exp().0[3], crate::math::exp(x)))
        });
        assert!(worst <= 1.0, "{worst}");
        assert_eq!(Lanes::ZERO.exp(), Lanes::ONE);
    }

    #[test]
    fn ln_is_within_one_unit_in_the_last_place() {
        let wide = every(200_000, |u| crate::math::exp(1400.0 * u - 700.0));
        let inputs = wide.chain(every(200_000, |u| 0.5 + 1.5 * u));
        let worst = inputs.fold(0.0_f64, |worst, x| {
            worst.max(ulps(Lanes::all(x).ln().0[5], crate::math::ln(x)))
        });
        assert!(worst <= 1.0, "{worst}");
        assert_eq!(Lanes::ONE.ln(), Lanes::ZERO);
    }

    #[test]
    fn ln_1p_is_within_two_units_in_the_last_place() {
        let small = every(200_000, |u| crate::math::exp(60.0 * u - 60.0));
        let inputs = small
            .chain(every(200_000, |u| -0.5 * u))
            .chain(every(200_000, |u| -1e-6 * u));
        let worst = inputs.fold(0.0_f64, |worst, x| {
            worst.max(ulps(Lanes::all(x).ln_1p().0[2], crate::math::ln_1p(x)))
        });
        assert!(worst <= 2.0, "{worst}");
        assert_eq!(Lanes::ZERO.ln_1p(), Lanes::ZERO);
    }

    #[test]
    fn a_lane_knows_nothing_of_its_neighbours() {
        let mut mixed = [f64::NAN, f64::INFINITY, 0.3, -0.0, 1e300, -5.0, 0.0, f64::MIN];
        let (exp, ln) = (Lanes::all(0.3).exp().0[0], Lanes::all(0.3).ln().0[0]);
        for _ in 0..WIDTH {
            mixed.rotate_left(1);
            let at = mixed.iter().position(|&value| value == 0.3).unwrap_or_default();
            assert_eq!(Lanes(mixed).exp().0[at], exp);
            assert_eq!(Lanes(mixed).ln().0[at], ln);
        }
    }

    #[test]
    fn known_bits_stay() {
        let x = Lanes([-650.0, -30.25, -1.0, -1e-9, 0.1, 1.0, 12.345, 699.0]);
        let hash = |lanes: Lanes| lanes.0.iter().fold(0_u64, |hash, v| hash.rotate_left(7) ^ v.to_bits());
        assert_eq!(hash(x.exp()), 2_276_497_028_220_416_951);
        assert_eq!(hash(x.abs().ln()), 16_597_008_203_429_799_486);
    }
}
