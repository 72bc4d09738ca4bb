//! Uncertain numbers that scenarios of a batch have in common, drawn once for all of them.

use std::ops::Range;

use ndarray::Array2;

use crate::random::{Distribution, ParameterStream};
use crate::simulation::Model;

/// The uncertain numbers of all scenarios of a batch, those with the same distribution and stream only once.
#[derive(Debug, Default)]
pub struct ParameterPool {
    parameters: Vec<PooledParameter>,
}

#[derive(Debug)]
struct PooledParameter {
    distribution: Distribution,
    stream: ParameterStream,
    /// How many draws of it are asked for.
    draws: u64,
}

impl ParameterPool {
    /// Takes in the parameters of a scenario of so many draws, and returns the column of each, in their order.
    pub fn enrol(&mut self, model: &Model, draws: u64) -> Vec<usize> {
        let parameters = model.parameters().iter();
        parameters
            .map(|(parameter, stream)| self.column(&parameter.distribution, stream, draws))
            .collect()
    }

    fn column(&mut self, distribution: &Distribution, stream: &ParameterStream, draws: u64) -> usize {
        let is_same = |known: &PooledParameter| known.stream == *stream && known.distribution == *distribution;
        let column = self
            .parameters
            .iter()
            .position(is_same)
            .unwrap_or(self.parameters.len());
        if let Some(known) = self.parameters.get_mut(column) {
            known.draws = known.draws.max(draws);
        } else {
            self.parameters.push(PooledParameter {
                distribution: distribution.clone(),
                stream: stream.clone(),
                draws,
            });
        }
        column
    }

    /// Draws every number, draws by columns. A number that no scenario asks for in a draw is NaN.
    pub fn draw(&self, draws: Range<u64>) -> Array2<f64> {
        let first = draws.start;
        let shape = ((draws.end - first) as usize, self.parameters.len());
        let value = |(row, column): (usize, usize)| {
            let (parameter, draw) = (&self.parameters[column], first + row as u64);
            if draw < parameter.draws {
                parameter.distribution.quantile(parameter.stream.uniform(draw))
            } else {
                f64::NAN
            }
        };
        Array2::from_shape_fn(shape, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::sync::Arc;

    use crate::diagnostic::Report;
    use crate::input::{IdleLines, read_scenarios};
    use crate::simulation::{Chance, Plan};

    #[test]
    fn parameters_that_scenarios_share_are_drawn_once_and_as_if_drawn_alone() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/primary.toml");
        let scenario = read_scenarios(&[path], IdleLines::Fault, &mut Report::default())
            .unwrap()
            .remove(0);
        let bare = scenario.without_measures();
        let models = [scenario, bare].map(|scenario| Model::new(Plan::new(Arc::new(scenario))));
        let mut pool = ParameterPool::default();
        let columns = models.each_ref().map(|model| pool.enrol(model, 8));
        assert_eq!(pool.parameters.len(), models[0].plan.scenario.parameters.len());
        let drawn = pool.draw(5..10);
        for (model, columns) in models.iter().zip(&columns) {
            for draw in 5..8 {
                let alone = model.values(Chance::Draw(draw));
                for ((parameter, _), &column) in model.parameters().iter().zip(columns) {
                    assert_eq!(drawn[[draw as usize - 5, column]], parameter.slot.of(&alone));
                }
            }
        }
    }
}
