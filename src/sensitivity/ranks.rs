//! Spearman's rank correlations over draws.
//!
//! Of a thousand inputs some correlate by chance. What chance alone makes of the largest is found by permuting the draws.

use ndarray::{Array2, ArrayView1, Axis};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::random::Stream;

/// Permutations that show what chance does.
const PERMUTATIONS: u64 = 200;
/// The permutation whose largest correlation counts, of those in order: 95%.
const RANK_OF_CHANCE: usize = 190;

/// Ranks less their mean, of length one: the product of two is their correlation. Equal values share their mean rank. None if
/// all values are equal or some does not exist.
pub fn standard_ranks(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let rank = start as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|place| ranks[*place] = rank);
        start += equal.len();
    }
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let squares = ranks
        .iter()
        .fold(0.0, |sum, rank| sum + (rank - middle) * (rank - middle));
    let length = squares.sqrt();
    (length > 0.0).then(|| ranks.iter().map(|rank| (rank - middle) / length).collect())
}

/// A matrix of a row for each column of ranks: inputs by draws.
pub fn rank_rows(columns: &[Vec<f64>], draws: usize) -> Array2<f64> {
    let mut matrix = Array2::zeros((columns.len(), draws));
    for (mut row, column) in matrix.rows_mut().into_iter().zip(columns) {
        row.iter_mut().zip(column).for_each(|(cell, value)| *cell = *value);
    }
    matrix
}

/// The products of every row of one matrix with every row of another of the same width: rows of the first by rows of the
/// second. Each sum runs from the first column to the last, on any processor and any number of threads.
pub fn row_products(rows: &Array2<f64>, others: &Array2<f64>) -> Array2<f64> {
    let mut products = Array2::zeros((rows.nrows(), others.nrows()));
    let pairs: Vec<_> = products.axis_iter_mut(Axis(0)).zip(rows.rows()).collect();
    pairs.into_par_iter().for_each(|(mut cells, row)| {
        for (cell, other) in cells.iter_mut().zip(others.rows()) {
            *cell = inner_product(row, other);
        }
    });
    products
}

fn inner_product(one: ArrayView1<'_, f64>, other: ArrayView1<'_, f64>) -> f64 {
    one.iter().zip(other).fold(0.0, |sum, (one, other)| sum + one * other)
}

/// The 95% quantile of the largest absolute correlation of any input with an outcome that depends on none: one whose draws
/// are permuted at random. `inputs` are standard ranks, inputs by draws.
pub fn noise_level(inputs: &Array2<f64>) -> f64 {
    let draws = inputs.ncols();
    let stream = Stream::new(0, "report", "permutation of draws");
    let permuted = (0..PERMUTATIONS).filter_map(|permutation| {
        let mut uniforms = vec![0.0; draws];
        stream.fill(permutation, &mut uniforms);
        // The ranks of independent uniforms are a permutation.
        standard_ranks(&uniforms)
    });
    let permuted: Vec<Vec<f64>> = permuted.collect();
    let correlations = row_products(&rank_rows(&permuted, draws), inputs);
    let rows = correlations.rows().into_iter();
    let mut largest: Vec<f64> = rows
        .map(|row| row.iter().fold(0.0, |most, rho| f64::max(most, rho.abs())))
        .collect();
    largest.sort_by(f64::total_cmp);
    largest
        .get(RANK_OF_CHANCE - 1)
        .or(largest.last())
        .copied()
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rho(one: &[f64], other: &[f64]) -> f64 {
        let ranks = |values| standard_ranks(values).unwrap();
        ranks(one)
            .iter()
            .zip(ranks(other))
            .fold(0.0, |sum, (one, other)| sum + one * other)
    }

    #[test]
    fn ranks_correlate_whatever_the_scale() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!((rho(&values, &[1.0, 8.0, 27.0, 64.0, 125.0]) - 1.0).abs() < 1e-12);
        assert!((rho(&values, &[9.0, 7.0, 5.0, 3.0, 1.0]) + 1.0).abs() < 1e-12);
        // Ranks 2 1 4 3 5 differ from 1 to 5 by squares of 4 in all: 1 - 6 * 4 / (5 * 24).
        assert!((rho(&values, &[2.0, 1.0, 4.0, 3.0, 5.0]) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn equal_values_share_a_rank_and_constants_have_none() {
        assert!((rho(&[1.0, 1.0, 2.0, 2.0], &[5.0, 5.0, 9.0, 9.0]) - 1.0).abs() < 1e-12);
        assert_eq!(standard_ranks(&[3.0, 3.0]), None);
        assert_eq!(standard_ranks(&[3.0, f64::NAN]), None);
    }

    #[test]
    fn more_parameters_correlate_better_by_chance() {
        let stream = Stream::new(1, "test", "parameters");
        let of = |count: u64| {
            let columns: Vec<Vec<f64>> = (0..count)
                .map(|draw| {
                    let mut uniforms = vec![0.0; 100];
                    stream.fill(draw, &mut uniforms);
                    standard_ranks(&uniforms).unwrap()
                })
                .collect();
            noise_level(&rank_rows(&columns, 100))
        };
        let (one, many) = (of(1), of(300));
        // A single correlation exceeds 1.96 / sqrt(99) in one case of twenty.
        assert!((one - 0.197).abs() < 0.04, "{one}");
        assert!(many > one + 0.1 && many < 0.5, "{many}");
    }
}
