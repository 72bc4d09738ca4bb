//! A quota: at most so many tonnes a month of each commodity, over all matched routes together (docs/model.md).

use std::sync::Arc;

use crate::model::{CommodityIndex, Domain, Legs, Route, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Form, Given, Instrument, InstrumentKind, Key, LimitOn, Limited, LimitedRoutes, Lowest,
    Measure, RentHolder, Site, SlackLimit, TradeOf, TradedRoute,
};

// A quota of zero is a ban that counts as a quota.
const LIMIT: Key = Key::required(
    "limit_t_per_month",
    Form::NumberByCommodity {
        range: Domain::NonNegative.whole(),
        unit: "t/month",
    },
    "tonnes per month that may pass, by commodity",
);

/// No trade grows to so many times its baseline, so that a larger limit was written in another unit.
const SLACK: f64 = 10.0;

/// `[[measures.quota]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "quota",
    "Limits the tonnes of a commodity that may pass in a month.",
    &[Key::origins(), Key::destinations(), LIMIT],
    build,
);

#[derive(Debug)]
struct Quota {
    legs: Legs,
    /// Tonnes per month, in the order of commodities.
    limits: Vec<(CommodityIndex, Slot)>,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Quota {
        legs: given.legs()?,
        limits: given.numbers_by_commodity(LIMIT.name)?,
    }))
}

impl Instrument for Quota {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        let good = world.commodity(route);
        self.limits.iter().any(|&(limited, _)| limited == good)
            && world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn bearing(&self) -> Bearing {
        Bearing::Restricts
    }

    /// A commodity without a limit is none of the quota's business.
    fn goods(&self) -> Option<Vec<CommodityIndex>> {
        Some(self.limits.iter().map(|(commodity, _)| *commodity).collect())
    }

    fn limits(&self, Site { world, matched, .. }: Site<'_>) -> Vec<LimitedRoutes> {
        let of_commodity = |&(commodity, _): &(CommodityIndex, Slot)| {
            let carries = |route: &usize| world.commodity(&world.routes.rows()[*route]) == commodity;
            LimitedRoutes {
                on: LimitOn::Commodity(commodity),
                routes: matched.routes().filter(carries).collect(),
            }
        };
        self.limits.iter().map(of_commodity).collect()
    }

    fn limit(&self, acting: &Acting<'_>, limited: Limited) -> Option<f64> {
        let is_meant = |(commodity, _): &&(CommodityIndex, Slot)| limited.on == LimitOn::Commodity(*commodity);
        // Each commodity has its own limit, so there is no common level: only being in force counts.
        let (_, limit) = self.limits.iter().find(is_meant).filter(|_| acting.act.in_force)?;
        Some(limit.of(acting.values))
    }

    /// The share of baseline trade beyond the limit. A limit above baseline trade takes nothing, though it may bind once
    /// other measures bring trade to it.
    fn share_taken(&self, acting: &Acting<'_>, trade: TradedRoute) -> f64 {
        let is_meant = |(commodity, _): &&(CommodityIndex, Slot)| trade.good == *commodity;
        let (Some((_, limit)), true) = (self.limits.iter().find(is_meant), acting.act.in_force) else {
            return 0.0;
        };
        let of_good = acting.matched.traded.iter().filter(|other| other.good == trade.good);
        let whole = of_good.fold(0.0, |sum, other| sum + other.baseline.get());
        (1.0 - limit.of(acting.values) / whole).max(0.0)
    }

    fn rent_holder(&self) -> RentHolder {
        RentHolder::Permits
    }

    fn slack_limits(&self, lowest: Lowest<'_>, trade: TradeOf<'_>) -> Vec<SlackLimit> {
        let slack = self.limits.iter().filter_map(|&(good, limit)| {
            let (limit, trade) = (lowest(limit), trade(good));
            (trade > 0.0 && limit > SLACK * trade).then_some(SlackLimit { good, limit, trade })
        });
        slack.collect()
    }

    /// However large its limit, it may bind when prices rise.
    fn why_weak(&self, _: Always<'_>) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::Act;
    use crate::policy::testing::{acting, matched, numbers};

    #[test]
    fn it_limits_its_commodities_while_in_force() {
        let ([limit], values) = numbers([500.0]);
        let good = CommodityIndex::new(1);
        let legs = Legs {
            origins: None,
            destinations: None,
        };
        let quota = Quota {
            legs,
            limits: vec![(good, limit)],
        };
        let limited = |commodity| Limited {
            on: LimitOn::Commodity(commodity),
            baseline: Tonnes::new(900.0),
        };
        let matched = matched();
        let in_force = acting(1.0, &matched, &values);
        assert_eq!(quota.limit(&in_force, limited(good)), Some(500.0));
        assert_eq!(quota.limit(&in_force, limited(CommodityIndex::new(0))), None);
        let ended = Acting {
            act: Act::IDLE,
            ..in_force
        };
        assert_eq!(quota.limit(&ended, limited(good)), None);
        assert_eq!(quota.goods(), Some(vec![good]));
    }

    #[test]
    fn a_limit_is_slack_above_ten_times_the_trade_if_there_is_any() {
        let ([limit], _) = numbers([500.0]);
        let legs = Legs {
            origins: None,
            destinations: None,
        };
        let quota = Quota {
            legs,
            limits: vec![(CommodityIndex::new(1), limit)],
        };
        let slack = |limit: f64, trade: f64| quota.slack_limits(&|_| limit, &|_| trade).len();
        assert_eq!([slack(500.0, 49.0), slack(500.0, 50.0), slack(500.0, 0.0)], [1, 0, 0]);
    }
}
