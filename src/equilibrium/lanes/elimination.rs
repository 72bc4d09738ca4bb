//! Symmetric positive definite systems, side by side, in one matrix whose pattern is known.
//!
//! Matrices are upper triangles by row and position; only what the pattern's runs hold is ever read.

use std::ops::Range;

use super::pattern::Pattern;
use crate::math::lanes::Lanes;

/// Pivots below this share of their diagonal have no correct digit and are replaced by it.
const LEAST_PIVOT: f64 = 1e-13;

/// Eliminates the positions in `range` from those after them: `A = U' D U`, rows of `D U` in place and the inverse of `D`
/// beside. `scale` gives the size of each diagonal element before any elimination. Returns the smallest pivot met, as a
/// share of its scale.
#[inline(always)]
pub(super) fn eliminate(
    pattern: &Pattern,
    range: Range<usize>,
    matrix: &mut [Lanes],
    inverse: &mut [Lanes],
    scale: &[Lanes],
) -> Lanes {
    let size = pattern.size();
    let mut least = Lanes::ONE;
    for position in range {
        let (done, rest) = matrix.split_at_mut((position + 1) * size);
        let row = &done[position * size..];
        let pivot = row[position];
        least = (pivot / scale[position]).min(least);
        let inverse_pivot = Lanes::ONE / pivot.max(Lanes::all(LEAST_PIVOT) * scale[position]);
        inverse[position] = inverse_pivot;
        let runs = pattern.later(position);
        for (number, run) in runs.iter().enumerate() {
            for second in run.clone() {
                let factor = inverse_pivot * row[second];
                let target = &mut rest[(second - position - 1) * size..(second - position) * size];
                subtract_multiple(&mut target[second..run.end], factor, &row[second..run.end]);
                for run in &runs[number + 1..] {
                    subtract_multiple(&mut target[run.clone()], factor, &row[run.clone()]);
                }
            }
        }
    }
    least
}

/// `target -= factor * row`, entry by entry.
#[inline(always)]
fn subtract_multiple(target: &mut [Lanes], factor: Lanes, row: &[Lanes]) {
    for (value, entry) in target.iter_mut().zip(row) {
        *value -= factor * *entry;
    }
}

/// Solves `U' y = right` for the positions in `range`, in place, and brings what follows from them to the others.
#[inline(always)]
pub(super) fn forward(
    pattern: &Pattern,
    range: Range<usize>,
    matrix: &[Lanes],
    inverse: &[Lanes],
    right: &mut [Lanes],
) {
    let size = pattern.size();
    for position in range {
        let value = inverse[position] * right[position];
        let row = &matrix[position * size..(position + 1) * size];
        for run in pattern.later(position) {
            subtract_multiple(&mut right[run.clone()], value, &row[run.clone()]);
        }
    }
}

/// Solves `D U z = right` for the positions in `range`, those after it known.
#[inline(always)]
pub(super) fn backward(
    pattern: &Pattern,
    range: Range<usize>,
    matrix: &[Lanes],
    inverse: &[Lanes],
    right: &[Lanes],
    z: &mut [Lanes],
) {
    let size = pattern.size();
    for position in range.rev() {
        let row = &matrix[position * size..(position + 1) * size];
        let mut value = right[position];
        for run in pattern.later(position) {
            for (entry, z) in row[run.clone()].iter().zip(&z[run.clone()]) {
                value -= *entry * *z;
            }
        }
        z[position] = value * inverse[position];
    }
}
