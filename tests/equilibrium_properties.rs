//! Properties of the equilibrium on random problems.

mod problems;

use problems::{EDGE, Random, WILD, conditions, network};
use proptest::prelude::*;
use roundabout::equilibrium::{Conditions, DEFAULT_TOLERANCE, Network, Solution, Solver, residual};

fn solve(network: &Network, conditions: &Conditions, mut solution: Solution) -> Solution {
    Solver::new(network)
        .solve(network, conditions, &mut solution, DEFAULT_TOLERANCE)
        .unwrap();
    solution
}

/// Largest difference of flows, as a share of the largest demand of the problem: a residual of one demand may move
/// flows of others through the supplies and capacities they share.
fn largest_gap(conditions: &Conditions, left: &[f64], right: &[f64]) -> f64 {
    let largest = conditions.demand_quantity.iter().copied().fold(0.0, f64::max);
    left.iter()
        .zip(right)
        .map(|(a, b)| (a - b).abs() / largest)
        .fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_month_is_solved_from_any_other(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        let mut solution = Solution::unknown(&problem.network);
        for _ in 0..4 {
            let month = conditions(&mut random, &problem, WILD);
            let cold = solve(&problem.network, &month, Solution::unknown(&problem.network));
            solution = solve(&problem.network, &month, solution);
            for answer in [&cold, &solution] {
                let residual = residual(&problem.network, &month, answer);
                prop_assert!(residual <= 1.01 * DEFAULT_TOLERANCE, "residual {residual:e}");
            }
            let gap = largest_gap(&month, &cold.flow, &solution.flow);
            prop_assert!(gap <= 1e-6, "gap {gap:e}");
        }
    }

    #[test]
    fn months_at_the_edge_are_solved_from_any_other(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        let mut solution = Solution::unknown(&problem.network);
        for _ in 0..4 {
            let month = conditions(&mut random, &problem, EDGE);
            solution = solve(&problem.network, &month, solution);
            let residual = residual(&problem.network, &month, &solution);
            prop_assert!(residual <= 1.01 * DEFAULT_TOLERANCE, "residual {residual:e}");
        }
    }

    #[test]
    fn limits_that_are_not_in_force_change_no_bit(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        // Limits on any routes, which would join what is apart, before, between and behind the others.
        let mut capacities: Vec<(bool, Vec<usize>)> = problem.capacities.iter().map(|own| (true, own.clone())).collect();
        for _ in 0..=random.below(6) {
            let share = random.between(0.02, 0.9);
            let routes = (0..problem.routes.len()).filter(|_| random.chance(share)).collect();
            capacities.insert(random.below(capacities.len() + 1), (false, routes));
        }
        let lists: Vec<Vec<usize>> = capacities.iter().map(|(_, routes)| routes.clone()).collect();
        let more = Network::new(&problem.routes, &problem.group_of_supply, &problem.group_of_demand, &lists);
        let (mut solver, mut of_more) = (Solver::new(&problem.network), Solver::new(&more));
        let (mut solution, mut with_more) = (Solution::unknown(&problem.network), Solution::unknown(&more));
        for _ in 0..4 {
            let month = conditions(&mut random, &problem, WILD);
            let (mut limits, mut prices) = (month.limit.iter(), month.capacity_reference_price.iter());
            let is_own = capacities.iter().map(|(is_own, _)| *is_own);
            let (limit, capacity_reference_price) = is_own
                .map(|is_own| {
                    if is_own {
                        (*limits.next().unwrap(), *prices.next().unwrap())
                    } else {
                        (f64::INFINITY, 1.0)
                    }
                })
                .unzip();
            let month_of_more = Conditions { limit, capacity_reference_price, ..month.clone() };
            solver.solve(&problem.network, &month, &mut solution, DEFAULT_TOLERANCE).unwrap();
            of_more.solve(&more, &month_of_more, &mut with_more, DEFAULT_TOLERANCE).unwrap();
            let own_rents = capacities.iter().zip(&with_more.rent).filter(|((is_own, _), _)| *is_own);
            let own_rents: Vec<f64> = own_rents.map(|(_, rent)| *rent).collect();
            let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<u64>>();
            prop_assert_eq!(bits(&solution.flow), bits(&with_more.flow));
            prop_assert_eq!(bits(&solution.demand_price), bits(&with_more.demand_price));
            prop_assert_eq!(bits(&solution.supply_price), bits(&with_more.supply_price));
            prop_assert_eq!(bits(&solution.rent), bits(&own_rents));
        }
    }

    #[test]
    fn draws_whose_months_fall_apart_differently_do_not_change_each_other(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        let months: Vec<Conditions> = (0..11)
            .map(|_| {
                let mut month = conditions(&mut random, &problem, WILD);
                for limit in &mut month.limit {
                    if random.chance(0.5) {
                        *limit = f64::INFINITY;
                    }
                }
                month
            })
            .collect();
        let mut together = vec![Solution::unknown(&problem.network); months.len()];
        Solver::new(&problem.network).solve_together(&problem.network, &months, &mut together, DEFAULT_TOLERANCE);
        for (month, found) in months.iter().zip(&together) {
            let alone = solve(&problem.network, month, Solution::unknown(&problem.network));
            prop_assert_eq!(format!("{alone:?}"), format!("{found:?}"));
        }
    }

    #[test]
    fn doubling_every_quantity_doubles_every_flow_and_leaves_prices(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        let month = conditions(&mut random, &problem, WILD);
        let mut double = month.clone();
        for quantities in
            [&mut double.weight, &mut double.supply_quantity, &mut double.demand_quantity, &mut double.limit]
        {
            quantities.iter_mut().for_each(|quantity| *quantity *= 2.0);
        }
        let unknown = Solution::unknown(&problem.network);
        let single = solve(&problem.network, &month, unknown.clone());
        let twice: Vec<_> = single.flow.iter().map(|flow| 2.0 * flow).collect();
        let doubled = solve(&problem.network, &double, unknown);
        let gap = largest_gap(&double, &twice, &doubled.flow);
        prop_assert!(gap <= 1e-7, "gap {gap:e}");

        // The prices of the single problem solve the doubled one.
        let prices = Solution { flow: doubled.flow, ..single };
        let residual = residual(&problem.network, &double, &prices);
        prop_assert!(residual <= 1e-6, "residual {residual:e}");
    }
}

/// The steps and the solution of months, as a text of a line.
fn trace(solutions: &[Solution]) -> String {
    // Fowler, Noll and Vo's hash of all bits.
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let numbers = solutions.iter().flat_map(|solution| {
        let markets = solution.supply_price.iter().chain(&solution.demand_price);
        markets.chain(&solution.flow).chain(&solution.rent)
    });
    for number in numbers {
        // A market without a price has none, whatever its bits.
        let bits = if number.is_nan() { 0 } else { number.to_bits() };
        hash = (hash ^ bits).wrapping_mul(0x0100_0000_01B3);
    }
    let steps: Vec<String> = solutions
        .iter()
        .map(|solution| solution.iterations.to_string())
        .collect();
    format!("{} {hash:016x}", steps.join(" "))
}

/// A solver that goes another way may come to the same prices up to rounding. Then these lines change: set `INSTA_UPDATE=always`,
/// and see that steps have not become more.
#[test]
fn months_take_the_steps_that_they_took() {
    let (mut lines, mut counts) = (String::new(), Vec::new());
    for (name, ranges, seeds) in [("wild", WILD, 40), ("edge", EDGE, 40)] {
        let (mut simd, mut fallback) = (0, 0);
        for seed in 0..seeds {
            let mut random = Random::new(1_000_003 * seed);
            let problem = network(&mut random);
            let mut solver = Solver::new(&problem.network);
            let mut solutions = vec![Solution::unknown(&problem.network); 5];
            for _ in 0..3 {
                let months: Vec<Conditions> = solutions
                    .iter()
                    .map(|_| conditions(&mut random, &problem, ranges))
                    .collect();
                solver.solve_together(&problem.network, &months, &mut solutions, DEFAULT_TOLERANCE);
                lines += &format!("{name} {seed}: {}\n", trace(&solutions));
            }
            simd += solver.counts.simd;
            fallback += solver.counts.fallback;
        }
        counts.push(format!("{name}: {simd} side by side, {fallback} one by one"));
    }
    insta::assert_snapshot!(format!("{}\n{lines}", counts.join("\n")));
}
