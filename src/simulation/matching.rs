//! Which routes measures bear on, and which latent routes they open.

use super::plan::RoutePlan;
use crate::model::{DemandIndex, Index, Route, RouteKind, SupplyIndex, Table, World};
use crate::policy::{Bearing, Exposure, Matched, Measure, MeasureIndex, PairIndex, PairMarks, Passages};
use crate::scenario::Scenario;

/// The routes that each of some measures or programmes bears on.
pub fn match_all<I: Index>(
    world: &World,
    measures: &Table<I, Measure>,
    pairs: &Table<PairIndex, (SupplyIndex, DemandIndex)>,
    pair_of: &[PairIndex],
) -> Table<I, Matched> {
    let of_measure = |measure: &Measure| {
        let mut matched = match_routes(world, pair_of, measure);
        let marks = matched.pairs.iter().map(|&pair| mark_pair(world, measure, pairs[pair]));
        matched.marks = marks.collect();
        matched
    };
    measures.rows().iter().map(of_measure).collect()
}

fn match_routes(world: &World, pair_of: &[PairIndex], measure: &Measure) -> Matched {
    let mut matched = Matched::default();
    for (index, route) in world.routes.iter().filter(|(_, route)| measure.matches(world, route)) {
        if route.kind != RouteKind::Direct {
            matched.hidden.push(index.row());
            continue;
        }
        matched.direct.push(index.row());
        if !route.is_latent() {
            matched.pairs.push(pair_of[index.row()]);
        }
    }
    matched.pairs.sort_unstable();
    matched.pairs.dedup();
    let routes: Vec<usize> = matched.routes().collect();
    let row = |number: usize| -> &Route { &world.routes.rows()[number] };
    let exposure = |&route: &usize| {
        Some(Exposure {
            route,
            share: measure.instrument.exposure(world, row(route))?,
            baseline: row(route).baseline,
        })
    };
    let passages = |&route: &usize| {
        let (count, links) = measure.instrument.passages(world, row(route))?;
        Some(Passages {
            route,
            count: count as f64,
            links,
        })
    };
    matched.exposure = routes.iter().filter_map(exposure).collect();
    matched.passages = routes.iter().filter_map(passages).collect();
    matched
}

fn mark_pair(world: &World, measure: &Measure, (supply, demand): (SupplyIndex, DemandIndex)) -> PairMarks {
    let restricted = measure.instrument.bearing() == Bearing::Restricts;
    let is_own = |jurisdiction| measure.terms.issuer.contains(&jurisdiction);
    PairMarks {
        restricted,
        seller_targeted: restricted && !is_own(world.origin(supply)),
        buyer_targeted: restricted && !is_own(world.destination(demand)),
        tariffed: !restricted,
    }
}

/// The routes on which some measure checks shipments, in order.
pub fn list_checked(scenario: &Scenario, matched: &Table<MeasureIndex, Matched>) -> Vec<usize> {
    let checks = scenario.measures.iter();
    let checks = checks.filter(|(_, measure)| measure.instrument.checks_shipments());
    let mut routes: Vec<usize> = checks.flat_map(|(index, _)| &matched[index].hidden).copied().collect();
    routes.sort_unstable();
    routes.dedup();
    routes
}

/// Finds the measures that open each latent route: those that match baseline direct trade of its pair. A new market, a
/// pair without direct trade, opens with those that match direct trade of its supply or its demand.
pub fn find_openers(scenario: &Scenario, matched: &Table<MeasureIndex, Matched>, routes: &mut [RoutePlan]) {
    let has_direct_trade: Table<PairIndex, bool> = {
        let pairs = routes.iter().map(|route| route.pair.row() + 1).max().unwrap_or(0);
        let mut found: Table<PairIndex, bool> = Table::filled(false, pairs);
        for route in routes
            .iter()
            .filter(|route| route.kind == RouteKind::Direct && !route.is_latent())
        {
            found[route.pair] = true;
        }
        found
    };
    for (index, measure) in scenario.measures.iter() {
        if measure.instrument.bearing() == Bearing::Neutral || is_void(scenario, measure) {
            continue;
        }
        let matched = &matched[index];
        let traded: Vec<usize> = matched
            .direct
            .iter()
            .copied()
            .filter(|&route| !routes[route].is_latent())
            .collect();
        let supplies: Vec<SupplyIndex> = traded.iter().map(|&route| routes[route].supply).collect();
        let demands: Vec<DemandIndex> = traded.iter().map(|&route| routes[route].demand).collect();
        for route in routes.iter_mut().filter(|route| route.is_latent()) {
            let concerned = if has_direct_trade[route.pair] {
                matched.pairs.binary_search(&route.pair).is_ok()
            } else {
                route.kind == RouteKind::Direct && (supplies.contains(&route.supply) || demands.contains(&route.demand))
            };
            if concerned {
                route.opened_by.push(index);
            }
        }
    }
}

/// Whether a measure has no strength in any draw: its announcement concerns nobody, and what it matches is not
/// restricted.
pub fn is_void(scenario: &Scenario, measure: &Measure) -> bool {
    let is_certain = |slot| scenario.parameters.iter().all(|drawn| drawn.slot != slot);
    let why_weak = measure.instrument.why_weak(&|slot, value| {
        let is_always = scenario.numbers.get(slot).value == value && is_certain(slot);
        is_always.then(String::new)
    });
    why_weak.is_some()
}
