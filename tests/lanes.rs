//! Draws solved side by side: neither the other draws nor the processor change a bit, and no month goes unsolved.

mod common;
#[allow(dead_code)]
mod problems;

use std::io::{self, Write};
use std::sync::Arc;

use problems::{Problem, Random, TAME, WILD, conditions, network};
use roundabout::equilibrium::{Conditions, DEFAULT_TOLERANCE, Network, Solution, SolveCounts, Solver, residual};
use roundabout::math;
use roundabout::math::width::Width;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

/// Months of some draws on one network, from tame to wild.
fn months(seed: u64) -> (Problem, Vec<Vec<Conditions>>) {
    let mut random = Random::new(seed);
    let problem = network(&mut random);
    let draws = 1 + random.below(19);
    let month = |_| {
        let mut draw = |_| {
            let ranges = if random.chance(0.7) { TAME } else { WILD };
            conditions(&mut random, &problem, ranges)
        };
        (0..draws).map(&mut draw).collect()
    };
    let months = (0..3).map(month).collect();
    (problem, months)
}

/// Every number of every month, as bits.
fn bits(solutions: &[Vec<Solution>]) -> Vec<u64> {
    let numbers = solutions.iter().flatten().flat_map(|solution| {
        let arrays = [
            &solution.flow,
            &solution.supply_price,
            &solution.demand_price,
            &solution.rent,
        ];
        let scalars = [solution.residual, solution.iterations as f64];
        arrays.into_iter().flatten().copied().chain(scalars).collect::<Vec<_>>()
    });
    numbers.map(f64::to_bits).collect()
}

fn solve_together(solver: &mut Solver, network: &Network, months: &[Vec<Conditions>]) -> Vec<Vec<Solution>> {
    let mut solutions: Vec<Solution> = months[0].iter().map(|_| Solution::unknown(network)).collect();
    let solve = |conditions: &Vec<Conditions>| {
        solver.solve_together(network, conditions, &mut solutions, DEFAULT_TOLERANCE);
        solutions.clone()
    };
    months.iter().map(solve).collect()
}

#[test]
fn a_draw_is_solved_to_the_same_bits_alone_and_among_others() {
    let mut counts = SolveCounts::default();
    for seed in 0..60 {
        let (Problem { network, .. }, months) = months(seed);
        let mut solver = Solver::new(&network);
        let together = solve_together(&mut solver, &network, &months);
        counts.simd += solver.counts.simd;
        counts.fallback += solver.counts.fallback;
        // One solver for all draws: it must forget those before.
        let mut solver = Solver::new(&network);
        for draw in 0..months[0].len() {
            let own: Vec<Vec<Conditions>> = months.iter().map(|month| vec![month[draw].clone()]).collect();
            let alone = solve_together(&mut solver, &network, &own);
            let among: Vec<Vec<Solution>> = together.iter().map(|month| vec![month[draw].clone()]).collect();
            assert!(bits(&alone) == bits(&among), "problem {seed}, draw {draw}");
        }
    }
    // Neither path would be compared if no month took it.
    assert!(counts.simd > 100 && counts.fallback > 100, "{counts:?}");
}

/// The baseline and all wider widths of this processor. Says on standard error, past the test harness, which widths
/// remain uncompared.
fn widths_to_compare() -> Vec<Width> {
    let (widths, missing) = (Width::available(), Width::unavailable());
    assert_eq!(widths.first(), Some(&Width::BASELINE));
    #[cfg(target_arch = "x86_64")]
    assert!(
        widths.len() > 1 || !is_x86_feature_detected!("avx2"),
        "AVX2 is there and not tried"
    );
    if !missing.is_empty() {
        let told = writeln!(
            io::stderr(),
            "this processor lacks {}, not compared",
            missing.join(", ")
        );
        told.expect("standard error is open");
    }
    widths
}

#[test]
fn registers_of_any_width_give_the_same_bits() {
    let widths = widths_to_compare();
    for seed in 0..60 {
        let (Problem { network, .. }, months) = months(seed);
        let result = |width| {
            let mut solver = Solver::with_width(&network, width);
            bits(&solve_together(&mut solver, &network, &months))
        };
        let baseline = result(Width::BASELINE);
        for &width in &widths[1..] {
            assert!(result(width) == baseline, "problem {seed}, {width}");
        }
    }
}

/// The month of an oracle world and the network it is on.
fn oracle(folder: &std::path::Path) -> (Plan, Conditions) {
    let scenario = common::read(&[folder.join("scenario.toml")]).remove(0);
    let last = scenario.horizon.months - 1;
    let model = Model::new(Plan::new(Arc::new(scenario)));
    let mut central = None;
    PathRunner::new(&model)
        .run(Chance::Central, |month| {
            if month.step == last {
                central = Some(month.conditions.clone());
            }
        })
        .unwrap();
    (model.plan, central.unwrap())
}

/// Twelve uniforms less six.
fn normal(random: &mut Random) -> f64 {
    (0..12).fold(-6.0, |sum, _| sum + random.uniform())
}

/// Takes draws through months of cost shocks of a standard deviation, each month from the last, and demands that every
/// month is solved; the hard way, all capacities are drawn anew every month.
fn solve_months(folder: &std::path::Path, sd: f64, hard: bool, months: usize) {
    const DRAWS: usize = 16;
    let (plan, central) = oracle(folder);
    let network = &plan.network;
    let mut random = Random::new(11);
    let mut solver = Solver::new(network);
    let mut conditions = vec![central.clone(); DRAWS];
    let mut solutions: Vec<Solution> = (0..DRAWS).map(|_| Solution::unknown(network)).collect();
    let mut level = [0.0; DRAWS];
    for month in 0..months {
        for (conditions, level) in conditions.iter_mut().zip(&mut level) {
            *level = 0.8 * *level + sd * normal(&mut random);
            let factor = math::exp(*level);
            for (cost, central) in conditions.cost.iter_mut().zip(&central.cost) {
                *cost = central * factor;
            }
            for (limit, central) in conditions.limit.iter_mut().zip(&central.limit).filter(|_| hard) {
                let rare = random.uniform();
                let factor = if rare < 0.03 {
                    1e-3
                } else if rare < 0.06 {
                    1e3
                } else {
                    1.0
                };
                *limit = central * factor * math::exp(0.5 * normal(&mut random));
            }
        }
        solver.solve_together(network, &conditions, &mut solutions, DEFAULT_TOLERANCE);
        for (draw, (conditions, solution)) in conditions.iter().zip(&solutions).enumerate() {
            let outcome = solution.outcome(DEFAULT_TOLERANCE);
            let place = format!("{}, sd {sd}, hard {hard}, draw {draw}, month {month}", folder.display());
            outcome.unwrap_or_else(|unsolved| panic!("{place}: {unsolved}"));
            // The residual measured from prices and flows differs from the solver's by rounding.
            let measured = residual(network, conditions, solution);
            assert!(measured <= 1.05 * DEFAULT_TOLERANCE, "{place}: residual {measured:e}");
        }
    }
}

#[test]
fn no_month_goes_unsolved_under_cost_shocks() {
    for folder in common::folders("tests/oracle") {
        for sd in [0.05, 0.2, 0.5] {
            solve_months(&folder, sd, false, 12);
        }
    }
}

#[test]
fn no_month_goes_unsolved_when_all_capacities_are_drawn_anew() {
    for folder in common::folders("tests/oracle") {
        for sd in [0.05, 0.2, 0.5] {
            solve_months(&folder, sd, true, 6);
        }
    }
}
