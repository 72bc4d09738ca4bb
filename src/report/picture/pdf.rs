//! Pictures as PDF, one page of the size of the picture, with text that can be searched and copied.

use std::collections::{BTreeMap, BTreeSet};

use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::{BOLD, PictureFont, REGULAR};
use super::{dashes, rgb};
use crate::report::svg::{Anchor, DrawnPicture, OUTLINE, RIM, Shape, SvgPoint};

/// The first bytes of every PDF.
pub(super) const START: &[u8] = b"%PDF-";
/// What stands among the first objects of the pictures of this program.
pub(super) const MARK: &[u8] = b"/Producer (roundabout)";

/// Points of a page for a unit of the picture: 600 units are as wide as the text of an A4 page.
const POINTS: f32 = 0.75;
/// How far the handles of a quarter of a circle stand, as a share of its radius.
const QUARTER: f32 = 0.552_284_8;
/// PDF counts the measures of fonts in thousandths of the size of letters.
const MILLE: f64 = 1000.0;

const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The numbers of the objects that one font takes.
struct FontObjects {
    font: Ref,
    cid: Ref,
    descriptor: Ref,
    file: Ref,
    cmap: Ref,
}

/// A font with the letters that a picture takes from it.
struct UsedFont {
    name: &'static [u8],
    base: &'static [u8],
    font: PictureFont,
    letters: BTreeSet<char>,
    objects: FontObjects,
}

/// What draws: the commands of the page, its fonts, and the opacities that it needs.
struct PageCanvas {
    content: Content,
    fonts: [UsedFont; 2],
    /// In thousandths.
    opacities: BTreeSet<u32>,
}

/// # Errors
/// When a font is damaged.
pub(super) fn write(picture: &DrawnPicture) -> Result<Vec<u8>, String> {
    let mut next = 0;
    let mut reference = || {
        next += 1;
        Ref::new(next)
    };
    let [info, catalog, pages, page, content] = [(); 5].map(|()| reference());
    let mut font = |name, base, bytes| {
        let font = PictureFont::new(bytes).ok_or("the font is damaged")?;
        let [font_object, cid, descriptor, file, cmap] = [(); 5].map(|()| reference());
        let objects = FontObjects {
            font: font_object,
            cid,
            descriptor,
            file,
            cmap,
        };
        Ok::<_, String>(UsedFont {
            name,
            base,
            font,
            letters: BTreeSet::new(),
            objects,
        })
    };
    let fonts = [
        font(b"F0", b"RNDBTA+NotoSans-Regular", REGULAR)?,
        font(b"F1", b"RNDBTB+NotoSans-Bold", BOLD)?,
    ];
    let mut canvas = PageCanvas {
        content: Content::new(),
        fonts,
        opacities: BTreeSet::new(),
    };
    let height = picture.height as f32;
    // Pictures count downwards, pages upwards.
    canvas
        .content
        .transform([POINTS, 0.0, 0.0, -POINTS, 0.0, height * POINTS]);
    for shape in &picture.shapes {
        canvas.draw(shape);
    }
    let mut pdf = Pdf::new();
    // First, so that the mark is found at the beginning.
    pdf.document_info(info)
        .producer(TextStr("roundabout"))
        .title(TextStr(&picture.title));
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut sheet = pdf.page(page);
    sheet
        .parent(pages)
        .media_box(Rect::new(0.0, 0.0, picture.width as f32 * POINTS, height * POINTS))
        .contents(content);
    let mut resources = sheet.resources();
    let mut names = resources.fonts();
    for used in &canvas.fonts {
        names.pair(Name(used.name), used.objects.font);
    }
    names.finish();
    let mut states = resources.ext_g_states();
    for mille in &canvas.opacities {
        let opacity = *mille as f32 / 1000.0;
        let name = state_name(*mille);
        let mut state = states
            .insert(Name(name.as_bytes()))
            .start::<pdf_writer::writers::ExtGraphicsState<'_>>();
        state.non_stroking_alpha(opacity).stroking_alpha(opacity);
    }
    states.finish();
    resources.finish();
    sheet.finish();
    pdf.stream(content, &canvas.content.finish());
    canvas.fonts.iter().for_each(|used| used.write(&mut pdf));
    Ok(pdf.finish())
}

fn state_name(mille: u32) -> String {
    format!("O{mille}")
}

impl PageCanvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Text {
                at,
                size,
                colour,
                anchor,
                is_bold,
                text,
            } => self.text(*at, *size, colour, *anchor, usize::from(*is_bold), text),
            Shape::Line {
                points,
                colour,
                width,
                dashes,
            } => {
                self.pen(colour, 1.0, *width, dashes);
                self.way(points);
                self.content.stroke();
            }
            Shape::Area {
                points,
                colour,
                opacity,
            } => {
                self.brush(colour, *opacity);
                self.way(points);
                self.content.close_path().fill_nonzero();
                self.pen(colour, OUTLINE, 1.0, "");
                self.way(points);
                self.content.close_and_stroke();
            }
            Shape::Circle {
                at,
                radius,
                colour,
                has_rim,
            } => {
                self.brush(colour, 1.0);
                self.circle(*at, *radius as f32);
                self.content.fill_nonzero();
                if *has_rim {
                    self.pen("#ffffff", 1.0, RIM, "");
                    self.circle(*at, *radius as f32);
                    self.content.close_and_stroke();
                }
            }
        }
    }

    fn opacity(&mut self, opacity: f64) {
        let mille = (opacity.clamp(0.0, 1.0) * 1000.0).round() as u32;
        self.opacities.insert(mille);
        self.content.set_parameters(Name(state_name(mille).as_bytes()));
    }

    fn brush(&mut self, colour: &str, opacity: f64) {
        self.opacity(opacity);
        let [red, green, blue] = rgb(colour).map(|part| f32::from(part) / 255.0);
        self.content.set_fill_rgb(red, green, blue);
    }

    fn pen(&mut self, colour: &str, opacity: f64, width: f64, pattern: &str) {
        self.opacity(opacity);
        let [red, green, blue] = rgb(colour).map(|part| f32::from(part) / 255.0);
        self.content
            .set_stroke_rgb(red, green, blue)
            .set_line_width(width as f32)
            .set_line_join(LineJoinStyle::RoundJoin)
            .set_dash_pattern(dashes(pattern).unwrap_or_default(), 0.0);
    }

    fn way(&mut self, points: &[SvgPoint]) {
        for (place, (x, y)) in points.iter().enumerate() {
            let (x, y) = (*x as f32, *y as f32);
            if place == 0 {
                self.content.move_to(x, y);
            } else {
                self.content.line_to(x, y);
            }
        }
    }

    fn circle(&mut self, (x, y): SvgPoint, r: f32) {
        let (x, y, h) = (x as f32, y as f32, r * QUARTER);
        self.content
            .move_to(x + r, y)
            .cubic_to(x + r, y + h, x + h, y + r, x, y + r)
            .cubic_to(x - h, y + r, x - r, y + h, x - r, y)
            .cubic_to(x - r, y - h, x - h, y - r, x, y - r)
            .cubic_to(x + h, y - r, x + r, y - h, x + r, y)
            .close_path();
    }

    fn text(&mut self, (x, y): SvgPoint, size: f64, colour: &str, anchor: Anchor, font: usize, text: &str) {
        self.brush(colour, 1.0);
        let used = &mut self.fonts[font];
        used.letters.extend(text.chars().filter(|letter| !letter.is_control()));
        let (glyphs, width) = used.font.place(text, size, 0.0);
        let start = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let bytes: Vec<u8> = glyphs.iter().flat_map(|placed| placed.glyph.0.to_be_bytes()).collect();
        self.content
            .begin_text()
            .set_font(Name(used.name), size as f32)
            // Upright again, for the page is turned over.
            .set_text_matrix([1.0, 0.0, 0.0, -1.0, start as f32, y as f32])
            .show(Str(&bytes))
            .end_text();
    }
}

impl UsedFont {
    /// Writes the objects of the font: PDF 1.7, 9.7 (composite fonts).
    fn write(&self, pdf: &mut Pdf) {
        let (objects, base, font) = (&self.objects, Name(self.base), &self.font);
        let mille = |units: f64| (units * font.scale(MILLE)) as f32;
        pdf.type0_font(objects.font)
            .base_font(base)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(objects.cid)
            .to_unicode(objects.cmap);
        let mut cid = pdf.cid_font(objects.cid);
        cid.subtype(CidFontType::Type2)
            .base_font(base)
            .system_info(SYSTEM)
            .font_descriptor(objects.descriptor)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        // The width of each glyph that is shown, and the letter that it is.
        let glyphs: BTreeMap<u16, char> = self
            .letters
            .iter()
            .map(|letter| (font.glyph(*letter).0, *letter))
            .collect();
        let mut widths = cid.widths();
        for glyph in glyphs.keys() {
            let advance = font.advance(ttf_parser::GlyphId(*glyph));
            widths.consecutive(*glyph, [mille(f64::from(advance))]);
        }
        widths.finish();
        cid.finish();
        let (face, bounds) = (&font.face, font.face.global_bounding_box());
        let [left, low, right, high] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|side| mille(f64::from(side)));
        pdf.font_descriptor(objects.descriptor)
            .name(base)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(left, low, right, high))
            .italic_angle(0.0)
            .ascent(mille(f64::from(face.ascender())))
            .descent(mille(f64::from(face.descender())))
            .cap_height(mille(f64::from(face.capital_height().unwrap_or(face.ascender()))))
            .stem_v(80.0)
            .font_file2(objects.file);
        pdf.stream(objects.file, font.bytes)
            .pair(Name(b"Length1"), font.bytes.len() as i32);
        let mut cmap = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
        for (glyph, letter) in &glyphs {
            cmap.pair(*glyph, *letter);
        }
        pdf.stream(objects.cmap, &cmap.finish());
    }
}
