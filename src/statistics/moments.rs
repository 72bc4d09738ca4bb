//! Count, mean and sum of squared deviations, in one pass and mergeable.

use ndarray::{Array1, ArrayView2};

use super::Merge;
use crate::math::width::{Width, Work};

/// Cells whose running moments are updated together: three such arrays fit in a first-level cache.
const CELLS_PER_TILE: usize = 512;

/// Count, mean and sum of squared deviations from the mean of finite values.
///
/// A constant keeps its exact mean and an exact zero for `m2`, however it is cut into blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Number of values.
    pub count: u64,
    /// Their mean, in their unit; zero without values.
    pub mean: f64,
    /// Sum of squared deviations from the mean, in their unit squared.
    pub m2: f64,
}

impl Moments {
    /// Adds a finite value (Welford 1962).
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let deviation = value - self.mean;
        self.mean += deviation / self.count as f64;
        self.m2 += deviation * (value - self.mean);
    }

    /// Standard deviation with denominator n - 1; `None` below two values.
    pub fn sd(&self) -> Option<f64> {
        (self.count >= 2).then(|| (self.m2 / (self.count - 1) as f64).sqrt())
    }

    /// Monte Carlo standard error of the mean, sd / sqrt(n); `None` below two values.
    pub fn mcse(&self) -> Option<f64> {
        self.sd().map(|sd| sd / (self.count as f64).sqrt())
    }
}

impl Merge for Moments {
    /// Chan, Golub and `LeVeque` (1983), equations 2.1.
    #[inline]
    fn merge(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *later;
            return;
        }
        let count = self.count + later.count;
        let later_share = later.count as f64 / count as f64;
        let distance = later.mean - self.mean;
        self.mean += distance * later_share;
        self.m2 += later.m2 + distance * distance * (self.count as f64 * later_share);
        self.count = count;
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().fold(Self::default(), |mut moments, value| {
            moments.push(value);
            moments
        })
    }
}

/// The [`Moments`] of many cells, as one array for each field, so that a draw updates all cells by vector arithmetic.
#[derive(Clone, Debug)]
pub struct CellMoments {
    count: Array1<u64>,
    mean: Array1<f64>,
    m2: Array1<f64>,
}

impl CellMoments {
    /// Moments of `cells` cells without any values.
    pub fn empty(cells: usize) -> Self {
        Self {
            count: Array1::zeros(cells),
            mean: Array1::zeros(cells),
            m2: Array1::zeros(cells),
        }
    }

    /// Moments of a block of shape (draws, cells), to the bit those of pushing the finite values of each cell in the
    /// order of draws.
    pub fn of_block(values: ArrayView2<'_, f64>) -> Self {
        let mut moments = Self::empty(values.ncols());
        let rows = values.as_standard_layout();
        Width::widest().run(OfBlock {
            rows: rows.as_slice().unwrap_or_default(),
            moments: &mut moments,
        });
        moments
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.count.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.count.is_empty()
    }

    /// Moments of one cell.
    pub fn cell(&self, cell: usize) -> Moments {
        Moments {
            count: self.count[cell],
            mean: self.mean[cell],
            m2: self.m2[cell],
        }
    }
}

/// A block's rows end to end, and the moments of its cells, which have no values yet.
struct OfBlock<'a> {
    rows: &'a [f64],
    moments: &'a mut CellMoments,
}

impl Work for OfBlock<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
    fn run(self) {
        let cells = self.moments.len();
        let CellMoments { count, mean, m2 } = self.moments;
        let (Some(count), Some(mean), Some(m2)) = (count.as_slice_mut(), mean.as_slice_mut(), m2.as_slice_mut()) else {
            return;
        };
        for first in (0..cells).step_by(CELLS_PER_TILE) {
            let tile = first..cells.min(first + CELLS_PER_TILE);
            // As a double, for one conversion instead of one for each value.
            let mut exact_count = [0.0; CELLS_PER_TILE];
            for row in self.rows.chunks_exact(cells) {
                let moments = exact_count
                    .iter_mut()
                    .zip(&mut mean[tile.clone()])
                    .zip(&mut m2[tile.clone()]);
                for (((count, mean), m2), &value) in moments.zip(&row[tile.clone()]) {
                    push_if_finite(count, mean, m2, value);
                }
            }
            for (count, exact) in count[tile].iter_mut().zip(exact_count) {
                *count = exact as u64;
            }
        }
    }
}

/// [`Moments::push`] without a branch, for the compiler to vectorise: in place of a value that does not exist it takes
/// the mean, which changes neither mean nor m2.
#[inline(always)]
#[expect(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
fn push_if_finite(count: &mut f64, mean: &mut f64, m2: &mut f64, value: f64) {
    let exists = value.is_finite();
    let value = if exists { value } else { *mean };
    *count += if exists { 1.0 } else { 0.0 };
    let deviation = value - *mean;
    *mean += deviation / if *count > 1.0 { *count } else { 1.0 };
    *m2 += deviation * (value - *mean);
}

impl Merge for CellMoments {
    /// Merges cell by cell; both sides have the same cells.
    fn merge(&mut self, later: &Self) {
        assert_eq!(self.len(), later.len(), "moments of different cells");
        for cell in 0..self.len() {
            let mut moments = self.cell(cell);
            moments.merge(&later.cell(cell));
            (self.count[cell], self.mean[cell], self.m2[cell]) = (moments.count, moments.mean, moments.m2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    #[test]
    fn moments_match_the_textbook() {
        let moments: Moments = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect();
        assert_eq!(
            moments,
            Moments {
                count: 8,
                mean: 5.0,
                m2: 32.0
            }
        );
        assert_eq!(moments.sd(), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(moments.mcse(), Some((32.0_f64 / 7.0).sqrt() / 8.0_f64.sqrt()));
    }

    #[test]
    fn spread_needs_two_values() {
        for values in [vec![], vec![3.0]] {
            let moments: Moments = values.into_iter().collect();
            assert_eq!((moments.sd(), moments.mcse()), (None, None));
        }
    }

    #[test]
    fn merging_nothing_changes_nothing() {
        let some: Moments = [0.1, 0.7].into_iter().collect();
        let mut right = some;
        right.merge(&Moments::default());
        let mut left = Moments::default();
        left.merge(&some);
        assert_eq!((right, left), (some, some));
    }

    #[test]
    fn a_constant_is_exact_however_it_is_cut() {
        let block = |length| std::iter::repeat_n(0.1, length).collect::<Moments>();
        let mut moments = block(3);
        moments.merge(&block(7));
        moments.merge(&block(1));
        assert_eq!(
            moments,
            Moments {
                count: 11,
                mean: 0.1,
                m2: 0.0
            }
        );
    }

    /// Relative to the size of the values, for a mean may cancel to zero.
    fn assert_close(actual: Moments, expected: Moments, scale: f64) {
        assert_eq!(actual.count, expected.count);
        assert!(
            (actual.mean - expected.mean).abs() <= 1e-12 * scale,
            "{actual:?} {expected:?}"
        );
        assert!(
            (actual.m2 - expected.m2).abs() <= 1e-12 * expected.m2.max(scale * scale),
            "{actual:?} {expected:?}"
        );
    }

    proptest! {
        #[test]
        fn merged_parts_equal_the_whole(values in prop::collection::vec(-1e6..1e6, 1..300), cut: prop::sample::Index) {
            let (earlier, later) = values.split_at(cut.index(values.len()));
            let mut merged: Moments = earlier.iter().copied().collect();
            merged.merge(&later.iter().copied().collect());
            let scale = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            assert_close(merged, values.iter().copied().collect(), scale);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_block_has_the_bits_of_pushing_each_cell(draws in 0_usize..20, cells in 0_usize..1200, seed in 0_u64..1000) {
            let values = Array2::from_shape_fn((draws, cells), |(draw, cell)| {
                let mixed = (seed + 1) * (draw * 1201 + cell + 1) as u64 % 1009;
                [f64::NAN, f64::INFINITY, 0.0, -0.0].get(mixed as usize % 40).copied().unwrap_or(mixed as f64 / 7.0 - 50.0)
            });
            let block = CellMoments::of_block(values.view());
            for (cell, column) in values.columns().into_iter().enumerate() {
                let pushed: Moments = column.iter().copied().filter(|value| value.is_finite()).collect();
                let actual = block.cell(cell);
                prop_assert_eq!(actual.count, pushed.count);
                prop_assert_eq!(actual.mean.to_bits(), pushed.mean.to_bits());
                prop_assert_eq!(actual.m2.to_bits(), pushed.m2.to_bits());
            }
        }
    }
}
