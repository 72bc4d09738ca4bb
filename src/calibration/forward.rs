//! From normal numbers to simulated series: what both samplers ask of the model.

use std::sync::Arc;

use ndarray::{Array2, Array3};

use crate::ensemble::{Ensemble, Failure, ParameterMatrix, ParameterSource, Progress};
use crate::model::Month;
use crate::observation::{Panel, monthly_totals};
use crate::random::{Distribution, ParameterStream, Sampling, standard_normal_cdf, standard_normal_quantile};
use crate::scenario::Scenario;
use crate::simulation::{Model, Plan};

/// The largest standard normal number of a parameter: beyond it, the quantiles of a prior no longer differ.
pub const LARGEST: f64 = 4.5;

/// A scenario whose uncertain numbers are quantiles of standard normal numbers, so that the bounds of every prior hold by
/// construction. Discrete priors too have quantiles.
#[derive(Debug)]
pub struct Forward<'p> {
    model: Model,
    panel: &'p Panel,
}

impl<'p> Forward<'p> {
    /// The scenario with so many draws until the end of a month.
    pub fn new(scenario: &Scenario, panel: &'p Panel, members: u64, last: Month) -> Self {
        let mut scenario = scenario.clone();
        scenario.simulation.draws = members;
        // The first months are the same whatever the horizon.
        scenario.horizon.months = (last.since(scenario.horizon.start) + 1).max(1) as usize;
        Self {
            model: Model::new(Plan::new(Arc::new(scenario))),
            panel,
        }
    }

    /// The names of the uncertain numbers.
    pub fn names(&self) -> Vec<String> {
        let parameters = self.model.parameters().iter();
        parameters.map(|(parameter, _)| parameter.name.clone()).collect()
    }

    /// The names and priors of the uncertain numbers.
    pub fn distributions(&self) -> impl Iterator<Item = (&str, &Distribution)> {
        let parameters = self.model.parameters().iter();
        parameters.map(|(parameter, _)| (parameter.name.as_str(), &parameter.distribution))
    }

    /// A Latin hypercube of standard normal numbers: members by parameters, the strata of the scenario's own draws.
    pub fn prior(&self, seed: u64) -> Array2<f64> {
        let simulation = self.model.plan.scenario.simulation;
        let members = simulation.draws;
        let sampling =
            std::num::NonZero::new(members).map_or(Sampling::Random, |draws| Sampling::LatinHypercube { draws });
        let names = self.names();
        let mut normal = Array2::zeros((members as usize, names.len()));
        for (name, mut column) in names.iter().zip(normal.columns_mut()) {
            let stream = ParameterStream::new(seed, name, sampling);
            for (member, cell) in column.iter_mut().enumerate() {
                *cell = standard_normal_quantile(stream.uniform(member as u64)).clamp(-LARGEST, LARGEST);
            }
        }
        normal
    }

    /// The values of the uncertain numbers: members by parameters.
    pub fn values(&self, normal: &Array2<f64>) -> Array2<f64> {
        let parameters = self.model.parameters();
        Array2::from_shape_fn(normal.dim(), |(member, place)| {
            let uniform = standard_normal_cdf(normal[[member, place]]);
            parameters[place].0.distribution.quantile(uniform)
        })
    }

    /// The monthly totals of the panel's series: members by months by series. A member has the shocks and events of the draw
    /// with its number, whatever its parameters.
    ///
    /// # Errors
    /// The failure of the lowest member that has a month without a solution.
    pub fn totals(&self, normal: &Array2<f64>, progress: &dyn Progress) -> Result<Array3<f64>, Failure> {
        let matrix = ParameterMatrix {
            names: self.names(),
            values: self.values(normal),
            chances: None,
        };
        // The matrix was made for this model.
        let ensemble = Ensemble::new(&self.model, ParameterSource::Matrix(matrix)).map_err(|error| Failure {
            draw: 0,
            month: self.model.plan.scenario.horizon.start,
            reason: error.to_string(),
        })?;
        monthly_totals(&ensemble, &self.panel.sums, normal.nrows() as u64, progress)
    }
}
