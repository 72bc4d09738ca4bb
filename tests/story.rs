//! Results that the shipped scenarios must show, as directions with their uncertainty; no number is tuned to.

mod common;

use std::ops::Range;
use std::sync::Arc;

use roundabout::ensemble::{Batch, Ensemble, Failure, Finished, Observer, RowSpec};
use roundabout::model::{Flow, Month, Route, RouteKind};
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

/// Whether a mean is above zero by more than chance explains: three of its standard errors.
#[track_caller]
fn assert_positive(what: &str, (mean, mcse): (f64, f64)) {
    assert!(mean > 3.0 * mcse, "{what}: {mean} with standard error {mcse}");
}

/// Mean and Monte Carlo standard error of a number of each draw.
fn mean(draws: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = draws.clone().count() as f64;
    let mean = draws.clone().sum::<f64>() / count;
    let squares = draws.map(|value| (value - mean) * (value - mean)).sum::<f64>();
    (mean, (squares / (count - 1.0) / count).sqrt())
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

    // Sums of means, each with the sum of their standard errors, which is no less than that of the sum.
    let sum = |rows: &mut dyn Iterator<Item = (f64, f64)>| {
        rows.fold((0.0, 0.0), |(mean, mcse), row| (mean + row.0, mcse + row.1))
    };
    let klaipeda = |month| statistic(finished, &capacities, &[month, "klaipeda-potash", "flow"]);
    let (before, mcse) = klaipeda("2021-01");
    assert_positive("potash by Klaipeda beyond 500,000 t", (before - 500_000.0, mcse));
    assert!(klaipeda("2022-03").0 < 1e-6);
    let russian_ports = |month| {
        sum(&mut PORTS
            .iter()
            .map(|port| statistic(finished, &capacities, &[month, &format!("port-{port}-potash"), "flow"])))
    };
    assert!(russian_ports("2022-03").0 < 1e-6);
    let (after, mcse) = russian_ports("2024-12");
    assert_positive("potash by Russian ports beyond 100,000 t", (after - 100_000.0, mcse));

    for papers in ["KZ", "KG"] {
        let relabelled = |month: &str| {
            let rows = flows
                .iter()
                .filter(|row| row.key[0] == month && row.key[1] == "plywood" && row.key[6] == "t")
                .filter(|row| row.key[4] != "direct" && row.key[5] == papers);
            sum(&mut rows.map(|row| {
                let summary = finished.collected.summary(row.cell).scaled(row.scale);
                (summary.mean.unwrap(), summary.mcse.unwrap())
            }))
        };
        assert_eq!(relabelled("2021-01"), (0.0, 0.0), "{papers}");
        let (after, mcse) = relabelled("2023-06");
        assert_positive(&format!("relabelled by {papers} beyond 10 t"), (after - 10.0, mcse));
    }
}

/// Intermediaries, from the largest growth of the union's exports to the smallest.
const HUBS: [&str; 5] = ["KG", "AM", "KZ", "GE", "UZ"];
/// Before and after.
const MONTHS: [&str; 2] = ["2021-06", "2023-06"];

/// Exports to [`HUBS`] that the union records in [`MONTHS`], USD, of each draw.
struct HubExports<'a> {
    plan: &'a Plan,
    /// Routes with their reference prices, by hub.
    routes: Vec<Vec<(usize, f64)>>,
    draws: Vec<[[f64; HUBS.len()]; MONTHS.len()]>,
}

impl<'a> HubExports<'a> {
    fn new(plan: &'a Plan) -> Self {
        let world = plan.world();
        let is_recorded = |route: &Route, hub: &str| {
            world.books(route).iter().any(|record| {
                let blocs = &world.jurisdictions[record.reporter].blocs;
                record.flow == Flow::Export
                    && world.jurisdictions[record.partner].id == hub
                    && blocs.iter().any(|bloc| bloc == "EU")
            })
        };
        let routes_to = |hub: &str| {
            let routes = world.routes.rows().iter().enumerate();
            let recorded = routes.filter(|(_, route)| is_recorded(route, hub));
            recorded
                .map(|(number, route)| (number, world.commodities[world.commodity(route)].price.get()))
                .collect()
        };
        Self {
            plan,
            routes: HUBS.iter().map(|hub| routes_to(hub)).collect(),
            draws: Vec::new(),
        }
    }
}

impl Observer for HubExports<'_> {
    fn begin(&mut self, draws: &Range<u64>) {
        let count = (draws.end - draws.start) as usize;
        self.draws.extend(vec![[[0.0; HUBS.len()]; MONTHS.len()]; count]);
    }

    fn observe(&mut self, _draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        let first = self.draws.len() - months.len();
        for (exports, month) in self.draws[first..].iter_mut().zip(months) {
            let month = month.unwrap();
            let now = self.plan.scenario.horizon.month(month.step);
            let Some(place) = MONTHS.iter().position(|month| month.parse::<Month>() == Ok(now)) else {
                continue;
            };
            for (exports, routes) in exports[place].iter_mut().zip(&self.routes) {
                let dollars = |(route, price): &(usize, f64)| month.solution.flow[*route] * price;
                *exports = routes.iter().map(dollars).sum();
            }
        }
    }
}

#[test]
fn exports_to_the_hubs_grow_in_the_order_reported() {
    let (batch, outcomes) = run(&["primary"]);
    let (entry, finished) = (&batch.scenarios[0], outcomes[0].as_ref().unwrap());
    let plan = &entry.model.plan;
    let chunks = Ensemble::from_streams(&entry.model)
        .run(0..DRAWS, |_| HubExports::new(plan), |seen| seen.draws, &())
        .unwrap();
    let draws = chunks.concat();
    assert_eq!(draws.len() as u64, DRAWS);

    // The draws are those of the table.
    let books = entry.layout.book_rows(plan).to_specs();
    for (place, month) in MONTHS.into_iter().enumerate() {
        for (hub, partner) in HUBS.into_iter().enumerate() {
            let (reported, mcse) = statistic(finished, &books, &[month, "EU", partner, "export", "all", "usd"]);
            let (exports, error) = mean(draws.iter().map(|draw| draw[place][hub]));
            assert!((exports / reported - 1.0).abs() < 1e-9, "{exports}, not {reported}");
            assert!(
                (error - mcse).abs() <= 1e-6 * mcse + 1e-9 * exports,
                "{error}, not {mcse}"
            );
        }
    }

    // Differences within each draw: what moves two hubs together does not count against their order.
    let growth = |draw: &[[f64; HUBS.len()]; 2], hub: usize| draw[1][hub] / draw[0][hub];
    for more in 0..HUBS.len() - 1 {
        let differences = draws.iter().map(|draw| growth(draw, more) - growth(draw, more + 1));
        assert_positive(
            &format!("growth of {} over {}", HUBS[more], HUBS[more + 1]),
            mean(differences),
        );
    }
    let largest = HUBS.iter().position(|hub| *hub == "KZ").unwrap();
    let rise = |draw: &[[f64; HUBS.len()]; 2], hub: usize| draw[1][hub] - draw[0][hub];
    for hub in (0..HUBS.len()).filter(|hub| *hub != largest) {
        let differences = draws.iter().map(|draw| rise(draw, largest) - rise(draw, hub));
        assert_positive(&format!("rise of KZ over {}", HUBS[hub]), mean(differences));
    }
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
        let key = ["circumvented", "all", "all", "", "", "usd"];
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
    // In the first three months of inspections: later networks that earn less have grown less, at all exits.
    let inspected: Vec<Month> = ["2022-06", "2022-07", "2022-08"]
        .map(|month| month.parse().unwrap())
        .to_vec();
    let hidden = |body: &str, exit: &str| {
        let mut tonnes = 0.0;
        central(body, |plan, month| {
            if !inspected.contains(&plan.scenario.horizon.month(month.step)) {
                return;
            }
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
    let rise = ["terespol", "bobrowniki", "terehova"]
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
            "\"capacity.port-{port}-potash.growth_per_month\" = 0.36\n\
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
