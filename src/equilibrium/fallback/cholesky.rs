//! Cholesky factorisation of dense symmetric positive definite systems, of the sizes met here: one to some fifty.
//!
//! A matrix is the upper triangle of a row-major slice with a row stride; its factor `U`, with `A = U' U`, replaces it.
//! Inner loops run along rows, so that the compiler can use vector instructions without reordering any sum.

use crate::equilibrium::guards::LEAST_PIVOT;

/// Factorises the leading `n` rows and columns. `scale` gives the size of each diagonal element before elimination.
/// Returns the smallest pivot, as a share of its scale.
pub(super) fn factorise(matrix: &mut [f64], n: usize, stride: usize, scale: &[f64]) -> f64 {
    let mut least = f64::INFINITY;
    for k in 0..n {
        let (upper, lower) = matrix.split_at_mut((k + 1) * stride);
        let pivot_row = &mut upper[k * stride..k * stride + n];
        let share = pivot_row[k] / scale[k];
        least = least.min(share);
        // See `guards` for the effect of the least pivot on a redundant variable.
        let pivot = pivot_row[k].max(LEAST_PIVOT * scale[k]).sqrt();
        pivot_row[k] = pivot;
        for entry in &mut pivot_row[k + 1..] {
            *entry /= pivot;
        }
        for (i, row) in (k + 1..n).zip(lower.chunks_mut(stride)) {
            subtract_multiple(&mut row[i..n], pivot_row[i], &pivot_row[i..]);
        }
    }
    least
}

/// Solves `U' y = b` in place.
pub(super) fn solve_transposed(factor: &[f64], n: usize, stride: usize, vector: &mut [f64]) {
    for k in 0..n {
        let row = &factor[k * stride..k * stride + n];
        let value = vector[k] / row[k];
        vector[k] = value;
        subtract_multiple(&mut vector[k + 1..n], value, &row[k + 1..]);
    }
}

/// Solves `U x = y` in place.
pub(super) fn solve(factor: &[f64], n: usize, stride: usize, vector: &mut [f64]) {
    for k in (0..n).rev() {
        let row = &factor[k * stride..k * stride + n];
        vector[k] = (vector[k] - dot(&row[k + 1..], &vector[k + 1..n])) / row[k];
    }
}

/// `target -= factor * row`, element by element. Skipped where the factor is zero, as it often is: rows of a network
/// are sparse.
pub(super) fn subtract_multiple(target: &mut [f64], factor: f64, row: &[f64]) {
    if factor == 0.0 {
        return;
    }
    for (value, entry) in target.iter_mut().zip(row) {
        *value -= factor * entry;
    }
}

/// Inner product, summed from the first element to the last.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).fold(0.0, |sum, (a, b)| sum + a * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_the_system_it_came_from() {
        // Stride wider than the matrix; the last column is padding.
        let mut matrix = [4.0, 2.0, 0.6, 9.0, 0.0, 5.0, 1.0, 9.0, 0.0, 0.0, 3.0, 9.0];
        let mut vector = [4.0 + 4.0 + 1.8, 2.0 + 10.0 + 3.0, 0.6 + 2.0 + 9.0];
        let least = factorise(&mut matrix, 3, 4, &[4.0, 5.0, 3.0]);
        solve_transposed(&matrix, 3, 4, &mut vector);
        solve(&matrix, 3, 4, &mut vector);
        for (value, expected) in vector.iter().zip([1.0, 2.0, 3.0]) {
            assert!((value - expected).abs() < 1e-14);
        }
        assert!(least > 0.5 && least <= 1.0);
    }

    #[test]
    fn a_redundant_variable_moves_only_if_its_equation_is_unmet() {
        let mut matrix = [4.0, 4.0, 0.0, 4.0];
        let least = factorise(&mut matrix, 2, 2, &[4.0, 4.0]);
        assert_eq!(least, 0.0);
        let mut met = [8.0, 8.0];
        solve_transposed(&matrix, 2, 2, &mut met);
        solve(&matrix, 2, 2, &mut met);
        assert_eq!(met, [2.0, 0.0]);
        let mut unmet = [8.0, 9.0];
        solve_transposed(&matrix, 2, 2, &mut unmet);
        solve(&matrix, 2, 2, &mut unmet);
        assert!(unmet[1] > 1e12);
    }
}
