//! Hauliers, amendments, clauses, threats, over-compliance, seizures and suspicion.

use std::sync::Arc;

use roundabout::math::exp;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

use crate::capacities::grown;
use crate::hub::{ban, by_seller, choice, measure, near, programme, route, run, same, scenario};

/// Networks that neither grow nor decay: what they carry is what the measures leave.
const FIXED: &str = "[parameters]\n\"capacity.via-hub-grain.growth_per_month\" = 0\n\
                     \"capacity.via-alt-grain.growth_per_month\" = 0\n";

fn stop() -> String {
    by_seller(ban("stop", &["grain"], "from = \"2022-01\""))
}

#[test]
fn a_ban_on_hauliers_closes_their_share_of_a_road() {
    // Hauliers of the hub carry 0.5 of the road east and 0.25 of the road west. Four fifths of them are kept out: 0.4 of
    // the road east, by which 200 t of grain went, and 0.2 of the west, by which no ore went by itself: where there is no
    // passage to take a share of, weights are cut.
    let keys = "issuer = \"UNION\"\nmodes = [\"road\"]\ncarriers = [\"HUB\"]\nfrom = \"2022-01\"\nshare_closed = 0.8";
    let body = stop()
        + &ban("ore", &["ore"], "announced = \"2021-01\"\nfrom = \"2022-01\"")
        + &measure("closure", "hauliers", &["grain", "ore"], keys);
    let run = run(1, &body);
    same(run.limit(0, "hauliers:grain"), 0.6 * 200.0);
    let by_road = ["grain-hub", "grain-relabel"].map(|id| run.flow(0, id));
    near(by_road.iter().sum(), 120.0);
    same(run.weight(0, "grain-relabel"), 400.0 * choice(-60.0));
    assert_eq!(run.limit(0, "hauliers:ore"), f64::INFINITY);
    same(run.weight(0, "ore-reexport"), 0.8 * 20.0 * choice(-70.0));
    // By rail through the other hub, and by rail alone, nothing changes.
    same(run.weight(0, "grain-ghost"), 200.0 * choice(-60.0));
}

#[test]
fn an_amendment_replaces_what_it_says_from_its_month_on() {
    let relief = "amends = \"stop\"\nissuer = \"SEL\"\nfrom = \"2022-03\"\nexempt_share = 0.5";
    let text = stop() + &format!("\n[[measures.ban]]\nid = \"relief\"\n{relief}\n");
    let run = run(4, &text);
    for month in 0..4 {
        let (before, after) = if month < 2 {
            (0.0, f64::INFINITY)
        } else {
            (f64::INFINITY, 1150.0)
        };
        assert_eq!(run.limit(month, "stop:grain-s>grain-b"), before);
        assert_eq!(run.limit(month, "relief:grain-s>grain-b"), after);
        assert!(run.is_restricted(month, "grain-rail"));
    }
}

#[test]
fn a_clause_binds_re_exports_and_ghosts_of_the_issuers_goods_together() {
    // Three quarters of the weight, and at most three quarters of the hub's 600 t; relabelled goods are nobody's exports.
    let clause = by_seller(programme(
        "no_reexport_clause",
        "clause",
        &["grain"],
        "from = \"2022-02\"\nshare = 0.25",
    ));
    let run = run(2, &(FIXED.to_owned() + &stop() + &clause));
    assert_eq!(run.limit(0, "clause:via-hub-grain"), f64::INFINITY);
    same(run.limit(1, "clause:via-hub-grain"), 450.0);
    same(run.weight(1, "grain-ghost"), 0.75 * 200.0 * choice(-60.0));
    same(run.weight(1, "grain-relabel"), 400.0 * choice(-60.0));
    let genuine = (run.weight(0, "grain-hub"), run.cost(0, "grain-hub"));
    assert_eq!((run.weight(1, "grain-hub"), run.cost(1, "grain-hub")), genuine);
}

#[test]
fn a_whole_clause_closes_what_it_binds() {
    let clause = by_seller(programme(
        "no_reexport_clause",
        "clause",
        &["grain"],
        "from = \"2022-01\"\nshare = 1.0",
    ));
    let run = run(1, &(stop() + &clause));
    assert_eq!(run.flow(0, "grain-ghost"), 0.0);
    assert!(!run.is_open(0, "grain-ghost"));
    same(run.weight(0, "grain-relabel"), 400.0 * choice(-60.0));
}

#[test]
fn a_threat_lowers_what_is_there_at_once_and_slows_what_grows_while_it_stands() {
    // Nine tenths of the hub's networks leave: 240 t of 2400 t at most, so the 600 t fall to 240 t in February, and stay
    // there until the threat is withdrawn in May. Then they grow to the whole ceiling at the whole rate.
    let threat = |exit: f64| {
        let keys = format!("announced = \"2022-02\"\nuntil = \"2022-05\"\nexit_share = {exit:?}\ngrowth_factor = 0.5");
        stop() + &programme("threat", "threat", &["grain"], &keys)
    };
    let left = run(7, &threat(0.9));
    let name = "via-hub-grain";
    same(left.limit(0, name), 600.0);
    for month in 1..4 {
        near(left.limit(month, name), 240.0);
    }
    near(left.limit(4, name), 240.0);
    near(
        left.limit(5, name),
        grown(240.0, 2400.0, 1.2, left.rent(4, name) / 200.0),
    );
    // Where few leave, growth alone is slower: from 600 t in January at the whole rate, then at half of it, to a ceiling
    // of 0.9 x 2400 t.
    let slowed = run(3, &threat(0.1));
    let february = grown(600.0, 2400.0, 1.2, slowed.rent(0, name) / 200.0);
    near(slowed.limit(1, name), february);
    near(
        slowed.limit(2, name),
        grown(february, 2160.0, 0.6, slowed.rent(1, name) / 200.0),
    );
}

#[test]
fn over_compliance_takes_its_share_of_direct_trade_between_issuer_and_target() {
    let shy = by_seller(programme(
        "overcompliance",
        "shy",
        &["grain"],
        "from = \"2022-01\"\nshare = 0.3",
    ));
    let run = run(1, &(stop() + &shy));
    same(run.weight(0, "grain-hub"), 0.7 * 200.0 * choice(-35.0));
    same(run.weight(0, "grain-ghost"), 200.0 * choice(-60.0));
    same(run.weight(0, "grain-row"), 100.0 * choice(-50.0));
}

fn posts(probability: f64, more: &str) -> String {
    let keys = format!(
        "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"HUB\"]\nfrom = \"2022-01\"\n\
         seizure_probability = {probability:?}\nfine = 1.0\n{more}"
    );
    FIXED.to_owned() + &stop() + &measure("inspection", "posts", &["grain"], &keys)
}

#[test]
fn an_inspection_learns_from_surges_and_seizures() {
    // x' = 0.5 x + 0.4 max(0, S - 1) + 2 x the seized share, q = 1 - 0.9 exp(-x). What is seen of trade with the hub:
    // exports to it of genuine grain and ghosts, imports from it of relabelled grain, at 200 USD/t; the baseline, 200 t,
    // lies below the floor of 100,000 USD. All that is inspected is the ghosts, so q of them is seized.
    let run = run(6, &posts(0.1, "suspicion = { decay = 0.5, surge = 0.4, seized = 2.0 }"));
    let (mut suspicion, mut seen) = (0.0, vec![40_000.0; 3]);
    let mut surged = false;
    for month in 0..6 {
        let q = 1.0 - 0.9 * exp(-suspicion);
        same(run.cost(month, "grain-ghost"), 40.0 + 200.0 * q * 2.0 / (1.0 - q));
        let tonnes: f64 = ["grain-hub", "grain-ghost", "grain-relabel"]
            .iter()
            .map(|id| run.flow(month, id))
            .sum();
        seen.push(200.0 * tonnes);
        let surge = seen.iter().rev().take(3).sum::<f64>() / 3.0 / 100_000.0;
        surged |= surge > 1.0;
        let seized = if run.flow(month, "grain-ghost") > 0.0 { q } else { 0.0 };
        suspicion = 0.5 * suspicion + 0.4 * (surge - 1.0_f64).max(0.0) + 2.0 * seized;
    }
    assert!(surged);
}

#[test]
fn what_is_seized_is_whole_shipments_as_often_as_the_odds_say() {
    let draws = 3_000;
    let model = Model::new(Plan::new(Arc::new(scenario(1, &posts(0.2, "")))));
    let ghost = route(&model.plan, "grain-ghost");
    let lot = model.plan.world().commodities[model.plan.routes[ghost].commodity]
        .lot
        .get();
    let (mut sum, mut expected, mut variance) = (0.0, 0.0, 0.0);
    let mut runner = PathRunner::new(&model);
    for draw in 0..draws {
        runner
            .run(Chance::Draw(draw), |month| {
                let shipments = (month.solution.flow[ghost] / 0.8 / lot).round();
                let seized = month.seized[ghost] / lot;
                assert_eq!(seized, seized.round());
                assert!(seized <= shipments);
                sum += seized;
                expected += 0.2 * shipments;
                variance += 0.2 * 0.8 * shipments;
            })
            .unwrap();
    }
    assert!(expected > 0.0);
    assert!(
        (sum - expected).abs() < 4.0 * f64::sqrt(variance),
        "{sum}, not {expected}"
    );
}
