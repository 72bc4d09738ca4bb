//! Bans of transit, on the world in `tests/worlds/crossing`: ore of a seller goes overseas by a port of the union or, if
//! need be, by a neighbour's; tools of the union go to that neighbour, to a hub behind it, or overseas.

use roundabout::diagnostic::Report;
use roundabout::input::{IdleLines, read_scenarios};

use crate::common;
use crate::hub::{Run, central, near, same, scenario_on};

/// A scenario on the world of crossings, from January 2022.
pub fn run(months: usize, body: &str) -> Run {
    let world = common::repository().join("tests/worlds/crossing");
    central(scenario_on(&world, months, body, IdleLines::Fault))
}

/// A ban; `keys` adds origins and what is forbidden.
fn ban(id: &str, keys: &str) -> String {
    format!("\n[[measures.ban]]\nid = \"{id}\"\nissuer = \"EU\"\nfrom = \"2022-01\"\n{keys}\n")
}

const ORE: &str = "commodities = [\"ore\"]\norigins = [\"BY\"]\ntransit = [\"EU\"]";
const BY_UNION: [&str; 4] = ["ore-rail", "ore-road", "ore-change", "ore-relabel"];

#[test]
fn nothing_crosses_the_union_to_other_markets_and_a_latent_way_takes_over() {
    let run = run(1, &ban("stop", ORE));
    assert_eq!(BY_UNION.map(|id| run.flow(0, id)), [0.0; 4]);
    same(run.limit(0, "stop:ore-by>ore-town"), 0.0);
    // Relabelled goods are of the same origin, whatever their papers say.
    assert!(!run.is_open(0, "ore-relabel") && !run.is_open(0, "ore-change"));
    let quay = run.flow(0, "ore-quay");
    assert!(quay > 300.0, "{quay}");
    // All 800 t are restricted trade, as under a closure.
    assert!(run.is_restricted(0, "ore-rail"));
    // The union's own purchases cross a member and end in the union: that is trade, which this act leaves alone.
    assert!(run.flow(0, "ore-works") >= 100.0 && !run.is_restricted(0, "ore-works"));
    // A member for itself is crossed on the way to another.
    let by_member = self::run(1, &ban("stop", &ORE.replace("EU", "LT")));
    assert_eq!(by_member.flow(0, "ore-works"), 0.0);
}

#[test]
fn what_stays_allowed_is_a_share_of_what_crossed() {
    let run = run(
        2,
        &ban("stop", &format!("{ORE}\nwind_down_months = 1\nexempt_share = 0.2")),
    );
    for (month, share) in [(0, 0.6), (1, 0.2)] {
        same(run.limit(month, "stop:ore-by>ore-town"), share * 800.0);
        let whole = 100.0 * crate::hub::choice(-(200.0 - 100.0 - mean_cost()));
        same(run.weight(month, "ore-change"), share * whole);
        same(run.weight(month, "ore-relabel"), share * whole / 2.0);
        near(run.flow(month, "ore-rail") + run.flow(month, "ore-road"), share * 800.0);
    }
}

/// Ore goes overseas for 60 by rail and for 70 by road; a quarter goes by road.
fn mean_cost() -> f64 {
    0.75 * 60.0 + 0.25 * 70.0
}

#[test]
fn a_mode_is_banned_and_the_other_goes_on() {
    let run = run(1, &ban("stop", &format!("{ORE}\nmodes = [\"rail\"]")));
    for id in ["ore-rail", "ore-change", "ore-relabel"] {
        assert_eq!(run.flow(0, id), 0.0, "{id}");
    }
    let road = run.flow(0, "ore-road");
    assert!(road > 220.0, "{road}");
    // All touch the port by sea.
    let by_sea = self::run(1, &ban("stop", &format!("{ORE}\nmodes = [\"sea\"]")));
    assert_eq!(by_sea.flow(0, "ore-road"), 0.0);
}

#[test]
fn goods_declared_for_the_hub_that_stay_on_the_way_cross_their_market() {
    let transit = "commodities = [\"tools\"]\norigins = [\"EU\"]\ntransit = [\"RU\"]";
    let trade = "commodities = [\"tools\"]\norigins = [\"EU\"]\ndestinations = [\"RU\"]\nexempt_share = 0.5";
    let free = run(1, &ban("trade", trade).replace("\"EU\"\nfrom", "\"BY\"\nfrom"));
    assert!(free.flow(0, "tools-ghost") > 1.0);
    let run = run(
        1,
        &(ban("trade", trade) + &ban("stop", transit)).replace("\"EU\"\nfrom", "\"BY\"\nfrom"),
    );
    assert_eq!(run.flow(0, "tools-ghost"), 0.0);
    assert_eq!(run.flow(0, "tools-steppe"), 0.0);
    assert!(run.flow(0, "tools-caspian") > 20.0);
    // What is sold to the neighbour does not cross it: only the ban of trade halves it.
    same(run.limit(0, "trade:tools-de>tools-ru"), 50.0);
    near(run.flow(0, "tools-west"), 50.0);
}

#[test]
fn destinations_are_the_true_markets() {
    let transit = "commodities = [\"tools\"]\norigins = [\"EU\"]\ntransit = [\"RU\"]\ndestinations = [\"KZ\"]";
    let trade = "commodities = [\"tools\"]\norigins = [\"EU\"]\ndestinations = [\"RU\"]\nexempt_share = 0.5";
    let run = run(
        1,
        &(ban("trade", trade) + &ban("stop", transit)).replace("\"EU\"\nfrom", "\"BY\"\nfrom"),
    );
    assert_eq!(run.flow(0, "tools-steppe"), 0.0);
    assert!(run.flow(0, "tools-ghost") > 1.0, "its market is the neighbour");
}

#[test]
fn papers_cross_nothing_unless_they_are_listed() {
    let plan = run(1, &ban("stop", ORE)).model.plan;
    let world = plan.world();
    let jurisdiction = |id: &str| world.jurisdictions.position(|row| row.id == id).unwrap();
    let index = world.routes.position(|route| route.id == "tools-letter").unwrap();
    let crosses = |modes: &[roundabout::model::Mode]| world.crosses(&world.routes[index], &[jurisdiction("PL")], modes);
    assert!(!crosses(&[]));
    assert!(crosses(&[roundabout::model::Mode::Paper]));
}

#[test]
fn a_ban_says_where_goods_may_not_go_or_what_they_may_not_cross() {
    let fault = |keys: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faulty.toml");
        let world = common::repository().join("tests/worlds/crossing");
        let head =
            "[horizon]\nstart = \"2022-01\"\nmonths = 1\n[simulation]\ndraws = 1\nseed = 1\nsampling = { random = {} }";
        let text = format!("title = \"Faulty\"\nworld = {world:?}\n{head}\n{}", ban("stop", keys));
        std::fs::write(&path, text).unwrap();
        let mut report = Report::default();
        assert!(read_scenarios(&[path], IdleLines::Fault, &mut report).is_err());
        report.render(false)
    };
    let neither = fault("origins = [\"BY\"]");
    assert!(neither.contains("lacks `destinations`"), "{neither}");
    let modes = fault("origins = [\"BY\"]\ndestinations = [\"EU\"]\nmodes = [\"rail\"]");
    assert!(modes.contains("`modes` of a ban need `transit`"), "{modes}");
    let unknown = fault("origins = [\"BY\"]\ntransit = [\"EUU\"]");
    assert!(unknown.contains("unknown jurisdiction or bloc `EUU`"), "{unknown}");
    let idle = fault("origins = [\"BY\"]\ntransit = [\"KZ\"]");
    assert!(idle.contains("it matches no route"), "{idle}");
}
