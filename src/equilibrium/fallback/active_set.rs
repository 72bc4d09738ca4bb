//! The last part of the Newton system, the Schur complement of the active capacities, under lower bounds on rents: an
//! active-set method.

use super::cholesky::{factorise, solve, solve_transposed};

/// Rounds of the active set: each holds the variables that the step would take past their bounds, and solves again.
pub(super) const BOUND_ROUNDS: usize = 12;

/// The dense system of the active capacities under lower bounds on the changes of rents.
#[derive(Debug)]
pub(super) struct BoundedSystem {
    /// The change of rent by position among the active capacities.
    pub(super) change: Vec<f64>,
    /// Whether it is held at its bound.
    is_held: Vec<bool>,
    /// Positions that are not held, and their part of the system (scratch space).
    free: Vec<usize>,
    matrix: Vec<f64>,
    right: Vec<f64>,
    scale: Vec<f64>,
}

impl BoundedSystem {
    pub(super) fn new(capacities: usize) -> Self {
        Self {
            change: vec![0.0; capacities],
            is_held: vec![false; capacities],
            free: Vec::with_capacity(capacities),
            matrix: vec![0.0; capacities * capacities],
            right: vec![0.0; capacities],
            scale: vec![0.0; capacities],
        }
    }

    /// Solves `matrix (-change) = right`. Changes below their lower bound are held there, and the rest is solved again,
    /// for [`BOUND_ROUNDS`] rounds at most. Returns the smallest pivot of the last round as a share of its scale.
    pub(super) fn solve(&mut self, matrix: &[f64], right: &[f64], scale: &[f64], lower: impl Fn(usize) -> f64) -> f64 {
        let n = right.len();
        self.free.clear();
        self.free.extend(0..n);
        self.is_held.fill(false);
        let mut least_pivot = f64::INFINITY;
        for _ in 0..BOUND_ROUNDS {
            self.extract(matrix, right, scale);
            let free = self.free.len();
            least_pivot = factorise(&mut self.matrix, free, free, &self.scale);
            solve_transposed(&self.matrix, free, free, &mut self.right);
            solve(&self.matrix, free, free, &mut self.right);
            for (value, &j) in self.right.iter().zip(&self.free) {
                self.change[j] = -value;
            }
            self.hold_what_falls_below(&lower);
            if self.free.len() == free {
                break;
            }
        }
        least_pivot
    }

    fn hold_what_falls_below(&mut self, lower: impl Fn(usize) -> f64) {
        for &j in &self.free {
            if self.change[j] < lower(j) {
                self.change[j] = lower(j);
                self.is_held[j] = true;
            }
        }
        self.free.retain(|&j| !self.is_held[j]);
    }

    /// Extracts the system of the free positions; held changes go to its right-hand side.
    fn extract(&mut self, matrix: &[f64], right: &[f64], scale: &[f64]) {
        let (n, free) = (right.len(), self.free.len());
        let entry = |i: usize, j: usize| matrix[i.min(j) * n + i.max(j)];
        for (row, &i) in self.free.iter().enumerate() {
            self.scale[row] = scale[i];
            for (column, &j) in self.free.iter().enumerate().skip(row) {
                self.matrix[row * free + column] = entry(i, j);
            }
            let held = (0..n).filter(|&j| self.is_held[j]);
            self.right[row] = held.fold(right[i], |sum, j| sum + entry(i, j) * self.change[j]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_below_its_bound_is_fixed_there_and_the_rest_solved_again() {
        let mut system = BoundedSystem::new(2);
        let (matrix, right) = ([2.0, 1.0, 0.0, 2.0], [1.0, -4.0]);
        system.solve(&matrix, &right, &[2.0, 2.0], |_| f64::NEG_INFINITY);
        assert!((system.change[0] + 2.0).abs() < 1e-14 && (system.change[1] - 3.0).abs() < 1e-14);
        system.solve(&matrix, &right, &[2.0, 2.0], |_| -0.5);
        assert!(system.change[0] == -0.5 && (system.change[1] - 2.25).abs() < 1e-14);
    }
}
