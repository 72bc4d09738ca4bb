//! Cells of a table: their text and their place in the file.

use std::ops::Range;

use serde::de::value::{Error, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

/// One cell as the file has it. Its text is converted later, cell by cell, because serde would stop at the first fault.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(from = "(String, String, usize, usize)")]
pub(super) struct CsvCell {
    /// The name of its column; empty for a column that the table does not have.
    pub column: String,
    /// The text without quotes and surrounding space.
    pub text: String,
    /// Its bytes in the file, quotes included.
    pub span: Range<usize>,
}

impl CsvCell {
    /// Whether the table has no such column.
    pub fn is_absent(&self) -> bool {
        self.column.is_empty()
    }

    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The entries of a list separated by `;`, each as a cell of its own; none of a blank cell.
    pub fn entries(&self) -> Vec<CsvCell> {
        if self.is_blank() {
            return Vec::new();
        }
        let mut start = 0;
        let parts = self.text.split(';').map(|part| {
            let cell = self.part(start, part);
            start += part.len() + 1;
            cell
        });
        parts.collect()
    }

    /// The stretch `text` of this cell that starts `offset` bytes into it.
    pub fn part(&self, offset: usize, text: &str) -> CsvCell {
        let trimmed = text.trim_start();
        let offset = offset + text.len() - trimmed.len();
        let trimmed = trimmed.trim_end();
        // A quoted cell is shown whole: doubled quotes in it would shift the places.
        let is_quoted = self.span.len() != self.text.len();
        let start = self.span.start + offset;
        CsvCell {
            column: self.column.clone(),
            text: trimmed.to_owned(),
            span: if is_quoted {
                self.span.clone()
            } else {
                start..start + trimmed.len()
            },
        }
    }
}

impl From<(String, String, usize, usize)> for CsvCell {
    fn from((column, text, start, end): (String, String, usize, usize)) -> Self {
        let whole = CsvCell {
            column,
            text,
            span: start..end,
        };
        whole.part(0, &whole.text)
    }
}

/// A cell on its way through serde: column, text, start and end.
pub(super) struct RawCell<'a> {
    pub column: &'a str,
    pub text: &'a str,
    pub span: Range<usize>,
}

impl<'a> IntoDeserializer<'a, Error> for RawCell<'a> {
    type Deserializer = SeqDeserializer<std::array::IntoIter<CellPart<'a>, 4>, Error>;

    fn into_deserializer(self) -> Self::Deserializer {
        let parts = [
            CellPart::Text(self.column),
            CellPart::Text(self.text),
            CellPart::Position(self.span.start),
            CellPart::Position(self.span.end),
        ];
        SeqDeserializer::new(parts.into_iter())
    }
}

/// A part of a raw cell, as serde takes it.
pub(super) enum CellPart<'a> {
    Text(&'a str),
    Position(usize),
}

impl<'a> IntoDeserializer<'a, Error> for CellPart<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for CellPart<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Position(position) => visitor.visit_u64(position as u64),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, span: Range<usize>) -> CsvCell {
        CsvCell::from(("blocs".to_owned(), text.to_owned(), span.start, span.end))
    }

    #[test]
    fn space_around_a_cell_belongs_to_neither_text_nor_place() {
        let cell = cell("  EU ", 10..15);
        assert_eq!((cell.text.as_str(), cell.span), ("EU", 12..14));
    }

    #[test]
    fn each_entry_of_a_list_has_its_own_place() {
        let places: Vec<_> = cell("EU; G7;EAEU", 10..21)
            .entries()
            .into_iter()
            .map(|entry| (entry.text, entry.span))
            .collect();
        let expected = [("EU", 10..12), ("G7", 14..16), ("EAEU", 17..21)];
        assert_eq!(places, expected.map(|(text, span)| (text.to_owned(), span)));
    }

    #[test]
    fn entries_of_a_quoted_cell_are_shown_as_the_whole_cell() {
        assert_eq!(cell("EU;G7", 10..17).entries()[1].span, 10..17);
    }
}
