//! One draw, month by month: shocks, measures, designations, equilibrium, and the capacities of the next month.

use super::capacity::{Capacities, Usage, cover_factor};
use super::costs::{MarketNumbers, RouteNumbers};
use super::designation::{DesignationPlan, DesignationState, Event, plan_designations};
use super::effects::{Effects, Setting, open_routes};
use super::inspection::{LearningPlan, LearningState, SeizurePlan, plan_learning};
use super::plan::{Constraint, Plan};
use super::sampling::{Chance, ParameterSampler, ShockSampler, Surroundings};
use crate::equilibrium::{Conditions, Solution, Solver, Unsolved};
use crate::math::pow;
use crate::model::{Index, Month, Side, Trend};

/// A plan with the streams of everything that is drawn on it. Shared by all threads.
#[derive(Debug)]
pub struct Model {
    pub plan: Plan,
    parameters: ParameterSampler,
    shocks: ShockSampler,
    pub designations: Vec<DesignationPlan>,
    learning: Vec<LearningPlan>,
    seizures: SeizurePlan,
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
    conditions: Conditions,
    solution: Solution,
    effects: Effects,
    open: Vec<bool>,
}

/// What one draw brings with it: its numbers and its shocks.
struct Draw {
    chance: Chance,
    values: Vec<f64>,
    routes: RouteNumbers,
    markets: MarketNumbers,
    surroundings: Surroundings,
}

impl Draw {
    fn new(model: &Model, chance: Chance) -> Self {
        let values = model.values(chance);
        Self {
            chance,
            routes: RouteNumbers::new(&model.plan, &values),
            markets: MarketNumbers::new(&model.plan, &values),
            surroundings: model.shocks.sample(chance, &values),
            values,
        }
    }
}

/// What one month leaves to the next.
struct State {
    capacities: Capacities,
    designations: Vec<DesignationState>,
    learning: Vec<LearningState>,
    /// By measure.
    suspicion: Vec<f64>,
    events: Vec<Event>,
    seized: Vec<f64>,
}

impl State {
    fn new(model: &Model, draw: &Draw) -> Self {
        Self {
            capacities: Capacities::new(&model.plan, &draw.values),
            designations: model.designations.iter().map(DesignationState::new).collect(),
            learning: model.learning.iter().map(LearningState::new).collect(),
            suspicion: vec![0.0; model.plan.measures.len()],
            events: vec![Event::default(); model.designations.len()],
            seized: vec![0.0; model.plan.routes.len()],
        }
    }

    /// The share of a capacity without growth of its own that designations have left.
    fn kept(&self, model: &Model, place: usize) -> f64 {
        let listed = model.designations.iter().zip(&self.designations);
        listed
            .filter(|(designation, _)| designation.lowers_fixed(place))
            .fold(1.0, |kept, (_, state)| kept * (1.0 - state.lost))
    }

    /// Threats lower capacities to their ceilings, and firms are listed.
    fn act(&mut self, model: &Model, draw: &Draw, effects: &Effects, step: usize) {
        self.capacities.threaten(&model.plan, &draw.values, &effects.ceiling);
        let designations = self
            .designations
            .iter_mut()
            .zip(&model.designations)
            .zip(&mut self.events);
        for ((state, designation), event) in designations {
            *event = state.strike(
                &model.plan,
                designation,
                &draw.values,
                draw.chance,
                step,
                &mut self.capacities,
            );
        }
    }

    fn seize(&mut self, model: &Model, draw: &Draw, effects: &Effects, step: usize, flow: &[f64]) {
        model
            .seizures
            .seize(&model.plan, effects, draw.chance, step, flow, &mut self.seized);
    }

    /// Those who watch trade see the month, and inspections that have begun learn from it.
    fn learn(&mut self, model: &Model, draw: &Draw, month: Month, flow: &[f64]) {
        let plan = &model.plan;
        for (state, designation) in self.designations.iter_mut().zip(&model.designations) {
            state.see(designation, flow);
        }
        for (state, learning) in self.learning.iter_mut().zip(&model.learning) {
            state.see(learning, flow);
            if plan.scenario.measures[learning.measure].terms.from <= month {
                state.learn(plan, learning, &draw.values, flow, &self.seized, &mut self.suspicion);
            }
        }
    }
}

impl<'m> PathRunner<'m> {
    /// Allocates everything that months need.
    pub fn new(model: &'m Model) -> Self {
        let plan = &model.plan;
        Self {
            model,
            solver: Solver::new(&plan.network),
            conditions: Conditions::neutral(&plan.network),
            solution: Solution::unknown(&plan.network),
            effects: Effects::new(plan),
            open: vec![false; plan.routes.len()],
        }
    }

    /// Simulates all months of one draw and shows each to `observe`.
    ///
    /// # Errors
    /// When a month's equilibrium misses the tolerance.
    pub fn run(&mut self, chance: Chance, mut observe: impl FnMut(SolvedMonth<'_>)) -> Result<(), PathError> {
        let model = self.model;
        let plan = &model.plan;
        let tolerance = plan.scenario.simulation.tolerance;
        let draw = Draw::new(model, chance);
        let mut state = State::new(model, &draw);
        self.start(&draw);
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            let mode_factor: Vec<f64> = draw.surroundings.mode_factor.row(step).to_vec();
            self.effects.evaluate(Setting {
                plan,
                values: &draw.values,
                month,
                mode_factor: &mode_factor,
                suspicion: &state.suspicion,
            });
            state.act(model, &draw, &self.effects, step);
            self.set_conditions(&draw, &state, step, month, &mode_factor);
            self.solver
                .solve(&plan.network, &self.conditions, &mut self.solution, tolerance)
                .map_err(|cause| PathError { month, cause })?;
            state.seize(model, &draw, &self.effects, step, &self.solution.flow);
            observe(SolvedMonth {
                step,
                conditions: &self.conditions,
                solution: &self.solution,
                effects: &self.effects,
                events: &state.events,
                seized: &state.seized,
            });
            state.learn(model, &draw, month, &self.solution.flow);
            self.adapt(&draw, &mut state);
        }
        Ok(())
    }

    /// The baseline: latent routes closed, prices as in the world's tables.
    fn start(&mut self, draw: &Draw) {
        let plan = &self.model.plan;
        self.open
            .iter_mut()
            .zip(&plan.routes)
            .for_each(|(open, route)| *open = !route.is_latent());
        let groups = self.conditions.theta.len();
        self.conditions.theta.copy_from_slice(&draw.routes.theta[..groups]);
        self.conditions
            .supply_elasticity
            .copy_from_slice(&draw.markets.supply_elasticity);
        self.conditions
            .demand_elasticity
            .copy_from_slice(&draw.markets.demand_elasticity);
        self.solution = Solution::unknown(&plan.network);
    }

    fn set_conditions(&mut self, draw: &Draw, state: &State, step: usize, month: Month, mode_factor: &[f64]) {
        open_routes(&self.model.plan, &self.effects, &mut self.open);
        self.set_markets(draw, step, month);
        self.set_limits(draw, state, month);
        self.set_routes(draw, &state.capacities, step, mode_factor);
    }

    /// Prices and quantities of the baseline, moved by price shocks and trends.
    fn set_markets(&mut self, draw: &Draw, step: usize, month: Month) {
        let plan = &self.model.plan;
        let world = plan.world();
        let factors = draw.surroundings.price_factor.row(step);
        for (index, supply) in world.supplies.iter() {
            let row = index.row();
            let growth = trend_factor(
                plan,
                Side::Supply,
                supply.commodity,
                world.origin(index),
                &draw.values,
                month,
            );
            self.conditions.supply_price[row] = supply.price * factors[supply.commodity.row()];
            self.conditions.supply_quantity[row] = plan.supply_quantity[row] * growth;
        }
        for (index, demand) in world.demands.iter() {
            let row = index.row();
            let destination = world.destination(index);
            let growth = trend_factor(plan, Side::Demand, demand.commodity, destination, &draw.values, month);
            let price = demand.price * factors[demand.commodity.row()];
            self.conditions.demand_price[row] = price;
            self.conditions.demand_quantity[row] = plan.demand_quantity[row] * growth;
            self.conditions.choke[row] = price * draw.markets.choke[row];
        }
    }

    fn set_limits(&mut self, draw: &Draw, state: &State, month: Month) {
        let plan = &self.model.plan;
        for (place, row) in plan.constraints.iter().enumerate() {
            self.conditions.capacity_reference_price[place] = row.reference_price;
            self.conditions.limit[place] = match (row.constraint, plan.adaptive_of[place]) {
                (Constraint::Capacity(_), Some(adaptive)) => {
                    state.capacities.usable(plan, &draw.values, adaptive, month) * self.effects.accepted[place]
                }
                (Constraint::Capacity(capacity), None) => {
                    let limit = plan.world().capacities[capacity].limit.of(&draw.values);
                    limit * self.effects.accepted[place] * state.kept(self.model, place)
                }
                // Capacities stand before the clauses that leave a share of them.
                (Constraint::Clause { capacity, .. }, _) if self.effects.limit[place].is_finite() => {
                    self.effects.limit[place] * self.conditions.limit[capacity]
                }
                _ => self.effects.limit[place],
            };
        }
    }

    fn set_routes(&mut self, draw: &Draw, capacities: &Capacities, step: usize, mode_factor: &[f64]) {
        let plan = &self.model.plan;
        for (number, route) in plan.routes.iter().enumerate() {
            self.conditions.cost[number] = draw.routes.cost(number, mode_factor) + self.effects.charge[number];
            let volume = if self.open[number] {
                // A demand's trend scales q_m and the weights of its routes alike.
                let growth = self.conditions.demand_quantity[route.demand] / plan.demand_quantity[route.demand];
                available_volume(draw, route, number, capacities) * growth
            } else {
                0.0
            };
            self.conditions.weight[number] = draw.routes.unit_weight[number] * volume * self.effects.weight[number];
        }
        for (column, closure) in self.model.shocks.closures.iter().enumerate() {
            if draw.surroundings.closed[[step, column]] {
                closure
                    .routes
                    .iter()
                    .for_each(|&route| self.conditions.weight[route] = 0.0);
            }
        }
    }

    /// Capacities of the next month, from this month's rents.
    fn adapt(&self, draw: &Draw, state: &mut State) {
        let plan = &self.model.plan;
        for (adaptive, row) in plan.adaptive.iter().enumerate() {
            let demand_flow = |demand: usize| {
                let into = |(route, flow): (&super::plan::RoutePlan, &f64)| {
                    if route.demand == demand { *flow } else { 0.0 }
                };
                plan.routes
                    .iter()
                    .zip(&self.solution.flow)
                    .map(into)
                    .fold(0.0, |sum, flow| sum + flow)
            };
            let kept = self
                .model
                .designations
                .iter()
                .zip(&state.designations)
                .filter(|(designation, _)| designation.lowers(adaptive))
                .fold(1.0, |kept, (_, listed)| kept * (1.0 - listed.lost));
            let usage = Usage {
                rent: self.solution.rent[row.constraint],
                ceiling_factor: cover_factor(plan, adaptive, &draw.values, demand_flow) * kept,
                threatened: self.effects.ceiling[adaptive],
                growth_factor: self.effects.growth[adaptive],
                ..self.usage(row.constraint)
            };
            state.capacities.advance(plan, &draw.values, adaptive, usage);
        }
    }

    fn usage(&self, constraint: usize) -> Usage {
        let plan = &self.model.plan;
        let (mut flow, mut value) = (0.0, 0.0);
        for &route in &plan.constraints[constraint].routes {
            flow += self.solution.flow[route];
            value += self.solution.flow[route] * plan.routes[route].price;
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
}

/// Baseline flow or potential of an open route: the potential of one that uses adaptive capacities is its share of the
/// tightest of them.
fn available_volume(draw: &Draw, route: &super::plan::RoutePlan, number: usize, capacities: &Capacities) -> f64 {
    let shares = &draw.routes.adaptive_share[number];
    let potentials = route
        .adaptive
        .iter()
        .zip(shares)
        .map(|(&adaptive, share)| share * capacities.current[adaptive]);
    potentials.reduce(f64::min).unwrap_or(draw.routes.volume[number])
}

/// (1 + g)^(months / 12) for every trend that concerns a market (MODEL section 4, trends).
fn trend_factor(
    plan: &Plan,
    side: Side,
    commodity: crate::model::CommodityIndex,
    jurisdiction: crate::model::JurisdictionIndex,
    values: &[f64],
    month: Month,
) -> f64 {
    let concerns = |trend: &&Trend| {
        trend.side == side
            && trend.commodities.contains(&commodity)
            && trend.jurisdictions.contains(&jurisdiction)
            && month > trend.from
    };
    plan.scenario.trends.iter().filter(concerns).fold(1.0, |factor, trend| {
        factor
            * pow(
                1.0 + trend.growth_per_year.of(values),
                f64::from(trend.months_of_growth(month)) / 12.0,
            )
    })
}
