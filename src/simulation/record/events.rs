//! Designations by target: whether firms are listed in a month, have been by then, and when first.

use crate::math::lanes::Lanes;
use crate::model::{JurisdictionIndex, ReportedQuantity};
use crate::simulation::abreast::Abreast;
use crate::simulation::model::Model;

/// The designations of a model, in the order of `Model::designations`, and their targets.
#[derive(Debug)]
pub struct Events {
    /// Programme and target.
    pub designations: Vec<(usize, JurisdictionIndex)>,
    /// Targets of any programme, in the order of the world.
    pub targets: Vec<JurisdictionIndex>,
    /// For each designation the place of its target.
    target_of: Vec<usize>,
}

/// Cells of a designation in a month: whether it occurs, whether it has occurred, and whether it occurs though the
/// target's own trade alone would have exceeded the reference.
pub const EVENT_CELLS: usize = ReportedQuantity::OF_EVENTS.len();

/// What has occurred on the paths of some draws, a lane for each.
#[derive(Debug)]
pub struct Occurred {
    /// By designation.
    has_occurred: Vec<Lanes>,
    /// By target the month, one for the first, in which its first designation occurs; not a number where none has.
    pub first: Vec<Lanes>,
}

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
        let place = |(_, target): &(usize, JurisdictionIndex)| targets.partition_point(|known| known < target);
        Self {
            target_of: designations.iter().map(place).collect(),
            designations,
            targets,
        }
    }

    /// Cells of a month.
    pub fn len(&self) -> usize {
        EVENT_CELLS * self.designations.len()
    }

    /// Writes a month's cells from `first`; months come in order.
    pub fn write_month(&self, month: &Abreast<'_>, occurred: &mut Occurred, first: usize, cells: &mut [Lanes]) {
        let now = Lanes::all((month.step() + 1) as f64);
        for (place, &target) in self.target_of.iter().enumerate() {
            let occurs = month.each(|draw| draw.events[place].occurs);
            let has_occurred = occurs.max(occurred.has_occurred[place]);
            let by_genuine_growth = month.each(|draw| draw.events[place].by_genuine_growth);
            cells[first + EVENT_CELLS * place..][..EVENT_CELLS].copy_from_slice(&[
                occurs,
                has_occurred,
                by_genuine_growth,
            ]);
            occurred.has_occurred[place] = has_occurred;
            let known = &mut occurred.first[target];
            // A month that is not known is no number, which is not its own equal.
            let is_first = Lanes::ZERO.below(has_occurred) & !known.at_most(*known);
            *known = is_first.select(now, *known);
        }
    }
}

impl Occurred {
    /// Nothing has.
    pub fn new(events: &Events) -> Self {
        Self {
            has_occurred: vec![Lanes::ZERO; events.designations.len()],
            first: vec![Lanes::all(f64::NAN); events.targets.len()],
        }
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.has_occurred.fill(Lanes::ZERO);
        self.first.fill(Lanes::all(f64::NAN));
    }
}
