use super::font::{BOLD, PictureFont, REGULAR};
use super::*;
use crate::report::svg::{Anchor, Stroke, SvgDocument};

fn picture() -> DrawnPicture {
    let mut document = SvgDocument::new("Šiauliai & Бишкек", "A line, an area, a circle and texts");
    document.bold_text((14.0, 30.0), 20.0, "#222222", "Šiauliai & Бишкек");
    document.text((300.0, 60.0), 16.0, "#555555", Anchor::Middle, "17,000 t");
    let dashed = Stroke {
        colour: "#0072b2",
        width: 2.6,
        dashes: "9 5",
    };
    document.line(&[(20.0, 90.0), (580.0, 90.0)], &dashed);
    document.area(&[(20.0, 100.0), (580.0, 100.0), (300.0, 180.0)], "#d55e00", 0.2);
    document.ring((300.0, 130.0), "#222222");
    document.picture(600.0, 200.0)
}

#[test]
fn the_ending_of_a_name_chooses_the_format() {
    let format = |name: &str| PictureFormat::of(Path::new(name));
    assert_eq!(format("a/b.svg"), Ok(PictureFormat::Svg));
    assert_eq!(format("b.PNG"), Ok(PictureFormat::Png));
    assert_eq!(format("b.tar.pdf"), Ok(PictureFormat::Pdf));
    assert!(format("b.jpg").unwrap_err().contains("no picture is written as .jpg"));
    assert!(
        format("svg")
            .unwrap_err()
            .contains("end the name in .svg, .png or .pdf")
    );
}

#[test]
fn the_fonts_have_the_letters_of_europe_and_digits_of_one_width() {
    for bytes in [REGULAR, BOLD] {
        let font = PictureFont::new(bytes).unwrap();
        for letter in "Aß0,–·…−šŽłğőЯбηΩ€".chars() {
            assert_ne!(font.glyph(letter).0, 0, "{letter}");
        }
        let widths: Vec<u16> = ('0'..='9').map(|digit| font.advance(font.glyph(digit))).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
    }
}

/// The pixels of a PNG: width, height, and three bytes each.
fn pixels(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

#[test]
fn a_png_shows_every_shape_in_its_place() {
    let bytes = PictureFormat::Png.write(&picture()).unwrap();
    let (width, height, pixels) = pixels(&bytes);
    assert_eq!((width, height), (1200, 400));
    let at = |x: usize, y: usize| {
        let start = 3 * (2 * y * 1200 + 2 * x);
        [pixels[start], pixels[start + 1], pixels[start + 2]]
    };
    assert_eq!(at(5, 195), [255; 3], "paper");
    assert_eq!(at(24, 90), [0x00, 0x72, 0xb2], "dash");
    assert_eq!(at(32, 90), [255; 3], "gap");
    assert_eq!(at(300, 130), [0x22; 3], "circle");
    // A fifth of the colour over the paper.
    let tint = at(300, 160);
    assert!(tint[0] > 240 && tint[2] < 210, "{tint:?}");
    let is_inked = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
        x.into_iter().any(|x| y.clone().any(|y| at(x, y)[0] < 100))
    };
    assert!(is_inked(14..180, 14..32), "title");
    assert!(
        is_inked(265..335, 47..61) && !is_inked(340..560, 47..61),
        "text in the middle"
    );
}

#[test]
fn pictures_are_known_by_their_marks_and_the_same_again() {
    for format in [PictureFormat::Svg, PictureFormat::Png, PictureFormat::Pdf] {
        let bytes = format.write(&picture()).unwrap();
        assert_eq!(bytes, format.write(&picture()).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture");
        std::fs::write(&path, &bytes).unwrap();
        let prove = |format: PictureFormat| {
            let inputs = crate::results::InputPaths::default();
            crate::results::OutputFile::prove(&path, format.kind(), true, &inputs)
        };
        for other in [PictureFormat::Svg, PictureFormat::Png, PictureFormat::Pdf] {
            assert_eq!(prove(other).is_ok(), other == format, "{format:?} under {other:?}");
        }
        // The same format, drawn by others.
        let foreign = String::from_utf8_lossy(&bytes)
            .replace("roundabout", "elsewhere!")
            .replace("<desc>", "<d>");
        std::fs::write(&path, foreign).unwrap();
        assert!(prove(format).is_err(), "{format:?}");
    }
}

#[test]
fn a_pdf_embeds_its_fonts_and_holds_no_date() {
    let bytes = PictureFormat::Pdf.write(&picture()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for part in ["%PDF-1.7", "/FontFile2", "/ToUnicode", "[0 0 450 150]", "NotoSans-Bold"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("CreationDate"));
}
