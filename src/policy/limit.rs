//! Limits that measures set on the sum of flows over some routes.

use std::collections::BTreeMap;

use super::indices::{ConstraintIndex, PairIndex};
use super::matched::Matched;
use super::measure::Measure;
use crate::model::{CommodityIndex, JurisdictionIndex, Mode, Tonnes, World};

/// The trade that one limit of a measure applies to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitOn {
    /// One good that passes the places of the measure by one mode, or by no link at all.
    Passage {
        mode: Option<Mode>,
        good: CommodityIndex,
        /// Whether all that it matches passes by this mode.
        is_only_mode: bool,
        /// Whether all that it matches is this good.
        is_only_good: bool,
    },
    /// The trade of one pair.
    Pair(PairIndex),
    /// One commodity.
    Commodity(CommodityIndex),
    /// A share of a capacity: the limit is that share.
    ShareOf(ConstraintIndex),
}

/// A limit with the routes that it counts.
#[derive(Clone, Debug)]
pub struct LimitedRoutes {
    pub on: LimitOn,
    pub routes: Vec<usize>,
}

/// A limit whose size in a month is needed.
#[derive(Clone, Copy, Debug)]
pub struct Limited {
    pub on: LimitOn,
    /// Baseline flow over its routes, per month.
    pub baseline: Tonnes,
}

/// The information that a measure has when it lists its limits.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub world: &'a World,
    pub measure: &'a Measure,
    pub matched: &'a Matched,
    /// The pair of each route.
    pub pair_of: &'a [PairIndex],
    /// The capacities of intermediaries that some route uses.
    pub via_capacities: &'a [ViaCapacity],
}

/// A capacity of an intermediary among the constraints.
#[derive(Clone, Debug)]
pub struct ViaCapacity {
    pub constraint: ConstraintIndex,
    pub via: JurisdictionIndex,
    pub routes: Vec<usize>,
}

impl Site<'_> {
    /// One limit for each pair of the matched direct routes.
    pub fn limit_by_pair(&self) -> Vec<LimitedRoutes> {
        self.limit_by_pair_of(&self.matched.direct)
    }

    /// One limit for each pair of those matched direct routes that carry something at baseline.
    pub fn limit_baseline_by_pair(&self) -> Vec<LimitedRoutes> {
        let rows = self.world.routes.rows();
        let direct = self.matched.direct.iter();
        self.limit_by_pair_of(direct.filter(|&&route| !rows[route].is_latent()))
    }

    fn limit_by_pair_of<'r>(&self, routes: impl IntoIterator<Item = &'r usize>) -> Vec<LimitedRoutes> {
        let mut pairs: BTreeMap<PairIndex, Vec<usize>> = BTreeMap::new();
        for &route in routes {
            pairs.entry(self.pair_of[route]).or_default().push(route);
        }
        // The map has ordered the pairs, so rows of result tables have a fixed order.
        let limited = pairs.into_iter().map(|(pair, routes)| LimitedRoutes {
            on: LimitOn::Pair(pair),
            routes,
        });
        limited.collect()
    }
}

/// The limit that a restricted share leaves of `whole`; none where nothing is restricted.
pub fn remaining(restricted_share: f64, whole: f64) -> Option<f64> {
    (restricted_share > 0.0).then_some((1.0 - restricted_share) * whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restriction_of_nothing_is_no_limit() {
        assert_eq!(remaining(0.0, 100.0), None);
        assert_eq!(remaining(0.25, 100.0), Some(75.0));
        assert_eq!(remaining(1.0, 100.0), Some(0.0));
    }
}
