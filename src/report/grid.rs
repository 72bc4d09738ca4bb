//! Small tables for people: on a terminal or in a page.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table of short texts under a heading.
#[derive(Clone, Debug)]
pub struct Grid {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// How many columns from the left hold words; the others hold numbers.
    pub words: usize,
}

impl Grid {
    /// A table without rows.
    pub fn new(title: &str, columns: &[&str], words: usize) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: Vec::new(),
            words,
        }
    }

    /// The table for a terminal of `width` columns, its heading above; long words are broken into lines, numbers are not.
    pub fn to_text(&self, width: usize) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_header(&self.columns);
        table.add_rows(&self.rows);
        for column in table.column_iter_mut().skip(self.words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("{}\n", self.title);
        for line in table.to_string().lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The table in Markdown, without its heading.
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| markdown_cell(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = |place| if place < self.words { "|---" } else { "|---:" };
        let rules: String = (0..self.columns.len()).map(rule).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{rules}|\n{rows}", line(&self.columns))
    }
}

/// Escapes a text for a cell of a Markdown table, so that it cannot end the cell, open a tag or strike text out.
pub fn markdown_cell(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('~', "\\~")
        .replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new("Goods", &["good", "usd"], 1);
        grid.rows.push(vec!["a | b".to_owned(), "12".to_owned()]);
        grid.rows.push(vec!["c".to_owned(), "3".to_owned()]);
        grid
    }

    #[test]
    fn numbers_stand_right_and_nothing_trails() {
        assert_eq!(grid().to_text(100), "Goods\n good   usd\n a | b   12\n c        3\n");
    }

    #[test]
    fn a_cell_cannot_break_its_row() {
        assert_eq!(
            grid().to_markdown(),
            "| good | usd |\n|---|---:|\n| a \\| b | 12 |\n| c | 3 |\n"
        );
    }
}
