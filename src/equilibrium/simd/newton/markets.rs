//! The markets' part of the Newton system: assembles the frontal matrix of each group, eliminates its demands and
//! supplies, and passes the remainder to the Schur complement of the capacities.

use super::ldl::{BLOCK, back_substitute, factorise, row_start};
use super::lone::LoneCapacities;
use super::schur::SchurComplement;
use super::sparsity::{Front, SparsityPattern};
use super::{LogBalance, sum};
use crate::equilibrium::simd::conditions::LaneConditions;
use crate::equilibrium::simd::incidence::Incidence;
use crate::equilibrium::simd::point::LanePoint;
use crate::math::simd::{Lanes, Mask};

/// The frontal matrices of all groups, with scratch space for eliminating demands and supplies.
#[derive(Debug)]
pub(super) struct MarketSystems {
    /// Off-diagonal entries of the demands' rows, by slot.
    h: Vec<Lanes>,
    /// By demand: the inverse of its diagonal (zero where it is held), its step if nothing else moved, and the lanes
    /// where it is held at its highest price.
    inverse_m: Vec<Lanes>,
    alone_m: Vec<Lanes>,
    is_held_m: Vec<Mask>,
    /// The frontal matrices of all groups, end to end.
    systems: Vec<Lanes>,
    /// By supply: the diagonal before any elimination, and the inverse of its pivot.
    scale: Vec<Lanes>,
    inverse: Vec<Lanes>,
    /// Scratch space: the unknowns of one group's system.
    z: Vec<Lanes>,
    /// The steps of `P_m` and `-C_o`.
    pub(super) m: Vec<Lanes>,
    pub(super) o: Vec<Lanes>,
}

impl MarketSystems {
    pub(super) fn new(incidence: &Incidence) -> Self {
        Self {
            h: Vec::new(),
            inverse_m: vec![Lanes::ZERO; incidence.demands],
            alone_m: vec![Lanes::ZERO; incidence.demands],
            is_held_m: vec![Mask::NONE; incidence.demands],
            systems: Vec::new(),
            scale: vec![Lanes::ZERO; incidence.supplies],
            inverse: vec![Lanes::ZERO; incidence.supplies],
            z: vec![Lanes::ZERO; incidence.supplies + incidence.capacities],
            m: vec![Lanes::ZERO; incidence.demands],
            o: vec![Lanes::ZERO; incidence.supplies],
        }
    }

    /// Makes room for the entries of a pattern.
    #[inline(always)]
    pub(super) fn resize(&mut self, pattern: &SparsityPattern) {
        self.h.resize(pattern.slots(), Lanes::ZERO);
        self.systems.resize(pattern.entries(), Lanes::ZERO);
    }

    /// Holds demands that are at their highest price and without an excess, and those without an open route.
    #[inline(always)]
    pub(super) fn hold_demands_at_their_highest_price(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
    ) {
        for m in 0..incidence.demands {
            let at_highest = conditions.highest_price[m].at_most(now.price_m[m]);
            let has_no_excess = now.sum_m[m].at_most(now.demanded[m]);
            self.is_held_m[m] = (at_highest & has_no_excess) | !conditions.is_open_m[m];
            self.alone_m[m] = Lanes::ZERO;
        }
    }

    /// Holds demands whose step passes their highest price at that price. Returns whether there were any.
    #[inline(always)]
    pub(super) fn hold_demands_that_pass(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        running: Mask,
    ) -> bool {
        let mut any = Mask::NONE;
        for m in 0..incidence.demands {
            let room = conditions.highest_price[m] - now.price_m[m];
            let passes = room.below(self.m[m]) & !self.is_held_m[m] & running;
            self.is_held_m[m] = self.is_held_m[m] | passes;
            self.alone_m[m] = passes.select(room, self.alone_m[m]);
            any = any | passes;
        }
        any.any()
    }

    /// Assembles the matrix and right-hand side of group `k`. The contributions of its routes to the diagonal of the
    /// capacities go to `schur`.
    #[inline(always)]
    pub(super) fn assemble(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        pattern: &SparsityPattern,
        k: usize,
        (schur, lone): (&mut SchurComplement, &LoneCapacities),
    ) {
        let front = &pattern.fronts[k];
        self.systems[front.entries.clone()].fill(Lanes::ZERO);
        self.assemble_demands(incidence, conditions, now, pattern, k, lone);
        self.assemble_supplies(conditions, now, pattern, k, lone);
        self.assemble_capacities(incidence, conditions, now, pattern, k, schur);
    }

    #[inline(always)]
    fn assemble_demands(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        pattern: &SparsityPattern,
        k: usize,
        lone: &LoneCapacities,
    ) {
        let theta = conditions.theta[k];
        for m in pattern.fronts[k].demands.clone() {
            let (slots, pairs) = (pattern.slots_of_demand(m), incidence.pairs_of_demand(m));
            self.h[slots.start + pairs.len()..slots.end].fill(Lanes::ZERO);
            for (slot, pair) in slots.zip(pairs.clone()) {
                self.h[slot] = theta * now.sum_pair[pair];
            }
            let mut balance = LogBalance::new(now.gap_m[m], now.sum_m[m], now.demanded[m]);
            let mut diagonal = theta * now.sum_m[m] + conditions.demand_elasticity[m] * balance.weight / now.price_m[m];
            if !lone.is_empty() {
                for (slot, pair) in pattern.slots_of_demand(m).zip(pairs) {
                    self.h[slot] -= lone.pair[pair];
                }
                diagonal -= lone.diagonal_m[m];
                balance.gap += lone.right_m[m];
            }
            // An inverse of zero takes a held demand out of the system: nothing is subtracted for it.
            let is_free = !self.is_held_m[m];
            let inverse = Lanes::ONE / is_free.select(diagonal, Lanes::ONE);
            self.inverse_m[m] = inverse.only(is_free);
            self.alone_m[m] = is_free.select(-balance.gap * inverse, self.alone_m[m]);
        }
    }

    #[inline(always)]
    fn assemble_supplies(
        &mut self,
        conditions: &LaneConditions,
        now: &LanePoint,
        pattern: &SparsityPattern,
        k: usize,
        lone: &LoneCapacities,
    ) {
        let front = &pattern.fronts[k];
        let (width, system) = (front.width(), &mut self.systems[front.entries.clone()]);
        for (column, o) in front.supplies.clone().enumerate() {
            let balance = LogBalance::new(now.gap_o[o], now.sum_o[o], now.supplied[o]);
            let diagonal =
                conditions.theta[k] * now.sum_o[o] + conditions.supply_elasticity[o] * balance.weight / now.price_o[o];
            let is_open = conditions.is_open_o[o];
            // A supply without an open route keeps the row of the identity: its price stays.
            self.scale[o] = is_open.select(diagonal, Lanes::ONE);
            let row = row_start(width, column);
            system[row + column] = self.scale[o];
            system[row + width - 1] = (-balance.gap).only(is_open);
            if !lone.is_empty() {
                system[row + column] -= lone.diagonal_o[o];
                system[row + width - 1] -= lone.right_o[o];
            }
        }
    }

    #[inline(always)]
    fn assemble_capacities(
        &mut self,
        incidence: &Incidence,
        conditions: &LaneConditions,
        now: &LanePoint,
        pattern: &SparsityPattern,
        k: usize,
        schur: &mut SchurComplement,
    ) {
        let (front, theta) = (&pattern.fronts[k], conditions.theta[k]);
        let (width, system) = (front.width(), &mut self.systems[front.entries.clone()]);
        for member in incidence.members_of_group(k) {
            let Some(here) = pattern.place_of_member(member) else {
                continue;
            };
            // Here the capacity is active in some lanes; the others add zeros.
            let (place, column) = (pattern.places(front)[here], front.supplies.len() + here);
            let is_active = schur.is_active[place];
            let mut diagonal = Lanes::ZERO;
            for segment in incidence.segments_of_member(member) {
                let h = (theta * sum(&now.f, incidence.routes_of_segment(segment))).only(is_active);
                diagonal += h;
                self.h[pattern.slot_of_meeting(segment.meeting)] += h;
                system[row_start(width, segment.supply) + column] += h;
            }
            schur.scale[place] += diagonal;
        }
    }

    /// Eliminates the demands of group `k`: subtracts the outer product of each row over its diagonal from the rows of
    /// supplies in the front and of capacities in the Schur complement.
    #[inline(always)]
    pub(super) fn eliminate_demands(&mut self, pattern: &SparsityPattern, k: usize, schur: &mut SchurComplement) {
        let front = &pattern.fronts[k];
        let (supplies, places) = (front.supplies.len(), pattern.places(front));
        let (width, system) = (front.width(), &mut self.systems[front.entries.clone()]);
        let whole = schur.width();
        for m in front.demands.clone() {
            let (inverse, alone) = (self.inverse_m[m], self.alone_m[m]);
            let slots = pattern.slots_of_demand(m);
            let (columns, h) = (pattern.columns(slots.clone()), &self.h[slots]);
            for (place, &column) in columns.iter().enumerate() {
                let factor = inverse * h[place];
                let later = columns[place..].iter().zip(&h[place..]);
                if column < supplies {
                    // Starts before the row, so that columns index it, and ends with it.
                    let row = &mut system[row_start(width, column)..][..width];
                    for (&later, &entry) in later {
                        row[later] -= factor * entry;
                    }
                    row[width - 1] -= alone * h[place];
                } else {
                    let row = &mut schur.system[row_start(whole, places[column - supplies])..][..whole];
                    for (&later, &entry) in later {
                        row[places[later - supplies]] -= factor * entry;
                    }
                    row[whole - 1] -= alone * h[place];
                }
            }
        }
    }

    /// Eliminates the supplies of group `k` from each other and from the capacities.
    #[inline(always)]
    pub(super) fn eliminate_supplies(&mut self, pattern: &SparsityPattern, k: usize, schur: &mut SchurComplement) {
        let front = &pattern.fronts[k];
        let (width, system) = (front.width(), &mut self.systems[front.entries.clone()]);
        let inverse = &mut self.inverse[front.supplies.clone()];
        factorise(system, width, &self.scale[front.supplies.clone()], inverse);
        let places = pattern.places(front);
        for first in (0..inverse.len()).step_by(BLOCK) {
            let inverse = &inverse[first..inverse.len().min(first + BLOCK)];
            match inverse.len() {
                1 => update_schur::<1>(front, system, first, inverse, places, schur),
                2 => update_schur::<2>(front, system, first, inverse, places, schur),
                3 => update_schur::<3>(front, system, first, inverse, places, schur),
                _ => update_schur::<BLOCK>(front, system, first, inverse, places, schur),
            }
        }
    }

    /// Finds the steps of the prices of group `k`, given those of the rents.
    #[inline(always)]
    pub(super) fn recover(&mut self, pattern: &SparsityPattern, k: usize, rents: &[Lanes]) {
        let front = &pattern.fronts[k];
        let (width, system) = (front.width(), &self.systems[front.entries.clone()]);
        let supplies = front.supplies.clone();
        let z = &mut self.z[..width - 1];
        for (z, &place) in z[supplies.len()..].iter_mut().zip(pattern.places(front)) {
            *z = rents[place];
        }
        back_substitute(system, width, &self.inverse[supplies.clone()], z);
        self.o[supplies.clone()].copy_from_slice(&z[..supplies.len()]);
        for m in front.demands.clone() {
            let slots = pattern.slots_of_demand(m);
            let mut from_others = Lanes::ZERO;
            for (&column, &entry) in pattern.columns(slots.clone()).iter().zip(&self.h[slots]) {
                from_others += entry * z[column];
            }
            self.m[m] = self.alone_m[m] - self.inverse_m[m] * from_others;
        }
    }
}

/// Subtracts a block of `ROWS` eliminated supplies, from row `first`, from the Schur complement.
#[inline(always)]
fn update_schur<const ROWS: usize>(
    front: &Front,
    system: &[Lanes],
    first: usize,
    inverse: &[Lanes],
    places: &[usize],
    schur: &mut SchurComplement,
) {
    let (width, supplies, whole) = (front.width(), front.supplies.len(), schur.width());
    let row = |row| &system[row_start(width, first + row) + supplies..][..places.len()];
    let rows: [&[Lanes]; ROWS] = std::array::from_fn(row);
    for here in 0..places.len() - 1 {
        let entries: [Lanes; ROWS] = std::array::from_fn(|row| rows[row][here]);
        // Most supplies share routes with few capacities; skipping zeros changes no bit.
        if Lanes::are_all_zero(&entries) {
            continue;
        }
        let factors: [Lanes; ROWS] = std::array::from_fn(|row| inverse[row] * entries[row]);
        let target = &mut schur.system[row_start(whole, places[here])..][..whole];
        for later in here..places.len() {
            let mut value = target[places[later]];
            for row in 0..ROWS {
                value -= factors[row] * rows[row][later];
            }
            target[places[later]] = value;
        }
    }
}
