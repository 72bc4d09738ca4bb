//! A ban: trade is forbidden, except for an exempt share that is reached after a wind-down.
//!
//! Direct trade of each matched pair is limited to the allowed share of its baseline, one limit for each pair. Hidden
//! routes that declare a forbidden leg keep the allowed share of their weight (docs/model.md).

use std::sync::Arc;

use crate::model::{Domain, Legs, Route, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Effects, Form, Given, Instrument, InstrumentKind, Key, Limited, LimitedRoutes, Measure,
    Moment, Site, remaining,
};

/// `wind_down_months`, which each version of a ban counts from its own start.
pub const WIND_DOWN: Key = Key::optional(
    "wind_down_months",
    Form::number_or(Domain::NonNegative, "months", 0.0),
    "months over which the allowed share falls to what is exempt",
)
.like("6")
.of_version();

/// `exempt_share`.
pub const EXEMPT_SHARE: Key = Key::optional(
    "exempt_share",
    Form::number_or(Domain::Share, "", 0.0),
    "share of baseline trade that stays allowed",
);

/// `[[measures.ban]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "ban",
    "Forbids trade, but for an exempt share reached after a wind-down.",
    &[Key::origins(), Key::destinations(), WIND_DOWN, EXEMPT_SHARE],
    build,
);

#[derive(Debug)]
struct Ban {
    legs: Legs,
    wind_down_months: Slot,
    exempt_share: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Ban {
        legs: given.legs()?,
        wind_down_months: given.number(WIND_DOWN.name)?,
        exempt_share: given.number(EXEMPT_SHARE.name)?,
    }))
}

impl Instrument for Ban {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn bearing(&self) -> Bearing {
        Bearing::Restricts
    }

    fn extendable(&self) -> Option<&Legs> {
        Some(&self.legs)
    }

    fn limits(&self, site: Site<'_>) -> Vec<LimitedRoutes> {
        site.limit_by_pair()
    }

    /// The share that is no longer allowed.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if !moment.in_force() {
            return 0.0;
        }
        let of = |slot: Slot| slot.of(moment.values);
        1.0 - moment.allowed_share(of(self.exempt_share), of(self.wind_down_months))
    }

    fn act(&self, Acting { act, matched, .. }: &Acting<'_>, effects: &mut Effects) {
        if act.level > 0.0 {
            effects.forbid(matched, 1.0 - act.level);
        }
    }

    fn limit(&self, acting: &Acting<'_>, limited: Limited) -> Option<f64> {
        remaining(acting.act.level, limited.baseline.get())
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.exempt_share, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};
    use crate::policy::{LimitOn, PairIndex};

    fn ban(wind_down: f64, exempt: f64) -> (Ban, Vec<f64>) {
        let ([wind_down_months, exempt_share], values) = numbers([wind_down, exempt]);
        let legs = Legs {
            origins: None,
            destinations: None,
        };
        let ban = Ban {
            legs,
            wind_down_months,
            exempt_share,
        };
        (ban, values)
    }

    #[test]
    fn it_restricts_more_each_month_of_its_wind_down_and_then_all_but_the_exempt_share() {
        let (ban, values) = ban(1.0, 0.25);
        // Half of the three quarters that are not exempt goes at once.
        assert_eq!(levels(&ban, &values, None, [-1, 0, 1, 9]), [0.0, 0.375, 0.75, 0.75]);
        assert_eq!(levels(&ban, &values, Some(3), [2, 3]), [0.75, 0.0]);
    }

    #[test]
    fn it_leaves_hidden_routes_the_allowed_share_of_their_weight() {
        let (ban, values) = ban(0.0, 0.25);
        let matched = matched();
        let effects = effects_of(&ban, &acting(0.75, &matched, &values));
        assert_eq!(effects.weight, [1.0, 0.25, 0.25]);
        assert_eq!(effects.covered, [false, true, true]);
        let effects = effects_of(&ban, &acting(0.0, &matched, &values));
        assert_eq!(effects.covered, [false; 3], "a ban of nothing covers nothing");
    }

    #[test]
    fn its_limit_is_the_allowed_share_of_baseline_trade() {
        let (ban, values) = ban(0.0, 0.25);
        let matched = matched();
        let limited = Limited {
            on: LimitOn::Pair(PairIndex::new(0)),
            baseline: Tonnes::new(200.0),
        };
        assert_eq!(ban.limit(&acting(0.75, &matched, &values), limited), Some(50.0));
        assert_eq!(ban.limit(&acting(0.0, &matched, &values), limited), None);
    }
}
