//! Whole worlds: the values read from valid ones, and the messages about those with one thing changed.

use super::routes_table;
use super::testing::Example;
use crate::model::{Index, SupplyIndex, Tonnes, World};

/// Takes a snapshot of the messages about a world that is not valid.
macro_rules! assert_faults {
    ($example:expr) => {
        insta::assert_snapshot!($example.faults())
    };
}

fn value(world: &World, name: &str) -> f64 {
    let slot = world.numbers.find(name).unwrap_or_else(|| panic!("no number {name}"));
    world.numbers.get(slot).value
}

#[test]
fn every_table_reaches_the_world() {
    let world = Example::spelt_out().world();
    assert_eq!(world.jurisdictions.len(), 4);
    assert_eq!(world.nodes.rows()[2].name, "Berlin, Mitte");
    assert_eq!(*world.supply_quantities().rows(), [10_000.0, 2_000.0].map(Tonnes::new));
    assert_eq!(
        *world.demand_quantities().rows(),
        [9_000.0, 1_000.0, 2_000.0].map(Tonnes::new)
    );
    assert_eq!(world.mode_cost_index.len(), 6);
    assert_eq!(value(&world, "mode.rail.cost_index"), 1.0);
    assert_eq!(value(&world, "demand.de-plywood.choke"), 4.0);
    assert!(world.demands.rows()[1].choke.is_none());
    assert_eq!(value(&world, "route.plywood-kz.potential_t_per_month"), 3_000.0);
    assert_eq!(world.capacities.rows()[0].commodities.len(), 2);
}

#[test]
fn blank_cells_of_adaptation_take_the_defaults() {
    let world = Example::spelt_out().world();
    let number = |key: &str| value(&world, &format!("capacity.papers-kz.{key}"));
    assert_eq!(
        [number("rent_half"), number("decay_per_month"), number("cover")],
        [0.3, 0.05, 0.5]
    );
    assert_eq!(number("entry_per_year"), 0.0);
    assert!(world.capacities.rows()[0].adaptation.is_none());
}

#[test]
fn a_scope_keeps_its_goods_and_tells_what_it_left_out() {
    let (world, said) = Example::spelt_out().read(Some(&["pellets"]));
    let world = world.unwrap();
    assert_eq!(said, "");
    assert_eq!(
        (world.nodes.len(), world.links.len(), world.jurisdictions.len()),
        (3, 3, 4)
    );
    assert_eq!(
        (world.supplies.len(), world.demands.len(), world.routes.len()),
        (1, 1, 1)
    );
    assert_eq!(world.commodity(&world.routes.rows()[0]).row(), 0);
    assert_eq!(
        world
            .capacities
            .rows()
            .iter()
            .map(|row| row.id.as_str())
            .collect::<Vec<_>>(),
        ["road-west"]
    );
    assert_eq!(world.capacities.rows()[0].commodities.len(), 1);
    insta::assert_snapshot!(world.out_of_scope.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn without_scope_nothing_is_left_out() {
    assert!(Example::spelt_out().world().out_of_scope.is_empty());
}

#[test]
fn the_digest_knows_content_and_scope_but_no_editor() {
    let plain = Example::spelt_out();
    let text = plain.files["nodes.csv"].replace('\n', "\r\n");
    let edited = plain.clone().with("nodes.csv", format!("\u{feff}{text}"));
    assert_eq!(plain.world().digest, edited.world().digest);
    let changed = plain.clone().patched("nodes.csv", "53.9", "53.8");
    assert_ne!(plain.world().digest, changed.world().digest);
    let (scoped, _) = plain.read(Some(&["pellets"]));
    assert_ne!(plain.world().digest, scoped.unwrap().digest);
}

#[test]
fn listed_sources_bind_every_table() {
    let sources = "id,citation,licence,status\nUN,x,x,observed\nGeoNames,x,x,observed\nComtrade,x,x,observed\n\
                   assumed,judgement,none,assumed\nOSN,x,x,observed\n";
    assert_faults!(
        Example::spelt_out()
            .with("sources.csv", sources)
            .patched("links.csv", "50,3,OSM", "50,3,assumed")
    );
}

#[test]
fn observations_of_goods_in_scope_are_kept() {
    let header = "reporter,partner,flow,commodity,month,value,unit,source";
    let row = "EU,BY,import,plywood,2021-12,9000,t,Comtrade";
    let example = Example::spelt_out().with(
        "observed.csv",
        format!("{header}\n{row}\nEU,BY,import,all,2021,9,usd,Comtrade\n"),
    );
    assert_eq!(example.world().observed.len(), 2);
    let (scoped, _) = example.read(Some(&["pellets"]));
    let kept = scoped.unwrap().observed;
    assert_eq!(
        kept.iter().map(|row| row.commodity).collect::<Vec<_>>(),
        [None],
        "what all goods trade"
    );
    assert_faults!(Example::spelt_out().with(
        "observed.csv",
        format!("{header}\n{}\n", row.replace("2021-12", "12/2021"))
    ));
}

#[test]
fn a_flow_rests_on_the_row_that_states_it_and_each_row_on_its_source() {
    let spelt_out = Example::spelt_out().world();
    let cited = |world: &World| -> Vec<String> {
        let routes = world.routes.indices();
        routes
            .map(|route| world.provenance.of_baseline(route).id.clone())
            .collect()
    };
    assert_eq!(cited(&spelt_out), ["Comtrade", "Comtrade", "assumed", "Comtrade"]);
    let generated = Example::corridors()
        .patched("baseline.csv", "s1,d1,140,x", "s1,d1,140,office")
        .world();
    let office = cited(&generated).iter().filter(|id| *id == "office").count();
    assert_eq!(
        office, 4,
        "the four direct routes of s1 to d1; the latent one rests on its corridor"
    );
    let tables = &spelt_out.provenance.tables;
    let links = tables.iter().find(|table| table.table == "links.csv").unwrap();
    assert_eq!(links.rows.values().collect::<Vec<_>>(), [&3]);
    assert_eq!(
        spelt_out.provenance.status("Comtrade"),
        None,
        "without sources.csv nothing has a status"
    );
}

#[test]
fn a_negative_freight_is_shown_at_its_cell() {
    assert_faults!(Example::spelt_out().patched("links.csv", "1100,50,3", "1100,-50,3"));
}

#[test]
fn prices_that_cannot_belong_together_are_a_fault() {
    let faults = Example::spelt_out()
        .patched("commodities.csv", "600,6,", "0.6,6,")
        .faults();
    assert!(faults.contains("differ by"), "{faults}");
}

#[test]
fn a_decimal_comma_is_explained() {
    assert_faults!(Example::spelt_out().patched("commodities.csv", "600,6,", "\"600,5\",6,"));
}

#[test]
fn a_misspelt_node_finds_its_neighbour() {
    assert_faults!(Example::spelt_out().patched("links.csv", "west,berlin", "west,berln"));
}

#[test]
fn a_misspelt_column_finds_its_neighbour() {
    assert_faults!(Example::spelt_out().patched("links.csv", "freight_usd_per_t", "frieght_usd_per_t"));
}

#[test]
fn a_table_saved_with_semicolons_is_explained() {
    let example = Example::spelt_out();
    let text = example.files["supplies.csv"].replace(',', ";");
    assert_faults!(example.with("supplies.csv", text));
}

#[test]
fn a_missing_table_is_missed_and_a_strange_one_noticed() {
    let example = Example::spelt_out();
    let text = example.files["capacities.csv"].clone();
    assert_faults!(example.without("capacities.csv").with("capacites.csv", text));
}

#[test]
fn a_world_needs_routes_or_corridors_with_a_baseline() {
    assert_faults!(Example::spelt_out().without("routes.csv"));
    assert_faults!(Example::corridors().without("baseline.csv"));
}

#[test]
fn a_folder_that_is_not_there_is_a_fault() {
    let mut report = crate::diagnostic::Report::default();
    assert!(super::read(std::path::Path::new("no/such/world"), None, &mut report).is_none());
    assert!(
        report
            .render(false)
            .starts_with("error: cannot read the world no/such/world: ")
    );
}

#[test]
fn faults_in_several_tables_are_told_at_once_without_blaming_others() {
    let example = Example::spelt_out()
        .patched("jurisdictions.csv", "BY,Belarus,EAEU,,UN", "BY,,EAEU,,")
        .patched("nodes.csv", "minsk,Minsk,BY,origin", "minsk,Minsk,BY,source")
        .patched("demands.csv", "600,0.8,assumed,4", "600,0.8,assumed,0.9");
    assert_faults!(example);
}

#[test]
fn a_route_whose_links_do_not_join_is_shown_at_the_link() {
    assert_faults!(Example::spelt_out().patched("routes.csv", "KZ,east;long", "KZ,east;west"));
}

#[test]
fn one_path_twice_is_a_fault() {
    assert_faults!(Example::spelt_out().patched(
        "routes.csv",
        "pellets-west,",
        "again,by-plywood,de-plywood,direct,,west,0,10,0,x\npellets-west,"
    ));
}

#[test]
fn sellers_and_buyers_without_baseline_are_faults() {
    assert_faults!(Example::spelt_out().patched("routes.csv", "west,2000,,", "west,0,2000,"));
}

#[test]
fn a_limit_below_the_baseline_is_a_fault() {
    assert_faults!(Example::spelt_out().patched("capacities.csv", "15000", "10999"));
}

#[test]
fn a_dead_time_on_baseline_trade_is_a_fault() {
    assert_faults!(Example::spelt_out().patched("capacities.csv", "15000,,,", "15000,20000,0.1,2"));
}

#[test]
fn a_capacity_of_no_route_is_worth_a_warning() {
    let (world, said) = Example::spelt_out()
        .patched("capacities.csv", "via:KZ", "via:RW")
        .read(None);
    assert!(world.is_some());
    insta::assert_snapshot!(said);
}

#[test]
fn corridors_become_the_cheapest_paths_of_each_pair() {
    let table = routes_table(&Example::corridors().world());
    // Cost of the direct paths from s to d: 20, 21 and twice 23 (by b and back to a; by a and b), told apart by their
    // links; flows halve with each dollar: 8, 4, 1, 1 of 14. By the papers: 115 and 116.
    insta::assert_snapshot!(table);
}

#[test]
fn routes_of_a_named_corridor_share_their_extra_cost() {
    let world = Example::corridors().world();
    let shared = world.numbers.find("corridor.papers.extra_cost_usd_per_t").unwrap();
    let ghosts = world.routes_where(|route| route.via.is_some());
    assert_eq!(ghosts.len(), 2);
    assert!(ghosts.iter().all(|&ghost| world.routes[ghost].extra_cost == shared));
    assert!(
        world
            .numbers
            .find("route.s1>d1:ghost:J:1.extra_cost_usd_per_t")
            .is_none()
    );
    assert!(
        world
            .numbers
            .find("route.s1>d1:ghost:J:1.potential_t_per_month")
            .is_some()
    );
}

#[test]
fn generated_routes_are_the_same_whatever_the_order_of_links() {
    let example = Example::corridors();
    let mut lines: Vec<&str> = example.files["links.csv"].lines().collect();
    lines[1..].reverse();
    let reversed = example.clone().with("links.csv", lines.join("\n"));
    assert_eq!(routes_table(&example.world()), routes_table(&reversed.world()));
}

#[test]
fn the_routes_of_corridors_read_back_from_their_table() {
    let example = Example::corridors();
    let table = routes_table(&example.world());
    let spelt_out = example
        .without("corridors.csv")
        .without("baseline.csv")
        .with("routes.csv", table.clone());
    assert_eq!(routes_table(&spelt_out.world()), table);
}

#[test]
fn a_path_may_enter_and_leave_papers_by_one_link() {
    let example = Example::corridors().patched("links.csv", "pd,p,d,road,1,0,100,x\n", "");
    let world = example.world();
    let ghosts = world.routes_where(|route| route.via.is_some());
    let links: Vec<&str> = world.routes[ghosts[0]]
        .links
        .iter()
        .map(|&link| world.links[link].id.as_str())
        .collect();
    assert_eq!(links, ["sa", "ap", "ap", "ad"]);
}

#[test]
fn a_corridor_without_a_path_is_shown_at_its_waypoints() {
    let cut = Example::corridors()
        .patched("links.csv", "ap,a,p,paper,0,50,0,x\n", "")
        .patched("links.csv", "pd,p,d,road,1,0,100,x\n", "");
    assert_faults!(cut);
}

#[test]
fn a_baseline_needs_a_direct_corridor() {
    assert_faults!(Example::corridors().patched("corridors.csv", "s1;s2,d1;d2", "s1,d1;d2"));
}

#[test]
fn one_path_in_two_corridors_is_a_fault() {
    assert_faults!(Example::corridors().patched("corridors.csv", "good,s2,d1,direct", "good,s1,d1,direct"));
}

#[test]
fn routes_and_corridors_stand_side_by_side() {
    let header =
        "id,supply,demand,kind,via,links,baseline_t_per_month,potential_t_per_month,extra_cost_usd_per_t,source";
    let example = Example::corridors().with("routes.csv", format!("{header}\nby-sea,s1,d1,direct,,sd,60,,0,x\n"));
    let world = example.world();
    // The latent corridor's potential follows the whole baseline of the pair: half of 140 + 60.
    let ghosts = world.routes_where(|route| route.via.is_some());
    let potentials = ghosts
        .iter()
        .map(|&ghost| world.numbers.get(world.routes[ghost].potential).value);
    assert!((potentials.sum::<f64>() - 100.0).abs() < 1e-9);
    assert_eq!(world.supply_quantities()[SupplyIndex::new(0)], Tonnes::new(200.0));
}

#[test]
fn a_capacity_may_apply_to_a_generated_route() {
    let header =
        "id,applies_to,commodities,limit_t_per_month,ceiling_t_per_month,growth_per_month,dead_time_months,source";
    let row = "c,route:s1>d1:direct::2,,50,,,,x";
    let world = Example::corridors()
        .with("capacities.csv", format!("{header}\n{row}\n"))
        .world();
    let users = world
        .routes
        .indices()
        .filter(|&route| world.uses(route, &world.capacities.rows()[0]));
    assert_eq!(users.count(), 1);
}

#[test]
fn a_path_too_dear_to_carry_anything_is_left_out_with_a_warning() {
    let dear = Example::corridors().patched("links.csv", "sb,s,b,road,1,12,0", "sb,s,b,road,1,90000,0");
    let dear = dear.patched("corridors.csv", "direct,,,4", "direct,,,9");
    let (world, said) = dear.read(None);
    assert!(world.is_some());
    assert!(
        said.contains("costs so much more than other paths that it would carry nothing"),
        "{said}"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn mangled_worlds_never_panic(
        table in 0usize..9,
        position in 0usize..600,
        with in "[a-z0-9;,.\n\"-]{0,6}",
    ) {
        for example in [Example::spelt_out(), Example::corridors()] {
            let name = *example.files.keys().nth(table % example.files.len()).unwrap();
            let mut text = example.files[name].clone();
            let start = position % text.len();
            let end = (start + with.len()).min(text.len());
            text.replace_range(start..end, &with);
            example.with(name, text).read(None);
        }
    }
}

#[test]
fn corridors_without_a_baseline_may_stand_beside_routes() {
    let corridors = "commodity,supplies,demands,kind,via,waypoints,paths,potential_share,extra_cost_usd_per_t,source\n\
                     plywood,by-plywood,de-plywood,ghost,KZ,almaty,1,0.1,20,assumed\n";
    let world = Example::spelt_out().with("corridors.csv", corridors).world();
    let route = &world.routes.rows()[4];
    assert_eq!(route.id, "by-plywood>de-plywood:ghost:KZ:1");
    assert_eq!(world.numbers.get(route.potential).value, 900.0);
}
