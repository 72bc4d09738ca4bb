//! A table as its file has it: a checked header, and rows of cells with their places.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Range;
use std::path::Path;

use csv::StringRecord;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, MapDeserializer};

use super::cell::RawCell;
use super::header::{self, KnownColumns};
use super::scan::{self, RecordSpans};
use crate::diagnostic::{Place, Report, SourceId, is_invisible};

/// A row as serde fills it: one [`super::cell::CsvCell`] for each column, named after it, and default where it is absent.
pub(super) trait WireRow: DeserializeOwned {
    /// The file's name in the world's folder.
    const FILE: &'static str;
    /// Columns that must be there.
    const REQUIRED: &'static [&'static str];
    /// Columns that may be there.
    const OPTIONAL: &'static [&'static str] = &[];
    /// Whether a table without rows is a fault.
    const IS_ESSENTIAL: bool = false;
}

/// More rows are refused: they would not fit the memory of an ordinary machine.
const MOST_ROWS: usize = 1_000_000;

/// The most faults that are reported of one table: a file of another kind would have one in every cell.
pub(super) const MOST_FAULTS: usize = 1_000;

/// The rows of one table, and whether they are all of them.
pub(super) struct CsvRows<T> {
    /// Where the text came from.
    pub file: SourceId,
    columns: Vec<String>,
    records: Vec<CsvRecord>,
    /// Whether every line could be read. If not, an unknown id may be in a line that was left out.
    whole: bool,
    row: PhantomData<T>,
}

/// One line, or several where a quoted cell has line ends.
struct CsvRecord {
    cells: StringRecord,
    spans: Vec<Range<usize>>,
}

impl<T: WireRow> CsvRows<T> {
    /// Splits a table's text into rows. Lines with the wrong number of cells are reported and left out.
    pub fn parse(path: &Path, text: &str, report: &mut Report) -> Self {
        let file = report.add_source(path, text.to_owned());
        let mut rows = Self::none(file);
        if let Some(span) = separator_line(text) {
            report
                .fault(Place { source: file, span }, "this line is only for Excel")
                .help("remove the line `sep=`: columns are always separated by ','");
            return rows;
        }
        let Some((names, body)) = header_line(text) else {
            report.fault(
                Place {
                    source: file,
                    span: 0..0,
                },
                format!("{} is empty", T::FILE),
            );
            return rows;
        };
        let wanted = KnownColumns {
            required: T::REQUIRED,
            optional: T::OPTIONAL,
        };
        if let Some(columns) = header::read(&names, text, &wanted, file, report) {
            rows.columns = columns;
            rows.read_records(text, body, report);
            if T::IS_ESSENTIAL && rows.whole && rows.records.is_empty() {
                let span = names.span();
                report.fault(Place { source: file, span }, format!("{} has no rows", T::FILE));
                rows.whole = false;
            }
            // Without a required column the rows lack values, so references to them are not checked.
            rows.whole &= T::REQUIRED.iter().all(|column| rows.has(column));
        }
        rows
    }

    /// No rows, for a file that could not be read.
    pub fn none(file: SourceId) -> Self {
        Self {
            file,
            columns: Vec::new(),
            records: Vec::new(),
            whole: false,
            row: PhantomData,
        }
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
    }

    fn read_records(&mut self, text: &str, body: usize, report: &mut Report) {
        self.whole = true;
        let before = report.diagnostics().len();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            // Rows of another length are reported with their place below, which the crate's own error lacks.
            .flexible(true)
            .from_reader(&text.as_bytes()[body..]);
        let mut cells = StringRecord::new();
        let mut empty = EmptyRows::default();
        // Reading text that is in memory and in UTF-8 cannot fail.
        while reader.read_record(&mut cells).unwrap_or(false) {
            let start = cells.position().map_or(0, |position| position.byte() as usize);
            let scan = scan::record(text, body + start);
            // A file of another kind may have a fault in every row: both memory and messages have a limit.
            if self.records.len() == MOST_ROWS || report.diagnostics().len() - before > MOST_FAULTS {
                let place = Place {
                    source: self.file,
                    span: scan.span(),
                };
                report.fault(place, "the rest of this table is not read: there is too much of it");
                self.whole = false;
                break;
            }
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                empty.add(scan.span());
            } else {
                self.take(&cells, scan, report);
            }
        }
        self.whole &= empty.first.is_none();
        empty.tell(self.file, report);
    }

    /// Keeps a record if its cells can be separated, and reports it otherwise.
    fn take(&mut self, cells: &StringRecord, scan: RecordSpans, report: &mut Report) {
        let is_sound =
            self.is_sound(&scan, report) && cells.len() == scan.cells.len() && self.shows(cells, &scan, report);
        if is_sound {
            self.records.push(CsvRecord {
                cells: cells.clone(),
                spans: scan.cells,
            });
        }
        self.whole &= is_sound;
    }

    /// Whether a record has its quotes closed and a cell for each column; if not, that is reported.
    fn is_sound(&self, scan: &RecordSpans, report: &mut Report) -> bool {
        const QUOTES: &str = "a quote inside a quoted cell is doubled: \"\"";
        let place = |span| Place {
            source: self.file,
            span,
        };
        if let Some(quote) = scan.unclosed {
            report
                .fault(place(quote..quote + 1), "this quote is never closed")
                .help(QUOTES);
            return false;
        }
        if let Some(stray) = scan.stray {
            report
                .fault(place(stray..stray), "text behind the closing quote of a cell")
                .help(QUOTES);
            return false;
        }
        let (found, expected) = (scan.cells.len(), self.columns.len());
        if found != expected {
            let message = format!("the header has {expected} cells, but this row {found}");
            let fault = report.fault_once(place(scan.span()), message, true);
            if found > expected {
                fault.help("a cell that holds a comma is quoted, and decimals are written with '.'");
            }
        }
        found == expected
    }

    /// Whether every cell shows as it is; if not, that is reported.
    fn shows(&self, cells: &StringRecord, scan: &RecordSpans, report: &mut Report) -> bool {
        let mut both = cells.iter().zip(&scan.cells);
        let hidden = both.find_map(|(text, span)| Some((text.chars().find(|letter| is_invisible(*letter))?, span)));
        let Some((invisible, at)) = hidden else { return true };
        let place = Place {
            source: self.file,
            span: at.clone(),
        };
        let message = format!("this cell holds the invisible character {}", invisible.escape_unicode());
        report
            .fault(place, message)
            .help("remove it: a terminal or a browser would obey it");
        false
    }

    /// Whether every line could be read and has all its columns.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The rows in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.records.iter().filter_map(|record| self.row(record).ok())
    }

    fn row(&self, record: &CsvRecord) -> Result<T, Error> {
        let cells = self.columns.iter().zip(record.cells.iter().zip(&record.spans));
        let named = cells.map(|(column, (text, span))| {
            let span = span.clone();
            (column.as_str(), RawCell { column, text, span })
        });
        T::deserialize(MapDeserializer::new(named))
    }

    /// How many rows cite each source; none for a table without such a column.
    pub fn sources(&self) -> Option<BTreeMap<String, usize>> {
        let column = self.columns.iter().position(|known| known == "source")?;
        let mut cited = BTreeMap::new();
        for record in &self.records {
            let source = record.cells.get(column).unwrap_or_default().trim();
            *cited.entry(source.to_owned()).or_insert(0) += 1;
        }
        Some(cited)
    }

    /// Adds the table to a digest: its cells, but neither quotes nor space around them.
    pub fn digest(&self, hasher: &mut blake3::Hasher) {
        // Lengths keep cells apart: "ab","c" and "a","bc" have different digests.
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(T::FILE);
        for column in &self.columns {
            add(column);
        }
        for cell in self.records.iter().flat_map(|record| record.cells.iter()) {
            add(cell.trim());
        }
        hasher.update(&(self.records.len() as u64).to_le_bytes());
    }
}

/// Rows that consist of commas: a spreadsheet leaves them below a table.
#[derive(Default)]
struct EmptyRows {
    first: Option<Range<usize>>,
    count: usize,
}

impl EmptyRows {
    fn add(&mut self, span: Range<usize>) {
        self.first.get_or_insert(span);
        self.count += 1;
    }

    fn tell(self, source: SourceId, report: &mut Report) {
        let Some(span) = self.first else { return };
        let message = match self.count {
            1 => "this row is empty".to_owned(),
            count => format!("{count} rows are empty, this one the first"),
        };
        report
            .fault(Place { source, span }, message)
            .help("remove rows of commas alone");
    }
}

/// The first line if it is `sep=,`, by which Excel is told the separator.
fn separator_line(text: &str) -> Option<Range<usize>> {
    let line = text.lines().next()?;
    let is_it = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) && line.len() <= 6;
    is_it.then_some(0..line.len())
}

/// The cells of the first line that is not blank, and where the next line starts.
fn header_line(text: &str) -> Option<(RecordSpans, usize)> {
    let start = text.find(|letter: char| !letter.is_whitespace())?;
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let scan = scan::record(text, line);
    let body = scan.end;
    Some((scan, body))
}

#[cfg(test)]
mod tests {
    use super::super::cell::CsvCell;
    use super::super::testing::{self, messages};
    use super::*;

    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct PriceRow {
        id: CsvCell,
        price: CsvCell,
        note: CsvCell,
    }

    impl WireRow for PriceRow {
        const FILE: &'static str = "prices.csv";
        const REQUIRED: &'static [&'static str] = &["id", "price"];
        const OPTIONAL: &'static [&'static str] = &["note"];
        const IS_ESSENTIAL: bool = true;
    }

    fn parse(text: &str) -> (CsvRows<PriceRow>, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        (rows, messages(&report))
    }

    #[test]
    fn cells_are_found_by_the_name_of_their_column() {
        let (rows, said) = parse("price,\"id\"\n\n\" 1,5 \", a\n");
        assert_eq!(said, "");
        let row = rows.iter().next().unwrap();
        assert_eq!((row.id.text.as_str(), row.id.span), ("a", 21..22));
        assert_eq!((row.price.text.as_str(), row.price.span), ("1,5", 12..19));
        assert!(row.note.is_absent());
    }

    #[test]
    fn an_empty_file_and_a_lone_header_are_faults() {
        assert_eq!(parse(" \n").1, "prices.csv:1:1: prices.csv is empty");
        assert_eq!(parse("id,price\n").1, "prices.csv:1:1: prices.csv has no rows");
    }

    #[test]
    fn missing_doubled_and_unknown_columns_are_told_apart() {
        let (rows, said) = parse("id,id,prise,colour,\na,b,1,red,\n");
        assert_eq!(
            said,
            "prices.csv:1:4: the column `id` is there twice\n\
             prices.csv:1:7: unknown column `prise`\n\
             prices.csv:1:13: unknown column `colour`\n\
             prices.csv:1:20: a column without a name"
        );
        assert!(!rows.is_whole());
        assert_eq!(rows.iter().next().unwrap().id.text, "a");
        assert_eq!(
            parse("id,note\na,b\n").1,
            "prices.csv:1:1: the column `price` is missing"
        );
    }

    #[test]
    fn semicolons_and_tabs_are_recognised() {
        assert_eq!(
            parse("id;price\na;1,5\n").1,
            "prices.csv:1:1: columns are separated by ';' here"
        );
        assert_eq!(
            parse("id\tprice\na\t1\n").1,
            "prices.csv:1:1: columns are separated by tabs here"
        );
    }

    #[test]
    fn a_row_with_a_cell_too_few_or_too_many_is_left_out() {
        let (rows, said) = parse("id,price\na\nb,1,5\nc,2\n");
        assert_eq!(
            said,
            "prices.csv:2:1: the header has 2 cells, but this row 1\n\
             prices.csv:3:1: the header has 2 cells, but this row 3"
        );
        assert_eq!(rows.iter().map(|row| row.id.text).collect::<Vec<_>>(), ["c"]);
        assert!(!rows.is_whole());
    }

    #[test]
    fn quotes_are_closed_and_nothing_follows_them() {
        assert_eq!(
            parse("id,price\n\"a\"b,1\nc,\"2\nd,3\n").1,
            "prices.csv:2:4: text behind the closing quote of a cell\n\
             prices.csv:3:3: this quote is never closed"
        );
    }

    #[test]
    fn a_table_of_nonsense_ends_after_a_thousand_faults() {
        let (_, said) = parse(&format!("id,price\n{}", "\"a\"b,1\n".repeat(5_000)));
        assert_eq!(said.lines().count(), MOST_FAULTS + 2);
        assert!(said.ends_with("the rest of this table is not read: there is too much of it"));
    }

    #[test]
    fn rows_of_one_wrong_length_are_one_fault() {
        let mut report = Report::default();
        testing::rows::<PriceRow>(&format!("id,price\n{}", "x\n".repeat(5_000)), &mut report);
        let said: Vec<String> = report
            .diagnostics()
            .iter()
            .map(crate::diagnostic::Diagnostic::text)
            .collect();
        assert_eq!(said, ["the header has 2 cells, but this row 1 (and 4999 times more)"]);
    }

    #[test]
    fn the_digest_sees_content_and_not_spelling() {
        let digest = |text: &str| {
            let mut hasher = blake3::Hasher::new();
            parse(text).0.digest(&mut hasher);
            hasher.finalize()
        };
        let plain = digest("id,price\na,1\n");
        assert_eq!(plain, digest("id,price\n\n\"a\", 1"));
        assert_ne!(plain, digest("id,price\na,2\n"));
        assert_ne!(plain, digest("price,id\na,1\n"));
    }

    proptest::proptest! {
        #[test]
        fn mangled_tables_never_panic(
            position in 0usize..60,
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..8),
        ) {
            let mut text = b"id,price,note\na,1,\"x, y\"\nb,2.5,\n\xc3\xa4,3,z\n".to_vec();
            let position = position.min(text.len());
            let end = (position + bytes.len() / 2).min(text.len());
            text.splice(position..end, bytes);
            let path = Path::new("prices.csv");
            let mut report = Report::default();
            if let Some(text) = super::super::file::decode(path, text, &mut report) {
                let rows: CsvRows<PriceRow> = CsvRows::parse(path, &text, &mut report);
                for row in rows.iter() {
                    for cell in [row.id, row.price, row.note] {
                        proptest::prop_assert!(cell.is_absent() || text.get(cell.span).is_some());
                    }
                }
            }
            report.render(false);
        }
    }
}
