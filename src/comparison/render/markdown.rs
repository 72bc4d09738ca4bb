//! A comparison to paste into a report.

use super::super::Comparison;
use super::cells::{BlockCells, HEADINGS};
use super::legend;
use crate::report::markdown_cell;

pub(super) fn render(comparison: &Comparison) -> String {
    let headings: Vec<&str> = ["metric", "scenario"].into_iter().chain(HEADINGS).collect();
    let mut text = line(&headings);
    text.push_str("|---|---|---:|---:|---:|---:|---:|---|\n");
    for block in &comparison.blocks {
        let BlockCells { title, rows } = BlockCells::new(block);
        for (scenario, cells) in comparison.scenarios.iter().zip(&rows) {
            let names = [title.as_str(), scenario.as_str()];
            let all: Vec<&str> = names.into_iter().chain(cells.iter().map(String::as_str)).collect();
            text.push_str(&line(&all));
        }
    }
    text.push_str(&format!(
        "\nReference: {}, {}.\n{}\n",
        comparison.reference(),
        comparison.draws,
        legend(comparison)
    ));
    if !comparison.notes.is_empty() {
        text.push('\n');
    }
    for note in &comparison.notes {
        text.push_str(&format!("- {note}\n"));
    }
    text
}

fn line(cells: &[&str]) -> String {
    format!(
        "| {} |\n",
        cells
            .iter()
            .map(|cell| markdown_cell(cell))
            .collect::<Vec<_>>()
            .join(" | ")
    )
}
