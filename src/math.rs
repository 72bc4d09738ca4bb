//! The one door to transcendental functions.
//!
//! The standard library's `exp`, `ln` and `powf` call the platform's mathematics, whose last bits differ between
//! processors. `pxfm` is correctly rounded, so results are the same bytes everywhere. `clippy.toml` bans the others.

/// e to the power `x`, correctly rounded.
#[inline]
pub fn exp(x: f64) -> f64 {
    pxfm::f_exp(x)
}

/// Natural logarithm of `x`, correctly rounded; NaN below zero.
#[inline]
pub fn ln(x: f64) -> f64 {
    pxfm::f_log(x)
}

/// `x` to the power `y` for `x >= 0`, as `exp(y ln x)`: half the price of a rounded power, and the same digits everywhere.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    if y == 1.0 { x } else { exp(y * ln(x)) }
}
