//! Primary measures: bans, quotas, tariffs, closures, costs, inspections.

use roundabout::math::ln;
use roundabout::model::{Book, Flow, Legs, Route};

use crate::hub::{SELLER_TO_UNION, ban, choice, measure, near, run, same, two};

/// The baseline weight of a route of the pair seller, union: with prices 200 and 100, w = b exp(-theta (200 - 100 - c)).
fn weight_at_baseline(tonnes: f64, mean_cost_of_direct_trade: f64) -> f64 {
    tonnes * choice(-(200.0 - 100.0 - mean_cost_of_direct_trade))
}

#[test]
fn a_route_costs_freight_time_and_extra_cost() {
    // rail 20 + 50 days x 0.365 / 365 x 200 = 10 -> 30; spur 10 + sea 30 + 10 -> 50; the re-export of ore goes by
    // spur, sea, west and back by west: 10 + 30 + 25 + 25 + 10 + 30 extra = 130.
    let run = run(1, "");
    same(run.cost(0, "ore-rail"), 30.0);
    same(run.cost(0, "grain-sea"), 50.0);
    same(run.cost(0, "ore-reexport"), 130.0);
    same(run.cost(0, "grain-relabel"), 15.0 + 25.0 + 150.0);
}

#[test]
fn a_mode_cost_index_multiplies_freight_and_is_part_of_the_baseline() {
    // The index bears on freight alone: 1.5 x 20 + 10. Weights follow, so the baseline stays.
    let run = run(1, "[parameters]\n\"mode.rail.cost_index\" = 1.5\n");
    same(run.cost(0, "ore-rail"), 40.0);
    same(run.weight(0, "ore-rail"), weight_at_baseline(100.0, 40.0));
    run.assert_baseline(0);
}

#[test]
fn a_ban_winds_down_in_equal_steps_to_its_exempt_share() {
    // exempt + (1 - exempt)(1 - (i + 1) / (N + 1)), N = 3, exempt 0.2: 0.8, 0.6, 0.4, then 0.2 of 100 t.
    let run = run(
        6,
        &ban(
            "stop",
            &["ore"],
            "from = \"2022-02\"\nwind_down_months = 3\nexempt_share = 0.2",
        ),
    );
    let shares = [0.8, 0.6, 0.4, 0.2, 0.2];
    assert_eq!(run.limit(0, "stop:ore-s>ore-b"), f64::INFINITY);
    run.assert_baseline(0);
    for (month, share) in (1..).zip(shares) {
        same(run.limit(month, "stop:ore-s>ore-b"), 100.0 * share);
    }
    // February and March are dead time of the hub (two months from February), so only the ban's share arrives:
    // P = 200 / share, C = 100 share. The rent is what is left of the gain: P - C - 30 less 70 at baseline, and 50 for
    // every halving of the flow that the choice of route alone would ask for.
    for (month, share) in [(1, 0.8), (2, 0.6)] {
        near(run.flow(month, "ore-rail"), 100.0 * share);
        near(run.demand_price(month, "ore-b"), 200.0 / share);
        near(run.supply_price(month, "ore-s"), 100.0 * share);
        let rent = (200.0 / share - 200.0) + (100.0 - 100.0 * share) - 50.0 * ln(share) / ln(2.0);
        near(run.rent(month, "stop:ore-s>ore-b"), rent);
    }
}

#[test]
fn contracts_are_wound_down_until_their_last_day_also_under_an_extended_ban() {
    // A half stops, a half of that comes back by the second month, and with the third only the exempt tenth is left.
    let keys = "wind_down_months = 2\nexempt_share = 0.1\nstop_share = 0.5\nrecovery_half_life_months = 1";
    let extended = format!("extends_ban = \"stop\"\nfrom = \"2022-02\"\n{keys}");
    let body = ban("stop", &["grain"], &format!("from = \"2022-01\"\n{keys}"))
        + &crate::hub::programme("export_ban", "more", &["grain"], &extended);
    let run = run(4, &body);
    for (month, share) in [0.55, 0.775, 0.1, 0.1].into_iter().enumerate() {
        same(run.limit(month, "stop:grain-s>grain-b"), share * 2300.0);
    }
    for (month, share) in [(1, 0.55), (2, 0.775), (3, 0.1)] {
        same(run.limit(month, "more:grain-s>grain-h"), share * 200.0);
    }
}

#[test]
fn hidden_routes_that_a_ban_matches_keep_its_share_of_their_weight() {
    // Named as an origin, the hub declares HUB to UNION on re-exports: share 0.5, then 0.25 (N = 1, exempt 0.25 gives
    // 0.25 + 0.75 / 2 = 0.625 first). Potential 20 t (all of the hub's capacity), mean direct cost 30.
    let wide = "issuer = \"UNION\"\norigins = [\"SEL\", \"HUB\"]\ndestinations = [\"UNION\"]\nannounced = \"2021-06\"\n\
                from = \"2022-01\"\nwind_down_months = 1\nexempt_share = 0.25";
    let run = run(2, &measure("ban", "stop", &["ore"], wide));
    let whole = weight_at_baseline(20.0, 30.0);
    same(run.weight(0, "ore-reexport"), 0.625 * whole);
    same(run.limit(0, "stop:ore-s>ore-b"), 62.5);
    let potential = run.limit(1, "via-hub-ore");
    same(
        run.weight(1, "ore-reexport"),
        0.25 * weight_at_baseline(potential, 30.0),
    );
    // Direct routes are limited, not weakened.
    same(run.weight(1, "ore-rail"), weight_at_baseline(100.0, 30.0));
}

#[test]
fn a_ban_without_exemption_closes_what_it_matches() {
    let wide = "issuer = \"UNION\"\norigins = [\"SEL\", \"HUB\"]\ndestinations = [\"UNION\"]\nfrom = \"2022-01\"";
    let run = run(3, &measure("ban", "stop", &["ore"], wide));
    same(run.limit(2, "stop:ore-s>ore-b"), 0.0);
    assert!(!run.is_open(2, "ore-reexport"));
    assert_eq!(
        run.flow(2, "ore-rail") + run.flow(2, "ore-quay") + run.flow(2, "ore-reexport"),
        0.0
    );
    // Neither side has an open route, so neither has a price.
    assert!(run.supply_price(2, "ore-s").is_nan() && run.demand_price(2, "ore-b").is_nan());
}

#[test]
fn a_ban_bears_on_its_goods_and_its_months_only() {
    let run = run(4, &ban("stop", &["ore"], "from = \"2022-02\"\nuntil = \"2022-04\""));
    for month in [0, 3] {
        run.assert_baseline(month);
        assert!(!run.is_restricted(month, "ore-rail"));
    }
    for month in [1, 2] {
        assert_eq!(run.flow(month, "ore-rail"), 0.0);
        near(run.flow(month, "grain-rail"), 1150.0);
        assert!(run.is_restricted(month, "ore-rail") && !run.is_restricted(month, "grain-rail"));
    }
}

#[test]
fn a_ban_in_force_before_the_horizon_has_used_up_its_wind_down() {
    // From November 2021: January is i = 2 of N = 3, 0.2 + 0.8 / 4 = 0.4; February is past the wind-down.
    let run = run(
        2,
        &ban(
            "stop",
            &["ore"],
            "from = \"2021-11\"\nwind_down_months = 3\nexempt_share = 0.2",
        ),
    );
    same(run.limit(0, "stop:ore-s>ore-b"), 40.0);
    same(run.limit(1, "stop:ore-s>ore-b"), 20.0);
    // The dead time of two months ran from November too: the hub can be used in January.
    same(run.limit(0, "via-hub-ore"), 20.0);
}

#[test]
fn ghost_routes_show_their_end_to_the_buyer_and_not_to_the_seller() {
    let issued_by = |issuer: &str| {
        let legs = format!("issuer = \"{issuer}\"\norigins = [\"SEL\"]\ndestinations = [\"BUY\"]\nfrom = \"2022-01\"");
        run(1, &measure("ban", "stop", &["grain"], &legs))
    };
    for issuer in ["BUY", "UNION"] {
        let run = issued_by(issuer);
        same(run.limit(0, "stop:grain-s>grain-b"), 0.0);
        assert!(!run.is_open(0, "grain-ghost"), "{issuer}");
        assert!(run.is_open(0, "grain-relabel") && run.is_open(0, "grain-reexport"));
    }
    for issuer in ["SEL", "MEM", "ROW"] {
        let run = issued_by(issuer);
        same(run.limit(0, "stop:grain-s>grain-b"), 0.0);
        assert!(run.is_open(0, "grain-ghost"), "{issuer}");
    }
}

#[test]
fn a_ban_extended_to_the_hub_by_the_seller_stops_ghosts_and_not_relabelling() {
    let legs = "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"BUY\", \"HUB\"]\nfrom = \"2022-01\"\nexempt_share = 0.5";
    let run = run(1, &measure("ban", "stop", &["grain"], legs));
    // A ghost declares SEL to HUB, a relabelled route HUB to BUY only, a re-export by ALT SEL to ALT and ALT to BUY.
    // Mean direct cost of the pair 40; potentials are shares 1/3, 2/3 of 600 and all of 400.
    same(run.weight(0, "grain-ghost"), 0.5 * weight_at_baseline(200.0, 40.0));
    same(run.weight(0, "grain-relabel"), weight_at_baseline(400.0, 40.0));
    same(run.weight(0, "grain-reexport"), weight_at_baseline(400.0, 40.0));
    same(run.limit(0, "stop:grain-s>grain-h"), 100.0);
}

#[test]
fn a_quota_limits_the_sum_of_all_routes_it_matches() {
    // Dead time: only rail. P = 200 x 100 / 40 = 500, C = 40, rent = 300 + 60 + 50 log2(100 / 40).
    let legs = format!("{SELLER_TO_UNION}\nfrom = \"2022-01\"\nlimit_t_per_month = 40");
    let run_direct = run(1, &measure("quota", "cap", &["ore"], &legs));
    near(run_direct.flow(0, "ore-rail"), 40.0);
    near(run_direct.demand_price(0, "ore-b"), 500.0);
    near(run_direct.supply_price(0, "ore-s"), 40.0);
    near(run_direct.rent(0, "cap:ore"), 360.0 + 50.0 * ln(2.5) / ln(2.0));
    assert!(run_direct.is_restricted(0, "ore-rail"));

    // With the hub among the origins, re-exports count too, and the quay's direct trade anyway.
    let legs = "issuer = \"UNION\"\norigins = [\"SEL\", \"HUB\"]\ndestinations = [\"BUY\"]\nannounced = \"2021-01\"\n\
                from = \"2022-01\"\nlimit_t_per_month = 40";
    let run_all = run(1, &measure("quota", "cap", &["ore"], legs));
    let parts = ["ore-rail", "ore-quay", "ore-reexport"].map(|id| run_all.flow(0, id));
    assert!(parts.iter().all(|part| *part > 1.0), "{parts:?}");
    near(parts.iter().sum(), 40.0);
    near(run_all.demand_price(0, "ore-b"), 500.0);
    // Hidden routes under a quota are limited with the others, not weakened.
    same(run_all.weight(0, "ore-reexport"), weight_at_baseline(20.0, 30.0));
}

#[test]
fn tariffs_add_to_the_cost_of_direct_and_hidden_routes() {
    let duty = |id: &str, issuer: &str, origin: &str, rate: f64| {
        let keys = format!(
            "issuer = \"{issuer}\"\norigins = [\"{origin}\"]\ndestinations = [\"BUY\"]\nfrom = \"2022-01\"\nrate = {rate:?}"
        );
        measure("tariff", id, &["ore"], &keys)
    };
    let run = run(
        1,
        &(duty("one", "UNION", "SEL", 0.1) + &duty("two", "BUY", "SEL", 0.05) + &duty("hub", "UNION", "HUB", 0.3)),
    );
    same(run.cost(0, "ore-rail"), 30.0 + 0.15 * 200.0);
    same(run.cost(0, "ore-reexport"), 130.0 + 0.3 * 200.0);
    // Under a tariff alone a pair is not restricted.
    assert!(!run.is_restricted(0, "ore-rail"));
}

/// A charge T on rail moves ore from 100 to 80 t if 80 = 100 x 2^((50 + 20 - T) / 50): the price rises to 200 / 0.8 =
/// 250, the seller's falls to 80.
fn charge_for_eighty() -> f64 {
    70.0 - 50.0 * ln(0.8) / ln(2.0)
}

#[test]
fn a_tariff_lowers_trade_as_the_choice_of_route_and_both_elasticities_say() {
    let rate = charge_for_eighty() / 200.0;
    let keys = format!("{SELLER_TO_UNION}\nfrom = \"2022-01\"\nrate = {rate:?}");
    let run = run(1, &measure("tariff", "duty", &["ore"], &keys));
    near(run.flow(0, "ore-rail"), 80.0);
    near(run.demand_price(0, "ore-b"), 250.0);
    near(run.supply_price(0, "ore-s"), 80.0);
}

#[test]
fn a_charge_on_a_link_has_the_same_effect_and_opens_nothing() {
    let keys = format!(
        "issuer = \"BUY\"\nlinks = [\"rail\"]\nfrom = \"2022-01\"\nusd_per_t = {:?}",
        charge_for_eighty()
    );
    let run = run(4, &measure("cost", "dues", &["ore"], &keys));
    for month in 0..4 {
        near(run.flow(month, "ore-rail"), 80.0);
        near(run.demand_price(month, "ore-b"), 250.0);
        assert!(!run.is_open(month, "ore-reexport") && !run.is_open(month, "ore-quay"));
    }
}

#[test]
fn a_charge_counts_each_visit_to_a_node_each_ride_on_a_link_and_papers_once() {
    // ore-reexport visits mine, harbour, city, bazaar, city: the city twice, ends included, and rides west twice.
    let charged = |places: &str| {
        let keys = format!("issuer = \"BUY\"\n{places}\nfrom = \"2022-01\"\nusd_per_t = 3");
        let run = run(1, &measure("cost", "dues", &["ore"], &keys));
        (run.cost(0, "ore-rail") - 30.0, run.cost(0, "ore-reexport") - 130.0)
    };
    let check = |places: &str, rail: f64, reexport: f64| {
        let found = charged(places);
        assert!(
            (found.0 - rail).abs() < 1e-12 && (found.1 - reexport).abs() < 1e-12,
            "{places}: {found:?}"
        );
    };
    check("nodes = [\"city\"]", 3.0, 6.0);
    check("nodes = [\"mine\", \"city\"]", 6.0, 9.0);
    check("nodes = [\"harbour\", \"bazaar\"]", 0.0, 6.0);
    check("links = [\"west\"]", 0.0, 6.0);
    check("links = [\"rail\", \"sea\", \"west\"]", 3.0, 9.0);
    check("via = [\"HUB\"]", 0.0, 3.0);
}

#[test]
fn a_factor_multiplies_the_freight_of_the_links_concerned() {
    // Freight of ore-reexport: spur 10, sea 30, west 25 twice. Time and extra cost are no freight.
    let added = |places: &str, index: &str| {
        let keys = format!("issuer = \"BUY\"\n{places}\nfrom = \"2022-01\"\nfactor = 1.4");
        let run = run(1, &(index.to_owned() + &measure("cost", "dues", &["ore"], &keys)));
        let base = if index.is_empty() { [30.0, 130.0] } else { [40.0, 135.0] };
        [run.cost(0, "ore-rail") - base[0], run.cost(0, "ore-reexport") - base[1]]
    };
    let check = |places: &str, index: &str, expected: [f64; 2]| {
        let found = added(places, index);
        let fits = found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() < 1e-12);
        assert!(fits, "{places}: {found:?}, not {expected:?}");
    };
    check("links = [\"west\"]", "", [0.0, 0.4 * 50.0]);
    check("nodes = [\"harbour\"]", "", [0.0, 0.4 * 40.0]);
    check("nodes = [\"mine\"]", "", [0.4 * 20.0, 0.4 * 10.0]);
    check("via = [\"HUB\"]", "", [0.0, 0.4 * 90.0]);
    // On the draw's own freight: rail at 1.5 makes 30 of 20 and 15 of 10.
    let dear = "[parameters]\n\"mode.rail.cost_index\" = 1.5\n";
    check("nodes = [\"mine\"]", dear, [0.4 * 30.0, 0.4 * 15.0]);
}

#[test]
fn a_partial_closure_of_a_node_leaves_its_share_of_what_passed_for_all_that_passes() {
    // By the harbour at baseline: grain-sea 1150, grain-row 100; a quarter closed leaves 937.5 together. A ban by the
    // seller, long announced, opens the re-export of ore by the harbour, where no ore passed: it loses a quarter of its weight.
    let closure = "issuer = \"SEL\"\nnodes = [\"harbour\"]\nfrom = \"2022-01\"\nshare_closed = 0.25";
    let stop =
        "issuer = \"SEL\"\norigins = [\"SEL\"]\ndestinations = [\"BUY\"]\nannounced = \"2021-01\"\nfrom = \"2022-01\"";
    let run = run(
        1,
        &(measure("closure", "half", &["grain", "ore"], closure) + &measure("ban", "stop", &["ore"], stop)),
    );
    same(run.limit(0, "half:grain"), 0.75 * 1250.0);
    near(run.flow(0, "grain-sea") + run.flow(0, "grain-row"), 937.5);
    assert_eq!(run.limit(0, "half:ore"), f64::INFINITY);
    assert!(run.flow(0, "ore-reexport") > 1.0);
    same(run.weight(0, "grain-sea"), 1150.0 * choice(-(100.0 - 50.0)));
    same(run.weight(0, "ore-reexport"), 0.75 * weight_at_baseline(20.0, 30.0));
    assert!(run.is_restricted(0, "grain-rail") && run.is_restricted(0, "grain-row"));
    assert!(!run.is_restricted(0, "grain-hub"));
}

#[test]
fn a_full_closure_of_a_link_stops_baseline_and_latent_routes_over_it() {
    let closure = "issuer = \"BUY\"\nlinks = [\"rail\"]\nannounced = \"2021-01\"\nfrom = \"2022-01\"\nshare_closed = 1";
    let run = run(1, &measure("closure", "shut", &["ore", "grain", "timber"], closure));
    for good in ["ore", "grain", "timber"] {
        same(run.limit(0, &format!("shut:{good}")), 0.0);
    }
    assert_eq!(
        run.flow(0, "ore-rail") + run.flow(0, "grain-rail") + run.flow(0, "timber-rail"),
        0.0
    );
    assert!(!run.is_open(0, "grain-ghost") && !run.is_open(0, "timber-relabel"));
    assert!(run.is_open(0, "grain-relabel") && run.is_open(0, "ore-reexport") && run.is_open(0, "ore-quay"));
    // Ore arrives by the hub (20 t) and the new port (10 t): P = 200 x 100 / 30, C = 30. Each is the only latent route
    // of its capacity, so its potential is the capacity and its rent the gain beyond what it costs more: 100 and 10.
    near(run.flow(0, "ore-reexport"), 20.0);
    near(run.flow(0, "ore-quay"), 10.0);
    let gain = (20_000.0 / 30.0 - 200.0) + (100.0 - 30.0);
    near(run.rent(0, "via-hub-ore"), gain - 100.0);
    near(run.rent(0, "quay-ore"), gain - 10.0);
}

#[test]
fn a_closure_of_a_mode_bears_on_its_links_that_touch_the_jurisdictions() {
    // Sea links of the seller: sea, ocean, lane; the ferry from the rest of the world ends in BUY only.
    let closure =
        "issuer = \"SEL\"\nmodes = [\"sea\"]\njurisdictions = [\"SEL\"]\nfrom = \"2022-01\"\nshare_closed = 0.5";
    let run_all = run(1, &measure("closure", "half", &["grain"], closure));
    same(run_all.limit(0, "half"), 0.5 * 1250.0);
    // With destinations, only trade declared for them.
    let narrow = format!("{closure}\ndestinations = [\"ROW\"]");
    let run_narrow = run(1, &measure("closure", "half", &["grain"], &narrow));
    same(run_narrow.limit(0, "half"), 0.5 * 100.0);
    let buyers = closure.replace("[\"SEL\"]", "[\"BUY\"]");
    let run_buyers = run(1, &measure("closure", "half", &["grain"], &buyers));
    same(run_buyers.limit(0, "half"), 0.5 * (1150.0 + 400.0));
}

#[test]
fn after_reopening_the_closed_share_fades_with_its_half_life() {
    // 0.8 closed in January and February; the first month after reopening counts as one: 0.8 x 2^(-n / 2).
    let closure = "issuer = \"BUY\"\nlinks = [\"rail\"]\nfrom = \"2022-01\"\nuntil = \"2022-03\"\nshare_closed = 0.8\n\
                   return_half_life_months = 2";
    let run = run(7, &measure("closure", "shut", &["ore"], closure));
    for month in [0, 1] {
        same(run.limit(month, "shut"), 20.0);
        assert!(run.is_restricted(month, "ore-rail"));
    }
    for months_since in 1..=5 {
        let month = 1 + months_since;
        same(
            run.limit(month, "shut"),
            100.0 * (1.0 - 0.8 * two(-(months_since as f64) / 2.0)),
        );
        // It is no longer in force: nothing is restricted, and hidden routes are closed.
        assert!(!run.is_restricted(month, "ore-rail") && !run.is_open(month, "ore-reexport"));
    }
}

#[test]
fn without_a_half_life_a_closure_ends_at_once() {
    let closure = "issuer = \"BUY\"\nlinks = [\"rail\"]\nfrom = \"2022-01\"\nuntil = \"2022-02\"\nshare_closed = 0.8";
    let run = run(2, &measure("closure", "shut", &["timber"], closure));
    same(run.limit(0, "shut"), 20.0);
    assert_eq!(run.limit(1, "shut"), f64::INFINITY);
}

#[test]
fn inspections_cost_hidden_routes_the_odds_of_seizure_times_price_and_fine() {
    // q = 1 - 0.8 x 0.5 = 0.6 where both are met, fine (0.2 x 1 + 0.5 x 2) / 0.7 = 12 / 7:
    // 200 x 0.6 x (1 + 12 / 7) / 0.4 = 5700 / 7. At the city alone: 200 x 0.2 x 2 / 0.8 = 100.
    let at_city = "issuer = \"BUY\"\nnodes = [\"city\"]\nfrom = \"2022-01\"\nseizure_probability = 0.2\nfine = 1";
    let of_pair = format!("{SELLER_TO_UNION}\nfrom = \"2022-01\"\nseizure_probability = 0.5\nfine = 2");
    let run = run(
        1,
        &(measure("inspection", "city", &["grain"], at_city) + &measure("inspection", "papers", &["grain"], &of_pair)),
    );
    same(run.cost(0, "grain-ghost"), 40.0 + 5700.0 / 7.0);
    same(run.cost(0, "grain-relabel"), 190.0 + 100.0);
    same(run.cost(0, "grain-reexport"), 140.0 + 100.0);
    same(run.cost(0, "grain-rail"), 30.0);
    same(run.cost(0, "ore-reexport"), 130.0);
    run.assert_baseline(0);
}

#[test]
fn an_inspection_counts_a_route_once_however_often_it_passes() {
    // The re-export of ore visits the city twice: 200 x 0.5 x (1 + 0) / 0.5 = 200.
    let at_city = "issuer = \"BUY\"\nnodes = [\"city\"]\nfrom = \"2022-01\"\nseizure_probability = 0.5";
    let run = run(1, &measure("inspection", "city", &["ore"], at_city));
    same(run.cost(0, "ore-reexport"), 330.0);
}

#[test]
fn each_kind_of_route_creates_its_own_books() {
    let run = run(1, "");
    let world = run.plan().world();
    let books = |id: &str| -> Vec<String> {
        let index = world.routes.position(|route| route.id == id).unwrap();
        let write = |book: &Book| {
            let [reporter, partner] = [book.reporter, book.partner].map(|index| world.jurisdictions[index].id.as_str());
            let direction = match book.flow {
                Flow::Export => "exports to",
                Flow::Import => "imports from",
            };
            format!("{reporter} {direction} {partner}")
        };
        let mut books: Vec<String> = world.books(&world.routes[index]).iter().map(write).collect();
        books.sort();
        books
    };
    assert_eq!(books("grain-rail"), ["BUY imports from SEL", "SEL exports to BUY"]);
    assert_eq!(
        books("grain-reexport"),
        [
            "ALT exports to BUY",
            "ALT imports from SEL",
            "BUY imports from ALT",
            "SEL exports to ALT"
        ]
    );
    assert_eq!(books("grain-ghost"), ["BUY imports from SEL", "SEL exports to HUB"]);
    assert_eq!(books("grain-relabel"), ["BUY imports from HUB"]);
}

#[test]
fn a_consignor_declares_the_export_and_the_origin_stays_with_the_goods() {
    let run = run(1, "");
    let world = run.plan().world();
    let at = |id: &str| {
        world
            .jurisdictions
            .position(|jurisdiction| jurisdiction.id == id)
            .unwrap()
    };
    let [sel, hub, buy, alt] = ["SEL", "HUB", "BUY", "ALT"].map(at);
    let by_alt = |id: &str| {
        let route = &world.routes[world.routes.position(|route| route.id == id).unwrap()];
        Route {
            consignor: Some(alt),
            ..route.clone()
        }
    };
    let book = |reporter, partner, flow| Book {
        reporter,
        partner,
        flow,
    };
    let export = |reporter, partner| book(reporter, partner, Flow::Export);
    let import = |reporter, partner| book(reporter, partner, Flow::Import);
    let ghost = by_alt("grain-ghost");
    // ALT's office records the export to the hub; the buyer's office still records the country of origin.
    assert_eq!(world.books(&ghost), [export(alt, hub), import(buy, sel)]);
    // A measure of ALT meets it, and one against SEL's exports does not.
    let meets = |from| {
        let legs = Legs {
            origins: Some(vec![from]),
            destinations: None,
        };
        world.declares(&ghost, &legs, &[])
    };
    assert!(meets(alt) && !meets(sel));
    let rail = by_alt("grain-rail");
    assert_eq!(world.books(&rail), [export(alt, buy), import(buy, sel)]);
}

#[test]
fn scope_leaves_a_good_to_itself() {
    let stop = ban("stop", &["ore"], "announced = \"2021-01\"\nfrom = \"2022-01\"");
    let whole = run(6, &stop);
    let part = run(6, &format!("[scope]\ncommodities = [\"ore\"]\n{stop}"));
    assert_eq!(part.plan().world().routes.len(), 3);
    for month in 0..6 {
        near(part.flow(month, "ore-reexport"), whole.flow(month, "ore-reexport"));
        near(part.demand_price(month, "ore-b"), whole.demand_price(month, "ore-b"));
    }
}
