//! The answer of a month, and the error where there is none.

use super::Network;

/// Flows, prices and rents of a month; also the first guess of the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// `f_r` by route, t/month; zero on closed routes.
    pub flow: Vec<f64>,
    /// `C_o` by supply, USD/t; NaN for a supply without open routes, which has no price.
    pub supply_price: Vec<f64>,
    /// `P_m` by demand, USD/t; NaN for a demand without open routes.
    pub demand_price: Vec<f64>,
    /// `mu_g` by capacity, USD/t; zero for a capacity that does not bind, is not in force or has no open route.
    pub rent: Vec<f64>,
    /// Optimality residual, a share without unit, see [`super::residual()`].
    pub residual: f64,
    /// Newton steps and coordinate sweeps of the component that took most.
    pub iterations: usize,
}

impl Solution {
    /// Nothing known: a first guess without prices, from which the solver starts at the reference prices.
    pub fn unknown(network: &Network) -> Self {
        Self {
            flow: vec![0.0; network.routes()],
            supply_price: vec![f64::NAN; network.supplies()],
            demand_price: vec![f64::NAN; network.demands()],
            rent: vec![0.0; network.capacities()],
            residual: f64::INFINITY,
            iterations: 0,
        }
    }

    /// Becomes [`Solution::unknown`] again.
    pub fn forget(&mut self) {
        self.clear();
        self.flow.fill(0.0);
        self.residual = f64::INFINITY;
    }

    /// Forgets prices and rents: markets and capacities without a route belong to no component, so nothing overwrites
    /// theirs. Flows need no clearing, because all are written.
    pub(super) fn clear(&mut self) {
        self.supply_price.fill(f64::NAN);
        self.demand_price.fill(f64::NAN);
        self.rent.fill(0.0);
        (self.residual, self.iterations) = (0.0, 0);
    }

    /// Includes the residual and the iterations of a component in the maxima; NaN stays NaN.
    pub(super) fn absorb(&mut self, residual: f64, iterations: usize) {
        // `f64::max` would drop a NaN.
        if residual > self.residual || residual.is_nan() {
            self.residual = residual;
        }
        self.iterations = self.iterations.max(iterations);
    }

    /// Whether the residual is within `tolerance`.
    ///
    /// # Errors
    ///
    /// [`Unsolved`] where it is not, or is not a number.
    pub fn outcome(&self, tolerance: f64) -> Result<(), Unsolved> {
        let Self {
            residual, iterations, ..
        } = *self;
        if residual <= tolerance {
            Ok(())
        } else {
            Err(Unsolved { residual, iterations })
        }
    }
}

/// How far an attempt came. A residual that is no number tells nobody anything.
fn in_words(residual: f64) -> String {
    if residual.is_finite() {
        format!("residual {residual:.1e}")
    } else {
        "prices or flows left the range of numbers".to_owned()
    }
}

/// The equilibrium was not reached; the solution holds the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("equilibrium not reached: {} after {iterations} iterations", in_words(*.residual))]
pub struct Unsolved {
    /// Optimality residual of the last attempt.
    pub residual: f64,
    /// Newton steps and coordinate sweeps taken.
    pub iterations: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_residual_that_is_no_number_is_not_shown() {
        let said = |residual| {
            let iterations = 7;
            Unsolved { residual, iterations }.to_string()
        };
        assert_eq!(
            said(0.002),
            "equilibrium not reached: residual 2.0e-3 after 7 iterations"
        );
        for residual in [f64::NAN, f64::INFINITY] {
            assert_eq!(
                said(residual),
                "equilibrium not reached: prices or flows left the range of numbers after 7 iterations"
            );
        }
    }
}
