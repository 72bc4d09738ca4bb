//! Errors of TOML in words that help.

use std::collections::BTreeSet;

use crate::diagnostic::{Place, Report, SourceId};

/// More errors of one file follow from the first few.
const MOST_ERRORS: usize = 5;

const NO_TOML: &str = "this is no TOML";

const BACKSLASH: &str = "in double quotes a backslash begins an escape: write a path with / or in single quotes";

/// Reports the syntax errors of a file; whether reading may go on, which it may if months without quotes are all.
pub(super) fn report_errors(errors: &[toml::de::Error], text: &str, source: SourceId, report: &mut Report) -> bool {
    let (mut lines, mut told) = (BTreeSet::new(), 0);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let written = text.get(span.clone()).unwrap_or_default();
        let place = Place { source, span };
        if is_bare_month(written) {
            report
                .fault(place, "a month stands in quotes")
                .help(format!("write \"{written}\""));
            continue;
        }
        let start = place.span.start;
        let is_escape = follows_backslash(text, start);
        // The first error of a line makes others: a path of Windows has one behind each of its backslashes.
        if !lines.insert(line_start(text, start)) {
            continue;
        }
        told += 1;
        let (message, help) = if is_escape {
            (error.message().to_owned(), BACKSLASH.to_owned())
        } else {
            in_words(error.message(), text, start)
        };
        let is_foreign = message == NO_TOML;
        report.fault(place, message).help(help);
        if told == MOST_ERRORS || is_foreign || loses_its_way(error.message()) {
            break;
        }
    }
    told == 0
}

/// Whether the parser takes the lines that follow for parts of a list or table that was not closed.
fn loses_its_way(message: &str) -> bool {
    ["missing comma", "missing key", "unclosed"]
        .iter()
        .any(|sign| message.contains(sign))
}

/// An error and advice. The parser says what it expected, which is seldom what was meant.
fn in_words(message: &str, text: &str, at: usize) -> (String, String) {
    let start = line_start(text, at);
    let line = text[start..].lines().next().unwrap_or_default().trim();
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let said = |help: &str| (message.to_owned(), help.to_owned());
    if message.contains("duplicate key") {
        said("remove one of the two; entries of one kind, such as bans, each start with a line like [[measures.ban]]")
    } else if message.contains("recurse") || message.contains("recursion") {
        said("no part of a scenario is nested that deeply")
    } else if loses_its_way(message) {
        said("close the bracket or brace that opens above, and part its values with commas")
    } else if line.starts_with('{') {
        (
            NO_TOML.to_owned(),
            "it looks like JSON: write lines like `key = value`".to_owned(),
        )
    } else if !line.contains('=') && line.split_once(": ").is_some_and(|(key, _)| is_word(key)) {
        (
            NO_TOML.to_owned(),
            "it looks like YAML: write lines like `key = value`".to_owned(),
        )
    } else if start == 0 && text.lines().take(5).all(|line| !line.contains('=')) {
        (
            NO_TOML.to_owned(),
            "name a scenario file: its lines are `key = value`".to_owned(),
        )
    } else if message.contains("basic string") {
        said("close the text with a quote on the same line")
    } else if message.contains("leading zero") {
        said("write the number without the zeros in front")
    } else if message.contains("carriage return") {
        said("save the file with the line ends of Windows or Unix")
    } else if line.ends_with('=') {
        (
            "there is no value".to_owned(),
            "write one behind `=`, or remove the line".to_owned(),
        )
    } else if line.contains(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}']) {
        said("write straight quotes: \"...\"")
    } else if let Some(number) = value
        .strip_suffix('%')
        .and_then(|share| share.trim().parse::<f64>().ok())
    {
        let share = number / 100.0;
        ("a share is no percentage".to_owned(), format!("write {share}"))
    } else if let Some((whole, decimals)) = value
        .split_once(',')
        .filter(|parts| is_digits(parts.0) && is_digits(parts.1))
    {
        (
            "this is no number".to_owned(),
            format!("decimals are written with a point: {whole}.{decimals}"),
        )
    } else if value.contains('.') && value.split('.').count() > 2 && value.split('.').all(is_digits) {
        let joined = value.replace('.', "_");
        (
            "this is no number".to_owned(),
            format!("thousands are parted by underscores: {joined}"),
        )
    } else if ["true", "false"].contains(&value.to_lowercase().as_str()) {
        said(&format!("write {}", value.to_lowercase()))
    } else if is_word(value) && message.contains("must be quoted") {
        ("text stands in quotes".to_owned(), format!("write \"{value}\""))
    } else {
        said("a line is `key = value`, with text in quotes and lists in brackets")
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    text.starts_with(char::is_alphabetic) && text.chars().all(is_letter)
}

/// Where the line of a place starts.
fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |newline| newline + 1)
}

/// Whether a place lies within or just behind a backslash and up to eight digits: an escape.
fn follows_backslash(text: &str, at: usize) -> bool {
    /// `\U` and eight digits.
    const LONGEST_ESCAPE: usize = 10;
    let bytes = text.as_bytes();
    let end = (at + 1).min(bytes.len());
    let start = at.saturating_sub(LONGEST_ESCAPE).min(end);
    let before = &bytes[start..end];
    before.contains(&b'\\') && !before.contains(&b'\n')
}

/// Whether a text is `YYYY-MM`, which TOML takes for a date cut short.
fn is_bare_month(text: &str) -> bool {
    let is_number = |part: &str, length| part.len() == length && is_digits(part);
    text.split_once('-')
        .is_some_and(|(year, month)| is_number(year, 4) && is_number(month, 2))
}
