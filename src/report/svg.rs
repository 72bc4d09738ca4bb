//! The few elements of SVG 1.1 that charts and maps need.

use std::fmt::Write;

use crate::report::escape::escaped;
use crate::results::LineMark;

/// Coordinates to the right and down, in units of the picture.
pub(in crate::report) type SvgPoint = (f64, f64);

/// Which end of a text its point is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::report) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line is drawn.
pub(in crate::report) struct Stroke<'a> {
    pub colour: &'a str,
    pub width: f64,
    /// Lengths of dashes and gaps; empty for none.
    pub dashes: &'a str,
}

const START: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 "#;
const END_OF_START: &str = r#"" font-family="sans-serif" role="img">"#;
/// White, so that a picture can be read on any page.
const PAPER: &str = r##"<rect width="100%" height="100%" fill="#ffffff"/>"##;

/// The lines that every picture begins with.
pub(in crate::report) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Around(START, END_OF_START),
        LineMark::Around("<title>", "</title>"),
        LineMark::Around("<desc>", "</desc>"),
        LineMark::Is(PAPER.to_owned()),
    ]
}

/// A picture while it is drawn, one element a line.
pub(in crate::report) struct SvgDocument {
    title: String,
    description: String,
    body: String,
}

impl SvgDocument {
    pub fn new(title: &str, description: &str) -> Self {
        Self {
            title: escaped(title),
            description: escaped(description),
            body: String::new(),
        }
    }

    pub fn text(&mut self, (x, y): SvgPoint, size: f64, colour: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    pub fn bold_text(&mut self, (x, y): SvgPoint, size: f64, colour: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="bold" fill="{colour}">{text}</text>"#
        );
    }

    pub fn line(&mut self, points: &[SvgPoint], stroke: &Stroke<'_>) {
        let dashes = match stroke.dashes {
            "" => String::new(),
            dashes => format!(r#" stroke-dasharray="{dashes}""#),
        };
        let _ = writeln!(
            self.body,
            r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{dashes}/>"#,
            list(points),
            stroke.colour,
            stroke.width
        );
    }

    pub fn area(&mut self, points: &[SvgPoint], colour: &str, opacity: f64) {
        let points = list(points);
        let _ = writeln!(
            self.body,
            r#"<polygon points="{points}" fill="{colour}" fill-opacity="{opacity}" stroke="{colour}" stroke-opacity="0.4"/>"#
        );
    }

    pub fn dot(&mut self, (x, y): SvgPoint, colour: &str) {
        let _ = writeln!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#);
    }

    /// A small point.
    pub fn speck(&mut self, (x, y): SvgPoint, colour: &str) {
        let _ = writeln!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="2" fill="{colour}"/>"#);
    }

    /// A point with a white rim, which keeps it visible on a band and a line.
    pub fn ring(&mut self, (x, y): SvgPoint, colour: &str) {
        let _ = writeln!(
            self.body,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}" stroke="#ffffff" stroke-width="1.2"/>"##
        );
    }

    /// The whole picture.
    pub fn finish(self, width: f64, height: f64) -> String {
        let Self {
            title,
            description,
            body,
        } = self;
        format!(
            "{START}{width:.0} {height:.0}{END_OF_START}\n<title>{title}</title>\n<desc>{description}</desc>\n{PAPER}\n\
             {body}</svg>\n"
        )
    }
}

fn list(points: &[SvgPoint]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    points.join(" ")
}
