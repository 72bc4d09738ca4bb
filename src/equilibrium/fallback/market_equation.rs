//! The one-dimensional equation of a market in its own price.
//!
//! With everything else given, the logarithm of inflow over demand, or of supply over outflow, is `theta x + e ln x`
//! plus a constant in the market's price `x`, with `e` its elasticity: linear in the price where route choice decides,
//! linear in its logarithm where elasticity does, and convex in the logarithm everywhere.

use super::problem::DualProblem;
use crate::math::{exp, ln};

/// Prices of demands stay above this multiple of their reference, clear of underflow.
const LOWEST_RELATIVE_PRICE: f64 = 1e-260;
/// Steps up to this share of a price are linear.
const LONGEST_LINEAR_STEP: f64 = 0.1;
/// Prices below this, times theta, are next to zero.
const NEXT_TO_ZERO: f64 = 0.01;
/// Longest linear fall, as a share of a price.
const LONGEST_FALL: f64 = 0.9;
/// Newton steps that the equation may take. Each comes nearer to the root, so a limit only costs exactness.
const STEPS: usize = 60;
/// Relative change at which the equation counts as solved.
const EXACTNESS: f64 = 1e-12;

/// The equation of one price, and the bounds of the price.
#[derive(Debug, Clone, Copy)]
pub(super) struct MarketEquation {
    theta: f64,
    e: f64,
    lowest: f64,
    highest: f64,
}

impl MarketEquation {
    pub(super) fn of_demand(problem: &DualProblem, m: usize) -> Self {
        let DualProblem {
            network, conditions, ..
        } = *problem;
        Self {
            theta: conditions.theta[network.group_of_demand[m]],
            e: conditions.demand_elasticity[m],
            lowest: LOWEST_RELATIVE_PRICE * conditions.demand_price[m],
            highest: conditions.highest_price(m),
        }
    }

    pub(super) fn of_supply(problem: &DualProblem, o: usize) -> Self {
        let DualProblem {
            network, conditions, ..
        } = *problem;
        Self {
            theta: conditions.theta[network.group_of_supply[o]],
            e: conditions.supply_elasticity[o],
            lowest: conditions.lowest_price(o),
            highest: f64::INFINITY,
        }
    }

    /// The largest share of a Newton step that leaves the price above zero.
    pub(super) fn share(&self, price: f64, step: f64) -> f64 {
        let longest = LONGEST_FALL * price;
        if -step > longest && !self.is_unseen(step) {
            longest / -step
        } else {
            1.0
        }
    }

    /// The price after a step, and the change.
    ///
    /// The step is linear in the price if the change affects route choice, because the steps of other prices and rents
    /// rely on it. Otherwise a rise goes to the root of the equation, whose tangent is the step, and a fall is
    /// geometric.
    pub(super) fn moved(&self, price: f64, step: f64) -> (f64, f64) {
        let linear = (price + step, step);
        let moved = if step.abs() <= LONGEST_LINEAR_STEP * price || !self.is_unseen(step) {
            linear
        } else if step < 0.0 {
            geometric(price, step)
        } else {
            let by_law = self.solve(price, (self.theta + self.e / price) * step);
            if self.is_unseen(by_law.1) { by_law } else { linear }
        };
        self.bounded(price, moved)
    }

    /// Whether a price of zero instead would hardly change route choice.
    pub(super) fn is_next_to_zero(&self, price: f64) -> bool {
        self.theta * price <= NEXT_TO_ZERO
    }

    /// Whether a change of the price hardly affects route choice: flows change by a factor of `e` at most.
    fn is_unseen(&self, change: f64) -> bool {
        self.theta * change.abs() <= 1.0
    }

    /// The root `x` of `theta (x - price) + e (ln x - ln price) = gap` within bounds, and the change `x - price`.
    ///
    /// Newton's method in the logarithm of the price, where the equation is convex: it approaches the root from above
    /// without passing it. Starts at the lower of two prices that are surely above the root: those at which one of the
    /// two terms alone would close the gap.
    pub(super) fn solve(&self, price: f64, gap: f64) -> (f64, f64) {
        // Without a gap above zero, the price itself lies at or above the root.
        let above = if gap > 0.0 {
            let (by_choice, by_elasticity) = (gap / self.theta, geometric(price, price * gap / self.e));
            if by_choice < by_elasticity.1 {
                (price + by_choice, by_choice)
            } else {
                by_elasticity
            }
        } else {
            (price, 0.0)
        };
        let (mut x, mut change) = self.bounded(price, above);
        for _ in 0..STEPS {
            let missing = gap - self.theta * change - self.e * ln(x / price);
            if missing > 0.0 {
                // Rounding, or a bound below the root.
                break;
            }
            let (moved, step) = geometric(x, missing / (self.theta + self.e / x));
            if moved < self.lowest {
                return (self.lowest, self.lowest - price);
            }
            x = moved;
            change += step;
            if step.abs() <= EXACTNESS * x {
                break;
            }
        }
        (x, change)
    }

    fn bounded(&self, price: f64, (moved, change): (f64, f64)) -> (f64, f64) {
        if moved > self.highest {
            (self.highest, self.highest - price)
        } else if moved < self.lowest {
            (self.lowest, self.lowest - price)
        } else {
            (moved, change)
        }
    }
}

/// The price after a step that is linear in its logarithm, and the change.
fn geometric(price: f64, step: f64) -> (f64, f64) {
    let relative = step / price;
    // The change as a series where `moved - price` would cancel.
    if relative.abs() < 1e-5 {
        let change = step * (1.0 + relative / 2.0);
        (price + change, change)
    } else {
        let moved = price * exp(relative);
        (moved, moved - price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(theta: f64, e: f64, highest: f64) -> MarketEquation {
        MarketEquation {
            theta,
            e,
            lowest: LOWEST_RELATIVE_PRICE,
            highest,
        }
    }

    #[test]
    fn a_price_is_found_from_near_and_far_on_both_sides() {
        for (theta, e) in [(1e-3, 10.0), (1.0, 1.0), (60.0, 0.05), (5.0, 0.1)] {
            for root in [1e-200_f64, 1e-6, 0.5, 1.0 + 1e-9, 30.0, 1e9] {
                for price in [1e-240, 1.0, 1e6] {
                    let gap = theta * (root - price) + e * ln(root / price);
                    let (x, change) = law(theta, e, f64::INFINITY).solve(price, gap);
                    let exactness = 1e-9 + 1e-14 * gap.abs() / e;
                    assert!(
                        (x / root - 1.0).abs() < exactness,
                        "theta {theta}, e {e}, from {price}: {x} for {root}"
                    );
                    assert!((change - (root - price)).abs() <= 1e-9 * root.max(price));
                }
            }
        }
    }

    #[test]
    fn a_price_stops_at_its_bounds() {
        assert_eq!(law(1.0, 1.0, 3.0).solve(2.0, 50.0), (3.0, 1.0));
        assert_eq!(law(1.0, 1.0, 3.0).moved(2.0, 9.0), (3.0, 1.0));
        assert_eq!(law(1.0, 0.1, 3.0).solve(2.0, -1e3).0, LOWEST_RELATIVE_PRICE);
        assert_eq!(law(1.0, 0.1, 3.0).moved(2.0, -1e4).0, LOWEST_RELATIVE_PRICE);
    }

    #[test]
    fn a_short_step_is_taken_as_it_is() {
        assert_eq!(law(1.0, 1.0, 9.0).moved(2.0, 0.125), (2.125, 0.125));
        assert_eq!(law(1.0, 1.0, 9.0).moved(2.0, -0.125), (1.875, -0.125));
    }
}
