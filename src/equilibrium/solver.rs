//! Months to their equilibria: each part of the network by itself, several draws side by side.

use super::careful::Careful;
use super::components::{Component, decompose};
use super::{Conditions, Network, Solution, Unsolved};

/// Residual at which a month counts as solved unless the caller says otherwise. It leaves flow errors below 1e-8.
pub const DEFAULT_TOLERANCE: f64 = 1e-9;

/// Solves the months of one network. Holds the workspace, so that solving allocates nothing; one for each thread.
#[derive(Debug)]
pub struct Solver {
    parts: Vec<Part>,
}

/// A part of the network, and what its solution needs.
#[derive(Debug)]
struct Part {
    component: Component,
    careful: Careful,
    conditions: Conditions,
    solution: Solution,
}

impl Solver {
    /// A workspace for `network`.
    pub fn new(network: &Network) -> Self {
        Self {
            parts: decompose(network).into_iter().map(Part::new).collect(),
        }
    }

    /// Finds the equilibrium of `conditions` to `tolerance`, starting from what `solution` holds and leaving it there.
    ///
    /// `network` must be the one this solver was made for. The result depends on nothing but the arguments.
    ///
    /// # Errors
    ///
    /// [`Unsolved`] if the residual stays above the tolerance; `solution` then holds the last attempt. Not known to happen
    /// at the default tolerance unless a condition is out of its domain.
    pub fn solve(
        &mut self,
        network: &Network,
        conditions: &Conditions,
        solution: &mut Solution,
        tolerance: f64,
    ) -> Result<(), Unsolved> {
        debug_assert!(conditions.fits(network), "conditions of another network");
        for part in &mut self.parts {
            part.component.read_guess(solution, &mut part.solution);
        }
        solution.clear();
        (solution.residual, solution.iterations) = (0.0, 0);
        for part in &mut self.parts {
            part.solve_carefully(conditions, tolerance);
            part.component.write_solution(&part.solution, solution);
        }
        solution.outcome(tolerance)
    }
}

impl Part {
    fn new(component: Component) -> Self {
        let network = &component.network;
        Self {
            careful: Careful::new(network),
            conditions: Conditions::neutral(network),
            solution: Solution::unknown(network),
            component,
        }
    }

    fn solve_carefully(&mut self, whole: &Conditions, tolerance: f64) {
        self.component.read_conditions(whole, &mut self.conditions);
        self.careful
            .solve(&self.component.network, &self.conditions, &mut self.solution, tolerance);
    }
}
