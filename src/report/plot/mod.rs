//! Fan charts: a quantity over the months, as the median and two bands, one colour per scenario. Beside them plain charts of
//! lines, of bars and of what drives an outcome.
//!
//! One picture serves phones and desks: it is 600 units wide, with letters that can still be read at half that size. It
//! names no font, date or program, so that the same results give the same bytes.

mod area;
mod axis;
mod bars;
mod layout;
mod lines;
#[cfg(test)]
mod tests;
mod tornado;

pub use bars::BarChart;
pub use lines::{ChartLine, LineChart, LinePlaces};
pub use tornado::{TornadoBar, TornadoChart};

use std::collections::BTreeMap;

use crate::model::{Month, ResultUnit};
use crate::report::DisplayScale;
use crate::results::FileKind;
use crate::results::read::Series;
use crate::statistics::Summary;

use crate::report::svg::{Stroke, SvgDocument, SvgPoint};
use area::{PlotArea, draw_legend, draw_measure, draw_title};
use axis::{MonthAxis, ValueAxis};
use layout::{Legend, text_width};

/// Widths and heights in units of the picture.
const WIDTH: f64 = 600.0;
const MARGIN: f64 = 14.0;
const PLOT_HEIGHT: f64 = 270.0;
const TITLE: f64 = 20.0;
const LETTERS: f64 = 16.0;
const LINE: f64 = 1.4;

const INK: &str = "#222222";
const PALE_INK: &str = "#555555";
const GRID: &str = "#dddddd";

/// The colours of Okabe and Ito (2008), which colour-blind people can tell apart, without yellow, which is too pale for
/// a line.
const COLOURS: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
];
/// Dashes distinguish lines without colour, and show a line that lies below another.
const DASHES: [&str; 4] = ["", "9 5", "2 4", "12 4 2 4"];

/// The name of points in the legend.
const OBSERVED: &str = "observed";

/// Explains the line and the bands.
const NOTE: &str = "Line: median of draws. Bands: middle 50% and 90%.";

/// How a file shows that it is a picture drawn here.
pub fn picture_kind() -> FileKind {
    FileKind::new("a picture drawn by this program", crate::report::svg::beginning())
}

/// A chart of series with one unit.
#[derive(Clone, PartialEq, Debug)]
pub struct FanChart {
    pub title: String,
    /// `t`, `usd`, `usd/t` or `share`.
    pub unit: String,
    /// Whether the axis of values begins at zero where no value lies below.
    pub from_zero: bool,
    /// At least one, each with at least one month.
    pub series: Vec<Series>,
    /// Observed values, drawn as points over the bands; may be empty.
    pub observed: BTreeMap<Month, f64>,
}

/// The axes and their place in the picture.
struct Frame {
    area: PlotArea,
    months: MonthAxis,
    divisor: f64,
}

impl Frame {
    fn x(&self, month: Month) -> f64 {
        self.area.x(self.months.share(month))
    }

    fn point(&self, month: Month, value: f64) -> SvgPoint {
        (self.x(month), self.area.y(value / self.divisor))
    }
}

/// The five quantiles of a month, from the lowest.
type Fan = [f64; 5];

fn fan(summary: &Summary) -> Option<Fan> {
    let Summary {
        p05,
        p25,
        p50,
        p75,
        p95,
        ..
    } = *summary;
    Some([p05?, p25?, p50?, p75?, p95?])
}

impl FanChart {
    /// The picture as SVG; ends with a newline.
    pub fn render(&self) -> String {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let values = self.value_axis(scale.divisor);
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let labels = self.series.iter().map(|series| series.label.as_str());
        let legend = Legend::new(labels.chain((!self.observed.is_empty()).then_some(OBSERVED)));
        let below_legend = draw_legend(&mut document, &legend, below_title, |document, number, [start, end]| {
            if number < self.series.len() {
                document.line(&[start, end], &stroke(number));
            } else {
                document.ring((f64::midpoint(start.0, end.0), start.1), INK);
            }
        });
        let unit_line = draw_measure(&mut document, below_legend, &per_month(&scale.unit));
        let area = PlotArea::below(unit_line, values);
        let frame = Frame {
            months: self.month_axis(most_months(&area)),
            area,
            divisor: scale.divisor,
        };
        // Bands first, so that no band covers a line or a point.
        draw_axes(&mut document, &frame);
        self.draw_bands(&mut document, &frame);
        self.draw_medians(&mut document, &frame);
        self.draw_observed(&mut document, &frame);
        let height = frame.area.draw_note(&mut document, NOTE);
        document.finish(WIDTH, height)
    }

    fn quantiles(&self) -> impl Iterator<Item = f64> + '_ {
        let summaries = self.series.iter().flat_map(|series| series.months.values());
        summaries.filter_map(fan).flatten()
    }

    /// Everything that is drawn.
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.quantiles().chain(self.observed.values().copied())
    }

    fn value_axis(&self, divisor: f64) -> ValueAxis {
        let (low, high) = self
            .values()
            .map(|value| value / divisor)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        match (low <= high, self.from_zero) {
            // Without values the bounds are infinite: any axis will do.
            (false, _) => ValueAxis::new(0.0, 1.0),
            // Heights can be compared only on an axis from zero.
            (true, true) => ValueAxis::new(low.min(0.0), high.max(0.0)),
            (true, false) => ValueAxis::new(low, high),
        }
    }

    fn month_axis(&self, most_labels: f64) -> MonthAxis {
        let simulated = || self.series.iter().flat_map(|series| series.months.keys());
        let months = || simulated().chain(self.observed.keys()).copied();
        let (first, last) = (months().min(), months().max());
        // Without months any axis will do.
        let first = first.unwrap_or(Month::january(0));
        MonthAxis::new(first, last.unwrap_or(first), most_labels)
    }

    /// The picture in words, for those who do not see it.
    fn description(&self) -> String {
        let names: Vec<&str> = self.series.iter().map(|series| series.label.as_str()).collect();
        let points = if self.observed.is_empty() {
            ""
        } else {
            " Points: observed."
        };
        format!("Fan chart by month, of {}. {NOTE}{points}", names.join(", "))
    }

    fn draw_bands(&self, document: &mut SvgDocument, frame: &Frame) {
        for (number, series) in self.series.iter().enumerate() {
            for run in runs(series) {
                // The inner band lies on the outer one and is darker for it.
                for (low, high, opacity) in [(0, 4, 0.12), (1, 3, 0.18)] {
                    // Out along the upper quantile, back along the lower.
                    let upper = run.iter().map(|(month, fan)| frame.point(*month, fan[high]));
                    let lower = run.iter().rev().map(|(month, fan)| frame.point(*month, fan[low]));
                    document.area(&upper.chain(lower).collect::<Vec<_>>(), colour(number), opacity);
                }
            }
        }
    }

    fn draw_medians(&self, document: &mut SvgDocument, frame: &Frame) {
        for (number, series) in self.series.iter().enumerate() {
            for run in runs(series) {
                let points: Vec<SvgPoint> = run.iter().map(|(month, fan)| frame.point(*month, fan[2])).collect();
                match points.as_slice() {
                    // A line of one point would not be seen.
                    [alone] => document.dot(*alone, colour(number)),
                    points => document.line(points, &stroke(number)),
                }
            }
        }
    }

    fn draw_observed(&self, document: &mut SvgDocument, frame: &Frame) {
        for (month, value) in &self.observed {
            document.ring(frame.point(*month, *value), INK);
        }
    }
}

/// The months of a series that follow each other and have all quantiles.
fn runs(series: &Series) -> Vec<Vec<(Month, Fan)>> {
    let mut runs: Vec<Vec<(Month, Fan)>> = Vec::new();
    for (month, fan) in series
        .months
        .iter()
        .filter_map(|(month, summary)| Some((*month, fan(summary)?)))
    {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(before, _)| month.since(*before) == 1) => run.push((month, fan)),
            // After a missing month a new run begins, so that the line has a gap there.
            _ => runs.push(vec![(month, fan)]),
        }
    }
    runs
}

fn draw_axes(document: &mut SvgDocument, frame: &Frame) {
    frame.area.draw_values(document);
    draw_months(document, &frame.area, &frame.months);
}

fn draw_months(document: &mut SvgDocument, area: &PlotArea, months: &MonthAxis) {
    for month in months.small_ticks() {
        area.draw_small_tick(document, area.x(months.share(month)));
    }
    for (month, label) in months.labels() {
        area.draw_tick(document, area.x(months.share(month)), &label);
    }
}

/// How many labels of months fit side by side.
fn most_months(area: &PlotArea) -> f64 {
    // A sample label with a gap.
    (area.right - area.left) / text_width("Sep 2022  ", LETTERS)
}

fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}

fn stroke(number: usize) -> Stroke<'static> {
    Stroke {
        colour: colour(number),
        width: 2.6,
        dashes: DASHES[number % DASHES.len()],
    }
}

/// A scaled unit in words; amounts are those of a month.
fn per_month(unit: &str) -> String {
    if ResultUnit::from_name(unit) == Some(ResultUnit::DollarsPerTonne) {
        return "USD per tonne".to_owned();
    }
    match unit {
        "%" => "%".to_owned(),
        amount => format!("{} per month", amount.replace("usd", "USD")),
    }
}
