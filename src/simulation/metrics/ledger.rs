//! A month's flows by pair, supply and demand, and who is restricted.

use super::companion::Companion;
use crate::model::{Index, JurisdictionIndex};
use crate::simulation::effects::PairEffects;
use crate::simulation::path::SolvedMonth;
use crate::simulation::plan::Plan;

/// A month's sums, beside the companion's.
pub struct Ledger<'a> {
    pub month: SolvedMonth<'a>,
    pub companion: &'a Companion,
    /// Whether any pair is restricted.
    pub restricts: bool,
    pub supply_flow: Vec<f64>,
    pub demand_flow: Vec<f64>,
    pub supplies: Vec<Standing>,
    pub demands: Vec<Standing>,
    /// What a supply sends on its unrestricted pairs beyond the companion.
    pub supply_diverted: Vec<f64>,
    pub demand_diverted: Vec<f64>,
    commodities: usize,
    /// Whether a jurisdiction sells a commodity on a restricted pair, jurisdictions by commodities.
    restricted_exporter: Vec<bool>,
}

/// How measures treat a seller or buyer this month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Standing {
    /// None of its pairs is restricted.
    #[default]
    Free,
    /// Only its own jurisdiction, or a bloc of it, restricts its trade.
    Coalition,
    /// Somebody else restricts some of its trade.
    Targeted,
}

impl Standing {
    fn of(targeted: bool) -> Self {
        if targeted { Self::Targeted } else { Self::Coalition }
    }
}

impl<'a> Ledger<'a> {
    /// Adds up a month.
    pub fn new(plan: &Plan, month: SolvedMonth<'a>, companion: &'a Companion) -> Self {
        let (supplies, demands) = (plan.supply_quantity.len(), plan.demand_quantity.len());
        let (jurisdictions, commodities) = (plan.world().jurisdictions.len(), plan.world().commodities.len());
        let mut ledger = Self {
            month,
            companion,
            restricts: false,
            supply_flow: vec![0.0; supplies],
            demand_flow: vec![0.0; demands],
            supplies: vec![Standing::Free; supplies],
            demands: vec![Standing::Free; demands],
            supply_diverted: vec![0.0; supplies],
            demand_diverted: vec![0.0; demands],
            commodities,
            restricted_exporter: vec![false; jurisdictions * commodities],
        };
        // The same sums in the same order as the companion's, so that a month without effect differs by exactly zero.
        let mut pair_flow = vec![0.0; plan.pairs.len()];
        for (route, flow) in plan.routes.iter().zip(&month.solution.flow) {
            pair_flow[route.pair] += flow;
            ledger.supply_flow[route.supply] += flow;
            ledger.demand_flow[route.demand] += flow;
        }
        for (pair, flow) in pair_flow.into_iter().enumerate() {
            ledger.see(plan, pair, flow);
        }
        ledger
    }

    fn see(&mut self, plan: &Plan, pair: usize, flow: f64) {
        let (seller, buyer) = plan.pairs[pair];
        let (supply, demand) = (seller.row(), buyer.row());
        let effects = self.pair(pair);
        if effects.restricted {
            self.restricts = true;
            self.supplies[supply] = self.supplies[supply].max(Standing::of(effects.seller_targeted));
            self.demands[demand] = self.demands[demand].max(Standing::of(effects.buyer_targeted));
            let commodity = plan.world().supplies[seller].commodity.row();
            let exporter = plan.world().origin(seller).row() * self.commodities + commodity;
            self.restricted_exporter[exporter] = true;
        } else {
            let beyond = flow - self.companion_pair(pair);
            self.supply_diverted[supply] += beyond;
            self.demand_diverted[demand] += beyond;
        }
    }

    /// What holds for a pair's trade this month.
    pub fn pair(&self, pair: usize) -> PairEffects {
        self.month.effects.pairs[pair]
    }

    /// The companion's flow on a pair, tonnes.
    pub fn companion_pair(&self, pair: usize) -> f64 {
        self.companion.pair_flow[[self.month.step, pair]]
    }

    /// Whether sellers of a commodity in a jurisdiction have a restricted pair.
    pub fn restricts_exporter(&self, jurisdiction: JurisdictionIndex, commodity: usize) -> bool {
        self.restricted_exporter[jurisdiction.row() * self.commodities + commodity]
    }
}
