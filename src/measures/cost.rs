//! A cost of passing places or using papers: so many dollars a tonne for each passage, or a factor on the freight of the
//! links concerned. Dues, queues, discounts and subsidies are costs (docs/model.md).

use std::sync::Arc;

use crate::model::{Domain, LinkIndex, Places, Route, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure};

// Below zero it is a subsidy.
const USD_PER_T: Key = Key::optional(
    "usd_per_t",
    Form::number(Domain::Any.usually(-5_000.0, 5_000.0), "USD/t"),
    "dollars a tonne for each passage; below zero it is a subsidy",
)
.like("12.0");

const FACTOR: Key = Key::optional(
    "factor",
    Form::number(Domain::NonNegative.usual_fraction(0.0, 10.0), ""),
    "factor on the freight of the links concerned",
)
.like("1.5");

/// `[[measures.cost]]`
pub const KIND: InstrumentKind = InstrumentKind {
    alternatives: &[&[&["usd_per_t"], &["factor"]], &[&["nodes"], &["links"], &["via"]]],
    ..InstrumentKind::new(
        "cost",
        "Makes passing a place or using papers dearer or cheaper.",
        &[
            Key::nodes("places whose passing costs, each visit once"),
            Key::links("links whose use costs"),
            Key::optional("via", Form::Jurisdictions, "intermediaries whose papers cost").like("[\"KZ\", \"KG\"]"),
            USD_PER_T,
            FACTOR,
        ],
        build,
    )
};

#[derive(Debug)]
struct Cost {
    places: Places,
    charge: Charge,
}

#[derive(Clone, Copy, Debug)]
enum Charge {
    /// USD per tonne for each passage of a place.
    PerTonne(Slot),
    /// Freight of the links concerned is multiplied by this.
    FreightFactor(Slot),
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let places = charged_places(given);
    let charge = match (given.is_absent(USD_PER_T.name), given.is_absent(FACTOR.name)) {
        (false, true) => given.number(USD_PER_T.name).map(Charge::PerTonne),
        (true, false) => given.number(FACTOR.name).map(Charge::FreightFactor),
        _ => {
            given.fault(
                "a cost needs exactly one of `usd_per_t` and `factor`",
                "`usd_per_t` adds to the cost of passing, `factor` multiplies freight",
            );
            None
        }
    };
    Some(Arc::new(Cost {
        places: places?,
        charge: charge?,
    }))
}

fn charged_places(given: &mut Given<'_>) -> Option<Places> {
    let listed = ["nodes", "links", "via"].iter().filter(|key| !given.is_absent(key));
    if listed.count() != 1 {
        given.fault(
            "a cost needs exactly one of `nodes`, `links` and `via`",
            "write one [[measures.cost]] for each",
        );
        return None;
    }
    Some(Places {
        nodes: given.nodes()?,
        links: given.links()?,
        via: given.jurisdictions("via")?,
        ..Places::default()
    })
}

impl Instrument for Cost {
    fn matches(&self, world: &World, _: &Measure, route: &Route) -> bool {
        world.passes(route, &self.places)
    }

    fn passages(&self, world: &World, route: &Route) -> Option<(usize, Vec<LinkIndex>)> {
        let links = world.links_concerned(route, &self.places).collect();
        Some((world.passages(route, &self.places), links))
    }

    fn multiplies_freight(&self) -> bool {
        matches!(self.charge, Charge::FreightFactor(_))
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if !acting.act.in_force {
            return;
        }
        let passages = &acting.matched.passages;
        match self.charge {
            Charge::PerTonne(rate) => {
                let rate = rate.of(acting.values);
                for passage in passages {
                    effects.charge[passage.route] += rate * passage.count;
                }
            }
            Charge::FreightFactor(factor) => {
                // The route pays its freight anyway, so only the change is a charge. Shocks of the month move that
                // freight too.
                let more = factor.of(acting.values) - 1.0;
                for (passage, by_mode) in passages.iter().zip(acting.freight) {
                    let modes = by_mode.iter().zip(acting.mode_factor);
                    let freight = modes.fold(0.0, |sum, (freight, factor)| sum + freight * factor);
                    effects.charge[passage.route] += more * freight;
                }
            }
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        match self.charge {
            Charge::PerTonne(rate) => always(rate, 0.0),
            Charge::FreightFactor(factor) => always(factor, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use crate::policy::testing::{acting, effects_of, numbers};
    use crate::policy::{Matched, Passages};

    /// The first route passes twice, the last once.
    fn passing() -> Matched {
        let passage = |route, count| Passages {
            route,
            count,
            links: Vec::new(),
        };
        Matched {
            passages: vec![passage(0, 2.0), passage(2, 1.0)],
            ..Matched::default()
        }
    }

    fn cost(charge: Charge) -> Cost {
        Cost {
            places: Places::default(),
            charge,
        }
    }

    #[test]
    fn dollars_a_tonne_are_paid_at_each_passage() {
        let ([rate], values) = numbers([12.0]);
        let cost = cost(Charge::PerTonne(rate));
        let matched = passing();
        assert_eq!(
            effects_of(&cost, &acting(1.0, &matched, &values)).charge,
            [24.0, 0.0, 12.0]
        );
        assert!(!cost.multiplies_freight());
    }

    #[test]
    fn a_factor_adds_its_part_above_one_of_the_freight_that_shocks_leave() {
        let ([factor], values) = numbers([1.5]);
        let cost = cost(Charge::FreightFactor(factor));
        let matched = passing();
        let by_road = |usd: f64| {
            let mut freight = [0.0; Mode::ALL.len()];
            freight[Mode::Road.position()] = usd;
            freight
        };
        let mut mode_factor = [1.0; Mode::ALL.len()];
        mode_factor[Mode::Road.position()] = 2.0;
        let effects = effects_of(
            &cost,
            &Acting {
                mode_factor: &mode_factor,
                freight: &[by_road(10.0), by_road(30.0)],
                ..acting(1.0, &matched, &values)
            },
        );
        assert_eq!(effects.charge, [10.0, 0.0, 30.0]);
        assert!(cost.multiplies_freight());
    }

    #[test]
    fn a_charge_of_nothing_and_a_factor_of_one_are_weak() {
        let ([number], _) = numbers([1.0]);
        let asked = |charge| cost(charge).why_weak(&|_, value| Some(format!("is always {value}")));
        assert_eq!(asked(Charge::PerTonne(number)).as_deref(), Some("is always 0"));
        assert_eq!(asked(Charge::FreightFactor(number)).as_deref(), Some("is always 1"));
    }
}
