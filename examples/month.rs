//! Measures the whole month of a run on one scenario, and the shares of its stages. Prints one line of JSON.
//!
//! Counts a month of a draw once, though its counterfactual run without measures is simulated too. `solve` repeats the
//! months of the first block, its counterfactual's included, in the bare solver; `prepare` is what simulating paths takes
//! beyond that, `statistics` what reducing rows that vary like the run's to moments and counts takes, `record` the
//! rest: result rows and accounts. These are shares of the whole; `statistics_over_solve` is the one over the other.

#![allow(clippy::print_stdout, reason = "a program for measurements, not the product")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use ndarray::Array2;
use roundabout::diagnostic::Report;
use roundabout::ensemble::{BLOCK, Batch, CHUNK, Finished, Progress};
use roundabout::equilibrium::{Conditions, Solution, Solver};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::math::width::Width;
use roundabout::scenario::Scenario;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};
use roundabout::statistics::{Collected, Collector, DrawMatrix, Summary};

#[derive(Parser)]
struct Arguments {
    scenario: PathBuf,
    #[arg(long, default_value_t = 512)]
    draws: u64,
    #[arg(long)]
    months: Option<usize>,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Solve in the registers that every processor has
    #[arg(long)]
    baseline: bool,
    /// Measure the stages too
    #[arg(long)]
    stages: bool,
}

struct Unwatched;

impl Progress for Unwatched {
    fn advance(&self, _scenario: usize, _draws: u64) {}
}

fn read(arguments: &Arguments) -> Scenario {
    let mut report = Report::default();
    let mut scenario = read_scenarios(std::slice::from_ref(&arguments.scenario), IdleLines::Fault, &mut report)
        .unwrap_or_else(|error| panic!("{error}\n{}", report.render(false)))
        .remove(0);
    scenario.simulation.draws = arguments.draws;
    scenario.horizon.months = arguments.months.unwrap_or(scenario.horizon.months);
    scenario
}

/// Seconds to simulate the paths of a block without looking at them, and to solve its months alone.
fn paths(model: &Model, blocks: u64) -> (f64, f64) {
    const TOGETHER: u64 = 8;
    let mut runner = PathRunner::new(model);
    let mut seconds = 0.0;
    let mut months: Vec<Vec<Conditions>> = Vec::new();
    for first in (0..blocks * BLOCK).step_by(TOGETHER as usize) {
        let chances: Vec<Chance> = (first..first + TOGETHER).map(Chance::Draw).collect();
        let start = Instant::now();
        let outcomes = runner.run_together(&chances, |_, _| ());
        seconds += start.elapsed().as_secs_f64();
        assert!(outcomes.iter().all(Result::is_ok), "a month is unsolved");
        if first < BLOCK {
            let mut seen = vec![Vec::new(); model.plan.scenario.horizon.months];
            runner.run_together(&chances, |_, month| seen[month.step].push(month.conditions.clone()));
            months.extend(seen);
        }
    }
    (seconds / blocks as f64, solving(model, &months))
}

/// Seconds to solve the months of a block once more, their conditions as fresh from memory as paths leave them.
fn solving(model: &Model, months: &[Vec<Conditions>]) -> f64 {
    const TIMES: usize = 3;
    let plan = &model.plan;
    let mut solver = Solver::new(&plan.network);
    let mut solutions: Vec<Solution> = Vec::new();
    let mut seconds = 0.0;
    for _ in 0..TIMES {
        for (number, conditions) in months.iter().enumerate() {
            if number % plan.scenario.horizon.months == 0 {
                solutions = conditions.iter().map(|_| Solution::unknown(&plan.network)).collect();
            }
            let conditions = conditions.clone();
            let start = Instant::now();
            solver.solve_together(
                &plan.network,
                &conditions,
                &mut solutions,
                plan.scenario.simulation.tolerance,
            );
            seconds += start.elapsed().as_secs_f64();
        }
    }
    seconds / TIMES as f64
}

/// Draws of a strip whose cells vary and are missing as those of a run do, each of them about its own mean.
fn strip_like(collected: &Collected, random: &mut impl FnMut() -> f64) -> DrawMatrix {
    let mut rows = Array2::zeros((CHUNK as usize, collected.cells()));
    for (cell, mut column) in rows.columns_mut().into_iter().enumerate() {
        let Summary { mean, sd, .. } = collected.summary(cell);
        let (mean, sd) = (mean.unwrap_or(f64::NAN), sd.unwrap_or(0.0));
        column.fill(mean);
        if sd > 0.0 {
            let has_two_signs = collected
                .share_below_zero(cell)
                .is_some_and(|share| share > 0.0 && share < 1.0);
            let value = |random: f64| mean + sd * random;
            let alike = |value: f64| if has_two_signs { value } else { value.abs() };
            column.map_inplace(|place| *place = alike(value(random())));
        }
    }
    DrawMatrix::from(rows.view())
}

/// Seconds to reduce the rows of a block of draws.
fn statistics(collected: &Collected) -> f64 {
    const WARM: usize = 4;
    const TIMED: usize = 16;
    // A linear congruential generator: enough here.
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut normal = || (0..12).fold(-6.0, |sum, _| sum + uniform());
    let collector = Collector::new(collected.cells());
    let mut seconds = 0.0;
    for strip in 0..WARM + TIMED {
        let rows = strip_like(collected, &mut normal);
        let start = Instant::now();
        collector.absorb(strip, &rows);
        if strip >= WARM {
            seconds += start.elapsed().as_secs_f64();
        }
    }
    seconds * BLOCK as f64 / (TIMED as u64 * CHUNK) as f64
}

fn main() {
    let arguments = Arguments::parse();
    let scenario = read(&arguments);
    let months = scenario.horizon.months;
    let mut batch = Batch::new(vec![Arc::new(scenario.clone())], 0);
    if arguments.baseline {
        batch.width = Width::BASELINE;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()
        .expect("threads");
    let start = Instant::now();
    let outcomes = pool
        .install(|| batch.run(None, &Unwatched))
        .expect("a file for what is kept");
    let seconds = start.elapsed().as_secs_f64();
    let finished: Vec<Finished> = outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|failure| panic!("{failure}")))
        .collect();
    let count = arguments.draws as usize * months;
    let cells = batch.scenarios[0].layout.cells();
    print!(
        "{{\"months\": {count}, \"seconds\": {seconds:.6}, \"per_second\": {:.1}, \"cells\": {cells}",
        count as f64 / seconds
    );
    if arguments.stages {
        let blocks = arguments.draws.div_ceil(BLOCK);
        let own = Model::new(Plan::new(Arc::new(scenario.clone())));
        let counterfactual = Model::new(Plan::new(Arc::new(scenario.without_measures())));
        let (own, counterfactual) = (paths(&own, blocks), paths(&counterfactual, blocks));
        let block = seconds * arguments.threads as f64 / blocks as f64;
        let (paths, solve) = (own.0 + counterfactual.0, own.1 + counterfactual.1);
        let statistics = statistics(&finished[0].collected);
        print!(
            ", \"solve\": {:.3}, \"prepare\": {:.3}, \"record\": {:.3}, \"statistics\": {:.3}, \
             \"statistics_over_solve\": {:.3}",
            solve / block,
            (paths - solve) / block,
            (block - paths - statistics) / block,
            statistics / block,
            statistics / solve,
        );
    }
    println!("}}");
}
