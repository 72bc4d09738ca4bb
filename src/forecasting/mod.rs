//! Forecasts of recorded trade, and how often they were right.

mod anchored;
mod backtest;
mod forecast;
mod weight;

pub use anchored::{Anchoring, KnownSeries, NormalNumbers};
pub use backtest::{Backtest, BacktestPlan, ForecastMethod, LOCAL_LEVEL, OriginSummary, ScoredForecast, is_total};
pub use forecast::{
    FORECAST_FOLDER, ForecastInput, SeriesForecast, forecast, forecast_chart, forecast_kind, forecast_table,
};
pub use weight::WEIGHTS;
