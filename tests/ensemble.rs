//! Draws with parameters from any source, observed by any caller, on any number of threads.

mod common;

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;
use roundabout::diagnostic::Report;
use roundabout::ensemble::{
    Batch, EachMonth, Ensemble, Failure, MatrixError, Observer, ParameterMatrix, ParameterSource, RecordedTables,
};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::results::{Detail, OwnInputs, WorldRecords, result_tables};
use roundabout::scenario::Scenario;
use roundabout::simulation::{Chance, Model, PathRunner, Plan, SolvedMonth};

const DRAWS: u64 = 150;

/// A ban on grain on the hub world, with two uncertain numbers and shocks.
fn scenario() -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    let world = common::repository().join("tests/worlds/hub");
    let text = format!(
        r#"title = "On the hub world"
world = {:?}
[horizon]
start = "2022-01"
months = 6
[simulation]
draws = {DRAWS}
seed = 1
sampling = {{ latin_hypercube = {{}} }}
[parameters]
"commodity.grain.route_choice" = {{ uniform = {{ low = 2.0, high = 5.0 }} }}
[[measures.ban]]
id = "ban"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"
exempt_share = {{ uniform = {{ low = 0.0, high = 0.2 }} }}
[[shocks.mode_cost]]
id = "rates"
mode = "rail"
persistence = 0.5
sd = 0.2
"#,
        world.to_str().unwrap()
    );
    std::fs::write(&path, text).unwrap();
    let mut report = Report::default();
    let scenarios = read_scenarios(&[path], IdleLines::Fault, &mut report);
    scenarios
        .unwrap_or_else(|_| panic!("{}", report.render(false)))
        .remove(0)
}

fn model() -> Model {
    Model::new(Plan::new(Arc::new(scenario())))
}

/// The values that the streams draw, in any order of names.
fn matrix_of_streams(model: &Model) -> ParameterMatrix {
    let parameters = || model.parameters().iter().rev();
    let shape = (DRAWS as usize, model.parameters().len());
    let draws = (0..DRAWS).map(|draw| model.values(Chance::Draw(draw)));
    let values = draws.flat_map(|values| parameters().map(move |(parameter, _)| parameter.slot.of(&values)));
    ParameterMatrix {
        names: parameters().map(|(parameter, _)| parameter.name.clone()).collect(),
        values: Array2::from_shape_vec(shape, values.collect()).unwrap(),
        chances: None,
    }
}

fn tables(batch: &Batch) -> Vec<Vec<u8>> {
    let outcomes = batch.run(None, &()).unwrap();
    let finished = outcomes[0].as_ref().unwrap();
    let (entry, inputs) = (&batch.scenarios[0], OwnInputs::all(&batch.scenarios[0]));
    let written = result_tables(entry, finished, &inputs, &WorldRecords::default(), Detail::All)
        .into_iter()
        .map(|table| {
            let mut bytes = Vec::new();
            table.write_to(&mut bytes).unwrap();
            bytes
        });
    written.collect()
}

#[test]
fn a_matrix_of_the_values_that_streams_draw_gives_the_same_tables() {
    let scenario = Arc::new(scenario());
    let source = ParameterSource::Matrix(matrix_of_streams(&model()));
    let from_matrix = Batch::with_source(vec![scenario.clone()], 0, |_| RecordedTables::ALL, source).unwrap();
    assert!(tables(&from_matrix) == tables(&Batch::new(vec![scenario], 0)));
}

#[test]
fn a_matrix_names_every_uncertain_number_and_no_other() {
    let model = model();
    assert_eq!(model.parameters().len(), 2);
    let bind = |matrix| Ensemble::new(&model, ParameterSource::Matrix(matrix)).map(|_| ());
    let whole = matrix_of_streams(&model);
    assert_eq!(bind(whole.clone()), Ok(()));

    let mut unknown = whole.clone();
    unknown.names[0] = "commodity.ore.route_choice".to_owned();
    let (missing, name) = (whole.names[0].clone(), whole.names[1].clone());
    let error = bind(unknown).unwrap_err();
    assert_eq!(error, MatrixError::Missing(vec![missing.clone()]));
    assert_eq!(error.to_string(), format!("no column for `{missing}`"));

    let more = |name: &str| ParameterMatrix {
        names: [whole.names.as_slice(), &[name.to_owned()]].concat(),
        values: Array2::ones((DRAWS as usize, 3)),
        chances: None,
    };
    let error = bind(more("capacity.typo")).unwrap_err();
    assert_eq!(error.to_string(), "no scenario has an uncertain number `capacity.typo`");
    assert_eq!(bind(more(&name)), Err(MatrixError::Repeated(name.clone())));

    let mut faulty = whole.clone();
    faulty.values[[7, 1]] = f64::NAN;
    assert_eq!(bind(faulty), Err(MatrixError::NotFinite { name, draw: 7 }));
    let short = ParameterMatrix {
        values: Array2::ones((20, 2)),
        ..whole.clone()
    };
    assert_eq!(bind(short), Err(MatrixError::TooFewRows { rows: 20, draws: DRAWS }));
    let narrow = ParameterMatrix {
        values: Array2::ones((DRAWS as usize, 1)),
        ..whole
    };
    assert_eq!(bind(narrow), Err(MatrixError::Shape { names: 2, columns: 1 }));
    let other = ParameterMatrix {
        chances: Some(vec![0; 3]),
        ..matrix_of_streams(&model)
    };
    let rows = DRAWS as usize;
    assert_eq!(bind(other), Err(MatrixError::Chances { chances: 3, rows }));
}

/// A draw as an observer saw it: its number, the month, and the sum of all flows.
type Seen = (u64, usize, u64);

fn seen(draw: u64, month: SolvedMonth<'_>) -> Seen {
    let tonnes = month.solution.flow.iter().fold(0.0, |sum, flow| sum + flow);
    (draw, month.step, f64::to_bits(tonnes))
}

/// Keeps what is seen of a chunk, draw by draw.
struct Keep(Vec<Vec<Seen>>);

impl Observer for Keep {
    fn begin(&mut self, draws: &Range<u64>) {
        self.0.extend(draws.clone().map(|_| Vec::new()));
    }

    fn observe(&mut self, draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        let first = self.0.len() - months.len();
        for ((kept, draw), month) in self.0[first..].iter_mut().zip(draws.clone()).zip(months) {
            kept.extend(month.map(|month| seen(draw, month)));
        }
    }
}

fn observed(ensemble: &Ensemble<'_>, draws: Range<u64>, threads: usize) -> Vec<Seen> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let chunks = pool.install(|| ensemble.run(draws, |_| Keep(Vec::new()), |keep| keep.0, &()));
    chunks.unwrap().into_iter().flatten().flatten().collect()
}

#[test]
fn observations_come_back_by_draw_whatever_the_threads_did() {
    let model = model();
    let mut alone = Vec::new();
    let mut runner = PathRunner::new(&model);
    for draw in 5..DRAWS {
        runner
            .run(Chance::Draw(draw), |month| alone.push(seen(draw, month)))
            .unwrap();
    }
    let ensemble = Ensemble::from_streams(&model);
    for threads in [1, 2, 4] {
        assert!(observed(&ensemble, 5..DRAWS, threads) == alone, "{threads} threads");
    }
}

#[test]
fn a_row_of_a_matrix_moves_its_own_draw_only() {
    let model = model();
    let mut matrix = matrix_of_streams(&model);
    let choice = matrix
        .names
        .iter()
        .position(|name| name == "commodity.grain.route_choice")
        .unwrap();
    matrix.values[[70, choice]] += 0.5;
    let moved = Ensemble::new(&model, ParameterSource::Matrix(matrix)).unwrap();
    let (before, after) = (
        observed(&Ensemble::from_streams(&model), 0..DRAWS, 2),
        observed(&moved, 0..DRAWS, 2),
    );
    let differing: Vec<u64> = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other)
        .map(|(one, _)| one.0)
        .collect();
    assert!(
        !differing.is_empty() && differing.iter().all(|draw| *draw == 70),
        "{differing:?}"
    );
}

#[test]
fn every_draw_from_the_central_source_is_the_central_path() {
    let model = model();
    let mut central = Vec::new();
    PathRunner::new(&model)
        .run(Chance::Central, |month| central.push(seen(0, month)))
        .unwrap();
    let ensemble = Ensemble::central(&model);
    for draw in [0, 3] {
        let expected: Vec<Seen> = central.iter().map(|(_, step, bits)| (draw, *step, *bits)).collect();
        assert_eq!(observed(&ensemble, draw..draw + 1, 1), expected);
    }
}

#[test]
fn a_closure_sees_every_month_of_a_draw() {
    let model = model();
    let count = std::sync::atomic::AtomicU64::new(0);
    let observer = |_| {
        EachMonth(|_, _: SolvedMonth<'_>| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        })
    };
    let chunks = Ensemble::from_streams(&model)
        .run(0..100, observer, |_| (), &())
        .unwrap();
    assert_eq!((chunks.len(), count.into_inner()), (2, 600));
}

/// Refuses draws from a number on.
struct Refuse(u64);

impl Observer for Refuse {
    fn observe(&mut self, _draws: &Range<u64>, _months: &[Option<SolvedMonth<'_>>]) {}

    fn end(&mut self, draws: &Range<u64>, failures: &mut Vec<Failure>) {
        assert_eq!(failures, &[]);
        let refused = draws.clone().filter(|draw| *draw >= self.0);
        failures.extend(refused.map(|draw| Failure {
            draw,
            month: "2022-01".parse().unwrap(),
            reason: "refused".to_owned(),
        }));
    }
}

#[test]
fn the_failure_of_the_lowest_draw_is_returned_whatever_the_threads_did() {
    let model = model();
    let ensemble = Ensemble::from_streams(&model);
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let outcome = pool.install(|| ensemble.run(0..DRAWS, |_| Refuse(37), |_| (), &()));
        assert_eq!(outcome.unwrap_err().to_string(), "draw 37, 2022-01: refused");
    }
}
