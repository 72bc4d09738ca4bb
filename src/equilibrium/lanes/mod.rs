//! Several draws of a month solved side by side, by Newton's method.
//!
//! What the lanes do is the ordinary case, and nothing else: Newton steps shortened a few times at most. A lane that wants
//! more has its month solved on the careful path instead. No lane's result depends on the others: all arithmetic is lane by
//! lane, and a lane that has nothing to do takes a step of zero.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

mod month;
mod newton;
mod point;
mod shape;

use month::{Month, lay};
use newton::Newton;
use point::{Point, or_reference, or_zero};
use shape::Shape;

use super::careful::{RENTLESS_OVERFLOW, SETTLED_RENT, SETTLING_STEPS};
use super::components::Component;
use super::{Conditions, Solution};
use crate::math::lanes::{Lanes, Mask, WIDTH};
use crate::math::width::{Width, Work};

/// Newton steps before a lane is given up.
const STEPS: usize = 16;
/// The line search shortens a step by this factor, so many times.
const SHORTENING: f64 = 0.25;
const SHORTENINGS: usize = 3;
/// At the end of a step that goes too far the dual may rise this steeply, as a share of how steeply it fell at its start.
const STEEPEST_RISE: f64 = 0.5;
/// Longest fall in a step, as a share of a price, unless route choice would not see it.
const LONGEST_FALL: f64 = 0.9;
/// Falls up to this share of a price are linear.
const LONGEST_LINEAR_FALL: f64 = 0.1;

/// The workspace for one part of the network.
#[derive(Debug)]
pub(super) struct LaneSolver {
    shape: Shape,
    month: Month,
    point: Point,
    newton: Newton,
    search: Search,
}

/// Where the step set out and how far it went.
#[derive(Debug)]
struct Search {
    /// Prices, rents and gaps at the start of the step.
    price_m: Vec<Lanes>,
    price_o: Vec<Lanes>,
    mu: Vec<Lanes>,
    gap_m: Vec<Lanes>,
    gap_o: Vec<Lanes>,
    gap_g: Vec<Lanes>,
    share: Lanes,
    /// The dual's slope along the change made, at its start and its end.
    slope_at_start: Lanes,
    slope_at_end: Lanes,
    /// Largest change of a rent, as a share of its reference price.
    rent_change: Lanes,
}

/// What became of the lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) solved: Mask,
    iterations: Lanes,
}

impl LaneSolver {
    pub(super) fn new(component: &Component) -> Self {
        let shape = Shape::new(component);
        Self {
            month: Month::new(&shape),
            point: Point::new(&shape),
            newton: Newton::new(&shape),
            search: Search::new(&shape),
            shape,
        }
    }

    /// Solves the month of up to [`WIDTH`] draws, starting from what `guesses` hold.
    pub(super) fn solve(
        &mut self,
        component: &Component,
        draws: &[Conditions],
        guesses: &[Solution],
        tolerance: f64,
        width: Width,
    ) -> Outcome {
        self.month.read(component, draws, tolerance);
        width.run(Find(self));
        self.start(component, guesses);
        self.point.forget();
        let tolerance = Lanes::all(tolerance);
        self.evaluate(width);
        // What has no open route carries nothing and earns no rent.
        let mut rents = Lanes::ZERO;
        for &g in &self.month.in_force {
            self.point.mu[g] = self.point.mu[g].only(!self.point.sum_g[g].is_zero());
            rents += Lanes::ONE.only(Lanes::ZERO.below(self.point.mu[g]));
        }
        // Until a step has shown otherwise, rents may not be unique as soon as there are two.
        self.newton.redundant = Lanes::ONE.below(rents);
        self.search.rent_change = Lanes::all(f64::INFINITY);
        let mut running = Mask::first(draws.len());
        let mut outcome = Outcome {
            solved: Mask::NONE,
            iterations: Lanes::ZERO,
        };
        let mut settling = Lanes::ZERO;
        for _ in 0..=STEPS {
            let is_solved = self.point.residual.at_most(tolerance);
            let is_settled = self.is_settled() | Lanes::all(SETTLING_STEPS as f64).at_most(settling);
            let is_done = running & is_solved & is_settled;
            outcome.solved = outcome.solved | is_done;
            running = running & !is_done & self.point.residual.below(Lanes::all(f64::INFINITY));
            if !running.any() {
                break;
            }
            settling += Lanes::ONE.only(running & is_solved);
            outcome.iterations += Lanes::ONE.only(running);
            let refused = self.step(width, running, tolerance);
            outcome.solved = outcome.solved | (refused & self.point.residual.at_most(tolerance));
            running = running & !refused;
        }
        outcome
    }

    fn evaluate(&mut self, width: Width) {
        width.run(Evaluate {
            shape: &self.shape,
            month: &self.month,
            point: &mut self.point,
        });
    }

    /// Takes the Newton step, or an acceptable share of it, in lanes that run; returns those where none was acceptable,
    /// which are back where they were.
    fn step(&mut self, width: Width, running: Mask, tolerance: Lanes) -> Mask {
        width.run(FindStep {
            shape: &self.shape,
            month: &self.month,
            point: &self.point,
            newton: &mut self.newton,
            running,
        });
        self.search.set_out(&self.point);
        self.search.share = Lanes::ONE;
        width.run(Limit(self));
        let mut refused = running;
        for shortening in 0..=SHORTENINGS + 1 {
            width.run(Advance(self));
            self.evaluate(width);
            width.run(Slope(self));
            let is_acceptable = self.point.residual.at_most(tolerance) | self.search.is_downhill();
            refused = refused & !is_acceptable;
            if !refused.any() || shortening > SHORTENINGS {
                break;
            }
            let shorter = if shortening == SHORTENINGS { 0.0 } else { SHORTENING };
            self.search.share = refused.select(self.search.share * Lanes::all(shorter), self.search.share);
        }
        refused
    }

    fn is_settled(&self) -> Mask {
        let stray = Lanes::all(RENTLESS_OVERFLOW).below(self.point.rentless_overflow);
        let moving = self.newton.redundant & Lanes::all(SETTLED_RENT).below(self.search.rent_change);
        !(stray | moving)
    }

    /// Starts from what the guesses know, from reference prices elsewhere.
    fn start(&mut self, component: &Component, guesses: &[Solution]) {
        let Self { month, point, .. } = self;
        let lane: [&Solution; WIDTH] = std::array::from_fn(|lane| &guesses[lane.min(guesses.len() - 1)]);
        lay(
            &mut point.price_m,
            &component.demands,
            lane.map(|draw| &draw.demand_price[..]),
        );
        lay(
            &mut point.price_o,
            &component.supplies,
            lane.map(|draw| &draw.supply_price[..]),
        );
        lay(&mut point.mu, &component.capacities, lane.map(|draw| &draw.rent[..]));
        for (m, price) in point.price_m.iter_mut().enumerate() {
            *price = or_reference(*price, month.demand_price[m]).min(month.highest_price[m]);
        }
        for (price, reference) in point.price_o.iter_mut().zip(&month.supply_price) {
            *price = or_reference(*price, *reference);
        }
        for (rent, is_in_force) in point.mu.iter_mut().zip(&month.is_in_force) {
            *rent = or_zero(*rent, *is_in_force);
        }
    }

    /// Writes what a lane found, without a price for what is not open.
    pub(super) fn write(&self, component: &Component, outcome: &Outcome, lane: usize, solution: &mut Solution) {
        let Self { month, point, .. } = self;
        for (f, &r) in point.f.iter().zip(&component.routes) {
            solution.flow[r] = f.0[lane];
        }
        for (here, &m) in component.demands.iter().enumerate() {
            let is_open = month.is_open_m[here].lane(lane);
            solution.demand_price[m] = if is_open { point.price_m[here].0[lane] } else { f64::NAN };
        }
        for (here, &o) in component.supplies.iter().enumerate() {
            let is_open = month.is_open_o[here].lane(lane);
            solution.supply_price[o] = if is_open { point.price_o[here].0[lane] } else { f64::NAN };
        }
        for (mu, &g) in point.mu.iter().zip(&component.capacities) {
            solution.rent[g] = mu.0[lane];
        }
        solution.absorb(point.residual.0[lane], outcome.iterations.0[lane] as usize);
    }
}

impl Search {
    fn new(shape: &Shape) -> Self {
        Self {
            price_m: vec![Lanes::ZERO; shape.demands],
            price_o: vec![Lanes::ZERO; shape.supplies],
            mu: vec![Lanes::ZERO; shape.capacities],
            gap_m: vec![Lanes::ZERO; shape.demands],
            gap_o: vec![Lanes::ZERO; shape.supplies],
            gap_g: vec![Lanes::ZERO; shape.capacities],
            share: Lanes::ONE,
            slope_at_start: Lanes::ZERO,
            slope_at_end: Lanes::ZERO,
            rent_change: Lanes::ZERO,
        }
    }

    fn set_out(&mut self, point: &Point) {
        self.price_m.copy_from_slice(&point.price_m);
        self.price_o.copy_from_slice(&point.price_o);
        self.mu.copy_from_slice(&point.mu);
        self.gap_m.copy_from_slice(&point.gap_m);
        self.gap_o.copy_from_slice(&point.gap_o);
        self.gap_g.copy_from_slice(&point.gap_g);
    }

    /// Where the dual, which is convex, fell over the step: it still falls at its end, or rises much less steeply than it
    /// fell at first.
    fn is_downhill(&self) -> Mask {
        let falls = self.slope_at_start.below(Lanes::ZERO);
        falls
            & self
                .slope_at_end
                .at_most(Lanes::all(-STEEPEST_RISE) * self.slope_at_start)
    }
}

struct Find<'a>(&'a mut LaneSolver);

impl Work for Find<'_> {
    #[inline(always)]
    fn run(self) {
        self.0.month.find(&self.0.shape);
    }
}

struct Evaluate<'a> {
    shape: &'a Shape,
    month: &'a Month,
    point: &'a mut Point,
}

impl Work for Evaluate<'_> {
    #[inline(always)]
    fn run(self) {
        self.point.evaluate(self.shape, self.month);
    }
}

struct FindStep<'a> {
    shape: &'a Shape,
    month: &'a Month,
    point: &'a Point,
    newton: &'a mut Newton,
    running: Mask,
}

impl Work for FindStep<'_> {
    #[inline(always)]
    fn run(self) {
        self.newton.step(self.shape, self.month, self.point, self.running);
    }
}

/// The largest share of the step that leaves every price above zero.
struct Limit<'a>(&'a mut LaneSolver);

impl Work for Limit<'_> {
    #[inline(always)]
    fn run(self) {
        let LaneSolver {
            shape,
            month,
            newton,
            search,
            ..
        } = self.0;
        for m in 0..shape.demands {
            let theta = month.theta[shape.group_of_demand[m]];
            search.share = search.share.min(largest_share(search.price_m[m], newton.m[m], theta));
        }
        for o in 0..shape.supplies {
            let theta = month.theta[shape.group_of_supply[o]];
            search.share = search.share.min(largest_share(search.price_o[o], newton.o[o], theta));
        }
    }
}

#[inline(always)]
fn largest_share(price: Lanes, step: Lanes, theta: Lanes) -> Lanes {
    let longest = Lanes::all(LONGEST_FALL) * price;
    let is_seen = Lanes::ONE.below(theta * -step);
    let passes = longest.below(-step) & is_seen;
    passes.select(longest / passes.select(-step, Lanes::ONE), Lanes::ONE)
}

/// Moves to where the share of the step leads: prices stay above zero and at or below their highest, rents at or above
/// zero.
struct Advance<'a>(&'a mut LaneSolver);

impl Work for Advance<'_> {
    #[inline(always)]
    fn run(self) {
        let LaneSolver {
            shape,
            month,
            point,
            newton,
            search,
        } = self.0;
        let mut slope = Lanes::ZERO;
        for m in 0..shape.demands {
            let theta = month.theta[shape.group_of_demand[m]];
            let price = moved(search.price_m[m], search.share * newton.m[m], theta).min(month.highest_price[m]);
            slope += search.gap_m[m] * (price - search.price_m[m]);
            point.price_m[m] = price;
        }
        for o in 0..shape.supplies {
            let theta = month.theta[shape.group_of_supply[o]];
            let price = moved(search.price_o[o], search.share * newton.o[o], theta);
            slope -= search.gap_o[o] * (price - search.price_o[o]);
            point.price_o[o] = price;
        }
        let mut rent_change = Lanes::ZERO;
        for &g in &month.in_force {
            let mu = (search.mu[g] + search.share * newton.g[g]).max(Lanes::ZERO);
            let change = mu - search.mu[g];
            slope -= search.gap_g[g] * change;
            rent_change = rent_change.max(change.abs() / month.reference_price[g]);
            point.mu[g] = mu;
        }
        search.slope_at_start = slope;
        search.rent_change = rent_change;
    }
}

/// Linear in the price if route choice sees the change, for then other prices and rents rely on it; a long fall that it
/// does not see is linear in the price's logarithm.
#[inline(always)]
fn moved(price: Lanes, step: Lanes, theta: Lanes) -> Lanes {
    let falls_far = (Lanes::all(LONGEST_LINEAR_FALL) * price).below(-step);
    let is_geometric = falls_far & (theta * -step).at_most(Lanes::ONE);
    if is_geometric.any() {
        let relative = (step / price).max(Lanes::all(-30.0)).min(Lanes::ZERO);
        return is_geometric.select(price * relative.exp(), price + step);
    }
    price + step
}

/// The slope of the dual at the end of the step.
struct Slope<'a>(&'a mut LaneSolver);

impl Work for Slope<'_> {
    #[inline(always)]
    fn run(self) {
        let LaneSolver {
            shape,
            month,
            point,
            search,
            ..
        } = self.0;
        let mut slope = Lanes::ZERO;
        for m in 0..shape.demands {
            slope += point.gap_m[m] * (point.price_m[m] - search.price_m[m]);
        }
        for o in 0..shape.supplies {
            slope -= point.gap_o[o] * (point.price_o[o] - search.price_o[o]);
        }
        for &g in &month.in_force {
            slope -= point.gap_g[g] * (point.mu[g] - search.mu[g]);
        }
        search.slope_at_end = slope;
    }
}
