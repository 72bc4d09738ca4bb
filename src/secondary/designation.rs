//! Designation of firms: some are listed when trade with their country surges, and take capacity with them until
//! successors appear.
//!
//! In a month with surge S (a ratio to baseline) firms are listed with probability
//! 1 - exp(-lambda (max(0, S - 1) / (`S_ref` - 1))^gamma). A share of the target's capacity, drawn for each event, is
//! then lost; the loss fades by one over tau a month (docs/model.md).

use std::sync::Arc;

use crate::math::{exp, pow};
use crate::model::{Domain, Route, Slot, World};
use crate::policy::{Always, Form, Given, Hazard, Instrument, InstrumentKind, Key, Measure};
use crate::random::Distribution;

const RATE: Key = Key::required(
    "rate_per_month",
    Form::number(Domain::NonNegative, "per month"),
    "hazard of a listing when trade surges by the reference",
)
.like("0.1");

const SURGE_REFERENCE: Key = Key::required(
    "surge_reference",
    Form::number(Domain::AboveOne, "baselines"),
    "surge of visible trade at which the hazard is the rate",
)
.like("2.0");

const SURGE_EXPONENT: Key = Key::optional(
    "surge_exponent",
    Form::number_or(Domain::Positive, "", 1.0),
    "exponent of the hazard in the surge",
)
.like("1.0");

const SURGE_FLOOR: Key = Key::required(
    "surge_floor_usd_per_month",
    Form::number(Domain::Positive, "USD/month"),
    "trade that counts as baseline where there is less",
)
.like("1e5");

const CAPACITY_LOSS: Key = Key::required(
    "capacity_loss",
    Form::ShareOfEvent,
    "share of the target's capacity that listed firms had, drawn for each event",
)
.like("{ beta = { mean = 0.25, sd = 0.1 } }");

// Lost capacity fades by one over this a month, so less than one month would give back more than was lost.
const SUCCESSOR: Key = Key::required(
    "successor_months",
    Form::number(Domain::AtLeastOne, "months"),
    "mean time until successors of listed firms appear",
)
.like("6");

/// `[[secondary.designation]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "designation",
    "Lists firms of a target when its trade surges; capacity is lost until successors appear.",
    &[
        RATE,
        SURGE_REFERENCE,
        SURGE_EXPONENT,
        SURGE_FLOOR,
        CAPACITY_LOSS,
        SUCCESSOR,
    ],
    build,
);

#[derive(Debug)]
struct Designation {
    rate_per_month: Slot,
    surge_reference: Slot,
    surge_exponent: Slot,
    surge_floor: Slot,
    capacity_loss: Distribution,
    successor_months: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Designation {
        rate_per_month: given.number(RATE.name)?,
        surge_reference: given.number(SURGE_REFERENCE.name)?,
        surge_exponent: given.number(SURGE_EXPONENT.name)?,
        surge_floor: given.number(SURGE_FLOOR.name)?,
        capacity_loss: given.share_of_event(CAPACITY_LOSS.name)?,
        successor_months: given.number(SUCCESSOR.name)?,
    }))
}

impl Instrument for Designation {
    fn matches(&self, _: &World, programme: &Measure, route: &Route) -> bool {
        programme.targets_via(route)
    }

    fn hazard(&self) -> Option<&dyn Hazard> {
        Some(self)
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        // The loss is no parameter, so its distribution is asked itself.
        let loses_nothing = self.capacity_loss.support() == (0.0, 0.0);
        always(self.rate_per_month, 0.0).or(loses_nothing.then(|| format!("`{}` is 0", CAPACITY_LOSS.name)))
    }
}

impl Hazard for Designation {
    fn word(&self) -> &'static str {
        KIND.name
    }

    fn floor(&self, values: &[f64]) -> f64 {
        self.surge_floor.of(values)
    }

    fn reference(&self, values: &[f64]) -> f64 {
        self.surge_reference.of(values)
    }

    fn probability(&self, surge: f64, values: &[f64]) -> f64 {
        let excess = (surge - 1.0).max(0.0) / (self.reference(values) - 1.0);
        let exponent = self.surge_exponent.of(values);
        let pressure = if excess == 0.0 { 0.0 } else { pow(excess, exponent) };
        1.0 - exp(-self.rate_per_month.of(values) * pressure)
    }

    fn loss(&self) -> &Distribution {
        &self.capacity_loss
    }

    fn persistence(&self, values: &[f64]) -> f64 {
        (1.0 - 1.0 / self.successor_months.of(values)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::numbers;

    fn designation(exponent: f64, successor: f64) -> (Designation, Vec<f64>) {
        let (slots, values) = numbers([0.3, 3.0, exponent, 1e5, successor]);
        let [
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            successor_months,
        ] = slots;
        let designation = Designation {
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            capacity_loss: Distribution::constant(0.25).unwrap(),
            successor_months,
        };
        (designation, values)
    }

    #[test]
    fn the_hazard_is_the_rate_at_the_reference_and_nothing_without_a_surge() {
        let (designation, values) = designation(1.0, 6.0);
        assert_eq!(
            [0.5, 1.0].map(|surge| designation.probability(surge, &values)),
            [0.0, 0.0]
        );
        let at = |surge| designation.probability(surge, &values);
        assert!((at(3.0) - (1.0 - exp(-0.3))).abs() < 1e-15);
        assert!((at(2.0) - (1.0 - exp(-0.15))).abs() < 1e-15);
    }

    #[test]
    fn an_exponent_above_one_spares_small_surges() {
        let (designation, values) = designation(2.0, 6.0);
        let probability = designation.probability(2.0, &values);
        assert!((probability - (1.0 - exp(-0.3 * 0.25))).abs() < 1e-15, "{probability}");
    }

    #[test]
    fn what_is_lost_fades_as_successors_appear() {
        let (slow, values) = designation(1.0, 4.0);
        assert_eq!(slow.persistence(&values), 0.75);
        let (fast, values) = designation(1.0, 1.0);
        assert_eq!(fast.persistence(&values), 0.0);
    }
}
