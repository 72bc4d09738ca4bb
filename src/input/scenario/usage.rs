//! The numbers on which routes, capacities and shocks depend.

use std::collections::BTreeSet;

use crate::model::{Bottleneck, Capacity, Route, RouteIndex, Slot, World};
use crate::scenario::{Shock, ShockKind};

/// The numbers of a world that some route, directly or through a capacity, depends on.
pub(super) fn slots_of_world(world: &World) -> BTreeSet<Slot> {
    let mut used = BTreeSet::new();
    for (index, route) in world.routes.iter() {
        used.extend(slots_of_route(world, route));
        if route.is_latent() && !uses_adaptive_capacity(world, index) {
            used.insert(route.potential);
        }
    }
    for (_, capacity) in world.capacities.iter() {
        if world.routes.indices().any(|route| world.uses(route, capacity)) {
            used.extend(slots_of_capacity(capacity));
        }
    }
    used
}

/// The numbers on which the cost and the choice of a route depend.
pub(super) fn slots_of_route(world: &World, route: &Route) -> Vec<Slot> {
    let commodity = &world.commodities[world.commodity(route)];
    let demand = &world.demands[route.demand];
    let mut slots = vec![
        commodity.route_choice,
        commodity.holding_rate,
        world.supplies[route.supply].elasticity,
        demand.elasticity,
        route.extra_cost,
    ];
    slots.extend(demand.choke);
    for link in &route.links {
        let link = &world.links[*link];
        slots.extend([link.freight, link.days]);
        slots.extend(world.mode_cost_index.get(link.mode.position()));
    }
    for transfer in &route.transfers {
        let transfer = &world.transfers[*transfer];
        slots.extend([transfer.cost, transfer.days]);
    }
    slots
}

/// Whether a route uses a capacity that grows; a latent route then has no potential of its own.
fn uses_adaptive_capacity(world: &World, route: RouteIndex) -> bool {
    let mut capacities = world.capacities.rows().iter();
    capacities.any(|capacity| capacity.adaptation.is_some() && world.uses(route, capacity))
}

fn slots_of_capacity(capacity: &Capacity) -> Vec<Slot> {
    let mut slots = vec![capacity.limit];
    if let Some(adaptation) = &capacity.adaptation {
        slots.extend([
            adaptation.ceiling,
            adaptation.growth,
            adaptation.dead_time,
            adaptation.rent_half,
            adaptation.decay,
            adaptation.entry,
        ]);
        // Only an intermediary has legal trade that gives cover.
        if matches!(capacity.bottleneck, Bottleneck::Via(_)) {
            slots.push(adaptation.cover);
        }
    }
    slots
}

/// The numbers of a shock.
pub(super) fn slots_of_shock(shock: &Shock) -> Vec<Slot> {
    match &shock.kind {
        ShockKind::ModeCost { persistence, sd, .. } | ShockKind::Price { persistence, sd, .. } => {
            vec![*persistence, *sd]
        }
        ShockKind::RandomClosure {
            monthly_probability,
            mean_months,
            ..
        } => vec![*monthly_probability, *mean_months],
    }
}

/// Why a number is not among those in use, in words.
pub(super) fn why_unused(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("commodity") => "no route carries this commodity",
        Some("supply" | "demand") => "no route joins it",
        Some("link") => "no route uses this link",
        Some("transfer") => "no route makes this transfer",
        Some("mode") => "no route uses this mode",
        Some("route") => "only a latent route without a capacity that grows has a potential",
        Some("capacity") if name.ends_with(".cover") => {
            "only a capacity of an intermediary that some route uses has cover"
        }
        Some("capacity") => "no route uses this capacity",
        _ => "its entry does nothing",
    }
}
