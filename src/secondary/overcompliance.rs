//! Over-compliance: the issuer's exporters, importers and banks avoid more direct trade with the targets than the law
//! forbids; the weight of that trade falls by a share, which may fade with a half-life (docs/model.md).

use std::sync::Arc;

use crate::model::{Domain, Route, RouteKind, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure, Moment};

const SHARE: Key = Key::required("share", Form::SHARE, "share of direct trade that is avoided").like("0.2");

const HALF_LIFE: Key = Key::optional(
    "half_life_months",
    Form::number(Domain::Positive.usually(0.1, 120.0), "months"),
    "months in which caution halves; without one it stays",
)
.like("12");

/// `[[secondary.overcompliance]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "overcompliance",
    "Makes the issuer's traders avoid the targets beyond what the law asks.",
    &[SHARE, HALF_LIFE],
    build,
);

#[derive(Debug)]
struct Overcompliance {
    share: Slot,
    half_life_months: Option<Slot>,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Overcompliance {
        share: given.number(SHARE.name)?,
        half_life_months: given.optional_number(HALF_LIFE.name)?,
    }))
}

impl Instrument for Overcompliance {
    /// Direct trade between the issuer and a target, either way.
    fn matches(&self, world: &World, programme: &Measure, route: &Route) -> bool {
        let (from, to) = (world.origin(route.supply), world.destination(route.demand));
        let (issuer, targets) = (&programme.terms.issuer, &programme.targets);
        route.kind == RouteKind::Direct
            && (issuer.contains(&from) && targets.contains(&to) || targets.contains(&from) && issuer.contains(&to))
    }

    /// The share of the first caution that is left.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        match self.half_life_months {
            _ if !moment.in_force() => 0.0,
            None => 1.0,
            Some(half_life) => Moment::halved(moment.elapsed(), half_life.of(moment.values)),
        }
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.in_force {
            let avoided = self.share.of(acting.values) * acting.act.level;
            effects.scale_weights(&acting.matched.direct, 1.0 - avoided);
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.share, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};

    #[test]
    fn direct_trade_is_avoided_and_hidden_trade_is_not() {
        let ([share], values) = numbers([0.2]);
        let matched = matched();
        let caution = Overcompliance {
            share,
            half_life_months: None,
        };
        let effects = effects_of(&caution, &acting(1.0, &matched, &values));
        assert_eq!(effects.weight, [0.8, 1.0, 1.0]);
        assert_eq!(levels(&caution, &values, Some(9), [-1, 0, 8, 9]), [0.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn with_a_half_life_caution_fades() {
        let ([share, half_life_months], values) = numbers([0.2, 6.0]);
        let caution = Overcompliance {
            share,
            half_life_months: Some(half_life_months),
        };
        let [before, first, later] = levels(&caution, &values, None, [-1, 0, 6]);
        assert_eq!((before, first), (0.0, 1.0));
        assert!((later - 0.5).abs() < 1e-15);
        let matched = matched();
        let effects = effects_of(&caution, &acting(0.5, &matched, &values));
        assert_eq!(effects.weight, [0.9, 1.0, 1.0]);
    }
}
