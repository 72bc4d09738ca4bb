//! Collecting the statistics of many cells from many threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ndarray::{ArrayView2, Axis, s};

use super::{BlockTree, CellMoments, Counts, Moments, Summary};

/// Parts of the cells whose counts are locked together: many more than threads, so that they rarely meet.
const SHARDS: usize = 64;

/// Shards between the starts of consecutive blocks. Odd, so every shard is a start; near the golden section of
/// [`SHARDS`], so blocks that are worked on at the same time start far apart.
const START_STRIDE: usize = 39;

/// Values transposed at a time: 32 KiB, which stay in a first-level cache or close to it.
const TILE_VALUES: usize = 4096;

/// Cells of a tile at least: a cache line of doubles.
const MIN_TILE_CELLS: usize = 8;

/// Gathers moments and counts of many cells from blocks of draws, which any thread may bring in any order.
///
/// What it gathers is the same to the bit for any number of threads and order of arrival.
#[derive(Debug)]
pub struct Collector {
    cells: usize,
    moments: Mutex<BlockTree<CellMoments>>,
    cells_per_shard: usize,
    counts: Vec<Mutex<Vec<Counts>>>,
}

impl Collector {
    /// A collector for `cells` quantities.
    pub fn new(cells: usize) -> Self {
        let cells_per_shard = cells.div_ceil(SHARDS).max(1);
        let shard_of = |first: usize| vec![Counts::default(); cells_per_shard.min(cells - first)];
        let counts = (0..cells)
            .step_by(cells_per_shard)
            .map(|first| Mutex::new(shard_of(first)))
            .collect();
        Self {
            cells,
            moments: Mutex::default(),
            cells_per_shard,
            counts,
        }
    }

    /// Takes up a block of shape (draws, cells), a row per draw. A value that is not finite (NaN, or the infinity of a
    /// ratio without denominator) does not exist in that draw.
    ///
    /// # Panics
    ///
    /// If the number of columns is not the number of cells, or the block was absorbed before.
    pub fn absorb(&self, block_index: usize, values: ArrayView2<'_, f64>) {
        assert_eq!(values.ncols(), self.cells, "a block must have a column for each cell");
        let moments = CellMoments::of_block(values);
        lock(&self.moments).insert(block_index, moments);

        let start = block_index.wrapping_mul(START_STRIDE);
        let mut tile = Tile::new(values.nrows());
        for turn in 0..self.counts.len() {
            let shard = start.wrapping_add(turn) % self.counts.len();
            let first = shard * self.cells_per_shard;
            let mut counts = lock(&self.counts[shard]);
            let end = first + counts.len();
            tile.count(values.slice(s![.., first..end]), &mut counts);
        }
    }

    /// What was collected.
    ///
    /// # Panics
    ///
    /// If a thread panicked within [`absorb`](Self::absorb): a part of its block would be missing.
    pub fn finish(self) -> Collected {
        let complete = "every block was absorbed whole";
        let moments = self.moments.into_inner().expect(complete).finish();
        let counts = self
            .counts
            .into_iter()
            .flat_map(|shard| shard.into_inner().expect(complete))
            .collect();
        Collected {
            moments: moments.unwrap_or_else(|| CellMoments::empty(self.cells)),
            counts,
        }
    }
}

/// Locks, even if another thread panicked while it held the lock: its panic is the one to be reported, not ours.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Room to transpose a few cells of a block, so that a cell's values are counted in one go.
struct Tile {
    draws: usize,
    /// The draws of one cell after those of the other.
    columns: Vec<f64>,
}

impl Tile {
    fn new(draws: usize) -> Self {
        let cells = (TILE_VALUES / draws.max(1)).max(MIN_TILE_CELLS);
        Self {
            draws,
            columns: vec![0.0; cells * draws],
        }
    }

    /// Adds the columns of `values`, of shape (draws, cells), to the counts of their cells.
    fn count(&mut self, values: ArrayView2<'_, f64>, counts: &mut [Counts]) {
        if self.draws == 0 {
            return;
        }
        let cells = self.columns.len() / self.draws;
        for (values, counts) in values.axis_chunks_iter(Axis(1), cells).zip(counts.chunks_mut(cells)) {
            for (draw, row) in values.rows().into_iter().enumerate() {
                let places = self.columns[draw..].iter_mut().step_by(self.draws);
                places.zip(row).for_each(|(place, value)| *place = *value);
            }
            for (column, counts) in self.columns.chunks_exact_mut(self.draws).zip(counts) {
                counts.insert_all(keep_finite(column));
            }
        }
    }
}

/// Moves the finite values to the front, in order, without a branch.
fn keep_finite(values: &mut [f64]) -> &[f64] {
    let mut kept = 0;
    for index in 0..values.len() {
        let value = values[index];
        values[kept] = value;
        kept += usize::from(value.is_finite());
    }
    &values[..kept]
}

/// The statistics of each cell, from [`Collector::finish`].
#[derive(Clone, Debug)]
pub struct Collected {
    moments: CellMoments,
    counts: Vec<Counts>,
}

impl Collected {
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.counts.len()
    }

    /// Count, mean and squared deviations of a cell.
    pub fn moments(&self, cell: usize) -> Moments {
        self.moments.cell(cell)
    }

    /// Counts of the values of a cell.
    pub fn counts(&self, cell: usize) -> &Counts {
        &self.counts[cell]
    }

    /// The row of a result table for a cell.
    pub fn summary(&self, cell: usize) -> Summary {
        Summary::new(&self.moments(cell), self.counts(cell))
    }

    /// Share of the values of a cell that are below zero; `None` without values.
    pub fn share_below_zero(&self, cell: usize) -> Option<f64> {
        self.counts(cell).share_below_zero()
    }

    /// Whether a cell has values and all are zero.
    pub fn is_always_zero(&self, cell: usize) -> bool {
        self.counts(cell).is_always_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;
    use rayon::prelude::*;

    /// Blocks with their indices.
    type Blocks = Vec<(usize, Array2<f64>)>;

    fn collect(blocks: &[(usize, Array2<f64>)], cells: usize, threads: usize) -> Collected {
        let collector = Collector::new(cells);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            blocks
                .par_iter()
                .for_each(|(index, values)| collector.absorb(*index, values.view()));
        });
        collector.finish()
    }

    /// All that was collected, to the bit.
    fn bits(collected: &Collected) -> Vec<Vec<Option<u64>>> {
        let cells = 0..collected.cells();
        cells
            .map(|cell| {
                let Summary {
                    mean,
                    sd,
                    mcse,
                    p05,
                    p25,
                    p50,
                    p75,
                    p95,
                } = collected.summary(cell);
                let below = collected.share_below_zero(cell);
                let numbers = [mean, sd, mcse, p05, p25, p50, p75, p95, below];
                let counts = [collected.moments(cell).count, u64::from(collected.is_always_zero(cell))];
                numbers
                    .map(|number| number.map(f64::to_bits))
                    .into_iter()
                    .chain(counts.map(Some))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_cell_gets_its_own_column_over_shards_and_tiles() {
        let (draws, cells) = (TILE_VALUES / MIN_TILE_CELLS, SHARDS * (2 * MIN_TILE_CELLS + 3) - 5);
        let values = Array2::from_shape_fn((draws, cells), |(draw, cell)| {
            (draw * 37 % 101 * (cell + 1)) as f64 - 900.0
        });
        let collected = collect(&[(0, values.clone())], cells, 1);
        for (cell, column) in values.columns().into_iter().enumerate() {
            let mut counts = Counts::default();
            counts.insert_all(&column.to_vec());
            let moments: Moments = column.iter().copied().collect();
            assert_eq!(collected.summary(cell), Summary::new(&moments, &counts));
        }
    }

    #[test]
    fn values_that_do_not_exist_are_skipped() {
        let blocks = [
            (
                0,
                array![[1.0, f64::NAN, 0.0, f64::NAN], [f64::NAN, f64::NAN, 0.0, -2.0]],
            ),
            (1, array![[3.0, f64::NAN, -0.0, f64::INFINITY]]),
        ];
        let collected = collect(&blocks, 4, 1);
        assert_eq!(
            collected.moments(0),
            Moments {
                count: 2,
                mean: 2.0,
                m2: 2.0
            }
        );
        assert_eq!(collected.summary(1), Summary::default());
        assert_eq!(
            (collected.share_below_zero(1), collected.is_always_zero(1)),
            (None, false)
        );
        assert!(collected.is_always_zero(2));
        let only = Some(-2.0);
        let quantiles = Summary {
            p05: only,
            p25: only,
            p50: only,
            p75: only,
            p95: only,
            ..Summary::default()
        };
        assert_eq!(
            collected.summary(3),
            Summary {
                mean: only,
                ..quantiles
            }
        );
        assert_eq!(collected.share_below_zero(3), Some(1.0));
    }

    #[test]
    fn a_constant_is_exact() {
        let blocks: Vec<_> = (0..5).map(|index| (index, Array2::from_elem((7, 100), 0.1))).collect();
        let collected = collect(&blocks, 100, 2);
        let (value, zero) = (Some(0.1), Some(0.0));
        let expected = Summary {
            mean: value,
            sd: zero,
            mcse: zero,
            p05: value,
            p25: value,
            p50: value,
            p75: value,
            p95: value,
        };
        assert!((0..100).all(|cell| collected.summary(cell) == expected));
    }

    #[test]
    fn without_blocks_or_cells_nothing_exists() {
        assert_eq!(Collector::new(3).finish().summary(2), Summary::default());
        assert_eq!(collect(&[(0, Array2::zeros((4, 0)))], 0, 1).cells(), 0);
        assert_eq!(
            collect(&[(0, Array2::zeros((0, 2)))], 2, 1).summary(1),
            Summary::default()
        );
    }

    #[test]
    fn a_later_panic_does_not_hide_the_first() {
        let collector = Collector::new(1);
        let absorb = || collector.absorb(0, array![[1.0]].view());
        absorb();
        for _ in 0..2 {
            let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(absorb)).unwrap_err();
            assert_eq!(panic.downcast_ref::<String>().unwrap(), "block 0 was inserted twice");
        }
    }

    /// Blocks of a few draws of many kinds of cells, in order and shuffled.
    fn blocks(cells: usize) -> impl Strategy<Value = (Blocks, Blocks)> {
        let value = prop_oneof![4 => -1e3..1e3, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => Just(7.0)];
        let block = prop::collection::vec(value, 5 * cells)
            .prop_map(move |values| Array2::from_shape_vec((5, cells), values).unwrap());
        prop::collection::vec(block, 1..14).prop_flat_map(|blocks| {
            let blocks: Blocks = blocks.into_iter().enumerate().collect();
            (Just(blocks.clone()), Just(blocks).prop_shuffle())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn results_are_independent_of_threads_and_order((ordered, shuffled) in blocks(150)) {
            let expected = bits(&collect(&ordered, 150, 1));
            prop_assert_eq!(&bits(&collect(&shuffled, 150, 1)), &expected);
            prop_assert_eq!(&bits(&collect(&shuffled, 150, 4)), &expected);
        }
    }
}
