//! Names at the ends of lines, moved apart where lines end side by side.

use super::area::PlotArea;
use super::layout::{cut_within, spread, text_width};
use super::{INK, MARGIN, SEVERAL, WIDTH, stroke};
use crate::report::svg::{Anchor, Stroke, SvgDocument, SvgPoint};

/// The size of the letters.
const SIZE: f64 = 13.0;
/// From one name to the next below.
const LINE: f64 = 15.5;
/// Between the plot and the names.
const LEADER: f64 = 18.0;
/// Names may stand so far below the plot, where no label of a month is.
const BELOW: f64 = 34.0;
/// Names take no more room, so that the plot keeps more than half of the picture.
const WIDEST: f64 = 200.0;

/// The names of lines that stand at their ends.
pub(super) struct EndLabels {
    labels: Vec<String>,
}

impl EndLabels {
    /// None if the names are too wide, so that a legend has to say them. A legend of many names takes more room than the picture:
    /// then wide names are cut.
    pub fn fitting<'a>(labels: impl Iterator<Item = &'a str>) -> Option<Self> {
        let labels: Vec<&str> = labels.collect();
        let fits = labels.iter().all(|label| text_width(label, SIZE) <= WIDEST);
        if !fits && labels.len() <= SEVERAL {
            return None;
        }
        let labels = labels
            .into_iter()
            .map(|label| cut_within(label, SIZE, WIDEST))
            .collect();
        Some(Self { labels })
    }

    /// What they need on the right of the plot.
    pub fn room(&self) -> f64 {
        let widths = self.labels.iter().map(|label| text_width(label, SIZE));
        LEADER + widths.fold(0.0, f64::max)
    }

    /// The height of a plot beside which they find room.
    pub fn height(&self) -> f64 {
        self.labels.len() as f64 * LINE - BELOW
    }

    /// Draws them beside the ends of their lines; a line without an end has no name.
    pub fn draw(&self, document: &mut SvgDocument, area: &PlotArea, ends: &[Option<SvgPoint>]) {
        let named: Vec<(usize, SvgPoint)> = ends
            .iter()
            .enumerate()
            .filter_map(|(number, end)| Some((number, (*end)?)))
            .collect();
        let heights: Vec<f64> = named.iter().map(|(_, (_, y))| *y).collect();
        let moved = spread(&heights, LINE, area.top + 4.0, area.bottom + BELOW);
        for ((number, end), y) in named.into_iter().zip(moved) {
            // Dashes tell lines of one colour apart.
            let leader = Stroke {
                width: 1.4,
                ..stroke(number)
            };
            let at = area.right + LEADER - 4.0;
            document.line(
                &[(end.0 + 2.0, end.1), (area.right + 5.0, end.1), (at - 3.0, y)],
                &leader,
            );
            document.text(
                (at.min(WIDTH - MARGIN), y + 4.5),
                SIZE,
                INK,
                Anchor::Start,
                &self.labels[number],
            );
        }
    }
}
