//! Symmetric positive definite systems, side by side, with their right-hand sides.
//!
//! A system of `n` unknowns is its upper triangle with the right-hand side as a last column, row by row without gaps:
//! row `i` holds columns `i..=n`. The number of columns, `n + 1`, is its width. Of some systems only the first rows are
//! kept.

use std::hint::black_box;
use std::ops::Range;

use crate::equilibrium::guards::LEAST_PIVOT;
use crate::math::simd::Lanes;

/// So many rows are eliminated from those after them at once: each entry is fetched and put back once for all of them.
pub(super) const BLOCK: usize = 4;

/// What to add to a column for the place of an entry of row `i`.
#[inline(always)]
pub(super) fn row_start(width: usize, i: usize) -> usize {
    i * (2 * width - i - 1) / 2
}

/// Number of entries of the first so many rows.
pub(super) fn entries(width: usize, rows: usize) -> usize {
    row_start(width, rows) + rows
}

/// Where the entries of row `i` in some columns stand.
#[inline(always)]
fn places(width: usize, i: usize, columns: Range<usize>) -> Range<usize> {
    let start = row_start(width, i);
    start + columns.start..start + columns.end
}

/// Eliminates the first `inverse.len()` unknowns from each other: `A = U' D U`, rows of `D U` in place and the inverse
/// of `D` beside. `scale` gives the size of each diagonal element before any elimination. Returns the smallest pivot
/// met, as a share of its scale.
#[inline(always)]
pub(super) fn factorise(system: &mut [Lanes], width: usize, scale: &[Lanes], inverse: &mut [Lanes]) -> Lanes {
    let mut least = Lanes::ONE;
    for first in (0..inverse.len()).step_by(BLOCK) {
        let end = inverse.len().min(first + BLOCK);
        for pivot in first..end {
            subtract_rows(system, width, first..pivot, pivot..pivot + 1, inverse);
            let value = system[row_start(width, pivot) + pivot];
            least = (value / scale[pivot]).min(least);
            inverse[pivot] = Lanes::ONE / value.max(Lanes::all(LEAST_PIVOT) * scale[pivot]);
        }
        subtract_rows(system, width, first..end, end..inverse.len(), inverse);
    }
    least
}

/// Eliminates the unknowns of up to [`BLOCK`] rows from others after them.
#[inline(always)]
fn subtract_rows(system: &mut [Lanes], width: usize, rows: Range<usize>, from: Range<usize>, inverse: &[Lanes]) {
    match rows.len() {
        0 => {}
        1 => subtract::<1>(system, width, rows, from, inverse),
        2 => subtract::<2>(system, width, rows, from, inverse),
        3 => subtract::<3>(system, width, rows, from, inverse),
        _ => subtract::<BLOCK>(system, width, rows, from, inverse),
    }
}

#[inline(always)]
fn subtract<const ROWS: usize>(
    system: &mut [Lanes],
    width: usize,
    rows: Range<usize>,
    from: Range<usize>,
    inverse: &[Lanes],
) {
    let (done, rest) = system.split_at_mut(row_start(width, rows.end) + rows.end);
    let done: [&[Lanes]; ROWS] = std::array::from_fn(|row| &done[places(width, rows.start + row, rows.end..width)]);
    let inverse: [Lanes; ROWS] = std::array::from_fn(|row| inverse[rows.start + row]);
    let rest_start = row_start(width, rows.end) + rows.end;
    for row in from {
        let tails: [&[Lanes]; ROWS] = std::array::from_fn(|of| &done[of][row - rows.end..]);
        let entries: [Lanes; ROWS] = std::array::from_fn(|of| tails[of][0]);
        if Lanes::are_all_zero(&entries) {
            continue;
        }
        let factors: [Lanes; ROWS] = std::array::from_fn(|of| inverse[of] * entries[of]);
        let start = row_start(width, row) + row - rest_start;
        let target = &mut rest[start..start + width - row];
        for column in 0..target.len() {
            // Hidden from the compiler, which would else gather numbers of several columns instead of taking lanes as
            // they lie.
            let column = black_box(column);
            let mut value = target[column];
            for of in 0..ROWS {
                value -= factors[of] * tails[of][column];
            }
            target[column] = value;
        }
    }
}

/// Finds the first `inverse.len()` unknowns of an eliminated system, those after them known.
#[inline(always)]
pub(super) fn back_substitute(system: &[Lanes], width: usize, inverse: &[Lanes], z: &mut [Lanes]) {
    for pivot in (0..inverse.len()).rev() {
        let row = &system[places(width, pivot, pivot + 1..width)];
        let (row, right) = row.split_at(width - pivot - 2);
        let mut value = right[0];
        for (entry, z) in row.iter().zip(&z[pivot + 1..]) {
            value -= *entry * *z;
        }
        z[pivot] = value * inverse[pivot];
    }
}
