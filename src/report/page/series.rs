//! Monthly series by key, stored from the first month in which they differ from the reference's.

use std::collections::BTreeMap;

use super::frame::{Frame, first_difference};
use super::number::PageNumber;

/// Some columns of months for each key.
pub type SeriesOf<K, const N: usize> = BTreeMap<K, [Vec<PageNumber>; N]>;

/// The stored part of a series: its first month, and the months from it on.
pub type Tail<const N: usize> = (usize, [Vec<PageNumber>; N]);

/// The cells of a key, empty at first.
pub fn columns_of<'s, K: Ord, const N: usize>(
    frame: &Frame<'_>,
    series: &'s mut SeriesOf<K, N>,
    key: K,
) -> &'s mut [Vec<PageNumber>; N] {
    series
        .entry(key)
        .or_insert_with(|| std::array::from_fn(|_| frame.blank()))
}

/// The part of a series that differs from the reference's, or from zero where there is none; none if nothing does.
pub fn tail<K: Ord, const N: usize>(
    key: &K,
    columns: &[Vec<PageNumber>; N],
    reference: Option<&SeriesOf<K, N>>,
) -> Option<Tail<N>> {
    let own: Vec<&[PageNumber]> = columns.iter().map(Vec::as_slice).collect();
    let before = reference.and_then(|series| series.get(key));
    let before: Option<Vec<&[PageNumber]>> = before.map(|columns| columns.iter().map(Vec::as_slice).collect());
    let from = first_difference(&own, before.as_deref())?;
    Some((from, std::array::from_fn(|place| columns[place][from..].to_vec())))
}

/// The sum of the numbers of a column that exist.
pub fn sum(column: &[PageNumber]) -> f64 {
    column
        .iter()
        .filter_map(|cell| cell.get())
        .fold(0.0, |sum, cell| sum + cell)
}
