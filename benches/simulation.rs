//! What a month, a draw and the statistics of a block cost.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use roundabout::diagnostic::Report;
use roundabout::equilibrium::{Conditions, Solution, Solver};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::simulation::{Chance, Model, PathRunner, Plan};
use roundabout::statistics::Collector;

fn model(path: &str) -> Model {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut report = Report::default();
    let mut scenarios = read_scenarios(&[path], IdleLines::Fault, &mut report)
        .unwrap_or_else(|error| panic!("{error}\n{}", report.render(false)));
    Model::new(Plan::new(Arc::new(scenarios.remove(0))))
}

/// The second month of an oracle world from the prices of the first: a cold start after measures.
fn months(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("month");
    for family in ["000-ban", "005-everything", "006-stiff", "007-crowded"] {
        let model = model(&format!("tests/oracle/{family}/scenario.toml"));
        let mut seen: Vec<(Conditions, Solution)> = Vec::new();
        let keep = |month: roundabout::simulation::SolvedMonth<'_>| {
            seen.push((month.conditions.clone(), month.solution.clone()));
        };
        PathRunner::new(&model)
            .run(Chance::Central, keep)
            .unwrap_or_else(|error| panic!("{error}"));
        let mut solver = Solver::new(&model.plan.network);
        group.bench_function(family, |bencher| {
            bencher.iter(|| {
                let mut solution = seen[0].1.clone();
                let outcome = solver.solve(&model.plan.network, &seen[1].0, &mut solution, 1e-9);
                black_box((outcome.is_ok(), solution.residual))
            });
        });
    }
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

/// Statistics of a block of 64 draws with 10,000 cells.
fn statistics(criterion: &mut Criterion) {
    let values = Array2::from_shape_fn((64, 10_000), |(draw, cell)| {
        1.0 + (draw * 7919 + cell * 104_729) as f64 % 1.7
    });
    criterion.bench_function("statistics/block", |bencher| {
        let collector = Collector::new(10_000);
        let mut block = 0;
        bencher.iter(|| {
            collector.absorb(block, values.view());
            block += 1;
        });
    });
}

criterion_group!(benches, months, draws, statistics);
criterion_main!(benches);
