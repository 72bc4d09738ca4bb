//! The equilibrium against a general conic interior-point solver, which shares nothing with ours.

mod problems;

use clarabel::algebra::CscMatrix;
use clarabel::solver::SupportedConeT::{ExponentialConeT, NonnegativeConeT, PowerConeT, ZeroConeT};
use clarabel::solver::{DefaultSettingsBuilder, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};
use problems::{Problem, Random, TAME, conditions, network};
use roundabout::equilibrium::{Conditions, DEFAULT_TOLERANCE, Solution, Solver};

/// A conic program, `minimise cost x subject to b - A x in cones`, as it is written down.
#[derive(Default)]
struct Program {
    cost: Vec<f64>,
    /// Row, column, entry.
    entries: Vec<(usize, usize, f64)>,
    constants: Vec<f64>,
    cones: Vec<SupportedConeT<f64>>,
}

/// A sum of multiples of variables, and a constant.
type Affine<'a> = (&'a [(usize, f64)], f64);

impl Program {
    fn variable(&mut self, cost: f64) -> usize {
        self.cost.push(cost);
        self.cost.len() - 1
    }

    fn constrain(&mut self, cone: SupportedConeT<f64>, rows: &[Affine]) {
        for (terms, constant) in rows {
            let row = self.constants.len();
            self.entries
                .extend(terms.iter().map(|&(column, factor)| (row, column, -factor)));
            self.constants.push(*constant);
        }
        self.cones.push(cone);
    }

    fn solve(&self) -> Option<Vec<f64>> {
        let (rows, columns) = (self.constants.len(), self.cost.len());
        let (mut i, mut j, mut v) = (Vec::new(), Vec::new(), Vec::new());
        for &(row, column, entry) in &self.entries {
            i.push(row);
            j.push(column);
            v.push(entry);
        }
        let matrix = CscMatrix::new_from_triplets(rows, columns, i, j, v);
        let none = CscMatrix::zeros((columns, columns));
        let settings = DefaultSettingsBuilder::default()
            .verbose(false)
            .tol_gap_abs(1e-11)
            .tol_gap_rel(1e-11)
            .tol_feas(1e-11)
            .max_iter(300)
            .build()
            .unwrap();
        let mut solver =
            DefaultSolver::new(&none, &self.cost, &matrix, &self.constants, &self.cones, settings).unwrap();
        solver.solve();
        let usable = [SolverStatus::Solved, SolverStatus::AlmostSolved];
        usable
            .contains(&solver.solution.status)
            .then(|| solver.solution.x.clone())
    }
}

/// Flows by route from the primal problem, in units of the largest demand and the mean reference price.
fn conic_flows(problem: &Problem, conditions: &Conditions) -> Option<Vec<f64>> {
    let unit = conditions.demand_quantity.iter().copied().fold(0.0, f64::max);
    let price = conditions.demand_price.iter().sum::<f64>() / conditions.demand_price.len() as f64;
    let mut program = Program::default();
    let shut =
        |r: usize| (problem.capacities.iter().zip(&conditions.limit)).any(|(on, k)| *k == 0.0 && on.contains(&r));
    let mut flow_of_route = vec![None; problem.routes.len()];
    for (r, flow) in flow_of_route.iter_mut().enumerate() {
        if conditions.weight[r] > 0.0 && !shut(r) {
            *flow = Some(program.variable(conditions.cost[r] / price));
        }
    }
    let flows = |on: &dyn Fn(usize) -> bool| -> Vec<(usize, f64)> {
        (0..problem.routes.len())
            .filter(|&r| on(r))
            .filter_map(|r| Some((flow_of_route[r]?, 1.0)))
            .collect()
    };

    // Entropy, f (ln(f / w) - 1) / theta: t >= f ln(f / w).
    for (r, flow) in flow_of_route.iter().enumerate() {
        let Some(f) = *flow else { continue };
        let theta = conditions.theta[problem.group_of_supply[problem.routes[r].0]] * price;
        let t = program.variable(1.0 / theta);
        program.cost[f] -= 1.0 / theta;
        program.constrain(
            ExponentialConeT(),
            &[
                (&[(t, -1.0)], 0.0),
                (&[(f, 1.0)], 0.0),
                (&[], conditions.weight[r] / unit),
            ],
        );
    }
    for m in 0..problem.network.demands() {
        let mut balance = flows(&|r| problem.routes[r].1 == m);
        if balance.is_empty() {
            continue;
        }
        let (p, q) = (conditions.demand_price[m] / price, conditions.demand_quantity[m] / unit);
        // What is consumed, as a share of q; beyond the choke price it comes from nowhere.
        let consumed = program.variable(0.0);
        if conditions.choke[m].is_finite() {
            let unserved = program.variable(conditions.choke[m] / price);
            program.constrain(NonnegativeConeT(1), &[(&[(unserved, 1.0)], 0.0)]);
            balance.push((unserved, 1.0));
        }
        balance.push((consumed, -q));
        program.constrain(ZeroConeT(1), &[(&balance, 0.0)]);
        consumer_surplus(
            &mut program,
            consumed,
            p * q,
            1.0 - 1.0 / conditions.demand_elasticity[m],
        );
    }
    for o in 0..problem.network.supplies() {
        let mut balance = flows(&|r| problem.routes[r].0 == o);
        if balance.is_empty() {
            continue;
        }
        let (c, q) = (conditions.supply_price[o] / price, conditions.supply_quantity[o] / unit);
        let power = 1.0 + 1.0 / conditions.supply_elasticity[o];
        let sold = program.variable(0.0);
        balance.push((sold, -q));
        program.constrain(ZeroConeT(1), &[(&balance, 0.0)]);
        // Cost of supply, c q sold^power / power.
        let cost = program.variable(c * q / power);
        program.constrain(
            PowerConeT(1.0 / power),
            &[(&[(cost, 1.0)], 0.0), (&[], 1.0), (&[(sold, 1.0)], 0.0)],
        );
    }
    for (on, limit) in problem.capacities.iter().zip(&conditions.limit) {
        let used: Vec<_> = flows(&|r| on.contains(&r))
            .into_iter()
            .map(|(f, one)| (f, -one))
            .collect();
        if limit.is_finite() && *limit > 0.0 && !used.is_empty() {
            program.constrain(NonnegativeConeT(1), &[(&used, limit / unit)]);
        }
    }
    let x = program.solve()?;
    Some(
        flow_of_route
            .iter()
            .map(|flow| flow.map_or(0.0, |f| x[f] * unit))
            .collect(),
    )
}

/// The integral of inverse demand over consumption `y`: `value y^a / a`, or `value ln y` at elasticity one.
fn consumer_surplus(program: &mut Program, y: usize, value: f64, a: f64) {
    if a.abs() < 1e-6 {
        let u = program.variable(-value);
        program.constrain(
            ExponentialConeT(),
            &[(&[(u, 1.0)], 0.0), (&[], 1.0), (&[(y, 1.0)], 0.0)],
        );
    } else if a > 0.0 {
        let u = program.variable(-value / a);
        program.constrain(PowerConeT(a), &[(&[(y, 1.0)], 0.0), (&[], 1.0), (&[(u, 1.0)], 0.0)]);
    } else {
        // u >= y^a, which is u^alpha y^(1 - alpha) >= 1 with alpha = 1 / (1 - a).
        let u = program.variable(-value / a);
        program.constrain(
            PowerConeT(1.0 / (1.0 - a)),
            &[(&[(u, 1.0)], 0.0), (&[(y, 1.0)], 0.0), (&[], 1.0)],
        );
    }
}

#[test]
fn flows_agree_with_a_conic_solver() {
    let (mut compared, mut worst) = (0, 0.0_f64);
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let problem = network(&mut random);
        let mut month = conditions(&mut random, &problem, TAME);
        if seed % 5 == 0 {
            month.demand_elasticity.fill(1.0);
        }
        let mut solution = Solution::unknown(&problem.network);
        Solver::new(&problem.network)
            .solve(&problem.network, &month, &mut solution, DEFAULT_TOLERANCE)
            .unwrap();
        let Some(flows) = conic_flows(&problem, &month) else {
            continue;
        };
        let largest = solution.flow.iter().copied().fold(1e-9, f64::max);
        let gap = solution
            .flow
            .iter()
            .zip(&flows)
            .map(|(a, b)| (a - b).abs() / largest)
            .fold(0.0, f64::max);
        worst = worst.max(gap);
        compared += 1;
    }
    assert!(compared >= 50, "the conic solver gave up on too many problems");
    assert!(worst < 1e-4, "{worst:e}");
}
