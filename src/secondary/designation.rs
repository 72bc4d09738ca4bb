//! Designation of firms: some are listed when much of what passes through their country reaches the primary target. They
//! take capacity with them until successors appear.
//!
//! Listings are facts with dates, or they come by chance: in a month with surge S (a ratio to baseline) with probability
//! 1 - exp(-lambda min(pressure, cap)), where the pressure is (max(0, S - 1) / (`S_ref` - 1))^gamma. Each of the n firms has
//! a share s of the target's capacity: 1 - (1 - s)^n is lost, and the loss fades by one over tau a month (docs/model.md).

use std::sync::Arc;

use super::primary_targets::PRIMARY_TARGETS;
use crate::math::{exp, pow};
use crate::model::{Domain, JurisdictionIndex, Month, Route, RouteKind, Slot, World};
use crate::policy::{Always, CountsByMonth, Form, Given, Hazard, Instrument, InstrumentKind, Key, Measure, Occasion};

const LISTINGS: Key = Key::optional(
    "listings",
    Form::CountsByMonth,
    "how many firms were listed, by target and month",
);

const RATE: Key = Key::optional(
    "rate_per_month",
    Form::number(Domain::NonNegative.usual_fraction(0.0, 1.0), "per month"),
    "hazard of a listing when trade surges by the reference",
)
.like("0.1");

const SURGE_REFERENCE: Key = Key::optional(
    "surge_reference",
    Form::number(Domain::AboveOne.usual_fraction(1.0, 50.0), "baselines"),
    "surge of what is passed on at which the hazard is the rate",
)
.like("2.0");

const SURGE_EXPONENT: Key = Key::optional(
    "surge_exponent",
    Form::number_or(Domain::Positive.usually(0.05, 5.0), "", 1.0),
    "exponent of the hazard in the surge",
)
.like("1.0");

const SURGE_FLOOR: Key = Key::optional(
    "surge_floor_usd_per_month",
    Form::number(Domain::Positive.usually(1e3, 1e10), "USD/month"),
    "trade that counts as baseline where there is less",
)
.like("1e5");

const PRESSURE_CAP: Key = Key::optional(
    "pressure_cap",
    Form::number_or(Domain::Positive.usually(0.5, 50.0), "", 4.0),
    "largest factor of a surge on the hazard",
)
.like("4.0");

const FIRMS_PER_EVENT: Key = Key::optional(
    "firms_per_event",
    Form::number_or(Domain::AtLeastOne.usually(1.0, 1_000.0), "firms", 1.0),
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
    Form::number(Domain::AtLeastOne.usually(1.0, 120.0), "months"),
    "mean time until successors of listed firms appear",
)
.like("6");

/// The keys of listings by chance.
const BY_CHANCE: [Key; 6] = [
    RATE,
    SURGE_REFERENCE,
    SURGE_EXPONENT,
    SURGE_FLOOR,
    PRESSURE_CAP,
    FIRMS_PER_EVENT,
];

/// `[[secondary.designation]]`
pub const KIND: InstrumentKind = InstrumentKind {
    alternatives: &[&[
        &[LISTINGS.name],
        &[
            RATE.name,
            SURGE_REFERENCE.name,
            SURGE_EXPONENT.name,
            SURGE_FLOOR.name,
            PRESSURE_CAP.name,
            FIRMS_PER_EVENT.name,
        ],
    ]],
    ..InstrumentKind::new(
        "designation",
        "Lists firms of a target that pass goods on; capacity is lost until successors appear.",
        &[
            PRIMARY_TARGETS,
            LISTINGS,
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
    )
};

#[derive(Debug)]
struct Designation {
    primary_targets: Vec<JurisdictionIndex>,
    listings: Listings,
    share_per_firm: Slot,
    successor_months: Slot,
}

/// When firms are listed, and how many.
#[derive(Debug)]
enum Listings {
    Dated(CountsByMonth),
    ByChance(SurgeHazard),
}

#[derive(Debug)]
struct SurgeHazard {
    rate_per_month: Slot,
    surge_reference: Slot,
    surge_exponent: Slot,
    surge_floor: Slot,
    pressure_cap: Slot,
    firms_per_event: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let listings = match (given.is_absent(LISTINGS.name), given.is_absent(RATE.name)) {
        (false, true) => dated(given),
        (true, false) => by_chance(given).map(Listings::ByChance),
        _ => {
            given.fault(
                "a designation needs exactly one of `listings` and `rate_per_month`",
                "`listings` counts firms by month as they were listed, `rate_per_month` lets chance decide",
            );
            None
        }
    };
    Some(Arc::new(Designation {
        primary_targets: given.jurisdictions(PRIMARY_TARGETS.name)?,
        listings: listings?,
        share_per_firm: given.number(SHARE_PER_FIRM.name)?,
        successor_months: given.number(SUCCESSOR.name)?,
    }))
}

fn dated(given: &mut Given<'_>) -> Option<Listings> {
    let meaningless: Vec<Key> = BY_CHANCE.into_iter().filter(|key| !given.is_absent(key.name)).collect();
    for key in &meaningless {
        given.fault(
            &format!("`{}` has no meaning beside `listings`", key.name),
            "leave it out: dated listings do not follow trade",
        );
    }
    let counts = given.counts_by_month(LISTINGS.name)?;
    meaningless.is_empty().then_some(Listings::Dated(counts))
}

fn by_chance(given: &mut Given<'_>) -> Option<SurgeHazard> {
    for key in [SURGE_REFERENCE, SURGE_FLOOR] {
        if given.is_absent(key.name) {
            given.fault(
                &format!("a designation with `{}` needs `{}`", RATE.name, key.name),
                &format!("add a line like `{} = {}`", key.name, key.example.unwrap_or_default()),
            );
        }
    }
    Some(SurgeHazard {
        rate_per_month: given.number(RATE.name)?,
        surge_reference: given.number(SURGE_REFERENCE.name)?,
        surge_exponent: given.number(SURGE_EXPONENT.name)?,
        surge_floor: given.number(SURGE_FLOOR.name)?,
        pressure_cap: given.number(PRESSURE_CAP.name)?,
        firms_per_event: given.number(FIRMS_PER_EVENT.name)?,
    })
}

impl SurgeHazard {
    fn probability(&self, surge: f64, values: &[f64]) -> f64 {
        let of = |slot: Slot| slot.of(values);
        let excess = (surge - 1.0).max(0.0) / (of(self.surge_reference) - 1.0);
        let pressure = if excess == 0.0 {
            0.0
        } else {
            pow(excess, of(self.surge_exponent))
        };
        1.0 - exp(-of(self.rate_per_month) * pressure.min(of(self.pressure_cap)))
    }
}

impl Designation {
    /// How many firms are listed, if some are.
    fn firms(&self, occasion: Occasion, values: &[f64]) -> f64 {
        match &self.listings {
            Listings::Dated(counts) => counts
                .get(&(occasion.target, occasion.month))
                .map_or(0.0, |&count| f64::from(count)),
            Listings::ByChance(hazard) => hazard.firms_per_event.of(values),
        }
    }
}

impl Instrument for Designation {
    fn matches(&self, _: &World, programme: &Measure, route: &Route) -> bool {
        programme.targets_via(route)
    }

    fn hazard(&self) -> Option<&dyn Hazard> {
        Some(self)
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        let nobody = match &self.listings {
            Listings::Dated(counts) => counts
                .values()
                .all(|count| *count == 0)
                .then(|| "no firm is listed".to_owned()),
            Listings::ByChance(hazard) => always(hazard.rate_per_month, 0.0),
        };
        nobody.or_else(|| always(self.share_per_firm, 0.0))
    }
}

impl Hazard for Designation {
    fn word(&self) -> &'static str {
        KIND.name
    }

    /// Goods that reach a primary target with the target's papers. Goods that pass for the target's own are not seen.
    fn watches(&self, world: &World, target: JurisdictionIndex, route: &Route) -> bool {
        matches!(self.listings, Listings::ByChance(_))
            && matches!(route.kind, RouteKind::Reexport | RouteKind::Ghost)
            && route.via == Some(target)
            && self.primary_targets.contains(&world.destination(route.demand))
    }

    fn floor(&self, values: &[f64]) -> f64 {
        match &self.listings {
            // No trade is a surge.
            Listings::Dated(_) => f64::INFINITY,
            Listings::ByChance(hazard) => hazard.surge_floor.of(values),
        }
    }

    fn probability(&self, occasion: Occasion, values: &[f64]) -> f64 {
        match &self.listings {
            Listings::Dated(_) if self.firms(occasion, values) > 0.0 => 1.0,
            Listings::Dated(_) => 0.0,
            Listings::ByChance(hazard) => hazard.probability(occasion.surge, values),
        }
    }

    fn loss(&self, occasion: Occasion, values: &[f64]) -> f64 {
        let firms = self.firms(occasion, values);
        if firms == 0.0 {
            // A power of nothing by nothing is not a number.
            return 0.0;
        }
        1.0 - pow(1.0 - self.share_per_firm.of(values), firms)
    }

    fn persistence(&self, values: &[f64]) -> f64 {
        (1.0 - 1.0 / self.successor_months.of(values)).max(0.0)
    }

    fn known_since(&self) -> Option<Month> {
        match &self.listings {
            Listings::Dated(counts) => counts.keys().map(|(_, month)| *month).min(),
            Listings::ByChance(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Index;
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
            listings: Listings::ByChance(SurgeHazard {
                rate_per_month,
                surge_reference,
                surge_exponent,
                surge_floor,
                pressure_cap,
                firms_per_event,
            }),
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
        assert!((loss - (1.0 - 0.6561)).abs() < 1e-15, "{loss}");
    }

    #[test]
    fn dated_listings_are_certain_in_their_months_and_impossible_in_others() {
        let ([share_per_firm, successor_months], values) = numbers([0.1, 6.0]);
        let (hub, march) = (JurisdictionIndex::new(0), Month::january(2022).plus(2));
        let designation = Designation {
            primary_targets: Vec::new(),
            listings: Listings::Dated(CountsByMonth::from([((hub, march), 4), ((hub, march.plus(1)), 0)])),
            share_per_firm,
            successor_months,
        };
        let at = |target, month| {
            let occasion = Occasion {
                target,
                month,
                surge: 100.0,
            };
            (
                designation.probability(occasion, &values),
                designation.loss(occasion, &values),
            )
        };
        let (probability, loss) = at(hub, march);
        assert_eq!(probability, 1.0);
        assert!((loss - (1.0 - 0.6561)).abs() < 1e-15, "{loss}");
        let others = [
            (hub, march.plus(-1)),
            (hub, march.plus(1)),
            (JurisdictionIndex::new(1), march),
        ];
        assert_eq!(others.map(|(target, month)| at(target, month)), [(0.0, 0.0); 3]);
        assert_eq!(designation.known_since(), Some(march));
    }

    #[test]
    fn what_is_lost_fades_as_successors_appear() {
        let (slow, values) = designation(1.0, 4.0);
        assert_eq!(slow.persistence(&values), 0.75);
        let (fast, values) = designation(1.0, 1.0);
        assert_eq!(fast.persistence(&values), 0.0);
    }
}
