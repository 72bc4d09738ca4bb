//! Without measures and shocks every month of every draw is the world's baseline.

mod common;

use std::sync::Arc;

use roundabout::simulation::{Chance, Model, PathRunner, Plan};

#[test]
fn the_baseline_is_reproduced_in_every_month_and_draw() {
    for name in ["baseline", "primary"] {
        let mut scenario = common::shipped(&[name], 64).remove(0);
        scenario.shocks.clear();
        scenario.trends.clear();
        let scenario = scenario.without_measures();
        let model = Model::new(Plan::new(Arc::new(scenario)));
        let mut runner = PathRunner::new(&model);
        for draw in 0..16 {
            runner
                .run(Chance::Draw(draw), |month| {
                    let plan = &model.plan;
                    for (route, flow) in plan.routes.iter().zip(&month.solution.flow) {
                        let scale = plan.demand_quantity[route.demand]
                            .get()
                            .min(plan.supply_quantity[route.supply].get());
                        assert!(
                            (flow - route.baseline.get()).abs() <= 1e-9 * scale,
                            "{flow} for {}",
                            route.baseline.get()
                        );
                    }
                })
                .unwrap();
        }
    }
}

#[test]
fn the_shipped_scenarios_share_one_counterfactual() {
    let counterfactuals: Vec<_> = common::shipped(&["baseline", "history"], 64)
        .iter()
        .map(roundabout::scenario::Scenario::without_measures)
        .collect();
    assert!(counterfactuals[0].meets_same_world(&counterfactuals[1]));
}
