//! Counts of values in narrow bins, for quantiles that merge exactly.

use super::Merge;

/// Bits of a double below the ones that name its bin: 12 of sign and exponent and 8 of the fraction remain.
const DROPPED_BITS: u32 = 44;

/// Bins of a page: a quarter of an octave, and a cache line of bytes.
const PAGE_BINS: usize = 64;

/// How often values fell in each of 256 bins per octave, for either sign, and at zero.
///
/// The middle of a bin lies within 1/512 (0.2%) of every value in it (subnormal values apart, below 1e-307). Counts are
/// integers: merging is exact, and the order of insertions and merges has no influence on any result. The smallest and
/// largest value are exact, and bound every quantile, so the quantiles of a constant are exact.
///
/// Values are finite: a NaN or an infinity must never be inserted. A bin holds up to 2^32 - 1 values.
#[derive(Clone, Debug)]
pub struct Counts {
    min: f64,
    max: f64,
    zeros: u64,
    positive: Bins,
    negative: Bins,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            zeros: 0,
            positive: Bins::default(),
            negative: Bins::default(),
        }
    }
}

impl Counts {
    /// Adds a finite value; negative zero counts as zero.
    pub fn insert(&mut self, value: f64) {
        self.insert_all(&[value]);
    }

    /// Adds finite values; negative zeros count as zero.
    pub fn insert_all(&mut self, values: &[f64]) {
        // Two loops, so that the bounds of the first stay in registers.
        for &value in values {
            debug_assert!(value.is_finite(), "{value} has no bin");
            self.widen(value, value);
        }
        for &value in values {
            if value > 0.0 {
                self.positive.increment(bin_of(value));
            } else if value < 0.0 {
                self.negative.increment(bin_of(value));
            } else {
                self.zeros += 1;
            }
        }
    }

    /// Number of values.
    pub fn len(&self) -> u64 {
        self.negative.len() + self.zeros + self.positive.len()
    }

    /// Whether nothing was inserted.
    pub fn is_empty(&self) -> bool {
        self.min > self.max
    }

    /// The order statistic of rank ceil(p n), at least 1, for p in [0, 1], within 0.2%; `None` without values.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        let (below, count) = (self.negative.len(), self.len());
        let rank = ((p * count as f64).ceil() as u64).clamp(1, count);
        let value = if rank <= below {
            // The lowest value has the largest magnitude.
            -middle_of(self.negative.bin_of_rank(below - rank + 1))
        } else if rank <= below + self.zeros {
            0.0
        } else {
            middle_of(self.positive.bin_of_rank(rank - below - self.zeros))
        };
        Some(value.clamp(self.min, self.max))
    }

    /// Share of the values below zero; `None` without values.
    pub fn share_below_zero(&self) -> Option<f64> {
        (!self.is_empty()).then(|| self.negative.len() as f64 / self.len() as f64)
    }

    /// Whether there are values and all are zero.
    pub fn is_always_zero(&self) -> bool {
        (self.min, self.max) == (0.0, 0.0)
    }

    #[inline]
    fn widen(&mut self, min: f64, max: f64) {
        // Adding zero turns -0 into 0. `f64::min` would care for NaN, at a price.
        let (min, max) = (min + 0.0, max + 0.0);
        self.min = if min < self.min { min } else { self.min };
        self.max = if max > self.max { max } else { self.max };
    }
}

impl Merge for Counts {
    fn merge(&mut self, later: &Self) {
        self.widen(later.min, later.max);
        self.zeros += later.zeros;
        self.positive.merge(&later.positive);
        self.negative.merge(&later.negative);
    }
}

/// The bin of a value that is not zero, by its magnitude. Bins of larger magnitudes have larger numbers.
#[inline]
fn bin_of(value: f64) -> u32 {
    (value.abs().to_bits() >> DROPPED_BITS) as u32
}

/// The magnitude in the middle of a bin.
fn middle_of(bin: u32) -> f64 {
    f64::from_bits(u64::from(bin) << DROPPED_BITS | 1 << (DROPPED_BITS - 1))
}

/// Counts by bin, for the values of one sign.
#[derive(Clone, Debug)]
enum Bins {
    /// At most one bin is in use. Many cells are constant, or never have one of the signs: they need no page.
    One {
        bin: u32,
        count: u32,
    },
    Many(Pages),
}

impl Default for Bins {
    fn default() -> Self {
        Self::One { bin: 0, count: 0 }
    }
}

impl Bins {
    #[inline]
    fn increment(&mut self, bin: u32) {
        match self {
            Self::Many(pages) => pages.increment(bin),
            Self::One { .. } => self.add(bin, 1),
        }
    }

    #[inline(never)]
    fn add(&mut self, bin: u32, times: u32) {
        match self {
            Self::Many(pages) => pages.add(bin, times),
            Self::One { bin: only, count } if *count == 0 || *only == bin => {
                *only = bin;
                *count += times;
            }
            Self::One { bin: only, count } => {
                let mut pages = Pages::default();
                pages.add(*only, *count);
                pages.add(bin, times);
                *self = Self::Many(pages);
            }
        }
    }

    fn merge(&mut self, later: &Self) {
        match later {
            Self::One { count: 0, .. } => {}
            Self::One { bin, count } => self.add(*bin, *count),
            Self::Many(pages) => pages.for_each(|bin, count| self.add(bin, count)),
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::One { count, .. } => u64::from(*count),
            Self::Many(pages) => pages.numbered().map(|(_, page)| page.len()).sum(),
        }
    }

    /// The bin of the value with this rank by magnitude, from 1 to `len`.
    fn bin_of_rank(&self, rank: u64) -> u32 {
        match self {
            Self::One { bin, .. } => *bin,
            Self::Many(pages) => pages.bin_of_rank(rank),
        }
    }
}

/// Counts in pages of neighbouring bins, allocated on demand.
#[derive(Clone, Debug, Default)]
struct Pages {
    /// Number of the page in slot 0.
    first: usize,
    /// From the lowest to the highest page in use.
    slots: Vec<Option<Page>>,
}

impl Pages {
    /// Adds one to a bin: the inner loop of it all, so the common case is short and inline.
    #[inline]
    fn increment(&mut self, bin: u32) {
        let (number, place) = place_of(bin);
        // Below the first page the difference wraps round, beyond the last slot.
        match self.slots.get_mut(number.wrapping_sub(self.first)) {
            Some(Some(Page::Narrow(counts))) if counts[place] < u8::MAX => counts[place] += 1,
            Some(Some(Page::Wide(counts))) => counts[place] += 1,
            _ => self.add(bin, 1),
        }
    }

    #[inline(never)]
    fn add(&mut self, bin: u32, times: u32) {
        let (number, place) = place_of(bin);
        self.slot(number).get_or_insert_with(Page::default).add(place, times);
    }

    /// The slot of a page, extending the range of slots to it.
    fn slot(&mut self, number: usize) -> &mut Option<Page> {
        if self.slots.is_empty() {
            self.first = number;
        }
        if number < self.first {
            self.slots.splice(..0, (number..self.first).map(|_| None));
            self.first = number;
        }
        let slot = number - self.first;
        if slot >= self.slots.len() {
            self.slots.resize(slot + 1, None);
        }
        &mut self.slots[slot]
    }

    /// Calls `visit(bin, count)` for each bin in use, from small to large magnitudes.
    fn for_each(&self, mut visit: impl FnMut(u32, u32)) {
        for (number, page) in self.numbered() {
            for place in 0..PAGE_BINS {
                let count = page.count(place);
                if count > 0 {
                    visit(bin_at(number, place), count);
                }
            }
        }
    }

    fn bin_of_rank(&self, rank: u64) -> u32 {
        let mut before = 0;
        for (number, page) in self.numbered() {
            let through_page = before + page.len();
            if rank > through_page {
                before = through_page;
                continue;
            }
            for place in 0..PAGE_BINS {
                before += u64::from(page.count(place));
                if rank <= before {
                    return bin_at(number, place);
                }
            }
        }
        unreachable!("rank {rank} of {before} values")
    }

    /// The pages in use with their numbers.
    fn numbered(&self) -> impl Iterator<Item = (usize, &Page)> {
        (self.first..)
            .zip(&self.slots)
            .filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
    }
}

/// The number of the page of a bin, and the place in it.
#[inline]
fn place_of(bin: u32) -> (usize, usize) {
    (bin as usize / PAGE_BINS, bin as usize % PAGE_BINS)
}

fn bin_at(page_number: usize, place: usize) -> u32 {
    (page_number * PAGE_BINS + place) as u32
}

/// Counts of neighbouring bins. Few counts exceed a byte, and the time to count is the time to fetch the memory.
#[derive(Clone, Debug)]
enum Page {
    Narrow(Box<[u8; PAGE_BINS]>),
    Wide(Box<[u32; PAGE_BINS]>),
}

impl Default for Page {
    fn default() -> Self {
        Self::Narrow(Box::new([0; PAGE_BINS]))
    }
}

impl Page {
    fn add(&mut self, place: usize, times: u32) {
        let count = self.count(place) + times;
        match (&mut *self, u8::try_from(count)) {
            (Self::Wide(counts), _) => counts[place] = count,
            (Self::Narrow(counts), Ok(narrow)) => counts[place] = narrow,
            (Self::Narrow(counts), Err(_)) => {
                let mut wide = Box::new(counts.map(u32::from));
                wide[place] = count;
                *self = Self::Wide(wide);
            }
        }
    }

    #[inline]
    fn count(&self, place: usize) -> u32 {
        match self {
            Self::Narrow(counts) => u32::from(counts[place]),
            Self::Wide(counts) => counts[place],
        }
    }

    /// Number of values.
    fn len(&self) -> u64 {
        match self {
            Self::Narrow(counts) => counts.iter().map(|&count| u32::from(count)).sum::<u32>().into(),
            Self::Wide(counts) => counts.iter().map(|&count| u64::from(count)).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVELS: [f64; 8] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0];

    fn counts(values: &[f64]) -> Counts {
        let mut counts = Counts::default();
        counts.insert_all(values);
        counts
    }

    /// All that can be asked of counts, to the bit.
    fn answers(counts: &Counts) -> (u64, Option<f64>, bool, Vec<Option<u64>>) {
        let quantiles = LEVELS.map(|p| counts.quantile(p).map(f64::to_bits));
        (
            counts.len(),
            counts.share_below_zero(),
            counts.is_always_zero(),
            quantiles.to_vec(),
        )
    }

    fn has_pages(counts: &Counts) -> bool {
        [&counts.positive, &counts.negative]
            .iter()
            .any(|bins| matches!(bins, Bins::Many(_)))
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(answers(&counts(&[])), (0, None, false, vec![None; LEVELS.len()]));
    }

    #[test]
    fn a_constant_is_exact_and_needs_no_page() {
        for constant in [0.1, -7.3e-12, 0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            let counts = counts(&[constant; 1000]);
            assert!(LEVELS.iter().all(|&p| counts.quantile(p) == Some(constant)));
            assert!(!has_pages(&counts));
        }
    }

    #[test]
    fn negative_zero_counts_as_zero() {
        let counts = counts(&[-0.0, -0.0]);
        assert_eq!(counts.quantile(0.5).map(f64::to_bits), Some(0));
        assert_eq!(counts.share_below_zero(), Some(0.0));
        assert!(counts.is_always_zero());
    }

    #[test]
    fn shares_and_ranks_run_from_negative_to_positive() {
        let counts = counts(&[4.0, -1.0, 0.0, -2.0]);
        assert_eq!(counts.share_below_zero(), Some(0.5));
        assert!(!counts.is_always_zero());
        let near = |p, value: f64| (counts.quantile(p).unwrap() - value).abs() <= value.abs() / 512.0;
        assert!(near(0.25, -2.0) && near(0.26, -1.0) && near(0.75, 0.0) && near(0.76, 4.0));
    }

    #[test]
    fn a_bin_holds_more_than_a_byte() {
        let mut many = counts(&[1.0, 3.0]);
        many.insert_all(&[1.0; 700]);
        many.merge(&many.clone());
        assert_eq!(many.len(), 1404);
        assert_eq!(many.quantile(1402.0 / 1404.0), Some(1.0 + 1.0 / 512.0));
        assert_eq!(many.quantile(1403.0 / 1404.0), Some(3.0));
    }

    fn value() -> impl Strategy<Value = f64> {
        let normal = prop::num::f64::NORMAL;
        prop_oneof![Just(0.0), Just(-0.0), Just(1.5), -2.0..2.0, 900.0..1100.0, normal]
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(value(), 1..400)
    }

    proptest! {
        #[test]
        fn a_quantile_is_within_a_fifth_of_a_percent_of_the_order_statistic(mut values in values(), p in 0.0..=1.0) {
            let counts = counts(&values);
            values.sort_by(f64::total_cmp);
            for p in LEVELS.into_iter().chain([p]) {
                let rank = ((p * values.len() as f64).ceil() as usize).max(1);
                let (exact, quantile) = (values[rank - 1], counts.quantile(p).unwrap());
                prop_assert!((quantile - exact).abs() <= exact.abs() / 512.0, "{} for {}", quantile, exact);
                prop_assert!(values[0] <= quantile && quantile <= values[values.len() - 1]);
            }
        }

        #[test]
        fn merged_parts_answer_as_the_whole_in_any_order(values in values(), cut: prop::sample::Index) {
            let (earlier, later) = values.split_at(cut.index(values.len()));
            let whole = answers(&counts(&values));
            for (first, second) in [(earlier, later), (later, earlier)] {
                let mut merged = counts(first);
                merged.merge(&counts(second));
                prop_assert_eq!(&answers(&merged), &whole);
            }
        }

        #[test]
        fn the_order_of_insertion_does_not_matter(values in values().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))) {
            let (ordered, shuffled) = values;
            prop_assert_eq!(answers(&counts(&ordered)), answers(&counts(&shuffled)));
        }
    }
}
