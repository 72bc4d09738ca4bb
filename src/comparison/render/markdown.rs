//! A comparison to paste into a report: a table for each metric.

use super::super::{Block, Comparison};
use super::cells::{BlockCells, CellColumn};
use super::legend;
use crate::report::markdown_cell;
use crate::results::LineMark;

pub(super) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Around("Differences from ", "."),
        LineMark::Is(String::new()),
        LineMark::Around("**", "**"),
    ]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let mut text = format!("Differences from {}, {}.\n", comparison.reference(), comparison.draws);
    for block in &comparison.blocks {
        text.push_str(&table(comparison, block));
    }
    text.push_str(&format!("\n{}\n", legend(comparison)));
    let mut notes = comparison.notes.in_full().peekable();
    if notes.peek().is_some() {
        text.push('\n');
    }
    for note in notes {
        text.push_str(&format!("- {note}\n"));
    }
    text
}

fn table(comparison: &Comparison, block: &Block) -> String {
    let BlockCells { title, columns } = BlockCells::new(block);
    let headings: Vec<&str> = ["scenario", "title"]
        .into_iter()
        .chain(columns.iter().map(|column| column.heading))
        .collect();
    let rule = |column: &CellColumn| if column.is_number { "---:|" } else { "---|" };
    let rules: String = columns.iter().map(rule).collect();
    let mut text = format!(
        "\n**{}**\n\n{}|---|---|{rules}\n",
        markdown_cell(&title),
        line(&headings)
    );
    for (row, &place) in block.ranking.iter().enumerate() {
        let names = &comparison.scenarios[place];
        let cells = columns.iter().map(|column| column.cells[row].as_str());
        text.push_str(&line(
            &[names.name.as_str(), names.title.as_str()]
                .into_iter()
                .chain(cells)
                .collect::<Vec<_>>(),
        ));
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
