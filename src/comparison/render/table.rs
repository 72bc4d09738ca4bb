//! A comparison for a terminal.

use comfy_table::{CellAlignment, Table, presets};

use super::super::Comparison;
use super::cells::{BlockCells, HEADINGS};
use super::legend;
use crate::results::LineMark;

/// Width of the narrowest terminal that tables are written for, in columns. The real size is not used, so that the same
/// results give the same text everywhere.
const WIDTH: usize = 80;

/// Between two columns.
const GAP: usize = 2;

/// Names get this width, even if the numbers then do not fit.
const SHORTEST_NAME: usize = 12;

/// The line of the draws, an empty one, the first metric, and the headings of its columns.
pub(super) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Around("reference: ", ""),
        LineMark::Is(String::new()),
        LineMark::Around("", ""),
        LineMark::Around("scenario ", " verdict"),
    ]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let mut text = format!("reference: {}, {}\n", comparison.reference(), comparison.draws);
    for block in &comparison.blocks {
        let cells = BlockCells::new(block);
        text.push_str(&format!("\n{}\n", cells.title));
        for line in rows(&comparison.scenarios, &cells.rows).lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text.push_str(&format!(
        "\n{}\n",
        break_after(&legend(comparison), &[' '], WIDTH).join("\n")
    ));
    for note in &comparison.notes {
        let lines = break_after(note, &[' '], WIDTH - "note: ".len());
        text.push_str(&format!("note: {}\n", lines.join("\n      ")));
    }
    text
}

/// The rows of a metric. Only names are broken, because a number in two lines reads as two.
fn rows(scenarios: &[String], rows: &[[String; 6]]) -> Table {
    // Names get the width that the numbers leave.
    let room = WIDTH.saturating_sub(width_of_numbers(rows)).max(SHORTEST_NAME);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(std::iter::once("scenario").chain(HEADINGS));
    for (scenario, cells) in scenarios.iter().zip(rows) {
        let name = break_after(scenario, &['-', '/'], room).join("\n");
        table.add_row(std::iter::once(name).chain(cells.iter().cloned()));
    }
    let last = HEADINGS.len();
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place == last { 0 } else { GAP as u16 }));
        if place > 0 && place < last {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Width of all columns but the names, with the gaps before them.
fn width_of_numbers(rows: &[[String; 6]]) -> usize {
    let width = |(place, heading): (usize, &&str)| {
        let cells = rows.iter().map(|cells| cells[place].chars().count());
        GAP + cells.max().unwrap_or(0).max(heading.len())
    };
    HEADINGS.iter().enumerate().map(width).sum()
}

/// Breaks a text into lines of at most `width` characters, behind separators only: a longer piece keeps a line to itself.
fn break_after(text: &str, separators: &[char], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in text.split_inclusive(separators) {
        if !line.is_empty() && line.chars().count() + piece.trim_end().chars().count() > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}
