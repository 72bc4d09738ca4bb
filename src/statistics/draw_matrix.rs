//! The values of many cells in a group of draws, interleaved by lanes.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::ops::Range;

use ndarray::ArrayView2;

use crate::math::simd::{Lanes, WIDTH};

/// A matrix of draws by cells. [`WIDTH`] draws of a cell stand side by side, then those of the next cell, in the order
/// in which kernels write them; the next [`WIDTH`] draws follow after all cells.
#[derive(Clone, Debug, Default)]
pub struct DrawMatrix {
    draws: usize,
    cells: usize,
    values: Vec<Lanes>,
}

impl DrawMatrix {
    /// A matrix of zeros.
    pub fn zeros(draws: usize, cells: usize) -> Self {
        let mut matrix = Self::default();
        matrix.reshape(draws, cells);
        matrix
    }

    /// Changes the shape. Values are unspecified afterwards.
    pub fn reshape(&mut self, draws: usize, cells: usize) {
        (self.draws, self.cells) = (draws, cells);
        self.values.resize(draws.div_ceil(WIDTH) * cells, Lanes::ZERO);
    }

    /// Number of draws.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The cells of each [`WIDTH`] draws in turn. The last may have lanes without a draw.
    pub fn groups(&self) -> impl Iterator<Item = &[Lanes]> {
        self.values.chunks_exact(self.cells.max(1))
    }

    /// As [`DrawMatrix::groups`], to be written.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = &mut [Lanes]> {
        self.values.chunks_exact_mut(self.cells.max(1))
    }

    /// The value of a cell in a draw.
    pub fn value(&self, draw: usize, cell: usize) -> f64 {
        self.values[draw / WIDTH * self.cells + cell].0[draw % WIDTH]
    }

    /// A copy of some of the cells.
    pub fn part(&self, cells: Range<usize>) -> Self {
        Self {
            draws: self.draws,
            cells: cells.len(),
            values: self.groups().flat_map(|group| &group[cells.clone()]).copied().collect(),
        }
    }

    /// Gathers the values of a cell in all draws in the scratch space `room`.
    #[inline(always)]
    pub(super) fn column<'r>(&self, cell: usize, room: &'r mut Vec<[f64; WIDTH]>) -> &'r [f64] {
        room.resize(self.draws.div_ceil(WIDTH), [0.0; WIDTH]);
        for (group, room) in room.iter_mut().enumerate() {
            *room = self.values[group * self.cells + cell].0;
        }
        &room.as_flattened()[..self.draws]
    }
}

impl From<ArrayView2<'_, f64>> for DrawMatrix {
    /// From shape (draws, cells).
    fn from(values: ArrayView2<'_, f64>) -> Self {
        let mut matrix = Self::zeros(values.nrows(), values.ncols());
        for ((draw, cell), value) in values.indexed_iter() {
            let place = draw / WIDTH * matrix.cells + cell;
            matrix.values[place].0[draw % WIDTH] = *value;
        }
        matrix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_column_holds_the_draws_of_its_cell_in_order() {
        let values = Array2::from_shape_fn((2 * WIDTH + 3, 5), |(draw, cell)| (10 * draw + cell) as f64);
        let matrix = DrawMatrix::from(values.view());
        let (all, some) = (&matrix, matrix.part(1..4));
        let room = &mut Vec::new();
        for cell in 1..4 {
            let expected = values.column(cell).to_vec();
            assert_eq!(all.column(cell, room), expected);
            assert_eq!(some.column(cell - 1, room), expected);
            assert_eq!(all.value(9, cell), expected[9]);
        }
    }

    #[test]
    fn without_cells_or_draws_there_is_nothing() {
        assert_eq!(DrawMatrix::zeros(9, 0).groups().count(), 0);
        assert_eq!(DrawMatrix::zeros(0, 9).groups().count(), 0);
    }
}
