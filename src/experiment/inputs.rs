//! The independent inputs of some scenarios.

use crate::random::Distribution;
use crate::scenario::Scenario;

/// What an input is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputKind {
    /// One uncertain number, drawn from its own prior.
    Number,
    /// So many numbers that a table of posterior draws holds together: an input is the row.
    Table(usize),
}

/// Something that one uniform draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InputSource {
    /// The dotted name of a number, or which of the tables.
    pub name: String,
    pub kind: InputKind,
    /// The stream that numbers of a table share.
    shared: Option<String>,
}

/// The uncertain numbers of scenarios, and the independent uniforms that draw them.
#[derive(Clone, PartialEq, Debug)]
pub struct IndependentInputs {
    pub sources: Vec<InputSource>,
    /// Dotted names, each once.
    pub numbers: Vec<String>,
    distributions: Vec<Distribution>,
    /// By number, the place of its source.
    drawn_by: Vec<usize>,
}

/// Two scenarios draw a number in different ways, so that no design serves both.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{number}` is {one} in `{first}`, but {two} in `{second}`: a design needs one prior for both")]
pub struct ClashingPriors {
    pub number: String,
    pub first: String,
    pub one: String,
    pub second: String,
    pub two: String,
}

impl IndependentInputs {
    /// The inputs of all scenarios together.
    ///
    /// # Errors
    /// When two of them draw a number in different ways.
    pub fn of(scenarios: &[&Scenario]) -> Result<Self, ClashingPriors> {
        let mut inputs = Self {
            sources: Vec::new(),
            numbers: Vec::new(),
            distributions: Vec::new(),
            drawn_by: Vec::new(),
        };
        let mut said_by: Vec<&Scenario> = Vec::new();
        for scenario in scenarios {
            for parameter in &scenario.parameters {
                let known = inputs.numbers.iter().position(|name| *name == parameter.name);
                match known {
                    Some(place) if inputs.distributions[place] == parameter.distribution => {}
                    Some(place) => {
                        return Err(ClashingPriors {
                            number: parameter.name.clone(),
                            first: said_by[place].name.clone(),
                            one: inputs.distributions[place].words().to_owned(),
                            second: scenario.name.clone(),
                            two: parameter.distribution.words().to_owned(),
                        });
                    }
                    None => {
                        inputs.add(&parameter.name, &parameter.distribution);
                        said_by.push(scenario);
                    }
                }
            }
        }
        Ok(inputs)
    }

    fn add(&mut self, name: &str, distribution: &Distribution) {
        let table = distribution.shared_stream();
        let of_table = |source: &InputSource| source.shared.is_some() && source.shared.as_deref() == table;
        let known = self.sources.iter().position(of_table);
        let place = known.unwrap_or(self.sources.len());
        if known.is_none() {
            let before = self.sources.iter().filter(|source| source.shared.is_some()).count();
            self.sources.push(InputSource {
                name: table.map_or_else(|| name.to_owned(), |_| format!("posterior table {}", before + 1)),
                kind: table.map_or(InputKind::Number, |_| InputKind::Table(0)),
                shared: table.map(str::to_owned),
            });
        }
        if let InputKind::Table(numbers) = &mut self.sources[place].kind {
            *numbers += 1;
        }
        self.numbers.push(name.to_owned());
        self.distributions.push(distribution.clone());
        self.drawn_by.push(place);
    }

    /// The numbers that tables hold, each with its table.
    pub fn in_tables(&self) -> impl Iterator<Item = (&str, &str)> {
        let numbers = self.numbers.iter().zip(&self.drawn_by);
        let sources = numbers.map(|(number, source)| (number, &self.sources[*source]));
        let held = sources.filter(|(_, source)| source.kind != InputKind::Number);
        held.map(|(number, source)| (number.as_str(), source.name.as_str()))
    }

    /// The values of all numbers, given the uniform of each source, strictly between 0 and 1.
    pub fn values(&self, uniforms: &[f64]) -> impl Iterator<Item = f64> {
        let numbers = self.distributions.iter().zip(&self.drawn_by);
        numbers.map(|(distribution, source)| distribution.quantile(uniforms[*source]))
    }
}
