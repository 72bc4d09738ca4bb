//! An export ban on the intermediary: a ban is extended to the targets as destinations, their genuine trade included.
//!
//! It limits direct trade pair by pair and takes weight from hidden routes as the ban does, with a wind-down and an exempt
//! share of its own; it opens no route (docs/model.md).

use std::sync::Arc;

use crate::measures::ban::{EXEMPT_SHARE, RECOVERY, RUSH, STOP_SHARE, WIND_DOWN, WindDown};
use crate::model::{CommodityIndex, Legs, Route, World};
use crate::policy::{
    Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Limited, LimitedRoutes, Measure, Moment,
    Site, remaining,
};

const EXTENDS: Key =
    Key::required("extends_ban", Form::Measure("ban"), "the ban that is extended").like("\"eu-ban-2022\"");

/// `[[secondary.export_ban]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "export_ban",
    "Extends a ban to the targets as destinations, genuine trade included.",
    &[EXTENDS, WIND_DOWN, EXEMPT_SHARE, STOP_SHARE, RECOVERY, RUSH],
    build,
);

#[derive(Debug)]
struct ExportBan {
    /// The goods of the ban that is extended.
    commodities: Vec<CommodityIndex>,
    /// Its origins, with the targets as destinations.
    legs: Legs,
    wind_down: WindDown,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let extended = given.measure(EXTENDS.name)?;
    Some(Arc::new(ExportBan {
        commodities: extended.terms.commodities.clone(),
        legs: Legs {
            // Only the destinations differ: the targets take the place of those of the ban.
            origins: extended.instrument.extendable()?.origins.clone(),
            destinations: Some(given.targets().to_vec()),
        },
        wind_down: WindDown::new(given)?,
    }))
}

impl Instrument for ExportBan {
    fn matches(&self, world: &World, programme: &Measure, route: &Route) -> bool {
        self.commodities.contains(&world.commodity(route)) && world.declares(route, &self.legs, &programme.terms.issuer)
    }

    fn limits(&self, site: Site<'_>) -> Vec<LimitedRoutes> {
        site.limit_by_pair()
    }

    /// The share that is still allowed.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if !moment.in_force() {
            return 0.0;
        }
        self.wind_down.allowed(moment)
    }

    fn act(&self, Acting { act, matched, .. }: &Acting<'_>, effects: &mut Effects) {
        // At a share of one everything is allowed, and no route may count as covered.
        if act.in_force && act.level < 1.0 {
            effects.forbid(matched, act.level);
        }
    }

    fn limit(&self, acting: &Acting<'_>, limited: Limited) -> Option<f64> {
        let restricted = if acting.act.in_force {
            1.0 - acting.act.level
        } else {
            0.0
        };
        remaining(restricted, limited.baseline.get())
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.wind_down.exempt_share, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};
    use crate::policy::{Act, LimitOn, PairIndex};

    #[test]
    fn it_allows_less_each_month_and_limits_genuine_trade() {
        let ([months, exempt_share], values) = numbers([1.0, 0.5]);
        let ban = ExportBan {
            commodities: Vec::new(),
            legs: Legs {
                origins: None,
                destinations: None,
            },
            wind_down: WindDown {
                months,
                exempt_share,
                contracts: None,
            },
        };
        assert_eq!(levels(&ban, &values, None, [-1, 0, 1]), [0.0, 0.75, 0.5]);
        let matched = matched();
        let month = acting(0.75, &matched, &values);
        let effects = effects_of(&ban, &month);
        assert_eq!(effects.weight, [1.0, 0.75, 0.75]);
        assert_eq!(effects.covered, [false, true, true]);
        let limited = Limited {
            on: LimitOn::Pair(PairIndex::new(0)),
            baseline: Tonnes::new(200.0),
        };
        assert_eq!(ban.limit(&month, limited), Some(150.0));
        let before = Acting {
            act: Act::IDLE,
            ..month
        };
        assert_eq!(ban.limit(&before, limited), None, "before it is in force it allows all");
    }
}
