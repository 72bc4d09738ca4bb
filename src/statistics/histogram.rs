//! A histogram with bins that follow from the range of its values: a mergeable sketch for quantiles.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::bin_counts::BinCounts;
use super::binning::Binning;
use super::{Merge, all};

/// Counts of values in bins between the smallest and the largest of them, and at zero.
///
/// Bins are those of a `Binning`: up to 128 for values of one sign within an octave or sixteen, 8 per octave beyond.
/// They follow from the values alone, and counts are integers: merging is exact, and the order of insertions and merges
/// has no influence on any result. The smallest and largest value are exact, and bound every quantile.
///
/// Values are finite: a NaN or an infinity must never be inserted. There may be 2^32 - 1 of them. A quantile is off by
/// the width of a bin at most.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "SparseHistogram", try_from = "SparseHistogram")]
pub struct Histogram {
    /// Smallest and largest value other than zero; plus and minus infinity if there is none.
    low: f64,
    high: f64,
    zeros: u32,
    bins: BinCounts,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            zeros: 0,
            bins: BinCounts::default(),
        }
    }
}

impl Histogram {
    /// Adds finite values. Negative zeros count as zero.
    #[inline(always)]
    pub fn insert_all(&mut self, values: &[f64]) {
        debug_assert!(values.iter().all(|value| value.is_finite()), "a value has no bin");
        let zeros = values.iter().map(|value| u64::from(*value == 0.0)).sum::<u64>() as u32;
        self.zeros += zeros;
        if !self.are_within(values) {
            self.widen_to(values);
        }
        // Reserves room for all of them in any one bin, so that the loop needs no check.
        self.bins.reserve(values.len() as u32);
        match &mut self.bins {
            BinCounts::Inline(inline) => inline.insert(values, self.high < 0.0, zeros),
            BinCounts::Heap(_) => self.insert_one_by_one(values),
        }
    }

    /// Whether all values but zeros are within the range.
    #[inline(always)]
    fn are_within(&self, values: &[f64]) -> bool {
        let range = self.low..=self.high;
        all(values, |value| range.contains(&value) || value == 0.0)
    }

    #[inline(never)]
    fn insert_one_by_one(&mut self, values: &[f64]) {
        let binning = Binning::of(self.low, self.high);
        for value in values.iter().filter(|value| **value != 0.0) {
            self.bins.add(binning.bin(*value), 1);
        }
    }

    /// Adds a finite value `times` times.
    pub fn insert_times(&mut self, value: f64, times: u32) {
        if value == 0.0 {
            self.zeros += times;
        } else if times > 0 {
            self.widen(self.low.min(value), self.high.max(value));
            self.bins.add(Binning::of(self.low, self.high).bin(value), times);
        }
    }

    /// Number of values.
    pub fn len(&self) -> u64 {
        u64::from(self.zeros) + self.bins.total()
    }

    /// Whether nothing was inserted.
    pub fn is_empty(&self) -> bool {
        self.zeros == 0 && self.has_only_zeros()
    }

    /// Whether there are values and all are zero.
    pub fn is_always_zero(&self) -> bool {
        self.zeros > 0 && self.has_only_zeros()
    }

    fn has_only_zeros(&self) -> bool {
        self.low > self.high
    }

    /// Share of the values that are below zero; `None` without values.
    pub fn share_below_zero(&self) -> Option<f64> {
        (!self.is_empty()).then(|| self.below_zero() as f64 / self.len() as f64)
    }

    fn below_zero(&self) -> u64 {
        let negative = self.in_bins().take_while(|(bin, _)| *bin < 0);
        negative.map(|(_, count)| u64::from(count)).sum()
    }

    /// The order statistic of rank ceil(p n), at least 1, for p in [0, 1], up to the width of its bin, in which values
    /// are taken to lie evenly; `None` without values.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.quantiles([p]).map(|[quantile]| quantile)
    }

    /// As [`quantile`](Self::quantile) for several levels in ascending order, in one pass over the bins.
    pub fn quantiles<const N: usize>(&self, levels: [f64; N]) -> Option<[f64; N]> {
        debug_assert!(levels.is_sorted(), "levels in ascending order");
        let count = self.len();
        if count == 0 {
            return None;
        }
        let (below, zeros) = (self.below_zero(), u64::from(self.zeros));
        let mut bins = CountedBins::new(self);
        Some(levels.map(|p| {
            // Zeros are in no bin, so ranks go through negative values, zeros and positive values in turn.
            let rank = ((p * count as f64).ceil() as u64).clamp(1, count);
            if rank <= below {
                bins.value_of_rank(rank)
            } else if rank <= below + zeros {
                0.0
            } else {
                bins.value_of_rank(rank - zeros)
            }
        }))
    }

    /// The bins with their counts, in the order of values.
    fn in_bins(&self) -> impl Iterator<Item = (i64, u32)> {
        let range =
            (!self.has_only_zeros()).then(|| bins_between(&Binning::of(self.low, self.high), self.low, self.high));
        range.into_iter().flatten().map(|bin| (bin, self.bins.count(bin)))
    }

    /// Makes room for values beyond the range.
    #[inline(never)]
    fn widen_to(&mut self, values: &[f64]) {
        let (low, high) = range_without_zero(values);
        self.widen(self.low.min(low), self.high.max(high));
    }

    /// Makes room for values from `low` to `high`, which contain the range so far. Bins are rebuilt only if they become
    /// coarser or run out of places.
    fn widen(&mut self, low: f64, high: f64) {
        let binning = Binning::of(low, high);
        let range = bins_between(&binning, low, high);
        let bins = (range.end() - range.start() + 1) as usize;
        if self.has_only_zeros() {
            self.bins = self.bins.renewed(&binning, bins);
        } else if bins > self.bins.places() || Binning::of(self.low, self.high) != binning {
            let mut wider = self.bins.renewed(&binning, bins);
            self.add_to(&mut wider, &binning);
            self.bins = wider;
        }
        (self.low, self.high) = (low, high);
    }

    /// Adds all counts to the bins of a wider range.
    fn add_to(&self, bins: &mut BinCounts, binning: &Binning) {
        let finer = Binning::of(self.low, self.high);
        for (bin, count) in self.in_bins().filter(|(_, count)| *count > 0) {
            bins.add(binning.bin_holding(&finer, bin), count);
        }
    }
}

impl Merge for Histogram {
    fn merge(&mut self, later: &Self) {
        self.zeros += later.zeros;
        if later.has_only_zeros() {
            return;
        }
        self.widen(self.low.min(later.low), self.high.max(later.high));
        later.add_to(&mut self.bins, &Binning::of(self.low, self.high));
    }
}

/// Goes through the bins of a histogram, in the order of values.
struct CountedBins<'h> {
    histogram: &'h Histogram,
    binning: Binning,
    /// The bins that come next.
    next: RangeInclusive<i64>,
    /// The bin at hand and its count; before the first there is none.
    bin: i64,
    count: u32,
    /// Values in the bins before it.
    before: u64,
}

impl<'h> CountedBins<'h> {
    fn new(histogram: &'h Histogram) -> Self {
        let binning = Binning::of(histogram.low, histogram.high);
        #[allow(
            clippy::reversed_empty_ranges,
            reason = "without values other than zero there are no bins"
        )]
        let none = 1..=0;
        Self {
            next: if histogram.has_only_zeros() {
                none
            } else {
                bins_between(&binning, histogram.low, histogram.high)
            },
            histogram,
            binning,
            bin: i64::MIN,
            count: 0,
            before: 0,
        }
    }

    /// The value of a rank, counted from 1, among the values in bins; ranks come in ascending order. Values are taken to lie
    /// evenly in their bin, each in the middle of its share.
    fn value_of_rank(&mut self, rank: u64) -> f64 {
        while rank > self.before + u64::from(self.count) {
            self.before += u64::from(self.count);
            let Some(bin) = self.next.next() else {
                unreachable!("rank {rank} of {} values", self.before);
            };
            (self.bin, self.count) = (bin, self.histogram.bins.count(bin));
        }
        let (lower, upper) = self.binning.bounds(self.bin);
        // The outermost bins may reach beyond the values.
        let (lower, upper) = (lower.max(self.histogram.low), upper.min(self.histogram.high));
        let share = ((rank - self.before) as f64 - 0.5) / f64::from(self.count);
        (lower + (upper - lower) * share).clamp(lower, upper)
    }
}

/// A histogram in a file: bins without values are left out.
#[derive(Serialize, Deserialize)]
struct SparseHistogram {
    low: f64,
    high: f64,
    zeros: u32,
    /// Places after the bin of `low`, with their counts.
    bins: Vec<(u32, u32)>,
}

impl From<Histogram> for SparseHistogram {
    fn from(histogram: Histogram) -> Self {
        let bins = histogram.in_bins().zip(0..);
        let bins = bins.filter(|((_, count), _)| *count > 0);
        Self {
            low: histogram.low,
            high: histogram.high,
            zeros: histogram.zeros,
            bins: bins.map(|((_, count), place)| (place, count)).collect(),
        }
    }
}

impl TryFrom<SparseHistogram> for Histogram {
    type Error = &'static str;

    fn try_from(sparse: SparseHistogram) -> Result<Self, Self::Error> {
        let SparseHistogram { low, high, zeros, bins } = sparse;
        let mut histogram = Self {
            zeros,
            ..Self::default()
        };
        if bins.is_empty() {
            return Ok(histogram);
        }
        let is_end = |value: f64| value.is_finite() && value != 0.0;
        if !(is_end(low) && is_end(high) && low <= high) {
            return Err("a histogram has no range");
        }
        histogram.widen(low, high);
        let range = bins_between(&Binning::of(low, high), low, high);
        let mut left = u32::MAX - zeros;
        for (place, count) in bins {
            let bin = range.start() + i64::from(place);
            left = left.checked_sub(count).ok_or("a histogram counts too many values")?;
            if !range.contains(&bin) {
                return Err("a histogram counts values beyond its range");
            }
            histogram.bins.add(bin, count);
        }
        Ok(histogram)
    }
}

/// The numbers of the bins of a range.
fn bins_between(binning: &Binning, low: f64, high: f64) -> RangeInclusive<i64> {
    binning.bin(low)..=binning.bin(high)
}

/// The smallest and the largest of some values other than zero; infinite where there is none. Eight running minima and
/// maxima side by side, so that none waits for the comparison before.
#[inline]
fn range_without_zero(values: &[f64]) -> (f64, f64) {
    const STRANDS: usize = 8;
    let (mut lows, mut highs) = ([f64::INFINITY; STRANDS], [f64::NEG_INFINITY; STRANDS]);
    let (chunks, rest) = values.as_chunks::<STRANDS>();
    for chunk in chunks.iter().map(|chunk| &chunk[..]).chain([rest]) {
        for ((low, high), &value) in lows.iter_mut().zip(&mut highs).zip(chunk) {
            let exists = value != 0.0;
            let (or_low, or_high) = (if exists { value } else { *low }, if exists { value } else { *high });
            // Not `f64::min`, which is slower because it handles NaN; no value is NaN.
            *low = if or_low < *low { or_low } else { *low };
            *high = if or_high > *high { or_high } else { *high };
        }
    }
    let low = lows.iter().fold(f64::INFINITY, |low, strand| low.min(*strand));
    let high = highs.iter().fold(f64::NEG_INFINITY, |high, strand| high.max(*strand));
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVELS: [f64; 8] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0];

    fn histogram(values: &[f64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.chunks(16).for_each(|values| histogram.insert_all(values));
        histogram
    }

    /// All that can be asked of counts, to the bit.
    fn answers(histogram: &Histogram) -> (u64, Option<f64>, bool, Vec<Option<u64>>) {
        let quantiles = LEVELS.map(|p| histogram.quantile(p).map(f64::to_bits));
        (
            histogram.len(),
            histogram.share_below_zero(),
            histogram.is_always_zero(),
            quantiles.to_vec(),
        )
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(answers(&histogram(&[])), (0, None, false, vec![None; LEVELS.len()]));
    }

    #[test]
    fn a_constant_is_exact() {
        for constant in [0.1, -7.3e-12, 0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            let histogram = histogram(&[constant; 1000]);
            assert!(
                LEVELS.iter().all(|&p| histogram.quantile(p) == Some(constant)),
                "{constant}"
            );
        }
    }

    #[test]
    fn negative_zero_counts_as_zero() {
        let histogram = histogram(&[-0.0, -0.0]);
        assert_eq!(histogram.quantile(0.5).map(f64::to_bits), Some(0));
        assert_eq!(histogram.share_below_zero(), Some(0.0));
        assert!(histogram.is_always_zero());
    }

    #[test]
    fn shares_and_ranks_run_from_negative_to_positive() {
        let histogram = histogram(&[4.0, -1.0, 0.0, -2.0]);
        assert_eq!(histogram.share_below_zero(), Some(0.5));
        assert!(!histogram.is_always_zero());
        let near = |p, value: f64| (histogram.quantile(p).unwrap() - value).abs() <= value.abs() / 8.0;
        assert!(near(0.25, -2.0) && near(0.26, -1.0) && near(0.75, 0.0) && near(0.76, 4.0));
    }

    #[test]
    fn a_bin_holds_more_than_two_bytes() {
        let mut many = histogram(&[1.0, 3.0]);
        many.insert_all(&[1.0; 700]);
        many.insert_times(3.0, 70_000);
        many.merge(&many.clone());
        assert_eq!(many.len(), 141_404);
        assert!((many.quantile(1402.0 / 141_404.0).unwrap() - 1.0).abs() < 0.02);
        assert!((many.quantile(1403.0 / 141_404.0).unwrap() - 3.0).abs() < 0.02);
    }

    #[test]
    fn a_cell_of_ten_thousand_draws_takes_a_few_hundred_bytes() {
        let mut stream = 0.5_f64;
        let mut uniform = || {
            stream = (stream * 9821.0 + 0.211_327).fract();
            stream
        };
        // Sums of twelve uniform numbers are near enough to normal ones.
        let draws = std::iter::repeat_with(|| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).take(1_024);
        let values: Vec<f64> = draws.map(|normal| crate::math::exp(0.3 * normal)).collect();
        let mut histogram = Histogram::default();
        values.chunks(32).for_each(|group| histogram.insert_all(group));
        assert!(matches!(histogram.bins, BinCounts::Inline(_)));
        assert!(size_of::<Histogram>() <= 160);
    }

    #[test]
    fn a_quantile_is_off_by_little_beside_what_chance_leaves_open() {
        // Evenly spread probabilities in place of draws: quantiles of a lognormal as 10,000 draws would have them.
        for sigma in [0.01, 0.3, 2.0] {
            let value = |p: f64| crate::math::exp(sigma * crate::random::standard_normal_quantile(p));
            let values: Vec<f64> = (0..10_000).map(|draw| value((f64::from(draw) + 0.5) / 1e4)).collect();
            let histogram = histogram(&values);
            // Standard error of a quantile of 10,000 draws: sqrt(p (1 - p)) / (100 density).
            for (p, error) in [
                (0.05, 0.0211),
                (0.25, 0.0136),
                (0.5, 0.0125),
                (0.75, 0.0136),
                (0.95, 0.0211),
            ] {
                let gap = (histogram.quantile(p).unwrap() / value(p) - 1.0).abs();
                assert!(gap <= 0.25 * error * sigma, "{gap} at {p} for {sigma}");
            }
        }
    }

    fn value() -> impl Strategy<Value = f64> {
        let normal = prop::num::f64::NORMAL;
        prop_oneof![Just(0.0), Just(-0.0), Just(1.5), -2.0..2.0, 900.0..1100.0, normal]
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        prop_oneof![
            prop::collection::vec(value(), 1..400),
            prop::collection::vec(900.0..1100.0, 1..400),
            prop::collection::vec(1e-3..1e3, 1..400),
        ]
    }

    /// How far a quantile of these values may be from the order statistic.
    fn bound(values: &[f64], exact: f64) -> f64 {
        let other = |value: &&f64| **value != 0.0;
        let low = values.iter().filter(other).copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().filter(other).copied().fold(f64::NEG_INFINITY, f64::max);
        let largest = low.abs().max(high.abs());
        let octaves = (largest / low.abs().min(high.abs())).log2();
        if low * high > 0.0 && octaves <= 1.0 {
            // A 64th of the range, or a 32nd where bins of the two octaves differ in width.
            (high - low) / 32.0
        } else {
            (exact.abs() / 8.0).max(largest / 32_768.0)
        }
    }

    proptest! {
        #[test]
        fn a_quantile_is_within_a_bin_of_the_order_statistic(mut values in values(), p in 0.0..=1.0) {
            let histogram = histogram(&values);
            values.sort_by(f64::total_cmp);
            for p in LEVELS.into_iter().chain([p]) {
                let rank = ((p * values.len() as f64).ceil() as usize).max(1);
                let (exact, quantile) = (values[rank - 1], histogram.quantile(p).unwrap());
                prop_assert!((quantile - exact).abs() <= bound(&values, exact), "{} for {}", quantile, exact);
                prop_assert!(values[0] <= quantile && quantile <= values[values.len() - 1]);
            }
        }

        #[test]
        fn merged_parts_answer_as_the_whole_in_any_order(values in values(), cut: prop::sample::Index) {
            let (earlier, later) = values.split_at(cut.index(values.len()));
            let whole = answers(&histogram(&values));
            for (first, second) in [(earlier, later), (later, earlier)] {
                let mut merged = histogram(first);
                merged.merge(&histogram(second));
                prop_assert_eq!(&answers(&merged), &whole);
            }
        }

        #[test]
        fn the_order_of_insertion_does_not_matter(values in values().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))) {
            let (ordered, shuffled) = values;
            prop_assert_eq!(answers(&histogram(&ordered)), answers(&histogram(&shuffled)));
        }
    }
}
