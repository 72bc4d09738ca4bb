//! The bins of a histogram, found from the smallest and the largest of its values.
//!
//! A bin is a range of the leading bits of a double, so bins divide each octave evenly (as in an HDR histogram) and the
//! bin of a value is a shift. The number of bits follows from the range alone, and wider ranges have coarser bins, each
//! a union of finer ones: histograms over different ranges merge exactly, in any order.

/// Low bits of a double that the widest bins ignore: three bits of the fraction remain, 8 bins per octave.
const COARSEST_SHIFT: u32 = 49;
const COARSEST_PER_OCTAVE: i64 = 8;

/// Octaves below the largest magnitude that bins divide. Smaller values fall in bins of equal width, so that few bins
/// cover any range. Values of both signs need fewer octaves, because their spread is of the size of the largest
/// magnitude.
const OCTAVES: u32 = 20;
const OCTAVES_ACROSS_ZERO: u32 = 12;

/// Bins for values of a given range. Values counted in the bins of a narrower range can be counted in these.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Binning {
    shift: u32,
    /// Magnitudes below this fall in bins of equal width; zero if there are no such bins.
    floor: f64,
    /// Subtracted from the shifted bits, so that the bins above the floor follow those below it.
    origin: i64,
}

impl Binning {
    /// Largest number of bins between the smallest and the largest value, unless [`COARSEST_SHIFT`] requires more.
    pub const BINS: u64 = 128;

    /// The bins for values from `low` to `high`, neither of them zero.
    pub fn of(low: f64, high: f64) -> Self {
        let (smallest, largest) = ordered(low.abs(), high.abs());
        let is_across_zero = low < 0.0 && high > 0.0;
        let floor = floor_below(largest, if is_across_zero { OCTAVES_ACROSS_ZERO } else { OCTAVES });
        if is_across_zero || smallest < floor {
            let origin = (floor.to_bits() >> COARSEST_SHIFT) as i64 - COARSEST_PER_OCTAVE;
            let shift = COARSEST_SHIFT;
            return Self { shift, floor, origin };
        }
        Self {
            shift: finest_shift(smallest.to_bits(), largest.to_bits()).min(COARSEST_SHIFT),
            floor: 0.0,
            origin: 0,
        }
    }

    /// The number of the bin of a value within the range, not zero. Numbers rise with values and are negative for
    /// negative values.
    #[inline]
    pub fn bin(&self, value: f64) -> i64 {
        let magnitude = self.bin_of_magnitude(value.abs());
        if value < 0.0 { !magnitude } else { magnitude }
    }

    /// Low bits of a value that its bin ignores, if there are no bins of equal width.
    pub fn octave_shift(&self) -> Option<u32> {
        (self.floor == 0.0).then_some(self.shift)
    }

    #[inline]
    fn bin_of_magnitude(&self, magnitude: f64) -> i64 {
        if magnitude >= self.floor {
            (magnitude.to_bits() >> self.shift) as i64 - self.origin
        } else {
            (magnitude / self.width_below_floor()) as i64
        }
    }

    /// The bounds of a bin.
    pub fn bounds(&self, bin: i64) -> (f64, f64) {
        if bin < 0 {
            (-self.edge(!bin + 1), -self.edge(!bin))
        } else {
            (self.edge(bin), self.edge(bin + 1))
        }
    }

    /// The bin that holds bin number `bin` of the binning of a narrower range.
    pub fn bin_holding(&self, finer: &Self, bin: i64) -> i64 {
        if bin < 0 {
            !self.bin_of_magnitude(finer.edge(!bin))
        } else {
            self.bin_of_magnitude(finer.edge(bin))
        }
    }

    /// The lower bound of a bin of magnitudes.
    fn edge(&self, bin: i64) -> f64 {
        if self.floor > 0.0 && bin < COARSEST_PER_OCTAVE {
            bin as f64 * self.width_below_floor()
        } else {
            f64::from_bits(((bin + self.origin) as u64) << self.shift)
        }
    }

    fn width_below_floor(&self) -> f64 {
        self.floor / COARSEST_PER_OCTAVE as f64
    }
}

fn ordered(one: f64, other: f64) -> (f64, f64) {
    if one < other { (one, other) } else { (other, one) }
}

/// The power of two so many octaves below that of a magnitude, at least the smallest normal double.
fn floor_below(magnitude: f64, octaves: u32) -> f64 {
    let exponent = (magnitude.to_bits() >> 52).saturating_sub(octaves.into());
    f64::from_bits(exponent.max(1) << 52)
}

/// The number of low bits to ignore for two numbers to be fewer than [`Binning::BINS`] apart.
fn finest_shift(smallest: u64, largest: u64) -> u32 {
    let apart = (largest - smallest) / Binning::BINS;
    let shift = u64::BITS - apart.leading_zeros();
    if (largest >> shift) - (smallest >> shift) < Binning::BINS {
        shift
    } else {
        shift + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = f64> {
        let magnitude = prop_oneof![1.0..1.1, 1e-3..1e3, 1e-12..1e12, prop::num::f64::NORMAL, Just(5e-324)];
        let signed = |(magnitude, sign): (f64, f64)| magnitude * sign;
        (magnitude, prop_oneof![Just(1.0), Just(-1.0)]).prop_map(signed)
    }

    fn range(values: &[f64]) -> (f64, f64) {
        values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
                (low.min(value), high.max(value))
            })
    }

    #[test]
    fn bins_are_as_narrow_as_their_number_allows() {
        for (low, high) in [(1.0, 1.01), (1.0, 1.1), (3.0, 14.0), (-5.0, -1e-3), (1e5, 1e5 + 1e-9)] {
            let binning = Binning::of(low, high);
            let bins = binning.bin(high) - binning.bin(low) + 1;
            assert!((48..=128).contains(&bins), "{bins} bins from {low} to {high}");
        }
        let widest = Binning::of(1.0, 1e6);
        assert_eq!(
            widest.bounds(widest.bin(1e5)).1 / widest.bounds(widest.bin(1e5)).0,
            13.0 / 12.0
        );
    }

    #[test]
    fn few_bins_cover_any_range() {
        for (low, high) in [
            (-1.0, 1.0),
            (1e-300, 1e300),
            (-1e300, 1e-300),
            (f64::MIN, f64::MAX),
            (5e-324, f64::MAX),
        ] {
            let binning = Binning::of(low, high);
            assert!(binning.bin(high) - binning.bin(low) < 350, "{low} to {high}");
        }
    }

    proptest! {
        #[test]
        fn a_value_lies_within_the_bounds_of_its_bin(values in prop::collection::vec(value(), 1..6)) {
            let (low, high) = range(&values);
            let binning = Binning::of(low, high);
            for value in values {
                let (lower, upper) = binning.bounds(binning.bin(value));
                prop_assert!(lower <= value && value <= upper, "{} in {}..{}", value, lower, upper);
                let width = if value.abs() < binning.floor { binning.floor } else { value.abs() } / 8.0;
                prop_assert!(upper - lower <= width * (1.0 + 1e-12) || upper.is_infinite() || lower.is_infinite());
                prop_assert!(binning.floor <= low.abs().max(high.abs()) / 4096.0 || binning.floor == f64::MIN_POSITIVE);
            }
        }

        #[test]
        fn bins_are_unions_of_the_bins_of_a_part(values in prop::collection::vec(value(), 2..8), part in 1_usize..8) {
            let part = &values[..part.min(values.len())];
            let finer = Binning::of(range(part).0, range(part).1);
            let binning = Binning::of(range(&values).0, range(&values).1);
            for &value in part {
                prop_assert_eq!(binning.bin_holding(&finer, finer.bin(value)), binning.bin(value));
            }
        }

        #[test]
        fn bins_follow_the_order_of_values(mut values in prop::collection::vec(value(), 2..12)) {
            values.sort_by(f64::total_cmp);
            let binning = Binning::of(values[0], values[values.len() - 1]);
            prop_assert!(values.windows(2).all(|pair| binning.bin(pair[0]) <= binning.bin(pair[1])));
        }
    }
}
