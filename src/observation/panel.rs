//! The monthly series that a world observes, ready to be laid beside simulated ones.

use std::collections::{BTreeMap, BTreeSet};

use super::records::Records;
use super::season::{self, YEAR};
use super::series::{compile, goods};
use crate::metrics::SparseSums;
use crate::model::{CommodityIndex, Flow, Month, Party, Trade, TradeSeries, Unit, World};

/// Which goods a series of records is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum GoodsOfSeries {
    All,
    One(CommodityIndex),
    /// What all goods are less those that have series of their own.
    Rest,
}

/// What a series of records is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SeriesKey {
    pub reporter: Party,
    pub partner: Party,
    pub flow: Flow,
    pub unit: Unit,
    pub goods: GoodsOfSeries,
}

impl SeriesKey {
    /// The goods in words, as tables spell them.
    pub fn goods_name<'w>(&self, world: &'w World) -> &'w str {
        match self.goods {
            GoodsOfSeries::All => crate::model::ALL,
            GoodsOfSeries::One(good) => &world.commodities[good].id,
            GoodsOfSeries::Rest => "rest",
        }
    }

    /// The goods in words, for titles.
    pub fn goods_words(&self, world: &World) -> String {
        match self.goods {
            GoodsOfSeries::All => "all goods".to_owned(),
            GoodsOfSeries::One(good) => world.commodities[good].id.replace('_', " "),
            GoodsOfSeries::Rest => "the rest".to_owned(),
        }
    }

    /// Reporter, partner and goods in short, such as `EU-KG-machinery`.
    pub fn label(&self, world: &World) -> String {
        let (reporter, partner) = (self.reporter.name(world), self.partner.name(world));
        format!("{reporter}-{partner}-{}", self.goods_name(world))
    }
}

/// A monthly series of records.
#[derive(Clone, Debug)]
pub struct PanelSeries {
    pub key: SeriesKey,
    /// Logarithms of the records by month of the panel; NaN where nothing is known.
    pub logs: Vec<f64>,
    /// Logarithms of the usual course of a year, by calendar month from January.
    pub season: [f64; YEAR],
    /// Standard deviation of a month's own noise, in logarithms.
    pub noise: f64,
    /// Whether no other series holds this one as a part: a bloc's rather than its members'.
    pub is_widest: bool,
    /// By month of the panel, whether the series counts beside the others of its reporter and partner, so that nothing counts
    /// twice: goods and the rest where the total is split into them, else the total.
    pub counts: Vec<bool>,
}

/// All monthly series that a world observes.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The first month.
    pub start: Month,
    /// How many months there are.
    pub months: usize,
    pub series: Vec<PanelSeries>,
    /// The same series of simulated flows.
    pub sums: SparseSums,
}

/// The least noise of a month: records are revised.
const LEAST_NOISE: f64 = 0.06;

impl Panel {
    /// The series of a world. Season and noise are those of the months to the end of `base`, a year before the measures.
    /// Members of a bloc that report themselves are added up to a series of the bloc too. None if nothing is observed by month.
    pub fn new(world: &World, base: i32) -> Option<Self> {
        let keys = keys(world);
        let parts: Vec<TradeSeries> = keys.iter().map(|key| trade(world, key, &keys)).collect();
        let records = Records::new(world, &parts);
        let months: Vec<BTreeMap<Month, f64>> =
            (0..keys.len()).map(|place| months_of(&keys, place, &records)).collect();
        let start = months.iter().filter_map(|months| months.keys().next()).min().copied()?;
        let end = months
            .iter()
            .filter_map(|months| months.keys().next_back())
            .max()
            .copied()?;
        let length = (end.since(start) + 1) as usize;
        let known_base = usize::try_from(Month::january(base + 1).since(start))
            .unwrap_or(0)
            .min(length);
        let logs: Vec<Vec<f64>> = months
            .iter()
            .map(|months| {
                let log = |place: usize| season::log_or_nan(months.get(&start.plus(place as i32)).copied());
                (0..length).map(log).collect()
            })
            .collect();
        let seasons = Seasons::new(&keys, &logs, start, known_base);
        let series = keys.iter().zip(&logs).enumerate().map(|(place, (key, logs))| {
            let season = seasons.of(key);
            let adjusted: Vec<f64> = (0..known_base)
                .map(|place| logs[place] - season[calendar(start, place)])
                .collect();
            let noise = season::noise(&adjusted);
            PanelSeries {
                season,
                // A series too short to tell gets the least: the walk of its level takes up the rest.
                noise: if noise.is_nan() {
                    LEAST_NOISE
                } else {
                    noise.max(LEAST_NOISE)
                },
                logs: logs.clone(),
                is_widest: is_widest(world, key, &keys),
                counts: (0..length)
                    .map(|later| counts(&keys, place, &months, start.plus(later as i32)))
                    .collect(),
                key: key.clone(),
            }
        });
        Some(Self {
            start,
            months: length,
            series: series.collect(),
            sums: compile(world, &parts),
        })
    }

    /// Forgets the records of series that none of the world's baseline trade enters: growth since a base year without trade is
    /// no number. Returns their names.
    pub fn forget_untraded(&mut self, world: &World) -> Vec<String> {
        let flows: Vec<f64> = world.routes.iter().map(|(_, route)| route.baseline.get()).collect();
        let mut totals = vec![0.0; self.series.len()];
        self.sums.sum_into(&flows, &mut totals);
        let untraded: Vec<usize> = (0..totals.len()).filter(|&series| totals[series] <= 0.0).collect();
        for &series in &untraded {
            self.series[series].logs.fill(f64::NAN);
        }
        untraded.into_iter().map(|series| self.label(series, world)).collect()
    }

    /// The label of a series' key, with direction and unit where others have the same: no two series share one.
    pub fn label(&self, series: usize, world: &World) -> String {
        let key = &self.series[series].key;
        let same = |other: &&PanelSeries| {
            SeriesKey {
                flow: key.flow,
                unit: key.unit,
                ..other.key.clone()
            } == *key
        };
        let mut label = key.label(world);
        if self.series.iter().filter(same).count() > 1 {
            label += &format!("-{}-{}", key.flow.name(), key.unit.name());
        }
        label
    }

    /// The place of a month, if the panel has it.
    pub fn place(&self, month: Month) -> Option<usize> {
        usize::try_from(month.since(self.start))
            .ok()
            .filter(|place| *place < self.months)
    }

    /// The month at a place.
    pub fn month(&self, place: usize) -> Month {
        self.start.plus(place as i32)
    }

    /// The seasonal factor of a series in a month.
    pub fn season(&self, series: usize, month: Month) -> f64 {
        self.series[series].season[month.since(Month::january(month.year())) as usize]
    }
}

/// The calendar month of a place, 0 for January.
fn calendar(start: Month, place: usize) -> usize {
    let month = start.plus(place as i32);
    month.since(Month::january(month.year())) as usize
}

/// The seasons of the totals of each reporter and partner, and their pool.
struct Seasons {
    own: BTreeMap<(Party, Party, Flow), [f64; YEAR]>,
    pool: [f64; YEAR],
}

impl Seasons {
    fn new(keys: &[SeriesKey], logs: &[Vec<f64>], start: Month, known: usize) -> Self {
        let first = calendar(start, 0);
        let mut own = BTreeMap::new();
        for (key, logs) in keys.iter().zip(logs) {
            if let (GoodsOfSeries::All, Some(factors)) = (key.goods, season::factors(&logs[..known], first)) {
                own.insert((key.reporter.clone(), key.partner.clone(), key.flow), factors);
            }
        }
        let count = own.len().max(1) as f64;
        let mean = |month: usize| own.values().fold(0.0, |sum, factors| sum + factors[month]) / count;
        Self {
            pool: std::array::from_fn(mean),
            own,
        }
    }

    /// The season of a series: half that of all goods of its reporter and partner, half the pool's.
    fn of(&self, key: &SeriesKey) -> [f64; YEAR] {
        let own = self.own.get(&(key.reporter.clone(), key.partner.clone(), key.flow));
        own.map_or(self.pool, |own| season::shrunk(own, &self.pool))
    }
}

/// The goods that each reporter has records of; none for all goods.
type GoodsByReporter = BTreeMap<Party, BTreeSet<Option<CommodityIndex>>>;

/// The series for which there are monthly records, sorted.
fn keys(world: &World) -> Vec<SeriesKey> {
    let mut recorded: BTreeMap<(Flow, Unit, Party), GoodsByReporter> = BTreeMap::new();
    for row in &world.observed {
        if let crate::model::Period::Month(_) = row.period {
            let by_reporter = recorded.entry((row.flow, row.unit, row.partner.clone())).or_default();
            by_reporter
                .entry(row.reporter.clone())
                .or_default()
                .insert(row.commodity);
        }
    }
    let mut keys = BTreeSet::new();
    for ((flow, unit, partner), by_reporter) in &recorded {
        let mut add = |reporter: &Party, goods: &BTreeSet<Option<CommodityIndex>>| {
            let key = |goods| SeriesKey {
                reporter: reporter.clone(),
                partner: partner.clone(),
                flow: *flow,
                unit: *unit,
                goods,
            };
            keys.extend(
                goods
                    .iter()
                    .map(|good| key(good.map_or(GoodsOfSeries::All, GoodsOfSeries::One))),
            );
            if goods.contains(&None) && goods.len() > 1 {
                keys.insert(key(GoodsOfSeries::Rest));
            }
        };
        by_reporter.iter().for_each(|(reporter, goods)| add(reporter, goods));
        for (bloc, members) in blocs_of(world, by_reporter.keys()) {
            let goods = members
                .iter()
                .flat_map(|member| by_reporter[member].iter().copied())
                .collect();
            add(&bloc, &goods);
        }
    }
    keys.into_iter().collect()
}

/// The blocs of which at least two members report, each with these. Of blocs with the same reporting members the smallest.
fn blocs_of<'r>(world: &World, reporters: impl Iterator<Item = &'r Party>) -> Vec<(Party, Vec<Party>)> {
    let reporters: Vec<&Party> = reporters.collect();
    let names: BTreeSet<&String> = world.jurisdictions.iter().flat_map(|(_, row)| &row.blocs).collect();
    let mut smallest: BTreeMap<Vec<Party>, (usize, Party)> = BTreeMap::new();
    for name in names {
        let bloc = Party::Bloc(name.clone());
        let members = bloc.members(world);
        let reporting = reporters.iter().filter(|party| match party {
            Party::Jurisdiction(one) => members.contains(one),
            Party::Bloc(_) => false,
        });
        let reporting: Vec<Party> = reporting.map(|party| (*party).clone()).collect();
        let size = members.len();
        let is_smaller = smallest.get(&reporting).is_none_or(|(known, _)| size < *known);
        if reporting.len() > 1 && !reporters.contains(&&bloc) && is_smaller {
            smallest.insert(reporting, (size, bloc));
        }
    }
    smallest
        .into_iter()
        .map(|(members, (_, bloc))| (bloc, members))
        .collect()
}

fn is_widest(world: &World, key: &SeriesKey, keys: &[SeriesKey]) -> bool {
    let holds = |other: &SeriesKey| {
        let same = other.partner == key.partner && other.flow == key.flow && other.unit == key.unit;
        same && match (&key.reporter, &other.reporter) {
            (Party::Jurisdiction(one), Party::Bloc(bloc)) => world.jurisdictions[*one].blocs.contains(bloc),
            (Party::Bloc(_), Party::Bloc(_)) => {
                let (inner, outer) = (key.reporter.members(world), other.reporter.members(world));
                inner.len() < outer.len() && inner.iter().all(|member| outer.contains(member))
            }
            (_, Party::Jurisdiction(_)) => false,
        }
    };
    !keys.iter().any(holds)
}

/// The trade of a series.
fn trade(world: &World, key: &SeriesKey, keys: &[SeriesKey]) -> TradeSeries {
    let with = |partners: Vec<Party>, commodities: Vec<CommodityIndex>| TradeSeries {
        id: key.label(world),
        trade: Trade::Book {
            reporters: vec![key.reporter.clone()],
            partners,
            flow: key.flow,
            commodities,
        },
        unit: key.unit,
    };
    let series = |commodities| with(vec![key.partner.clone()], commodities);
    match key.goods {
        GoodsOfSeries::All => series(Vec::new()),
        GoodsOfSeries::One(good) => series(vec![good]),
        GoodsOfSeries::Rest => {
            let named: Vec<CommodityIndex> = named(key, keys).map(|(_, good)| good).collect();
            let all = goods(world, &series(Vec::new()));
            let rest: Vec<CommodityIndex> = all.into_iter().filter(|good| !named.contains(good)).collect();
            // No goods at all would mean every good: with no partner, nothing enters.
            if rest.is_empty() {
                with(Vec::new(), rest)
            } else {
                series(rest)
            }
        }
    }
}

/// The goods of a series' reporter and partner that have series of their own, with the places of these.
fn named<'k>(key: &'k SeriesKey, keys: &'k [SeriesKey]) -> impl Iterator<Item = (usize, CommodityIndex)> + 'k {
    keys.iter()
        .enumerate()
        .filter_map(move |(place, other)| match other.goods {
            GoodsOfSeries::One(good)
                if SeriesKey {
                    goods: key.goods,
                    ..other.clone()
                } == *key =>
            {
                Some((place, good))
            }
            _ => None,
        })
}

/// The place of the total of a series' reporter and partner.
fn total_of(key: &SeriesKey, keys: &[SeriesKey]) -> Option<usize> {
    let total = SeriesKey {
        goods: GoodsOfSeries::All,
        ..key.clone()
    };
    keys.iter().position(|other| *other == total)
}

/// Whether a series counts in a month. The rest may be zero, or in no trade of the world: the total is split all the same.
fn counts(keys: &[SeriesKey], place: usize, months: &[BTreeMap<Month, f64>], month: Month) -> bool {
    let key = &keys[place];
    let is_known = |place: usize| months[place].contains_key(&month);
    let Some(total) = total_of(key, keys).filter(|&total| is_known(total)) else {
        return key.goods != GoodsOfSeries::All;
    };
    let mut named = named(&keys[total], keys).map(|(place, _)| place).peekable();
    let is_split = named.peek().is_some() && named.all(is_known);
    is_split != (key.goods == GoodsOfSeries::All)
}

/// The records of a series by month.
fn months_of(keys: &[SeriesKey], place: usize, records: &Records) -> BTreeMap<Month, f64> {
    let key = &keys[place];
    if key.goods != GoodsOfSeries::Rest {
        return records.months(place).clone();
    }
    let Some(all) = total_of(key, keys) else {
        return BTreeMap::new();
    };
    let rest = records.months(all).iter().filter_map(|(month, all)| {
        let mut named = named(key, keys);
        let named = named.try_fold(0.0, |sum, (place, _)| Some(sum + records.months(place).get(month)?));
        Some((*month, all - named?)).filter(|(_, rest)| *rest > 0.0)
    });
    rest.collect()
}
