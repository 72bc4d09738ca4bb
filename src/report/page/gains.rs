//! Who gains and who loses: rows of metrics with a party, or with an intermediary.

use std::collections::BTreeMap;

use super::data::{GainColumn, GainGroup, GainRow, Named};
use super::frame::{Frame, SUCCESS};
use super::number::PageNumber;
use super::totals::{MetricPlace, PageTotals, TotalCell};
use super::words::{capacity_kind, capacity_name, goods_of};

const TRANSIT: GainColumn = GainColumn {
    id: SUCCESS,
    name: "Restricted trade by its roads or papers",
    unit: "usd",
    noun: "transit",
};
const RENTS: GainColumn = GainColumn {
    id: "intermediary_rent",
    name: "Extra earnings of its go-betweens",
    unit: "usd",
    noun: "extra earnings",
};
const SALES: GainColumn = GainColumn {
    id: "sales",
    name: "What it sells",
    unit: "usd",
    noun: "sales",
};
const PURCHASES: GainColumn = GainColumn {
    id: "purchases",
    name: "What it buys",
    unit: "usd",
    noun: "purchases",
};
const SURPLUS: GainColumn = GainColumn {
    id: "surplus",
    name: "Gain of its sellers and buyers",
    unit: "usd",
    noun: "surplus",
};
const BYSTANDERS: GainColumn = GainColumn {
    id: "genuine_trade_lost",
    name: "Own trade as a bystander",
    unit: "usd",
    noun: "own trade",
};
const EARNINGS: GainColumn = GainColumn {
    id: "capacity_rent",
    name: "Extra earnings at the limit",
    unit: "usd",
    noun: "extra earnings",
};

/// Columns of a group.
const MOST_COLUMNS: usize = 4;

/// The groups of parties that results speak of; none if nobody gains or loses.
pub fn gains(frame: &Frame<'_>, totals: &PageTotals) -> Option<Vec<GainGroup>> {
    let mut groups = vec![countries(frame, totals)];
    for (name, id, kinds) in [
        (
            "ports and borders",
            "places",
            &["port", "border", "terminal", "link", "market", "origin"][..],
        ),
        ("networks", "networks", &["network"]),
        ("trade relations", "relations", &["relation"]),
    ] {
        groups.push(capacities(frame, totals, (name, id), kinds));
    }
    let found: Vec<GainGroup> = groups.into_iter().filter(|group| !group.rows.is_empty()).collect();
    (!found.is_empty()).then_some(found)
}

/// The parties of a group, its columns and rows, while they are found.
struct Gathered {
    parties: Vec<Named>,
    places: BTreeMap<String, usize>,
    columns: Vec<GainColumn>,
    rows: Vec<GainRow>,
}

impl Gathered {
    fn new() -> Self {
        Self {
            parties: Vec::new(),
            places: BTreeMap::new(),
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds what each scenario changes of one metric for one party.
    fn add(&mut self, frame: &Frame<'_>, column: &GainColumn, party: &Named, place: MetricPlace, cells: &[TotalCell]) {
        for (scenario, cell) in cells.iter().enumerate() {
            let [mean, low, high] = match scenario {
                0 => cell.level,
                _ => [cell.difference[0], cell.difference[1], cell.difference[2]],
            };
            // How much the rest of the world trades in all would hide every other amount.
            if scenario == 0 && is_rest(frame, party) {
                continue;
            }
            // Losses stand to the left of zero in every column.
            let [mean, low, high] = if column.id == BYSTANDERS.id {
                [-mean, -high, -low]
            } else {
                [mean, low, high]
            };
            let mean = PageNumber::new(mean);
            if mean.get().is_none_or(|mean| mean == 0.0) {
                continue;
            }
            let (party, column) = (self.party(party), self.column(column));
            let (low, high) = (PageNumber::new(low), PageNumber::new(high));
            self.rows.push((scenario, place.good, party, column, mean, low, high));
        }
        debug_assert_eq!(cells.len(), frame.sets.len(), "a cell for each scenario");
    }

    fn party(&mut self, party: &Named) -> usize {
        *self.places.entry(party.id.clone()).or_insert_with(|| {
            self.parties.push(party.clone());
            self.parties.len() - 1
        })
    }

    fn column(&mut self, column: &GainColumn) -> usize {
        let known = self.columns.iter().position(|known| known.id == column.id);
        known.unwrap_or_else(|| {
            self.columns.push(column.clone());
            self.columns.len() - 1
        })
    }

    fn group(self, name: &'static str, id: &'static str) -> GainGroup {
        let Self {
            parties, columns, rows, ..
        } = self;
        GainGroup {
            name,
            id,
            parties,
            columns,
            rows,
        }
    }
}

/// Whether a party stands for all countries that the world does not name.
fn is_rest(frame: &Frame<'_>, party: &Named) -> bool {
    let mut known = frame.sets.iter().flat_map(|set| &set.context.jurisdictions);
    known.any(|known| known.id == party.id && known.rest_of_world)
}

/// The whole-run rows of a metric.
fn rows_of<'t>(
    frame: &Frame<'_>,
    totals: &'t PageTotals,
    metric: &str,
) -> impl Iterator<Item = (MetricPlace, &'t [TotalCell])> + use<'t> {
    let metric = frame.metric(metric);
    let cells = totals.cells.iter();
    cells
        .filter(move |(place, _)| Some(place.metric) == metric && place.period == 0)
        .map(|(place, cells)| (*place, cells.as_slice()))
}

fn countries(frame: &Frame<'_>, totals: &PageTotals) -> GainGroup {
    let mut gathered = Gathered::new();
    // The first columns that have anything to say.
    for column in [TRANSIT, SALES, SURPLUS, BYSTANDERS, PURCHASES, RENTS] {
        if gathered.columns.len() == MOST_COLUMNS {
            break;
        }
        let by_via = [TRANSIT.id, RENTS.id].contains(&column.id);
        for (place, cells) in rows_of(frame, totals, column.id) {
            let land = match (by_via, place.via, place.party) {
                (true, via, -1) if via >= 0 => Some(via as usize),
                (false, -1, party) if party >= 0 => frame.lands.find(&totals.parties[party as usize]),
                _ => None,
            };
            if let Some(land) = land {
                gathered.add(frame, &column, &frame.lands.named[land], place, cells);
            }
        }
    }
    gathered.group("countries", "countries")
}

fn capacities(
    frame: &Frame<'_>,
    totals: &PageTotals,
    (name, id): (&'static str, &'static str),
    kinds: &[&str],
) -> GainGroup {
    let mut gathered = Gathered::new();
    for (place, cells) in rows_of(frame, totals, EARNINGS.id).filter(|(place, _)| place.party >= 0) {
        let party = &totals.parties[place.party as usize];
        let mut known = frame.sets.iter().flat_map(|set| &set.context.capacities);
        let Some(capacity) = known.find(|capacity| capacity.id == *party) else {
            continue;
        };
        if kinds.contains(&capacity_kind(frame, capacity).as_str()) {
            let goods = goods_of(frame, &capacity.goods);
            let name = capacity_name(frame, capacity);
            let name = if goods.is_empty() {
                name
            } else {
                format!("{name}, {goods}")
            };
            gathered.add(frame, &EARNINGS, &Named::new(party, &name), place, cells);
        }
    }
    gathered.group(name, id)
}
