//! The regularisation that makes rents unique, shared by both paths of the solver.
//!
//! Where capacities are redundant (a port and its only link) flows determine only the sum of their rents. A small
//! convex cost on rents, added to the dual, picks one solution (Tikhonov regularisation). With `u = mu_g / p_g`, the
//! rent in units of its reference price, `rho` the strength and `b` the bend,
//!
//! ```text
//! R_g(mu)   = rho K_g p_g b^2 (sqrt(1 + (u / b)^2) - 1)
//! R_g'(mu)  = rho K_g u / sqrt(1 + (u / b)^2)                the overflow that the rent buys, t/month
//! R_g''(mu) = rho K_g / (p_g (1 + (u / b)^2)^(3/2))
//! ```
//!
//! This is the pseudo-Huber function: a parabola for small rents, so that redundant rents are those of least norm, each
//! weighed by its limit; a straight line for large ones, so that no rent buys an overflow of more than `rho b K_g`.
//!
//! The residual does not measure such rents, so a few more Newton steps are taken once it is within tolerance, until
//! rents have settled.

/// `rho` as a share of the tolerance, which is taken as 1e-9 at most. The largest overflow that a rent buys, `rho b
/// K_g`, is then a fifth of the tolerance.
pub(super) const STRENGTH: f64 = 0.05;
/// `b`, in reference prices.
pub(super) const BEND: f64 = 4.0;

/// Newton steps at most after the tolerance is met, to settle rents that are not unique.
pub(super) const SETTLING_STEPS: usize = 5;
/// Change of a rent in a step, as a share of its reference price, below which redundant rents have settled.
pub(super) const SETTLED_RENT: f64 = 1e-8;
/// Overflow of a capacity without a rent, as a share of its limit, above which it is more than rounding: the capacity
/// ought to have a rent.
pub(super) const RENTLESS_OVERFLOW: f64 = 1e-12;
