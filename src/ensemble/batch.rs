//! A batch of scenarios over all draws: chunks in parallel, all scenarios in each chunk, so that differences are paired.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::accumulator::{Finished, ScenarioAccumulator};
use super::draw_chunk::{CounterfactualChunk, DrawChunk, group_of};
use super::driver::{Failure, Progress, for_each_chunk};
use super::family_tree::{FamilyTree, LeaderChunk};
use super::pairing::Pairing;
use super::parameter_source::{BoundSource, MatrixError, ParameterSource};
use super::record::{Layout, RecordedTables};
use super::reference_cells::ReferenceCells;
use super::scratch::ThreadScratch;
use crate::math::width::Width;
use crate::model::{Horizon, Period, ReportPeriod};
use crate::scenario::Scenario;
use crate::simulation::{Model, Plan, Reuse};
use crate::statistics::DrawMatrix;

/// A scenario of a batch with everything its draws need.
#[derive(Debug)]
pub struct BatchScenario {
    pub model: Arc<Model>,
    pub layout: Arc<Layout>,
    /// The metrics compared with the reference: none for the reference itself.
    pub pairing: Pairing,
    /// Its place among the counterfactuals of the batch.
    pub(super) counterfactual: usize,
}

impl BatchScenario {
    /// Numbers that are kept of every draw: headline metrics, then uncertain numbers.
    pub fn numbers_of_a_draw(&self) -> usize {
        self.layout.headlines().len() + self.model.plan.scenario.parameters.len()
    }
}

/// The compiled reference of a batch, for other batches with the same.
#[derive(Clone, Debug)]
pub struct CompiledReference {
    model: Arc<Model>,
    layout: Arc<Layout>,
    counterfactual: Arc<Model>,
    known: Option<Arc<KnownReference>>,
}

impl CompiledReference {
    /// Whether its results are known too: batches beside it do not simulate it.
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }
}

/// A reference that another batch has simulated.
#[derive(Debug)]
struct KnownReference {
    finished: Finished,
    cells: Arc<ReferenceCells>,
}

/// Scenarios that go through the draws together.
#[derive(Debug)]
pub struct Batch {
    pub scenarios: Vec<BatchScenario>,
    /// Place of the scenario that the others are compared with.
    pub reference: usize,
    /// The registers that months are solved in: the widest at hand, unless changed. Results do not depend on it.
    pub width: Width,
    /// Whether months keep what has not changed, and scenarios share the months that they have in common. Results do not depend
    /// on it.
    pub reuse: Reuse,
    /// The worlds that scenarios of the batch meet, without measures.
    counterfactuals: Vec<Arc<Model>>,
    family: FamilyTree,
    /// Of all scenarios that are compared, of which these may be a part.
    horizons: Vec<Horizon>,
    /// The uncertain numbers of all counterfactuals, then of all scenarios.
    source: BoundSource,
    log_folder: Option<PathBuf>,
    /// The reference, if another batch has simulated it.
    known: Option<Arc<KnownReference>>,
    /// Where its compared cells are kept for other batches.
    kept: Option<Arc<ReferenceCells>>,
}

/// Draws of a batch that were simulated in one go.
#[derive(Debug)]
pub struct DrawnSpan {
    /// In the order of the scenarios.
    pub outcomes: Vec<Result<Finished, Failure>>,
    /// The first draw after them.
    pub end: u64,
}

impl Batch {
    /// Compiles the scenarios; `reference` is the place of the one that the others are compared with.
    pub fn new(scenarios: Vec<Arc<Scenario>>, reference: usize) -> Self {
        Self::recording(scenarios, reference, |_| RecordedTables::ALL)
    }

    /// As [`Batch::new`], with the cells of some tables of each scenario only.
    pub fn recording(
        scenarios: Vec<Arc<Scenario>>,
        reference: usize,
        tables: impl Fn(&Scenario) -> RecordedTables,
    ) -> Self {
        let (counterfactuals, scenarios) = compile(None, scenarios, tables);
        let source = BoundSource::streams(&models(&counterfactuals, &scenarios));
        Self::of(counterfactuals, scenarios, reference, None, source)
    }

    /// As [`Batch::recording`], with the reference of another batch before the scenarios. If its results are known, it is not
    /// simulated, and nobody follows it.
    pub fn beside(
        reference: CompiledReference,
        scenarios: Vec<Arc<Scenario>>,
        tables: impl Fn(&Scenario) -> RecordedTables,
    ) -> Self {
        let known = reference.known.clone();
        let (counterfactuals, scenarios) = compile(Some(reference), scenarios, tables);
        let source = BoundSource::streams(&models(&counterfactuals, &scenarios));
        Self::of(counterfactuals, scenarios, 0, known, source)
    }

    /// Keeps the compared cells of the reference in these draws for other batches, unless they are too many or take more than so many
    /// bytes.
    ///
    /// # Errors
    /// When no file can be made for them.
    pub fn keeping_reference(mut self, draws: Range<u64>, most: u64) -> io::Result<Self> {
        let entry = &self.scenarios[self.reference];
        let count = entry.model.plan.scenario.simulation.draws;
        let draws = draws.start.min(count)..draws.end.min(count);
        let cells = ReferenceCells::new(self.log_folder.as_deref(), draws, entry.layout.compared(), most)?;
        self.kept = cells.map(Arc::new);
        Ok(self)
    }

    /// Whether compared cells of the reference are kept.
    pub fn keeps_reference(&self) -> bool {
        self.kept.is_some()
    }

    /// The reference, for [`Batch::beside`]; with what is compared of its results, if they are given and its cells were kept.
    pub fn compiled_reference(&self, finished: Option<&Finished>) -> CompiledReference {
        let entry = &self.scenarios[self.reference];
        let kept = self.kept.as_ref().filter(|cells| cells.are_complete());
        let known = kept.zip(finished).map(|(cells, finished)| {
            Arc::new(KnownReference {
                finished: finished.of_cells(entry.layout.compared()),
                cells: cells.clone(),
            })
        });
        CompiledReference {
            model: entry.model.clone(),
            layout: entry.layout.clone(),
            counterfactual: self.counterfactuals[entry.counterfactual].clone(),
            known: known.or_else(|| self.known.clone()),
        }
    }

    /// What is compared of the results of a scenario that another batch has simulated.
    pub fn known(&self, place: usize) -> Option<&Finished> {
        let known = self.known.as_ref().filter(|_| place == self.reference);
        known.map(|known| &known.finished)
    }

    /// As [`Batch::recording`], the parameters from a source.
    ///
    /// # Errors
    /// When a matrix does not fit the uncertain numbers of the scenarios.
    pub fn with_source(
        scenarios: Vec<Arc<Scenario>>,
        reference: usize,
        tables: impl Fn(&Scenario) -> RecordedTables,
        source: ParameterSource,
    ) -> Result<Self, MatrixError> {
        let (counterfactuals, scenarios) = compile(None, scenarios, tables);
        let source = BoundSource::new(source, &models(&counterfactuals, &scenarios))?;
        Ok(Self::of(counterfactuals, scenarios, reference, None, source))
    }

    fn of(
        counterfactuals: Vec<Arc<Model>>,
        scenarios: Vec<BatchScenario>,
        reference: usize,
        known: Option<Arc<KnownReference>>,
        source: BoundSource,
    ) -> Self {
        let order = order(scenarios.len(), reference);
        let simulated = &order[usize::from(known.is_some())..];
        let mut batch = Self {
            reference,
            width: Width::widest(),
            reuse: Reuse::default(),
            horizons: scenarios.iter().map(horizon_of).collect(),
            family: FamilyTree::new(&scenarios, simulated),
            scenarios,
            counterfactuals,
            source,
            log_folder: None,
            known,
            kept: None,
        };
        batch.pair_with_reference();
        batch
    }

    /// Keeps what grows with the number of draws in a file in this folder, not where the system keeps such files: that
    /// may be memory.
    pub fn with_log_in(self, folder: PathBuf) -> Self {
        Self {
            log_folder: Some(folder),
            ..self
        }
    }

    /// Compares over the months that all these horizons have in common: those of a larger batch, of which this is a part.
    pub fn as_part_of(mut self, horizons: Vec<Horizon>) -> Self {
        let before = self.common_months();
        self.horizons = horizons;
        if self.common_months() != before {
            self.pair_with_reference();
        }
        self
    }

    /// Metrics that mean the same as the reference's are compared. Where horizons differ these are those of single months,
    /// of years that both have whole, and totals over the months that all scenarios of the batch have in common.
    fn pair_with_reference(&mut self) {
        let metrics = |entry: &BatchScenario| entry.layout.metric_rows(&entry.model.plan);
        let reference = metrics(&self.scenarios[self.reference]);
        let common = self.common_months();
        let pair = |(place, entry): (usize, &BatchScenario)| {
            if place == self.reference {
                return Pairing::default();
            }
            let is_shared = |period| self.is_shared(entry, period);
            Pairing::new(&metrics(entry), &reference, is_shared, common)
        };
        let pairings: Vec<Pairing> = self.scenarios.iter().enumerate().map(pair).collect();
        self.scenarios
            .iter_mut()
            .zip(pairings)
            .for_each(|(entry, pairing)| entry.pairing = pairing);
    }

    /// The months that all scenarios have in common, where some have others; none if they have no month in common.
    fn common_months(&self) -> Option<Horizon> {
        let (first, others) = self.horizons.split_first()?;
        let differ = others.iter().any(|horizon| horizon != first);
        let common = others.iter().try_fold(*first, |common, horizon| common.common(horizon));
        common.filter(|_| differ)
    }

    /// Whether a period has the same months in a scenario and in the reference.
    fn is_shared(&self, entry: &BatchScenario, period: ReportPeriod) -> bool {
        let (own, reference) = (horizon_of(entry), horizon_of(&self.scenarios[self.reference]));
        match period {
            ReportPeriod::Calendar(Period::Year(year)) => own.in_year(year) == reference.in_year(year),
            ReportPeriod::Calendar(Period::Month(_)) => true,
            ReportPeriod::Span(..) | ReportPeriod::WholeRun => own == reference,
        }
    }

    /// Whether a scenario spans the same months as the reference.
    pub fn spans_same_months(&self, entry: &BatchScenario) -> bool {
        horizon_of(entry) == horizon_of(&self.scenarios[self.reference])
    }

    /// Whether the draws of a scenario meet the same worlds as the reference's.
    pub fn is_paired(&self, entry: &BatchScenario) -> bool {
        let reference = &self.scenarios[self.reference];
        entry
            .model
            .plan
            .scenario
            .simulation
            .pairs_with(&reference.model.plan.scenario.simulation)
    }

    /// Simulates the draws in `range` (all if none), in parallel on the current rayon pool. The result does not depend
    /// on the number of threads. A scenario that fails leaves the others whole, and so do a few draws of a scenario.
    ///
    /// # Errors
    /// When no file can be made for what is kept of every draw.
    pub fn run(
        &self,
        range: Option<Range<u64>>,
        progress: &dyn Progress,
    ) -> io::Result<Vec<Result<Finished, Failure>>> {
        Ok(self.run_span(range, &[], progress)?.outcomes)
    }

    /// The scenario that another follows, and the months that both have in common.
    pub fn leader_of(&self, place: usize) -> Option<(usize, usize)> {
        let descent = self.family.descents[place].as_ref()?;
        Some((descent.leader, descent.past.months))
    }

    /// The months of a scenario that others have too.
    pub fn months_followed(&self, place: usize) -> usize {
        self.family.partings[place].last().copied().unwrap_or(0)
    }

    /// The places of the scenarios, each generation behind its leaders.
    pub fn generations(&self) -> Vec<Vec<usize>> {
        let mut generations: Vec<Vec<usize>> = Vec::new();
        let mut generation_of = vec![0; self.scenarios.len()];
        for place in self.order() {
            let generation = self.leader_of(place).map_or(0, |(leader, _)| generation_of[leader] + 1);
            generation_of[place] = generation;
            generations.resize_with(generations.len().max(generation + 1), Vec::new);
            generations[generation].push(place);
        }
        generations
    }

    /// The number of draws of the scenario that has most.
    pub fn draws(&self) -> u64 {
        let draws = |entry: &BatchScenario| entry.model.plan.scenario.simulation.draws;
        self.scenarios.iter().map(draws).max().unwrap_or(0)
    }

    /// As [`run`](Self::run), but as far as `progress` goes on, and without the scenarios that have `failed` before.
    ///
    /// # Errors
    /// When what is kept of every draw cannot be written.
    pub fn run_span(
        &self,
        range: Option<Range<u64>>,
        failed: &[(usize, Failure)],
        progress: &dyn Progress,
    ) -> io::Result<DrawnSpan> {
        let strangers = FamilyTree::strangers(self.scenarios.len());
        if self.reuse == Reuse::Unchanged && failed.is_empty() && !self.family.are_strangers() {
            let span = self.run_family(&self.family, range.clone(), failed, progress)?;
            if let Some(span) = span {
                return Ok(span);
            }
            let again = self.run_family(&strangers, range, failed, &Unseen(progress))?;
            return again.ok_or_else(|| io::Error::other("a scenario alone follows nobody"));
        }
        let span = self.run_family(&strangers, range, failed, progress)?;
        span.ok_or_else(|| io::Error::other("a scenario alone follows nobody"))
    }

    /// Simulates the draws of a family; nothing if a draw failed that others follow, or that follows others.
    fn run_family(
        &self,
        family: &FamilyTree,
        range: Option<Range<u64>>,
        failed: &[(usize, Failure)],
        progress: &dyn Progress,
    ) -> io::Result<Option<DrawnSpan>> {
        let of_scenario = |entry: &BatchScenario| {
            let draws = entry.model.plan.scenario.simulation.draws;
            let range = range.clone().unwrap_or(0..draws);
            range.start.min(draws)..range.end.min(draws)
        };
        let ranges: Vec<Range<u64>> = self.scenarios.iter().map(of_scenario).collect();
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let accumulator = |(place, entry): (usize, &BatchScenario)| {
            let is_paired = !entry.pairing.is_empty() && self.is_paired(entry);
            let first = match &family.descents[place] {
                // Nothing is accumulated of what is known.
                _ if self.known(place).is_some() => entry.layout.cells(),
                descent => descent.as_ref().map_or(0, |descent| descent.first_cell),
            };
            let folder = self.log_folder.as_deref();
            ScenarioAccumulator::new(entry, first, is_paired, ranges[place].clone(), folder, self.width)
        };
        let entries = self.scenarios.iter().enumerate();
        let mut accumulators: Vec<ScenarioAccumulator> = entries.map(accumulator).collect::<io::Result<_>>()?;
        for (place, failure) in failed {
            accumulators[*place].give_up(failure.clone());
        }
        let scratch = || ThreadScratch::new(self.width, self.reuse);
        // Without room for what is kept of every draw there is nothing to go on for.
        let goes_on = || progress.goes_on() && !accumulators.iter().any(ScenarioAccumulator::has_log_fault);
        let size = group_of(self.draws());
        let end = for_each_chunk(first..last, size, &goes_on, scratch, |scratch, draws| {
            self.run_chunk(family, draws, &ranges, &accumulators, progress, scratch);
        });
        if let Some(fault) = accumulators.iter().find_map(ScenarioAccumulator::take_log_fault) {
            return Err(fault);
        }
        if !family.are_strangers() && accumulators.iter().any(ScenarioAccumulator::has_failures) {
            return Ok(None);
        }
        let mut accumulators: Vec<Option<ScenarioAccumulator>> = accumulators.into_iter().map(Some).collect();
        let mut outcomes: Vec<Option<Result<Finished, Failure>>> = accumulators.iter().map(|_| None).collect();
        // Leaders come before their followers.
        for place in self.order() {
            let past = family.descents[place].as_ref().and_then(|descent| {
                let leader = outcomes[descent.leader].as_ref()?.as_ref().ok()?;
                let (own, known) = (&self.scenarios[place].layout, &self.scenarios[descent.leader].layout);
                Some((&leader.collected, own.past_cells(known, &descent.past)))
            });
            let accumulator = accumulators[place].take();
            outcomes[place] = match self.known(place) {
                Some(finished) => Some(Ok(finished.clone())),
                None => accumulator.map(|accumulator| accumulator.finish(end, past)),
            };
        }
        Ok(Some(DrawnSpan {
            outcomes: outcomes.into_iter().flatten().collect(),
            end,
        }))
    }

    /// The places of the scenarios, the reference first: the others are compared with its cells of the same draws.
    fn order(&self) -> Vec<usize> {
        order(self.scenarios.len(), self.reference)
    }

    fn run_chunk<'b>(
        &'b self,
        family: &FamilyTree,
        chunk: Range<u64>,
        ranges: &[Range<u64>],
        accumulators: &[ScenarioAccumulator],
        progress: &dyn Progress,
        scratch: &mut ThreadScratch<'b>,
    ) {
        let numbers = self.source.draw(chunk.clone());
        let mut counterfactuals: Vec<Option<CounterfactualChunk>> = self.counterfactuals.iter().map(|_| None).collect();
        let mut reference: Option<DrawMatrix> = None;
        let mut leaders: Vec<Option<LeaderChunk>> = self.scenarios.iter().map(|_| None).collect();
        let held = self.scenarios[self.reference].layout.compared();
        let order = self.order();
        for (number, &place) in order.iter().enumerate() {
            let (entry, accumulator, range) = (&self.scenarios[place], &accumulators[place], &ranges[place]);
            // Scenarios may have different numbers of draws: each takes its part of the chunk.
            let draws = chunk.start.max(range.start)..chunk.end.min(range.end);
            if draws.is_empty() || accumulator.has_failed_before(draws.start) {
                continue;
            }
            if let Some(known) = self.known.as_ref().filter(|_| place == self.reference) {
                match known.cells.read(draws) {
                    Ok(cells) => reference = Some(cells),
                    Err(error) => accumulator.note_log_fault(error),
                }
                continue;
            }
            let count = draws.end - draws.start;
            // Scenarios that share a world share its counterfactual, which the first of them simulates.
            let counterfactual = counterfactuals[entry.counterfactual].get_or_insert_with(|| {
                let model = &self.counterfactuals[entry.counterfactual];
                let runner = scratch.counterfactual(entry.counterfactual, model);
                CounterfactualChunk::simulate(runner, &model.plan, draws.clone(), &numbers.of(entry.counterfactual))
            });
            let parameters = numbers.of(self.counterfactuals.len() + place);
            let descent = match &family.descents[place] {
                None => None,
                // Where its leader has failed, the whole family is simulated again.
                Some(descent) => match &leaders[descent.leader] {
                    Some(leader) => Some((descent, self.scenarios[descent.leader].layout.as_ref(), leader)),
                    None => continue,
                },
            };
            let (recorder, room) = scratch.recorder(place, entry, &family.partings[place]);
            let mut chunk = DrawChunk::simulate(entry, recorder, room, draws, &parameters, counterfactual, descent);
            if chunk.failures.is_empty() {
                leaders[place] = Some(std::mem::take(&mut chunk.lead));
            }
            // Only the cells that others are compared with are held until the chunk is done.
            if place == self.reference && (self.scenarios.len() > 1 || self.kept.is_some()) {
                let cells = chunk.cells.part(held.clone());
                if let Some(kept) = &self.kept {
                    kept.write(chunk.first, &cells);
                }
                reference = Some(cells);
            }
            let compared = reference.as_ref().filter(|_| place != self.reference);
            accumulator.absorb(entry, chunk, compared);
            progress.advance(place, count);
            // What no later scenario needs makes room.
            let later = &order[number + 1..];
            if later
                .iter()
                .all(|&place| self.scenarios[place].counterfactual != entry.counterfactual)
            {
                counterfactuals[entry.counterfactual] = None;
            }
            let leader_of = |place: usize| family.descents[place].as_ref().map(|descent| descent.leader);
            if let Some(leader) = leader_of(place)
                && later.iter().all(|&place| leader_of(place) != Some(leader))
            {
                leaders[leader] = None;
            }
        }
    }
}

/// Progress of draws that are simulated again: they have been told.
struct Unseen<'p>(&'p dyn Progress);

impl Progress for Unseen<'_> {
    fn advance(&self, _scenario: usize, _draws: u64) {}

    fn goes_on(&self) -> bool {
        self.0.goes_on()
    }
}

/// The places of so many scenarios, the reference first.
pub(super) fn order(scenarios: usize, reference: usize) -> Vec<usize> {
    let others = (0..scenarios).filter(|&place| place != reference);
    std::iter::once(reference).chain(others).collect()
}

fn horizon_of(entry: &BatchScenario) -> Horizon {
    entry.model.plan.scenario.horizon
}

/// Compiles scenarios, and one counterfactual for all that share a world.
fn compile(
    reference: Option<CompiledReference>,
    scenarios: Vec<Arc<Scenario>>,
    tables: impl Fn(&Scenario) -> RecordedTables,
) -> (Vec<Arc<Model>>, Vec<BatchScenario>) {
    let mut counterfactuals: Vec<Arc<Model>> = Vec::new();
    let mut compiled = Vec::new();
    if let Some(reference) = reference {
        counterfactuals.push(reference.counterfactual);
        compiled.push(BatchScenario {
            model: reference.model,
            layout: reference.layout,
            pairing: Pairing::default(),
            counterfactual: 0,
        });
    }
    for scenario in scenarios {
        let bare = scenario.without_measures();
        let is_same = |known: &Arc<Model>| known.plan.scenario.meets_same_world(&bare);
        let counterfactual = counterfactuals.iter().position(is_same).unwrap_or_else(|| {
            counterfactuals.push(Arc::new(Model::new(Plan::new(Arc::new(bare)))));
            counterfactuals.len() - 1
        });
        let tables = tables(&scenario);
        let model = Model::new(Plan::new(scenario));
        compiled.push(BatchScenario {
            layout: Arc::new(Layout::new(&model, &tables)),
            model: Arc::new(model),
            pairing: Pairing::default(),
            counterfactual,
        });
    }
    (counterfactuals, compiled)
}

/// The models of a batch in the order in which its source knows them, each with its number of draws.
fn models<'m>(counterfactuals: &'m [Arc<Model>], scenarios: &'m [BatchScenario]) -> Vec<(&'m Model, u64)> {
    let with_measures = scenarios.iter().map(|entry| &entry.model);
    let models = counterfactuals.iter().chain(with_measures);
    models
        .map(|model| (model.as_ref(), model.plan.scenario.simulation.draws))
        .collect()
}
