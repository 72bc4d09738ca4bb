//! Measures the bare equilibrium solver on one world, month after month under cost shocks: months per second, the share
//! of months that the fallback solved, the largest residual. Prints one line of JSON; fails if a month is unsolved.
//!
//! The month is that of the scenario's central path, the one in `month.txt` beside it. Every draw starts from the
//! reference prices and goes through its months with all costs multiplied by a shock, `ln x' = 0.8 ln x + sd z`.

#![allow(clippy::print_stdout, reason = "a program for measurements, not the product")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use rayon::prelude::*;
use roundabout::diagnostic::Report;
use roundabout::equilibrium::{Conditions, Network, Solution, SolveCounts, Solver};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::math;
use roundabout::math::simd::{Lanes, WIDTH};
use roundabout::math::width::{Width, Work};
use roundabout::model::Index;
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
    /// A made-up world of so many routes and capacities (`800,50`) instead of the folder's
    #[arg(long)]
    synthetic: Option<String>,
    /// Go through the months so many times
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Write the month as JSON for another program, and do nothing else
    #[arg(long)]
    export: Option<PathBuf>,
    /// Count exponentials per second in each width, and do nothing else
    #[arg(long)]
    exponentials: bool,
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

/// A made-up month: commodities of 4 supplies, 8 demands and 3 routes for each pair, and capacities on a dozen routes
/// of one commodity or two neighbouring ones, half of which bind.
fn synthetic(routes: usize, capacities: usize) -> (Network, Conditions) {
    const PRICE: f64 = 100.0;
    let mut random = Random(7);
    let ends: Vec<(usize, usize)> = (0..routes)
        .map(|r| {
            let (group, pair) = (r / 96, r % 96 / 3);
            (group * 4 + pair % 4, group * 8 + pair / 4)
        })
        .collect();
    let groups = routes.div_ceil(96);
    let of_group = |each: usize| (0..groups * each).map(|market| market / each).collect::<Vec<_>>();
    let members: Vec<Vec<usize>> = (0..capacities)
        .map(|g| {
            let first = (random.uniform() * groups as f64) as usize * 96;
            let span = if g % 2 == 0 { 96 } else { 192 };
            let member = |_| (first + (random.uniform() * f64::from(span)) as usize) % routes;
            (0..12).map(member).collect()
        })
        .collect();
    let network = Network::new(&ends, &of_group(4), &of_group(8), &members);
    let mut conditions = Conditions::neutral(&network);
    conditions.theta.fill(10.0 / PRICE);
    conditions.supply_price.fill(0.6 * PRICE);
    conditions.demand_price.fill(PRICE);
    conditions.supply_quantity.fill(0.0);
    conditions.demand_quantity.fill(0.0);
    let mut baseline = vec![0.0; routes];
    for (r, &(o, m)) in ends.iter().enumerate() {
        baseline[r] = 50.0 + 100.0 * random.uniform();
        conditions.cost[r] = PRICE * (0.1 + 0.3 * random.uniform());
        conditions.weight[r] = baseline[r] * math::exp(-10.0 / PRICE * (0.4 * PRICE - conditions.cost[r]));
        conditions.supply_quantity[o] += baseline[r];
        conditions.demand_quantity[m] += baseline[r];
    }
    // Markets whose commodity is cut off by the number of routes have none.
    let all = conditions
        .supply_quantity
        .iter_mut()
        .chain(&mut conditions.demand_quantity);
    all.for_each(|quantity| *quantity = quantity.max(1.0));
    for (limit, routes) in conditions.limit.iter_mut().zip(&members) {
        let used = routes.iter().map(|&r| baseline[r]).fold(0.0, |sum, b| sum + b);
        *limit = used * (0.6 + 0.8 * random.uniform());
    }
    conditions.capacity_reference_price.fill(PRICE);
    (network, conditions)
}

/// The results of a block of draws.
#[derive(Default)]
struct Block {
    counts: SolveCounts,
    iterations: usize,
    unsolved: usize,
    largest_residual: f64,
    flows: Vec<f64>,
}

fn solve_block(network: &Network, central: &Conditions, normals: &[f64], first: usize, arguments: &Arguments) -> Block {
    let count = BLOCK.min(arguments.draws - first);
    let width = Width::available()
        .into_iter()
        .rfind(|width| arguments.width.as_ref().is_none_or(|name| *name == width.to_string()))
        .expect("this processor has that width");
    let mut solver = Solver::with_width(network, width);
    let mut conditions = vec![central.clone(); count];
    let mut solutions: Vec<Solution> = (0..count).map(|_| Solution::unknown(network)).collect();
    let mut log_shock = vec![0.0; count];
    let mut random = Random(first as u64);
    let mut block = Block::default();
    let routes = network.routes();
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
        solver.solve_together(network, &conditions, &mut solutions, arguments.tolerance);
        for (draw, solution) in solutions.iter_mut().enumerate() {
            block.iterations += solution.iterations;
            block.largest_residual = block.largest_residual.max(solution.residual);
            if solution.outcome(arguments.tolerance).is_err() {
                block.unsolved += 1;
                *solution = Solution::unknown(network);
            }
            if arguments.flows.is_some() {
                let start = (draw * arguments.months + month) * routes;
                block.flows[start..start + routes].copy_from_slice(&solution.flow);
            }
        }
    }
    block.counts = solver.counts;
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

/// The month as another program needs it: by route, by supply, by demand, and the routes and limit of each capacity,
/// null where it is not in force.
fn export(plan: &Plan, conditions: &Conditions) -> serde_json::Value {
    let of_route = |of: fn(&roundabout::simulation::RoutePlan) -> usize| plan.routes.iter().map(of).collect::<Vec<_>>();
    let theta: Vec<f64> = plan
        .routes
        .iter()
        .map(|route| conditions.theta[route.commodity.row()])
        .collect();
    let rows = plan.constraints.rows().iter().zip(&conditions.limit);
    let capacities: Vec<_> = rows
        .map(|(row, limit)| (&row.routes, limit.is_finite().then_some(limit)))
        .collect();
    serde_json::json!({
        "supply": of_route(|route| route.supply.row()),
        "demand": of_route(|route| route.demand.row()),
        "theta": theta,
        "weight": conditions.weight,
        "cost": conditions.cost,
        "supply_price": conditions.supply_price,
        "supply_quantity": conditions.supply_quantity,
        "supply_elasticity": conditions.supply_elasticity,
        "demand_price": conditions.demand_price,
        "demand_quantity": conditions.demand_quantity,
        "demand_elasticity": conditions.demand_elasticity,
        "capacities": capacities,
    })
}

/// A kernel of exponentials.
struct Exponentials<'a>(&'a mut [Lanes]);

impl Work for Exponentials<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
    fn run(self) {
        for lanes in self.0 {
            *lanes = Lanes::ZERO - (*lanes * Lanes::all(0.5)).exp();
        }
    }
}

fn exponentials_per_second(width: Width) -> f64 {
    const ROUNDS: usize = 20_000;
    let mut lanes = vec![Lanes::all(0.3); 128];
    let start = Instant::now();
    for _ in 0..ROUNDS {
        width.run(Exponentials(std::hint::black_box(&mut lanes)));
    }
    (ROUNDS * lanes.len() * WIDTH) as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    let arguments = Arguments::parse();
    if arguments.exponentials {
        let rates = Width::available()
            .into_iter()
            .map(|width| (width.to_string(), exponentials_per_second(width)));
        println!(
            "{}",
            serde_json::json!(rates.collect::<std::collections::BTreeMap<_, _>>())
        );
        return;
    }
    let (network, central) = if let Some(size) = &arguments.synthetic {
        let (routes, capacities) = size.split_once(',').expect("--synthetic takes ROUTES,CAPACITIES");
        let number = |text: &str| text.parse().expect("--synthetic takes two numbers");
        synthetic(number(routes), number(capacities))
    } else {
        let (plan, central) = central(&arguments.folder);
        if let Some(path) = &arguments.export {
            let text = export(&plan, &central).to_string();
            std::fs::write(path, text).expect("the file is writable");
            return;
        }
        (plan.network, central)
    };
    let count = arguments.draws * arguments.months;
    let normals: Vec<f64> = if let Some(path) = &arguments.normals {
        std::fs::read(path)
            .expect("the file of normals is readable")
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
            .collect()
    } else {
        let mut random = Random(2026);
        (0..count).map(|_| random.normal()).collect()
    };
    assert!(normals.len() >= count, "too few normals");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()
        .expect("threads");
    let firsts: Vec<usize> = (0..arguments.draws).step_by(BLOCK).collect();
    let solve = |&first: &usize| solve_block(&network, &central, &normals, first, &arguments);
    let start = Instant::now();
    // Repetitions follow each other without waiting, and threads take one block at a time, so that they end together.
    let repeated = (0..arguments.repeat * firsts.len()).into_par_iter().with_max_len(1);
    let all = repeated.map(|place| solve(&firsts[place % firsts.len()]));
    let mut blocks: Vec<Block> = pool.install(|| all.collect());
    let seconds = start.elapsed().as_secs_f64();
    blocks.truncate(firsts.len());
    if let Some(path) = &arguments.flows {
        let flows = blocks.iter().flat_map(|block| &block.flows);
        let bytes: Vec<u8> = flows.flat_map(|flow| flow.to_le_bytes()).collect();
        std::fs::write(path, bytes).expect("the file of flows is writable");
    }
    let total = |of: fn(&Block) -> usize| blocks.iter().map(of).sum::<usize>();
    let fallback: u64 = blocks.iter().map(|block| block.counts.fallback).sum();
    let simd: u64 = blocks.iter().map(|block| block.counts.simd).sum();
    let residual = blocks.iter().map(|block| block.largest_residual).fold(0.0, f64::max);
    let unsolved = total(|block| block.unsolved);
    println!(
        "{{\"months\": {count}, \"seconds\": {seconds:.6}, \"per_second\": {:.1}, \"iterations\": {:.3}, \
         \"fallback_share\": {:.6}, \"residual\": {residual:e}, \"unsolved\": {unsolved}}}",
        count as f64 * arguments.repeat as f64 / seconds,
        total(|block| block.iterations) as f64 / count as f64,
        fallback as f64 / (fallback + simd) as f64,
    );
    assert!(unsolved == 0, "{unsolved} months are unsolved");
}
