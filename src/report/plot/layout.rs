//! Places words by their width, which a program without fonts can only estimate.

use super::{LETTERS, MARGIN, WIDTH};

/// Mean width of a letter of a sans-serif font, as a share of its size. It is a little wide for most texts, so that
/// they fit.
const LETTER_WIDTH: f64 = 0.6;

pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER_WIDTH
}

/// Breaks words into lines no wider than `width`; a word that is wider gets a line of its own.
pub(super) fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Labels side by side, in as many rows as they need.
pub(super) struct Legend {
    pub entries: Vec<LegendEntry>,
    pub rows: usize,
}

pub(super) struct LegendEntry {
    pub x: f64,
    /// Counted from 0 at the top.
    pub row: usize,
    pub label: String,
}

impl Legend {
    /// Length of the line before a label.
    pub const SAMPLE: f64 = 32.0;
    const GAP: f64 = 20.0;

    pub fn new<'a>(labels: impl Iterator<Item = &'a str>) -> Self {
        let room = WIDTH - MARGIN;
        let (mut entries, mut x, mut row) = (Vec::new(), MARGIN, 0);
        for label in labels {
            let label = shortened(label, room - MARGIN - Self::SAMPLE - 6.0);
            let width = Self::SAMPLE + 6.0 + text_width(&label, LETTERS);
            // The first label of a row stays there, however wide it is.
            if x > MARGIN && x + width > room {
                (x, row) = (MARGIN, row + 1);
            }
            entries.push(LegendEntry { x, row, label });
            x += width + Self::GAP;
        }
        Self { entries, rows: row + 1 }
    }
}

/// Cuts the start off a label that is too long: paths differ at their ends.
pub(super) fn shortened(label: &str, width: f64) -> String {
    if text_width(label, LETTERS) <= width {
        return label.to_owned();
    }
    // One letter makes room for the ellipsis.
    let kept = (width / (LETTERS * LETTER_WIDTH)) as usize - 1;
    let skipped = label.chars().count() - kept;
    std::iter::once('…').chain(label.chars().skip(skipped)).collect()
}

/// Cuts a label that is too long in its middle: names of scenarios often differ at their ends.
pub(super) fn cut_within(label: &str, size: f64, width: f64) -> String {
    let letters: Vec<char> = label.chars().collect();
    let fits = (width / (size * LETTER_WIDTH)) as usize;
    if letters.len() <= fits {
        return label.to_owned();
    }
    let kept = fits.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let ends = [&letters[..head], &['…'], &letters[letters.len() - tail..]];
    ends.concat().into_iter().collect()
}

/// Moves places apart until neighbours are at least `gap` apart. They keep their order and move as little as can be in squares: the
/// isotonic regression of what is left of each place without the gaps above it, by pooling neighbours (Ayer and others 1955).
pub(super) fn spread(places: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|one, other| places[*one].total_cmp(&places[*other]).then(one.cmp(other)));
    // The sum and the number of each pool.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, place) in order.iter().enumerate() {
        pools.push((places[*place] - rank as f64 * gap, 1));
        while let [.., before, last] = pools.as_mut_slice()
            && before.0 / before.1 as f64 > last.0 / last.1 as f64
        {
            *before = (before.0 + last.0, before.1 + last.1);
            pools.pop();
        }
    }
    let most = (bottom - places.len().saturating_sub(1) as f64 * gap).max(top);
    let means = pools
        .iter()
        .flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    let mut moved = vec![0.0; places.len()];
    for (rank, (place, mean)) in order.iter().zip(means).enumerate() {
        moved[*place] = mean.clamp(top, most) + rank as f64 * gap;
    }
    moved
}
