//! Sellers who leave on their own: hidden routes open, and what goes round the exit is bypassed, not circumvented.
//!
//! All sellers of grain leave the buyer, and half of them the hub. Claim: `P_B = 300`, `P_R = 200`, `P_H = 300`,
//! `C_S = 50`, `C_W = 150`. Then, 50 USD of gain doubling a flow:
//!
//! | route | gain | t |
//! |---|---|---|
//! | ferry, W to B | +100 - 50 | 400 x 2 = 800 |
//! | home, W to R | 0 - 50 | 200 / 2 = 100 |
//! | row, S to R | 0 + 50 | 100 x 2 = 200 |
//! | hub, S to H | +150 + 50 - rent 250 | 200 / 2 = 100, the limit of those who stay |
//! | ghost HUB | +100 + 50 - 0 dearer - rent | 200 x 8 x 0.3 = 480 |
//! | relabel HUB | +100 + 50 - 150 dearer - rent | 400 x 0.3 = 120; with the ghosts 600, the network's K |
//! | reexport ALT | +100 + 50 - 100 dearer - rent 50 | 400 = K |
//!
//! The rent of the hub's network leaves 3 in 10 of the flow that it stops: 50 log2(10 / 3). B: 800 + 480 + 120 + 400 =
//! 1800 of 2700, so P = 200 x 1.5 = 300. R: 300 of 300, 200. H: 100 of 200, 300. S: 200 + 100 + 1000 = 1300 of 2600, so
//! C = 50. W: 900 of 600, 150. All as claimed.

use crate::common;
use crate::common::restricted_trade;
use crate::hub::{ban, by_seller, choice, measure, near, run, same, scenario};
use crate::metrics::Results;

/// Sellers leave for a destination; `keys` adds lines such as `share`.
fn exit(id: &str, destination: &str, keys: &str) -> String {
    let ends = format!("issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [{destination:?}]\nfrom = \"2022-01\"");
    measure("exit", id, &["grain"], &format!("{ends}\n{keys}"))
}

fn body() -> String {
    exit("leave", "UNION", "share = 1.0") + &exit("half-leave", "HUB", "share = 0.5")
}

#[test]
fn the_month_is_solved_as_by_hand() {
    let run = run(1, &body());
    for (id, price) in [("grain-b", 300.0), ("grain-r", 200.0), ("grain-h", 300.0)] {
        near(run.demand_price(0, id), price);
    }
    near(run.supply_price(0, "grain-s"), 50.0);
    near(run.supply_price(0, "grain-w"), 150.0);
    let flows = [
        ("grain-rail", 0.0),
        ("grain-sea", 0.0),
        ("grain-ferry", 800.0),
        ("grain-home", 100.0),
        ("grain-row", 200.0),
        ("grain-hub", 100.0),
        ("grain-ghost", 480.0),
        ("grain-relabel", 120.0),
        ("grain-reexport", 400.0),
    ];
    for (id, flow) in flows {
        near(run.flow(0, id), flow);
    }
    near(choice(-run.rent(0, "via-hub-grain")), 0.3);
    near(run.rent(0, "via-alt-grain"), 50.0);
    near(run.rent(0, "half-leave:grain-s>grain-h"), 250.0);
    assert!(!run.is_restricted(0, "grain-rail") && !run.is_restricted(0, "grain-hub"));
}

#[test]
fn what_goes_round_it_is_bypassed_and_nothing_is_restricted_or_circumvented() {
    let results = Results::of(&body());
    results.check("bypassed", "", "t", 1000.0);
    results.check("bypassed", "HUB", "t", 600.0);
    results.check("bypassed", "ALT", "t", 400.0);
    // At the reference price of 200.
    results.check("bypassed", "", "usd", 200_000.0);
    for (metric, unit) in [
        ("restricted", "t"),
        ("direct", "t"),
        ("circumvented", "t"),
        ("tariffed", "t"),
        ("intermediary_rent", "usd"),
        ("target_loss", "usd"),
        ("coalition_trade_lost", "t"),
    ] {
        assert_eq!(results.metric(metric, "grain", "", unit), Some(0.0), "{metric}");
    }
    assert_eq!(results.metric("circumvented", "grain", "HUB", "t"), Some(0.0));
    assert_eq!(results.metric("circumvention_rate", "grain", "", "share"), None);
    // Ghosts of any pair leave a gap between mirror records, as they do under a ban.
    results.check("mirror_gap", "", "t", 480.0);
    // The hub's own purchases fall from 200 t to 100 t: it is no target.
    results.check("genuine_trade_lost", "", "t", 100.0);
}

#[test]
fn a_slow_exit_leaves_less_each_month() {
    let run = run(4, &exit("leave", "UNION", "share = 0.8\nhalf_life_months = 2.0"));
    let limit = |month| run.limit(month, "leave:grain-s>grain-b") / 2300.0;
    same(limit(1), 1.0 - 0.4);
    same(limit(3), 1.0 - 0.6);
    assert!((0..4).all(|month| run.is_open(month, "grain-ghost")));
    let direct = |month| run.flow(month, "grain-rail") + run.flow(month, "grain-sea");
    near(direct(0), 2300.0 * (1.0 - 0.8 * (1.0 - 0.5_f64.sqrt())));
    near(direct(3), 2300.0 * 0.4);
}

#[test]
fn under_a_ban_as_well_the_stricter_decides_and_trade_is_circumvented() {
    let by_law = |exempt: f64| {
        let keys = format!("from = \"2022-01\"\nexempt_share = {exempt:?}");
        by_seller(ban("stop", &["grain"], &keys))
    };
    let both = |exempt, share: f64| by_law(exempt) + &exit("leave", "UNION", &format!("share = {share:?}"));
    // A ban that leaves a quarter, where half have left; and one that leaves half, where three quarters have left.
    for body in [both(0.25, 0.5), both(0.5, 0.75)] {
        let both = Results::of(&body);
        let alone = Results::of(&by_law(0.25));
        both.check("direct", "", "t", 575.0);
        for metric in [
            "restricted",
            "direct",
            "circumvented",
            "destroyed_seller",
            "diverted_buyer",
        ] {
            both.check(metric, "", "t", alone.metric(metric, "grain", "", "t").unwrap());
        }
        assert!(both.metric("circumvented", "grain", "", "t").unwrap() > 100.0);
        assert_eq!(both.metric("bypassed", "grain", "", "t"), Some(0.0));
    }
}

#[test]
fn restricted_trade_adds_up_beside_pairs_that_sellers_have_left() {
    // Grain to the hub is forbidden; its sellers leave the buyer on their own.
    let to_hub =
        "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"HUB\"]\nfrom = \"2022-01\"\nexempt_share = 0.5";
    let body =
        measure("ban", "stop", &["grain"], to_hub) + &exit("leave", "UNION", "share = 0.6\nhalf_life_months = 3.0");
    let (batch, outcomes) = common::simulate(vec![scenario(6, &body)]);
    let compared = restricted_trade::compare(&batch, 0, outcomes[0].as_ref().unwrap(), 0).unwrap();
    assert_eq!(compared, 6);
    let results = Results::of(&body);
    results.check("restricted", "", "t", 200.0);
    assert!(results.metric("bypassed", "grain", "", "t").unwrap() > 10.0);
    assert_eq!(results.metric("circumvented", "grain", "", "t"), Some(0.0));
}
