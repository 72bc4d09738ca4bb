//! Properties of the equilibrium on random problems.

mod problems;

use problems::{Random, WILD, conditions, network};
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
