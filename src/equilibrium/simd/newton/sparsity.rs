//! The sparsity pattern of the Newton system: where it has entries, given the capacities that are active in any lane.
//!
//! Found once and kept while it holds all active capacities, as the symbolic phase of a sparse factorisation is.

use std::ops::Range;

use super::ldl;
use crate::equilibrium::simd::incidence::Incidence;

/// Stands for the place of a capacity that is not active.
const ABSENT: usize = usize::MAX;

/// How many capacities may stay in the pattern that are no longer active: some zeros cost less than a new pattern.
const SPARE: usize = 3;

/// The active capacities, and the rows and columns of the systems of the groups.
#[derive(Debug, Default)]
pub(super) struct SparsityPattern {
    /// Active capacities in ascending order. A **place** is a position in this list, and their number that of the
    /// right-hand side.
    pub(super) active: Vec<usize>,
    place_of_capacity: Vec<usize>,
    /// The system of each group.
    pub(super) fronts: Vec<Front>,
    /// Group by group: the places of the active capacities that its routes use, then that of the right-hand side.
    places: Vec<usize>,
    /// The position of a member's place in its group's part of that list.
    place_of_member: Vec<usize>,
    /// Demand by demand: the columns of its entries in its group's system. A **slot** is a position in this list.
    columns: Vec<usize>,
    first_slot_of_demand: Vec<usize>,
    slot_of_meeting: Vec<usize>,
}

/// The frontal matrix of a group: a row for each of its supplies, and columns for these, for the active capacities that
/// its routes use, and for the right-hand side.
#[derive(Debug, Clone)]
pub(super) struct Front {
    pub(super) supplies: Range<usize>,
    pub(super) demands: Range<usize>,
    /// Range in the list of places: the columns after those of the supplies.
    places: Range<usize>,
    /// Range of its entries among those of all groups.
    pub(super) entries: Range<usize>,
}

impl Front {
    /// Columns, the right-hand side's included.
    pub(super) fn width(&self) -> usize {
        self.supplies.len() + self.places.len()
    }
}

impl SparsityPattern {
    pub(super) fn new(incidence: &Incidence) -> Self {
        let mut pattern = Self {
            place_of_capacity: vec![ABSENT; incidence.capacities],
            ..Self::default()
        };
        pattern.build(incidence);
        pattern
    }

    /// Number of entries of all demands.
    pub(super) fn slots(&self) -> usize {
        self.columns.len()
    }

    /// Number of entries of all groups' systems.
    pub(super) fn entries(&self) -> usize {
        self.fronts.last().map_or(0, |front| front.entries.end)
    }

    /// The slots of a demand: first its pairs, in their order, then the active capacities that it meets.
    pub(super) fn slots_of_demand(&self, m: usize) -> Range<usize> {
        self.first_slot_of_demand[m]..self.first_slot_of_demand[m + 1]
    }

    pub(super) fn columns(&self, slots: Range<usize>) -> &[usize] {
        &self.columns[slots]
    }

    pub(super) fn slot_of_meeting(&self, meeting: usize) -> usize {
        self.slot_of_meeting[meeting]
    }

    /// The place of a capacity if it is active.
    #[inline(always)]
    pub(super) fn place(&self, g: usize) -> Option<usize> {
        Some(self.place_of_capacity[g]).filter(|&place| place != ABSENT)
    }

    /// The places of a group's active capacities, and that of the right-hand side after them.
    pub(super) fn places(&self, front: &Front) -> &[usize] {
        &self.places[front.places.clone()]
    }

    /// The position of a member's place among its group's, if its capacity is active.
    #[inline(always)]
    pub(super) fn place_of_member(&self, member: usize) -> Option<usize> {
        Some(self.place_of_member[member]).filter(|&place| place != ABSENT)
    }

    /// Makes the pattern hold the capacities `active`, in ascending order. If it holds them and at most [`SPARE`]
    /// others, it stays, and `active` becomes its list.
    pub(super) fn cover(&mut self, incidence: &Incidence, active: &mut Vec<usize>) {
        let holds_all = active.iter().all(|&g| self.place_of_capacity[g] != ABSENT);
        if holds_all && self.active.len() <= active.len() + SPARE {
            active.clone_from(&self.active);
            return;
        }
        self.active.iter().for_each(|&g| self.place_of_capacity[g] = ABSENT);
        self.active.clone_from(active);
        for (place, &g) in active.iter().enumerate() {
            self.place_of_capacity[g] = place;
        }
        self.build(incidence);
    }

    fn build(&mut self, incidence: &Incidence) {
        self.fronts.clear();
        self.places.clear();
        self.place_of_member.clear();
        self.columns.clear();
        self.first_slot_of_demand.clear();
        self.slot_of_meeting.clear();
        let mut end = 0;
        for k in 0..incidence.groups() {
            let first = self.places.len();
            for &g in incidence.members.capacities_of_group.row(k) {
                let place = self.place(g);
                self.place_of_member
                    .push(place.map_or(ABSENT, |_| self.places.len() - first));
                self.places.extend(place);
            }
            self.places.push(self.active.len());
            let mut front = Front {
                supplies: incidence.supplies_of_group(k),
                demands: incidence.demands_of_group(k),
                places: first..self.places.len(),
                entries: end..end,
            };
            end += ldl::entries(front.width(), front.supplies.len());
            front.entries.end = end;
            front.demands.clone().for_each(|m| self.add_slots(incidence, &front, m));
            self.fronts.push(front);
        }
        self.first_slot_of_demand.push(self.columns.len());
    }

    /// Adds the slots of demand `m`. A meeting whose capacity is not active gets the number of the slot after it, which
    /// is never read.
    fn add_slots(&mut self, incidence: &Incidence, front: &Front, m: usize) {
        let Range { start, end } = front.supplies;
        self.first_slot_of_demand.push(self.columns.len());
        let pairs = incidence.pairs_of_demand(m);
        self.columns
            .extend(pairs.map(|pair| incidence.supply_of_pair[pair] - start));
        for &member in incidence.members.of_demand.row(m) {
            self.slot_of_meeting.push(self.columns.len());
            let place = self.place_of_member(member);
            self.columns.extend(place.map(|place| end - start + place));
        }
    }
}
