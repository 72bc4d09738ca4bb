//! A strip of draws of one scenario: its months simulated, recorded and checked.

use std::ops::Range;

use super::abreast::Abreast;
use super::batch::Entry;
use super::metrics::Companion;
use super::model::Model;
use super::path::{PathError, PathRunner, SolvedMonth};
use super::plan::Plan;
use super::pool::Shared;
use super::record::Room;
use super::sampling::Chance;
use super::tally::Failure;
use super::trade::Flows;
use crate::math::simd::{Lanes, WIDTH};
use crate::math::width::Width;
use crate::statistics::DrawMatrix;

/// Draws whose cells are held at a time, and reduced together: a part of a block, for all its cells would be far more
/// than what is kept of them.
pub const STRIP: u64 = 32;

/// Largest gap in the accounts that rounding explains, as a share of a good's trade.
const ACCOUNTING_TOLERANCE: f64 = 1e-9;

/// Simulates the months of a scenario and records them.
pub struct Recorder<'b> {
    runner: PathRunner<'b>,
    room: Room,
}

/// Simulates the months of a scenario without measures.
pub struct CompanionRunner<'b> {
    runner: PathRunner<'b>,
    flows: Flows,
    /// Room of strips that are done.
    spare: Vec<Companion>,
}

impl<'b> CompanionRunner<'b> {
    /// What simulates companion runs, months solved in registers of some width.
    pub fn new(model: &'b Model, width: Width) -> Self {
        Self {
            runner: PathRunner::with_width(model, width),
            flows: Flows::new(&model.plan, width),
            spare: Vec::new(),
        }
    }

    /// Takes back the room of a strip that is done.
    pub fn take_back(&mut self, strip: CompanionStrip) {
        self.spare.extend(strip.groups);
    }
}

/// The companion runs of a strip's draws.
pub struct CompanionStrip {
    /// By group of draws.
    groups: Vec<Companion>,
    /// Draws before the first that failed.
    draws: usize,
    largest_residual: f64,
    failure: Option<Failure>,
}

impl CompanionStrip {
    /// Simulates the draws of a strip without measures, up to the first that fails.
    pub fn simulate(runner: &mut CompanionRunner<'_>, plan: &Plan, draws: Range<u64>, shared: Shared<'_>) -> Self {
        let CompanionRunner { runner, flows, spare } = runner;
        let mut strip = Self {
            groups: Vec::new(),
            draws: 0,
            largest_residual: 0.0,
            failure: None,
        };
        for group in groups(draws) {
            let mut companion = spare.pop().unwrap_or_else(|| Companion::new(plan));
            let outcomes = runner.run_in_step(&chances(&group), Some(shared), |months| {
                if let Some(month) = Abreast::new(months) {
                    flows.read(&month, &mut companion.months[month.step()]);
                }
                see_residuals(months, &mut strip.largest_residual);
            });
            strip.groups.push(companion);
            for (draw, outcome) in group.zip(outcomes) {
                if let Err(error) = outcome {
                    strip.failure = Some(failure(draw, error));
                    return strip;
                }
                strip.draws += 1;
            }
        }
        strip
    }
}

/// Draws that go through the months side by side.
fn groups(draws: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    draws
        .clone()
        .step_by(WIDTH)
        .map(move |first| first..draws.end.min(first + WIDTH as u64))
}

fn chances(draws: &Range<u64>) -> Vec<Chance> {
    draws.clone().map(Chance::Draw).collect()
}

fn failure(draw: u64, error: PathError) -> Failure {
    Failure {
        draw,
        month: error.month,
        reason: error.cause.to_string(),
    }
}

/// The cells of a strip's draws, and what else is kept of them.
pub struct Strip<'a> {
    pub first: u64,
    pub cells: &'a DrawMatrix,
    /// Headline metrics, then parameters, draw by draw.
    pub kept: Vec<f64>,
    pub checks: StripChecks,
}

/// The worst of a strip.
#[derive(Clone, Copy)]
pub struct StripChecks {
    pub largest_residual: f64,
    pub largest_accounting_gap: f64,
}

impl<'a> Strip<'a> {
    /// Simulates draws beside their companions and writes what results of them to `cells`.
    pub fn simulate(
        entry: &Entry,
        recorder: &mut Recorder<'_>,
        cells: &'a mut DrawMatrix,
        draws: Range<u64>,
        shared: Shared<'_>,
        companions: &CompanionStrip,
    ) -> Result<Self, Failure> {
        let Entry { model, layout, .. } = entry;
        let (first, count) = (draws.start, (draws.end - draws.start) as usize);
        let mut checks = StripChecks {
            largest_residual: companions.largest_residual,
            largest_accounting_gap: 0.0,
        };
        // Where companions stopped, only the draws before that are simulated.
        let known = first..draws.end.min(first + companions.draws as u64);
        cells.reshape(count, layout.cells());
        let groups = groups(known.clone()).zip(&companions.groups);
        for ((group, companion), cells) in groups.zip(cells.groups_mut()) {
            recorder.simulate(entry, &group, shared, cells, companion, &mut checks)?;
        }
        if known.end < draws.end {
            let failure = companions.failure.clone();
            return Err(failure.unwrap_or_else(|| unexplained(known.end, &model.plan)));
        }
        Ok(Self {
            first,
            kept: kept_of_draws(entry, draws, shared, cells),
            cells,
            checks,
        })
    }
}

impl<'b> Recorder<'b> {
    /// What records the draws of a scenario, months solved in registers of some width.
    pub fn new(entry: &'b Entry, width: Width) -> Self {
        let Entry { model, layout, .. } = entry;
        Self {
            runner: PathRunner::with_width(model, width),
            room: Room::new(layout, &model.plan, width),
        }
    }

    /// Simulates draws side by side, writes their cells, and finishes them in their order.
    fn simulate(
        &mut self,
        entry: &Entry,
        draws: &Range<u64>,
        shared: Shared<'_>,
        cells: &mut [Lanes],
        companion: &Companion,
        checks: &mut StripChecks,
    ) -> Result<(), Failure> {
        let Entry { model, layout, .. } = entry;
        let plan = &model.plan;
        let Self { runner, room } = self;
        layout.start(room);
        let outcomes = runner.run_in_step(&chances(draws), Some(shared), |months| {
            if let Some(month) = Abreast::new(months) {
                layout.write_month(plan, &month, companion, room, cells);
            }
            see_residuals(months, &mut checks.largest_residual);
        });
        layout.finish(room, cells);
        let gaps = layout.accounting_gap(companion, plan, room);
        for ((draw, outcome), gap) in draws.clone().zip(outcomes).zip(gaps) {
            outcome.map_err(|error| failure(draw, error))?;
            checks.see_gap(gap, draw, plan)?;
        }
        Ok(())
    }
}

/// Headline metrics of each draw, then its parameters, the cells known.
fn kept_of_draws(entry: &Entry, draws: Range<u64>, shared: Shared<'_>, cells: &DrawMatrix) -> Vec<f64> {
    let headlines = entry.layout.headlines();
    let parameters = &entry.model.plan.scenario.parameters;
    let mut kept = Vec::with_capacity(cells.draws() * (headlines.len() + parameters.len()));
    for (place, draw) in draws.enumerate() {
        kept.extend(headlines.iter().map(|headline| cells.value(place, headline.2)));
        kept.extend(shared.values(draw));
    }
    kept
}

fn see_residuals(months: &[Option<SolvedMonth<'_>>], largest: &mut f64) {
    for month in months.iter().flatten() {
        *largest = largest.max(month.solution.residual);
    }
}

impl StripChecks {
    fn see_gap(&mut self, gap: f64, draw: u64, plan: &Plan) -> Result<(), Failure> {
        self.largest_accounting_gap = self.largest_accounting_gap.max(gap);
        if gap <= ACCOUNTING_TOLERANCE {
            return Ok(());
        }
        let reason = format!("restricted trade does not add up: gap {gap:.1e} of trade");
        Err(Failure {
            draw,
            month: plan.scenario.horizon.start,
            reason,
        })
    }
}

fn unexplained(draw: u64, plan: &Plan) -> Failure {
    Failure {
        draw,
        month: plan.scenario.horizon.start,
        reason: "the companion run stopped".to_owned(),
    }
}
