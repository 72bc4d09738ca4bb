//! Thin lines at the months in which measures begin, numbered, with a list below the picture.

use std::collections::BTreeMap;

use super::area::PlotArea;
use super::axis::{MonthAxis, name};
use super::layout::wrapped;
use super::{MARGIN, PALE_INK, WIDTH};
use crate::model::Month;
use crate::report::svg::{Anchor, Stroke, SvgDocument};

/// The size of numbers and list.
const SIZE: f64 = 12.0;
const LINE: f64 = 16.0;
/// Neighbours share a row of numbers if there is so much room between them.
const NEAR: f64 = 18.0;
/// More months are listed in two columns.
const MOST_IN_COLUMN: usize = 8;
/// Between the columns.
const GAP: f64 = 12.0;

const THIN: Stroke<'static> = Stroke {
    colour: "#888888",
    width: 0.8,
    dashes: "2 3",
};

/// A measure that begins in a month.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DatedMeasure {
    pub from: Month,
    /// In few words, such as `EU ban`.
    pub label: String,
}

/// The months in which measures begin, each with what begins.
pub(super) struct DatedLines {
    months: Vec<(Month, String)>,
}

/// The measures that begin after the first month of the axis; before it nothing shows their beginning.
pub(super) fn dated_lines(measures: &[DatedMeasure], axis: &MonthAxis) -> DatedLines {
    let mut months: BTreeMap<Month, BTreeMap<&str, usize>> = BTreeMap::new();
    for measure in measures.iter().filter(|measure| axis.holds(measure.from)) {
        *months
            .entry(measure.from)
            .or_default()
            .entry(&measure.label)
            .or_default() += 1;
    }
    let words = |labels: BTreeMap<&str, usize>| {
        let each = labels.into_iter().map(|(label, count)| match count {
            1 => label.to_owned(),
            count => format!("{label} (×{count})"),
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let months = months.into_iter().map(|(month, labels)| (month, words(labels)));
    DatedLines {
        months: months.collect(),
    }
}

impl DatedLines {
    /// The room above the plot that their numbers need.
    pub const ROOM: f64 = 22.0;

    /// The lines with their numbers; `x` is the place of a month.
    pub fn draw(&self, document: &mut SvgDocument, area: &PlotArea, x: impl Fn(Month) -> f64) {
        let (mut before, mut row) = (f64::NEG_INFINITY, 0);
        for (place, (month, _)) in self.months.iter().enumerate() {
            let x = x(*month);
            // Numbers of near months stand in two rows.
            row = if x - before < NEAR { 1 - row } else { 0 };
            before = x;
            let top = area.top - 4.0 - f64::from(row) * SIZE;
            document.line(&[(x, top + 1.0), (x, area.bottom)], &THIN);
            document.text((x, top), SIZE - 1.0, PALE_INK, Anchor::Middle, &(place + 1).to_string());
        }
    }

    /// What begins in each month, below a line. Returns the height of the picture.
    pub fn draw_list(&self, document: &mut SvgDocument, below: f64) -> f64 {
        if self.months.is_empty() {
            return below;
        }
        let each = self.months.iter().enumerate();
        let entries = each.map(|(place, (month, words))| format!("{}: {}, {words}.", place + 1, name(*month)));
        let columns = if self.months.len() > MOST_IN_COLUMN { 2 } else { 1 };
        let width = (WIDTH - 2.0 * MARGIN - GAP) / columns as f64;
        let lines: Vec<String> = entries.flat_map(|entry| wrapped(&entry, SIZE, width)).collect();
        let rows = lines.len().div_ceil(columns);
        let top = below + 8.0;
        for (place, text) in lines.iter().enumerate() {
            let x = MARGIN + (place / rows) as f64 * (width + GAP);
            let y = top + (place % rows) as f64 * LINE;
            document.text((x, y), SIZE, PALE_INK, Anchor::Start, text);
        }
        top + rows as f64 * LINE
    }
}
