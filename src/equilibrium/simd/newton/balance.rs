//! The log-balanced equations of the Newton system.
//!
//! The equation `ln(inflow / target) = 0`, times its inflow, has the right-hand side `-inflow ln(inflow / target)`, the
//! off-diagonal entries of the plain system, and on the diagonal an elasticity's part with the inflow in place of the
//! target: `eps inflow / P` for `eps D / P`.

use crate::equilibrium::guards::{NEAR_BALANCE, VANISHING_INFLOW};
use crate::math::simd::Lanes;

/// A log-balanced equation: its gap, and the weight of an elasticity (or a ridge) on its diagonal.
pub(super) struct LogBalance {
    pub(super) gap: Lanes,
    pub(super) weight: Lanes,
}

impl LogBalance {
    #[inline(always)]
    pub(super) fn new(gap: Lanes, inflow: Lanes, target: Lanes) -> Self {
        let has_logarithm = (Lanes::all(VANISHING_INFLOW) * target).below(inflow);
        let ratio = has_logarithm.select(inflow / target, Lanes::ONE);
        // Near balance, ln(1 + x) as a series in the relative gap: rounding the ratio would cost its digits.
        let relative = gap / target;
        let series = relative * (Lanes::ONE - relative * (Lanes::all(1.0 / 2.0) - relative * Lanes::all(1.0 / 3.0)));
        let is_near = relative.abs().below(Lanes::all(NEAR_BALANCE));
        let logarithm = is_near.select(series, ratio.ln());
        Self {
            gap: has_logarithm.select(inflow * logarithm, gap),
            weight: has_logarithm.select(inflow, target),
        }
    }
}
