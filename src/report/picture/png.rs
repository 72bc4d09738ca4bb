//! Pictures as PNG, twice as many pixels across as the picture has units.

use png::{BitDepth, ColorType, Compression, Encoder};
use tiny_skia::{Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};
use ttf_parser::OutlineBuilder;

use super::font::{BOLD, PictureFont, REGULAR};
use super::{dashes, rgb};
use crate::report::svg::{Anchor, DrawnPicture, OUTLINE, RIM, Shape, SvgPoint};

/// The first bytes of every PNG.
pub(super) const START: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The text that the pictures of this program hold before their pixels.
pub(super) const MARK: &[u8] = b"tEXtSoftware\0roundabout";

/// Pixels for a unit of the picture.
const PIXELS: f32 = 2.0;
/// Neither side is longer, in pixels.
const LONGEST: f64 = 32_000.0;

/// What draws, with the fonts.
struct Canvas {
    pixels: Pixmap,
    regular: PictureFont,
    bold: PictureFont,
}

/// # Errors
/// When the picture is too large.
pub(super) fn write(picture: &DrawnPicture) -> Result<Vec<u8>, String> {
    let side = |units: f64| (units * f64::from(PIXELS)).clamp(1.0, LONGEST) as u32;
    let pixels = Pixmap::new(side(picture.width), side(picture.height)).ok_or("it is too large")?;
    let font = |bytes| PictureFont::new(bytes).ok_or("the font is damaged");
    let mut canvas = Canvas {
        pixels,
        regular: font(REGULAR)?,
        bold: font(BOLD)?,
    };
    canvas.pixels.fill(Color::WHITE);
    for shape in &picture.shapes {
        canvas.draw(shape);
    }
    encode(&canvas.pixels, &picture.title).map_err(|cause| cause.to_string())
}

fn encode(pixels: &Pixmap, title: &str) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.add_text_chunk("Software".to_owned(), "roundabout".to_owned())?;
    encoder.add_itxt_chunk("Title".to_owned(), title.replace('\0', " "))?;
    // Pixels are opaque, for the paper is.
    let colours: Vec<u8> = pixels
        .data()
        .chunks_exact(4)
        .flat_map(|pixel| &pixel[..3])
        .copied()
        .collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(bytes)
}

fn paint(colour: &str, opacity: f64) -> Paint<'static> {
    let [red, green, blue] = rgb(colour);
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, (opacity * 255.0).round().clamp(0.0, 255.0) as u8);
    paint
}

fn transform() -> Transform {
    Transform::from_scale(PIXELS, PIXELS)
}

/// The way through points; none if they are no line.
fn way(points: &[SvgPoint], is_closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let (x, y) = (*x as f32, *y as f32);
        if place == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    if is_closed {
        builder.close();
    }
    builder.finish()
}

impl Canvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Text {
                at,
                size,
                colour,
                anchor,
                is_bold,
                text,
            } => self.text(*at, *size, colour, *anchor, *is_bold, text),
            Shape::Line {
                points,
                colour,
                width,
                dashes,
            } => self.stroke(way(points, false), &paint(colour, 1.0), *width, dashes),
            Shape::Area {
                points,
                colour,
                opacity,
            } => {
                let path = way(points, true);
                self.fill(path.as_ref(), &paint(colour, *opacity));
                self.stroke(path, &paint(colour, OUTLINE), 1.0, "");
            }
            Shape::Circle {
                at: (x, y),
                radius,
                colour,
                has_rim,
            } => {
                let path = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32);
                self.fill(path.as_ref(), &paint(colour, 1.0));
                if *has_rim {
                    self.stroke(path, &paint("#ffffff", 1.0), RIM, "");
                }
            }
        }
    }

    fn fill(&mut self, path: Option<&Path>, paint: &Paint<'_>) {
        if let Some(path) = path {
            self.pixels.fill_path(path, paint, FillRule::Winding, transform(), None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, paint: &Paint<'_>, width: f64, pattern: &str) {
        let stroke = Stroke {
            width: width as f32,
            line_join: LineJoin::Round,
            dash: dashes(pattern).and_then(|lengths| StrokeDash::new(lengths, 0.0)),
            ..Stroke::default()
        };
        if let Some(path) = path {
            self.pixels.stroke_path(&path, paint, &stroke, transform(), None);
        }
    }

    fn text(&mut self, (x, y): SvgPoint, size: f64, colour: &str, anchor: Anchor, is_bold: bool, text: &str) {
        let font = if is_bold { &self.bold } else { &self.regular };
        let (glyphs, width) = font.place(text, size, 0.0);
        let start = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let scale = font.scale(size) as f32;
        let mut outline = Outline {
            builder: PathBuilder::new(),
            scale,
            x: 0.0,
            y: y as f32,
        };
        for placed in glyphs {
            outline.x = (start + placed.x) as f32;
            font.face.outline_glyph(placed.glyph, &mut outline);
        }
        let path = outline.builder.finish();
        self.fill(path.as_ref(), &paint(colour, 1.0));
    }
}

/// Turns the outline of a glyph, which counts upwards, into a path of the picture.
struct Outline {
    builder: PathBuilder,
    scale: f32,
    x: f32,
    y: f32,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + self.scale * x, self.y - self.scale * y)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}
