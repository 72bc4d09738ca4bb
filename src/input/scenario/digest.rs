//! The digest of a scenario, which identifies its content.
//!
//! The canonical text has one line per key and value, sorted: `horizon.months=48`, `ban/eu-wood-2022.origins=["BY"]`.
//! Keys are sorted, whole numbers and fractions of the same value are written alike, text is escaped as in JSON. It
//! leaves out whatever does not change the content: comments, formatting, the order of keys and entries, the file that
//! a line comes from, the path of the world (whose tables have their own digest) and the path of a posterior table,
//! whose content is included instead. Where it does matter which file says something, the text shows what follows: the key
//! `posterior` stands with the numbers that take a column, and lines of `[parameters]` that are overruled are left out.

use std::fmt::Write;

use super::draft::Content;
use super::extends::Effective;
use super::posterior::Posteriors;
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue};
use crate::diagnostic::{Place, Report};

/// BLAKE3 of the canonical text, in hexadecimal digits.
pub(super) fn digest(effective: &Effective, content: &Content, posteriors: &Posteriors, report: &Report) -> String {
    let text = canonical_text(effective, content, &Writer { posteriors, report });
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn canonical_text(effective: &Effective, content: &Content, writer: &Writer<'_>) -> String {
    let mut lines = Vec::new();
    lines.extend(
        effective
            .title
            .as_ref()
            .map(|title| format!("title={}\n", writer.value(title))),
    );
    if let (Some(key), Some(taken)) = (&effective.posterior, &content.taken) {
        let table = writer.table_content(&key.value.0, &key.place);
        let names: Vec<String> = taken.names.iter().map(|name| escaped(name)).collect();
        lines.push(format!("posterior={table}:[{}]\n", names.join(",")));
    }
    for (name, section) in &effective.sections {
        let keys = section.table.entries.iter();
        let overruled = |key: &str| *name == "parameters" && content.overruled.contains(key);
        writer.add_keys(name, keys.filter(|(key, _)| !overruled(&key.name)), &mut lines);
    }
    for entry in &effective.entries {
        let (section, kind) = entry.kind.path();
        let id = entry.id.as_ref().map_or("", |id| &id.value);
        writer.add_keys(
            &format!("{section}.{kind}/{id}"),
            entry.table.entries.iter(),
            &mut lines,
        );
    }
    lines.sort();
    lines.concat()
}

struct Writer<'a> {
    posteriors: &'a Posteriors,
    report: &'a Report,
}

impl Writer<'_> {
    fn add_keys<'t>(&self, name: &str, keys: impl Iterator<Item = &'t (TomlKey, TomlItem)>, lines: &mut Vec<String>) {
        for (key, item) in keys {
            lines.push(format!("{name}.{}={}\n", escaped(&key.name), self.value(item)));
        }
    }

    /// The digest of a posterior table; its path if it could not be read.
    fn table_content(&self, path: &str, place: &Place) -> String {
        let content = self.posteriors.digest(path, place, self.report);
        escaped(content.as_deref().unwrap_or(path))
    }

    fn value(&self, item: &TomlItem) -> String {
        match &item.value {
            TomlValue::Text(text) | TomlValue::Date(text) => escaped(text),
            TomlValue::Integer(integer) => integer.to_string(),
            TomlValue::HugeInteger(text) => text.clone(),
            TomlValue::Fraction(fraction) => number(*fraction),
            TomlValue::Boolean(boolean) => boolean.to_string(),
            TomlValue::List(list) => {
                let items: Vec<String> = list.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(","))
            }
            TomlValue::Table(table) => self.table(table),
        }
    }

    fn table(&self, table: &TomlTable) -> String {
        let mut keys: Vec<String> = table
            .entries
            .iter()
            .map(|(key, item)| {
                let value = match &item.value {
                    TomlValue::Text(path) if key.name == "posterior" => self.table_content(path, &item.place),
                    _ => self.value(item),
                };
                format!("{}:{value}", escaped(&key.name))
            })
            .collect();
        keys.sort();
        format!("{{{}}}", keys.join(","))
    }
}

/// A fraction that is whole is written like the whole number.
fn number(value: f64) -> String {
    // 2^53: up to here the cast to an integer is exact.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= LARGEST_EXACT {
        format!("{}", value as i64)
    } else {
        format!("{value}")
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{:04x}", u32::from(letter));
            }
            letter => escaped.push(letter),
        }
    }
    escaped.push('"');
    escaped
}
