//! The conditions of eight draws, interleaved: element `i` of an array holds number `i` of each draw.

use super::incidence::Incidence;
use crate::equilibrium::components::Component;
use crate::equilibrium::ridge::STRENGTH;
use crate::equilibrium::{Conditions, DEFAULT_TOLERANCE};
use crate::math::simd::{Lanes, Mask, WIDTH};

/// Stands for a limit that is not in force. Arithmetic with infinity would give NaN, which a mask does not undo.
const NO_LIMIT: f64 = 1e200;

/// One month of [`WIDTH`] draws, with the parts of the network that are open in it. Symbols as in [`Conditions`].
#[derive(Debug)]
pub(super) struct LaneConditions {
    pub(super) weight: Vec<Lanes>,
    pub(super) cost: Vec<Lanes>,
    pub(super) theta: Vec<Lanes>,
    pub(super) supply_price: Vec<Lanes>,
    pub(super) supply_quantity: Vec<Lanes>,
    pub(super) supply_elasticity: Vec<Lanes>,
    pub(super) demand_price: Vec<Lanes>,
    pub(super) demand_quantity: Vec<Lanes>,
    pub(super) demand_elasticity: Vec<Lanes>,
    /// The upper bound on a demand's price.
    pub(super) highest_price: Vec<Lanes>,
    pub(super) limit: Vec<Lanes>,
    pub(super) reference_price: Vec<Lanes>,
    /// The largest `theta` of the groups that use a capacity.
    pub(super) steepest_theta: Vec<Lanes>,
    /// Where a capacity is in force and above zero.
    pub(super) is_in_force: Vec<Mask>,
    /// Capacities in force in any lane, in ascending order; all other lists of capacities are subsets of it.
    pub(super) in_force: Vec<usize>,
    /// Whether a route is open in any lane.
    pub(super) is_open: Vec<bool>,
    /// Where a supply or demand has an open route.
    pub(super) is_open_o: Vec<Mask>,
    pub(super) is_open_m: Vec<Mask>,
    /// `rho` of [`crate::equilibrium::ridge`].
    pub(super) ridge: Lanes,
}

impl LaneConditions {
    pub(super) fn new(incidence: &Incidence) -> Self {
        let (routes, supplies, demands, capacities) = (
            incidence.routes,
            incidence.supplies,
            incidence.demands,
            incidence.capacities,
        );
        Self {
            weight: vec![Lanes::ZERO; routes],
            cost: vec![Lanes::ZERO; routes],
            theta: vec![Lanes::ZERO; incidence.groups()],
            supply_price: vec![Lanes::ZERO; supplies],
            supply_quantity: vec![Lanes::ZERO; supplies],
            supply_elasticity: vec![Lanes::ZERO; supplies],
            demand_price: vec![Lanes::ZERO; demands],
            demand_quantity: vec![Lanes::ZERO; demands],
            demand_elasticity: vec![Lanes::ZERO; demands],
            highest_price: vec![Lanes::ZERO; demands],
            limit: vec![Lanes::ZERO; capacities],
            reference_price: vec![Lanes::ZERO; capacities],
            steepest_theta: vec![Lanes::ZERO; capacities],
            is_in_force: vec![Mask::NONE; capacities],
            in_force: Vec::with_capacity(capacities),
            is_open: vec![false; routes],
            is_open_o: vec![Mask::NONE; supplies],
            is_open_m: vec![Mask::NONE; demands],
            ridge: Lanes::ZERO,
        }
    }

    /// Interleaves the conditions of the draw in each lane.
    pub(super) fn read(&mut self, component: &Component, lane: [&Conditions; WIDTH], tolerance: f64) {
        self.ridge = Lanes::all(STRENGTH * tolerance.min(DEFAULT_TOLERANCE));
        let Component {
            routes,
            supplies,
            demands,
            groups,
            capacities,
            ..
        } = component;
        interleave(&mut self.weight, routes, lane.map(|draw| &draw.weight[..]));
        interleave(&mut self.cost, routes, lane.map(|draw| &draw.cost[..]));
        interleave(&mut self.theta, groups, lane.map(|draw| &draw.theta[..]));
        interleave(
            &mut self.supply_price,
            supplies,
            lane.map(|draw| &draw.supply_price[..]),
        );
        interleave(
            &mut self.supply_quantity,
            supplies,
            lane.map(|draw| &draw.supply_quantity[..]),
        );
        interleave(
            &mut self.supply_elasticity,
            supplies,
            lane.map(|draw| &draw.supply_elasticity[..]),
        );
        interleave(&mut self.demand_price, demands, lane.map(|draw| &draw.demand_price[..]));
        interleave(
            &mut self.demand_quantity,
            demands,
            lane.map(|draw| &draw.demand_quantity[..]),
        );
        interleave(
            &mut self.demand_elasticity,
            demands,
            lane.map(|draw| &draw.demand_elasticity[..]),
        );
        for (m, highest) in demands.iter().zip(&mut self.highest_price) {
            *highest = Lanes(lane.map(|draw| draw.highest_price(*m)));
        }
        interleave(&mut self.limit, capacities, lane.map(|draw| &draw.limit[..]));
        let reference_price = lane.map(|draw| &draw.capacity_reference_price[..]);
        interleave(&mut self.reference_price, capacities, reference_price);
    }

    /// Finds the routes, markets and capacities that take part. The conditions must have been read.
    #[inline(always)]
    pub(super) fn find(&mut self, incidence: &Incidence) {
        self.find_limits(incidence);
        self.find_open(incidence);
    }

    /// Capacities of zero close their routes and leave the problem, as do those that are not in force.
    #[inline(always)]
    fn find_limits(&mut self, incidence: &Incidence) {
        self.in_force.clear();
        for g in 0..incidence.capacities {
            let limit = self.limit[g];
            let shut = limit.at_most(Lanes::ZERO);
            // A weight of zero closes a route, and needs no test in the kernels.
            if shut.any() {
                for &r in incidence.routes_of_capacity.row(g) {
                    self.weight[r] = self.weight[r].only(!shut);
                }
            }
            let is_in_force = limit.below(Lanes::all(NO_LIMIT)) & !shut;
            self.is_in_force[g] = is_in_force;
            self.limit[g] = is_in_force.select(limit, Lanes::all(NO_LIMIT));
            if is_in_force.any() {
                self.in_force.push(g);
                let thetas = incidence.groups_of_capacity(g).map(|k| self.theta[k]);
                self.steepest_theta[g] = thetas.fold(Lanes::ZERO, Lanes::max);
            }
        }
    }

    #[inline(always)]
    fn find_open(&mut self, incidence: &Incidence) {
        self.is_open_o.fill(Mask::NONE);
        let (weight, is_open_r) = (&self.weight[..], &mut self.is_open[..]);
        for m in 0..incidence.demands {
            let mut is_open_m = Mask::NONE;
            for pair in incidence.pairs_of_demand(m) {
                let mut is_open = Mask::NONE;
                for r in incidence.routes_of_pair(pair) {
                    let above_zero = Lanes::ZERO.below(weight[r]);
                    is_open_r[r] = above_zero.any();
                    is_open = is_open | above_zero;
                }
                let o = incidence.supply_of_pair[pair];
                self.is_open_o[o] = self.is_open_o[o] | is_open;
                is_open_m = is_open_m | is_open;
            }
            self.is_open_m[m] = is_open_m;
        }
    }
}

/// Interleaves the numbers at `places` of one array for each lane.
pub(super) fn interleave(lanes: &mut [Lanes], places: &[usize], draws: [&[f64]; WIDTH]) {
    // Cut to one length, the arrays share one check of each place.
    let [a, b, c, d, e, f, g, h] = draws;
    let length = a.len();
    let (b, c, d, e) = (&b[..length], &c[..length], &d[..length], &e[..length]);
    let (f, g, h) = (&f[..length], &g[..length], &h[..length]);
    for (lanes, &at) in lanes.iter_mut().zip(places) {
        *lanes = Lanes([a[at], b[at], c[at], d[at], e[at], f[at], g[at], h[at]]);
    }
}
