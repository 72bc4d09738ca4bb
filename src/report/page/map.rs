//! Corridors on a map: `links.csv`, the places of the world, and coastlines.
//!
//! The projection is equirectangular, true at the middle latitude of the places. The plane begins in the Bering Strait, so that
//! Eurasia is in one piece.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::data::{MapLink, MapPlace, MapRow, Named, PageMap};
use super::frame::Frame;
use super::number::PageNumber;
use super::words::plain_name;
use crate::math::cos;
use crate::model::{Mode, Period, ReportPeriod};
use crate::report::map::{Sea, borders, coastlines};
use crate::results::context::{ContextLink, ContextPlace};
use crate::results::read::{DescribedResults, GoodPrices, UnreadableResults};
use crate::results::schema::LINKS;

/// Width of the plane.
const WIDTH: f64 = 10_000.0;
/// The longitude of its left edge, and latitudes of the other edges.
const WEST: f64 = -170.0;
const NORTH: f64 = 83.0;
const SOUTH: f64 = -56.0;
/// Kilometres of a degree of latitude.
const DEGREE: f64 = 111.2;
const CREDIT: &str =
    "Natural Earth, in the public domain. Borders show where power is held. That takes no side on what is claimed";

/// Link and good.
type LinkKey = (usize, usize);
/// Million USD a month, by period.
type Amounts = BTreeMap<LinkKey, Vec<PageNumber>>;

/// The map; none for a world without coordinates, or results without flows by link.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn map(frame: &Frame<'_>) -> Result<Option<PageMap>, UnreadableResults> {
    let network = Network::new(frame);
    if network.places.is_empty() {
        return Ok(None);
    }
    let periods = years(frame);
    let mut amounts = Vec::new();
    for set in frame.sets {
        amounts.push(read_links(frame, set, &network, &periods)?);
    }
    let links = amounts.iter().flat_map(|rows| rows.keys().map(|(link, _)| *link));
    let used: BTreeSet<usize> = links.collect();
    let used: Vec<usize> = used.into_iter().collect();
    if used.is_empty() {
        return Ok(None);
    }
    let plane = Plane::new(&network);
    let (places, ends) = plane.places(frame, &network, &used);
    let sea = Sea::new();
    let links = used.par_iter().zip(ends).map(|(&link, (from, to))| MapLink {
        from,
        to,
        mode: network.links[link].mode.clone(),
        path: plane
            .lane(&sea, &network, link)
            .or_else(|| around(&places[from], &places[to])),
    });
    let links = links.collect();
    let rows = (0..amounts.len())
        .map(|scenario| rows(&amounts, scenario, &used))
        .collect();
    Ok(Some(PageMap {
        width: WIDTH as u32,
        height: plane.height() as u32,
        km: PageNumber::new(DEGREE / plane.by_latitude),
        land: plane.land(),
        borders: plane.borders(),
        credit: CREDIT,
        places,
        links,
        periods: periods.iter().map(|(period, _)| period.to_string()).collect(),
        rows,
    }))
}

/// The calendar years of the page, each with its months in the run.
fn years(frame: &Frame<'_>) -> Vec<(ReportPeriod, f64)> {
    let years = frame.periods().into_iter().skip(1);
    let months = |period: &ReportPeriod| {
        let is_of = |index: &usize| ReportPeriod::year(frame.start.plus(*index as i32).year()) == *period;
        (0..frame.count).filter(is_of).count() as f64
    };
    years.map(|period| (period, months(&period))).collect()
}

/// The places with a position and the links between them, of all scenarios.
struct Network<'f> {
    places: BTreeMap<&'f str, &'f ContextPlace>,
    links: Vec<&'f ContextLink>,
    by_id: BTreeMap<&'f str, usize>,
}

impl<'f> Network<'f> {
    fn new(frame: &Frame<'f>) -> Self {
        let mut network = Self {
            places: BTreeMap::new(),
            links: Vec::new(),
            by_id: BTreeMap::new(),
        };
        for set in frame.sets {
            for place in set.context.places.iter().filter(|place| position(place).is_some()) {
                network.places.entry(&place.id).or_insert(place);
            }
            for link in &set.context.links {
                let ends = [&link.from, &link.to];
                let is_new = !network.by_id.contains_key(link.id.as_str());
                if is_new && ends.iter().all(|end| network.places.contains_key(end.as_str())) {
                    network.by_id.insert(&link.id, network.links.len());
                    network.links.push(link);
                }
            }
        }
        network
    }
}

fn position(place: &ContextPlace) -> Option<(f64, f64)> {
    place.lat.zip(place.lon)
}

fn read_links(
    frame: &Frame<'_>,
    set: &DescribedResults,
    network: &Network<'_>,
    periods: &[(ReportPeriod, f64)],
) -> Result<Amounts, UnreadableResults> {
    let mut sums: BTreeMap<LinkKey, Vec<f64>> = BTreeMap::new();
    let Some(mut table) = set.table(LINKS.file)? else {
        return Ok(Amounts::new());
    };
    let [period, link, commodity, unit, mean] = table.columns(["period", "link", "commodity", "unit", "mean"])?;
    let prices = GoodPrices::new(&set.context);
    while let Some(row) = table.next_row()? {
        let Some(price) = prices.of_row(row.text(commodity), row.text(unit)) else {
            continue;
        };
        let good = frame.goods.find(row.text(commodity));
        let good = good.ok_or_else(|| row.fault("the context has no such commodity"))?;
        let of = row
            .text(period)
            .parse::<ReportPeriod>()
            .map_err(|reason| row.fault(reason))?;
        let at = periods.iter().position(|(period, _)| *period == of);
        let is_year = matches!(of, ReportPeriod::Calendar(Period::Year(_)));
        if let (Some(at), Some(link), true) = (at, network.by_id.get(row.text(link)), is_year) {
            let cells = sums.entry((*link, good)).or_insert_with(|| vec![0.0; periods.len()]);
            cells[at] += row.number(mean)? * price / 1e6 / periods[at].1;
        }
    }
    let rounded = |cells: Vec<f64>| cells.into_iter().map(PageNumber::new).collect::<Vec<_>>();
    let amounts = sums.into_iter().map(|(key, cells)| (key, rounded(cells)));
    Ok(amounts
        .filter(|(_, cells)| cells.iter().any(|cell| cell.is_something()))
        .collect())
}

/// The rows of a scenario that are not the reference's; those of the reference that are not zero.
fn rows(amounts: &[Amounts], scenario: usize, used: &[usize]) -> Vec<MapRow> {
    let (own, reference) = (&amounts[scenario], &amounts[0]);
    let place = |link: usize| used.iter().position(|known| *known == link).unwrap_or_default();
    if scenario == 0 {
        let rows = own.iter();
        return rows
            .map(|((link, good), cells)| (place(*link), *good, cells.clone()))
            .collect();
    }
    let keys: BTreeSet<&LinkKey> = own.keys().chain(reference.keys()).collect();
    keys.into_iter()
        .filter(|key| own.get(key) != reference.get(key))
        .map(|key| {
            let nothing = || reference[key].iter().map(|_| PageNumber::ZERO).collect();
            let cells = own.get(key).cloned().unwrap_or_else(nothing);
            (place(key.0), key.1, cells)
        })
        .collect()
}

/// The projected plane.
struct Plane {
    by_longitude: f64,
    by_latitude: f64,
}

impl Plane {
    fn new(network: &Network<'_>) -> Self {
        let mut latitudes: Vec<f64> = network.places.values().filter_map(|place| place.lat).collect();
        latitudes.sort_by(f64::total_cmp);
        let middle = latitudes[latitudes.len() / 2].clamp(-60.0, 60.0);
        let by_longitude = WIDTH / 360.0;
        Self {
            by_longitude,
            by_latitude: by_longitude / cos(middle.to_radians()),
        }
    }

    fn height(&self) -> f64 {
        ((NORTH - SOUTH) * self.by_latitude).round()
    }

    /// A longitude as degrees east of the left edge.
    fn east(longitude: f64) -> f64 {
        (longitude - WEST).rem_euclid(360.0)
    }

    fn point(&self, latitude: f64, east: f64) -> (i32, i32) {
        let x = (east * self.by_longitude).round();
        let y = ((NORTH - latitude) * self.by_latitude).round();
        (x as i32, y as i32)
    }

    /// The places at the ends of the links used, and for each link the two.
    fn places(&self, frame: &Frame<'_>, network: &Network<'_>, used: &[usize]) -> (Vec<MapPlace>, Vec<(usize, usize)>) {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut places = Vec::new();
        let mut place_of = |id: &str| -> usize {
            let Some((id, place)) = network.places.get_key_value(id) else {
                return 0;
            };
            *known.entry(id).or_insert_with(|| {
                let (latitude, longitude) = position(place).unwrap_or_default();
                let (x, y) = self.point(latitude, Self::east(longitude));
                places.push(MapPlace {
                    named: Named::new(&place.id, plain_name(&place.name)),
                    x,
                    y,
                    kind: place.kind.clone(),
                    land: frame.lands.find(&place.jurisdiction).unwrap_or_default(),
                });
                places.len() - 1
            })
        };
        let ends = used.iter().map(|link| {
            let link = network.links[*link];
            (place_of(&link.from), place_of(&link.to))
        });
        let ends = ends.collect();
        (places, ends)
    }

    /// The way of a sea link around land; none for other links, which are straight.
    fn lane(&self, sea: &Sea, network: &Network<'_>, link: usize) -> Option<String> {
        let link = network.links[link];
        if link.mode != Mode::Sea.name() {
            return None;
        }
        let end = |id: &String| position(network.places.get(id.as_str())?);
        let pieces = sea.lane(end(&link.from)?, end(&link.to)?);
        let point = |&(latitude, longitude): &(f64, f64)| {
            let (x, y) = self.point(latitude, Self::east(longitude));
            format!("{x} {y}")
        };
        let path = |piece: &Vec<(f64, f64)>| format!("M{}", piece.iter().map(point).collect::<Vec<_>>().join("L"));
        Some(pieces.iter().map(path).collect())
    }

    /// Coastlines as closed outlines.
    fn land(&self) -> String {
        let outlines = coastlines().filter_map(|coast| self.path(&coast, 2));
        outlines.map(|outline| outline + "z").collect()
    }

    /// Borders as open lines.
    fn borders(&self) -> String {
        borders().filter_map(|border| self.path(&border, 1)).collect()
    }

    /// One line, relative to its first point; none if fewer steps than `least` are left of it in the plane.
    fn path(&self, line: &[(f64, f64)], least: usize) -> Option<String> {
        let shift = shift(line);
        let mut points: Vec<(i32, i32)> = Vec::new();
        let mut before: Option<f64> = None;
        for (latitude, longitude) in line {
            let mut east = longitude + shift - WEST;
            // Points on both sides of the date line are neighbours.
            east -= before.map_or(0.0, |before| ((east - before) / 360.0).round() * 360.0);
            before = Some(east);
            points.push(self.point(*latitude, east));
        }
        points.dedup();
        // An outline without steps would end the whole path: it is no valid one.
        let (first, steps) = (points.first()?, points.windows(2));
        let steps = steps.map(|pair| format!("{} {}", pair[1].0 - pair[0].0, pair[1].1 - pair[0].1));
        let steps: Vec<String> = steps.collect();
        (steps.len() >= least).then(|| format!("M{} {}l{}", first.0, first.1, steps.join(" ")))
    }
}

/// A link that is shorter over the edge of the plane: it leaves on one side and comes back on the other.
fn around(from: &MapPlace, to: &MapPlace) -> Option<String> {
    let width = WIDTH as i32;
    if (from.x - to.x).abs() <= width / 2 {
        return None;
    }
    let (left, right) = if from.x < to.x { (from, to) } else { (to, from) };
    let (before, after) = (f64::from(left.x), f64::from(width - right.x));
    let share = before / (before + after).max(1.0);
    let y = (f64::from(left.y) + share * f64::from(right.y - left.y)).round();
    Some(format!(
        "M{} {}L0 {y}M{width} {y}L{} {}",
        left.x, left.y, right.x, right.y
    ))
}

/// By how much a coast moves so that it lies in the plane as a whole.
fn shift(coast: &[(f64, f64)]) -> f64 {
    let first = coast.first().map_or(0.0, |(_, longitude)| *longitude);
    let mut east = first;
    let (mut low, mut high) = (first, first);
    for (_, longitude) in coast {
        east = longitude - ((longitude - east) / 360.0).round() * 360.0;
        (low, high) = (low.min(east), high.max(east));
    }
    let middle = f64::midpoint(low, high);
    let wanted = WEST + (middle - WEST).rem_euclid(360.0);
    wanted - middle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane() -> Plane {
        Plane {
            by_longitude: WIDTH / 360.0,
            by_latitude: WIDTH / 360.0,
        }
    }

    #[test]
    fn every_outline_of_land_has_steps_and_is_closed() {
        let land = plane().land();
        assert!(land.starts_with('M') && land.ends_with('z') && !land.contains("lz"));
        assert_eq!(land.matches('M').count(), land.matches('z').count());
        assert!(land.matches('z').count() > 300);
    }

    #[test]
    fn borders_are_open_lines() {
        let borders = plane().borders();
        assert!(borders.starts_with('M') && !borders.contains('z') && borders.matches('M').count() > 150);
    }

    #[test]
    fn a_coast_across_the_date_line_stays_in_one_piece() {
        // From 178 east to 178 west.
        let coast = [(10.0, 178.0), (10.0, -178.0), (12.0, -178.0), (12.0, 178.0)];
        let outline = plane().path(&coast, 2).unwrap();
        assert_eq!(outline, "M9667 2028l111 0 0 -56 -111 0");
    }
}
