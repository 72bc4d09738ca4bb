//! Recorded trade of coming months, quarters and years, from joint draws.

use std::collections::BTreeMap;

use ndarray::{Array2, Array3};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::anchored::{Anchoring, KnownSeries, NormalNumbers};
use crate::calibration::summary;
use crate::math;
use crate::model::{Horizon, Month, World};
use crate::observation::Panel;
use crate::report::plot::FanChart;
use crate::results::read::Series;
use crate::results::schema::FORECAST;
use crate::results::{FileKind, TextTable, shortest};
use crate::statistics::Summary;

/// The folder of the pictures, beside the table.
pub const FORECAST_FOLDER: &str = "forecast";

/// What a forecast is made from.
#[derive(Debug)]
pub struct ForecastInput<'a> {
    pub world: &'a World,
    pub panel: &'a Panel,
    pub horizon: Horizon,
    /// Simulated totals: draws by months by series of the panel.
    pub totals: &'a Array3<f64>,
    /// The last month whose records are used.
    pub origin: Month,
    /// The last month of the forecast.
    pub until: Month,
    /// How much of the simulated growth is believed.
    pub weight: f64,
    pub seed: u64,
}

/// The forecast of one series.
#[derive(Clone, Debug)]
pub struct SeriesForecast {
    /// Position in [`Panel::series`].
    pub series: usize,
    /// By period as tables spell it: a month, a quarter like `2024-Q3` or a year.
    pub periods: BTreeMap<String, Summary>,
    /// By month, for pictures.
    pub months: BTreeMap<Month, Summary>,
}

/// Forecasts of all series that the panel observes: with the error process and without.
///
/// Draws are joint: draw d of every series and month is one course of the simulated world. The errors of series are independent, so
/// parts need not add up to their total. Periods of which a part is known add what was recorded.
pub fn forecast(input: &ForecastInput<'_>) -> [Vec<SeriesForecast>; 2] {
    let ways = [Anchoring::Growth(input.weight), Anchoring::None];
    ways.map(|anchoring| {
        let series: Vec<Option<SeriesForecast>> = (0..input.panel.series.len())
            .into_par_iter()
            .map(|series| one(input, series, anchoring))
            .collect();
        series.into_iter().flatten().collect()
    })
}

fn one(input: &ForecastInput<'_>, series: usize, anchoring: Anchoring) -> Option<SeriesForecast> {
    let ForecastInput {
        world,
        panel,
        horizon,
        totals,
        origin,
        ..
    } = *input;
    let known = KnownSeries::new(world, panel, series, totals, horizon, origin)?;
    // A series that ended long ago is no base for a forecast: its last record must be of the last year.
    let recent = known.records.iter().rev().take(12).any(|record| record.is_finite());
    if !recent {
        return None;
    }
    let months = input.until.since(origin) as usize;
    let normal = NormalNumbers::new(input.seed, &panel.label(series, world), totals.dim().0, months);
    let mut draws = known.draws(anchoring, months, &normal);
    for (ahead, mut column) in draws.columns_mut().into_iter().enumerate() {
        let season = panel.season(series, origin.plus(ahead as i32 + 1));
        column.mapv_inplace(|log| math::exp(log + season));
    }
    let month_of = |ahead: usize| origin.plus(ahead as i32 + 1);
    let by_month = (0..months).map(|ahead| (month_of(ahead), summary(draws.column(ahead).to_vec())));
    let by_month: BTreeMap<Month, Summary> = by_month.collect();
    let mut periods: BTreeMap<String, Summary> = by_month
        .iter()
        .map(|(month, summary)| (month.to_string(), *summary))
        .collect();
    for (name, first, length) in spans(origin, input.until) {
        if let Some(sums) = sums(panel, series, &draws, origin, first, length) {
            periods.insert(name, summary(sums));
        }
    }
    Some(SeriesForecast {
        series,
        periods,
        months: by_month,
    })
}

/// The quarters and years that end after the origin and by the last month, each with its first month and length.
fn spans(origin: Month, until: Month) -> Vec<(String, Month, i32)> {
    let mut spans = Vec::new();
    for year in origin.year()..=until.year() {
        let january = Month::january(year);
        for quarter in 0..4 {
            spans.push((format!("{year:04}-Q{}", quarter + 1), january.plus(3 * quarter), 3));
        }
        spans.push((format!("{year:04}"), january, 12));
    }
    spans.retain(|(_, first, length)| {
        let last = first.plus(length - 1);
        last > origin && last <= until
    });
    spans
}

/// Sums over months of which the first may be known; none if a month before the forecast has no record.
fn sums(
    panel: &Panel,
    series: usize,
    draws: &Array2<f64>,
    origin: Month,
    first: Month,
    length: i32,
) -> Option<Vec<f64>> {
    let mut result = vec![0.0; draws.nrows()];
    for month in (0..length).map(|later| first.plus(later)) {
        if month > origin {
            let column = draws.column(month.since(origin) as usize - 1);
            result.iter_mut().zip(column).for_each(|(sum, value)| *sum += value);
        } else {
            let log = panel.series[series].logs[panel.place(month)?];
            let value = log.is_finite().then(|| math::exp(log))?;
            result.iter_mut().for_each(|sum| *sum += value);
        }
    }
    Some(result)
}

/// `forecast.csv`: a row for each series and period.
pub fn forecast_table(world: &World, panel: &Panel, forecasts: &[SeriesForecast]) -> TextTable {
    let rows = forecasts.iter().flat_map(|forecast| {
        let key = &panel.series[forecast.series].key;
        forecast.periods.iter().map(move |(period, summary)| {
            let mut cells: Vec<String> = [
                key.reporter.name(world),
                key.partner.name(world),
                key.flow.name(),
                key.goods_name(world),
                period,
                key.unit.name(),
            ]
            .map(str::to_owned)
            .to_vec();
            let Summary {
                mean,
                sd,
                p05,
                p25,
                p50,
                p75,
                p95,
                ..
            } = *summary;
            let values = [mean, sd, p05, p25, p50, p75, p95];
            cells.extend(values.map(|value| value.map_or(String::new(), shortest)));
            cells
        })
    });
    TextTable::of(&FORECAST, rows.collect())
}

/// How a file shows that it is such a table.
pub fn forecast_kind() -> FileKind {
    FileKind::csv("a table of forecasts", &FORECAST.header())
}

/// The picture of a series: records as dots, then the forecast with the error process and without.
pub fn forecast_chart(input: &ForecastInput<'_>, [with, without]: [&SeriesForecast; 2]) -> FanChart {
    let series = &input.panel.series[with.series];
    let unit = series.key.unit.name();
    let band = |label: &str, months: &BTreeMap<Month, Summary>| Series {
        label: label.to_owned(),
        key: Vec::new(),
        unit: unit.to_owned(),
        months: months.clone(),
    };
    let observed = (0..input.panel.months).filter_map(|place| {
        let month = input.panel.month(place);
        let log = series.logs[place];
        (log.is_finite() && month <= input.origin && month >= input.horizon.start).then(|| (month, math::exp(log)))
    });
    let key = &series.key;
    let (reporter, partner) = (key.reporter.name(input.world), key.partner.name(input.world));
    let goods = key.goods_words(input.world);
    FanChart {
        title: format!(
            "{}, {goods}: forecast from {}",
            key.flow.between(reporter, partner),
            input.origin
        ),
        unit: unit.to_owned(),
        from_zero: true,
        series: vec![
            band("with the error process", &with.months),
            band("simulated alone", &without.months),
        ],
        observed: observed.collect(),
        measures: Vec::new(),
        is_difference: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn quarters_and_years_that_end_in_the_forecast_are_given() {
        let names = |origin, until| -> Vec<String> {
            let spans = spans(month(origin), month(until)).into_iter();
            spans.map(|(name, ..)| name).collect()
        };
        assert_eq!(names("2024-08", "2025-03"), ["2024-Q3", "2024-Q4", "2024", "2025-Q1"]);
        assert_eq!(names("2024-09", "2024-11"), [""; 0]);
    }
}
