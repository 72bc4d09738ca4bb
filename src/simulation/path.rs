//! One draw, month by month: shocks, measures, designations, equilibrium, and the capacities of the next month.

use super::capacity::{Usage, cover_factor};
use super::designation::{DesignationPlan, Event, plan_designations};
use super::effects::{Effects, Setting, open_routes};
use super::inspection::{LearningPlan, plan_learning};
use super::plan::{Constraint, Plan};
use super::sampling::{Chance, ParameterSampler, ShockSampler};
use super::seizure::{SeizurePlan, Seizures, Sent};
use super::state::{Draw, State};
use crate::equilibrium::{Conditions, Solution, Solver, Unsolved};
use crate::math::lanes::WIDTH;
use crate::math::pow;
use crate::math::width::Width;
use crate::model::{CommodityIndex, Index, JurisdictionIndex, Month, Side, Trend};

/// A plan with the streams of everything that is drawn on it. Shared by all threads.
#[derive(Debug)]
pub struct Model {
    pub plan: Plan,
    parameters: ParameterSampler,
    pub(super) shocks: ShockSampler,
    pub designations: Vec<DesignationPlan>,
    pub(super) learning: Vec<LearningPlan>,
    pub(super) seizures: SeizurePlan,
    trends: Trends,
    /// Routes to demands whose trade gives cover to an intermediary, with the demand.
    genuine: Vec<(usize, usize)>,
}

/// The trends that concern each market, by place.
#[derive(Debug)]
struct Trends {
    supply: Vec<Vec<usize>>,
    demand: Vec<Vec<usize>>,
}

impl Trends {
    fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let concerning = |side: Side, good: CommodityIndex, jurisdiction: JurisdictionIndex| {
            let concerns = |trend: &Trend| {
                trend.side == side && trend.commodities.contains(&good) && trend.jurisdictions.contains(&jurisdiction)
            };
            let trends = plan.scenario.trends.iter().enumerate();
            trends
                .filter(|(_, trend)| concerns(trend))
                .map(|(place, _)| place)
                .collect()
        };
        let supplies = world.supplies.iter();
        let demands = world.demands.iter();
        Self {
            supply: supplies
                .map(|(index, row)| concerning(Side::Supply, row.commodity, world.origin(index)))
                .collect(),
            demand: demands
                .map(|(index, row)| concerning(Side::Demand, row.commodity, world.destination(index)))
                .collect(),
        }
    }
}

fn genuine_routes(plan: &Plan) -> Vec<(usize, usize)> {
    let demands = plan.adaptive.iter().flat_map(|row| &row.genuine_demands);
    let mut is_genuine = vec![false; plan.demand_quantity.len()];
    demands.for_each(|&demand| is_genuine[demand] = true);
    let routes = plan
        .routes
        .iter()
        .enumerate()
        .map(|(number, route)| (number, route.demand));
    routes.filter(|(_, demand)| is_genuine[*demand]).collect()
}

impl Model {
    /// Prepares a plan for simulation.
    pub fn new(plan: Plan) -> Self {
        Self {
            parameters: ParameterSampler::new(&plan),
            shocks: ShockSampler::new(&plan),
            designations: plan_designations(&plan),
            learning: plan_learning(&plan),
            seizures: SeizurePlan::new(&plan),
            trends: Trends::new(&plan),
            genuine: genuine_routes(&plan),
            plan,
        }
    }

    /// The value of every number in a draw, by slot.
    pub fn values(&self, chance: Chance) -> Vec<f64> {
        let mut values = Vec::new();
        self.parameters.sample(chance, &mut values);
        values
    }
}

/// A month that has been solved.
#[derive(Clone, Copy)]
pub struct SolvedMonth<'a> {
    pub step: usize,
    pub conditions: &'a Conditions,
    pub solution: &'a Solution,
    /// What measures and programmes did.
    pub effects: &'a Effects,
    /// Designations by place in [`Model::designations`].
    pub events: &'a [Event],
    /// Tonnes seized by route, beyond what was delivered.
    pub seized: &'a [f64],
}

/// A month without a solution.
#[derive(Debug, thiserror::Error)]
#[error("{month}: {cause}")]
pub struct PathError {
    pub month: Month,
    #[source]
    pub cause: Unsolved,
}

/// The workspace of one thread for the paths of one model.
#[derive(Debug)]
pub struct PathRunner<'m> {
    model: &'m Model,
    solver: Solver,
    /// By place among the draws at hand, as the solver wants them.
    conditions: Vec<Conditions>,
    solutions: Vec<Solution>,
    workspaces: Vec<Workspace>,
    seizures: Seizures<'m>,
}

/// What a path needs beside its conditions and solution.
#[derive(Debug)]
struct Workspace {
    effects: Effects,
    /// Whether each route is open.
    open: Vec<bool>,
    /// The measures for which routes were last opened.
    opened_for: Vec<bool>,
    /// By demand, what its trend has made of its baseline quantity.
    growth: Vec<f64>,
    /// By demand, what it receives, tonnes.
    received: Vec<f64>,
}

impl<'m> PathRunner<'m> {
    /// A runner whose solver uses the widest registers at hand.
    pub fn new(model: &'m Model) -> Self {
        Self::with_width(model, Width::widest())
    }

    /// A runner whose solver uses registers of a certain width; the results do not depend on it.
    pub fn with_width(model: &'m Model, width: Width) -> Self {
        Self {
            model,
            solver: Solver::with_width(&model.plan.network, width),
            conditions: Vec::new(),
            solutions: Vec::new(),
            workspaces: Vec::new(),
            seizures: Seizures::new(&model.seizures, width),
        }
    }

    /// Simulates all months of one draw and shows each to `observe`.
    ///
    /// # Errors
    /// When a month's equilibrium misses the tolerance.
    pub fn run(&mut self, chance: Chance, mut observe: impl FnMut(SolvedMonth<'_>)) -> Result<(), PathError> {
        let mut outcomes = self.run_together(&[chance], |_, month| observe(month));
        outcomes.pop().unwrap_or(Ok(()))
    }

    /// Simulates several draws in step and shows each month of each to `observe`, with the draw's place in `chances`. Each
    /// path is the same as if it had been simulated alone. Returns for each whether all its months were solved.
    pub fn run_together(
        &mut self,
        chances: &[Chance],
        mut observe: impl FnMut(usize, SolvedMonth<'_>),
    ) -> Vec<Result<(), PathError>> {
        self.run_in_step(chances, |months| {
            for (place, month) in months.iter().enumerate() {
                month.iter().for_each(|month| observe(place, *month));
            }
        })
    }

    /// As [`PathRunner::run_together`], but shows a month of all draws at once, those that have failed as none.
    pub fn run_in_step(
        &mut self,
        chances: &[Chance],
        mut observe: impl FnMut(&[Option<SolvedMonth<'_>>]),
    ) -> Vec<Result<(), PathError>> {
        let plan = &self.model.plan;
        let tolerance = plan.scenario.simulation.tolerance;
        self.make_room(chances.len());
        let mut paths: Vec<Path> = chances.iter().map(|&chance| Path::new(self.model, chance)).collect();
        let rooms = self
            .conditions
            .iter_mut()
            .zip(&mut self.solutions)
            .zip(&mut self.workspaces);
        for (path, ((conditions, solution), workspace)) in paths.iter().zip(rooms) {
            path.start(conditions, workspace);
            *solution = Solution::unknown(&plan.network);
        }
        let (conditions, solutions) = (&mut self.conditions[..paths.len()], &mut self.solutions[..paths.len()]);
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            let rooms = conditions.iter_mut().zip(&mut self.workspaces);
            for (path, (conditions, workspace)) in paths.iter_mut().zip(rooms) {
                path.begin_month(step, month, conditions, workspace);
            }
            self.solver
                .solve_together(&plan.network, conditions, solutions, tolerance);
            for (path, solution) in paths.iter_mut().zip(&*solutions) {
                path.judge(month, solution, tolerance);
            }
            let groups = paths
                .chunks_mut(WIDTH)
                .zip(solutions.chunks(WIDTH))
                .zip(self.workspaces.chunks(WIDTH));
            for ((paths, solutions), workspaces) in groups {
                let mut rooms = paths.iter_mut().zip(solutions).zip(workspaces);
                let mut sent = std::array::from_fn(|_| {
                    let ((path, solution), workspace) = rooms.next()?;
                    path.sends(solution, workspace)
                });
                self.seizures.seize(step, &mut sent);
            }
            let rooms = conditions.iter().zip(&*solutions).zip(&self.workspaces);
            let months: Vec<Option<SolvedMonth>> = (paths.iter().zip(rooms))
                .map(|(path, ((conditions, solution), workspace))| path.solved(step, conditions, solution, workspace))
                .collect();
            observe(&months);
            for ((path, solution), workspace) in paths.iter_mut().zip(&*solutions).zip(&mut self.workspaces) {
                path.end_month(month, solution, workspace);
            }
            if paths.iter().all(|path| path.outcome.is_err()) {
                break;
            }
        }
        paths.into_iter().map(|path| path.outcome).collect()
    }

    fn make_room(&mut self, paths: usize) {
        let plan = &self.model.plan;
        while self.workspaces.len() < paths {
            self.conditions.push(Conditions::neutral(&plan.network));
            self.solutions.push(Solution::unknown(&plan.network));
            self.workspaces.push(Workspace {
                effects: Effects::new(plan),
                open: vec![false; plan.routes.len()],
                opened_for: vec![false; plan.measures.len()],
                growth: vec![1.0; plan.demand_quantity.len()],
                received: vec![0.0; plan.demand_quantity.len()],
            });
        }
    }
}

/// One draw on its way through the months.
struct Path<'m> {
    model: &'m Model,
    draw: Draw,
    state: State,
    outcome: Result<(), PathError>,
}

impl<'m> Path<'m> {
    fn new(model: &'m Model, chance: Chance) -> Self {
        let draw = Draw::new(model, chance);
        Self {
            model,
            state: State::new(model, &draw),
            draw,
            outcome: Ok(()),
        }
    }

    /// The baseline: latent routes closed, prices as in the world's tables, and what holds in every month.
    fn start(&self, conditions: &mut Conditions, workspace: &mut Workspace) {
        let (plan, draw) = (&self.model.plan, &self.draw);
        workspace
            .open
            .iter_mut()
            .zip(&plan.routes)
            .for_each(|(open, route)| *open = !route.is_latent());
        workspace.opened_for.fill(false);
        let groups = conditions.theta.len();
        conditions.theta.copy_from_slice(&draw.routes.theta[..groups]);
        conditions
            .supply_elasticity
            .copy_from_slice(&draw.markets.supply_elasticity);
        conditions
            .demand_elasticity
            .copy_from_slice(&draw.markets.demand_elasticity);
        for (price, row) in conditions.capacity_reference_price.iter_mut().zip(&plan.constraints) {
            *price = row.reference_price;
        }
    }

    /// What measures, designations and shocks make of the month before trade.
    fn begin_month(&mut self, step: usize, month: Month, conditions: &mut Conditions, workspace: &mut Workspace) {
        let Self { model, draw, state, .. } = self;
        let mode_factor = draw.surroundings.mode_factor.row(step);
        let mode_factor = mode_factor.as_slice().unwrap_or_default();
        workspace.effects.evaluate(Setting {
            plan: &model.plan,
            values: &draw.values,
            month,
            mode_factor,
            concerned: &draw.concerned,
            suspicion: &state.suspicion,
        });
        state.act(model, draw, &workspace.effects, step);
        // The same measures open the same routes again.
        if workspace.opened_for != workspace.effects.restricting {
            workspace.opened_for.copy_from_slice(&workspace.effects.restricting);
            open_routes(&model.plan, &workspace.effects, &mut workspace.open);
        }
        self.set_markets(step, month, conditions);
        self.set_limits(month, &workspace.effects, conditions);
        self.set_routes(step, workspace, conditions);
    }

    /// Notes a month without a solution; the path then stands still.
    fn judge(&mut self, month: Month, solution: &Solution, tolerance: f64) {
        if self.outcome.is_ok() {
            let outcome = solution.outcome(tolerance);
            self.outcome = outcome.map_err(|cause| PathError { month, cause });
        }
    }

    /// What inspections see of the month; nothing once the path stands still.
    fn sends<'a>(&'a mut self, solution: &'a Solution, workspace: &'a Workspace) -> Option<Sent<'a>> {
        self.outcome.is_ok().then_some(Sent {
            chance: self.draw.chance,
            effects: &workspace.effects,
            flow: &solution.flow,
            seized: &mut self.state.seized,
        })
    }

    fn solved<'a>(
        &'a self,
        step: usize,
        conditions: &'a Conditions,
        solution: &'a Solution,
        workspace: &'a Workspace,
    ) -> Option<SolvedMonth<'a>> {
        self.outcome.is_ok().then_some(SolvedMonth {
            step,
            conditions,
            solution,
            effects: &workspace.effects,
            events: &self.state.events,
            seized: &self.state.seized,
        })
    }

    /// Those who watch trade learn from it, and capacities adapt.
    fn end_month(&mut self, month: Month, solution: &Solution, workspace: &mut Workspace) {
        if self.outcome.is_err() {
            return;
        }
        self.state.learn(self.model, &self.draw, month, &solution.flow);
        self.adapt(solution, &workspace.effects, &mut workspace.received);
    }

    /// Prices and quantities of the baseline, moved by price shocks and trends.
    fn set_markets(&self, step: usize, month: Month, conditions: &mut Conditions) {
        let (plan, draw) = (&self.model.plan, &self.draw);
        let world = plan.world();
        let factors = draw.surroundings.price_factor.row(step);
        for (index, supply) in world.supplies.iter() {
            let row = index.row();
            let growth = trend_factor(plan, &self.model.trends.supply[row], &draw.values, month);
            conditions.supply_price[row] = supply.price * factors[supply.commodity.row()];
            conditions.supply_quantity[row] = plan.supply_quantity[row] * growth;
        }
        for (index, demand) in world.demands.iter() {
            let row = index.row();
            let growth = trend_factor(plan, &self.model.trends.demand[row], &draw.values, month);
            let price = demand.price * factors[demand.commodity.row()];
            conditions.demand_price[row] = price;
            conditions.demand_quantity[row] = plan.demand_quantity[row] * growth;
            conditions.choke[row] = price * draw.markets.choke[row];
        }
    }

    fn set_limits(&self, month: Month, effects: &Effects, conditions: &mut Conditions) {
        let Self { model, draw, state, .. } = self;
        let plan = &model.plan;
        for (place, row) in plan.constraints.iter().enumerate() {
            conditions.limit[place] = match (row.constraint, plan.adaptive_of[place]) {
                (Constraint::Capacity(_), Some(adaptive)) => {
                    state.capacities.usable(plan, &draw.values, adaptive, month) * effects.accepted[place]
                }
                (Constraint::Capacity(capacity), None) => {
                    let limit = plan.world().capacities[capacity].limit.of(&draw.values);
                    limit * effects.accepted[place] * state.kept(model, place)
                }
                // Capacities stand before the clauses that leave a share of them.
                (Constraint::Clause { capacity, .. }, _) if effects.limit[place].is_finite() => {
                    effects.limit[place] * conditions.limit[capacity]
                }
                _ => effects.limit[place],
            };
        }
    }

    fn set_routes(&self, step: usize, workspace: &mut Workspace, conditions: &mut Conditions) {
        let (plan, draw) = (&self.model.plan, &self.draw);
        let Workspace {
            effects, open, growth, ..
        } = workspace;
        // A demand's trend scales q_m and the weights of its routes alike.
        let quantities = conditions.demand_quantity.iter().zip(&plan.demand_quantity);
        growth
            .iter_mut()
            .zip(quantities)
            .for_each(|(growth, (now, baseline))| *growth = now / baseline);
        let mode_factor = draw.surroundings.mode_factor.row(step);
        let mode_factor = mode_factor.as_slice().unwrap_or_default();
        draw.routes.write_costs(mode_factor, &mut conditions.cost);
        for (cost, charge) in conditions.cost.iter_mut().zip(&effects.charge) {
            *cost += charge;
        }
        let routes = open.iter().zip(&draw.base_weight).zip(&plan.demand_of_route);
        for ((weight, effect), ((open, base), demand)) in conditions.weight.iter_mut().zip(&effects.weight).zip(routes)
        {
            let weight_now = base * growth[*demand as usize] * effect;
            *weight = if *open { weight_now } else { 0.0 };
        }
        self.weigh_adaptive(open, growth, effects, &mut conditions.weight);
        for (column, closure) in self.model.shocks.closures.iter().enumerate() {
            if draw.surroundings.closed[[step, column]] {
                closure.routes.iter().for_each(|&route| conditions.weight[route] = 0.0);
            }
        }
    }

    /// The potential of a route that uses adaptive capacities is its share of the tightest of them.
    fn weigh_adaptive(&self, open: &[bool], growth: &[f64], effects: &Effects, weights: &mut [f64]) {
        let (plan, numbers) = (&self.model.plan, &self.draw.routes);
        let current = &self.state.capacities.current;
        let mut first = 0;
        for uses in plan.adaptive_uses.chunk_by(|one, other| one.route == other.route) {
            let shares = &numbers.adaptive_share[first..first + uses.len()];
            first += uses.len();
            let route = uses[0].route;
            if open[route] {
                let potentials = uses
                    .iter()
                    .zip(shares)
                    .map(|(used, share)| share * current[used.adaptive]);
                let volume = potentials.fold(f64::INFINITY, f64::min) * growth[plan.demand_of_route[route] as usize];
                weights[route] = numbers.unit_weight[route] * volume * effects.weight[route];
            }
        }
    }

    /// Capacities of the next month, from this month's rents.
    fn adapt(&mut self, solution: &Solution, effects: &Effects, received: &mut [f64]) {
        let Self { model, draw, state, .. } = self;
        let plan = &model.plan;
        received.fill(0.0);
        for &(route, demand) in &model.genuine {
            received[demand] += solution.flow[route];
        }
        for (adaptive, row) in plan.adaptive.iter().enumerate() {
            let kept = model
                .designations
                .iter()
                .zip(&state.designations)
                .filter(|(designation, _)| designation.lowers(adaptive))
                .fold(1.0, |kept, (_, listed)| kept * (1.0 - listed.lost));
            let usage = Usage {
                rent: solution.rent[row.constraint],
                ceiling_factor: cover_factor(plan, adaptive, &draw.values, received) * kept,
                threatened: effects.ceiling[adaptive],
                growth_factor: effects.growth[adaptive],
                ..usage(plan, row.constraint, &solution.flow)
            };
            state.capacities.advance(plan, &draw.values, adaptive, usage);
        }
    }
}

fn usage(plan: &Plan, constraint: usize, flows: &[f64]) -> Usage {
    let (mut flow, mut value) = (0.0, 0.0);
    for &route in &plan.constraints[constraint].routes {
        flow += flows[route];
        value += flows[route] * plan.price_of_route[route];
    }
    let reference_price = if flow > 0.0 {
        value / flow
    } else {
        plan.constraints[constraint].reference_price
    };
    Usage {
        rent: 0.0,
        flow,
        reference_price,
        ceiling_factor: 1.0,
        threatened: 1.0,
        growth_factor: 1.0,
    }
}

/// (1 + g)^(months / 12) for every trend that concerns a market (docs/model.md).
fn trend_factor(plan: &Plan, concerning: &[usize], values: &[f64], month: Month) -> f64 {
    let trends = concerning.iter().map(|&trend| &plan.scenario.trends[trend]);
    trends.filter(|trend| month > trend.from).fold(1.0, |factor, trend| {
        let years = f64::from(trend.months_of_growth(month)) / 12.0;
        factor * pow(1.0 + trend.growth_per_year.of(values), years)
    })
}
