//! Payments: banks refuse a share of the targets' business with the primary target, less as time goes by, and a friction
//! stays.
//!
//! After t months a share chi 2^(-t/half-life) is refused. It is taken from the weight of every route between a primary
//! target and a target, or with a target's papers, and from the targets' capacities as intermediaries. The same routes pay
//! a friction on the reference price that falls from `phi_0` to `phi_inf` with the same half-life. Trade of a target with
//! all others is untouched (docs/model.md).

use std::sync::Arc;

use super::primary_targets::PRIMARY_TARGETS;
use crate::model::{Domain, JurisdictionIndex, Route, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure, Moment};

const REFUSED: Key = Key::required(
    "refused_share",
    Form::SHARE,
    "share of business that is refused at first",
);

const HALF_LIFE: Key = Key::required(
    "half_life_months",
    Form::number(Domain::Positive.usually(0.1, 120.0), "months"),
    "months in which refusals, and friction beyond what stays, halve",
)
.like("6");

const FRICTION_START: Key = Key::required(
    "friction_start",
    Form::number(Domain::NonNegative.usual_fraction(0.0, 0.5), "reference prices"),
    "cost of payment at first, a share of the reference price",
)
.like("0.1");

const FRICTION_END: Key = Key::required(
    "friction_end",
    Form::number(Domain::NonNegative.usual_fraction(0.0, 0.5), "reference prices"),
    "cost of payment that stays, a share of the reference price",
)
.like("0.02");

/// `[[secondary.payments]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "payments",
    "Makes banks refuse payments with the primary targets, fewer with time, and leaves a friction.",
    &[PRIMARY_TARGETS, REFUSED, HALF_LIFE, FRICTION_START, FRICTION_END],
    build,
);

#[derive(Debug)]
struct Payments {
    primary_targets: Vec<JurisdictionIndex>,
    refused_share: Slot,
    half_life_months: Slot,
    friction_start: Slot,
    friction_end: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Payments {
        primary_targets: given.jurisdictions(PRIMARY_TARGETS.name)?,
        refused_share: given.number(REFUSED.name)?,
        half_life_months: given.number(HALF_LIFE.name)?,
        friction_start: given.number(FRICTION_START.name)?,
        friction_end: given.number(FRICTION_END.name)?,
    }))
}

impl Instrument for Payments {
    fn matches(&self, world: &World, programme: &Measure, route: &Route) -> bool {
        world.serves(route, &self.primary_targets, &programme.targets)
    }

    /// The share of the first refusals that is left.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if moment.in_force() {
            Moment::halved(moment.elapsed(), self.half_life_months.of(moment.values))
        } else {
            0.0
        }
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if !acting.act.in_force {
            return;
        }
        let (fading, of) = (acting.act.level, |slot: Slot| slot.of(acting.values));
        let accepted = 1.0 - of(self.refused_share) * fading;
        let friction = of(self.friction_end) + (of(self.friction_start) - of(self.friction_end)) * fading;
        for route in acting.matched.routes() {
            effects.weight[route] *= accepted;
        }
        effects.charge_rate(acting.matched.routes(), friction, acting.price);
        for &capacity in &acting.matched.capacities {
            effects.accepted[capacity] *= accepted;
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        // Any of the three alone has an effect.
        let parts = [self.refused_share, self.friction_start, self.friction_end];
        let weak = parts.into_iter().all(|slot| always(slot, 0.0).is_some());
        weak.then(|| "nothing is refused and there is no friction".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Index;
    use crate::policy::testing::{acting, effects_of, levels, numbers};
    use crate::policy::{ConstraintIndex, Matched};

    #[test]
    fn refusals_halve_and_friction_falls_to_what_stays() {
        let (slots, values) = numbers([0.4, 6.0, 0.1, 0.02]);
        let [refused_share, half_life_months, friction_start, friction_end] = slots;
        let payments = Payments {
            primary_targets: Vec::new(),
            refused_share,
            half_life_months,
            friction_start,
            friction_end,
        };
        let [before, first, later] = levels(&payments, &values, None, [-1, 0, 6]);
        assert_eq!((before, first), (0.0, 1.0));
        assert!((later - 0.5).abs() < 1e-15);
        let matched = Matched {
            direct: vec![0],
            hidden: vec![2],
            capacities: vec![ConstraintIndex::new(1)],
            ..Matched::default()
        };
        let effects = effects_of(&payments, &acting(0.5, &matched, &values));
        assert_eq!(effects.weight, [0.8, 1.0, 0.8]);
        assert_eq!(*effects.accepted.rows(), [1.0, 0.8]);
        let friction = 0.02 + 0.08 * 0.5;
        for (found, price) in effects.charge.iter().zip([100.0, 0.0, 300.0]) {
            assert!((found - friction * price).abs() < 1e-12, "{found}");
        }
    }
}
