//! A calibration as files: the posterior, a table of all numbers, a page and pictures.

use std::fmt::Write;

use ndarray::Array3;

use super::data::{Data, base_mean};
use super::posterior::{CalibratedNumber, Identification, Posterior};
use crate::math;
use crate::model::{Horizon, Month, World};
use crate::observation::{KnownPrices, Panel, base_of};
use crate::report::plot::FanChart;
use crate::report::{Grid, markdown_cell};
use crate::results::read::Series;
use crate::results::schema::CALIBRATED;
use crate::results::{FileKind, LineMark, TextTable, shortest};
use crate::statistics::Summary;

/// The folder of the pictures, beside the page.
pub const FOLDER: &str = "calibration";

/// The first column of `posterior.csv`, which is no number's name.
const MEMBER: &str = "member";

/// Digits that values of members are written with: more say nothing about a few hundred of them.
const DIGITS: i32 = 6;

/// Everything a page is written from.
#[derive(Debug)]
pub struct CalibrationReport<'a> {
    pub scenario: &'a str,
    pub title: &'a str,
    pub world: &'a World,
    pub panel: &'a Panel,
    pub horizon: Horizon,
    pub until: Month,
    pub data: &'a Data,
    pub posterior: &'a Posterior,
    /// Monthly totals under prior and posterior: members by months by series.
    pub totals: [&'a Array3<f64>; 2],
    /// How the members were found, in words.
    pub sampler: String,
    pub seed: u64,
}

/// `posterior.csv`: a row for each member, a column for each number that the data moved.
pub fn posterior_table(posterior: &Posterior) -> TextTable {
    let moved = posterior.moved();
    let names = moved.iter().map(|&place| posterior.numbers[place].name.clone());
    let columns: Vec<String> = std::iter::once(MEMBER.to_owned()).chain(names).collect();
    let rows = posterior.values.rows().into_iter().enumerate().map(|(member, values)| {
        let cells = moved.iter().map(|&place| shortest(rounded(values[place])));
        std::iter::once(member.to_string()).chain(cells).collect()
    });
    TextTable {
        rows: rows.collect(),
        columns,
    }
}

/// How a file shows that it is such a table.
pub fn posterior_kind() -> FileKind {
    FileKind::new(
        "a table of posterior draws",
        vec![LineMark::Around("member,", ""), LineMark::Around("0,", "")],
    )
    .or(vec![LineMark::Is(MEMBER.to_owned()), LineMark::Is("0".to_owned())])
}

/// A number with the digits that are written.
fn rounded(value: f64) -> f64 {
    let text = format!("{value:.digits$e}", digits = (DIGITS - 1) as usize);
    text.parse().unwrap_or(value)
}

/// `parameters.csv`: every uncertain number before and after.
pub fn parameter_table(posterior: &Posterior) -> TextTable {
    let rows = posterior.numbers.iter().map(|number| {
        let mut cells = vec![number.name.clone()];
        cells.extend(
            number
                .prior
                .iter()
                .chain(&number.posterior)
                .map(|value| shortest(rounded(*value))),
        );
        cells.extend([shortest(number.mean), shortest(number.spread)]);
        cells.extend([
            number.identification().words().to_owned(),
            number.is_stuck().to_string(),
            number.is_moved().to_string(),
        ]);
        cells
    });
    TextTable::of(&CALIBRATED, rows.collect())
}

/// How a file shows that it is such a table.
pub fn parameter_kind() -> FileKind {
    FileKind::csv("a table of a calibration", &CALIBRATED.header())
}

const TITLE: &str = "# Calibrated: ";

/// How a file shows that it is such a page.
pub fn calibration_kind() -> FileKind {
    FileKind::new(
        "a page of a calibration",
        vec![LineMark::Around(TITLE, ""), LineMark::Is(String::new())],
    )
}

impl CalibrationReport<'_> {
    /// The numbers that the data say something of, the surest first; at most `most` of each kind.
    pub fn numbers_grid(&self, kind: Identification, most: usize) -> Grid {
        let mut grid = Grid::new(
            kind.words(),
            &["number", "prior", "posterior", "spread", "moved by", ""],
            1,
        );
        let numbers = self.posterior.numbers.iter();
        let mut chosen: Vec<&CalibratedNumber> = numbers.filter(|number| number.identification() == kind).collect();
        chosen.sort_by(|one, other| one.spread.total_cmp(&other.spread));
        for number in chosen.into_iter().take(most) {
            grid.rows.push(vec![
                number.name.clone(),
                range(number.prior),
                range(number.posterior),
                format!("{:.2}", number.spread),
                format!("{:+.1}", number.mean),
                if number.is_stuck() { "at a bound" } else { "" }.to_owned(),
            ]);
        }
        grid
    }

    /// How many numbers the data identify, say little of, and say nothing of.
    pub fn counts(&self) -> [usize; 3] {
        let count = |kind| {
            let numbers = self.posterior.numbers.iter();
            numbers.filter(|number| number.identification() == kind).count()
        };
        [
            count(Identification::Identified),
            count(Identification::Weak),
            count(Identification::NotAtAll),
        ]
    }

    /// How each series fits before and after: the share of its months inside the middle 90% of members, and the median error.
    pub fn fit_grid(&self) -> Grid {
        let columns = ["series", "months", "inside before", "after", "error before", "after"];
        let mut grid = Grid::new("Fit by series", &columns, 1);
        let simulated = self.totals.map(|totals| self.data.of_totals(totals));
        let mut first = 0;
        for block in &self.data.blocks {
            let places = first..first + block.months.len();
            first = places.end;
            let mut row = vec![
                self.panel.label(block.series, self.world),
                block.months.len().to_string(),
            ];
            let scores = simulated.each_ref().map(|simulated| {
                let months = places.clone().map(|place| {
                    let [low, middle, high] = quantiles(simulated.column(place).to_vec());
                    let observed = self.data.observed[place];
                    (f64::from(low <= observed && observed <= high), observed - middle)
                });
                let count = places.len() as f64;
                months.fold((0.0, 0.0), |sum, month| {
                    (sum.0 + month.0 / count, sum.1 + month.1 / count)
                })
            });
            row.extend(scores.iter().map(|score| format!("{:.0}%", 100.0 * score.0)));
            row.extend(
                scores
                    .iter()
                    .map(|score| format!("{:+.0}%", 100.0 * (math::exp(score.1) - 1.0))),
            );
            grid.rows.push(row);
        }
        grid
    }

    /// The page. It refers to the pictures in the folder beside it.
    pub fn page(&self) -> String {
        let [identified, weak, not] = self.counts();
        let misfit = &self.posterior.members.misfit;
        let ends = (
            misfit.first().copied().unwrap_or(f64::NAN),
            misfit.last().copied().unwrap_or(f64::NAN),
        );
        let mut text = format!(
            "{TITLE}{title}\n\n{sampler} The scenario is `{scenario}`, the seed {seed}. {count} records of {blocks} series, until {until}, \
             each relative to the mean\nof the first year, at constant exchange rates, without season and without what prices alone did.\n\n\
             The mean misfit of a record fell from {before:.2} to {after:.2}: the square of its error, in units of the errors that were\n\
             assumed. One is what the assumed errors alone give; more means that the model lacks something.\n\n\
             Of {all} uncertain numbers the data identify {identified} (they take away three tenths of the prior's spread or more), say \
             little\nof {weak}, and say nothing of {not}. `parameters.csv` has them all; `posterior.csv` has a column for each number that \
             moved,\nthe others keep their priors.\n",
            title = markdown_cell(self.title),
            sampler = self.sampler,
            scenario = self.scenario,
            seed = self.seed,
            count = self.data.len(),
            blocks = self.data.blocks.len(),
            until = self.until,
            before = ends.0,
            after = ends.1,
            all = self.posterior.numbers.len(),
        );
        for (kind, most) in [(Identification::Identified, 60), (Identification::Weak, 60)] {
            let grid = self.numbers_grid(kind, most);
            if !grid.rows.is_empty() {
                // Writing to a String cannot fail.
                let _ = write!(
                    text,
                    "\n## {}\n\nMedians with the middle 90%. Spread: the prior's is 1. Moved by: in standard deviations of the prior. A \
                     number at a bound\nshows a prior that is too narrow, or a mechanism that is missing.\n\n{}",
                    heading(kind),
                    grid.to_markdown()
                );
            }
        }
        let _ = write!(
            text,
            "\n## Fit by series\n\nInside: the share of months whose record lies in the middle 90% of members. Error: record against the median \
             member, on\naverage.\n\n{}\n## Pictures\n\n",
            self.fit_grid().to_markdown()
        );
        for block in &self.data.blocks {
            let label = self.panel.label(block.series, self.world);
            let _ = writeln!(
                text,
                "![{}]({})\n",
                markdown_cell(&self.picture_title(block.series)),
                picture_name(&label)
            );
        }
        text
    }

    fn picture_title(&self, series: usize) -> String {
        let key = &self.panel.series[series].key;
        let (reporter, partner) = (key.reporter.name(self.world), key.partner.name(self.world));
        let goods = key.goods_words(self.world);
        let trade = key.flow.between(reporter, partner);
        format!("{trade}, {goods}: prior and posterior")
    }

    /// The pictures, each with the name of its file: prior and posterior bands of a series at the prices of the day, with season.
    pub fn pictures(&self) -> impl Iterator<Item = (String, FanChart)> + '_ {
        self.data.blocks.iter().filter_map(|block| {
            let series = &self.panel.series[block.series];
            let base = base_of(self.panel, series, self.horizon.start)?;
            let prices = KnownPrices::new(self.world, &series.key.reporter, series.key.flow, self.until);
            let labels = ["prior", "posterior"];
            let bands = self.totals.iter().zip(labels).map(|(totals, label)| {
                let months = (0..totals.dim().1).map(|step| {
                    let month = self.horizon.month(step);
                    let factor = math::exp(
                        base + prices.since(self.horizon.start.year(), month) + self.panel.season(block.series, month),
                    );
                    let members = totals.outer_iter().map(|member| {
                        factor * member[[step, block.series]] / base_mean(member, block.series, self.horizon.start)
                    });
                    (month, summary(members.collect()))
                });
                Series {
                    label: label.to_owned(),
                    key: Vec::new(),
                    unit: series.key.unit.name().to_owned(),
                    months: months.collect(),
                }
            });
            let observed = (0..self.horizon.months).filter_map(|step| {
                let month = self.horizon.month(step);
                let log = series.logs[self.panel.place(month)?];
                (log.is_finite() && month <= self.until).then(|| (month, math::exp(log)))
            });
            let chart = FanChart {
                title: self.picture_title(block.series),
                unit: series.key.unit.name().to_owned(),
                from_zero: true,
                series: bands.collect(),
                observed: observed.collect(),
                measures: Vec::new(),
                is_difference: false,
            };
            Some((picture_name(&self.panel.label(block.series, self.world)), chart))
        })
    }
}

/// The name of a picture's file, from where the page stands.
pub fn picture_name(label: &str) -> String {
    format!("{FOLDER}/{label}.svg")
}

fn heading(kind: Identification) -> &'static str {
    match kind {
        Identification::Identified => "What the data identify",
        Identification::Weak => "What they say little of",
        Identification::NotAtAll => "What they say nothing of",
    }
}

fn range([low, middle, high]: [f64; 3]) -> String {
    let show = |value: f64| {
        let magnitude = value.abs();
        if magnitude >= 1000.0 {
            format!("{value:.0}")
        } else if magnitude >= 10.0 {
            format!("{value:.1}")
        } else {
            format!("{value:.3}")
        }
    };
    format!("{} ({}..{})", show(middle), show(low), show(high))
}

fn quantiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_unstable_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|p| at(&values, p))
}

fn at(sorted: &[f64], p: f64) -> f64 {
    let rank = (p * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The statistics of draws.
pub fn summary(mut values: Vec<f64>) -> Summary {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len() as f64;
    let mean = values.iter().fold(0.0, |sum, value| sum + value) / count;
    let squares = values
        .iter()
        .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    let sd = (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
    let quantile = |p| (!values.is_empty()).then(|| at(&values, p));
    Summary {
        mean: (!values.is_empty()).then_some(mean),
        sd,
        mcse: sd.map(|sd| sd / count.sqrt()),
        p05: quantile(0.05),
        p25: quantile(0.25),
        p50: quantile(0.5),
        p75: quantile(0.75),
        p95: quantile(0.95),
    }
}
