//! Reading the file of a table as text, whatever program saved it.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::diagnostic::{Place, Report};

/// Larger tables are refused before they are read: 64 MiB.
const LARGEST_FILE: u64 = 64 << 20;

/// Reads a file as text with line feeds only and no byte order mark. None if it cannot be read, which is reported.
pub(super) fn read_text(path: &Path, report: &mut Report) -> Option<String> {
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(reason) => {
            report.fault(None, format!("cannot read {}: {reason}", path.display()));
            return None;
        }
    };
    decode(path, bytes, report)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    // The kind of file is checked before it is opened, because opening a pipe would wait for its other end.
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(format!("it is larger than {} MiB", LARGEST_FILE >> 20));
    }
    Ok(bytes)
}

/// Turns a table's bytes into text.
pub(super) fn decode(path: &Path, bytes: Vec<u8>, report: &mut Report) -> Option<String> {
    if is_utf16(&bytes) {
        report
            .fault(None, format!("{} is encoded as UTF-16", path.display()))
            .help("save it as UTF-8: in Excel, \"CSV UTF-8 (comma delimited)\"");
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(normalise(&text)),
        Err(error) => {
            report_encoding(path, &error, report);
            None
        }
    }
}

/// Text without byte order mark and with line feeds only, so that places and digests do not depend on the editor.
fn normalise(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether bytes look like UTF-16: they start with its mark, or each of the first two characters has a zero byte.
fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    marked || (bytes.len() >= 4 && (bytes[0] == 0) == (bytes[2] == 0) && (bytes[0] == 0) != (bytes[1] == 0))
}

fn report_encoding(path: &Path, error: &std::string::FromUtf8Error, report: &mut Report) {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    // The readable part is normalised on its own, so that its length is the place of the unreadable character.
    let readable = normalise(&String::from_utf8_lossy(before));
    let rest = normalise(&String::from_utf8_lossy(&error.as_bytes()[before.len()..]));
    let start = readable.len();
    let source = report.add_source(path, readable + &rest);
    let span = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
    report
        .fault(Place { source, span }, "this is not UTF-8")
        .help("save the file as UTF-8: in Excel, \"CSV UTF-8 (comma delimited)\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Result<String, String> {
        let mut report = Report::default();
        decode(Path::new("nodes.csv"), bytes.to_vec(), &mut report).ok_or_else(|| report.render(false))
    }

    #[test]
    fn a_byte_order_mark_and_foreign_line_ends_are_accepted() {
        assert_eq!(decoded(b"\xef\xbb\xbfid\r\nA\rB\n").unwrap(), "id\nA\nB\n");
    }

    #[test]
    fn utf_16_is_recognised_with_and_without_mark() {
        for bytes in [b"\xff\xfei\0d\0".as_slice(), b"\xfe\xff\0i\0d", b"i\0d\0", b"\0i\0d"] {
            assert!(decoded(bytes).unwrap_err().contains("is encoded as UTF-16"));
        }
    }

    #[test]
    fn a_foreign_encoding_is_shown_where_it_starts() {
        insta::assert_snapshot!(decoded(b"id,name\r\nDE,K\xf6ln\r\n").unwrap_err());
    }

    #[test]
    fn a_folder_is_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = Report::default();
        assert!(read_text(folder.path(), &mut report).is_none());
        assert!(report.render(false).contains("it is not a regular file"));
    }

    #[test]
    fn a_file_above_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nodes.csv");
        File::create(&path).unwrap().set_len(LARGEST_FILE + 1).unwrap();
        let mut report = Report::default();
        assert!(read_text(&path, &mut report).is_none());
        assert!(report.render(false).contains("it is larger than 64 MiB"));
    }
}
