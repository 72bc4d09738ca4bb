//! Several metrics of all scenarios on one screen: a column for each metric, two lines for each scenario.

use super::super::{Block, Comparison, PriorOrder, ScenarioRow, Verdict};
use super::cells::{levels, scale_of};
use super::text::{notes, paragraph};
use crate::results::LineMark;

/// The most metrics that one screen shows side by side.
pub const MOST_COLUMNS: usize = 8;

/// A column is no wider than this, with the gap before it.
const WIDEST: usize = 11;

/// Where long words of headings may be broken.
const SYLLABLES: [&str; 6] = ["circum-vented", "circum-vention", "des-troyed", "di-verted", "inter-mediary", "coali-tion"];

/// What is said besides numbers in a cell; each mark is explained where it occurs.
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

/// The line of the draws, and the first of those on the numbers.
pub(super) fn beginning() -> Vec<LineMark> {
    vec![
        LineMark::Around("differences from ", ""),
        LineMark::Is(String::new()),
    ]
}

pub(super) fn render(comparison: &Comparison, width: usize) -> String {
    let mut text = paragraph(
        &format!(
            "differences from {}, {}; the reference's row has its means",
            comparison.reference(),
            comparison.draws
        ),
        0,
        width.max(usize::MAX / 2),
    );
    text.push('\n');
    text.push_str(&matrix(comparison, Vec::new(), width));
    text.push('\n');
    text.push_str(&paragraph(&legend(comparison), 0, width));
    let brief = comparison.notes.in_brief();
    text + &notes(brief.iter().map(String::as_str), width)
}

/// The metrics of a comparison as columns, and further columns after them; for each scenario a line with its names and one
/// with its numbers.
pub fn matrix(comparison: &Comparison, further: Vec<OverviewColumn>, width: usize) -> String {
    let columns: Vec<OverviewColumn> = comparison.blocks.iter().map(column).chain(further).collect();
    let widest = |column: &OverviewColumn| {
        let cells = column.cells.iter().map(|cell| cell.chars().count());
        1 + cells.max().unwrap_or(0).max(column.unit.chars().count())
    };
    // Columns share the width, and none is too narrow for its numbers.
    let share = (width / columns.len().max(1)).min(WIDEST);
    let widths: Vec<usize> = columns.iter().map(|column| widest(column).max(share)).collect();
    let mut text = headings(&columns, &widths);
    let ranking = comparison.blocks.first().map_or(&[][..], |block| &block.ranking);
    for &place in ranking {
        let names = &comparison.scenarios[place];
        let role = if place == 0 { " (reference)" } else { "" };
        text.push_str(&paragraph(&format!("{}{role}: {}", names.name, names.title), 2, width));
        let cells: Vec<&str> = columns.iter().map(|column| column.cells[place].as_str()).collect();
        text.push_str(&line(&cells, &widths));
    }
    text
}

/// Headings in as many lines as the longest takes, the last line level; then the units.
fn headings(columns: &[OverviewColumn], widths: &[usize]) -> String {
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
            .map(|words| words.len().checked_sub(level + 1).map_or("", |place| words[place].as_str()))
            .collect();
        text.push_str(&line(&cells, widths));
    }
    let units: Vec<&str> = columns.iter().map(|column| column.unit.as_str()).collect();
    text + &line(&units, widths)
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

fn line(cells: &[&str], widths: &[usize]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
    cells.collect::<String>().trim_end().to_owned() + "\n"
}

/// The means of the reference and the marked differences of the others.
fn column(block: &Block) -> OverviewColumn {
    let scale = scale_of(block);
    let of_levels = scale.decimals(block.rows.iter().flat_map(levels));
    let largest = block.rows.iter().filter_map(|row| Some(row.difference?.mean));
    let of_differences = scale.decimals(largest);
    let cell = |(place, row): (usize, &ScenarioRow)| match (row.difference, row.level.and_then(|level| level.mean)) {
        (Some(difference), _) => format!("{}{}", of_differences.show(difference.mean), marks(row)),
        (None, Some(mean)) if place == 0 => of_levels.show(mean),
        _ => "-".to_owned(),
    };
    let mut heading = vec![block.key.metric.clone()];
    heading.extend(block.key.particulars());
    OverviewColumn {
        heading: heading.join("_"),
        unit: scale.unit.replace("million", "mn").replace("thousand", "th"),
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
    let unpaired = row.difference.is_some_and(|difference| !difference.is_paired).then_some(UNPAIRED);
    let fewer = row.fewer_draws().map(|_| FEWER_DRAWS);
    of_verdict.into_iter().chain(unpaired).chain(fewer).collect()
}

/// The marks that occur, and where to find the rest.
fn legend(comparison: &Comparison) -> String {
    let occurs = |mark: char| comparison.differences().any(|row| marks(row).contains(mark));
    let fewer = format!(
        "{FEWER_DRAWS} fewer draws: {}.",
        comparison.notes.fewer_draws.join("; ")
    );
    let mut sentences: Vec<&str> = [
        (
            CANNOT_TELL,
            "~ cannot tell: chance may explain the mean difference (5% over the whole table, Holm).",
        ),
        (EQUIVALENT, "= equivalent: smaller than the margin."),
        (
            ORDER_OPEN,
            "? the priors leave the order open: neither is lower in 95% of draws.",
        ),
        (UNPAIRED, "u unpaired: between independent runs."),
        (FEWER_DRAWS, &fewer),
    ]
    .into_iter()
    .filter(|(mark, _)| occurs(*mark))
    .map(|(_, words)| words)
    .collect();
    if comparison.blocks.iter().any(|block| scale_of(block).unit == "%") {
        sentences.push("Differences in % are percentage points.");
    }
    sentences.push("--metric NAME ranks the scenarios by one metric, with errors; --all shows every headline metric.");
    sentences.join(" ")
}
