//! Ports and networks at their limits: `capacities.csv`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::data::{CapacityItem, Named, PageCapacities, PageCapacityRow};
use super::frame::Frame;
use super::number::PageNumber;
use super::series::{SeriesOf, columns_of, sum, tail};
use super::words::{capacity_kind, capacity_name, words};
use crate::results::read::{DescribedResults, UnreadableResults};
use crate::results::schema::CAPACITIES;

/// Capacities of one good on the page.
const MOST: usize = 12;
/// On a page with many scenarios.
const MOST_OF_MANY: usize = 6;

/// Limit, flow p05, p50 and p95, rent, binding.
type CapacityColumns = SeriesOf<String, 6>;
const FLOW: usize = 2;
const RENT: usize = 4;
const BINDING: usize = 5;

/// How much a capacity matters, in the order of comparison: the rent it earns over the run, in dollars, from medians; in how many
/// months it binds, as a sum of shares of draws; tonnes that pass. Of several scenarios the largest.
#[derive(Clone, Copy, Default)]
struct Weight([f64; 3]);

impl Weight {
    fn new(columns: &[Vec<PageNumber>; 6]) -> Self {
        let rents = columns[FLOW].iter().zip(&columns[RENT]);
        let rents = rents.filter_map(|(flow, rent)| Some(flow.get()? * rent.get()?));
        Self([
            rents.fold(0.0, |sum, rent| sum + rent),
            sum(&columns[BINDING]),
            sum(&columns[FLOW]),
        ])
    }

    fn or_larger(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].max(other.0[place])))
    }

    fn compared_with(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        let orders = pairs.map(|(one, other)| one.total_cmp(other));
        orders.fold(Ordering::Equal, Ordering::then)
    }

    fn is_used(&self) -> bool {
        self.0[2] > 0.0
    }
}

/// The capacities of each good that matter most; none if nothing passes any.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn capacities(frame: &Frame<'_>) -> Result<Option<PageCapacities>, UnreadableResults> {
    let reference = read_capacities(frame, &frame.sets[0])?;
    let mut weights: BTreeMap<String, Weight> = BTreeMap::new();
    let mut stored = Vec::new();
    for (place, set) in frame.sets.iter().enumerate() {
        let own = if place == 0 {
            None
        } else {
            Some(read_capacities(frame, set)?)
        };
        let series = own.as_ref().unwrap_or(&reference);
        let before = (place > 0).then_some(&reference);
        let mut rows = BTreeMap::new();
        for (id, columns) in series {
            let weight = weights.entry(id.clone()).or_default();
            *weight = weight.or_larger(Weight::new(columns));
            if let Some(tail) = tail(id, columns, before) {
                rows.insert(id.clone(), tail);
            }
        }
        stored.push(rows);
    }
    let items = chosen(frame, &weights);
    let row = |rows: &BTreeMap<String, (usize, [Vec<PageNumber>; 6])>| -> Vec<PageCapacityRow> {
        let found = items.iter().enumerate();
        found
            .filter_map(|(place, item)| {
                let (from, [limit, low, middle, high, rent, binding]) = rows.get(&item.named.id)?.clone();
                Some((place, from, limit, low, middle, high, rent, binding))
            })
            .collect()
    };
    let rows = stored.iter().map(row).collect();
    Ok((!items.is_empty()).then_some(PageCapacities { items, rows }))
}

fn read_capacities(frame: &Frame<'_>, set: &DescribedResults) -> Result<CapacityColumns, UnreadableResults> {
    let mut series = SeriesOf::new();
    let Some(mut table) = set.table(CAPACITIES.file)? else {
        return Ok(series);
    };
    let columns = table.columns(["month", "capacity", "quantity", "mean", "p05", "p50", "p95"])?;
    let [month, capacity, quantity, mean, p05, p50, p95] = columns;
    while let Some(row) = table.next_row()? {
        let id = row.text(capacity);
        let at = frame.month_of(row.text(month)).map_err(|reason| row.fault(reason))?;
        // Bans and exits have a limit for each pair: too many, and too small, for a picture.
        let Some(at) = at.filter(|_| !is_of_pair(frame, id)) else {
            continue;
        };
        let places: &[(usize, usize)] = match row.text(quantity) {
            "limit" => &[(0, p50)],
            "flow" => &[(1, p05), (FLOW, p50), (3, p95)],
            "rent" => &[(4, p50)],
            "binding" => &[(5, mean)],
            _ => &[],
        };
        let cells = columns_of(frame, &mut series, id.to_owned());
        for (place, column) in places {
            cells[*place][at] = PageNumber::new(row.number(*column)?);
        }
    }
    Ok(series)
}

fn is_of_pair(frame: &Frame<'_>, id: &str) -> bool {
    id.contains('>')
        && frame
            .sets
            .iter()
            .all(|set| set.context.capacities.iter().all(|row| row.id != id))
}

/// The capacities of each good that matter most, in that order.
fn chosen(frame: &Frame<'_>, weights: &BTreeMap<String, Weight>) -> Vec<CapacityItem> {
    let most = if frame.has_many() { MOST_OF_MANY } else { MOST };
    let used = weights.iter().filter(|(_, weight)| weight.is_used());
    let mut items: Vec<(Weight, CapacityItem)> = used.map(|(id, weight)| (*weight, item(frame, id))).collect();
    // Equals stay in the order of their ids.
    items.sort_by(|one, other| other.0.compared_with(&one.0));
    let mut taken = vec![0; frame.goods.named.len()];
    let mut chosen = Vec::new();
    for (_, item) in items {
        // Those that count all goods share the first place.
        let places: &[usize] = if item.goods.is_empty() { &[0] } else { &item.goods };
        if places.iter().any(|good| taken[*good] < most) {
            places.iter().for_each(|good| taken[*good] += 1);
            chosen.push(item);
        }
    }
    chosen
}

fn item(frame: &Frame<'_>, id: &str) -> CapacityItem {
    let places = |ids: &[String]| -> Vec<usize> {
        let found: BTreeSet<usize> = ids.iter().filter_map(|good| frame.goods.find(good)).collect();
        let is_all = found.len() + 1 >= frame.goods.named.len();
        if is_all {
            Vec::new()
        } else {
            found.into_iter().collect()
        }
    };
    let mut capacities = frame.sets.iter().flat_map(|set| &set.context.capacities);
    if let Some(capacity) = capacities.find(|capacity| capacity.id == id) {
        return CapacityItem {
            named: Named::new(id, &capacity_name(frame, capacity)),
            kind: capacity_kind(frame, capacity),
            goods: places(&capacity.goods),
        };
    }
    // A measure that acts as a capacity: its id, and after it the good where it has several.
    let (measure, rest) = id.split_once(':').unwrap_or((id, ""));
    let good = rest.rsplit(':').next().unwrap_or_default();
    let mut measures = frame.sets.iter().flat_map(|set| &set.context.measures);
    let goods = match frame.goods.find(good) {
        Some(good) => vec![good],
        None => measures
            .find(|row| row.id == measure)
            .map_or(Vec::new(), |row| places(&row.goods)),
    };
    CapacityItem {
        named: Named::new(id, &words(measure)),
        kind: "measure".to_owned(),
        goods,
    }
}
