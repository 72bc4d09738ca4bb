//! Secondary sanctions: designation of firms, payments, extended export bans.

use roundabout::math::{exp, pow};

use crate::capacities::{grown, rent_of_hub};
use crate::hub::{ban, by_seller, central, choice, constraint, each_draw, near, programme, run, same, scenario, two};
use crate::metrics::Results;

const STOP_ORE: &str = "announced = \"2021-01\"\nfrom = \"2022-01\"";

fn designation(from: &str, rate: f64, loss: &str) -> String {
    let keys = format!(
        "primary_targets = [\"BUY\"]\nfrom = \"{from}\"\nrate_per_month = {rate:?}\nsurge_reference = 3.0\n\
         surge_exponent = 2.0\nsurge_floor_usd_per_month = 1000.0\nshare_per_firm = {loss}\nsuccessor_months = 4.0"
    );
    programme("designation", "firms", &["ore"], &keys)
}

#[test]
fn designations_act_by_their_expected_loss_on_the_central_path() {
    // K t reach the buyer with the hub's papers, at 200 USD/t. The baseline is nothing, so the floor of 1000 USD counts:
    // S = mean of the last three months / 1000, January's being 0. The pressure on the hazard is at most 4. Expected loss
    // is hazard (1 - exp(-0.3 min(4, ((S - 1) / 2)^2))) x 0.25; it cuts K at once and adds to what is lost, of which a quarter is replaced
    // a month; the ceiling is 40 x (1 - lost).
    let run = run(
        12,
        &(ban("stop", &["ore"], STOP_ORE) + &designation("2022-03", 0.3, "0.25")),
    );
    let (mut capacity, mut unreplaced, mut seen) = (20.0, 0.0, vec![0.0; 3]);
    let mut losses = 0;
    for month in 0..12 {
        unreplaced *= 0.75;
        let surge = seen.iter().rev().take(3).sum::<f64>() / 3.0 / 1000.0;
        if month >= 2 {
            let pressure = pow((surge - 1.0_f64).max(0.0) / 2.0, 2.0).min(4.0);
            let loss = (1.0 - exp(-0.3 * pressure)) * 0.25;
            losses += usize::from(loss > 0.0);
            unreplaced = 1.0 - (1.0 - unreplaced) * (1.0 - loss);
            capacity *= 1.0 - loss;
        }
        near(run.limit(month, "via-hub-ore"), capacity);
        near(run.flow(month, "ore-reexport"), capacity);
        seen.push(200.0 * capacity);
        let ceiling = 40.0 * (1.0 - unreplaced);
        capacity = if capacity > ceiling {
            ceiling.max(0.95 * capacity)
        } else {
            grown(capacity, ceiling, 1.2, rent_of_hub(capacity) / 200.0)
        };
    }
    assert_eq!(losses, 10);
}

#[test]
fn a_surge_below_the_floor_is_not_seen() {
    // 200 x 40 t is the most that can be seen: 8,000 USD, below a floor of 10,000.
    let quiet = designation("2022-01", 0.3, "0.25").replace("1000.0", "10000.0");
    let with = run(8, &(ban("stop", &["ore"], STOP_ORE) + &quiet));
    let without = run(8, &ban("stop", &["ore"], STOP_ORE));
    for month in 0..8 {
        near(with.limit(month, "via-hub-ore"), without.limit(month, "via-hub-ore"));
    }
}

#[test]
fn a_hub_with_much_trade_of_its_own_is_listed_for_what_it_passes_on() {
    // The hub uses 200 t of grain a month and has papers for 2 t: a hundredth, at most 400 USD a month.
    let small = "[parameters]\n\"capacity.via-hub-grain.limit_t_per_month\" = 2\n\
                 \"capacity.via-hub-grain.growth_per_month\" = 0\n";
    let firms = |floor: f64| {
        let keys = format!(
            "primary_targets = [\"BUY\"]\nfrom = \"2022-01\"\nrate_per_month = 1000.0\nsurge_reference = 1.001\n\
             surge_floor_usd_per_month = {floor:?}\nshare_per_firm = 0.5\nsuccessor_months = 12"
        );
        small.to_owned()
            + &by_seller(ban("stop", &["grain"], STOP_ORE))
            + &programme("designation", "firms", &["grain"], &keys)
    };
    let listed = run(4, &firms(50.0));
    let ghosts = listed.flow(0, "grain-ghost");
    assert!(
        listed.flow(0, "grain-hub") > 100.0 * ghosts && 200.0 * ghosts / 3.0 > 1.1 * 50.0,
        "{ghosts}"
    );
    assert_eq!(listed.limit(0, "via-hub-grain"), 2.0);
    near(listed.limit(1, "via-hub-grain"), 1.0);
    // Trade of its own gives no reason.
    let calm = run(4, &firms(1000.0));
    assert_eq!(calm.limit(3, "via-hub-grain"), 2.0);
}

#[test]
fn designations_strike_as_often_as_their_hazard_says_and_take_what_is_drawn() {
    // The network does not grow: 20 t, 4000 USD a month are seen from January. In March S = 8,000 / 3 / 1000 = 8/3, so
    // ((S - 1) / 2)^2 = 25/36; the programme starts then, with rate 1.
    let fixed = "[parameters]\n\"capacity.via-hub-ore.growth_per_month\" = 0\n[scope]\ncommodities = [\"ore\"]\n";
    let loss = "{ uniform = { low = 0.1, high = 0.3 } }";
    let body = fixed.to_owned() + &ban("stop", &["ore"], STOP_ORE) + &designation("2022-03", 1.0, loss);
    let draws = 4000;
    let mut taken: Vec<f64> = Vec::new();
    each_draw(scenario(3, &body), draws, |plan, _, month, conditions| {
        let capacity = conditions.limit[constraint(plan, "via-hub-ore")];
        if month < 2 {
            assert_eq!(capacity, 20.0);
        } else if capacity < 20.0 {
            taken.push(1.0 - capacity / 20.0);
        }
    });
    let (n, hazard) = (draws as f64, 1.0 - exp(-25.0_f64 / 36.0));
    let share = taken.len() as f64 / n;
    assert!(
        (share - hazard).abs() < 4.0 * (hazard * (1.0 - hazard) / n).sqrt(),
        "{share}, not {hazard}"
    );
    let mean = taken.iter().sum::<f64>() / taken.len() as f64;
    // A uniform number on a range of 0.2 has a standard deviation of 0.2 / sqrt(12).
    assert!(
        (mean - 0.2).abs() < 4.0 * 0.2 / (12.0 * taken.len() as f64).sqrt(),
        "{mean}"
    );
    assert!(taken.iter().all(|loss| (0.1..=0.3).contains(loss)));
}

/// Firms of the hub that trade ore, listed by month; each had a tenth of its network, and a quarter of what is lost is
/// replaced a month.
fn listed(from: &str, months: &str) -> String {
    let keys = format!(
        "primary_targets = [\"BUY\"]\nfrom = \"{from}\"\nshare_per_firm = 0.1\nsuccessor_months = 4\n\
         [secondary.designation.listings.HUB]\n{months}"
    );
    let fixed = "[parameters]\n\"capacity.via-hub-ore.growth_per_month\" = 0\n";
    fixed.to_owned() + &ban("stop", &["ore"], STOP_ORE) + &programme("designation", "firms", &["ore"], &keys)
}

#[test]
fn four_listed_firms_take_their_shares_one_after_the_other_in_their_month() {
    let body = listed(
        "2022-01",
        "\"2022-03\" = 4\n2022-04 = 0\n\"2022-05\" = 1\n\"2030-01\" = 500",
    );
    let run = run(6, &body);
    let left = |firms: f64| pow(0.9, firms);
    for (month, capacity) in [(0, 20.0), (1, 20.0), (2, 20.0 * left(4.0)), (3, 20.0 * left(4.0))] {
        near(run.limit(month, "via-hub-ore"), capacity);
    }
    near(run.limit(4, "via-hub-ore"), 20.0 * left(4.0) * left(1.0));
    // Nothing is drawn.
    let mut months = 0;
    each_draw(scenario(6, &body), 3, |plan, _, month, conditions| {
        let capacity = conditions.limit[constraint(plan, "via-hub-ore")];
        assert_eq!(capacity, run.limit(month, "via-hub-ore"));
        months += 1;
    });
    assert_eq!(months, 18);
}

#[test]
fn of_listings_before_the_horizon_the_part_without_successors_counts() {
    let run = run(2, &listed("2021-11", "\"2021-11\" = 4\n\"2021-12\" = 1"));
    let november = 1.0 - pow(0.9, 4.0);
    let december = 1.0 - (1.0 - 0.75 * november) * 0.9;
    near(run.limit(0, "via-hub-ore"), 20.0 * (1.0 - 0.75 * december));
}

#[test]
fn a_listing_lowers_the_ceiling_until_successors_appear() {
    let growing = listed("2022-01", "\"2022-01\" = 10").replace("growth_per_month\" = 0", "growth_per_month\" = 50");
    let run = run(3, &growing);
    let lost = 1.0 - pow(0.9, 10.0);
    near(run.limit(0, "via-hub-ore"), 20.0 * (1.0 - lost));
    // It grows to its ceiling within a month.
    let gap = run.limit(1, "via-hub-ore") / (40.0 * (1.0 - lost)) - 1.0;
    assert!(gap.abs() < 1e-6, "{gap}");
    let gap = run.limit(2, "via-hub-ore") / (40.0 * (1.0 - 0.75 * lost)) - 1.0;
    assert!(gap.abs() < 1e-6, "{gap}");
}

/// Banks that refuse a share of business between the buyer and the hub.
fn banks(id: &str, share: f64, goods: &[&str]) -> String {
    let keys = format!(
        "primary_targets = [\"BUY\"]\nfrom = \"2022-01\"\nrefused_share = {share:?}\nhalf_life_months = 6\n\
         friction_start = 0.1\nfriction_end = 0.1"
    );
    programme("payments", id, goods, &keys)
}

#[test]
fn refused_payments_fade_and_a_friction_stays() {
    // Half-life 3 months, from February: refused 0.4 x 2^(-m/3), friction 0.05 + 0.15 x 2^(-m/3), on everything that
    // reaches the buyer with the hub's papers. The network of 20 t does not grow.
    let fixed = "[parameters]\n\"capacity.via-hub-ore.growth_per_month\" = 0\n\"capacity.via-hub-grain.growth_per_month\" = 0\n";
    let banks = "primary_targets = [\"BUY\"]\nfrom = \"2022-02\"\nrefused_share = 0.4\nhalf_life_months = 3\n\
                 friction_start = 0.2\nfriction_end = 0.05";
    let body = fixed.to_owned()
        + &ban("stop", &["ore"], STOP_ORE)
        + &by_seller(ban("grain", &["grain"], STOP_ORE))
        + &programme("payments", "banks", &["ore", "grain"], banks);
    let run = run(6, &body);
    for month in 0..6 {
        let fading = if month == 0 {
            0.0
        } else {
            two(-(month as f64 - 1.0) / 3.0)
        };
        let accepted = 1.0 - 0.4 * fading;
        let friction = if month == 0 {
            0.0
        } else {
            (0.05 + 0.15 * fading) * 200.0
        };
        same(run.limit(month, "via-hub-ore"), 20.0 * accepted);
        // The potential is K before refusals.
        same(run.weight(month, "ore-reexport"), accepted * 20.0 * choice(-70.0));
        same(run.cost(month, "ore-reexport"), 130.0 + friction);
        same(run.limit(month, "via-hub-grain"), 600.0 * accepted);
        same(run.weight(month, "grain-relabel"), accepted * 400.0 * choice(-60.0));
        // What the hub buys for itself is left alone (margin 150 - 100 - 15 at baseline), and so are all others.
        same(run.weight(month, "grain-hub"), 200.0 * choice(-35.0));
        same(run.cost(month, "grain-hub"), 15.0);
        same(run.cost(month, "grain-reexport"), 140.0);
        same(run.cost(month, "ore-rail"), 30.0);
    }
}

#[test]
fn refusals_fall_on_direct_sales_between_a_target_and_a_primary_target_either_way() {
    // Nobody bans anything. The rest of the world sells 400 t to the buyer, and buys 100 t from the seller.
    let against = |primary: &str| {
        let body = banks("banks", 0.5, &["grain"]).replace("\"HUB\"", "\"ROW\"");
        run(1, &body.replace("\"BUY\"", &format!("{primary:?}")))
    };
    let (ferry, row, home) = (400.0 * choice(-40.0), 100.0 * choice(-50.0), 200.0 * choice(-90.0));
    let buyer = against("BUY");
    same(buyer.weight(0, "grain-ferry"), 0.5 * ferry);
    same(buyer.cost(0, "grain-ferry"), 60.0 + 0.1 * 200.0);
    same(buyer.weight(0, "grain-row"), row);
    same(buyer.weight(0, "grain-home"), home);
    let seller = against("SEL");
    same(seller.weight(0, "grain-row"), 0.5 * row);
    same(seller.weight(0, "grain-ferry"), ferry);
    same(seller.weight(0, "grain-hub"), 200.0 * choice(-35.0));
}

#[test]
fn caution_takes_its_share_of_direct_trade_of_the_bloc_with_a_target_either_way() {
    let caution = |issuer: &str, target: &str, more: &str| {
        let keys = format!("from = \"2022-01\"\nshare = 0.3\n{more}");
        let entry = programme("overcompliance", "caution", &["grain"], &keys);
        let entry = entry.replace("\"UNION\"", &format!("{issuer:?}"));
        run(7, &entry.replace("\"HUB\"", &format!("{target:?}")))
    };
    let (ferry, hub, rail) = (400.0 * choice(-40.0), 200.0 * choice(-35.0), 1150.0 * choice(-70.0));
    // The union buys from the rest of the world; the seller sells to the hub.
    let buyers = caution("UNION", "ROW", "");
    same(buyers.weight(0, "grain-ferry"), 0.7 * ferry);
    same(buyers.weight(6, "grain-ferry"), 0.7 * ferry);
    same(buyers.weight(0, "grain-hub"), hub);
    same(buyers.weight(0, "grain-rail"), rail);
    let sellers = caution("SEL", "HUB", "half_life_months = 3");
    for (month, left) in [(0, 1.0), (3, 0.5), (6, 0.25)] {
        same(sellers.weight(month, "grain-hub"), (1.0 - 0.3 * left) * hub);
    }
    same(sellers.weight(0, "grain-ferry"), ferry);
    same(sellers.weight(0, "grain-rail"), rail);
}

#[test]
fn where_only_payments_act_the_hub_loses_no_genuine_trade() {
    let lost = |body: &str| Results::of(body).metric("genuine_trade_lost", "all", "", "usd");
    assert_eq!(lost(&banks("banks", 0.5, &["grain", "ore"])), Some(0.0));
    // Traders who avoid the hub beyond what banks refuse are another programme.
    let caution = by_seller(programme(
        "overcompliance",
        "caution",
        &["grain"],
        "from = \"2022-01\"\nshare = 0.5",
    ));
    assert!(lost(&caution).is_some_and(|lost| lost > 0.0));
}

#[test]
fn two_programmes_refuse_one_after_the_other_and_their_frictions_add() {
    let banks = |id: &str, share: f64| banks(id, share, &["ore"]);
    let run = run(
        1,
        &(ban("stop", &["ore"], STOP_ORE) + &banks("one", 0.5) + &banks("two", 0.2)),
    );
    same(run.limit(0, "via-hub-ore"), 20.0 * 0.5 * 0.8);
    same(run.weight(0, "ore-reexport"), 0.5 * 0.8 * 20.0 * choice(-70.0));
    same(run.cost(0, "ore-reexport"), 130.0 + 2.0 * 0.1 * 200.0);
}

#[test]
fn an_extended_ban_limits_genuine_trade_and_routes_declared_for_the_hub() {
    // Wind-down of one month to a quarter: 0.25 + 0.75 / 2 = 0.625, then 0.25, of 200 t of genuine grain. Ghosts declare
    // SEL to HUB and keep the share of their weight; relabelled grain declares HUB to BUY and is not concerned.
    let extended = "extends_ban = \"stop\"\nfrom = \"2022-02\"\nwind_down_months = 1\nexempt_share = 0.25";
    let body = by_seller(
        ban("stop", &["grain"], "from = \"2022-01\"\nexempt_share = 0.1")
            + &programme("export_ban", "extended", &["grain"], extended),
    );
    let run = run(4, &body);
    for (month, share) in [(0, 1.0), (1, 0.625), (2, 0.25), (3, 0.25)] {
        let limit = if month == 0 { f64::INFINITY } else { 200.0 * share };
        assert_eq!(run.limit(month, "extended:grain-s>grain-h"), limit);
        let capacity = run.limit(month, "via-hub-grain");
        same(run.weight(month, "grain-ghost"), share * capacity / 3.0 * choice(-60.0));
        same(run.weight(month, "grain-relabel"), capacity * 2.0 / 3.0 * choice(-60.0));
        // The primary ban has its own exempt share, and the restricted set is not enlarged.
        same(run.limit(month, "stop:grain-s>grain-b"), 230.0);
        assert!(!run.is_restricted(month, "grain-hub"));
    }
    near(run.flow(2, "grain-hub"), 50.0);
    near(run.demand_price(2, "grain-h"), 150.0 * 4.0);
}

#[test]
fn a_programme_ends_with_its_last_month_and_lost_capacity_still_grows_back() {
    let firms =
        designation("2022-02", 5.0, "0.5").replace("from = \"2022-02\"", "from = \"2022-02\"\nuntil = \"2022-05\"");
    let run = central(scenario(30, &(ban("stop", &["ore"], STOP_ORE) + &firms)));
    let lowest = run.limit(3, "via-hub-ore").min(run.limit(4, "via-hub-ore"));
    assert!(lowest < 20.0);
    assert!(run.limit(29, "via-hub-ore") > 39.0);
}
