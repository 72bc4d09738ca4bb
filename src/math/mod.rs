//! Transcendental functions with the same bits on every processor, and SIMD lanes. The whole crate uses `exp` and `ln`
//! from here.
//!
//! The standard library's `exp`, `ln` and `powf` call the platform's mathematics, whose last bits differ between
//! processors. The functions of `pxfm` used here are correctly rounded, so results are the same bytes everywhere;
//! `clippy.toml` bans the others. Other functions of `pxfm` have bits that depend on the processor's instructions; the
//! plain arithmetic of `libm` replaces them. Code that computes eight draws side by side uses polynomials of its own,
//! in [`simd`].

pub mod simd;
pub mod width;

/// e to the power `x`, correctly rounded.
#[inline]
pub fn exp(x: f64) -> f64 {
    pxfm::f_exp(x)
}

/// `exp(x) - 1` without loss near zero, correctly rounded.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    pxfm::f_expm1(x)
}

/// Natural logarithm of `x`, correctly rounded; NaN below zero.
#[inline]
pub fn ln(x: f64) -> f64 {
    pxfm::f_log(x)
}

/// `ln(1 + x)` without loss near zero, correctly rounded; NaN below -1.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    pxfm::f_log1p(x)
}

/// `x` to the power `y` for `x >= 0`, as `exp(y ln x)`: half the time of a correctly rounded power, and the same bits
/// everywhere. Its relative error grows with `|y ln x|`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    if y == 1.0 { x } else { exp(y * ln(x)) }
}

/// Logarithm of the gamma function of `x > 0`, to a few units in the last place.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The sine of an angle in radians.
#[inline]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// The angle in radians whose sine is `x`, between -1 and 1.
#[inline]
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// The cosine of an angle in radians.
#[inline]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Complementary error function, to a few units in the last place, also far in the tail.
#[inline]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}
