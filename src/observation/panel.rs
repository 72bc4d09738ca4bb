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
    /// The records by month, in the unit of the key.
    pub values: BTreeMap<Month, f64>,
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
                values: months[place].clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Period;
    use crate::observation::testing::{assert_near, exports, hub, month, observe, party};

    /// A year and two months of records from January 2021.
    const MONTHS: [f64; 14] = [100.0; 14];

    fn labels(panel: &Panel, world: &World) -> Vec<String> {
        (0..panel.series.len())
            .map(|series| panel.label(series, world))
            .collect()
    }

    fn find(panel: &Panel, world: &World, label: &str) -> usize {
        labels(panel, world).iter().position(|found| found == label).unwrap()
    }

    /// The records of a series from January 2021, rounded; none where unknown.
    fn values(panel: &Panel, world: &World, label: &str) -> Vec<Option<f64>> {
        let logs = &panel.series[find(panel, world, label)].logs;
        let value = |log: &f64| log.is_finite().then(|| (crate::math::exp(*log) * 1e6).round() / 1e6);
        logs.iter().map(value).collect()
    }

    #[test]
    fn nothing_observed_by_month_gives_no_panel() {
        let mut world = hub();
        assert!(Panel::new(&world, 2021).is_none());
        observe(&mut world, "SEL-HUB-all", Flow::Export, Period::Year(2021), 5.0);
        assert!(Panel::new(&world, 2021).is_none());
    }

    #[test]
    fn the_rest_is_all_less_the_named_goods_where_all_are_known() {
        let mut world = hub();
        exports(&mut world, "SEL-BUY-all", "2021-01", &[100.0, 100.0, 100.0, 50.0, 50.0]);
        exports(&mut world, "SEL-BUY-grain", "2021-01", &[60.0, 60.0, 60.0, 30.0, 30.0]);
        // Nothing in February; nothing known in March; all of the rest in April; more than it in May.
        for (later, value) in [(0, 10.0), (1, 0.0), (3, 20.0), (4, 25.0)] {
            let period = Period::Month(month("2021-01").plus(later));
            observe(&mut world, "SEL-BUY-ore", Flow::Export, period, value);
        }
        let panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(
            labels(&panel, &world),
            ["SEL-BUY-all", "SEL-BUY-grain", "SEL-BUY-ore", "SEL-BUY-rest"]
        );
        assert_eq!((panel.start, panel.months), (month("2021-01"), 5));
        assert_eq!(
            values(&panel, &world, "SEL-BUY-rest"),
            [Some(30.0), Some(40.0), None, None, None]
        );
        assert_eq!(values(&panel, &world, "SEL-BUY-ore")[..2], [Some(10.0), None]);
        // The simulated rest: of the goods that SEL sells to BUY only timber is left, and the total is the sum.
        let mut totals = vec![0.0; 4];
        let flows: Vec<f64> = world.routes.iter().map(|(_, route)| route.baseline.get()).collect();
        panel.sums.sum_into(&flows, &mut totals);
        assert_near(totals[3], 100.0 * 200.0);
        assert_near(totals[0], totals[1] + totals[2] + totals[3]);
        // March is not split, so that the total counts alone; in all other months its parts do, even if they leave no rest.
        assert_eq!(panel.series[0].counts, [false, false, true, false, false]);
        for part in 1..4 {
            assert_eq!(panel.series[part].counts, [true, true, false, true, true]);
        }
    }

    #[test]
    fn a_rest_without_goods_is_nothing_rather_than_everything() {
        let mut world = hub();
        for good in ["all", "grain", "ore", "timber"] {
            let value = if good == "all" { 100.0 } else { 20.0 };
            exports(&mut world, &format!("SEL-BUY-{good}"), "2021-01", &[value; 14]);
        }
        let mut panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(panel.forget_untraded(&world), ["SEL-BUY-rest"]);
        // The total is still known in parts, and does not count beside them.
        for label in ["grain", "ore", "timber"] {
            let series = &panel.series[find(&panel, &world, &format!("SEL-BUY-{label}"))];
            assert!(series.counts.iter().all(|counts| *counts));
            assert!(series.logs.iter().all(|log| log.is_finite()));
        }
        let total = &panel.series[find(&panel, &world, "SEL-BUY-all")];
        assert!(!total.counts.iter().any(|counts| *counts));
        assert!(total.logs.iter().all(|log| log.is_finite()));
    }

    #[test]
    fn goods_without_a_total_count() {
        let mut world = hub();
        exports(&mut world, "SEL-BUY-grain", "2021-01", &MONTHS);
        let panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(labels(&panel, &world), ["SEL-BUY-grain"]);
        assert!(panel.series[0].counts.iter().all(|counts| *counts));
    }

    #[test]
    fn a_bloc_is_the_sum_of_its_members_and_they_are_no_longer_widest() {
        let mut world = hub();
        exports(&mut world, "BUY-HUB-all", "2021-01", &[3.0, 4.0]);
        exports(&mut world, "MEM-HUB-all", "2021-01", &[10.0, 20.0, 30.0]);
        exports(&mut world, "SEL-HUB-all", "2021-02", &[1.0]);
        let panel = Panel::new(&world, 2021).unwrap();
        let expected = [
            ("SEL-HUB-all", true),
            ("BUY-HUB-all", false),
            ("MEM-HUB-all", false),
            ("UNION-HUB-all", true),
        ];
        assert_eq!(labels(&panel, &world), expected.map(|(label, _)| label));
        assert_eq!(
            panel.series.iter().map(|series| series.is_widest).collect::<Vec<_>>(),
            expected.map(|(_, is_widest)| is_widest)
        );
        // One member with a figure is enough.
        assert_eq!(
            values(&panel, &world, "UNION-HUB-all"),
            [Some(13.0), Some(24.0), Some(30.0)]
        );
        assert_eq!(values(&panel, &world, "SEL-HUB-all"), [None, Some(1.0), None]);
    }

    #[test]
    fn of_blocs_with_the_same_reporting_members_the_smallest_is_taken() {
        let mut world = hub();
        for row in world.jurisdictions.rows_mut() {
            if ["BUY", "MEM", "HUB"].contains(&row.id.as_str()) {
                row.blocs.push("CLUB".to_owned());
            }
        }
        exports(&mut world, "BUY-SEL-all", "2021-01", &MONTHS);
        exports(&mut world, "MEM-SEL-all", "2021-01", &MONTHS);
        let panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(labels(&panel, &world), ["BUY-SEL-all", "MEM-SEL-all", "UNION-SEL-all"]);
        // With another member of the club, both are there; the union is a part of the club.
        exports(&mut world, "HUB-SEL-all", "2021-01", &MONTHS);
        let panel = Panel::new(&world, 2021).unwrap();
        let widest: Vec<String> = (0..panel.series.len())
            .filter(|&series| panel.series[series].is_widest)
            .map(|series| panel.label(series, &world))
            .collect();
        assert_eq!(labels(&panel, &world).len(), 5);
        assert_eq!(widest, ["CLUB-SEL-all"]);
    }

    #[test]
    fn a_bloc_that_reports_itself_needs_no_sum() {
        let mut world = hub();
        exports(&mut world, "UNION-SEL-all", "2021-01", &[7.0]);
        exports(&mut world, "BUY-SEL-all", "2021-01", &[3.0]);
        exports(&mut world, "MEM-SEL-all", "2021-01", &[3.0]);
        let panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(values(&panel, &world, "UNION-SEL-all"), [Some(7.0)]);
        assert_eq!(panel.series.iter().filter(|series| series.is_widest).count(), 1);
    }

    #[test]
    fn both_directions_of_a_trade_have_labels_of_their_own() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-grain", "2021-01", &[7.0]);
        exports(&mut world, "SEL-ALT-grain", "2021-01", &[7.0]);
        let period = Period::Month(month("2021-01"));
        observe(&mut world, "SEL-HUB-grain", Flow::Import, period, 5.0);
        let panel = Panel::new(&world, 2021).unwrap();
        let mut found = labels(&panel, &world);
        found.sort();
        assert_eq!(
            found,
            ["SEL-ALT-grain", "SEL-HUB-grain-export-usd", "SEL-HUB-grain-import-usd"]
        );
    }

    #[test]
    fn a_season_is_half_that_of_the_total_and_half_the_pools() {
        let mut world = hub();
        // The first months of the years are strong in one trade and even in the other.
        let strong: Vec<f64> = (0..36)
            .map(|place| if place % 12 == 0 { 200.0 } else { 100.0 })
            .collect();
        exports(&mut world, "SEL-HUB-all", "2019-01", &strong);
        exports(&mut world, "SEL-HUB-grain", "2019-01", &[50.0; 36]);
        exports(&mut world, "SEL-BUY-all", "2019-01", &[100.0; 36]);
        exports(&mut world, "SEL-ALT-grain", "2019-01", &[100.0; 36]);
        let panel = Panel::new(&world, 2021).unwrap();
        let january = |label: &str| panel.season(find(&panel, &world, label), month("2023-01"));
        let pool = january("SEL-ALT-grain");
        // The pool is the mean of the two totals, of which one has no season: so x / 2, x / 2 + x / 4 and x / 4.
        assert!(pool > 0.2);
        assert_near(january("SEL-HUB-all"), 1.5 * pool);
        assert_near(january("SEL-HUB-grain"), 1.5 * pool);
        assert_near(january("SEL-BUY-all"), 0.5 * pool);
        // A series without noise has the least; what a season takes from an even one counts as noise.
        let noise = |label: &str| panel.series[find(&panel, &world, label)].noise;
        assert_eq!(noise("SEL-BUY-all"), LEAST_NOISE);
        assert!(noise("SEL-ALT-grain") > LEAST_NOISE);
    }

    #[test]
    fn records_after_the_base_year_change_neither_season_nor_noise() {
        let series = |later: &[f64]| {
            let mut world = hub();
            let early: Vec<f64> = (0..24).map(|place| 100.0 + f64::from(place * 7 % 11)).collect();
            exports(&mut world, "SEL-HUB-all", "2020-01", &[&early, later].concat());
            let panel = Panel::new(&world, 2021).unwrap();
            (panel.series[0].season, panel.series[0].noise)
        };
        assert_eq!(series(&[1.0]), series(&[1.0, 900.0, 2.0, 900.0, 3.0, 900.0, 4.0]));
    }

    #[test]
    fn records_that_begin_after_the_base_year_have_no_season() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2022-05", &[5.0, 0.0, 7.0]);
        let panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(
            (panel.series[0].season, panel.series[0].noise),
            ([0.0; YEAR], LEAST_NOISE)
        );
        assert_eq!(values(&panel, &world, "SEL-HUB-all"), [Some(5.0), None, Some(7.0)]);
        assert_eq!(
            (panel.place(month("2022-04")), panel.place(month("2022-07"))),
            (None, Some(2))
        );
        assert_eq!(panel.place(month("2022-08")), None);
        assert_eq!(panel.series[0].key.reporter, party(&world, "SEL"));
    }
}
