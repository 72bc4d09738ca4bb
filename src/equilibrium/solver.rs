//! The driver: solves each connected component of the network by itself, eight draws side by side, and passes the
//! months that the SIMD path leaves unsolved to the fallback.

use super::components::{Component, decompose};
use super::fallback::FallbackSolver;
use super::simd::SimdSolver;
use super::{Conditions, Network, Solution, Unsolved};
use crate::math::simd::WIDTH;
use crate::math::width::Width;

/// Residual (without unit) at which a month counts as solved unless the caller says otherwise. It leaves relative flow
/// errors below 1e-8.
pub const DEFAULT_TOLERANCE: f64 = 1e-9;

/// Solves the months of one network. Holds all scratch space, so that solving allocates nothing; each thread has one.
#[derive(Debug)]
pub struct Solver {
    components: Vec<ComponentSolver>,
    width: Width,
    /// Scratch space for the first guesses of the current draws.
    guesses: Vec<Solution>,
    /// Months of components solved since the solver was made.
    pub counts: SolveCounts,
}

/// Counts months of components by the path that solved them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SolveCounts {
    /// Solved side by side.
    pub simd: u64,
    /// Solved one by one, by the fallback.
    pub fallback: u64,
}

/// A connected component with its two solvers and their scratch space.
#[derive(Debug)]
struct ComponentSolver {
    component: Component,
    simd: SimdSolver,
    fallback: FallbackSolver,
    conditions: Conditions,
    solution: Solution,
}

impl Solver {
    /// A workspace for `network`.
    pub fn new(network: &Network) -> Self {
        Self::with_width(network, Width::widest())
    }

    /// A workspace that computes with registers of a certain width. The results do not depend on it.
    pub fn with_width(network: &Network, width: Width) -> Self {
        Self {
            components: decompose(network).into_iter().map(ComponentSolver::new).collect(),
            width,
            guesses: Vec::new(),
            counts: SolveCounts::default(),
        }
    }

    /// Finds the equilibrium of `conditions` to `tolerance`. `solution` holds the first guess and receives the result.
    ///
    /// `network` must be the one this solver was made for. The result depends on nothing but the arguments.
    ///
    /// # Errors
    ///
    /// [`Unsolved`] if the residual stays above the tolerance; `solution` then holds the last attempt. Not known to
    /// happen at the default tolerance unless a condition is out of its domain.
    pub fn solve(
        &mut self,
        network: &Network,
        conditions: &Conditions,
        solution: &mut Solution,
        tolerance: f64,
    ) -> Result<(), Unsolved> {
        let (conditions, solution) = (std::slice::from_ref(conditions), std::slice::from_mut(solution));
        self.solve_together(network, conditions, solution, tolerance);
        solution[0].outcome(tolerance)
    }

    /// As [`Solver::solve`] for several draws. Each result is the same, to the bit, as if that draw had been solved
    /// alone; [`Solution::outcome`] says whether it was solved.
    ///
    /// # Panics
    ///
    /// If there are not as many solutions as conditions.
    pub fn solve_together(
        &mut self,
        network: &Network,
        conditions: &[Conditions],
        solutions: &mut [Solution],
        tolerance: f64,
    ) {
        assert_eq!(conditions.len(), solutions.len(), "a solution for each draw");
        let fits = conditions.iter().all(|draw| draw.fits(network));
        debug_assert!(fits, "conditions of another network");
        for (conditions, solutions) in conditions.chunks(WIDTH).zip(solutions.chunks_mut(WIDTH)) {
            // Guesses are read while solutions are written, so the two are swapped, which copies nothing.
            self.guesses.resize_with(WIDTH, || Solution::unknown(network));
            for (guess, solution) in self.guesses.iter_mut().zip(&mut *solutions) {
                std::mem::swap(guess, solution);
                solution.clear();
            }
            let guesses = &self.guesses[..conditions.len()];
            for component in &mut self.components {
                component.solve(conditions, guesses, solutions, tolerance, self.width, &mut self.counts);
            }
        }
    }
}

impl ComponentSolver {
    fn new(component: Component) -> Self {
        let network = &component.network;
        Self {
            simd: SimdSolver::new(&component),
            fallback: FallbackSolver::new(network),
            conditions: Conditions::neutral(network),
            solution: Solution::unknown(network),
            component,
        }
    }

    /// Solves this component's month of up to [`WIDTH`] draws: side by side, then by the fallback where that failed.
    fn solve(
        &mut self,
        conditions: &[Conditions],
        guesses: &[Solution],
        solutions: &mut [Solution],
        tolerance: f64,
        width: Width,
        counts: &mut SolveCounts,
    ) {
        let outcome = self.simd.solve(&self.component, conditions, guesses, tolerance, width);
        self.simd.write(&self.component, &outcome, solutions);
        for (lane, solution) in solutions.iter_mut().enumerate() {
            if outcome.solved.lane(lane) {
                counts.simd += 1;
            } else {
                counts.fallback += 1;
                self.solve_by_fallback(&conditions[lane], &guesses[lane], tolerance);
                self.component.write_solution(&self.solution, solution);
            }
        }
    }

    fn solve_by_fallback(&mut self, conditions: &Conditions, guess: &Solution, tolerance: f64) {
        self.component.read_conditions(conditions, &mut self.conditions);
        self.component.read_guess(guess, &mut self.solution);
        self.fallback
            .solve(&self.component.network, &self.conditions, &mut self.solution, tolerance);
    }
}
