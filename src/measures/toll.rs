//! A toll: so many dollars a tonne on everything that declares its legs.

use std::sync::Arc;

use crate::model::{Domain, Legs, Route, Slot, World};
use crate::policy::{Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, Measure};

/// `[[measures.toll]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "toll",
    "Charges dollars a tonne.",
    &[
        Key::origins(),
        Key::destinations(),
        Key::required(
            "toll_usd_per_t",
            Form::number(Domain::NonNegative.usually(0.0, 1_000.0), "USD/t"),
            "dollars a tonne",
        )
        .like("5.0"),
    ],
    build,
);

#[derive(Debug)]
struct Toll {
    legs: Legs,
    toll: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(Toll {
        legs: given.legs()?,
        toll: given.number("toll_usd_per_t")?,
    }))
}

impl Instrument for Toll {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.in_force {
            for route in acting.matched.routes() {
                effects.charge[route] += self.toll.of(acting.values);
            }
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.toll, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::diagnostic::Report;
    use crate::input::{IdleLines, read_scenarios};
    use crate::simulation::{Chance, Model, PathRunner, Plan};

    /// The cost of each route in the first month of the hub world, with this entry.
    fn costs(entry: &str) -> Vec<f64> {
        let world = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("toll.toml");
        let text = format!(
            "title = \"Toll\"\nworld = {:?}\n[horizon]\nstart = \"2022-01\"\nmonths = 1\n\
             [simulation]\ndraws = 1\nseed = 1\nsampling = {{ random = {{}} }}\n{entry}",
            world.to_str().unwrap()
        );
        std::fs::write(&path, text).unwrap();
        let mut report = Report::default();
        let scenarios = read_scenarios(&[path], IdleLines::Fault, &mut report);
        let mut scenarios = scenarios.unwrap_or_else(|_| panic!("{}", report.render(false)));
        let model = Model::new(Plan::new(scenarios.remove(0).into()));
        let mut found = Vec::new();
        PathRunner::new(&model)
            .run(Chance::Central, |month| found.clone_from(&month.conditions.cost))
            .unwrap();
        found
    }

    #[test]
    fn a_kind_in_one_file_and_one_line_of_the_registry_is_read_matched_and_charged() {
        let entry = "[[measures.toll]]\nid = \"t\"\nissuer = \"UNION\"\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\n\
                     from = \"2022-01\"\ntoll_usd_per_t = 5\n";
        let more: Vec<f64> = costs(entry)
            .iter()
            .zip(costs(""))
            .map(|(with, without)| with - without)
            .collect();
        let paying = more.iter().filter(|more| **more == 5.0).count();
        assert!(paying >= 2, "{more:?}");
        assert_eq!(
            paying + more.iter().filter(|more| **more == 0.0).count(),
            more.len(),
            "{more:?}"
        );
    }
}
