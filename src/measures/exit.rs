//! An exit: a share of the sellers of some origins stops selling to some destinations, though no law says so.
//!
//! Direct trade of each matched pair is limited to what those sold at baseline who have not left, one limit for each pair.
//! Hidden routes open as under a ban, but the pair is not restricted: what goes round an exit circumvents no law
//! (docs/model.md).

use std::sync::Arc;

use crate::model::{Domain, Legs, Route, RouteKind, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Form, Given, Instrument, InstrumentKind, Key, Limited, LimitedRoutes, Measure, Moment,
    Site, remaining,
};

const SHARE: Key = Key::required(
    "share",
    Form::SHARE,
    "share of baseline trade whose sellers leave in the end",
)
.like("0.3");

// Counted from the start of each version: an amendment that leaves it out takes effect at once.
const HALF_LIFE: Key = Key::optional(
    "half_life_months",
    Form::number(Domain::Positive.usually(0.1, 120.0), "months"),
    "months in which half of those who leave have left; without one they leave at once",
)
.like("6")
.of_version();

/// `[[measures.exit]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "exit",
    "Takes a share of the sellers away, though no law forbids the trade.",
    &[Key::origins(), Key::destinations(), SHARE, HALF_LIFE],
    build,
);

#[derive(Debug)]
struct Exit {
    legs: Legs,
    share: Slot,
    half_life_months: Option<Slot>,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Exit {
        legs: given.legs()?,
        share: given.number(SHARE.name)?,
        half_life_months: given.optional_number(HALF_LIFE.name)?,
    }))
}

impl Instrument for Exit {
    /// Direct trade alone: who has left does not sell, and who buys from a hub never asked him.
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        route.kind == RouteKind::Direct && world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn bearing(&self) -> Bearing {
        Bearing::Withdraws
    }

    fn limits(&self, site: Site<'_>) -> Vec<LimitedRoutes> {
        site.limit_by_pair()
    }

    /// The share that has left.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if !moment.in_force() {
            return 0.0;
        }
        // One month more than have passed: a part has left by the end of the first month, as under a wind-down.
        let staying = |half_life: Slot| Moment::halved(moment.elapsed() + 1, half_life.of(moment.values));
        let leaving = self.half_life_months.map_or(1.0, |half_life| 1.0 - staying(half_life));
        self.share.of(moment.values) * leaving
    }

    fn limit(&self, acting: &Acting<'_>, limited: Limited) -> Option<f64> {
        remaining(acting.act.level, limited.baseline.get())
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.share, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};
    use crate::policy::{LimitOn, PairIndex};

    const LEGS: Legs = Legs {
        origins: None,
        destinations: None,
    };

    #[test]
    fn without_a_half_life_the_share_leaves_at_once_until_the_exit_ends() {
        let ([share], values) = numbers([0.4]);
        let exit = Exit {
            legs: LEGS,
            share,
            half_life_months: None,
        };
        assert_eq!(levels(&exit, &values, Some(3), [-1, 0, 2, 3]), [0.0, 0.4, 0.4, 0.0]);
    }

    #[test]
    fn with_a_half_life_each_one_halves_those_who_have_yet_to_leave() {
        let ([share, half_life], values) = numbers([0.8, 2.0]);
        let exit = Exit {
            legs: LEGS,
            share,
            half_life_months: Some(half_life),
        };
        let found = levels(&exit, &values, None, [-1, 0, 1, 3, 5]);
        // After one month 1 - 2^(-1/2) of four fifths, after two months a half, after four three quarters, ...
        let expected = [0.0, 0.8 * (1.0 - 0.5_f64.sqrt()), 0.4, 0.6, 0.7];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found}, not {expected}");
        }
    }

    #[test]
    fn its_limit_is_the_baseline_trade_of_those_who_stay_and_hidden_routes_keep_their_weight() {
        let ([share], values) = numbers([0.25]);
        let exit = Exit {
            legs: LEGS,
            share,
            half_life_months: None,
        };
        let matched = matched();
        let limited = Limited {
            on: LimitOn::Pair(PairIndex::new(0)),
            baseline: Tonnes::new(200.0),
        };
        assert_eq!(exit.limit(&acting(0.25, &matched, &values), limited), Some(150.0));
        assert_eq!(exit.limit(&acting(0.0, &matched, &values), limited), None);
        let effects = effects_of(&exit, &acting(0.25, &matched, &values));
        assert_eq!((effects.weight, effects.covered), (vec![1.0; 3], vec![false; 3]));
    }
}
