//! The hub world of `tests/worlds`, for tests of rules: its numbers can be checked by hand.

use std::path::Path;
use std::sync::Arc;

use super::{Model, Plan};
use crate::diagnostic::Report;
use crate::input::{IdleLines, read_scenarios};
use crate::scenario::Scenario;

/// A scenario of two months from January 2022 on the hub world; `body` is added after its sections.
pub fn scenario(body: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
    let text = format!(
        "title = \"Hub\"\nworld = {world:?}\n[horizon]\nstart = \"2022-01\"\nmonths = 2\n[simulation]\ndraws = 1\nseed = 1\n\
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

/// The place of a route.
pub fn route(plan: &Plan, id: &str) -> usize {
    let routes = plan.world().routes.rows();
    routes.iter().position(|route| route.id == id).unwrap()
}
