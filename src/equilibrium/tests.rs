//! Small problems whose equilibrium is known in closed form.

use super::{Conditions, DEFAULT_TOLERANCE, Network, Solution, Solver, Unsolved, residual};
use crate::math::{exp, ln};

/// Route choice elasticity 10, reference price 100.
const THETA: f64 = 0.1;
const PRICE: f64 = 100.0;
const SUPPLY_PRICE: f64 = 80.0;
const QUANTITY: f64 = 1000.0;
const COST: f64 = 20.0;

/// One supply and one demand with unit elasticities, so that demand is `q p / P` and supply `q C / c`, and `routes`
/// routes that share the baseline evenly.
fn market(routes: usize, capacities: &[Vec<usize>]) -> (Network, Conditions) {
    let network = Network::new(&vec![(0, 0); routes], &[0], &[0], capacities);
    let mut conditions = Conditions::neutral(&network);
    conditions.theta = vec![THETA];
    conditions.supply_price = vec![SUPPLY_PRICE];
    conditions.demand_price = vec![PRICE];
    conditions.supply_quantity = vec![QUANTITY];
    conditions.demand_quantity = vec![QUANTITY];
    conditions.cost.fill(COST);
    conditions
        .weight
        .fill(QUANTITY / routes as f64 * exp(-THETA * (PRICE - SUPPLY_PRICE - COST)));
    conditions.capacity_reference_price.fill(PRICE);
    (network, conditions)
}

fn solve_from(network: &Network, conditions: &Conditions, solution: &mut Solution) {
    Solver::new(network)
        .solve(network, conditions, solution, DEFAULT_TOLERANCE)
        .unwrap();
    assert!(residual(network, conditions, solution) <= 1.01 * DEFAULT_TOLERANCE);
}

fn solved(network: &Network, conditions: &Conditions) -> Solution {
    let mut solution = Solution::unknown(network);
    solve_from(network, conditions, &mut solution);
    solution
}

#[track_caller]
fn assert_near(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() <= 1e-8 * expected.abs().max(1.0),
        "{value} is not {expected}"
    );
}

#[test]
fn the_baseline_reproduces_itself() {
    let routes = [(0, 0), (0, 0), (0, 1), (1, 0), (1, 1), (2, 2)];
    let network = Network::new(&routes, &[0, 0, 1], &[0, 0, 1], &[vec![0, 3], vec![1, 5]]);
    let baseline = [120.0, 1e-3, 4000.0, 77.0, 3.0, 9e5];
    let mut conditions = Conditions::neutral(&network);
    conditions.theta = vec![0.5, 0.013];
    conditions.supply_price = vec![15.0, 11.0, 300.0];
    conditions.demand_price = vec![25.0, 40.0, 480.0];
    conditions.supply_elasticity = vec![0.05, 3.0, 10.0];
    conditions.demand_elasticity = vec![0.1, 1.0, 8.0];
    conditions.cost = vec![9.0, 12.0, 20.0, 30.0, 2.0, 199.0];
    conditions.supply_quantity.fill(0.0);
    conditions.demand_quantity.fill(0.0);
    for (r, &(o, m)) in routes.iter().enumerate() {
        let gain = conditions.demand_price[m] - conditions.supply_price[o] - conditions.cost[r];
        conditions.weight[r] = baseline[r] * exp(-conditions.theta[network.group_of_supply[o]] * gain);
        conditions.supply_quantity[o] += baseline[r];
        conditions.demand_quantity[m] += baseline[r];
    }
    conditions.limit = vec![197.0 * (1.0 + 1e-9), f64::INFINITY];
    let solution = solved(&network, &conditions);
    assert_eq!(solution.iterations, 0);
    assert_eq!(solution.demand_price, conditions.demand_price);
    for (flow, expected) in solution.flow.iter().zip(baseline) {
        assert!((flow / expected - 1.0).abs() < 1e-9);
    }
}

#[test]
fn two_routes_share_trade_by_their_costs() {
    let (network, mut conditions) = market(2, &[]);
    // At P = 2p and C = c/2 demand and supply are both half of q; choose weights that let just that pass.
    let (demand_price, supply_price) = (2.0 * PRICE, SUPPLY_PRICE / 2.0);
    conditions.cost = vec![150.0, 165.0];
    let first = QUANTITY / 2.0 / (1.0 + exp(-THETA * 15.0));
    conditions
        .weight
        .fill(first * exp(-THETA * (demand_price - supply_price - 150.0)));
    let solution = solved(&network, &conditions);
    assert_near(solution.demand_price[0], demand_price);
    assert_near(solution.supply_price[0], supply_price);
    assert_near(solution.flow[0], first);
    assert_near(solution.flow[1], first * exp(-THETA * 15.0));
}

#[test]
fn a_binding_capacity_earns_the_gap_between_prices() {
    let (network, mut conditions) = market(1, &[vec![0]]);
    conditions.limit = vec![QUANTITY / 4.0];
    let solution = solved(&network, &conditions);
    assert_near(solution.flow[0], QUANTITY / 4.0);
    assert_near(solution.demand_price[0], 4.0 * PRICE);
    assert_near(solution.supply_price[0], SUPPLY_PRICE / 4.0);
    assert_near(
        solution.rent[0],
        4.0 * PRICE - SUPPLY_PRICE / 4.0 - COST - ln(0.25) / THETA,
    );
}

#[test]
fn a_capacity_that_does_not_bind_earns_nothing() {
    let (network, mut conditions) = market(1, &[vec![0]]);
    conditions.limit = vec![1.5 * QUANTITY];
    let mut solution = Solution::unknown(&network);
    solution.rent[0] = 70.0;
    solve_from(&network, &conditions, &mut solution);
    assert_eq!(solution.rent, vec![0.0]);
    assert_near(solution.flow[0], QUANTITY);
}

#[test]
fn a_capacity_of_zero_closes_its_routes_and_leaves_the_problem() {
    let (network, mut conditions) = market(2, &[vec![0]]);
    conditions.limit = vec![0.0];
    let mut solution = solved(&network, &conditions);
    assert_eq!((solution.flow[0], solution.rent[0]), (0.0, 0.0));
    assert!(solution.flow[1] > QUANTITY / 2.0);

    // Back in force without binding, it is as if it had never been.
    conditions.limit = vec![QUANTITY];
    solve_from(&network, &conditions, &mut solution);
    assert_near(solution.flow[0], QUANTITY / 2.0);
}

#[test]
fn a_market_without_open_routes_has_no_price_and_recovers_one() {
    let (network, mut conditions) = market(1, &[vec![0]]);
    let weight = std::mem::take(&mut conditions.weight[0]);
    let mut solution = solved(&network, &conditions);
    assert!(solution.demand_price[0].is_nan() && solution.supply_price[0].is_nan());
    assert_eq!((solution.flow[0], solution.residual), (0.0, 0.0));
    conditions.weight[0] = weight;
    solve_from(&network, &conditions, &mut solution);
    assert_near(solution.flow[0], QUANTITY);
    assert_near(solution.demand_price[0], PRICE);
}

#[test]
fn nobody_buys_above_the_choke_price() {
    let (network, mut conditions) = market(1, &[vec![0]]);
    conditions.choke = vec![1.5 * PRICE];
    conditions.limit = vec![QUANTITY / 10.0];
    let solution = solved(&network, &conditions);
    assert_eq!(solution.demand_price[0], 1.5 * PRICE);
    assert_near(solution.flow[0], QUANTITY / 10.0);
    assert_near(
        solution.rent[0],
        1.5 * PRICE - SUPPLY_PRICE / 10.0 - COST - ln(0.1) / THETA,
    );
}

#[test]
fn a_choke_price_holds_without_any_capacity() {
    let (network, mut conditions) = market(1, &[]);
    conditions.choke = vec![1.2 * PRICE];
    conditions.cost = vec![95.0];
    let mut solution = solved(&network, &conditions);
    assert_eq!(solution.demand_price[0], 1.2 * PRICE);
    let expected = conditions.weight[0] * exp(THETA * (1.2 * PRICE - solution.supply_price[0] - 95.0));
    assert_near(solution.flow[0], expected);
    assert_near(solution.flow[0], QUANTITY * solution.supply_price[0] / SUPPLY_PRICE);

    // Cheaper again, the price leaves the choke.
    conditions.cost = vec![COST];
    solve_from(&network, &conditions, &mut solution);
    assert_near(solution.demand_price[0], PRICE);
}

#[test]
fn a_port_and_its_only_link_share_their_rent_equally() {
    let (network, mut conditions) = market(2, &[vec![0], vec![0], vec![0, 1]]);
    conditions.limit = vec![QUANTITY / 8.0, QUANTITY / 8.0, f64::INFINITY];
    let solution = solved(&network, &conditions);
    assert!(solution.rent[0] > 1.0);
    assert!(
        (solution.rent[0] / solution.rent[1] - 1.0).abs() < 1e-6,
        "{:?}",
        solution.rent
    );

    // Also from a month in which one of them had all of it.
    let mut warm = solution.clone();
    warm.rent = vec![solution.rent[0] * 2.0, 0.0, 0.0];
    solve_from(&network, &conditions, &mut warm);
    assert!((warm.rent[0] / solution.rent[0] - 1.0).abs() < 1e-6, "{:?}", warm.rent);
    assert!((warm.rent[1] / solution.rent[1] - 1.0).abs() < 1e-6, "{:?}", warm.rent);
}

#[test]
fn a_sum_of_capacities_shares_rents_of_least_norm() {
    // Two ports of 100 and a border of 200 behind both: two of three rents are determined.
    let (network, mut conditions) = market(2, &[vec![0], vec![1], vec![0, 1]]);
    conditions.limit = vec![100.0, 100.0, 200.0];
    let solution = solved(&network, &conditions);
    // Least sum of K mu^2 with mu_port + mu_border given: ports 100 each, border 200, so mu_port = mu_border.
    assert!(
        (solution.rent[0] / solution.rent[1] - 1.0).abs() < 1e-5,
        "{:?}",
        solution.rent
    );
    assert!(
        (solution.rent[0] / solution.rent[2] - 1.0).abs() < 0.05,
        "{:?}",
        solution.rent
    );
}

#[test]
fn a_demand_served_by_next_to_nothing_is_solved() {
    // Inelastic demand and a millionth of the usual supply: the price would be 1e60 times the usual.
    let (network, mut conditions) = market(1, &[vec![0]]);
    conditions.demand_elasticity = vec![0.1];
    conditions.supply_elasticity = vec![0.05];
    conditions.limit = vec![1e-6 * QUANTITY];
    let mut solution = solved(&network, &conditions);
    assert_near(solution.flow[0], 1e-6 * QUANTITY);

    conditions.limit = vec![2.0 * QUANTITY];
    solve_from(&network, &conditions, &mut solution);
    assert_near(solution.flow[0], QUANTITY);
    assert_near(solution.demand_price[0], PRICE);
}

#[test]
fn conditions_out_of_their_domain_are_reported_unsolved() {
    let (network, mut conditions) = market(1, &[]);
    conditions.cost = vec![f64::NAN];
    let mut solution = Solution::unknown(&network);
    let outcome = Solver::new(&network).solve(&network, &conditions, &mut solution, DEFAULT_TOLERANCE);
    assert!(outcome.is_err_and(|error| error.residual.is_nan()));
    let message = Unsolved {
        residual: 2.5e-7,
        iterations: 40,
    }
    .to_string();
    assert_eq!(message, "equilibrium not reached: residual 2.5e-7 after 40 iterations");
}

#[test]
fn conditions_fit_a_network_of_as_many_routes_markets_and_capacities() {
    let (network, conditions) = market(2, &[vec![0]]);
    assert!(conditions.fits(&network));
    let longer: [fn(&mut Conditions) -> &mut Vec<f64>; 12] = [
        |month| &mut month.theta,
        |month| &mut month.weight,
        |month| &mut month.cost,
        |month| &mut month.supply_price,
        |month| &mut month.supply_quantity,
        |month| &mut month.supply_elasticity,
        |month| &mut month.demand_price,
        |month| &mut month.demand_quantity,
        |month| &mut month.demand_elasticity,
        |month| &mut month.choke,
        |month| &mut month.limit,
        |month| &mut month.capacity_reference_price,
    ];
    for array in longer {
        let mut other = conditions.clone();
        array(&mut other).push(1.0);
        assert!(!other.fits(&network));
    }
}

#[test]
fn a_solver_forgets_the_months_it_solved() {
    let (network, mut conditions) = market(2, &[vec![0], vec![0], vec![1]]);
    conditions.limit = vec![100.0, 100.0, 1e3];
    let fresh = solved(&network, &conditions);
    let mut solver = Solver::new(&network);
    for limit in [5.0, 0.0, f64::INFINITY, 300.0] {
        let mut other = conditions.clone();
        other.limit.fill(limit);
        solver
            .solve(&network, &other, &mut Solution::unknown(&network), DEFAULT_TOLERANCE)
            .unwrap();
    }
    let mut again = Solution::unknown(&network);
    solver
        .solve(&network, &conditions, &mut again, DEFAULT_TOLERANCE)
        .unwrap();
    assert_eq!(fresh, again);
}

#[test]
fn a_supply_that_no_price_makes_small_enough_stays_unsold() {
    // Under these limits, as shares of the usual trade, supply would need 10^(log10(share) / eta) of its usual price.
    for eta in [0.05, 0.02, 0.01, 0.003] {
        for share in [0.5, 1e-2, 1e-3, 1e-6, 1e-9] {
            let (network, mut conditions) = market(2, &[vec![0, 1]]);
            conditions.supply_elasticity[0] = eta;
            conditions.limit[0] = share * QUANTITY;
            let solution = solved(&network, &conditions);
            assert_near(solution.flow.iter().sum::<f64>() / (share * QUANTITY), 1.0);
            // Demand pays for scarcity: q p / P = share q, up to the highest price.
            assert_near(solution.demand_price[0] * share.max(1e-4), PRICE);
            // Of the margin, the rent is what route choice leaves: f = w exp(theta x).
            let gain = solution.demand_price[0] - COST - solution.supply_price[0];
            assert_near(solution.rent[0] / (gain - ln(share) / THETA), 1.0);
        }
    }
}

#[test]
fn route_choice_may_be_so_sharp_that_every_other_guess_is_out_of_range() {
    // A dear way behind a small capacity is all that is left of most of the trade, and a second buyer outbids: on the way
    // to such prices exponents leave the range of `f64`.
    for route_choice in [100.0, 300.0, 450.0, 470.0, 490.0, 500.0, 700.0, 1500.0, 5000.0] {
        let routes = [(0, 0), (0, 0), (0, 1), (0, 2), (0, 2)];
        let network = Network::new(&routes, &[0], &[0, 0, 0], &[vec![0, 1], vec![1], vec![3, 4]]);
        let mut conditions = Conditions::neutral(&network);
        let theta = route_choice / 200.0;
        conditions.theta = vec![theta];
        conditions.supply_price = vec![100.0];
        conditions.supply_quantity = vec![2600.0];
        conditions.demand_price = vec![200.0, 150.0, 200.0];
        conditions.demand_quantity = vec![2700.0, 207.0, 300.0];
        conditions.cost = vec![890.0, 840.0, 15.0, 56.0, 57.0];
        conditions.limit = vec![400.0, 190.0, 260.0];
        conditions.capacity_reference_price.fill(200.0);
        for (weight, (tonnes, gain)) in conditions.weight.iter_mut().zip([
            (400.0, 60.0),
            (190.0, 60.0),
            (207.0, 35.0),
            (150.0, 44.0),
            (150.0, 44.0),
        ]) {
            *weight = tonnes * exp(-theta * gain);
        }
        let mut solution = solved(&network, &conditions);
        // Next month the dear ways are shut, and the month after open again.
        for weight in [0.0, 1.0] {
            let mut month = conditions.clone();
            month.weight[0] *= weight;
            month.weight[1] *= weight;
            solve_from(&network, &month, &mut solution);
        }
    }
}

#[test]
fn limits_on_very_many_pairs_are_found_as_on_few() {
    // Each limit is alone on its pair, and there are more than stay with other capacities.
    const MARKETS: usize = 26;
    let pairs = (0..MARKETS).flat_map(|o| (0..MARKETS).map(move |m| (o, m)));
    let routes: Vec<(usize, usize)> = pairs.flat_map(|pair| [pair, pair]).collect();
    let limits: Vec<Vec<usize>> = (0..MARKETS * MARKETS)
        .map(|pair| vec![2 * pair, 2 * pair + 1])
        .collect();
    let network = Network::new(&routes, &[0; MARKETS], &[0; MARKETS], &limits);
    let mut conditions = Conditions::neutral(&network);
    conditions.theta = vec![THETA];
    conditions.supply_price.fill(SUPPLY_PRICE);
    conditions.demand_price.fill(PRICE);
    conditions.supply_quantity.fill(QUANTITY);
    conditions.demand_quantity.fill(QUANTITY);
    conditions.cost.fill(COST);
    conditions.capacity_reference_price.fill(PRICE);
    let usual = QUANTITY / MARKETS as f64;
    conditions
        .weight
        .fill(0.5 * usual * exp(-THETA * (PRICE - SUPPLY_PRICE - COST)));

    // Seven tenths everywhere: buyers pay p / 0.7, sellers get 0.7 c, and the rent is what route choice leaves.
    conditions.limit.fill(0.7 * usual);
    let mut solution = solved(&network, &conditions);
    for flow in &solution.flow {
        assert_near(*flow, 0.35 * usual);
    }
    assert_near(solution.demand_price[3], PRICE / 0.7);
    assert_near(solution.supply_price[9], 0.7 * SUPPLY_PRICE);
    let rent = PRICE / 0.7 - 0.7 * SUPPLY_PRICE - COST - ln(0.7) / THETA;
    assert!(solution.rent.iter().all(|found| (found - rent).abs() < 1e-5 * rent));

    // Where every third is lifted and every fifth is nearly zero, rents fall to zero in some months and come back.
    for month in 0..4 {
        for (pair, limit) in conditions.limit.iter_mut().enumerate() {
            let share = match (pair + month) % 15 {
                0 | 3 | 6 | 9 | 12 => f64::INFINITY,
                5 | 10 => 1e-3,
                _ => 0.5 + 0.1 * (pair % 7) as f64,
            };
            *limit = share * usual;
        }
        solve_from(&network, &conditions, &mut solution);
        assert!(solution.rent.contains(&0.0) && solution.rent.iter().any(|rent| *rent > 1.0));
    }
}
