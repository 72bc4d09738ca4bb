//! What was observed until a month, relative to the base year, and the errors that set it apart from a simulation.

use ndarray::{Array2, ArrayView2};

use super::linear::Factor;
use crate::ensemble::Failure;
use crate::math;
use crate::model::{Horizon, Month, World};
use crate::observation::{GoodsOfSeries, KnownPrices, Panel, base_of};

/// Standard deviations of the errors between a simulated and an observed series, in logarithms: an offset of its level, a
/// random walk, and the noise of each month, which each series has its own. The same process serves in forecasts. Values as
/// found in comparisons of methods on data to 2022: an error that forgets its past trusts levels too much.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ErrorModel {
    pub offset: f64,
    /// A month, for goods that have series of their own.
    pub walk_of_goods: f64,
    /// A month, for all goods and the rest of them.
    pub walk_of_totals: f64,
}

impl Default for ErrorModel {
    fn default() -> Self {
        Self {
            offset: 0.3,
            walk_of_goods: 0.10,
            walk_of_totals: 0.06,
        }
    }
}

/// The least part of a base year's trade that a logarithm is taken of.
const FLOOR: f64 = 1e-4;

/// A series with the months that count.
#[derive(Clone, Debug)]
pub struct DataBlock {
    /// Position in [`Panel::series`].
    pub series: usize,
    pub months: Vec<Month>,
}

/// Observations until a month, in blocks of series.
#[derive(Clone, Debug)]
pub struct Data {
    pub blocks: Vec<DataBlock>,
    /// Logarithms relative to the mean of the base year, less season and prices, block after block.
    pub observed: Vec<f64>,
    /// The covariance of their errors.
    pub covariance: Array2<f64>,
    horizon: Horizon,
}

impl Data {
    /// The observations of a panel after the base year, the first year of the horizon, and until a month. Goods and the rest are
    /// taken where the total is split into them, else the total. A bloc's series stand for its members'.
    pub fn new(world: &World, panel: &Panel, horizon: Horizon, until: Month, errors: &ErrorModel) -> Self {
        let first = Month::january(horizon.start.year() + 1);
        let mut data = Self {
            blocks: Vec::new(),
            observed: Vec::new(),
            covariance: Array2::zeros((0, 0)),
            horizon,
        };
        for (place, series) in panel.series.iter().enumerate().filter(|(_, series)| series.is_widest) {
            let Some(base) = base_of(panel, series, horizon.start) else {
                continue;
            };
            let prices = KnownPrices::new(world, &series.key.reporter, series.key.flow, until);
            let months = (0..=until.since(first)).map(|later| first.plus(later));
            let known = months.filter_map(|month| {
                let of_panel = panel.place(month)?;
                let log = series.logs[of_panel] - panel.season(place, month);
                let log = log - prices.since(horizon.start.year(), month) - base;
                (log.is_finite() && series.counts[of_panel]).then_some((month, log))
            });
            let (months, logs): (Vec<Month>, Vec<f64>) = known.unzip();
            if !months.is_empty() {
                data.observed.extend(logs);
                data.blocks.push(DataBlock { series: place, months });
            }
        }
        data.covariance = data.errors(panel, first, errors);
        data
    }

    /// How many observations there are.
    pub fn len(&self) -> usize {
        self.observed.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.observed.is_empty()
    }

    /// The same observations of simulated totals: draws by observations. `totals` are draws by months by series of the panel.
    pub fn of_totals(&self, totals: &ndarray::Array3<f64>) -> Array2<f64> {
        let mut result = Array2::zeros((totals.dim().0, self.len()));
        for (totals, mut row) in totals.outer_iter().zip(result.rows_mut()) {
            let values = self.blocks.iter().flat_map(|block| {
                let base = base_mean(totals, block.series, self.horizon.start);
                block.months.iter().map(move |month| {
                    let step = month.since(self.horizon.start) as usize;
                    log_of_base(totals[[step, block.series]], base)
                })
            });
            row.iter_mut().zip(values).for_each(|(cell, value)| *cell = value);
        }
        result
    }

    /// The factor of a covariance of the observations.
    ///
    /// # Errors
    /// When it is not positive definite, or an observation is no number: a calibration would leave every member where it was.
    pub fn factor(&self, covariance: &Array2<f64>) -> Result<Factor, Failure> {
        let factor = Factor::new(covariance).filter(|_| self.observed.iter().all(|value| value.is_finite()));
        factor.ok_or_else(|| Failure {
            draw: 0,
            month: self.horizon.start,
            reason: "a record, what is simulated of it, or its error is no number".to_owned(),
        })
    }

    fn errors(&self, panel: &Panel, first: Month, errors: &ErrorModel) -> Array2<f64> {
        let mut covariance = Array2::zeros((self.len(), self.len()));
        let mut start = 0;
        for block in &self.blocks {
            let series = &panel.series[block.series];
            let walk = match series.key.goods {
                GoodsOfSeries::One(_) => errors.walk_of_goods,
                GoodsOfSeries::All | GoodsOfSeries::Rest => errors.walk_of_totals,
            };
            let age = |month: Month| f64::from(month.since(first) + 1);
            for (row, one) in block.months.iter().enumerate() {
                for (column, other) in block.months.iter().enumerate() {
                    let shared = errors.offset * errors.offset + walk * walk * age(*one).min(age(*other));
                    let own = if row == column {
                        series.noise * series.noise
                    } else {
                        0.0
                    };
                    covariance[[start + row, start + column]] = shared + own;
                }
            }
            start += block.months.len();
        }
        covariance
    }
}

#[cfg(test)]
impl Data {
    /// Observations without series, for tests of what is done with them.
    pub fn made_up(observed: Vec<f64>, covariance: Array2<f64>) -> Self {
        Self {
            blocks: Vec::new(),
            observed,
            covariance,
            horizon: Horizon {
                start: Month::january(2021),
                months: 36,
            },
        }
    }
}

/// The logarithm of a total relative to its base, for both simulated; always finite, even if the base is zero.
pub fn log_of_base(total: f64, base: f64) -> f64 {
    math::ln((total / base.max(f64::MIN_POSITIVE)).clamp(FLOOR, 1.0 / FLOOR))
}

/// The mean month of a draw in the calendar year of its first month.
pub fn base_mean(totals: ArrayView2<'_, f64>, series: usize, start: Month) -> f64 {
    let of_year = Month::january(start.year() + 1).since(start) as usize;
    let months = totals.nrows().min(of_year);
    let sum = (0..months).fold(0.0, |sum, step| sum + totals[[step, series]]);
    (sum / months as f64).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::*;
    use crate::observation::testing::{assert_near, exports, hub, month, price};

    const ERRORS: ErrorModel = ErrorModel {
        offset: 0.5,
        walk_of_goods: 0.2,
        walk_of_totals: 0.1,
    };

    fn horizon(start: &str) -> Horizon {
        Horizon {
            start: month(start),
            months: 36,
        }
    }

    /// The observations of a world until a month, for a scenario from another.
    fn data_from(world: &World, start: &str, until: &str) -> (Panel, Data) {
        let horizon = horizon(start);
        let panel = Panel::new(world, horizon.start.year()).unwrap();
        let data = Data::new(world, &panel, horizon, month(until), &ERRORS);
        (panel, data)
    }

    fn data(world: &World, until: &str) -> (Panel, Data) {
        data_from(world, "2021-01", until)
    }

    /// A year of 100, then these.
    fn after_base(later: &[f64]) -> Vec<f64> {
        [&[100.0; 12][..], later].concat()
    }

    #[test]
    fn the_covariance_of_two_months_by_hand() {
        let mut world = hub();
        exports(
            &mut world,
            "SEL-BUY-grain",
            "2021-01",
            &after_base(&[100.0, 0.0, 200.0]),
        );
        exports(&mut world, "SEL-HUB-all", "2021-01", &after_base(&[100.0, 50.0]));
        let (panel, data) = data(&world, "2022-12");
        let is_total = |block: &DataBlock| panel.series[block.series].key.goods == GoodsOfSeries::All;
        assert_eq!(data.blocks.iter().map(is_total).collect::<Vec<_>>(), [false, true]);
        // A record of zero has no logarithm.
        assert_eq!(data.blocks[0].months, ["2022-01", "2022-03"].map(month));
        assert_eq!(data.blocks[1].months, ["2022-01", "2022-02"].map(month));
        for (found, ratio) in data.observed.iter().zip([1.0, 2.0, 1.0, 0.5]) {
            assert_near(*found, math::ln(ratio));
        }
        // Offset 0.25; walks of 0.04 and 0.01 a month, which the first month has walked once; the least noise, squared.
        let noise = 0.06 * 0.06;
        let expected = arr2(&[
            [0.29 + noise, 0.29, 0.0, 0.0],
            [0.29, 0.37 + noise, 0.0, 0.0],
            [0.0, 0.0, 0.26 + noise, 0.26],
            [0.0, 0.0, 0.26, 0.27 + noise],
        ]);
        let apart = (&data.covariance - &expected).mapv(f64::abs);
        assert!(apart.iter().all(|apart| *apart < 1e-12), "{}", data.covariance);
        assert!(data.factor(&data.covariance).is_ok());
    }

    #[test]
    fn a_total_that_is_split_is_left_out() {
        let mut world = hub();
        exports(&mut world, "SEL-BUY-all", "2021-01", &after_base(&[100.0; 3]));
        // In March nothing is known of grain: the total counts.
        exports(&mut world, "SEL-BUY-grain", "2021-01", &[40.0; 14]);
        let (panel, found) = data(&world, "2022-12");
        let of = |found: &Data, panel: &Panel| -> Vec<(String, Vec<Month>)> {
            let block = |block: &DataBlock| (panel.label(block.series, &world), block.months.clone());
            found.blocks.iter().map(block).collect()
        };
        let (january, march) = (vec![month("2022-01"), month("2022-02")], vec![month("2022-03")]);
        let expected = [("all", march), ("grain", january.clone()), ("rest", january)]
            .map(|(good, months)| (format!("SEL-BUY-{good}"), months));
        assert_eq!(of(&found, &panel), expected);
    }

    #[test]
    fn a_total_whose_rest_is_not_traded_counts_once() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2021-01", &after_base(&[100.0; 3]));
        exports(&mut world, "SEL-HUB-grain", "2021-01", &[90.0; 15]);
        let mut panel = Panel::new(&world, 2021).unwrap();
        assert_eq!(panel.forget_untraded(&world), ["SEL-HUB-rest"]);
        let data = Data::new(&world, &panel, horizon("2021-01"), month("2022-12"), &ERRORS);
        let labels: Vec<String> = data
            .blocks
            .iter()
            .map(|block| panel.label(block.series, &world))
            .collect();
        assert_eq!((labels, data.len()), (vec!["SEL-HUB-grain".to_owned()], 3));
    }

    #[test]
    fn records_count_relative_to_the_base_year_and_to_its_prices() {
        let mut world = hub();
        for (year, value) in [(2021, 1.0), (2022, 1.2), (2023, 1.5)] {
            price(&mut world, "SEL", year, value);
        }
        let mut values = after_base(&[300.0; 24]);
        values[18] = 600.0;
        exports(&mut world, "SEL-HUB-all", "2021-01", &values);
        let (_, of_2021) = data(&world, "2023-12");
        assert_eq!(of_2021.len(), 24);
        // July 2022, at prices of 1.2.
        assert_near(of_2021.observed[6], math::ln(6.0 / 1.2));
        // From 2022 on: twelve months with a mean of 325, July 2023 at 1.5 / 1.2 times their prices.
        let (panel, of_2022) = data_from(&world, "2022-01", "2023-12");
        assert_eq!(of_2022.len(), 12);
        let season = panel.season(0, month("2023-07"));
        assert_near(of_2022.observed[6] + season, math::ln(300.0 / 325.0 * 1.2 / 1.5));
    }

    #[test]
    fn only_months_after_the_base_year_and_until_the_end_count() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2019-05", &[100.0; 40]);
        let (_, found) = data(&world, "2022-03");
        assert_eq!(found.blocks[0].months, ["2022-01", "2022-02", "2022-03"].map(month));
        // The records end in August.
        assert_eq!(data(&world, "2023-12").1.len(), 8);
        assert!(data(&world, "2021-12").1.is_empty());
        assert!(data(&world, "2021-06").1.is_empty());
    }

    #[test]
    fn half_of_the_base_year_is_enough_and_its_season_is_taken_out() {
        let panel = |values: &[f64]| {
            let mut world = hub();
            exports(&mut world, "SEL-HUB-all", "2021-07", values);
            let mut panel = Panel::new(&world, 2021).unwrap();
            // The second half of a year has 200 where the first has 100.
            panel.series[0].season = std::array::from_fn(|month| math::ln(if month < 6 { 100.0 } else { 200.0 }));
            panel
        };
        let base = |panel: &Panel| base_of(panel, &panel.series[0], month("2021-01"));
        assert_near(base(&panel(&[40.0; 6])).unwrap(), math::ln(30.0));
        assert_eq!(base(&panel(&[40.0, 40.0, 40.0, 40.0, 40.0, 0.0, 7.0])), None);
        // A year that is known needs no season.
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2021-01", &after_base(&[]));
        let mut whole = Panel::new(&world, 2021).unwrap();
        whole.series[0].season = std::array::from_fn(|month| month as f64);
        assert_near(base(&whole).unwrap(), math::ln(100.0));
    }

    #[test]
    fn simulated_totals_count_relative_to_their_own_base_year() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2021-01", &after_base(&[100.0; 2]));
        let (_, found) = data(&world, "2022-02");
        let mut totals = Array3::from_elem((3, 14, 1), 5.0);
        totals[[0, 12, 0]] = 10.0;
        // A simulated zero, and a draw without trade in the base year, have logarithms too.
        totals[[1, 13, 0]] = 0.0;
        (0..12).for_each(|step| totals[[2, step, 0]] = 0.0);
        let simulated = found.of_totals(&totals);
        assert_near(simulated[[0, 0]], math::ln(2.0));
        assert_eq!((simulated[[0, 1]], simulated[[1, 0]]), (0.0, 0.0));
        assert_near(simulated[[1, 1]], math::ln(1e-4));
        assert_near(simulated[[2, 0]], math::ln(1e4));
        assert_near(log_of_base(0.0, 0.0), math::ln(1e-4));
    }

    #[test]
    fn a_base_year_that_begins_late_ends_with_its_december() {
        let totals = Array2::from_shape_fn((20, 1), |(step, _)| if step < 6 { 2.0 } else { 50.0 });
        assert_eq!(base_mean(totals.view(), 0, month("2021-07")), 2.0);
        assert_eq!(base_mean(totals.view(), 0, month("2021-01")), 26.0);
        assert_eq!(base_mean(totals.slice(ndarray::s![..3, ..]), 0, month("2021-01")), 2.0);
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        let mut world = hub();
        exports(&mut world, "SEL-HUB-all", "2021-01", &after_base(&[100.0; 2]));
        let (_, mut found) = data(&world, "2022-02");
        let covariance = found.covariance.clone();
        assert!(found.factor(&covariance).is_ok());
        assert!(found.factor(&(&covariance * f64::NAN)).is_err());
        assert!(found.factor(&(&covariance * -1.0)).is_err());
        found.observed[1] = f64::NAN;
        let said = found.factor(&covariance).unwrap_err().to_string();
        assert!(said.ends_with("is no number"), "{said}");
    }
}
