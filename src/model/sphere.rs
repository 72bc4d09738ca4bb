//! Distances on the globe.

use super::units::Kilometres;
use crate::math::{asin, cos, sin};

/// Mean radius of the Earth, kilometres.
const RADIUS: f64 = 6371.0;

/// The shortest distance over the globe between two places, given by latitude and longitude in degrees.
pub fn great_circle((latitude, longitude): (f64, f64), (other_latitude, other_longitude): (f64, f64)) -> Kilometres {
    let half = |one: f64, other: f64| sin((other - one).to_radians() / 2.0);
    let (north, east) = (half(latitude, other_latitude), half(longitude, other_longitude));
    // The haversine formula, which loses nothing between near places.
    let haversine = north * north + cos(latitude.to_radians()) * cos(other_latitude.to_radians()) * east * east;
    Kilometres::new(2.0 * RADIUS * asin(haversine.sqrt().min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Kilometres, expected: f64) {
        assert!((found.get() / expected - 1.0).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn a_quarter_of_the_equator_and_of_a_meridian_are_ten_thousand_kilometres() {
        near(great_circle((0.0, 10.0), (0.0, 100.0)), 10_007.5);
        near(great_circle((0.0, 10.0), (90.0, -50.0)), 10_007.5);
        near(great_circle((0.0, 179.0), (0.0, -179.0)), 222.4);
        assert_eq!(great_circle((53.9, 27.6), (53.9, 27.6)), Kilometres::ZERO);
        near(great_circle((53.9, 27.57), (52.52, 13.4)), 954.3);
    }
}
