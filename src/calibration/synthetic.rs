//! Simulation-based calibration: truths drawn from the prior, and whether a calibration on their records finds them.
//!
//! Talts, Betancourt, Simpson, Vehtari and Gelman 2018, "Validating Bayesian inference algorithms with simulation-based
//! calibration": over truths from the prior, the rank of a truth among the draws of its posterior is uniform.

use ndarray::{Array1, Array2, Axis};

use super::data::Data;
use super::forward::Forward;
use super::smoother::Smoother;
use crate::ensemble::{Failure, Progress};
use crate::model::Month;
use crate::observation::Panel;
use crate::random::{Stream, standard_normal_quantile};
use crate::scenario::Scenario;

/// A truth and where it lies in the posterior.
#[derive(Clone, PartialEq, Debug)]
pub struct Replicate {
    /// The truth of each number.
    pub truths: Vec<f64>,
    /// The share of members below the truth of each number; ties by chance.
    pub ranks: Vec<f64>,
    /// The spread of each number, as a share of the prior's.
    pub spreads: Vec<f64>,
    /// The share of members below the true logarithm of each total, so many months ahead.
    pub forecasts: Vec<f64>,
}

/// Sizes of a simulation-based calibration.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SyntheticPlan {
    pub replicates: u64,
    pub smoother: Smoother,
    pub until: Month,
    /// Months ahead at which forecasts are ranked.
    pub ahead: usize,
}

/// Calibrates on the records of truths. A truth has numbers, shocks and events of its own, and records with errors of the
/// covariance that the calibration assumes. `data` gives the months that are observed; their records are not used.
///
/// # Errors
/// The failure of a draw that has a month without a solution.
pub fn replicate(
    scenario: &Scenario,
    panel: &Panel,
    data: &Data,
    plan: &SyntheticPlan,
    totals_of: &[usize],
    progress: &dyn Progress,
) -> Result<Vec<Replicate>, Failure> {
    let last = plan.until.plus(plan.ahead as i32).min(scenario.horizon.end().plus(-1));
    // Another seed, so that no truth shares its shocks with a member.
    let mut of_truths = scenario.clone();
    of_truths.simulation.seed = scenario.simulation.seed.wrapping_add(0x5bc) >> 1;
    let truths = Forward::new(&of_truths, panel, plan.replicates, last);
    let normal = truths.prior(of_truths.simulation.seed);
    let (values, totals) = (truths.values(&normal), truths.totals(&normal, progress)?);
    let records = with_errors(plan, data, &data.of_totals(&totals))?;
    let step = totals.dim().1 - 1;
    let until = Forward::new(scenario, panel, plan.smoother.members, plan.until);
    let ahead = Forward::new(scenario, panel, plan.smoother.members, last);
    let mut replicates = Vec::new();
    for place in 0..plan.replicates as usize {
        let mut observed = data.clone();
        observed.observed = records.row(place).to_vec();
        let smoother = Smoother {
            seed: plan.smoother.seed.wrapping_add(place as u64),
            ..plan.smoother
        };
        let members = smoother.calibrate(&until, &observed, progress)?;
        let drawn = until.values(&members.normal);
        let future = ahead.totals(&members.normal, progress)?;
        let ties = Stream::new(plan.smoother.seed, &format!("replicate {place}"), "ties");
        let rank = |number: usize| {
            let column = drawn.column(number);
            rank(
                column.iter().copied(),
                values[[place, number]],
                ties.uniform(0, number as u32),
            )
        };
        let spread = |number: usize| {
            let column = members.normal.column(number);
            column.std(1.0)
        };
        let forecast = |series: &usize| {
            let members = future.index_axis(Axis(1), step);
            rank_plain(members.column(*series).iter().copied(), totals[[place, step, *series]])
        };
        replicates.push(Replicate {
            truths: values.row(place).to_vec(),
            ranks: (0..values.ncols()).map(rank).collect(),
            spreads: (0..values.ncols()).map(spread).collect(),
            forecasts: totals_of.iter().map(forecast).collect(),
        });
    }
    Ok(replicates)
}

/// Records of truths: what they simulate, with errors.
fn with_errors(plan: &SyntheticPlan, data: &Data, simulated: &Array2<f64>) -> Result<Array2<f64>, Failure> {
    let stream = Stream::new(plan.smoother.seed, "truths", "errors of observations");
    let normal = Array2::from_shape_fn(simulated.dim(), |(truth, place)| {
        standard_normal_quantile(stream.uniform(truth as u64, place as u32))
    });
    Ok(simulated + &data.factor(&data.covariance)?.colour_rows(&normal))
}

/// The share of values below a truth, those equal to it by a uniform.
fn rank(values: impl Iterator<Item = f64>, truth: f64, uniform: f64) -> f64 {
    let (mut below, mut equal, mut count) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        below += f64::from(value < truth);
        equal += f64::from(value == truth);
    }
    (below + uniform * (equal + 1.0)) / (count + 1.0)
}

fn rank_plain(values: impl Iterator<Item = f64>, truth: f64) -> f64 {
    rank(values, truth, 0.5)
}

/// The probability of ranks at least this uneven if they are uniform: a chi-square test on five equal bins.
pub fn uniformity(ranks: &[f64]) -> f64 {
    const BINS: usize = 5;
    let mut counts = [0.0; BINS];
    ranks
        .iter()
        .for_each(|rank| counts[((rank * BINS as f64) as usize).min(BINS - 1)] += 1.0);
    let expected = ranks.len() as f64 / BINS as f64;
    let statistic = counts.iter().fold(0.0, |sum, count| {
        sum + (count - expected) * (count - expected) / expected
    });
    // The tail of a chi-square number with four degrees of freedom has a closed form.
    crate::math::exp(-0.5 * statistic) * (1.0 + 0.5 * statistic)
}

/// Whether each of some probabilities fails at a level, by the rule of Holm (1979), in their order.
pub fn holm(probabilities: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*one].total_cmp(&probabilities[*other]));
    let mut fails = vec![false; probabilities.len()];
    for (place, &index) in order.iter().enumerate() {
        if probabilities[index] >= level / (probabilities.len() - place) as f64 {
            break;
        }
        fails[index] = true;
    }
    fails
}

/// The mean of a list.
pub fn mean(values: &[f64]) -> f64 {
    Array1::from(values.to_vec()).mean().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_equal_values_are_shared_out_by_chance() {
        assert_eq!(rank([1.0, 2.0, 3.0].into_iter(), 2.5, 0.5), 2.5 / 4.0);
        assert_eq!(rank([2.0, 2.0, 2.0].into_iter(), 2.0, 0.25), 0.25);
    }

    #[test]
    fn even_ranks_pass_and_uneven_ones_fail() {
        let even: Vec<f64> = (0..100).map(|place| (f64::from(place) + 0.5) / 100.0).collect();
        assert_eq!(uniformity(&even), 1.0);
        // All in one of five bins: a statistic of 400.
        assert!(uniformity(&[0.1; 100]) < 1e-80);
        // 9.488 is the 95% quantile with four degrees of freedom.
        let tail = crate::math::exp(-0.5 * 9.487_729) * (1.0 + 0.5 * 9.487_729);
        assert!((tail - 0.05).abs() < 1e-6);
    }

    #[test]
    fn holm_divides_the_level_by_the_tests_that_are_left() {
        assert_eq!(holm(&[0.02, 0.001, 0.5], 0.03), [false, true, false]);
        assert_eq!(holm(&[0.012, 0.001, 0.5], 0.03), [true, true, false]);
    }
}
