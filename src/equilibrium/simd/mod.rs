//! The SIMD path: Newton's method on the dual for eight draws side by side, one draw in each lane.
//!
//! One iteration:
//!
//! 1. `newton` finds the step: the log-balanced Newton system, reduced to a Schur complement of the active capacities;
//! 2. `line_search` shortens it a few times at most, judged by the slope of the convex dual;
//! 3. `point` computes flows, sums and residual at the new prices and rents;
//! 4. a lane is done when its residual is within tolerance and its rents have settled (see [`super::ridge`]).
//!
//! This covers the ordinary month. A lane is given up if no shortening helps or if it takes too many steps; the
//! fallback then solves its month.
//!
//! No lane's result depends on the others. All arithmetic is lane by lane; where only another lane needs a computation,
//! this lane adds zero or multiplies by one. A lane that is done takes steps of zero.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

mod conditions;
mod incidence;
mod line_search;
mod newton;
mod point;

use conditions::{LaneConditions, interleave};
use incidence::Incidence;
use line_search::LineSearch;
use newton::NewtonStep;
use point::{LanePoint, or_reference, or_zero};

use super::Solution;
use super::components::Component;
use super::ridge::{RENTLESS_OVERFLOW, SETTLED_RENT, SETTLING_STEPS};
use super::solver::DrawGroup;
use crate::math::simd::{Lanes, Mask, WIDTH};
use crate::math::width::{Width, Work};

/// Newton steps before a lane is given up: its month goes to the fallback.
const STEPS: usize = 16;
/// The line search shortens a step by this factor, at most so many times.
const SHORTENING: f64 = 0.25;
const SHORTENINGS: usize = 3;

/// The solver of one connected component, with its scratch space.
#[derive(Debug)]
pub(super) struct SimdSolver {
    incidence: Incidence,
    conditions: LaneConditions,
    point: LanePoint,
    newton: NewtonStep,
    line_search: LineSearch,
}

/// Which lanes are solved, and in how many iterations.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneOutcome {
    pub(super) solved: Mask,
    iterations: Lanes,
}

impl SimdSolver {
    pub(super) fn new(component: &Component) -> Self {
        let incidence = Incidence::new(component);
        Self {
            conditions: LaneConditions::new(&incidence),
            point: LanePoint::new(&incidence),
            newton: NewtonStep::new(&incidence),
            line_search: LineSearch::new(&incidence),
            incidence,
        }
    }

    /// Solves the month of up to [`WIDTH`] draws, starting from their guesses.
    pub(super) fn solve(
        &mut self,
        component: &Component,
        draws: DrawGroup<'_>,
        tolerance: f64,
        width: Width,
    ) -> LaneOutcome {
        self.conditions.read(component, draws.conditions(), tolerance);
        self.read_guesses(component, draws.guesses());
        let mut outcome = LaneOutcome {
            solved: Mask::NONE,
            iterations: Lanes::ZERO,
        };
        width.run(SolveMonth {
            solver: self,
            lanes: Mask::first(draws.lanes.len()),
            tolerance: Lanes::all(tolerance),
            outcome: &mut outcome,
        });
        outcome
    }

    /// Takes steps until every lane is solved or given up.
    #[inline(always)]
    fn iterate(&mut self, lanes: Mask, tolerance: Lanes, outcome: &mut LaneOutcome) {
        self.start();
        // A capacity without an open route carries nothing and earns no rent.
        let mut rents = Lanes::ZERO;
        for &g in &self.conditions.in_force {
            self.point.mu[g] = self.point.mu[g].only(!self.point.sum_g[g].is_zero());
            rents += Lanes::ONE.only(Lanes::ZERO.below(self.point.mu[g]));
        }
        // A factorisation shows whether rents are unique. Before the first one, assume that two or more are not.
        self.newton.redundant = Lanes::ONE.below(rents);
        self.line_search.rent_change = Lanes::all(f64::INFINITY);
        let mut running = lanes;
        let mut settling = Lanes::ZERO;
        // The last round only checks the residual of the step before; its own step is not used.
        for _ in 0..=STEPS {
            let is_solved = self.point.residual.at_most(tolerance);
            let is_settled = self.is_settled() | Lanes::all(SETTLING_STEPS as f64).at_most(settling);
            let is_done = running & is_solved & is_settled;
            outcome.solved = outcome.solved | is_done;
            // `evaluate` turns NaN into an infinite residual: such a lane is given up.
            running = running & !is_done & self.point.residual.below(Lanes::all(f64::INFINITY));
            if !running.any() {
                break;
            }
            // Steps after the tolerance is met only settle rents that are not unique, so they have a limit of their
            // own.
            settling += Lanes::ONE.only(running & is_solved);
            outcome.iterations += Lanes::ONE.only(running);
            // A refused lane is back at its last prices and rents, which are a solution if they are within tolerance,
            // settled or not.
            let refused = self.step(running, tolerance);
            outcome.solved = outcome.solved | (refused & self.point.residual.at_most(tolerance));
            running = running & !refused;
        }
    }

    /// Takes the Newton step, or an acceptable share of it, in the lanes that run. Returns the lanes where no share was
    /// acceptable; they are back where they were.
    #[inline(always)]
    fn step(&mut self, running: Mask, tolerance: Lanes) -> Mask {
        let Self {
            incidence,
            conditions,
            point,
            newton,
            line_search,
        } = self;
        newton.step(incidence, conditions, point, running);
        line_search.set_out(incidence, conditions, newton, point);
        let mut refused = running;
        for shortening in 0..=SHORTENINGS + 1 {
            line_search.advance(incidence, conditions, newton, point);
            point.evaluate(incidence, conditions);
            let is_acceptable =
                point.residual.at_most(tolerance) | line_search.is_downhill(incidence, conditions, point);
            refused = refused & !is_acceptable;
            if !refused.any() || shortening > SHORTENINGS {
                break;
            }
            // A last share of zero takes refused lanes back to where they were, by the same arithmetic.
            let shorter = if shortening == SHORTENINGS { 0.0 } else { SHORTENING };
            line_search.share = refused.select(line_search.share * Lanes::all(shorter), line_search.share);
        }
        refused
    }

    /// Whether rents have reached the values that the ridge picks; the residual does not measure this.
    #[inline(always)]
    fn is_settled(&self) -> Mask {
        let stray = Lanes::all(RENTLESS_OVERFLOW).below(self.point.rentless_overflow);
        let moving = self.newton.redundant & Lanes::all(SETTLED_RENT).below(self.line_search.rent_change);
        !(stray | moving)
    }

    fn read_guesses(&mut self, component: &Component, lane: [&Solution; WIDTH]) {
        let point = &mut self.point;
        let (demand_price, supply_price) = (
            lane.map(|draw| &draw.demand_price[..]),
            lane.map(|draw| &draw.supply_price[..]),
        );
        interleave(&mut point.price_m, &component.demands, demand_price);
        interleave(&mut point.price_o, &component.supplies, supply_price);
        interleave(&mut point.mu, &component.capacities, lane.map(|draw| &draw.rent[..]));
    }

    /// Starts from the prices and rents of the guesses, and from reference prices where a guess has none.
    #[inline(always)]
    fn start(&mut self) {
        let Self {
            incidence,
            conditions,
            point,
            ..
        } = self;
        conditions.find(incidence);
        for (m, price) in point.price_m.iter_mut().enumerate() {
            *price = or_reference(*price, conditions.demand_price[m]).min(conditions.highest_price[m]);
        }
        for (price, reference) in point.price_o.iter_mut().zip(&conditions.supply_price) {
            *price = or_reference(*price, *reference);
        }
        for (rent, is_in_force) in point.mu.iter_mut().zip(&conditions.is_in_force) {
            *rent = or_zero(*rent, *is_in_force);
        }
        point.forget();
        point.evaluate(incidence, conditions);
    }

    /// Writes the solutions of the draws in `lanes`; markets that are not open have no price. Unsolved lanes are written
    /// too, and overwritten by the fallback.
    pub(super) fn write(
        &self,
        component: &Component,
        outcome: &LaneOutcome,
        lanes: &[usize],
        solutions: &mut [Solution],
    ) {
        let Self { conditions, point, .. } = self;
        let flows = point.f.iter().copied();
        deinterleave(flows, &component.routes, lanes, solutions, |draw| &mut draw.flow);
        let prices = open_prices(&point.price_m, &conditions.is_open_m);
        deinterleave(prices, &component.demands, lanes, solutions, |draw| {
            &mut draw.demand_price
        });
        let prices = open_prices(&point.price_o, &conditions.is_open_o);
        deinterleave(prices, &component.supplies, lanes, solutions, |draw| {
            &mut draw.supply_price
        });
        let rents = point.mu.iter().copied();
        deinterleave(rents, &component.capacities, lanes, solutions, |draw| &mut draw.rent);
        for (lane, &draw) in lanes.iter().enumerate() {
            // Lanes that were given up get their residual from the fallback.
            if outcome.solved.lane(lane) {
                solutions[draw].absorb(point.residual.0[lane], outcome.iterations.0[lane] as usize);
            }
        }
    }
}

fn open_prices<'a>(prices: &'a [Lanes], is_open: &'a [Mask]) -> impl Iterator<Item = Lanes> + 'a {
    let markets = prices.iter().zip(is_open);
    markets.map(|(price, is_open)| is_open.select(*price, Lanes::all(f64::NAN)))
}

/// Undoes [`interleave`]: writes each lane to the array of its draw, at `places`. Lanes without a draw are dropped.
fn deinterleave(
    values: impl Iterator<Item = Lanes>,
    places: &[usize],
    lanes: &[usize],
    draws: &mut [Solution],
    of: impl Fn(&mut Solution) -> &mut [f64],
) {
    // A lane without a draw has an empty array.
    let mut arrays: [&mut [f64]; WIDTH] = Default::default();
    for (place, draw) in draws.iter_mut().enumerate() {
        if let Some(lane) = lanes.iter().position(|&lane| lane == place) {
            arrays[lane] = of(draw);
        }
    }
    for (lanes, &place) in values.zip(places) {
        for (draw, value) in arrays.iter_mut().zip(lanes.0) {
            if let Some(known) = draw.get_mut(place) {
                *known = value;
            }
        }
    }
}

/// The whole month after interleaving as one unit of work, so that all of it is compiled for one instruction set.
struct SolveMonth<'a> {
    solver: &'a mut SimdSolver,
    lanes: Mask,
    tolerance: Lanes,
    outcome: &'a mut LaneOutcome,
}

impl Work for SolveMonth<'_> {
    #[inline(always)]
    fn run(self) {
        self.solver.iterate(self.lanes, self.tolerance, self.outcome);
    }
}
