//! Transfers between modes, and limits on what one seller sells to one buyer.

use roundabout::input::IdleLines;

use crate::capacities::grown;
use crate::hub::{Run, ban, central, near, scenario_on, world};
use crate::metrics::Results;

/// The hub world with rows added to a table, or with a table of its own.
struct Altered(tempfile::TempDir);

impl Altered {
    fn new(file: &str, added: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(world()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, text + added).unwrap();
        Self(folder)
    }

    fn run(&self, months: usize, body: &str) -> Run {
        central(scenario_on(self.0.path(), months, body, IdleLines::Fault))
    }

    fn results(&self, months: usize, body: &str) -> Results {
        Results::of_scenario(scenario_on(self.0.path(), months, body, IdleLines::Fault))
    }
}

#[test]
fn transfers_cost_money_and_time_and_no_cost_index_moves_them() {
    // Goods lose 0.2 USD/t a day. By rail to the old port and on by sea; by sea to the city and on by road.
    let ports = Altered::new(
        "transfers.csv",
        "id,node,cargo,usd_per_t,days,source\nport,harbour,,5,10,made-up\ncity,city,,3,0,made-up\nmine,mine,,99,9,made-up\n",
    );
    let stop = ban("stop", &["grain", "ore"], "from = \"2022-01\"");
    let run = ports.run(1, &format!("{stop}\n[parameters]\n\"mode.sea.cost_index\" = 2.0"));
    near(run.cost(0, "grain-rail"), 20.0 + 10.0);
    near(run.cost(0, "grain-sea"), 10.0 + 2.0 * 30.0 + 10.0 + 5.0 + 2.0);
    near(run.cost(0, "ore-quay"), 15.0 + 2.0 * 25.0);
    near(
        run.cost(0, "ore-reexport"),
        10.0 + 2.0 * 30.0 + 2.0 * 25.0 + 10.0 + 30.0 + 5.0 + 2.0 + 3.0,
    );

    let moved = format!("{stop}\n[parameters]\n\"transfer.port.usd_per_t\" = 8.0\n\"transfer.port.days\" = 0.0");
    near(ports.run(1, &moved).cost(0, "grain-sea"), 10.0 + 30.0 + 10.0 + 8.0);

    // Weights reproduce the baseline whatever transfers cost.
    ports
        .run(2, &ban("stop", &["grain"], "from = \"2022-02\""))
        .assert_baseline(0);
    // What hidden ore pays on the way counts as freight.
    let paid = ports.results(1, &ban("stop", &["ore"], "announced = \"2021-01\"\nfrom = \"2022-01\""));
    let tonnes = paid.metric("circumvented", "ore", "", "t").unwrap();
    near(paid.metric("freight_paid", "ore", "", "usd").unwrap(), tonnes * 140.0);
}

#[test]
fn transfers_that_vary_are_drawn_anew() {
    let ports = Altered::new(
        "transfers.csv",
        "id,node,cargo,usd_per_t,days,source\nport,harbour,,5,10,made-up\n",
    );
    let body = "[parameters]\n\"transfer.port.usd_per_t\" = { uniform = { low = 5, high = 15 } }\n";
    let scenario = scenario_on(ports.0.path(), 1, body, IdleLines::Fault);
    let mut costs = Vec::new();
    crate::hub::each_draw(scenario, 3, |plan, _, _, conditions| {
        costs.push(conditions.cost[crate::hub::route(plan, "grain-sea")]);
    });
    costs.dedup();
    assert_eq!(costs.len(), 3);
    assert!(costs.iter().all(|cost| (57.0..67.0).contains(cost)), "{costs:?}");
}

#[test]
fn a_limited_relation_earns_its_seller_a_rent_and_grows() {
    // The rival sells 400 t a month to the buyer whom a ban cuts off from the other seller.
    let row = |limits: &str| format!("ferry,pair:grain-w>grain-b,,{limits},made-up\n");
    let fixed = Altered::new("capacities.csv", &row("400,,,"));
    let body = ban("stop", &["grain"], "from = \"2022-02\"");
    let run = fixed.run(3, &body);
    run.assert_baseline(0);
    near(run.flow(2, "grain-ferry"), 400.0);
    let rent = run.rent(2, "ferry");
    assert!(rent > 1.0, "{rent}");
    // Nobody else's, though the pair is not restricted; and part of what the seller keeps.
    let results = fixed.results(3, &body);
    let metric = |name: &str| results.metric_in("2022-03", name, "grain", "", "usd");
    near(metric("seller_rent").unwrap(), rent * 400.0);
    near(metric("port_rent").unwrap(), 0.0);
    near(metric("permit_rent").unwrap(), 0.0);

    let growing = Altered::new("capacities.csv", &row("400,1000,0.5,0"));
    let run = growing.run(4, &body);
    let mut capacity = 400.0;
    for month in 1..4 {
        near(run.limit(month, "ferry"), capacity);
        near(run.flow(month, "grain-ferry"), capacity);
        capacity = grown(capacity, 1000.0, 0.5, run.rent(month, "ferry") / 200.0);
    }
    assert!(run.rent(3, "ferry") < rent, "the mark-up fades as the relation grows");
}

#[test]
fn the_rent_of_a_limited_relation_is_revenue_of_its_seller() {
    // The target's own sales to the rest of the world cannot grow: a ban elsewhere lets them earn a rent, or none.
    let capacity = "row,pair:grain-s>grain-r,,100,,,,made-up\n";
    let limited = Altered::new("capacities.csv", capacity);
    let body = ban("stop", &["grain"], "from = \"2022-01\"");
    let run = limited.run(1, &body);
    let rent = run.rent(0, "row");
    assert!(rent > 1.0, "{rent}");
    let results = limited.results(1, &body);
    let metric = |name: &str| results.metric(name, "grain", "", "usd").unwrap();
    near(metric("seller_rent"), rent * 100.0);
    let flows = [
        "grain-row",
        "grain-hub",
        "grain-ghost",
        "grain-relabel",
        "grain-reexport",
        "grain-rail",
        "grain-sea",
    ];
    let sold: f64 = flows.iter().map(|id| run.flow(0, id)).sum();
    let price = run.supply_price(0, "grain-s");
    near(metric("revenue_lost"), 2600.0 * 100.0 - sold * price - rent * 100.0);
    // Inverse supply has the elasticity one.
    let surplus = (2600.0 * 100.0 - sold * price) / 2.0;
    near(metric("target_loss"), surplus - rent * 100.0);
}
