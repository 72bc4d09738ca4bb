//! Takes draws through the months: in chunks on all threads, and in each chunk side by side.
//!
//! The caller chooses where parameters come from ([`ParameterSource`]) and what is observed of each draw ([`Observer`]).
//! [`Ensemble`] drives the draws of one model. A [`Batch`](super::Batch) takes many models through each chunk, with the
//! same two functions of this module.
//!
//! Two designs were weighed for observation. An iterator of solved months reads well at the caller, but a month borrows the
//! arrays that the next one overwrites: an iterator would have to copy every month, and would lose that eight draws
//! stand side by side, in which result cells are computed. A trait (chosen) learns when draws begin, sees a month
//! of all of them at once, and may refuse a draw at the end. Where a look at each month is enough, [`EachMonth`] makes
//! an observer of a closure.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::parameter_source::{BoundSource, MatrixError, ParameterRows, ParameterSource};
use crate::math::simd::WIDTH;
use crate::math::width::Width;
use crate::model::Month;
use crate::simulation::{Model, PathError, PathInput, PathRunner, Reuse, SolvedMonth, Start};

/// Draws per block: parts of a run begin and end on borders of blocks.
pub const BLOCK: u64 = 64;

/// Reports progress; called from all threads.
pub trait Progress: Sync {
    /// So many more draws of a scenario are done.
    fn advance(&self, scenario: usize, draws: u64);

    /// Whether more chunks of draws may begin. Those that have begun are finished in any case.
    fn goes_on(&self) -> bool {
        true
    }
}

/// Progress that nobody watches.
impl Progress for () {
    fn advance(&self, _scenario: usize, _draws: u64) {}
}

/// The reason why a scenario could not be finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("draw {draw}, {month}: {reason}")]
pub struct Failure {
    pub draw: u64,
    pub month: Month,
    pub reason: String,
}

impl Failure {
    fn new(draw: u64, error: &PathError) -> Self {
        Self {
            draw,
            month: error.month,
            reason: error.cause.to_string(),
        }
    }
}

/// Observes draws, up to [`WIDTH`] of them side by side.
pub trait Observer {
    /// These draws begin with their first month.
    fn begin(&mut self, _draws: &Range<u64>) {}

    /// Shows a month of these draws, in their order; a draw that has failed has none.
    fn observe(&mut self, draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]);

    /// These draws have ended. `failures` are of those that have a month without a solution, in order; the observer may add
    /// those of draws in which it finds a fault.
    fn end(&mut self, _draws: &Range<u64>, _failures: &mut Vec<Failure>) {}
}

/// An observer that calls a closure with every solved month and the number of its draw.
#[derive(Debug)]
pub struct EachMonth<F>(pub F);

impl<F: FnMut(u64, SolvedMonth<'_>)> Observer for EachMonth<F> {
    fn observe(&mut self, draws: &Range<u64>, months: &[Option<SolvedMonth<'_>>]) {
        for (draw, month) in draws.clone().zip(months) {
            if let Some(month) = month {
                (self.0)(draw, *month);
            }
        }
    }
}

/// The draws of one model.
#[derive(Debug)]
pub struct Ensemble<'m> {
    model: &'m Model,
    source: BoundSource,
    /// The registers that months are solved in: the widest at hand, unless changed. Results do not depend on it.
    pub width: Width,
    /// Whether months keep what has not changed. Results do not depend on it.
    pub reuse: Reuse,
}

impl<'m> Ensemble<'m> {
    /// An ensemble whose parameters come from a source.
    ///
    /// # Errors
    /// When a matrix does not fit the model.
    pub fn new(model: &'m Model, source: ParameterSource) -> Result<Self, MatrixError> {
        let draws = match source {
            // The central path stands for any number of draws.
            ParameterSource::Central => 0,
            _ => model.plan.scenario.simulation.draws,
        };
        Ok(Self::with_source(model, BoundSource::new(source, &[(model, draws)])?))
    }

    /// An ensemble whose parameters are drawn from their prior streams.
    pub fn from_streams(model: &'m Model) -> Self {
        let draws = model.plan.scenario.simulation.draws;
        Self::with_source(model, BoundSource::streams(&[(model, draws)]))
    }

    /// The central path of a model, as draw 0.
    pub fn central(model: &'m Model) -> Self {
        Self::with_source(model, BoundSource::central(&[(model, 0)]))
    }

    fn with_source(model: &'m Model, source: BoundSource) -> Self {
        Self {
            model,
            source,
            width: Width::widest(),
            reuse: Reuse::default(),
        }
    }

    /// The model whose draws these are.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// Simulates draws in parallel on the current rayon pool. For each chunk of up to [`BLOCK`] draws, `observer` makes an
    /// observer of these draws, and `finish` turns it into a result. Results come in the order of draws, and do not
    /// depend on the number of threads.
    ///
    /// # Errors
    /// The failure of the lowest draw that fails.
    pub fn run<O: Observer, T: Send>(
        &self,
        draws: Range<u64>,
        observer: impl Fn(Range<u64>) -> O + Sync,
        finish: impl Fn(O) -> T + Sync,
        progress: &dyn Progress,
    ) -> Result<Vec<T>, Failure> {
        let (results, lowest) = (Mutex::new(Vec::new()), LowestFailure::default());
        let runner = || PathRunner::with_width(self.model, self.width).with_reuse(self.reuse);
        for_each_chunk(draws, BLOCK, &|| true, runner, |runner, draws| {
            // The failure that is reported must not depend on the order in which threads take chunks.
            if lowest.is_before(draws.start) {
                return;
            }
            let mut observer = observer(draws.clone());
            let parameters = self.source.draw(draws.clone()).of(0);
            let failures = observe_draws(runner, draws.clone(), &parameters, &mut observer);
            match failures.into_iter().next() {
                None => {
                    let result = finish(observer);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((draws.start, result));
                }
                Some(failure) => lowest.note(failure),
            }
            progress.advance(0, draws.end - draws.start);
        });
        if let Some(failure) = lowest.into_inner() {
            return Err(failure);
        }
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Threads finish in any order.
        results.sort_unstable_by_key(|(first, _)| *first);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }
}

/// The failure of the lowest draw, in whatever order draws fail.
#[derive(Debug, Default)]
pub struct LowestFailure(Mutex<Option<Failure>>);

impl LowestFailure {
    /// Whether a draw before this one has failed. Such draws need not be simulated: the result is that failure or a lower one.
    pub fn is_before(&self, draw: u64) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().is_some_and(|failure| failure.draw < draw)
    }

    /// Takes note of a failure.
    pub fn note(&self, failure: Failure) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|known| failure.draw < known.draw) {
            *known = Some(failure);
        }
    }

    /// The failure, if there was any.
    pub fn into_inner(self) -> Option<Failure> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls `work` with every chunk of some draws, in parallel on the current rayon pool. Chunks end on multiples of `size`
/// or with the draws. A thread keeps its scratch space, and takes the next chunk when it is done with one, if `goes_on`
/// says so. Returns the first draw that no chunk held: all before it are done.
pub fn for_each_chunk<S>(
    draws: Range<u64>,
    size: u64,
    goes_on: &(impl Fn() -> bool + Sync),
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, Range<u64>) + Sync,
) -> u64 {
    let next = AtomicU64::new(draws.start / size);
    let end = draws.end.div_ceil(size);
    let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|chunk| *chunk < end);
    // The first chunk is taken in any case, so that there is progress.
    let is_first = || next.load(Ordering::Relaxed) == draws.start / size;
    let chunks = || if is_first() || goes_on() { take() } else { None };
    rayon::broadcast(|_| {
        let mut kept = None;
        for chunk in std::iter::from_fn(chunks) {
            let chunk = draws.start.max(chunk * size)..draws.end.min((chunk + 1) * size);
            // A thread that finds no chunk left makes no scratch space.
            work(kept.get_or_insert_with(&scratch), chunk);
        }
    });
    draws.end.min(next.into_inner().saturating_mul(size)).max(draws.start)
}

/// Simulates draws one group after the other, and returns the failures in the order of draws: those of draws that have a month
/// without a solution or that the observer refuses.
pub fn observe_draws(
    runner: &mut PathRunner<'_>,
    draws: Range<u64>,
    parameters: &ParameterRows,
    observer: &mut impl Observer,
) -> Vec<Failure> {
    groups(draws)
        .flat_map(|group| observe_group(runner, &group, None, parameters, observer))
        .collect()
}

/// As [`observe_draws`], for draws that go side by side, which may start on the way.
pub fn observe_group(
    runner: &mut PathRunner<'_>,
    group: &Range<u64>,
    start: Option<Start<'_>>,
    parameters: &ParameterRows,
    observer: &mut impl Observer,
) -> Vec<Failure> {
    observer.begin(group);
    let inputs: Vec<PathInput<'_>> = group.clone().map(|draw| parameters.input(draw)).collect();
    let outcomes = runner.run_in_step(&inputs, start, |months| observer.observe(group, months));
    let outcomes = group.clone().zip(&outcomes);
    let failed = outcomes.filter_map(|(draw, outcome)| Some(Failure::new(draw, outcome.as_ref().err()?)));
    let mut failures: Vec<Failure> = failed.collect();
    observer.end(group, &mut failures);
    // The observer adds its own in any order.
    failures.sort_by_key(|failure| failure.draw);
    failures
}

/// Draws that go through the months side by side.
pub fn groups(draws: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    draws
        .clone()
        .step_by(WIDTH)
        .map(move |first| first..draws.end.min(first + WIDTH as u64))
}
