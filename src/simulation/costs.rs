//! What a route costs and weighs at baseline, under the parameters of one draw.

use super::plan::{AdaptivePlan, MeasurePlan, Passages, Plan};
use crate::math::exp;
use crate::model::{Action, Charge, Measure, Mode, RouteKind};

/// Costs and weights of all routes in one draw, before any measure or shock.
#[derive(Debug)]
pub struct RouteNumbers {
    /// Route choice elasticity over reference price by commodity, tonnes per USD.
    pub theta: Vec<f64>,
    /// Freight at the draw's cost index, USD per tonne, by route for each mode that some route uses.
    freight: Vec<(usize, Vec<f64>)>,
    /// Time and extra cost, USD per tonne.
    fixed: Vec<f64>,
    /// Weight of one tonne of baseline flow or potential.
    pub unit_weight: Vec<f64>,
    /// Share of each adaptive capacity that a latent route has, in the order of [`Plan::adaptive_uses`].
    pub adaptive_share: Vec<f64>,
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
            freight: plan.modes.iter().map(|&mode| (mode, vec![0.0; routes.len()])).collect(),
            fixed: Vec::with_capacity(routes.len()),
            unit_weight: Vec::new(),
            adaptive_share: Vec::new(),
            volume: Vec::with_capacity(routes.len()),
        };
        for (number, route) in routes.iter().enumerate() {
            let good = &world.commodities[world.commodity(route)];
            let by_mode = plan.freight_by_mode(route.links.iter().copied(), values);
            for (mode, freight) in &mut numbers.freight {
                freight[number] = by_mode[*mode] * world.mode_cost_index[*mode].of(values);
            }
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

    /// Writes the cost of every route without charges, USD per tonne, `factors` multiplying the freight of each mode.
    pub fn write_costs(&self, factors: &[f64], costs: &mut [f64]) {
        costs.fill(0.0);
        for (mode, freight) in &self.freight {
            let factor = factors[*mode];
            for (cost, freight) in costs.iter_mut().zip(freight) {
                *cost += freight * factor;
            }
        }
        for (cost, fixed) in costs.iter_mut().zip(&self.fixed) {
            *cost += fixed;
        }
    }

    /// The "exact hat": weights that reproduce the baseline (docs/model.md). A latent route is weighed against the
    /// pair's mean cost of direct trade, so that what it costs more counts.
    fn weigh(&self, plan: &Plan) -> Vec<f64> {
        let world = plan.world();
        let unshocked = [1.0; Mode::ALL.len()];
        let mut costs = vec![0.0; plan.routes.len()];
        self.write_costs(&unshocked, &mut costs);
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
    fn share_adaptive(&self, plan: &Plan) -> Vec<f64> {
        let total = |row: &AdaptivePlan| {
            row.latent_routes
                .iter()
                .fold(0.0, |sum, route| sum + self.volume[*route])
        };
        let totals: Vec<f64> = plan.adaptive.iter().map(total).collect();
        let uses = plan.adaptive_uses.iter();
        uses.map(|used| self.volume[used.route] / totals[used.adaptive])
            .collect()
    }
}

/// Freight by mode that the costs of a scenario multiply, at the cost index of one draw, USD per tonne: for each measure
/// and route that it matches, in the order of [`super::plan::MeasurePlan::passages`].
pub type ConcernedFreight = Vec<Vec<[f64; Mode::ALL.len()]>>;

/// Adds up the freight on the links that costs on freight concern.
pub fn concerned_freight(plan: &Plan, values: &[f64]) -> ConcernedFreight {
    let indices = &plan.world().mode_cost_index;
    let freight = |passages: &Passages| {
        let mut by_mode = plan.freight_by_mode(passages.links.iter().copied(), values);
        for (freight, index) in by_mode.iter_mut().zip(indices) {
            *freight *= index.of(values);
        }
        by_mode
    };
    let of_measure = |(measure, matched): (&Measure, &MeasurePlan)| match measure.action {
        Action::Cost {
            charge: Charge::FreightFactor(_),
            ..
        } => matched.passages.iter().map(freight).collect(),
        _ => Vec::new(),
    };
    let measures = plan.scenario.measures.iter().zip(&plan.measures);
    measures.map(of_measure).collect()
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
