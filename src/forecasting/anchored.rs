//! A simulated series carried on from the last records.
//!
//! Between a record and a simulation stands an explicit error: a level that walks, and the noise of each month (Kennedy and
//! O'Hagan 2001, "Bayesian calibration of computer models", JRSS B 63, on why a forecast needs one). Each member of a
//! calibrated ensemble is filtered by itself, so that a member which explains the records needs little of it.

use ndarray::{Array2, ArrayView2};

use crate::calibration::{base_mean, base_of, log_of_base};
use crate::model::{Horizon, Month, World};
use crate::observation::{KnownPrices, Panel};
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
