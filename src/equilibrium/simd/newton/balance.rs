//! Balances made linear.

use crate::equilibrium::guards::{NEAR_BALANCE, VANISHING_INFLOW};
use crate::math::simd::Lanes;

/// The gap between inflow and target, and the quantity that multiplies an elasticity in its derivative.
pub(super) struct LogBalance {
    pub(super) gap: Lanes,
    pub(super) weight: Lanes,
}

impl LogBalance {
    #[inline(always)]
    pub(super) fn new(gap: Lanes, inflow: Lanes, target: Lanes) -> Self {
        let has_logarithm = (Lanes::all(VANISHING_INFLOW) * target).below(inflow);
        let ratio = has_logarithm.select(inflow / target, Lanes::ONE);
        // From their relative gap where they are near, which is where rounding the ratio would cost digits.
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
