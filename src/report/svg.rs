//! The few elements of SVG 1.1 that charts and maps need. A picture is a list of shapes, so that it can also be written in other
//! formats.

use crate::report::escape::escaped;
use crate::results::LineMark;

/// Coordinates to the right and down, in units of the picture.
pub(in crate::report) type SvgPoint = (f64, f64);

/// Which end of a text its point is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// An element of a picture.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::report) enum Shape {
    Text {
        at: SvgPoint,
        size: f64,
        colour: String,
        anchor: Anchor,
        is_bold: bool,
        text: String,
    },
    Line {
        points: Vec<SvgPoint>,
        colour: String,
        width: f64,
        /// Lengths of dashes and gaps; empty for none.
        dashes: String,
    },
    /// With an outline of opacity [`OUTLINE`].
    Area {
        points: Vec<SvgPoint>,
        colour: String,
        opacity: f64,
    },
    Circle {
        at: SvgPoint,
        radius: f64,
        colour: String,
        /// Whether it has a white rim of width [`RIM`].
        has_rim: bool,
    },
}

/// The opacity of the outlines of areas.
pub(in crate::report) const OUTLINE: f64 = 0.4;
/// The width of white rims.
pub(in crate::report) const RIM: f64 = 1.2;

/// A finished picture.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawnPicture {
    pub(in crate::report) title: String,
    pub(in crate::report) description: String,
    pub(in crate::report) width: f64,
    pub(in crate::report) height: f64,
    pub(in crate::report) shapes: Vec<Shape>,
}

/// A picture while it is drawn.
pub(in crate::report) struct SvgDocument {
    title: String,
    description: String,
    shapes: Vec<Shape>,
}

impl SvgDocument {
    pub fn new(title: &str, description: &str) -> Self {
        Self {
            title: title.to_owned(),
            description: description.to_owned(),
            shapes: Vec::new(),
        }
    }

    pub fn text(&mut self, at: SvgPoint, size: f64, colour: &str, anchor: Anchor, text: &str) {
        self.shapes.push(Shape::Text {
            at,
            size,
            colour: colour.to_owned(),
            anchor,
            is_bold: false,
            text: text.to_owned(),
        });
    }

    pub fn bold_text(&mut self, at: SvgPoint, size: f64, colour: &str, text: &str) {
        self.shapes.push(Shape::Text {
            at,
            size,
            colour: colour.to_owned(),
            anchor: Anchor::Start,
            is_bold: true,
            text: text.to_owned(),
        });
    }

    pub fn line(&mut self, points: &[SvgPoint], stroke: &Stroke<'_>) {
        self.shapes.push(Shape::Line {
            points: points.to_vec(),
            colour: stroke.colour.to_owned(),
            width: stroke.width,
            dashes: stroke.dashes.to_owned(),
        });
    }

    pub fn area(&mut self, points: &[SvgPoint], colour: &str, opacity: f64) {
        self.shapes.push(Shape::Area {
            points: points.to_vec(),
            colour: colour.to_owned(),
            opacity,
        });
    }

    pub fn dot(&mut self, at: SvgPoint, colour: &str) {
        self.circle(at, 4.0, colour, false);
    }

    /// A small point.
    pub fn speck(&mut self, at: SvgPoint, colour: &str) {
        self.circle(at, 2.0, colour, false);
    }

    /// A point with a white rim, which keeps it visible on a band and a line.
    pub fn ring(&mut self, at: SvgPoint, colour: &str) {
        self.circle(at, 4.0, colour, true);
    }

    fn circle(&mut self, at: SvgPoint, radius: f64, colour: &str, has_rim: bool) {
        self.shapes.push(Shape::Circle {
            at,
            radius,
            colour: colour.to_owned(),
            has_rim,
        });
    }

    /// The whole picture, in units of whole numbers.
    pub fn picture(self, width: f64, height: f64) -> DrawnPicture {
        DrawnPicture {
            title: self.title,
            description: self.description,
            width: width.round(),
            height: height.round(),
            shapes: self.shapes,
        }
    }

    /// The whole picture as SVG.
    pub fn finish(self, width: f64, height: f64) -> String {
        self.picture(width, height).to_svg()
    }
}

impl DrawnPicture {
    /// The picture as SVG, one element a line; ends with a newline.
    pub fn to_svg(&self) -> String {
        let (width, height) = (self.width, self.height);
        let (title, description) = (escaped(&self.title), escaped(&self.description));
        let body: String = self.shapes.iter().map(Shape::to_svg).collect();
        format!(
            "{START}{width:.0} {height:.0}{END_OF_START}\n<title>{title}</title>\n<desc>{description}</desc>\n{PAPER}\n\
             {body}</svg>\n"
        )
    }
}

impl Shape {
    /// The element and a newline.
    fn to_svg(&self) -> String {
        match self {
            Self::Text {
                at: (x, y),
                size,
                colour,
                anchor,
                is_bold,
                text,
            } => {
                let style = match (is_bold, anchor) {
                    (true, _) => format!(r#"font-weight="bold" fill="{colour}""#),
                    (false, Anchor::Start) => format!(r#"fill="{colour}" text-anchor="start""#),
                    (false, Anchor::Middle) => format!(r#"fill="{colour}" text-anchor="middle""#),
                    (false, Anchor::End) => format!(r#"fill="{colour}" text-anchor="end""#),
                };
                let text = escaped(text);
                format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" {style}>{text}</text>\n")
            }
            Self::Line {
                points,
                colour,
                width,
                dashes,
            } => {
                let points = list(points);
                let dashes = match dashes.as_str() {
                    "" => String::new(),
                    dashes => format!(r#" stroke-dasharray="{dashes}""#),
                };
                format!(
                    "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
                     stroke-linejoin=\"round\"{dashes}/>\n"
                )
            }
            Self::Area {
                points,
                colour,
                opacity,
            } => {
                let points = list(points);
                format!(
                    "<polygon points=\"{points}\" fill=\"{colour}\" fill-opacity=\"{opacity}\" stroke=\"{colour}\" \
                     stroke-opacity=\"{OUTLINE}\"/>\n"
                )
            }
            Self::Circle {
                at: (x, y),
                radius,
                colour,
                has_rim,
            } => {
                let rim = if *has_rim {
                    format!(r##" stroke="#ffffff" stroke-width="{RIM}""##)
                } else {
                    String::new()
                };
                format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\"{rim}/>\n")
            }
        }
    }
}

fn list(points: &[SvgPoint]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    points.join(" ")
}
