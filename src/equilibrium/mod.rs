//! One month of trade: a spatial price equilibrium with route choice and hard capacities.
//!
//! The model is that of Samuelson (1952) and Takayama and Judge (1971), surplus maximised subject to capacities, with
//! an entropy term that spreads trade over imperfectly substitutable routes (a weighted logit; Wilson 1970). Supplies
//! `o`, demands `m`, routes `r`, capacities `g`, market groups (commodities) `k`. For flows `f >= 0`, in tonnes per
//! month,
//!
//! ```text
//! maximise    sum_m ∫ P_m(x) dx  -  sum_o ∫ C_o(x) dx  -  sum_r c_r f_r  -  sum_r f_r (ln(f_r / w_r) - 1) / theta_k
//! subject to  sum of f_r over the routes that use g  <=  K_g
//!
//! D_m(P) = q_m (P / p_m)^-eps_m     demand at the price P
//! S_o(C) = q_o (C / c_o)^eta_o      supply at the price C
//! ```
//!
//! At the optimum `f_r = w_r exp(theta_k x_r)` with the net gain `x_r = P_m - C_o - c_r - sum of mu_g over r's
//! capacities`: one price for each supply and demand and one rent `mu_g >= 0` (the multiplier of the capacity)
//! determine everything. The Lagrangian dual is smooth, convex and small:
//!
//! ```text
//! minimise over P <= choke, C, mu >= 0
//!     sum_r f_r / theta_k  -  sum_m ∫_p^P D_m  +  sum_o ∫_0^C S_o  +  sum_g K_g mu_g
//! ```
//!
//! Its gradient is by demand `inflow - D_m`, by supply `S_o - outflow`, by capacity `K_g - use`: optimal means that
//! markets clear and that a capacity with a rent is just used.
//!
//! [`Solver`] minimises the dual by Newton's method:
//!
//! 1. `components`: the connected components of the network are problems of their own;
//! 2. `simd`: each component's month, for eight draws side by side: Newton steps on log-balanced equations, a Schur
//!    complement onto the active capacities, an active set for rents and highest prices, a short line search;
//! 3. `fallback`: months that the SIMD path cannot solve, draw by draw: the same Newton step with more shortenings, a
//!    plain and a guarded variant of it, and coordinate descent, which always descends;
//! 4. `ridge`: where rents are not unique, a small regularisation chooses them.
//!
//! The module knows no countries, measures or months: [`Network`] is constant, [`Conditions`] are the data of one
//! month, [`Solution`] the answer and the next month's first guess.
//!
//! Inside the kernels names follow the symbols above: `f`, `x`, `mu`; `price_m` and `price_o` are `P_m` and `C_o`, and
//! `p`, `q`, `eps`, `eta` a market's reference price, quantity and elasticity; `_m`, `_o`, `_g` say by what an array
//! is indexed.
//!
//! Every sum has a fixed order and every transcendental function comes from [`crate::math`], so a solution is the same
//! bytes for the same network, conditions and first guess, whichever thread or processor computed it and whichever
//! draws were solved beside it.

mod components;
mod conditions;
mod fallback;
mod guards;
mod network;
mod residual;
mod ridge;
mod simd;
mod solution;
mod solver;
#[cfg(test)]
mod tests;

pub use conditions::Conditions;
pub use network::Network;
pub use residual::residual;
pub use solution::{Solution, Unsolved};
pub use solver::{DEFAULT_TOLERANCE, SolveCounts, Solver};
