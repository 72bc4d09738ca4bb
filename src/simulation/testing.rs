//! The hub world of `tests/worlds`, for tests of rules: its numbers can be checked by hand.

use std::path::Path;
use std::sync::Arc;

use super::{ConstraintPlan, Model, Plan};
use crate::diagnostic::Report;
use crate::input::{IdleLines, read_scenarios};
use crate::policy::ConstraintIndex;
use crate::scenario::Scenario;

/// A scenario of two months from January 2022 on the hub world; `body` is added after its sections.
pub fn scenario(body: &str) -> Scenario {
    scenario_of(2, body)
}

/// The same with so many months.
fn scenario_of(months: usize, body: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
    let text = format!(
        "title = \"Hub\"\nworld = {world:?}\n[horizon]\nstart = \"2022-01\"\nmonths = {months}\n[simulation]\ndraws = 1\nseed = 1\n\
         sampling = {{ random = {{}} }}\n{body}"
    );
    std::fs::write(&path, text).unwrap();
    let mut report = Report::default();
    let scenarios = read_scenarios(&[path], IdleLines::Warn, &mut report);
    scenarios
        .unwrap_or_else(|_| panic!("{}", report.render(false)))
        .remove(0)
}

/// The model of such a scenario.
pub fn model(body: &str) -> Model {
    Model::new(Plan::new(Arc::new(scenario(body))))
}

/// The model of a scenario of so many months.
pub fn model_of(months: usize, body: &str) -> Model {
    Model::new(Plan::new(Arc::new(scenario_of(months, body))))
}

/// The place of a route.
pub fn route(plan: &Plan, id: &str) -> usize {
    let routes = plan.world().routes.rows();
    routes.iter().position(|route| route.id == id).unwrap()
}

/// The place of a constraint.
pub fn constraint(plan: &Plan, name: &str) -> ConstraintIndex {
    let is_called = |row: &ConstraintPlan| plan.constraint_name(row.constraint) == name;
    plan.constraints.position(is_called).unwrap()
}

/// Tonnes on some routes and nothing on the others.
pub fn tonnes(plan: &Plan, on: &[(&str, f64)]) -> Vec<f64> {
    let mut flows = vec![0.0; plan.routes.len()];
    for (id, tonnes) in on {
        flows[route(plan, id)] = *tonnes;
    }
    flows
}

/// A measure on trade from the seller to the union, from the first month; `keys` are lines such as an issuer.
pub fn measure(kind: &str, id: &str, good: &str, keys: &str) -> String {
    format!(
        "[[measures.{kind}]]\nid = \"{id}\"\ncommodities = [\"{good}\"]\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\n\
         from = \"2022-01\"\n{keys}\n"
    )
}

/// 2 to the power of `usd` / 50: on the hub world, the factor on a flow when the gain from its route rises by so many
/// USD per tonne.
pub fn choice(usd: f64) -> f64 {
    crate::math::exp(std::f64::consts::LN_2 * usd / 50.0)
}

/// Asserts that two numbers are equal up to rounding.
#[track_caller]
pub fn near(found: f64, expected: f64) {
    let gap = (found - expected).abs();
    assert!(gap <= 1e-12 * expected.abs().max(1.0), "{found}, not {expected}");
}
