//! An inspection: checks that shipments on hidden routes may fail.
//!
//! A shipment is seized with probability `q = 1 - (1 - q_0) exp(-x)`, where x is the suspicion gathered so far. The
//! simulation updates it month by month with the numbers of [`Suspicion`]. The expected loss is a cost; the seized
//! tonnes are recorded (docs/model.md).

use std::sync::Arc;

use crate::math::exp;
use crate::model::{Domain, Legs, NodeIndex, Route, RouteKind, Slot, World};
use crate::policy::{
    Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, LEAST_SHARE, Measure, Moment, Suspicion,
};

const SEIZURE: Key = Key::required(
    "seizure_probability",
    Form::number(Domain::BelowOne.usual_fraction(LEAST_SHARE, 1.0), ""),
    "probability that a shipment is seized, before anything is learnt",
)
.like("0.1");

const FINE: Key = Key::optional(
    "fine",
    Form::number_or(Domain::NonNegative.usual_fraction(0.0, 10.0), "reference prices", 0.0),
    "fine for a seized shipment, a multiple of its value",
);

const SUSPICION: Key = Key::optional(
    "suspicion",
    Form::Group(&[
        Key::required(
            "decay",
            Form::number(Domain::Share.whole(), "per month"),
            "share forgotten each month",
        )
        .like("0.1"),
        Key::required(
            "surge",
            Form::number(Domain::NonNegative.usual_fraction(0.0, 5.0), ""),
            "suspicion added for each multiple of baseline trade above one",
        )
        .like("0.2"),
        Key::required(
            "seized",
            Form::number(Domain::NonNegative.usual_fraction(0.0, 5.0), ""),
            "suspicion added for the share of shipments seized",
        )
        .like("5.0"),
    ]),
    "how the inspection learns from what it sees; without it, it does not",
)
.like("{ decay = 0.1, surge = 0.2, seized = 5.0 }");

/// `[[measures.inspection]]`
pub const KIND: InstrumentKind = InstrumentKind {
    alternatives: &[&[&["nodes"], &["origins", "destinations"]]],
    ..InstrumentKind::new(
        "inspection",
        "Checks hidden shipments, which may be seized.",
        &[
            Key::nodes("places where shipments are checked"),
            Key::origins().or_any(),
            Key::destinations().or_any(),
            SEIZURE,
            FINE,
            SUSPICION,
        ],
        build,
    )
};

#[derive(Debug)]
struct Inspection {
    post: Post,
    seizure_probability: Slot,
    fine: Slot,
    suspicion: Option<Suspicion>,
}

/// Where shipments are checked.
#[derive(Debug)]
enum Post {
    Nodes(Vec<NodeIndex>),
    Legs(Legs),
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let post = post(given);
    let suspicion = if given.is_absent(SUSPICION.name) {
        Some(None)
    } else {
        learning(given).map(Some)
    };
    Some(Arc::new(Inspection {
        post: post?,
        seizure_probability: given.number(SEIZURE.name)?,
        fine: given.number(FINE.name)?,
        suspicion: suspicion?,
    }))
}

fn learning(given: &Given<'_>) -> Option<Suspicion> {
    Some(Suspicion {
        decay: given.number("suspicion.decay")?,
        surge: given.number("suspicion.surge")?,
        seized: given.number("suspicion.seized")?,
    })
}

fn post(given: &mut Given<'_>) -> Option<Post> {
    let has_legs = !given.is_absent("origins") || !given.is_absent("destinations");
    // Absent nodes must go with legs: with both or neither it is unclear what is checked.
    if given.is_absent("nodes") != has_legs {
        given.fault(
            "an inspection needs either `nodes` or declared trade (`origins`, `destinations`)",
            "write one [[measures.inspection]] for each",
        );
        return None;
    }
    if has_legs {
        given.legs().map(Post::Legs)
    } else {
        given.nodes().map(Post::Nodes)
    }
}

impl Instrument for Inspection {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        route.kind != RouteKind::Direct
            && match &self.post {
                Post::Nodes(nodes) => route.nodes.iter().any(|node| nodes.contains(node)),
                Post::Legs(legs) => world.declares(route, legs, &measure.terms.issuer),
            }
    }

    /// The probability of a seizure.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if !moment.in_force() {
            return 0.0;
        }
        1.0 - (1.0 - self.seizure_probability.of(moment.values)) * exp(-moment.suspicion)
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.level > 0.0 {
            effects.check(acting.matched, acting.act.level, self.fine.of(acting.values));
        }
    }

    fn checks_shipments(&self) -> bool {
        true
    }

    fn suspicion(&self) -> Option<Suspicion> {
        self.suspicion
    }

    /// One that finds nothing at first may still learn from a surge.
    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        let learns = self
            .suspicion
            .is_some_and(|suspicion| always(suspicion.surge, 0.0).is_none());
        always(self.seizure_probability, 0.0).filter(|_| !learns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;
    use crate::model::Month;
    use crate::policy::Terms;
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};

    fn inspection(probability: f64, fine: f64) -> (Inspection, Vec<f64>) {
        let ([seizure_probability, fine], values) = numbers([probability, fine]);
        let inspection = Inspection {
            post: Post::Nodes(Vec::new()),
            seizure_probability,
            fine,
            suspicion: None,
        };
        (inspection, values)
    }

    #[test]
    fn suspicion_raises_the_probability_of_a_seizure() {
        let (inspection, values) = inspection(0.2, 0.0);
        for (found, expected) in levels(&inspection, &values, Some(1), [-1, 0, 1])
            .into_iter()
            .zip([0.0, 0.2, 0.0])
        {
            assert!((found - expected).abs() < 1e-15, "{found}");
        }
        let from = Month::january(2022);
        let terms = Terms {
            id: String::new(),
            issuer: Vec::new(),
            commodities: Vec::new(),
            announced: from,
            first_announced: from,
            from,
            until: None,
        };
        let suspicious = inspection.level(&Moment {
            terms: &terms,
            month: from,
            values: &values,
            suspicion: ln(2.0),
        });
        // Half of those who passed are now caught.
        assert!((suspicious - 0.6).abs() < 1e-15, "{suspicious}");
    }

    #[test]
    fn hidden_routes_are_checked_and_checks_follow_one_another() {
        let (inspection, values) = inspection(0.5, 2.0);
        let matched = matched();
        let month = acting(0.5, &matched, &values);
        let mut effects = effects_of(&inspection, &month);
        inspection.act(&month, &mut effects);
        assert_eq!(
            [0, 1, 2].map(|route| effects.seizure_probability(route)),
            [0.0, 0.75, 0.75]
        );
        let checks = effects.checks[1];
        assert_eq!((checks.probability, checks.fine), (1.0, 2.0));
    }
}
