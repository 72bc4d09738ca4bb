//! How an inspection learns: an inline table of three numbers.

use super::quantity::Quantity;
use super::tree::{Item, Value};
use super::wire::{Leaf, Wire, check_missing, check_unknown, wire};
use crate::diagnostic::Report;

wire! {
    /// `suspicion = { ... }`
    WrittenSuspicion {
        required decay: Quantity = "0.1",
        required surge: Quantity = "0.2",
        required seized: Quantity = "5.0",
    }
}

impl Leaf for WrittenSuspicion {
    const EXPECTED: &'static str = "a table of `decay`, `surge` and `seized`";
    const EXAMPLE: &'static str = "{ decay = 0.1, surge = 0.2, seized = 5.0 }";

    fn read(item: &Item, report: &mut Report) -> Option<Self> {
        let Value::Table(table) = &item.value else {
            return Self::mismatch(item, report);
        };
        let section = "`suspicion`";
        check_unknown(table, Self::KEYS, section, report);
        check_missing(table, Self::KEYS, section, &item.place, report);
        Some(<Self as Wire>::read(table, report))
    }
}
