//! Several metrics of all scenarios on one screen: a column for each metric, two lines for each scenario.

use super::super::{Block, Comparison, PriorOrder, ScenarioRow, Verdict};
use super::cells::{levels, scale_of};
use super::text::{notes, paragraph};
use super::{first_line, is_in_per_cent};
use crate::results::LineMark;

/// The most metrics that one screen shows side by side.
pub const MOST_COLUMNS: usize = 8;

/// A column is no wider than this, with the gap before it.
const WIDEST: usize = 11;

/// Where long words of headings may be broken.
const SYLLABLES: [&str; 9] = [
    "circum-vented",
    "circum-vention",
    "coali-tion",
    "des-troyed",
    "desig-nation",
    "di-verted",
    "genu-ine",
    "inter-mediary",
    "reve-nue",
];

/// Marks beside numbers in a cell; each mark is explained where it occurs.
const CANNOT_TELL: char = '~';
const ORDER_OPEN: char = '?';
const EQUIVALENT: char = '=';
const UNPAIRED: char = 'u';
const FEWER_DRAWS: char = '*';

/// A column of texts.
pub struct OverviewColumn {
    pub heading: String,
    pub unit: String,
    /// One per scenario.
    pub cells: Vec<String>,
}

/// The line of the draws, and an empty one; where the first goes on in the next it begins like a table.
pub(super) fn beginning() -> Vec<LineMark> {
    vec![LineMark::Around("differences from ", ""), LineMark::Is(String::new())]
}

pub(super) fn render(comparison: &Comparison, width: usize) -> String {
    let mut text = first_line(comparison, width) + "\n";
    text.push_str(&matrix(comparison, Vec::new(), RowNames::AboveWithTitles, width));
    text.push('\n');
    let mut sentences = sentences_on_marks(comparison);
    sentences.push(
        "--metric NAME ranks the scenarios by one metric, with errors; --all shows every headline metric.".to_owned(),
    );
    text.push_str(&paragraph(&sentences.join(" "), 0, width));
    let brief = comparison.notes.in_brief();
    text + &notes(brief.iter().map(String::as_str), width)
}

/// Where the names of scenarios stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowNames {
    /// In a line of their own, with titles.
    AboveWithTitles,
    /// Before the numbers if there is room, else above.
    BeforeNumbers,
}

/// The metrics of a comparison as columns, and further columns after them, with a row for each scenario.
pub fn matrix(comparison: &Comparison, further: Vec<OverviewColumn>, names: RowNames, width: usize) -> String {
    let columns: Vec<OverviewColumn> = comparison.blocks.iter().map(column).chain(further).collect();
    let longest = comparison
        .scenarios
        .iter()
        .map(|scenario| scenario.name.chars().count())
        .max()
        .unwrap_or(0);
    let needed: Vec<usize> = columns.iter().map(OverviewColumn::width).collect();
    let is_before = names == RowNames::BeforeNumbers && longest + needed.iter().sum::<usize>() <= width;
    let margin = if is_before { longest } else { 0 };
    // Columns share the width, and none is too narrow for its numbers.
    let share = ((width - margin) / columns.len().max(1)).min(WIDEST);
    let widths: Vec<usize> = needed.iter().map(|needed| share.max(*needed)).collect();
    let widths = if margin + widths.iter().sum::<usize>() <= width {
        widths
    } else {
        needed
    };
    let mut text = headings(&columns, &widths, margin);
    let ranking = comparison.blocks.first().map_or(&[][..], |block| &block.ranking);
    for &place in ranking {
        let scenario = &comparison.scenarios[place];
        let role = if place == 0 { " (means)" } else { "" };
        let before = match names {
            RowNames::AboveWithTitles => {
                text.push_str(&paragraph(
                    &format!("{}{role}: {}", scenario.name, scenario.title),
                    2,
                    width,
                ));
                ""
            }
            RowNames::BeforeNumbers if is_before => scenario.name.as_str(),
            RowNames::BeforeNumbers => {
                text.push_str(&format!("{}\n", scenario.name));
                ""
            }
        };
        let cells: Vec<&str> = columns.iter().map(|column| column.cells[place].as_str()).collect();
        text.push_str(&line(before, margin, &cells, &widths));
    }
    text
}

impl OverviewColumn {
    /// Width of the numbers and the shortest heading, with a gap.
    fn width(&self) -> usize {
        let heading = words(&self.heading, 0);
        let texts = self.cells.iter().chain([&self.unit]).chain(&heading);
        1 + texts.map(|text| text.chars().count()).max().unwrap_or(0)
    }
}

/// Headings in as many lines as the longest takes, the last line level; then the units.
fn headings(columns: &[OverviewColumn], widths: &[usize], margin: usize) -> String {
    let broken: Vec<Vec<String>> = columns
        .iter()
        .zip(widths)
        .map(|(column, width)| words(&column.heading, width - 1))
        .collect();
    let height = broken.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for level in (0..height).rev() {
        let cells: Vec<&str> = broken
            .iter()
            .map(|words| {
                words
                    .len()
                    .checked_sub(level + 1)
                    .map_or("", |place| words[place].as_str())
            })
            .collect();
        text.push_str(&line("", margin, &cells, widths));
    }
    let units: Vec<&str> = columns.iter().map(|column| column.unit.as_str()).collect();
    text + &line("", margin, &units, widths)
}

/// The words of a metric's name, those that are too long broken.
fn words(name: &str, width: usize) -> Vec<String> {
    let mut words = Vec::new();
    for word in name.split(['_', ' ']) {
        let syllables = SYLLABLES.iter().find(|known| known.replace('-', "") == word);
        match syllables.and_then(|known| known.split_once('-')) {
            Some((start, end)) if word.chars().count() > width => {
                words.extend([format!("{start}-"), end.to_owned()]);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn line(before: &str, margin: usize, cells: &[&str], widths: &[usize]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
    format!("{before:margin$}{}", cells.collect::<String>())
        .trim_end()
        .to_owned()
        + "\n"
}

/// The means of the reference and the marked differences of the others.
fn column(block: &Block) -> OverviewColumn {
    let scale = scale_of(block);
    let of_levels = scale.decimals(block.rows.iter().flat_map(levels));
    let room = block.rows.iter().map(|row| marks(row).len()).max().unwrap_or(0);
    let cell = |(place, row): (usize, &ScenarioRow)| {
        let number = match (row.difference, row.level.and_then(|level| level.mean)) {
            // Each in its own digits: small differences stand beside large ones.
            (Some(difference), _) => scale.decimals([difference.mean]).show(difference.mean),
            (None, Some(mean)) if place == 0 => of_levels.show(mean),
            _ => "-".to_owned(),
        };
        // Marks stand behind the numbers, which stay in line.
        format!("{number}{:room$}", marks(row))
    };
    let mut heading = vec![block.key.metric.clone()];
    heading.extend(block.key.particulars());
    OverviewColumn {
        heading: heading.join("_"),
        unit: scale.unit.replace("million", "mn").replace("thousand", "1000"),
        cells: block.rows.iter().enumerate().map(cell).collect(),
    }
}

fn marks(row: &ScenarioRow) -> String {
    let of_verdict = match (row.verdict, row.order) {
        (Some(Verdict::CannotTell { .. }), _) => Some(CANNOT_TELL),
        (Some(Verdict::Equivalent), _) => Some(EQUIVALENT),
        (_, Some(PriorOrder::Open)) => Some(ORDER_OPEN),
        _ => None,
    };
    let unpaired = row
        .difference
        .is_some_and(|difference| !difference.is_paired)
        .then_some(UNPAIRED);
    let fewer = row.fewer_draws().map(|_| FEWER_DRAWS);
    of_verdict.into_iter().chain(unpaired).chain(fewer).collect()
}

/// Meaning of the marks that occur, in lines of at most `width` columns; empty if none occurs.
pub fn marks_in_words(comparison: &Comparison, width: usize) -> String {
    match sentences_on_marks(comparison).join(" ") {
        words if words.is_empty() => words,
        words => paragraph(&words, 0, width),
    }
}

fn sentences_on_marks(comparison: &Comparison) -> Vec<String> {
    let occurs = |mark: char| {
        let mut rows = comparison.blocks.iter().flat_map(|block| &block.rows);
        rows.any(|row| marks(row).contains(mark))
    };
    let mut sentences = Vec::new();
    let mut explain = |holds: bool, words: String| sentences.extend(holds.then_some(words));
    explain(
        occurs(CANNOT_TELL),
        format!("{CANNOT_TELL} cannot tell: chance may explain the mean difference (5% over the table, Holm)."),
    );
    explain(
        occurs(EQUIVALENT),
        format!("{EQUIVALENT} equivalent: less than the margin."),
    );
    explain(
        occurs(ORDER_OPEN),
        format!("{ORDER_OPEN} the priors leave the order open: neither is lower in 95% of draws."),
    );
    explain(
        occurs(UNPAIRED),
        format!("{UNPAIRED} unpaired: between independent runs."),
    );
    let fewer = &comparison.notes.fewer_draws;
    explain(
        occurs(FEWER_DRAWS),
        format!("{FEWER_DRAWS} fewer draws: {}.", fewer.join("; ")),
    );
    explain(
        comparison.blocks.iter().any(is_in_per_cent),
        "Differences in % are percentage points.".to_owned(),
    );
    sentences
}
