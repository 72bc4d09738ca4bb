//! Morris screening: elementary effects along random ways through the inputs (Morris 1991; Campolongo, Cariboni and
//! Saltelli 2007), which need one run more than there are inputs for each way.
//!
//! Inputs stand at four levels, the middles of the quarters of their distributions: the ends of a distribution may be
//! infinite. A step goes up or down by half of the distribution. An effect is the change of the outcome that a step up makes,
//! in the unit of the outcome.

use super::sobol::deviation;
use crate::random::Stream;

/// Levels of an input.
const LEVELS: usize = 4;

/// A way from a random point: every input moves once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MorrisWay {
    /// The level of each input at the start.
    pub start: Vec<usize>,
    /// The inputs in the order in which they move.
    pub order: Vec<usize>,
}

/// The effects of an input.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MorrisEffect {
    /// Morris's mu: effects up and down cancel.
    pub mean: f64,
    /// Campolongo's mu*: the mean of absolute effects, by which inputs are ranked.
    pub mean_absolute: f64,
    /// The standard error of `mean_absolute`.
    pub mean_absolute_error: f64,
    /// Morris's sigma: how much effects differ, by curvature and by interactions.
    pub deviation: f64,
}

impl MorrisWay {
    /// The way with a number, through so many inputs.
    pub fn new(seed: u64, number: u64, inputs: usize) -> Self {
        let uniforms = |purpose| {
            let mut uniforms = vec![0.0; inputs];
            Stream::new(seed, "sensitivity", purpose).fill(number, &mut uniforms);
            uniforms
        };
        let keys = uniforms("order of a Morris way");
        let mut order: Vec<usize> = (0..inputs).collect();
        order.sort_by(|one, other| keys[*one].total_cmp(&keys[*other]));
        let level = |uniform: f64| ((uniform * LEVELS as f64) as usize).min(LEVELS - 1);
        Self {
            start: uniforms("start of a Morris way").into_iter().map(level).collect(),
            order,
        }
    }

    /// The levels of all inputs at each of its points, one more than inputs.
    pub fn points(&self) -> Vec<Vec<usize>> {
        let mut levels = self.start.clone();
        let mut points = vec![levels.clone()];
        for &input in &self.order {
            levels[input] = partner(levels[input]);
            points.push(levels.clone());
        }
        points
    }

    /// The effect of each input, from the outcomes at the points.
    pub fn effects(&self, outcomes: &[f64]) -> Vec<f64> {
        let mut effects = vec![f64::NAN; self.order.len()];
        for (step, &input) in self.order.iter().enumerate() {
            let change = outcomes[step + 1] - outcomes[step];
            let is_up = partner(self.start[input]) > self.start[input];
            effects[input] = if is_up { change } else { -change };
        }
        effects
    }
}

/// The place of a level in the distribution of an input.
pub fn uniform_of(level: usize) -> f64 {
    (level as f64 + 0.5) / LEVELS as f64
}

/// The level half a distribution away.
fn partner(level: usize) -> usize {
    (level + LEVELS / 2) % LEVELS
}

/// The effects of one input on all ways, in short.
pub fn summary(effects: &[f64]) -> MorrisEffect {
    let count = effects.len() as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |sum, value| sum + value) / count;
    MorrisEffect {
        mean: mean(&mut effects.iter().copied()),
        mean_absolute: mean(&mut effects.iter().map(|effect| effect.abs())),
        mean_absolute_error: deviation(effects.iter().map(|effect| effect.abs())) / count.sqrt(),
        deviation: deviation(effects.iter().copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(inputs: usize, ways: u64, function: impl Fn(&[f64]) -> f64) -> Vec<MorrisEffect> {
        let mut of_inputs = vec![Vec::new(); inputs];
        for number in 0..ways {
            let way = MorrisWay::new(1, number, inputs);
            let at =
                |levels: &Vec<usize>| function(&levels.iter().map(|level| uniform_of(*level)).collect::<Vec<f64>>());
            let outcomes: Vec<f64> = way.points().iter().map(at).collect();
            let found = way.effects(&outcomes);
            of_inputs
                .iter_mut()
                .zip(found)
                .for_each(|(all, effect)| all.push(effect));
        }
        of_inputs.iter().map(|effects| summary(effects)).collect()
    }

    #[test]
    fn effects_of_a_sum_are_half_its_factors() {
        let found = effects(3, 8, |u| 4.0 * u[0] - 2.0 * u[1]);
        assert_eq!(
            [found[0].mean, found[0].mean_absolute, found[0].deviation],
            [2.0, 2.0, 0.0]
        );
        assert_eq!([found[1].mean, found[1].mean_absolute], [-1.0, 1.0]);
        assert_eq!([found[2].mean_absolute, found[2].mean_absolute_error], [0.0; 2]);
    }

    #[test]
    fn effects_that_cancel_show_in_their_absolute_mean() {
        // A step up of the first changes the outcome by half of plus or minus 1, by the side of the second.
        let found = effects(2, 200, |u| u[0] * if u[1] < 0.5 { 1.0 } else { -1.0 });
        assert!(found[0].mean.abs() < 0.1 && (found[0].mean_absolute - 0.5).abs() < 1e-12);
        assert!((found[0].deviation - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_way_moves_every_input_once_and_each_start_is_as_likely() {
        let mut counts = [0; LEVELS];
        for number in 0..400 {
            let way = MorrisWay::new(2, number, 5);
            let points = way.points();
            assert_eq!(points.len(), 6);
            for pair in points.windows(2) {
                let moved = pair[0].iter().zip(&pair[1]).filter(|(one, other)| one != other);
                assert_eq!(moved.count(), 1);
            }
            way.start.iter().for_each(|level| counts[*level] += 1);
        }
        assert!(counts.iter().all(|count| (420..580).contains(count)), "{counts:?}");
    }
}
