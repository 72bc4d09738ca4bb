//! Where the values of the uncertain numbers come from: the prior streams, a matrix handed over, or their medians.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, s};

use super::parameter_pool::ParameterPool;
use crate::simulation::{Chance, Model, PathInput};

/// Where the values of the uncertain numbers come from.
#[derive(Clone, Debug, Default)]
pub enum ParameterSource {
    /// The distributions of the scenarios, each from its own stream. Scenarios that share a number draw it once.
    #[default]
    Streams,
    /// A row for each draw, from draw 0 on. Shocks and events are still drawn, by the number of the draw or by that of
    /// [`ParameterMatrix::chances`].
    Matrix(ParameterMatrix),
    /// Medians, no shocks, and events by their expected effect: all draws are the same central path.
    Central,
}

/// Values of named numbers, draws by names.
#[derive(Clone, Debug)]
pub struct ParameterMatrix {
    /// The dotted names of the columns.
    pub names: Vec<String>,
    /// Draws by names.
    pub values: Array2<f64>,
    /// The draw whose shocks and events each row meets, so that rows can share them; none if each row meets its own.
    pub chances: Option<Vec<u64>>,
}

/// A fault of a [`ParameterMatrix`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    #[error("{names} names for a matrix of {columns} columns")]
    Shape { names: usize, columns: usize },
    #[error("`{0}` stands over two columns")]
    Repeated(String),
    #[error("no column for {}", listed(.0))]
    Missing(Vec<String>),
    #[error("no scenario has an uncertain number {}", listed(.0))]
    Unknown(Vec<String>),
    #[error("`{name}` is not a finite number in draw {draw}")]
    NotFinite { name: String, draw: usize },
    #[error("{rows} rows for {draws} draws")]
    TooFewRows { rows: usize, draws: u64 },
    #[error("{chances} numbers of shocks for {rows} rows")]
    Chances { chances: usize, rows: usize },
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// A source with the columns that each model takes from it.
#[derive(Debug)]
pub struct BoundSource {
    values: SourceValues,
    /// By model, the column of each of its parameters.
    columns: Vec<Vec<usize>>,
}

#[derive(Debug)]
enum SourceValues {
    Pool(ParameterPool),
    Matrix {
        values: Array2<f64>,
        chances: Option<Vec<u64>>,
    },
    /// Medians, by column.
    Central(Vec<f64>),
}

/// The values of all columns in some draws.
#[derive(Debug)]
pub struct DrawnParameters<'s> {
    source: &'s BoundSource,
    first: u64,
    /// Draws by columns.
    values: Array2<f64>,
}

/// The parameters of one model in some draws.
#[derive(Debug)]
pub struct ParameterRows {
    /// By draw.
    chances: Vec<Chance>,
    first: u64,
    parameters: usize,
    /// Draw after draw.
    values: Vec<f64>,
}

impl BoundSource {
    /// Finds what each model, of so many draws, takes from a source.
    ///
    /// # Errors
    /// When a matrix does not fit the uncertain numbers of the models.
    pub fn new(source: ParameterSource, models: &[(&Model, u64)]) -> Result<Self, MatrixError> {
        match source {
            ParameterSource::Streams => Ok(Self::streams(models)),
            ParameterSource::Matrix(matrix) => matrix.bind(models),
            ParameterSource::Central => Ok(Self::central(models)),
        }
    }

    /// The prior streams of some models.
    pub fn streams(models: &[(&Model, u64)]) -> Self {
        let mut pool = ParameterPool::default();
        let columns = models.iter().map(|(model, draws)| pool.enrol(model, *draws)).collect();
        Self {
            values: SourceValues::Pool(pool),
            columns,
        }
    }

    /// The medians of some models.
    pub fn central(models: &[(&Model, u64)]) -> Self {
        let (mut medians, mut columns) = (Vec::new(), Vec::new());
        for (model, _) in models {
            let first = medians.len();
            let parameters = model.parameters().iter();
            medians.extend(parameters.map(|(parameter, _)| parameter.distribution.median()));
            columns.push((first..medians.len()).collect());
        }
        Self {
            values: SourceValues::Central(medians),
            columns,
        }
    }

    /// The values of all columns in some draws.
    pub fn draw(&self, draws: Range<u64>) -> DrawnParameters<'_> {
        let values = match &self.values {
            SourceValues::Pool(pool) => pool.draw(draws.clone()),
            SourceValues::Matrix { values, .. } => {
                // The last chunk of a batch may end after the last draw.
                let row = |draw: u64| (draw as usize).min(values.nrows());
                values.slice(s![row(draws.start)..row(draws.end), ..]).to_owned()
            }
            SourceValues::Central(medians) => {
                let shape = ((draws.end - draws.start) as usize, medians.len());
                Array2::from_shape_fn(shape, |(_, column)| medians[column])
            }
        };
        DrawnParameters {
            source: self,
            first: draws.start,
            values,
        }
    }
}

impl DrawnParameters<'_> {
    /// The parameters of the model at a place among those that the source was bound to.
    pub fn of(&self, model: usize) -> ParameterRows {
        let columns = &self.source.columns[model];
        let of_draw = |row: ArrayView1<'_, f64>| columns.iter().map(|&column| row[column]).collect::<Vec<f64>>();
        let chance = |draw: u64| match &self.source.values {
            SourceValues::Central(_) => Chance::Central,
            SourceValues::Matrix {
                chances: Some(chances), ..
            } => Chance::Draw(chances[draw as usize]),
            SourceValues::Matrix { .. } | SourceValues::Pool(_) => Chance::Draw(draw),
        };
        let draws = self.first..self.first + self.values.nrows() as u64;
        ParameterRows {
            chances: draws.map(chance).collect(),
            first: self.first,
            parameters: columns.len(),
            values: self.values.rows().into_iter().flat_map(of_draw).collect(),
        }
    }
}

impl ParameterRows {
    /// The values of the parameters in a draw, in their order.
    pub fn of_draw(&self, draw: u64) -> &[f64] {
        let row = (draw - self.first) as usize;
        &self.values[row * self.parameters..][..self.parameters]
    }

    /// A draw as its path needs it.
    pub fn input(&self, draw: u64) -> PathInput<'_> {
        PathInput {
            chance: self.chances[(draw - self.first) as usize],
            parameters: Some(self.of_draw(draw)),
        }
    }
}

impl ParameterMatrix {
    fn bind(self, models: &[(&Model, u64)]) -> Result<BoundSource, MatrixError> {
        self.check()?;
        let mut is_known = vec![false; self.names.len()];
        let (mut columns, mut missing) = (Vec::new(), Vec::new());
        for &(model, draws) in models {
            if (self.values.nrows() as u64) < draws {
                return Err(MatrixError::TooFewRows {
                    rows: self.values.nrows(),
                    draws,
                });
            }
            let mut of_model = Vec::with_capacity(model.parameters().len());
            for (parameter, _) in model.parameters() {
                match self.names.iter().position(|name| *name == parameter.name) {
                    Some(column) => {
                        is_known[column] = true;
                        of_model.push(column);
                    }
                    None => missing.push(parameter.name.clone()),
                }
            }
            columns.push(of_model);
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(MatrixError::Missing(missing));
        }
        let names = self.names.into_iter().zip(is_known);
        let unknown: Vec<String> = names.filter(|(_, is_known)| !is_known).map(|(name, _)| name).collect();
        if !unknown.is_empty() {
            return Err(MatrixError::Unknown(unknown));
        }
        Ok(BoundSource {
            values: SourceValues::Matrix {
                values: self.values,
                chances: self.chances,
            },
            columns,
        })
    }

    /// Checks what does not depend on models.
    fn check(&self) -> Result<(), MatrixError> {
        let (names, columns) = (self.names.len(), self.values.ncols());
        if names != columns {
            return Err(MatrixError::Shape { names, columns });
        }
        let rows = self.values.nrows();
        if let Some(chances) = self.chances.as_ref().map(Vec::len).filter(|chances| *chances != rows) {
            return Err(MatrixError::Chances { chances, rows });
        }
        let mut sorted: Vec<&String> = self.names.iter().collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(MatrixError::Repeated(pair[0].clone()));
        }
        let faulty = self.values.indexed_iter().find(|(_, value)| !value.is_finite());
        faulty.map_or(Ok(()), |((draw, column), _)| {
            let name = self.names[column].clone();
            Err(MatrixError::NotFinite { name, draw })
        })
    }
}
