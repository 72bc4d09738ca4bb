//! First and total Sobol indices: the shares of an outcome's variance that go back to an input alone, and to it with all its
//! interactions (Sobol 1993; Homma and Saltelli 1996).
//!
//! The design takes two independent samples of all inputs, `A` and `B`, and for each input the runs of `A` with that input
//! of `B`. An input may be a group of numbers, or the shocks of a draw: whatever can be exchanged as a whole. Inputs must be
//! independent of each other; what is drawn together is one input.

use crate::random::Stream;

/// Resamples of rows from which errors come.
const RESAMPLES: u64 = 500;

/// The outcomes of a design: rows of `A`, of `B`, and by input of `A` with that input of `B`.
#[derive(Clone, PartialEq, Debug)]
pub struct SobolOutcomes {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    /// Inputs by rows.
    pub exchanged: Vec<Vec<f64>>,
}

/// The indices of an input, each with its standard error by resampling rows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SobolIndex {
    /// Share of variance by the input alone.
    pub first: f64,
    pub first_error: f64,
    /// Share of variance by the input and its interactions with all others.
    pub total: f64,
    pub total_error: f64,
}

impl SobolOutcomes {
    /// Sorts outcomes that stand row by row: `A`, its runs with each input exchanged, `B`. A length that is no multiple of
    /// inputs and two loses its end.
    pub fn from_rows(outcomes: &[f64], inputs: usize) -> Self {
        let rows = outcomes.chunks_exact(inputs + 2);
        let at = |place: usize| rows.clone().map(|row| row[place]).collect::<Vec<f64>>();
        Self {
            a: at(0),
            b: at(inputs + 1),
            exchanged: (1..=inputs).map(at).collect(),
        }
    }

    /// The indices of every input: the first by Saltelli et al. (2010), table 2 (b), the total by Jansen (1999), table 2 (f)
    /// there, over the variance of `A` and `B` together. None if the outcome does not vary or some outcome is no number.
    pub fn indices(&self) -> Option<Vec<SobolIndex>> {
        let rows: Vec<usize> = (0..self.a.len()).collect();
        let spread = Spread::of(self, &rows)?;
        let stream = Stream::new(0, "sensitivity", "resampled rows of a design");
        let resamples: Vec<(Vec<usize>, Spread)> = (0..RESAMPLES)
            .filter_map(|resample| {
                let rows = resampled(&stream, resample, self.a.len());
                let spread = Spread::of(self, &rows)?;
                Some((rows, spread))
            })
            .collect();
        let index = |exchanged: &Vec<f64>| {
            let (first, total) = self.estimate(exchanged, &rows, spread);
            let estimates = || {
                let of = |(rows, spread): &(Vec<usize>, Spread)| self.estimate(exchanged, rows, *spread);
                resamples.iter().map(of)
            };
            SobolIndex {
                first,
                first_error: deviation(estimates().map(|(first, _)| first)),
                total,
                total_error: deviation(estimates().map(|(_, total)| total)),
            }
        };
        let is_number = |values: &Vec<f64>| values.iter().all(|value| value.is_finite());
        let all_exist = self.exchanged.iter().all(is_number);
        all_exist.then(|| self.exchanged.iter().map(index).collect())
    }

    fn estimate(&self, exchanged: &[f64], rows: &[usize], spread: Spread) -> (f64, f64) {
        let (mut first, mut total) = (0.0, 0.0);
        for &row in rows {
            let change = exchanged[row] - self.a[row];
            // Without the mean the product would be large, and its error with it.
            first += (self.b[row] - spread.mean) * change;
            total += change * change;
        }
        let scale = rows.len() as f64 * spread.variance;
        (first / scale, total / (2.0 * scale))
    }
}

/// The indices of two inputs that are all there is, such as the numbers and the shocks of a model, from the four runs of each
/// row: `A`, `B`, and `A` with the first and with the second input of `B`. Their estimators (Azzini, Mara and Rosati 2021)
/// use all four alike, so that an input that does nothing has exactly zero and the other exactly one. None as in
/// [`SobolOutcomes::indices`].
pub fn complementary_indices(a: &[f64], b: &[f64], first: &[f64], second: &[f64]) -> Option<[SobolIndex; 2]> {
    let rows: Vec<usize> = (0..a.len()).collect();
    let estimate = |rows: &[usize], own: &[f64], other: &[f64]| {
        let (mut alone, mut with_others, mut scale) = (0.0, 0.0, 0.0);
        let square = |value: f64| value * value;
        for &row in rows {
            let (a, b, own, other) = (a[row], b[row], own[row], other[row]);
            // `other` is `B` with the own input of `A`.
            alone += 2.0 * (other - b) * (a - own);
            with_others += square(b - other) + square(a - own);
            scale += square(a - b) + square(other - own);
        }
        (alone / scale, with_others / scale)
    };
    let values = [a, b, first, second];
    let largest = values
        .iter()
        .flat_map(|values| values.iter())
        .fold(0.0, |most, value| f64::max(most, value.abs()));
    let changes = rows.iter().map(|row| (a[*row] - b[*row]).abs()).fold(0.0, f64::max);
    let exists = values.iter().all(|values| values.iter().all(|value| value.is_finite()));
    if !exists || changes <= 1e-13 * largest {
        return None;
    }
    let stream = Stream::new(0, "sensitivity", "resampled rows of a design");
    let resamples: Vec<Vec<usize>> = (0..RESAMPLES)
        .map(|number| resampled(&stream, number, a.len()))
        .collect();
    let index = |own: &[f64], other: &[f64]| {
        let (alone, with_others) = estimate(&rows, own, other);
        let estimates = || resamples.iter().map(|rows| estimate(rows, own, other));
        SobolIndex {
            first: alone,
            first_error: deviation(estimates().map(|(alone, _)| alone).filter(|value| value.is_finite())),
            total: with_others,
            total_error: deviation(estimates().map(|(_, total)| total).filter(|value| value.is_finite())),
        }
    };
    Some([index(first, second), index(second, first)])
}

/// Mean and variance of `A` and `B` together.
#[derive(Clone, Copy)]
struct Spread {
    mean: f64,
    variance: f64,
}

impl Spread {
    fn of(outcomes: &SobolOutcomes, rows: &[usize]) -> Option<Self> {
        let values = || rows.iter().flat_map(|row| [outcomes.a[*row], outcomes.b[*row]]);
        let count = 2.0 * rows.len() as f64;
        let mean = values().fold(0.0, |sum, value| sum + value) / count;
        let squares = values().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
        let variance = squares / count;
        // What rounding leaves of a constant is no variation; a comparison with what is no number fails.
        let varies = variance.is_finite() && variance.sqrt() > 1e-13 * mean.abs();
        varies.then_some(Self { mean, variance })
    }
}

/// Places drawn with replacement from so many.
pub(super) fn resampled(stream: &Stream, resample: u64, count: usize) -> Vec<usize> {
    let mut uniforms = vec![0.0; count];
    stream.fill(resample, &mut uniforms);
    let place = |uniform: f64| ((uniform * count as f64) as usize).min(count.saturating_sub(1));
    uniforms.into_iter().map(place).collect()
}

/// The standard deviation of some values; not-a-number of fewer than two.
pub(super) fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    let mean = values.clone().fold(0.0, |sum, value| sum + value) / count;
    let squares = values.fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    if count < 2.0 {
        f64::NAN
    } else {
        (squares / (count - 1.0)).sqrt()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The function of Ishigami and Homma (1990) with a = 7 and b = 0.1, of uniforms between 0 and 1.
    pub fn ishigami(uniforms: &[f64]) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|place| std::f64::consts::PI * (2.0 * uniforms[place] - 1.0));
        x.sin() + 7.0 * y.sin() * y.sin() + 0.1 * z * z * z * z * x.sin()
    }

    /// Runs a function of uniforms on a design of plain random samples.
    pub fn outcomes(inputs: usize, rows: u64, function: impl Fn(&[f64]) -> f64) -> SobolOutcomes {
        let streams = ["a", "b"].map(|side| Stream::new(3, side, "test"));
        let mut found = Vec::new();
        for row in 0..rows {
            let [a, b] = streams.each_ref().map(|stream| {
                let mut uniforms = vec![0.0; inputs];
                stream.fill(row, &mut uniforms);
                uniforms
            });
            found.push(function(&a));
            for input in 0..inputs {
                let mut exchanged = a.clone();
                exchanged[input] = b[input];
                found.push(function(&exchanged));
            }
            found.push(function(&b));
        }
        SobolOutcomes::from_rows(&found, inputs)
    }

    #[test]
    fn the_indices_of_ishigami_are_the_analytic_ones_within_their_errors() {
        // V = a²/8 + b π⁴/5 + b² π⁸/18 + 1/2; V1 = (1 + b π⁴/5)²/2, V2 = a²/8, V13 = b² π⁸ 8/225.
        let (first, total) = ([0.313_905, 0.442_411, 0.0], [0.557_589, 0.442_411, 0.243_684]);
        let found = outcomes(3, 4_096, ishigami).indices().unwrap();
        for (place, index) in found.iter().enumerate() {
            assert!(
                (index.first - first[place]).abs() < 3.0 * index.first_error + 1e-12,
                "{index:?}"
            );
            assert!(
                (index.total - total[place]).abs() < 3.0 * index.total_error + 1e-12,
                "{index:?}"
            );
            // SALib states errors of up to 0.030 and 0.044 with 1,024 rows, half of which are due with four times as many.
            assert!(index.first_error < 0.02 && index.total_error < 0.028, "{index:?}");
        }
    }

    #[test]
    fn errors_are_as_wide_as_the_estimates_scatter() {
        // Forty parts of one design: the mean of their errors against the deviation of their estimates.
        let whole = outcomes(3, 40 * 256, ishigami);
        let part = |number: usize| {
            let rows = number * 256..(number + 1) * 256;
            let cut = |values: &Vec<f64>| values[rows.clone()].to_vec();
            let part = SobolOutcomes {
                a: cut(&whole.a),
                b: cut(&whole.b),
                exchanged: whole.exchanged.iter().map(cut).collect(),
            };
            part.indices().unwrap()
        };
        let parts: Vec<Vec<SobolIndex>> = (0..40).map(part).collect();
        let of = |value: fn(&SobolIndex) -> f64| parts.iter().map(move |part| value(&part[0]));
        let stated = of(|index| index.first_error).fold(0.0, |sum, error| sum + error) / 40.0;
        let scatter = deviation(of(|index| index.first));
        assert!((0.7..1.4).contains(&(stated / scatter)), "{stated} against {scatter}");
    }

    #[test]
    fn an_input_that_does_nothing_has_indices_of_zero() {
        let found = outcomes(3, 64, |uniforms| uniforms[0]).indices().unwrap();
        assert_eq!([found[1].first, found[1].total, found[1].total_error], [0.0; 3]);
        assert!((found[0].total - 1.0).abs() < 0.5);
    }

    #[test]
    fn of_two_inputs_that_are_all_there_is_each_has_the_rest_of_the_other() {
        // V(x + y z) of uniforms around zero: 1/12 and 1/144, of which y and z together have the second.
        let centred = |u: f64| u - 0.5;
        let found = outcomes(3, 4_000, |u| centred(u[0]) + centred(u[1]) * centred(u[2]));
        let one = &found.exchanged[0];
        // Both others at once.
        let both: Vec<f64> = {
            let streams = ["a", "b"].map(|side| Stream::new(3, side, "test"));
            let row = |row| {
                let [a, b] = streams.each_ref().map(|stream| {
                    let mut uniforms = vec![0.0; 3];
                    stream.fill(row, &mut uniforms);
                    uniforms
                });
                centred(a[0]) + centred(b[1]) * centred(b[2])
            };
            (0..4_000).map(row).collect()
        };
        let [first, second] = complementary_indices(&found.a, &found.b, one, &both).unwrap();
        for (index, exact) in [(first, 12.0 / 13.0), (second, 1.0 / 13.0)] {
            assert!((index.first - exact).abs() < 3.0 * index.first_error, "{index:?}");
            assert!((index.total - exact).abs() < 3.0 * index.total_error, "{index:?}");
            assert!(index.first_error < 0.01, "{index:?}");
        }
    }

    #[test]
    fn of_two_inputs_one_that_does_nothing_has_exactly_zero() {
        let found = outcomes(1, 50, |u| u[0]);
        let [one, nothing] = complementary_indices(&found.a, &found.b, &found.b, &found.a).unwrap();
        assert_eq!(
            [one.first, one.first_error, one.total, one.total_error],
            [1.0, 0.0, 1.0, 0.0]
        );
        assert_eq!([nothing.first, nothing.total, nothing.total_error], [0.0; 3]);
        assert_eq!(complementary_indices(&[1.0; 5], &[1.0; 5], &[1.0; 5], &[1.0; 5]), None);
        assert_eq!(
            complementary_indices(&[f64::NAN, 1.0], &[2.0; 2], &[1.0; 2], &[1.0; 2]),
            None
        );
    }

    #[test]
    fn what_does_not_vary_or_exist_has_no_indices() {
        assert_eq!(outcomes(2, 10, |_| 0.1).indices(), None);
        assert_eq!(outcomes(2, 10, |_| f64::NAN).indices(), None);
        assert_eq!(SobolOutcomes::from_rows(&[], 2).indices(), None);
    }
}
