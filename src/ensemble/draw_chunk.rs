//! A chunk of draws of one scenario: its months simulated, recorded and checked beside the counterfactual's.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::batch::BatchScenario;
use super::driver::{Failure, Observer, groups, observe_draws, observe_group};
use super::family_tree::{Descent, LeaderChunk, LeaderGroup, LeaderPast};
use super::parameter_source::ParameterRows;
use super::record::{CellsFrom, Layout, RecordedPast, RecorderScratch};
use crate::equilibrium::SolveCounts;
use crate::math::simd::{Lanes, WIDTH};
use crate::math::width::Width;
use crate::metrics::{Counterfactual, InterleavedMonth, RouteFlows};
use crate::simulation::{Model, PathRunner, Plan, Reuse, SolvedMonth, Start};
use crate::statistics::DrawMatrix;

/// Most draws whose cells are held at a time, and reduced together: a part of a block, for all its cells would be far more
/// than what is kept of them.
pub const CHUNK: u64 = 16;

/// Runs of no more draws go in smaller chunks, so that all cores have some.
const FEW: u64 = 2 * CHUNK;

/// How many draws of a scenario are reduced together. Sums within such a group round, so this depends on nothing but the number
/// of draws of the scenario.
pub fn group_of(draws: u64) -> u64 {
    if draws <= FEW { WIDTH as u64 } else { CHUNK }
}

/// Largest gap in the accounts that rounding explains, as a share of a good's trade.
const ACCOUNTING_TOLERANCE: f64 = 1e-9;

/// Simulates the months of a scenario and records them; scratch space of one thread.
pub struct Recorder<'b> {
    runner: PathRunner<'b>,
    partings: Vec<usize>,
    scratch: RecorderScratch,
}

impl<'b> Recorder<'b> {
    /// A recorder of the draws of a scenario, which solves months in registers of some width. It keeps what followers need that
    /// part from the scenario before these months.
    pub fn new(entry: &'b BatchScenario, width: Width, reuse: Reuse, partings: Vec<usize>) -> Self {
        let BatchScenario { model, layout, .. } = entry;
        let runner = PathRunner::with_width(model, width).with_reuse(reuse);
        Self {
            runner: runner.with_waypoints(partings.clone()),
            partings,
            scratch: RecorderScratch::new(layout, &model.plan, width, reuse),
        }
    }
}

/// Room for the cells and terms of the chunk at hand, the same for all scenarios of a thread.
#[derive(Default)]
pub struct Room {
    cells: DrawMatrix,
    terms: Vec<Lanes>,
}

/// Simulates the months of a scenario without measures; scratch space of one thread.
pub struct CounterfactualRunner<'b> {
    runner: PathRunner<'b>,
    flows: RouteFlows,
}

impl<'b> CounterfactualRunner<'b> {
    /// A runner of counterfactuals, which solves months in registers of some width.
    pub fn new(model: &'b Model, width: Width, reuse: Reuse) -> Self {
        Self {
            runner: PathRunner::with_width(model, width).with_reuse(reuse),
            flows: RouteFlows::new(&model.plan, width),
        }
    }
}

/// The counterfactual of a chunk's draws.
#[derive(Default)]
pub struct CounterfactualChunk {
    /// By group of draws.
    groups: Vec<Counterfactual>,
    largest_residual: f64,
    /// Of draws without a counterfactual, in order.
    failures: Vec<Failure>,
}

impl CounterfactualChunk {
    /// Simulates the draws of a chunk without measures.
    pub fn simulate(
        runner: &mut CounterfactualRunner<'_>,
        plan: &Plan,
        draws: Range<u64>,
        parameters: &ParameterRows,
    ) -> Self {
        let CounterfactualRunner { runner, flows } = runner;
        let mut observer = CounterfactualObserver {
            plan,
            flows,
            chunk: Self::default(),
        };
        let failures = observe_draws(runner, draws, parameters, &mut observer);
        Self {
            failures,
            ..observer.chunk
        }
    }
}

struct CounterfactualObserver<'a> {
    plan: &'a Plan,
    flows: &'a mut RouteFlows,
    chunk: CounterfactualChunk,
}

impl Observer for CounterfactualObserver<'_> {
    fn begin(&mut self, _draws: &Range<u64>) {
        self.chunk.groups.push(Counterfactual::new(self.plan));
    }

    fn observe(&mut self, _draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        if let (Some(month), Some(group)) = (InterleavedMonth::new(months), self.chunk.groups.last_mut()) {
            self.flows.read(&month, &mut group.months[month.step()]);
        }
        self.chunk.largest_residual = largest_residual(months).max(self.chunk.largest_residual);
    }
}

fn largest_residual(months: &[Option<SolvedMonth<'_>>]) -> f64 {
    let residuals = months.iter().flatten().map(|month| month.solution.residual);
    residuals.fold(0.0, f64::max)
}

/// The cells of a chunk's draws, and their part of the draw log. In a draw that failed no cell exists.
pub struct DrawChunk<'a> {
    pub first: u64,
    pub cells: &'a DrawMatrix,
    /// In the order of draws.
    pub failures: Vec<Failure>,
    /// Headline metrics, then parameters, draw by draw.
    pub logged: Vec<f64>,
    pub checks: SolutionChecks,
    /// For the scenarios that follow this one.
    pub lead: LeaderChunk,
}

/// The worst of some draws, and how hard their months were.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct SolutionChecks {
    /// Largest optimality residual of any month, the counterfactual's included.
    pub largest_residual: f64,
    /// Largest gap in the accounts of any month, as a share of trade.
    pub largest_accounting_gap: f64,
    /// Months of connected parts of the network, by how they were solved.
    pub solved: SolveCounts,
}

impl SolutionChecks {
    /// Adds those of other draws.
    pub fn append(&mut self, other: &Self) {
        self.largest_residual = self.largest_residual.max(other.largest_residual);
        self.largest_accounting_gap = self.largest_accounting_gap.max(other.largest_accounting_gap);
        self.solved.append(other.solved);
    }
}

impl<'a> DrawChunk<'a> {
    /// Simulates draws beside their counterfactual and writes their results to `cells`; those that follow a leader, from where
    /// their common past ends. A draw that fails with measures or without is among the failures of the chunk.
    pub fn simulate(
        entry: &BatchScenario,
        recorder: &mut Recorder<'_>,
        Room { cells, terms }: &'a mut Room,
        draws: Range<u64>,
        parameters: &ParameterRows,
        counterfactual: &CounterfactualChunk,
        descent: Option<(&Descent, &Layout, &LeaderChunk)>,
    ) -> Self {
        let BatchScenario { model, layout, .. } = entry;
        let plan = &model.plan;
        let first_cell = descent.map_or(0, |(descent, ..)| descent.first_cell);
        cells.reshape((draws.end - draws.start) as usize, first_cell..layout.cells());
        let Recorder {
            runner,
            partings,
            scratch,
        } = recorder;
        layout.take_room(scratch, terms);
        let before = runner.solve_counts();
        let mut observer = RecordingObserver {
            layout,
            plan,
            scratch,
            cells,
            first: draws.start,
            counterfactual,
            begins: None,
            checks: SolutionChecks {
                largest_residual: counterfactual.largest_residual,
                ..SolutionChecks::default()
            },
            residual: 0.0,
            partings,
            recorded: Vec::new(),
        };
        let (mut failures, mut solved) = (Vec::new(), SolveCounts::default());
        let mut lead = LeaderChunk::default();
        for (number, group) in groups(draws.clone()).enumerate() {
            let found =
                descent.and_then(|(descent, leader, chunk)| Some((descent, leader, chunk.group(number, descent)?)));
            observer.begins = found;
            let start = found.map(|(descent, _, known)| Start {
                waypoint: known.waypoint,
                past: &descent.past,
            });
            solved.append(start.map_or(SolveCounts::default(), |start| start.waypoint.solved));
            failures.extend(observe_group(runner, &group, start, parameters, &mut observer));
            if let Some(last) = observer.partings.last() {
                lead.groups.push(LeaderGroup {
                    waypoints: runner.take_waypoints(),
                    recorded: std::mem::take(&mut observer.recorded),
                    terms: layout.terms_of(observer.scratch, *last),
                });
            }
        }
        let mut checks = observer.checks;
        layout.give_back_room(scratch, terms);
        solved.append(runner.solve_counts().since(before));
        checks.solved = solved;
        Self {
            first: draws.start,
            logged: log_rows(entry, draws, parameters, cells),
            cells,
            failures,
            checks,
            lead,
        }
    }
}

/// Writes the cells of draws and checks their accounts.
struct RecordingObserver<'a> {
    layout: &'a Layout,
    plan: &'a Plan,
    scratch: &'a mut RecorderScratch,
    cells: &'a mut DrawMatrix,
    first: u64,
    counterfactual: &'a CounterfactualChunk,
    /// The leader's record of the months before the draws at hand begin.
    begins: Option<(&'a Descent, &'a Layout, LeaderPast<'a>)>,
    checks: SolutionChecks,
    /// The largest residual of the draws at hand, so far.
    residual: f64,
    /// The months before which followers part, in order.
    partings: &'a [usize],
    /// By parting of the draws at hand.
    recorded: Vec<(usize, RecordedPast, f64)>,
}

impl RecordingObserver<'_> {
    fn group(&self, draws: &Range<u64>) -> usize {
        (draws.start - self.first) as usize / WIDTH
    }
}

impl Observer for RecordingObserver<'_> {
    fn begin(&mut self, _draws: &Range<u64>) {
        self.layout.start(self.scratch);
        self.residual = 0.0;
        if let Some((descent, leader, known)) = self.begins {
            self.layout
                .follow(leader, &descent.past, known.recorded, known.terms, self.scratch);
            self.residual = known.residual;
        }
    }

    fn observe(&mut self, draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        let group = self.group(draws);
        let usual = &self.counterfactual.groups[group];
        self.residual = largest_residual(months).max(self.residual);
        let first = self.cells.cells().start;
        let Some((month, cells)) = InterleavedMonth::new(months).zip(self.cells.groups_mut().nth(group)) else {
            return;
        };
        let mut cells = CellsFrom { first, cells };
        self.layout
            .write_month(self.plan, &month, usual, self.scratch, &mut cells);
        if self.partings.contains(&(month.step() + 1)) {
            let past = self.layout.past(self.scratch);
            self.recorded.push((month.step() + 1, past, self.residual));
        }
    }

    fn end(&mut self, draws: &Range<u64>, failures: &mut Vec<Failure>) {
        self.checks.largest_residual = self.residual.max(self.checks.largest_residual);
        let group = self.group(draws);
        let first = self.cells.cells().start;
        let Some(cells) = self.cells.groups_mut().nth(group) else {
            return;
        };
        let mut own = CellsFrom { first, cells };
        self.layout.finish(self.scratch, &mut own);
        let cells = own.cells;
        let without = &self.counterfactual.failures;
        let without = without.iter().filter(|failure| draws.contains(&failure.draw));
        // A draw that fails with measures too is told once.
        failures.retain(|failure| without.clone().all(|known| known.draw != failure.draw));
        failures.extend(without.cloned());
        let usual = &self.counterfactual.groups[group];
        let gaps = self.layout.accounting_gap(usual, self.plan, self.scratch);
        for (draw, gap) in draws.clone().zip(gaps) {
            // A draw that failed has accounts of fewer months, which need not add up.
            if failures.iter().all(|failure| failure.draw != draw) {
                failures.extend(self.checks.add_gap(gap, draw, self.plan));
            }
        }
        for failure in &*failures {
            let lane = (failure.draw - draws.start) as usize;
            cells.iter_mut().for_each(|cell| cell.0[lane] = f64::NAN);
        }
    }
}

/// Headline metrics of each draw, then its parameters.
fn log_rows(entry: &BatchScenario, draws: Range<u64>, parameters: &ParameterRows, cells: &DrawMatrix) -> Vec<f64> {
    let headlines = entry.layout.headlines();
    let columns = headlines.len() + entry.model.plan.scenario.parameters.len();
    let mut rows = Vec::with_capacity(cells.draws() * columns);
    for (place, draw) in draws.enumerate() {
        rows.extend(headlines.iter().map(|headline| cells.value(place, headline.2)));
        rows.extend(parameters.of_draw(draw));
    }
    rows
}

impl SolutionChecks {
    /// Takes note of the gap in the accounts of a draw, and returns a failure if rounding does not explain it.
    fn add_gap(&mut self, gap: f64, draw: u64, plan: &Plan) -> Option<Failure> {
        self.largest_accounting_gap = self.largest_accounting_gap.max(gap);
        if gap <= ACCOUNTING_TOLERANCE {
            return None;
        }
        let reason = format!("restricted trade does not add up: gap {gap:.1e} of trade");
        Some(Failure {
            draw,
            month: plan.scenario.horizon.start,
            reason,
        })
    }
}
