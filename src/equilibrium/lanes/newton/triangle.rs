//! Symmetric positive definite systems, side by side, with their right-hand sides.
//!
//! A system of `n` unknowns is its upper triangle with the right-hand side as a last column, row by row without gaps: row
//! `i` holds columns `i..=n`. The number of columns, `n + 1`, is its width.

use std::ops::Range;

use crate::math::lanes::Lanes;

/// Pivots below this share of their diagonal have no correct digit and are replaced by it.
const LEAST_PIVOT: f64 = 1e-13;
/// So many rows are eliminated from those after them at once: each entry is fetched and put back once for all of them.
const BLOCK: usize = 4;

/// What to add to a column for the place of an entry of row `i`.
#[inline(always)]
pub(super) fn row_start(width: usize, i: usize) -> usize {
    i * (2 * width - i - 1) / 2
}

/// Number of entries.
pub(super) fn entries(width: usize) -> usize {
    (width - 1) * (width + 2) / 2
}

/// Where the entries of row `i` in some columns stand.
#[inline(always)]
fn places(width: usize, i: usize, columns: Range<usize>) -> Range<usize> {
    let start = row_start(width, i);
    start + columns.start..start + columns.end
}

/// The columns of a block of rows in which any of these has an entry, close together.
#[derive(Debug, Default)]
pub(super) struct Panel {
    columns: Vec<usize>,
    entries: Vec<[Lanes; BLOCK]>,
}

impl Panel {
    /// Room for systems of this width.
    pub(super) fn fit(&mut self, width: usize) {
        if self.columns.len() < width {
            self.columns.resize(width, 0);
            self.entries.resize(width, [Lanes::ZERO; BLOCK]);
        }
    }

    /// Collects the columns after those of `rows`, of which there are `ROWS`, and says how many.
    #[inline(always)]
    fn collect<const ROWS: usize>(&mut self, system: &[Lanes], width: usize, rows: Range<usize>) -> usize {
        let starts: [usize; ROWS] = std::array::from_fn(|row| row_start(width, rows.start + row));
        let mut count = 0;
        for column in rows.end..width {
            let entries: [Lanes; ROWS] = std::array::from_fn(|row| system[starts[row] + column]);
            self.columns[count] = column;
            self.entries[count][..ROWS].copy_from_slice(&entries);
            count += usize::from(!Lanes::are_all_zero(&entries));
        }
        count
    }
}

/// Eliminates the first `inverse.len()` unknowns: `A = U' D U`, rows of `D U` in place and the inverse of `D` beside.
/// `scale` gives the size of each diagonal element before any elimination. Returns the smallest pivot met, as a share of
/// its scale.
#[inline(always)]
pub(super) fn eliminate(
    system: &mut [Lanes],
    width: usize,
    scale: &[Lanes],
    inverse: &mut [Lanes],
    panel: &mut Panel,
) -> Lanes {
    let mut least = Lanes::ONE;
    for first in (0..inverse.len()).step_by(BLOCK) {
        let rows = first..inverse.len().min(first + BLOCK);
        for pivot in rows.clone() {
            let value = system[row_start(width, pivot) + pivot];
            least = (value / scale[pivot]).min(least);
            inverse[pivot] = Lanes::ONE / value.max(Lanes::all(LEAST_PIVOT) * scale[pivot]);
            for row in pivot + 1..rows.end {
                subtract_row(system, width, pivot, row, inverse[pivot]);
            }
        }
        let inverse = &inverse[rows.clone()];
        match rows.len() {
            1 => subtract_rows::<1>(system, width, rows, inverse, panel),
            2 => subtract_rows::<2>(system, width, rows, inverse, panel),
            3 => subtract_rows::<3>(system, width, rows, inverse, panel),
            _ => subtract_rows::<BLOCK>(system, width, rows, inverse, panel),
        }
    }
    least
}

/// Eliminates one unknown from the row of a later one.
#[inline(always)]
fn subtract_row(system: &mut [Lanes], width: usize, pivot: usize, row: usize, inverse: Lanes) {
    let (done, rest) = system.split_at_mut(row_start(width, row) + row);
    let from = &done[places(width, pivot, row..width)];
    let factor = inverse * from[0];
    for (value, entry) in rest[..width - row].iter_mut().zip(from) {
        *value -= factor * *entry;
    }
}

/// Eliminates a block of unknowns from all rows after them.
#[inline(always)]
fn subtract_rows<const ROWS: usize>(
    system: &mut [Lanes],
    width: usize,
    rows: Range<usize>,
    inverse: &[Lanes],
    panel: &mut Panel,
) {
    let count = panel.collect::<ROWS>(system, width, rows);
    let (columns, entries) = (&panel.columns[..count], &panel.entries[..count]);
    for (place, &row) in columns.iter().enumerate() {
        if row + 1 == width {
            break;
        }
        let factors: [Lanes; ROWS] = std::array::from_fn(|from| inverse[from] * entries[place][from]);
        let target = &mut system[places(width, row, row..width)];
        for (&column, entry) in columns[place..].iter().zip(&entries[place..]) {
            let mut value = target[column - row];
            for from in 0..ROWS {
                value -= factors[from] * entry[from];
            }
            target[column - row] = value;
        }
    }
}

/// Finds the first `inverse.len()` unknowns of an eliminated system, those after them known.
#[inline(always)]
pub(super) fn substitute(system: &[Lanes], width: usize, inverse: &[Lanes], z: &mut [Lanes]) {
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
