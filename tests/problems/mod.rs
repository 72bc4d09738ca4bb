//! Random problems for the tests of the equilibrium.

use roundabout::equilibrium::{Conditions, Network};
use roundabout::math;

/// A linear congruential generator: enough for tests, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// Between zero and one, both excluded.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Uniform in the logarithm.
    pub fn scale(&mut self, low: f64, high: f64) -> f64 {
        low * math::pow(high / low, self.uniform())
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.uniform() * count as f64) as usize
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }
}

/// Ranges from which the numbers of a random problem are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ranges {
    pub route_choice: (f64, f64),
    pub demand_elasticity: (f64, f64),
    pub supply_elasticity: (f64, f64),
    pub quantity: (f64, f64),
    pub latent_weight: (f64, f64),
    /// Limits as a share of the baseline flow of their routes.
    pub limit: (f64, f64),
    pub tiny_limits: bool,
}

/// Numbers as extreme as the solver promises to handle.
#[allow(dead_code)]
pub const WILD: Ranges = Ranges {
    route_choice: (1.0, 60.0),
    demand_elasticity: (0.1, 10.0),
    supply_elasticity: (0.05, 10.0),
    quantity: (1.0, 1e7),
    latent_weight: (1e-8, 1e2),
    limit: (0.05, 3.0),
    tiny_limits: true,
};

/// Beyond that: supplies that hardly answer to prices, and route choice that leaves next to no spread.
#[allow(dead_code)]
pub const EDGE: Ranges = Ranges {
    route_choice: (1.0, 500.0),
    supply_elasticity: (0.002, 10.0),
    ..WILD
};

/// Numbers that a general conic solver can handle too.
#[allow(dead_code)]
pub const TAME: Ranges = Ranges {
    route_choice: (2.0, 12.0),
    demand_elasticity: (0.4, 4.0),
    supply_elasticity: (0.3, 4.0),
    quantity: (50.0, 500.0),
    latent_weight: (0.1, 2.0),
    limit: (0.3, 1.5),
    tiny_limits: false,
};

#[allow(dead_code, reason = "each test file uses its part")]
pub struct Problem {
    pub network: Network,
    pub routes: Vec<(usize, usize)>,
    pub group_of_supply: Vec<usize>,
    pub group_of_demand: Vec<usize>,
    pub capacities: Vec<Vec<usize>>,
}

/// A network of up to three groups, with capacities that span groups and some that repeat others.
pub fn network(random: &mut Random) -> Problem {
    let (mut routes, mut group_of_supply, mut group_of_demand) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..=random.below(3) {
        let (first_supply, first_demand) = (group_of_supply.len(), group_of_demand.len());
        group_of_supply.resize(first_supply + 1 + random.below(4), group);
        group_of_demand.resize(first_demand + 1 + random.below(6), group);
        for o in first_supply..group_of_supply.len() {
            for m in first_demand..group_of_demand.len() {
                let paths = random.below(4);
                routes.extend(std::iter::repeat_n((o, m), paths));
            }
        }
    }
    let mut capacities: Vec<Vec<usize>> = Vec::new();
    for _ in 0..random.below(13) {
        let share = random.between(0.05, 0.6);
        let copied = random.below(capacities.len() + 1);
        if random.chance(0.15) && copied < capacities.len() {
            capacities.push(capacities[copied].clone());
        } else {
            capacities.push((0..routes.len()).filter(|_| random.chance(share)).collect());
        }
    }
    let network = Network::new(&routes, &group_of_supply, &group_of_demand, &capacities);
    Problem {
        network,
        routes,
        group_of_supply,
        group_of_demand,
        capacities,
    }
}

/// A month on `problem`: a baseline by exact hat, costs shocked, routes opened and closed, capacities drawn.
pub fn conditions(random: &mut Random, problem: &Problem, ranges: Ranges) -> Conditions {
    let Problem {
        network,
        routes,
        group_of_supply,
        ..
    } = problem;
    let mut conditions = Conditions::neutral(network);
    let group_price: Vec<f64> = (0..network.groups()).map(|_| random.scale(10.0, 1e4)).collect();
    for (theta, price) in conditions.theta.iter_mut().zip(&group_price) {
        *theta = random.scale(ranges.route_choice.0, ranges.route_choice.1) / price;
    }
    let mut baseline = vec![0.0; routes.len()];
    conditions.supply_quantity.fill(1e-300);
    conditions.demand_quantity.fill(1e-300);
    for (r, &(o, m)) in routes.iter().enumerate() {
        baseline[r] = random.scale(ranges.quantity.0, ranges.quantity.1);
        conditions.supply_quantity[o] += baseline[r];
        conditions.demand_quantity[m] += baseline[r];
        let price = group_price[group_of_supply[o]];
        conditions.supply_price[o] = price * random.between(0.4, 0.8);
        conditions.demand_price[m] = price * random.between(0.9, 1.3);
    }
    for eta in &mut conditions.supply_elasticity {
        *eta = random.scale(ranges.supply_elasticity.0, ranges.supply_elasticity.1);
    }
    for m in 0..network.demands() {
        conditions.demand_elasticity[m] = random.scale(ranges.demand_elasticity.0, ranges.demand_elasticity.1);
        if random.chance(0.2) {
            conditions.choke[m] = conditions.demand_price[m] * random.between(1.02, 4.0);
        }
    }
    let shock = random.scale(0.3, 3.0);
    for (r, &(o, m)) in routes.iter().enumerate() {
        let k = group_of_supply[o];
        let cost = group_price[k] * random.between(0.02, 0.4);
        let gain = conditions.demand_price[m] - conditions.supply_price[o] - cost;
        let factor = match random.uniform() {
            u if u < 0.15 => 0.0,
            u if u < 0.4 => random.scale(ranges.latent_weight.0, ranges.latent_weight.1),
            _ => 1.0,
        };
        conditions.weight[r] = factor * baseline[r] * math::exp(-conditions.theta[k] * gain);
        conditions.cost[r] = cost * shock;
    }
    draw_limits(random, problem, ranges, &baseline, &mut conditions);
    conditions
}

fn draw_limits(random: &mut Random, problem: &Problem, ranges: Ranges, baseline: &[f64], conditions: &mut Conditions) {
    for (g, routes_of_g) in problem.capacities.iter().enumerate() {
        let used: f64 = routes_of_g.iter().map(|&r| baseline[r]).sum();
        let share = match random.uniform() {
            u if u < 0.05 => 0.0,
            u if u < 0.15 => f64::INFINITY,
            u if u < 0.25 && ranges.tiny_limits => random.scale(1e-6, 1e-2),
            _ => random.scale(ranges.limit.0, ranges.limit.1),
        };
        conditions.limit[g] = if used == 0.0 { 1.0 } else { share * used };
        // A copy of a capacity may bind with it.
        if let Some(twin) = problem.capacities[..g].iter().position(|other| other == routes_of_g) {
            conditions.limit[g] = conditions.limit[twin];
        }
        let prices = routes_of_g
            .iter()
            .map(|&r| conditions.demand_price[problem.routes[r].1]);
        conditions.capacity_reference_price[g] = if routes_of_g.is_empty() {
            1.0
        } else {
            prices.sum::<f64>() / routes_of_g.len() as f64
        };
    }
}
