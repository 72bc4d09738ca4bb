//! Scratch space of a thread: runners and recorders, each made when it is first needed.

use std::collections::BTreeMap;

use super::batch::BatchScenario;
use super::draw_chunk::{CounterfactualRunner, Recorder, Room};
use crate::math::width::Width;
use crate::simulation::{Model, Reuse};

/// Scratch space of a thread for the draws of a batch.
pub struct ThreadScratch<'b> {
    width: Width,
    reuse: Reuse,
    counterfactuals: BTreeMap<usize, CounterfactualRunner<'b>>,
    recorders: BTreeMap<usize, Recorder<'b>>,
    room: Room,
}

impl<'b> ThreadScratch<'b> {
    /// Empty scratch space, for months solved in registers of some width.
    pub fn new(width: Width, reuse: Reuse) -> Self {
        Self {
            width,
            reuse,
            counterfactuals: BTreeMap::new(),
            recorders: BTreeMap::new(),
            room: Room::default(),
        }
    }

    /// The runner of the counterfactual at a place of the batch.
    pub fn counterfactual(&mut self, place: usize, model: &'b Model) -> &mut CounterfactualRunner<'b> {
        let (width, reuse) = (self.width, self.reuse);
        let runners = self.counterfactuals.entry(place);
        runners.or_insert_with(|| CounterfactualRunner::new(model, width, reuse))
    }

    /// The recorder of the scenario at a place of the batch, from which others part before some months, and room for a chunk of
    /// its draws.
    pub fn recorder(
        &mut self,
        place: usize,
        entry: &'b BatchScenario,
        partings: &[usize],
    ) -> (&mut Recorder<'b>, &mut Room) {
        let (width, reuse) = (self.width, self.reuse);
        let recorders = self.recorders.entry(place);
        let recorder = recorders.or_insert_with(|| Recorder::new(entry, width, reuse, partings.to_vec()));
        (recorder, &mut self.room)
    }
}
