//! Designation of firms: some are listed when much of what passes through their country reaches the primary target. They
//! take capacity with them until successors appear.
//!
//! In a month with surge S (a ratio to baseline) firms are listed with probability
//! 1 - exp(-lambda min(pressure, cap)), where the pressure is (max(0, S - 1) / (`S_ref` - 1))^gamma. Each of the n firms has
//! a share s of the target's capacity: 1 - (1 - s)^n is lost, and the loss fades by one over tau a month (docs/model.md).

use std::sync::Arc;

use super::primary_targets::PRIMARY_TARGETS;
use crate::math::{exp, pow};
use crate::model::{Domain, JurisdictionIndex, Route, RouteKind, Slot, World};
use crate::policy::{Always, Form, Given, Hazard, Instrument, InstrumentKind, Key, Measure, Occasion};

const RATE: Key = Key::required(
    "rate_per_month",
    Form::number(Domain::NonNegative, "per month"),
    "hazard of a listing when trade surges by the reference",
)
.like("0.1");

const SURGE_REFERENCE: Key = Key::required(
    "surge_reference",
    Form::number(Domain::AboveOne, "baselines"),
    "surge of what is passed on at which the hazard is the rate",
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

const PRESSURE_CAP: Key = Key::optional(
    "pressure_cap",
    Form::number_or(Domain::Positive, "", 4.0),
    "largest factor of a surge on the hazard",
)
.like("4.0");

const FIRMS_PER_EVENT: Key = Key::optional(
    "firms_per_event",
    Form::number_or(Domain::AtLeastOne, "firms", 1.0),
    "firms that are listed together",
)
.like("2.0");

const SHARE_PER_FIRM: Key = Key::required(
    "share_per_firm",
    Form::SHARE,
    "share of the target's capacity that a listed firm had",
)
.like("{ beta = { mean = 0.02, sd = 0.015 } }");

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
    "Lists firms of a target that pass goods on; capacity is lost until successors appear.",
    &[
        PRIMARY_TARGETS,
        RATE,
        SURGE_REFERENCE,
        SURGE_EXPONENT,
        SURGE_FLOOR,
        PRESSURE_CAP,
        FIRMS_PER_EVENT,
        SHARE_PER_FIRM,
        SUCCESSOR,
    ],
    build,
);

#[derive(Debug)]
struct Designation {
    primary_targets: Vec<JurisdictionIndex>,
    rate_per_month: Slot,
    surge_reference: Slot,
    surge_exponent: Slot,
    surge_floor: Slot,
    pressure_cap: Slot,
    firms_per_event: Slot,
    share_per_firm: Slot,
    successor_months: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Designation {
        primary_targets: given.jurisdictions(PRIMARY_TARGETS.name)?,
        rate_per_month: given.number(RATE.name)?,
        surge_reference: given.number(SURGE_REFERENCE.name)?,
        surge_exponent: given.number(SURGE_EXPONENT.name)?,
        surge_floor: given.number(SURGE_FLOOR.name)?,
        pressure_cap: given.number(PRESSURE_CAP.name)?,
        firms_per_event: given.number(FIRMS_PER_EVENT.name)?,
        share_per_firm: given.number(SHARE_PER_FIRM.name)?,
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
        always(self.rate_per_month, 0.0).or_else(|| always(self.share_per_firm, 0.0))
    }
}

impl Hazard for Designation {
    fn word(&self) -> &'static str {
        KIND.name
    }

    /// What reaches a primary target with the target's papers. Goods that pass for the target's own are not seen.
    fn watches(&self, world: &World, target: JurisdictionIndex, route: &Route) -> bool {
        matches!(route.kind, RouteKind::Reexport | RouteKind::Ghost)
            && route.via == Some(target)
            && self.primary_targets.contains(&world.destination(route.demand))
    }

    fn floor(&self, values: &[f64]) -> f64 {
        self.surge_floor.of(values)
    }

    fn probability(&self, occasion: Occasion, values: &[f64]) -> f64 {
        let of = |slot: Slot| slot.of(values);
        let excess = (occasion.surge - 1.0).max(0.0) / (of(self.surge_reference) - 1.0);
        let pressure = if excess == 0.0 {
            0.0
        } else {
            pow(excess, of(self.surge_exponent))
        };
        1.0 - exp(-of(self.rate_per_month) * pressure.min(of(self.pressure_cap)))
    }

    fn loss(&self, _: Occasion, values: &[f64]) -> f64 {
        1.0 - pow(1.0 - self.share_per_firm.of(values), self.firms_per_event.of(values))
    }

    fn persistence(&self, values: &[f64]) -> f64 {
        (1.0 - 1.0 / self.successor_months.of(values)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Month};
    use crate::policy::testing::numbers;

    fn designation(exponent: f64, successor: f64) -> (Designation, Vec<f64>) {
        let (slots, values) = numbers([0.3, 3.0, exponent, 1e5, 4.0, 4.0, 0.1, successor]);
        let [
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            pressure_cap,
            firms_per_event,
            share_per_firm,
            successor_months,
        ] = slots;
        let designation = Designation {
            primary_targets: Vec::new(),
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            pressure_cap,
            firms_per_event,
            share_per_firm,
            successor_months,
        };
        (designation, values)
    }

    fn occasion(surge: f64) -> Occasion {
        Occasion {
            target: JurisdictionIndex::new(0),
            month: Month::january(2022),
            surge,
        }
    }

    #[test]
    fn the_hazard_is_the_rate_at_the_reference_and_nothing_without_a_surge() {
        let (designation, values) = designation(1.0, 6.0);
        let at = |surge| designation.probability(occasion(surge), &values);
        assert_eq!([0.5, 1.0].map(at), [0.0, 0.0]);
        assert!((at(3.0) - (1.0 - exp(-0.3))).abs() < 1e-15);
        assert!((at(2.0) - (1.0 - exp(-0.15))).abs() < 1e-15);
    }

    #[test]
    fn beyond_the_cap_a_surge_adds_nothing() {
        let (designation, values) = designation(1.0, 6.0);
        let at = |surge| designation.probability(occasion(surge), &values);
        // The pressure is (S - 1) / 2: four at S = 9.
        assert!((at(9.0) - (1.0 - exp(-1.2))).abs() < 1e-15);
        assert_eq!(at(9.0), at(1e6));
    }

    #[test]
    fn an_exponent_above_one_spares_small_surges() {
        let (designation, values) = designation(2.0, 6.0);
        let probability = designation.probability(occasion(2.0), &values);
        assert!((probability - (1.0 - exp(-0.3 * 0.25))).abs() < 1e-15, "{probability}");
    }

    #[test]
    fn each_firm_takes_its_share_of_what_the_others_have_left() {
        let (designation, values) = designation(1.0, 6.0);
        let loss = designation.loss(occasion(3.0), &values);
        assert!((loss - (1.0 - 0.9_f64.powi(4))).abs() < 1e-15, "{loss}");
    }

    #[test]
    fn what_is_lost_fades_as_successors_appear() {
        let (slow, values) = designation(1.0, 4.0);
        assert_eq!(slow.persistence(&values), 0.75);
        let (fast, values) = designation(1.0, 1.0);
        assert_eq!(fast.persistence(&values), 0.0);
    }
}
