//! Costs and weights of routes at baseline, under the parameters of one draw.

use super::plan::{AdaptivePlan, Plan};
use crate::math::exp;
use crate::model::{Index, Link, Mode, Route, RouteKind, Slot, Table, TransferIndex};
use crate::policy::{AdaptiveIndex, Measure, MeasureIndex, PairIndex, Passages};

/// Costs and weights of all routes in one draw, before any measure or shock.
#[derive(Clone, Debug)]
pub struct RouteNumbers {
    /// Route choice elasticity over reference price by commodity, tonnes per USD.
    pub theta: Vec<f64>,
    /// Freight at the draw's cost index, USD per tonne, by route for each mode that some route uses.
    freight: Vec<(Mode, Vec<f64>)>,
    /// Time, transfers and extra cost, USD per tonne.
    fixed: Vec<f64>,
    /// Baseline flow, or the fixed potential of a latent route, tonnes per month.
    pub volume: Vec<f64>,
    /// Weight of one tonne of baseline flow or potential.
    pub unit_weight: Vec<f64>,
    /// Weight of the baseline flow or fixed potential.
    pub base_weight: Vec<f64>,
    /// Share of each adaptive capacity that a latent route has, in the order of [`Plan::adaptive_uses`].
    pub adaptive_share: Vec<f64>,
    /// Freight that measures multiply.
    pub concerned: ConcernedFreight,
}

/// Freight by mode that the measures of a scenario multiply, at the cost index of one draw, USD per tonne: for each
/// measure and route that it matches, in the order of [`crate::policy::Matched::passages`].
pub type ConcernedFreight = Table<MeasureIndex, Vec<[f64; Mode::ALL.len()]>>;

/// The routes whose numbers differ from draw to draw.
#[derive(Debug)]
pub struct Moved {
    /// Routes whose freight, time, transfers, extra cost or volume moves.
    priced: Vec<usize>,
    /// Routes whose weight moves: all of these, and the latent routes measured against them.
    weighed: Vec<usize>,
}

impl Moved {
    /// The routes that the numbers move of which `is_drawn` holds.
    pub fn by(plan: &Plan, is_drawn: impl Fn(Slot) -> bool) -> Self {
        let world = plan.world();
        let on_link = |link| {
            let link = &world.links[link];
            [link.freight, link.days, world.mode_cost_index[link.mode.position()]]
        };
        let is_priced = |route: &Route| {
            let good = &world.commodities[world.commodity(route)];
            let at_node = |transfer: TransferIndex| [world.transfers[transfer].cost, world.transfers[transfer].days];
            let at_nodes = route.transfers.iter().copied().flat_map(at_node);
            let mut slots = route.links.iter().copied().flat_map(on_link).chain(at_nodes);
            [route.extra_cost, route.potential, good.holding_rate]
                .into_iter()
                .any(&is_drawn)
                || slots.any(&is_drawn)
        };
        let is_priced: Vec<bool> = world.routes.rows().iter().map(is_priced).collect();
        let mut has_moved_reference: Table<PairIndex, bool> = Table::filled(false, plan.pairs.len());
        for (route, is_priced) in plan.routes.iter().zip(&is_priced) {
            has_moved_reference[route.pair] |= *is_priced && route.kind == RouteKind::Direct;
        }
        let is_weighed = |number: &usize| {
            let route = &plan.routes[*number];
            let theta = world.commodities[route.commodity].route_choice;
            is_priced[*number] || has_moved_reference[route.pair] || is_drawn(theta)
        };
        let routes = 0..plan.routes.len();
        Self {
            priced: routes.clone().filter(|&number| is_priced[number]).collect(),
            weighed: routes.filter(is_weighed).collect(),
        }
    }

    /// Whether all routes are the same in all draws.
    pub fn is_empty(&self) -> bool {
        self.weighed.is_empty()
    }
}

impl RouteNumbers {
    /// Evaluates all routes under `values`.
    pub fn new(plan: &Plan, values: &[f64]) -> Self {
        let routes = plan.routes.len();
        let mut numbers = Self {
            theta: vec![0.0; plan.world().commodities.len()],
            freight: plan.modes.iter().map(|&mode| (mode, vec![0.0; routes])).collect(),
            fixed: vec![0.0; routes],
            volume: vec![0.0; routes],
            unit_weight: vec![0.0; routes],
            base_weight: vec![0.0; routes],
            adaptive_share: Vec::with_capacity(plan.adaptive_uses.len()),
            concerned: Table::default(),
        };
        numbers.update(plan, &Moved::by(plan, |_| true), values);
        numbers
    }

    /// Evaluates under the `values` of another draw what these move.
    pub fn update(&mut self, plan: &Plan, moved: &Moved, values: &[f64]) {
        for (theta, good) in self.theta.iter_mut().zip(plan.world().commodities.rows()) {
            *theta = good.route_choice.of(values) / good.price.get();
        }
        if !moved.priced.is_empty() {
            let links = price_links(plan, values);
            for &number in &moved.priced {
                self.price(plan, values, &links, number);
            }
            self.share_adaptive(plan);
            self.concerned = concerned_freight(plan, values);
        }
        self.weigh(plan, &moved.weighed);
    }

    fn price(&mut self, plan: &Plan, values: &[f64], links: &[PricedLink], number: usize) {
        let world = plan.world();
        let route = &world.routes.rows()[number];
        let good = &world.commodities[world.commodity(route)];
        let (mut by_mode, mut days, mut transfers) = ([0.0; Mode::ALL.len()], 0.0, 0.0);
        for link in &route.links {
            let link = &links[link.row()];
            by_mode[link.mode.position()] += link.freight;
            days += link.days;
        }
        for transfer in route.transfers.iter().map(|&transfer| &world.transfers[transfer]) {
            transfers += transfer.cost.of(values);
            days += transfer.days.of(values);
        }
        for (mode, freight) in &mut self.freight {
            let position = mode.position();
            freight[number] = by_mode[position] * world.mode_cost_index[position].of(values);
        }
        let time = days * good.holding_rate.of(values) / 365.0 * good.price.get();
        // Transfers have no mode, so no cost index and no shock moves them.
        self.fixed[number] = time + route.extra_cost.of(values) + transfers;
        self.volume[number] = if route.is_latent() {
            route.potential.of(values)
        } else {
            route.baseline.get()
        };
    }

    /// Writes the cost of every route, `charges` included, USD per tonne, `factors` multiplying the freight of each mode.
    #[inline(always)]
    #[allow(
        clippy::inline_always,
        reason = "an instruction set reaches only what is inlined, see `math::width`"
    )]
    pub fn write_costs(&self, factors: &[f64], charges: &[f64], costs: &mut [f64]) {
        let mut modes = self.freight.iter();
        match modes.next() {
            None => costs.fill(0.0),
            Some((mode, freight)) => {
                let factor = factors[mode.position()];
                for (cost, freight) in costs.iter_mut().zip(freight) {
                    *cost = freight * factor;
                }
            }
        }
        for (mode, freight) in modes {
            let factor = factors[mode.position()];
            for (cost, freight) in costs.iter_mut().zip(freight) {
                *cost += freight * factor;
            }
        }
        for (cost, (fixed, charge)) in costs.iter_mut().zip(self.fixed.iter().zip(charges)) {
            *cost = *cost + fixed + charge;
        }
    }

    /// The "exact hat": weights that reproduce the baseline (docs/model.md). A latent route is weighed against the
    /// pair's mean cost of direct trade, so that what it costs more counts.
    fn weigh(&mut self, plan: &Plan, routes: &[usize]) {
        let world = plan.world();
        let unshocked = [1.0; Mode::ALL.len()];
        let mut costs = vec![0.0; plan.routes.len()];
        self.write_costs(&unshocked, &vec![0.0; plan.routes.len()], &mut costs);
        let mut weighted: Table<PairIndex, (f64, f64)> = Table::filled((0.0, 0.0), plan.pairs.len());
        let direct = plan.routes.iter().zip(&costs);
        for (route, &cost) in direct.filter(|(route, _)| route.kind == RouteKind::Direct) {
            let (sum, flow) = &mut weighted[route.pair];
            *sum += route.baseline.get() * cost;
            *flow += route.baseline.get();
        }
        for &number in routes {
            let route = &plan.routes[number];
            let (sum, flow) = weighted[route.pair];
            let reference = if route.is_latent() && flow > 0.0 {
                sum / flow
            } else {
                costs[number]
            };
            let (supply, demand) = plan.pairs[route.pair];
            let margin = (world.demands[demand].price - world.supplies[supply].price).get() - reference;
            let weight = exp(-self.theta[route.commodity.row()] * margin);
            self.unit_weight[number] = weight;
            self.base_weight[number] = weight * self.volume[number];
        }
    }

    /// A latent route's part of the potentials of all latent routes that share an adaptive capacity.
    fn share_adaptive(&mut self, plan: &Plan) {
        let volume = &self.volume;
        let total = |row: &AdaptivePlan| row.latent_routes.iter().fold(0.0, |sum, route| sum + volume[*route]);
        let totals: Table<AdaptiveIndex, f64> = plan.adaptive.rows().iter().map(total).collect();
        let shares = plan
            .adaptive_uses
            .iter()
            .map(|used| volume[used.route] / totals[used.adaptive]);
        self.adaptive_share.clear();
        self.adaptive_share.extend(shares);
    }
}

/// The numbers of a link that routes add up, close together.
struct PricedLink {
    mode: Mode,
    /// USD per tonne at a cost index of one.
    freight: f64,
    days: f64,
}

fn price_links(plan: &Plan, values: &[f64]) -> Vec<PricedLink> {
    let links = plan.world().links.rows().iter();
    let price = |link: &Link| PricedLink {
        mode: link.mode,
        freight: link.freight.of(values),
        days: link.days.of(values),
    };
    links.map(price).collect()
}

/// Adds up the freight on the links that measures on freight concern.
fn concerned_freight(plan: &Plan, values: &[f64]) -> ConcernedFreight {
    let indices = &plan.world().mode_cost_index;
    let freight = |passages: &Passages| {
        let mut by_mode = plan.freight_by_mode(passages.links.iter().copied(), values);
        for (freight, index) in by_mode.iter_mut().zip(indices) {
            *freight *= index.of(values);
        }
        by_mode
    };
    let of_measure = |(index, measure): (MeasureIndex, &Measure)| {
        let passages = plan.measures[index]
            .passages
            .iter()
            .filter(|_| measure.instrument.multiplies_freight());
        passages.map(freight).collect()
    };
    plan.scenario.measures.iter().map(of_measure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{choice, model, near, route};

    #[test]
    fn a_route_costs_freight_time_and_extras_and_shocks_move_its_freight_by_mode() {
        let plan = model("").plan;
        let numbers = RouteNumbers::new(&plan, &plan.scenario.numbers.values());
        let mut costs = vec![0.0; plan.routes.len()];
        let (mut factors, mut charges) = ([1.0; Mode::ALL.len()], vec![0.0; plan.routes.len()]);
        numbers.write_costs(&factors, &charges, &mut costs);
        // 365 days at 36.5% a year and 200 USD/t: 0.2 USD/t a day.
        let expected = [
            ("grain-rail", 20.0 + 50.0 * 0.2),
            ("grain-sea", 10.0 + 30.0 + 50.0 * 0.2),
            ("grain-ghost", 30.0 + 10.0),
            ("grain-relabel", 15.0 + 25.0 + 150.0),
            // It passes the road to the west twice.
            ("ore-reexport", 10.0 + 30.0 + 2.0 * 25.0 + 50.0 * 0.2 + 30.0),
        ];
        for (id, cost) in expected {
            near(costs[route(&plan, id)], cost);
        }
        factors[Mode::Rail.position()] = 1.5;
        charges[route(&plan, "grain-rail")] = 7.0;
        numbers.write_costs(&factors, &charges, &mut costs);
        near(costs[route(&plan, "grain-rail")], 1.5 * 20.0 + 10.0 + 7.0);
        near(costs[route(&plan, "grain-sea")], 1.5 * 10.0 + 30.0 + 10.0);
        near(costs[route(&plan, "grain-relabel")], 190.0);
    }

    #[test]
    fn weights_give_back_the_baseline_at_baseline_prices() {
        let plan = model("").plan;
        let numbers = RouteNumbers::new(&plan, &plan.scenario.numbers.values());
        let mut costs = vec![0.0; plan.routes.len()];
        numbers.write_costs(&[1.0; Mode::ALL.len()], &vec![0.0; plan.routes.len()], &mut costs);
        let world = plan.world();
        for (number, row) in world
            .routes
            .rows()
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_latent())
        {
            let margin = world.demands[row.demand].price - world.supplies[row.supply].price;
            let flow = numbers.base_weight[number] * choice(margin.get() - costs[number]);
            assert!(
                (flow / row.baseline.get() - 1.0).abs() < 1e-14,
                "{} carries {flow}",
                row.id
            );
        }
    }

    #[test]
    fn a_latent_route_is_weighed_against_the_mean_cost_of_direct_trade() {
        let plan = model("").plan;
        let numbers = RouteNumbers::new(&plan, &plan.scenario.numbers.values());
        let unit = |id: &str| numbers.unit_weight[route(&plan, id)];
        // Direct grain goes by rail and by sea in equal parts, at 40 USD/t: a gain of 60.
        for id in ["grain-ghost", "grain-relabel", "grain-reexport"] {
            near(unit(id), choice(-60.0));
        }
        near(unit("ore-reexport"), choice(-70.0));
        // Without direct trade its own cost counts, 50 USD/t.
        near(unit("timber-new"), choice(-50.0));
        near(numbers.base_weight[route(&plan, "timber-new")], 50.0 * choice(-50.0));
    }

    #[test]
    fn latent_routes_share_an_adaptive_capacity_by_their_potentials() {
        let plan = model("").plan;
        let numbers = RouteNumbers::new(&plan, &plan.scenario.numbers.values());
        let share = |id: &str| {
            let mut uses = plan.adaptive_uses.iter().zip(&numbers.adaptive_share);
            *uses.find(|(used, _)| used.route == route(&plan, id)).unwrap().1
        };
        near(share("grain-ghost"), 200.0 / 600.0);
        near(share("grain-relabel"), 400.0 / 600.0);
        near(share("grain-reexport"), 1.0);
    }
}
