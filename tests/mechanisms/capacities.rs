//! Adaptive capacities: dead time, growth with the rent, potentials that follow, decay, cover, entry.

use std::fs;
use std::path::Path;

use roundabout::input::IdleLines;
use roundabout::math::{exp, pow};

use crate::hub::{
    Run, SELLER_TO_UNION, ban, by_seller, central, choice, measure, near, programme, run, same, scenario_on, world,
};

/// `K_{t+1}` at a rent of `rho` reference prices, `rent_half` 0.3.
pub fn grown(current: f64, ceiling: f64, growth: f64, rho: f64) -> f64 {
    ceiling * current / (current + (ceiling - current) * exp(-growth * rho / (rho + 0.3)))
}

/// Rent of the hub when all ore that arrives is its K tonnes: P = 200 x 100 / K, C = 100 x K / 100, and the route costs
/// 100 more than rail did. Its potential is K, so the choice of route asks for no more: (P - 200) + (100 - K) - 100.
pub fn rent_of_hub(capacity: f64) -> f64 {
    20_000.0 / capacity - capacity - 200.0
}

#[test]
fn a_network_waits_out_its_dead_time_then_grows_with_its_rent() {
    // A full ban announced and in force from March: nothing passes in March and April, 20 t in May. The rent is then
    // 1000 - 20 - 200 = 780, 3.9 prices, and the network grows at 1.2 x 3.9 / 4.2 towards its ceiling of 40 t.
    let run = run(9, &ban("stop", &["ore"], "from = \"2022-03\""));
    for month in [0, 1] {
        run.assert_baseline(month);
    }
    for month in [2, 3] {
        same(run.limit(month, "via-hub-ore"), 0.0);
        assert_eq!(run.flow(month, "ore-reexport"), 0.0);
    }
    let mut capacity = 20.0;
    for month in 4..9 {
        near(run.limit(month, "via-hub-ore"), capacity);
        near(run.flow(month, "ore-reexport"), capacity);
        near(run.demand_price(month, "ore-b"), 20_000.0 / capacity);
        near(run.supply_price(month, "ore-s"), capacity);
        near(run.rent(month, "via-hub-ore"), rent_of_hub(capacity));
        // The weight follows: all of K is this route's potential.
        same(
            run.weight(month, "ore-reexport"),
            run.limit(month, "via-hub-ore") * choice(-70.0),
        );
        capacity = grown(capacity, 40.0, 1.2, rent_of_hub(capacity) / 200.0);
    }
}

#[test]
fn dead_time_runs_from_the_first_announcement_that_concerns_a_route() {
    // Grain's ban of 2021 does not concern ore. Ore's tariff does, announced in January though in force from August:
    // dead time is January and February for the hub, and March too for the new port.
    let duty = format!("{SELLER_TO_UNION}\nannounced = \"2022-01\"\nfrom = \"2022-08\"\nrate = 0.1");
    let run = run(
        8,
        &(ban("grain", &["grain"], "from = \"2021-01\"")
            + &measure("tariff", "duty", &["ore"], &duty)
            + &ban("stop", &["ore"], "from = \"2022-02\"")),
    );
    let hub: Vec<bool> = (0..4).map(|month| run.limit(month, "via-hub-ore") > 0.0).collect();
    assert_eq!(hub, [false, false, true, true]);
    let quay: Vec<bool> = (0..4).map(|month| run.limit(month, "quay-ore") > 0.0).collect();
    assert_eq!(quay, [false, false, false, true]);
    near(run.flow(2, "ore-reexport"), 20.0);
}

#[test]
fn latent_routes_share_the_potential_of_their_capacity() {
    // Ghost and relabelled grain have potentials 200 and 400: a third and two thirds of whatever K is.
    let run = run(4, &by_seller(ban("stop", &["grain"], "from = \"2022-01\"")));
    for month in 0..4 {
        let capacity = run.limit(month, "via-hub-grain");
        same(run.weight(month, "grain-ghost"), capacity / 3.0 * choice(-60.0));
        same(run.weight(month, "grain-relabel"), capacity * 2.0 / 3.0 * choice(-60.0));
    }
    assert!(run.limit(3, "via-hub-grain") > 600.0);
}

#[test]
fn an_unused_network_decays_to_what_it_started_from() {
    // In force in January and February only; the ban is lifted, hidden routes close, 5% a month is lost down to 20 t.
    let run = run(
        24,
        &ban(
            "stop",
            &["ore"],
            "announced = \"2021-01\"\nfrom = \"2022-01\"\nuntil = \"2022-03\"",
        ),
    );
    let mut capacity = 20.0;
    for _ in 0..2 {
        capacity = grown(capacity, 40.0, 1.2, rent_of_hub(capacity) / 200.0);
    }
    assert!(capacity > 30.0);
    for month in 2..24 {
        near(run.limit(month, "via-hub-ore"), capacity);
        assert_eq!(run.flow(month, "ore-reexport"), 0.0);
        capacity = (0.95 * capacity).max(20.0);
    }
    same(run.limit(23, "via-hub-ore"), 20.0);
}

#[test]
fn legal_trade_of_the_hub_gives_cover_and_its_loss_lowers_the_ceiling() {
    // The extended ban halves the hub's genuine trade (200 to 100 t), so with cover 0.5 the ceiling is 2400 x 0.5^0.5.
    // The rent of the first month is 50 (see `metrics`), a quarter of the price: growth 1.2 x 0.25 / 0.55.
    let body = "[parameters]\n\"capacity.via-hub-grain.cover\" = 0.5\n".to_owned()
        + &ban("stop", &["grain"], "from = \"2022-01\"")
        + &programme(
            "export_ban",
            "extended",
            &["grain"],
            "extends_ban = \"stop\"\nfrom = \"2022-01\"\nexempt_share = 0.5",
        );
    let run = run(2, &by_seller(body));
    near(run.flow(0, "grain-hub"), 100.0);
    near(run.rent(0, "via-hub-grain"), 50.0);
    near(
        run.limit(1, "via-hub-grain"),
        grown(600.0, 2400.0 * pow(0.5, 0.5), 1.2, 0.25),
    );
    near(run.limit(1, "via-alt-grain"), grown(400.0, 1600.0, 0.6, 0.25));
}

#[test]
fn a_measure_of_no_strength_starts_no_dead_time() {
    // The duty of nothing announced in January concerns nobody; the ban of March does, and takes March and April.
    let duty = format!("{SELLER_TO_UNION}\nannounced = \"2022-01\"\nfrom = \"2022-02\"\nrate = 0.0");
    let body = measure("tariff", "duty", &["ore"], &duty) + &ban("stop", &["ore"], "from = \"2022-03\"");
    let run = central(scenario_on(&world(), 5, &body, IdleLines::Warn));
    let hub: Vec<bool> = (0..5).map(|month| run.limit(month, "via-hub-ore") > 0.0).collect();
    assert_eq!(hub, [true, true, false, false, true]);
}

/// A run on the hub world with a column `entry_per_year` in which every capacity with a ceiling has the same cell.
fn run_with_entry(folder: &Path, cell: &str, body: &str) -> Run {
    let copy = folder.join(format!("world{cell}"));
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(world()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    let path = copy.join("capacities.csv");
    let text = fs::read_to_string(&path).unwrap();
    let mut table = String::new();
    for line in text.lines() {
        let last = match line {
            _ if line.starts_with("id,") => "entry_per_year",
            // Timber has no ceiling.
            _ if line.starts_with("new-timber,") => "",
            _ => cell,
        };
        table += &format!("{line},{last}\n");
    }
    fs::write(&path, table).unwrap();
    central(scenario_on(&copy, 12, body, IdleLines::Fault))
}

#[test]
fn firms_enter_while_there_is_a_rent_and_the_network_outgrows_its_first_ceiling() {
    // As above, but 60% a year enter far above `rent_half`, 5% a month. In May K = 20 at a rent of 3.9 prices and a ceiling
    // of 40; the ceiling of June is 40 x (1 + 0.05 x 3.9 / 4.2) = 41.857. In June the rent is 434, in July 306.
    let folder = tempfile::tempdir().unwrap();
    let run = run_with_entry(folder.path(), "0.6", &ban("stop", &["ore"], "from = \"2022-03\""));
    let limits = [20.0, 30.11708949678149, 36.85147560629924, 40.90958474449398];
    for (month, expected) in (4..).zip(limits) {
        near(run.limit(month, "via-hub-ore"), expected);
    }
    let mut ceiling = 40.0;
    for month in 4..11 {
        let (capacity, rho) = (run.limit(month, "via-hub-ore"), run.rent(month, "via-hub-ore") / 200.0);
        near(run.limit(month + 1, "via-hub-ore"), grown(capacity, ceiling, 1.2, rho));
        ceiling *= 1.0 + 0.05 * rho / (rho + 0.3);
    }
}

#[test]
fn a_column_of_blanks_or_zeros_changes_no_bit() {
    let body = ban("stop", &["ore"], "from = \"2022-02\"")
        + &by_seller(ban("grain", &["grain"], "from = \"2022-01\"\nuntil = \"2022-08\""))
        + &programme(
            "threat",
            "warning",
            &["ore"],
            "from = \"2022-06\"\nexit_share = 0.3\ngrowth_factor = 0.5",
        );
    let folder = tempfile::tempdir().unwrap();
    let without = run(12, &body);
    for cell in ["", "0"] {
        let with = run_with_entry(folder.path(), cell, &body);
        for (one, other) in without.months.iter().zip(&with.months) {
            let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&one.conditions.limit), bits(&other.conditions.limit));
            assert_eq!(bits(&one.conditions.weight), bits(&other.conditions.weight));
            assert_eq!(bits(&one.solution.flow), bits(&other.solution.flow));
            assert_eq!(bits(&one.solution.rent), bits(&other.solution.rent));
        }
    }
}
