//! Sampling of uncertain parameters: independent draws or a Latin hypercube.

use std::num::NonZero;

use super::{LatinHypercube, Stream};

/// The way in which draws of a parameter cover its distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Independent draws.
    Random,
    /// One draw in each of `draws` equally likely strata. `draws` is the size of the whole run, not of a part of it.
    LatinHypercube { draws: NonZero<u64> },
}

/// The uniforms of one uncertain parameter, one for each draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterStream {
    stream: Stream,
    strata: Option<LatinHypercube>,
}

impl ParameterStream {
    /// The uniforms of the parameter called `name` (for a distribution that shares its draws with others, of
    /// [`Distribution::shared_stream`](super::Distribution::shared_stream)).
    pub fn new(seed: u64, name: &str, sampling: Sampling) -> Self {
        let strata = match sampling {
            Sampling::Random => None,
            Sampling::LatinHypercube { draws } => Some(LatinHypercube::new(seed, name, draws)),
        };
        Self {
            stream: Stream::new(seed, name, "parameter"),
            strata,
        }
    }

    /// The uniform of a draw, strictly between 0 and 1.
    pub fn uniform(&self, draw: u64) -> f64 {
        let uniform = self.stream.uniform(draw, 0);
        match &self.strata {
            None => uniform,
            Some(strata) => strata.spread(draw, uniform),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(draws: u64) -> Sampling {
        Sampling::LatinHypercube {
            draws: NonZero::new(draws).unwrap(),
        }
    }

    #[test]
    fn values_are_the_same_in_every_version() {
        let bits = |sampling| {
            let parameter = ParameterStream::new(42, "commodity.potash.route_choice", sampling);
            [0, 1, 9_999].map(|draw| parameter.uniform(draw).to_bits())
        };
        assert_eq!(
            bits(Sampling::Random),
            [0x3fed_3604_ac71_1c1e, 0x3fb6_0b54_99a4_d8c0, 0x3fec_4fcb_12fd_492e]
        );
        assert_eq!(
            bits(latin(10_000)),
            [0x3fe5_46ca_163c_f077, 0x3fe7_02f0_0fd5_e4ad, 0x3fe8_a3be_de49_651a]
        );
    }

    #[test]
    fn a_latin_hypercube_puts_one_uniform_into_every_stratum() {
        const DRAWS: u64 = 1_000;
        let parameter = ParameterStream::new(3, "x", latin(DRAWS));
        let mut strata: Vec<u64> = (0..DRAWS)
            .map(|draw| (parameter.uniform(draw) * DRAWS as f64).floor() as u64)
            .collect();
        strata.sort_unstable();
        assert!(strata.into_iter().eq(0..DRAWS));
    }

    #[test]
    fn uniforms_stay_below_one_in_the_largest_run() {
        let parameter = ParameterStream::new(3, "x", latin(u64::MAX));
        assert!((0..100).all(|draw| (f64::MIN_POSITIVE..1.0).contains(&parameter.uniform(draw))));
    }

    #[test]
    fn parameters_of_one_stream_share_their_draws() {
        let [one, other] = [1, 1].map(|seed| ParameterStream::new(seed, "posterior.csv", latin(50)));
        assert!((0..50).all(|draw| one.uniform(draw) == other.uniform(draw)));
    }
}
