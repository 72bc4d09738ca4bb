//! The first line of a table: which columns it has.

use super::scan::RecordSpans;
use crate::diagnostic::{Place, Report, SourceId, nearest};

/// A line with more cells than this is no header.
const MOST_COLUMNS: usize = 1_000;

/// The columns that a table knows.
pub(super) struct KnownColumns {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

impl KnownColumns {
    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }
}

/// The names of the columns from left to right; none if the line is no header at all.
///
/// Unknown, doubled and missing columns are reported. A doubled or unknown one stays in the list under a name in
/// brackets, which no row asks for: so the cells of the other columns are still read.
pub(super) fn read(
    line: &RecordSpans,
    text: &str,
    wanted: &KnownColumns,
    file: SourceId,
    report: &mut Report,
) -> Option<Vec<String>> {
    let place = |span| Place { source: file, span };
    if !is_header(line, text, place(line.span()), report) {
        return None;
    }
    let mut columns: Vec<String> = Vec::new();
    let mut meant = Vec::new();
    for span in &line.cells {
        let name = text[span.clone()].trim().trim_matches('"').trim();
        if columns.iter().any(|known| known == name) {
            report.fault(place(span.clone()), format!("the column `{name}` is there twice"));
            columns.push(format!("({name})"));
        } else if wanted.all().any(|known| known == name) {
            columns.push(name.to_owned());
        } else {
            meant.extend(report_unknown(name, wanted, place(span.clone()), report));
            columns.push(format!("({name})"));
        }
    }
    for missing in wanted.required {
        if !meant.contains(missing) && !columns.iter().any(|known| known == missing) {
            report
                .fault(place(line.span()), format!("the column `{missing}` is missing"))
                .help(format!("the columns are {}", wanted.required.join(",")));
        }
    }
    Some(columns)
}

/// Whether a line can be a header; if not, that is reported.
fn is_header(line: &RecordSpans, text: &str, place: Place, report: &mut Report) -> bool {
    if let Some(separator) = foreign_separator(line, text) {
        report
            .fault(place, format!("columns are separated by {separator} here"))
            .help("save it as a comma-separated file: columns are separated by ',' and decimals written with '.'");
        return false;
    }
    if line.cells.len() > MOST_COLUMNS {
        let found = line.cells.len();
        report.fault(place, format!("{found} columns: this is no table of a world"));
        return false;
    }
    true
}

/// In words, the separator of a header that has no comma but another separator.
fn foreign_separator(line: &RecordSpans, text: &str) -> Option<&'static str> {
    let header = &text[line.span()];
    match line.cells.len() {
        1 if header.contains(';') => Some("';'"),
        1 if header.contains('\t') => Some("tabs"),
        _ => None,
    }
}

/// Reports an unknown column and returns the one that was probably meant, so that it is not reported as missing too.
fn report_unknown(name: &str, wanted: &KnownColumns, place: Place, report: &mut Report) -> Option<&'static str> {
    let meant = nearest(name, wanted.all());
    let message = if name.is_empty() {
        "a column without a name".to_owned()
    } else {
        format!("unknown column `{name}`")
    };
    let fault = report.fault(place, message);
    match meant {
        Some(known) => fault.help(format!("did you mean `{known}`?")),
        None => fault.help(format!(
            "the columns are {}",
            wanted.all().collect::<Vec<_>>().join(",")
        )),
    };
    meant
}
