//! Reading a published number, or a range of them.

use super::sections::home_of;
use crate::diagnostic::Report;
use crate::input::scenario::leaves::finite_number;
use crate::input::scenario::tree::{TomlItem, TomlValue};
use crate::input::scenario::wire::{Field, Leaf, Wire, check_unknown_with, wire};
use crate::model::Published;

wire! {
    /// `{ low = ..., high = ... }`. The range is open at an end that is left out.
    RangeTable {
        optional low: f64,
        optional high: f64,
    }
}

impl Leaf for Published {
    const EXPECTED: &'static str = "a number or a range";
    const EXAMPLE: &'static str = "{ low = 0.05, high = 0.1 }";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::Table(table) = &item.value else {
            return finite_number(item, report).map(|value| Self {
                low: value,
                high: value,
            });
        };
        let section = "`observed`";
        check_unknown_with(table, RangeTable::KEYS, section, home_of, report);
        let RangeTable { low, high } = RangeTable::read(table, report);
        if low.is_absent() && high.is_absent() {
            report
                .fault(item.place.clone(), "this range has no end")
                .help(format!("write it like {}", Self::EXAMPLE));
            return None;
        }
        let low = end(&low, f64::NEG_INFINITY)?;
        let high = end(&high, f64::INFINITY)?;
        if low > high {
            report
                .fault(item.place.clone(), format!("`low` is above `high`: {low} and {high}"))
                .help("give the smaller number as `low`");
            return None;
        }
        Some(Self { low, high })
    }
}

/// An end of a range: `open` if it is left out, none if it is faulty.
fn end(end: &Field<f64>, open: f64) -> Option<f64> {
    match end {
        Field::Absent => Some(open),
        Field::Faulty => None,
        Field::Given(end) => Some(end.value),
    }
}
