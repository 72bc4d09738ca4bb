//! Metrics and books of one month that is solved by hand.
//!
//! The seller bans grain to the buyer outright and extends the ban to the hub with half of genuine trade exempt. Claim:
//! `P_B = 300`, `P_R = 200`, `P_H = 300`, `C_S = 50`, `C_W = 150`. Then, 50 USD of gain doubling a flow:
//!
//! | route | gain | t |
//! |---|---|---|
//! | ferry, W to B | +100 - 50 | 400 x 2 = 800 |
//! | home, W to R | 0 - 50 | 200 / 2 = 100 |
//! | row, S to R | 0 + 50 | 100 x 2 = 200 |
//! | hub, S to H | +150 + 50 - rent 250 | 200 / 2 = 100, the extended ban's limit |
//! | ghost HUB | +100 + 50 - 0 dearer - rent 50, weight halved by the extended ban | 200 / 2 x 4 = 400 |
//! | relabel HUB | +100 + 50 - 150 dearer - rent 50 | 400 / 2 = 200; with the ghosts 600, the network's K |
//! | reexport ALT | +100 + 50 - 100 dearer - rent 50 | 400 = K |
//!
//! B: 800 + 400 + 200 + 400 = 1800 of 2700, so P = 200 x 1.5 = 300. R: 300 of 300, 200. H: 100 of 200, 300.
//! S: 200 + 100 + 1000 = 1300 of 2600, so C = 50. W: 900 of 600, 150. All as claimed.

use roundabout::ensemble::{Batch, BatchScenario, Finished, RowSpec};
use roundabout::math::ln;
use roundabout::scenario::Scenario;

use crate::common;
use crate::hub::{ban, by_seller, measure, near, programme, run, scenario};

pub fn body() -> String {
    let text = ban("stop", &["grain"], "from = \"2022-01\"")
        + &programme(
            "export_ban",
            "extended",
            &["grain"],
            "extends_ban = \"stop\"\nfrom = \"2022-01\"\nexempt_share = 0.5",
        );
    by_seller(text)
}

/// A finished batch of one scenario.
pub struct Results {
    batch: Batch,
    pub finished: Finished,
}

impl Results {
    pub fn of(body: &str) -> Self {
        Self::of_scenario(scenario(1, body))
    }

    pub fn of_scenario(scenario: Scenario) -> Self {
        let (batch, outcomes) = common::simulate(vec![scenario]);
        let finished = outcomes.into_iter().next().unwrap().unwrap();
        Self { batch, finished }
    }

    pub fn entry(&self) -> &BatchScenario {
        &self.batch.scenarios[0]
    }

    pub fn mean(&self, rows: &[RowSpec], key: &[&str]) -> Option<f64> {
        let row = rows.iter().find(|row| row.key == key);
        let row = row.unwrap_or_else(|| panic!("no row {key:?}"));
        self.finished.collected.summary(row.cell).scaled(row.scale).mean
    }

    /// The mean of a metric in January 2022.
    pub fn metric(&self, name: &str, goods: &str, via: &str, unit: &str) -> Option<f64> {
        self.metric_in("2022-01", name, goods, via, unit)
    }

    pub fn metric_in(&self, period: &str, name: &str, goods: &str, via: &str, unit: &str) -> Option<f64> {
        let entry = self.entry();
        self.mean(
            &entry.layout.metric_rows(&entry.model.plan).to_specs(),
            &[name, period, goods, via, "", unit],
        )
    }

    /// What a party gains or loses in grain in a period.
    fn of_party(&self, name: &str, period: &str, party: &str, unit: &str) -> f64 {
        let entry = self.entry();
        let rows = entry.layout.metric_rows(&entry.model.plan).to_specs();
        let goods = if name == "capacity_rent" { "all" } else { "grain" };
        self.mean(&rows, &[name, period, goods, "", party, unit]).unwrap()
    }

    fn book(&self, reporter: &str, partner: &str, flow: &str, goods: &str, unit: &str) -> Option<f64> {
        let entry = self.entry();
        self.mean(
            &entry.layout.book_rows(&entry.model.plan).to_specs(),
            &["2022-01", reporter, partner, flow, goods, unit],
        )
    }

    #[track_caller]
    pub fn check(&self, name: &str, via: &str, unit: &str, expected: f64) {
        near(self.metric(name, "grain", via, unit).unwrap(), expected);
    }
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
        ("grain-ghost", 400.0),
        ("grain-relabel", 200.0),
        ("grain-reexport", 400.0),
    ];
    for (id, flow) in flows {
        near(run.flow(0, id), flow);
    }
    near(run.rent(0, "via-hub-grain"), 50.0);
    near(run.rent(0, "via-alt-grain"), 50.0);
    near(run.rent(0, "extended:grain-s>grain-h"), 250.0);
}

#[test]
fn restricted_trade_is_split_into_five_terms_in_both_views() {
    let results = Results::of(&body());
    results.check("restricted", "", "t", 2300.0);
    results.check("direct", "", "t", 0.0);
    results.check("circumvented", "", "t", 1000.0);
    results.check("circumvented", "HUB", "t", 600.0);
    results.check("circumvented", "ALT", "t", 400.0);
    // To the rest of the world 200 - 100, to the hub 100 - 200; sold in all 2600 - 1300.
    results.check("diverted_seller", "", "t", 0.0);
    results.check("destroyed_seller", "", "t", 1300.0);
    // By ferry 800 - 400; bought in all 2700 - 1800.
    results.check("diverted_buyer", "", "t", 400.0);
    results.check("destroyed_buyer", "", "t", 900.0);
    // In dollars at the reference price of 200.
    results.check("circumvented", "", "usd", 200_000.0);
    near(results.metric("destroyed_buyer", "all", "", "usd").unwrap(), 180_000.0);
    near(results.metric("destroyed_buyer", "all", "", "t").unwrap(), 900.0);
}

#[test]
fn rates_revenues_rents_and_collateral_are_those_of_the_month() {
    let results = Results::of(&body());
    results.check("circumvention_rate", "", "share", 1000.0 / 2300.0);
    // 300 against 200 in the one restricted market.
    results.check("price_rise", "", "share", 0.5);
    results.check("intermediary_rent", "", "usd", 50.0 * 1000.0);
    results.check("intermediary_rent", "HUB", "usd", 50.0 * 600.0);
    // Ghosts: exports recorded for the hub that the hub never records.
    results.check("mirror_gap", "", "t", 400.0);
    results.check("mirror_gap", "HUB", "t", 400.0);
    results.check("mirror_gap", "ALT", "t", 0.0);
    results.check("genuine_trade_lost", "", "t", 100.0);
}

#[test]
fn parties_gain_and_lose_what_their_markets_and_capacities_do() {
    let results = Results::of(&body());
    for period in ["all", "2022"] {
        let check = |name: &str, party: &str, unit: &str, expected: f64| {
            near(results.of_party(name, period, party, unit), expected);
        };
        check("sales", "SEL", "t", 1300.0);
        check("sales", "SEL", "usd", 1300.0 * 200.0);
        check("purchases", "BUY", "t", 1800.0);
        check("purchases", "HUB", "t", 100.0);
        check("genuine_trade_lost", "HUB", "t", 100.0);
        // Sellers: (50 x 1300 - 100 x 2600) / (1 + 1), and (150 x 900 - 100 x 600) / (1 + 1).
        check("surplus", "SEL", "usd", -97_500.0);
        check("surplus", "ROW", "usd", 37_500.0);
        // Buyers, at an elasticity of one: 200 x 2700 ln(300 / 200), and at the hub 150 x 200 ln(300 / 150).
        check("surplus", "BUY", "usd", -540_000.0 * ln(1.5));
        check("surplus", "HUB", "usd", -30_000.0 * ln(2.0));
        check("capacity_rent", "via-hub-grain", "usd", 50.0 * 600.0);
        check("capacity_rent", "via-alt-grain", "usd", 50.0 * 400.0);
    }
}

#[test]
fn books_record_what_customs_see() {
    let results = Results::of(&body());
    let check = |reporter: &str, partner: &str, flow: &str, expected: f64| {
        near(results.book(reporter, partner, flow, "grain", "t").unwrap(), expected);
        near(
            results.book(reporter, partner, flow, "grain", "usd").unwrap(),
            200.0 * expected,
        );
    };
    // Direct 100 and ghosts 400; the hub sees the direct 100 only.
    check("SEL", "HUB", "export", 500.0);
    check("HUB", "SEL", "import", 100.0);
    // The buyer sees the ghosts as what they are, and relabelled goods as the hub's.
    check("BUY", "SEL", "import", 400.0);
    check("SEL", "BUY", "export", 0.0);
    check("BUY", "HUB", "import", 200.0);
    for (reporter, partner, flow) in [
        ("SEL", "ALT", "export"),
        ("ALT", "SEL", "import"),
        ("ALT", "BUY", "export"),
    ] {
        check(reporter, partner, flow, 400.0);
    }
    // The union's books are its only trading member's: ghosts, relabelled, re-exported, and the ferry.
    check("UNION", "ROW", "import", 800.0);
    check("UNION", "SEL", "import", 400.0);
}

#[test]
fn a_good_without_the_rest_of_the_world_has_neither_view() {
    // Ore is sold by one seller to one buyer. Dead time: nothing arrives, so it has no price either.
    let results = Results::of(&(body() + &ban("ore", &["ore"], "from = \"2022-01\"")));
    let of_ore = |name: &str, unit: &str| results.metric(name, "ore", "", unit);
    near(of_ore("restricted", "t").unwrap(), 100.0);
    assert_eq!(of_ore("circumvented", "t"), Some(0.0));
    assert_eq!(of_ore("circumvention_rate", "share"), Some(0.0));
    assert_eq!(of_ore("price_rise", "share"), None);
    near(of_ore("revenue_lost", "usd").unwrap(), 10_000.0);
    for name in [
        "diverted_seller",
        "destroyed_seller",
        "diverted_buyer",
        "destroyed_buyer",
    ] {
        assert_eq!(of_ore(name, "t"), None, "{name}");
        assert_eq!(results.metric(name, "all", "", "t"), None, "{name}");
    }
    // Grain keeps its own.
    results.check("destroyed_buyer", "", "t", 900.0);
    near(
        results.metric("circumvention_rate", "all", "", "share").unwrap(),
        1000.0 / 2400.0,
    );
}

#[test]
fn without_restriction_rates_are_empty_and_nothing_moved() {
    let results = Results::of("");
    assert_eq!(results.metric("circumvention_rate", "grain", "", "share"), None);
    assert_eq!(results.metric("price_rise", "grain", "", "share"), None);
    results.check("restricted", "", "t", 0.0);
    results.check("genuine_trade_lost", "", "t", 0.0);
    results.check("revenue_lost", "", "usd", 0.0);
}

#[test]
fn what_buyers_lose_to_an_act_on_the_transport_of_some_origin_is_collateral() {
    // The road to the hub is closed to the seller's goods: 200 t. The act is aimed at the seller, not at the hub.
    let shut = "issuer = \"ROW\"\nlinks = [\"east\"]\norigins = [\"SEL\"]\nfrom = \"2022-01\"\nshare_closed = 1";
    let results = Results::of(&measure("closure", "shut", &["grain"], shut));
    results.check("restricted", "", "t", 200.0);
    results.check("genuine_trade_lost", "", "t", 200.0);
    let aimed = format!("{shut}\ndestinations = [\"HUB\"]");
    let results = Results::of(&measure("closure", "shut", &["grain"], &aimed));
    results.check("genuine_trade_lost", "", "t", 0.0);
}

#[test]
fn what_a_target_loses_itself_is_no_collateral() {
    // The primary ban names the hub as a destination: its loss of grain is restricted trade, not genuine trade lost.
    let legs = "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"BUY\", \"HUB\"]\nfrom = \"2022-01\"";
    let results = Results::of(&measure("ban", "stop", &["grain"], legs));
    results.check("restricted", "", "t", 2500.0);
    results.check("direct", "", "t", 0.0);
    results.check("genuine_trade_lost", "", "t", 0.0);
}
