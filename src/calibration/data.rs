//! What was observed until a month, relative to the base year, and the errors that set it apart from a simulation.

use ndarray::{Array2, ArrayView2};

use super::linear::Factor;
use crate::ensemble::Failure;
use crate::math;
use crate::model::{Horizon, Month, World};
use crate::observation::{GoodsOfSeries, KnownPrices, Panel, PanelSeries, YEAR};

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

/// The logarithm of a total relative to its base, for both simulated; always finite, even if the base is zero.
pub fn log_of_base(total: f64, base: f64) -> f64 {
    math::ln((total / base).max(FLOOR).min(1.0 / FLOOR))
}

/// The mean month of a draw in the calendar year of its first month.
pub fn base_mean(totals: ArrayView2<'_, f64>, series: usize, start: Month) -> f64 {
    let of_year = Month::january(start.year() + 1).since(start) as usize;
    let months = totals.nrows().min(of_year);
    let sum = (0..months).fold(0.0, |sum, step| sum + totals[[step, series]]);
    (sum / months as f64).max(f64::MIN_POSITIVE)
}

/// The logarithm of the mean month of the base year of a series of records, without season; none if fewer than half the months
/// are known.
pub fn base_of(panel: &Panel, series: &PanelSeries, start: Month) -> Option<f64> {
    let year = Month::january(start.year());
    let mean = |sum: f64, months: &[usize]| sum / months.len() as f64;
    let season = |months: &[usize]| {
        let factors = months.iter().map(|&month| math::exp(series.season[month]));
        mean(factors.fold(0.0, |sum, factor| sum + factor), months)
    };
    let log = |month: usize| panel.place(year.plus(month as i32)).map(|place| series.logs[place]);
    let all: Vec<usize> = (0..YEAR).collect();
    let known: Vec<(usize, f64)> = all
        .iter()
        .filter_map(|&month| Some((month, log(month)?)).filter(|(_, log)| log.is_finite()))
        .collect();
    let sum = known.iter().fold(0.0, |sum, (_, log)| sum + math::exp(*log));
    let known: Vec<usize> = known.into_iter().map(|(month, _)| month).collect();
    // A part of a year may be its strong or its weak part.
    (known.len() * 2 >= YEAR).then(|| math::ln(mean(sum, &known)) + math::ln(season(&all) / season(&known)))
}
