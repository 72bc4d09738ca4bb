//! Numerical guards that both paths of the solver share.

/// Exponents are clamped to this size on either side: no flow becomes infinite or zero on the way to the solution, and
/// products of two exponentials stay within range. No equilibrium has such exponents.
pub(super) const LARGEST_EXPONENT: f64 = 600.0;

/// Inflows below this share of their target are balanced as `inflow - target`: their logarithm is of little use, and
/// does not exist for zero.
pub(super) const VANISHING_INFLOW: f64 = 1e-100;

/// Relative gaps below this enter the logarithm of `inflow / target` as a series: rounding the ratio to a double next
/// to one would cost the digits of the gap. The first term left out is `gap^4 / 4`, below 3e-17: less than that
/// rounding.
pub(super) const NEAR_BALANCE: f64 = 1e-4;

/// Smallest pivot, as a share of its diagonal before any elimination: about a thousand times the rounding error of the
/// elimination. A smaller pivot has no correct digit and is replaced by this one: a redundant variable then moves far
/// where its equation is far from satisfied, and hardly at all where only rounding is to blame.
pub(super) const LEAST_PIVOT: f64 = 1e-13;

/// A pivot below this share of its diagonal belongs to a redundant capacity: nothing but the ridge holds its rent.
pub(super) const REDUNDANT_PIVOT: f64 = 1e-9;

/// The share of a market's trade that replaces its reference quantity where trade is far larger: `f64` has no digits
/// for smaller imbalances.
pub(super) const SHARE_OF_TRADE: f64 = 1e-5;
