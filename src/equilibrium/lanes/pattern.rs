//! Where the Newton system has entries, given which capacities are active in any lane.

use std::ops::Range;

use super::shape::Shape;

/// In place of a position in the system.
const ABSENT: usize = usize::MAX;

/// How many capacities may stay that are active no more.
const SPARE: usize = 3;
/// Gaps up to this size are filled: a product with zero takes less than to start another run.
const GAP: usize = 1;

/// Positions in the system: all supplies, then the active capacities. Made anew only when another set is active.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    pub(super) supplies: usize,
    /// Active capacities, in their order.
    pub(super) active: Vec<usize>,
    position_of_capacity: Vec<usize>,
    /// For each demand the positions it meets; a slot is a place in this list.
    positions: Vec<usize>,
    first_slot_of_demand: Vec<usize>,
    slot_of_meeting: Vec<usize>,
    /// For each position the later ones that its elimination touches, as runs of neighbours.
    runs: Vec<Range<usize>>,
    first_run: Vec<usize>,
    scratch: Vec<usize>,
}

impl Pattern {
    pub(super) fn new(shape: &Shape) -> Self {
        let mut pattern = Self {
            supplies: shape.supplies,
            position_of_capacity: vec![ABSENT; shape.capacities],
            ..Self::default()
        };
        pattern.build(shape);
        pattern
    }

    /// Size of the system.
    pub(super) fn size(&self) -> usize {
        self.supplies + self.active.len()
    }

    pub(super) fn slots(&self) -> usize {
        self.positions.len()
    }

    /// The slots of a demand: first its pairs, in their order, then the active capacities it meets.
    pub(super) fn slots_of_demand(&self, m: usize) -> Range<usize> {
        self.first_slot_of_demand[m]..self.first_slot_of_demand[m + 1]
    }

    pub(super) fn positions(&self, slots: Range<usize>) -> &[usize] {
        &self.positions[slots]
    }

    pub(super) fn slot_of_meeting(&self, meeting: usize) -> usize {
        self.slot_of_meeting[meeting]
    }

    /// The positions after this one that its elimination touches, and some that it does not, in ascending runs.
    pub(super) fn later(&self, position: usize) -> &[Range<usize>] {
        &self.runs[self.first_run[position]..self.first_run[position + 1]]
    }

    /// The position of a capacity if it is active.
    pub(super) fn position(&self, g: usize) -> Option<usize> {
        position(&self.position_of_capacity, g)
    }

    /// Makes the pattern hold `active`, which must be in ascending order. Where it does but for a few more, these are kept
    /// and added to `active`: they cost less than a new pattern.
    pub(super) fn follow(&mut self, shape: &Shape, active: &mut Vec<usize>) {
        let holds_all = active.iter().all(|&g| self.position_of_capacity[g] != ABSENT);
        if holds_all && self.active.len() <= active.len() + SPARE {
            active.clone_from(&self.active);
            return;
        }
        self.active.iter().for_each(|&g| self.position_of_capacity[g] = ABSENT);
        self.active.clone_from(active);
        for (place, &g) in active.iter().enumerate() {
            self.position_of_capacity[g] = self.supplies + place;
        }
        self.build(shape);
    }

    fn build(&mut self, shape: &Shape) {
        self.build_slots(shape);
        self.runs.clear();
        self.first_run.clear();
        for o in 0..shape.supplies {
            let k = shape.group_of_supply[o];
            self.scratch.clear();
            self.scratch.extend(o + 1..shape.supplies_of_group(k).end);
            self.add_row(shape.capacities_of_group.row(k));
        }
        for place in 0..self.active.len() {
            self.scratch.clear();
            self.add_row(shape.coupled.row(self.active[place]));
        }
        self.first_run.push(self.runs.len());
    }

    /// Adds the row of a position: what stands in `scratch`, and those of `capacities` that are active.
    fn add_row(&mut self, capacities: &[usize]) {
        let position_of_capacity = &self.position_of_capacity;
        let active = capacities.iter().filter_map(|&g| position(position_of_capacity, g));
        self.scratch.extend(active);
        let first = self.runs.len();
        self.first_run.push(first);
        for &later in &self.scratch {
            match self.runs[first..].last_mut() {
                Some(run) if later <= run.end + GAP => run.end = later + 1,
                _ => self.runs.push(later..later + 1),
            }
        }
    }

    fn build_slots(&mut self, shape: &Shape) {
        self.positions.clear();
        self.first_slot_of_demand.clear();
        self.slot_of_meeting.clear();
        for m in 0..shape.demands {
            self.first_slot_of_demand.push(self.positions.len());
            let pairs = shape.pairs_of_demand(m);
            self.positions.extend(pairs.map(|pair| shape.supply_of_pair[pair]));
            for &g in shape.capacities_of_demand.row(m) {
                self.slot_of_meeting.push(self.positions.len());
                self.positions.extend(position(&self.position_of_capacity, g));
            }
        }
        self.first_slot_of_demand.push(self.positions.len());
    }
}

fn position(position_of_capacity: &[usize], g: usize) -> Option<usize> {
    Some(position_of_capacity[g]).filter(|&position| position != ABSENT)
}
