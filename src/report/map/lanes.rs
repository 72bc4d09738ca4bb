//! Sea lanes that keep to the water. A world says where a sea link begins and ends, not where it runs: a map draws the shortest way
//! over a grid of the sea. Nothing but pictures uses it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::coastlines;
use crate::math::cos;

/// Cells of a degree.
const FINE: usize = 2;
const COLUMNS: usize = 360 * FINE;
const ROWS: usize = 140 * FINE;
/// The grid begins in the Bering Strait, where little land lies across its edge.
const WEST: f64 = -170.0;
const NORTH: f64 = 82.0;
/// A cell of land is crossed where a port lies inland, and nowhere else if there is another way.
const LAND: u32 = 100;
/// North of this latitude there is ice: the Northern Sea Route is no lane for most ships.
const ICE: f64 = 73.0;
/// Degrees around an end of a lane where land is not minded.
const PORT: f64 = 1.5;
/// Waters that are narrower than a cell, each a line of latitudes and longitudes.
const STRAITS: [&[(f64, f64)]; 10] = [
    // Suez, the Bosporus with the Dardanelles, Kerch.
    &[(31.6, 32.3), (29.6, 32.6), (27.5, 34.0)],
    &[(41.6, 29.2), (40.8, 28.4), (40.3, 26.6), (39.9, 25.6)],
    &[(44.8, 36.6), (45.6, 36.6)],
    // Gibraltar, the Channel, the Belts.
    &[(36.0, -6.6), (36.0, -4.4)],
    &[(50.2, -0.5), (51.1, 1.6), (52.0, 2.6)],
    &[(57.6, 11.0), (56.3, 11.4), (55.3, 11.0), (54.5, 11.3), (54.5, 12.6)],
    // Bab al-Mandab, Hormuz, Malacca, Panama.
    &[(13.2, 43.1), (12.2, 44.0)],
    &[(25.6, 57.0), (26.5, 56.5), (26.3, 55.3)],
    &[(5.6, 98.4), (3.0, 100.7), (1.2, 103.6), (1.3, 104.6)],
    &[(9.6, -79.9), (8.7, -79.5)],
];

/// Latitude and longitude in degrees.
type Place = (f64, f64);

/// Lengths count thousandths of a cell's height.
const UNIT: f64 = 1000.0;

/// The grid of the sea.
pub(in crate::report) struct Sea {
    is_land: Vec<bool>,
    /// Sine and cosine of the latitude of each row, and of the longitude of each column.
    rows: Vec<(f64, f64)>,
    columns: Vec<(f64, f64)>,
}

impl Sea {
    /// Fills the outlines of land, and opens the straits.
    pub fn new() -> Self {
        let sine = |degrees: f64| (cos((90.0 - degrees).to_radians()), cos(degrees.to_radians()));
        let mut sea = Self {
            is_land: vec![false; ROWS * COLUMNS],
            rows: (0..ROWS).map(|row| sine(latitude(row))).collect(),
            columns: (0..COLUMNS).map(|column| sine(east(column))).collect(),
        };
        let coasts: Vec<Vec<Place>> = coastlines().collect();
        for row in 0..ROWS {
            if latitude(row) > ICE {
                sea.is_land[row * COLUMNS..(row + 1) * COLUMNS].fill(true);
                continue;
            }
            for (from, to) in land_on(&coasts, latitude(row)) {
                let is_within = |column: &usize| {
                    let east = east(*column);
                    [east - 360.0, east, east + 360.0]
                        .iter()
                        .any(|east| (from..to).contains(east))
                };
                let columns = (0..COLUMNS).filter(is_within);
                columns.for_each(|column| sea.is_land[row * COLUMNS + column] = true);
            }
        }
        for strait in STRAITS {
            for pair in strait.windows(2) {
                stretch(pair[0], pair[1]).for_each(|place| sea.is_land[cell(place)] = false);
            }
        }
        sea
    }

    /// The way between two places, in pieces where it leaves the grid on one side and comes back on the other.
    pub fn lane(&self, from: Place, to: Place) -> Vec<Vec<Place>> {
        let cells = self.shortest(cell(from), cell(to));
        let mut pieces = vec![vec![from]];
        let mut before = cell(from) % COLUMNS;
        for &at in cells.iter().skip(1) {
            let column = at % COLUMNS;
            if column.abs_diff(before) > COLUMNS / 2 {
                pieces.push(Vec::new());
            }
            before = column;
            if let Some(piece) = pieces.last_mut() {
                piece.push((latitude(at / COLUMNS), east(column) + WEST));
            }
        }
        if let Some(piece) = pieces.last_mut() {
            // The middle of the last cell gives way to the place in it.
            if piece.len() > 1 {
                piece.pop();
            }
            piece.push(to);
        }
        let is_open = |place: Place| {
            let is_near = |end: Place| (place.0 - end.0).abs() < PORT && (place.1 - end.1).abs() < PORT;
            !self.is_land[cell(place)] || is_near(from) || is_near(to)
        };
        pieces.iter().map(|piece| pulled(piece, &is_open)).collect()
    }

    /// A point on the unit sphere.
    fn point(&self, cell: usize) -> [f64; 3] {
        let ((up, out), (sine, cosine)) = (self.rows[cell / COLUMNS], self.columns[cell % COLUMNS]);
        [out * cosine, out * sine, up]
    }

    /// No more than the length of any way between two cells: that of the chord through the Earth.
    fn least(&self, one: usize, other: usize) -> u32 {
        let ([x1, y1, z1], [x2, y2, z2]) = (self.point(one), self.point(other));
        let squares = (x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) + (z1 - z2) * (z1 - z2);
        (squares.sqrt().to_degrees() * FINE as f64 * UNIT) as u32
    }

    /// The cells of the shortest way (Hart, Nilsson and Raphael 1968).
    fn shortest(&self, from: usize, to: usize) -> Vec<usize> {
        let mut known = vec![u32::MAX; self.is_land.len()];
        let mut before = vec![usize::MAX; self.is_land.len()];
        let mut open = BinaryHeap::from([Reverse((self.least(from, to), 0, from))]);
        known[from] = 0;
        while let Some(Reverse((_, cost, at))) = open.pop() {
            if at == to {
                break;
            }
            if cost > known[at] {
                continue;
            }
            for (next, step) in self.neighbours(at) {
                let price = if self.is_land[next] { LAND } else { 1 };
                let sum = cost + step * price;
                if sum < known[next] {
                    known[next] = sum;
                    before[next] = at;
                    open.push(Reverse((sum + self.least(next, to), sum, next)));
                }
            }
        }
        let mut cells = vec![to];
        while let Some(&at) = cells.last().filter(|&&at| at != from && before[at] != usize::MAX) {
            cells.push(before[at]);
        }
        cells.reverse();
        cells
    }

    /// The eight cells around one, and how far each is.
    fn neighbours(&self, at: usize) -> impl Iterator<Item = (usize, u32)> + use<> {
        let (row, column) = (at / COLUMNS, at % COLUMNS);
        let width = self.rows[row].1.max(0.1);
        let steps = (-1isize..=1).flat_map(|down| (-1isize..=1).map(move |right| (down, right)));
        steps.filter_map(move |(down, right)| {
            let row = row.checked_add_signed(down).filter(|row| *row < ROWS)?;
            let column = (column + COLUMNS).checked_add_signed(right)? % COLUMNS;
            let (dy, dx) = (down as f64, right as f64 * width);
            let length = (dx * dx + dy * dy).sqrt() * UNIT;
            (down != 0 || right != 0).then_some((row * COLUMNS + column, length as u32))
        })
    }
}

/// Where a line of latitude lies on land: from and to, in degrees east of the grid's edge, below zero or beyond 360 for land
/// that lies across the edge.
fn land_on(coasts: &[Vec<Place>], latitude: f64) -> Vec<(f64, f64)> {
    let mut land = Vec::new();
    for coast in coasts {
        let mut crossings = Vec::new();
        let mut x = coast.first().map_or(0.0, |(_, x)| x - WEST);
        for (place, &(y1, x1)) in coast.iter().enumerate() {
            let (y2, x2) = coast[(place + 1) % coast.len()];
            // Points on both sides of the date line are neighbours, and the outline goes on beyond it.
            let across = x2 - x1 - ((x2 - x1) / 360.0).round() * 360.0;
            if (y1 > latitude) != (y2 > latitude) {
                crossings.push(x + across * (latitude - y1) / (y2 - y1));
            }
            x += across;
        }
        crossings.sort_by(f64::total_cmp);
        land.extend(crossings.chunks_exact(2).map(|pair| (pair[0], pair[1])));
    }
    land
}

/// The latitude of the middle of a row.
fn latitude(row: usize) -> f64 {
    NORTH - (row as f64 + 0.5) / FINE as f64
}

/// The middle of a column, in degrees east of the grid's edge.
fn east(column: usize) -> f64 {
    (column as f64 + 0.5) / FINE as f64
}

/// The cell of a place; of one beyond the grid the nearest.
fn cell((latitude, longitude): Place) -> usize {
    let row = ((NORTH - latitude) * FINE as f64).clamp(0.0, ROWS as f64 - 1.0) as usize;
    let column = ((longitude - WEST).rem_euclid(360.0) * FINE as f64) as usize;
    row * COLUMNS + column.min(COLUMNS - 1)
}

/// Places on a straight line, close enough to meet every cell.
fn stretch((y1, x1): Place, (y2, x2): Place) -> impl Iterator<Item = Place> {
    let steps = ((y2 - y1).abs().max((x2 - x1).abs()) * 8.0).ceil().max(1.0);
    (0..=steps as usize).map(move |step| {
        let share = step as f64 / steps;
        (y1 + share * (y2 - y1), x1 + share * (x2 - x1))
    })
}

/// A way without the points that a straight line over open cells can do without.
fn pulled(way: &[Place], is_open: &dyn Fn(Place) -> bool) -> Vec<Place> {
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(&place) = way.get(at) {
        kept.push(place);
        let sees = |other: &usize| stretch(place, way[*other]).all(is_open);
        at = (at + 2..way.len()).rev().find(sees).unwrap_or(at + 1);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(lanes: &[Vec<Place>], south: f64, west: f64, north: f64, east: f64) -> bool {
        let mut pairs = lanes.iter().flat_map(|piece| piece.windows(2));
        let is_inside = |place: Place| (south..north).contains(&place.0) && (west..east).contains(&place.1);
        pairs.any(|pair| stretch(pair[0], pair[1]).any(is_inside))
    }

    #[test]
    fn lanes_go_around_land_and_through_straits() {
        let sea = Sea::new();
        let (rotterdam, st_petersburg, shanghai) = ((51.95, 4.1), (59.9, 30.2), (31.2, 121.8));
        let east = sea.lane(rotterdam, shanghai);
        assert!(passes(&east, 29.5, 32.0, 31.5, 33.0), "Suez");
        assert!(passes(&east, 1.0, 100.0, 5.0, 105.0), "Malacca");
        assert!(!passes(&east, 40.0, 5.0, 60.0, 120.0), "no land of Eurasia");
        let north = sea.lane(rotterdam, st_petersburg);
        assert!(passes(&north, 57.0, 8.0, 59.0, 12.0), "Skagerrak");
        assert!(north[0].len() > 4 && north[0].len() < 40);
        let from_baltic = sea.lane(st_petersburg, shanghai);
        assert!(passes(&from_baltic, 29.5, 32.0, 31.5, 33.0), "no way through the ice");
    }

    #[test]
    fn a_lane_over_the_edge_of_the_grid_is_in_pieces() {
        let pieces = Sea::new().lane((35.4, 139.8), (34.0, -118.3));
        assert_eq!(pieces.len(), 2);
        let [west, east] =
            [&pieces[0], &pieces[1]].map(|piece| piece.windows(2).all(|pair| (pair[0].1 - pair[1].1).abs() < 180.0));
        assert!(west && east);
    }

    #[test]
    fn open_water_is_crossed_straight() {
        let lane = Sea::new().lane((0.0, -30.0), (0.0, -10.0));
        assert_eq!(lane, [vec![(0.0, -30.0), (0.0, -10.0)]]);
    }
}
