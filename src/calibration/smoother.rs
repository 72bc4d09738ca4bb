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
