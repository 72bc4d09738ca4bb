//! Where trade goes: `flows.csv`, summed over the supplies and demands of a group.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{Named, PageFlows, PageWay};
use super::frame::Frame;
use super::number::PageNumber;
use super::series::{SeriesOf, sum, tail};
use crate::model::ResultUnit;
use crate::results::read::{DescribedResults, GoodPrices, UnreadableResults};
use crate::results::schema::FLOWS;

/// Good, seller, kind, via and buyer; sellers and buyers are lands.
type FlowKey = (usize, usize, String, i32, usize);
/// Good, seller and buyer.
type TradeKey = (usize, usize, usize);

/// The flows of goods, sellers and buyers of which a measure of some scenario restricts direct trade; none if there are none.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn flows(frame: &Frame<'_>) -> Result<Option<PageFlows>, UnreadableResults> {
    let groups = Groups::new(frame);
    let restricted: BTreeSet<TradeKey> = frame
        .sets
        .iter()
        .flat_map(|set| groups.restricted(frame, set))
        .collect();
    if restricted.is_empty() {
        return Ok(None);
    }
    let reference = read_flows(frame, &frame.sets[0], &groups, &restricted)?;
    let mut stored: Vec<Vec<(FlowKey, usize, Vec<PageNumber>)>> = Vec::new();
    let mut sizes = Sizes::default();
    for (place, set) in frame.sets.iter().enumerate() {
        let own = if place == 0 {
            None
        } else {
            Some(read_flows(frame, set, &groups, &restricted)?)
        };
        let series = own.as_ref().unwrap_or(&reference);
        sizes.add(series);
        let before = (place > 0).then_some(&reference);
        let rows = series.iter().filter_map(|(key, columns)| {
            let (from, [mean]) = tail(key, columns, before)?;
            Some((key.clone(), from, mean))
        });
        stored.push(rows.collect());
    }
    let (sellers, buyers, ways) = (largest(&sizes.sellers), largest(&sizes.buyers), sizes.ways());
    if ways.is_empty() {
        return Ok(None);
    }
    let place = |list: &[usize], land: usize| list.iter().position(|known| *known == land);
    let row = |(key, from, mean): (FlowKey, usize, Vec<PageNumber>)| {
        let (good, seller, kind, via, buyer) = key;
        let way = ways.iter().position(|way| way.kind == kind && way.via == via)?;
        Some((good, place(&sellers, seller)?, way, place(&buyers, buyer)?, from, mean))
    };
    let rows = stored
        .into_iter()
        .map(|rows| rows.into_iter().filter_map(row).collect())
        .collect();
    let named = |list: &[usize]| -> Vec<Named> { list.iter().map(|land| frame.lands.named[*land].clone()).collect() };
    Ok(Some(PageFlows {
        sellers: named(&sellers),
        buyers: named(&buyers),
        rows,
        ways,
    }))
}

/// Lands that the page shows as one: the members of a bloc that issues measures. A bloc that holds another such bloc is an
/// alliance, whose members stand for themselves.
struct Groups {
    /// By id of jurisdiction.
    group: BTreeMap<String, usize>,
}

impl Groups {
    fn new(frame: &Frame<'_>) -> Self {
        let issuers: BTreeSet<&str> = frame
            .sets
            .iter()
            .flat_map(|set| &set.context.measures)
            .map(|measure| measure.issuer.as_str())
            .collect();
        let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for land in frame.sets.iter().flat_map(|set| &set.context.jurisdictions) {
            for bloc in land.blocs.iter().filter(|bloc| issuers.contains(bloc.as_str())) {
                members.entry(bloc).or_default().insert(&land.id);
            }
        }
        let holds_another = |bloc: &str| {
            let own = &members[bloc];
            members
                .iter()
                .any(|(other, lands)| *other != bloc && lands.len() < own.len() && lands.is_subset(own))
        };
        let markets: Vec<&str> = members.keys().copied().filter(|bloc| !holds_another(bloc)).collect();
        let mut group = BTreeMap::new();
        for land in frame.sets.iter().flat_map(|set| &set.context.jurisdictions) {
            let bloc = markets.iter().find(|bloc| land.blocs.iter().any(|own| own == *bloc));
            let name = bloc.copied().unwrap_or(&land.id);
            if let Some(place) = frame.lands.find(name) {
                group.insert(land.id.clone(), place);
            }
        }
        Self { group }
    }

    /// Good and group of each supply or demand of a scenario, by id.
    fn markets<'s>(
        &self,
        frame: &Frame<'_>,
        set: &'s DescribedResults,
        supplies: bool,
    ) -> BTreeMap<&'s str, (usize, usize)> {
        let context = &set.context;
        let place = |id: &str| context.places.iter().find(|place| place.id == id);
        let rows = if supplies { &context.supplies } else { &context.demands };
        rows.iter()
            .filter_map(|row| {
                let good = frame.goods.find(&row.good)?;
                let group = self.group.get(&place(&row.place)?.jurisdiction)?;
                Some((row.id.as_str(), (good, *group)))
            })
            .collect()
    }

    fn restricted(&self, frame: &Frame<'_>, set: &DescribedResults) -> Vec<TradeKey> {
        let (supplies, demands) = (self.markets(frame, set, true), self.markets(frame, set, false));
        let pairs = set.context.restricted_pairs.iter();
        pairs
            .filter_map(|[supply, demand]| {
                let (good, seller) = supplies.get(supply.as_str())?;
                let (_, buyer) = demands.get(demand.as_str())?;
                Some((*good, *seller, *buyer))
            })
            .collect()
    }
}

/// Mean flows in million USD, by month.
fn read_flows(
    frame: &Frame<'_>,
    set: &DescribedResults,
    groups: &Groups,
    restricted: &BTreeSet<TradeKey>,
) -> Result<SeriesOf<FlowKey, 1>, UnreadableResults> {
    let mut sums: BTreeMap<FlowKey, Vec<f64>> = BTreeMap::new();
    let Some(mut table) = set.table(FLOWS.file)? else {
        return Ok(SeriesOf::new());
    };
    let (supplies, demands) = (groups.markets(frame, set, true), groups.markets(frame, set, false));
    let columns = ["month", "commodity", "supply", "demand", "kind", "via", "unit", "mean"];
    let [month, commodity, supply, demand, kind, via, unit, mean] = table.columns(columns)?;
    let prices = GoodPrices::new(&set.context);
    while let Some(row) = table.next_row()? {
        // Dollars of all goods together are no flow of one.
        if row.text(unit) != ResultUnit::Tonnes.name() {
            continue;
        }
        let ends = supplies.get(row.text(supply)).zip(demands.get(row.text(demand)));
        let Some((&(good, seller), &(_, buyer))) = ends else {
            return Err(row.fault("the context has no such supply or demand"));
        };
        let tonnes = row.number(mean)?;
        let price = prices.of_row(row.text(commodity), row.text(unit));
        let value = tonnes * price.ok_or_else(|| row.fault("the context has no price of this commodity"))?;
        let at = frame.month_of(row.text(month)).map_err(|reason| row.fault(reason))?;
        let Some(at) = at.filter(|_| value != 0.0 && restricted.contains(&(good, seller, buyer))) else {
            continue;
        };
        let via = frame.lands.find(row.text(via)).map_or(-1, |land| land as i32);
        let key = (good, seller, row.text(kind).to_owned(), via, buyer);
        sums.entry(key).or_insert_with(|| vec![0.0; frame.count])[at] += value / 1e6;
    }
    // Beyond its own months a scenario has no flows, not even of nothing.
    let own = frame.months_of(set);
    let rounded = |column: Vec<f64>| {
        let month = |(month, value)| {
            if own.contains(&month) {
                PageNumber::new(value)
            } else {
                PageNumber::ABSENT
            }
        };
        [column.into_iter().enumerate().map(month).collect()]
    };
    Ok(sums.into_iter().map(|(key, column)| (key, rounded(column))).collect())
}

/// Sums over all scenarios and months, by which lists are ordered.
#[derive(Default)]
struct Sizes {
    sellers: BTreeMap<usize, f64>,
    buyers: BTreeMap<usize, f64>,
    vias: BTreeMap<i32, f64>,
    kinds: BTreeSet<(i32, String)>,
}

impl Sizes {
    fn add(&mut self, series: &SeriesOf<FlowKey, 1>) {
        for ((_, seller, kind, via, buyer), [mean]) in series {
            let size = sum(mean);
            if size > 0.0 {
                *self.sellers.entry(*seller).or_insert(0.0) += size;
                *self.buyers.entry(*buyer).or_insert(0.0) += size;
                *self.vias.entry(*via).or_insert(0.0) += size;
                self.kinds.insert((*via, kind.clone()));
            }
        }
    }

    /// Direct first, then by intermediary, the largest first; the kinds of one stand together.
    fn ways(&self) -> Vec<PageWay> {
        let mut vias: Vec<(&i32, &f64)> = self.vias.iter().collect();
        vias.sort_by(|one, other| (*one.0 >= 0).cmp(&(*other.0 >= 0)).then(other.1.total_cmp(one.1)));
        let rank = |kind: &str| {
            ["direct", "reexport", "ghost", "relabel"]
                .iter()
                .position(|known| *known == kind)
        };
        let of_via = |via: i32| {
            let mut kinds: Vec<&String> = self
                .kinds
                .iter()
                .filter(|(own, _)| *own == via)
                .map(|(_, kind)| kind)
                .collect();
            kinds.sort_by_key(|kind| rank(kind));
            let way = move |kind: &String| PageWay {
                kind: kind.clone(),
                via,
            };
            kinds.into_iter().map(way).collect::<Vec<_>>()
        };
        vias.into_iter().flat_map(|(via, _)| of_via(*via)).collect()
    }
}

fn largest(sizes: &BTreeMap<usize, f64>) -> Vec<usize> {
    let mut found: Vec<(&usize, &f64)> = sizes.iter().collect();
    found.sort_by(|one, other| other.1.total_cmp(one.1));
    found.into_iter().map(|(land, _)| *land).collect()
}
