//! Formats of pictures: SVG for the web, PNG for slides and mail, PDF for print. PNG and PDF bring their font with them, so that they
//! look the same on every machine.
//!
//! Two ways to PNG and PDF were weighed. A renderer of SVG (resvg, svg2pdf) reads the SVG back and knows all of it, but builds a
//! shaper of text, a database of fonts and a second XML parser. Pictures here are lines, areas, circles and texts: a rasteriser
//! of paths (tiny-skia) and a writer of PDF objects draw them with a tenth of that.

mod font;
mod pdf;
mod png;

use std::path::Path;

use super::svg::{self, DrawnPicture};
use crate::results::FileKind;

/// A format of pictures, chosen by the ending of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PictureFormat {
    Svg,
    Png,
    Pdf,
}

/// A picture that could not be written in a format.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be written as {format:?}: {cause}")]
pub struct PictureError {
    format: PictureFormat,
    cause: String,
}

impl PictureFormat {
    /// The format for a file of this name.
    ///
    /// # Errors
    /// When its ending is of none, in words for the user.
    pub fn of(path: &Path) -> Result<Self, String> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "svg" => Ok(Self::Svg),
            "png" => Ok(Self::Png),
            "pdf" => Ok(Self::Pdf),
            "" => Err("end the name in .svg, .png or .pdf: the ending says which kind of picture to write".to_owned()),
            other => Err(format!(
                "no picture is written as .{other}: end the name in .svg, .png or .pdf"
            )),
        }
    }

    /// How a file shows that it is such a picture, drawn here.
    pub fn kind(self) -> FileKind {
        const NAME: &str = "a picture drawn by this program";
        match self {
            Self::Svg => FileKind::new(NAME, svg::beginning()),
            Self::Png => FileKind::binary(NAME, png::START, png::MARK),
            Self::Pdf => FileKind::binary(NAME, pdf::START, pdf::MARK),
        }
    }

    /// The bytes of a file with the picture; the same picture gives the same bytes.
    ///
    /// # Errors
    /// When the picture is too large for the format.
    pub fn write(self, picture: &DrawnPicture) -> Result<Vec<u8>, PictureError> {
        let fault = |cause| PictureError { format: self, cause };
        match self {
            Self::Svg => Ok(picture.to_svg().into_bytes()),
            Self::Png => png::write(picture).map_err(fault),
            Self::Pdf => pdf::write(picture).map_err(fault),
        }
    }
}

/// Red, green and blue of a colour like `#0072b2`, from 0 to 255; black for anything else.
fn rgb(colour: &str) -> [u8; 3] {
    let part = |at: usize| {
        colour
            .get(at..at + 2)
            .and_then(|part| u8::from_str_radix(part, 16).ok())
    };
    [1, 3, 5].map(|at| part(at).unwrap_or(0))
}

/// Lengths of dashes and gaps; none if there is not an even number of them, all above zero.
fn dashes(text: &str) -> Option<Vec<f32>> {
    let lengths: Vec<f32> = text
        .split_whitespace()
        .filter_map(|length| length.parse().ok())
        .collect();
    let is_pattern =
        !lengths.is_empty() && lengths.len().is_multiple_of(2) && lengths.iter().all(|length| *length > 0.0);
    is_pattern.then_some(lengths)
}

#[cfg(test)]
mod tests;
