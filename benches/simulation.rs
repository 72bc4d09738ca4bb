//! Times of a month, a draw, a scenario, the statistics of a strip, and loading.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use roundabout::diagnostic::Report;
use roundabout::ensemble::{BLOCK, Batch, CHUNK, Progress};
use roundabout::equilibrium::{Conditions, DEFAULT_TOLERANCE, Solution, Solver};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::math::width::Width;
use roundabout::scenario::Scenario;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};
use roundabout::statistics::{Collector, DrawMatrix};

fn scenario(path: &str) -> Scenario {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut report = Report::default();
    read_scenarios(&[path], IdleLines::Fault, &mut report)
        .unwrap_or_else(|error| panic!("{error}\n{}", report.render(false)))
        .remove(0)
}

fn model(path: &str) -> Model {
    Model::new(Plan::new(Arc::new(scenario(path))))
}

const FAMILIES: [&str; 4] = ["000-ban", "005-everything", "006-stiff", "007-crowded"];

/// The solution of an oracle world's first month, and the conditions of its second: a cold start after measures.
fn second_month(model: &Model) -> (Solution, Conditions) {
    let mut seen: Vec<(Conditions, Solution)> = Vec::new();
    PathRunner::new(model)
        .run(Chance::Central, |month| {
            seen.push((month.conditions.clone(), month.solution.clone()));
        })
        .unwrap_or_else(|error| panic!("{error}"));
    (seen[0].1.clone(), seen[1].0.clone())
}

fn months(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("month");
    for family in FAMILIES {
        let model = model(&format!("tests/oracle/{family}/scenario.toml"));
        let (guess, conditions) = second_month(&model);
        let mut solver = Solver::new(&model.plan.network);
        group.bench_function(family, |bencher| {
            bencher.iter(|| {
                let mut solution = guess.clone();
                let outcome = solver.solve(&model.plan.network, &conditions, &mut solution, DEFAULT_TOLERANCE);
                black_box((outcome.is_ok(), solution.residual))
            });
        });
    }
    group.finish();
}

/// The same month of eight draws side by side, in registers of each width.
fn months_together(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("months of eight draws");
    for family in FAMILIES {
        let model = model(&format!("tests/oracle/{family}/scenario.toml"));
        let network = &model.plan.network;
        let (guess, conditions) = second_month(&model);
        let conditions = vec![conditions; 8];
        for width in Width::available() {
            let mut solver = Solver::with_width(network, width);
            group.bench_function(format!("{family}/{width}"), |bencher| {
                bencher.iter(|| {
                    let mut solutions = vec![guess.clone(); 8];
                    solver.solve_together(network, &conditions, &mut solutions, DEFAULT_TOLERANCE);
                    black_box(solutions)
                });
            });
        }
    }
    group.finish();
}

/// Scenario and world from files to a plan.
fn loading(criterion: &mut Criterion) {
    criterion.bench_function("loading/primary", |bencher| {
        bencher.iter(|| model("scenarios/primary.toml"));
    });
}

struct Unwatched;

impl Progress for Unwatched {
    fn advance(&self, _scenario: usize, _draws: u64) {}
}

/// A block of draws of one scenario, its counterfactual and statistics included.
fn scenarios(criterion: &mut Criterion) {
    let mut scenario = scenario("scenarios/primary.toml");
    scenario.simulation.draws = BLOCK;
    let batch = Batch::new(vec![Arc::new(scenario)], 0);
    let mut group = criterion.benchmark_group("scenario");
    group.sample_size(10);
    group.bench_function("primary, a block", |bencher| {
        bencher.iter(|| black_box(batch.run(None, &Unwatched).map(|outcomes| outcomes.len())));
    });
    group.finish();
}

/// All months of one draw of the shipped world.
fn draws(criterion: &mut Criterion) {
    let model = model("scenarios/primary.toml");
    let mut runner = PathRunner::new(&model);
    criterion.bench_function("draw/primary", |bencher| {
        bencher.iter(|| {
            let mut flow = 0.0;
            let outcome = runner.run(Chance::Draw(0), |month| flow += month.solution.flow[0]);
            black_box((outcome.is_ok(), flow))
        });
    });
}

/// Statistics of a strip of draws with 10,000 cells.
fn statistics(criterion: &mut Criterion) {
    let values = Array2::from_shape_fn((CHUNK as usize, 10_000), |(draw, cell)| {
        1.0 + (draw * 7919 + cell * 104_729) as f64 % 1.7
    });
    let values = DrawMatrix::from(values.view());
    criterion.bench_function("statistics/strip", |bencher| {
        let collector = Collector::new(10_000);
        let mut strip = 0;
        bencher.iter(|| {
            collector.absorb(strip, &values);
            strip += 1;
        });
    });
}

criterion_group!(benches, months, months_together, draws, scenarios, statistics, loading);
criterion_main!(benches);
