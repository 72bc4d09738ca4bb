//! A backtest as tables: for people, and in full precision.

use std::io::{self, Write};

use super::backtest::{Backtest, BacktestPlan, ForecastMethod, LOCAL_LEVEL};
use super::scores::{
    Grouping, MethodSummary, ScoredCase, cases, cluster_stream, groups, ratio_to_level, summary, totals,
};
use super::weight::WEIGHTS;
use crate::report::Grid;
use crate::results::schema::SCORES;
use crate::results::{FileKind, shortest};
use crate::scenario::Scenario;

/// A backtest with what it was made of.
#[derive(Debug)]
pub struct Assessment<'b> {
    pub scenario: &'b Scenario,
    pub plan: &'b BacktestPlan,
    pub backtest: &'b Backtest,
    pub cases: Vec<ScoredCase>,
}

impl<'b> Assessment<'b> {
    /// Puts the forecasts together by case.
    pub fn new(scenario: &'b Scenario, plan: &'b BacktestPlan, backtest: &'b Backtest) -> Self {
        Self {
            scenario,
            plan,
            backtest,
            cases: cases(backtest),
        }
    }

    /// The cases that are pooled.
    pub fn pooled(&self) -> Vec<&ScoredCase> {
        totals(self.backtest, &self.cases)
    }

    /// How many series have pooled cases.
    pub fn pooled_series(&self) -> usize {
        let mut series: Vec<usize> = self.pooled().iter().map(|case| case.series).collect();
        series.sort_unstable();
        series.dedup();
        series.len()
    }

    /// What was done, in a sentence without its end.
    pub fn made_of(&self) -> String {
        let smoother = &self.plan.smoother;
        let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        format!(
            "{} of {} series, forecast up to {} ahead at {}; {} members, {}, seed {}",
            counted(self.pooled().len(), "record"),
            self.pooled_series(),
            counted(self.plan.horizon, "month"),
            counted(self.backtest.origins.len(), "origin"),
            smoother.members,
            counted(smoother.steps, "step"),
            smoother.seed
        )
    }
}

/// Every method on the pooled cases.
pub fn method_grid(assessment: &Assessment<'_>) -> Grid {
    let columns = [
        "method",
        "records",
        "CRPS",
        "ratio",
        "90% interval",
        "inside 90%",
        "inside 50%",
        "median error",
    ];
    let mut grid = Grid::new(
        "All goods of the widest reporters; ratio to the local level",
        &columns,
        1,
    );
    let pooled = assessment.pooled();
    let stream = cluster_stream(assessment.plan.smoother.seed);
    for method in methods(&pooled) {
        let Some(found) = summary(&pooled, method) else {
            continue;
        };
        // The interval of a ratio that is one by definition would say nothing.
        let is_other = method != LOCAL_LEVEL;
        let interval = is_other.then(|| ratio_to_level(assessment.backtest, &pooled, method, &stream));
        let interval = interval.flatten();
        grid.rows.push(vec![
            method.name(),
            found.cases.to_string(),
            score(found.crps),
            found.ratio.map_or_else(nothing, ratio),
            interval.map_or_else(nothing, |of| format!("{}..{}", ratio(of.p05), ratio(of.p95))),
            share(found.within_90),
            share(found.within_50),
            format!("{:+.3}", found.error),
        ]);
    }
    grid
}

/// The methods that have scores, in order.
fn methods(cases: &[&ScoredCase]) -> Vec<ForecastMethod> {
    let mut methods: Vec<ForecastMethod> = cases.iter().flat_map(|case| case.scores.keys().copied()).collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}

/// The two calibrated forecasts beside the local level, by group; none where no case has a group.
pub fn group_grid(assessment: &Assessment<'_>, grouping: Grouping) -> Option<Grid> {
    let columns = [
        grouping.name(),
        "records",
        "local_level",
        "anchored",
        "ratio",
        "inside 90%",
        "simulated",
        "ratio",
        "inside 90%",
    ];
    let mut grid = Grid::new(&format!("CRPS by {}", grouping.name()), &columns, 1);
    let world = &assessment.scenario.world;
    for (name, cases) in groups(assessment.backtest, world, &assessment.cases, grouping) {
        let level = summary(&cases, LOCAL_LEVEL);
        let mut row = vec![
            name,
            cases.len().to_string(),
            level.map_or_else(nothing, |level| score(level.crps)),
        ];
        for method in [ForecastMethod::Anchored, ForecastMethod::Simulated] {
            let found = summary(&cases, method);
            let show = |value: &dyn Fn(&MethodSummary) -> String| found.as_ref().map_or_else(nothing, value);
            row.push(show(&|found| score(found.crps)));
            row.push(show(&|found| found.ratio.map_or_else(nothing, ratio)));
            row.push(show(&|found| share(found.within_90)));
        }
        grid.rows.push(row);
    }
    (!grid.rows.is_empty()).then_some(grid)
}

/// What was done at each origin.
pub fn origin_grid(assessment: &Assessment<'_>) -> Grid {
    let columns = [
        "origin",
        "observations",
        "misfit at first",
        "misfit before the last step",
        "weight",
    ];
    let mut grid = Grid::new("Origins", &columns, 1);
    for origin in &assessment.backtest.origins {
        let misfit = origin.misfit.map(|misfit| {
            if misfit.is_finite() {
                format!("{misfit:.2}")
            } else {
                nothing()
            }
        });
        let [first, last] = misfit;
        let weight = ratio(WEIGHTS[origin.weight]);
        grid.rows.push(vec![
            origin.month.to_string(),
            origin.observations.to_string(),
            first,
            last,
            weight,
        ]);
    }
    grid
}

/// The weights of the origins, those of equal neighbours together.
pub fn weights(assessment: &Assessment<'_>) -> String {
    let runs = assessment
        .backtest
        .origins
        .chunk_by(|one, next| one.weight == next.weight);
    let words: Vec<String> = runs
        .filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            let months = crate::model::MonthRange {
                first: first.month,
                last: last.month,
            };
            Some(format!("{months} {}", ratio(WEIGHTS[first.weight])))
        })
        .collect();
    words.join(", ")
}

fn score(value: f64) -> String {
    format!("{value:.3}")
}

fn ratio(value: f64) -> String {
    format!("{value:.2}")
}

fn share(value: f64) -> String {
    format!("{:.0}%", 100.0 * value)
}

fn nothing() -> String {
    "-".to_owned()
}

/// How a file shows that it is a table of [`write_scores`].
pub fn scores_kind() -> FileKind {
    FileKind::csv("a table of a backtest", &SCORES.header())
}

/// Writes `scores.csv`: a row for each scored forecast, by origin, series, months ahead and method.
///
/// # Errors
/// When `out` takes no more.
pub fn write_scores(assessment: &Assessment<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(SCORES.names())?;
    let world = &assessment.scenario.world;
    for case in &assessment.cases {
        let key = &assessment.backtest.panel.series[case.series].key;
        for (method, score) in &case.scores {
            let cells = [
                case.origin.to_string(),
                case.month().to_string(),
                key.reporter.name(world).to_owned(),
                key.partner.name(world).to_owned(),
                key.flow.name().to_owned(),
                key.goods_name(world).to_owned(),
                key.unit.name().to_owned(),
                case.ahead.to_string(),
                method.name(),
                shortest(score.crps),
                score.within_50.to_string(),
                score.within_90.to_string(),
                shortest(score.pit),
                shortest(score.error),
            ];
            debug_assert_eq!(cells.len(), SCORES.columns().count(), "rows of {}", SCORES.file);
            writer.write_record(cells)?;
        }
    }
    writer.flush()
}
