//! When latent routes open, and how much they weigh.

use roundabout::input::IdleLines;

use crate::hub::{Run, SELLER_TO_UNION, ban, central, choice, measure, near, programme, run, same, scenario_on, world};

#[test]
fn latent_routes_open_with_the_first_restricting_month_and_only_new_ports_stay() {
    // Announced long before, so there is no dead time; in force from March to April.
    let duty =
        format!("{SELLER_TO_UNION}\nannounced = \"2021-01\"\nfrom = \"2022-03\"\nuntil = \"2022-05\"\nrate = 0.5");
    let run = run(7, &measure("tariff", "duty", &["ore"], &duty));
    for month in 0..7 {
        assert_eq!(
            run.is_open(month, "ore-reexport"),
            [2, 3].contains(&month),
            "month {month}"
        );
        assert_eq!(run.is_open(month, "ore-quay"), month >= 2, "month {month}");
        assert!(!run.is_open(month, "grain-ghost") && !run.is_open(month, "timber-relabel"));
    }
}

#[test]
fn hidden_routes_open_again_with_the_next_measure() {
    let run = run(
        6,
        &(ban(
            "first",
            &["ore"],
            "announced = \"2021-01\"\nfrom = \"2022-01\"\nuntil = \"2022-03\"",
        ) + &ban("second", &["ore"], "from = \"2022-05\"")),
    );
    let open: Vec<bool> = (0..6).map(|month| run.is_open(month, "ore-reexport")).collect();
    assert_eq!(open, [true, true, false, false, true, true]);
}

/// The hub world under measures that may do nothing.
fn run_idle(months: usize, body: &str) -> Run {
    central(scenario_on(&world(), months, body, IdleLines::Warn))
}

#[test]
fn measures_of_zero_strength_open_nothing_and_leave_the_baseline() {
    let goods = ["grain", "ore", "timber"];
    let body = ban(
        "ban",
        &goods,
        "from = \"2022-01\"\nwind_down_months = 2\nexempt_share = 1",
    ) + &measure(
        "tariff",
        "duty",
        &goods,
        &format!("{SELLER_TO_UNION}\nfrom = \"2022-01\"\nrate = 0"),
    ) + &measure(
        "closure",
        "shut",
        &goods,
        "issuer = \"BUY\"\nnodes = [\"city\"]\nfrom = \"2022-01\"\nuntil = \"2022-03\"\nshare_closed = 0\n\
             return_half_life_months = 3",
    );
    let run = run_idle(4, &body);
    // They bear on nothing, so they set no limit.
    assert_eq!([run.constraints("shut:"), run.constraints("ban:")], [[""; 0], [""; 0]]);
    for month in 0..4 {
        run.assert_baseline(month);
        for id in [
            "grain-ghost",
            "grain-relabel",
            "grain-reexport",
            "ore-quay",
            "ore-reexport",
            "timber-new",
        ] {
            assert!(!run.is_open(month, id), "{id}");
        }
        assert!(!run.is_restricted(month, "grain-rail"));
    }
}

#[test]
fn inspections_and_secondary_programmes_open_nothing() {
    let inspection = format!("{SELLER_TO_UNION}\nfrom = \"2022-01\"\nseizure_probability = 0.5");
    let body = ban("later", &["grain"], "from = \"2022-03\"")
        + &measure("inspection", "check", &["grain"], &inspection)
        + &programme(
            "payments",
            "banks",
            &["grain"],
            "primary_targets = [\"BUY\"]\nfrom = \"2022-01\"\nrefused_share = 0.5\nhalf_life_months = 6\nfriction_start = 0.1\nfriction_end = 0.1",
        )
        + &programme(
            "export_ban",
            "extended",
            &["grain"],
            "extends_ban = \"later\"\nfrom = \"2022-01\"\nexempt_share = 0.5",
        );
    let run = run(3, &body);
    for month in 0..2 {
        for id in ["grain-ghost", "grain-relabel", "grain-reexport"] {
            assert!(!run.is_open(month, id), "{id}");
        }
        // Genuine trade under the extended ban is limited all the same, and no pair counts as restricted.
        same(run.limit(month, "extended:grain-s>grain-h"), 100.0);
        assert!(!run.is_restricted(month, "grain-hub") && !run.is_restricted(month, "grain-rail"));
    }
    assert!(run.is_open(2, "grain-reexport"));
}

#[test]
fn a_new_market_opens_with_a_restriction_on_its_supply_or_on_its_demand() {
    let on_supply = run(1, &ban("stop", &["timber"], "from = \"2022-01\""));
    assert!(on_supply.is_open(0, "timber-new") && on_supply.is_open(0, "timber-relabel"));
    let duty = "issuer = \"ROW\"\norigins = [\"ROW\"]\ndestinations = [\"ROW\"]\nfrom = \"2022-01\"\nuntil = \"2022-02\"\nrate = 0.2";
    let on_demand = run(2, &measure("tariff", "duty", &["timber"], duty));
    for month in 0..2 {
        assert!(on_demand.is_open(month, "timber-new"));
        assert!(!on_demand.is_open(month, "timber-relabel"));
    }
    let elsewhere = run(1, &ban("stop", &["grain"], "from = \"2022-01\""));
    assert!(!elsewhere.is_open(0, "timber-new"));
}

#[test]
fn a_latent_route_weighs_its_potential_against_the_pairs_mean_cost_of_direct_trade() {
    // Grain to the union costs 30 by rail and 50 by sea, half each: 40 on average. Timber 30. A new market has no
    // direct trade, so its own cost of 50 counts.
    let run = run(
        1,
        &(ban("stop", &["timber"], "from = \"2022-01\"") + &ban("grain", &["grain"], "from = \"2022-01\"")),
    );
    same(run.weight(0, "grain-reexport"), 400.0 * choice(-(200.0 - 100.0 - 40.0)));
    same(run.weight(0, "timber-relabel"), 50.0 * choice(-(200.0 - 100.0 - 30.0)));
    same(run.weight(0, "timber-new"), 50.0 * choice(-(200.0 - 100.0 - 50.0)));
    // Direct routes are weighed at their own cost.
    same(run.weight(0, "grain-rail"), 1150.0 * choice(-70.0));
    same(run.weight(0, "grain-sea"), 1150.0 * choice(-50.0));
}

#[test]
fn a_latent_route_carries_its_potential_where_the_gain_pays_for_what_it_costs_more() {
    // Timber under a full ban: 50 t relabelled and 25 t to the new market (its capacity) make C = 75, P = 200 x 100 / 50
    // = 400; the gain of 200 + 25 is what relabelling costs more than rail (255 - 30), so it carries its potential.
    let run = run(1, &ban("stop", &["timber"], "from = \"2022-01\""));
    near(run.flow(0, "timber-relabel"), 50.0);
    near(run.flow(0, "timber-new"), 25.0);
    near(run.demand_price(0, "timber-b"), 400.0);
    near(run.supply_price(0, "timber-s"), 75.0);
}

/// Long announced, so that no dead time is left.
const IN_FORCE: &str = "announced = \"2021-01\"\nfrom = \"2022-01\"";

/// The entry of a measure of some strength.
type OfStrength = dyn Fn(f64) -> String;

/// The ore that goes round by the hub in the first month, under a measure of some strength.
fn round_the_hub(measure_of: impl Fn(f64) -> String, strength: f64) -> f64 {
    run_idle(1, &measure_of(strength)).flow(0, "ore-reexport")
}

#[test]
fn what_goes_round_grows_with_the_strength_of_a_measure_from_nothing_and_without_a_step() {
    let to_union = |kind: &'static str, key: fn(f64) -> String| {
        move |strength: f64| {
            measure(
                kind,
                "it",
                &["ore"],
                &format!("{SELLER_TO_UNION}\n{IN_FORCE}\n{}", key(strength)),
            )
        }
    };
    let rail = |strength: f64| {
        let keys = format!("issuer = \"BUY\"\nlinks = [\"rail\"]\n{IN_FORCE}\nshare_closed = {strength:?}");
        measure("closure", "it", &["ore"], &keys)
    };
    let measures: [(&str, Box<OfStrength>); 5] = [
        (
            "ban",
            Box::new(to_union("ban", |strength| {
                format!("exempt_share = {:?}", 1.0 - strength)
            })),
        ),
        (
            "exit",
            Box::new(to_union("exit", |strength| format!("share = {strength:?}"))),
        ),
        (
            "quota",
            Box::new(to_union("quota", |strength| {
                format!("limit_t_per_month = {:?}", 100.0 * (1.0 - strength))
            })),
        ),
        (
            "tariff",
            Box::new(to_union("tariff", |strength| format!("rate = {strength:?}"))),
        ),
        ("closure", Box::new(rail)),
    ];
    for (name, measure_of) in measures {
        assert_eq!(round_the_hub(&measure_of, 0.0), 0.0, "{name}");
        let (mut before, mut at) = (0.0, 0.0);
        for strength in [1e-9, 1e-6, 1e-4, 1e-3]
            .into_iter()
            .chain((1..=50).map(|step| f64::from(step) / 50.0))
        {
            let flow = round_the_hub(&measure_of, strength);
            assert!(flow > 0.0, "{name} of {strength} opens nothing");
            assert!(flow >= before - 1e-7, "{name} of {strength}: {flow} t after {before} t");
            // At most 20 t fit through the hub; none of a hundred steps brings more than its share of some of them.
            assert!(
                flow - before <= 200.0 * (strength - at) + 1e-7,
                "{name} of {strength}: {flow} t after {before} t"
            );
            (before, at) = (flow, strength);
        }
        assert!(before > 10.0, "{name}: {before}");
    }
}

#[test]
fn a_limit_above_what_is_traded_opens_nothing_restricts_nobody_and_leaves_the_baseline() {
    for limit in ["100", "101", "1e12"] {
        let keys =
            format!("{SELLER_TO_UNION}\nannounced = \"2021-01\"\nfrom = \"2022-01\"\nlimit_t_per_month = {limit}");
        let run = run(3, &measure("quota", "it", &["ore"], &keys));
        for month in 0..3 {
            run.assert_baseline(month);
            assert!(
                !run.is_open(month, "ore-reexport") && !run.is_restricted(month, "ore-rail"),
                "{limit}"
            );
        }
    }
}

#[test]
fn a_full_ban_opens_every_way_in_full() {
    let whole = run(
        1,
        &ban("stop", &["grain"], "announced = \"2021-01\"\nfrom = \"2022-01\""),
    );
    // 600 t by papers of the hub: a third for ghosts, which are banned, the rest relabelled.
    same(whole.weight(0, "grain-relabel"), 400.0 * choice(-60.0));
    assert_eq!(whole.weight(0, "grain-ghost"), 0.0);
    // A tenth is 230 t, which fill 400 t by little more than a half.
    let tenth = run(
        1,
        &ban(
            "stop",
            &["grain"],
            "announced = \"2021-01\"\nfrom = \"2022-01\"\nexempt_share = 0.9",
        ),
    );
    same(tenth.weight(0, "grain-relabel"), 230.0 * choice(-60.0));
}
