//! Fan charts: a quantity over the months, as the median and two bands, one colour per scenario. For many scenarios small panels
//! and ranked dots, for variants of a number a chart over its values. Beside them plain charts of lines, of bars and of what
//! drives an outcome.
//!
//! One picture serves phones and desks: it is 600 units wide, with letters that can still be read at half that size. It
//! names no font, date or program, so that the same results give the same bytes.

mod area;
mod axis;
mod bars;
mod dated;
mod dots;
mod ends;
mod layout;
mod lines;
mod names;
mod panels;
mod sweep;
#[cfg(test)]
mod tests;
mod tornado;

pub use bars::BarChart;
pub use dated::DatedMeasure;
pub use dots::{DotChart, DotRow};
pub use lines::{ChartLine, LineChart, LinePlaces};
pub use names::{PlotNames, when};
pub use panels::PanelChart;
pub use sweep::{SweepChart, SweepLine, SweepPoint};
pub use tornado::{TornadoBar, TornadoChart};

use std::collections::BTreeMap;

use crate::model::{Month, ResultUnit};
use crate::report::DisplayScale;
use crate::report::picture::PictureFormat;
use crate::results::FileKind;
use crate::results::read::Series;
use crate::statistics::Summary;

use crate::report::svg::{DrawnPicture, Stroke, SvgDocument, SvgPoint};
use area::{PlotArea, draw_legend, draw_measure, draw_title};
use axis::{MonthAxis, ValueAxis};
use dated::{DatedLines, dated_lines};
use ends::EndLabels;
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

/// A band of a fan: the places of its two quantiles, and its opacity.
type Band = (usize, usize, f64);

/// The bands of so few lines that none hides another.
const BANDS_OF_FEW: [Band; 2] = [(0, 4, 0.12), (1, 3, 0.18)];
/// The bands of several lines: the inner alone.
const BANDS_OF_SEVERAL: [Band; 1] = [(1, 3, 0.1)];
const FEW: usize = 3;
/// Bands of more lines would cover the picture.
const SEVERAL: usize = 7;

/// How a file shows that it is a picture drawn here.
pub fn picture_kind() -> FileKind {
    PictureFormat::Svg.kind()
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
    /// Drawn as thin lines at their months; may be empty.
    pub measures: Vec<DatedMeasure>,
    /// Whether the values are differences, each draw less its counterpart.
    pub is_difference: bool,
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
        self.draw().to_svg()
    }

    /// The picture.
    pub fn draw(&self) -> DrawnPicture {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let values = self.value_axis(scale.divisor);
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let ends = EndLabels::fitting(self.series.iter().map(|series| series.label.as_str()));
        let below_legend = self.draw_legend(&mut document, below_title, ends.is_some());
        let unit_line = draw_measure(&mut document, below_legend, &per_month(&scale.unit));
        let (room, height) = ends.as_ref().map_or((0.0, 0.0), |ends| (ends.room(), ends.height()));
        let numbers = if self.measures.is_empty() {
            0.0
        } else {
            DatedLines::ROOM
        };
        let area = PlotArea::sized(unit_line + numbers, values, room, height.max(PLOT_HEIGHT));
        let frame = Frame {
            months: self.month_axis(most_months(&area)),
            area,
            divisor: scale.divisor,
        };
        draw_axes(&mut document, &frame);
        let dated = dated_lines(&self.measures, &frame.months);
        dated.draw(&mut document, &frame.area, |month| frame.x(month));
        // Bands first, so that no band covers a line or a point.
        self.draw_bands(&mut document, &frame);
        self.draw_medians(&mut document, &frame);
        self.draw_observed(&mut document, &frame);
        if let Some(ends) = &ends {
            let last = self.series.iter().map(|series| last_median(series, &frame));
            ends.draw(&mut document, &frame.area, &last.collect::<Vec<_>>());
        }
        let below_note = frame.area.draw_note(&mut document, &self.note());
        let height = dated.draw_list(&mut document, below_note);
        document.picture(WIDTH, height)
    }

    /// The names of the lines, unless they stand at their ends, and of the points. Returns the line below.
    fn draw_legend(&self, document: &mut SvgDocument, line: f64, has_ends: bool) -> f64 {
        let named = if has_ends { &[][..] } else { &self.series[..] };
        let labels = named.iter().map(|series| series.label.as_str());
        let labels: Vec<&str> = labels.chain((!self.observed.is_empty()).then_some(OBSERVED)).collect();
        if labels.is_empty() {
            return line;
        }
        let legend = Legend::new(labels.into_iter());
        draw_legend(document, &legend, line, |document, number, [start, end]| {
            if number < named.len() {
                document.line(&[start, end], &stroke(number));
            } else {
                document.ring((f64::midpoint(start.0, end.0), start.1), INK);
            }
        })
    }

    /// The bands of each line.
    fn bands(&self) -> &'static [Band] {
        let lines = self.series.len();
        if lines <= FEW {
            &BANDS_OF_FEW
        } else if lines <= SEVERAL {
            &BANDS_OF_SEVERAL
        } else {
            &[]
        }
    }

    /// Whether there are too many lines for bands.
    pub fn leaves_bands_out(&self) -> bool {
        self.series.len() > SEVERAL
    }

    /// Explains the line and the bands.
    fn note(&self) -> String {
        let of = if self.is_difference {
            "paired differences"
        } else {
            "draws"
        };
        match self.bands().len() {
            0 => format!("Lines: medians of {of}. Bands of so many lines would hide each other."),
            1 => format!("Line: median of {of}. Band: middle 50%."),
            _ => format!("Line: median of {of}. Bands: middle 50% and 90%."),
        }
    }

    /// The quantiles that are drawn.
    fn quantiles(&self) -> impl Iterator<Item = f64> + '_ {
        let drawn = self.bands().iter().flat_map(|(low, high, _)| [*low, *high]);
        let drawn: Vec<usize> = std::iter::once(2).chain(drawn).collect();
        let summaries = self.series.iter().flat_map(|series| series.months.values());
        let fans = summaries.filter_map(fan);
        fans.flat_map(move |fan| drawn.iter().map(|place| fan[*place]).collect::<Vec<_>>())
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
        format!("Fan chart by month, of {}. {}{points}", names.join(", "), self.note())
    }

    fn draw_bands(&self, document: &mut SvgDocument, frame: &Frame) {
        for (number, series) in self.series.iter().enumerate() {
            for run in runs(series) {
                // The inner band lies on the outer one and is darker for it.
                for band in self.bands() {
                    draw_band(document, &run, *band, colour(number), &|month, value| {
                        frame.point(month, value)
                    });
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

/// Out along the upper quantile, back along the lower.
fn draw_band(
    document: &mut SvgDocument,
    run: &[(Month, Fan)],
    (low, high, opacity): Band,
    colour: &str,
    point: &dyn Fn(Month, f64) -> SvgPoint,
) {
    let upper = run.iter().map(|(month, fan)| point(*month, fan[high]));
    let lower = run.iter().rev().map(|(month, fan)| point(*month, fan[low]));
    document.area(&upper.chain(lower).collect::<Vec<_>>(), colour, opacity);
}

/// Where the line of a series ends.
fn last_median(series: &Series, frame: &Frame) -> Option<SvgPoint> {
    let (month, fan) = runs(series).pop()?.pop()?;
    Some(frame.point(month, fan[2]))
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
