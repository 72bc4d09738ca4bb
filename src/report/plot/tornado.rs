//! Tornado charts: a bar for each input, the widest first, its name above it, as long names need the width.

use super::area::{draw_legend, draw_measure, draw_title};
use super::axis::ValueAxis;
use super::layout::{Legend, wrapped};
use super::{GRID, INK, LETTERS, LINE, MARGIN, PALE_INK, WIDTH, colour};
use crate::report::svg::{Anchor, Stroke, SvgDocument};

/// The height of a bar, and of a bar with its name.
const BAR: f64 = 16.0;
const ROW: f64 = 46.0;
/// Letters of a name that fit the picture.
const LONGEST_NAME: usize = 58;

const AXIS: Stroke<'static> = Stroke {
    colour: PALE_INK,
    width: 1.0,
    dashes: "",
};
const WHISKER: Stroke<'static> = Stroke {
    colour: INK,
    width: 1.6,
    dashes: "",
};

/// A bar from zero.
#[derive(Clone, PartialEq, Debug)]
pub struct TornadoBar {
    pub name: String,
    pub value: f64,
    /// A part of the value that is drawn darker, such as a first index within the total.
    pub part: Option<f64>,
    /// The standard error of the value.
    pub error: Option<f64>,
    /// Whether chance alone could make it: drawn pale.
    pub is_noise: bool,
}

/// A chart of bars to the left and right of zero.
#[derive(Clone, PartialEq, Debug)]
pub struct TornadoChart {
    pub title: String,
    /// What the lengths are.
    pub measure: String,
    /// In the order in which they are drawn.
    pub bars: Vec<TornadoBar>,
    /// The names of the whole bar and of its dark part, if bars have one.
    pub parts: Option<[String; 2]>,
    /// Chance alone makes values between minus this and this.
    pub noise: Option<f64>,
    /// A text below.
    pub note: String,
}

impl TornadoChart {
    /// The picture as SVG; ends with a newline.
    pub fn render(&self) -> String {
        let mut document = SvgDocument::new(&self.title, &self.description());
        let mut line = draw_title(&mut document, &self.title);
        if let Some(parts) = &self.parts {
            let legend = Legend::new(parts.iter().map(String::as_str));
            line = draw_legend(&mut document, &legend, line, |document, number, [start, end]| {
                draw_bar(
                    document,
                    (start.0, end.0),
                    start.1 - BAR / 2.0,
                    [0.35, 0.9][number.min(1)],
                );
            });
        }
        let top = draw_measure(&mut document, line, &self.measure) + 10.0;
        let bottom = top + ROW * self.bars.len() as f64 + 6.0;
        let axis = self.axis();
        let x = |value: f64| MARGIN + (WIDTH - 2.0 * MARGIN) * axis.share(value);
        self.draw_ground(&mut document, &axis, &x, (top, bottom));
        for (place, bar) in self.bars.iter().enumerate() {
            draw_row(&mut document, bar, &x, top + ROW * place as f64);
        }
        let mut last = bottom + 10.0 + LETTERS;
        for text in wrapped(&self.note, LETTERS, WIDTH - 2.0 * MARGIN) {
            last += LETTERS * LINE;
            document.text((MARGIN, last), LETTERS, PALE_INK, Anchor::Start, &text);
        }
        document.finish(WIDTH, last + MARGIN)
    }

    /// Holds zero, all bars with their errors, and the noise.
    fn axis(&self) -> ValueAxis {
        let ends = self.bars.iter().flat_map(|bar| {
            let error = bar.error.unwrap_or(0.0);
            [bar.value - error, bar.value + error, bar.part.unwrap_or(0.0)]
        });
        let noise = self.noise.iter().flat_map(|noise| [-noise, *noise]);
        let (low, high) = ends
            .chain(noise)
            .filter(|value| value.is_finite())
            .fold((0.0, 0.0), |(low, high), value| {
                (f64::min(low, value), f64::max(high, value))
            });
        ValueAxis::new(low, high)
    }

    fn draw_ground(
        &self,
        document: &mut SvgDocument,
        axis: &ValueAxis,
        x: &impl Fn(f64) -> f64,
        (top, bottom): (f64, f64),
    ) {
        if let Some(noise) = self.noise {
            let (left, right) = (x(-noise), x(noise));
            document.area(
                &[(left, top), (right, top), (right, bottom), (left, bottom)],
                PALE_INK,
                0.08,
            );
        }
        let grid = Stroke { colour: GRID, ..AXIS };
        let ticks: Vec<(f64, String)> = axis.ticks().zip(axis.labels()).collect();
        for (place, (value, label)) in ticks.iter().enumerate() {
            let stroke = if *value == 0.0 { &AXIS } else { &grid };
            document.line(&[(x(*value), top), (x(*value), bottom)], stroke);
            // Labels at the ends stay within the picture.
            let anchor = match place {
                0 => Anchor::Start,
                _ if place + 1 == ticks.len() => Anchor::End,
                _ => Anchor::Middle,
            };
            document.text((x(*value), bottom + 4.0 + LETTERS), LETTERS, PALE_INK, anchor, label);
        }
    }

    /// The picture in words, for those who do not see it.
    fn description(&self) -> String {
        let bars: Vec<String> = self
            .bars
            .iter()
            .map(|bar| format!("{} {:.3}", bar.name, bar.value))
            .collect();
        format!("Tornado chart, {}: {}. {}", self.measure, bars.join(", "), self.note)
    }
}

fn draw_row(document: &mut SvgDocument, bar: &TornadoBar, x: &impl Fn(f64) -> f64, top: f64) {
    let pale = if bar.is_noise { 0.35 } else { 1.0 };
    let ink = if bar.is_noise { PALE_INK } else { INK };
    document.text((MARGIN, top + LETTERS), LETTERS, ink, Anchor::Start, &cut(&bar.name));
    let of_bar = top + LETTERS + 6.0;
    let opacity = if bar.part.is_some() { 0.35 } else { 0.9 };
    draw_bar(document, (x(0.0), x(bar.value)), of_bar, opacity * pale);
    if let Some(part) = bar.part {
        draw_bar(document, (x(0.0), x(part)), of_bar, 0.9 * pale);
    }
    if let Some(error) = bar.error.filter(|error| error.is_finite()) {
        let middle = of_bar + BAR / 2.0;
        let (left, right) = (x(bar.value - error), x(bar.value + error));
        document.line(&[(left, middle), (right, middle)], &WHISKER);
    }
}

fn draw_bar(document: &mut SvgDocument, (from, to): (f64, f64), top: f64, opacity: f64) {
    let corners = [(from, top + BAR), (from, top), (to, top), (to, top + BAR)];
    document.area(&corners, colour(0), opacity);
}

fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> TornadoChart {
        let bar = |name: &str, value, is_noise| TornadoBar {
            name: name.to_owned(),
            value,
            part: None,
            error: None,
            is_noise,
        };
        TornadoChart {
            title: "What drives it".to_owned(),
            measure: "rank correlation".to_owned(),
            bars: vec![
                bar("commodity.grain.route_choice", -0.8, false),
                bar("a & b", 0.1, true),
            ],
            parts: None,
            noise: Some(0.2),
            note: "Grey band: chance alone.".to_owned(),
        }
    }

    #[test]
    fn bars_stand_on_both_sides_of_zero_and_noise_is_pale() {
        let picture = chart().render();
        // The band of noise and two bars.
        assert_eq!(picture.matches("<polygon ").count(), 3);
        assert!(picture.contains("a &amp; b"), "{picture}");
        assert!(
            picture.contains(r#"fill-opacity="0.9""#) && picture.contains(r#"fill-opacity="0.315""#),
            "{picture}"
        );
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
    }

    #[test]
    fn a_chart_without_bars_or_with_what_is_no_number_is_drawn_all_the_same() {
        let mut chart = chart();
        chart.bars.clear();
        assert!(!chart.render().contains("NaN"));
        chart.bars.push(TornadoBar {
            name: "x".repeat(200),
            value: 0.5,
            part: Some(0.3),
            error: Some(f64::NAN),
            is_noise: false,
        });
        chart.parts = Some(["total".to_owned(), "first".to_owned()]);
        let picture = chart.render();
        assert!(!picture.contains("NaN") && picture.contains('…'), "{picture}");
    }
}
