//! Events by target: whether one occurs in a month, has occurred by then, and when the first did.

use crate::math::simd::Lanes;
use crate::metrics::InterleavedMonth;
use crate::model::{JurisdictionIndex, ReportedQuantity};
use crate::policy::ProgrammeIndex;
use crate::simulation::Model;

/// The hazards of a model, in the order of `Model::hazards`, and whom they strike.
#[derive(Debug)]
pub struct Events {
    /// Programme and target.
    pub hazards: Vec<(ProgrammeIndex, JurisdictionIndex)>,
    /// The word for an event, and the target, of every first event: programmes with the same word share it.
    pub firsts: Vec<(&'static str, JurisdictionIndex)>,
    /// For each hazard the place of its first event.
    first_of: Vec<usize>,
}

/// Cells of a hazard in a month: whether it occurs, and whether it has occurred.
pub const EVENT_CELLS: usize = ReportedQuantity::OF_EVENTS.len();

/// The events that have occurred on the paths of some draws, a lane for each.
#[derive(Clone, Debug)]
pub struct Occurred {
    /// By hazard.
    has_occurred: Vec<Lanes>,
    /// The month of each first event, one for the first month; not a number where none has occurred.
    pub first: Vec<Lanes>,
}

impl Events {
    /// Lists the hazards of a model.
    pub fn new(model: &Model) -> Self {
        let word = |programme: ProgrammeIndex| {
            let hazard = model.plan.scenario.programmes[programme].instrument.hazard();
            hazard.map_or("", |hazard| hazard.word())
        };
        let hazards: Vec<(ProgrammeIndex, JurisdictionIndex)> = model
            .hazards
            .iter()
            .map(|hazard| (hazard.programme, hazard.target))
            .collect();
        let first = |&(programme, target): &(ProgrammeIndex, JurisdictionIndex)| (word(programme), target);
        let mut firsts: Vec<(&'static str, JurisdictionIndex)> = hazards.iter().map(first).collect();
        firsts.sort_unstable();
        firsts.dedup();
        let place =
            |hazard: &(ProgrammeIndex, JurisdictionIndex)| firsts.partition_point(|known| *known < first(hazard));
        Self {
            first_of: hazards.iter().map(place).collect(),
            hazards,
            firsts,
        }
    }

    /// Cells of a month.
    pub fn len(&self) -> usize {
        EVENT_CELLS * self.hazards.len()
    }

    /// Writes a month's cells, the first ones of `cells`; months come in order.
    pub fn write_month(&self, month: &InterleavedMonth<'_>, occurred: &mut Occurred, cells: &mut [Lanes]) {
        let now = Lanes::all((month.step() + 1) as f64);
        for (place, &first_event) in self.first_of.iter().enumerate() {
            let occurs = month.each(|draw| draw.events[place]);
            let has_occurred = occurs.max(occurred.has_occurred[place]);
            cells[EVENT_CELLS * place..][..EVENT_CELLS].copy_from_slice(&[occurs, has_occurred]);
            occurred.has_occurred[place] = has_occurred;
            let known = &mut occurred.first[first_event];
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
            has_occurred: vec![Lanes::ZERO; events.hazards.len()],
            first: vec![Lanes::all(f64::NAN); events.firsts.len()],
        }
    }

    /// Takes up what has occurred on the paths of a leader; `places` are those of its hazards. Where it has none, nothing has.
    pub fn follow(&mut self, own: &Events, leader: &Events, known: &Self, places: &[Option<usize>]) {
        self.clear();
        for (occurred, place) in self.has_occurred.iter_mut().zip(places) {
            place.iter().for_each(|place| *occurred = known.has_occurred[*place]);
        }
        for (first, sought) in self.first.iter_mut().zip(&own.firsts) {
            let place = leader.firsts.iter().position(|known| known == sought);
            place.iter().for_each(|place| *first = known.first[*place]);
        }
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.has_occurred.fill(Lanes::ZERO);
        self.first.fill(Lanes::all(f64::NAN));
    }
}
