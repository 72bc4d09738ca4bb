//! A reference for the smoother: a tempered sequential Monte Carlo sampler with moves that keep the prior.
//!
//! Del Moral, Doucet and Jasra 2006, "Sequential Monte Carlo samplers", JRSS B 68, 411-436, for tempering; Cotter, Roberts,
//! Stuart and White 2013, "MCMC methods for functions", Statistical Science 28, 424-446, for the moves. It makes no
//! assumption of normality, and needs many times the smoother's draws: it is meant for small worlds.

use ndarray::Array2;

use super::data::Data;
use super::forward::{Forward, LARGEST};
use super::linear::Factor;
use super::smoother::Members;
use crate::ensemble::{Failure, Progress};
use crate::math;
use crate::random::{Stream, standard_normal_quantile};

/// Sizes of the sampler.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TemperedSampler {
    pub members: u64,
    /// Moves of every member at each temperature.
    pub moves: usize,
    pub seed: u64,
}

/// The least part of the members that a temperature must leave with equal weight.
const EFFECTIVE: f64 = 0.5;

/// Temperatures at most: the sampler stops there and says so by its last misfit.
const MOST_TEMPERATURES: usize = 60;

/// The size of the first moves, and the share of them that should be accepted.
const FIRST_STEP: f64 = 0.3;
const ACCEPTED: f64 = 0.25;

/// Members with what they simulated.
struct Population {
    normal: Array2<f64>,
    /// Half the sum of squared whitened errors of each.
    misfit: Vec<f64>,
}

impl TemperedSampler {
    /// Draws members from the posterior.
    ///
    /// # Errors
    /// The failure of the lowest member that cannot be simulated.
    pub fn calibrate(&self, forward: &Forward<'_>, data: &Data, progress: &dyn Progress) -> Result<Members, Failure> {
        let mut normal = forward.prior(self.seed);
        if data.is_empty() {
            normal.mapv_inplace(|value| value.clamp(-LARGEST, LARGEST));
            return Ok(Members {
                normal,
                misfit: Vec::new(),
            });
        }
        let factor = data.factor(&data.covariance)?;
        let misfit_of = |normal: &Array2<f64>| -> Result<Vec<f64>, Failure> {
            let simulated = data.of_totals(&forward.totals(normal, progress)?);
            Ok(half_squares(&factor, &simulated, &data.observed))
        };
        let mut population = Population {
            misfit: misfit_of(&normal)?,
            normal,
        };
        let mean = |misfit: &[f64]| {
            2.0 * misfit.iter().fold(0.0, |sum, value| sum + value) / (misfit.len() * data.len()) as f64
        };
        let mut history = vec![mean(&population.misfit)];
        let (mut temperature, mut step) = (0.0, FIRST_STEP);
        for stage in 0..MOST_TEMPERATURES {
            let next = next_temperature(&population.misfit, temperature);
            self.resample(stage, &mut population, next - temperature);
            temperature = next;
            for round in 0..self.moves {
                let name = format!("stage {stage}, move {round}");
                let proposal = self.proposal(&name, &population.normal, step);
                let misfit = misfit_of(&proposal)?;
                let accepted = self.accept(&name, &mut population, &proposal, &misfit, temperature);
                step = (step * math::exp(0.6 * (accepted - ACCEPTED))).clamp(0.02, 0.95);
            }
            history.push(mean(&population.misfit));
            if temperature >= 1.0 {
                break;
            }
        }
        Ok(Members {
            normal: population.normal,
            misfit: history,
        })
    }

    /// Members in proportion to their weights, by systematic resampling.
    fn resample(&self, stage: usize, population: &mut Population, warmer: f64) {
        let weights = weights(&population.misfit, warmer);
        let count = weights.len();
        let offset = Stream::new(self.seed, &format!("stage {stage}"), "resampling").uniform(0, 0);
        let (mut chosen, mut sum, mut place) = (Vec::with_capacity(count), weights[0], 0);
        for member in 0..count {
            let target = (member as f64 + offset) / count as f64;
            while sum < target && place + 1 < count {
                place += 1;
                sum += weights[place];
            }
            chosen.push(place);
        }
        population.normal = population.normal.select(ndarray::Axis(0), &chosen);
        population.misfit = chosen.iter().map(|&place| population.misfit[place]).collect();
    }

    /// A move that leaves standard normal numbers standard normal.
    fn proposal(&self, name: &str, normal: &Array2<f64>, step: f64) -> Array2<f64> {
        let stream = Stream::new(self.seed, name, "proposal");
        let kept = (1.0 - step * step).sqrt();
        Array2::from_shape_fn(normal.dim(), |(member, place)| {
            let fresh = standard_normal_quantile(stream.uniform(member as u64, place as u32));
            kept * normal[[member, place]] + step * fresh
        })
    }

    /// Takes the moves that the likelihood allows; returns the share of them.
    fn accept(
        &self,
        name: &str,
        population: &mut Population,
        proposal: &Array2<f64>,
        misfit: &[f64],
        temperature: f64,
    ) -> f64 {
        let stream = Stream::new(self.seed, name, "acceptance");
        let mut accepted = 0.0;
        for (member, &moved) in misfit.iter().enumerate() {
            let gain = temperature * (population.misfit[member] - moved);
            if math::ln(stream.uniform(member as u64, 0)) < gain {
                population.normal.row_mut(member).assign(&proposal.row(member));
                population.misfit[member] = moved;
                accepted += 1.0;
            }
        }
        accepted / misfit.len() as f64
    }
}

fn half_squares(factor: &Factor, simulated: &Array2<f64>, observed: &[f64]) -> Vec<f64> {
    let observed = ndarray::Array1::from(observed.to_vec()).insert_axis(ndarray::Axis(0));
    let whitened = factor.whiten_rows(&(simulated - &observed));
    let rows = whitened.rows().into_iter();
    rows.map(|row| 0.5 * row.iter().fold(0.0, |sum, error| sum + error * error))
        .collect()
}

/// Weights that add up to one, of a step to a warmer temperature.
fn weights(misfit: &[f64], warmer: f64) -> Vec<f64> {
    let least = misfit.iter().copied().fold(f64::INFINITY, f64::min);
    let raw: Vec<f64> = misfit
        .iter()
        .map(|value| math::exp(-warmer * (value - least)))
        .collect();
    let sum = raw.iter().fold(0.0, |sum, weight| sum + weight);
    raw.iter().map(|weight| weight / sum).collect()
}

/// The highest temperature, at most one, that leaves enough members with weight.
fn next_temperature(misfit: &[f64], temperature: f64) -> f64 {
    let effective = |next: f64| {
        let squares = weights(misfit, next - temperature)
            .iter()
            .fold(0.0, |sum, weight| sum + weight * weight);
        1.0 / (squares * misfit.len() as f64)
    };
    if effective(1.0) >= EFFECTIVE {
        return 1.0;
    }
    let (mut low, mut high) = (temperature, 1.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if effective(middle) > EFFECTIVE {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_the_likelihood_and_add_up_to_one() {
        let found = weights(&[0.0, math::ln(2.0)], 1.0);
        assert!((found[0] - 2.0 / 3.0).abs() < 1e-15 && (found[1] - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn a_temperature_leaves_half_of_the_members_with_weight() {
        let misfit: Vec<f64> = (0..100).map(f64::from).collect();
        let next = next_temperature(&misfit, 0.0);
        assert!(next > 0.0 && next < 1.0);
        let left = weights(&misfit, next)
            .iter()
            .fold(0.0, |sum, weight| sum + weight * weight);
        assert!((1.0 / left - 50.0).abs() < 0.01, "{left}");
        assert_eq!(next_temperature(&[1.0, 1.0], 0.4), 1.0);
    }
}
