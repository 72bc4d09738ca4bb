//! The bare equilibrium solver on one world, month after month under cost shocks: how fast it is, and whether any month goes
//! unsolved. Prints one line of JSON; fails if a month is unsolved.
//!
//! The month is that of the scenario's central path, the one in `month.txt` beside it. Every draw starts from the reference
//! prices and goes through its months with all costs multiplied by a shock, `ln x' = 0.8 ln x + sd z`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use rayon::prelude::*;
use roundabout::diagnostic::Report;
use roundabout::equilibrium::{Conditions, Solution, Solver, Tally};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::math;
use roundabout::math::width::Width;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

/// Draws that a thread solves together; as many as in a block of a run.
const BLOCK: usize = 64;

#[derive(Parser)]
struct Arguments {
    /// Folder of a world with a scenario and a month
    folder: PathBuf,
    #[arg(long, default_value_t = 512)]
    draws: usize,
    #[arg(long, default_value_t = 24)]
    months: usize,
    #[arg(long, default_value_t = 1e-9)]
    tolerance: f64,
    /// Standard deviation of the innovations
    #[arg(long, default_value_t = 0.05)]
    sd: f64,
    /// Standard normal numbers as little-endian doubles, draws by months, instead of the example's own
    #[arg(long)]
    normals: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// baseline, avx2 or avx512 instead of the widest
    #[arg(long)]
    width: Option<String>,
    /// Redraw all capacities every month: lognormal 0.5, 3% of them times 1e-3, 3% times 1e3
    #[arg(long)]
    hard: bool,
    /// Write the flows of every month, draws by months by routes, as little-endian doubles
    #[arg(long)]
    flows: Option<PathBuf>,
}

/// The plan and the central conditions of the month to be solved.
fn central(folder: &std::path::Path) -> (Plan, Conditions) {
    let mut report = Report::default();
    let mut scenarios = read_scenarios(&[folder.join("scenario.toml")], IdleLines::Fault, &mut report)
        .unwrap_or_else(|error| panic!("{error}\n{}", report.render(false)));
    let scenario = scenarios.remove(0);
    let month = std::fs::read_to_string(folder.join("month.txt")).expect("month.txt is readable");
    let step = scenario
        .horizon
        .step(month.trim().parse().expect("month.txt holds a month"));
    let model = Model::new(Plan::new(Arc::new(scenario)));
    let mut conditions = None;
    PathRunner::new(&model)
        .run(Chance::Central, |solved| {
            if Some(solved.step) == step {
                conditions = Some(solved.conditions.clone());
            }
        })
        .expect("the central path is solved");
    (model.plan, conditions.expect("the month lies in the horizon"))
}

/// A linear congruential generator: enough here, and the same everywhere.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Twelve uniforms less six: near enough to normal.
    fn normal(&mut self) -> f64 {
        (0..12).fold(-6.0, |sum, _| sum + self.uniform())
    }
}

/// What a block of draws leaves.
#[derive(Default)]
struct Block {
    tally: Tally,
    iterations: usize,
    unsolved: usize,
    largest_residual: f64,
    flows: Vec<f64>,
}

fn solve_block(plan: &Plan, central: &Conditions, normals: &[f64], first: usize, arguments: &Arguments) -> Block {
    let count = BLOCK.min(arguments.draws - first);
    let width = Width::available()
        .into_iter()
        .rfind(|width| arguments.width.as_ref().is_none_or(|name| *name == width.to_string()))
        .expect("this processor has that width");
    let mut solver = Solver::with_width(&plan.network, width);
    let mut conditions = vec![central.clone(); count];
    let mut solutions: Vec<Solution> = (0..count).map(|_| Solution::unknown(&plan.network)).collect();
    let mut log_shock = vec![0.0; count];
    let mut random = Random(first as u64);
    let mut block = Block::default();
    let routes = plan.routes.len();
    if arguments.flows.is_some() {
        block.flows = vec![0.0; count * arguments.months * routes];
    }
    for month in 0..arguments.months {
        for (draw, conditions) in conditions.iter_mut().enumerate() {
            let normal = normals[(first + draw) * arguments.months + month];
            log_shock[draw] = 0.8 * log_shock[draw] + arguments.sd * normal;
            let factor = math::exp(log_shock[draw]);
            let costs = conditions.cost.iter_mut().zip(&central.cost);
            costs.for_each(|(cost, central)| *cost = central * factor);
            if arguments.hard {
                redraw_limits(&mut random, central, conditions);
            }
        }
        solver.solve_together(&plan.network, &conditions, &mut solutions, arguments.tolerance);
        for (draw, solution) in solutions.iter_mut().enumerate() {
            block.iterations += solution.iterations;
            block.largest_residual = block.largest_residual.max(solution.residual);
            if solution.outcome(arguments.tolerance).is_err() {
                block.unsolved += 1;
                *solution = Solution::unknown(&plan.network);
            }
            if arguments.flows.is_some() {
                let start = (draw * arguments.months + month) * routes;
                block.flows[start..start + routes].copy_from_slice(&solution.flow);
            }
        }
    }
    block.tally = solver.tally;
    block
}

fn redraw_limits(random: &mut Random, central: &Conditions, conditions: &mut Conditions) {
    for (limit, central) in conditions.limit.iter_mut().zip(&central.limit) {
        let factor = match random.uniform() {
            u if u < 0.03 => 1e-3,
            u if u < 0.06 => 1e3,
            _ => 1.0,
        };
        *limit = central * factor * math::exp(0.5 * random.normal());
    }
}

fn main() {
    let arguments = Arguments::parse();
    let (plan, central) = central(&arguments.folder);
    let count = arguments.draws * arguments.months;
    let normals: Vec<f64> = match &arguments.normals {
        Some(path) => std::fs::read(path)
            .expect("the file of normals is readable")
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
            .collect(),
        None => {
            let mut random = Random(2026);
            (0..count).map(|_| random.normal()).collect()
        }
    };
    assert!(normals.len() >= count, "too few normals");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()
        .expect("threads");
    let firsts: Vec<usize> = (0..arguments.draws).step_by(BLOCK).collect();
    let start = Instant::now();
    let blocks: Vec<Block> = pool.install(|| {
        let solve = |&first: &usize| solve_block(&plan, &central, &normals, first, &arguments);
        firsts.par_iter().map(solve).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    if let Some(path) = &arguments.flows {
        let flows = blocks.iter().flat_map(|block| &block.flows);
        let bytes: Vec<u8> = flows.flat_map(|flow| flow.to_le_bytes()).collect();
        std::fs::write(path, bytes).expect("the file of flows is writable");
    }
    let total = |of: fn(&Block) -> usize| blocks.iter().map(of).sum::<usize>();
    let careful: u64 = blocks.iter().map(|block| block.tally.careful).sum();
    let lanes: u64 = blocks.iter().map(|block| block.tally.lanes).sum();
    let residual = blocks.iter().map(|block| block.largest_residual).fold(0.0, f64::max);
    let unsolved = total(|block| block.unsolved);
    println!(
        "{{\"months\": {count}, \"seconds\": {seconds:.6}, \"per_second\": {:.1}, \"iterations\": {:.3}, \
         \"careful_share\": {:.6}, \"residual\": {residual:e}, \"unsolved\": {unsolved}}}",
        count as f64 / seconds,
        total(|block| block.iterations) as f64 / count as f64,
        careful as f64 / (careful + lanes) as f64,
    );
    assert!(unsolved == 0, "{unsolved} months are unsolved");
}
