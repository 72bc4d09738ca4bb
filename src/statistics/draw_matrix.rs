//! The values of many cells in a group of draws, interleaved by lanes.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::ops::Range;

use ndarray::ArrayView2;

use crate::math::simd::{Lanes, WIDTH};

/// A matrix of draws by cells, which may be a part of a longer row and keep their numbers. [`WIDTH`] draws of a cell stand side by side, then those of the next cell, in the order
/// in which kernels write them; the next [`WIDTH`] draws follow after all cells.
#[derive(Clone, Debug, Default)]
pub struct DrawMatrix {
    draws: usize,
    cells: Range<usize>,
    values: Vec<Lanes>,
}

impl DrawMatrix {
    /// A matrix of zeros.
    pub fn zeros(draws: usize, cells: Range<usize>) -> Self {
        let mut matrix = Self::default();
        matrix.reshape(draws, cells);
        matrix
    }

    /// Changes the shape. Values are unspecified afterwards.
    pub fn reshape(&mut self, draws: usize, cells: Range<usize>) {
        self.values.resize(draws.div_ceil(WIDTH) * cells.len(), Lanes::ZERO);
        (self.draws, self.cells) = (draws, cells);
    }

    /// Number of draws.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// The numbers of its cells.
    pub fn cells(&self) -> Range<usize> {
        self.cells.clone()
    }

    /// The cells of each [`WIDTH`] draws in turn. The last may have lanes without a draw.
    pub fn groups(&self) -> impl Iterator<Item = &[Lanes]> {
        self.values.chunks_exact(self.cells.len().max(1))
    }

    /// As [`DrawMatrix::groups`], to be written.
    pub fn groups_mut(&mut self) -> impl Iterator<Item = &mut [Lanes]> {
        self.values.chunks_exact_mut(self.cells.len().max(1))
    }

    /// The value of a cell in a draw.
    pub fn value(&self, draw: usize, cell: usize) -> f64 {
        self.values[self.place(draw / WIDTH, cell)].0[draw % WIDTH]
    }

    #[inline(always)]
    fn place(&self, group: usize, cell: usize) -> usize {
        group * self.cells.len() + cell - self.cells.start
    }

    /// A copy of some of the cells.
    pub fn part(&self, cells: Range<usize>) -> Self {
        let places = cells.start - self.cells.start..cells.end - self.cells.start;
        let values = self.groups().flat_map(|group| &group[places.clone()]);
        Self {
            draws: self.draws,
            values: values.copied().collect(),
            cells,
        }
    }

    /// Gathers the values of a cell in all draws in the scratch space `room`.
    #[inline(always)]
    pub(super) fn column<'r>(&self, cell: usize, room: &'r mut Vec<[f64; WIDTH]>) -> &'r [f64] {
        room.resize(self.draws.div_ceil(WIDTH), [0.0; WIDTH]);
        for (group, room) in room.iter_mut().enumerate() {
            *room = self.values[self.place(group, cell)].0;
        }
        &room.as_flattened()[..self.draws]
    }
}

impl From<ArrayView2<'_, f64>> for DrawMatrix {
    /// From shape (draws, cells).
    fn from(values: ArrayView2<'_, f64>) -> Self {
        let mut matrix = Self::zeros(values.nrows(), 0..values.ncols());
        for ((draw, cell), value) in values.indexed_iter() {
            let place = matrix.place(draw / WIDTH, cell);
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
            assert_eq!(some.column(cell, room), expected);
            assert_eq!(all.value(9, cell), expected[9]);
        }
    }

    #[test]
    fn without_cells_or_draws_there_is_nothing() {
        assert_eq!(DrawMatrix::zeros(9, 0..0).groups().count(), 0);
        assert_eq!(DrawMatrix::zeros(0, 0..9).groups().count(), 0);
    }
}
