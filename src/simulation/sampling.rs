//! Draws parameters, once per draw, and shocks, every month.
//!
//! Streams are keyed by seed and name only, so two scenarios with one seed meet the same world, draw by draw.

use ndarray::Array2;

use super::plan::Plan;
use crate::math::exp;
use crate::model::{Mode, Slot};
use crate::random::{ParameterStream, Stream, standard_normal_quantile};
use crate::scenario::{Parameter, ShockKind};

/// The purpose that keys the random numbers of nodes that close by chance.
const RANDOM_CLOSURE: &str = "closure";

/// The chance that a path meets: its shocks and events, and its parameters unless they are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chance {
    /// The draw of this number.
    Draw(u64),
    /// Medians, no shocks, and events by their expected effect.
    Central,
}

/// The parameters of a scenario with their streams.
#[derive(Debug)]
pub struct ParameterSampler {
    parameters: Vec<(Parameter, ParameterStream)>,
    central: Vec<f64>,
}

impl ParameterSampler {
    /// Prepares the streams of a plan's parameters.
    pub fn new(plan: &Plan) -> Self {
        let scenario = &plan.scenario;
        let simulation = &scenario.simulation;
        let with_stream = |parameter: &Parameter| {
            // Columns of one posterior table share a stream, so that a draw takes one row of it.
            let name = parameter.distribution.shared_stream().unwrap_or(&parameter.name);
            (
                parameter.clone(),
                ParameterStream::new(simulation.seed, name, simulation.sampling()),
            )
        };
        let parameters = scenario.parameters.iter().map(with_stream).collect();
        Self {
            parameters,
            central: scenario.numbers.values(),
        }
    }

    /// The value of every number by slot, as it is where it is not drawn.
    pub fn central(&self) -> &[f64] {
        &self.central
    }

    /// Whether a number is drawn.
    pub fn draws(&self, slot: Slot) -> bool {
        self.parameters.iter().any(|(parameter, _)| parameter.slot == slot)
    }

    /// The parameters with their streams, in the order of the scenario.
    pub fn parameters(&self) -> &[(Parameter, ParameterStream)] {
        &self.parameters
    }

    /// Writes `drawn`, the values of the parameters in their order, to their places among `values`.
    pub fn place(&self, drawn: &[f64], values: &mut [f64]) {
        for ((parameter, _), value) in self.parameters.iter().zip(drawn) {
            values[parameter.slot.position()] = *value;
        }
    }

    /// Writes the numbers that are drawn to their places among `values`.
    pub fn sample(&self, chance: Chance, values: &mut [f64]) {
        for (parameter, stream) in &self.parameters {
            values[parameter.slot.position()] = match chance {
                Chance::Draw(draw) => parameter.distribution.quantile(stream.uniform(draw)),
                Chance::Central => parameter.distribution.median(),
            };
        }
    }
}

/// The shocks of one path: what each month multiplies, and what it closes.
#[derive(Debug)]
pub struct Surroundings {
    /// Factor on freight, months by modes.
    mode_factor: Array2<f64>,
    /// Factor on the prices at both ends, months by commodities.
    price_factor: Array2<f64>,
    /// Whether each random closure holds, months by closures of [`ShockSampler::closures`].
    pub closed: Array2<bool>,
    /// Scratch space: the uniforms of one shock, by month.
    uniforms: Vec<f64>,
}

impl Surroundings {
    /// Factors on freight by mode.
    pub fn mode_factors(&self, month: usize) -> &[f64] {
        row(&self.mode_factor, month)
    }

    /// Factors on the prices at both ends by commodity.
    pub fn price_factors(&self, month: usize) -> &[f64] {
        row(&self.price_factor, month)
    }

    /// Whether freight has moved since the month before.
    pub fn has_new_mode_factors(&self, month: usize) -> bool {
        month == 0 || self.mode_factors(month) != self.mode_factors(month - 1)
    }

    /// Whether prices have.
    pub fn has_new_price_factors(&self, month: usize) -> bool {
        month == 0 || self.price_factors(month) != self.price_factors(month - 1)
    }
}

fn row(factors: &Array2<f64>, month: usize) -> &[f64] {
    let width = factors.ncols();
    let all = factors.as_slice().unwrap_or_default();
    &all[month * width..(month + 1) * width]
}

/// A random closure: its stream and the routes it stops.
#[derive(Debug)]
pub struct RandomClosure {
    pub routes: Vec<usize>,
    stream: Stream,
    monthly_probability: Slot,
    mean_months: Slot,
}

#[derive(Debug)]
struct Autoregression {
    column: usize,
    stream: Stream,
    persistence: Slot,
    sd: Slot,
}

/// The shocks of a scenario with their streams.
#[derive(Debug)]
pub struct ShockSampler {
    modes: Vec<Autoregression>,
    prices: Vec<Autoregression>,
    pub closures: Vec<RandomClosure>,
    months: usize,
    commodities: usize,
}

impl ShockSampler {
    /// Prepares the streams of a plan's shocks. They are keyed by what is shocked, not by who says so.
    pub fn new(plan: &Plan) -> Self {
        let scenario = &plan.scenario;
        let world = plan.world();
        let seed = scenario.simulation.seed;
        let mut sampler = Self {
            modes: Vec::new(),
            prices: Vec::new(),
            closures: Vec::new(),
            months: scenario.horizon.months,
            commodities: world.commodities.len(),
        };
        for shock in &scenario.shocks {
            match &shock.kind {
                &ShockKind::ModeCost { mode, persistence, sd } => {
                    let stream = Stream::new(seed, mode.name(), "mode cost");
                    sampler.modes.push(Autoregression {
                        column: mode.position(),
                        stream,
                        persistence,
                        sd,
                    });
                }
                &ShockKind::Price {
                    commodity,
                    persistence,
                    sd,
                } => {
                    let stream = Stream::new(seed, &world.commodities[commodity].id, "price");
                    let column = crate::model::Index::row(commodity);
                    sampler.prices.push(Autoregression {
                        column,
                        stream,
                        persistence,
                        sd,
                    });
                }
                ShockKind::RandomClosure {
                    nodes,
                    monthly_probability,
                    mean_months,
                } => {
                    let names: Vec<&str> = nodes.iter().map(|&node| world.nodes[node].id.as_str()).collect();
                    let passes = |route: &crate::model::Route| route.nodes.iter().any(|node| nodes.contains(node));
                    let routes = world
                        .routes_where(passes)
                        .into_iter()
                        .map(crate::model::Index::row)
                        .collect();
                    sampler.closures.push(RandomClosure {
                        routes,
                        stream: Stream::new(seed, &names.join(";"), RANDOM_CLOSURE),
                        monthly_probability: *monthly_probability,
                        mean_months: *mean_months,
                    });
                }
            }
        }
        sampler
    }

    /// Months without shocks.
    pub fn calm(&self) -> Surroundings {
        Surroundings {
            mode_factor: Array2::ones((self.months, Mode::ALL.len())),
            price_factor: Array2::ones((self.months, self.commodities)),
            closed: Array2::from_elem((self.months, self.closures.len()), false),
            uniforms: vec![0.0; self.months],
        }
    }

    /// Writes the shocks of a path; none where chance is central.
    pub fn sample(&self, chance: Chance, values: &[f64], surroundings: &mut Surroundings) {
        let Surroundings {
            mode_factor,
            price_factor,
            closed,
            uniforms,
        } = surroundings;
        // Several shocks may move one mode or price: factors multiply, from one.
        mode_factor.fill(1.0);
        price_factor.fill(1.0);
        closed.fill(false);
        let Chance::Draw(draw) = chance else {
            return;
        };
        for shock in &self.modes {
            shock.multiply(draw, values, uniforms, mode_factor);
        }
        for shock in &self.prices {
            shock.multiply(draw, values, uniforms, price_factor);
        }
        for (column, shock) in self.closures.iter().enumerate() {
            shock.close(draw, values, uniforms, closed.column_mut(column));
        }
    }
}

impl Autoregression {
    /// `x_0` = 0, `x_t` = persistence x_{t-1} + sd sqrt(1 - persistence^2) z, factor exp(x) (docs/model.md).
    fn multiply(&self, draw: u64, values: &[f64], uniforms: &mut [f64], factors: &mut Array2<f64>) {
        let persistence = self.persistence.of(values);
        // So scaled, the standard deviation in the long run is `sd` whatever the persistence.
        let innovation = self.sd.of(values) * (1.0 - persistence * persistence).sqrt();
        self.stream.fill(draw, uniforms);
        let mut level = 0.0;
        for (month, uniform) in uniforms.iter().enumerate().skip(1) {
            level = persistence * level + innovation * standard_normal_quantile(*uniform);
            factors[[month, self.column]] *= exp(level);
        }
    }
}

impl RandomClosure {
    /// Open in the first month; closes with the monthly probability, reopens after the mean length on average.
    fn close(&self, draw: u64, values: &[f64], uniforms: &mut [f64], mut closed: ndarray::ArrayViewMut1<'_, bool>) {
        let closing = self.monthly_probability.of(values);
        let reopening = 1.0 / self.mean_months.of(values);
        self.stream.fill(draw, uniforms);
        let mut is_closed = false;
        for (month, &uniform) in uniforms.iter().enumerate().skip(1) {
            is_closed = if is_closed {
                uniform >= reopening
            } else {
                uniform < closing
            };
            closed[month] = is_closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::model;

    fn shocked() -> crate::simulation::Model {
        model(
            "[[shocks.mode_cost]]\nid = \"rates\"\nmode = \"rail\"\npersistence = 0.6\nsd = 0.5\n[[shocks.closure]]\nid = \"floods\"\nnodes = [\"souk\"]\n\
             monthly_probability = 0.4\nmean_months = 2\n",
        )
    }

    #[test]
    fn a_shock_starts_at_one_and_follows_its_recursion() {
        let model = shocked();
        let mut surroundings = model.shocks.calm();
        let stream = Stream::new(1, "rail", "mode cost");
        for draw in 0..20 {
            model
                .shocks
                .sample(Chance::Draw(draw), &model.values(Chance::Central), &mut surroundings);
            let rail = Mode::Rail.position();
            assert_eq!(surroundings.mode_factors(0), [1.0; Mode::ALL.len()]);
            // sd sqrt(1 - 0.36) = 0.4.
            let level = 0.4 * standard_normal_quantile(stream.uniform(draw, 1));
            let found = surroundings.mode_factors(1)[rail];
            assert!((found / exp(level) - 1.0).abs() < 1e-12, "{found} in draw {draw}");
            assert_eq!(surroundings.mode_factors(1)[Mode::Sea.position()], 1.0);
            assert!(surroundings.has_new_mode_factors(1) && !surroundings.has_new_price_factors(1));
        }
    }

    #[test]
    fn a_closure_begins_after_the_first_month_with_its_probability() {
        let model = shocked();
        let mut surroundings = model.shocks.calm();
        let stream = Stream::new(1, "souk", "closure");
        let mut closed = 0;
        for draw in 0..200 {
            model
                .shocks
                .sample(Chance::Draw(draw), &model.values(Chance::Central), &mut surroundings);
            assert!(!surroundings.closed[[0, 0]]);
            assert_eq!(surroundings.closed[[1, 0]], stream.uniform(draw, 1) < 0.4);
            closed += usize::from(surroundings.closed[[1, 0]]);
        }
        assert!((50..110).contains(&closed), "{closed} of 200");
        let id = |route: &usize| model.plan.world().routes.rows()[*route].id.as_str();
        let routes: Vec<&str> = model.shocks.closures[0].routes.iter().map(id).collect();
        assert_eq!(routes, ["grain-reexport"]);
    }

    #[test]
    fn the_central_path_meets_no_shocks() {
        let model = shocked();
        let mut surroundings = model.shocks.calm();
        let values = model.values(Chance::Central);
        model.shocks.sample(Chance::Draw(1), &values, &mut surroundings);
        model.shocks.sample(Chance::Central, &values, &mut surroundings);
        assert_eq!(surroundings.mode_factors(1), [1.0; Mode::ALL.len()]);
        assert!(!surroundings.closed[[1, 0]]);
    }
}
