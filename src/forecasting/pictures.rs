//! A backtest in pictures.

use super::backtest::{ForecastMethod, LOCAL_LEVEL};
use super::scores::{ScoredCase, summary};
use super::tables::Assessment;
use crate::report::plot::{BarChart, ChartLine, LineChart, LinePlaces};

/// The pictures, from where the page stands, with what each shows.
pub const PICTURES: [(&str, &str); 3] = [
    ("backtest/origins.svg", "Score by origin"),
    ("backtest/pit.svg", "Where records fell within their forecasts"),
    ("backtest/horizon.svg", "Score by months ahead"),
];

/// The folder of the pictures, beside the page.
pub const PICTURES_FOLDER: &str = "backtest";

/// The methods that are drawn.
const METHODS: [ForecastMethod; 3] = [ForecastMethod::Anchored, ForecastMethod::Simulated, LOCAL_LEVEL];

/// Equal parts of the range of shares.
const PARTS: usize = 10;

/// What the scores are.
const MEASURE: &str = "Mean CRPS, in logarithms; lower is better";

/// The pictures as SVG, in the order of [`PICTURES`].
pub fn pictures(assessment: &Assessment<'_>) -> [String; 3] {
    [
        origins(assessment).render(),
        places_in_forecasts(assessment).render(),
        horizon(assessment).render(),
    ]
}

fn origins(assessment: &Assessment<'_>) -> LineChart {
    let origins = assessment.plan.origins;
    let pooled = assessment.pooled();
    LineChart {
        title: PICTURES[0].1.to_owned(),
        measure: MEASURE.to_owned(),
        places: LinePlaces::From(origins.first),
        lines: lines(&pooled, origins.months(), |case| {
            case.origin.since(origins.first) as usize
        }),
        note: "Across: the last month that was known.".to_owned(),
    }
}

fn horizon(assessment: &Assessment<'_>) -> LineChart {
    let pooled = assessment.pooled();
    LineChart {
        title: PICTURES[2].1.to_owned(),
        measure: MEASURE.to_owned(),
        places: LinePlaces::Ahead,
        lines: lines(&pooled, assessment.plan.horizon, |case| case.ahead - 1),
        note: "Across: months ahead of the last known month.".to_owned(),
    }
}

/// The mean score of each method by place; a gap where nothing was scored.
fn lines(cases: &[&ScoredCase], places: usize, place: impl Fn(&ScoredCase) -> usize) -> Vec<ChartLine> {
    let mut by_place: Vec<Vec<&ScoredCase>> = vec![Vec::new(); places];
    for case in cases {
        by_place[place(case)].push(case);
    }
    let line = |method: ForecastMethod| ChartLine {
        label: method.name(),
        values: by_place
            .iter()
            .map(|cases| Some(summary(cases, method)?.crps))
            .collect(),
    };
    METHODS.into_iter().map(line).collect()
}

fn places_in_forecasts(assessment: &Assessment<'_>) -> BarChart {
    let pooled = assessment.pooled();
    let anchored = pooled
        .iter()
        .filter_map(|case| case.scores.get(&ForecastMethod::Anchored));
    BarChart {
        title: PICTURES[1].1.to_owned(),
        measure: "% of records".to_owned(),
        label: ForecastMethod::Anchored.name(),
        even: "uniform".to_owned(),
        counts: BarChart::count(anchored.map(|score| score.pit), PARTS),
        note: "Across: the share of the forecast below the record. Bars high at both ends: too narrow. High in the middle: too \
               wide. High at the right: too low."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecasting::scores::{cases, totals};
    use crate::forecasting::testing::{backtest, forecast};

    #[test]
    fn a_line_has_the_mean_of_each_place_and_gaps() {
        let backtest = backtest(vec![
            forecast(0, "2022-06", 1, ForecastMethod::Anchored, 0.1),
            forecast(1, "2022-06", 1, ForecastMethod::Anchored, 0.3),
            forecast(0, "2022-06", 3, ForecastMethod::Anchored, 0.5),
            forecast(0, "2022-06", 3, LOCAL_LEVEL, 0.4),
            // No total.
            forecast(2, "2022-06", 3, ForecastMethod::Anchored, 9.0),
        ]);
        let cases = cases(&backtest);
        let lines = lines(&totals(&backtest, &cases), 3, |case| case.ahead - 1);
        let labels: Vec<&str> = lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(labels, ["anchored", "simulated", "local_level"]);
        assert_eq!(lines[0].values, [Some(0.2), None, Some(0.5)]);
        assert_eq!(lines[1].values, [None, None, None]);
        assert_eq!(lines[2].values, [None, None, Some(0.4)]);
    }
}
