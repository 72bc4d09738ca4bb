//! Monthly sums of trade as weighted sums over routes.

use std::collections::BTreeSet;

use crate::metrics::{SparseSums, ThroughputPlace};
use crate::model::{CommodityIndex, Party, Route, Trade, TradeSeries, Unit, World};

/// The routes of every series with their weights, in the order of the series.
pub fn compile(world: &World, series: &[TradeSeries]) -> SparseSums {
    let members = |series: &TradeSeries| {
        let routes = world.routes.rows().iter().enumerate();
        let weighted = routes.map(|(number, route)| (number, weight(world, series, route)));
        weighted.filter(|(_, weight)| *weight != 0.0).collect()
    };
    SparseSums::new(series.iter().map(members))
}

/// The ids of the series that no route can enter, which are zero in every month.
pub fn empty_series<'s>(world: &World, series: &'s [TradeSeries]) -> Vec<&'s str> {
    let is_empty = |series: &&TradeSeries| {
        let mut routes = world.routes.rows().iter();
        routes.all(|route| weight(world, series, route) == 0.0)
    };
    series
        .iter()
        .filter(is_empty)
        .map(|series| series.id.as_str())
        .collect()
}

/// The goods of the routes that enter a series, in the order of the world.
pub fn goods(world: &World, series: &TradeSeries) -> Vec<CommodityIndex> {
    let routes = world.routes.rows().iter();
    let entering = routes.filter(|route| times(world, &series.trade, route) > 0);
    let goods: BTreeSet<CommodityIndex> = entering.map(|route| world.commodity(route)).collect();
    goods.into_iter().collect()
}

/// The weight of a tonne on a route in a series.
fn weight(world: &World, series: &TradeSeries, route: &Route) -> f64 {
    let times = times(world, &series.trade, route) as f64;
    match series.unit {
        Unit::Tonnes => times,
        Unit::Dollars => times * world.commodities[world.commodity(route)].price.get(),
    }
}

/// How often a route counts: in customs records once for each listed reporter and partner that record it, else once.
fn times(world: &World, trade: &Trade, route: &Route) -> usize {
    let is_good = |commodities: &[CommodityIndex]| allows(commodities, &world.commodity(route));
    match trade {
        Trade::Book {
            reporters,
            partners,
            flow,
            commodities,
        } => {
            let books = world.books(route);
            let is_between = |reporter: &Party, partner: &Party| {
                let (reporters, partners) = (reporter.members(world), partner.members(world));
                books.iter().any(|book| {
                    book.flow == *flow && reporters.contains(&book.reporter) && partners.contains(&book.partner)
                })
            };
            let pairs = reporters
                .iter()
                .flat_map(|reporter| partners.iter().map(move |partner| (reporter, partner)));
            let recorded = pairs.filter(|(reporter, partner)| is_between(reporter, partner));
            if is_good(commodities) { recorded.count() } else { 0 }
        }
        Trade::Flow {
            supplies,
            demands,
            kinds,
            vias,
            commodities,
        } => {
            let is_via = vias.is_empty() || route.via.is_some_and(|via| vias.contains(&via));
            let is_chosen = is_via
                && allows(supplies, &route.supply)
                && allows(demands, &route.demand)
                && allows(kinds, &route.kind);
            usize::from(is_chosen && is_good(commodities))
        }
        Trade::Throughput {
            nodes,
            links,
            supplies,
            commodities,
        } => {
            let nodes = nodes.iter().copied().map(ThroughputPlace::Node);
            let mut places = nodes.chain(links.iter().copied().map(ThroughputPlace::Link));
            let passes = places.any(|place| place.is_passed(world, route));
            usize::from(passes && allows(supplies, &route.supply) && is_good(commodities))
        }
    }
}

/// Whether a list allows an entry; an empty list allows all.
fn allows<T: PartialEq>(list: &[T], entry: &T) -> bool {
    list.is_empty() || list.contains(entry)
}
