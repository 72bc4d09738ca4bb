//! Writes the rows of a table as CSV, field by field. Most of the time of a short run goes here, so fields go straight into one
//! buffer.

use std::io::{self, Write};

use super::number::{DIGITS, digits_beside, is_rounding, push_rounded, push_shortest};
use crate::statistics::Summary;

/// Bytes that are held back before they are handed on.
const HELD: usize = 1 << 16;

/// The columns of a summary: eight statistics, and the draws that they are over.
const STATISTICS: usize = 9;

/// How many digits statistics have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
    /// Ten significant ones.
    Full,
    /// Ten for the mean, four for the standard deviation, three for the error; a hundredth of the standard deviation is the last
    /// digit of quantiles.
    OfSpread,
}

/// Writes rows field by field: comma-separated, lines ended by LF.
pub struct RowWriter<'a> {
    out: &'a mut dyn Write,
    held: Vec<u8>,
    /// A copy of what is handed on, while it is kept.
    kept: Option<Vec<u8>>,
    /// Fields in the row so far.
    fields: usize,
    /// Fields of the rows before.
    width: Option<usize>,
    number: String,
}

impl<'a> RowWriter<'a> {
    /// A writer of the rows of a table, without a header.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            held: Vec::with_capacity(2 * HELD),
            kept: None,
            fields: 0,
            width: None,
            number: String::new(),
        }
    }

    /// Hands over what is still held back.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.held)?;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(&self.held);
        }
        self.held.clear();
        Ok(())
    }

    /// Keeps a copy of the rows that come from now on.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn keep(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.kept = Some(Vec::new());
        Ok(())
    }

    /// Bytes of the rows that are kept so far.
    pub fn kept_bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.len() + self.held.len())
    }

    /// The rows that were kept; no more are.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn take_kept(&mut self) -> io::Result<Vec<u8>> {
        self.hand_on()?;
        Ok(self.kept.take().unwrap_or_default())
    }

    /// Whole rows that another writer made.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn rows(&mut self, rows: &[u8]) -> io::Result<()> {
        self.hand_on()?;
        self.out.write_all(rows)?;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(rows);
        }
        Ok(())
    }

    fn begin_field(&mut self) {
        if self.fields > 0 {
            self.held.push(b',');
        }
        self.fields += 1;
    }

    /// A field of text.
    pub fn text(&mut self, text: &str) {
        self.begin_field();
        let is_special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
        if text.as_bytes().iter().any(is_special) {
            self.held.push(b'"');
            self.held.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.held.push(b'"');
        } else {
            self.held.extend_from_slice(text.as_bytes());
        }
    }

    /// A field for a whole number.
    pub fn count(&mut self, count: u64) {
        self.text(&count.to_string());
    }

    /// A field for a number with ten significant digits, empty if it does not exist.
    pub fn number(&mut self, value: Option<f64>) {
        self.rounded(value, DIGITS);
    }

    fn rounded(&mut self, value: Option<f64>, digits: i32) {
        self.begin_field();
        if let Some(value) = value {
            push_rounded(&mut self.held, value, digits);
        }
    }

    /// A field for a quantile of draws that spread about their mean by `sd`, with the digits that say something.
    pub fn quantile(&mut self, value: Option<f64>, sd: f64) {
        self.rounded(value, digits_beside(value.unwrap_or(0.0), sd));
    }

    /// A field for a number that reads back to the same bits, empty if it does not exist.
    pub fn exact(&mut self, value: f64) {
        self.begin_field();
        self.number.clear();
        push_shortest(&mut self.number, value);
        self.held.extend_from_slice(self.number.as_bytes());
    }

    /// The statistics columns of a summary, and the draws that it is over.
    pub fn summary(&mut self, summary: &Summary, draws: u64, precision: Precision) {
        let mut summary = *summary;
        let mean = summary.mean.unwrap_or(0.0);
        if summary.sd.is_some_and(|sd| is_rounding(sd, mean)) {
            summary.sd = Some(0.0);
            summary.mcse = Some(0.0);
        }
        let [mean, spreads @ .., p05, p25, p50, p75, p95] = summary.values();
        self.number(mean);
        match precision {
            Precision::Full => {
                let others = spreads.into_iter().chain([p05, p25, p50, p75, p95]);
                others.for_each(|value| self.number(value));
            }
            Precision::OfSpread => {
                let digits = spreads.into_iter().zip([4, 3]);
                digits.for_each(|(value, digits)| self.rounded(value, digits));
                let sd = summary.sd.unwrap_or(0.0);
                for value in [p05, p25, p50, p75, p95] {
                    self.quantile(value, sd);
                }
            }
        }
        self.count(draws);
    }

    /// As [`summary`](Self::summary), and returns the text of the fields.
    pub fn summary_text(&mut self, summary: &Summary, draws: u64, precision: Precision) -> &[u8] {
        let before = self.held.len();
        self.summary(summary, draws, precision);
        &self.held[before..]
    }

    /// Fields that [`summary_text`](Self::summary_text) wrote in another row.
    pub fn again(&mut self, fields: &[u8]) {
        self.held.extend_from_slice(fields);
        self.fields += STATISTICS;
    }

    /// Ends the row.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn end(&mut self) -> io::Result<()> {
        let width = *self.width.get_or_insert(self.fields);
        debug_assert_eq!(width, self.fields, "rows of one table have as many fields");
        self.held.push(b'\n');
        self.fields = 0;
        if self.held.len() >= HELD {
            self.hand_on()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut RowWriter<'_>)) -> String {
        let mut bytes = Vec::new();
        let mut rows = RowWriter::new(&mut bytes);
        write(&mut rows);
        rows.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_is_quoted_where_it_must_be() {
        let text = written(|rows| {
            ["a", "b,c", "d\"e", "", "f\ng"].iter().for_each(|text| rows.text(text));
            rows.end().unwrap();
        });
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",,\"f\ng\"\n");
    }

    #[test]
    fn statistics_have_as_many_digits_as_say_something() {
        let summary = Summary {
            mean: Some(1_234.567_890_123_4),
            sd: Some(98.765_432_1),
            mcse: Some(1.234_567_89),
            p05: Some(1_000.123_456),
            p25: None,
            p50: Some(0.000_123_456),
            p75: Some(12_345.678_9),
            p95: Some(-5.0),
        };
        let of = |precision| {
            written(|rows| {
                rows.summary(&summary, 7, precision);
                rows.end().unwrap();
            })
        };
        assert_eq!(
            of(Precision::Full),
            "1234.56789,98.7654321,1.23456789,1000.123456,,0.000123456,12345.6789,-5,7\n"
        );
        assert_eq!(
            of(Precision::OfSpread),
            "1234.56789,98.77,1.23,1000.1,,0.0001,12345.7,-5,7\n"
        );
    }

    #[test]
    fn a_spread_that_is_rounding_is_zero() {
        let summary = Summary {
            mean: Some(1e5),
            sd: Some(1e-11),
            mcse: Some(1e-12),
            ..Summary::default()
        };
        let text = written(|rows| {
            rows.summary(&summary, 3, Precision::Full);
            rows.end().unwrap();
        });
        assert_eq!(text, "100000,0,0,,,,,,3\n");
    }
}
