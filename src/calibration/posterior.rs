//! What a calibration says of each uncertain number.

use ndarray::{Array2, ArrayView1};

use super::forward::Forward;
use super::smoother::Members;

/// How much the data say of a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Identification {
    /// They take away three tenths of its spread or more.
    Identified,
    /// They take away a tenth or more, or move it.
    Weak,
    /// They leave it as it was.
    NotAtAll,
}

impl Identification {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Weak => "weak",
            Self::NotAtAll => "not at all",
        }
    }
}

/// Spreads, as a share of the prior's, up to which a number is identified, and weakly so.
const IDENTIFIED: f64 = 0.7;
const WEAK: f64 = 0.9;

/// A mean so far from the prior's, in its standard deviations, speaks too, whatever the spread.
const MOVED: f64 = 0.3;

/// A mean beyond this, in the prior's standard deviations, sticks to a bound: one draw in fifty lies beyond it.
const STUCK: f64 = 2.05;

/// Below these a number has kept its prior, but for the noise of a few hundred members: it needs no column.
const KEPT_SPREAD: f64 = 0.95;
const KEPT_MEAN: f64 = 0.12;

/// An uncertain number before and after.
#[derive(Clone, PartialEq, Debug)]
pub struct CalibratedNumber {
    pub name: String,
    /// Quantiles of 5, 50 and 95% of the prior.
    pub prior: [f64; 3],
    /// The same of the members.
    pub posterior: [f64; 3],
    /// Mean in standard deviations of the prior, on the scale where the prior is standard normal.
    pub mean: f64,
    /// Standard deviation on that scale.
    pub spread: f64,
}

impl CalibratedNumber {
    /// How much the data say of it.
    pub fn identification(&self) -> Identification {
        if self.spread <= IDENTIFIED {
            Identification::Identified
        } else if self.spread <= WEAK || self.mean.abs() >= MOVED {
            Identification::Weak
        } else {
            Identification::NotAtAll
        }
    }

    /// Whether the data push it against an end of its prior, so that the prior is too narrow or the model lacks something.
    pub fn is_stuck(&self) -> bool {
        self.mean.abs() >= STUCK
    }

    /// Whether it differs from its prior by more than chance.
    pub fn is_moved(&self) -> bool {
        self.spread < KEPT_SPREAD || self.mean.abs() > KEPT_MEAN
    }
}

/// Members after calibration, with the numbers that they draw.
#[derive(Debug)]
pub struct Posterior {
    pub numbers: Vec<CalibratedNumber>,
    /// Members by numbers, in the units of the numbers.
    pub values: Array2<f64>,
    pub members: Members,
}

impl Posterior {
    /// The numbers of calibrated members.
    pub fn new(forward: &Forward<'_>, members: Members) -> Self {
        let values = forward.values(&members.normal);
        let numbers = forward
            .distributions()
            .enumerate()
            .map(|(place, (name, distribution))| {
                let (mean, spread) = moments(members.normal.column(place));
                CalibratedNumber {
                    name: name.to_owned(),
                    prior: [0.05, 0.5, 0.95].map(|p| distribution.quantile(p)),
                    posterior: quantiles(values.column(place)),
                    mean,
                    spread,
                }
            });
        Self {
            numbers: numbers.collect(),
            values,
            members,
        }
    }

    /// The places of the numbers that differ from their priors.
    pub fn moved(&self) -> Vec<usize> {
        let numbers = self.numbers.iter().enumerate();
        numbers
            .filter(|(_, number)| number.is_moved())
            .map(|(place, _)| place)
            .collect()
    }
}

fn moments(column: ArrayView1<'_, f64>) -> (f64, f64) {
    let count = column.len().max(2) as f64;
    let mean = column.iter().fold(0.0, |sum, value| sum + value) / count;
    let squares = column
        .iter()
        .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    (mean, (squares / (count - 1.0)).sqrt())
}

/// The values at 5, 50 and 95%.
fn quantiles(column: ArrayView1<'_, f64>) -> [f64; 3] {
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|p| {
        let rank = (p * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(mean: f64, spread: f64) -> CalibratedNumber {
        CalibratedNumber {
            name: String::new(),
            prior: [0.0; 3],
            posterior: [0.0; 3],
            mean,
            spread,
        }
    }

    #[test]
    fn what_data_say_of_a_number_follows_from_its_spread_and_its_mean() {
        let said = |mean, spread| number(mean, spread).identification();
        assert_eq!(said(0.0, 0.7), Identification::Identified);
        assert_eq!(said(0.0, 0.8), Identification::Weak);
        assert_eq!(said(-0.3, 1.0), Identification::Weak);
        assert_eq!(said(0.2, 0.95), Identification::NotAtAll);
        assert!(number(-2.1, 0.9).is_stuck() && !number(2.0, 0.9).is_stuck());
        assert!(number(0.0, 0.94).is_moved() && !number(0.1, 0.96).is_moved());
    }

    #[test]
    fn quantiles_and_moments_are_those_of_the_members() {
        let column = ndarray::Array1::from_iter((1..=100).map(f64::from));
        assert_eq!(quantiles(column.view()), [5.0, 50.0, 95.0]);
        assert_eq!(moments(ndarray::arr1(&[1.0, 3.0]).view()), (2.0, 2.0_f64.sqrt()));
    }
}
