//! What a path carries from month to month: what the draw brought with it, and what the months before left.

use super::capacity::Capacities;
use super::costs::{ConcernedFreight, MarketNumbers, RouteNumbers, concerned_freight};
use super::designation::{DesignationState, Event};
use super::effects::Effects;
use super::inspection::LearningState;
use super::path::Model;
use super::sampling::{Chance, Surroundings};
use crate::model::Month;

/// What one draw brings with it: its numbers and its shocks.
pub struct Draw {
    pub chance: Chance,
    pub values: Vec<f64>,
    pub routes: RouteNumbers,
    /// By route, of its baseline flow or fixed potential.
    pub base_weight: Vec<f64>,
    pub concerned: ConcernedFreight,
    pub markets: MarketNumbers,
    pub surroundings: Surroundings,
}

impl Draw {
    pub fn new(model: &Model, chance: Chance) -> Self {
        let values = model.values(chance);
        let routes = RouteNumbers::new(&model.plan, &values);
        let weights = routes.unit_weight.iter().zip(&routes.volume);
        Self {
            chance,
            base_weight: weights.map(|(unit, volume)| unit * volume).collect(),
            routes,
            concerned: concerned_freight(&model.plan, &values),
            markets: MarketNumbers::new(&model.plan, &values),
            surroundings: model.shocks.sample(chance, &values),
            values,
        }
    }
}

/// What one month leaves to the next.
pub struct State {
    pub capacities: Capacities,
    pub designations: Vec<DesignationState>,
    pub learning: Vec<LearningState>,
    /// By measure.
    pub suspicion: Vec<f64>,
    pub events: Vec<Event>,
    pub seized: Vec<f64>,
}

impl State {
    pub fn new(model: &Model, draw: &Draw) -> Self {
        Self {
            capacities: Capacities::new(&model.plan, &draw.values),
            designations: model.designations.iter().map(DesignationState::new).collect(),
            learning: model.learning.iter().map(LearningState::new).collect(),
            suspicion: vec![0.0; model.plan.measures.len()],
            events: vec![Event::default(); model.designations.len()],
            seized: vec![0.0; model.plan.routes.len()],
        }
    }

    /// The share of a capacity without growth of its own that designations have left.
    pub fn kept(&self, model: &Model, place: usize) -> f64 {
        let listed = model.designations.iter().zip(&self.designations);
        listed
            .filter(|(designation, _)| designation.lowers_fixed(place))
            .fold(1.0, |kept, (_, state)| kept * (1.0 - state.lost))
    }

    /// Threats lower capacities to their ceilings, and firms are listed.
    pub fn act(&mut self, model: &Model, draw: &Draw, effects: &Effects, step: usize) {
        self.capacities.threaten(&model.plan, &draw.values, &effects.ceiling);
        let designations = self
            .designations
            .iter_mut()
            .zip(&model.designations)
            .zip(&mut self.events);
        for ((state, designation), event) in designations {
            *event = state.strike(
                &model.plan,
                designation,
                &draw.values,
                draw.chance,
                step,
                &mut self.capacities,
            );
        }
    }

    /// Those who watch trade see the month, and inspections that have begun learn from it.
    pub fn learn(&mut self, model: &Model, draw: &Draw, month: Month, flow: &[f64]) {
        let plan = &model.plan;
        for (state, designation) in self.designations.iter_mut().zip(&model.designations) {
            state.see(designation, flow);
        }
        for (state, learning) in self.learning.iter_mut().zip(&model.learning) {
            state.see(learning, flow);
            if plan.scenario.measures[learning.measure].terms.from <= month {
                state.learn(plan, learning, &draw.values, flow, &self.seized, &mut self.suspicion);
            }
        }
    }
}
