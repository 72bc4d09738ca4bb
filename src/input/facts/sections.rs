//! The keys of files of facts.

use super::leaves::IdOrList;
use crate::diagnostic::{Place, Report};
use crate::input::scenario::leaves::{Id, Reference, Text};
use crate::input::scenario::tree::{TomlItem, TomlValue};
use crate::input::scenario::wire::{KeyRule, Leaf, Placed, Wire, check_missing, check_unknown_with, wire};
use crate::model::{Flow, Month, MonthRange, Published, RouteKind, Unit};

type IdList = Vec<Placed<Reference>>;
type RouteKindList = Vec<Placed<RouteKind>>;

const GOODS: &str = "[\"machinery\", \"electronics\"]";
const SERIES: &str = "\"eu-kg\"";
const BEFORE: &str = "\"2021-03..2021-11\"";

/// An entry of a list, and where it starts.
pub(super) struct PlacedEntry<T> {
    pub header: Place,
    pub keys: T,
}

wire! {
    /// `[[series]]`: a monthly sum of simulated trade.
    SeriesEntry {
        required id: Id = SERIES,
        required unit: Unit,
        optional book: BookTable,
        optional flow: FlowTable,
        optional throughput: ThroughputTable,
    }

    /// `book = { ... }`: customs records.
    BookTable {
        required reporter: IdOrList = "\"EU\"",
        required partner: IdOrList = "[\"KZ\", \"KG\"]",
        required flow: Flow,
        optional commodities: IdList = GOODS,
    }

    /// `flow = { ... }`: flows on routes.
    FlowTable {
        optional supplies: IdList = "[\"potash-by\"]",
        optional demands: IdList = "[\"potash-cn\"]",
        optional kinds: RouteKindList,
        optional vias: IdList = "[\"KZ\"]",
        optional commodities: IdList = GOODS,
    }

    /// `throughput = { ... }`: flows that pass places.
    ThroughputTable {
        required places: IdList = "[\"ust-luga\"]",
        optional supplies: IdList = "[\"potash-by\"]",
        optional commodities: IdList = GOODS,
    }

    /// `[[fact]]`: a published number with its definition.
    FactEntry {
        required id: Id = "\"F41\"",
        required what: Text,
        required observed: Published,
        required source: Text,
        optional note: Text,
        optional change: ChangeTable,
        optional level: AmountTable,
        optional mean: AmountTable,
        optional offset: OffsetTable,
        optional excess_share: ExcessTable,
        optional months_to_half: HalfTable,
    }

    /// `change = { ... }`
    ChangeTable {
        required of: Reference = SERIES,
        required months: MonthRange,
        required against: MonthRange = BEFORE,
    }

    /// `level = { ... }` and `mean = { ... }`
    AmountTable {
        required of: Reference = SERIES,
        required months: MonthRange,
        optional plus: f64 = "1.5e6",
    }

    /// `offset = { ... }`
    OffsetTable {
        required of: Reference = SERIES,
        required lost: Reference = "\"eu-ru\"",
        required months: MonthRange,
        required against: MonthRange = BEFORE,
    }

    /// `excess_share = { ... }`
    ExcessTable {
        required of: Reference = SERIES,
        required less: Reference = "\"kg-eu\"",
        required months: MonthRange,
        required against: MonthRange = BEFORE,
    }

    /// `months_to_half = { ... }`
    HalfTable {
        required of: Reference = SERIES,
        required from: Month,
        required end: MonthRange = "\"2022-10..2022-11\"",
        required base: MonthRange = "\"2021-01..2021-12\"",
    }

    /// `[[order]]`: facts whose medians fall.
    OrderEntry {
        required id: Id = "\"hubs\"",
        required what: Text,
        required facts: IdList = "[\"F41\", \"F42\"]",
        optional note: Text,
    }

    /// `[[picture]]`: a series over the months.
    PictureEntry {
        required id: Id = SERIES,
        required title: Text,
        required series: Reference = SERIES,
        required months: MonthRange = "\"2021-01..2022-12\"",
    }
}

/// Lets inline tables declared by [`wire!`] be read as values. Each line names a table, its key and an example.
macro_rules! nested {
    ($($table:ident $key:literal $example:literal,)+) => {$(
        impl Leaf for $table {
            const EXPECTED: &'static str = concat!("a table of the keys of `", $key, "`");
            const EXAMPLE: &'static str = $example;

            fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
                read_nested(item, concat!("`", $key, "`"), report)
            }
        }
    )+};
}
/// Reads an inline table; unknown and missing keys are reported.
fn read_nested<T: Leaf + Wire>(item: &TomlItem, section: &str, report: &mut Report) -> Option<T> {
    let TomlValue::Table(table) = &item.value else {
        return T::mismatch(item, report);
    };
    check_unknown_with(table, T::KEYS, section, home_of, report);
    check_missing(table, T::KEYS, section, &item.place, report);
    Some(<T as Wire>::read(table, report))
}

nested! {
    BookTable "book" "{ reporter = \"EU\", partner = \"KG\", flow = \"export\" }",
    FlowTable "flow" "{ supplies = [\"potash-by\"] }",
    ThroughputTable "throughput" "{ places = [\"ust-luga\"] }",
    ChangeTable "change" "{ of = \"eu-kg\", months = \"2022-03..2022-11\", against = \"2021-03..2021-11\" }",
    AmountTable "level or mean" "{ of = \"eu-kg\", months = \"2022-03..2022-11\" }",
    OffsetTable "offset" "{ of = \"eu-kg\", lost = \"eu-ru\", months = \"2022-03..2022-11\", against = \"2021-03..2021-11\" }",
    ExcessTable "excess_share" "{ of = \"eu-kg\", less = \"kg-eu\", months = \"2022-03..2022-11\", against = \"2021-03..2021-11\" }",
    HalfTable "months_to_half" "{ of = \"eu-kg\", from = \"2022-02\", end = \"2022-10..2022-11\", base = \"2021-01..2021-12\" }",
}

/// The tables of a file of facts: how the header of each is written, and its keys.
pub(super) const TABLES: [(&str, &[KeyRule]); 12] = [
    ("[[series]]", SeriesEntry::KEYS),
    ("`book`", BookTable::KEYS),
    ("`flow`", FlowTable::KEYS),
    ("`throughput`", ThroughputTable::KEYS),
    ("[[fact]]", FactEntry::KEYS),
    ("`change`", ChangeTable::KEYS),
    ("`level`", AmountTable::KEYS),
    ("`offset`", OffsetTable::KEYS),
    ("`excess_share`", ExcessTable::KEYS),
    ("`months_to_half`", HalfTable::KEYS),
    ("[[order]]", OrderEntry::KEYS),
    ("[[picture]]", PictureEntry::KEYS),
];

/// In words, the table that a key belongs to; none unless exactly one table has it.
pub(super) fn home_of(key: &str) -> Option<String> {
    let has = |(_, keys): &&(&str, &[KeyRule])| keys.iter().any(|rule| rule.name == key);
    let mut homes = TABLES.iter().filter(has);
    match (homes.next(), homes.next()) {
        (Some((home, _)), None) => Some(format!("in {home}")),
        _ => None,
    }
}
