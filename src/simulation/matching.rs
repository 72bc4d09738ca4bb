//! Which routes measures bear on, and which latent routes they open.

use super::plan::{Opener, RoutePlan};
use crate::model::{DemandIndex, Index, Route, RouteKind, SupplyIndex, Table, Tonnes, World};
use crate::policy::{
    Bearing, Exposure, Hazard, Matched, Measure, MeasureIndex, PairIndex, PairMarks, Passages, TradedRoute,
};
use crate::scenario::Scenario;

/// The routes that each of some measures or programmes bears on; none for those that cannot act in the scenario.
pub fn match_all<I: Index>(
    scenario: &Scenario,
    measures: &Table<I, Measure>,
    pairs: &Table<PairIndex, (SupplyIndex, DemandIndex)>,
    pair_of: &[PairIndex],
) -> Table<I, Matched> {
    let world = &scenario.world;
    let of_measure = |measure: &Measure| {
        if is_inert(scenario, measure) {
            return Matched::default();
        }
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
        if route.is_latent() {
            matched.latent.push(index.row());
        } else {
            matched.pairs.push(pair_of[index.row()]);
        }
    }
    // Sorted, so that openers can be searched for and no order depends on routes.
    matched.pairs.sort_unstable();
    matched.pairs.dedup();
    matched.traded = traded_routes(world, pair_of, &matched);
    let routes: Vec<usize> = matched.routes().collect();
    let row = |number: usize| -> &Route { &world.routes.rows()[number] };
    let exposure = |&route: &usize| {
        let (share, mode) = measure.instrument.exposure(world, row(route))?;
        Some(Exposure {
            route,
            good: world.commodity(row(route)),
            share,
            mode,
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

fn traded_routes(world: &World, pair_of: &[PairIndex], matched: &Matched) -> Vec<TradedRoute> {
    let direct = matched.direct.iter().enumerate();
    let traded = direct.map(|(place, &route)| {
        let row = &world.routes.rows()[route];
        let pair = matched.pairs.binary_search(&pair_of[route]).ok()?;
        (!row.is_latent()).then(|| TradedRoute {
            route,
            place,
            pair,
            good: world.commodity(row),
            baseline: row.baseline,
        })
    });
    traded.flatten().collect()
}

fn mark_pair(world: &World, measure: &Measure, (supply, demand): (SupplyIndex, DemandIndex)) -> PairMarks {
    let bearing = measure.instrument.bearing();
    let restricted = bearing == Bearing::Restricts;
    let is_own = |jurisdiction| measure.terms.issuer.contains(&jurisdiction);
    PairMarks {
        restricted,
        // Who restricts itself is no target: its losses are the coalition's.
        seller_targeted: restricted && !is_own(world.origin(supply)),
        // A ban on transport of some origin hits the buyers in third countries too, but they are not its targets.
        buyer_targeted: restricted && !is_own(world.destination(demand)) && !measure.instrument.targets_sellers_alone(),
        tariffed: bearing == Bearing::Opens,
        withdrawn: bearing == Bearing::Withdraws,
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
pub fn find_openers(
    scenario: &Scenario,
    pairs: &Table<PairIndex, (SupplyIndex, DemandIndex)>,
    matched: &Table<MeasureIndex, Matched>,
    routes: &mut [RoutePlan],
) {
    let direct_trade = direct_trade(pairs, routes);
    let openers = scenario.measures.iter();
    for (measure, _) in openers.filter(|(_, measure)| measure.instrument.bearing() != Bearing::Neutral) {
        let concerned_pairs = &matched[measure].pairs;
        for route in routes.iter_mut().filter(|route| route.is_latent()) {
            let concerns = |pair: &PairIndex| {
                if direct_trade[route.pair] > Tonnes::ZERO {
                    return *pair == route.pair;
                }
                let (supply, demand) = pairs[*pair];
                route.kind == RouteKind::Direct && (supply == route.supply || demand == route.demand)
            };
            let places = concerned_pairs.iter().enumerate().filter(|(_, pair)| concerns(pair));
            let places: Vec<usize> = places.map(|(place, _)| place).collect();
            if places.is_empty() {
                continue;
            }
            let trade = |sum, place: &usize| sum + direct_trade[concerned_pairs[*place]];
            let trade = places.iter().fold(Tonnes::ZERO, trade);
            route.opened_by.push(Opener { measure, places, trade });
        }
    }
}

/// The baseline flow on the direct routes of each pair, per month.
fn direct_trade(
    pairs: &Table<PairIndex, (SupplyIndex, DemandIndex)>,
    routes: &[RoutePlan],
) -> Table<PairIndex, Tonnes> {
    let mut trade: Table<PairIndex, Tonnes> = Table::filled(Tonnes::ZERO, pairs.len());
    for route in routes.iter().filter(|route| route.kind == RouteKind::Direct) {
        trade[route.pair] += route.baseline;
    }
    trade
}

/// Whether a measure or programme cannot act in any month and draw of a scenario: it has no strength, or even its
/// announcement comes after the last month. Such a line changes no number of a result.
pub fn is_inert(scenario: &Scenario, measure: &Measure) -> bool {
    let has_struck = measure.instrument.hazard().and_then(Hazard::known_since).is_some();
    let end = scenario.horizon.end();
    let comes_later = measure.terms.announced >= end && measure.terms.from >= end && !has_struck;
    comes_later || is_void(scenario, measure)
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

#[cfg(test)]
mod tests {
    use crate::simulation::Plan;
    use crate::simulation::testing::{measure, model, route};

    const BY_UNION: &str = "issuer = \"UNION\"";

    fn ids(plan: &Plan, routes: &[usize]) -> Vec<String> {
        let id = |&route: &usize| plan.world().routes.rows()[route].id.clone();
        routes.iter().map(id).collect()
    }

    /// The latent routes that some measure opens.
    fn opened(body: &str) -> Vec<String> {
        let plan = model(body).plan;
        let latent = plan.latent_routes.iter().copied();
        let opened: Vec<usize> = latent
            .filter(|&route| !plan.routes[route].opened_by.is_empty())
            .collect();
        ids(&plan, &opened)
    }

    #[test]
    fn a_measure_matches_direct_trade_and_the_hidden_routes_that_declare_its_legs_to_the_issuer() {
        let matched = |issuer: &str| {
            let plan = model(&measure("ban", "stop", "grain", &format!("issuer = \"{issuer}\""))).plan;
            let matched = &plan.measures.rows()[0];
            assert_eq!(matched.pairs.len(), 1, "two direct routes join one pair");
            (ids(&plan, &matched.direct), ids(&plan, &matched.hidden))
        };
        let direct = ["grain-rail", "grain-sea"];
        // Towards the union a ghost declares its true end; the seller sees it go to the hub.
        let (by_union, by_seller) = (matched("UNION"), matched("SEL"));
        assert_eq!(
            (by_union.0, by_seller.0),
            (direct.map(String::from).to_vec(), direct.map(String::from).to_vec())
        );
        assert_eq!(by_union.1, ["grain-ghost"]);
        assert_eq!(by_seller.1, [""; 0]);
    }

    #[test]
    fn only_somebody_else_s_measure_targets_a_seller_or_buyer() {
        let mark =
            |kind: &str, keys: &str| model(&measure(kind, "stop", "grain", keys)).plan.measures.rows()[0].marks[0];
        let (by_union, by_seller) = (mark("ban", BY_UNION), mark("ban", "issuer = \"SEL\""));
        assert!(by_union.restricted && by_union.seller_targeted && !by_union.buyer_targeted && !by_union.tariffed);
        assert!(by_seller.restricted && !by_seller.seller_targeted && by_seller.buyer_targeted);
        let duty = mark("tariff", "issuer = \"UNION\"\nrate = 0.1");
        assert!(duty.tariffed && !duty.restricted && !duty.seller_targeted && !duty.buyer_targeted);
    }

    #[test]
    fn a_ban_on_transport_of_some_origin_has_no_buyer_as_its_target() {
        let mark = |body: String| model(&body).plan.measures.rows()[0].marks[0];
        let harbour = "issuer = \"ROW\"\nnodes = [\"harbour\"]\nfrom = \"2022-01\"\nshare_closed = 0.5\n";
        let closure = |ends: &str| format!("[[measures.closure]]\nid = \"shut\"\n{harbour}{ends}");
        let (of_origin, to_buyer) = (
            mark(closure("origins = [\"SEL\"]\n")),
            mark(closure("origins = [\"SEL\"]\ndestinations = [\"BUY\"]\n")),
        );
        assert!(of_origin.seller_targeted && !of_origin.buyer_targeted);
        assert!(to_buyer.seller_targeted && to_buyer.buyer_targeted);
    }

    #[test]
    fn a_measure_opens_the_hidden_routes_of_its_pairs() {
        assert_eq!(
            opened(&measure("ban", "stop", "grain", BY_UNION)),
            ["grain-ghost", "grain-relabel", "grain-reexport"]
        );
        // A new port is a latent direct route of a pair that trades.
        assert_eq!(
            opened(&measure("tariff", "duty", "ore", "issuer = \"UNION\"\nrate = 0.1")),
            ["ore-quay", "ore-reexport"]
        );
    }

    #[test]
    fn a_new_market_opens_by_its_supply_or_by_its_demand() {
        let by_supply = measure("ban", "stop", "timber", BY_UNION);
        assert_eq!(opened(&by_supply), ["timber-relabel", "timber-new"]);
        // A measure on the other trade of its demand opens nothing else.
        let by_demand = by_supply
            .replace("[\"SEL\"]", "[\"ROW\"]")
            .replace("[\"UNION\"]", "[\"ROW\"]");
        assert_eq!(opened(&by_demand), ["timber-new"]);
    }

    #[test]
    fn a_measure_that_restricts_nothing_opens_nothing() {
        let idle = measure("ban", "stop", "timber", &format!("{BY_UNION}\nexempt_share = 1.0"));
        assert_eq!(opened(&idle), [""; 0]);
        let checks = measure(
            "inspection",
            "checks",
            "grain",
            &format!("{BY_UNION}\nseizure_probability = 0.5"),
        );
        assert_eq!(opened(&checks), [""; 0]);
    }

    #[test]
    fn checks_concern_hidden_routes_once_and_in_order() {
        let checks = |id| {
            measure(
                "inspection",
                id,
                "grain",
                &format!("{BY_UNION}\nseizure_probability = 0.5"),
            )
        };
        let plan = model(&(checks("one") + &checks("two"))).plan;
        assert_eq!(plan.checked_routes, [route(&plan, "grain-ghost")]);
    }
}
