//! A month's flows by pair, supply and demand, and who is restricted.

use super::companion::Usual;
use crate::model::{Index, JurisdictionIndex};
use crate::simulation::path::SolvedMonth;
use crate::simulation::plan::{PairEffects, Plan};
use crate::simulation::trade::Trade;

/// A solved month of a draw beside the companion's: the draw's lane in what was added up for several.
#[derive(Clone, Copy)]
pub struct Sums<'a> {
    pub trade: &'a Trade,
    pub lane: usize,
    pub usual: Usual<'a>,
}

/// A month's sums, beside the companion's.
pub struct Ledger<'a> {
    pub month: SolvedMonth<'a>,
    pub sums: Sums<'a>,
    pub standings: &'a Standings,
}

/// Who is restricted in a month, and what they trade elsewhere. Kept from month to month for its room.
#[derive(Debug)]
pub struct Standings {
    /// Whether any pair is restricted; all else holds only then.
    pub restricts: bool,
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

impl Standings {
    /// Room for the months of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (supplies, demands) = (plan.supply_quantity.len(), plan.demand_quantity.len());
        let (jurisdictions, commodities) = (plan.world().jurisdictions.len(), plan.world().commodities.len());
        Self {
            restricts: false,
            supplies: vec![Standing::Free; supplies],
            demands: vec![Standing::Free; demands],
            supply_diverted: vec![0.0; supplies],
            demand_diverted: vec![0.0; demands],
            commodities,
            restricted_exporter: vec![false; jurisdictions * commodities],
        }
    }

    /// Sees a month.
    pub fn see(&mut self, plan: &Plan, pairs: &[PairEffects], sums: Sums<'_>) {
        let was_clear = !self.restricts;
        self.restricts = pairs.iter().any(|pair| pair.restricted);
        if !self.restricts && was_clear {
            return;
        }
        self.clear();
        if self.restricts {
            for (pair, effects) in pairs.iter().enumerate() {
                self.see_pair(plan, pair, *effects, sums);
            }
        }
    }

    fn clear(&mut self) {
        self.supplies.fill(Standing::Free);
        self.demands.fill(Standing::Free);
        self.supply_diverted.fill(0.0);
        self.demand_diverted.fill(0.0);
        self.restricted_exporter.fill(false);
    }

    fn see_pair(&mut self, plan: &Plan, pair: usize, effects: PairEffects, sums: Sums<'_>) {
        let (seller, buyer) = plan.pairs[pair];
        let (supply, demand) = (seller.row(), buyer.row());
        if effects.restricted {
            self.supplies[supply] = self.supplies[supply].max(Standing::of(effects.seller_targeted));
            self.demands[demand] = self.demands[demand].max(Standing::of(effects.buyer_targeted));
            let commodity = plan.world().supplies[seller].commodity.row();
            let exporter = plan.world().origin(seller).row() * self.commodities + commodity;
            self.restricted_exporter[exporter] = true;
        } else {
            // The same sums in the same order as the companion's, so that a month without effect differs by exactly zero.
            let beyond = sums.trade.pair[pair].0[sums.lane] - sums.usual.pair(pair);
            self.supply_diverted[supply] += beyond;
            self.demand_diverted[demand] += beyond;
        }
    }

    /// Whether sellers of a commodity in a jurisdiction have a restricted pair.
    pub fn restricts_exporter(&self, jurisdiction: JurisdictionIndex, commodity: usize) -> bool {
        self.restricted_exporter[jurisdiction.row() * self.commodities + commodity]
    }
}

impl Ledger<'_> {
    /// What holds for a pair's trade this month.
    pub fn pair(&self, pair: usize) -> PairEffects {
        self.month.effects.pairs[pair]
    }

    /// Tonnes that a supply sends.
    pub fn supply(&self, supply: usize) -> f64 {
        self.sums.trade.supply[supply].0[self.sums.lane]
    }

    /// Tonnes that a demand receives.
    pub fn demand(&self, demand: usize) -> f64 {
        self.sums.trade.demand[demand].0[self.sums.lane]
    }
}
