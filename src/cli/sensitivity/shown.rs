//! Findings as text: a table for people with what is below the noise greyed, CSV, JSON and Markdown.

use std::fmt::Write;

use crate::cli::terminal;
use crate::comparison::Format;
use crate::report::Grid;
use crate::report::plot::TornadoChart;
use crate::results::TextTable;

/// What stands in the first column of a row that chance alone could make. The first column of other rows has a number.
pub const NOISE_MARK: &str = "·";

/// Codes of terminals for pale letters and for usual ones.
const DIM: &str = "\u{1b}[2m";
const USUAL: &str = "\u{1b}[0m";

/// What was found about an outcome.
pub struct Findings {
    /// Whole lines above the tables.
    pub heading: Vec<String>,
    /// For people; the first column of each says which rows chance alone could make.
    pub grids: Vec<Grid>,
    /// Every row in full precision.
    pub table: TextTable,
    /// What the numbers mean, in whole sentences.
    pub notes: Vec<String>,
    /// For programs: names and single numbers.
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub chart: Option<TornadoChart>,
}

impl Findings {
    /// The text in a format; ends with a newline.
    ///
    /// # Errors
    /// Never in practice: writing to memory does not fail.
    pub fn render(&self, format: Format, may_dim: bool) -> std::io::Result<String> {
        Ok(match format {
            Format::Table => self.to_text(may_dim),
            Format::Csv => String::from_utf8_lossy(&self.table.to_csv()?).into_owned(),
            Format::Json => self.to_json(),
            Format::Markdown => self.to_markdown(),
        })
    }

    fn to_text(&self, may_dim: bool) -> String {
        let mut text = self.heading.join("\n") + "\n";
        for grid in &self.grids {
            let lines = grid.to_text(terminal::grid_width());
            let _ = write!(text, "\n{}", if may_dim { dimmed(&lines) } else { lines });
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str(&wrapped(note));
        }
        text
    }

    fn to_json(&self) -> String {
        let mut document = self.facts.clone();
        document.insert("rows".to_owned(), self.table.objects().into());
        document.insert("notes".to_owned(), self.notes.clone().into());
        format!("{:#}\n", serde_json::Value::Object(document))
    }

    fn to_markdown(&self) -> String {
        let heading = self.heading.join(" ");
        let grids = self
            .grids
            .iter()
            .map(|grid| format!("\n{}:\n\n{}", grid.title, grid.to_markdown()));
        let notes = self.notes.iter().map(|note| format!("\n{note}\n"));
        let parts: String = grids.chain(notes).collect();
        format!("{heading}\n{parts}")
    }
}

/// Makes the rows pale that chance alone could make. A row may go on over several lines, whose first cell is empty.
fn dimmed(text: &str) -> String {
    let mut is_pale = false;
    let mut dimmed = String::new();
    for line in text.lines() {
        let first = line.chars().nth(1).unwrap_or(' ');
        if first != ' ' {
            is_pale = line.trim_start().starts_with(NOISE_MARK);
        }
        let line = if is_pale {
            format!("{DIM}{line}{USUAL}\n")
        } else {
            format!("{line}\n")
        };
        dimmed.push_str(&line);
    }
    dimmed
}

/// Breaks a sentence into lines that fit a terminal.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 100;
    let (mut lines, mut length) = (String::new(), 0);
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if length > 0 && length + 1 + letters > WIDTH {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += letters;
    }
    lines + "\n"
}

/// A share with its standard error, as `0.31 ±0.02`.
pub fn with_error(value: f64, error: f64) -> String {
    let value = share(value);
    if error.is_finite() {
        format!("{value} ±{}", share(error))
    } else {
        value
    }
}

/// A share to two decimals, to three below a hundredth; only a zero has none.
pub fn share(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < 0.01 {
        format!("{value:.3}")
    } else {
        format!("{value:.2}")
    }
}

/// The number of a row, or the mark of noise.
pub fn mark(place: usize, is_noise: bool) -> String {
    if is_noise {
        NOISE_MARK.to_owned()
    } else {
        (place + 1).to_string()
    }
}

/// The name of a number with its id below.
pub fn named(id: &str, words: Option<&str>) -> String {
    words.map_or_else(|| id.to_owned(), |words| format!("{words}\n{id}"))
}
