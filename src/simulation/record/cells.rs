//! Where the cells of some draws stand among those of others.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use crate::math::lanes::{Lanes, WIDTH};

/// Draws whose cells are held at a time, and reduced together: a part of a block, for all its cells would be far more than
/// what is kept of them.
pub const STRIP: usize = 32;

/// The cells of [`WIDTH`] draws of a strip, in which the values of each cell stand side by side.
pub struct Cells<'a> {
    by_cell: &'a mut [[f64; STRIP]],
    first: usize,
}

impl<'a> Cells<'a> {
    /// The cells of the draws from place `first` of a strip, a multiple of [`WIDTH`].
    pub fn new(strip: &'a mut [f64], first: usize) -> Self {
        Self {
            by_cell: strip.as_chunks_mut().0,
            first,
        }
    }

    /// Writes a cell.
    #[inline(always)]
    pub fn set(&mut self, cell: usize, value: Lanes) {
        self.by_cell[cell][self.first..][..WIDTH].copy_from_slice(&value.0);
    }

    /// Writes neighbouring cells from `first`.
    #[inline(always)]
    pub fn write(&mut self, first: usize, values: &[Lanes]) {
        let cells = self.by_cell[first..][..values.len()].iter_mut();
        for (cell, value) in cells.zip(values) {
            cell[self.first..][..WIDTH].copy_from_slice(&value.0);
        }
    }
}
