//! A scenario file as a tree of values, each with its place.
//!
//! The tree owns its text, so that values of several files can be merged by `extends` and still be shown where they
//! were written.

use toml::de::{DeInteger, DeTable, DeValue};

use crate::diagnostic::{Place, SourceId};

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(in crate::input) struct TomlItem {
    pub value: TomlValue,
    pub place: Place,
}

/// A value as TOML knows it.
#[derive(Clone, Debug)]
pub(in crate::input) enum TomlValue {
    Text(String),
    Integer(i64),
    /// An integer beyond 64 bits, as written.
    HugeInteger(String),
    /// A number with a fraction or an exponent; infinite or NaN if written so or too large.
    Fraction(f64),
    Boolean(bool),
    Date(String),
    List(Vec<TomlItem>),
    Table(TomlTable),
}

/// Keys with their values, in the order of the file.
#[derive(Clone, Default, Debug)]
pub(in crate::input) struct TomlTable {
    pub entries: Vec<(TomlKey, TomlItem)>,
}

/// A key and where it was written.
#[derive(Clone, Debug)]
pub(in crate::input) struct TomlKey {
    pub name: String,
    pub place: Place,
}

impl TomlTable {
    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&TomlItem> {
        self.entries
            .iter()
            .find(|(key, _)| key.name == name)
            .map(|(_, item)| item)
    }

    /// Turns every date into the text that was written, so that a month without quotes is read as a month.
    pub fn read_dates_as_text(&mut self, text: &str) {
        for (_, item) in &mut self.entries {
            item.read_dates_as_text(text);
        }
    }

    /// The tree of a parsed document.
    pub fn from_toml(table: &DeTable<'_>, source: SourceId) -> Self {
        let mut entries: Vec<(TomlKey, TomlItem)> = table
            .iter()
            .map(|(key, value)| {
                let place = Place {
                    source,
                    span: key.span(),
                };
                let name = key.get_ref().to_string();
                (TomlKey { name, place }, TomlItem::from_toml(value, source))
            })
            .collect();
        // The parser's map has an order of its own; messages follow the file.
        entries.sort_by_key(|(key, _)| key.place.span.start);
        Self { entries }
    }
}

impl TomlItem {
    fn from_toml(spanned: &toml::Spanned<DeValue<'_>>, source: SourceId) -> Self {
        let value = match spanned.get_ref() {
            DeValue::String(text) => TomlValue::Text(text.to_string()),
            DeValue::Integer(integer) => read_integer(integer),
            DeValue::Float(float) => TomlValue::Fraction(float.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(boolean) => TomlValue::Boolean(*boolean),
            DeValue::Datetime(date) => TomlValue::Date(date.to_string()),
            DeValue::Array(list) => TomlValue::List(list.iter().map(|item| Self::from_toml(item, source)).collect()),
            DeValue::Table(table) => TomlValue::Table(TomlTable::from_toml(table, source)),
        };
        let place = Place {
            source,
            span: spanned.span(),
        };
        Self { value, place }
    }

    fn read_dates_as_text(&mut self, text: &str) {
        match &mut self.value {
            TomlValue::Date(_) => {
                let written = text.get(self.place.span.clone()).unwrap_or_default();
                self.value = TomlValue::Text(written.to_owned());
            }
            TomlValue::List(list) => list.iter_mut().for_each(|item| item.read_dates_as_text(text)),
            TomlValue::Table(table) => table.read_dates_as_text(text),
            _ => {}
        }
    }

    /// The value in words, for messages that say "found ...".
    pub fn found(&self) -> String {
        match &self.value {
            TomlValue::Text(text) => format!("the text {}", quoted(text)),
            TomlValue::Integer(integer) => format!("the number {integer}"),
            TomlValue::HugeInteger(_) => "a number beyond 64 bits".to_owned(),
            TomlValue::Fraction(fraction) => format!("the number {fraction}"),
            TomlValue::Boolean(boolean) => format!("{boolean}"),
            TomlValue::Date(_) => "a date".to_owned(),
            TomlValue::List(_) => "a list".to_owned(),
            TomlValue::Table(_) => "a table".to_owned(),
        }
    }
}

fn read_integer(integer: &DeInteger<'_>) -> TomlValue {
    i64::from_str_radix(integer.as_str(), integer.radix())
        .map_or_else(|_| TomlValue::HugeInteger(integer.to_string()), TomlValue::Integer)
}

/// A user's text for a message: in backticks, escaped and shortened.
pub(in crate::input) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "..." } else { "" };
    // Quotes need no escape between backticks.
    format!("`{}{more}`", shown.replace("\\\"", "\"").replace("\\'", "'"))
}
