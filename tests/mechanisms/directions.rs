//! One thing at a time: what is stronger must not do less, over 2,000 paired draws.

use std::collections::BTreeMap;

use roundabout::input::IdleLines;
use roundabout::scenario::Scenario;

use crate::common;
use crate::hub::{ban, by_seller, measure, programme, scenario, scenario_on, world};

const DRAWS: u64 = 2_000;
const MONTHS: usize = 12;

/// Values within the priors of the hub world.
const PRIORS: &str = r#"
[parameters]
"capacity.via-hub-grain.growth_per_month" = { triangular = { low = 0.3, mode = 1.2, high = 2.0 } }
"capacity.via-alt-grain.growth_per_month" = { uniform = { low = 0.2, high = 1.5 } }
"route.grain-ghost.extra_cost_usd_per_t" = { uniform = { low = 0.0, high = 60.0 } }
"demand.grain-b.elasticity" = { uniform = { low = 0.5, high = 1.5 } }
"supply.grain-s.elasticity" = { lognormal = { median = 1.0, sigma = 0.3 } }
"#;

fn draws_of(body: &str) -> Scenario {
    let shocks = "\n[[shocks.mode_cost]]\nid = \"road\"\nmode = \"road\"\npersistence = 0.8\nsd = 0.2\n";
    let mut scenario = scenario(MONTHS, &format!("{PRIORS}{body}{shocks}"));
    scenario.simulation.draws = DRAWS;
    scenario
}

fn stop() -> String {
    by_seller(ban("stop", &["grain"], "from = \"2022-02\""))
}

/// Mean and standard error of the paired difference that `stronger` makes to grain circumvented by an intermediary, or
/// by all, over the whole run, in tonnes.
fn difference(weaker: &str, stronger: &str, via: &str) -> (f64, f64) {
    let (batch, outcomes) = common::simulate(vec![draws_of(weaker), draws_of(stronger)]);
    let difference = outcomes[1].as_ref().unwrap().difference.as_ref().unwrap();
    let key = ["circumvented", "all", "grain", via, "", "t"];
    let rows = batch.scenarios[1].pairing.rows.to_specs();
    let row = rows.iter().find(|row| row.key == key).unwrap();
    let summary = difference.summary(row.cell);
    (summary.mean.unwrap(), summary.mcse.unwrap())
}

#[track_caller]
fn never_raises(weaker: &str, stronger: &str, via: &str) {
    let (mean, error) = difference(weaker, stronger, via);
    assert!(mean <= 2.0 * error, "{mean} with standard error {error}");
    assert!(mean < 0.0, "nothing happened");
}

fn inspection(probability: f64, fine: f64) -> String {
    let keys = format!(
        "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"HUB\"]\nfrom = \"2022-02\"\n\
         seizure_probability = {probability:?}\nfine = {fine:?}"
    );
    stop() + &measure("inspection", "posts", &["grain"], &keys)
}

fn designation(targets: &str, loss: &str) -> String {
    let keys = format!(
        "primary_targets = [\"BUY\"]\nfrom = \"2022-04\"\nrate_per_month = 0.3\nsurge_reference = 2.0\nsurge_exponent = 1.0\n\
         surge_floor_usd_per_month = 1000.0\nshare_per_firm = {loss}\nsuccessor_months = 12.0"
    );
    let firms = programme("designation", "firms", &["grain"], &keys);
    stop() + &firms.replace("targets = [\"HUB\"]", &format!("targets = {targets}"))
}

#[test]
fn more_inspection_never_raises_circumvention() {
    never_raises(&inspection(0.05, 0.0), &inspection(0.3, 0.0), "HUB");
}

#[test]
fn goods_inspected_on_one_way_out_move_in_part_to_the_other() {
    let (mean, error) = difference(&stop(), &inspection(0.3, 0.0), "ALT");
    assert!(mean > 2.0 * error && mean > 0.0, "{mean} with standard error {error}");
}

#[test]
fn a_larger_fine_never_raises_circumvention() {
    never_raises(&inspection(0.1, 0.0), &inspection(0.1, 3.0), "HUB");
}

#[test]
fn a_larger_share_per_firm_never_raises_circumvention_through_the_target() {
    let loss = |low: f64, high: f64| format!("{{ uniform = {{ low = {low:?}, high = {high:?} }} }}");
    let (weaker, stronger) = (loss(0.1, 0.2), loss(0.4, 0.6));
    never_raises(
        &designation("[\"HUB\"]", &weaker),
        &designation("[\"HUB\"]", &stronger),
        "HUB",
    );
}

#[test]
fn a_wider_target_list_never_raises_circumvention_through_all_listed() {
    never_raises(
        &designation("[\"HUB\"]", "0.4"),
        &designation("[\"HUB\", \"ALT\"]", "0.4"),
        "",
    );
}

#[test]
fn what_is_stopped_at_a_target_moves_in_part_to_the_intermediary_that_is_none() {
    let (mean, error) = difference(&stop(), &designation("[\"HUB\"]", "0.4"), "ALT");
    assert!(mean > 2.0 * error && mean > 0.0, "{mean} with standard error {error}");
    let (fall, _) = difference(&stop(), &designation("[\"HUB\"]", "0.4"), "HUB");
    assert!(mean < -fall, "more moved than was stopped: {mean} of {fall}");
}

#[test]
fn a_longer_notice_gives_channels_time_to_build() {
    let announced = |month: &str| {
        let keys = format!("announced = \"{month}\"\nfrom = \"2022-04\"");
        let dead = "\n\"capacity.via-hub-grain.dead_time_months\" = 4\n";
        format!("{dead}{}", by_seller(ban("stop", &["grain"], &keys)))
    };
    let (mean, error) = difference(&announced("2022-04"), &announced("2021-12"), "HUB");
    assert!(mean > 2.0 * error && mean > 0.0, "{mean} with standard error {error}");
}

/// The bits of all statistics, by table and key.
type Rows = BTreeMap<Vec<String>, Vec<Option<u64>>>;

/// Every row of every table, with the bits of all its statistics.
fn all_rows(body: &str) -> Rows {
    let mut scenario = scenario_on(&world(), MONTHS, &format!("{PRIORS}{body}"), IdleLines::Warn);
    scenario.simulation.draws = 100;
    let (batch, outcomes) = common::simulate(vec![scenario]);
    let (entry, finished) = (&batch.scenarios[0], outcomes[0].as_ref().unwrap());
    let (layout, plan) = (&entry.layout, &entry.model.plan);
    let tables = [
        ("metrics", layout.metric_rows(plan).to_specs()),
        ("flows", layout.flow_rows(plan).to_specs()),
        ("books", layout.book_rows(plan).to_specs()),
        ("prices", layout.price_rows(plan).to_specs()),
        ("capacities", layout.capacity_rows(plan).to_specs()),
        ("throughput", layout.throughput_rows(plan).to_specs()),
        ("uncovered", layout.uncovered_rows(plan).into_iter().flatten().collect()),
    ];
    let mut rows = BTreeMap::new();
    for (table, specs) in tables {
        for spec in specs {
            let summary = finished.collected.summary(spec.cell).scaled(spec.scale);
            let values = [
                summary.mean,
                summary.sd,
                summary.mcse,
                summary.p05,
                summary.p25,
                summary.p50,
                summary.p75,
                summary.p95,
            ];
            let key = std::iter::once(table.to_owned()).chain(spec.key).collect();
            rows.insert(key, values.map(|value| value.map(f64::to_bits)).to_vec());
        }
    }
    rows
}

#[test]
fn a_programme_of_no_intensity_changes_no_number() {
    let without = all_rows(&stop());
    let programmes = [
        (
            "designation",
            "primary_targets = [\"BUY\"]\nfrom = \"2022-03\"\nrate_per_month = 0.0\nsurge_reference = 2.0\nsurge_floor_usd_per_month = 1000.0\n\
             share_per_firm = 0.5\nsuccessor_months = 12.0",
        ),
        (
            "payments",
            "primary_targets = [\"BUY\"]\nfrom = \"2022-03\"\nrefused_share = 0.0\nhalf_life_months = 3.0\nfriction_start = 0.0\n\
             friction_end = 0.0",
        ),
        (
            "export_ban",
            "extends_ban = \"stop\"\nfrom = \"2022-03\"\nexempt_share = 1.0",
        ),
    ];
    for (kind, keys) in programmes {
        let with = all_rows(&(stop() + &programme(kind, "nothing", &["grain"], keys)));
        assert_unchanged(&without, &with, kind);
    }
}

#[test]
fn a_measure_of_no_intensity_changes_no_number() {
    let without = all_rows(&stop());
    let legs = "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"HUB\"]\nfrom = \"2022-03\"";
    let place = "issuer = \"SEL\"\nlinks = [\"east\"]\nfrom = \"2022-03\"";
    let measures = [
        ("ban", format!("{legs}\nexempt_share = 1.0")),
        ("tariff", format!("{legs}\nrate = 0.0")),
        ("closure", format!("{place}\nshare_closed = 0.0")),
        ("cost", format!("{place}\nusd_per_t = 0.0")),
        ("inspection", format!("{legs}\nseizure_probability = 0.0\nfine = 2.0")),
    ];
    for (kind, keys) in measures {
        let with = all_rows(&(stop() + &measure(kind, "nothing", &["grain"], &keys)));
        assert_unchanged(&without, &with, kind);
    }
}

#[track_caller]
fn assert_unchanged(without: &Rows, with: &Rows, kind: &str) {
    assert!(without.len() > 1_000);
    for (key, values) in without {
        assert_eq!(with.get(key), Some(values), "{kind} of no intensity: {key:?}");
    }
}
