//! The leakage that measures leave open: hidden trade of restricted pairs which no ban in force covers.

use std::collections::BTreeMap;

use super::interleave::InterleavedMonth;
use crate::math::simd::{Lanes, Mask};
use crate::model::{CommodityIndex, JurisdictionIndex, RouteKind, Table};
use crate::policy::PairIndex;
use crate::simulation::Plan;

/// Hidden routes told apart by good, seller's and buyer's jurisdiction, papers and kind.
pub type LeakageKey = (
    CommodityIndex,
    JurisdictionIndex,
    JurisdictionIndex,
    Option<JurisdictionIndex>,
    RouteKind,
);

/// Groups of hidden routes, with a cell for each over the whole run.
#[derive(Debug)]
pub struct Leakage {
    pub keys: Vec<LeakageKey>,
    routes: Vec<LeakRoute>,
}

/// A hidden route with the place of its group.
#[derive(Debug)]
struct LeakRoute {
    route: usize,
    pair: PairIndex,
    place: usize,
}

impl Leakage {
    /// Groups the hidden routes of a plan.
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
    pub fn add_month(
        &self,
        month: &InterleavedMonth<'_>,
        restricted: &Table<PairIndex, Mask>,
        flows: &[Lanes],
        sums: &mut [Lanes],
    ) {
        for &LeakRoute { route, pair, place } in &self.routes {
            let restricted = restricted[pair];
            let flow = flows[route];
            // Most hidden routes are closed in most months, and marks of cover lie apart in each draw.
            if (restricted & !flow.is_zero()).any() {
                let covered = month.holds(|draw| draw.effects.covered[route]);
                sums[place] += flow.only(restricted & !covered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{flows, model};
    use crate::simulation::{Chance, PathRunner};

    /// Tonnes that leak in a month when a ban by `issuer` is in force and each hidden route of grain carries 10 t.
    fn leaked(issuer: &str, restricted: Mask) -> Vec<(RouteKind, f64)> {
        let ban = format!(
            "[[measures.ban]]\nid = \"stop\"\nissuer = \"{issuer}\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
             destinations = [\"UNION\"]\nfrom = \"2022-01\""
        );
        let model = model(&ban);
        let plan = &model.plan;
        let leakage = Leakage::new(plan);
        let mut sums = vec![Lanes::ZERO; leakage.keys.len()];
        let hidden = [
            ("grain-ghost", 10.0),
            ("grain-relabel", 10.0),
            ("grain-reexport", 10.0),
            ("grain-rail", 10.0),
        ];
        let flows = flows(plan, &hidden);
        let restricted = Table::filled(restricted, plan.pairs.len());
        PathRunner::new(&model)
            .run(Chance::Central, |month| {
                if let (0, Some(month)) = (month.step, InterleavedMonth::new(&[Some(month)])) {
                    leakage.add_month(&month, &restricted, &flows, &mut sums);
                }
            })
            .unwrap();
        let kinds = leakage.keys.iter().map(|key| key.4);
        let leaked = kinds.zip(&sums).map(|(kind, sum)| (kind, sum.0[0]));
        leaked.filter(|(_, tonnes)| *tonnes > 0.0).collect()
    }

    #[test]
    fn hidden_trade_leaks_unless_a_ban_covers_a_leg_that_it_declares() {
        let everywhere = Mask::of(|_| true);
        let mut kinds = leaked("SEL", everywhere);
        kinds.sort_unstable_by_key(|(kind, _)| kind.name());
        let all = [
            (RouteKind::Ghost, 10.0),
            (RouteKind::Reexport, 10.0),
            (RouteKind::Relabel, 10.0),
        ];
        assert_eq!(kinds, all);
        // Towards the union a ghost declares its true end.
        let mut kinds = leaked("UNION", everywhere);
        kinds.sort_unstable_by_key(|(kind, _)| kind.name());
        assert_eq!(kinds, all[1..]);
        assert_eq!(leaked("SEL", Mask::NONE), [], "without restriction nothing leaks");
    }
}
