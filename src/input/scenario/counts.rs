//! Whole numbers by target and month: facts that have a date.

use super::leaves::{Count, Reference};
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use super::wire::{Leaf, Placed, read_placed};
use crate::diagnostic::Report;
use crate::model::Month;

/// Counts as written, by target and month; the places of these are their own.
#[derive(Clone, Debug)]
pub(super) struct WrittenCounts(pub Vec<(Placed<Reference>, Vec<DatedCount>)>);

/// A count with its month.
#[derive(Clone, Debug)]
pub(super) struct DatedCount {
    pub month: Placed<Month>,
    pub count: u32,
}

impl Leaf for WrittenCounts {
    const EXPECTED: &'static str = "a table of targets and months";
    const EXAMPLE: &'static str = "{ KG = { \"2022-07\" = 4 } }";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::Table(targets) = &item.value else {
            return Self::mismatch(item, report);
        };
        // Every entry is read, so that each faulty one is reported.
        let read: Vec<Option<_>> = targets
            .entries
            .iter()
            .map(|(target, months)| Some((named(target), read_months(target, months, report)?)))
            .collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }
}

fn named(key: &TomlKey) -> Placed<Reference> {
    Placed {
        value: Reference(key.name.clone()),
        place: key.place.clone(),
    }
}

fn read_months(target: &TomlKey, item: &TomlItem, report: &mut Report) -> Option<Vec<DatedCount>> {
    let TomlValue::Table(TomlTable { entries }) = &item.value else {
        report
            .fault(
                item.place.clone(),
                format!(
                    "expected the months of {}, found {}",
                    quoted(&target.name),
                    item.found()
                ),
            )
            .help(format!("write it like {}", WrittenCounts::EXAMPLE));
        return None;
    };
    let read: Vec<Option<DatedCount>> = entries
        .iter()
        .map(|(key, item)| {
            let (month, count) = (read_month(key, report), Count::read(item, report));
            Some(DatedCount {
                month: month?,
                count: count?.0,
            })
        })
        .collect();
    read.into_iter().collect()
}

/// A key that is a month.
fn read_month(key: &TomlKey, report: &mut Report) -> Option<Placed<Month>> {
    let written = TomlItem {
        value: TomlValue::Text(key.name.clone()),
        place: key.place.clone(),
    };
    read_placed(&written, report)
}
