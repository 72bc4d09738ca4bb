//! The numbers and shocks of a draw, and the state that one month leaves to the next.

use std::borrow::Cow;

use super::capacity::{Capacities, Usage, cover_factor, usage};
use super::common_past::CommonPast;
use super::costs::RouteNumbers;
use super::hazard::HazardState;
use super::model::Model;
use super::passage::Passage;
use super::path::PathInput;
use super::sampling::{Chance, Surroundings};
use super::suspicion::LearningState;
use crate::equilibrium::Solution;
use crate::model::{Index, Month, Table, UsdPerTonne};
use crate::policy::{AdaptiveIndex, ConstraintIndex, Effects, MeasureIndex};

/// The numbers and shocks of one draw.
#[derive(Debug)]
pub struct DrawnInputs<'m> {
    pub chance: Chance,
    pub values: Vec<f64>,
    /// The model's own where no uncertain number moves a route.
    pub routes: Cow<'m, RouteNumbers>,
    /// Multiple by demand of the baseline price above which nobody buys; infinite where there is none.
    pub choke: Vec<f64>,
    pub surroundings: Surroundings,
}

impl<'m> DrawnInputs<'m> {
    /// The central draw of a model, to be replaced by others.
    pub fn new(model: &'m Model) -> Self {
        Self {
            chance: Chance::Central,
            values: model.values(Chance::Central),
            routes: Cow::Borrowed(&model.numbers),
            choke: vec![f64::INFINITY; model.plan.demand_quantity.len()],
            surroundings: model.shocks.calm(),
        }
    }

    /// Takes up another draw. Routes that no uncertain number moves stay as they are.
    pub fn redraw(&mut self, model: &Model, input: PathInput<'_>) {
        let chance = input.chance;
        self.chance = chance;
        match input.parameters {
            Some(parameters) => model.parameters.place(parameters, &mut self.values),
            None => model.parameters.sample(chance, &mut self.values),
        }
        if !model.moved.is_empty() {
            self.routes.to_mut().update(&model.plan, &model.moved, &self.values);
        }
        let demands = model.plan.world().demands.rows();
        for (choke, demand) in self.choke.iter_mut().zip(demands) {
            *choke = demand.choke.map_or(f64::INFINITY, |slot| slot.of(&self.values));
        }
        model.shocks.sample(chance, &self.values, &mut self.surroundings);
    }
}

/// The state that one month leaves to the next.
#[derive(Clone, Debug)]
pub struct State {
    pub capacities: Capacities,
    pub hazards: Vec<HazardState>,
    pub learning: Vec<LearningState>,
    pub suspicion: Table<MeasureIndex, f64>,
    pub passage: Passage,
    /// By hazard: one where an event occurs this month, else zero; its probability where chance is central.
    pub events: Vec<f64>,
    pub seized: Vec<f64>,
}

impl State {
    /// The state before any month, in arrays that fit all paths of a model.
    pub fn new(model: &Model) -> Self {
        Self {
            capacities: Capacities::new(&model.plan),
            hazards: model.hazards.iter().map(HazardState::new).collect(),
            learning: model.learning.iter().map(LearningState::new).collect(),
            suspicion: Table::filled(0.0, model.plan.measures.len()),
            passage: Passage::new(&model.plan),
            events: vec![0.0; model.hazards.len()],
            seized: vec![0.0; model.plan.routes.len()],
        }
    }

    /// Before the first month: capacities at their start, nothing seen and nothing done.
    pub fn restart(&mut self, model: &Model, values: &[f64]) {
        self.capacities.restart(&model.plan, values);
        for (state, hazard) in self.hazards.iter_mut().zip(&model.hazards) {
            *state = HazardState::new(hazard);
            state.look_back(&model.plan, hazard, values, &mut self.capacities);
        }
        for (state, learning) in self.learning.iter_mut().zip(&model.learning) {
            *state = LearningState::new(learning);
        }
        self.suspicion.rows_mut().fill(0.0);
        self.passage.restart(&model.plan);
        self.events.fill(0.0);
        self.seized.fill(0.0);
    }

    /// Takes up the state of a leader after their common past, from before any month; `seen` are its last months with flows by
    /// route, for those measures of the follower that the leader lacks.
    pub fn follow(&mut self, model: &Model, leader: &Self, past: &CommonPast, seen: &[(Month, Vec<f64>)]) {
        for (month, flow) in seen {
            self.watch(model, *month, flow);
        }
        self.capacities.clone_from(&leader.capacities);
        for (state, known) in self.hazards.iter_mut().zip(&past.hazards) {
            known.iter().for_each(|known| state.clone_from(&leader.hazards[*known]));
        }
        for (state, known) in self.learning.iter_mut().zip(&past.learning) {
            known
                .iter()
                .for_each(|known| state.clone_from(&leader.learning[*known]));
        }
        for (measure, known) in past.measures.iter() {
            if let Some(known) = *known {
                self.suspicion[measure] = leader.suspicion[known];
                self.passage.take(measure, &leader.passage, known);
            }
        }
    }

    /// Shows a month's trade to all that remember it.
    fn watch(&mut self, model: &Model, month: Month, flow: &[f64]) {
        self.passage.see(&model.plan, month, flow);
        for (state, hazard) in self.hazards.iter_mut().zip(&model.hazards) {
            state.see(hazard, flow);
        }
        // Trade is remembered before checks begin: their first month knows the surge that led to them.
        for (state, learning) in self.learning.iter_mut().zip(&model.learning) {
            state.see(learning, flow);
        }
    }

    /// The share of a capacity without growth of its own that events have left.
    pub fn kept(&self, model: &Model, constraint: ConstraintIndex) -> f64 {
        let struck = model.hazards.iter().zip(&self.hazards);
        struck
            .filter(|(hazard, _)| hazard.lowers_fixed(constraint))
            // Each programme takes its share of what the others have left.
            .fold(1.0, |kept, (_, state)| kept * (1.0 - state.lost))
    }

    /// The same of the ceiling of an adaptive capacity.
    fn kept_of_ceiling(&self, model: &Model, adaptive: AdaptiveIndex) -> f64 {
        let struck = model.hazards.iter().zip(&self.hazards);
        struck
            .filter(|(hazard, _)| hazard.lowers(adaptive))
            .fold(1.0, |kept, (_, state)| kept * (1.0 - state.lost))
    }

    /// Lowers capacities to the ceilings that programmes leave, and draws the events of the month.
    pub fn act(&mut self, model: &Model, draw: &DrawnInputs<'_>, effects: &Effects, step: usize) {
        // Ceilings first: an event takes its share of the capacity that they have left.
        self.capacities
            .lower_to_ceilings(&model.plan, &draw.values, &effects.ceiling);
        let hazards = self.hazards.iter_mut().zip(&model.hazards).zip(&mut self.events);
        for ((state, hazard), event) in hazards {
            *event = state.strike(
                &model.plan,
                hazard,
                &draw.values,
                draw.chance,
                step,
                &mut self.capacities,
            );
        }
    }

    /// Shows the month's trade to programmes with hazards, to closures to come and to checks; checks that have begun learn
    /// from it.
    pub fn learn(&mut self, model: &Model, values: &[f64], month: Month, flow: &[f64]) {
        let plan = &model.plan;
        self.watch(model, month, flow);
        for (state, learning) in self.learning.iter().zip(&model.learning) {
            if plan.scenario.measures[learning.measure].terms.from <= month {
                state.learn(plan, learning, values, flow, &self.seized, &mut self.suspicion);
            }
        }
    }

    /// Capacities of the next month, from this month's rents; `received` is scratch space by demand.
    pub fn adapt(
        &mut self,
        model: &Model,
        values: &[f64],
        effects: &Effects,
        solution: &Solution,
        received: &mut [f64],
    ) {
        let plan = &model.plan;
        received.fill(0.0);
        // Cover is what intermediaries really bought this month, not what they could have.
        for &(route, demand) in &model.genuine {
            received[demand.row()] += solution.flow[route];
        }
        for (adaptive, row) in plan.adaptive.iter() {
            let kept = self.kept_of_ceiling(model, adaptive);
            let usage = Usage {
                rent: UsdPerTonne::new(solution.rent[row.constraint.row()]),
                ceiling_factor: cover_factor(plan, adaptive, values, received) * kept,
                lowered: effects.ceiling[adaptive],
                growth_factor: effects.growth[adaptive],
                ..usage(plan, row.constraint, &solution.flow)
            };
            self.capacities.advance(plan, values, adaptive, usage);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Report;
    use crate::input::{IdleLines, read_scenarios};
    use crate::simulation::plan::Plan;

    /// A scenario of the shipped world with only some of its uncertain numbers.
    fn model(step: usize) -> Model {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/primary.toml");
        let mut report = Report::default();
        let mut scenarios = read_scenarios(&[path], IdleLines::Fault, &mut report).unwrap();
        let mut scenario = scenarios.remove(0);
        scenario.parameters = scenario.parameters.into_iter().step_by(step).collect();
        Model::new(Plan::new(Arc::new(scenario)))
    }

    #[test]
    fn a_draw_taken_up_after_another_has_the_numbers_of_a_first() {
        for step in [1, 40, usize::MAX] {
            let model = model(step);
            let mut draw = DrawnInputs::new(&model);
            for chance in [Chance::Draw(3), Chance::Draw(0), Chance::Central] {
                draw.redraw(&model, PathInput::from(chance));
                let first = RouteNumbers::new(&model.plan, &model.values(chance));
                // Shares of nothing are not numbers, which equal nothing.
                assert!(
                    format!("{:?}", draw.routes) == format!("{first:?}"),
                    "{step} {chance:?}"
                );
            }
        }
    }
}
