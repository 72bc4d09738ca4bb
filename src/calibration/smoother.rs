//! The ensemble smoother with multiple data assimilation.
//!
//! Emerick and Reynolds 2013, "Ensemble smoother with multiple data assimilation", Computers & Geosciences 55, 3-15: the
//! data are assimilated several times with inflated errors, and members follow the regression of parameters on simulated
//! observations. Chance correlations are damped: a weight is zero below 0.6 and one above 1.2 times three standard errors of a
//! correlation (Luo and Bhakta 2020, "Automatic and adaptive localization for ensemble-based history matching", JPSE 184).

use ndarray::{Array1, Array2, Axis};

use super::data::Data;
use super::forward::{Forward, LARGEST};
use super::linear::{Factor, product};
use crate::ensemble::{Failure, Progress};
use crate::random::{Stream, standard_normal_quantile};

/// Sizes of the smoother.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Smoother {
    pub members: u64,
    pub steps: usize,
    pub seed: u64,
    /// Whether chance correlations are damped.
    pub localised: bool,
}

impl Members {
    /// Adds the misfit of what the members simulate in the end.
    pub fn note_final_misfit(&mut self, data: &Data, totals: &ndarray::Array3<f64>) {
        if let Some(factor) = Factor::new(&data.covariance) {
            self.misfit
                .push(mean_misfit(&factor, &data.of_totals(totals), &data.observed));
        }
    }
}

impl Smoother {
    /// 400 members, four steps.
    pub fn new(seed: u64) -> Self {
        Self {
            members: 400,
            steps: 4,
            seed,
            localised: true,
        }
    }
}

/// Members after calibration.
#[derive(Clone, Debug)]
pub struct Members {
    /// Standard normal numbers: members by parameters.
    pub normal: Array2<f64>,
    /// The mean misfit of an observation before each step: squares of whitened errors, one where only the errors are left.
    pub misfit: Vec<f64>,
}

impl Smoother {
    /// Calibrates the members of a model on data.
    ///
    /// # Errors
    /// The failure of the lowest member that cannot be simulated.
    pub fn calibrate(&self, forward: &Forward<'_>, data: &Data, progress: &dyn Progress) -> Result<Members, Failure> {
        let mut normal = forward.prior(self.seed);
        let mut misfit = Vec::new();
        if data.is_empty() {
            return Ok(Members { normal, misfit });
        }
        let factor = data.factor(&data.covariance)?;
        for step in 0..self.steps {
            let simulated = data.of_totals(&forward.totals(&normal, progress)?);
            misfit.push(mean_misfit(&factor, &simulated, &data.observed));
            self.assimilate(step, &mut normal, &simulated, data, &factor)?;
        }
        Ok(Members { normal, misfit })
    }

    /// One step: members move by the regression of their numbers on what they simulated.
    ///
    /// # Errors
    /// When a simulated observation is no number.
    fn assimilate(
        &self,
        step: usize,
        normal: &mut Array2<f64>,
        simulated: &Array2<f64>,
        data: &Data,
        factor: &Factor,
    ) -> Result<(), Failure> {
        let inflation = self.steps as f64;
        let (numbers, observations) = (centred(normal), centred(simulated));
        let last = (normal.nrows().max(2) - 1) as f64;
        let mut gain = product(numbers.t(), observations.view()) / last;
        let spread = product(observations.t(), observations.view()) / last;
        if self.localised {
            localise(&mut gain, &numbers, &observations);
        }
        let total = &spread + &(&data.covariance * inflation);
        let total = data.factor(&total)?;
        let errors = factor.colour_rows(&self.noise(step, simulated.dim())) * inflation.sqrt();
        let observed = Array1::from(data.observed.clone());
        let misses = &errors - simulated + &observed.insert_axis(Axis(0));
        let moves = product(total.solve_rows(&misses).view(), gain.t());
        *normal += &moves;
        normal.mapv_inplace(|value| value.clamp(-LARGEST, LARGEST));
        Ok(())
    }

    /// Standard normal numbers, one stream for each step.
    fn noise(&self, step: usize, (members, observations): (usize, usize)) -> Array2<f64> {
        let stream = Stream::new(self.seed, &format!("step {step}"), "errors of observations");
        Array2::from_shape_fn((members, observations), |(member, place)| {
            standard_normal_quantile(stream.uniform(member as u64, place as u32))
        })
    }
}

/// The mean over members and observations of the squares of whitened errors.
pub fn mean_misfit(factor: &Factor, simulated: &Array2<f64>, observed: &[f64]) -> f64 {
    let observed = Array1::from(observed.to_vec());
    let whitened = factor.whiten_rows(&(simulated - &observed.insert_axis(Axis(0))));
    whitened.iter().fold(0.0, |sum, error| sum + error * error) / whitened.len().max(1) as f64
}

fn centred(matrix: &Array2<f64>) -> Array2<f64> {
    let rows = matrix.nrows().max(1) as f64;
    let mut centred = matrix.clone();
    for mut column in centred.columns_mut() {
        let mean = column.iter().fold(0.0, |sum, value| sum + value) / rows;
        column.mapv_inplace(|value| value - mean);
    }
    centred
}

/// Damps the covariances of parameters and observations whose correlation chance explains.
fn localise(covariance: &mut Array2<f64>, numbers: &Array2<f64>, observations: &Array2<f64>) {
    let last = (numbers.nrows().max(2) - 1) as f64;
    let spread = |matrix: &Array2<f64>| -> Vec<f64> {
        let columns = matrix.columns().into_iter();
        columns
            .map(|column| (column.iter().fold(0.0, |sum, value| sum + value * value) / last).sqrt())
            .collect()
    };
    let (of_numbers, of_observations) = (spread(numbers), spread(observations));
    let threshold = 3.0 / (numbers.nrows() as f64).sqrt();
    for ((row, column), cell) in covariance.indexed_iter_mut() {
        let correlation = *cell / (of_numbers[row] * of_observations[column]).max(f64::MIN_POSITIVE);
        let place = ((correlation.abs() / threshold - 0.6) / 0.6).clamp(0.0, 1.0);
        *cell *= place * place * (3.0 - 2.0 * place);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::observation::testing::assert_near;

    /// Two numbers with normal priors, 5003 members that fill them evenly.
    fn prior() -> Array2<f64> {
        const MEMBERS: usize = 5003;
        let quantile = |place: usize| standard_normal_quantile((place as f64 + 0.5) / MEMBERS as f64);
        Array2::from_shape_fn((MEMBERS, 2), |(member, number)| {
            // The second number takes the same values in an order that has nothing to do with the first.
            quantile(if number == 0 { member } else { member * 1911 % MEMBERS })
        })
    }

    /// Observations of the first number and of half of it.
    fn toy() -> Data {
        Data::made_up(vec![1.0, 0.2], arr2(&[[0.5, 0.2], [0.2, 0.8]]))
    }

    /// All steps on a model that is a matrix.
    fn assimilated(smoother: &Smoother, data: &Data) -> Array2<f64> {
        let model = arr2(&[[1.0, 0.5], [0.0, 0.0]]);
        let factor = data.factor(&data.covariance).unwrap();
        let mut normal = prior();
        for step in 0..smoother.steps {
            let simulated = product(normal.view(), model.view());
            smoother
                .assimilate(step, &mut normal, &simulated, data, &factor)
                .unwrap();
        }
        normal
    }

    #[test]
    fn members_of_a_linear_model_approach_the_exact_posterior() {
        // The inverse of the covariance is [[0.8, -0.2], [-0.2, 0.5]] / 0.36, so that (1, 0.5) has the information
        // (0.8 - 0.2 + 0.125) / 0.36, and the observations say (0.8 - 0.04 + 0.5 * (0.1 - 0.2)) / 0.36.
        let information: f64 = 1.0 + 0.725 / 0.36;
        let (mean, sd) = (0.71 / 0.36 / information, (1.0 / information).sqrt());
        for (steps, localised) in [(1, false), (4, false), (4, true), (10, true)] {
            let smoother = Smoother {
                steps,
                localised,
                ..Smoother::new(3)
            };
            let members = assimilated(&smoother, &toy());
            let (first, second) = (members.column(0), members.column(1));
            let found = (first.mean().unwrap(), first.std(1.0));
            assert!((found.0 - mean).abs() < 0.03, "{steps}: {} is not {mean}", found.0);
            assert!((found.1 / sd - 1.0).abs() < 0.03, "{steps}: {} is not {sd}", found.1);
            // Nothing is said of the second.
            assert!(second.mean().unwrap().abs() < 0.03 && (second.std(1.0) - 1.0).abs() < 0.03);
        }
    }

    #[test]
    fn a_number_that_chance_alone_moves_keeps_its_prior_exactly() {
        let members = assimilated(&Smoother::new(3), &toy());
        assert_eq!(members.column(1), prior().column(1));
    }

    #[test]
    fn chance_correlations_are_damped() {
        // A hundred members: three standard errors are 0.3, so that 0.18 is nothing and 0.36 is all.
        let alternating = |size: f64, columns: usize| {
            let sign = |member: usize| if member.is_multiple_of(2) { size } else { -size };
            Array2::from_shape_fn((100, columns), |(member, _)| sign(member) * 0.99_f64.sqrt())
        };
        let (numbers, observations) = (alternating(2.0, 1), alternating(3.0, 5));
        let correlations = [0.17, 0.27, -0.27, 0.37, 0.9];
        let mut covariance = arr2(&[correlations.map(|correlation| 6.0 * correlation)]);
        localise(&mut covariance, &numbers, &observations);
        for (found, expected) in covariance.iter().zip([0.0, 0.81, -0.81, 2.22, 5.4]) {
            assert_near(*found, expected);
        }
        // What never varies has no correlation.
        let mut nothing = arr2(&[[0.0; 5]]);
        localise(&mut nothing, &alternating(0.0, 1), &observations);
        assert_eq!(nothing, arr2(&[[0.0; 5]]));
    }

    #[test]
    fn what_is_no_number_stops_the_smoother() {
        let data = toy();
        let factor = data.factor(&data.covariance).unwrap();
        let mut normal = prior();
        let mut simulated = product(normal.view(), arr2(&[[1.0, 0.5], [0.0, 0.0]]).view());
        simulated[[7, 1]] = f64::NAN;
        let outcome = Smoother::new(3).assimilate(0, &mut normal, &simulated, &data, &factor);
        assert!(outcome.is_err());
        assert_eq!(normal, prior());
    }

    #[test]
    fn numbers_stay_where_quantiles_differ_and_fewer_members_than_data_are_enough() {
        let observations = 30;
        let data = Data::made_up(vec![1000.0; observations], Array2::eye(observations) * 0.01);
        let factor = data.factor(&data.covariance).unwrap();
        let mut normal = prior().slice(ndarray::s![..;500, ..1]).to_owned();
        let simulated = product(normal.view(), Array2::ones((1, observations)).view());
        let smoother = Smoother::new(3);
        smoother.assimilate(0, &mut normal, &simulated, &data, &factor).unwrap();
        assert!(normal.iter().all(|value| *value == LARGEST), "{normal}");
    }

    #[test]
    fn the_misfit_is_the_mean_square_of_whitened_errors() {
        let factor = Factor::new(&arr2(&[[4.0, 0.0], [0.0, 1.0]])).unwrap();
        let simulated = arr2(&[[3.0, 0.0], [1.0, 5.0]]);
        // Errors of 2 / 2 and 0, then 0 and 5.
        assert_eq!(mean_misfit(&factor, &simulated, &[1.0, 0.0]), 26.0 / 4.0);
    }
}
