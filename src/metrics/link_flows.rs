//! Goods on links, added up by year.

use std::collections::{BTreeMap, BTreeSet};

use super::sparse_sums::SparseSums;
use crate::model::{CommodityIndex, LinkIndex};
use crate::policy::PairIndex;
use crate::simulation::Plan;

/// The flow of each good over each link, of trade that has another way: of pairs with a route that is latent at baseline. A
/// route that passes a link twice counts twice.
///
/// All trade would hide what reroutes behind what never does, such as the trade of the union with the rest of the world.
#[derive(Clone, Debug)]
pub struct LinkFlows {
    pub keys: Vec<(LinkIndex, CommodityIndex)>,
    /// By key.
    pub sums: SparseSums,
}

impl LinkFlows {
    /// Lists the links that some route of such a pair passes.
    pub fn new(plan: &Plan) -> Self {
        let has_another_way: BTreeSet<PairIndex> = plan
            .routes
            .iter()
            .filter(|route| route.is_latent())
            .map(|route| route.pair)
            .collect();
        let mut passed: BTreeMap<(LinkIndex, CommodityIndex), BTreeMap<usize, f64>> = BTreeMap::new();
        for (number, route) in plan.world().routes.rows().iter().enumerate() {
            if !has_another_way.contains(&plan.routes[number].pair) {
                continue;
            }
            for &link in &route.links {
                let routes = passed.entry((link, plan.routes[number].commodity)).or_default();
                *routes.entry(number).or_insert(0.0) += 1.0;
            }
        }
        let (keys, lists): (Vec<_>, Vec<_>) = passed.into_iter().unzip();
        let lists = lists.into_iter().map(|routes| routes.into_iter().collect());
        Self {
            keys,
            sums: SparseSums::new(lists),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd::Lanes;
    use crate::metrics::testing::{flows, model};

    #[test]
    fn trade_without_another_way_is_on_no_link() {
        let plan = model("").plan;
        let links = LinkFlows::new(&plan);
        let on_links = |id: &str| {
            let lanes = flows(&plan, &[(id, 10.0)]);
            let tonnes: Vec<f64> = lanes.iter().map(|lanes: &Lanes| lanes.0[0]).collect();
            let mut totals = vec![0.0; links.sums.len()];
            links.sums.sum_into(&tonnes, &mut totals);
            totals.iter().any(|total| *total > 0.0)
        };
        assert!(on_links("grain-rail"), "grain can be sold as a hub's");
        assert!(!on_links("grain-hub"), "the hub's own grain cannot");
    }

    #[test]
    fn a_link_carries_what_passes_it_each_time_that_it_passes() {
        let plan = model("").plan;
        let links = LinkFlows::new(&plan);
        let world = plan.world();
        let lanes = flows(&plan, &[("ore-reexport", 10.0)]);
        let tonnes: Vec<f64> = lanes.iter().map(|lanes: &Lanes| lanes.0[0]).collect();
        let mut totals = vec![0.0; links.sums.len()];
        links.sums.sum_into(&tonnes, &mut totals);
        let route = world.routes.rows().iter().find(|route| route.id == "ore-reexport");
        let passages = &route.unwrap().links;
        assert!(!passages.is_empty());
        for ((link, good), total) in links.keys.iter().zip(totals) {
            let is_ore = world.commodities[*good].id == "ore";
            let times = passages.iter().filter(|passed| is_ore && *passed == link).count();
            assert_eq!(total, 10.0 * times as f64, "{}", world.links[*link].id);
        }
    }
}
