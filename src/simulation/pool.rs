//! Uncertain numbers that scenarios of a batch have in common, drawn once for all of them.

use std::ops::Range;

use ndarray::Array2;

use super::sampling::ParameterSampler;
use crate::random::{Distribution, ParameterStream};

/// The uncertain numbers of all scenarios of a batch, those with the same distribution and stream only once.
#[derive(Debug, Default)]
pub struct Pool {
    numbers: Vec<Number>,
}

#[derive(Debug)]
struct Number {
    distribution: Distribution,
    stream: ParameterStream,
    /// How many draws of it are asked for.
    draws: u64,
}

/// Where a scenario's parameters stand in the pool, in their order.
#[derive(Debug)]
pub struct Places(Vec<usize>);

/// The pool's numbers in some draws.
#[derive(Debug)]
pub struct Drawn {
    first: u64,
    /// Draws by numbers.
    values: Array2<f64>,
}

/// What was drawn, as one scenario sees it.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    drawn: &'a Drawn,
    places: &'a Places,
}

impl Pool {
    /// Takes in the parameters of a scenario of so many draws.
    pub fn enrol(&mut self, sampler: &ParameterSampler, draws: u64) -> Places {
        let distributions = sampler.distributions();
        Places(
            distributions
                .map(|(distribution, stream)| self.place(distribution, stream, draws))
                .collect(),
        )
    }

    fn place(&mut self, distribution: &Distribution, stream: &ParameterStream, draws: u64) -> usize {
        let is_same = |known: &Number| known.stream == *stream && known.distribution == *distribution;
        let place = self.numbers.iter().position(is_same).unwrap_or(self.numbers.len());
        if let Some(known) = self.numbers.get_mut(place) {
            known.draws = known.draws.max(draws);
        } else {
            self.numbers.push(Number {
                distribution: distribution.clone(),
                stream: stream.clone(),
                draws,
            });
        }
        place
    }

    /// Draws every number; what nobody asks for is not a number.
    pub fn draw(&self, draws: Range<u64>) -> Drawn {
        let first = draws.start;
        let shape = ((draws.end - first) as usize, self.numbers.len());
        let value = |(row, number): (usize, usize)| {
            let (number, draw) = (&self.numbers[number], first + row as u64);
            if draw < number.draws {
                number.distribution.quantile(number.stream.uniform(draw))
            } else {
                f64::NAN
            }
        };
        Drawn {
            first,
            values: Array2::from_shape_fn(shape, value),
        }
    }
}

impl Drawn {
    /// What of it a scenario sees.
    pub fn shared<'a>(&'a self, places: &'a Places) -> Shared<'a> {
        Shared { drawn: self, places }
    }
}

impl Shared<'_> {
    /// The values of the scenario's parameters in a draw, in their order.
    pub fn values(&self, draw: u64) -> impl Iterator<Item = f64> {
        let row = self.drawn.values.row((draw - self.drawn.first) as usize);
        self.places.0.iter().map(move |&place| row[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::sync::Arc;

    use crate::diagnostic::Report;
    use crate::input::{IdleLines, read_scenarios};
    use crate::simulation::{Chance, Model, Plan};

    #[test]
    fn what_scenarios_share_is_drawn_once_and_as_if_drawn_alone() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/primary.toml");
        let scenario = read_scenarios(&[path], IdleLines::Fault, &mut Report::default())
            .unwrap()
            .remove(0);
        let bare = scenario.without_measures();
        let models = [scenario, bare].map(|scenario| Model::new(Plan::new(Arc::new(scenario))));
        let mut pool = Pool::default();
        let places = models.each_ref().map(|model| pool.enrol(&model.parameters, 8));
        assert_eq!(pool.numbers.len(), models[0].plan.scenario.parameters.len());
        let drawn = pool.draw(5..10);
        for (model, places) in models.iter().zip(&places) {
            let shared = drawn.shared(places);
            for draw in 5..8 {
                let (mut together, alone) = (model.values(Chance::Central), model.values(Chance::Draw(draw)));
                model.parameters.take(shared, draw, &mut together);
                assert_eq!(together, alone);
            }
        }
    }
}
