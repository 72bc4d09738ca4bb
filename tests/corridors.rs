//! Routes that corridors make, as `show` and `check` tell of them, on the hub world with rows of its own.

mod common;

use std::fs;
use std::path::Path;

use common::{repository, roundabout, stderr};

const HEADER: &str = "commodity,supplies,demands,kind,via,waypoints,paths,potential_share,extra_cost_usd_per_t,source,id,jurisdictions,detour\n";

/// The hub world with corridors and a transfer at its port.
fn hub(folder: &Path, corridors: &str) {
    for entry in fs::read_dir(repository().join("tests/worlds/hub")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let port = "id,node,cargo,usd_per_t,days,source\nport,quay,,1,0,made-up\n";
    fs::write(folder.join("transfers.csv"), port).unwrap();
    fs::write(folder.join("corridors.csv"), HEADER.to_owned() + corridors).unwrap();
}

fn show(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut all = vec!["show", folder.to_str().unwrap(), "--format", "csv"];
    all.extend(arguments);
    let output = roundabout(&all);
    let text = if output.status.success() {
        String::from_utf8(output.stdout).unwrap()
    } else {
        stderr(&output)
    };
    (output.status.success(), text)
}

#[test]
fn the_routes_of_a_corridor_are_shown_with_their_places_length_and_transfers() {
    let folder = tempfile::tempdir().unwrap();
    hub(
        folder.path(),
        "ore,ore-s,ore-b,reexport,ALT,souk;mine;quay,1,0.1,5,made-up,by-souk,,\n\
         ore,ore-s,ore-b,relabel,HUB,quay,1,0.1,5,made-up,papers,,3\n\
         timber,timber-s,timber-b,relabel,HUB,,1,0.1,5,made-up,papers,,\n",
    );
    let map = folder.path().join("map.svg");
    let (_, shown) = show(folder.path(), &["--corridor", "papers", "--map", map.to_str().unwrap()]);
    let expected = "what,id,column,value\n\
        route,ore-s>ore-b:relabel:HUB:1,places,mine =rail=> quay =sea=> city\n\
        route,ore-s>ore-b:relabel:HUB:1,jurisdictions,SEL BUY\n\
        route,ore-s>ore-b:relabel:HUB:1,transfers,quay\n\
        route,ore-s>ore-b:relabel:HUB:1,t_per_month,latent\n\
        route,ore-s>ore-b:relabel:HUB:1,km,3300\n\
        route,ore-s>ore-b:relabel:HUB:1,detour,3.30\n\
        route,timber-s>timber-b:relabel:HUB:1,places,mine =rail=> city\n";
    assert!(
        shown.contains("the route mine - quay - city is 3300 km long, more than 3 times the shortest way, 1000 km"),
        "{shown}"
    );

    let text = fs::read_to_string(folder.path().join("corridors.csv")).unwrap();
    fs::write(
        folder.path().join("corridors.csv"),
        text.replace(",papers,,3", ",papers,,4"),
    )
    .unwrap();
    let (fine, shown) = show(folder.path(), &["--corridor", "papers", "--map", map.to_str().unwrap()]);
    assert!(fine && shown.starts_with(expected), "{shown}");
    assert!(fs::read_to_string(&map).unwrap().contains("2 routes papers"));

    let (fine, shown) = show(
        folder.path(),
        &["--corridor", "by-souk", "--corridor", "papers", "--route", "grain-sea"],
    );
    assert!(fine && shown.matches(",places,").count() == 4, "{shown}");
    let by_souk = "places,mine =road=> souk =road=> mine =rail=> quay =sea=> city";
    assert!(
        shown.contains(by_souk) && shown.contains("transfers,mine (free) quay\n"),
        "{shown}"
    );
    assert!(shown.contains("jurisdictions,SEL ALT SEL BUY\n"), "{shown}");

    let (fine, said) = show(folder.path(), &["--corridor", "paper"]);
    assert!(!fine && said.contains("there are by-souk, papers"), "{said}");
}
