//! A world on a map: coasts, borders, links and nodes, and the chosen routes.
//!
//! The projection is equirectangular: degrees of longitude are shortened by the cosine of the middle latitude, so that
//! shapes there are true. A link is a straight line between its ends, not its real way; a sea lane goes around land.

mod lanes;
#[cfg(test)]
mod tests;

pub(in crate::report) use lanes::Sea;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::math::cos;
use crate::model::{JurisdictionIndex, LinkIndex, Mode, NodeIndex, RouteIndex, World};
use crate::report::svg::{self, Anchor, Stroke, SvgDocument, SvgPoint};
use crate::results::FileKind;

/// Natural Earth's land at 1:50 million, simplified by docs/make-coastlines.py: a line for each coast, pairs of longitude
/// and latitude in tenths of a degree.
const COASTLINES: &str = include_str!("coastlines.txt");
/// Borders between the countries of Europe, Asia and the north of Africa, from the same source in the same form.
const BORDERS: &str = include_str!("borders.txt");

/// Size of the picture, without its heading.
const WIDTH: f64 = 1200.0;
const TALLEST: f64 = 900.0;
const HEADING: f64 = 60.0;
/// Room around the outermost nodes, as a share of the map.
const MARGIN: f64 = 0.06;
/// The smallest stretch that is shown, in degrees.
const SMALLEST: f64 = 4.0;

const COAST: &str = "#c9d2d6";
const BORDER: &str = "#dde3e6";
const BACKGROUND: &str = "#e3e7e9";
const NODE: &str = "#333333";
const LABEL: &str = "#333333";
const LABEL_SIZE: f64 = 11.0;

/// Colours that colour-blind readers can tell apart (Okabe and Ito), and dashes for those who print in grey.
fn stroke_of(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Road => ("#d55e00", ""),
        Mode::Rail => ("#000000", "7 3"),
        Mode::Sea => ("#0072b2", ""),
        Mode::Air => ("#56b4e9", "6 2 1 2"),
        Mode::Pipeline => ("#009e73", "2 3"),
        Mode::Paper => ("#cc79a7", "1 4"),
    }
}

/// Coastlines as latitudes and longitudes in degrees.
pub(in crate::report) fn coastlines() -> impl Iterator<Item = Vec<(f64, f64)>> {
    COASTLINES.lines().map(degrees)
}

/// Borders between countries, likewise.
pub(in crate::report) fn borders() -> impl Iterator<Item = Vec<(f64, f64)>> {
    BORDERS.lines().map(degrees)
}

/// The latitudes and longitudes of a line of pairs in tenths of a degree.
fn degrees(line: &str) -> Vec<(f64, f64)> {
    let points = line.split(' ').filter_map(|pair| {
        let (longitude, latitude) = pair.split_once(',')?;
        let tenths = |text: &str| text.parse::<f64>().ok().map(|tenths| tenths / 10.0);
        Some((tenths(latitude)?, tenths(longitude)?))
    });
    points.collect()
}

/// A map of a world.
#[derive(Clone, Copy, Debug)]
pub struct WorldMap<'a> {
    pub title: &'a str,
    pub world: &'a World,
    /// The routes to draw; without any, all nodes and links are named and drawn alike.
    pub routes: &'a [RouteIndex],
    /// The part to show; without one, all nodes that are drawn with their names.
    pub part: Option<Part>,
}

/// A part of the world in degrees, north and east positive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Part {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl FromStr for Part {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a part is written WEST,SOUTH,EAST,NORTH in degrees, like 15,50,45,62";
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|number| number.trim().parse::<f64>()).collect();
        let [west, south, east, north] = numbers.map_err(|_| EXPECTED)?[..] else {
            return Err(EXPECTED);
        };
        let is_on_earth = west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
        // Written so that NaN is refused.
        if !(is_on_earth && west < east && south < north) {
            return Err(
                "a part lies between -180 and 180, -90 and 90 degrees, west before east and south before north",
            );
        }
        Ok(Self {
            west,
            south,
            east,
            north,
        })
    }
}

/// How a file shows that it is a picture drawn here.
pub fn map_kind() -> FileKind {
    FileKind::new("a picture drawn by this program", svg::beginning())
}

impl WorldMap<'_> {
    /// The map as SVG.
    pub fn render(&self) -> String {
        let named = self.named_nodes();
        let frame = match self.part {
            Some(part) => Frame::of(part),
            None => Frame::around(named.iter().filter_map(|&node| self.world.nodes[node].position)),
        };
        let description = format!(
            "Map of {} nodes, {} links and {} of the world's {} routes.",
            self.world.nodes.len(),
            self.world.links.len(),
            self.routes.len(),
            self.world.routes.len()
        );
        let mut document = SvgDocument::new(self.title, &description);
        draw_lines(&frame, borders(), BORDER, &mut document);
        draw_lines(&frame, coastlines(), COAST, &mut document);
        let used = self.links_used();
        // Links that no chosen route uses stay in the background.
        let background = Stroke {
            colour: BACKGROUND,
            width: 0.6,
            dashes: "",
        };
        let sea = Sea::new();
        for link in self.world.links.indices().filter(|link| !used.contains_key(link)) {
            self.draw_link(&frame, link, &sea, &background, &mut document);
        }
        let most = used.values().copied().max().unwrap_or(1) as f64;
        for (&link, &routes) in &used {
            let width = if self.routes.is_empty() {
                1.0
            } else {
                1.2 + 2.8 * routes as f64 / most
            };
            let (colour, dashes) = stroke_of(self.world.links[link].mode);
            self.draw_link(&frame, link, &sea, &Stroke { colour, width, dashes }, &mut document);
        }
        self.draw_nodes(&frame, &named, &mut document);
        // Lines that leave the map end below the heading.
        let heading = [(0.0, 0.0), (WIDTH, 0.0), (WIDTH, HEADING), (0.0, HEADING)];
        document.area(&heading, "#ffffff", 1.0);
        document.bold_text((12.0, 26.0), 18.0, LABEL, self.title);
        draw_legend(used.keys().map(|&link| self.world.links[link].mode), &mut document);
        document.finish(WIDTH, frame.height + HEADING)
    }

    /// Nodes with their names, those that most routes pass first: a name that would cover another is left out.
    fn draw_nodes(&self, frame: &Frame, named: &BTreeSet<NodeIndex>, document: &mut SvgDocument) {
        let passing = |node: NodeIndex| {
            let rows = self.world.routes.rows().iter();
            rows.filter(|route| route.nodes.contains(&node)).count()
        };
        let mut nodes: Vec<(usize, NodeIndex)> = named.iter().map(|&node| (passing(node), node)).collect();
        nodes.sort_by_key(|&(routes, node)| (std::cmp::Reverse(routes), node));
        let mut labels = Labels::default();
        for (_, node) in nodes {
            let row = &self.world.nodes[node];
            let Some(point) = row.position.map(|position| frame.point(position)) else {
                continue;
            };
            if !frame.holds(point) {
                continue;
            }
            document.speck(point, NODE);
            if let Some((at, anchor)) = labels.place(point, &row.id) {
                document.text(at, LABEL_SIZE, LABEL, anchor, &row.id);
            }
        }
    }

    /// The nodes that are drawn with their names.
    fn named_nodes(&self) -> BTreeSet<NodeIndex> {
        if self.routes.is_empty() {
            return self.world.nodes.indices().collect();
        }
        let routes = self.routes.iter().map(|&route| &self.world.routes[route]);
        routes.flat_map(|route| route.nodes.iter().copied()).collect()
    }

    /// How many of the chosen routes use each link; without a choice, each link once.
    fn links_used(&self) -> BTreeMap<LinkIndex, usize> {
        if self.routes.is_empty() {
            return self.world.links.indices().map(|link| (link, 1)).collect();
        }
        let mut used = BTreeMap::new();
        for &route in self.routes {
            let links: BTreeSet<LinkIndex> = self.world.routes[route].links.iter().copied().collect();
            for link in links {
                *used.entry(link).or_insert(0) += 1;
            }
        }
        used
    }

    /// A straight line over land and in the air, a way around land at sea.
    fn draw_link(&self, frame: &Frame, link: LinkIndex, sea: &Sea, stroke: &Stroke<'_>, document: &mut SvgDocument) {
        let row = &self.world.links[link];
        let [from, to] = row.ends.map(|end| self.world.nodes[end].position);
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        let pieces = match row.mode {
            Mode::Sea => sea.lane(from, to),
            _ => vec![vec![from, to]],
        };
        for pair in pieces.iter().flat_map(|piece| piece.windows(2)) {
            if let Some(shown) = frame.cut(frame.point(pair[0]), frame.point(pair[1])) {
                document.line(&shown, stroke);
            }
        }
    }
}

fn draw_lines(frame: &Frame, lines: impl Iterator<Item = Vec<(f64, f64)>>, colour: &str, document: &mut SvgDocument) {
    let stroke = Stroke {
        colour,
        width: 1.0,
        dashes: "",
    };
    for line in lines {
        let points: Vec<SvgPoint> = line.into_iter().map(|place| frame.point(place)).collect();
        for run in frame.visible(&points) {
            document.line(run, &stroke);
        }
    }
}

/// The modes that are drawn, below the title.
fn draw_legend(modes: impl Iterator<Item = Mode>, document: &mut SvgDocument) {
    let modes: BTreeSet<Mode> = modes.collect();
    for (place, mode) in modes.into_iter().enumerate() {
        let (colour, dashes) = stroke_of(mode);
        let left = 12.0 + 90.0 * place as f64;
        let line = [(left, 46.0), (left + 28.0, 46.0)];
        let width = 2.5;
        document.line(&line, &Stroke { colour, width, dashes });
        document.text((left + 34.0, 50.0), 12.0, LABEL, Anchor::Start, mode.name());
    }
}

/// Names on the map, none of which covers another.
#[derive(Default)]
struct Labels {
    /// Left, top, right and bottom of each.
    taken: Vec<[f64; 4]>,
}

impl Labels {
    /// A free place for a name beside its point: to the right or left, above or below; none if all are taken.
    fn place(&mut self, (x, y): SvgPoint, text: &str) -> Option<(SvgPoint, Anchor)> {
        // Letters are about half as wide as they are high.
        let width = 0.55 * LABEL_SIZE * text.chars().count() as f64;
        for (right, above) in [(true, true), (true, false), (false, true), (false, false)] {
            let left = if right { x + 4.0 } else { x - 4.0 - width };
            let base = if above { y - 4.0 } else { y + 4.0 + 0.8 * LABEL_SIZE };
            let new = [left, base - LABEL_SIZE, left + width, base + 2.0];
            let is_free =
                |taken: &[f64; 4]| new[2] < taken[0] || taken[2] < new[0] || new[3] < taken[1] || taken[3] < new[1];
            let is_inside = new[0] >= 0.0 && new[2] <= WIDTH && new[1] >= HEADING;
            if is_inside && self.taken.iter().all(is_free) {
                self.taken.push(new);
                let anchor = if right { Anchor::Start } else { Anchor::End };
                return Some(((if right { left } else { x - 4.0 }, base), anchor));
            }
        }
        None
    }
}

/// The stretch of the world that is shown, and where its places lie in the picture.
#[derive(Clone, Copy, Debug)]
struct Frame {
    west: f64,
    north: f64,
    /// Units of the picture for a degree of longitude and of latitude.
    scale: (f64, f64),
    height: f64,
}

impl Frame {
    /// The frame around some places, latitude and longitude in degrees; all the world where there are none.
    fn around(places: impl Iterator<Item = (f64, f64)>) -> Self {
        let places: Vec<(f64, f64)> = places.collect();
        let span = |values: &dyn Fn(&(f64, f64)) -> f64, whole: (f64, f64)| {
            let values = places.iter().map(values);
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            if low > high {
                return whole;
            }
            let room = (MARGIN * (high - low)).max((SMALLEST - (high - low)) / 2.0).max(0.5);
            (low - room, high + room)
        };
        let (south, north) = span(&|place| place.0, (-60.0, 80.0));
        let (west, east) = span(&|place| place.1, (-180.0, 180.0));
        Self::of(Part {
            west,
            south,
            east,
            north,
        })
    }

    /// The frame that shows a part, with what lies beside it where the picture is wider.
    fn of(part: Part) -> Self {
        let Part {
            west,
            south,
            east,
            north,
        } = part;
        let shortened = cos(f64::midpoint(south, north).to_radians()).max(0.1);
        // As wide as the picture, unless that would be too tall.
        let by_width = WIDTH / (east - west);
        let by_height = TALLEST / (north - south) * shortened;
        let per_longitude = by_width.min(by_height);
        let per_latitude = per_longitude / shortened;
        // The width that is left over lies on both sides.
        let spare = (WIDTH / per_longitude - (east - west)) / 2.0;
        Self {
            west: west - spare,
            north,
            scale: (per_longitude, per_latitude),
            height: per_latitude * (north - south),
        }
    }

    /// A place in the picture.
    fn point(&self, (latitude, longitude): (f64, f64)) -> SvgPoint {
        let (x, y) = self.scale;
        ((longitude - self.west) * x, HEADING + (self.north - latitude) * y)
    }

    /// Whether a point lies in the picture.
    fn holds(&self, (x, y): SvgPoint) -> bool {
        (0.0..=WIDTH).contains(&x) && (HEADING..=HEADING + self.height).contains(&y)
    }

    /// The part of a straight line that lies in the picture (Liang and Barsky 1984).
    fn cut(&self, (x0, y0): SvgPoint, (x1, y1): SvgPoint) -> Option<[SvgPoint; 2]> {
        let (dx, dy) = (x1 - x0, y1 - y0);
        let (mut enters, mut leaves) = (0.0f64, 1.0f64);
        // By how much the line moves out over each edge, and how far inside it starts.
        for (out, inside) in [
            (-dx, x0),
            (dx, WIDTH - x0),
            (-dy, y0 - HEADING),
            (dy, HEADING + self.height - y0),
        ] {
            if out == 0.0 {
                if inside < 0.0 {
                    return None;
                }
            } else if out < 0.0 {
                enters = enters.max(inside / out);
            } else {
                leaves = leaves.min(inside / out);
            }
        }
        (enters <= leaves).then(|| [enters, leaves].map(|part| (x0 + part * dx, y0 + part * dy)))
    }

    /// The stretches of a line of which some end lies in the picture.
    fn visible<'p>(&self, points: &'p [SvgPoint]) -> Vec<&'p [SvgPoint]> {
        let is_in = |&point: &SvgPoint| self.holds(point);
        let mut runs = Vec::new();
        let mut first = None;
        for place in 0..points.len().saturating_sub(1) {
            let is_shown = is_in(&points[place]) || is_in(&points[place + 1]);
            match (is_shown, first) {
                (true, None) => first = Some(place),
                (false, Some(start)) => {
                    runs.push(&points[start..=place]);
                    first = None;
                }
                _ => {}
            }
        }
        if let Some(start) = first {
            runs.push(&points[start..]);
        }
        runs
    }
}

/// The places of a route in the order of travel, with the mode of each link: `Soligorsk =rail=> Vitebsk`.
pub fn places_of(world: &World, route: RouteIndex) -> String {
    let route = &world.routes[route];
    let mut text = world.nodes[route.nodes[0]].id.clone();
    for (link, node) in route.links.iter().zip(&route.nodes[1..]) {
        text += &format!(" ={}=> {}", world.links[*link].mode.name(), world.nodes[*node].id);
    }
    text
}

/// Kilometres that the goods of a route travel: documents do not count.
pub fn kilometres(world: &World, route: RouteIndex) -> f64 {
    let links = world.routes[route].links.iter().map(|&link| &world.links[link]);
    links
        .filter(|link| link.mode != Mode::Paper)
        .fold(0.0, |sum, link| sum + link.distance.get())
}

/// The jurisdictions that a route passes, in the order of travel.
pub fn jurisdictions_of(world: &World, route: RouteIndex) -> String {
    let nodes = world.routes[route].nodes.iter();
    let mut passed: Vec<JurisdictionIndex> = nodes.map(|&node| world.nodes[node].jurisdiction).collect();
    passed.dedup();
    let ids = passed
        .iter()
        .map(|&jurisdiction| world.jurisdictions[jurisdiction].id.as_str());
    ids.collect::<Vec<_>>().join(" ")
}

/// The places where the goods of a route change the mode or the ship, in the order of travel. A place where the world
/// charges nothing for that is marked.
pub fn transfers_of(world: &World, route: RouteIndex) -> String {
    let route = &world.routes[route];
    let mut told = Vec::new();
    for (&node, links) in route.nodes.iter().skip(1).zip(route.links.windows(2)) {
        let [arriving, leaving] = [links[0], links[1]].map(|link| world.links[link].mode);
        if world.nodes[node].kind.transfers(arriving, leaving) {
            let is_charged = route
                .transfers
                .iter()
                .any(|&transfer| world.transfers[transfer].node == node);
            let id = &world.nodes[node].id;
            told.push(if is_charged { id.clone() } else { format!("{id} (free)") });
        }
    }
    told.join(" ")
}

/// The routes of the corridors of an id, in order.
pub fn routes_of_corridor(world: &World, id: &str) -> Vec<RouteIndex> {
    let found = world
        .routes
        .iter()
        .filter(|(_, route)| world.corridor(route) == Some(id));
    found.map(|(index, _)| index).collect()
}

/// The routes whose id matches a pattern, in order: `*` stands for any text.
pub fn routes_like(world: &World, pattern: &str) -> Vec<RouteIndex> {
    let is_like = |id: &str| matches_pattern(pattern, id);
    let found = world.routes.iter().filter(|(_, route)| is_like(&route.id));
    found.map(|(index, _)| index).collect()
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
