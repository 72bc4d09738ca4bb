//! A tariff: a rate on the reference price of all goods that declare its legs. Tariffs add up (docs/model.md).

use std::sync::Arc;

use crate::math::exp_m1;
use crate::model::{Domain, Index, Legs, Route, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Effects, Form, Given, Instrument, InstrumentKind, Key, LEAST_SHARE, Measure, Moment,
    TradedRoute,
};

const RATE: Key = Key::required(
    "rate",
    Form::number(Domain::NonNegative.usual_fraction(LEAST_SHARE, 1.0), ""),
    "share of the reference price that is charged",
);

/// `[[measures.tariff]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "tariff",
    "Charges a rate on the reference price.",
    &[Key::origins(), Key::destinations(), RATE],
    build,
);

#[derive(Debug)]
struct Tariff {
    legs: Legs,
    rate: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Tariff {
        legs: given.legs()?,
        rate: given.number(RATE.name)?,
    }))
}

impl Instrument for Tariff {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn bearing(&self) -> Bearing {
        Bearing::Opens
    }

    /// The rate.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if moment.in_force() {
            self.rate.of(moment.values)
        } else {
            0.0
        }
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.level > 0.0 {
            effects.charge_rate(acting.matched.routes(), acting.act.level, acting.price);
        }
    }

    /// The share that chooses another way when this one alone becomes dearer: 1 - exp(-theta x charge).
    fn share_taken(&self, acting: &Acting<'_>, trade: TradedRoute) -> f64 {
        let charge = acting.act.level * acting.price[trade.route];
        -exp_m1(-acting.theta[trade.good.row()] * charge)
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.rate, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};

    #[test]
    fn it_charges_its_rate_on_the_reference_price_of_every_route() {
        let ([rate], values) = numbers([0.15]);
        let legs = Legs {
            origins: None,
            destinations: None,
        };
        let tariff = Tariff { legs, rate };
        assert_eq!(levels(&tariff, &values, Some(2), [-1, 0, 1, 2]), [0.0, 0.15, 0.15, 0.0]);
        let matched = matched();
        let effects = effects_of(&tariff, &acting(0.15, &matched, &values));
        assert_eq!(effects.charge, [15.0, 30.0, 0.15 * 300.0]);
        assert_eq!(effects.weight, [1.0; 3]);
    }
}
