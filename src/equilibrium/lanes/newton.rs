//! The Newton step on the dual, side by side.
//!
//! As on the careful path the variables are `z = (P_m, -C_o, -mu_g)`, so that every entry of the Hessian is a sum of `h_r
//! = theta f_r` over the routes two variables share. Balances are `inflow x ln(inflow / target)`, nearly linear in prices.
//! Demands are eliminated first, one by one, then supplies, then active capacities, all in one matrix whose pattern is
//! known. Where a lane has nothing that another lane has (a capacity that is active only there) it has zeros, and a one on
//! the diagonal: to subtract a multiple of zero changes no bit.

use super::elimination::{backward, eliminate, forward};
use super::month::Month;
use super::pattern::Pattern;
use super::point::{Point, Ridge};
use super::shape::Shape;
use crate::math::lanes::{Lanes, Mask};

/// How often bounds that a step would break are fixed and the rest of the step is found anew.
const BOUND_ROUNDS: usize = 6;
/// Inflows below this share of their target are balanced plainly: their logarithm says little and may not exist.
const VANISHING: f64 = 1e-100;
/// A pivot below this share of its diagonal belongs to a redundant capacity: nothing but the ridge holds it.
const REDUNDANT_PIVOT: f64 = 1e-9;

/// Workspace of the step, and the step itself.
#[derive(Debug)]
pub(super) struct Newton {
    pattern: Pattern,
    /// By place in the pattern's list of active capacities.
    is_active: Vec<Mask>,
    active: Vec<usize>,
    /// Entries of demands, by slot.
    h_m: Vec<Lanes>,
    inverse_m: Vec<Lanes>,
    alone_m: Vec<Lanes>,
    is_held_m: Vec<Mask>,
    /// The upper triangle of what is left after demands, by position; and its diagonal before elimination.
    matrix: Vec<Lanes>,
    scale: Vec<Lanes>,
    inverse: Vec<Lanes>,
    right: Vec<Lanes>,
    /// `-C_o`'s and `-mu_g`'s steps by position.
    z: Vec<Lanes>,
    /// What eliminating demands and supplies leaves to capacities, and which of these are held at a rent of zero.
    rest: Vec<Lanes>,
    right_rest: Vec<Lanes>,
    is_held: Vec<Mask>,
    /// The steps of `P_m`, `C_o` and `mu_g`, the latter zero where not active.
    pub(super) m: Vec<Lanes>,
    pub(super) o: Vec<Lanes>,
    pub(super) g: Vec<Lanes>,
    /// Where some active capacities were redundant in the last step.
    pub(super) redundant: Mask,
}

impl Newton {
    pub(super) fn new(shape: &Shape) -> Self {
        Self {
            pattern: Pattern::new(shape),
            is_active: Vec::with_capacity(shape.capacities),
            active: Vec::with_capacity(shape.capacities),
            h_m: Vec::new(),
            inverse_m: vec![Lanes::ZERO; shape.demands],
            alone_m: vec![Lanes::ZERO; shape.demands],
            is_held_m: vec![Mask::NONE; shape.demands],
            matrix: Vec::new(),
            scale: Vec::new(),
            inverse: Vec::new(),
            right: Vec::new(),
            z: Vec::new(),
            rest: Vec::new(),
            right_rest: Vec::new(),
            is_held: Vec::new(),
            m: vec![Lanes::ZERO; shape.demands],
            o: vec![Lanes::ZERO; shape.supplies],
            g: vec![Lanes::ZERO; shape.capacities],
            redundant: Mask::NONE,
        }
    }

    /// The step from `now` in the lanes that `running` says. Rents that it would make negative go to zero, prices that it
    /// would lift above their highest go there.
    #[inline(always)]
    pub(super) fn step(&mut self, shape: &Shape, month: &Month, now: &Point, running: Mask) {
        self.choose_active(shape, month, now, running);
        self.hold_demands_at_their_highest_price(shape, month, now);
        for _ in 0..BOUND_ROUNDS {
            self.assemble(shape, month, now);
            self.eliminate_demands(shape);
            let first_capacity = self.pattern.supplies;
            eliminate(
                &self.pattern,
                0..first_capacity,
                &mut self.matrix,
                &mut self.inverse,
                &self.scale,
            );
            self.eliminate_supplies_from_right();
            self.solve_capacities(now, running);
            self.recover_supplies();
            self.recover_demands(shape, running);
            if !self.hold_demands_that_pass(shape, month, now, running) {
                break;
            }
        }
        self.write_step(shape, month, running);
    }

    /// Which capacities have a rent or an overflow, and in which lanes.
    #[inline(always)]
    fn choose_active(&mut self, shape: &Shape, month: &Month, now: &Point, running: Mask) {
        let is_active = |g: usize| {
            (Lanes::ZERO.below(now.mu[g]) | Lanes::ZERO.below(now.gap_g[g])) & month.is_in_force[g] & running
        };
        self.active.clear();
        self.active
            .extend(month.in_force.iter().filter(|&&g| is_active(g).any()));
        self.pattern.follow(shape, &mut self.active);
        self.is_active.clear();
        self.is_active.extend(self.active.iter().map(|&g| is_active(g)));
        let (size, active) = (self.pattern.size(), self.active.len());
        self.h_m.resize(self.pattern.slots(), Lanes::ZERO);
        self.matrix.resize(size * size, Lanes::ZERO);
        for list in [&mut self.scale, &mut self.inverse, &mut self.right, &mut self.z] {
            list.resize(size, Lanes::ZERO);
        }
        self.rest.resize(size * size, Lanes::ZERO);
        self.right_rest.resize(size, Lanes::ZERO);
        self.is_held.resize(active, Mask::NONE);
    }

    #[inline(always)]
    fn hold_demands_at_their_highest_price(&mut self, shape: &Shape, month: &Month, now: &Point) {
        for m in 0..shape.demands {
            let at_highest = month.highest_price[m].at_most(now.price_m[m]);
            let has_no_excess = now.sum_m[m].at_most(now.demanded[m]);
            self.is_held_m[m] = (at_highest & has_no_excess) | !month.is_open_m[m];
            self.alone_m[m] = Lanes::ZERO;
        }
    }

    /// Holds demands whose step passes their highest price at that price; whether there were any.
    #[inline(always)]
    fn hold_demands_that_pass(&mut self, shape: &Shape, month: &Month, now: &Point, running: Mask) -> bool {
        let mut any = Mask::NONE;
        for m in 0..shape.demands {
            let room = month.highest_price[m] - now.price_m[m];
            let passes = room.below(self.m[m]) & !self.is_held_m[m] & running;
            self.is_held_m[m] = self.is_held_m[m] | passes;
            self.alone_m[m] = passes.select(room, self.alone_m[m]);
            any = any | passes;
        }
        any.any()
    }

    /// The Hessian and the right-hand side, the gradient's negative.
    #[inline(always)]
    fn assemble(&mut self, shape: &Shape, month: &Month, now: &Point) {
        self.assemble_routes(shape, month, now);
        self.assemble_demands(shape, month, now);
        self.assemble_supplies(shape, month, now);
        self.assemble_capacities(shape, month, now);
    }

    #[inline(always)]
    fn assemble_routes(&mut self, shape: &Shape, month: &Month, now: &Point) {
        let size = self.pattern.size();
        for position in 0..size {
            let row = &mut self.matrix[position * size..(position + 1) * size];
            for run in self.pattern.later(position) {
                row[run.clone()].fill(Lanes::ZERO);
            }
        }
        self.h_m.fill(Lanes::ZERO);
        for m in 0..shape.demands {
            let theta = month.theta[shape.group_of_demand[m]];
            let slots = self.pattern.slots_of_demand(m);
            for (slot, pair) in slots.zip(shape.pairs_of_demand(m)) {
                self.h_m[slot] = theta * now.sum_pair[pair];
            }
        }
    }

    #[inline(always)]
    fn assemble_demands(&mut self, shape: &Shape, month: &Month, now: &Point) {
        for m in 0..shape.demands {
            let balance = Balance::new(now.gap_m[m], now.sum_m[m], now.demanded[m]);
            let theta = month.theta[shape.group_of_demand[m]];
            let diagonal = theta * now.sum_m[m] + month.demand_elasticity[m] * balance.weight / now.price_m[m];
            let is_free = !self.is_held_m[m];
            let inverse = Lanes::ONE / is_free.select(diagonal, Lanes::ONE);
            self.inverse_m[m] = inverse.only(is_free);
            self.alone_m[m] = is_free.select(-balance.gap * inverse, self.alone_m[m]);
        }
    }

    #[inline(always)]
    fn assemble_supplies(&mut self, shape: &Shape, month: &Month, now: &Point) {
        let size = self.pattern.size();
        for o in 0..shape.supplies {
            let balance = Balance::new(now.gap_o[o], now.sum_o[o], now.supplied[o]);
            let theta = month.theta[shape.group_of_supply[o]];
            let diagonal = theta * now.sum_o[o] + month.supply_elasticity[o] * balance.weight / now.price_o[o];
            let is_open = month.is_open_o[o];
            self.scale[o] = is_open.select(diagonal, Lanes::ONE);
            self.matrix[o * size + o] = self.scale[o];
            self.right[o] = (-balance.gap).only(is_open);
        }
    }

    #[inline(always)]
    fn assemble_capacities(&mut self, shape: &Shape, month: &Month, now: &Point) {
        let (size, supplies) = (self.pattern.size(), shape.supplies);
        let (matrix, h_m, f) = (&mut self.matrix[..], &mut self.h_m[..], &now.f[..]);
        for (place, (&g, &is_active)) in self.active.iter().zip(&self.is_active).enumerate() {
            let position = supplies + place;
            let mut diagonal = Lanes::ZERO;
            for segment in shape.segments_of_capacity(g) {
                let h = (month.theta[segment.group] * sum(f, &segment.routes)).only(is_active);
                diagonal += h;
                h_m[self.pattern.slot_of_meeting(segment.meeting)] += h;
                matrix[segment.supply * size + position] += h;
            }
            for overlap in shape.overlaps_of_capacity(g) {
                if let Some(other) = self.pattern.position(overlap.other) {
                    let both = is_active & self.is_active[other - supplies];
                    let h = month.theta[overlap.group] * sum(f, &overlap.routes);
                    matrix[position * size + other] += h.only(both);
                }
            }
            let balance = Balance::new(now.gap_g[g], now.sum_g[g], now.allowed[g]);
            let curvature = Ridge::new(month, g, now.mu[g]).curvature();
            diagonal += curvature * balance.weight / now.allowed[g];
            self.scale[position] = is_active.select(diagonal, Lanes::ONE);
            matrix[position * size + position] = self.scale[position];
            self.right[position] = (-balance.gap).only(is_active);
        }
    }

    /// Subtracts from what remains each demand's outer product over its diagonal.
    #[inline(always)]
    fn eliminate_demands(&mut self, shape: &Shape) {
        let size = self.pattern.size();
        let (matrix, right) = (&mut self.matrix[..], &mut self.right[..]);
        for m in 0..shape.demands {
            let (inverse, alone) = (self.inverse_m[m], self.alone_m[m]);
            let slots = self.pattern.slots_of_demand(m);
            let (positions, h) = (self.pattern.positions(slots.clone()), &self.h_m[slots]);
            for (place, &position) in positions.iter().enumerate() {
                right[position] -= alone * h[place];
                let factor = inverse * h[place];
                let row = &mut matrix[position * size..(position + 1) * size];
                for (&later, &entry) in positions[place..].iter().zip(&h[place..]) {
                    row[later] -= factor * entry;
                }
            }
        }
    }

    #[inline(always)]
    fn eliminate_supplies_from_right(&mut self) {
        let positions = 0..self.pattern.supplies;
        forward(&self.pattern, positions, &self.matrix, &self.inverse, &mut self.right);
    }

    /// The rents' part of the step. Rents that would become negative are held at zero and the others found anew.
    #[inline(always)]
    fn solve_capacities(&mut self, now: &Point, running: Mask) {
        let (size, supplies) = (self.pattern.size(), self.pattern.supplies);
        self.is_held.fill(Mask::NONE);
        for round in 0..BOUND_ROUNDS {
            self.extract_all();
            if round > 0 {
                self.take_out_held(now);
            }
            let least = eliminate(
                &self.pattern,
                supplies..size,
                &mut self.rest,
                &mut self.inverse,
                &self.scale,
            );
            if round == 0 {
                self.redundant = least.below(Lanes::all(REDUNDANT_PIVOT));
            }
            forward(
                &self.pattern,
                supplies..size,
                &self.rest,
                &self.inverse,
                &mut self.right_rest,
            );
            backward(
                &self.pattern,
                supplies..size,
                &self.rest,
                &self.inverse,
                &self.right_rest,
                &mut self.z,
            );
            let mut any = Mask::NONE;
            for (place, &g) in self.active.iter().enumerate() {
                let position = supplies + place;
                let mu = now.mu[g];
                let is_held = self.is_held[place];
                let falls_below = mu.below(self.z[position]) & !is_held & running;
                any = any | falls_below;
                self.is_held[place] = is_held | falls_below;
                self.z[position] = self.is_held[place].select(mu, self.z[position]);
            }
            if !any.any() {
                break;
            }
        }
    }

    /// The system of the capacities, as it is before any is held.
    #[inline(always)]
    fn extract_all(&mut self) {
        let size = self.pattern.size();
        for position in self.pattern.supplies..size {
            self.right_rest[position] = self.right[position];
            let row = position * size..(position + 1) * size;
            let (rest, matrix) = (&mut self.rest[row.clone()], &self.matrix[row]);
            rest[position] = matrix[position];
            for run in self.pattern.later(position) {
                rest[run.clone()].copy_from_slice(&matrix[run.clone()]);
            }
        }
    }

    /// Takes the capacities that are held out of the system, given that their rents go to zero.
    #[inline(always)]
    fn take_out_held(&mut self, now: &Point) {
        let (size, supplies) = (self.pattern.size(), self.pattern.supplies);
        for (place, (&g, &is_held)) in self.active.iter().zip(&self.is_held).enumerate() {
            if !is_held.any() {
                continue;
            }
            let held = supplies + place;
            let fall = now.mu[g].only(is_held);
            for position in supplies..held {
                if self.pattern.later(position).iter().any(|run| run.contains(&held)) {
                    let entry = &mut self.rest[position * size + held];
                    self.right_rest[position] -= *entry * fall;
                    *entry = entry.only(!is_held);
                }
            }
            let row = &mut self.rest[held * size..(held + 1) * size];
            for later in self.pattern.later(held).iter().cloned().flatten() {
                self.right_rest[later] -= row[later] * fall;
                row[later] = row[later].only(!is_held);
            }
            row[held] = is_held.select(self.scale[held], row[held]);
        }
        for (right, &is_held) in self.right_rest[supplies..].iter_mut().zip(&self.is_held) {
            *right = right.only(!is_held);
        }
    }

    #[inline(always)]
    fn recover_supplies(&mut self) {
        let positions = 0..self.pattern.supplies;
        backward(
            &self.pattern,
            positions,
            &self.matrix,
            &self.inverse,
            &self.right,
            &mut self.z,
        );
    }

    #[inline(always)]
    fn recover_demands(&mut self, shape: &Shape, running: Mask) {
        for m in 0..shape.demands {
            let slots = self.pattern.slots_of_demand(m);
            let (positions, h) = (self.pattern.positions(slots.clone()), &self.h_m[slots]);
            let mut from_others = Lanes::ZERO;
            for (&position, &entry) in positions.iter().zip(h) {
                from_others += entry * self.z[position];
            }
            self.m[m] = (self.alone_m[m] - self.inverse_m[m] * from_others).only(running);
        }
    }

    #[inline(always)]
    fn write_step(&mut self, shape: &Shape, month: &Month, running: Mask) {
        for o in 0..shape.supplies {
            self.o[o] = (-self.z[o]).only(running);
        }
        for &g in &month.in_force {
            self.g[g] = Lanes::ZERO;
        }
        for (place, (&g, &is_active)) in self.active.iter().zip(&self.is_active).enumerate() {
            self.g[g] = (-self.z[shape.supplies + place]).only(running & is_active);
        }
    }
}

#[inline(always)]
fn sum(values: &[Lanes], places: &[usize]) -> Lanes {
    let mut sum = Lanes::ZERO;
    for &place in places {
        sum += values[place];
    }
    sum
}

/// A balance made linear: the gap between inflow and target, and the quantity that multiplies an elasticity in its
/// derivative.
struct Balance {
    gap: Lanes,
    weight: Lanes,
}

impl Balance {
    #[inline(always)]
    fn new(gap: Lanes, inflow: Lanes, target: Lanes) -> Self {
        let has_logarithm = (Lanes::all(VANISHING) * target).below(inflow);
        let ratio = has_logarithm.select(inflow / target, Lanes::ONE);
        // From their relative gap where they are near, which is where rounding the ratio would cost digits.
        let relative = gap / target;
        let series = relative * (Lanes::ONE - relative * (Lanes::all(1.0 / 2.0) - relative * Lanes::all(1.0 / 3.0)));
        let is_near = relative.abs().below(Lanes::all(1e-4));
        let logarithm = is_near.select(series, ratio.ln());
        Self {
            gap: has_logarithm.select(inflow * logarithm, gap),
            weight: has_logarithm.select(inflow, target),
        }
    }
}
