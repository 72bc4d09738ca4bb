//! The hub world with records made up.

use std::path::Path;

use crate::diagnostic::Report;
use crate::model::{CommodityIndex, Flow, Month, Observation, Party, Period, PriceIndex, Unit, World};

/// The world with a hub. BUY and MEM are members of UNION.
pub fn hub() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
    crate::input::world::read(&folder, None, &mut Report::default()).unwrap()
}

/// A jurisdiction or a bloc.
pub fn party(world: &World, id: &str) -> Party {
    let found = world.jurisdictions.iter().find(|(_, row)| row.id == id);
    found.map_or_else(|| Party::Bloc(id.to_owned()), |(index, _)| Party::Jurisdiction(index))
}

pub fn good(world: &World, id: &str) -> CommodityIndex {
    world.commodities.iter().find(|(_, row)| row.id == id).unwrap().0
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Adds a record in dollars: `SEL-HUB-grain`, or `SEL-HUB-all`.
pub fn observe(world: &mut World, series: &str, flow: Flow, period: Period, value: f64) {
    let cells: Vec<&str> = series.split('-').collect();
    let row = Observation {
        reporter: party(world, cells[0]),
        partner: party(world, cells[1]),
        flow,
        commodity: (cells[2] != "all").then(|| good(world, cells[2])),
        period,
        value,
        unit: Unit::Dollars,
        source: String::new(),
    };
    world.observed.push(row);
}

/// Adds records of exports in dollars, a month each from the first on.
pub fn exports(world: &mut World, series: &str, first: &str, values: &[f64]) {
    for (later, value) in (0..).zip(values) {
        let period = Period::Month(month(first).plus(later));
        observe(world, series, Flow::Export, period, *value);
    }
}

/// Adds a figure of the index of exports.
pub fn price(world: &mut World, reporter: &str, year: i32, value: f64) {
    let row = PriceIndex {
        reporter: party(world, reporter),
        flow: Flow::Export,
        year,
        value,
        source: String::new(),
    };
    world.price_index.push(row);
}

pub fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}
