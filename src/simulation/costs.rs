//! What a route costs and weighs at baseline, under the parameters of one draw.

use super::plan::Plan;
use crate::math::exp;
use crate::model::{Mode, RouteKind};

/// Costs and weights of all routes in one draw, before any measure or shock.
#[derive(Debug)]
pub struct RouteNumbers {
    /// Route choice elasticity over reference price by commodity, tonnes per USD.
    pub theta: Vec<f64>,
    /// Freight at the draw's cost index, USD per tonne, by mode.
    freight: Vec<[f64; Mode::ALL.len()]>,
    /// Time and extra cost, USD per tonne.
    fixed: Vec<f64>,
    /// Weight of one tonne of baseline flow or potential.
    pub unit_weight: Vec<f64>,
    /// Share of each adaptive capacity that a latent route has, in the order of `RoutePlan::adaptive`.
    pub adaptive_share: Vec<Vec<f64>>,
    /// Baseline flow, or the fixed potential of a latent route, tonnes per month.
    pub volume: Vec<f64>,
}

impl RouteNumbers {
    /// Evaluates all routes under a draw's `values`.
    pub fn new(plan: &Plan, values: &[f64]) -> Self {
        let world = plan.world();
        let routes = world.routes.rows();
        let mut numbers = Self {
            theta: world
                .commodities
                .rows()
                .iter()
                .map(|good| good.route_choice.of(values) / good.price)
                .collect(),
            freight: Vec::with_capacity(routes.len()),
            fixed: Vec::with_capacity(routes.len()),
            unit_weight: Vec::new(),
            adaptive_share: Vec::new(),
            volume: Vec::with_capacity(routes.len()),
        };
        for route in routes {
            let good = &world.commodities[world.commodity(route)];
            let mut by_mode = plan.freight_by_mode(route.links.iter().copied(), values);
            for (freight, index) in by_mode.iter_mut().zip(&world.mode_cost_index) {
                *freight *= index.of(values);
            }
            numbers.freight.push(by_mode);
            let days = route
                .links
                .iter()
                .fold(0.0, |sum, &link| sum + world.links[link].days.of(values));
            let time = days * good.holding_rate.of(values) / 365.0 * good.price;
            numbers.fixed.push(time + route.extra_cost.of(values));
            numbers.volume.push(if route.is_latent() {
                route.potential.of(values)
            } else {
                route.baseline
            });
        }
        numbers.unit_weight = numbers.weigh(plan);
        numbers.adaptive_share = numbers.share_adaptive(plan);
        numbers
    }

    /// Cost of a route without charges, USD per tonne, `factors` multiplying the freight of each mode.
    pub fn cost(&self, route: usize, factors: &[f64]) -> f64 {
        let freight = self.freight[route]
            .iter()
            .zip(factors)
            .fold(0.0, |sum, (freight, factor)| sum + freight * factor);
        freight + self.fixed[route]
    }

    /// The "exact hat": weights that reproduce the baseline (docs/model.md). A latent route is weighed against the
    /// pair's mean cost of direct trade, so that what it costs more counts.
    fn weigh(&self, plan: &Plan) -> Vec<f64> {
        let world = plan.world();
        let unshocked = [1.0; Mode::ALL.len()];
        let costs: Vec<f64> = (0..plan.routes.len())
            .map(|route| self.cost(route, &unshocked))
            .collect();
        let mut weighted = vec![(0.0, 0.0); plan.pairs.len()];
        for (route, &cost) in plan
            .routes
            .iter()
            .zip(&costs)
            .filter(|(route, _)| route.kind == RouteKind::Direct)
        {
            let (sum, flow) = &mut weighted[route.pair];
            *sum += route.baseline * cost;
            *flow += route.baseline;
        }
        let weight = |number: usize| {
            let route = &plan.routes[number];
            let (sum, flow) = weighted[route.pair];
            let reference = if route.is_latent() && flow > 0.0 {
                sum / flow
            } else {
                costs[number]
            };
            let (supply, demand) = plan.pairs[route.pair];
            let margin = world.demands[demand].price - world.supplies[supply].price - reference;
            exp(-self.theta[route.commodity] * margin)
        };
        (0..plan.routes.len()).map(weight).collect()
    }

    /// A latent route's part of the potentials of all latent routes that share an adaptive capacity.
    fn share_adaptive(&self, plan: &Plan) -> Vec<Vec<f64>> {
        let potential = |route: &usize| self.volume[*route];
        let totals: Vec<f64> = plan
            .adaptive
            .iter()
            .map(|adaptive| {
                adaptive
                    .latent_routes
                    .iter()
                    .fold(0.0, |sum, route| sum + potential(route))
            })
            .collect();
        let shares = |number: usize| {
            plan.routes[number]
                .adaptive
                .iter()
                .map(|&adaptive| self.volume[number] / totals[adaptive])
                .collect()
        };
        (0..plan.routes.len()).map(shares).collect()
    }

    /// Freight of some links of a route at the draw's cost index and the month's factors, USD per tonne.
    pub fn freight_of(
        plan: &Plan,
        values: &[f64],
        factors: &[f64],
        links: impl IntoIterator<Item = crate::model::LinkIndex>,
    ) -> f64 {
        let by_mode = plan.freight_by_mode(links, values);
        let index = |mode: usize| plan.world().mode_cost_index[mode].of(values);
        by_mode
            .iter()
            .enumerate()
            .fold(0.0, |sum, (mode, freight)| sum + freight * index(mode) * factors[mode])
    }
}

/// Supplies and demands of one draw: elasticities and choke prices.
#[derive(Debug)]
pub struct MarketNumbers {
    pub supply_elasticity: Vec<f64>,
    pub demand_elasticity: Vec<f64>,
    /// Multiple of the baseline price above which nobody buys; infinite where there is none.
    pub choke: Vec<f64>,
}

impl MarketNumbers {
    /// Evaluates all supplies and demands under a draw's `values`.
    pub fn new(plan: &Plan, values: &[f64]) -> Self {
        let world = plan.world();
        Self {
            supply_elasticity: world
                .supplies
                .rows()
                .iter()
                .map(|supply| supply.elasticity.of(values))
                .collect(),
            demand_elasticity: world
                .demands
                .rows()
                .iter()
                .map(|demand| demand.elasticity.of(values))
                .collect(),
            choke: world
                .demands
                .rows()
                .iter()
                .map(|demand| demand.choke.map_or(f64::INFINITY, |choke| choke.of(values)))
                .collect(),
        }
    }
}
