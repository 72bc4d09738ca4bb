//! A small world, built by hand: potash and plywood from AA to the union of BB and CC, and by the papers of HUB.

use std::collections::BTreeSet;

use crate::model::{
    Adaptation, Belonging, Bottleneck, Capacity, Commodity, CommodityIndex, Demand, DemandIndex, Domain, Index,
    Jurisdiction, JurisdictionIndex, Kilometres, Link, LinkIndex, Mode, Node, NodeIndex, NodeKind, Number, Numbers,
    Route, RouteIndex, RouteKind, Share, Slot, Supply, SupplyIndex, Tonnes, Transfer, UsdPerTonne, World,
};

/// The commodities of the world, each with one supply in AA, one demand in BB and one in CC.
const COMMODITIES: [&str; 2] = ["potash", "plywood"];

/// The world, or the part of it in scope.
pub(super) fn small_world(scope: Option<&BTreeSet<String>>) -> World {
    let mut world = places();
    world.mode_cost_index = Mode::ALL
        .iter()
        .map(|mode| {
            number(
                &mut world.numbers,
                format!("mode.{}.cost_index", mode.name()),
                1.0,
                Domain::Positive,
            )
        })
        .collect();
    for name in COMMODITIES {
        if scope.is_none_or(|scope| scope.contains(name)) {
            add_commodity(&mut world, name);
        } else {
            world.out_of_scope.insert(name.to_owned());
            world.out_of_scope.insert(format!("commodity.{name}.route_choice"));
        }
    }
    add_capacities(&mut world);
    world
}

fn number(numbers: &mut Numbers, name: String, value: f64, domain: Domain) -> Slot {
    numbers.add(Number {
        name,
        value,
        range: domain.into(),
        unit: "",
        source: "test".to_owned(),
        belongs_to: Belonging::World,
    })
}

fn places() -> World {
    let mut world = World::default();
    for (id, blocs) in [
        ("AA", vec![]),
        ("BB", vec!["UNION"]),
        ("CC", vec!["UNION"]),
        ("HUB", vec![]),
    ] {
        let jurisdiction = world.jurisdictions.push(Jurisdiction {
            id: id.to_owned(),
            name: id.to_owned(),
            blocs: blocs.into_iter().map(str::to_owned).collect(),
            rest_of_world: false,
        });
        world.nodes.push(Node {
            id: id.to_lowercase(),
            name: id.to_owned(),
            jurisdiction,
            kind: NodeKind::Border,
            position: None,
        });
    }
    // The last link is on no route.
    let hauliers = vec![(0, 0.4), (1, 0.3), (2, 0.3)];
    for (id, ends, mode, carriers) in [
        ("aa-bb", [0, 1], Mode::Rail, vec![]),
        ("aa-cc", [0, 2], Mode::Rail, vec![]),
        ("aa-hub", [0, 3], Mode::Road, hauliers),
        ("hub-bb", [3, 1], Mode::Road, vec![]),
        ("hub-cc", [3, 2], Mode::Sea, vec![]),
    ] {
        let freight = number(
            &mut world.numbers,
            format!("link.{id}.freight_usd_per_t"),
            10.0,
            Domain::NonNegative,
        );
        let days = number(&mut world.numbers, format!("link.{id}.days"), 2.0, Domain::NonNegative);
        world.links.push(Link {
            id: id.to_owned(),
            ends: ends.map(NodeIndex::new),
            mode,
            distance: Kilometres::new(100.0),
            freight,
            days,
            carriers: carriers
                .into_iter()
                .map(|(row, share)| (JurisdictionIndex::new(row), Share::new(share)))
                .collect(),
            cargo: Vec::new(),
        });
    }
    // No route changes its mode at the hub.
    let usd_per_t = number(
        &mut world.numbers,
        "transfer.yard.usd_per_t".to_owned(),
        5.0,
        Domain::NonNegative,
    );
    let days = number(
        &mut world.numbers,
        "transfer.yard.days".to_owned(),
        1.0,
        Domain::NonNegative,
    );
    world.transfers.push(Transfer {
        id: "yard".to_owned(),
        node: NodeIndex::new(3),
        cargo: Vec::new(),
        cost: usd_per_t,
        days,
    });
    world
}

fn add_commodity(world: &mut World, id: &str) {
    let route_choice = number(
        &mut world.numbers,
        format!("commodity.{id}.route_choice"),
        5.0,
        Domain::Positive,
    );
    let holding_rate = number(
        &mut world.numbers,
        format!("commodity.{id}.holding_rate_per_year"),
        0.1,
        Domain::NonNegative,
    );
    let commodity = world.commodities.push(Commodity {
        id: id.to_owned(),
        name: id.to_owned(),
        price: UsdPerTonne::new(300.0),
        route_choice,
        holding_rate,
        lot: Tonnes::new(20.0),
        cargo: None,
    });
    let supply = add_supply(world, id, commodity);
    for (place, links) in [("bb", vec![0]), ("cc", vec![1])] {
        let demand = add_demand(world, &format!("{id}-{place}"), commodity, place);
        add_route(world, format!("{id}-{place}"), supply, demand, links, None);
        if place == "bb" {
            add_route(
                world,
                format!("{id}-{place}-hub"),
                supply,
                demand,
                vec![2, 3],
                Some(JurisdictionIndex::new(3)),
            );
        }
    }
}

fn add_supply(world: &mut World, id: &str, commodity: CommodityIndex) -> SupplyIndex {
    let elasticity = number(
        &mut world.numbers,
        format!("supply.{id}-aa.elasticity"),
        1.0,
        Domain::Positive,
    );
    world.supplies.push(Supply {
        id: format!("{id}-aa"),
        commodity,
        node: NodeIndex::new(0),
        price: UsdPerTonne::new(280.0),
        elasticity,
    })
}

fn add_demand(world: &mut World, id: &str, commodity: CommodityIndex, node: &str) -> DemandIndex {
    let elasticity = number(
        &mut world.numbers,
        format!("demand.{id}.elasticity"),
        1.0,
        Domain::Positive,
    );
    let node = world.nodes.position(|row| row.id == node).unwrap();
    world.demands.push(Demand {
        id: id.to_owned(),
        commodity,
        node,
        price: UsdPerTonne::new(300.0),
        elasticity,
        choke: None,
    })
}

fn add_route(
    world: &mut World,
    id: String,
    supply: SupplyIndex,
    demand: DemandIndex,
    links: Vec<usize>,
    via: Option<JurisdictionIndex>,
) -> RouteIndex {
    let potential = number(
        &mut world.numbers,
        format!("route.{id}.potential_t_per_month"),
        50.0,
        Domain::NonNegative,
    );
    let extra_cost = number(
        &mut world.numbers,
        format!("route.{id}.extra_cost_usd_per_t"),
        0.0,
        Domain::Any,
    );
    let links: Vec<LinkIndex> = links.into_iter().map(LinkIndex::new).collect();
    let ends: Vec<[NodeIndex; 2]> = links.iter().map(|&link| world.links[link].ends).collect();
    let nodes = crate::network::walk(NodeIndex::new(0), &ends).unwrap();
    world.routes.push(Route {
        id,
        supply,
        demand,
        kind: if via.is_some() {
            RouteKind::Reexport
        } else {
            RouteKind::Direct
        },
        via,
        consignor: None,
        links,
        nodes,
        transfers: Vec::new(),
        baseline: Tonnes::new(if via.is_some() { 0.0 } else { 100.0 }),
        potential,
        extra_cost,
    })
}

fn add_capacities(world: &mut World) {
    let commodities: Vec<CommodityIndex> = world.commodities.indices().collect();
    for (id, bottleneck, limit, adapts) in [
        ("border", Bottleneck::Link(LinkIndex::new(0)), 500.0, false),
        ("hub", Bottleneck::Via(JurisdictionIndex::new(3)), 10.0, true),
    ] {
        let mut own =
            |key: &str, value, domain| number(&mut world.numbers, format!("capacity.{id}.{key}"), value, domain);
        let limit = own("limit_t_per_month", limit, Domain::Positive);
        let adaptation = adapts.then(|| Adaptation {
            ceiling: own("ceiling_t_per_month", 100.0, Domain::Positive),
            growth: own("growth_per_month", 1.0, Domain::NonNegative),
            dead_time: own("dead_time_months", 2.0, Domain::NonNegative),
            rent_half: own("rent_half", 0.3, Domain::Positive),
            decay: own("decay_per_month", 0.05, Domain::Share),
            cover: own("cover", 0.0, Domain::Share),
            entry: own("entry_per_year", 0.0, Domain::NonNegative),
        });
        world.capacities.push(Capacity {
            id: id.to_owned(),
            bottleneck,
            commodities: commodities.clone(),
            limit,
            adaptation,
        });
    }
}
