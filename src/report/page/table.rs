//! All metrics of all scenarios, for the whole run and each year.

use super::data::{Named, PageRow, PageTable};
use super::frame::Frame;
use super::number::PageNumber;
use super::totals::PageTotals;
use super::words::capacity_name;

/// The table; none without any row.
pub fn table(frame: &Frame<'_>, totals: &PageTotals) -> Option<PageTable> {
    let mut rows: Vec<PageRow> = Vec::new();
    for (place, cells) in &totals.cells {
        // Parties are many: of these the table has the whole run and all goods.
        if place.party >= 0 && (place.period, place.good) != (0, 0) {
            continue;
        }
        for (scenario, cell) in cells.iter().enumerate() {
            let [mean, low, high] = cell.level.map(PageNumber::new);
            let difference = if scenario == 0 {
                [PageNumber::ABSENT; 4]
            } else {
                cell.difference.map(PageNumber::new)
            };
            let is_nothing = |number: PageNumber| number.get().is_none_or(|number| number == 0.0);
            if is_nothing(mean) && is_nothing(difference[0]) {
                continue;
            }
            let [by, by_low, by_high, below] = difference;
            let keys = [scenario, place.metric, place.period, place.good].map(|key| key as i32);
            let [scenario, metric, period, good] = keys;
            rows.push(PageRow {
                keys: [scenario, metric, period, good, place.via, place.party],
                numbers: [mean, low, high, by, by_low, by_high, below],
            });
        }
    }
    (!rows.is_empty()).then(|| PageTable {
        periods: frame.periods().iter().map(ToString::to_string).collect(),
        parties: totals.parties.iter().map(|party| named(frame, party)).collect(),
        rows,
    })
}

fn named(frame: &Frame<'_>, party: &str) -> Named {
    let mut capacities = frame.sets.iter().flat_map(|set| &set.context.capacities);
    let name = match capacities.find(|capacity| capacity.id == party) {
        Some(capacity) => capacity_name(frame, capacity),
        None => frame.lands.name_of(party).to_owned(),
    };
    Named::new(party, &name)
}
