//! Storage for the bin counts of a histogram: a ring of places, inline in the accumulator or on the heap.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use super::binning::Binning;

/// Bins that are stored inline: as many as values within some sixteen octaves have, see [`Binning::BINS`].
const INLINE_BINS: usize = Binning::BINS as usize;

/// Counts of neighbouring bins. A bin is stored at its number modulo the number of places, so that a wider range leaves
/// known bins where they are.
#[derive(Clone, Debug)]
pub enum BinCounts {
    Inline(InlineCounts),
    /// Binnings of more bins or with bins of equal width, and counts beyond one byte.
    Heap(HeapCounts),
}

/// The bins of a binning that only divides octaves: the bin of a value is a shift of its bits.
///
/// Counts have one byte: values that spread over their bins fill one only after some thousand draws.
#[derive(Clone, Debug)]
pub struct InlineCounts {
    shift: u8,
    /// A lower bound on the number of values that can be added before any bin overflows.
    spare: u8,
    counts: [u8; INLINE_BINS],
}

/// Bins on the heap, whose counts have as many bytes as they need.
#[derive(Clone, Debug)]
pub enum HeapCounts {
    /// With a lower bound on the number of values that can be added before any bin overflows.
    Narrow(Box<[u16]>, u16),
    Wide(Box<[u32]>),
}

impl Default for BinCounts {
    fn default() -> Self {
        Self::Inline(InlineCounts::new(0))
    }
}

impl BinCounts {
    /// Empty bins for a binning, `bins` of them in use.
    pub fn new(binning: &Binning, bins: usize) -> Self {
        match binning.octave_shift() {
            Some(shift) if bins <= INLINE_BINS => Self::Inline(InlineCounts::new(shift)),
            _ => Self::Heap(HeapCounts::narrow(bins)),
        }
    }

    /// Empty bins as [`new`](Self::new) would make them, but no narrower than these: counts that have outgrown their bytes do so
    /// again.
    pub fn renewed(&self, binning: &Binning, bins: usize) -> Self {
        match self {
            Self::Inline(_) => Self::new(binning, bins),
            Self::Heap(HeapCounts::Narrow(..)) => Self::Heap(HeapCounts::narrow(bins)),
            Self::Heap(HeapCounts::Wide(_)) => Self::Heap(HeapCounts::Wide(places(bins))),
        }
    }

    /// Number of places: so many neighbouring bins do not share any.
    pub fn places(&self) -> usize {
        match self {
            Self::Inline(_) => INLINE_BINS,
            Self::Heap(HeapCounts::Narrow(counts, _)) => counts.len(),
            Self::Heap(HeapCounts::Wide(counts)) => counts.len(),
        }
    }

    /// Adds `times` to a bin.
    pub fn add(&mut self, bin: i64, times: u32) {
        self.reserve(times);
        match self {
            Self::Inline(inline) => {
                inline.counts[bin as usize % INLINE_BINS] += times as u8;
                inline.spare -= times as u8;
            }
            Self::Heap(HeapCounts::Narrow(counts, spare)) => {
                counts[bin as usize & (counts.len() - 1)] += times as u16;
                *spare -= times as u16;
            }
            Self::Heap(HeapCounts::Wide(counts)) => counts[bin as usize & (counts.len() - 1)] += times,
        }
    }

    /// Makes sure that so many values can be added to any bin without overflow.
    #[inline(always)]
    pub fn reserve(&mut self, times: u32) {
        let spare = match self {
            Self::Inline(inline) => inline.spare.into(),
            Self::Heap(HeapCounts::Narrow(_, spare)) => (*spare).into(),
            Self::Heap(HeapCounts::Wide(_)) => return,
        };
        if times > spare {
            self.make_spare(times);
        }
    }

    /// Finds the true spare room of the fullest bin; takes more bytes a bin if that is too little.
    #[cold]
    #[inline(never)]
    fn make_spare(&mut self, times: u32) {
        if let Self::Inline(inline) = self {
            inline.spare = u8::MAX - inline.counts.iter().copied().fold(0, u8::max);
            if times <= inline.spare.into() {
                return;
            }
            let counts = inline.counts.iter().map(|&count| count.into());
            *self = Self::Heap(HeapCounts::Narrow(counts.collect(), 0));
        }
        if let Self::Heap(HeapCounts::Narrow(counts, spare)) = self {
            *spare = u16::MAX - counts.iter().copied().fold(0, u16::max);
            if times > (*spare).into() {
                let counts = counts.iter().map(|&count| count.into());
                *self = Self::Heap(HeapCounts::Wide(counts.collect()));
            }
        }
    }

    /// The count of a bin.
    pub fn count(&self, bin: i64) -> u32 {
        match self {
            Self::Inline(inline) => inline.counts[bin as usize % INLINE_BINS].into(),
            Self::Heap(HeapCounts::Narrow(counts, _)) => counts[bin as usize & (counts.len() - 1)].into(),
            Self::Heap(HeapCounts::Wide(counts)) => counts[bin as usize & (counts.len() - 1)],
        }
    }

    /// Number of values in all bins.
    pub fn total(&self) -> u64 {
        match self {
            Self::Inline(inline) => inline.counts.iter().copied().map(u64::from).sum(),
            Self::Heap(HeapCounts::Narrow(counts, _)) => counts.iter().copied().map(u64::from).sum(),
            Self::Heap(HeapCounts::Wide(counts)) => counts.iter().copied().map(u64::from).sum(),
        }
    }
}

impl HeapCounts {
    fn narrow(bins: usize) -> Self {
        Self::Narrow(places(bins), u16::MAX)
    }
}

/// Empty places for so many bins.
fn places<C: Clone + Default>(bins: usize) -> Box<[C]> {
    vec![C::default(); bins.next_power_of_two()].into()
}

impl InlineCounts {
    fn new(shift: u32) -> Self {
        Self {
            shift: shift as u8,
            spare: u8::MAX,
            counts: [0; INLINE_BINS],
        }
    }

    /// Adds values of one sign, of which `zeros` are zero. The caller has reserved them. This is the innermost loop of
    /// all statistics.
    #[inline(always)]
    pub fn insert(&mut self, values: &[f64], are_negative: bool, zeros: u32) {
        // The bin of a value below zero has the bits of its magnitude's bin inverted.
        let inverted = if are_negative { u64::MAX } else { 0 };
        let (shift, mask) = (self.shift, INLINE_BINS as u64 - 1);
        let place = |value: f64| ((value.to_bits() >> shift) ^ inverted) & mask;
        let (chunks, rest) = values.as_chunks::<8>();
        for chunk in chunks {
            for place in chunk.map(place) {
                self.counts[place as usize] += 1;
            }
        }
        rest.iter().for_each(|&value| self.counts[place(value) as usize] += 1);
        // Zeros have no bin, but the loop has no branch to skip them, so their counts are taken back here.
        self.counts[place(0.0) as usize] -= zeros as u8;
        self.spare -= values.len() as u8;
    }
}
