//! `L D L'` factorisation of symmetric positive definite systems in eight lanes, with their right-hand sides. (Here `U`
//! is `L'`, because rows lie end to end in memory.)
//!
//! A system of `n` unknowns is its upper triangle with the right-hand side as a last column, row by row without gaps:
//! row `i` holds columns `i..=n`. The number of columns, `n + 1`, is its width. Of some systems only the first rows are
//! kept.

use std::hint::black_box;
use std::ops::Range;

use crate::equilibrium::guards::LEAST_PIVOT;
use crate::math::simd::Lanes;

/// Rows eliminated at once from those after them: each entry is loaded and stored once for all of them.
pub(super) const BLOCK: usize = 4;

/// The offset of row `i`: the place of an entry is this plus its column.
#[inline(always)]
pub(super) fn row_start(width: usize, i: usize) -> usize {
    i * (2 * width - i - 1) / 2
}

/// Number of entries of the first so many rows.
pub(super) fn entries(width: usize, rows: usize) -> usize {
    row_start(width, rows) + rows
}

/// The positions of the entries of row `i` in some columns.
#[inline(always)]
fn places(width: usize, i: usize, columns: Range<usize>) -> Range<usize> {
    let start = row_start(width, i);
    start + columns.start..start + columns.end
}

/// Factorises the first `inverse.len()` rows and columns, `A = U' D U`: leaves `D U` in place of the rows, and the
/// inverse of `D` in `inverse`. The right-hand side, a column like others, becomes `U'^-1 b`. `scale` is the diagonal
/// before any elimination. Returns the smallest pivot, as a share of its scale.
#[inline(always)]
pub(super) fn factorise(system: &mut [Lanes], width: usize, scale: &[Lanes], inverse: &mut [Lanes]) -> Lanes {
    let mut least = Lanes::ONE;
    for first in (0..inverse.len()).step_by(BLOCK) {
        let end = inverse.len().min(first + BLOCK);
        // Right-looking between blocks, left-looking within one: the rows of a block are up to date when it is used.
        for pivot in first..end {
            subtract_rows(system, width, first..pivot, pivot..pivot + 1, inverse);
            let value = system[row_start(width, pivot) + pivot];
            least = (value / scale[pivot]).min(least);
            // The guard bounds the effect of a redundant variable on the others, see `guards`.
            inverse[pivot] = Lanes::ONE / value.max(Lanes::all(LEAST_PIVOT) * scale[pivot]);
        }
        subtract_rows(system, width, first..end, end..inverse.len(), inverse);
    }
    least
}

/// Subtracts up to [`BLOCK`] eliminated rows from others after them. A constant number of rows keeps the loops
/// unrolled.
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
            // Hidden from the compiler, which would otherwise gather numbers of several columns into one register
            // instead of loading lanes as they lie. That is slower.
            let column = black_box(column);
            let mut value = target[column];
            for of in 0..ROWS {
                value -= factors[of] * tails[of][column];
            }
            target[column] = value;
        }
    }
}

/// Back substitution: finds the first `inverse.len()` unknowns of a factorised system; those after them are known.
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
