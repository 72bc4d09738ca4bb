//! Laws that hold in the limit (docs/model.md).

use std::f64::consts::LN_2;
use std::path::Path;

use roundabout::input::IdleLines;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

use crate::hub::{
    SELLER_TO_UNION, ban, by_seller, central, choice, each_draw, measure, near, run, scenario, scenario_on, world,
};

#[test]
fn without_measures_every_draw_and_month_is_the_baseline() {
    let body = "[parameters]\n\
        \"commodity.grain.route_choice\" = { uniform = { low = 1.0, high = 20.0 } }\n\
        \"commodity.ore.holding_rate_per_year\" = { uniform = { low = 0.0, high = 1.0 } }\n\
        \"supply.grain-s.elasticity\" = { uniform = { low = 0.2, high = 4.0 } }\n\
        \"demand.timber-b.elasticity\" = { uniform = { low = 0.2, high = 4.0 } }\n\
        \"mode.rail.cost_index\" = { uniform = { low = 0.5, high = 2.0 } }\n\
        \"link.sea.freight_usd_per_t\" = { uniform = { low = 10.0, high = 60.0 } }\n";
    let model = Model::new(Plan::new(scenario(6, body).into()));
    let mut runner = PathRunner::new(&model);
    for draw in 0..50 {
        runner
            .run(Chance::Draw(draw), |month| {
                for (row, flow) in model.plan.routes.iter().zip(&month.solution.flow) {
                    let baseline = row.baseline.get();
                    assert!((flow - baseline).abs() <= 1e-6, "{flow} for {baseline}");
                }
            })
            .unwrap();
    }
}

/// The hub world with every quantity, potential and capacity multiplied.
fn scaled_world(factor: f64, folder: &Path) {
    let scaled = [
        "baseline_t_per_month",
        "potential_t_per_month",
        "limit_t_per_month",
        "ceiling_t_per_month",
    ];
    for entry in std::fs::read_dir(world()).unwrap() {
        let path = entry.unwrap().path();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_path(folder.join(path.file_name().unwrap())).unwrap();
        writer.write_record(&headers).unwrap();
        for record in reader.records().map(Result::unwrap) {
            let scale = |(header, cell): (&str, &str)| match cell.parse::<f64>() {
                Ok(value) if scaled.contains(&header) => format!("{:?}", factor * value),
                _ => cell.to_owned(),
            };
            writer.write_record(headers.iter().zip(&record).map(scale)).unwrap();
        }
        writer.flush().unwrap();
    }
}

#[test]
fn doubling_quantities_capacities_and_potentials_doubles_flows_and_leaves_prices() {
    let body = |limit: f64| {
        let quota = format!("{SELLER_TO_UNION}\nfrom = \"2022-04\"\nlimit_t_per_month = {limit:?}");
        ban(
            "stop",
            &["grain", "timber"],
            "from = \"2022-02\"\nwind_down_months = 2\nexempt_share = 0.1",
        ) + &measure("quota", "cap", &["ore"], &quota)
    };
    let folder = tempfile::tempdir().unwrap();
    scaled_world(2.0, folder.path());
    let once = run(10, &body(40.0));
    let twice = central(scenario_on(folder.path(), 10, &body(80.0), IdleLines::Fault));
    for month in 0..10 {
        for row in once.plan().world().routes.rows() {
            near(twice.flow(month, &row.id), 2.0 * once.flow(month, &row.id));
        }
        for row in once.plan().world().demands.rows() {
            near(twice.demand_price(month, &row.id), once.demand_price(month, &row.id));
        }
        for row in once.plan().world().supplies.rows() {
            near(twice.supply_price(month, &row.id), once.supply_price(month, &row.id));
        }
        for name in ["via-hub-grain", "via-alt-grain", "via-hub-ore", "quay-ore"] {
            near(twice.limit(month, name), 2.0 * once.limit(month, name));
            near(twice.rent(month, name), once.rent(month, name));
        }
    }
}

#[test]
fn as_seizure_becomes_certain_circumvention_ends() {
    let circumvented = |probability: f64| {
        let check =
            format!("issuer = \"BUY\"\nnodes = [\"city\"]\nfrom = \"2022-01\"\nseizure_probability = {probability:?}");
        let stop = by_seller(ban("stop", &["grain"], "from = \"2022-01\""));
        let run = run(1, &(stop + &measure("inspection", "check", &["grain"], &check)));
        ["grain-ghost", "grain-relabel", "grain-reexport"]
            .map(|id| run.flow(0, id))
            .iter()
            .sum::<f64>()
    };
    let rising = [0.01, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.9999].map(circumvented);
    // Inspection below the rent moves rent, not tonnes: the networks stay full at first.
    near(rising[0], 1000.0);
    assert!(rising.windows(2).all(|pair| pair[1] <= pair[0] + 1e-6), "{rising:?}");
    assert!(rising[7] < 1e-9 && rising[8] < 1e-9, "{rising:?}");
}

#[test]
fn as_route_choice_grows_trade_goes_where_its_net_gain_against_the_baseline_is_largest() {
    // A charge of 10 on rail leaves it 10 cheaper than the sea (40 against 50), but against the baseline the sea's gain
    // is larger by 10: rail keeps 2^(-10 / 50) of the sea's flow, and the more so the sharper the choice.
    let dues = "issuer = \"BUY\"\nlinks = [\"rail\"]\nfrom = \"2022-01\"\nusd_per_t = 10";
    for factor in [1.0, 10.0, 100.0, 300.0] {
        let sharp = format!(
            "[parameters]\n\"commodity.grain.route_choice\" = {:?}\n",
            4.0 * LN_2 * factor
        );
        let run = run(1, &(sharp + &measure("cost", "dues", &["grain"], dues)));
        let (rail, sea) = (run.flow(0, "grain-rail"), run.flow(0, "grain-sea"));
        near(rail / sea, choice(-10.0 * factor));
        if factor == 300.0 {
            // All trade of the pair, at next to no change in prices.
            assert!(rail < 1e-9 && sea > 0.95 * 2300.0, "{rail} and {sea}");
            assert!((run.demand_price(0, "grain-b") - 200.0).abs() < 0.2);
        }
    }
}

#[test]
fn the_same_draw_meets_the_same_shocks_whatever_the_measures() {
    let shocks = "\n[[shocks.price]]\nid = \"p\"\ncommodity = \"ore\"\npersistence = 0.8\nsd = 0.2\n";
    let prices = |body: &str| {
        let mut found = Vec::new();
        each_draw(scenario(6, body), 5, |_, _, _, conditions| {
            found.push(conditions.supply_price.clone());
        });
        found
    };
    assert_eq!(
        prices(shocks),
        prices(&(ban("stop", &["ore", "grain"], "from = \"2022-02\"") + shocks))
    );
}
