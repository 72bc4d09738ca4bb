//! Designs: which run takes which value of which input.

use ndarray::Array2;

use super::inputs::IndependentInputs;
use crate::ensemble::ParameterMatrix;
use crate::random::Stream;
use crate::sensitivity::morris::{MorrisWay, uniform_of};

/// Numbers in the largest design: it is held in memory twice, which is 480 MB.
pub const LARGEST_DESIGN: usize = 30_000_000;

/// A run: the uniform of each source, and the draw whose shocks and events it meets.
#[derive(Clone, PartialEq, Debug)]
pub struct DesignPoint {
    pub uniforms: Vec<f64>,
    pub chance: u64,
}

/// Runs in the order of their outcomes.
#[derive(Clone, PartialEq, Debug)]
pub struct Design {
    pub points: Vec<DesignPoint>,
}

impl Design {
    /// The runs of Sobol indices: for each of `rows` a point of `A`, the same with each group exchanged for that of `B`, and
    /// the point of `B`, as [`SobolOutcomes::from_rows`](crate::sensitivity::sobol::SobolOutcomes::from_rows) reads them. A
    /// group is a list of places of sources; the place after the last source is that of the shocks.
    ///
    /// `A` and `B` are plain random samples: rows are independent, which the errors of the indices rely on.
    pub fn sobol(seed: u64, rows: u64, sources: usize, groups: &[Vec<usize>]) -> Self {
        let streams = ["A", "B"].map(|side| Stream::new(seed, side, "sample of a Sobol design"));
        let mut points = Vec::with_capacity(rows as usize * (groups.len() + 2));
        for row in 0..rows {
            let point = |side: usize| {
                let mut uniforms = vec![0.0; sources];
                streams[side].fill(row, &mut uniforms);
                // Every row of either sample has shocks of its own.
                let chance = 2 * row + side as u64;
                DesignPoint { uniforms, chance }
            };
            let [a, b] = [0, 1].map(point);
            points.push(a.clone());
            points.extend(groups.iter().map(|group| a.exchanged(&b, group)));
            points.push(b);
        }
        Self { points }
    }

    /// The runs of Morris ways, and the ways. An input that is a source steps along its distribution; the last input are the
    /// shocks, which step from those of one draw to those of another.
    pub fn morris(seed: u64, ways: u64, sources: usize) -> (Self, Vec<MorrisWay>) {
        let ways: Vec<MorrisWay> = (0..ways)
            .map(|number| MorrisWay::new(seed, number, sources + 1))
            .collect();
        let mut points = Vec::new();
        for (number, way) in ways.iter().enumerate() {
            let start = way.start[sources];
            points.extend(way.points().into_iter().map(|levels| DesignPoint {
                chance: 2 * number as u64 + u64::from(levels[sources] != start),
                uniforms: levels[..sources].iter().map(|level| uniform_of(*level)).collect(),
            }));
        }
        (Self { points }, ways)
    }

    /// The values of all numbers, run by run.
    pub fn matrix(&self, inputs: &IndependentInputs) -> ParameterMatrix {
        let columns = inputs.numbers.len();
        let mut values = Array2::zeros((self.points.len(), columns));
        for (mut row, point) in values.rows_mut().into_iter().zip(&self.points) {
            row.iter_mut()
                .zip(inputs.values(&point.uniforms))
                .for_each(|(cell, value)| *cell = value);
        }
        ParameterMatrix {
            names: inputs.numbers.clone(),
            values,
            chances: Some(self.points.iter().map(|point| point.chance).collect()),
        }
    }
}

impl DesignPoint {
    /// This point with a group of inputs of another.
    fn exchanged(&self, other: &Self, group: &[usize]) -> Self {
        let mut point = self.clone();
        for &place in group {
            match point.uniforms.get_mut(place) {
                Some(uniform) => *uniform = other.uniforms[place],
                None => point.chance = other.chance,
            }
        }
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_exchanged_as_a_whole_and_the_rest_stays() {
        let design = Design::sobol(1, 3, 2, &[vec![0], vec![2], vec![0, 1]]);
        assert_eq!(design.points.len(), 3 * 5);
        for row in design.points.chunks_exact(5) {
            let [a, first, shocks, numbers, b] = row else {
                unreachable!()
            };
            assert_eq!((first.uniforms[0], first.uniforms[1]), (b.uniforms[0], a.uniforms[1]));
            assert_eq!((first.chance, &shocks.uniforms), (a.chance, &a.uniforms));
            assert_eq!((shocks.chance, numbers.chance), (b.chance, a.chance));
            assert_eq!(numbers.uniforms, b.uniforms);
            assert!(a.uniforms.iter().zip(&b.uniforms).all(|(one, other)| one != other));
        }
        let mut chances: Vec<u64> = design.points.iter().map(|point| point.chance).collect();
        chances.sort_unstable();
        chances.dedup();
        assert_eq!(chances, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_shocks_of_a_way_change_once() {
        let (design, ways) = Design::morris(1, 2, 3);
        assert_eq!((design.points.len(), ways.len()), (2 * 5, 2));
        for (number, way) in design.points.chunks_exact(5).enumerate() {
            let changes = way.windows(2).filter(|pair| pair[0].chance != pair[1].chance).count();
            assert_eq!(changes, 1);
            assert_eq!(way[0].chance, 2 * number as u64);
        }
    }
}
