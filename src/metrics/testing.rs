//! Flows and sums on the hub world, for tests of rules.

use super::SparseSums;
use crate::math::simd::Lanes;
use crate::simulation::Plan;
pub use crate::simulation::testing::{model, route};

/// Flows with `tonnes` on some routes and nothing on the others.
pub fn flows(plan: &Plan, on: &[(&str, f64)]) -> Vec<Lanes> {
    let mut flows = vec![Lanes::ZERO; plan.routes.len()];
    for (id, tonnes) in on {
        flows[route(plan, id)] = Lanes::all(*tonnes);
    }
    flows
}

/// The ids of the routes in the sum at a place, in order.
pub fn routes_in(plan: &Plan, sums: &SparseSums, place: usize) -> Vec<String> {
    let routes = plan.world().routes.rows().iter().enumerate();
    let is_in = |number: usize| {
        let mut flows = vec![0.0; plan.routes.len()];
        flows[number] = 1.0;
        let mut totals = vec![0.0; sums.len()];
        sums.sum_into(&flows, &mut totals);
        totals[place] != 0.0
    };
    let mut ids: Vec<String> = routes
        .filter(|(number, _)| is_in(*number))
        .map(|(_, route)| route.id.clone())
        .collect();
    ids.sort_unstable();
    ids
}
