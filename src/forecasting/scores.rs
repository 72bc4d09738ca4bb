//! Scores of a backtest, put together by groups.

use std::collections::BTreeMap;

use super::backtest::{Backtest, ForecastMethod, LOCAL_LEVEL, is_total};
use crate::model::{Month, Party, World};
use crate::observation::GoodsOfSeries;
use crate::random::Stream;
use crate::timeseries::bootstrap::ratio_interval;
use crate::timeseries::{ClusterInterval, Predictive, Score, SortedSample};

/// A record of one series and month, forecast at one origin, with the score of each method.
#[derive(Clone, PartialEq, Debug)]
pub struct ScoredCase {
    pub origin: Month,
    /// Position in [`Panel::series`](crate::observation::Panel::series).
    pub series: usize,
    /// Months ahead, from 1.
    pub ahead: usize,
    pub scores: BTreeMap<ForecastMethod, Score>,
}

impl ScoredCase {
    /// The month that was forecast.
    pub fn month(&self) -> Month {
        self.origin.plus(self.ahead as i32)
    }

    /// The half of a year that the month lies in.
    fn half_year(&self) -> i32 {
        self.month().since(Month::january(0)).div_euclid(6)
    }
}

/// The forecasts of a backtest by case: by origin, series and months ahead.
pub fn cases(backtest: &Backtest) -> Vec<ScoredCase> {
    let mut cases: BTreeMap<(Month, usize, usize), BTreeMap<ForecastMethod, Score>> = BTreeMap::new();
    for forecast in &backtest.forecasts {
        let case = cases
            .entry((forecast.origin, forecast.series, forecast.ahead))
            .or_default();
        case.insert(forecast.method, forecast.score);
    }
    let case = |((origin, series, ahead), scores)| ScoredCase {
        origin,
        series,
        ahead,
        scores,
    };
    cases.into_iter().map(case).collect()
}

/// What a method did on some cases.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MethodSummary {
    /// Cases that the method has a score for.
    pub cases: usize,
    /// The mean continuous ranked probability score.
    pub crps: f64,
    /// The share of records inside the central interval of 90%.
    pub within_90: f64,
    /// The same of 50%.
    pub within_50: f64,
    /// The median of record less median forecast.
    pub error: f64,
    /// The sum of scores over that of the local level, on cases that both have a score for.
    pub ratio: Option<f64>,
}

/// What a method did; none where it has no score.
pub fn summary(cases: &[&ScoredCase], method: ForecastMethod) -> Option<MethodSummary> {
    let scores: Vec<Score> = cases
        .iter()
        .filter_map(|case| case.scores.get(&method).copied())
        .collect();
    let count = scores.len() as f64;
    let mean = |value: &dyn Fn(&Score) -> f64| scores.iter().fold(0.0, |sum, score| sum + value(score)) / count;
    let errors = SortedSample::new(scores.iter().map(|score| score.error).collect())?;
    let (of_method, of_level) = paired(cases, method);
    let total = |scores: &[f64]| scores.iter().fold(0.0, |sum, score| sum + score);
    let ratio = total(&of_method) / total(&of_level);
    Some(MethodSummary {
        cases: scores.len(),
        crps: mean(&|score| score.crps),
        within_90: mean(&|score| f64::from(u8::from(score.within_90))),
        within_50: mean(&|score| f64::from(u8::from(score.within_50))),
        error: errors.quantile(0.5),
        ratio: Some(ratio).filter(|ratio| ratio.is_finite()),
    })
}

/// The scores of a method and those of the local level, case by case.
fn paired(cases: &[&ScoredCase], method: ForecastMethod) -> (Vec<f64>, Vec<f64>) {
    let both = cases
        .iter()
        .filter_map(|case| Some((case.scores.get(&method)?.crps, case.scores.get(&LOCAL_LEVEL)?.crps)));
    both.unzip()
}

/// The interval of [`MethodSummary::ratio`]. Clusters are a partner and the half-year of the month that was forecast: the errors
/// of neighbouring origins for one month are one error, and so nearly are those of neighbouring months.
pub fn ratio_to_level(
    backtest: &Backtest,
    cases: &[&ScoredCase],
    method: ForecastMethod,
    stream: &Stream,
) -> Option<ClusterInterval> {
    let (numerators, denominators) = paired(cases, method);
    let mut labels: BTreeMap<(&Party, i32), usize> = BTreeMap::new();
    let clusters: Vec<usize> = cases
        .iter()
        .filter(|case| case.scores.contains_key(&method) && case.scores.contains_key(&LOCAL_LEVEL))
        .map(|case| {
            let partner = &backtest.panel.series[case.series].key.partner;
            let next = labels.len();
            *labels.entry((partner, case.half_year())).or_insert(next)
        })
        .collect();
    ratio_interval(&numerators, &denominators, &clusters, stream)
}

/// How the stream of the bootstrap is keyed.
pub fn cluster_stream(seed: u64) -> Stream {
    Stream::new(seed, "backtest", "clusters of scores")
}

/// Months ahead that are pooled, both ends included.
const HORIZONS: [(usize, usize); 4] = [(1, 3), (4, 6), (7, 12), (13, usize::MAX)];

/// What cases are grouped by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    /// All goods of the widest reporters, by partner.
    Partner,
    /// The same by months ahead.
    Horizon,
    /// The goods of the widest reporters that have series of their own.
    Good,
    /// All goods of the parts of a wider reporter.
    Reporter,
}

impl Grouping {
    pub const ALL: [Self; 4] = [Self::Partner, Self::Horizon, Self::Good, Self::Reporter];

    /// The heading of its groups.
    pub fn name(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Horizon => "months ahead",
            Self::Good => "good",
            Self::Reporter => "reporter",
        }
    }

    /// The place of a case's group among the others; none if the grouping leaves the case out.
    fn place(self, backtest: &Backtest, case: &ScoredCase) -> Option<usize> {
        let series = &backtest.panel.series[case.series];
        let key = &series.key;
        // The first series of the same kind stands for the group: series are sorted.
        let first = |is_same: &dyn Fn(usize) -> bool| (0..backtest.panel.series.len()).find(|place| is_same(*place));
        let of = |place: usize| &backtest.panel.series[place].key;
        match self {
            Self::Partner if is_total(&backtest.panel, case.series) => first(&|place| of(place).partner == key.partner),
            Self::Horizon if is_total(&backtest.panel, case.series) => {
                HORIZONS.iter().position(|(_, last)| case.ahead <= *last)
            }
            Self::Good if series.is_widest && key.goods != GoodsOfSeries::All => {
                first(&|place| of(place).goods == key.goods)
            }
            Self::Reporter if !series.is_widest && key.goods == GoodsOfSeries::All => {
                first(&|place| of(place).reporter == key.reporter)
            }
            _ => None,
        }
    }

    /// The name of the group at a place.
    fn label(self, backtest: &Backtest, world: &World, place: usize) -> String {
        let key = || &backtest.panel.series[place].key;
        match self {
            Self::Partner => key().partner.name(world).to_owned(),
            Self::Good => key().goods_name(world).to_owned(),
            Self::Reporter => key().reporter.name(world).to_owned(),
            Self::Horizon => match HORIZONS[place] {
                (first, usize::MAX) => format!("{first}+"),
                (first, last) => format!("{first}-{last}"),
            },
        }
    }
}

/// Cases by group, each with its name, in the order of the panel's series or of months ahead.
pub fn groups<'c>(
    backtest: &Backtest,
    world: &World,
    cases: &'c [ScoredCase],
    grouping: Grouping,
) -> Vec<(String, Vec<&'c ScoredCase>)> {
    let mut groups: BTreeMap<usize, Vec<&ScoredCase>> = BTreeMap::new();
    for case in cases {
        if let Some(place) = grouping.place(backtest, case) {
            groups.entry(place).or_default().push(case);
        }
    }
    let named = |(place, cases)| (grouping.label(backtest, world, place), cases);
    groups.into_iter().map(named).collect()
}

/// The cases of all goods of the widest reporters, which are pooled.
pub fn totals<'c>(backtest: &Backtest, cases: &'c [ScoredCase]) -> Vec<&'c ScoredCase> {
    let is_pooled = |case: &&ScoredCase| is_total(&backtest.panel, case.series);
    cases.iter().filter(is_pooled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecasting::testing::{assert_near, backtest, forecast, hub};
    use crate::timeseries::NaiveMethod;

    const HALF: ForecastMethod = ForecastMethod::Weighted(2);

    #[test]
    fn forecasts_of_one_record_are_one_case() {
        let backtest = backtest(vec![
            forecast(0, "2022-06", 1, ForecastMethod::Anchored, 0.1),
            forecast(1, "2022-06", 1, LOCAL_LEVEL, 0.3),
            forecast(0, "2022-06", 1, LOCAL_LEVEL, 0.2),
            forecast(0, "2022-05", 2, LOCAL_LEVEL, 0.4),
        ]);
        let cases = cases(&backtest);
        let places: Vec<(String, usize, usize)> = cases
            .iter()
            .map(|case| (case.month().to_string(), case.series, case.scores.len()))
            .collect();
        let month = || "2022-07".to_owned();
        assert_eq!(places, [(month(), 0, 1), (month(), 0, 2), (month(), 1, 1)]);
    }

    #[test]
    fn a_summary_by_hand() {
        // The helper's records lie inside 90% where the score is below 0.35, inside 50% where it is below 0.15; the error is the
        // score.
        let backtest = backtest(vec![
            forecast(0, "2022-06", 1, ForecastMethod::Anchored, 0.1),
            forecast(0, "2022-06", 1, LOCAL_LEVEL, 0.2),
            forecast(0, "2022-06", 2, ForecastMethod::Anchored, 0.3),
            forecast(0, "2022-06", 2, LOCAL_LEVEL, 0.3),
            // Without a forecast of the local level, so not a part of the ratio.
            forecast(0, "2022-06", 3, ForecastMethod::Anchored, 0.8),
        ]);
        let cases = cases(&backtest);
        let pooled = totals(&backtest, &cases);
        let found = summary(&pooled, ForecastMethod::Anchored).unwrap();
        assert_eq!(found.cases, 3);
        assert_near(found.crps, 0.4);
        assert_near(found.within_90, 2.0 / 3.0);
        assert_near(found.within_50, 1.0 / 3.0);
        assert_near(found.error, 0.3);
        assert_near(found.ratio.unwrap(), 0.4 / 0.5);
        assert_eq!(summary(&pooled, ForecastMethod::Simulated), None);
    }

    #[test]
    fn errors_of_one_partner_and_half_year_are_one_cluster() {
        let pairs = |origin: &str, series, of_method, of_level| {
            let one = forecast(series, origin, 1, ForecastMethod::Anchored, of_method);
            [one, forecast(series, origin, 1, LOCAL_LEVEL, of_level)]
        };
        let interval = |forecasts: Vec<_>| {
            let backtest = backtest(forecasts);
            let cases = cases(&backtest);
            let pooled = totals(&backtest, &cases);
            ratio_to_level(&backtest, &pooled, ForecastMethod::Anchored, &cluster_stream(1)).unwrap()
        };
        // January and June 2023 for one partner: one cluster, so that all replicates are alike.
        let one = interval([pairs("2022-12", 0, 0.1, 0.2), pairs("2023-05", 0, 0.3, 0.2)].concat());
        assert_eq!((one.estimate, one.p05, one.p95), (1.0, 1.0, 1.0));
        // Another half-year, or another partner: two clusters, of which a replicate may draw one twice.
        for (origin, series) in [("2023-06", 0), ("2023-05", 1)] {
            let two = interval([pairs("2022-12", 0, 0.1, 0.2), pairs(origin, series, 0.3, 0.2)].concat());
            assert_near(two.estimate, 1.0);
            assert_near(two.p05, 0.5);
            assert_near(two.p95, 1.5);
        }
    }

    #[test]
    fn cases_are_grouped_by_partner_horizon_good_and_reporter() {
        let at = |series, ahead| forecast(series, "2022-06", ahead, LOCAL_LEVEL, 0.2);
        let backtest = backtest(vec![
            at(0, 1),
            at(0, 3),
            at(0, 4),
            at(0, 12),
            at(1, 13),
            at(1, 36),
            at(2, 1),
            at(3, 1),
            at(4, 1),
            at(5, 1),
        ]);
        let (world, cases) = (hub(), cases(&backtest));
        let counts = |grouping| -> Vec<(String, usize)> {
            let groups = groups(&backtest, &world, &cases, grouping);
            groups.into_iter().map(|(name, cases)| (name, cases.len())).collect()
        };
        let expect = |expected: &[(&str, usize)]| -> Vec<(String, usize)> {
            expected
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect()
        };
        assert_eq!(counts(Grouping::Partner), expect(&[("HUB", 4), ("ALT", 2)]));
        assert_eq!(
            counts(Grouping::Horizon),
            expect(&[("1-3", 2), ("4-6", 1), ("7-12", 1), ("13+", 2)])
        );
        assert_eq!(counts(Grouping::Good), expect(&[("grain", 1), ("rest", 1)]));
        // A part's goods are in no group.
        assert_eq!(counts(Grouping::Reporter), expect(&[("BUY", 1)]));
    }

    #[test]
    fn every_method_that_was_scored_has_a_place_in_order() {
        let methods = [HALF, ForecastMethod::Naive(1), LOCAL_LEVEL, ForecastMethod::Anchored];
        let forecasts = methods.map(|method| forecast(0, "2022-06", 1, method, 0.1));
        let backtest = backtest(forecasts.to_vec());
        let names: Vec<String> = cases(&backtest)[0].scores.keys().map(|method| method.name()).collect();
        let naive = NaiveMethod::ALL.map(NaiveMethod::name);
        assert_eq!(names, ["anchored", naive[0], naive[1], "anchored_0.40"]);
    }
}
