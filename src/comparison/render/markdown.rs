//! A comparison to paste into a report.

use super::super::Comparison;
use super::cells::{BlockCells, HEADINGS};
use super::legend;
use crate::report::markdown_cell;
use crate::results::LineMark;

/// The line below the headings: words to the left, numbers to the right.
const RULE: &str = "|---|---|---:|---:|---:|---:|---:|---|";

fn headings() -> String {
    line(&["metric", "scenario"].into_iter().chain(HEADINGS).collect::<Vec<_>>())
}

pub(super) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Is(headings().trim_end().to_owned()),
        LineMark::Is(RULE.to_owned()),
    ]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let mut text = format!("{}{RULE}\n", headings());
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
