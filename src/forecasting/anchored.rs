//! A simulated series carried on from the last records.
//!
//! Between a record and a simulation stands an explicit error: a level that walks, and the noise of each month (Kennedy and
//! O'Hagan 2001, "Bayesian calibration of computer models", JRSS B 63, on why a forecast needs one). Each member of a
//! calibrated ensemble is filtered by itself, so that a member which explains the records needs little of it.

use ndarray::{Array2, ArrayView2};

use crate::calibration::{base_mean, log_of_base};
use crate::model::{Horizon, Month, World};
use crate::observation::{KnownPrices, Panel, base_of};
use crate::random::{Stream, standard_normal_quantile};
use crate::timeseries::{LevelState, LevelVariances, VariancePrior, local_level};

/// A series as it was known at the end of a month, and what members of an ensemble simulate of it, in logarithms without season.
#[derive(Clone, Debug)]
pub struct KnownSeries {
    /// The first month: the first of the horizon.
    start: Month,
    until: Month,
    /// Records by month; NaN where unknown.
    pub records: Vec<f64>,
    /// Simulated series at the prices of the day: members by months, beyond `until` too.
    paths: Array2<f64>,
}

/// How the forecast of a series treats the distance between simulation and records.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Anchoring {
    /// The simulated series as they are.
    None,
    /// Records plus a part of the simulated growth: nothing of it at zero, all of it at one.
    Growth(f64),
}

/// Standard normal numbers for the errors of forecasts: a row for each draw, with the level's, then walk and noise by month.
#[derive(Clone, Debug)]
pub struct NormalNumbers(Array2<f64>);

impl NormalNumbers {
    /// Numbers for so many draws and months, keyed by name.
    pub fn new(seed: u64, name: &str, draws: usize, months: usize) -> Self {
        let stream = Stream::new(seed, name, "errors of forecasts");
        let mut numbers = Array2::zeros((draws, 2 * months + 1));
        for (draw, mut row) in numbers.rows_mut().into_iter().enumerate() {
            // A row of the array in standard layout is a slice.
            if let Some(row) = row.as_slice_mut() {
                stream.fill(draw as u64, row);
            }
            row.mapv_inplace(standard_normal_quantile);
        }
        Self(numbers)
    }
}

impl KnownSeries {
    /// The series at a place of the panel. `totals` are members by months by series. None without records in the base year and after the start.
    pub fn new(
        world: &World,
        panel: &Panel,
        series: usize,
        totals: &ndarray::Array3<f64>,
        horizon: Horizon,
        until: Month,
    ) -> Option<Self> {
        let of_panel = &panel.series[series];
        let base = base_of(panel, of_panel, horizon.start)?;
        let prices = KnownPrices::new(world, &of_panel.key.reporter, of_panel.key.flow, until);
        let months = totals.dim().1;
        let mut paths = Array2::zeros((totals.dim().0, months));
        for (totals, mut path) in totals.outer_iter().zip(paths.rows_mut()) {
            let of_base = base_mean(totals, series, horizon.start);
            for (step, cell) in path.iter_mut().enumerate() {
                let month = horizon.start.plus(step as i32);
                *cell = log_of_base(totals[[step, series]], of_base) + prices.since(horizon.start.year(), month) + base;
            }
        }
        let known = (until.since(horizon.start) + 1).max(0);
        let record = |later: i32| {
            let month = horizon.start.plus(later);
            let log = panel.place(month).map_or(f64::NAN, |place| of_panel.logs[place]);
            log - panel.season(series, month)
        };
        let records: Vec<f64> = (0..known).map(record).collect();
        // Without a record from the start on there is no level to go on from.
        records.iter().any(|record| record.is_finite()).then_some(Self {
            start: horizon.start,
            until,
            records,
            paths,
        })
    }

    /// Draws of the coming months: draws by months, without season. Draw d follows member d modulo their number; its errors are
    /// made of row d of the normal numbers.
    pub fn draws(&self, anchoring: Anchoring, months: usize, normal: &NormalNumbers) -> Array2<f64> {
        let first = (self.until.since(self.start) + 1) as usize;
        let (members, draws) = (self.paths.nrows(), normal.0.nrows());
        let Anchoring::Growth(weight) = anchoring else {
            return Array2::from_shape_fn((draws, months), |(draw, ahead)| {
                self.paths[[draw % members, first + ahead]]
            });
        };
        let sds = self.variances(weight);
        let states: Vec<LevelState> = self
            .paths
            .rows()
            .into_iter()
            .filter_map(|path| local_level::filter(&self.residuals(&path.to_vec(), weight), sds))
            .collect();
        let mut result = Array2::zeros((draws, months));
        for (draw, mut row) in result.rows_mut().into_iter().enumerate() {
            let member = draw % members;
            let normal = normal.0.row(draw);
            let mut level = states[member].mean + states[member].variance.sqrt() * normal[0];
            for (ahead, cell) in row.iter_mut().enumerate() {
                level += sds.walk * normal[2 * ahead + 1];
                *cell = weight * self.paths[[member, first + ahead]] + level + sds.noise * normal[2 * ahead + 2];
            }
        }
        result
    }

    /// The error process of the median member.
    pub fn variances(&self, weight: f64) -> LevelVariances {
        local_level::fit(&self.residuals(&self.median(), weight), &VariancePrior::MONTHLY_TRADE)
    }

    fn residuals(&self, path: &[f64], weight: f64) -> Vec<f64> {
        self.records
            .iter()
            .zip(path)
            .map(|(record, path)| record - weight * path)
            .collect()
    }

    /// The median over members by month.
    fn median(&self) -> Vec<f64> {
        let middle = |view: ndarray::ArrayView1<'_, f64>| {
            let mut sorted = view.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
        };
        self.paths.columns().into_iter().map(middle).collect()
    }

    /// Simulated members by months of the horizon.
    pub fn paths(&self) -> ArrayView2<'_, f64> {
        self.paths.view()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::*;
    use crate::math;
    use crate::model::Flow;
    use crate::observation::testing::{assert_near, exports, hub, month, observe, price};

    /// Four months are known, two are to come; two members.
    fn known(records: [f64; 4], paths: [[f64; 6]; 2]) -> KnownSeries {
        KnownSeries {
            start: month("2021-01"),
            until: month("2021-04"),
            records: records.to_vec(),
            paths: arr2(&paths),
        }
    }

    const RECORDS: [f64; 4] = [5.0, 5.4, f64::NAN, 5.2];
    const PATHS: [[f64; 6]; 2] = [[4.0, 4.1, 4.2, 4.3, 4.5, 4.9], [4.0, 3.9, 3.9, 3.9, 3.5, 3.0]];

    /// No error at all, for three draws.
    fn silence() -> NormalNumbers {
        NormalNumbers(Array2::zeros((3, 5)))
    }

    #[test]
    fn without_an_anchor_draws_are_the_simulated_paths() {
        let draws = known(RECORDS, PATHS).draws(Anchoring::None, 2, &silence());
        // The third draw follows the first of two members.
        assert_eq!(draws, arr2(&[[4.5, 4.9], [3.5, 3.0], [4.5, 4.9]]));
    }

    #[test]
    fn at_weight_zero_the_mean_is_the_filtered_level() {
        let known = known(RECORDS, PATHS);
        let sds = known.variances(0.0);
        let level = local_level::filter(&RECORDS, sds).unwrap().mean;
        assert!(level > 5.0 && level < 5.4);
        let draws = known.draws(Anchoring::Growth(0.0), 2, &silence());
        assert!(draws.iter().all(|draw| *draw == level), "{draws}");
        // Whatever is simulated.
        let mut flat = known.clone();
        flat.paths.fill(0.0);
        assert_eq!(flat.draws(Anchoring::Growth(0.0), 2, &silence()), draws);
    }

    #[test]
    fn at_weight_one_growth_follows_the_path_and_at_half_half_of_it() {
        let known = known(RECORDS, PATHS);
        for weight in [1.0, 0.5] {
            let draws = known.draws(Anchoring::Growth(weight), 2, &silence());
            assert_near(draws[[0, 1]] - draws[[0, 0]], weight * 0.4);
            assert_near(draws[[1, 1]] - draws[[1, 0]], weight * -0.5);
            assert_eq!(draws.row(2), draws.row(0));
        }
    }

    #[test]
    fn a_member_that_explains_the_records_needs_no_error() {
        // The first member lies 0.7 below all records: its path goes on from there.
        let records = [0, 1, 2, 3].map(|step: usize| PATHS[0][step] + 0.7);
        let draws = known(records, PATHS).draws(Anchoring::Growth(1.0), 2, &silence());
        assert_near(draws[[0, 0]], 5.2);
        assert_near(draws[[0, 1]], 5.6);
    }

    #[test]
    fn errors_walk_away_from_the_level_and_add_the_noise_of_a_month() {
        let mut known = known(RECORDS, PATHS);
        known.paths.fill(0.0);
        let sds = known.variances(0.0);
        let state = local_level::filter(&RECORDS, sds).unwrap();
        let expected = state.forecast(sds, 2);
        let draws = known.draws(Anchoring::Growth(0.0), 2, &NormalNumbers::new(1, "name", 20_000, 2));
        for (column, gaussian) in draws.columns().into_iter().zip(expected) {
            assert!((column.mean().unwrap() - gaussian.mean).abs() < 0.03 * gaussian.sd);
            assert!((column.std(1.0) / gaussian.sd - 1.0).abs() < 0.02);
        }
    }

    #[test]
    fn numbers_belong_to_a_name_and_a_draw() {
        let numbers = |name, draws| NormalNumbers::new(1, name, draws, 3).0;
        assert_eq!(numbers("one", 2), numbers("one", 5).slice(ndarray::s![..2, ..]));
        assert_ne!(numbers("one", 2), numbers("two", 2));
        assert_ne!(numbers("one", 2), NormalNumbers::new(2, "one", 2, 3).0);
    }

    #[test]
    fn paths_are_in_the_money_of_the_day_and_records_without_season() {
        let mut world = hub();
        for (year, value) in [(2021, 1.0), (2022, 1.5)] {
            price(&mut world, "SEL", year, value);
        }
        let values: Vec<f64> = (0..30)
            .map(|place| if place % 12 == 0 { 200.0 } else { 100.0 })
            .collect();
        exports(&mut world, "SEL-HUB-all", "2020-01", &values);
        let panel = Panel::new(&world, 2021).unwrap();
        let totals = Array3::from_shape_fn(
            (2, 36, 1),
            |(member, step, _)| if step < 12 || member == 0 { 8.0 } else { 4.0 },
        );
        let horizon = Horizon {
            start: month("2021-01"),
            months: 36,
        };
        let series = |until| KnownSeries::new(&world, &panel, 0, &totals, horizon, month(until)).unwrap();
        let found = series("2022-12");
        let base = math::ln(1300.0 / 12.0);
        assert_near(found.paths()[[0, 0]], base);
        assert_near(found.paths()[[0, 18]], base + math::ln(1.5));
        assert_near(found.paths()[[1, 35]], base + math::ln(1.5 * 0.5));
        // Later prices are not known a month before.
        assert_near(series("2022-11").paths()[[0, 18]], base);
        // 18 months are known; the others have no record.
        let records: Vec<bool> = found.records.iter().map(|record| record.is_finite()).collect();
        assert_eq!(records, [vec![true; 18], vec![false; 6]].concat());
        assert_near(found.records[0], math::ln(200.0) - panel.season(0, month("2021-01")));
        // What comes later is not used.
        assert_eq!(series("2022-03").records, found.records[..15]);
    }

    #[test]
    fn a_series_without_a_base_or_without_records_from_the_start_on_is_not_carried_on() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2021-01", &[100.0; 6]);
        exports(&mut world, "SEL-BUY-all", "2021-10", &[100.0; 12]);
        let later = crate::model::Period::Month(month("2023-01"));
        observe(&mut world, "SEL-HUB-all", Flow::Export, later, 100.0);
        let panel = Panel::new(&world, 2021).unwrap();
        let totals = Array3::from_elem((2, 24, 2), 8.0);
        let series = |label: &str, start| {
            let place = (0..2).find(|&place| panel.label(place, &world) == label).unwrap();
            let horizon = Horizon {
                start: month(start),
                months: 24,
            };
            KnownSeries::new(&world, &panel, place, &totals, horizon, month("2022-06"))
        };
        assert!(series("SEL-HUB-all", "2021-06").is_some());
        assert!(series("SEL-HUB-all", "2021-07").is_none());
        assert!(series("SEL-BUY-all", "2021-01").is_none());
        // A base year without trade gives paths, however steep.
        let mut nothing = Array3::zeros((1, 24, 2));
        nothing[[0, 20, 0]] = 8.0;
        let horizon = Horizon {
            start: month("2021-01"),
            months: 24,
        };
        for place in 0..2 {
            if let Some(series) = KnownSeries::new(&world, &panel, place, &nothing, horizon, month("2022-06")) {
                assert!(series.paths().iter().all(|log| log.is_finite()));
            }
        }
    }
}
