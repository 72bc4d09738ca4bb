//! Scenarios on the hub world, and what their months show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roundabout::diagnostic::Report;
use roundabout::equilibrium::{Conditions, Solution};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::math::exp;
use roundabout::model::{Index, RouteIndex};
use roundabout::scenario::Scenario;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

use crate::common;

/// Where the hub world is.
pub fn world() -> PathBuf {
    common::repository().join("tests/worlds/hub")
}

/// A scenario on the hub world from January 2022; `body` holds everything after `[simulation]`.
pub fn scenario(months: usize, body: &str) -> Scenario {
    scenario_on(&world(), months, body, IdleLines::Fault)
}

/// A scenario on any world; lines that do nothing may be allowed.
pub fn scenario_on(world: &Path, months: usize, body: &str, idle: IdleLines) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    let text = format!(
        "title = \"On the hub world\"\nworld = {:?}\n\n[horizon]\nstart = \"2022-01\"\nmonths = {months}\n\n\
         [simulation]\ndraws = 1\nseed = 1\nsampling = {{ random = {{}} }}\n\n{body}",
        world.to_str().unwrap()
    );
    std::fs::write(&path, &text).unwrap();
    let mut report = Report::default();
    let scenarios = read_scenarios(&[path], idle, &mut report);
    scenarios
        .unwrap_or_else(|_| panic!("{text}\n{}", report.render(false)))
        .remove(0)
}

/// A ban by the union on goods from the seller to the union; `keys` adds lines such as `from`.
pub fn ban(id: &str, goods: &[&str], keys: &str) -> String {
    measure("ban", id, goods, &format!("{SELLER_TO_UNION}\n{keys}"))
}

/// Issuer, origins and destinations of most measures here.
pub const SELLER_TO_UNION: &str = "issuer = \"UNION\"\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]";

/// An entry of `[[measures.KIND]]`.
pub fn measure(kind: &str, id: &str, goods: &[&str], keys: &str) -> String {
    format!("\n[[measures.{kind}]]\nid = \"{id}\"\ncommodities = {goods:?}\n{keys}\n")
}

/// An entry of `[[secondary.KIND]]` by the union against the hub.
pub fn programme(kind: &str, id: &str, goods: &[&str], keys: &str) -> String {
    format!(
        "\n[[secondary.{kind}]]\nid = \"{id}\"\nissuer = \"UNION\"\ntargets = [\"HUB\"]\ncommodities = {goods:?}\n{keys}\n"
    )
}

/// The same entries, issued by the seller: ghost routes do not show it their end.
pub fn by_seller(entries: impl AsRef<str>) -> String {
    entries.as_ref().replace("issuer = \"UNION\"", "issuer = \"SEL\"")
}

/// One month as it was solved.
pub struct Seen {
    pub conditions: Conditions,
    pub solution: Solution,
    pub restricted: Vec<bool>,
}

/// All months of one path.
pub struct Run {
    pub model: Model,
    pub months: Vec<Seen>,
}

/// The central path of a scenario.
pub fn central(scenario: Scenario) -> Run {
    follow(Model::new(Plan::new(Arc::new(scenario))), Chance::Central)
}

/// The central path of a scenario on the hub world.
pub fn run(months: usize, body: &str) -> Run {
    central(scenario(months, body))
}

fn follow(model: Model, chance: Chance) -> Run {
    let mut months = Vec::new();
    PathRunner::new(&model)
        .run(chance, |month| {
            months.push(Seen {
                conditions: month.conditions.clone(),
                solution: month.solution.clone(),
                restricted: month.effects.pairs.rows().iter().map(|pair| pair.restricted).collect(),
            });
        })
        .unwrap();
    Run { model, months }
}

/// Every draw of a scenario below `draws`, month by month.
pub fn each_draw(scenario: Scenario, draws: u64, mut observe: impl FnMut(&Plan, u64, usize, &Conditions)) {
    let model = Model::new(Plan::new(Arc::new(scenario)));
    let mut runner = PathRunner::new(&model);
    for draw in 0..draws {
        runner
            .run(Chance::Draw(draw), |month| {
                observe(&model.plan, draw, month.step, month.conditions);
            })
            .unwrap();
    }
}

/// The place of a route by its id.
pub fn route(plan: &Plan, id: &str) -> usize {
    let known: Option<RouteIndex> = plan.world().routes.position(|route| route.id == id);
    known.unwrap_or_else(|| panic!("no route {id}")).row()
}

/// The place of a constraint by its name.
pub fn constraint(plan: &Plan, name: &str) -> usize {
    let is_meant = |row: &roundabout::simulation::ConstraintPlan| plan.constraint_name(row.constraint) == name;
    let known = plan.constraints.rows().iter().position(is_meant);
    known.unwrap_or_else(|| panic!("no constraint {name}"))
}

impl Run {
    pub fn plan(&self) -> &Plan {
        &self.model.plan
    }

    /// The names of constraints that begin so.
    pub fn constraints(&self, beginning: &str) -> Vec<String> {
        let rows = self.plan().constraints.rows().iter();
        let names = rows.map(|row| self.plan().constraint_name(row.constraint));
        names.filter(|name| name.starts_with(beginning)).collect()
    }

    /// `w_r`, tonnes per month.
    pub fn weight(&self, month: usize, id: &str) -> f64 {
        self.months[month].conditions.weight[route(self.plan(), id)]
    }

    /// `c_r`, USD per tonne.
    pub fn cost(&self, month: usize, id: &str) -> f64 {
        self.months[month].conditions.cost[route(self.plan(), id)]
    }

    /// `f_r`, tonnes per month.
    pub fn flow(&self, month: usize, id: &str) -> f64 {
        self.months[month].solution.flow[route(self.plan(), id)]
    }

    /// `K_g`, tonnes per month.
    pub fn limit(&self, month: usize, name: &str) -> f64 {
        self.months[month].conditions.limit[constraint(self.plan(), name)]
    }

    /// `mu_g`, USD per tonne.
    pub fn rent(&self, month: usize, name: &str) -> f64 {
        self.months[month].solution.rent[constraint(self.plan(), name)]
    }

    /// `C_o`, USD per tonne.
    pub fn supply_price(&self, month: usize, id: &str) -> f64 {
        let supply = self.plan().world().supplies.position(|row| row.id == id).unwrap();
        self.months[month].solution.supply_price[supply.row()]
    }

    /// `P_m`, USD per tonne.
    pub fn demand_price(&self, month: usize, id: &str) -> f64 {
        let demand = self.plan().world().demands.position(|row| row.id == id).unwrap();
        self.months[month].solution.demand_price[demand.row()]
    }

    /// Whether the pair of a route is restricted.
    pub fn is_restricted(&self, month: usize, id: &str) -> bool {
        self.months[month].restricted[self.plan().routes[route(self.plan(), id)].pair.row()]
    }

    /// Whether a route may carry anything.
    pub fn is_open(&self, month: usize, id: &str) -> bool {
        self.weight(month, id) > 0.0
    }

    /// Asserts that the flows of a month are the baseline's.
    pub fn assert_baseline(&self, month: usize) {
        for row in self.plan().world().routes.rows() {
            let flow = self.flow(month, &row.id);
            let gap = (flow - row.baseline.get()).abs();
            assert!(gap <= 1e-6, "{} carries {flow} in month {month}", row.id);
        }
    }
}

/// 2 to the power `x`.
pub fn two(x: f64) -> f64 {
    exp(std::f64::consts::LN_2 * x)
}

/// The factor on a flow when the gain from a route rises by so many USD per tonne: 50 double it.
pub fn choice(usd: f64) -> f64 {
    two(usd / 50.0)
}

/// Asserts that inputs of a month are equal but for rounding.
#[track_caller]
pub fn same(found: f64, expected: f64) {
    let gap = (found - expected).abs();
    assert!(gap <= 1e-12 * expected.abs().max(1e-3), "{found}, not {expected}");
}

/// Asserts that results of a month are equal but for the tolerance of the equilibrium.
#[track_caller]
pub fn near(found: f64, expected: f64) {
    let gap = (found - expected).abs();
    assert!(gap <= 1e-6 * expected.abs().max(1.0), "{found}, not {expected}");
}
