//! Interleaves a solved month of up to eight draws: each number becomes a lane for each draw.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use crate::math::simd::{Lanes, Mask, WIDTH};
use crate::simulation::SolvedMonth;

/// The same month of several draws. Where there are fewer than lanes, or some have failed, another stands in for them: no
/// lane is empty, and what is made of such a lane is not looked at.
#[derive(Clone, Copy)]
pub struct InterleavedMonth<'a> {
    draws: [SolvedMonth<'a>; WIDTH],
}

impl<'a> InterleavedMonth<'a> {
    /// The months of some draws, in the order of lanes; none where no draw has one.
    pub fn new(months: &[Option<SolvedMonth<'a>>]) -> Option<Self> {
        let stand_in = months.iter().flatten().next().copied()?;
        let draw = |lane| months.get(lane).copied().flatten().unwrap_or(stand_in);
        Some(Self {
            draws: std::array::from_fn(draw),
        })
    }

    /// The month's place in the horizon.
    pub fn step(&self) -> usize {
        self.draws[0].step
    }

    /// The month of the draw in a lane.
    pub fn draw(&self, lane: usize) -> SolvedMonth<'a> {
        self.draws[lane]
    }

    /// A number of each draw.
    #[inline(always)]
    pub fn each(&self, value: impl Fn(&SolvedMonth<'a>) -> f64) -> Lanes {
        Lanes(std::array::from_fn(|lane| value(&self.draws[lane])))
    }

    /// A yes or no of each draw.
    #[inline(always)]
    pub fn holds(&self, is: impl Fn(&SolvedMonth<'a>) -> bool) -> Mask {
        Mask::of(|lane| is(&self.draws[lane]))
    }

    /// Lays the numbers of each draw side by side; each has as many as there are lanes to fill. To be called from outside
    /// of [`crate::math::width::Work`]: the widest registers would scatter what narrow ones store.
    #[inline(never)]
    pub fn lay(&self, numbers: impl Fn(&SolvedMonth<'a>) -> &'a [f64], lanes: &mut [Lanes]) {
        let draws: [&[f64]; WIDTH] = std::array::from_fn(|lane| &numbers(&self.draws[lane])[..lanes.len()]);
        for (place, lanes) in lanes.iter_mut().enumerate() {
            *lanes = Lanes(std::array::from_fn(|lane| draws[lane][place]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::model;
    use crate::simulation::{Chance, PathRunner};

    #[test]
    fn another_draw_stands_in_where_one_is_missing() {
        let model = model("");
        let mut runner = PathRunner::new(&model);
        runner
            .run(Chance::Central, |month| {
                let later = SolvedMonth { step: 9, ..month };
                let interleaved = InterleavedMonth::new(&[None, Some(later), Some(month)]).unwrap();
                assert_eq!(interleaved.step(), 9);
                let steps = interleaved.each(|draw| draw.step as f64);
                let now = month.step as f64;
                assert_eq!(steps.0, [9.0, 9.0, now, 9.0, 9.0, 9.0, 9.0, 9.0]);
                assert!(InterleavedMonth::new(&[None, None]).is_none());
            })
            .unwrap();
    }
}
