//! Closures stop a share of what passed just before them, by mode; on the world in `tests/worlds/crossing`.

use crate::hub::{near, same};
use crate::transit::run;

/// The union forbids transit of the seller's ore by rail: it turns to a quay that carried nothing, and to the road.
const TURNED: &str = "\n[[measures.ban]]\nid = \"stop\"\nissuer = \"EU\"\ncommodities = [\"ore\"]\norigins = [\"BY\"]\n\
                      transit = [\"EU\"]\nmodes = [\"rail\"]\nfrom = \"2022-01\"\n";

/// Supplies move, so that no three months are alike.
const GROWTH: &str = "\n[[trends.supply]]\nid = \"growth\"\ncommodities = [\"ore\"]\njurisdictions = [\"BY\"]\n\
                      from = \"2022-01\"\ngrowth_per_year = 0.3\n";

fn closure(keys: &str) -> String {
    format!("\n[[measures.closure]]\nid = \"shut\"\nissuer = \"RU\"\n{keys}\n")
}

#[test]
fn a_closure_stops_a_share_of_what_passes_now_though_nothing_passed_at_baseline() {
    let shut = closure("nodes = [\"quay\"]\nfrom = \"2022-07\"\nuntil = \"2022-08\"\nshare_closed = 0.47");
    let body = TURNED.to_owned() + GROWTH;
    let (open, closed) = (run(8, &body), run(8, &(body + &shut)));
    let before: f64 = (3..6).map(|month| open.flow(month, "ore-quay") / 3.0).sum();
    assert!(before > 300.0, "{before}");
    near(closed.limit(6, "shut"), 0.53 * before);
    near(closed.flow(6, "ore-quay"), 0.53 * before);
    let fall = 1.0 - closed.flow(6, "ore-quay") / open.flow(6, "ore-quay");
    assert!((0.4..0.55).contains(&fall), "{fall}");
    // The rest goes round by the other post, as far as it pays.
    let round = closed.flow(6, "ore-road") / open.flow(6, "ore-road");
    assert!(round > 1.05, "{round}");
    assert_eq!(closed.limit(7, "shut"), f64::INFINITY);
    near(closed.flow(7, "ore-quay"), open.flow(7, "ore-quay"));
}

#[test]
fn after_reopening_the_share_fades_of_the_same_passage() {
    let shut = closure(
        "nodes = [\"quay\"]\nannounced = \"2022-05\"\nfrom = \"2022-06\"\nuntil = \"2022-07\"\nshare_closed = 0.8\n\
         return_half_life_months = 1",
    );
    let body = TURNED.to_owned() + GROWTH;
    let (open, closed) = (run(9, &body), run(9, &(body + &shut)));
    // Announced in May: February, March and April count.
    let before: f64 = (1..4).map(|month| open.flow(month, "ore-quay") / 3.0).sum();
    for (month, level) in [(5, 0.8), (6, 0.4), (7, 0.2), (8, 0.1)] {
        near(closed.limit(month, "shut"), (1.0 - level) * before);
    }
}

#[test]
fn each_mode_has_a_limit_of_its_own_and_a_port_counts_as_sea() {
    // By the post 700 t go by rail and 200 by road; by the harbour all of it by sea.
    let post = closure("nodes = [\"post\"]\ncommodities = [\"ore\"]\nfrom = \"2022-01\"\nshare_closed = 0.9");
    let run_post = run(1, &post);
    same(run_post.limit(0, "shut:rail"), 0.1 * 700.0);
    same(run_post.limit(0, "shut:road"), 0.1 * 200.0);
    near(run_post.flow(0, "ore-road") + run_post.flow(0, "ore-change"), 20.0);
    let both = post.replace("\"post\"", "\"post\", \"harbour\"");
    same(run(1, &both).limit(0, "shut"), 0.1 * 900.0);
    // What starts in a closed town and is sold there passes no link.
    let town = run(1, &post.replace("\"post\"", "\"town\""));
    same(town.limit(0, "shut"), 0.1 * 5000.0);
    same(town.limit(0, "shut:sea"), 0.1 * 900.0);
}

#[test]
fn an_amended_closure_refers_to_what_passed_before_its_first_version() {
    let first = closure("nodes = [\"quay\"]\nfrom = \"2022-05\"\nshare_closed = 0.9");
    let relief = "\n[[measures.closure]]\nid = \"relief\"\nissuer = \"RU\"\namends = \"shut\"\nfrom = \"2022-07\"\nshare_closed = 0.5\n";
    let run = run(7, &(TURNED.to_owned() + GROWTH + &first + relief));
    let before = run.limit(4, "shut") / 0.1;
    assert!(before > 300.0, "{before}");
    near(run.limit(6, "relief"), 0.5 * before);
}
