use std::path::Path;

use super::*;
use crate::diagnostic::Report;

fn shipped_world() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/worlds/eurasia");
    crate::input::world::read(&folder, None, &mut Report::default()).unwrap()
}

#[test]
fn a_pattern_matches_ids_from_end_to_end() {
    assert!(matches_pattern("potash-by>*", "potash-by>potash-in:direct::1"));
    assert!(matches_pattern("*:ghost:*", "a>b:ghost:KZ:1"));
    assert!(matches_pattern("a*b*c", "a-b-b-c") && matches_pattern("*", "") && matches_pattern("ab", "ab"));
    assert!(!matches_pattern("potash*", "a>potash") && !matches_pattern("a*b", "a-b-c") && !matches_pattern("a", "ab"));
}

#[test]
fn a_frame_holds_its_places_and_shapes_are_true_in_the_middle() {
    let frame = Frame::around([(50.0, 20.0), (60.0, 40.0)].into_iter());
    for place in [(50.0, 20.0), (60.0, 40.0)] {
        let (x, y) = frame.point(place);
        assert!((0.0..=WIDTH).contains(&x) && (HEADING..=HEADING + frame.height).contains(&y));
    }
    // A degree of longitude at 55 degrees north is cos(55) of a degree of latitude.
    let (x, y) = frame.scale;
    assert!((x / y - 0.573_576).abs() < 1e-5, "{}", x / y);
    assert!(frame.height <= TALLEST + 1e-9);
}

#[test]
fn a_line_is_cut_where_it_leaves_the_picture() {
    let frame = Frame::around([(0.0, 0.0), (10.0, 10.0)].into_iter());
    let inside = frame.point((5.0, 5.0));
    let outside = frame.point((5.0, 500.0));
    let line = [outside, outside, inside, inside, outside, outside, outside];
    assert_eq!(frame.visible(&line), [&line[1..=4]]);
    assert!(frame.visible(&[outside, outside]).is_empty());
}

#[test]
fn a_straight_line_ends_at_the_edge_of_the_picture() {
    let frame = Frame::of("10,40,50,60".parse().unwrap());
    let (middle, bottom) = ((600.0, HEADING + 50.0), HEADING + frame.height);
    assert_eq!(
        frame.cut(middle, (700.0, HEADING + 60.0)),
        Some([middle, (700.0, HEADING + 60.0)])
    );
    assert_eq!(
        frame.cut(middle, (600.0, HEADING - 50.0)),
        Some([middle, (600.0, HEADING)])
    );
    let across = frame.cut((-1200.0, bottom - 10.0), (2400.0, bottom - 10.0));
    assert_eq!(across, Some([(0.0, bottom - 10.0), (WIDTH, bottom - 10.0)]));
    assert_eq!(frame.cut((-10.0, bottom), (-20.0, HEADING)), None);
}

#[test]
fn a_part_is_four_numbers_in_order_on_earth() {
    let part = Part {
        west: 15.0,
        south: 50.0,
        east: 45.0,
        north: 62.0,
    };
    assert_eq!("15,50,45, 62".parse(), Ok(part));
    for text in [
        "",
        "15,50,45",
        "15,50,45,x",
        "45,50,15,62",
        "15,62,45,50",
        "15,50,45,91",
        "NaN,0,1,2",
    ] {
        assert!(text.parse::<Part>().is_err(), "{text}");
    }
}

#[test]
fn names_do_not_cover_each_other() {
    let mut labels = Labels::default();
    let found: Vec<_> = (0..5).map(|_| labels.place((100.0, 100.0), "minsk")).collect();
    assert!(found[..4].iter().all(Option::is_some), "right or left, above or below");
    assert_eq!(found[4], None);
    assert!(labels.place((300.0, 100.0), "minsk").is_some());
}

#[test]
fn every_coastline_can_be_read() {
    let frame = Frame::around(std::iter::empty());
    let pairs = COASTLINES.lines().flat_map(|line| line.split(' '));
    let mut count = 0;
    for pair in pairs {
        let (longitude, latitude) = pair.split_once(',').unwrap();
        let (longitude, latitude): (i32, i32) = (longitude.parse().unwrap(), latitude.parse().unwrap());
        assert!(longitude.abs() <= 1800 && latitude.abs() <= 900, "{pair}");
        count += 1;
    }
    assert!(count > 5000, "{count}");
    assert!(frame.height > 0.0);
}

#[test]
fn chosen_routes_are_drawn_with_the_names_of_their_places() {
    let world = shipped_world();
    let routes = routes_like(&world, "potash-by>potash-in:direct::*");
    assert!(!routes.is_empty());
    let map = WorldMap {
        title: "Potash <by rail>",
        world: &world,
        routes: &routes,
        part: None,
    };
    let text = map.render();
    assert!(text.contains("Potash &lt;by rail&gt;"), "{text}");
    for node in &world.routes[routes[0]].nodes {
        let id = &world.nodes[*node].id;
        assert_eq!(
            world.nodes[*node].position.is_some(),
            text.contains(&format!(">{id}<")),
            "{id}"
        );
    }
    assert!(places_of(&world, routes[0]).contains(" =rail=> "));
    let unused = world
        .links
        .iter()
        .find(|(link, _)| routes.iter().all(|&route| !world.routes[route].links.contains(link)));
    assert!(
        unused.is_some() && text.contains("stroke-width=\"0.6\""),
        "other links stay in the background"
    );
}
