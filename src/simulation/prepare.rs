//! Prepares a month of a draw for the solver: markets, limits, and the costs and weights of routes (docs/model.md).

use super::effects::{Enforcement, Opening, Setting, open_routes};
use super::markets::{Movement, TrendIndex, write_trend_factors};
use super::model::Model;
use super::plan::Constraint;
use super::reuse::Reuse;
use super::state::{DrawnInputs, State};
use crate::equilibrium::Conditions;
use crate::math::width::{Width, Work};
use crate::model::{Index, Month, Table};
use crate::policy::LimitOn;

/// Prepares the months of one draw, and writes again only what has changed ([`Reuse`]).
#[derive(Debug)]
pub struct Preparation {
    width: Width,
    reuse: Reuse,
    /// The effects of measures and programmes this month.
    pub enforcement: Enforcement,
    /// How far each route is open.
    openings: Vec<Opening>,
    /// By route, the open share of those whose potential follows no adaptive capacity.
    open_share: Vec<f64>,
    /// Factors on quantities.
    trend_factor: Table<TrendIndex, f64>,
    /// By demand, the factor of trends on its baseline quantity.
    growth: Vec<f64>,
    /// Whether the numbers of markets still hold, if neither trends nor prices move them.
    markets_stand: bool,
    /// Whether weights still hold, but for routes whose potential follows adaptive capacities.
    weights_stand: bool,
}

impl Preparation {
    /// Scratch space for the months of any draw.
    pub fn new(model: &Model, width: Width, reuse: Reuse) -> Self {
        let plan = &model.plan;
        Self {
            width,
            reuse,
            enforcement: Enforcement::new(plan),
            openings: vec![Opening::CLOSED; plan.routes.len()],
            open_share: vec![0.0; plan.routes.len()],
            trend_factor: Table::filled(1.0, plan.scenario.trends.len()),
            growth: vec![1.0; plan.demand_quantity.len()],
            markets_stand: false,
            weights_stand: false,
        }
    }

    /// The baseline: latent routes closed, and what holds in every month.
    pub fn start(&mut self, model: &Model, draw: &DrawnInputs<'_>, conditions: &mut Conditions) {
        let plan = &model.plan;
        for (route, row) in plan.routes.iter().enumerate() {
            let opening = if row.is_latent() {
                Opening::CLOSED
            } else {
                Opening::FULL
            };
            (self.openings[route], self.open_share[route]) = (opening, opening.of(0.0));
        }
        self.enforcement.forget();
        (self.markets_stand, self.weights_stand) = (false, false);
        // A world may have goods without routes behind those that the solver knows.
        let groups = conditions.theta.len();
        conditions.theta.copy_from_slice(&draw.routes.theta[..groups]);
        let world = plan.world();
        for (elasticity, supply) in conditions.supply_elasticity.iter_mut().zip(world.supplies.rows()) {
            *elasticity = supply.elasticity.of(&draw.values);
        }
        for (elasticity, demand) in conditions.demand_elasticity.iter_mut().zip(world.demands.rows()) {
            *elasticity = demand.elasticity.of(&draw.values);
        }
        for (price, row) in conditions
            .capacity_reference_price
            .iter_mut()
            .zip(plan.constraints.rows())
        {
            *price = row.reference_price.get();
        }
    }

    /// How far routes are open after the month before.
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// Takes up how far a leader's routes are open, after [`start`](Self::start).
    pub fn follow(&mut self, openings: &[Opening]) {
        self.openings.copy_from_slice(openings);
    }

    /// Evaluates the effects of measures and programmes, and opens routes.
    pub fn evaluate(&mut self, model: &Model, draw: &DrawnInputs<'_>, state: &State, step: usize, month: Month) {
        if self.reuse == Reuse::Nothing {
            // Effects that are not known are evaluated and count as changed.
            self.enforcement.forget();
        }
        self.enforcement.evaluate(Setting {
            plan: &model.plan,
            values: &draw.values,
            theta: &draw.routes.theta,
            month,
            mode_factor: draw.surroundings.mode_factors(step),
            concerned: &draw.routes.concerned,
            suspicion: &state.suspicion,
            passage: &state.passage,
        });
        // What takes as much trade as before opens the same routes again.
        if !self.reuse.keeps(!self.enforcement.takes_otherwise) {
            open_routes(&model.plan, &self.enforcement.taken, &mut self.openings);
            for &route in &model.plan.latent_routes {
                self.open_share[route] = self.openings[route].of(draw.routes.volume[route]);
            }
        }
    }

    /// Writes the conditions of the month, `state` being what acts of the month have left of it.
    pub fn write(
        &mut self,
        model: &Model,
        draw: &DrawnInputs<'_>,
        state: &State,
        step: usize,
        month: Month,
        conditions: &mut Conditions,
    ) {
        self.write_markets(model, draw, step, month, conditions);
        self.write_limits(model, draw, state, month, conditions);
        let has_new_costs = self.enforcement.have_changed || draw.surroundings.has_new_mode_factors(step);
        if !self.reuse.keeps(!has_new_costs) {
            self.width.run(WriteCosts {
                draw,
                factors: draw.surroundings.mode_factors(step),
                charges: &self.enforcement.effects.charge,
                costs: &mut conditions.cost,
            });
        }
        self.write_weights(model, draw, state, step, &mut conditions.weight);
    }

    fn write_markets(
        &mut self,
        model: &Model,
        draw: &DrawnInputs<'_>,
        step: usize,
        month: Month,
        conditions: &mut Conditions,
    ) {
        let markets = &model.markets;
        let moves = markets.has_trends || draw.surroundings.has_new_price_factors(step);
        if self.reuse.keeps(self.markets_stand && !moves) {
            return;
        }
        self.markets_stand = true;
        write_trend_factors(&model.plan, &draw.values, month, &mut self.trend_factor);
        let movement = Movement {
            price_factor: draw.surroundings.price_factors(step),
            trend_factor: &self.trend_factor,
            choke: &draw.choke,
        };
        markets.write(movement, conditions, &mut self.growth);
    }

    fn write_limits(
        &self,
        model: &Model,
        draw: &DrawnInputs<'_>,
        state: &State,
        month: Month,
        conditions: &mut Conditions,
    ) {
        let (plan, effects) = (&model.plan, &self.enforcement.effects);
        for (place, row) in plan.constraints.iter() {
            conditions.limit[place.row()] = match (row.constraint, plan.adaptive_of[place]) {
                (Constraint::Capacity(_), Some(adaptive)) => {
                    state.capacities.usable(plan, &draw.values, adaptive, month) * effects.accepted[place]
                }
                (Constraint::Capacity(capacity), None) => {
                    let limit = plan.world().capacities[capacity].limit.of(&draw.values);
                    limit * effects.accepted[place] * state.kept(model, place)
                }
                // Capacities stand before the limits that leave a share of them.
                (
                    Constraint::Limit {
                        on: LimitOn::ShareOf(capacity),
                        ..
                    },
                    _,
                ) if effects.limit[place].is_finite() => effects.limit[place] * conditions.limit[capacity.row()],
                _ => effects.limit[place],
            };
        }
    }

    fn write_weights(
        &mut self,
        model: &Model,
        draw: &DrawnInputs<'_>,
        state: &State,
        step: usize,
        weights: &mut [f64],
    ) {
        // Trends scale weights through the growth of demands.
        let is_unchanged = self.weights_stand && !self.enforcement.have_changed && !model.markets.has_trends;
        if !self.reuse.keeps(is_unchanged) {
            self.weigh_all(model, draw, weights);
        }
        self.weigh_adaptive(model, draw, state, weights);
        self.weights_stand = true;
        for (closure, &is_closed) in model.shocks.closures.iter().zip(draw.surroundings.closed.row(step)) {
            if is_closed {
                closure.routes.iter().for_each(|&route| weights[route] = 0.0);
                // The next month must give these routes their weights back.
                self.weights_stand = false;
            }
        }
    }

    /// A demand's trend scales `q_m` and the weights of its routes alike.
    fn weigh_all(&self, model: &Model, draw: &DrawnInputs<'_>, weights: &mut [f64]) {
        let (base, demands) = (&draw.routes.base_weight, &model.plan.demand_of_route);
        let routes = self.open_share.iter().zip(base).zip(demands);
        for ((weight, effect), ((open, base), demand)) in
            weights.iter_mut().zip(&self.enforcement.effects.weight).zip(routes)
        {
            *weight = base * self.growth[*demand as usize] * effect * open;
        }
    }

    /// The potential of a route that uses adaptive capacities is its share of the tightest of them.
    fn weigh_adaptive(&self, model: &Model, draw: &DrawnInputs<'_>, state: &State, weights: &mut [f64]) {
        let (plan, numbers) = (&model.plan, &draw.routes);
        let current = &state.capacities.current;
        let mut first = 0;
        for uses in plan.adaptive_uses.chunk_by(|one, other| one.route == other.route) {
            let shares = &numbers.adaptive_share[first..first + uses.len()];
            first += uses.len();
            let route = uses[0].route;
            if self.openings[route] != Opening::CLOSED {
                let potentials = uses
                    .iter()
                    .zip(shares)
                    .map(|(used, share)| share * current[used.adaptive]);
                let growth = self.growth[plan.demand_of_route[route] as usize];
                let potential = potentials.fold(f64::INFINITY, f64::min);
                let (volume, open) = (potential * growth, self.openings[route].of(potential));
                weights[route] = numbers.unit_weight[route] * volume * self.enforcement.effects.weight[route] * open;
            }
        }
    }
}

/// Writes what routes cost, charges included.
struct WriteCosts<'a> {
    draw: &'a DrawnInputs<'a>,
    factors: &'a [f64],
    charges: &'a [f64],
    costs: &'a mut [f64],
}

impl Work for WriteCosts<'_> {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
    fn run(self) {
        self.draw.routes.write_costs(self.factors, self.charges, self.costs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Index;
    use crate::simulation::Chance;
    use crate::simulation::path::PathInput;
    use crate::simulation::testing::{choice, constraint, measure, model, near, route};

    /// The conditions of the first month, January 2022.
    fn first_month(model: &Model) -> Conditions {
        let mut draw = DrawnInputs::new(model);
        draw.redraw(model, PathInput::from(Chance::Central));
        let mut state = State::new(model);
        state.restart(model, &draw.values);
        let mut preparation = Preparation::new(model, Width::BASELINE, Reuse::default());
        let mut conditions = Conditions::neutral(&model.plan.network);
        preparation.start(model, &draw, &mut conditions);
        let month = model.plan.scenario.horizon.month(0);
        preparation.evaluate(model, &draw, &state, 0, month);
        preparation.write(model, &draw, &state, 0, month, &mut conditions);
        conditions
    }

    #[test]
    fn a_month_without_measures_is_the_baseline() {
        let model = model("");
        let conditions = first_month(&model);
        let world = model.plan.world();
        for (row, route) in world.routes.rows().iter().enumerate() {
            let (supply, demand) = (route.supply.row(), route.demand.row());
            let gain = conditions.demand_price[demand] - conditions.supply_price[supply] - conditions.cost[row];
            // Latent routes are closed: their weight, too, gives their baseline of nothing.
            near(conditions.weight[row] * choice(gain), route.baseline.get());
        }
        for (place, demand) in world.demands.rows().iter().enumerate() {
            assert_eq!(conditions.demand_price[place], demand.price.get());
            let routes = world.routes.rows().iter().filter(|route| route.demand.row() == place);
            near(
                conditions.demand_quantity[place],
                routes.map(|route| route.baseline.get()).sum(),
            );
        }
        let limits = ["via-hub-grain", "via-hub-ore", "quay-ore", "new-timber"];
        let limits = limits.map(|name| conditions.limit[constraint(&model.plan, name).row()]);
        assert_eq!(limits, [600.0, 20.0, 10.0, 25.0]);
    }

    #[test]
    fn under_a_ban_a_hidden_route_weighs_its_share_of_the_capacity_behind_it() {
        let model = model(&measure(
            "ban",
            "stop",
            "grain",
            "issuer = \"UNION\"\nexempt_share = 0.25",
        ));
        let conditions = first_month(&model);
        let weight = |id: &str| conditions.weight[route(&model.plan, id)];
        // 600 t behind papers of the hub, a third of it for ghosts; towards the union they are banned as well.
        near(weight("grain-ghost"), 0.25 * 200.0 * choice(-60.0));
        near(weight("grain-relabel"), 400.0 * choice(-60.0));
        near(weight("grain-reexport"), 400.0 * choice(-60.0));
        assert_eq!(weight("ore-reexport"), 0.0);
        near(
            conditions.limit[constraint(&model.plan, "stop:grain-s>grain-b").row()],
            0.25 * 2300.0,
        );
    }

    #[test]
    fn a_capacity_cannot_be_used_in_its_dead_time() {
        let ban = measure("ban", "stop", "ore", "issuer = \"UNION\"");
        let limit = |body: &str| {
            let model = model(body);
            let conditions = first_month(&model);
            ["via-hub-ore", "quay-ore"].map(|name| conditions.limit[constraint(&model.plan, name).row()])
        };
        // Two months for the hub's papers and three for the new port, from the announcement.
        assert_eq!(limit(&ban), [0.0, 0.0]);
        assert_eq!(limit(&format!("{ban}announced = \"2021-11\"\n")), [20.0, 0.0]);
        assert_eq!(limit(&format!("{ban}announced = \"2021-10\"\n")), [20.0, 10.0]);
    }

    #[test]
    fn trends_scale_a_demand_and_the_weights_of_its_routes_alike() {
        let trend = "[[trends.demand]]\nid = \"appetite\"\ncommodities = [\"grain\"]\njurisdictions = [\"BUY\"]\n\
                     from = \"2021-01\"\ngrowth_per_year = 0.21\n";
        let (grown, still) = (model(trend), model(""));
        let (after, before) = (first_month(&grown), first_month(&still));
        let ratio = |id: &str| after.weight[route(&grown.plan, id)] / before.weight[route(&still.plan, id)];
        let demand = grown.plan.demand_of_route[route(&grown.plan, "grain-rail")] as usize;
        let growth = after.demand_quantity[demand] / before.demand_quantity[demand];
        near(growth, 1.21);
        near(ratio("grain-rail"), 1.21);
        near(ratio("grain-ferry"), 1.21);
        near(ratio("grain-row"), 1.0);
    }
}
