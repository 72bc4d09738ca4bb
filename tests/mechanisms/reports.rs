//! Offsets, who gets the mark-up, what the target loses, events, throughput and leakage: on the month of `metrics.rs`,
//! solved there by hand, and where that has none of them on months as they were solved.

use std::path::Path;

use roundabout::input::IdleLines;
use roundabout::math::ln;
use roundabout::results::{
    ComparisonPart, ComparisonRows, Detail, OwnInputs, ResultTable, WorldRecords, result_tables,
};
use roundabout::simulation::{Chance, PathRunner};

use crate::common;
use crate::hub::{SELLER_TO_UNION, ban, by_seller, measure, near, programme, run, scenario, scenario_on, world};
use crate::metrics::{Results, body};

const FROM_JANUARY: &str = "from = \"2022-01\"";

fn table(results: &Results, name: &str) -> Table {
    let inputs = OwnInputs::all(results.entry());
    let tables = result_tables(
        results.entry(),
        &results.finished,
        &inputs,
        &WorldRecords::default(),
        Detail::All,
    );
    written(tables.iter().find(|table| table.form.file == name).unwrap())
}

/// A table as its readers have it.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn written(table: &ResultTable<'_>) -> Table {
    let mut bytes = Vec::new();
    table.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
    Table {
        columns: rows.next().unwrap(),
        rows: rows.collect(),
    }
}

/// The rows of a table without their statistics, but with the mean.
fn keys_and_means(table: &Table) -> Vec<(String, f64)> {
    // Eight statistics, and the draws that they are over.
    let keys = table.columns.len() - 9;
    let row = |row: &Vec<String>| (row[..keys].join(","), row[keys].parse().unwrap());
    table.rows.iter().map(row).collect()
}

#[test]
fn offsets_compare_exporters_records_and_purchases_with_the_fall_of_direct_trade() {
    let results = Results::of(&body());
    // Direct trade of the restricted pair falls from 2300 t to none. Of the seller's records with the hubs genuine grain
    // falls by 100 t, ghosts are 400 t and re-exports 400 t; relabelled grain it does not record.
    results.check("offset_gross", "", "share", 700.0 / 2300.0);
    results.check("offset_net", "", "share", 800.0 / 2300.0);
    // The buyer buys 1800 t of 2700 t.
    results.check("offset_all_source", "", "share", 1.0 - 900.0 / 2300.0);
    results.check("ghost_share", "", "share", 0.5);
    near(
        results.metric("offset_net", "all", "", "share").unwrap(),
        800.0 / 2300.0,
    );
}

#[test]
fn offsets_count_genuine_growth_and_periods_take_ratios_of_sums() {
    let growth = "\n[[trends.demand]]\nid = \"growth\"\ncommodities = [\"grain\"]\njurisdictions = [\"HUB\"]\n\
                  from = \"2022-01\"\ngrowth_per_year = 4.0\n";
    let body = by_seller(ban("stop", &["grain"], "from = \"2022-02\"\nexempt_share = 0.1")) + growth;
    let run = run(3, &body);
    let results = Results::of_scenario(scenario(3, &body));
    assert_eq!(results.metric("offset_gross", "grain", "", "share"), None);
    let (mut rises, mut falls) = (0.0, 0.0);
    for (month, name) in [(1, "2022-02"), (2, "2022-03")] {
        let flow = |id: &str| run.flow(month, id);
        let rise = flow("grain-hub") + flow("grain-ghost") + flow("grain-reexport") - 200.0;
        let fall = 2300.0 - flow("grain-rail") - flow("grain-sea");
        let gross = results.metric_in(name, "offset_gross", "grain", "", "share");
        near(gross.unwrap(), rise / fall);
        rises += rise;
        falls += fall;
    }
    let gross = results.metric_in("all", "offset_gross", "grain", "", "share");
    near(gross.unwrap(), rises / falls);
}

#[test]
fn the_mark_up_is_rents_charges_and_dearer_ways_over_the_price() {
    let results = Results::of(&body());
    // Ways that are 0, 150 and 100 USD/t dearer than direct trade, and a rent of 50 on each.
    let dearer = 200.0 * 150.0 + 400.0 * 100.0;
    let share = (dearer + 50.0 * 1000.0) / (1000.0 * 200.0);
    results.check("markup", "", "share", share);
    // Direct trade costs 40 in the mean.
    results.check("freight_paid", "", "usd", 40.0 * 1000.0 + dearer);
    results.check("friction_paid", "", "usd", 0.0);
    results.check("port_rent", "", "usd", 0.0);
    // The extended ban's rent is paid on genuine trade.
    for metric in ["permit_rent", "passage_rent"] {
        results.check(metric, "", "usd", 0.0);
    }

    // Half of the hub's rent goes to whoever charges it; nobody trades otherwise.
    let toll = format!("issuer = \"BUY\"\nvia = [\"HUB\"]\n{FROM_JANUARY}\nusd_per_t = 25");
    let results = Results::of(&(body() + &measure("cost", "toll", &["grain"], &toll)));
    results.check("circumvented", "HUB", "t", 600.0);
    results.check("friction_paid", "", "usd", 25.0 * 600.0);
    results.check("intermediary_rent", "HUB", "usd", 25.0 * 600.0);
    results.check("intermediary_rent", "ALT", "usd", 50.0 * 400.0);
    results.check("freight_paid", "", "usd", 40.0 * 1000.0 + dearer);
    results.check("markup", "", "share", share);
}

#[test]
fn rents_go_to_the_port_the_network_and_the_closed_line() {
    // The railway is closed but for a fifth; the new port and the hub are open.
    let body = measure(
        "closure",
        "stop",
        &["ore"],
        "issuer = \"ROW\"\nlinks = [\"rail\"]\nannounced = \"2021-01\"\nfrom = \"2022-01\"\nshare_closed = 0.8",
    );
    let run = run(1, &body);
    let results = Results::of(&body);
    for (metric, constraint, route) in [
        ("intermediary_rent", "via-hub-ore", "ore-reexport"),
        ("port_rent", "quay-ore", "ore-quay"),
        ("passage_rent", "stop", "ore-rail"),
    ] {
        let rent = run.rent(0, constraint);
        assert!(rent > 1.0, "{constraint}: {rent}");
        let found = results.metric(metric, "ore", "", "usd").unwrap();
        near(found, rent * run.flow(0, route));
    }
}

#[test]
fn a_quota_leaves_permits_that_earn_a_rent_and_a_ban_other_goods_that_earn_none() {
    let quota = format!("{SELLER_TO_UNION}\n{FROM_JANUARY}\nlimit_t_per_month = 20");
    let quota = measure("quota", "cap", &["ore"], &quota);
    let ban = ban("cap", &["ore"], &format!("{FROM_JANUARY}\nexempt_share = 0.2"));
    for (body, constraint, earned) in [(quota, "cap:ore", Some("permit_rent")), (ban, "cap:ore-s>ore-b", None)] {
        let (run, results) = (run(1, &body), Results::of(&body));
        let sold = run.flow(0, "ore-rail") + run.flow(0, "ore-quay");
        near(sold, 20.0);
        let rent = run.rent(0, constraint);
        assert!(rent > 1.0, "{constraint}: {rent}");
        for metric in ["permit_rent", "passage_rent", "port_rent"] {
            let expected = if earned == Some(metric) { rent * sold } else { 0.0 };
            near(results.metric(metric, "ore", "", "usd").unwrap(), expected);
        }
    }
}

#[test]
fn revenue_and_trade_of_targets_and_of_the_coalition_are_told_apart() {
    // 2600 t at 100 before, 1300 t at 50 now.
    let by_itself = Results::of(&body());
    by_itself.check("coalition_revenue_lost", "", "usd", 195_000.0);
    by_itself.check("coalition_trade_lost", "", "t", 1300.0);
    by_itself.check("revenue_lost", "", "usd", 0.0);

    let by_others = Results::of(&body().replace("issuer = \"SEL\"", "issuer = \"ROW\""));
    by_others.check("destroyed_seller", "", "t", 1300.0);
    by_others.check("coalition_revenue_lost", "", "usd", 0.0);
    by_others.check("coalition_trade_lost", "", "t", 0.0);
    by_others.check("revenue_lost", "", "usd", 195_000.0);
}

#[test]
fn targets_lose_surplus_where_they_sell_and_where_they_buy() {
    // Buyers at elasticity one: p q ln(P / p). Only the seller's own jurisdiction restricts it.
    let buyers = 200.0 * 2700.0 * ln(1.5);
    Results::of(&body()).check("target_loss", "", "usd", buyers);
    // Sellers at elasticity one: half of the revenue.
    let by_others = Results::of(&body().replace("issuer = \"SEL\"", "issuer = \"ROW\""));
    by_others.check("target_loss", "", "usd", buyers + 195_000.0 / 2.0);
    // Only the buyer's own jurisdiction restricts it; nothing is sold.
    let by_union = Results::of(&ban("ore", &["ore"], FROM_JANUARY));
    near(by_union.metric("target_loss", "ore", "", "usd").unwrap(), 5000.0);
}

#[test]
fn a_buyer_without_price_or_choke_price_leaves_the_targets_loss_unknown() {
    // Nothing arrives, for the new port and the hub have their dead time.
    let results = Results::of(&(body() + &by_seller(ban("ore", &["ore"], FROM_JANUARY))));
    assert_eq!(results.metric("target_loss", "ore", "", "usd"), None);
    assert_eq!(results.metric("target_loss", "all", "", "usd"), None);
    results.check("target_loss", "", "usd", 200.0 * 2700.0 * ln(1.5));
}

/// How much dearer ore is over a year in which a quota is in force from February on; all grain is free.
fn rise_under_a_quota(world: &Path, limit: f64, period: &str) -> Option<f64> {
    let keys = format!("{SELLER_TO_UNION}\nfrom = \"2022-02\"\nlimit_t_per_month = {limit:?}");
    let quota = measure("quota", "it", &["ore"], &keys);
    let results = Results::of_scenario(scenario_on(world, 12, &quota, IdleLines::Fault));
    let (ore, all) = (
        results.metric_in(period, "price_rise", "ore", "", "share"),
        results.metric_in(period, "price_rise", "all", "", "share"),
    );
    assert_eq!(ore, all, "only ore is restricted");
    ore
}

#[test]
fn months_without_a_price_leave_the_rise_of_their_period_unknown() {
    // Until the hub's papers can be used nobody reaches the buyer without a quota.
    let rise = |limit, period| rise_under_a_quota(&world(), limit, period);
    assert_eq!(rise(0.0, "2022-02"), None);
    assert_eq!(rise(0.0, "all"), None, "what is left out would make it milder");
    let (later, with_a_tonne) = (rise(0.0, "2022-12").unwrap(), rise(1.0, "2022-12").unwrap());
    assert!(later > with_a_tonne && with_a_tonne > 1.0, "{later} and {with_a_tonne}");
    assert!(rise(1.0, "all").unwrap() > 10.0);
}

#[test]
fn a_buyer_whom_nobody_reaches_pays_his_choke_price() {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(world()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    // Nobody pays more than eight times the usual price for ore.
    let table = folder.path().join("demands.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    let with_choke = text.lines().map(|line| match line.split(',').next().unwrap() {
        "id" => format!("{line},choke\n"),
        "ore-b" => format!("{line},8\n"),
        _ => format!("{line},\n"),
    });
    std::fs::write(&table, with_choke.collect::<String>()).unwrap();
    let rise = |limit, period| rise_under_a_quota(folder.path(), limit, period).unwrap();
    near(rise(0.0, "2022-02"), 7.0);
    // A stricter quota never looks milder.
    let rises = [60.0, 30.0, 10.0, 1.0, 0.1, 0.0].map(|limit| rise(limit, "all"));
    assert!(rises.windows(2).all(|rises| rises[0] <= rises[1] + 1e-6), "{rises:?}");
}

#[test]
fn trade_under_a_tariff_alone_is_shown_apart() {
    let duty = format!("{SELLER_TO_UNION}\n{FROM_JANUARY}\nrate = 0.25");
    let duty = measure("tariff", "duty", &["grain"], &duty);
    let (results, run) = (Results::of(&duty), run(1, &duty));
    let left = run.flow(0, "grain-rail") + run.flow(0, "grain-sea");
    assert!(left > 100.0 && left < 2200.0, "{left}");
    results.check("tariffed", "", "t", left);
    results.check("tariffed", "", "usd", 200.0 * left);
    for metric in ["restricted", "direct", "circumvented"] {
        results.check(metric, "", "t", 0.0);
    }
    for metric in ["intermediary_rent", "freight_paid", "friction_paid"] {
        results.check(metric, "", "usd", 0.0);
    }
    // Under a ban as well, what remains is direct trade of a restricted pair.
    let both = duty + &ban("stop", &["grain"], "from = \"2022-01\"\nexempt_share = 0.5");
    let results = Results::of(&both);
    results.check("tariffed", "", "t", 0.0);
    assert!(results.metric("direct", "grain", "", "t").unwrap() > 100.0);
}

#[test]
fn what_is_seized_is_counted() {
    let posts = format!("issuer = \"BUY\"\nnodes = [\"city\"]\n{FROM_JANUARY}\nseizure_probability = 0.2");
    let results = Results::of(&(body() + &measure("inspection", "posts", &["grain"], &posts)));
    let mut seized = 0.0;
    PathRunner::new(&results.entry().model)
        .run(Chance::Draw(0), |month| seized = month.seized.iter().sum())
        .unwrap();
    // About a fifth of 1000 t and more, in shipments of 20 t.
    assert!(seized >= 80.0 && seized % 20.0 == 0.0, "{seized}");
    results.check("seized", "", "t", seized);
    results.check("seized", "", "usd", 200.0 * seized);
}

#[test]
fn throughput_is_what_passes_a_port() {
    // By the old port grain goes to the rest of the world, 200 t; nothing goes by the new one.
    let found = keys_and_means(&table(&Results::of(&body()), "throughput.csv"));
    let expected = [
        ("harbour,all,t", 200.0),
        ("harbour,all,usd", 40_000.0),
        ("harbour,grain,t", 200.0),
        ("harbour,ore,t", 0.0),
        ("harbour,timber,t", 0.0),
        ("quay,all,t", 0.0),
        ("quay,all,usd", 0.0),
        ("quay,ore,t", 0.0),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((found, mean), (key, expected)) in found.iter().zip(expected) {
        assert_eq!(*found, format!("2022-01,{key}"));
        near(*mean, expected);
    }
}

#[test]
fn throughput_counts_a_route_once_for_all_goods_in_tonnes_and_dollars() {
    // The baseline by the old port: 1150 t and 100 t of grain.
    let found = keys_and_means(&table(&Results::of(""), "throughput.csv"));
    let mean = |key: &str| found.iter().find(|(found, _)| found == key).unwrap().1;
    near(mean("2022-01,harbour,all,t"), 1250.0);
    near(mean("2022-01,harbour,all,usd"), 250_000.0);
}

#[test]
fn uncovered_trade_is_what_no_ban_in_force_covers_the_largest_first() {
    // The extended ban covers the ghosts, which declare the hub.
    let found = keys_and_means(&table(&Results::of(&body()), "uncovered.csv"));
    let expected = [
        ("grain,SEL,BUY,ALT,reexport,t", 400.0),
        ("grain,SEL,BUY,ALT,reexport,usd", 80_000.0),
        ("grain,SEL,BUY,HUB,relabel,t", 200.0),
        ("grain,SEL,BUY,HUB,relabel,usd", 40_000.0),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((found, mean), (key, expected)) in found.iter().zip(expected) {
        assert_eq!(found, key);
        near(*mean, expected);
    }
    // Over two months it adds up; nothing is left over from another draw.
    let stop = by_seller(ban("stop", &["grain"], FROM_JANUARY));
    let mut twice = scenario(2, &stop);
    twice.simulation.draws = 3;
    let run = run(2, &stop);
    let found = keys_and_means(&table(&Results::of_scenario(twice), "uncovered.csv"));
    let ghosts = run.flow(0, "grain-ghost") + run.flow(1, "grain-ghost");
    let key = "grain,SEL,BUY,HUB,ghost,t";
    near(found.iter().find(|(found, _)| found == key).unwrap().1, ghosts);
}

#[test]
fn without_programmes_and_restrictions_events_and_leaks_are_empty_tables() {
    let results = Results::of("");
    for name in ["events.csv", "uncovered.csv"] {
        assert!(table(&results, name).rows.is_empty(), "{name}");
    }
}

#[test]
fn events_say_in_which_share_of_draws_firms_are_listed_and_when_first() {
    let stop = ban("stop", &["ore"], "announced = \"2021-01\"\nfrom = \"2022-01\"");
    let keys = "primary_targets = [\"BUY\"]\nfrom = \"2022-03\"\nrate_per_month = 0.3\nsurge_reference = 3.0\nsurge_exponent = 1.0\n\
                surge_floor_usd_per_month = 1000.0\nshare_per_firm = 0.25\nsuccessor_months = 4.0";
    let body = stop + &programme("designation", "firms", &["ore"], keys);
    let mut scenario = scenario_on(&world(), 6, &body, IdleLines::Warn);
    let draws = 64;
    scenario.simulation.draws = draws;
    let results = Results::of_scenario(scenario);

    // Draw by draw, as it happened.
    let (mut listed, mut firsts) = ([0.0; 6], Vec::new());
    let mut runner = PathRunner::new(&results.entry().model);
    for draw in 0..draws {
        let mut first = None;
        runner
            .run(Chance::Draw(draw), |month| {
                listed[month.step] += month.events[0];
                first = first.or((month.events[0] > 0.0).then_some(month.step));
            })
            .unwrap();
        firsts.extend(first);
    }
    assert!(firsts.len() > 10 && firsts.len() < draws as usize, "{}", firsts.len());

    let found = keys_and_means(&table(&results, "events.csv"));
    assert_eq!(found.len(), 6 * 2);
    for (month, count) in listed.into_iter().enumerate() {
        let mean = |quantity: &str| {
            let key = format!("firms,HUB,2022-{:02},{quantity}", month + 1);
            found.iter().find(|(found, _)| *found == key).unwrap().1
        };
        near(mean("occurs"), count / draws as f64);
        let by_then = firsts.iter().filter(|first| **first <= month).count();
        near(mean("has_occurred"), by_then as f64 / draws as f64);
    }
    let mean = firsts.iter().map(|first| (first + 1) as f64).sum::<f64>() / firsts.len() as f64;
    let first = results.metric_in("all", "first_designation", "all", "HUB", "months");
    near(first.unwrap(), mean);
}

#[test]
fn a_dated_listing_is_an_event_of_every_draw() {
    let keys = "primary_targets = [\"BUY\"]\nfrom = \"2022-02\"\nshare_per_firm = 0.1\nsuccessor_months = 4\n\
                listings = { HUB = { \"2022-02\" = 0, \"2022-03\" = 4 } }";
    let body = ban("stop", &["ore"], FROM_JANUARY) + &programme("designation", "firms", &["ore"], keys);
    let mut listed = scenario(4, &body);
    listed.simulation.draws = 3;
    let results = Results::of_scenario(listed);
    let found = keys_and_means(&table(&results, "events.csv"));
    let mean = |key: &str| found.iter().find(|(found, _)| found == key).unwrap().1;
    for (month, occurs, has_occurred) in [("01", 0.0, 0.0), ("02", 0.0, 0.0), ("03", 1.0, 1.0), ("04", 0.0, 1.0)] {
        assert_eq!(mean(&format!("firms,HUB,2022-{month},occurs")), occurs);
        assert_eq!(mean(&format!("firms,HUB,2022-{month},has_occurred")), has_occurred);
    }
    let first = results.metric_in("all", "first_designation", "all", "HUB", "months");
    assert_eq!(first, Some(3.0));
}

#[test]
fn a_first_designation_that_never_comes_does_not_exist() {
    let keys = "primary_targets = [\"BUY\"]\nfrom = \"2022-01\"\nrate_per_month = 0.3\nsurge_reference = 3.0\nsurge_exponent = 1.0\n\
                surge_floor_usd_per_month = 1e9\nshare_per_firm = 0.25\nsuccessor_months = 4.0";
    let body = ban("stop", &["ore"], FROM_JANUARY) + &programme("designation", "firms", &["ore"], keys);
    let results = Results::of_scenario(scenario_on(&world(), 2, &body, IdleLines::Warn));
    let first = results.metric_in("all", "first_designation", "all", "HUB", "months");
    assert_eq!(first, None);
}

#[test]
fn effectiveness_is_the_targets_further_loss_over_that_of_bystanders() {
    let stop = by_seller(ban("stop", &["grain"], FROM_JANUARY));
    let lost = |body: &str| {
        let results = Results::of(body);
        ["target_loss", "genuine_trade_lost"].map(|metric| results.metric(metric, "all", "", "usd").unwrap())
    };
    let (mild, strict) = (lost(&stop), lost(&body()));
    assert!(strict[1] > mild[1]);
    let rows = |reference: &str, other: &str| {
        let (batch, outcomes) = common::simulate(vec![scenario(1, reference), scenario(1, other)]);
        let finished: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
        let mut kept = ComparisonRows::default();
        kept.add(&batch, &finished, Detail::All, None).unwrap();
        let mut text = Vec::new();
        kept.write_to(ComparisonPart::Totals, &mut text).unwrap();
        let records = csv::Reader::from_reader(&text[..]).into_records();
        let rows = records.map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<String>>());
        let mut rows: Vec<Vec<String>> = rows.collect();
        rows.retain(|row| row[2] == "effectiveness");
        rows
    };
    let found = rows(&stop, &body());
    let keys: Vec<&[String]> = found.iter().map(|row| &row[3..8]).collect();
    assert_eq!(
        keys,
        [["2022", "all", "", "", "share"], ["all", "all", "", "", "share"]]
    );
    for row in &found {
        near(row[8].parse().unwrap(), (strict[0] - mild[0]) / (strict[1] - mild[1]));
        assert!(row[9..17].iter().all(String::is_empty) && row[17] == "true");
    }
    // Where bystanders gain, it has no meaning.
    let found = rows(&body(), &stop);
    assert!(found.len() == 2 && found.iter().all(|row| row[8].is_empty()));
}
