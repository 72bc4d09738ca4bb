//! Bar charts: how often values fall into equal parts of the range from 0 to 1, beside an even share.

use super::area::{PlotArea, draw_legend, draw_measure, draw_title};
use super::axis::ValueAxis;
use super::layout::Legend;
use super::{INK, WIDTH, colour};
use crate::report::svg::{Stroke, SvgDocument};

/// The line at an even share.
const EVEN: Stroke<'static> = Stroke {
    colour: INK,
    width: 2.6,
    dashes: "9 5",
};

/// White space on each side of a bar, as a share of its part.
const SPACE: f64 = 0.06;

/// Labels below the plot, as parts of its width.
const LABELS: [(f64, &str); 6] = [
    (0.0, "0"),
    (0.2, "0.2"),
    (0.4, "0.4"),
    (0.6, "0.6"),
    (0.8, "0.8"),
    (1.0, "1"),
];

/// A chart of bars, one for each part of the range from 0 to 1, and a line where all of them would end if they were equal.
#[derive(Clone, PartialEq, Debug)]
pub struct BarChart {
    pub title: String,
    /// What the heights are, above their axis: per cent of something.
    pub measure: String,
    /// The name of the bars.
    pub label: String,
    /// The name of the line.
    pub even: String,
    /// How many values fall into each part.
    pub counts: Vec<u64>,
    /// A text below.
    pub note: String,
}

impl BarChart {
    /// Counts values from 0 to 1 in so many equal parts; each holds its lower end, the last both. Other values are left out.
    pub fn count(values: impl IntoIterator<Item = f64>, parts: usize) -> Vec<u64> {
        let mut counts = vec![0; parts];
        for value in values {
            if (0.0..=1.0).contains(&value) {
                let part = (value * parts as f64) as usize;
                counts[part.min(parts - 1)] += 1;
            }
        }
        counts
    }

    /// The picture as SVG; ends with a newline.
    pub fn render(&self) -> String {
        let heights = self.heights();
        let highest = heights.iter().copied().fold(self.even_height(), f64::max);
        let mut document = SvgDocument::new(&self.title, &self.description(&heights));
        let below_title = draw_title(&mut document, &self.title);
        let legend = Legend::new([self.label.as_str(), self.even.as_str()].into_iter());
        let below_legend = draw_legend(&mut document, &legend, below_title, |document, number, [start, end]| {
            if number == 0 {
                draw_bar(document, (start.0, end.0), (start.1 - 5.0, start.1 + 5.0));
            } else {
                document.line(&[start, end], &EVEN);
            }
        });
        let measure_line = draw_measure(&mut document, below_legend, &self.measure);
        let area = PlotArea::below(measure_line, ValueAxis::new(0.0, highest));
        area.draw_values(&mut document);
        for (share, label) in LABELS {
            area.draw_tick(&mut document, area.x(share), label);
        }
        let width = 1.0 / heights.len().max(1) as f64;
        for (part, height) in heights.iter().enumerate().filter(|(_, height)| **height > 0.0) {
            let ends = [part as f64 + SPACE, (part + 1) as f64 - SPACE].map(|place| area.x(place * width));
            draw_bar(&mut document, ends.into(), (area.y(*height), area.bottom));
        }
        let even = area.y(self.even_height());
        document.line(&[(area.left, even), (area.right, even)], &EVEN);
        let height = area.draw_note(&mut document, &self.note);
        document.finish(WIDTH, height)
    }

    /// The heights of the bars, in per cent; zero without values.
    fn heights(&self) -> Vec<f64> {
        let all: u64 = self.counts.iter().sum();
        let height = |count: &u64| 100.0 * *count as f64 / all.max(1) as f64;
        self.counts.iter().map(height).collect()
    }

    fn even_height(&self) -> f64 {
        100.0 / self.counts.len().max(1) as f64
    }

    /// The picture in words, for those who do not see it.
    fn description(&self, heights: &[f64]) -> String {
        let heights: Vec<String> = heights.iter().map(|height| format!("{height:.0}")).collect();
        format!(
            "Bars for equal parts of the range from 0 to 1: {}, {}: {}. Dashed line: {}. {}",
            self.label,
            self.measure,
            heights.join(", "),
            self.even,
            self.note
        )
    }
}

fn draw_bar(document: &mut SvgDocument, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
    let corners = [(left, bottom), (left, top), (right, top), (right, bottom)];
    document.area(&corners, colour(0), 0.6);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(counts: &[u64]) -> BarChart {
        BarChart {
            title: "Places of records".to_owned(),
            measure: "% of forecasts".to_owned(),
            label: "anchored".to_owned(),
            even: "uniform".to_owned(),
            counts: counts.to_vec(),
            note: "A hump: too wide.".to_owned(),
        }
    }

    #[test]
    fn a_chart_of_four_bars_looks_like_this() {
        insta::assert_snapshot!(chart(&[1, 2, 4, 1]).render());
    }

    #[test]
    fn each_part_holds_its_lower_end_and_the_last_both() {
        let values = [0.0, 0.2499, 0.25, 0.5, 0.99, 1.0, f64::NAN, -0.1, 1.1];
        assert_eq!(BarChart::count(values, 4), [2, 1, 1, 2]);
    }

    #[test]
    fn heights_are_per_cent_of_all_and_empty_parts_have_no_bar() {
        let picture = chart(&[3, 0, 0, 1]).render();
        // Two bars and the sample of the legend.
        assert_eq!(picture.matches("<polygon ").count(), 3);
        assert!(
            picture.contains("% of forecasts: 75, 0, 0, 25. Dashed line: uniform."),
            "{picture}"
        );
    }

    #[test]
    fn a_chart_without_values_is_drawn_all_the_same() {
        for counts in [&[][..], &[0, 0]] {
            let picture = chart(counts).render();
            assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
        }
    }
}
