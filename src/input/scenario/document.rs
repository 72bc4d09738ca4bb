//! From a path to a tree of values: the file, its encoding and its syntax.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use toml::de::DeTable;

use super::syntax;
use super::tree::{TomlItem, TomlTable, TomlValue};
use crate::diagnostic::{Place, Report, SourceId, is_invisible};

/// The largest file that is read; a scenario is some kilobytes.
pub(super) const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// A file without syntax errors.
pub(in crate::input) struct Document {
    pub source: SourceId,
    pub root: TomlTable,
}

/// Reads and parses a file; none if that failed, with every reason reported.
pub(in crate::input) fn read(path: &Path, report: &mut Report) -> Option<Document> {
    let text = read_text(path, LARGEST_FILE, report)?;
    parse(path, text, report)
}

/// Parses a file's text; every syntax error is reported.
pub(in crate::input) fn parse(path: &Path, text: String, report: &mut Report) -> Option<Document> {
    let source = report.add_source(path, text.clone());
    // First, because the parser would report each marker as several syntax errors.
    if reports_conflict(&text, source, report) {
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut is_readable = syntax::report_errors(&errors, &text, source, report);
    let mut root = TomlTable::from_toml(table.get_ref(), source);
    if !errors.is_empty() {
        // A month without quotes is the only syntax error after which reading goes on.
        root.read_dates_as_text(&text);
    }
    is_readable &= all_visible(&root, report);
    is_readable.then_some(Document { source, root })
}

/// Whether every text of a table, and every key, shows as it is; if not, that is reported.
fn all_visible(table: &TomlTable, report: &mut Report) -> bool {
    let mut sound = true;
    for (key, item) in &table.entries {
        sound &= is_visible(&key.name, &key.place, report) & is_item_visible(item, report);
    }
    sound
}

fn is_item_visible(item: &TomlItem, report: &mut Report) -> bool {
    match &item.value {
        TomlValue::Text(text) => is_visible(text, &item.place, report),
        // All are looked at, so that each is reported.
        TomlValue::List(list) => list
            .iter()
            .fold(true, |sound, item| is_item_visible(item, report) & sound),
        TomlValue::Table(table) => all_visible(table, report),
        _ => true,
    }
}

fn is_visible(text: &str, place: &Place, report: &mut Report) -> bool {
    let Some(letter) = text.chars().find(|letter| is_invisible(*letter)) else {
        return true;
    };
    let help = match letter {
        '\u{8}' | '\u{c}' | '\u{1b}' => {
            "in double quotes a backslash begins an escape: write a path with / or in single quotes"
        }
        _ => "remove it: a terminal or a browser would obey it",
    };
    let message = format!("this text holds the invisible character {}", letter.escape_unicode());
    report.fault(place.clone(), message).help(help);
    false
}

/// The text of a regular file of at most `largest` bytes in UTF-8, without a byte order mark.
pub(in crate::input) fn read_text(path: &Path, largest: u64, report: &mut Report) -> Option<String> {
    match read_bytes(path, largest) {
        Ok(bytes) => decode(path, bytes, report),
        Err(problem) => {
            report
                .fault(None, format!("cannot read {}: {}", path.display(), problem.message))
                .help(problem.help);
            None
        }
    }
}

struct Problem {
    message: String,
    help: &'static str,
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        let help = match error.kind() {
            io::ErrorKind::NotFound => {
                "check the path; paths inside a scenario are relative to the file that states them"
            }
            _ => "check that the file may be read",
        };
        Self {
            message: error.to_string(),
            help,
        }
    }
}

fn read_bytes(path: &Path, largest: u64) -> Result<Vec<u8>, Problem> {
    // Opening a pipe would wait for its writer, so the kind is checked before anything is opened.
    let kind = std::fs::metadata(path)?;
    if !kind.is_file() {
        let what = if kind.is_dir() { "a folder" } else { "no regular file" };
        return Err(Problem {
            message: format!("it is {what}"),
            help: "name a file",
        });
    }
    let mut bytes = Vec::new();
    // One byte more than allowed shows that a file is too large, without reading the rest.
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(Problem {
            message: format!("it is larger than {} MiB", largest / (1024 * 1024)),
            help: "check that this is the file you mean",
        });
    }
    Ok(bytes)
}

fn decode(path: &Path, bytes: Vec<u8>, report: &mut Report) -> Option<String> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        report
            .fault(None, format!("{} is written in UTF-16", path.display()))
            .help("save it as UTF-8");
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Some(text)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = report.add_source(path, shown);
            // Nothing before the first bad byte was replaced, so its position holds in the shown text.
            let place = Place {
                source,
                span: at..at + '\u{fffd}'.len_utf8(),
            };
            report.fault(place, "this is not UTF-8").help("save the file as UTF-8");
            None
        }
    }
}

fn reports_conflict(text: &str, source: SourceId, report: &mut Report) -> bool {
    let mut start = 0;
    let mut found = false;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker)) {
            let span = start..start + line.trim_end().len();
            report
                .fault(Place { source, span }, "this is the marker of a merge conflict")
                .help("keep one of the two versions and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`");
            found = true;
        }
        start += line.len();
    }
    found
}
