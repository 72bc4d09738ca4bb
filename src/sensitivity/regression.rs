//! Shares of the variance of an outcome that a regression on its inputs explains.
//!
//! Shares of inputs that correlate are a matter of definition. Three were weighed. Squared standardised coefficients do not
//! add up then. Averages over all orders of entry (Lindeman, Merenda and Gold 1980) do, but take 2^inputs regressions.
//! Relative weights (Johnson 2000; chosen) add up to the explained share, are next to those averages, and are the squared
//! coefficients where inputs do not correlate.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::random::Stream;

/// Resamples of draws from which errors come.
const RESAMPLES: u64 = 200;
/// Directions in which inputs vary by less than this share are a copy of others.
const COLLINEAR: f64 = 1e-10;

/// What a linear regression explains.
#[derive(Clone, PartialEq, Debug)]
pub struct LinearShares {
    /// By input, its relative weight: they add up to `explained`.
    pub shares: Vec<f64>,
    /// By input, the standard error of its share, by resampling draws.
    pub errors: Vec<f64>,
    /// Share of the outcome's variance that all inputs explain together.
    pub explained: f64,
    /// The same less what as many inputs explain by chance; at least zero.
    pub adjusted: f64,
}

/// The shares of inputs, columns of equal length, in the variance of an outcome. None if there are no inputs, not more draws
/// than inputs and two, or something does not vary.
pub fn linear_shares(inputs: &[&[f64]], outcome: &[f64]) -> Option<LinearShares> {
    let draws = outcome.len();
    if inputs.is_empty() || draws < inputs.len() + 3 {
        return None;
    }
    let all: Vec<usize> = (0..draws).collect();
    let shares = relative_weights(inputs, outcome, &all)?;
    let explained = shares.iter().fold(0.0, |sum, share| sum + share).min(1.0);
    let freedom = (draws - 1) as f64 / (draws - inputs.len() - 1) as f64;
    Some(LinearShares {
        errors: errors(inputs, outcome),
        adjusted: (1.0 - (1.0 - explained) * freedom).max(0.0),
        explained,
        shares,
    })
}

/// Relative weights (Johnson 2000, equations 5 to 8): with the correlations of inputs `R = V D² V'` and of inputs with the
/// outcome `r`, the weights are `(L∘L) (b∘b)` with `L = V D V'` and `b = L⁻¹ r`.
fn relative_weights(inputs: &[&[f64]], outcome: &[f64], draws: &[usize]) -> Option<Vec<f64>> {
    let columns: Vec<Vec<f64>> = inputs
        .iter()
        .map(|input| standardised(input, draws))
        .collect::<Option<_>>()?;
    let outcome = standardised(outcome, draws)?;
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).fold(0.0, |sum, (one, other)| sum + one * other);
    let count = columns.len();
    let mut correlations = DMatrix::identity(count, count);
    for row in 0..count {
        for column in 0..row {
            let rho = product(&columns[row], &columns[column]);
            correlations[(row, column)] = rho;
            correlations[(column, row)] = rho;
        }
    }
    let with_outcome = DVector::from_fn(count, |place, _| product(&columns[place], &outcome));
    let eigen = SymmetricEigen::new(correlations);
    let vectors = &eigen.eigenvectors;
    // `f(R)` of a symmetric matrix, each sum from the first eigenvalue to the last.
    let spread = |of: &dyn Fn(f64) -> f64| {
        let factors: Vec<f64> = eigen.eigenvalues.iter().map(|value| of(*value)).collect();
        DMatrix::from_fn(count, count, |row, column| {
            (0..count).fold(0.0, |sum, place| {
                sum + vectors[(row, place)] * factors[place] * vectors[(column, place)]
            })
        })
    };
    let root = spread(&|value| value.max(0.0).sqrt());
    let inverse = spread(&|value| if value > COLLINEAR { 1.0 / value.sqrt() } else { 0.0 });
    let sum_over = |cell: &dyn Fn(usize) -> f64| (0..count).fold(0.0, |sum, place| sum + cell(place));
    let slopes: Vec<f64> = (0..count)
        .map(|row| sum_over(&|column| inverse[(row, column)] * with_outcome[column]))
        .collect();
    let weight =
        |row: usize| sum_over(&|column| root[(row, column)] * root[(row, column)] * slopes[column] * slopes[column]);
    Some((0..count).map(weight).collect())
}

/// Some draws of a column, less their mean and of length one; none if they do not vary.
fn standardised(values: &[f64], draws: &[usize]) -> Option<Vec<f64>> {
    let sum = draws.iter().fold(0.0, |sum, draw| sum + values[*draw]);
    let mean = sum / draws.len() as f64;
    let centred: Vec<f64> = draws.iter().map(|draw| values[*draw] - mean).collect();
    let length = centred.iter().fold(0.0, |sum, value| sum + value * value).sqrt();
    // What rounding leaves of a constant is no variation.
    let is_constant = length.is_nan() || length <= 1e-14 * mean.abs() * (draws.len() as f64).sqrt();
    (!is_constant).then(|| centred.iter().map(|value| value / length).collect())
}

fn errors(inputs: &[&[f64]], outcome: &[f64]) -> Vec<f64> {
    let stream = Stream::new(0, "sensitivity", "resampled draws of a regression");
    let resampled = (0..RESAMPLES).filter_map(|resample| {
        let draws = super::sobol::resampled(&stream, resample, outcome.len());
        relative_weights(inputs, outcome, &draws)
    });
    let resampled: Vec<Vec<f64>> = resampled.collect();
    (0..inputs.len())
        .map(|input| super::sobol::deviation(resampled.iter().map(|shares| shares[input])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of independent uniforms.
    fn uniforms(columns: u64, draws: usize) -> Vec<Vec<f64>> {
        let stream = Stream::new(5, "test", "columns");
        let column = |number| {
            let mut values = vec![0.0; draws];
            stream.fill(number, &mut values);
            values
        };
        (0..columns).map(column).collect()
    }

    fn shares(inputs: &[Vec<f64>], outcome: &[f64]) -> LinearShares {
        let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
        linear_shares(&inputs, outcome).unwrap()
    }

    #[test]
    fn shares_of_a_sum_are_those_of_its_variances() {
        let inputs = uniforms(3, 4_000);
        let outcome: Vec<f64> = (0..4_000)
            .map(|draw| 4.0 * inputs[0][draw] + 2.0 * inputs[1][draw] - inputs[2][draw])
            .collect();
        let found = shares(&inputs, &outcome);
        for (share, exact) in found.shares.iter().zip([16.0 / 21.0, 4.0 / 21.0, 1.0 / 21.0]) {
            assert!((share - exact).abs() < 0.015, "{found:?}");
        }
        assert!((found.explained - 1.0).abs() < 1e-9 && found.errors.iter().all(|error| *error < 0.02));
    }

    #[test]
    fn two_copies_of_an_input_share_what_it_explains() {
        let mut inputs = uniforms(2, 500);
        inputs.push(inputs[0].clone());
        let outcome: Vec<f64> = (0..500).map(|draw| inputs[0][draw] + inputs[1][draw]).collect();
        let found = shares(&inputs, &outcome);
        assert!((found.shares[0] - found.shares[2]).abs() < 1e-9, "{found:?}");
        assert!((found.explained - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn inputs_that_do_nothing_explain_little_and_nothing_after_the_adjustment() {
        let mut inputs = uniforms(6, 200);
        let outcome = inputs.pop().unwrap();
        let found = shares(&inputs, &outcome);
        assert!(found.explained < 0.08 && found.adjusted < 0.05, "{found:?}");
    }

    #[test]
    fn without_variation_or_draws_there_are_no_shares() {
        let inputs = uniforms(1, 20);
        assert_eq!(linear_shares(&[&inputs[0]], &[0.1; 20]), None);
        assert_eq!(linear_shares(&[&[0.1; 20]], &inputs[0]), None);
        assert_eq!(linear_shares(&[&inputs[0][..3]], &inputs[0][..3]), None);
        assert_eq!(linear_shares(&[], &inputs[0]), None);
    }
}
