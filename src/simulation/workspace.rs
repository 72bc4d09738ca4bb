//! What a thread needs to simulate draws, made when it is first needed.

use std::collections::BTreeMap;

use super::batch::Entry;
use super::model::Model;
use super::strip::{CompanionRunner, CompanionStrip, Recorder};
use crate::math::width::Width;
use crate::statistics::DrawMatrix;

/// What a thread needs for a block of draws, made when it is first needed.
pub struct Workspace<'b> {
    width: Width,
    companions: BTreeMap<usize, CompanionRunner<'b>>,
    entries: BTreeMap<usize, Recorder<'b>>,
    cells: DrawMatrix,
}

impl<'b> Workspace<'b> {
    /// An empty one, for months solved in registers of some width.
    pub fn new(width: Width) -> Self {
        Self {
            width,
            companions: BTreeMap::new(),
            entries: BTreeMap::new(),
            cells: DrawMatrix::default(),
        }
    }

    /// What simulates a companion run.
    pub fn companion(&mut self, place: usize, model: &'b Model) -> &mut CompanionRunner<'b> {
        let width = self.width;
        self.companions
            .entry(place)
            .or_insert_with(|| CompanionRunner::new(model, width))
    }

    /// Takes back the room of companion runs that are done.
    pub fn take_back(&mut self, place: usize, strip: CompanionStrip) {
        if let Some(runner) = self.companions.get_mut(&place) {
            runner.take_back(strip);
        }
    }

    /// What records a scenario, and room for the cells of a strip of its draws.
    pub fn entry(&mut self, place: usize, entry: &'b Entry) -> (&mut Recorder<'b>, &mut DrawMatrix) {
        let width = self.width;
        let recorder = self.entries.entry(place).or_insert_with(|| Recorder::new(entry, width));
        (recorder, &mut self.cells)
    }
}
