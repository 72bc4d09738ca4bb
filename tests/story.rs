//! What the shipped scenarios must show, as directions with their uncertainty; no number is tuned to.

mod common;

use std::sync::Arc;

use roundabout::ensemble::{Batch, Failure, Finished, RowSpec};
use roundabout::model::RouteKind;
use roundabout::simulation::{Chance, Model, PathRunner, Plan, SolvedMonth};

const DRAWS: u64 = 256;
/// Goods enough for every direction that is claimed.
const GOODS: [&str; 4] = ["potash", "plywood", "machinery", "vehicles"];

/// Mean and Monte Carlo standard error of the row with these keys.
fn statistic(finished: &Finished, rows: &[RowSpec], key: &[&str]) -> (f64, f64) {
    let row = rows
        .iter()
        .find(|row| row.key == key)
        .unwrap_or_else(|| panic!("no row {key:?}"));
    let summary = finished.collected.summary(row.cell).scaled(row.scale);
    (summary.mean.unwrap_or(0.0), summary.mcse.unwrap_or(0.0))
}

fn run(names: &[&str]) -> (Batch, Vec<Result<Finished, Failure>>) {
    common::simulate(common::Narrow::new(names, &GOODS).scenarios(DRAWS))
}

#[test]
fn restrictions_reroute_trade_as_reported() {
    let (batch, outcomes) = run(&["primary"]);
    let (entry, finished) = (&batch.scenarios[0], outcomes[0].as_ref().unwrap());
    let plan = &entry.model.plan;
    let capacities = entry.layout.capacity_rows(plan).to_specs();
    let flows = entry.layout.flow_rows(plan).to_specs();
    let books = entry.layout.book_rows(plan).to_specs();

    let klaipeda = |month| statistic(finished, &capacities, &[month, "klaipeda-potash", "flow"]).0;
    assert!(klaipeda("2021-01") > 500_000.0);
    assert!(klaipeda("2022-03") < 1e-6);
    let russian_ports = |month| -> f64 {
        ["ust-luga", "bronka", "murmansk", "novorossiysk"]
            .iter()
            .map(|port| statistic(finished, &capacities, &[month, &format!("port-{port}-potash"), "flow"]).0)
            .sum()
    };
    assert!(russian_ports("2022-03") < 1e-6);
    assert!(russian_ports("2024-12") > 100_000.0);

    for papers in ["KZ", "KG"] {
        let relabelled = |month: &str| -> f64 {
            flows
                .iter()
                .filter(|row| row.key[0] == month && row.key[1] == "plywood" && row.key[6] == "t")
                .filter(|row| row.key[4] != "direct" && row.key[5] == papers)
                .map(|row| finished.collected.summary(row.cell).mean.unwrap_or(0.0))
                .sum()
        };
        assert_eq!(relabelled("2021-01"), 0.0, "{papers}");
        assert!(relabelled("2023-06") > 10.0, "{papers}: {}", relabelled("2023-06"));
    }

    let exports = |month, partner| statistic(finished, &books, &[month, "EU", partner, "export", "all", "usd"]).0;
    let growth = |partner| exports("2023-06", partner) / exports("2021-06", partner);
    let rise = |partner| exports("2023-06", partner) - exports("2021-06", partner);
    let hubs = ["KG", "AM", "KZ", "GE", "UZ"];
    for (more, less) in hubs.iter().zip(&hubs[1..]) {
        assert!(
            growth(more) > growth(less),
            "{more} {} {less} {}",
            growth(more),
            growth(less)
        );
    }
    assert!(hubs.iter().all(|hub| rise("KZ") >= rise(hub)));
}

#[test]
fn each_secondary_sanction_lowers_circumvention() {
    let (batch, outcomes) = run(&[
        "primary",
        "secondary-designations",
        "secondary-payments",
        "secondary-export-ban",
        "secondary-export-ban-kg",
        "threat-only",
        "no-reexport-clause",
        "all-together",
    ]);
    for (entry, outcome) in batch.scenarios.iter().zip(&outcomes).skip(1) {
        let name = &entry.model.plan.scenario.name;
        let difference = outcome.as_ref().unwrap().difference.as_ref().unwrap();
        let key = ["circumvented", "all", "all", "", "usd"];
        let rows = entry.pairing.rows.to_specs();
        let row = rows.iter().find(|row| row.key == key).unwrap();
        let summary = difference.summary(row.cell);
        let (mean, mcse) = (summary.mean.unwrap(), summary.mcse.unwrap());
        assert!(mean + 4.0 * mcse < 0.0, "{name}: {mean} with standard error {mcse}");
    }
}

/// The central path of a scenario on top of `primary`.
fn central(body: &str, mut observe: impl FnMut(&Plan, SolvedMonth<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("variant.toml");
    let base = common::repository().join("scenarios/primary.toml");
    std::fs::write(
        &path,
        format!("title = \"Variant\"\nextends = {:?}\n{body}", base.to_str().unwrap()),
    )
    .unwrap();
    let model = Model::new(Plan::new(Arc::new(common::read(&[path]).remove(0))));
    PathRunner::new(&model)
        .run(Chance::Central, |month| observe(&model.plan, month))
        .unwrap();
}

/// Monthly sums of the flows that constraints with a name like this count.
fn ramp(body: &str, is_counted: impl Fn(&str) -> bool) -> Vec<f64> {
    let mut months = Vec::new();
    central(body, |plan, month| {
        let counted = plan
            .constraints
            .rows()
            .iter()
            .filter(|row| is_counted(&plan.constraint_name(row.constraint)));
        let flow = |route: &usize| month.solution.flow[*route];
        months.push(counted.flat_map(|row| &row.routes).map(flow).sum());
    });
    months
}

#[test]
fn inspecting_one_exit_of_the_union_moves_goods_to_the_others() {
    let hidden = |body: &str, exit: &str| {
        let mut tonnes = 0.0;
        central(body, |plan, month| {
            let world = plan.world();
            for (route, flow) in world.routes.rows().iter().zip(&month.solution.flow) {
                let passes = route.nodes.iter().any(|&node| world.nodes[node].id == exit);
                if route.kind != RouteKind::Direct && route.kind != RouteKind::Relabel && passes {
                    tonnes += flow;
                }
            }
        });
        tonnes
    };
    let inspection = "[[measures.inspection]]\nid = \"exit\"\nissuer = \"EU\"\nnodes = [\"medininkai\"]\n\
                      from = \"2022-06\"\nseizure_probability = 0.1\nfine = 1.0\n";
    let fall = hidden("", "medininkai") - hidden(inspection, "medininkai");
    let rise = ["terespol", "terehova"]
        .iter()
        .map(|exit| hidden(inspection, exit) - hidden("", exit))
        .sum::<f64>();
    assert!(
        fall > 0.0 && rise > 0.0 && rise < fall,
        "{fall} less here, {rise} more there"
    );
}

/// The Russian ports that took up potash.
const PORTS: [&str; 4] = ["ust-luga", "bronka", "murmansk", "novorossiysk"];

/// Months from February 2022 to the first month that holds.
fn months_until(ramp: &[f64], holds: impl Fn(f64) -> bool) -> usize {
    ramp.iter().skip(13).position(|&flow| holds(flow)).unwrap()
}

#[test]
fn one_rule_gives_the_ramp_of_ports_and_the_ramp_of_hubs_from_parameters() {
    let port = |port: &str| {
        format!(
            "\"capacity.port-{port}-potash.growth_per_month\" = 0.42\n\
             \"capacity.port-{port}-potash.dead_time_months\" = 5\n"
        )
    };
    let parameters = PORTS.map(port).concat();
    let ports = ramp(&format!("[parameters]\n{parameters}"), |name| {
        PORTS.iter().any(|port| name == format!("port-{port}-potash"))
    });
    assert_eq!(months_until(&ports, |flow| flow > 0.0), 5);
    let plateau = ports[ports.len() - 1];
    let half = months_until(&ports, |flow| flow > plateau / 2.0);
    assert!((13..=17).contains(&half), "half of the plateau after {half} months");

    for hub in [
        "via-kz-machinery",
        "via-kg-machinery",
        "via-kz-vehicles",
        "via-kg-vehicles",
    ] {
        let hub_ramp = ramp("", |name| name == hub);
        let level = hub_ramp[23];
        let half = months_until(&hub_ramp, |flow| flow > level / 2.0);
        assert!(
            (4..=7).contains(&half),
            "{hub}: half of the level of December 2022 after {half} months"
        );
    }
}
