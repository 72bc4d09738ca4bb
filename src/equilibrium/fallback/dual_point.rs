//! A point of the dual: prices and rents, with the net gains, flows, sums, value and residual that follow from them.

use super::market_equation::MarketEquation;
use super::problem::DualProblem;
use crate::equilibrium::guards::LARGEST_EXPONENT;
use crate::equilibrium::residual::measure;
use crate::equilibrium::{Network, Solution};
use crate::math::{exp, ln};

/// A change of prices and rents.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) m: Vec<f64>,
    pub(super) o: Vec<f64>,
    pub(super) g: Vec<f64>,
}

impl Step {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            m: vec![0.0; network.demands()],
            o: vec![0.0; network.supplies()],
            g: vec![0.0; network.capacities()],
        }
    }
}

/// A point of the dual and its flows, sums and value. Entries of closed routes, markets and capacities keep old values,
/// which are never read, except flows, which are zero.
#[derive(Debug, Default)]
pub(super) struct DualPoint {
    /// `P_m`, `C_o`, `mu_g`.
    pub(super) price_m: Vec<f64>,
    pub(super) price_o: Vec<f64>,
    pub(super) mu: Vec<f64>,
    /// Net gain `P_m - C_o - c_r - sum mu_g`, updated by adding changes, since few rents change.
    pub(super) x: Vec<f64>,
    /// `f_r`, and its sums by demand, supply and capacity.
    pub(super) f: Vec<f64>,
    pub(super) sum_m: Vec<f64>,
    pub(super) sum_o: Vec<f64>,
    pub(super) sum_g: Vec<f64>,
    /// `D_m(P_m)` and `S_o(C_o)`.
    pub(super) demanded: Vec<f64>,
    pub(super) supplied: Vec<f64>,
    /// `K_g + R_g'(mu_g)`: the limit and the overflow that its ridge allows.
    pub(super) allowed: Vec<f64>,
    /// Use of each capacity beyond that. Not computed as the difference of the two, in which the ridge would be lost.
    pub(super) gap_g: Vec<f64>,
    /// The dual objective with its ridges, and the sum of the sizes of its terms, which bounds its rounding error.
    pub(super) value: f64,
    pub(super) magnitude: f64,
    /// The optimality residual, NaN included.
    pub(super) residual: f64,
    /// Largest overflow, as a share of the limit, of a capacity without a rent.
    pub(super) rentless_overflow: f64,
}

impl DualPoint {
    pub(super) fn new(network: &Network) -> Self {
        let (routes, supplies, demands, capacities) = (
            network.routes(),
            network.supplies(),
            network.demands(),
            network.capacities(),
        );
        Self {
            price_m: vec![0.0; demands],
            price_o: vec![0.0; supplies],
            mu: vec![0.0; capacities],
            x: vec![0.0; routes],
            f: vec![0.0; routes],
            sum_m: vec![0.0; demands],
            sum_o: vec![0.0; supplies],
            sum_g: vec![0.0; capacities],
            demanded: vec![0.0; demands],
            supplied: vec![0.0; supplies],
            allowed: vec![0.0; capacities],
            gap_g: vec![0.0; capacities],
            ..Self::default()
        }
    }

    /// Starts from the prices and rents of `guess`, and from the reference price where it has none, as in the first
    /// month or when a market reopens.
    pub(super) fn start(&mut self, problem: &DualProblem, guess: &Solution) {
        let DualProblem { conditions, open, .. } = *problem;
        let usable = |price: f64| price.is_finite() && price > 0.0;
        for &m in &open.demands {
            let guessed = guess.demand_price[m];
            let price = if usable(guessed) {
                guessed
            } else {
                conditions.demand_price[m]
            };
            // The choke price may have fallen since the month of the guess.
            self.price_m[m] = price.min(conditions.highest_price(m));
        }
        for &o in &open.supplies {
            let guessed = guess.supply_price[o];
            self.price_o[o] = if usable(guessed) {
                guessed
            } else {
                conditions.supply_price[o]
            };
        }
        self.f.fill(0.0);
        self.mu.fill(0.0);
        for &g in &open.capacities {
            let guessed = guess.rent[g];
            self.mu[g] = if usable(guessed) { guessed } else { 0.0 };
        }
        self.sum_net_gains(problem);
    }

    /// Starts from the reference prices.
    pub(super) fn start_cold(&mut self, problem: &DualProblem) {
        let DualProblem { conditions, open, .. } = *problem;
        for &m in &open.demands {
            self.price_m[m] = conditions.demand_price[m].min(conditions.highest_price(m));
        }
        for &o in &open.supplies {
            self.price_o[o] = conditions.supply_price[o];
        }
        self.mu.fill(0.0);
        self.sum_net_gains(problem);
    }

    /// Sums net gains from prices, costs and rents.
    pub(super) fn sum_net_gains(&mut self, problem: &DualProblem) {
        let (network, conditions, open) = problem.parts();
        for &r in &open.routes {
            let (o, m) = (network.supply_of_route[r], network.demand_of_route[r]);
            let rents = network
                .capacities_of_route
                .row(r)
                .iter()
                .fold(0.0, |sum, &g| sum + self.mu[g]);
            self.x[r] = self.price_m[m] - self.price_o[o] - conditions.cost[r] - rents;
        }
    }

    /// The largest share of `step` that leaves every price above zero.
    pub(super) fn largest_share(&self, problem: &DualProblem, step: &Step) -> f64 {
        let open = problem.open;
        let demands = open
            .demands
            .iter()
            .map(|&m| MarketEquation::of_demand(problem, m).share(self.price_m[m], step.m[m]));
        let supplies = open
            .supplies
            .iter()
            .map(|&o| MarketEquation::of_supply(problem, o).share(self.price_o[o], step.o[o]));
        demands.chain(supplies).fold(1.0, f64::min)
    }

    /// The share of `step` that leads to the first bound: a rent of zero or a highest price.
    pub(super) fn share_to_bounds(&self, problem: &DualProblem, step: &Step) -> f64 {
        let DualProblem { conditions, open, .. } = *problem;
        let demands = open
            .demands
            .iter()
            .map(|&m| (conditions.highest_price(m) - self.price_m[m], step.m[m]));
        let capacities = open.capacities.iter().map(|&g| (self.mu[g], -step.g[g]));
        let share = |(room, step): (f64, f64)| if step > room { room / step } else { 1.0 };
        demands.chain(capacities).map(share).fold(1.0, f64::min)
    }

    /// Moves from `origin` by `share` of `step`, and leaves the changes made in `taken`: prices stay above zero and at
    /// or below their highest, rents at or above zero.
    pub(super) fn advance(&mut self, problem: &DualProblem, origin: &Self, step: &Step, share: f64, taken: &mut Step) {
        let DualProblem { network, open, .. } = *problem;
        for &m in &open.demands {
            let law = MarketEquation::of_demand(problem, m);
            (self.price_m[m], taken.m[m]) = law.moved(origin.price_m[m], share * step.m[m]);
        }
        for &o in &open.supplies {
            let law = MarketEquation::of_supply(problem, o);
            (self.price_o[o], taken.o[o]) = law.moved(origin.price_o[o], share * step.o[o]);
        }
        for &r in &open.routes {
            self.x[r] = origin.x[r] + taken.m[network.demand_of_route[r]] - taken.o[network.supply_of_route[r]];
        }
        self.mu.copy_from_slice(&origin.mu);
        for &g in &open.capacities {
            taken.g[g] = (share * step.g[g]).max(-origin.mu[g]);
            // Few rents change in a step, so a loop over capacities touches few routes.
            if taken.g[g] != 0.0 {
                self.mu[g] = (origin.mu[g] + taken.g[g]).max(0.0);
                for &r in network.routes_of_capacity.row(g) {
                    self.x[r] -= taken.g[g];
                }
            }
        }
    }

    /// Computes flows, sums, dual value and residual at these prices and rents.
    pub(super) fn evaluate(&mut self, problem: &DualProblem) {
        self.value = 0.0;
        self.magnitude = 0.0;
        self.residual = 0.0;
        self.rentless_overflow = 0.0;
        self.evaluate_flows(problem);
        self.evaluate_demands(problem);
        self.evaluate_supplies(problem);
        self.evaluate_capacities(problem);
        // `f64::max` drops NaN from the residual, but the value keeps it.
        if !self.value.is_finite() {
            self.residual = f64::NAN;
        }
    }

    /// Computes flows and their sums.
    pub(super) fn evaluate_flows(&mut self, problem: &DualProblem) {
        let (network, conditions, open) = problem.parts();
        self.sum_m.fill(0.0);
        self.sum_o.fill(0.0);
        for &r in &open.routes {
            let theta = conditions.theta[network.group_of_route[r]];
            let f = conditions.weight[r] * clamped_exp(theta * self.x[r]);
            self.f[r] = f;
            self.sum_m[network.demand_of_route[r]] += f;
            self.sum_o[network.supply_of_route[r]] += f;
        }
        for &g in &open.capacities {
            self.sum_g[g] = network
                .routes_of_capacity
                .row(g)
                .iter()
                .fold(0.0, |sum, &r| sum + self.f[r]);
        }
    }

    /// Terms of the demands: the entropy of the routes into a demand, which is their flow over theta, less the surplus
    /// `∫_p^P D_m = p q (e^u - 1) / (1 - eps)` with `u = (1 - eps) ln(P / p)`.
    fn evaluate_demands(&mut self, problem: &DualProblem) {
        let (network, conditions, open) = problem.parts();
        for &m in &open.demands {
            let (p, q, eps) = (
                conditions.demand_price[m],
                conditions.demand_quantity[m],
                conditions.demand_elasticity[m],
            );
            let log_price = ln(self.price_m[m] / p);
            self.demanded[m] = q * clamped_exp(-eps * log_price);
            let excess = self.sum_m[m] - self.demanded[m];
            let at_highest = self.price_m[m] >= conditions.highest_price(m);
            // At its highest price a demand may stay unserved, so only an excess is a violation.
            let counted = if at_highest { excess } else { excess.abs() };
            self.residual = self.residual.max(counted / measure(q, self.sum_m[m]));

            let spent = self.demanded[m] * self.price_m[m];
            let entropy = self.sum_m[m] / conditions.theta[network.group_of_demand[m]];
            let surplus = p * q * log_price * mean_exponential((1.0 - eps) * log_price, spent / (p * q));
            self.value += entropy - surplus;
            self.magnitude += entropy + surplus.abs();
        }
    }

    /// Terms of the supplies, `∫_0^C S_o = S_o C / (1 + eta)`.
    fn evaluate_supplies(&mut self, problem: &DualProblem) {
        let DualProblem { conditions, open, .. } = *problem;
        for &o in &open.supplies {
            let (c, q, eta) = (
                conditions.supply_price[o],
                conditions.supply_quantity[o],
                conditions.supply_elasticity[o],
            );
            self.supplied[o] = q * clamped_exp(eta * ln(self.price_o[o] / c));
            let shortage = self.sum_o[o] - self.supplied[o];
            // At its lowest price a supply may stay unsold, so only a shortage is a violation.
            let at_lowest = self.price_o[o] <= conditions.lowest_price(o);
            let counted = if at_lowest { shortage } else { shortage.abs() };
            self.residual = self.residual.max(counted / measure(q, self.sum_o[o]));

            let surplus = self.supplied[o] * self.price_o[o] / (1.0 + eta);
            self.value += surplus;
            self.magnitude += surplus;
        }
    }

    /// Terms of the capacities, `K_g mu_g + R_g(mu_g)`.
    fn evaluate_capacities(&mut self, problem: &DualProblem) {
        let DualProblem { conditions, open, .. } = *problem;
        for &g in &open.capacities {
            let (limit, mu, used) = (conditions.limit[g], self.mu[g], self.sum_g[g]);
            let ridge = problem.ridge(g, mu);
            self.allowed[g] = limit + ridge.slope;
            self.gap_g[g] = (used - limit) - ridge.slope;
            let overflow = (used - limit) / limit;
            // Complementary slackness: a capacity with room left earns no rent.
            let unearned = mu * (-overflow).max(0.0) / conditions.capacity_reference_price[g];
            self.residual = self.residual.max(overflow).max(unearned);
            if mu == 0.0 {
                self.rentless_overflow = self.rentless_overflow.max(overflow);
            }

            let rent_earned = limit * mu + ridge.value;
            self.value += rent_earned;
            self.magnitude += rent_earned;
        }
    }

    /// Directional derivative of the dual at this point along `step`.
    pub(super) fn slope_along(&self, problem: &DualProblem, step: &Step) -> f64 {
        let open = problem.open;
        let demands = open
            .demands
            .iter()
            .fold(0.0, |sum, &m| sum + (self.sum_m[m] - self.demanded[m]) * step.m[m]);
        let supplies = open
            .supplies
            .iter()
            .fold(0.0, |sum, &o| sum + (self.supplied[o] - self.sum_o[o]) * step.o[o]);
        let capacities = open
            .capacities
            .iter()
            .fold(0.0, |sum, &g| sum - self.gap_g[g] * step.g[g]);
        demands + supplies + capacities
    }

    /// Copies the point to `solution`; markets that are not open have no price.
    pub(super) fn write(&self, problem: &DualProblem, solution: &mut Solution) {
        let open = problem.open;
        solution.flow.copy_from_slice(&self.f);
        solution.rent.copy_from_slice(&self.mu);
        solution.demand_price.fill(f64::NAN);
        for &m in &open.demands {
            solution.demand_price[m] = self.price_m[m];
        }
        solution.supply_price.fill(f64::NAN);
        for &o in &open.supplies {
            solution.supply_price[o] = self.price_o[o];
        }
        solution.residual = self.residual;
    }
}

/// `e^exponent`, clamped, see [`LARGEST_EXPONENT`].
pub(super) fn clamped_exp(exponent: f64) -> f64 {
    exp(exponent.clamp(-LARGEST_EXPONENT, LARGEST_EXPONENT))
}

/// `(e^u - 1) / u`, given `e^u`: the mean of the exponential between 0 and `u`.
fn mean_exponential(u: f64, exp_u: f64) -> f64 {
    // Near zero the difference would cancel; the first term left out is u^4 / 120, below 1e-14.
    if u.abs() < 1e-3 {
        1.0 + u / 2.0 * (1.0 + u / 3.0 * (1.0 + u / 4.0))
    } else {
        (exp_u - 1.0) / u
    }
}
