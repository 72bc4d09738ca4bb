//! Designations by target: whether firms are listed in a month, have been by then, and when first.

use super::row::Row;
use crate::model::JurisdictionIndex;
use crate::simulation::designation::Event;
use crate::simulation::model::Model;

/// The designations of a model, in the order of `Model::designations`, and their targets.
#[derive(Debug)]
pub struct Events {
    /// Programme and target.
    pub designations: Vec<(usize, JurisdictionIndex)>,
    /// Targets of any programme, in the order of the world.
    pub targets: Vec<JurisdictionIndex>,
}

/// Cells of a designation in a month: whether it occurs, whether it has occurred, and whether it occurs though the
/// target's own trade alone would have exceeded the reference.
pub const EVENT_CELLS: usize = 3;

impl Events {
    /// Lists the designations of a model.
    pub fn new(model: &Model) -> Self {
        let designations: Vec<(usize, JurisdictionIndex)> = model
            .designations
            .iter()
            .map(|designation| (designation.programme, designation.target))
            .collect();
        let mut targets: Vec<JurisdictionIndex> = designations.iter().map(|(_, target)| *target).collect();
        targets.sort_unstable();
        targets.dedup();
        Self { designations, targets }
    }

    /// Cells of a month.
    pub fn len(&self) -> usize {
        EVENT_CELLS * self.designations.len()
    }

    /// The month, one for the first, in which the first designation of each target occurs; not a number where none does.
    /// `has_occurred` tells it of a month's step and a designation.
    pub fn first(&self, months: usize, has_occurred: impl Fn(usize, usize) -> bool) -> Vec<f64> {
        let first = |target: &JurisdictionIndex| {
            let of_target = |place: &usize| self.designations[*place].1 == *target;
            let any = |step: &usize| {
                (0..self.designations.len())
                    .filter(of_target)
                    .any(|place| has_occurred(*step, place))
            };
            (0..months).find(any).map_or(f64::NAN, |step| (step + 1) as f64)
        };
        self.targets.iter().map(first).collect()
    }
}

/// Writes a month's cells from `first`: what occurs, and what has, from the cells of the month before (none in the first).
pub fn write_events(occurring: &[Event], before: Option<usize>, first: usize, row: &mut Row<'_>) {
    for (place, event) in occurring.iter().enumerate() {
        let had_occurred = before.map_or(0.0, |before| row.get(before + EVENT_CELLS * place + 1));
        let cells = [event.occurs, event.occurs.max(had_occurred), event.by_genuine_growth];
        row.write(first + EVENT_CELLS * place, &cells);
    }
}
