//! Where the cells of a draw stand among those of others.

/// Draws whose cells are held at a time, and reduced together: a part of a block, for all its cells would be far more than
/// what is kept of them.
pub const STRIP: usize = 32;

/// The cells of one draw of a strip, in which the values of each cell stand side by side.
pub struct Row<'a> {
    cells: &'a mut [f64],
    draw: usize,
}

impl<'a> Row<'a> {
    /// The row of the draw at a place of a strip.
    pub fn new(cells: &'a mut [f64], draw: usize) -> Self {
        Self { cells, draw }
    }

    /// The value of a cell.
    pub fn get(&self, cell: usize) -> f64 {
        self.cells[cell * STRIP + self.draw]
    }

    /// Writes a cell.
    pub fn set(&mut self, cell: usize, value: f64) {
        self.cells[cell * STRIP + self.draw] = value;
    }

    /// Writes neighbouring cells from `first`.
    pub fn write(&mut self, first: usize, values: &[f64]) {
        let cells = self.cells.iter_mut().skip(first * STRIP + self.draw).step_by(STRIP);
        cells.zip(values).for_each(|(cell, value)| *cell = *value);
    }
}
