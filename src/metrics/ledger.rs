//! A month's trade beside the counterfactual's, and who is restricted.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::burdens::Burdens;
use super::interleave::InterleavedMonth;
use super::trade_totals::TradeTotals;
use crate::math::simd::{Lanes, Mask, WIDTH};
use crate::model::{Index, JurisdictionIndex, Table};
use crate::policy::{PairIndex, PairMarks};
use crate::simulation::{Plan, Reuse};

/// A solved month beside the counterfactual's, a lane for each draw.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    pub month: &'a InterleavedMonth<'a>,
    pub flows: &'a [Lanes],
    pub burdens: &'a Burdens,
    pub now: &'a TradeTotals,
    pub usual: &'a TradeTotals,
}

/// Who is restricted in a month. Kept from month to month, for mostly the next is like the last.
#[derive(Debug)]
pub struct Standings {
    reuse: Reuse,
    /// By lane, what is known of each pair.
    seen: [Table<PairIndex, PairMarks>; WIDTH],
    /// Whether any pair of any draw is restricted.
    pub restricts: bool,
    /// Whether any pair of any draw is under a tariff alone.
    pub has_tariffs: bool,
    /// Whether sellers have left any pair of any draw that is not restricted.
    pub has_withdrawals: bool,
    pub restricted: Table<PairIndex, Mask>,
    /// Under a tariff, and not restricted.
    pub tariffed: Table<PairIndex, Mask>,
    /// Left by sellers on their own, and not restricted.
    pub withdrawn: Table<PairIndex, Mask>,
    pub supplies: Vec<MarketStanding>,
    pub demands: Vec<MarketStanding>,
    commodities: usize,
    /// Whether a jurisdiction sells a commodity on a restricted pair, jurisdictions by commodities.
    restricted_exporter: Vec<Mask>,
}

/// How measures treat a seller or buyer this month: free where it is not restricted, and where it is but not targeted,
/// only its own jurisdiction, or a bloc of it, restricts its trade.
#[derive(Clone, Copy, Debug)]
pub struct MarketStanding {
    /// Some of its pairs are restricted.
    pub restricted: Mask,
    /// Somebody else restricts some of its trade.
    pub targeted: Mask,
}

impl MarketStanding {
    const FREE: Self = Self {
        restricted: Mask::NONE,
        targeted: Mask::NONE,
    };

    fn add(&mut self, restricted: Mask, targeted: Mask) {
        self.restricted = self.restricted | restricted;
        self.targeted = self.targeted | (restricted & targeted);
    }
}

impl Standings {
    /// Nothing restricted, with room for the months of a plan.
    pub fn new(plan: &Plan, reuse: Reuse) -> Self {
        let (jurisdictions, commodities) = (plan.world().jurisdictions.len(), plan.world().commodities.len());
        Self {
            reuse,
            seen: std::array::from_fn(|_| Table::filled(PairMarks::default(), plan.pairs.len())),
            restricts: false,
            has_tariffs: false,
            has_withdrawals: false,
            restricted: Table::filled(Mask::NONE, plan.pairs.len()),
            tariffed: Table::filled(Mask::NONE, plan.pairs.len()),
            withdrawn: Table::filled(Mask::NONE, plan.pairs.len()),
            supplies: vec![MarketStanding::FREE; plan.supply_quantity.len()],
            demands: vec![MarketStanding::FREE; plan.demand_quantity.len()],
            commodities,
            restricted_exporter: vec![Mask::NONE; jurisdictions * commodities],
        }
    }

    /// Sees a month.
    pub fn see(&mut self, plan: &Plan, month: &InterleavedMonth<'_>) {
        // Measures change in few months: two comparisons of flags are cheaper than all masks.
        let mut is_new = false;
        for (lane, seen) in self.seen.iter_mut().enumerate() {
            let pairs = month.draw(lane).effects.pairs.rows();
            if seen.rows() != pairs {
                seen.rows_mut().copy_from_slice(pairs);
                is_new = true;
            }
        }
        if !self.reuse.keeps(!is_new) {
            self.clear();
            plan.pairs.indices().for_each(|pair| self.see_pair(plan, pair));
        }
    }

    fn clear(&mut self) {
        (self.restricts, self.has_tariffs, self.has_withdrawals) = (false, false, false);
        self.supplies.fill(MarketStanding::FREE);
        self.demands.fill(MarketStanding::FREE);
        self.restricted_exporter.fill(Mask::NONE);
    }

    fn see_pair(&mut self, plan: &Plan, pair: PairIndex) {
        let holds = |is: fn(PairMarks) -> bool| Mask::of(|lane| is(self.seen[lane][pair]));
        let restricted = holds(|pair| pair.restricted);
        // Trade under both is counted once, as restricted.
        let tariffed = holds(|pair| pair.tariffed) & !restricted;
        let withdrawn = holds(|pair| pair.withdrawn) & !restricted;
        let (seller_targeted, buyer_targeted) = (holds(|pair| pair.seller_targeted), holds(|pair| pair.buyer_targeted));
        self.restricts |= restricted.any();
        self.has_tariffs |= tariffed.any();
        self.has_withdrawals |= withdrawn.any();
        self.restricted[pair] = restricted;
        self.tariffed[pair] = tariffed;
        self.withdrawn[pair] = withdrawn;
        let (seller, buyer) = plan.pairs[pair];
        self.supplies[seller.row()].add(restricted, seller_targeted);
        self.demands[buyer.row()].add(restricted, buyer_targeted);
        let commodity = plan.world().supplies[seller].commodity.row();
        let exporter = &mut self.restricted_exporter[plan.world().origin(seller).row() * self.commodities + commodity];
        *exporter = *exporter | restricted;
    }

    /// Whether sellers of a commodity in a jurisdiction have a restricted pair.
    #[inline(always)]
    pub fn restricts_exporter(&self, jurisdiction: JurisdictionIndex, commodity: usize) -> Mask {
        self.restricted_exporter[jurisdiction.row() * self.commodities + commodity]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{model, route};
    use crate::simulation::{Chance, PathRunner};

    /// The standings of a first month, and the plan's places of grain's seller and buyer.
    fn check(measure: &str, look: impl Fn(&Plan, &Standings)) {
        let model = model(&format!(
            "[[measures.{measure}\nid = \"stop\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
             destinations = [\"UNION\"]\nfrom = \"2022-01\"\n"
        ));
        let mut standings = Standings::new(&model.plan, Reuse::default());
        let mut looked = 0;
        PathRunner::new(&model)
            .run(Chance::Central, |month| {
                standings.see(&model.plan, &InterleavedMonth::new(&[Some(month)]).unwrap());
                look(&model.plan, &standings);
                looked += 1;
            })
            .unwrap();
        assert_eq!(looked, 2);
    }

    #[test]
    fn a_ban_targets_the_seller_and_restricts_the_buyer_who_issued_it() {
        check("ban]]\nissuer = \"UNION\"", |plan, standings| {
            let row = &plan.routes[route(plan, "grain-rail")];
            let (seller, buyer) = (
                standings.supplies[row.supply.row()],
                standings.demands[row.demand.row()],
            );
            assert!(seller.restricted.any() && seller.targeted.any());
            assert!(buyer.restricted.any() && !buyer.targeted.any());
            let rival = standings.supplies[plan.routes[route(plan, "grain-ferry")].supply.row()];
            assert!(!rival.restricted.any() && !rival.targeted.any());
            assert!(standings.restricts && !standings.has_tariffs);
            let (supply, _) = plan.pairs[row.pair];
            let of_seller = |good| standings.restricts_exporter(plan.world().origin(supply), good).any();
            assert!(of_seller(row.commodity.row()));
            assert!(!of_seller(plan.routes[route(plan, "ore-rail")].commodity.row()));
        });
    }

    #[test]
    fn a_tariff_restricts_nobody() {
        check("tariff]]\nissuer = \"UNION\"\nrate = 0.1", |plan, standings| {
            let row = &plan.routes[route(plan, "grain-rail")];
            assert!(standings.tariffed[row.pair].any() && !standings.restricted[row.pair].any());
            assert!(!standings.supplies[row.supply.row()].restricted.any());
            assert!(!standings.restricts && standings.has_tariffs && !standings.has_withdrawals);
        });
    }

    #[test]
    fn sellers_who_leave_restrict_nobody() {
        let leaving = "exit]]\nissuer = \"SEL\"\nshare = 0.5";
        check(leaving, |plan, standings| {
            let row = &plan.routes[route(plan, "grain-rail")];
            assert!(standings.withdrawn[row.pair].any() && !standings.tariffed[row.pair].any());
            assert!(!standings.restricted[row.pair].any() && !standings.supplies[row.supply.row()].restricted.any());
            assert!(standings.has_withdrawals && !standings.restricts && !standings.has_tariffs);
        });
    }

    #[test]
    fn a_pair_that_is_restricted_as_well_counts_as_restricted_alone() {
        let both = "exit]]\nid = \"leave\"\nissuer = \"SEL\"\nshare = 0.5\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
                    destinations = [\"UNION\"]\nfrom = \"2022-01\"\n[[measures.ban]]\nissuer = \"UNION\"";
        check(both, |plan, standings| {
            let row = &plan.routes[route(plan, "grain-rail")];
            assert!(standings.restricted[row.pair].any() && !standings.withdrawn[row.pair].any());
            assert!(standings.restricts && !standings.has_withdrawals);
        });
    }
}
