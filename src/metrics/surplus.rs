//! The consumer surplus that is lost when prices move along a demand (docs/model.md).

use crate::equilibrium::Conditions;
use crate::math::{exp, exp_m1, ln};

/// One demand in one month: `D(P) = quantity (P / price)^-elasticity`, up to the choke price.
#[derive(Clone, Copy, Debug)]
pub struct DemandCurve {
    /// USD per tonne.
    pub price: f64,
    /// Tonnes per month at `price`.
    pub quantity: f64,
    pub elasticity: f64,
    /// USD per tonne; infinite where there is none.
    pub choke: f64,
}

impl DemandCurve {
    /// The demand at place `demand` under the conditions of a month.
    pub fn of(conditions: &Conditions, demand: usize) -> Self {
        Self {
            price: conditions.demand_price[demand],
            quantity: conditions.demand_quantity[demand],
            elasticity: conditions.demand_elasticity[demand],
            choke: conditions.choke[demand],
        }
    }

    /// Consumer surplus lost as the price moves from `usual` to `now`, USD: the integral of D between them, which is
    /// `(P D(P) - p q) / (1 - eps)`, and `p q ln(P / p)` at an elasticity of one.
    ///
    /// A price that is missing (NaN), because nobody can deliver, is the choke price. Where there is none either, the
    /// loss does not exist (NaN), unless both prices are missing: then nothing has changed.
    pub fn surplus_lost(&self, usual: f64, now: f64) -> f64 {
        let known = |price: f64| {
            if price.is_nan() && self.choke.is_finite() {
                self.choke
            } else {
                price
            }
        };
        let (usual, now) = (known(usual), known(now));
        if usual.is_nan() && now.is_nan() {
            return 0.0;
        }
        // Spending follows `P^(1 - elasticity)`: one power serves both ends of the integral.
        let open = 1.0 - self.elasticity;
        let spending = self.price * self.quantity * exp(open * ln(usual / self.price));
        let rise = ln(now / usual);
        // (e^(open x rise) - 1) / open, without loss as either factor vanishes.
        spending * rise * mean_growth(open * rise)
    }
}

/// (e^y - 1) / y, one at zero.
fn mean_growth(y: f64) -> f64 {
    if y == 0.0 { 1.0 } else { exp_m1(y) / y }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(elasticity: f64, choke: f64) -> DemandCurve {
        DemandCurve {
            price: 200.0,
            quantity: 30.0,
            elasticity,
            choke,
        }
    }

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn buyers_lose_the_area_beside_their_demand() {
        // At elasticity 2 from 100 to 400: q = 120 t at 100 USD/t, 7.5 t at 400: (3000 - 12000) / (1 - 2).
        near(curve(2.0, f64::INFINITY).surplus_lost(100.0, 400.0), 9000.0);
        near(curve(2.0, f64::INFINITY).surplus_lost(400.0, 100.0), -9000.0);
        // At one p q ln(P / p).
        near(curve(1.0, f64::INFINITY).surplus_lost(100.0, 400.0), 6000.0 * ln(4.0));
    }

    #[test]
    fn an_elasticity_next_to_one_is_no_division_by_zero() {
        let at_one = curve(1.0, f64::INFINITY).surplus_lost(100.0, 400.0);
        for next in [1.0 + 1e-15, 1.0 - 1e-15, 1.0 + 1e-9] {
            let loss = curve(next, f64::INFINITY).surplus_lost(100.0, 400.0);
            assert!((loss / at_one - 1.0).abs() < 1e-8, "{loss} at {next}");
        }
        assert_eq!(curve(0.7, f64::INFINITY).surplus_lost(150.0, 150.0), 0.0);
    }

    #[test]
    fn without_a_price_buyers_lose_up_to_their_choke_price() {
        let choking = curve(2.0, 400.0);
        near(choking.surplus_lost(100.0, f64::NAN), 9000.0);
        near(choking.surplus_lost(f64::NAN, 100.0), -9000.0);
        assert!(curve(2.0, f64::INFINITY).surplus_lost(100.0, f64::NAN).is_nan());
        assert!(curve(2.0, f64::INFINITY).surplus_lost(f64::NAN, 100.0).is_nan());
        assert_eq!(curve(2.0, f64::INFINITY).surplus_lost(f64::NAN, f64::NAN), 0.0);
    }
}
