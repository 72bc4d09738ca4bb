//! A threat: before any act some of the targets' firms leave the business, and the others do not enlarge it.
//!
//! While it stands, the ceilings of the targets' networks are multiplied by one minus the exit share, and their growth by a
//! factor; capacity above the lowered ceiling falls to it at once (docs/model.md).

use std::sync::Arc;

use crate::model::{Domain, Route, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure};

const EXIT_SHARE: Key = Key::required(
    "exit_share",
    Form::SHARE,
    "share of the networks' ceilings that leaves while the threat stands",
)
.like("0.2");

const GROWTH_FACTOR: Key = Key::required(
    "growth_factor",
    Form::number(Domain::NonNegative.usual_fraction(0.0, 3.0), ""),
    "factor on the networks' growth while the threat stands",
)
.like("0.5");

/// `[[secondary.threat]]`
pub const KIND: InstrumentKind = InstrumentKind {
    stands_from_announcement: true,
    ..InstrumentKind::new(
        "threat",
        "Makes some intermediaries leave and others wait, before any act.",
        &[EXIT_SHARE, GROWTH_FACTOR],
        build,
    )
};

#[derive(Debug)]
struct Threat {
    exit_share: Slot,
    growth_factor: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Threat {
        exit_share: given.number(EXIT_SHARE.name)?,
        growth_factor: given.number(GROWTH_FACTOR.name)?,
    }))
}

impl Instrument for Threat {
    fn matches(&self, _: &World, programme: &Measure, route: &Route) -> bool {
        programme.targets_via(route)
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if !acting.act.in_force {
            return;
        }
        for &adaptive in &acting.matched.adaptive {
            effects.ceiling[adaptive] *= 1.0 - self.exit_share.of(acting.values);
            effects.growth[adaptive] *= self.growth_factor.of(acting.values);
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        // Weak only if neither number has an effect.
        always(self.exit_share, 0.0).and_then(|_| always(self.growth_factor, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Index;
    use crate::policy::testing::{acting, effects_of, numbers};
    use crate::policy::{AdaptiveIndex, Matched};

    #[test]
    fn ceilings_and_growth_of_the_targets_networks_fall() {
        let ([exit_share, growth_factor], values) = numbers([0.2, 0.5]);
        let threat = Threat {
            exit_share,
            growth_factor,
        };
        let matched = Matched {
            adaptive: vec![AdaptiveIndex::new(1)],
            ..Matched::default()
        };
        let effects = effects_of(&threat, &acting(1.0, &matched, &values));
        assert_eq!(*effects.ceiling.rows(), [1.0, 0.8]);
        assert_eq!(*effects.growth.rows(), [1.0, 0.5]);
        assert_eq!(effects.weight, [1.0; 3]);
    }
}
