//! A comparison for a terminal, a table for each metric.

use comfy_table::{CellAlignment, Table, presets};

use super::super::{Comparison, ScenarioNames};
use super::cells::{BlockCells, CellColumn};
use super::text::{break_after, notes, paragraph};
use super::{first_line, legend};
use crate::results::LineMark;

/// Between two columns.
const GAP: usize = 2;

/// Names get this width at least; columns that can be done without go before names are broken further.
const SHORTEST_NAME: usize = 12;

/// The line of the draws, and the first scenario with its title.
pub(super) fn beginning() -> Vec<LineMark> {
    vec![LineMark::Around("differences from ", ""), LineMark::Around("  ", "")]
}

pub(super) fn render(comparison: &Comparison, width: usize) -> String {
    let mut text = first_line(comparison, width);
    text.push_str(&titles(&comparison.scenarios, width));
    let mut left_out = false;
    for block in &comparison.blocks {
        let mut cells = BlockCells::new(block);
        left_out |= narrow(&mut cells.columns, width);
        text.push_str(&format!("\n{}", paragraph(&cells.title, 2, width)));
        let names: Vec<&str> = block
            .ranking
            .iter()
            .map(|place| comparison.scenarios[*place].name.as_str())
            .collect();
        for line in rows(&names, &cells.columns, width).lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text.push('\n');
    text.push_str(&paragraph(&legend(comparison), 0, width));
    if left_out {
        let hint = "Columns that do not fit are left out: a wider terminal, --format csv or json has them.";
        text.push_str(&paragraph(hint, 0, width));
    }
    let brief = comparison.notes.in_brief();
    text + &notes(brief.iter().map(String::as_str), width)
}

/// The scenarios with their titles.
fn titles(scenarios: &[ScenarioNames], width: usize) -> String {
    let longest = scenarios
        .iter()
        .map(|scenario| scenario.name.chars().count())
        .max()
        .unwrap_or(0);
    let aligned = |scenario: &ScenarioNames| format!("  {:longest$}  {}", scenario.name, scenario.title);
    let is_wide_enough = scenarios
        .iter()
        .all(|scenario| aligned(scenario).chars().count() <= width);
    let line = |scenario: &ScenarioNames| {
        if is_wide_enough {
            aligned(scenario).trim_end().to_owned() + "\n"
        } else {
            paragraph(&format!("  {}: {}", scenario.name, scenario.title), 4, width)
        }
    };
    scenarios.iter().map(line).collect()
}

/// Leaves out columns until names have room; whether any went.
fn narrow(columns: &mut Vec<CellColumn>, width: usize) -> bool {
    let before = columns.len();
    while room_for_names(columns, width) < SHORTEST_NAME {
        let first = columns
            .iter()
            .filter(|column| column.sacrifice > 0)
            .map(|column| column.sacrifice)
            .min();
        let Some(first) = first else { break };
        columns.retain(|column| column.sacrifice != first);
    }
    columns.len() < before
}

/// Width that the other columns leave, with the gaps before them.
fn room_for_names(columns: &[CellColumn], width: usize) -> usize {
    let width_of = |column: &CellColumn| {
        let cells = column.cells.iter().map(|cell| cell.chars().count());
        GAP + cells.max().unwrap_or(0).max(column.heading.len())
    };
    width.saturating_sub(columns.iter().map(width_of).sum())
}

/// A name in lines of at most `room` characters, broken behind hyphens and slashes where it has them.
fn broken_name(name: &str, room: usize) -> String {
    let pieces = break_after(name, &['-', '/'], room);
    let letters: Vec<Vec<char>> = pieces.iter().map(|piece| piece.chars().collect()).collect();
    let lines = letters.iter().flat_map(|piece| piece.chunks(room));
    lines.map(String::from_iter).collect::<Vec<String>>().join("\n")
}

/// The rows of a metric. Only names are broken, because a number in two lines reads as two.
fn rows(scenarios: &[&str], columns: &[CellColumn], width: usize) -> Table {
    let room = room_for_names(columns, width).max(SHORTEST_NAME);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(std::iter::once("scenario").chain(columns.iter().map(|column| column.heading)));
    for (place, scenario) in scenarios.iter().enumerate() {
        let name = broken_name(scenario, room);
        let cells = columns.iter().map(|column| column.cells[place].clone());
        table.add_row(std::iter::once(name).chain(cells));
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place == columns.len() { 0 } else { GAP as u16 }));
        if place > 0 && columns[place - 1].is_number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
