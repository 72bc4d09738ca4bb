//! Finds the places of the cells of a record in the text. The `csv` crate reads the cells, but does not give their
//! places.

use std::ops::Range;

/// Where one record and its cells stand.
#[derive(PartialEq, Debug)]
pub(super) struct RecordSpans {
    /// The bytes of each cell, quotes included.
    pub cells: Vec<Range<usize>>,
    /// The end of the record, before its line end.
    pub end: usize,
    /// The position of a quote that opens a cell and is never closed.
    pub unclosed: Option<usize>,
    /// The position of text between a closing quote and the next comma.
    pub stray: Option<usize>,
}

impl RecordSpans {
    /// All bytes of the record.
    pub fn span(&self) -> Range<usize> {
        self.cells.first().map_or(self.end, |cell| cell.start)..self.end
    }
}

/// Finds the cells of the record that starts at byte `start`, or behind the line ends there.
pub(super) fn record(text: &str, start: usize) -> RecordSpans {
    let bytes = text.as_bytes();
    // The csv crate skips blank lines, and so do we.
    let blank = bytes[start..].iter().take_while(|&&byte| byte == b'\n').count();
    let mut scan = RecordSpans {
        cells: Vec::new(),
        end: start + blank,
        unclosed: None,
        stray: None,
    };
    loop {
        let cell = scan.end;
        scan.end = if bytes.get(cell) == Some(&b'"') {
            scan.quoted_cell(bytes, cell)
        } else {
            plain_end(bytes, cell)
        };
        scan.cells.push(cell..scan.end);
        if bytes.get(scan.end) != Some(&b',') {
            return scan;
        }
        scan.end += 1;
    }
}

impl RecordSpans {
    /// The end of the cell that opens with a quote at `start`.
    fn quoted_cell(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut at = start + 1;
        loop {
            match (bytes.get(at), bytes.get(at + 1)) {
                (None, _) => {
                    self.unclosed.get_or_insert(start);
                    return bytes.len();
                }
                // A doubled quote means one quote in the cell.
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), _) => break,
                _ => at += 1,
            }
        }
        let end = plain_end(bytes, at + 1);
        if end > at + 1 {
            self.stray.get_or_insert(at + 1);
        }
        end
    }
}

/// The next comma or line end.
fn plain_end(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..].iter().position(|byte| matches!(byte, b',' | b'\n'));
    length.map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<&str> {
        record(text, 0).cells.into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn commas_and_line_ends_in_quotes_part_nothing() {
        assert_eq!(cells("a,\"b,\n\"\"c\"\"\",\nd"), ["a", "\"b,\n\"\"c\"\"\"", ""]);
    }

    #[test]
    fn blank_lines_before_a_record_are_skipped() {
        assert_eq!(cells("\n\na,b"), ["a", "b"]);
    }

    #[test]
    fn an_open_quote_and_text_behind_a_closed_one_are_found() {
        assert_eq!(record("a,\"b\nc", 0).unclosed, Some(2));
        assert_eq!(record("a,\"b\"c,d", 0).stray, Some(5));
    }

    proptest::proptest! {
        #[test]
        fn cells_are_those_that_the_csv_crate_reads(text in "[ab,\"\n;é]{0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            for cells in reader.records() {
                let cells = cells.unwrap();
                let scan = record(&text, cells.position().unwrap().byte() as usize);
                proptest::prop_assert_eq!(scan.cells.len(), cells.len(), "{:?}", text);
            }
        }
    }

    #[test]
    fn every_cell_knows_its_bytes_and_the_record_its_end() {
        let scan = record("x\n\"a\",,b\nc", 1);
        assert_eq!(scan.cells, [2..5, 6..6, 7..8]);
        assert_eq!((scan.span(), scan.end), (2..8, 8));
    }
}
