//! The place of a plot in its picture, and what all plots have around it: title, legend, lines of values, ticks.

use super::axis::ValueAxis;
use super::layout::{Legend, text_width, wrapped};
use super::{GRID, INK, LETTERS, LINE, MARGIN, PALE_INK, PLOT_HEIGHT, TITLE, WIDTH};
use crate::report::svg::{Anchor, Stroke, SvgDocument, SvgPoint};

/// Space between the end of a value's label and the plot.
const GAP: f64 = 8.0;

/// The lines of axes and their ticks.
const AXIS: Stroke<'static> = Stroke {
    colour: PALE_INK,
    width: 1.0,
    dashes: "",
};

/// Where a plot stands, and its axis of values.
pub(super) struct PlotArea {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub values: ValueAxis,
}

impl PlotArea {
    /// The plot below a line. It begins where the widest label of the axis of values ends.
    pub fn below(line: f64, values: ValueAxis) -> Self {
        Self::sized(line, values, 0.0, PLOT_HEIGHT)
    }

    /// A plot of some height that leaves room on its right.
    pub fn sized(line: f64, values: ValueAxis, room: f64, height: f64) -> Self {
        let widths = values.labels().map(|label| text_width(&label, LETTERS));
        let widest = widths.fold(0.0, f64::max);
        let top = line + 16.0;
        Self {
            left: MARGIN + widest + GAP,
            right: WIDTH - MARGIN - 4.0 - room,
            top,
            bottom: top + height,
            values,
        }
    }

    /// How far right something stands that lies at this share of the width.
    pub fn x(&self, share: f64) -> f64 {
        self.left + (self.right - self.left) * share
    }

    /// The height of a value, given as the axis shows it.
    pub fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.values.share(value)
    }

    /// The lines at round values with their labels, and the line below the plot.
    pub fn draw_values(&self, document: &mut SvgDocument) {
        let grid = Stroke { colour: GRID, ..AXIS };
        for (value, label) in self.values.ticks().zip(self.values.labels()) {
            let y = self.y(value);
            document.line(
                &[(self.left, y), (self.right, y)],
                if value == 0.0 { &AXIS } else { &grid },
            );
            document.text((self.left - GAP, y + 5.0), LETTERS, PALE_INK, Anchor::End, &label);
        }
        document.line(&[(self.left, self.bottom), (self.right, self.bottom)], &AXIS);
    }

    /// A tick below the plot that has no label.
    pub fn draw_small_tick(&self, document: &mut SvgDocument, x: f64) {
        document.line(&[(x, self.bottom), (x, self.bottom + 4.0)], &AXIS);
    }

    /// A tick below the plot with its label.
    pub fn draw_tick(&self, document: &mut SvgDocument, x: f64, label: &str) {
        document.line(&[(x, self.bottom), (x, self.bottom + 8.0)], &AXIS);
        // Labels at the ends stay within the picture.
        let half = text_width(label, LETTERS) / 2.0;
        let x = x.clamp(MARGIN + half, (WIDTH - MARGIN - half).max(MARGIN + half));
        let place = (x, self.bottom + 10.0 + LETTERS);
        document.text(place, LETTERS, PALE_INK, Anchor::Middle, label);
    }

    /// Texts below the labels of the ticks, broken into lines. Returns the height of the picture.
    pub fn draw_note(&self, document: &mut SvgDocument, note: &str) -> f64 {
        let first = self.bottom + 8.0 + 2.0 * LETTERS * LINE;
        let mut last = first;
        for (number, text) in wrapped(note, LETTERS, WIDTH - 2.0 * MARGIN).iter().enumerate() {
            last = first + number as f64 * LETTERS * LINE;
            document.text((MARGIN, last), LETTERS, PALE_INK, Anchor::Start, text);
        }
        last + MARGIN
    }
}

/// Returns the line below.
pub(super) fn draw_title(document: &mut SvgDocument, title: &str) -> f64 {
    let mut line = MARGIN;
    for text in wrapped(title, TITLE, WIDTH - 2.0 * MARGIN) {
        line += TITLE * 1.2;
        document.bold_text((MARGIN, line), TITLE, INK, &text);
    }
    line
}

/// A legend below a line; `sample` draws what stands before the label with a number, between two points. Returns the line
/// below.
pub(super) fn draw_legend(
    document: &mut SvgDocument,
    legend: &Legend,
    line: f64,
    sample: impl Fn(&mut SvgDocument, usize, [SvgPoint; 2]),
) -> f64 {
    let top = line + 8.0;
    for (number, entry) in legend.entries.iter().enumerate() {
        let y = top + (entry.row + 1) as f64 * LETTERS * LINE;
        sample(
            document,
            number,
            [(entry.x, y - 5.0), (entry.x + Legend::SAMPLE, y - 5.0)],
        );
        let label = (entry.x + Legend::SAMPLE + 6.0, y);
        document.text(label, LETTERS, INK, Anchor::Start, &entry.label);
    }
    top + legend.rows as f64 * LETTERS * LINE
}

/// What the axis of values shows, below a line. Returns the line below.
pub(super) fn draw_measure(document: &mut SvgDocument, line: f64, measure: &str) -> f64 {
    let line = line + LETTERS * LINE + 4.0;
    document.text((MARGIN, line), LETTERS, PALE_INK, Anchor::Start, measure);
    line
}
