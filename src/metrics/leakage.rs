//! The leakage that measures leave open: hidden trade of restricted pairs which no ban in force covers.

use std::collections::BTreeMap;

use super::interleave::InterleavedMonth;
use crate::math::lanes::{Lanes, Mask};
use crate::model::{JurisdictionIndex, RouteKind};
use crate::simulation::Plan;

/// Hidden routes told apart by good (row number), seller's and buyer's jurisdiction, papers and kind.
pub type LeakageKey = (
    usize,
    JurisdictionIndex,
    JurisdictionIndex,
    Option<JurisdictionIndex>,
    RouteKind,
);

/// SparseSums of hidden routes, with a cell for each over the whole run.
#[derive(Debug)]
pub struct Leakage {
    pub keys: Vec<LeakageKey>,
    routes: Vec<LeakRoute>,
}

/// A hidden route with the place of its group.
#[derive(Debug)]
struct LeakRoute {
    route: usize,
    pair: usize,
    place: usize,
}

impl Leakage {
    /// SparseSums the hidden routes of a plan.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let mut groups: BTreeMap<LeakageKey, Vec<usize>> = BTreeMap::new();
        for (number, route) in plan.routes.iter().enumerate() {
            if route.kind != RouteKind::Direct {
                let (supply, demand) = plan.pairs[route.pair];
                let ends = (world.origin(supply), world.destination(demand));
                let key = (route.commodity, ends.0, ends.1, route.via, route.kind);
                groups.entry(key).or_default().push(number);
            }
        }
        let placed = |(place, numbers): (usize, &Vec<usize>)| {
            let leak = |&route: &usize| LeakRoute {
                route,
                pair: plan.routes[route].pair,
                place,
            };
            numbers.iter().map(leak).collect::<Vec<_>>()
        };
        Self {
            routes: groups.values().enumerate().flat_map(placed).collect(),
            keys: groups.into_keys().collect(),
        }
    }

    /// Adds the tonnes of a month that flowed on restricted pairs without a ban in force on any leg they declare to the
    /// sum of each group; `restricted` tells of each pair whether it is, a lane for each draw.
    pub fn add_month(&self, month: &InterleavedMonth<'_>, restricted: &[Mask], flows: &[Lanes], sums: &mut [Lanes]) {
        for &LeakRoute { route, pair, place } in &self.routes {
            let restricted = restricted[pair];
            let flow = flows[route];
            if (restricted & !flow.is_zero()).any() {
                let covered = month.holds(|draw| draw.effects.covered[route]);
                sums[place] += flow.only(restricted & !covered);
            }
        }
    }
}
