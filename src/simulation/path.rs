//! Draws month by month: shocks, measures, events, equilibrium, and the capacities of the next month.

use std::collections::VecDeque;
use std::mem;

use super::common_past::{CommonPast, REMEMBERED};
use super::effects::Opening;
use super::model::Model;
use super::prepare::Preparation;
use super::reuse::Reuse;
use super::sampling::Chance;
use super::seizure::{Seizures, Sent};
use super::state::{DrawnInputs, State};
use crate::equilibrium::{Conditions, Solution, SolveCounts, Solver, Unsolved};
use crate::math::simd::WIDTH;
use crate::math::width::Width;
use crate::model::Month;
use crate::policy::Effects;

/// A draw to be simulated.
#[derive(Clone, Copy, Debug)]
pub struct PathInput<'a> {
    pub chance: Chance,
    /// Values of the scenario's parameters, in their order; where none are given, `chance` draws them.
    pub parameters: Option<&'a [f64]>,
}

impl From<Chance> for PathInput<'_> {
    fn from(chance: Chance) -> Self {
        Self {
            chance,
            parameters: None,
        }
    }
}

/// A month that has been solved.
#[derive(Clone, Copy)]
pub struct SolvedMonth<'a> {
    pub step: usize,
    pub conditions: &'a Conditions,
    pub solution: &'a Solution,
    /// The effects of measures and programmes.
    pub effects: &'a Effects,
    /// Events by place in [`Model::hazards`]: one where it occurs, else zero; its probability where chance is central.
    pub events: &'a [f64],
    /// Tonnes seized by route, beyond what was delivered.
    pub seized: &'a [f64],
}

/// Where some draws stand between two months: all that a follower needs to go on from there.
#[derive(Debug)]
pub struct Waypoint {
    /// The month that comes next.
    pub step: usize,
    /// Months of connected parts of the network solved so far.
    pub solved: SolveCounts,
    /// By place among the draws.
    draws: Vec<DrawWaypoint>,
}

/// Where one draw stands.
#[derive(Debug)]
struct DrawWaypoint {
    state: State,
    openings: Vec<Opening>,
    /// Of the last month.
    solution: Solution,
    outcome: Result<(), PathError>,
    /// The last months, with flows by route.
    seen: Vec<(Month, Vec<f64>)>,
}

/// Where draws begin that follow others: at the waypoint of a leader where their common past ends.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    pub waypoint: &'a Waypoint,
    pub past: &'a CommonPast,
}

/// A month without a solution.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{month}: {cause}")]
pub struct PathError {
    pub month: Month,
    #[source]
    pub cause: Unsolved,
}

/// Simulates paths of one model; scratch space of one thread, filled again for each draw.
#[derive(Debug)]
pub struct PathRunner<'m> {
    model: &'m Model,
    solver: Solver,
    /// Months that solvers before this one have solved.
    solved_before: SolveCounts,
    width: Width,
    reuse: Reuse,
    /// By place among the draws at hand, as the solver wants them.
    conditions: Vec<Conditions>,
    solutions: Vec<Solution>,
    paths: Vec<DrawPath<'m>>,
    seizures: Seizures<'m>,
    /// The months before which to keep waypoints.
    kept_before: Vec<usize>,
    /// Those of the draws at hand.
    waypoints: Vec<Waypoint>,
}

impl<'m> PathRunner<'m> {
    /// A runner whose solver uses the widest registers at hand.
    pub fn new(model: &'m Model) -> Self {
        Self::with_width(model, Width::widest())
    }

    /// A runner whose solver uses registers of a certain width; the results do not depend on it.
    pub fn with_width(model: &'m Model, width: Width) -> Self {
        Self {
            model,
            solver: Solver::with_width(&model.plan.network, width),
            solved_before: SolveCounts::default(),
            width,
            reuse: Reuse::default(),
            conditions: Vec::new(),
            solutions: Vec::new(),
            paths: Vec::new(),
            seizures: Seizures::new(&model.seizures, width),
            kept_before: Vec::new(),
            waypoints: Vec::new(),
        }
    }

    /// A runner that keeps from month to month what `reuse` says; before its first draw.
    pub fn with_reuse(self, reuse: Reuse) -> Self {
        Self { reuse, ..self }
    }

    /// A runner that keeps waypoints before these months, for [`take_waypoints`](Self::take_waypoints).
    pub fn with_waypoints(self, kept_before: Vec<usize>) -> Self {
        Self { kept_before, ..self }
    }

    /// The waypoints of the draws that were simulated last, in order; none where all of them had failed before.
    pub fn take_waypoints(&mut self) -> Vec<Waypoint> {
        mem::take(&mut self.waypoints)
    }

    /// Months of connected parts of the network solved since the runner was made.
    pub fn solve_counts(&self) -> SolveCounts {
        let mut counts = self.solved_before;
        counts.append(self.solver.counts);
        counts
    }

    /// Simulates all months of one draw and shows each to `observe`.
    ///
    /// # Errors
    /// When a month's equilibrium misses the tolerance.
    pub fn run(&mut self, chance: Chance, mut observe: impl FnMut(SolvedMonth<'_>)) -> Result<(), PathError> {
        let mut outcomes = self.run_together(&[chance], |_, month| observe(month));
        outcomes.pop().unwrap_or(Ok(()))
    }

    /// Simulates several draws in step and shows each month of each to `observe`, with the draw's place in `chances`. Each
    /// path is the same as if it had been simulated alone. Returns for each whether all its months were solved.
    pub fn run_together(
        &mut self,
        chances: &[Chance],
        mut observe: impl FnMut(usize, SolvedMonth<'_>),
    ) -> Vec<Result<(), PathError>> {
        let inputs: Vec<PathInput<'_>> = chances.iter().map(|&chance| chance.into()).collect();
        self.run_in_step(&inputs, None, |months| {
            for (place, month) in months.iter().enumerate() {
                month.iter().for_each(|month| observe(place, *month));
            }
        })
    }

    /// As [`PathRunner::run_together`], but shows a month of all draws at once; those that have failed have none. Draws that
    /// start on the way have no month before it.
    pub fn run_in_step(
        &mut self,
        inputs: &[PathInput<'_>],
        start: Option<Start<'_>>,
        mut observe: impl FnMut(&[Option<SolvedMonth<'_>>]),
    ) -> Vec<Result<(), PathError>> {
        self.start(inputs, start);
        let first = start.map_or(0, |start| start.waypoint.step);
        let mut solved = start.map_or(SolveCounts::default(), |start| start.waypoint.solved);
        let plan = &self.model.plan;
        let tolerance = plan.scenario.simulation.tolerance;
        let (conditions, solutions) = (
            &mut self.conditions[..inputs.len()],
            &mut self.solutions[..inputs.len()],
        );
        let paths = &mut self.paths[..inputs.len()];
        // The order within a month is part of the model (docs/model.md): trade meets the capacities of the month before.
        for (step, month) in plan.scenario.horizon.iter().enumerate().skip(first) {
            if step > first && self.kept_before.contains(&step) {
                let draws = paths.iter().zip(&*solutions);
                self.waypoints.push(Waypoint {
                    step,
                    solved,
                    draws: draws.map(|(path, solution)| path.waypoint(solution)).collect(),
                });
            }
            for (path, conditions) in paths.iter_mut().zip(&mut *conditions) {
                path.begin_month(step, month, conditions);
            }
            if self.reuse == Reuse::Nothing {
                // A new solver has no pattern of active capacities from the month before.
                self.solved_before.append(self.solver.counts);
                self.solver = Solver::with_width(&plan.network, self.width);
            }
            let before = self.solver.counts;
            // A draw that has failed is solved on with the others: its lane is there anyway, and nobody looks at it.
            self.solver
                .solve_together(&plan.network, conditions, solutions, tolerance);
            solved.append(self.solver.counts.since(before));
            for (path, solution) in paths.iter_mut().zip(&*solutions) {
                path.judge(month, solution, tolerance);
            }
            seize(&mut self.seizures, step, paths, solutions);
            // Months are shown before capacities move on: an observer sees what the solution was found under.
            let rooms = paths.iter().zip(&*conditions).zip(&*solutions);
            let months: Vec<Option<SolvedMonth>> = rooms
                .map(|((path, conditions), solution)| path.solved(step, conditions, solution))
                .collect();
            observe(&months);
            let is_remembered = self
                .kept_before
                .iter()
                .any(|kept| (kept.saturating_sub(REMEMBERED)..*kept).contains(&step));
            for (path, solution) in paths.iter_mut().zip(&*solutions) {
                path.end_month(month, solution);
                if is_remembered {
                    path.remember(month, solution);
                }
            }
            // One draw that still runs keeps the others in step.
            if paths.iter().all(|path| path.outcome.is_err()) {
                break;
            }
        }
        let outcomes = paths.iter_mut();
        outcomes.map(|path| mem::replace(&mut path.outcome, Ok(()))).collect()
    }

    /// Takes up some draws, before their first month or where a leader has brought them.
    fn start(&mut self, inputs: &[PathInput<'_>], start: Option<Start<'_>>) {
        self.waypoints.clear();
        let (model, network) = (self.model, &self.model.plan.network);
        // The last group of a chunk may be smaller. Arrays are made for the largest and stay.
        while self.paths.len() < inputs.len() {
            self.conditions.push(Conditions::neutral(network));
            self.solutions.push(Solution::unknown(network));
            self.paths.push(DrawPath::new(model, self.width, self.reuse));
        }
        let rooms = self.paths.iter_mut().zip(&mut self.conditions).zip(&mut self.solutions);
        for (place, (((path, conditions), solution), &input)) in rooms.zip(inputs).enumerate() {
            path.start(input, conditions);
            // A first guess from an earlier draw would make results depend on which thread took which draws.
            solution.forget();
            if let Some(Start { waypoint, past }) = start {
                path.follow(&waypoint.draws[place], past);
                follow(solution, &waypoint.draws[place].solution, past);
            }
        }
    }
}

/// Takes up the last solution of a leader, from which the next month starts.
fn follow(solution: &mut Solution, leader: &Solution, past: &CommonPast) {
    solution.supply_price.copy_from_slice(&leader.supply_price);
    solution.demand_price.copy_from_slice(&leader.demand_price);
    // A limit that the leader lacks has not been in force.
    for (rent, place) in solution.rent.iter_mut().zip(&past.constraints) {
        *rent = place.map_or(0.0, |place| leader.rent[place]);
    }
}

/// Checks seize what they find, in several draws at once.
fn seize(seizures: &mut Seizures<'_>, step: usize, paths: &mut [DrawPath<'_>], solutions: &[Solution]) {
    for (paths, solutions) in paths.chunks_mut(WIDTH).zip(solutions.chunks(WIDTH)) {
        let mut draws = paths.iter_mut().zip(solutions);
        let mut sent = std::array::from_fn(|_| draws.next().and_then(|(path, solution)| path.sends(solution)));
        seizures.seize(step, &mut sent);
    }
}

/// A draw on its way through the months.
#[derive(Debug)]
struct DrawPath<'m> {
    model: &'m Model,
    draw: DrawnInputs<'m>,
    state: State,
    preparation: Preparation,
    /// Scratch space: tonnes received by demand.
    received: Vec<f64>,
    outcome: Result<(), PathError>,
    /// The last months that waypoints tell of, with flows by route.
    seen: VecDeque<(Month, Vec<f64>)>,
}

impl<'m> DrawPath<'m> {
    fn new(model: &'m Model, width: Width, reuse: Reuse) -> Self {
        Self {
            model,
            draw: DrawnInputs::new(model),
            state: State::new(model),
            preparation: Preparation::new(model, width, reuse),
            received: vec![0.0; model.plan.demand_quantity.len()],
            outcome: Ok(()),
            seen: VecDeque::new(),
        }
    }

    /// Takes up another draw.
    fn start(&mut self, input: PathInput<'_>, conditions: &mut Conditions) {
        self.draw.redraw(self.model, input);
        self.state.restart(self.model, &self.draw.values);
        self.preparation.start(self.model, &self.draw, conditions);
        self.outcome = Ok(());
        self.seen.clear();
    }

    /// Goes on from where a leader stands, after [`start`](Self::start).
    fn follow(&mut self, leader: &DrawWaypoint, past: &CommonPast) {
        self.state.follow(self.model, &leader.state, past, &leader.seen);
        self.preparation.follow(&leader.openings);
        self.outcome.clone_from(&leader.outcome);
        self.seen.extend(leader.seen.iter().cloned());
    }

    /// Where the draw stands after the last month, which had this solution.
    fn waypoint(&self, solution: &Solution) -> DrawWaypoint {
        DrawWaypoint {
            state: self.state.clone(),
            openings: self.preparation.openings().to_vec(),
            solution: solution.clone(),
            outcome: self.outcome.clone(),
            seen: self.seen.iter().cloned().collect(),
        }
    }

    /// Remembers the flows of a month for waypoints.
    fn remember(&mut self, month: Month, solution: &Solution) {
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back((month, solution.flow.clone()));
    }

    /// Prepares the month before trade: effects of measures, events, shocks.
    fn begin_month(&mut self, step: usize, month: Month, conditions: &mut Conditions) {
        let Self {
            model,
            draw,
            state,
            preparation,
            ..
        } = self;
        preparation.evaluate(model, draw, state, step, month);
        // Events come in between: they depend on the ceilings of this month and lower its capacities.
        state.act(model, draw, &preparation.enforcement.effects, step);
        preparation.write(model, draw, state, step, month, conditions);
    }

    /// Notes a month without a solution: the path has failed, and its later months are not looked at.
    fn judge(&mut self, month: Month, solution: &Solution, tolerance: f64) {
        if self.outcome.is_ok() {
            let outcome = solution.outcome(tolerance);
            self.outcome = outcome.map_err(|cause| PathError { month, cause });
        }
    }

    /// The shipments that checks may meet; none once the path has failed.
    fn sends<'a>(&'a mut self, solution: &'a Solution) -> Option<Sent<'a>> {
        self.outcome.is_ok().then_some(Sent {
            chance: self.draw.chance,
            effects: &self.preparation.enforcement.effects,
            flow: &solution.flow,
            seized: &mut self.state.seized,
        })
    }

    /// The month as it was solved; none once the path has failed.
    fn solved<'a>(
        &'a self,
        step: usize,
        conditions: &'a Conditions,
        solution: &'a Solution,
    ) -> Option<SolvedMonth<'a>> {
        self.outcome.is_ok().then_some(SolvedMonth {
            step,
            conditions,
            solution,
            effects: &self.preparation.enforcement.effects,
            events: &self.state.events,
            seized: &self.state.seized,
        })
    }

    /// Lets designations and inspections see the month's trade, and capacities adapt to its rents.
    fn end_month(&mut self, month: Month, solution: &Solution) {
        if self.outcome.is_err() {
            return;
        }
        let (values, effects) = (&self.draw.values, &self.preparation.enforcement.effects);
        self.state.learn(self.model, values, month, &solution.flow);
        self.state
            .adapt(self.model, values, effects, solution, &mut self.received);
    }
}
