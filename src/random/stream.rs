//! A keyed stream of uniforms with random access by draw and month: the counter-based generator `ChaCha8`.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Domain separation: identifies the encoding of the key and the layout of the stream. Changing it changes every
/// result.
const CONTRACT: &str = "roundabout random stream 1";

/// The distance between two neighbouring uniforms, 2^-53.
const STEP: f64 = 1.0 / (1_u64 << 53) as f64;

/// The uniforms of one entity and purpose under one seed.
///
/// The key of a `ChaCha8` generator is the BLAKE3 hash (in key derivation mode) of seed, entity and purpose. The draw
/// selects one of its 2^64 streams (the nonce) and the month a 64-bit word in it (the counter), so that every uniform
/// has a position of its own and can be computed alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u8; 32],
}

impl Stream {
    /// The stream of `entity` for `purpose`.
    ///
    /// The length of the entity is part of the key: `("ab", "c")` and `("a", "bc")` are different streams.
    pub fn new(seed: u64, entity: &str, purpose: &str) -> Self {
        // Fixed-width integers and a length in front of the text make the encoding unambiguous.
        let key = *blake3::Hasher::new_derive_key(CONTRACT)
            .update(&seed.to_le_bytes())
            .update(&(entity.len() as u64).to_le_bytes())
            .update(entity.as_bytes())
            .update(purpose.as_bytes())
            .finalize()
            .as_bytes();
        Self { key }
    }

    /// The uniform of a month of a draw: a multiple of 2^-53, strictly between 0 and 1.
    #[inline]
    pub fn uniform(&self, draw: u64, month: u32) -> f64 {
        open_unit(self.word(draw, month))
    }

    /// Fills `months` with the [`uniform`](Self::uniform)s of months 0, 1, 2, ... of a draw.
    pub fn fill(&self, draw: u64, months: &mut [f64]) {
        self.fill_from(draw, 0, months);
    }

    fn fill_from(&self, draw: u64, first_month: u32, months: &mut [f64]) {
        let mut generator = self.generator(draw, first_month);
        months.fill_with(|| open_unit(generator.next_u64()));
    }

    /// The random bits behind [`uniform`](Self::uniform).
    #[inline]
    pub(super) fn word(&self, draw: u64, month: u32) -> u64 {
        self.generator(draw, month).next_u64()
    }

    /// A generator that gives the words of a draw from `month` on.
    fn generator(&self, draw: u64, month: u32) -> ChaCha8Rng {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(draw);
        // ChaCha counts words of 32 bits.
        generator.set_word_pos(2 * u128::from(month));
        generator
    }
}

/// Months whose uniforms are made together: the generator fills a buffer of so many words at a time, needed or not.
const TOGETHER: u32 = 32;

/// The uniforms of one stream, buffered for callers that go through the months of a draw in order: the generator is set
/// up once for many months, not anew for each.
#[derive(Clone, Debug)]
pub struct MonthlyUniforms<'s> {
    stream: &'s Stream,
    /// The current draw, and the first of the buffered months.
    known: Option<(u64, u32)>,
    months: [f64; TOGETHER as usize],
}

impl<'s> MonthlyUniforms<'s> {
    /// An empty buffer for a stream.
    pub fn new(stream: &'s Stream) -> Self {
        Self {
            stream,
            known: None,
            months: [0.0; TOGETHER as usize],
        }
    }

    /// The same number as [`Stream::uniform`].
    pub fn uniform(&mut self, draw: u64, month: u32) -> f64 {
        let place = month % TOGETHER;
        let wanted = Some((draw, month - place));
        if self.known != wanted {
            self.stream.fill_from(draw, month - place, &mut self.months);
            self.known = wanted;
        }
        self.months[place as usize]
    }
}

/// Maps 64 random bits onto the multiples of 2^-53 strictly between 0 and 1.
///
/// The 2^11 words that would give zero give the next multiple instead: zero has an infinite normal quantile.
#[inline]
fn open_unit(word: u64) -> f64 {
    (word >> 11).max(1) as f64 * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_every_version() {
        let stream = Stream::new(42, "via-KG", "designation");
        let bits = [(0, 0), (0, 1), (0, 47), (1, 0), (9_999, 11), (u64::MAX, u32::MAX)]
            .map(|(draw, month)| stream.uniform(draw, month).to_bits());
        let pinned = [
            0x3fe3_6f0a_77d0_0766,
            0x3fef_99e3_9432_bdce,
            0x3fcd_c902_bd92_a37c,
            0x3fe2_494c_ec4c_fc1b,
            0x3fd7_a9fa_675f_217c,
            0x3fc8_5fca_3d40_0f38,
        ];
        assert_eq!(bits, pinned);
    }

    #[test]
    fn fill_gives_the_uniforms_of_the_months() {
        let stream = Stream::new(7, "sea", "freight");
        for draw in [0, 1, 1_000_000] {
            let mut months = [0.0; 100];
            stream.fill(draw, &mut months);
            let one_by_one: Vec<f64> = (0..100).map(|month| stream.uniform(draw, month)).collect();
            assert_eq!(months.as_slice(), one_by_one);
        }
    }

    #[test]
    fn months_asked_for_in_turn_have_the_uniforms_of_the_stream() {
        let stream = Stream::new(7, "r1", "seizure");
        let mut monthly = MonthlyUniforms::new(&stream);
        let asked = (0..70)
            .chain([3, u32::MAX])
            .flat_map(|month| [(5, month), (u64::MAX, month)]);
        for (draw, month) in asked {
            assert_eq!(
                monthly.uniform(draw, month),
                stream.uniform(draw, month),
                "{draw} {month}"
            );
            assert_eq!(
                monthly.uniform(draw, month),
                stream.uniform(draw, month),
                "{draw} {month}"
            );
        }
    }

    #[test]
    fn seed_entity_and_purpose_each_make_another_stream() {
        let streams = [
            Stream::new(1, "ab", "c"),
            Stream::new(2, "ab", "c"),
            Stream::new(1, "a", "bc"),
            Stream::new(1, "abc", ""),
            Stream::new(1, "", "abc"),
        ];
        for (i, one) in streams.iter().enumerate() {
            for other in &streams[i + 1..] {
                assert_ne!(one.uniform(0, 0), other.uniform(0, 0));
            }
        }
    }

    #[test]
    fn uniforms_stay_strictly_inside_the_unit_interval() {
        assert_eq!(open_unit(0), STEP);
        assert_eq!(open_unit(u64::MAX), 1.0 - STEP);
    }

    #[test]
    fn names_draws_and_months_are_uncorrelated() {
        const DRAWS: u64 = 20_000;
        let one = Stream::new(42, "capacity.via-KG.growth_per_month", "parameter");
        let other = Stream::new(42, "capacity.via-KZ.growth_per_month", "parameter");
        let column = |stream: &Stream, shift: u64, month| -> Vec<f64> {
            (0..DRAWS).map(|draw| stream.uniform(draw + shift, month)).collect()
        };
        let reference = column(&one, 0, 0);
        for companion in [column(&other, 0, 0), column(&one, 1, 0), column(&one, 0, 1)] {
            let covariance = reference
                .iter()
                .zip(&companion)
                .map(|(u, v)| (u - 0.5) * (v - 0.5))
                .sum::<f64>();
            let correlation = 12.0 * covariance / DRAWS as f64;
            assert!(
                correlation.abs() < 4.0 / (DRAWS as f64).sqrt(),
                "correlation {correlation}"
            );
        }
    }
}
