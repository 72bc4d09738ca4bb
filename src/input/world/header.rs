//! The first line of a table: which columns it has.

use std::ops::Range;

use super::foreign;
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
    if !is_header(line, text, wanted, place(line.span()), report) {
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
fn is_header(line: &RecordSpans, text: &str, wanted: &KnownColumns, place: Place, report: &mut Report) -> bool {
    let header = &text[line.span()];
    let lacks = |column: &&str| !header.contains(column);
    if wanted.required.iter().any(lacks)
        && let Some((name, help)) = foreign::recognised(header)
    {
        report.fault(place, format!("this is a table of {name}")).help(help);
        return false;
    }
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
    if is_no_table(line, text, wanted) {
        report
            .fault(place, "this is no header of the table: none of its columns is there")
            .help(format!("the columns are {}", wanted.required.join(",")));
        return false;
    }
    true
}

/// Whether none of several columns that a table must have is in the line, nor one like it. A message for each would not
/// help.
fn is_no_table(line: &RecordSpans, text: &str, wanted: &KnownColumns) -> bool {
    let is_known = |span: &Range<usize>| {
        let name = text[span.clone()].trim().trim_matches('"').trim();
        nearest(name, wanted.all()).is_some()
    };
    wanted.required.len() > 1 && !line.cells.iter().any(is_known)
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::scan;
    use super::super::testing::messages;
    use super::*;

    const WANTED: KnownColumns = KnownColumns {
        required: &["id", "price"],
        optional: &["note"],
    };

    fn read_line(text: &str) -> (Option<Vec<String>>, Report) {
        let mut report = Report::default();
        let file = report.add_source(Path::new("prices.csv"), text.to_owned());
        let columns = read(&scan::record(text, 0), text, &WANTED, file, &mut report);
        (columns, report)
    }

    #[test]
    fn columns_stand_in_any_order_and_optional_ones_may_be_missing() {
        let (columns, report) = read_line("price, \"id\"");
        assert_eq!(columns.unwrap(), ["price", "id"]);
        assert_eq!(messages(&report), "");
    }

    #[test]
    fn doubled_and_unknown_columns_keep_their_place_under_names_that_no_row_asks_for() {
        let (columns, _) = read_line("id,id,price,colour");
        assert_eq!(columns.unwrap(), ["id", "(id)", "price", "(colour)"]);
    }

    #[test]
    fn a_misspelt_column_is_not_reported_as_missing_too() {
        let (columns, report) = read_line("id,prize");
        assert_eq!(columns.unwrap(), ["id", "(prize)"]);
        assert_eq!(messages(&report), "prices.csv:1:4: unknown column `prize`");
        let help = report.diagnostics()[0].help.as_deref();
        assert_eq!(help, Some("did you mean `price`?"));
    }

    #[test]
    fn a_line_of_a_thousand_cells_is_a_header_and_one_more_is_none() {
        let (columns, _) = read_line(&format!("id{}", ",".repeat(MOST_COLUMNS - 1)));
        assert_eq!(columns.map(|columns| columns.len()), Some(MOST_COLUMNS));
        let (columns, report) = read_line(&",".repeat(MOST_COLUMNS));
        assert_eq!(columns, None);
        assert_eq!(
            messages(&report),
            "prices.csv:1:1: 1001 columns: this is no table of a world"
        );
    }
}
