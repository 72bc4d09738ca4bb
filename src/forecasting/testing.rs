//! A small backtest on the hub world of the tests, with scores made up.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::Report;
use crate::forecasting::{Backtest, ForecastMethod, OriginSummary, ScoredForecast};
use crate::metrics::SparseSums;
use crate::model::{Flow, Party, Unit, World};
use crate::observation::{GoodsOfSeries, Panel, PanelSeries, SeriesKey, YEAR};
use crate::timeseries::Score;

pub fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

/// The world with a hub.
pub fn hub() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
    crate::input::world::read(&folder, None, &mut Report::default()).unwrap()
}

/// All goods that SEL sells to HUB and to ALT, and grain and the rest of these to HUB; then those of BUY, a part of a wider
/// reporter.
fn panel() -> Panel {
    let world = hub();
    let party = |id: &str| {
        let found = world.jurisdictions.iter().find(|(_, row)| row.id == id);
        Party::Jurisdiction(found.unwrap().0)
    };
    let grain = world.commodities.iter().find(|(_, row)| row.id == "grain").unwrap().0;
    let series = |reporter: &str, partner: &str, goods, is_widest| PanelSeries {
        key: SeriesKey {
            reporter: party(reporter),
            partner: party(partner),
            flow: Flow::Export,
            unit: Unit::Dollars,
            goods,
        },
        values: BTreeMap::new(),
        logs: vec![0.0; 48],
        season: [0.0; YEAR],
        noise: 0.1,
        is_widest,
        counts: vec![true; 48],
    };
    Panel {
        start: "2021-01".parse().unwrap(),
        months: 48,
        series: vec![
            series("SEL", "HUB", GoodsOfSeries::All, true),
            series("SEL", "ALT", GoodsOfSeries::All, true),
            series("SEL", "HUB", GoodsOfSeries::One(grain), true),
            series("SEL", "HUB", GoodsOfSeries::Rest, true),
            series("BUY", "HUB", GoodsOfSeries::All, false),
            series("BUY", "HUB", GoodsOfSeries::One(grain), false),
        ],
        sums: SparseSums::default(),
    }
}

/// A forecast whose record lies inside the interval of 90% if the score is below 0.35, and inside that of 50% if it is below
/// 0.15. The error is the score.
pub fn forecast(series: usize, origin: &str, ahead: usize, method: ForecastMethod, crps: f64) -> ScoredForecast {
    ScoredForecast {
        origin: origin.parse().unwrap(),
        series,
        ahead,
        method,
        score: Score {
            crps,
            within_50: crps < 0.15,
            within_90: crps < 0.35,
            pit: 0.25,
            error: crps,
        },
    }
}

/// These forecasts, with a summary for each of four origins from June 2022.
pub fn backtest(forecasts: Vec<ScoredForecast>) -> Backtest {
    let origin = |(later, weight)| OriginSummary {
        month: "2022-06".parse::<crate::model::Month>().unwrap().plus(later),
        observations: 100 + later as usize,
        misfit: [4.0, 1.5],
        weight,
    };
    Backtest {
        panel: panel(),
        origins: (0..).zip([2, 2, 3, 3]).map(origin).collect(),
        forecasts,
    }
}
