//! Products of matrices with the same digits everywhere, and the solution of symmetric systems.
//!
//! Kernels of matrix libraries choose instructions by processor, which changes last digits. These loops have one order of
//! every sum; rows are shared out to threads. The factorisation is `nalgebra`'s, which is plain arithmetic too.

use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2, Axis};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

/// `left` times `right`: rows of `left` by columns of `right`.
pub fn product(left: ArrayView2<'_, f64>, right: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut result = Array2::zeros((left.nrows(), right.ncols()));
    let right = right.as_standard_layout();
    let rows = result.axis_iter_mut(Axis(0)).zip(left.rows());
    let rows: Vec<_> = rows.collect();
    rows.into_par_iter().with_min_len(8).for_each(|(mut row, factors)| {
        let Some(row) = row.as_slice_mut() else { return };
        for (factor, of_right) in factors.iter().zip(right.rows()) {
            if let (Some(of_right), true) = (of_right.to_slice(), *factor != 0.0) {
                row.iter_mut()
                    .zip(of_right)
                    .for_each(|(sum, value)| *sum += factor * value);
            }
        }
    });
    result
}

/// The lower triangle `L` of a symmetric positive definite matrix `L L'`, or none if it is not positive definite.
#[derive(Clone, Debug)]
pub struct Factor(nalgebra::Cholesky<f64, nalgebra::Dyn>);

impl Factor {
    /// Factorises a symmetric matrix; its lower triangle is read.
    pub fn new(matrix: &Array2<f64>) -> Option<Self> {
        let matrix = DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |row, column| matrix[[row, column]]);
        nalgebra::Cholesky::new(matrix).map(Self)
    }

    /// Solves for right sides that stand in the rows of `sides`.
    pub fn solve_rows(&self, sides: &Array2<f64>) -> Array2<f64> {
        self.by_rows(sides, nalgebra::Cholesky::solve_mut)
    }

    /// `L⁻¹` times each row.
    pub fn whiten_rows(&self, sides: &Array2<f64>) -> Array2<f64> {
        self.by_rows(sides, |factor, side| {
            factor.l_dirty().solve_lower_triangular_mut(side);
        })
    }

    /// `L` times each row: normal numbers become errors.
    pub fn colour_rows(&self, sides: &Array2<f64>) -> Array2<f64> {
        let lower = self.0.l();
        let mut result = Array2::zeros(sides.dim());
        for (mut row, side) in result.rows_mut().into_iter().zip(sides.rows()) {
            for (place, value) in row.iter_mut().enumerate() {
                *value = (0..=place).fold(0.0, |sum, column| sum + lower[(place, column)] * side[column]);
            }
        }
        result
    }

    fn by_rows(
        &self,
        sides: &Array2<f64>,
        solve: impl Fn(&nalgebra::Cholesky<f64, nalgebra::Dyn>, &mut nalgebra::DVector<f64>) + Sync,
    ) -> Array2<f64> {
        let solved: Vec<Vec<f64>> = (0..sides.nrows())
            .into_par_iter()
            .map(|row| {
                let mut side = nalgebra::DVector::from_iterator(sides.ncols(), sides.row(row).iter().copied());
                solve(&self.0, &mut side);
                side.as_slice().to_vec()
            })
            .collect();
        Array2::from_shape_fn(sides.dim(), |(row, column)| solved[row][column])
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn a_product_by_hand() {
        let (left, right) = (
            arr2(&[[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]),
            arr2(&[[4.0, 5.0], [6.0, 7.0]]),
        );
        let expected = arr2(&[[16.0, 19.0], [-6.0, -7.0], [15.0, 18.5]]);
        assert_eq!(product(left.view(), right.view()), expected);
        // The order of memory does not matter, nor that a side is one column.
        let (left_t, right_t) = (
            left.t().as_standard_layout().to_owned(),
            right.t().as_standard_layout().to_owned(),
        );
        assert_eq!(product(left_t.t(), right_t.t()), expected);
        let column = arr2(&[[1.0], [10.0]]);
        assert_eq!(product(left.view(), column.view()), arr2(&[[21.0], [-10.0], [8.0]]));
        assert_eq!(product(column.t(), column.view()), arr2(&[[101.0]]));
        assert_eq!(product(Array2::zeros((0, 2)).view(), right.view()).dim(), (0, 2));
        assert_eq!(product(left.view(), Array2::zeros((2, 0)).view()).dim(), (3, 0));
    }

    #[test]
    fn a_factor_by_hand() {
        // [[4, 2], [2, 5]] is L L' with L = [[2, 0], [1, 2]].
        let factor = Factor::new(&arr2(&[[4.0, 2.0], [2.0, 5.0]])).unwrap();
        let rows = arr2(&[[1.0, 0.0], [0.0, 1.0], [3.0, -1.0]]);
        let coloured = arr2(&[[2.0, 1.0], [0.0, 2.0], [6.0, 1.0]]);
        assert_eq!(factor.colour_rows(&rows), coloured);
        assert_eq!(factor.whiten_rows(&coloured), rows);
        // The inverse is [[5, -2], [-2, 4]] / 16.
        assert_eq!(factor.solve_rows(&arr2(&[[16.0, 0.0]])), arr2(&[[5.0, -2.0]]));
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        assert!(Factor::new(&arr2(&[[1.0, 2.0], [2.0, 1.0]])).is_none());
        assert!(Factor::new(&arr2(&[[1.0, 1.0], [1.0, 1.0]])).is_none());
        assert!(Factor::new(&arr2(&[[0.0]])).is_none());
        assert!(Factor::new(&arr2(&[[f64::NAN]])).is_none());
        assert!(Factor::new(&arr2(&[[1.0, 0.0], [f64::NAN, 1.0]])).is_none());
    }
}
