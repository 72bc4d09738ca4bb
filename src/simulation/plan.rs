//! A scenario compiled for speed: every match, group and constraint found once, so that months touch only numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::constraints::list_constraints;
use super::matching::{find_openers, is_inert, list_checked, match_all};
use crate::equilibrium::Network;
use crate::model::{
    Bottleneck, CapacityIndex, CommodityIndex, DemandIndex, Index, JurisdictionIndex, LinkIndex, Mode, Month, Route,
    RouteIndex, RouteKind, SupplyIndex, Table, Tonnes, UsdPerTonne, World,
};
use crate::policy::{
    AdaptiveIndex, ConstraintIndex, LimitOn, Matched, Measure, MeasureIndex, PairIndex, ProgrammeIndex,
};
use crate::scenario::Scenario;

/// A limit on the sum of flows over some routes, and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    /// A capacity of the world.
    Capacity(CapacityIndex),
    /// A limit that a measure or programme sets.
    Limit { by: By, on: LimitOn },
}

/// Who sets a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Measure(MeasureIndex),
    Programme(ProgrammeIndex),
}

/// A constraint of the plan with its routes.
#[derive(Clone, Debug)]
pub struct ConstraintPlan {
    pub constraint: Constraint,
    pub routes: Vec<usize>,
    /// Baseline flow over its routes, per month.
    pub baseline: Tonnes,
    /// Mean over its routes: the scale of its rent.
    pub reference_price: UsdPerTonne,
}

/// The properties of a route that months need.
#[derive(Clone, Debug)]
pub struct RoutePlan {
    pub supply: SupplyIndex,
    pub demand: DemandIndex,
    pub pair: PairIndex,
    pub commodity: CommodityIndex,
    /// Reference price.
    pub price: UsdPerTonne,
    /// Per month; zero for a latent route.
    pub baseline: Tonnes,
    pub kind: RouteKind,
    pub via: Option<JurisdictionIndex>,
    /// Measures that open a latent route while they restrict; empty for routes with baseline flow.
    pub opened_by: Vec<Opener>,
    /// Adaptive capacities a latent route uses; its potential follows them.
    pub adaptive: Vec<AdaptiveIndex>,
}

/// A measure that opens a latent route, as far as it takes direct trade that the route could replace.
#[derive(Clone, PartialEq, Debug)]
pub struct Opener {
    pub measure: MeasureIndex,
    /// The places of the pairs concerned in [`Matched::pairs`] of the measure.
    pub places: Vec<usize>,
    /// Their baseline direct trade, per month.
    pub trade: Tonnes,
}

impl RoutePlan {
    /// Whether the route carries nothing at baseline.
    pub fn is_latent(&self) -> bool {
        self.baseline == Tonnes::ZERO
    }
}

/// An adaptive capacity: where it stands, and how its latent routes share it.
#[derive(Clone, Debug)]
pub struct AdaptivePlan {
    pub capacity: CapacityIndex,
    pub constraint: ConstraintIndex,
    /// First announcement of a measure that opens one of its latent routes.
    pub announced: Option<Month>,
    pub latent_routes: Vec<usize>,
    /// Demands whose genuine trade gives cover to the intermediary.
    pub genuine_demands: Vec<DemandIndex>,
}

/// A latent route's use of an adaptive capacity, on whose state its potential depends.
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveUse {
    pub route: usize,
    pub adaptive: AdaptiveIndex,
}

/// A scenario ready to be simulated.
#[derive(Debug)]
pub struct Plan {
    pub scenario: Arc<Scenario>,
    pub network: Network,
    pub routes: Vec<RoutePlan>,
    pub pairs: Table<PairIndex, (SupplyIndex, DemandIndex)>,
    pub constraints: Table<ConstraintIndex, ConstraintPlan>,
    /// For each constraint its place among [`Plan::adaptive`].
    pub adaptive_of: Table<ConstraintIndex, Option<AdaptiveIndex>>,
    pub adaptive: Table<AdaptiveIndex, AdaptivePlan>,
    /// Sorted by route.
    pub adaptive_uses: Vec<AdaptiveUse>,
    /// By route: what months ask of all routes, close together. Reference prices are in USD per tonne.
    pub supply_of_route: Vec<u32>,
    pub demand_of_route: Vec<u32>,
    pub price_of_route: Vec<f64>,
    pub latent_routes: Vec<usize>,
    /// Routes on which some measure checks shipments, in order.
    pub checked_routes: Vec<usize>,
    /// Modes that some route uses, in their order.
    pub modes: Vec<Mode>,
    /// For each measure the routes it bears on.
    pub measures: Table<MeasureIndex, Matched>,
    /// For each programme the routes it bears on.
    pub programmes: Table<ProgrammeIndex, Matched>,
    /// Baseline quantities per month.
    pub supply_quantity: Table<SupplyIndex, Tonnes>,
    pub demand_quantity: Table<DemandIndex, Tonnes>,
}

impl Plan {
    /// Compiles a scenario.
    pub fn new(scenario: Arc<Scenario>) -> Self {
        let world = &scenario.world;
        let (pairs, pair_of) = number_pairs(world);
        let measures = match_all(&scenario, &scenario.measures, &pairs, &pair_of);
        let mut programmes = match_all(&scenario, &scenario.programmes, &pairs, &pair_of);
        let mut routes = describe_routes(world, &pair_of);
        find_openers(&scenario, &pairs, &measures, &mut routes);
        let constraints = list_constraints(&scenario, &measures, &programmes, &pair_of);
        let adaptive = list_adaptive(&scenario, &constraints, &mut routes);
        let mut adaptive_of = Table::filled(None, constraints.len());
        for (place, plan) in adaptive.iter() {
            adaptive_of[plan.constraint] = Some(place);
        }
        for (index, programme) in scenario.programmes.iter() {
            if !is_inert(&scenario, programme) {
                find_target_capacities(world, programme, &constraints, &adaptive_of, &mut programmes[index]);
            }
        }
        let network = build_network(world, &routes, &constraints);
        let supply_quantity = world.supply_quantities();
        let demand_quantity = world.demand_quantities();
        Self {
            adaptive_uses: list_uses(&routes),
            supply_of_route: routes.iter().map(|route| route.supply.row() as u32).collect(),
            demand_of_route: routes.iter().map(|route| route.demand.row() as u32).collect(),
            price_of_route: routes.iter().map(|route| route.price.get()).collect(),
            latent_routes: (0..routes.len()).filter(|&route| routes[route].is_latent()).collect(),
            checked_routes: list_checked(&scenario, &measures),
            modes: list_modes(world),
            scenario,
            network,
            routes,
            pairs,
            constraints,
            adaptive_of,
            adaptive,
            measures,
            programmes,
            supply_quantity,
            demand_quantity,
        }
    }

    /// The world that trade happens on.
    pub fn world(&self) -> &World {
        &self.scenario.world
    }

    /// The name of a constraint in result tables.
    pub fn constraint_name(&self, constraint: Constraint) -> String {
        let world = self.world();
        let pair_name = |pair: PairIndex| {
            let (supply, demand) = self.pairs[pair];
            format!("{}>{}", world.supplies[supply].id, world.demands[demand].id)
        };
        match constraint {
            Constraint::Capacity(capacity) => world.capacities[capacity].id.clone(),
            Constraint::Limit { by, on } => {
                let id = &self.measure_of(by).terms.id;
                match on {
                    LimitOn::Passage {
                        mode,
                        good,
                        is_only_mode,
                        is_only_good,
                    } => {
                        let mode = mode.filter(|_| !is_only_mode).map_or("", Mode::name);
                        let good = if is_only_good { "" } else { &world.commodities[good].id };
                        let parts = [id, mode, good].into_iter().filter(|part| !part.is_empty());
                        parts.collect::<Vec<_>>().join(":")
                    }
                    LimitOn::Pair(pair) => format!("{id}:{}", pair_name(pair)),
                    LimitOn::Commodity(commodity) => format!("{id}:{}", world.commodities[commodity].id),
                    LimitOn::ShareOf(capacity) => {
                        format!("{id}:{}", self.constraint_name(self.constraints[capacity].constraint))
                    }
                }
            }
        }
    }

    /// The measure or programme that sets a limit.
    pub fn measure_of(&self, by: By) -> &Measure {
        match by {
            By::Measure(index) => &self.scenario.measures[index],
            By::Programme(index) => &self.scenario.programmes[index],
        }
    }

    /// The supply whose direct trade with one demand a constraint limits: its rent is the seller's.
    pub fn limited_seller(&self, constraint: ConstraintIndex) -> Option<SupplyIndex> {
        let Constraint::Capacity(capacity) = self.constraints[constraint].constraint else {
            return None;
        };
        match self.world().capacities[capacity].bottleneck {
            Bottleneck::Pair(supply, _) => Some(supply),
            _ => None,
        }
    }

    /// Freight on a route by mode, USD per tonne, over the links `concerned` of it.
    pub fn freight_by_mode(
        &self,
        links: impl IntoIterator<Item = LinkIndex>,
        values: &[f64],
    ) -> [f64; Mode::ALL.len()] {
        let mut freight = [0.0; Mode::ALL.len()];
        for link in links {
            let row = &self.world().links[link];
            freight[row.mode.position()] += row.freight.of(values);
        }
        freight
    }
}

/// All pairs, in the order of supplies and demands, and the pair of each route.
fn number_pairs(world: &World) -> (Table<PairIndex, (SupplyIndex, DemandIndex)>, Vec<PairIndex>) {
    let joined = world.routes.rows().iter().map(|route| (route.supply, route.demand));
    let joined: BTreeSet<(SupplyIndex, DemandIndex)> = joined.collect();
    let pairs: Table<PairIndex, (SupplyIndex, DemandIndex)> = joined.into_iter().collect();
    let numbers: BTreeMap<(SupplyIndex, DemandIndex), PairIndex> =
        pairs.iter().map(|(index, pair)| (*pair, index)).collect();
    let pair_of = world
        .routes
        .rows()
        .iter()
        .map(|route| numbers[&(route.supply, route.demand)])
        .collect();
    (pairs, pair_of)
}

fn describe_routes(world: &World, pair_of: &[PairIndex]) -> Vec<RoutePlan> {
    let describe = |(index, route): (RouteIndex, &Route)| {
        let commodity = world.commodity(route);
        RoutePlan {
            supply: route.supply,
            demand: route.demand,
            pair: pair_of[index.row()],
            commodity,
            price: world.commodities[commodity].price,
            baseline: route.baseline,
            kind: route.kind,
            via: route.via,
            opened_by: Vec::new(),
            adaptive: Vec::new(),
        }
    };
    world.routes.iter().map(describe).collect()
}

fn list_adaptive(
    scenario: &Scenario,
    constraints: &Table<ConstraintIndex, ConstraintPlan>,
    routes: &mut [RoutePlan],
) -> Table<AdaptiveIndex, AdaptivePlan> {
    let world = &scenario.world;
    let mut adaptive: Table<AdaptiveIndex, AdaptivePlan> = Table::default();
    for (constraint, plan) in constraints.iter() {
        let Constraint::Capacity(index) = plan.constraint else {
            continue;
        };
        let capacity = &world.capacities[index];
        if capacity.adaptation.is_none() {
            continue;
        }
        let latent_routes: Vec<usize> = plan
            .routes
            .iter()
            .copied()
            .filter(|&route| routes[route].is_latent())
            .collect();
        let openers = latent_routes.iter().flat_map(|&route| &routes[route].opened_by);
        let announced = openers
            .map(|opener| scenario.measures[opener.measure].terms.announced)
            .min();
        let genuine_demands = genuine_demands(world, capacity);
        let place = adaptive.push(AdaptivePlan {
            capacity: index,
            constraint,
            announced,
            latent_routes,
            genuine_demands,
        });
        for &route in &adaptive[place].latent_routes {
            routes[route].adaptive.push(place);
        }
    }
    adaptive
}

/// Finds the capacities of a programme's targets, as intermediaries, for some of its goods.
fn find_target_capacities(
    world: &World,
    programme: &Measure,
    constraints: &Table<ConstraintIndex, ConstraintPlan>,
    adaptive_of: &Table<ConstraintIndex, Option<AdaptiveIndex>>,
    matched: &mut Matched,
) {
    let is_of_target = |row: &ConstraintPlan| match row.constraint {
        Constraint::Capacity(capacity) => capacity_targeted(world, capacity, programme),
        Constraint::Limit { .. } => None,
    };
    matched.capacities = constraints
        .iter()
        .filter(|(_, row)| is_of_target(row).is_some())
        .map(|(index, _)| index)
        .collect();
    // In the order of the adaptive capacities, which is that of the constraints.
    matched.adaptive = matched
        .capacities
        .iter()
        .filter_map(|&index| adaptive_of[index])
        .collect();
}

/// The target whose capacity as an intermediary this is, for some of a programme's goods.
pub fn capacity_targeted(world: &World, capacity: CapacityIndex, programme: &Measure) -> Option<JurisdictionIndex> {
    let capacity = &world.capacities[capacity];
    let Bottleneck::Via(via) = capacity.bottleneck else {
        return None;
    };
    let mut goods = capacity.commodities.iter();
    let is_meant = programme.targets.contains(&via) && goods.any(|good| programme.terms.commodities.contains(good));
    is_meant.then_some(via)
}

fn list_uses(routes: &[RoutePlan]) -> Vec<AdaptiveUse> {
    let of_route = |(route, row): (usize, &RoutePlan)| {
        let uses = row.adaptive.iter().map(|&adaptive| AdaptiveUse { route, adaptive });
        uses.collect::<Vec<_>>()
    };
    routes.iter().enumerate().flat_map(of_route).collect()
}

fn list_modes(world: &World) -> Vec<Mode> {
    let links = world.routes.rows().iter().flat_map(|route| &route.links);
    let mut modes: Vec<Mode> = links.map(|&link| world.links[link].mode).collect();
    modes.sort_unstable();
    modes.dedup();
    modes
}

/// The demands in the intermediary's own jurisdiction for the goods of a capacity.
fn genuine_demands(world: &World, capacity: &crate::model::Capacity) -> Vec<DemandIndex> {
    let Bottleneck::Via(jurisdiction) = capacity.bottleneck else {
        return Vec::new();
    };
    let genuine = |demand: &DemandIndex| {
        world.destination(*demand) == jurisdiction && capacity.commodities.contains(&world.demands[*demand].commodity)
    };
    world.demands.indices().filter(genuine).collect()
}

fn build_network(world: &World, routes: &[RoutePlan], constraints: &Table<ConstraintIndex, ConstraintPlan>) -> Network {
    let ends: Vec<(usize, usize)> = routes
        .iter()
        .map(|route| (route.supply.row(), route.demand.row()))
        .collect();
    let supply_groups: Vec<usize> = world
        .supplies
        .rows()
        .iter()
        .map(|supply| supply.commodity.row())
        .collect();
    let demand_groups: Vec<usize> = world
        .demands
        .rows()
        .iter()
        .map(|demand| demand.commodity.row())
        .collect();
    let members: Vec<Vec<usize>> = constraints.rows().iter().map(|plan| plan.routes.clone()).collect();
    Network::new(&ends, &supply_groups, &demand_groups, &members)
}
