//! Which routes measures and programmes bear on, and which latent routes they open.

use super::plan::{PairIndex, RoutePlan};
use crate::model::{
    Action, DemandIndex, Index, LinkIndex, Measure, Programme, Route, RouteKind, Scenario, Slot, SupplyIndex, World,
};

/// A measure with the routes it bears on.
#[derive(Clone, Debug, Default)]
pub struct MeasurePlan {
    /// Matched direct routes.
    pub direct: Vec<usize>,
    /// Matched routes of the other kinds.
    pub hidden: Vec<usize>,
    /// Pairs of which it matches a baseline direct route.
    pub pairs: Vec<PairIndex>,
    /// What it means for the trade of each of these pairs, if it is a measure that opens routes.
    pub marks: Vec<PairEffects>,
    /// For a closure the share of each matched route's traffic that it can stop.
    pub exposure: Vec<(usize, f64)>,
    /// For a cost what each matched route passes.
    pub passages: Vec<Passages>,
}

/// What measures in force mean for the trade of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each may hold without the others")]
pub struct PairEffects {
    /// A ban, quota or closure restricts it.
    pub restricted: bool,
    /// Somebody else than the seller's jurisdiction restricts it.
    pub seller_targeted: bool,
    /// Somebody else than the buyer's jurisdiction restricts it.
    pub buyer_targeted: bool,
    /// A tariff bears on it.
    pub tariffed: bool,
}

/// The places of a cost that a route passes: how often, and on which links.
#[derive(Clone, Debug)]
pub struct Passages {
    pub route: usize,
    pub count: f64,
    pub links: Vec<LinkIndex>,
}

impl MeasurePlan {
    /// All matched routes: the direct ones first.
    pub fn routes(&self) -> impl Iterator<Item = usize> + '_ {
        self.direct.iter().chain(&self.hidden).copied()
    }
}

/// The routes that each measure bears on.
pub fn match_measures(
    scenario: &Scenario,
    pairs: &[(SupplyIndex, DemandIndex)],
    pair_of: &[PairIndex],
) -> Vec<MeasurePlan> {
    let world = &scenario.world;
    let of_measure = |measure: &Measure| {
        let mut plan = match_measure(world, pair_of, measure);
        let marks = plan.pairs.iter().map(|&pair| mark_pair(world, measure, pairs[pair]));
        plan.marks = marks.collect();
        plan
    };
    scenario.measures.iter().map(of_measure).collect()
}

/// The routes that each programme bears on.
pub fn match_programmes(scenario: &Scenario, pair_of: &[PairIndex]) -> Vec<MeasurePlan> {
    let world = &scenario.world;
    let of_programme = |programme: &Programme| {
        let matches = |route: &Route| world.programme_matches(programme, &scenario.measures, route);
        match_routes(world, pair_of, matches)
    };
    scenario.programmes.iter().map(of_programme).collect()
}

fn match_measure(world: &World, pair_of: &[PairIndex], measure: &Measure) -> MeasurePlan {
    let mut plan = match_routes(world, pair_of, |route| world.measure_matches(measure, route));
    let rows = world.routes.rows();
    match &measure.action {
        Action::Closure { places, .. } => {
            let exposure = |route: usize| (route, world.exposure(&rows[route], places));
            plan.exposure = plan.routes().map(exposure).collect();
        }
        Action::Cost { places, .. } => {
            let passages = |route: usize| Passages {
                route,
                count: world.passages(&rows[route], places) as f64,
                links: world.links_concerned(&rows[route], places).collect(),
            };
            plan.passages = plan.routes().map(passages).collect();
        }
        _ => {}
    }
    plan
}

fn mark_pair(world: &World, measure: &Measure, (supply, demand): (SupplyIndex, DemandIndex)) -> PairEffects {
    let restricted = restricts_pairs(&measure.action);
    let is_own = |jurisdiction| measure.terms.issuer.contains(&jurisdiction);
    PairEffects {
        restricted,
        seller_targeted: restricted && !is_own(world.origin(supply)),
        buyer_targeted: restricted && !is_own(world.destination(demand)),
        tariffed: !restricted,
    }
}

/// The routes that some inspection meets, in order.
pub fn list_inspected(scenario: &Scenario, measures: &[MeasurePlan]) -> Vec<usize> {
    let inspections = scenario.measures.iter().zip(measures);
    let inspections = inspections.filter(|(measure, _)| matches!(measure.action, Action::Inspection { .. }));
    let mut routes: Vec<usize> = inspections.flat_map(|(_, plan)| &plan.hidden).copied().collect();
    routes.sort_unstable();
    routes.dedup();
    routes
}

fn match_routes(world: &World, pair_of: &[PairIndex], matches: impl Fn(&Route) -> bool) -> MeasurePlan {
    let mut plan = MeasurePlan::default();
    for (index, route) in world.routes.iter().filter(|(_, route)| matches(route)) {
        if route.kind != RouteKind::Direct {
            plan.hidden.push(index.row());
            continue;
        }
        plan.direct.push(index.row());
        if !route.is_latent() {
            plan.pairs.push(pair_of[index.row()]);
        }
    }
    plan.pairs.sort_unstable();
    plan.pairs.dedup();
    plan
}

/// Bans, quotas, tariffs and closures open the latent routes of the pairs whose baseline direct trade they match.
/// A new market, a pair without direct trade, opens with those that match direct trade of its supply or its demand.
pub fn find_openers(scenario: &Scenario, plans: &[MeasurePlan], routes: &mut [RoutePlan]) {
    let has_direct_trade: Vec<bool> = {
        let pairs = routes.iter().map(|route| route.pair + 1).max().unwrap_or(0);
        let mut found = vec![false; pairs];
        for route in routes
            .iter()
            .filter(|route| route.kind == RouteKind::Direct && !route.is_latent())
        {
            found[route.pair] = true;
        }
        found
    };
    for (number, (measure, plan)) in scenario.measures.iter().zip(plans).enumerate() {
        if !opens_routes(&measure.action) || is_void(scenario, measure) {
            continue;
        }
        let traded: Vec<usize> = plan
            .direct
            .iter()
            .copied()
            .filter(|&route| !routes[route].is_latent())
            .collect();
        let supplies: Vec<usize> = traded.iter().map(|&route| routes[route].supply).collect();
        let demands: Vec<usize> = traded.iter().map(|&route| routes[route].demand).collect();
        for route in routes.iter_mut().filter(|route| route.is_latent()) {
            let concerned = if has_direct_trade[route.pair] {
                plan.pairs.binary_search(&route.pair).is_ok()
            } else {
                route.kind == RouteKind::Direct && (supplies.contains(&route.supply) || demands.contains(&route.demand))
            };
            if concerned {
                route.opened_by.push(number);
            }
        }
    }
}

/// Whether a measure of this kind can open latent routes.
pub fn opens_routes(action: &Action) -> bool {
    matches!(
        action,
        Action::Ban { .. } | Action::Quota { .. } | Action::Tariff { .. } | Action::Closure { .. }
    )
}

/// Whether trade under a measure of this kind counts as restricted.
pub fn restricts_pairs(action: &Action) -> bool {
    matches!(
        action,
        Action::Ban { .. } | Action::Quota { .. } | Action::Closure { .. }
    )
}

/// Whether a measure has no strength in any draw: its announcement concerns nobody, and what it matches is not
/// restricted.
pub fn is_void(scenario: &Scenario, measure: &Measure) -> bool {
    let is_always = |slot: Slot, value: f64| {
        scenario.numbers.get(slot).value == value && scenario.parameters.iter().all(|drawn| drawn.slot != slot)
    };
    match measure.action {
        Action::Ban { exempt_share, .. } => is_always(exempt_share, 1.0),
        Action::Tariff { rate, .. } => is_always(rate, 0.0),
        Action::Closure { share_closed, .. } => is_always(share_closed, 0.0),
        Action::Quota { .. } | Action::Cost { .. } | Action::Inspection { .. } => false,
    }
}
