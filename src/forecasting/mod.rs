//! Forecasts of recorded trade, and how often they were right.

mod anchored;
mod backtest;
mod forecast;
mod page;
mod pictures;
mod scores;
mod tables;
#[cfg(test)]
mod testing;
mod weight;

pub use anchored::{Anchoring, KnownSeries, NormalNumbers};
pub use backtest::{Backtest, BacktestPlan, ForecastMethod, LOCAL_LEVEL, OriginSummary, ScoredForecast, is_total};
pub use forecast::{
    FORECAST_FOLDER, ForecastInput, SeriesForecast, forecast, forecast_chart, forecast_kind, forecast_table,
};
pub use page::{backtest_page, backtest_page_kind};
pub use pictures::{PICTURES, PICTURES_FOLDER, pictures};
pub use scores::{Grouping, MethodSummary, ScoredCase};
pub use tables::{Assessment, group_grid, method_grid, origin_grid, scores_kind, weights, write_scores};
pub use weight::WEIGHTS;
