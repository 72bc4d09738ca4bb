//! Accumulators of many cells, filled by many threads.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Accumulator, DrawMatrix, Merge, Moments, Summary, all};
use crate::math::simd::WIDTH;
use crate::math::width::{Width, Work};

/// Number of locks over the cells: many more than threads, so that threads rarely wait for each other.
const SHARDS: usize = 64;

/// Shards between the starts of consecutive groups. Odd, so every shard is a start; near the golden section of
/// [`SHARDS`], so groups that are worked on at the same time start far apart.
const START_STRIDE: usize = 39;

/// The usual number of draws in a group, for which code is specialised.
const USUAL: usize = 16;

/// Accumulates the statistics of many cells from groups of draws, which any thread may add in any order.
///
/// The result is the same to the bit for any number of threads and order of arrival, if the groups are the same.
#[derive(Debug)]
pub struct Collector {
    width: Width,
    /// Draws that are added up together.
    group: usize,
    cells: Range<usize>,
    cells_per_shard: usize,
    shards: Vec<Mutex<Vec<Accumulator>>>,
}

impl Collector {
    /// A collector for `cells` quantities, on the widest registers of the processor.
    pub fn new(cells: usize) -> Self {
        Self::with_width(0..cells, Width::widest())
    }

    /// A collector for some cells of a row that works on registers of a certain width. The results do not depend on it.
    pub fn with_width(cells: Range<usize>, width: Width) -> Self {
        let cells_per_shard = cells.len().div_ceil(SHARDS).max(1);
        let shard_of = |first: usize| vec![Accumulator::default(); cells_per_shard.min(cells.end - first)];
        let shards = cells.clone();
        let shards = shards.step_by(cells_per_shard).map(|first| Mutex::new(shard_of(first)));
        let shards = shards.collect();
        Self {
            width,
            group: USUAL,
            cells,
            cells_per_shard,
            shards,
        }
    }

    /// Adds up so many draws at a time, at least one. Sums within such a group round, so the last digits depend on it.
    pub fn in_groups_of(self, draws: usize) -> Self {
        Self { group: draws, ..self }
    }

    /// Adds a group of draws. A value that is not finite (NaN, or the infinity of a ratio without denominator) does not
    /// exist in that draw. `number` is that of the group: it decides where to start, so that threads with different
    /// groups rarely wait for the same lock.
    ///
    /// # Panics
    ///
    /// If the columns are of other cells.
    pub fn absorb(&self, number: usize, values: &DrawMatrix) {
        assert_eq!(values.cells(), self.cells, "a group must have a column for each cell");
        let mut room = Room::default();
        for shard in self.turn(number) {
            self.absorb_shard(shard, values, &mut room);
        }
    }

    /// As [`absorb`](Self::absorb), but `write` writes the values of some cells at a time, so that they need not be held all.
    pub fn absorb_parts(&self, number: usize, draws: usize, mut write: impl FnMut(&mut DrawMatrix)) {
        let (mut room, mut values) = (Room::default(), DrawMatrix::default());
        for shard in self.turn(number) {
            let first = self.first(shard);
            values.reshape(draws, first..self.cells.end.min(first + self.cells_per_shard));
            write(&mut values);
            self.absorb_shard(shard, &values, &mut room);
        }
    }

    /// Every group visits all shards, each from its own start.
    fn turn(&self, number: usize) -> impl Iterator<Item = usize> {
        let (start, shards) = (number.wrapping_mul(START_STRIDE), self.shards.len());
        (0..shards).map(move |turn| start.wrapping_add(turn) % shards)
    }

    /// The first cell of a shard.
    fn first(&self, shard: usize) -> usize {
        self.cells.start + shard * self.cells_per_shard
    }

    fn absorb_shard(&self, shard: usize, values: &DrawMatrix, room: &mut Room) {
        let mut cells = lock(&self.shards[shard]);
        self.width.run(AddColumns {
            group: self.group,
            values,
            first: self.first(shard),
            cells: &mut cells,
            room,
        });
    }

    /// The statistics of all groups added.
    ///
    /// # Panics
    ///
    /// If a thread panicked within [`absorb`](Self::absorb): a part of its group would be missing.
    pub fn finish(self) -> Collected {
        let shards = self.shards.into_iter();
        let of_shard = |shard: Mutex<Vec<Accumulator>>| shard.into_inner().expect("every group was absorbed whole");
        Collected {
            cells: shards.flat_map(of_shard).collect(),
        }
    }
}

/// Locks, even if another thread panicked while it held the lock: the panic of that thread is the one to report.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds the finite values of the columns from `first` on to their accumulators.
struct AddColumns<'a> {
    group: usize,
    values: &'a DrawMatrix,
    first: usize,
    cells: &'a mut [Accumulator],
    room: &'a mut Room,
}

/// Scratch space for the values of a column, and for those of them that exist.
#[derive(Default)]
struct Room {
    column: Vec<[f64; WIDTH]>,
    existing: Vec<f64>,
}

impl Work for AddColumns<'_> {
    #[inline(always)]
    fn run(self) {
        for (place, cell) in (self.first..).zip(self.cells) {
            let values = self.values.column(place, &mut self.room.column);
            // The compiler unrolls loops over a number of values that it knows.
            for values in values.chunks(self.group) {
                match values.first_chunk::<USUAL>() {
                    Some(usual) if values.len() == USUAL => add_column(cell, usual, &mut self.room.existing),
                    _ => add_column(cell, values, &mut self.room.existing),
                }
            }
        }
    }
}

/// Adds the finite values of a column to its cell.
#[inline(always)]
fn add_column(accumulator: &mut Accumulator, values: &[f64], existing: &mut Vec<f64>) {
    if all(values, f64::is_finite) {
        accumulator.add_group(values);
    } else {
        add_existing(accumulator, values, existing);
    }
}

#[inline(never)]
fn add_existing(accumulator: &mut Accumulator, values: &[f64], existing: &mut Vec<f64>) {
    existing.clear();
    existing.extend(values.iter().filter(|value| value.is_finite()));
    accumulator.add_group(existing);
}

/// The statistics of each cell, from [`Collector::finish`].
#[derive(Clone, Debug)]
pub struct Collected {
    cells: Vec<Accumulator>,
}

impl Collected {
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// These cells behind others.
    pub fn behind(self, before: impl Iterator<Item = Accumulator>) -> Self {
        Self {
            cells: before.chain(self.cells).collect(),
        }
    }

    /// A copy in which other cells are empty.
    pub fn of_cells(&self, cells: Range<usize>) -> Self {
        let of = |(place, cell): (usize, &Accumulator)| {
            if cells.contains(&place) {
                cell.clone()
            } else {
                Accumulator::Empty
            }
        };
        Self {
            cells: self.cells.iter().enumerate().map(of).collect(),
        }
    }

    /// The statistics of a cell.
    pub fn cell(&self, cell: usize) -> &Accumulator {
        &self.cells[cell]
    }

    /// Count, mean and squared deviations of a cell.
    pub fn moments(&self, cell: usize) -> Moments {
        self.cell(cell).moments()
    }

    /// The row of a result table for a cell.
    pub fn summary(&self, cell: usize) -> Summary {
        Summary::of_accumulator(self.cell(cell))
    }

    /// In how many draws a cell has a value.
    pub fn count(&self, cell: usize) -> u64 {
        self.cell(cell).count()
    }

    /// Share of the values of a cell that are below zero; `None` without values.
    pub fn share_below_zero(&self, cell: usize) -> Option<f64> {
        self.cell(cell).share_below_zero()
    }

    /// Writes the statistics of all cells, for [`read_from`](Self::read_from). Of cells that `keeps` refuses only whether all
    /// values are zero is written.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn write_to(&self, mut out: &mut dyn Write, keeps: impl Fn(usize) -> bool) -> io::Result<()> {
        let some_value = Accumulator::Constant { value: 1.0, count: 1 };
        for (place, cell) in self.cells.iter().enumerate() {
            let is_whole = cell.is_empty() || cell.is_always_zero() || keeps(place);
            let written = if is_whole { cell } else { &some_value };
            out = postcard::to_io(written, out).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Reads the statistics of so many cells over at most `draws` draws.
    ///
    /// # Errors
    /// When the bytes end early or are no such statistics.
    pub fn read_from(mut from: &mut dyn Read, cells: usize, draws: u64) -> io::Result<Self> {
        // Not with room for all: the number of cells may be that of a damaged file.
        let mut found = Vec::new();
        for _ in 0..cells {
            // Numbers are read through this.
            let mut room = [0; size_of::<f64>()];
            let (cell, (rest, _)) = postcard::from_io::<Accumulator, _>((from, &mut room)).map_err(io::Error::other)?;
            if !cell.is_sound(draws) {
                return Err(io::Error::other("statistics that no draws have"));
            }
            from = rest;
            found.push(cell);
        }
        Ok(Self { cells: found })
    }

    /// Whether a cell has values and all are zero.
    pub fn is_always_zero(&self, cell: usize) -> bool {
        self.cell(cell).is_always_zero()
    }
}

impl Merge for Collected {
    /// # Panics
    ///
    /// If the other has other cells.
    fn merge(&mut self, later: &Self) {
        assert_eq!(self.cells(), later.cells(), "statistics of other cells");
        let cells = self.cells.iter_mut().zip(&later.cells);
        cells.for_each(|(cell, later)| cell.merge(later));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::width::testing::widths_to_compare;
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
                .for_each(|(index, values)| collector.absorb(*index, &DrawMatrix::from(values.view())));
        });
        collector.finish()
    }

    /// All that was collected, to the bit.
    fn bits(collected: &Collected) -> Vec<Vec<Option<u64>>> {
        let cells = 0..collected.cells();
        cells
            .map(|cell| {
                let below = collected.share_below_zero(cell);
                let numbers = collected.summary(cell).values().into_iter().chain([below]);
                let counts = [collected.moments(cell).count, u64::from(collected.is_always_zero(cell))];
                numbers
                    .map(|number| number.map(f64::to_bits))
                    .chain(counts.map(Some))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_cell_gets_its_own_column_over_shards() {
        let (draws, cells) = (512, SHARDS * 19 - 5);
        let values = Array2::from_shape_fn((draws, cells), |(draw, cell)| {
            (draw * 37 % 101 * (cell + 1)) as f64 - 900.0
        });
        let collected = collect(&[(0, values.clone())], cells, 1);
        for (cell, column) in values.columns().into_iter().enumerate() {
            let mut expected = Accumulator::default();
            expected.add_group(&column.to_vec());
            assert_eq!(collected.summary(cell), Summary::of_accumulator(&expected));
        }
    }

    #[test]
    fn registers_of_any_width_collect_the_same() {
        let value = |draw: usize, cell: usize| match (draw * 31 + cell * 17) % (5 + cell % 90) {
            0 if cell.is_multiple_of(3) => f64::NAN,
            1 if cell.is_multiple_of(4) => f64::INFINITY,
            2 if cell.is_multiple_of(5) => 0.0,
            3 if cell.is_multiple_of(7) => -1e-3 * draw as f64,
            _ if cell.is_multiple_of(11) => 0.1,
            place => 1e3 + (place * (draw + 1)) as f64 / 7.0,
        };
        let collect = |width: Width| {
            let collector = Collector::with_width(0..700, width);
            for (strip, draws) in [32, 32, 19, 32].into_iter().enumerate() {
                let values = Array2::from_shape_fn((draws, 700), |(draw, cell)| value(32 * strip + draw, cell));
                collector.absorb(strip, &DrawMatrix::from(values.view()));
            }
            bits(&collector.finish())
        };
        let expected = collect(Width::BASELINE);
        for width in widths_to_compare() {
            assert!(collect(width) == expected, "{width}");
        }
    }

    #[test]
    fn what_is_written_and_read_merges_to_the_same_bits() {
        let value = |draw: usize, cell: usize| match cell % 5 {
            0 => f64::NAN,
            1 => 0.0,
            2 => 3.5,
            3 => ((draw * 37 + cell) % 101) as f64 - 50.0,
            _ => 1e6 * (draw as f64 + 0.1),
        };
        let draws = |first: usize| Array2::from_shape_fn((32, 300), |(draw, cell)| value(first + draw, cell));
        let whole = collect(&[(0, draws(0)), (1, draws(32)), (2, draws(64))], 300, 1);
        let stored = |blocks: &[(usize, Array2<f64>)]| {
            let mut bytes = Vec::new();
            collect(blocks, 300, 1).write_to(&mut bytes, |_| true).unwrap();
            Collected::read_from(&mut bytes.as_slice(), 300, 96).unwrap()
        };
        let mut joined = stored(&[(1, draws(32)), (2, draws(64))]);
        joined.merge(&stored(&[(0, draws(0))]));
        assert!(bits(&joined) == bits(&whole));
        let mut bytes = Vec::new();
        whole.write_to(&mut bytes, |cell| cell >= 200).unwrap();
        let part = Collected::read_from(&mut bytes.as_slice(), 300, 96).unwrap();
        assert!(bits(&part)[200..] == bits(&whole)[200..]);
        let zeros =
            |collected: &Collected| -> Vec<bool> { (0..300).map(|cell| collected.is_always_zero(cell)).collect() };
        assert_eq!(zeros(&part), zeros(&whole));
        // Cut off, and with more values than draws.
        assert!(Collected::read_from(&mut &bytes[..bytes.len() - 1], 300, 96).is_err());
        assert!(Collected::read_from(&mut bytes.as_slice(), 300, 95).is_err());
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
