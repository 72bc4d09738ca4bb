//! Over-compliance: the issuer's exporters, importers and banks avoid more direct trade with the targets than the law
//! forbids; the weight of that trade falls by a share (docs/model.md).

use std::sync::Arc;

use crate::model::{Route, RouteKind, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure};

const SHARE: Key = Key::required("share", Form::SHARE, "share of direct trade that is avoided").like("0.2");

/// `[[secondary.overcompliance]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "overcompliance",
    "Makes the issuer's traders avoid the targets beyond what the law asks.",
    &[SHARE],
    build,
);

#[derive(Debug)]
struct Overcompliance {
    share: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Overcompliance {
        share: given.number(SHARE.name)?,
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

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.in_force {
            effects.scale_weights(&acting.matched.direct, 1.0 - self.share.of(acting.values));
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.share, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{acting, effects_of, matched, numbers};

    #[test]
    fn direct_trade_is_avoided_and_hidden_trade_is_not() {
        let ([share], values) = numbers([0.2]);
        let matched = matched();
        let effects = effects_of(&Overcompliance { share }, &acting(1.0, &matched, &values));
        assert_eq!(effects.weight, [0.8, 1.0, 1.0]);
    }
}
