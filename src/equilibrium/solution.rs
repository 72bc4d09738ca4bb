//! The answer of a month, and what is left when there is none.

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
    /// Optimality residual, see [`super::residual`].
    pub residual: f64,
    /// Newton steps and coordinate sweeps taken.
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
}

/// The equilibrium was not reached; the solution holds the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("equilibrium not reached: residual {residual:.1e} after {iterations} iterations")]
pub struct Unsolved {
    /// Optimality residual of the last attempt.
    pub residual: f64,
    /// Newton steps and coordinate sweeps taken.
    pub iterations: usize,
}
