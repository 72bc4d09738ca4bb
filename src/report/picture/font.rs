//! The letters of pictures that bring their font with them: Noto Sans, Latin, Greek and Cyrillic, under the SIL Open Font License
//! (`noto-sans-OFL.txt`).

use ttf_parser::{Face, GlyphId};

/// TrueType files.
pub(super) const REGULAR: &[u8] = include_bytes!("noto-sans-regular.ttf");
pub(super) const BOLD: &[u8] = include_bytes!("noto-sans-bold.ttf");

/// A font and its measures.
pub(super) struct PictureFont {
    pub face: Face<'static>,
    pub bytes: &'static [u8],
}

/// A letter of a text and how far right it stands, in units of the picture.
pub(super) struct PlacedGlyph {
    pub glyph: GlyphId,
    pub x: f64,
}

impl PictureFont {
    /// None if the font that is built in were damaged, which a test excludes.
    pub fn new(bytes: &'static [u8]) -> Option<Self> {
        let face = Face::parse(bytes, 0).ok()?;
        Some(Self { face, bytes })
    }

    /// Units of the picture for a unit of the font, in letters of this size.
    pub fn scale(&self, size: f64) -> f64 {
        size / f64::from(self.face.units_per_em())
    }

    /// The glyph of a letter; a letter that the font lacks is shown as an empty box.
    pub fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).unwrap_or_default()
    }

    /// In units of the font.
    pub fn advance(&self, glyph: GlyphId) -> u16 {
        self.face.glyph_hor_advance(glyph).unwrap_or_default()
    }

    /// The letters of a text from `x` on, and where it ends.
    pub fn place(&self, text: &str, size: f64, mut x: f64) -> (Vec<PlacedGlyph>, f64) {
        let scale = self.scale(size);
        let mut placed = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            let glyph = self.glyph(letter);
            placed.push(PlacedGlyph { glyph, x });
            x += scale * f64::from(self.advance(glyph));
        }
        (placed, x)
    }
}
