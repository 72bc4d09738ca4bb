//! Line charts: numbers by month or by months ahead, one colour for each line.

use super::area::{PlotArea, draw_legend, draw_measure, draw_title};
use super::axis::{MonthAxis, ValueAxis};
use super::layout::Legend;
use super::{WIDTH, colour, draw_months, most_months, stroke};
use crate::model::Month;
use crate::report::svg::{SvgDocument, SvgPoint};

/// The most labels of months ahead.
const MOST_LABELS: usize = 12;

/// Steps between labels of months ahead: parts and multiples of a quarter.
const STEPS: [usize; 5] = [1, 2, 3, 6, 12];

/// What the places of a line chart are, from left to right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinePlaces {
    /// Months one after another from this one.
    From(Month),
    /// One month ahead, two, and so on.
    Ahead,
}

/// A line: a number for each place, with gaps where there is none.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartLine {
    pub label: String,
    pub values: Vec<Option<f64>>,
}

/// A chart of lines over the same places. Its axis of values begins at zero, so that heights can be compared.
#[derive(Clone, PartialEq, Debug)]
pub struct LineChart {
    pub title: String,
    /// What the values are, above their axis.
    pub measure: String,
    pub places: LinePlaces,
    pub lines: Vec<ChartLine>,
    /// A text below.
    pub note: String,
}

impl LineChart {
    /// The picture as SVG; ends with a newline.
    pub fn render(&self) -> String {
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let legend = Legend::new(self.lines.iter().map(|line| line.label.as_str()));
        let below_legend = draw_legend(&mut document, &legend, below_title, |document, number, ends| {
            document.line(&ends, &stroke(number));
        });
        let measure_line = draw_measure(&mut document, below_legend, &self.measure);
        let area = PlotArea::below(measure_line, self.value_axis());
        area.draw_values(&mut document);
        self.draw_places(&mut document, &area);
        for (number, line) in self.lines.iter().enumerate() {
            for run in self.runs(line, &area) {
                match run.as_slice() {
                    // A line of one point would not be seen.
                    [alone] => document.dot(*alone, colour(number)),
                    points => document.line(points, &stroke(number)),
                }
            }
        }
        let height = area.draw_note(&mut document, &self.note);
        document.finish(WIDTH, height)
    }

    /// How many places there are.
    fn count(&self) -> usize {
        self.lines.iter().map(|line| line.values.len()).max().unwrap_or(0)
    }

    fn value_axis(&self) -> ValueAxis {
        let values = self.lines.iter().flat_map(|line| line.values.iter().flatten());
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        ValueAxis::new(low, high)
    }

    /// How far right a place stands, from 0 to 1; in the middle if it is the only one.
    fn share(&self, place: usize) -> f64 {
        match self.count() {
            ..=1 => 0.5,
            count => place as f64 / (count - 1) as f64,
        }
    }

    fn draw_places(&self, document: &mut SvgDocument, area: &PlotArea) {
        let count = self.count();
        match self.places {
            LinePlaces::From(first) => {
                let last = first.plus(count.max(1) as i32 - 1);
                draw_months(document, area, &MonthAxis::new(first, last, most_months(area)));
            }
            LinePlaces::Ahead => {
                let fits = |step: &usize| count / step <= MOST_LABELS;
                let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
                for place in 0..count {
                    let x = area.x(self.share(place));
                    if (place + 1).is_multiple_of(step) {
                        area.draw_tick(document, x, &(place + 1).to_string());
                    } else {
                        area.draw_small_tick(document, x);
                    }
                }
            }
        }
    }

    /// The points of a line, cut at its gaps.
    fn runs(&self, line: &ChartLine, area: &PlotArea) -> Vec<Vec<SvgPoint>> {
        let mut runs = vec![Vec::new()];
        for (place, value) in line.values.iter().enumerate() {
            match (value, runs.last_mut()) {
                (Some(value), Some(run)) => run.push((area.x(self.share(place)), area.y(*value))),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// The picture in words, for those who do not see it: of each line where it begins and ends, and between what it lies.
    fn description(&self) -> String {
        let over = match self.places {
            LinePlaces::From(_) => "month",
            LinePlaces::Ahead => "months ahead",
        };
        let mut text = format!("Line chart by {over}: {}.", self.measure);
        for line in &self.lines {
            let known: Vec<f64> = line.values.iter().flatten().copied().collect();
            let (Some(first), Some(last)) = (known.first(), known.last()) else {
                text.push_str(&format!(" {}: no values.", line.label));
                continue;
            };
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            text.push_str(&format!(
                " {}: from {first:.3} to {last:.3}, between {low:.3} and {high:.3}.",
                line.label
            ));
        }
        format!("{text} {}", self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::MARGIN;

    fn chart(places: LinePlaces, lines: &[(&str, &[Option<f64>])]) -> LineChart {
        let line = |(label, values): &(&str, &[Option<f64>])| ChartLine {
            label: (*label).to_owned(),
            values: values.to_vec(),
        };
        LineChart {
            title: "Scores".to_owned(),
            measure: "CRPS".to_owned(),
            places,
            lines: lines.iter().map(line).collect(),
            note: "Lower is better.".to_owned(),
        }
    }

    fn count(picture: &str, part: &str) -> usize {
        picture.matches(part).count()
    }

    #[test]
    fn a_chart_of_two_lines_looks_like_this() {
        let lines: [(&str, &[Option<f64>]); 2] = [
            ("anchored", &[Some(0.1), Some(0.15), Some(0.2)]),
            ("local_level", &[Some(0.12), Some(0.21), Some(0.26)]),
        ];
        insta::assert_snapshot!(chart(LinePlaces::Ahead, &lines).render());
    }

    #[test]
    fn gaps_cut_a_line_and_a_lone_place_is_a_dot() {
        let values = [Some(0.1), Some(0.2), None, Some(0.3), None, Some(0.1), Some(0.2)];
        let picture = chart(LinePlaces::From("2022-06".parse().unwrap()), &[("one", &values)]).render();
        // Two runs and the legend's sample.
        assert_eq!(
            (count(&picture, r#"stroke-width="2.6""#), count(&picture, "<circle ")),
            (3, 1)
        );
        assert!(
            picture.contains(">Jun 2022</text>") || picture.contains(">Jul 2022</text>"),
            "{picture}"
        );
    }

    #[test]
    fn many_months_ahead_are_labelled_by_quarters() {
        let values = vec![Some(0.3); 36];
        let picture = chart(LinePlaces::Ahead, &[("one", &values)]).render();
        let labels = ["3", "6", "36"].map(|label| count(&picture, &format!(">{label}</text>")));
        assert_eq!(labels, [1, 1, 1]);
        assert_eq!(count(&picture, ">1</text>"), 0);
        // Twelve labels fit, all of them.
        let picture = chart(LinePlaces::Ahead, &[("one", &values[..12])]).render();
        assert_eq!((count(&picture, ">1</text>"), count(&picture, ">12</text>")), (1, 1));
    }

    #[test]
    fn the_description_says_what_the_lines_do() {
        let picture = chart(
            LinePlaces::Ahead,
            &[("one", &[Some(0.2), Some(0.5), Some(0.1)]), ("two", &[None])],
        )
        .render();
        let words =
            "Line chart by months ahead: CRPS. one: from 0.200 to 0.100, between 0.100 and 0.500. two: no values.";
        assert!(picture.contains(words), "{picture}");
    }

    #[test]
    fn a_chart_without_values_is_drawn_all_the_same() {
        for places in [LinePlaces::Ahead, LinePlaces::From("2022-06".parse().unwrap())] {
            for lines in [&[][..], &[("one", &[][..])]] {
                let picture = chart(places, lines).render();
                assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
            }
        }
    }

    #[test]
    fn every_point_lies_within_the_picture() {
        let values = [Some(-0.4), Some(7.0), Some(0.0)];
        let chart = chart(LinePlaces::Ahead, &[("one", &values)]);
        let area = PlotArea::below(80.0, chart.value_axis());
        for (x, y) in chart.runs(&chart.lines[0], &area).concat() {
            assert!(
                (MARGIN..=WIDTH - MARGIN).contains(&x) && (area.top..=area.bottom).contains(&y),
                "{x} {y}"
            );
        }
    }
}
