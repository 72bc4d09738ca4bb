//! The driver: solves each connected component of the month by itself, eight draws side by side, and passes the months
//! that the SIMD path leaves unsolved to the fallback.
//!
//! Which components a draw's month has depends on the limits that are in force in that draw alone. Draws whose months
//! differ in this are not side by side where they differ, so no draw changes another.

use serde::{Deserialize, Serialize};

use super::components::{Component, Divisions};
use super::fallback::FallbackSolver;
use super::simd::SimdSolver;
use super::{Conditions, Network, Solution, Unsolved};
use crate::math::simd::WIDTH;
use crate::math::width::Width;

/// Residual (without unit) at which a month counts as solved unless the caller says otherwise. It leaves relative flow
/// errors below 1e-8.
pub const DEFAULT_TOLERANCE: f64 = 1e-9;

/// Solves the months of one network. Holds all scratch space, so that solving allocates nothing once all divisions of
/// the network have been met; each thread has one.
#[derive(Debug)]
pub struct Solver {
    components: Vec<ComponentSolver>,
    divisions: Divisions,
    width: Width,
    /// Scratch space: the components of each draw's month.
    of_draw: [Vec<usize>; WIDTH],
    /// Scratch space for the first guesses of the current draws.
    guesses: Vec<Solution>,
    /// Months of components solved since the solver was made.
    pub counts: SolveCounts,
}

/// Counts months of components by the path that solved them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SolveCounts {
    /// Solved side by side.
    pub simd: u64,
    /// Solved one by one, by the fallback.
    pub fallback: u64,
}

impl SolveCounts {
    /// Adds those of other months.
    pub fn append(&mut self, other: Self) {
        self.simd += other.simd;
        self.fallback += other.fallback;
    }

    /// Those that came after `earlier`, which are among these.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            simd: self.simd - earlier.simd,
            fallback: self.fallback - earlier.fallback,
        }
    }

    /// The share that the fallback solved; zero of none.
    pub fn fallback_share(self) -> f64 {
        let all = self.simd + self.fallback;
        if all == 0 {
            0.0
        } else {
            self.fallback as f64 / all as f64
        }
    }
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
            components: Vec::new(),
            divisions: Divisions::new(network),
            width,
            of_draw: Default::default(),
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
            self.divide(network, conditions);
            let Self {
                components,
                of_draw,
                guesses,
                width,
                counts,
                ..
            } = self;
            let (mut lanes, guesses) = (Vec::with_capacity(WIDTH), &guesses[..conditions.len()]);
            for (place, component) in components.iter_mut().enumerate() {
                let has_it = |lane: &usize| of_draw[*lane].binary_search(&place).is_ok();
                lanes.clear();
                lanes.extend((0..conditions.len()).filter(has_it));
                if !lanes.is_empty() {
                    let draws = DrawGroup {
                        lanes: &lanes,
                        conditions,
                        guesses,
                    };
                    component.solve(draws, solutions, tolerance, *width, counts);
                }
            }
        }
    }

    /// Finds the components of each draw's month.
    fn divide(&mut self, network: &Network, conditions: &[Conditions]) {
        let Self {
            components,
            divisions,
            of_draw,
            ..
        } = self;
        if divisions.are_many() {
            divisions.forget();
            components.clear();
        }
        for (places, conditions) in of_draw.iter_mut().zip(conditions) {
            let found = divisions.of_month(network, conditions, |component| {
                components.push(ComponentSolver::new(component));
                components.len() - 1
            });
            found.clone_into(places);
        }
    }
}

/// The draws of a group that have one component in their month.
#[derive(Clone, Copy)]
pub(super) struct DrawGroup<'a> {
    /// The places in the group of those draws, at most [`WIDTH`] and at least one.
    pub(super) lanes: &'a [usize],
    pub(super) conditions: &'a [Conditions],
    pub(super) guesses: &'a [Solution],
}

impl<'a> DrawGroup<'a> {
    /// The place of the draw in a lane; lanes without a draw repeat the last, so that they compute with valid numbers.
    fn place(&self, lane: usize) -> usize {
        self.lanes[lane.min(self.lanes.len() - 1)]
    }

    /// The conditions of the draw in each lane.
    pub(super) fn conditions(&self) -> [&'a Conditions; WIDTH] {
        std::array::from_fn(|lane| &self.conditions[self.place(lane)])
    }

    /// The first guess of the draw in each lane.
    pub(super) fn guesses(&self) -> [&'a Solution; WIDTH] {
        std::array::from_fn(|lane| &self.guesses[self.place(lane)])
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

    /// Solves this component's month of some draws: side by side, then by the fallback where that failed.
    fn solve(
        &mut self,
        draws: DrawGroup<'_>,
        solutions: &mut [Solution],
        tolerance: f64,
        width: Width,
        counts: &mut SolveCounts,
    ) {
        let outcome = self.simd.solve(&self.component, draws, tolerance, width);
        self.simd.write(&self.component, &outcome, draws.lanes, solutions);
        for (lane, &draw) in draws.lanes.iter().enumerate() {
            if outcome.solved.lane(lane) {
                counts.simd += 1;
            } else {
                counts.fallback += 1;
                self.solve_by_fallback(&draws.conditions[draw], &draws.guesses[draw], tolerance);
                self.component.write_solution(&self.solution, &mut solutions[draw]);
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
