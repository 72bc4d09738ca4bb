//! Which numbers anything depends on.

use std::collections::BTreeSet;

use crate::model::{
    Action, Bottleneck, Capacity, Charge, Instrument, Measure, Programme, Route, RouteIndex, Shock, ShockKind, Slot,
    World,
};

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

fn slots_of_route(world: &World, route: &Route) -> Vec<Slot> {
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
    slots
}

/// Whether the potential of a latent route is that of a network that grows.
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
        ]);
        // Only an intermediary has legal trade that gives cover.
        if matches!(capacity.bottleneck, Bottleneck::Via(_)) {
            slots.push(adaptation.cover);
        }
    }
    slots
}

/// The numbers of a measure.
pub(super) fn slots_of_measure(measure: &Measure) -> Vec<Slot> {
    match &measure.action {
        Action::Ban {
            wind_down_months,
            exempt_share,
            ..
        } => vec![*wind_down_months, *exempt_share],
        Action::Quota { limits, .. } => limits.iter().map(|(_, slot)| *slot).collect(),
        Action::Tariff { rate, .. } => vec![*rate],
        Action::Closure {
            share_closed,
            return_half_life_months,
            ..
        } => [*share_closed].into_iter().chain(*return_half_life_months).collect(),
        Action::Cost {
            charge: Charge::PerTonne(slot) | Charge::FreightFactor(slot),
            ..
        } => vec![*slot],
        Action::Inspection {
            seizure_probability,
            fine,
            suspicion,
            ..
        } => {
            let learnt = suspicion.map(|suspicion| [suspicion.decay, suspicion.surge, suspicion.seized]);
            let own = [*seizure_probability, *fine].into_iter();
            own.chain(learnt.into_iter().flatten()).collect()
        }
    }
}

/// The numbers of a secondary programme.
pub(super) fn slots_of_programme(programme: &Programme) -> Vec<Slot> {
    match &programme.instrument {
        Instrument::Designation {
            rate_per_month,
            surge_reference,
            surge_exponent,
            surge_floor,
            successor_months,
            ..
        } => vec![
            *rate_per_month,
            *surge_reference,
            *surge_exponent,
            *surge_floor,
            *successor_months,
        ],
        Instrument::Payments {
            refused_share,
            half_life_months,
            friction_start,
            friction_end,
        } => vec![*refused_share, *half_life_months, *friction_start, *friction_end],
        Instrument::ExportBan {
            wind_down_months,
            exempt_share,
            ..
        } => vec![*wind_down_months, *exempt_share],
        Instrument::NoReexportClause { share } | Instrument::Overcompliance { share } => vec![*share],
        Instrument::Threat {
            exit_share,
            growth_factor,
        } => vec![*exit_share, *growth_factor],
    }
}

/// The numbers of a shock.
pub(super) fn slots_of_shock(shock: &Shock) -> Vec<Slot> {
    match &shock.kind {
        ShockKind::ModeCost { persistence, sd, .. } | ShockKind::Price { persistence, sd, .. } => {
            vec![*persistence, *sd]
        }
        ShockKind::Closure {
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
        Some("mode") => "no route uses this mode",
        Some("route") => "only a latent route without a capacity that grows has a potential",
        Some("capacity") if name.ends_with(".cover") => {
            "only a capacity of an intermediary that some route uses has cover"
        }
        Some("capacity") => "no route uses this capacity",
        _ => "its entry does nothing",
    }
}
