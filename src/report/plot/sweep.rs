//! A quantity over the values of a number that is varied.

use super::area::{PlotArea, draw_legend, draw_measure, draw_title};
use super::axis::ValueAxis;
use super::ends::EndLabels;
use super::layout::{Legend, text_width};
use super::names::when;
use super::{LETTERS, LINE, MARGIN, PALE_INK, PLOT_HEIGHT, WIDTH, colour, stroke};
use crate::model::ALL;
use crate::report::DisplayScale;
use crate::report::svg::{Anchor, DrawnPicture, SvgDocument, SvgPoint};
use crate::statistics::Summary;

/// One value of the number.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepPoint {
    pub value: f64,
    pub summary: Summary,
}

/// The variants of one scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepLine {
    pub label: String,
    /// In the order of their values.
    pub points: Vec<SweepPoint>,
}

/// A chart over the values of a number.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepChart {
    pub title: String,
    /// The number that is varied, below its axis.
    pub number: String,
    /// As files spell it.
    pub unit: String,
    pub is_difference: bool,
    pub lines: Vec<SweepLine>,
}

/// The numbers of a point that are drawn: the ends of the bands, where there are any, and the middle.
fn drawn(summary: &Summary) -> impl Iterator<Item = f64> + use<> {
    let Summary {
        p05,
        p25,
        p50,
        p75,
        p95,
        ..
    } = *summary;
    [p05, p25, p50, p75, p95].into_iter().flatten()
}

impl SweepChart {
    /// The picture.
    pub fn draw(&self) -> DrawnPicture {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let divisor = scale.divisor;
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let labels = || self.lines.iter().map(|line| line.label.as_str());
        let ends = EndLabels::fitting(labels());
        let below_legend = if ends.is_some() {
            below_title
        } else {
            draw_legend(
                &mut document,
                &Legend::new(labels()),
                below_title,
                |document, number, ends| {
                    document.line(&ends, &stroke(number));
                },
            )
        };
        let measure = format!("{} {}", scale.unit.replace("usd", "USD"), when(ALL));
        let measure_line = draw_measure(&mut document, below_legend, &measure);
        let room = ends.as_ref().map_or(0.0, EndLabels::room);
        let area = PlotArea::sized(measure_line, self.value_axis(divisor), room, PLOT_HEIGHT);
        let across = self.number_axis();
        area.draw_values(&mut document);
        for (value, label) in across.ticks().zip(across.labels()) {
            area.draw_tick(&mut document, area.x(across.share(value)), &label);
        }
        let point = |value: f64, amount: f64| (area.x(across.share(value)), area.y(amount / divisor));
        for (number, line) in self.lines.iter().enumerate() {
            draw_bands(&mut document, line, number, &point);
        }
        let mut last = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            last.push(draw_middle(&mut document, line, number, &point));
        }
        if let Some(ends) = &ends {
            ends.draw(&mut document, &area, &last);
        }
        let below = area.bottom + 10.0 + LETTERS * (1.0 + LINE);
        let middle = f64::midpoint(area.left, area.right);
        let half = text_width(&self.number, LETTERS) / 2.0;
        let x = middle.max(MARGIN + half);
        document.text((x, below), LETTERS, PALE_INK, Anchor::Middle, &self.number);
        let shifted = PlotArea {
            bottom: area.bottom + LETTERS * LINE,
            ..area
        };
        let height = shifted.draw_note(&mut document, &self.note());
        document.picture(WIDTH, height)
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let points = self.lines.iter().flat_map(|line| &line.points);
        points.flat_map(|point| drawn(&point.summary))
    }

    fn value_axis(&self, divisor: f64) -> ValueAxis {
        // Heights can be compared only on an axis from zero.
        let (low, high) = self.values().fold((0.0_f64, 0.0_f64), |(low, high), value| {
            (low.min(value / divisor), high.max(value / divisor))
        });
        ValueAxis::new(low, high)
    }

    fn number_axis(&self) -> ValueAxis {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = points.fold(bounds, |(low, high), point| {
            (low.min(point.value), high.max(point.value))
        });
        if low <= high {
            ValueAxis::new(low, high)
        } else {
            ValueAxis::new(0.0, 1.0)
        }
    }

    fn note(&self) -> String {
        let of = if self.is_difference {
            "paired differences"
        } else {
            "draws"
        };
        let mut points = self.lines.iter().flat_map(|line| &line.points);
        let has_halves = points.any(|point| point.summary.p25.is_some());
        let bands = if has_halves {
            "Bands: middle 50% and 90%."
        } else {
            "Band: middle 90%."
        };
        format!("Dots: medians of {of}. {bands}")
    }

    /// The picture in words, for those who do not see it.
    fn description(&self) -> String {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let numbers = scale.decimals(self.values());
        let mut text = format!("Chart over {}, in {}.", self.number, scale.unit);
        for line in &self.lines {
            let points = line
                .points
                .iter()
                .filter_map(|point| Some((point.value, point.summary.p50?)));
            let points: Vec<String> = points
                .map(|(value, middle)| format!("{value}: {}", numbers.show(middle)))
                .collect();
            text.push_str(&format!(" {}: {}.", line.label, points.join(", ")));
        }
        format!("{text} {}", self.note())
    }
}

fn draw_bands(document: &mut SvgDocument, line: &SweepLine, number: usize, point: &dyn Fn(f64, f64) -> SvgPoint) {
    type Ends = fn(&Summary) -> Option<(f64, f64)>;
    let outer: Ends = |summary| summary.p05.zip(summary.p95);
    let inner: Ends = |summary| summary.p25.zip(summary.p75);
    for (ends, opacity) in [(outer, 0.12), (inner, 0.18)] {
        let known = line
            .points
            .iter()
            .filter_map(|each| Some((each.value, ends(&each.summary)?)));
        let known: Vec<(f64, (f64, f64))> = known.collect();
        if known.len() > 1 {
            let upper = known.iter().map(|(value, (_, high))| point(*value, *high));
            let lower = known.iter().rev().map(|(value, (low, _))| point(*value, *low));
            document.area(&upper.chain(lower).collect::<Vec<_>>(), colour(number), opacity);
        }
    }
}

/// The line through the medians, with a dot at each. Returns where it ends.
fn draw_middle(
    document: &mut SvgDocument,
    line: &SweepLine,
    number: usize,
    point: &dyn Fn(f64, f64) -> SvgPoint,
) -> Option<SvgPoint> {
    let known = line
        .points
        .iter()
        .filter_map(|each| Some(point(each.value, each.summary.p50?)));
    let points: Vec<SvgPoint> = known.collect();
    if points.len() > 1 {
        document.line(&points, &stroke(number));
    }
    points.iter().for_each(|at| document.ring(*at, colour(number)));
    points.last().copied()
}
