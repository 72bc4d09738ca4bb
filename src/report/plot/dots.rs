//! Ranked dots with intervals: one number for each scenario, or each value of a column.

use super::area::draw_title;
use super::axis::{ValueAxis, grouped};
use super::layout::{cut_within, text_width, wrapped};
use super::{GRID, INK, MARGIN, PALE_INK, WIDTH, colour};
use crate::report::DisplayScale;
use crate::report::svg::{Anchor, DrawnPicture, Stroke, SvgDocument};
use crate::statistics::Summary;

const SIZE: f64 = 14.0;
const SMALL: f64 = 12.0;
/// Names take no more room.
const WIDEST: f64 = 236.0;
const ROW: f64 = 24.0;
/// Before the rows that stand apart.
const APART: f64 = 14.0;

const AXIS: Stroke<'static> = Stroke {
    colour: PALE_INK,
    width: 1.0,
    dashes: "",
};
const RULE: Stroke<'static> = Stroke { colour: GRID, ..AXIS };

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct DotRow {
    pub label: String,
    pub summary: Summary,
    /// Whether it is what the others are compared with.
    pub is_reference: bool,
    /// Whether it stands below the ranking: a sum, or a case that is no scenario like the others.
    pub is_apart: bool,
}

/// A chart of dots, in the order of its rows.
#[derive(Clone, PartialEq, Debug)]
pub struct DotChart {
    pub title: String,
    /// As files spell it.
    pub unit: String,
    /// What the amounts are of, behind the unit: `per month`, or empty.
    pub per: String,
    pub is_difference: bool,
    pub rows: Vec<DotRow>,
}

impl DotRow {
    /// The place in the ranking: the median, else the mean.
    pub fn middle(&self) -> Option<f64> {
        self.summary.p50.or(self.summary.mean)
    }
}

/// Puts rows in the order of their medians, the lowest first for differences and the highest first for levels. Rows that stand
/// apart come last, those without a number before them.
pub(super) fn ranked(rows: &mut [DotRow], is_difference: bool) {
    rows.sort_by(|one, other| {
        let key = |row: &DotRow| {
            let middle = row.middle().map(|middle| if is_difference { middle } else { -middle });
            middle.unwrap_or(f64::INFINITY)
        };
        one.is_apart
            .cmp(&other.is_apart)
            .then(key(one).total_cmp(&key(other)))
            .then_with(|| one.label.cmp(&other.label))
    });
}

/// Where the plot stands, across.
struct Columns {
    left: f64,
    right: f64,
    values: ValueAxis,
    divisor: f64,
}

impl Columns {
    fn x(&self, value: f64) -> f64 {
        self.left + (self.right - self.left) * self.values.share(value / self.divisor)
    }
}

impl DotChart {
    /// Puts the rows in order, see the picture's note.
    pub fn rank(mut self) -> Self {
        ranked(&mut self.rows, self.is_difference);
        self
    }

    /// The picture.
    pub fn draw(&self) -> DrawnPicture {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let widths = self.rows.iter().map(|row| text_width(&row.label, SIZE));
        let left = MARGIN + widths.fold(0.0, f64::max).min(WIDEST) + 12.0;
        let numbers = scale.decimals(self.rows.iter().filter_map(DotRow::middle));
        let show = |value: f64| grouped(&numbers.show(value));
        let widest = self.rows.iter().filter_map(DotRow::middle);
        let widest = widest.map(|middle| text_width(&show(middle), SIZE)).fold(0.0, f64::max);
        let columns = Columns {
            left,
            right: WIDTH - MARGIN - widest - 14.0,
            values: self.value_axis(scale.divisor, WIDTH - MARGIN - widest - 14.0 - left),
            divisor: scale.divisor,
        };
        let unit = scale.unit.replace("usd", "USD");
        let measure = format!("{unit} {}", self.per);
        let line = below_title + 24.0;
        document.text((MARGIN, line), SIZE, PALE_INK, Anchor::Start, measure.trim());
        document.text((WIDTH - MARGIN, line), SMALL, PALE_INK, Anchor::End, "median");
        let top = line + 10.0;
        let bottom = self.places(top).last().map_or(top + ROW, |(_, y)| y + ROW * 0.7);
        draw_scale(&mut document, &columns, top, bottom);
        self.draw_reference(&mut document, &columns, top, bottom);
        for (row, y) in self.places(top) {
            let label = cut_within(&row.label, SIZE, WIDEST);
            document.text((left - 12.0, y + 5.0), SIZE, INK, Anchor::End, &label);
            draw_row(&mut document, &columns, row, y);
            let text = row.middle().map_or("–".to_owned(), show);
            document.text((WIDTH - MARGIN, y + 5.0), SIZE, INK, Anchor::End, &text);
        }
        let mut line = bottom + 2.0 * SIZE + 14.0;
        for text in wrapped(&self.note(), SIZE, WIDTH - 2.0 * MARGIN) {
            document.text((MARGIN, line), SIZE, PALE_INK, Anchor::Start, &text);
            line += SIZE * 1.35;
        }
        document.picture(WIDTH, line)
    }

    /// The rows with their heights.
    fn places(&self, top: f64) -> impl Iterator<Item = (&DotRow, f64)> {
        let ranked = self.rows.iter().filter(|row| !row.is_apart).count();
        self.rows.iter().enumerate().map(move |(place, row)| {
            let apart = if place >= ranked && ranked > 0 { APART } else { 0.0 };
            (row, top + ROW * (place as f64 + 0.75) + apart)
        })
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().flat_map(|row| {
            let ends = [row.summary.p05, row.middle(), row.summary.p95];
            ends.into_iter().flatten()
        })
    }

    fn value_axis(&self, divisor: f64, width: f64) -> ValueAxis {
        let start = if self.is_difference {
            (0.0, 0.0)
        } else {
            (f64::INFINITY, f64::NEG_INFINITY)
        };
        let (low, high) = self.values().fold(start, |(low, high), value| {
            (low.min(value / divisor), high.max(value / divisor))
        });
        let intervals = (width / 70.0).clamp(2.0, 6.0);
        if low <= high {
            ValueAxis::with_intervals(low, high, intervals)
        } else {
            // Without values any axis will do.
            ValueAxis::with_intervals(0.0, 1.0, intervals)
        }
    }

    /// A line through all rows where the reference lies.
    fn draw_reference(&self, document: &mut SvgDocument, columns: &Columns, top: f64, bottom: f64) {
        let reference = self.rows.iter().find(|row| row.is_reference);
        if let Some(middle) = reference.and_then(DotRow::middle).filter(|_| !self.is_difference) {
            let x = columns.x(middle);
            let dashed = Stroke { dashes: "3 3", ..AXIS };
            document.line(&[(x, top), (x, bottom)], &dashed);
        }
    }

    fn note(&self) -> String {
        let of = if self.is_difference {
            "paired differences"
        } else {
            "draws"
        };
        let reference = self.rows.iter().find(|row| row.is_reference && !self.is_difference);
        let reference = reference.map_or(String::new(), |row| format!(" Dashed: {}.", row.label));
        let has_halves = self.rows.iter().any(|row| row.summary.p25.is_some());
        let thick = if has_halves { " Thick: middle 50%." } else { "" };
        format!("Dot: median of {of}.{thick} Thin: middle 90%.{reference}")
    }

    /// The picture in words, for those who do not see it.
    fn description(&self) -> String {
        let scale = DisplayScale::fitting(&self.unit, self.values());
        let numbers = scale.decimals(self.rows.iter().filter_map(DotRow::middle));
        let rows = self.rows.iter().map(|row| match row.middle() {
            Some(middle) => format!("{} {}", row.label, numbers.show(middle)),
            None => format!("{} none", row.label),
        });
        let rows: Vec<String> = rows.collect();
        format!("Dots in {}: {}. {}", scale.unit, rows.join(", "), self.note())
    }
}

fn draw_scale(document: &mut SvgDocument, columns: &Columns, top: f64, bottom: f64) {
    for (value, label) in columns.values.ticks().zip(columns.values.labels()) {
        let x = columns.left + (columns.right - columns.left) * columns.values.share(value);
        let rule = if value == 0.0 { &AXIS } else { &RULE };
        document.line(&[(x, top), (x, bottom)], rule);
        document.text((x, bottom + SMALL + 4.0), SMALL, PALE_INK, Anchor::Middle, &label);
    }
}

fn draw_row(document: &mut SvgDocument, columns: &Columns, row: &DotRow, y: f64) {
    let colour = match (row.is_reference, row.is_apart) {
        (true, _) => INK,
        (_, true) => colour(1),
        _ => colour(0),
    };
    let bar = |width| Stroke {
        colour,
        width,
        dashes: "",
    };
    let Summary { p05, p25, p75, p95, .. } = row.summary;
    for (ends, width) in [(p05.zip(p95), 1.4), (p25.zip(p75), 4.0)] {
        if let Some((low, high)) = ends {
            document.line(&[(columns.x(low), y), (columns.x(high), y)], &bar(width));
        }
    }
    if let Some(middle) = row.middle() {
        document.ring((columns.x(middle), y), colour);
    }
}
