//! The combined effects of all measures in a month, and the few ways in which an instrument may act.

use super::indices::{AdaptiveIndex, ConstraintIndex, PairIndex};
use super::matched::{Matched, PairMarks};
use crate::model::Table;

/// The sum of the effects of measures and programmes in one month of one draw.
#[derive(Clone, Debug)]
pub struct Effects {
    /// Factor on the weight of each route.
    pub weight: Vec<f64>,
    /// Charges on each route, USD per tonne.
    pub charge: Vec<f64>,
    /// Limit of each constraint that a measure sets, in tonnes per month or as a share of another constraint's limit;
    /// infinite where none is in force.
    pub limit: Table<ConstraintIndex, f64>,
    /// Share of each constraint's capacity that is not refused.
    pub accepted: Table<ConstraintIndex, f64>,
    /// Factor on the ceiling of each adaptive capacity.
    pub ceiling: Table<AdaptiveIndex, f64>,
    /// Factor on the growth of each adaptive capacity.
    pub growth: Table<AdaptiveIndex, f64>,
    /// How measures mark the trade of each pair.
    pub pairs: Table<PairIndex, PairMarks>,
    /// Whether each route is hidden and declares a leg that a measure in force forbids.
    pub covered: Vec<bool>,
    /// The checks that shipments on each route meet.
    pub checks: Vec<ShipmentChecks>,
}

/// The checks that shipments on a route meet.
#[derive(Clone, Copy, Debug)]
pub struct ShipmentChecks {
    /// Probability of passing all of them.
    pub pass: f64,
    /// Sum of their probabilities: the weight of the mean fine.
    pub probability: f64,
    /// Sum of probability times fine, in multiples of value.
    pub fine: f64,
}

impl ShipmentChecks {
    /// No check.
    pub const NONE: Self = Self {
        pass: 1.0,
        probability: 0.0,
        fine: 0.0,
    };
}

impl Effects {
    /// No effect on so many routes, constraints, adaptive capacities and pairs.
    pub fn none(routes: usize, constraints: usize, adaptive: usize, pairs: usize) -> Self {
        Self {
            weight: vec![1.0; routes],
            charge: vec![0.0; routes],
            limit: Table::filled(f64::INFINITY, constraints),
            accepted: Table::filled(1.0, constraints),
            ceiling: Table::filled(1.0, adaptive),
            growth: Table::filled(1.0, adaptive),
            pairs: Table::filled(PairMarks::default(), pairs),
            covered: vec![false; routes],
            checks: vec![ShipmentChecks::NONE; routes],
        }
    }

    /// Takes all effects back; `checked` are the routes that some check meets.
    pub fn clear(&mut self, checked: &[usize]) {
        self.weight.fill(1.0);
        self.charge.fill(0.0);
        self.limit.rows_mut().fill(f64::INFINITY);
        self.accepted.rows_mut().fill(1.0);
        self.ceiling.rows_mut().fill(1.0);
        self.growth.rows_mut().fill(1.0);
        self.pairs.rows_mut().fill(PairMarks::default());
        self.covered.fill(false);
        checked
            .iter()
            .for_each(|&route| self.checks[route] = ShipmentChecks::NONE);
    }

    /// Marks the pairs that a measure restricts or makes dearer, or that sellers leave: those of which it takes trade,
    /// `taken` by pair.
    pub fn mark_pairs(&mut self, matched: &Matched, taken: &[f64]) {
        let marks = matched.pairs.iter().zip(&matched.marks).zip(taken);
        for ((&pair, mark), _) in marks.filter(|(_, taken)| **taken != 0.0) {
            let marked = &mut self.pairs[pair];
            marked.restricted |= mark.restricted;
            marked.seller_targeted |= mark.seller_targeted;
            marked.buyer_targeted |= mark.buyer_targeted;
            marked.tariffed |= mark.tariffed;
            marked.withdrawn |= mark.withdrawn;
        }
    }

    /// Multiplies the weights of routes.
    pub fn scale_weights(&mut self, routes: &[usize], factor: f64) {
        routes.iter().for_each(|&route| self.weight[route] *= factor);
    }

    /// Forbids hidden routes that declare a forbidden leg: they keep the allowed share of their weight.
    pub fn forbid(&mut self, matched: &Matched, allowed: f64) {
        for &route in &matched.hidden {
            self.weight[route] *= allowed;
            self.covered[route] = true;
        }
    }

    /// Charges a rate on the reference price, `price` by route in USD per tonne.
    pub fn charge_rate(&mut self, routes: impl Iterator<Item = usize>, rate: f64, price: &[f64]) {
        for route in routes {
            self.charge[route] += rate * price[route];
        }
    }

    /// Adds a check of hidden routes; the fine is a multiple of value.
    pub fn check(&mut self, matched: &Matched, probability: f64, fine: f64) {
        for &route in &matched.hidden {
            let checks = &mut self.checks[route];
            checks.pass *= 1.0 - probability;
            checks.probability += probability;
            // Fines of several checks add up, weighted by their probabilities.
            checks.fine += probability * fine;
        }
    }

    /// The probability that a shipment on a route is seized.
    pub fn seizure_probability(&self, route: usize) -> f64 {
        1.0 - self.checks[route].pass
    }
}
